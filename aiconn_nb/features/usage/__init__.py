"""The usage of models and its cost."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
