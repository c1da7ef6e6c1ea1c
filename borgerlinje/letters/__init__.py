"""E-mail and texts as templates that a centre words itself, and the way e-mail goes out."""
