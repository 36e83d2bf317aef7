"""Figures of an exchange against what is expected of it, and its findings."""
