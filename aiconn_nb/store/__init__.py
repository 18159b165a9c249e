"""The store: connections, profiles and deleted entities in one locked, atomic, private TinyDB file, and their history beside it."""
