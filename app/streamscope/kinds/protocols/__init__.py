"""How bytes are exchanged; `event_stream`, `frames`, `amazon_frames` and `gzip` are the pure decoders for it."""
