"""The finds of a source: settings of a connection, with secrets as `Secret`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiconn_nb.model.secret import Secret

Found = Mapping[str, "str | Secret"]
"""Field -> a reference, a literal that is not secret, or a value for the user secrets."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A connection that a source knows. Its repr shows no value: a `Secret` masks itself."""

    source: str
    short: str
    """The suffix of the alias, such as ``env``."""
    place: str
    provider: str
    settings: Found
    is_of_folder: bool = False


class Unread(Exception):
    """A file of another tool is unreadable. It never leaves this feature: it becomes a note."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file} was left out: {problem}.")
