"""Ids of what is stored."""

from __future__ import annotations


def new_id() -> str:
    """A new uuid4."""
    from uuid import uuid4  # it imports as much as a whole list

    return str(uuid4())
