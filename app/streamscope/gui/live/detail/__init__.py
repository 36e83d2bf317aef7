"""One event, looked at closely: JSON, raw, hex, delta, difference."""
