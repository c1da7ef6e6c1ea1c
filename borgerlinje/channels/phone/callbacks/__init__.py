"""Callbacks: what a citizen is told of them, when they may come, and those asked for on a page."""
