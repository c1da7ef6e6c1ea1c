"""Borgerlinje: a shared contact centre for public authorities."""
