"""Calls that go out: what may be called, the ledger of what was, and the words for what may not."""
