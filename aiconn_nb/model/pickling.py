"""Pickling and copying of values by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Kind = TypeVar("Kind")


def made_again(kind: type[Kind], fields: Mapping[str, Any]) -> Kind:
    """Build a value from these fields; called by `pickle` and `copy`."""
    return kind(**fields)
