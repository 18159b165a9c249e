"""The commands: one table for magics and terminal. A command parses its words, calls the session once and returns a result."""
