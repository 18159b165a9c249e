"""The commands: one table for the magics and the terminal. A command parses its words, asks the session once, and answers."""
