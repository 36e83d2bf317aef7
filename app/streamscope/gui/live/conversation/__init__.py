"""A WebSocket as a talk between two sides, and what this side says."""
