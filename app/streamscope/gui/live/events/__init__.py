"""The table of all events of an exchange, whatever the protocol."""
