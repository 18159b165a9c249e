"""Add notes to results: if a verb was called with a former alias, its result says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from aiconn_nb.model.notices import heard_so_far, is_heard, is_of_usage, note, notes_heard
from aiconn_nb.session.results import Result

from .verb import verb_of

Kind = TypeVar("Kind")


def with_notes(result: Kind, heard: list[str], *, usage_stays: bool = False) -> Kind:
    """Move notes from the list that heard them to the result. They stay in the list if the result has no field for notes.

    With ``usage_stays``, notes on the recorded usage do both: in a script, nothing shows the notes of a result.
    """
    noted: Kind = _with_notes(result, heard) if heard else result
    if noted is not result:
        heard[:] = filter(is_of_usage, heard) if usage_stays else ()
    return noted


def with_notes_so_far(result: Kind) -> Kind:
    """A result with the notes that it will get, for a command that shows it before it returns it."""
    notes = heard_so_far()
    noted: Kind = _with_notes(result, notes) if notes else result
    return noted


def verbs_show_notes(kind: type[Kind]) -> type[Kind]:
    """Make the verbs of a class, inherited ones too, add the notes to their results. Nested verbs leave that to the outer one."""
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
            with notes_heard(note) as heard:
                return with_notes(method(*args, **options), heard, usage_stays=True)
        finally:
            # An argument may be a key, and this frame is in the traceback.
            del args, options

    if not iscoroutinefunction(method):
        return call

    @wraps(method)
    async def awaited(*args: object, **options: object) -> object:
        try:
            if is_heard():
                return await method(*args, **options)
            with notes_heard(note) as heard:
                return with_notes(await method(*args, **options), heard, usage_stays=True)
        finally:
            del args, options

    return awaited


def _with_notes(result: Any, notes: Sequence[str]) -> Any:
    """The result with these notes added, else with these warnings; unchanged if it has neither field."""
    if not isinstance(result, Result):
        return result
    for place in ("notes", "warnings"):
        before = getattr(result, place, None)
        if isinstance(before, tuple):
            more = (*before, *(each for each in notes if each not in before))
            return replace(result, **{place: more})  # type: ignore[type-var]  # each result is a dataclass
    return result
