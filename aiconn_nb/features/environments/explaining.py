"""The sources of settings: of a connection or a reference, in an environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from aiconn_nb.config.configuration import Configuration, Found
from aiconn_nb.config.environment import DEFAULT_ENVIRONMENT
from aiconn_nb.config.resolver import Explained, explain_with_values
from aiconn_nb.errors import AiconnError, KeyAsReference, LiteralDollar, ReferenceNotFound, UnsealError
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.field import Field, FieldValue
from aiconn_nb.model.key_name import has_key, shown_name
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK, Secret, redact, without, without_typed
from aiconn_nb.providers.plug_ins.asked import selections
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_secrets import CONTAINED

from .resolving import blank, missing_because, place, unopened
from .results import FieldLine


def warnings_of(
    connection: Connection, explained: Sequence[Explained], lines: Sequence[FieldLine], configuration: Configuration
) -> tuple[str, ...]:
    """Return the warnings after a save: references that do not resolve, and personal secrets that hide a file.

    ``explained`` has the connection's fields in this configuration, and ``lines`` has what `lines_of` says of them.
    """
    known = {each.field.key: each.found for each in explained}
    told: list[str] = []
    for key, written in references(connection.settings).items():
        found = known.get(key)
        # Only a missing reference, or one in a header, is looked up again.
        problem = missing_because(configuration, written) if found is None else blank(found, written)
        if problem:
            problem.field = key
            told.append(problem.what)
    return (*told, *[f"{each.key}: {each.note}." for each in lines if each.note])


def hiding(explained: Sequence[Explained], environment: str) -> tuple[str, ...]:
    """Return warnings about personal secrets that override a file, outside of Development."""
    return tuple(
        [
            f"{each.field.key}: {note}."
            for each in explained
            if each.found is not None and (note := _hiding(each.found, environment))
        ]
    )


def problems_of(context: Context) -> tuple[str, ...]:
    """Return the problems of every use of the current environment: why no reference resolves, or `hiding` for all its keys."""
    configuration = context.configuration()
    try:
        configuration.keys()
        if configuration.environment == DEFAULT_ENVIRONMENT:
            return ()
        keys = [key for source in configuration.secret_sources for key in source.keys()]  # noqa: SIM118
        found = [configuration.lookup(key, opens=False) for key in keys]
    except AiconnError as error:
        return (error.what,)
    told = {
        fold(each.key): f"${shown_name(each.key)}: {note}."
        for each in found
        if (note := _hiding(each, configuration.environment))
    }
    return tuple(told[key] for key in sorted(told))


def _hiding(found: Found, environment: str) -> str:
    if environment == DEFAULT_ENVIRONMENT or not found.hides_project_file:
        return ""
    files = "; ".join(place(each.entry) for each in found.hidden if each.origin.is_project_file)
    return f"your own secret hides {files} in {environment}"


def field_lines(context: Context, connection: Connection, configuration: Configuration) -> tuple[FieldLine, ...]:
    """Explain every field of a connection in an environment."""
    found = explained(context, connection, configuration)
    return lines_of(context.fields_of(connection), found, configuration.environment)


def explained(context: Context, connection: Connection, configuration: Configuration) -> list[Explained]:
    """Return the fields of a connection with their sources; optional ones that are not set are left out."""
    return explained_with_values(context, connection, configuration)[0]


def explained_with_values(
    context: Context, connection: Connection, configuration: Configuration
) -> tuple[list[Explained], dict[str, FieldValue | Secret]]:
    """Return what `explained` returns, and the values of the fields that are not sealed and have no problem."""
    provider = context.registry.find(connection.provider)
    if provider is None:
        found, values = explain_with_values(connection.settings, context.fields_of(connection), configuration)
    else:
        ways = partial(selections, provider)
        found, values = explain_with_values(connection.settings, provider.fields, configuration, ways=ways)
    if problems := dict(unopened(context, connection)):
        found = [each._replace(problem=problems.get(each.field.key, each.problem)) for each in found]
    return found, values


def lines_of(fields: Sequence[Field], explained: Sequence[Explained], environment: str) -> tuple[FieldLine, ...]:
    """Return fields in a displayable form. Those that were not ``explained`` in the environment are not set."""
    known = {each.field.key: _line(each, environment, explained) for each in explained}
    return tuple(
        [
            known.get(each.key)
            or FieldLine(each.key, each.label, written="", kind="unset", resolved=False, shown="", group=each.group)
            for each in fields
        ]
    )


def _line(explained: Explained, environment: str, beside: Sequence[Explained]) -> FieldLine:
    """Return one field in a displayable form: no secret, and a configuration value only if it is not sensitive.

    Even such a value may contain a secret of the fields ``beside`` it: some gateways have the key in the path.
    """
    field, found, problem = explained.field, explained.found, explained.problem
    shown = ""
    if explained.kind in ("literal", "default"):
        shown = MASK if field.sensitive else explained.written
    elif explained.kind == "sealed":
        shown = MASK
    elif found is not None and problem is None:
        shown = MASK if field.sensitive or found.is_secret else _shown(found.value or "", beside)
    line = FieldLine(
        key=field.key,
        label=field.label,
        group=field.group,
        # Earlier releases could save a key in place of a reference's name.
        written=(shown_name if explained.kind == "reference" else without)(explained.written),
        kind=explained.kind,
        resolved=explained.kind != "unset" and problem is None,
        shown=shown,
        source={"sealed": "the vault", "literal": "the store", "default": "the provider"}.get(explained.kind, ""),
    )
    return _completed(line, found, problem, environment)


def _shown(value: str, beside: Sequence[Explained]) -> str:
    """Return a value that is not secret, with the secrets of other fields removed."""
    value = redact(value)
    for each in beside:
        found = each.found
        if found is not None and found.value and (each.field.sensitive or found.is_secret):
            value = without_typed(value, Secret(found.value), shortest=CONTAINED, contained=CONTAINED)
    return value


def _completed(line: FieldLine, found: Found | None, problem: AiconnError | None, environment: str) -> FieldLine:
    """Return the line with the source of its value, and its problem."""
    if found is not None:
        hidden = tuple(place(each.entry) for each in found.hidden)
        line = replace(line, source=place(found), hidden=hidden, note=_hiding(found, environment))
    if problem is not None:
        # The brief problem leaves out the layers searched.
        brief = problem.brief if isinstance(problem, ReferenceNotFound | UnsealError) else problem.what
        line = replace(line, problem=problem.what, hint=problem.hint, reason=problem.reason, brief=brief)
    return line


def reference_line(configuration: Configuration, written: str) -> FieldLine:
    """Explain one reference. Its value is masked: only a field knows whether it is sensitive."""
    read = parse(written if written.startswith("$") else f"${written}")
    if not isinstance(read, Reference):
        raise LiteralDollar
    if has_key(read.key):
        raise KeyAsReference
    written = str(read)
    found: Found | None = None
    problem: AiconnError | None
    try:
        found = configuration.lookup(read.key)
        problem = blank(found, written)
    except AiconnError as error:
        problem = error
    line = FieldLine(
        key=shown_name(read.key),
        label=shown_name(read.key),
        written=shown_name(written),
        kind="reference",
        resolved=problem is None,
        shown="" if problem else MASK,
    )
    return _completed(line, found, problem, configuration.environment)


def sources(explained: Sequence[Explained], environment: str) -> tuple[str, ...]:
    """Return ``api_key from appsettings.json:3`` for each field that came from configuration, and what its value hides."""
    told = []
    for each in explained:
        if each.found is not None and each.problem is None:
            note = _hiding(each.found, environment)
            told.append(f"{each.field.key} from {place(each.found)}{f' ({note})' if note else ''}")
    return tuple(told)
