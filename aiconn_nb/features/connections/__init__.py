"""Saving, listing and restoring connections."""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)
