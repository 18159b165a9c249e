"""Where settings come from: the list, one connection, one reference, in an environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiconn_nb.config.configuration import Configuration, Found
from aiconn_nb.config.environment import DEFAULT_ENVIRONMENT
from aiconn_nb.config.resolver import Explained, explain
from aiconn_nb.errors import (
    AiconnError,
    KeyAsReference,
    LiteralDollar,
    ProviderError,
    ResolvesToNothing,
)
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, Setting, references
from aiconn_nb.model.field import Field
from aiconn_nb.model.place import tilde
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK, shape_of
from aiconn_nb.model.url import masked_url
from aiconn_nb.session.context import Context

from .results import FieldLine


class Resolving:
    """Which references resolve, for a whole list: each is looked up once, without advice for an absent one."""

    def __init__(self, configuration: Configuration) -> None:
        self.problem = ""
        """Why none resolves: a broken file."""
        self._configuration = configuration
        self._answers: dict[str, bool] = {}
        try:
            self._known = {fold(key) for key in configuration.keys()}  # noqa: SIM118 - no dict
        except AiconnError as error:
            self._known = set()
            self.problem = error.what

    def __contains__(self, written: str) -> bool:
        if written not in self._answers:
            self._answers[written] = self._resolves(written)
        return self._answers[written]

    def _resolves(self, written: str) -> bool:
        try:
            reference = parse(written)
        except AiconnError:
            return False
        if isinstance(reference, Reference) and fold(reference.key) not in self._known:
            return False
        return missing_because(self._configuration, written) is None


def required_keys(context: Context, provider_id: str) -> tuple[str, ...]:
    """The required fields of a connection; an absent provider has none."""
    try:
        fields = context.registry.get(provider_id).fields
    except ProviderError:
        return ()
    return tuple(field.key for field in fields if field.required and field.default is None)


def missing_because(configuration: Configuration, written: str) -> AiconnError | None:
    """Why a reference does not resolve; None if it does."""
    try:
        reference = parse(written)
        if isinstance(reference, Reference):
            found = configuration.lookup(reference.key)
            if not (found.value or "").strip():
                return ResolvesToNothing(reference=written, place=place(found))
    except AiconnError as error:
        return error
    return None


def warnings_of(context: Context, connection: Connection) -> tuple[str, ...]:
    """Warnings after a save: references that do not resolve in the current environment."""
    configuration = context.configuration()
    unresolved: list[str] = []
    for key, written in references(connection.settings).items():
        if problem := missing_because(configuration, written):
            problem.field = key
            unresolved.append(problem.what)
    return (*unresolved, *hiding(field_lines(context, connection)))


def misplaced(context: Context, connection: Connection, known: dict[str, bool] | None = None) -> tuple[str, ...]:
    """Warnings about secrets in fields that are shown. New saves are refused; one of an earlier release still works for a while.

    ``known`` is a cache for long lists: whether a reference is a secret.
    """
    known = {} if known is None else known
    sensitive = {field.key for field in context.fields_of(connection) if field.sensitive}
    found = []
    for key, written in references(connection.settings).items():
        if key in sensitive:
            continue
        if written not in known:
            known[written] = context.may_be_secret(written[1:])
        if known[written]:
            found.append(
                f"{connection.alias}: {key} takes a secret, {written}, and is no field for one. It works in this release "
                "only: move the value to a settings file or a variable whose name does not end like that of a secret."
            )
    return tuple(found)


def hiding(lines: Sequence[FieldLine]) -> tuple[str, ...]:
    """Warnings about personal secrets that override a file, outside of Development."""
    return tuple(f"{line.key}: {line.note}." for line in lines if line.note)


def hidden_files(context: Context) -> tuple[str, ...]:
    """The same for all keys of the current environment."""
    configuration = context.configuration()
    if configuration.environment == DEFAULT_ENVIRONMENT:
        return ()
    try:
        found = [configuration.lookup(key) for source in configuration.secret_sources for key in source.keys()]  # noqa: SIM118
    except AiconnError:
        return ()
    told = {
        fold(each.key): f"${each.key}: {note}." for each in found if (note := _hiding(each, configuration.environment))
    }
    return tuple(told[key] for key in sorted(told))


def _hiding(found: Found, environment: str) -> str:
    if environment == DEFAULT_ENVIRONMENT or not found.hides_project_file:
        return ""
    files = "; ".join(place(each.entry) for each in found.hidden if each.origin.is_project_file)
    return f"your own secret hides {files} in {environment}"


def field_lines(context: Context, connection: Connection, environment: str | None = None) -> tuple[FieldLine, ...]:
    """Every field of a connection, explained in an environment."""
    try:
        machine_credentials = context.provider_of(connection).machine_credentials
    except ProviderError:
        machine_credentials = False
    fields = context.fields_of(connection)
    return explained(context, connection.settings, fields, environment, machine_credentials=machine_credentials)


def explained(
    context: Context,
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    environment: str | None = None,
    *,
    machine_credentials: bool = False,
) -> tuple[FieldLine, ...]:
    """Settings, saved or not, explained in an environment; see `resolve` for ``machine_credentials``."""
    configuration = context.configuration(environment)
    found = explain(settings, fields, configuration, machine_credentials=machine_credentials)
    return tuple(line(each, configuration.environment) for each in found)


def line(explained: Explained, environment: str = DEFAULT_ENVIRONMENT) -> FieldLine:
    """One field in a form that may be shown: no secret, and a configuration value only if it is not sensitive."""
    field, found, problem = explained.field, explained.found, explained.problem
    shown = ""
    if explained.kind in ("literal", "default"):
        shown = MASK if field.sensitive else explained.written
    elif explained.kind == "sealed":
        shown = MASK
    elif found is not None and problem is None:
        shown = MASK if field.sensitive or found.is_secret else masked_url(found.value or "")
    return FieldLine(
        key=field.key,
        label=field.label,
        written=explained.written,
        kind=explained.kind,
        resolved=explained.kind != "unset" and problem is None,
        shown=shown,
        source=place(found)
        if found
        else {"sealed": "the vault", "literal": "the store", "default": "the provider"}.get(explained.kind, ""),
        hidden=tuple(place(each.entry) for each in found.hidden) if found else (),
        problem=problem.what if problem else "",
        hint=problem.hint if problem else "",
        reason=problem.reason if problem else "",
        note=_hiding(found, environment) if found else "",
    )


def place(entry: object) -> str:
    """The place of a value, in short: ``appsettings.json:3``."""
    source: str = getattr(entry, "source", "")
    line_number: int | None = getattr(entry, "line", None)
    path = Path(source)
    if path.is_absolute():
        try:
            relative = os.path.relpath(path)
        except (OSError, ValueError):  # the working folder is gone, or on another drive
            relative = os.path.join(os.pardir, os.pardir)
        source = tilde(source) if relative.startswith(os.path.join(os.pardir, os.pardir)) else relative
    return f"{source}:{line_number}" if line_number else source


def reference_line(context: Context, written: str, environment: str | None = None) -> FieldLine:
    """One reference, explained. Its value is masked: only a field knows whether it is sensitive."""
    configuration = context.configuration(environment)
    read = parse(written if written.startswith("$") else f"${written}")
    if not isinstance(read, Reference):
        raise LiteralDollar
    if shape_of(read.key):
        raise KeyAsReference
    written = str(read)
    found: Found | None = None
    problem = missing_because(configuration, written)
    try:
        found = configuration.lookup(read.key)
    except AiconnError as error:
        problem = error
    return FieldLine(
        key=read.key,
        label=read.key,
        written=written,
        kind="reference",
        resolved=problem is None,
        shown="" if problem else MASK,
        source=place(found) if found else "",
        hidden=tuple(place(each.entry) for each in found.hidden) if found else (),
        problem=problem.what if problem else "",
        hint=problem.hint if problem else "",
        reason=problem.reason if problem else "",
        note=_hiding(found, configuration.environment) if found else "",
    )


def sources(lines: Sequence[FieldLine]) -> tuple[str, ...]:
    """``api_key from appsettings.json:3`` for each field that came from configuration."""
    return tuple(f"{each.key} from {each.told_source}" for each in lines if each.kind == "reference" and each.resolved)
