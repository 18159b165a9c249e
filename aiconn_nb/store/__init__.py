"""What did I save? Connections, profiles, their history, and what was deleted: one locked, atomic, private TinyDB file."""
