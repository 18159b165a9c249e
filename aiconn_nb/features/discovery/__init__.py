"""Finds accounts and servers that other tools know, and proposes them as connections."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
