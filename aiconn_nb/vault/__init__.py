"""The vault: the master key, sealed values, and the user secrets files."""
