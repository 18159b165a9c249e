"""The secrets that this machine knows, each with a description. Notebooks and other texts are searched for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, NamedTuple

from aiconn_nb.errors import AiconnError, NoPlace, StoreError, VaultError
from aiconn_nb.model import headers
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.pattern import late
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret, is_secret_name, seeker, without_typed
from aiconn_nb.model.url import passwords_in_url
from aiconn_nb.store.sql_database import URL_VARIABLE

from .context import Context
from .known_names import NamesKnown

SHORTEST: Final = 8
"""The minimum length of a secret to search for: a shorter one would occur in every text."""
CONTAINED: Final = 12
"""The minimum length of a secret to search for within a longer text when something is saved or run."""
_ALSO_SECRET: Final = late(r"(?i)(?:passwd|credentials)\Z")
"""Names that are a weaker sign of a secret, but reason enough to search for the value."""
_PLACE: Final = late(r"[/~.]|\w+://|[A-Za-z]:\\")


class Known(NamedTuple):
    """A secret, and what it belongs to."""

    words: str
    """``the api_key of openai-dev``."""
    secret: Secret
    stands_in: Callable[[str], bool]
    """Whether a text contains it, in any spelling."""


def known_secrets(context: Context) -> list[Known]:
    """User secrets and sealed values (former and deleted ones too), the values of references in any environment, and variables
    with a secret's name. Values that cannot be opened are left out; each value is listed once, with its first description."""
    found: list[Known] = []
    names = NamesKnown(context)
    for words, value in _all(context):
        try:
            secret = value()
        except (AiconnError, KeyError):
            continue
        if secret.satisfies(lambda text: len(text.strip()) >= SHORTEST) and not secret.satisfies(names.is_name):
            seek = seeker(secret)
            if not any(secret.satisfies(known.stands_in) and known.secret.satisfies(seek) for known in found):
                found.append(Known(words, secret, seek))
    return found


def known_keys_in(context: Context, texts: Mapping[str, str], *, respelled: bool = False) -> dict[str, str]:
    """The description of the key that each text contains, by the text's name; texts without a key are left out.

    The search covers user secrets, the encrypted values of current connections, the current values of their references, and
    variables with a secret's name, as written; with ``respelled``, also other spellings of a long value. For a complete
    search see `known_secrets`.
    """
    left = {name: stripped for name, text in texts.items() if len(stripped := text.strip()) >= SHORTEST}
    found: dict[str, str] = {}
    if not left:
        return found
    for words, secret in _opened(context):
        for name, text in left.items():
            is_there = secret.satisfies(lambda key, text=text: _stands_in(key.strip(), text))  # type: ignore[misc]
            if is_there or (respelled and secret.satisfies(_is_long) and seeker(secret)(text)):
                found.setdefault(name, words)
    return found


def known_key_finder(context: Context) -> Callable[[str], str]:
    """Return a function that describes the key in a text, or returns ''. For many texts: the secrets are opened once, now."""
    opened = list(_opened(context))

    def whose(text: str) -> str:
        stripped = text.strip()
        for words, secret in opened:
            if secret.satisfies(lambda key: _stands_in(key.strip(), stripped)):
                return words
        return ""

    return whose


def known_key_masker(context: Context) -> Callable[[str], str]:
    """Return a function that masks the long keys in a text. For many texts: the secrets are opened once, now."""
    opened = list(_opened(context))

    def masked(text: str) -> str:
        for _, secret in opened:
            text = without_typed(text, secret, shortest=CONTAINED, contained=CONTAINED)
        return text

    return masked


@leaves_no_locals
def mask_known_keys(context: Context, error: AiconnError) -> None:
    """Remove the keys that this machine knows from an error, its fields and its causes.

    An error repeats arguments, and one of them may be a key. Errors of the store and the vault are skipped: they repeat no
    arguments, and their cause would make this fail as well.
    """
    chain: list[AiconnError] = []
    each: BaseException | None = error
    while isinstance(each, AiconnError) and each not in chain:
        chain.append(each)
        each = each.__cause__ or each.__context__
    if any(isinstance(each, StoreError | VaultError | NoPlace) for each in chain):
        return
    # If anything fails here, such as a plug-in's source, the original error is reported.
    with suppress(Exception):
        for _, secret in _opened(context):
            for each in chain:
                each.mask(partial(without_typed, secret=secret, shortest=SHORTEST, contained=CONTAINED))


@contextmanager
def opened_once(context: Context) -> Iterator[None]:
    """Within this block the secrets are opened once for all texts: a bundle has thousands of them."""
    context.opened = list(_opened(context))
    try:
        yield
    finally:
        context.opened = None


