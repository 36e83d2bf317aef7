"""How bytes are exchanged."""
