"""Uses of a connection: as the current one, as an SDK client, as variables, for its models."""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)
