"""Saving and examining profiles, and the default profiles."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
