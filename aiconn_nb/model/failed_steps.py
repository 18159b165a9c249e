"""What the steps of a connection's test are called once they failed: their names say what passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FAILED: Final[Mapping[str, str]] = {
    "active": "disabled",
    "sdk": "no SDK",
    "references": "unresolved",
    "plausible": "not plausible",
    "trusted host": "untrusted host",
    "reachable": "not reachable",
    "authenticated": "not authenticated",
    "models": "no models",
    "model": "no answer from the model",
}


def failed_step(name: str) -> str:
    """The name of a failed step, such as ``not authenticated``."""
    return _FAILED.get(name, f"{name} failed")
