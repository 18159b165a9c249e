"""Providers as plug-ins: which there are, and what is asked of them without the network."""
