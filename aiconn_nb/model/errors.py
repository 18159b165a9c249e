"""Where the errors were in 0.1.0. A plug-in of that time imports them from here; they are in ``aiconn_nb.errors``."""

from aiconn_nb.errors import *  # noqa: F403
