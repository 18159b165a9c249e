"""A key belongs to a host: which values of a connection may be sent where, and the question if one may not.

What is allowed is kept in the store as pairs:

- (``$OPENAI:APIKEY`` or ``sealed:<connection id>.<field>`` or ``machine:<provider>``, origin): this may be sent there.
- (the same, ``$AZURE:ENDPOINT``): a user combined these two references. If files of one folder answer both, the folder only
  spends its own key, and the user is not asked. A bundle cannot write such a pair, and a file that is a
  link to another folder is of that other folder.
- (``connection:<connection id>``, origin): a user here chose this host for this connection, so a key that is set on it later
  may go there.

Not only fields that are kept secret count: a reference in any field of text could name a key (``organization=$GITHUB_TOKEN``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiconn_nb.config.configuration import Configuration, Found
from aiconn_nb.config.resolver import resolve
from aiconn_nb.errors import AiconnError, ProviderError, UntrustedHost
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.origin import Origin, origin_of
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers import asked
from aiconn_nb.providers.asked import endpoint_of
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Provider, Settings

_NO_CONFIGURATION = Configuration(None, "none", ())


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that goes to the host with a call."""

    what: str
    """As in the pairs of the store."""
    words: str
    """As a person reads it: ``$OpenAI:ApiKey``, ``the sealed api_key``."""
    field: str
    """The field's key; '' for what is no field."""


@dataclass(frozen=True, slots=True)
class Question:
    """The values that would be sent to a host that is not allowed for them."""

    alias: str
    host: str
    """The origin, such as ``https://gateway.example``; '' if it is unknown."""
    sent: tuple[Sent, ...]
    stored: str = ""
    """The host in the pairs of the store: a digest if the host comes from a secret."""

    @property
    def answers(self) -> tuple[str, ...]:
        """What a yes to it allows, in a form that can travel to a page and back; nothing where there is no host."""
        return tuple(f"{each.words} → {self.host}" for each in self.sent) if self.host else ()

    @property
    def error(self) -> UntrustedHost:
        """What a use fails with; its words are also those of the question."""
        return UntrustedHost(alias=self.alias, sent=tuple(each.words for each in self.sent), host=self.host)

    @property
    def words(self) -> str:
        """``would send $OpenAI:ApiKey to https://gateway.example``."""
        return self.error.words

    @property
    def warning(self) -> str:
        """What is said of a connection that is shown."""
        return self.error.warning


def require(
    context: Context,
    connection: Connection,
    provider: Provider,
    settings: Settings,
    trusted: Collection[tuple[str, str]] | None = None,
) -> None:
    """Raise `UntrustedHost` where these resolved settings would send something to a host that it was not allowed for."""
    question = _question(context, connection, provider, _origin_of(connection, provider, settings), trusted)
    if question is not None:
        raise question.error


def untrusted(
    context: Context,
    connection: Connection,
    trusted: Collection[tuple[str, str]] | None = None,
    origins: dict[object, Origin | str] | None = None,
) -> Question | None:
    """The same as a question, for a connection that may not resolve; None where nothing is to be asked, or nothing known.

    ``origins`` is what a list of many shares: most of them have the same endpoint, which is worked out once.
    """
    try:
        provider = context.provider_of(connection)
    except ProviderError:
        return None
    # What is kept secret has no say in where it goes; a provider that thinks otherwise is asked when the connection is used.
    known = {} if origins is None else origins
    settings = connection.settings
    same = (provider.id, *((each.key, settings.get(each.key)) for each in provider.fields if not each.sensitive))
    if same not in known:
        known[same] = _origin_of(connection, provider, plain_settings(context, connection, provider))
    return _question(context, connection, provider, known[same], trusted)


