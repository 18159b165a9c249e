"""The module of the errors in 0.1.0, which plug-ins of that time import. The errors are now in ``aiconn_nb.errors``."""

from aiconn_nb.errors import *  # noqa: F403
