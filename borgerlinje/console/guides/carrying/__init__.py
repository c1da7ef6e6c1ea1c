"""Guides carried in and out."""
