"""Asterisk itself: its configuration, how it is started, and the interface by which it is told and tells."""
