"""The secrets that this machine knows, each with words for it: what a notebook is compared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import AiconnError
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret, is_secret_name, seeker
from aiconn_nb.session.columns import Columns

SHORTEST: Final = 8
"""Characters of the shortest secret that is looked for: a shorter one would be found in every text."""
_ALSO_SECRET: Final = re.compile(r"(?i)(?:passwd|credentials)\Z")
"""Names that say less surely that a secret is meant: enough to look for the value."""
_PLACE: Final = re.compile(r"[/~.]|\w+://|[A-Za-z]:\\")


@dataclass(frozen=True, slots=True)
class Known:
    """A secret, and who it is."""

    words: str
    """``the api_key of openai-dev``."""
    secret: Secret
    stands_in: Callable[[str], bool]
    """Whether it stands in a text, in any spelling."""


def known_secrets(columns: Columns) -> list[Known]:
    """User secrets and sealed values (former and deleted ones too), what references resolve to in any environment, and variables
    that are named like a secret. What cannot be opened is not known; each value stands here once, under its first words."""
    found: list[Known] = []
    for words, value in _all(columns):
        try:
            secret = value()
        except (AiconnError, KeyError):
            continue
        if secret.satisfies(lambda text: len(text.strip()) >= SHORTEST):
            seek = seeker(secret)
            if not any(secret.satisfies(known.stands_in) and known.secret.satisfies(seek) for known in found):
                found.append(Known(words, secret, seek))
    return found


Words = tuple[str, Callable[[], Secret]]


def _all(columns: Columns) -> Iterator[Words]:
    for place in (None, *columns.secrets.environments()):
        for key in columns.secrets.keys(place):
            yield f"the user secret {key}", _user_secret(columns, key, place)
        for key, sealed in columns.secrets.former_values(place):
            yield f"a former user secret {key}", _sealed(columns, sealed)
    snapshot = columns.store.read()
    for connection in snapshot.connections:
        yield from _settings(columns, connection, "the")
    for gone in snapshot.deleted:
        yield from _settings(columns, gone.connection, "the deleted")
    yield from _variables(columns)
    for connection in (*snapshot.connections, *(gone.connection for gone in snapshot.deleted)):
        for version in columns.store.history(connection.id)[-2::-1]:
            if isinstance(version.state, Connection):
                yield from _settings(columns, version.state, "a former")


def _user_secret(columns: Columns, key: str, place: str | None) -> Callable[[], Secret]:
    return lambda: Secret(columns.secrets.value(key, place))


def _settings(columns: Columns, connection: Connection, which: str) -> Iterator[Words]:
    for field in columns.fields_of(connection):
        setting = connection.settings.get(field.key)
        if isinstance(setting, Sealed):
            yield f"{which} {field.key} of {connection.alias}", _sealed(columns, setting)
        elif field.sensitive and isinstance(setting, str) and is_reference(setting):
            for environment in columns.environments():
                yield f"the value of {setting}", _configured(columns, setting[1:], environment)


def _sealed(columns: Columns, sealed: Sealed) -> Callable[[], Secret]:
    return lambda: columns.vault.open(sealed)


def _configured(columns: Columns, key: str, environment: str) -> Callable[[], Secret]:
    return lambda: Secret(columns.configuration(environment).lookup(key).value or "")


def _variables(columns: Columns) -> Iterator[Words]:
    """Environment variables in which a provider's ecosystem keeps a secret, and those whose names say that they hold one."""
    declared = {
        name
        for provider in columns.registry.all()
        for field in provider.fields
        if field.sensitive
        for name in provider.variables.get(field.key, ())
    }
    for name in sorted(columns.environ):
        # A variable that leads to a file of keys is named alike; a path is no secret.
        if name in declared or (
            (is_secret_name(name) or _ALSO_SECRET.search(name)) and not _PLACE.match(columns.environ[name])
        ):
            yield f"the environment variable {name}", _variable(columns, name)


def _variable(columns: Columns, name: str) -> Callable[[], Secret]:
    return lambda: Secret(columns.environ[name])
