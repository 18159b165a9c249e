"""The usage of models and its cost."""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)
