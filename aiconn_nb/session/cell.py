"""The running cell, whose text the notebook and IPython's history keep."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from aiconn_nb.model.secret import Secret

from .known_secrets import SHORTEST


def written_in_cell(values: Mapping[str, Secret]) -> list[str]:
    """Return a warning for each value, by name, that the running cell has in its text; none outside IPython.

    A shorter value than other searches look for may be there by chance.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    cells = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or [""]

    def has(text: str) -> bool:
        return len(text) >= SHORTEST and text in cells[-1]

    return [
        f"{name} is written in this cell, and so in the notebook and IPython's history. It is kept sealed: delete it there."
        for name, value in values.items()
        if value.satisfies(has)
    ]
