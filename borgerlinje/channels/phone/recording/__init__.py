"""Messages and recorded conversations: sealed, stored, listened to, deleted by rule."""
