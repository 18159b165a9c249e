"""One value of one layer, and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A key in a layer. The value may be a secret, so the repr does not show it."""

    key: str
    """The key as spelled there, with ``:`` between the levels."""
    value: str | None
    """The text, or None for a null: the key is present and hides the lower layers."""
    source: str
    """The full path of a file, or ``environment variable NAME``, or the name of a deferred layer."""
    line: int | None = None
    """From 1; None if the source has no lines."""
    column: int | None = None
    """From 1, in characters."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        # A pickle of any object that refers to this one, such as %store makes, holds no value.
        raise TypeError("an Entry cannot be pickled or copied")

    def __repr__(self) -> str:
        return f"Entry({self.key!r}, {self.source!r}, line={self.line})"
