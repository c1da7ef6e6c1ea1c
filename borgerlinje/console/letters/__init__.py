"""Letters: how they are worded, and how those that were sent went."""
