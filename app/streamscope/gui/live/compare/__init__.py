"""Exchanges side by side."""
