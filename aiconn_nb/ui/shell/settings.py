"""Settings of a connection: read from the words of a line, and asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiconn_nb.errors import (
    CommandError,
    KeyOnLine,
    NamedTwice,
    NotAnOption,
    NotASetting,
    ReferenceExpanded,
    SettingsNeeded,
)
from aiconn_nb.model.field import Field
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.reference import clean, is_reference, parse_secret
from aiconn_nb.model.secret import Secret

from .console import Console


def read_settings(
    fields: Sequence[Field], pairs: Sequence[str], console: Console
) -> tuple[dict[str, str | Secret | None], list[str]]:
    """Return the settings in ``KEY=VALUE`` words, and warnings. Raises `CommandError` for a sensitive literal: a line is saved."""
    by_key = {field.key: field for field in fields}
    settings: dict[str, str | Secret | None] = {}
    warnings = []
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise NotASetting(known=tuple(by_key), is_spaced=any("=" in (each[:1], each[-1:]) for each in pairs))
        value, warning = clean(text)
        if warning:
            warnings.append(f"{key}: {warning}")
        field = by_key.get(key)
        if field and field.sensitive and value and not is_reference(value):
            raise _refused(field, value, console)
        settings[key] = value
    return settings, warnings


def require_once(keys: Iterable[str]) -> None:
    """Raise `NamedTwice` for a key that occurs again."""
    seen = set()
    for key in keys:
        if key in seen:
            raise NamedTwice(name=shown_name(key))
        seen.add(key)


def keys_in(pairs: Sequence[str] | None) -> list[str]:
    """Return the keys of ``KEY=VALUE`` words, each as often as it occurs."""
    return [pair.partition("=")[0] for pair in pairs or ()]


def _refused(field: Field, value: str, console: Console) -> CommandError:
    reference = field.suggested_reference or "$Section:Key"
    if console.in_shell and value.startswith(":"):
        return ReferenceExpanded(where=field.key, option="--set", example=f"{field.key}={reference}")
    return KeyOnLine(setting=field.key, reference=reference, in_shell=console.in_shell)


def ask_settings(
    fields: Sequence[Field],
    keys: Sequence[str],
    console: Console,
    *,
    of: str,
    set_here: Mapping[str, str] | None = None,
) -> dict[str, str | Secret]:
    """Ask for settings of the connection ``of``, secret ones without echo. The user may type a reference.

    ``set_here`` has the reference that is used for a field if the user types nothing. Raises `CommandError` if the user cannot
    be asked.
    """
    by_key = {field.key: field for field in fields}
    asked = [by_key[key] for key in dict.fromkeys(keys)]
    if asked and not console.can_ask:
        raise _needed(asked, set_here or {})
    return {field.key: _asked(field, console, of, (set_here or {}).get(field.key, "")) for field in asked}


def _asked(field: Field, console: Console, of: str, set_here: str) -> str | Secret:
    enter = f"Enter takes {set_here}, which is set here" if set_here else ""
    if not field.sensitive:
        about = " ".join(filter(None, [field.help, f"{enter}." if enter else ""]))
        return clean(console.ask(f"{field.label} of {of}{f' ({about})' if about else ''}: "))[0] or set_here
    ways = "; ".join(filter(None, ["$Section:Key is a reference", enter]))
    typed = console.secret(f"{field.label} of {of} ({ways}): ")
    if set_here and typed.is_blank:
        return set_here
    read = parse_secret(typed)
    return read if isinstance(read, Secret) else str(read)


def _needed(fields: Sequence[Field], set_here: Mapping[str, str]) -> CommandError:
    return SettingsNeeded(
        examples=tuple((field.key, set_here.get(field.key) or _example(field)) for field in fields),
        are_references=all(field.sensitive for field in fields),
    )


def _example(field: Field) -> str:
    return (field.suggested_reference or "$Section:Key") if field.sensitive else (field.placeholder or "...")


def pairs(words: Sequence[str] | None) -> dict[str, str]:
    """Return the model options in ``KEY=VALUE`` words. Raises `NamedTwice`, and `NotAnOption`, which does not repeat the word."""
    options: dict[str, str] = {}
    for word in words or ():
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise NotAnOption
        name = key.strip().replace("-", "_")
        require_once([*options, name])
        options[name] = value
    return options
