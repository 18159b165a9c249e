"""Settings of a connection: read from the words of a line, and asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aiconn_nb.errors import CommandError
from aiconn_nb.model.field import Field
from aiconn_nb.model.reference import clean, is_reference, parse_secret
from aiconn_nb.model.secret import Secret

from .console import Console


def read_settings(
    fields: Sequence[Field], pairs: Sequence[str], console: Console
) -> tuple[dict[str, str | Secret | None], list[str]]:
    """``KEY=VALUE`` words as settings, and warnings. Raises `CommandError` for a sensitive literal: a line is saved."""
    by_key = {field.key: field for field in fields}
    settings: dict[str, str | Secret | None] = {}
    warnings = []
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise CommandError("--set takes KEY=VALUE, and a word has no '='.", f"The keys are: {', '.join(by_key)}.")
        value, warning = clean(text)
        if warning:
            warnings.append(f"{key}: {warning}")
        field = by_key.get(key)
        if field and field.sensitive and value and not is_reference(value):
            raise _refused(field, value, console)
        settings[key] = value
    return settings, warnings


def _refused(field: Field, value: str, console: Console) -> CommandError:
    reference = field.suggested_reference or "$Section:Key"
    if console.in_shell and value.startswith(":"):
        return CommandError(
            f"{field.key}: the shell has taken the reference apart ($ and a name is a variable to it).",
            f"Put it in single quotes: --set '{field.key}={reference}'",
        )
    saved = "the shell's history" if console.in_shell else "the notebook and the history"
    quote = "'" if console.in_shell else ""
    return CommandError(
        f"{field.key} is a secret and is not taken from the line, which is saved in {saved}.",
        f"Write a reference (--set {quote}{field.key}={reference}{quote}), or --prompt {field.key}"
        + (", or use the form (%aiconn)." if not console.in_shell else "."),
    )


def ask_settings(fields: Sequence[Field], keys: Sequence[str], console: Console, *, of: str) -> dict[str, str | Secret]:
    """Settings of the connection ``of`` that are asked for, secret ones without echo; what is typed may be a reference.

    Raises `CommandError` where nobody can be asked.
    """
    by_key = {field.key: field for field in fields}
    asked = [by_key[key] for key in dict.fromkeys(keys)]
    if asked and not console.can_ask:
        raise _nobody_here(asked)
    return {field.key: _asked(field, console, of) for field in asked}


def ask_required(
    fields: Sequence[Field], given: Collection[str], console: Console, *, of: str
) -> dict[str, str | Secret]:
    """The same for what a new connection cannot do without, and was not given."""
    missing = [field.key for field in fields if field.required and field.default is None and field.key not in given]
    return ask_settings(fields, missing, console, of=of)


def _asked(field: Field, console: Console, of: str) -> str | Secret:
    if not field.sensitive:
        about = f" ({field.help})" if field.help else ""
        return clean(console.ask(f"{field.label} of {of}{about}: "))[0]
    read = parse_secret(console.secret(f"{field.label} of {of} ($Section:Key is a reference): "))
    return read if isinstance(read, Secret) else str(read)


def _nobody_here(fields: Sequence[Field]) -> CommandError:
    keys = " and ".join(field.key for field in fields)
    one = len(fields) == 1
    given = [f"{field.key}={_example(field)}" for field in fields]
    what = "Give a reference" if all(field.sensitive for field in fields) else "Give it" if one else "Give them"
    return CommandError(
        f"{keys} {'is' if one else 'are'} needed, and cannot be asked for here.",
        f"{what}: --set {' '.join(given)}",
    )


def _example(field: Field) -> str:
    return (field.suggested_reference or "$Section:Key") if field.sensitive else (field.placeholder or "...")
