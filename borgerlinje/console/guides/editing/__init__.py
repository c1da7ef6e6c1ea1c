"""Guides written: drafts, pictures."""
