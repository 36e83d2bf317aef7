"""Hosts that can list services."""
