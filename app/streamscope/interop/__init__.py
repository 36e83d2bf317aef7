"""Other tools' formats: what is read from them becomes events, and events are written as them."""
