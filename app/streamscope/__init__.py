"""Streamscope: explore and debug real-time inference services."""

__version__ = "0.1.0"
