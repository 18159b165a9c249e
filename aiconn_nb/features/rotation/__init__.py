"""Giving a connection a new key, proved before it takes the old one's place."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
