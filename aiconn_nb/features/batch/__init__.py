"""A prompt over a dataset: many requests at once, resumable, within a budget, on one machine or a cluster."""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)
