"""A notebook's requirements: declared once, checked in its first cell."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
