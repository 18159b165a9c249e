"""The user's own secrets."""
