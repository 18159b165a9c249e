"""The store: connections, profiles, their history, and deleted entities in one locked, atomic, private TinyDB file."""
