"""What payloads mean."""
