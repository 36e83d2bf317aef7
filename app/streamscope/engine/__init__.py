"""The main path: from a draft to an exchange, and what can be derived from it."""
