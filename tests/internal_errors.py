"""A check whether a text reports an internal error, whatever its wording is."""

from __future__ import annotations

import re

from aiconn_nb.errors import Unexpected

_ANY = re.escape(Unexpected(kind="ValueError").what).replace("ValueError", r"\w+")


def has_internal_error(text: str) -> bool:
    """Return whether ``text`` contains the message of an error in our own code."""
    return re.search(_ANY, text) is not None
