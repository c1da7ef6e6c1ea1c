"""Guides listed, compared, approved, withdrawn."""
