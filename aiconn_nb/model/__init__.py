"""Values and rules: frozen, without files or network. Only the errors are known to them."""
