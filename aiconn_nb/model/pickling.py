"""Values that are pickled and copied by what they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Kind = TypeVar("Kind")


def made_again(kind: type[Kind], fields: Mapping[str, Any]) -> Kind:
    """A value with these fields; what `pickle` and `copy` call."""
    return kind(**fields)
