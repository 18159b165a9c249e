"""Whether the references of connections resolve in an environment: what a list shows of each connection."""

from __future__ import annotations

import os
from pathlib import Path

from aiconn_nb import errors
from aiconn_nb.config.configuration import NO_SETTINGS, Configuration, Found
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.headers import is_of_header
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.place import tilde
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.session.context import Context


def notes_on(configuration: Configuration, *, is_missing: bool) -> list[str]:
    """The notes on the sources for a reader of resolved references. That there is no settings file is told only if a value is
    missing: the user may have all of them in secrets or variables."""
    return [each for each in configuration.notes if is_missing or each != NO_SETTINGS]


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
        """The references of a connection that do not resolve, and the required fields that it does not have."""
        same = _same(connection)
        if same not in self._missing:
            written = references(connection.settings).values()
            self._missing[same] = (
                *(shown_name(each) for each in written if each not in self),
                *(f"{key} is not set" for key in unset_keys(context, connection)),
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
    """The required fields that a connection does not have; a provider that is not installed requires none."""
    try:
        fields = context.registry.get(connection.provider).fields
    except errors.ProviderError:
        return ()
    given = connection.settings
    return tuple(each.key for each in fields if each.required and each.key not in given and each.is_required(given))


def missing_because(configuration: Configuration, written: str) -> errors.AiconnError | None:
    """Why a reference does not resolve; None if it does."""
    try:
        reference = parse(written)
        if isinstance(reference, Reference):
            return blank(configuration.lookup(reference.key), written)
    except errors.AiconnError as error:
        return error
    return None


def blank(found: Found, written: str) -> errors.AiconnError | None:
    """Why the value of a reference is none; None if it is one."""
    is_value = (found.value or "").strip()
    return None if is_value else errors.ResolvesToNothing(reference=written, place=place(found))


def shown_references(context: Context, connection: Connection) -> dict[str, str]:
    """The references in fields that are shown, which take no secret, by field. A header takes one by reference."""
    sensitive = {field.key for field in context.fields_of(connection) if field.sensitive}
    written = references(connection.settings).items()
    return {key: each for key, each in written if key not in sensitive and not is_of_header(key)}


def misplaced(context: Context, connection: Connection) -> tuple[str, ...]:
    """Warnings about secrets in displayed fields. New saves are refused; one from an earlier release still works for a while."""
    return tuple(
        f"{connection.alias}: {key} takes a secret, {shown_name(written)}, but is not a field for one. It works in this "
        "release only: move the value to a settings file or a variable whose name does not end like that of a secret."
        for key, written in shown_references(context, connection).items()
        if context.may_be_secret(written[1:])
    )


def place(entry: object) -> str:
    """The short form of a place: ``appsettings.json:3``."""
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
