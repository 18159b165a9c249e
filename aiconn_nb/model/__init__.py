"""Values and errors: frozen, without I/O, importing nothing of ours but each other."""
