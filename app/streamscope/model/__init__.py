"""The values everything speaks in: frozen, without input or output."""
