"""Which host a key may go to."""
