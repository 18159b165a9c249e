"""Tests of a connection, step by step, and what a refusal says about the key."""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)
