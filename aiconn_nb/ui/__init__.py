"""What people see: notebook, terminal, widgets."""
