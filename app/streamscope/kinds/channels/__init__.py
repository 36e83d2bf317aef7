"""Which way a service is reached."""
