"""Faults that a call asks for itself, exact on the wire; `table.py` lists them, one line each."""
