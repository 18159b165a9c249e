"""Values and rules: frozen, without I/O, importing no other package of ours."""
