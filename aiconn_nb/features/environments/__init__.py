"""Environments, references and the user's own secrets."""
