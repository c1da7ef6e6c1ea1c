"""Calls in progress: what a citizen's call goes through, who is brought to it, and how the channels follow the rows."""
