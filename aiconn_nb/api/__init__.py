"""The module-level verbs: the methods of the kernel's own session, under short names."""
