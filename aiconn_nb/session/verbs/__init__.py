"""The verbs of a session, by what they are about. `Session` is their sum; they meet only in `Core`."""
