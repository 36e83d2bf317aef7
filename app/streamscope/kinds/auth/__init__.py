"""How a request proves who sends it."""
