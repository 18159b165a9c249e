"""Questions and their answers: streamed, compared, embedded; who answers where one fails."""

from aiconn_nb.features import public_names

__getattr__ = public_names(__name__, __file__)
