"""Ids of stored entities."""

from __future__ import annotations


def new_id() -> str:
    """A new uuid4."""
    from uuid import uuid4  # it costs as much as a whole list

    return str(uuid4())