def _question(
    context: Context,
    connection: Connection,
    provider: Provider,
    origin: Origin | str,
    trusted: Collection[tuple[str, str]] | None = None,
) -> Question | None:
    if isinstance(origin, Origin) and is_official(provider, origin):
        return None
    if origin == NOWHERE:
        return None
    found = list(sent_by(provider, connection))
    if not found:
        return None
    if trusted is None:
        trusted = context.store.read().trusted()
    host = stored = ""
    if isinstance(origin, Origin):
        host = origin.words if isinstance(origin, HiddenOrigin) else str(origin)
        stored = str(origin)
    # A host from a secret was kept in the clear by earlier releases.
    hosts = {stored, origin.plain} if isinstance(origin, HiddenOrigin) else {stored}
    asked = [each for each in found if not any((each.what, known) in trusted for known in hosts)]
    asked = [each for each in asked if not _is_the_folders_own(context, connection, provider, each, trusted)]
    return Question(connection.alias, host, tuple(asked), stored) if asked else None


NOWHERE = "nowhere"
"""In place of an origin: there is no network in it, or it is not known yet."""
ODD = "odd"
"""In place of an origin: a URL that is not written plainly."""


@dataclass(frozen=True, slots=True)
class HiddenOrigin(Origin):
    """An origin that comes from a secret, such as an endpoint that is kept as a user secret: it is neither shown nor stored."""

    words: str
    """What is shown: the references that it comes from."""

    def __str__(self) -> str:
        from hashlib import sha256

        return f"hidden:{sha256(self.plain.encode()).hexdigest()[:32]}"

    @property
    def plain(self) -> str:
        """As an origin that may be shown is written."""
        return Origin.__str__(self)


def _origin_of(connection: Connection, provider: Provider, settings: Settings) -> Origin | str:
    """As `_origin`; hidden where it would be another one without a secret in a field that is shown."""
    origin = _origin(provider, settings)
    if not isinstance(origin, Origin):
        return origin
    shown = {field.key for field in provider.fields if not field.sensitive}
    secret = [key for key, value in settings.items() if isinstance(value, Secret) and key in shown]
    if not secret or _origin(provider, {key: value for key, value in settings.items() if key not in secret}) == origin:
        return origin
    words = " and ".join(str(connection.settings.get(key, key)) for key in secret)
    return HiddenOrigin(origin.scheme, origin.host, origin.port, f"the host in {words}")


def _origin(provider: Provider, settings: Settings) -> Origin | str:
    """Where a provider goes with these settings, or `NOWHERE`, or `ODD`."""
    try:
        endpoint = endpoint_of(provider, settings)
    except PlugInFailed:  # mostly it is a KeyError of a field that does not resolve here
        return NOWHERE if _lacks(provider, settings) else ODD
    if endpoint is None:
        return NOWHERE
    return origin_of(endpoint) or ODD


def _lacks(provider: Provider, settings: Settings) -> bool:
    """Whether a required field is missing, so that the connection cannot be used anyway."""
    return any(field.required and field.key not in settings for field in provider.fields)


def is_official(provider: Provider, origin: Origin) -> bool:
    """Whether it is the provider's own host, spoken to as it should be: encrypted, on the usual port."""
    if not (origin.is_plain or origin.is_loopback):
        return False
    return asked.is_official(provider, origin.host)


def sent_by(provider: Provider, connection: Connection) -> Iterator[Sent]:
    """What goes along with a call: what is kept secret, references, and where there are none the machine's own credentials."""
    settings = connection.settings
    for field in provider.fields:
        value = settings.get(field.key)
        if value is None:
            continue
        if is_reference(value):
            if may_hold_a_key(field):
                yield Sent(reference_name(value), str(value), field.key)
        elif isinstance(value, Sealed) or field.sensitive:
            yield Sent(f"sealed:{connection.id}.{field.key}", f"the sealed {field.key}", field.key)
    if provider.machine_credentials and not any(field.sensitive and field.key in settings for field in provider.fields):
        yield Sent(f"machine:{provider.id}", "what this machine is signed in with", "")


def may_hold_a_key(field: Field) -> bool:
    """Whether a reference in this field could name a key: not where it must be a number, a URL or one of several words."""
    return field.sensitive or (field.type == "text" and not field.choices)


