"""A call that is repeated without what the server refuses by name, once per parameter; what was changed is told.

What a server refused for a model it will refuse again, so it is remembered with the client, for as long as that lives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from aiconn_nb.errors import FailureKind

from .failures import SaidError, kind_of
from .told import Told

T = TypeVar("T")
Asked = dict[str, Any]

_LEARNED: WeakKeyDictionary[Any, dict[tuple[str, str], list[str]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Change:
    """What may be done about a parameter: ``make`` changes the request in place, and answers what the reader is told."""

    parameter: str
    """Its name in the request."""
    make: Callable[[Asked, Told], str]
    words: str = ""
    """A regular expression for how servers speak of it where they do not name it; its name, if this is empty."""
    is_remembered: bool = True
    """Whether the next call makes it at once. Not where it depends on the value that was refused, or on what was said of it."""

    def is_meant(self, said: Told) -> bool:
        """Whether an error speaks of this parameter. Where it names one, that alone counts."""
        if self.parameter in said.params:
            return True
        if said.params - {"body", "input", "messages", "query"} and not self.words:
            return False
        return re.search(self.words or rf"(?<![a-z_]){re.escape(self.parameter)}(?![a-z_])", said.text) is not None


@dataclass(frozen=True, slots=True)
class Adapted(Generic[T]):
    """An answer, and what had to be changed to get it."""

    value: T
    notes: tuple[str, ...]


def left_out(parameter: str, note: str = "") -> Change:
    """A change that leaves a parameter out."""

    def make(asked: Asked, said: Told) -> str:
        del asked[parameter]
        return note or f"without {parameter}, which the server refuses"

    return Change(parameter, make)


def adapted(
    send: Callable[[Asked], T],
    asked: Asked,
    changes: Sequence[Change],
    said_by: Callable[[Exception], Told | None],
    *,
    client: Any = None,
    about: tuple[str, str] = ("", ""),
) -> Adapted[T]:
    """What ``send`` answers, with as few of the changes as the server wants.

    ``said_by`` reads a refusal of the request and answers None for every other error. ``about`` names the call and the model, for
    which ``client`` remembers the changes. Raises what ``send`` raises once no change is left that the error speaks of.
    """
    learned = _LEARNED.setdefault(client, {}).setdefault(about, []) if client is not None else []
    by_name = {change.parameter: change for change in changes}
    asked, notes, done = dict(asked), list[str](), list[str]()
    for name in learned:
        if name in by_name and name in asked:
            notes.append(by_name[name].make(asked, Told()))
            done.append(name)
    while True:
        try:
            value = send(asked)
        except Exception as error:
            said = said_by(error)
            change = None if said is None else _meant(changes, asked, done, said)
            if said is None or change is None:
                raise
            note = change.make(asked, said)
        else:
            others = [name for name in learned if name not in done]  # of parameters that this call does not have
            learned[:] = [*others, *(name for name in done if by_name[name].is_remembered)]
            return Adapted(value, tuple(dict.fromkeys(filter(None, notes))))
        notes.append(note)
        done.append(change.parameter)


def _meant(changes: Sequence[Change], asked: Mapping[str, Any], done: Sequence[str], said: Told) -> Change | None:
    there = [each for each in changes if each.parameter in asked and each.parameter not in done]
    return next((each for each in there if each.is_meant(said)), None)


def refused(status: int | None, said: Told) -> bool:
    """Whether an error is one of the request, which may be sent in another form."""
    return kind_of(status, said) is FailureKind.BAD_REQUEST


def said_in_answer(error: Exception) -> Told | None:
    """What an error in a response with the status 200 says, where it refuses the request."""
    return error.told if isinstance(error, SaidError) and refused(None, error.told) else None
