"""A call that is repeated without what the server refuses by name, once per parameter; what was changed is told.

What a server refused for a model it will refuse again, so it is remembered with the client, for as long as that lives.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
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


class _Adapting:
    """A request while it is being adapted to what its server takes."""

    def __init__(
        self,
        asked: Asked,
        changes: Sequence[Change],
        said_by: Callable[[Exception], Told | None],
        client: Any,
        about: tuple[str, str],
    ) -> None:
        self._learned = _LEARNED.setdefault(client, {}).setdefault(about, []) if client is not None else []
        self._changes = changes
        self._by_name = {change.parameter: change for change in changes}
        self._said_by = said_by
        self.asked = dict(asked)
        self._notes, self._done = list[str](), list[str]()
        for name in self._learned:
            if name in self._by_name and name in self.asked:
                self._notes.append(self._by_name[name].make(self.asked, Told()))
                self._done.append(name)

    def is_changed(self, error: Exception) -> bool:
        """Whether the request is another one now, so that it is worth sending again."""
        said = self._said_by(error)
        change = None if said is None else _meant(self._changes, self.asked, self._done, said)
        if said is None or change is None:
            return False
        self._notes.append(change.make(self.asked, said))
        self._done.append(change.parameter)
        return True

    def answered(self, value: T) -> Adapted[T]:
        """The answer, with what had to be changed; the next call makes the same changes at once."""
        others = [
            name for name in self._learned if name not in self._done
        ]  # of parameters that this call does not have
        self._learned[:] = [*others, *(name for name in self._done if self._by_name[name].is_remembered)]
        return Adapted(value, tuple(dict.fromkeys(filter(None, self._notes))))


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
    adapting = _Adapting(asked, changes, said_by, client, about)
    while True:
        try:
            return adapting.answered(send(adapting.asked))
        except Exception as error:
            if not adapting.is_changed(error):
                raise


async def async_adapted(
    send: Callable[[Asked], Awaitable[T]],
    asked: Asked,
    changes: Sequence[Change],
    said_by: Callable[[Exception], Told | None],
    *,
    client: Any = None,
    about: tuple[str, str] = ("", ""),
) -> Adapted[T]:
    """The same of a ``send`` that is awaited."""
    adapting = _Adapting(asked, changes, said_by, client, about)
    while True:
        try:
            return adapting.answered(await send(adapting.asked))
        except Exception as error:
            if not adapting.is_changed(error):
                raise


def _meant(changes: Sequence[Change], asked: Mapping[str, Any], done: Sequence[str], said: Told) -> Change | None:
    there = [each for each in changes if each.parameter in asked and each.parameter not in done]
    return next((each for each in there if each.is_meant(said)), None)


def refused(status: int | None, said: Told) -> bool:
    """Whether an error is one of the request, which may be sent in another form."""
    return kind_of(status, said) is FailureKind.BAD_REQUEST


def said_in_answer(error: Exception) -> Told | None:
    """What an error in a response with the status 200 says, where it refuses the request."""
    return error.told if isinstance(error, SaidError) and refused(None, error.told) else None