def reference_name(written: object) -> str:
    """A reference as it is kept in pairs: keys are the same in any case."""
    return fold(str(written))


# ---- where the endpoint comes from ------------------------------------------------------------------------------------


def plain_settings(
    context: Context, connection: Connection, provider: Provider, *, but: Collection[str] = ()
) -> dict[str, str | int | float | bool | Secret]:
    """The values of the fields that are not secret, as far as they resolve; without those of the fields ``but``."""
    values: dict[str, str | int | float | bool | Secret] = {}
    settings = connection.settings
    # Finding the folder takes longer than all the rest, in a list of many; a literal needs none.
    needed = any(is_reference(settings.get(field.key)) for field in provider.fields if not field.sensitive)
    configuration = context.configuration() if needed else _NO_CONFIGURATION
    for field in provider.fields:
        if field.sensitive or field.key in but or (field.key not in settings and field.default is None):
            continue
        try:
            values.update(resolve(settings, (field,), configuration, context.vault.open))
        except AiconnError:
            continue
    return values


def origin_now(context: Context, connection: Connection, provider: Provider) -> Origin | None:
    """Where a connection leads in the current environment; None where it cannot be told or is the provider's own."""
    origin = _origin_of(connection, provider, plain_settings(context, connection, provider))
    return origin if isinstance(origin, Origin) and not is_official(provider, origin) else None


def host_of(context: Context, connection: Connection) -> str:
    """The host that a connection would contact, as it may be shown: the references where it depends on some that do not
    resolve, or are secret; '' where there is no network in it."""
    try:
        provider = context.provider_of(connection)
    except ProviderError:
        return ""
    origin = _origin_of(connection, provider, plain_settings(context, connection, provider))
    if isinstance(origin, HiddenOrigin):
        return origin.words
    if origin == ODD:
        return UntrustedHost.UNREADABLE
    if isinstance(origin, Origin):
        return str(origin)
    shown = [field.key for field in provider.fields if not field.sensitive]
    written = [str(connection.settings[key]) for key in shown if is_reference(connection.settings.get(key))]
    return f"the host in {' and '.join(written)}" if written and _lacks(provider, {}) else ""


def is_chosen_by_a_file(context: Context, connection: Connection, provider: Provider, origin: Origin) -> bool:
    """Whether a file of the working folder decides on the host, rather than who made the connection."""
    written = {key: value for key, value in connection.settings.items() if is_reference(value)}
    of_files = [key for key, value in written.items() if _folder_of(_found(context, value)) is not None]
    if not of_files:
        return False
    return _origin_of(connection, provider, plain_settings(context, connection, provider, but=of_files)) != origin


def _is_the_folders_own(
    context: Context,
    connection: Connection,
    provider: Provider,
    sent: Sent,
    trusted: Collection[tuple[str, str]],
) -> bool:
    """Whether one folder answers both key and host, for references that a user here combined."""
    if not is_reference(written := connection.settings.get(sent.field)):
        return False
    endpoints = endpoint_references(provider, connection.settings)
    if not endpoints or not all((sent.what, reference_name(each)) in trusted for each in endpoints):
        return False
    folder = _folder_of(_found(context, written))
    return folder is not None and all(_folder_of(_found(context, each)) == folder for each in endpoints)


def endpoint_references(provider: Provider, settings: Mapping[str, object]) -> list[str]:
    """The references among the URLs of a connection."""
    urls = (settings.get(field.key) for field in provider.fields if field.type == "url")
    return [str(value) for value in urls if is_reference(value)]


def _found(context: Context, written: object) -> Found | None:
    try:
        return context.configuration().lookup(str(written)[1:])
    except AiconnError:
        return None


def _folder_of(found: Found | None) -> str | None:
    """The real folder of the file that answers; None where no file of the project does."""
    if found is None or not found.origin.is_project_file:
        return None
    return os.path.dirname(os.path.realpath(found.source))
