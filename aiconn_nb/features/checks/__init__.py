"""Tests of a connection, step by step, and what a refusal says about the key."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
