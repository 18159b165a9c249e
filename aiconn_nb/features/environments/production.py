"""Which environments are production: user interfaces warn in them."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMES: Final = frozenset(("production", "prod", "prd", "live"))
_BEFORE: Final = frozenset(("pre", "non", "not", "no"))


def is_production(name: str) -> bool:
    """Whether an environment is production, by its name, so that mistakes are costly.

    ``Production`` is .NET's own name for it. ``Prod``, ``PRD`` and ``Live`` are common short forms. They count as a word of a
    longer name too (``Production-EU``, ``EuProduction``, ``prod2``), but not beside "pre" or "non". Case is ignored.

    Example::

        is_production("eu-prod"), is_production("Pre-Production")
    """
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & _NAMES) and not words & _BEFORE
