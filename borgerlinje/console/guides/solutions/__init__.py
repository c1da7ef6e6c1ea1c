"""Self-service solutions and whether they work."""
