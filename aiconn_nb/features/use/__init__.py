"""Using a connection: the current one, its SDK client, its variables and its models."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
