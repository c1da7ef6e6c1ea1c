"""Text messages to citizens, and the gateway that takes them."""
