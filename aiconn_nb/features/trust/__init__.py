"""Which key may go to which host."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