def _opened(context: Context) -> Iterator[tuple[str, Secret]]:
    """Yield the current secrets with their descriptions; within `opened_once`, those that were opened at its start."""
    if context.opened is not None:
        yield from context.opened
        return
    names = NamesKnown(context)
    for words, value in _current(context):
        try:
            secret = value()
        except (AiconnError, KeyError):
            continue
        # A reference that lost its $ is stored as a key. Its name must not be masked or refused everywhere.
        if not secret.satisfies(names.is_name):
            yield words, secret


def _stands_in(key: str, text: str) -> bool:
    # A short value, such as the password "postgres" of a test database, is a part of harmless words.
    return key == text if len(key) < CONTAINED else key in text


def _is_long(key: str) -> bool:
    return len(key.strip()) >= CONTAINED


Words = tuple[str, Callable[[], Secret]]


def _current(context: Context) -> Iterator[Words]:
    yield from _user_secrets(context)
    for connection in context.store.read().connections:
        yield from _settings(context, connection, "the", [context.environment])
    for name in sorted(context.environ):
        if is_secret_name(name) and len(context.environ[name]) >= SHORTEST and not _PLACE.match(context.environ[name]):
            yield f"the environment variable {name}", _variable(context, name)
    yield from _password_of_store(context)


def _user_secrets(context: Context) -> Iterator[Words]:
    for place in (None, *context.secrets.environments()):
        for key in context.secrets.keys(place):
            yield f"the user secret {shown_name(key)}", _user_secret(context, key, place)


def _all(context: Context) -> Iterator[Words]:
    yield from _user_secrets(context)
    for place in (None, *context.secrets.environments()):
        for key, sealed in context.secrets.former_values(place):
            yield f"a former user secret {shown_name(key)}", _sealed(context, sealed)
    snapshot = context.store.read()
    for connection in snapshot.connections:
        yield from _settings(context, connection, "the", context.environments())
    for gone in snapshot.deleted:
        yield from _settings(context, gone.state, "the deleted", context.environments())
    yield from _variables(context)
    for connection in (*snapshot.connections, *(gone.state for gone in snapshot.deleted)):
        for version in context.store.history(connection.id)[-2::-1]:
            if isinstance(version.state, Connection):
                yield from _settings(context, version.state, "a former", context.environments())


def _user_secret(context: Context, key: str, place: str | None) -> Callable[[], Secret]:
    return lambda: Secret(context.secrets.value(key, place))


def _settings(context: Context, connection: Connection, which: str, environments: Sequence[str]) -> Iterator[Words]:
    for field in context.fields_of(connection):
        setting = connection.settings.get(field.key)
        if isinstance(setting, Sealed):
            yield f"{which} {field.key} of {connection.alias}", _sealed(context, setting)
        elif field.sensitive and is_reference(setting):
            for environment in environments:
                yield f"the value of {shown_name(setting)}", _configured(context, setting[1:], environment)
    for written in headers.references(connection.settings).values():
        if context.may_be_secret(written[1:]):
            for environment in environments:
                yield f"the value of {shown_name(written)}", _configured(context, written[1:], environment)


def _sealed(context: Context, sealed: Sealed) -> Callable[[], Secret]:
    return lambda: context.vault.open(sealed)


def _configured(context: Context, key: str, environment: str) -> Callable[[], Secret]:
    return lambda: Secret(context.configuration(environment).lookup(key).value or "")


def _variables(context: Context) -> Iterator[Words]:
    """Environment variables in which a provider's ecosystem keeps a secret, and those with a secret's name."""
    declared = {
        name
        for provider in context.registry.all()
        for field in provider.fields
        if field.sensitive
        for name in provider.variables.get(field.key, ())
    }
    for name in sorted(context.environ):
        # A variable with the path of a key file has a similar name, but a path is not a secret.
        if name in declared or (
            (is_secret_name(name) or _ALSO_SECRET.search(name)) and not _PLACE.match(context.environ[name])
        ):
            yield f"the environment variable {name}", _variable(context, name)
    yield from _password_of_store(context)


def _password_of_store(context: Context) -> Iterator[Words]:
    for secret in passwords_in_url(context.environ.get(URL_VARIABLE, "")):
        yield f"the environment variable {URL_VARIABLE}", partial(_itself, secret)


def _itself(secret: Secret) -> Secret:
    return secret


def _variable(context: Context, name: str) -> Callable[[], Secret]:
    return lambda: Secret(context.environ[name])
