"""Notes become a part of the result: if a verb was called with a former alias, its result says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from aiconn_nb.model.notices import is_heard, note, notes_heard
from aiconn_nb.session.results import Result

from .verb import verb_of

Kind = TypeVar("Kind")


@contextmanager
def showing_notes(say: Callable[[str], None]) -> Iterator[Callable[[Any], Any]]:
    """What is within takes its result through the function that this gives, which adds the notes to it.

    A result that has no place for notes stays as it is; they are told to ``say`` then, and also where there is no result, for
    an error came.
    """
    told: list[str] = []
    heard: list[str] = []
    try:
        with notes_heard() as heard:

            def add(result: Any) -> Any:
                noted = _with_notes(result, heard)
                if noted is not result:
                    told.extend(heard)
                return noted

            yield add
    finally:
        for each in heard:
            if each not in told:
                say(each)


def verbs_show_notes(kind: type[Kind]) -> type[Kind]:
    """A class whose verbs, inherited ones too, add the notes that arose to their results. An inner one leaves that to the outer."""
    for name in dir(kind):
        method = getattr(kind, name)
        if verb_of(method) is not None:
            setattr(kind, name, _noted(method))
    return kind


def _noted(method: Callable[..., object]) -> Callable[..., object]:
    @wraps(method)
    def call(*args: object, **options: object) -> object:
        try:
            if is_heard():
                return method(*args, **options)
            with showing_notes(note) as shown_with:
                return shown_with(method(*args, **options))
        finally:
            # What was given may be a key, and this frame is in the traceback.
            del args, options

    if not iscoroutinefunction(method):
        return call

    @wraps(method)
    async def awaited(*args: object, **options: object) -> object:
        try:
            if is_heard():
                return await method(*args, **options)
            with showing_notes(note) as shown_with:
                return shown_with(await method(*args, **options))
        finally:
            del args, options

    return awaited


def _with_notes(result: Any, notes: list[str]) -> Any:
    """The result with these among its notes, else among its warnings; itself where it has neither, or there is nothing to add."""
    if not notes or not isinstance(result, Result):
        return result
    for place in ("notes", "warnings"):
        before = getattr(result, place, None)
        if isinstance(before, tuple):
            more = (*before, *(each for each in notes if each not in before))
            return replace(result, **{place: more})  # type: ignore[type-var]  # each result is a dataclass
    return result
