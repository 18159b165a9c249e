"""Accounts in the variables of the process, and of a ``.env`` file in the working folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from aiconn_nb.config import Entry
from aiconn_nb.config.file_layers import DotenvLayer
from aiconn_nb.errors import ConfigurationFileError
from aiconn_nb.model.origin import origin_of
from aiconn_nb.model.place import here, shown
from aiconn_nb.model.secret import MASK_LIKE, Secret
from aiconn_nb.model.url import key_in_url
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.base import Provider
from aiconn_nb.providers.plug_ins.asked import problems_of
from aiconn_nb.session.context import Context

from .candidate import Candidate, Found, Unread

_ADDRESSES: Final = ("_BASE_URL", "_API_BASE", "_API_URL", "_ENDPOINT", "_HOST")
"""Suffixes of the variables that libraries read for an address beside the key."""
_PLAIN: Final = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)+")
"""A region. Besides keys and addresses, only regions are taken from the file, because any other value may be secret."""
_ALSO: Final = {("amazon", "region"): ("AWS_REGION",)}
"""Additional variables of a field: AWS SDKs for other languages read this one."""


def names_of(provider: Provider, key: str) -> tuple[str, ...]:
    """Return the variables of a field."""
    return (*provider.variables.get(key, ()), *_ALSO.get((provider.id, key), ()))


def named(provider: Provider, is_set: Callable[[str], bool], others: Mapping[str, Provider]) -> dict[str, str]:
    """Map each field to the variable with its value; empty if the variables are not an account of this provider.

    A key belongs to a host. If a variable names another address, the address is included, or the account is another provider's.
    """
    chosen = {
        field.key: name
        for field in provider.fields
        if (name := next(filter(is_set, names_of(provider, field.key)), None)) is not None
    }
    secret = [field.key for field in provider.fields if field.sensitive and field.key in chosen]
    if not secret:
        return {}
    if "endpoint" not in chosen:
        address = next((name for name in provider.foreign if name.endswith(_ADDRESSES) and is_set(name)), None)
        if address is not None:
            if any(address in names for each in others.values() for names in each.variables.values()):
                return {}
            if provider.field("endpoint") is None:
                return {}
            chosen["endpoint"] = address
    if _is_broken(provider, chosen):
        # For example an API key beside a pair of access keys: take the first secret that suffices for the sign-in.
        rest = {key: name for key, name in chosen.items() if key not in secret}
        alone = ({**rest, key: chosen[key]} for key in secret)
        return next((each for each in alone if not _is_broken(provider, each)), {})
    return chosen


def _is_broken(provider: Provider, settings: Mapping[str, str]) -> bool:
    try:
        return bool(problems_of(provider, settings))
    except PlugInFailed:
        return True


def missing_of(provider: Provider, settings: Found) -> tuple[str, ...]:
    """Return the required fields without a value."""
    return tuple(each.key for each in provider.fields if each.is_required(settings) and each.key not in settings)


def in_environment(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the accounts in the variables of this process, as references."""
    environ = context.environ

    def is_set(name: str) -> bool:
        return _is_value(environ.get(name, ""))

    for provider in providers.values():
        chosen = named(provider, is_set, providers)
        settings = {key: f"${name.replace('__', ':')}" for key, name in chosen.items()}
        if settings and not _needs_address(provider, settings):
            yield Candidate("environment", "env", ", ".join(chosen.values()), provider.id, settings)


def in_dotenv(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the accounts in the ``.env`` files of the working folder and of the settings files.

    They have references if the file is a source, else their values. Raises `Unread`.
    """
    read = context.dotenv.read
    places = [Path(folder, ".env") for folder in (here(),) if folder]
    places += [context.dotenv.path] if context.dotenv.path is not None else []
    for path in dict.fromkeys(places):
        yield from _of_file(path, path == read, providers)


def _of_file(path: Path, is_read: bool, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    layer = DotenvLayer(path)
    try:
        # Names of variables, not configuration keys.
        entries: dict[str, Entry] = {key.replace(":", "__"): entry for key in layer.keys() if (entry := layer.get(key))}  # noqa: SIM118
    except ConfigurationFileError as error:
        raise Unread(shown(str(path)), error.problem.rstrip(".")) from None

    def is_set(name: str) -> bool:
        return name in entries and _is_value(entries[name].value or "")

    for provider in providers.values():
        chosen = named(provider, is_set, providers)
        settings: dict[str, str | Secret] = {}
        for key, name in chosen.items():
            field, value = provider.field(key), entries[name].value or ""
            if field is not None and field.sensitive:
                settings[key] = f"${name.replace('__', ':')}" if is_read else Secret(value)
            elif field is not None and field.type == "url" and origin_of(value.strip()) and not key_in_url(value):
                settings[key] = value.strip()
            elif _PLAIN.fullmatch(value) and key == "region":
                settings[key] = value
        # An unknown address still decides the owner of the key.
        lost = [key for key, name in chosen.items() if key == "endpoint" and key not in settings]
        if settings and not lost and not _needs_address(provider, settings):
            lines = ", ".join(f"{shown(str(path))}:{entries[name].line}" for name in chosen.values())
            yield Candidate(".env", "dotenv", lines, provider.id, settings, is_of_folder=True)


def _needs_address(provider: Provider, settings: Found) -> bool:
    """Whether only a custom address is missing, which another provider's account does not need."""
    return provider.id == "openai-compatible" and "endpoint" in missing_of(provider, settings)


def _is_value(text: str) -> bool:
    """Whether a text may be a value: not blank, and not a mask from an example file."""
    return bool(text.strip()) and MASK_LIKE.fullmatch(text.strip()) is None


def providers_by_variable(providers: Mapping[str, Provider]) -> dict[str, tuple[str, str]]:
    """Map the variables of secret fields to provider and field. A provider without other required fields goes first."""
    found: dict[str, tuple[str, str]] = {}
    for provider in providers.values():
        for field in provider.fields:
            for name in provider.variables.get(field.key, ()) if field.sensitive else ():
                if name not in found or not missing_of(provider, {field.key: ""}):
                    found[name] = (provider.id, field.key)
    return found
