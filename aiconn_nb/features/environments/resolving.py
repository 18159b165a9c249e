"""Whether the references of connections resolve in an environment, as lists show it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb import errors
from aiconn_nb.config.configuration import NO_SETTINGS, Configuration, Found
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.place import tilde
from aiconn_nb.model.reference import Reference, is_reference, parse
from aiconn_nb.model.secret import Sealed
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.config.resolver import Explained

    from .results import FieldLine


def notes_on(configuration: Configuration, resolved: Iterable[Explained | FieldLine]) -> list[str]:
    """Return the notes on the sources of what was ``resolved``.

    The note that there is no settings file is kept only if there is a problem: all values may be in secrets or variables.
    """
    notes = configuration.notes
    if NO_SETTINGS in notes and not any(each.problem for each in resolved):
        notes.remove(NO_SETTINGS)
    return notes


class Resolving:
    """Which references resolve, for a whole list: each lookup happens once, without advice for a missing reference.

    Most connections of a long list have the settings of another one, so the answers are cached by settings.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.problem = ""
        """Why no reference resolves: a broken file."""
        self.configuration = configuration
        self._answers: dict[str, bool] = {}
        self._missing: dict[object, tuple[str, ...]] = {}
        self._misplaced: dict[object, bool] = {}
        try:
            self._known = {fold(key) for key in configuration.keys()}  # noqa: SIM118 - no dict
        except errors.AiconnError as error:
            self._known = set()
            self.problem = error.what

    def __contains__(self, written: str) -> bool:
        if written not in self._answers:
            self._answers[written] = self._resolves(written)
        return self._answers[written]

    def missing(self, context: Context, connection: Connection) -> tuple[str, ...]:
        """What a connection lacks: references that do not resolve, required fields without a value, and sealed values that do not
        open."""
        same = _same(connection)
        if same not in self._missing:
            written = references(connection.settings).values()
            self._missing[same] = (
                *(shown_name(each) for each in written if each not in self),
                *(f"{key} is not set" for key in unset_keys(context, connection)),
                *(f"{key} cannot be opened: {_why(problem)}" for key, problem in unopened(context, connection)),
            )
        return self._missing[same]

    def misplaced(self, context: Context, connection: Connection) -> tuple[str, ...]:
        """The warnings of `misplaced`."""
        same = _same(connection)
        if self._misplaced.get(same, True):
            found = misplaced(context, connection)
            self._misplaced[same] = bool(found)
            return found
        return ()

    def _resolves(self, written: str) -> bool:
        try:
            reference = parse(written)
        except errors.AiconnError:
            return False
        if isinstance(reference, Reference) and fold(reference.key) not in self._known:
            return False
        return missing_because(self.configuration, written) is None


def _same(connection: Connection) -> object:
    """What connections with the same account have in common."""
    return (connection.provider, *connection.settings.items())


def unset_keys(context: Context, connection: Connection) -> tuple[str, ...]:
    """Return the required fields that a connection does not have; a provider that is not installed requires none."""
    provider = context.registry.find(connection.provider)
    given = connection.settings
    fields = () if provider is None else provider.fields
    return tuple(each.key for each in fields if each.required and each.key not in given and each.is_required(given))


def unopened(context: Context, connection: Connection) -> Iterator[tuple[str, errors.VaultError]]:
    """Yield each sealed field that does not open with the present master key, and the error."""
    for key, value in connection.settings.items():
        if isinstance(value, Sealed):
            try:
                context.vault.open(value, f"The sealed {key}")
            except errors.VaultError as error:
                yield key, error


def _why(problem: errors.VaultError) -> str:
    return problem.brief if isinstance(problem, errors.UnsealError) else "the master key is unusable"


def missing_because(configuration: Configuration, written: str) -> errors.AiconnError | None:
    """Return the error of a reference that does not resolve; None if it resolves."""
    try:
        reference = parse(written)
        if isinstance(reference, Reference):
            return blank(configuration.lookup(reference.key), written)
    except errors.AiconnError as error:
        return error
    return None


def blank(found: Found, written: str) -> errors.AiconnError | None:
    """Return the error for a blank value of a reference; None if the value is not blank."""
    is_value = (found.value or "").strip()
    return None if is_value else errors.ResolvesToNothing(reference=written, place=place(found))


def shown_references(context: Context, connection: Connection) -> dict[str, str]:
    """Return the references in displayed fields, by field. These fields take no secret; those in a header, which may be one, are
    left out."""
    provider = context.registry.find(connection.provider)
    sensitive = [field.key for field in provider.fields if field.sensitive] if provider else []
    settings = connection.settings.items()
    return {key: each for key, each in settings if key not in sensitive and is_reference(each)}


def misplaced(context: Context, connection: Connection) -> tuple[str, ...]:
    """Return warnings about secrets in displayed fields. A save refuses them; those of an earlier release work for a while."""
    told = []
    for key, written in shown_references(context, connection).items():
        if context.may_be_secret(written[1:]):
            words = f"{key} takes a secret, {shown_name(written)}, but is not a field for one. It works in this release only"
            remedy = "move the value to a settings file or a variable whose name does not end like that of a secret"
            told.append(f"{connection.alias}: {words}: {remedy}.")
    return tuple(told)


def place(entry: object) -> str:
    """Return the short form of a place: ``appsettings.json:3``."""
    source: str = getattr(entry, "source", "")
    line_number: int | None = getattr(entry, "line", None)
    path = Path(source)
    if path.is_absolute():
        try:
            relative = os.path.relpath(path)
        except (OSError, ValueError):  # the working folder was deleted, or is on another drive
            relative = os.path.join(os.pardir, os.pardir)
        source = tilde(source) if relative.startswith(os.path.join(os.pardir, os.pardir)) else relative
    return f"{source}:{line_number}" if line_number else source
