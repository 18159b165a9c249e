"""Giving a connection a new key, which is proven before it replaces the old one."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
