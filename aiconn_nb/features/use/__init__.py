"""Uses of a connection: as the current one, as an SDK client, as variables, for its models."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
