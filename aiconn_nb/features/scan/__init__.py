"""Keys that found their way into notebooks, and how they are taken out."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
