"""Other interfaces that the chat model speaks, each streamed and whole, over the one generation."""
