"""What lets callers into services: Apps, API keys, and connections from networks."""
