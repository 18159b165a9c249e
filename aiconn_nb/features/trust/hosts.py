"""A key belongs to a host: which values of a connection may go where, and the question if one may not.

The store keeps the permissions as pairs:

- (``$OPENAI:APIKEY`` or ``sealed:<connection id>.<field>#<digest>`` or ``machine:<provider>``, origin): this value may go to that
  origin. The digest is that of the sealed value: in a team's store, a colleague could put another one of yours in its place.
  Earlier releases stored it without a digest.
- (the same, ``$AZURE:ENDPOINT``): a user combined these two references. If files of one folder resolve both, the folder only
  spends its own key, and there is no question. A bundle cannot write such a pair, and a file that is a link to another folder
  belongs to that other folder.
- (``connection:<connection id>``, origin): a user here chose this host for this connection, so a key that is set on it later
  may go there.

A provider's own host needs no pair, except for a reference that names another provider's key and, in a team's store, for a sealed
value.

The rules cover more than sensitive fields: a reference in any text field could name a key (``organization=$GITHUB_TOKEN``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from aiconn_nb.config.configuration import Configuration, Found
from aiconn_nb.config.resolver import resolve
from aiconn_nb.errors import AiconnError, UntrustedHost
from aiconn_nb.model import headers
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.origin import Origin, origin_of
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.plug_ins import asked
from aiconn_nb.providers.plug_ins.asked import endpoint_of
from aiconn_nb.providers.plug_ins.key_owners import letters
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Provider, Settings

_NO_CONFIGURATION = Configuration(None, "none", ())


Answers = dict[object, Any]
"""The cache of `untrusted`."""


class Sent(NamedTuple):
    """A value that a call sends to the host."""

    what: str
    """The first part of a pair in the store."""
    words: str
    """The display form: ``$OpenAI:ApiKey``, ``the sealed api_key``."""
    field: str
    """The field's key; '' for a value outside the fields."""

    @property
    def is_reference(self) -> bool:
        """Whether it is the value of a reference."""
        return self.words.startswith("$")

    @property
    def known_as(self) -> tuple[str, str]:
        """What it may be called in a pair: earlier releases wrote no digest."""
        return self.what, self.what if self.is_reference else self.what.partition("#")[0]


class Question(NamedTuple):
    """The values that would go to a host without permission."""

    alias: str
    host: str
    """The origin, such as ``https://gateway.example``; '' if it is unknown."""
    sent: tuple[Sent, ...]
    stored: str = ""
    """The host in the pairs of the store: a digest if the host comes from a secret."""

    @property
    def answers(self) -> tuple[str, ...]:
        """What a yes permits, in a form that can travel to a page and back; empty without a host."""
        return tuple(f"{shown_name(each.words)} → {self.host}" for each in self.sent) if self.host else ()

    @property
    def error(self) -> UntrustedHost:
        """The error of a use; its wording is also that of the question."""
        return UntrustedHost(alias=self.alias, sent=tuple(shown_name(each.words) for each in self.sent), host=self.host)

    @property
    def words(self) -> str:
        """``would send $OpenAI:ApiKey to https://gateway.example``."""
        return self.error.words

    @property
    def permission(self) -> str:
        """``gateway may send $OpenAI:ApiKey to https://gateway.example``, after a yes."""
        return f"{self.alias} may send {' and '.join(shown_name(each.words) for each in self.sent)} to {self.host}"

    @property
    def warning(self) -> str:
        """The warning beside a displayed connection."""
        return self.error.warning


def check_host(
    context: Context,
    connection: Connection,
    provider: Provider,
    settings: Settings,
    trusted: Collection[tuple[str, str]] | None = None,
) -> None:
    """Raise `UntrustedHost` if these resolved settings would send a value to a host without permission."""
    question = _question(context, connection, provider, _origin_of(connection, provider, settings), trusted)
    if question is not None:
        raise question.error


def untrusted(
    context: Context,
    connection: Connection,
    trusted: Collection[tuple[str, str]] | None = None,
    answers: Answers | None = None,
) -> Question | None:
    """Return the question for a connection that may not resolve; None if there is no question or nothing is known.

    ``answers`` is a cache for lists: most connections share an endpoint, and many have the settings of another one.
    """
    settings = connection.settings
    same = (connection.provider, *settings.items())
    if answers is not None and same in answers:
        question: Question | None = answers[same]
        return question and question._replace(alias=connection.alias)
    provider = context.registry.find(connection.provider)
    if provider is None:
        return None
    # Secrets do not decide the host. If a provider disagrees, the question comes when the connection is used.
    if answers is None:
        return _question(context, connection, provider, _plain_origin(context, connection, provider), trusted)
    given = [each for each in provider.fields if each.key in settings]
    endpoint = tuple((each.key, settings[each.key]) for each in given if not each.sensitive)
    if (provider.id, endpoint) not in answers:
        answers[provider.id, endpoint] = _plain_origin(context, connection, provider)
    question = _question(context, connection, provider, answers[provider.id, endpoint], trusted)
    # A sealed value belongs to one connection.
    if all(
        is_reference(settings[each.key]) if each.sensitive else not isinstance(settings[each.key], Sealed)
        for each in given
    ):
        answers[same] = question
    return question


def _plain_origin(context: Context, connection: Connection, provider: Provider) -> Origin | str:
    """Return `_origin_of` the settings that are not sensitive."""
    return _origin_of(connection, provider, plain_settings(context, connection, provider))


def _question(
    context: Context,
    connection: Connection,
    provider: Provider,
    origin: Origin | str,
    trusted: Collection[tuple[str, str]] | None = None,
) -> Question | None:
    if origin == NOWHERE:
        return None
    found = sent_by(provider, connection)
    if isinstance(origin, Origin) and is_official(provider, origin):
        found = [each for each in found if needs_permission_at_home(context, provider, each)]
    if not found:
        return None
    if trusted is None:
        trusted = context.store.read().trusted()
    host = stored = ""
    if isinstance(origin, Origin):
        host, stored = origin.shown, str(origin)
    # Earlier releases stored a host from a secret in the clear.
    hosts = {stored, origin.plain} if isinstance(origin, Origin) else {stored}
    asked = [each for each in found if not any((what, known) in trusted for known in hosts for what in each.known_as)]
    asked = [each for each in asked if not _is_the_folders_own(context, connection, provider, each, trusted)]
    if context.store.is_shared:
        asked = [each for each in asked if not _is_of_another_user(context, connection.settings.get(each.field))]
    return Question(connection.alias, host, tuple(asked), stored) if asked else None


NOWHERE = "nowhere"
"""Instead of an origin: the connection uses no network, or the origin is not known yet."""
ODD = "odd"
"""Instead of an origin: the URL is written in an unusual form."""


def _origin_of(connection: Connection, provider: Provider, settings: Settings) -> Origin | str:
    """Return `_origin`, hidden if it depends on a secret in a displayed field."""
    origin = _origin(provider, settings)
    if not isinstance(origin, Origin):
        return origin
    secret = [
        field.key for field in provider.fields if not field.sensitive and isinstance(settings.get(field.key), Secret)
    ]
    if not secret or _origin(provider, {key: value for key, value in settings.items() if key not in secret}) == origin:
        return origin
    from .hidden_origin import HiddenOrigin  # rarely needed

    words = " and ".join(str(connection.settings.get(key, key)) for key in secret)
    return HiddenOrigin(origin.scheme, origin.host, origin.port, f"the host in {words}")


def _origin(provider: Provider, settings: Settings) -> Origin | str:
    """Return the origin that a provider contacts with these settings, or `NOWHERE`, or `ODD`."""
    try:
        endpoint = endpoint_of(provider, settings)
    except PlugInFailed:  # usually a KeyError of a field that does not resolve here
        return NOWHERE if _lacks(provider, settings) else ODD
    if not endpoint:
        return NOWHERE
    return origin_of(endpoint) or ODD


def _lacks(provider: Provider, settings: Settings) -> bool:
    """Whether a required field is missing, so that the connection cannot be used anyway."""
    return any(field.is_required(settings) and field.key not in settings for field in provider.fields)


def is_official(provider: Provider, origin: Origin) -> bool:
    """Whether it is the provider's own host, encrypted and on the usual port."""
    if not (origin.is_plain or origin.is_loopback):
        return False
    return asked.is_official(provider, origin.host)


def sent_by(provider: Provider, connection: Connection) -> list[Sent]:
    """Return the values that a call sends: secrets, references and, if there are none, the machine's own credentials."""
    settings = connection.settings
    sent: list[Sent] = []
    has_own = False
    for field in provider.fields:
        if field.key not in settings:
            continue
        value = settings[field.key]
        has_own = has_own or field.sensitive
        if is_reference(value):
            # No reference in a number, a URL or a choice could name a key.
            if field.sensitive or (field.type in ("text", "headers") and not field.choices):
                sent.append(Sent(reference_name(value), value, field.key))
        elif isinstance(value, Sealed) or field.sensitive:
            mark = f"#{value.digest}" if isinstance(value, Sealed) else ""
            sent.append(Sent(f"sealed:{connection.id}.{field.key}{mark}", f"the sealed {field.key}", field.key))
        elif field.type == "headers":
            written = dict.fromkeys(headers.references(settings).values())
            sent += [Sent(reference_name(each), each, field.key) for each in written]
    if provider.machine_credentials and not has_own:
        sent.append(Sent(f"machine:{provider.id}", "what this machine is signed in with", ""))
    return sent


def needs_permission_at_home(context: Context, provider: Provider, sent: Sent) -> bool:
    """Whether a value needs permission even for the provider's own host: another provider's key, or, in a team's store, a sealed
    value, which a colleague could have moved there from another connection.

    The name of a reference says whose key it is. ``$OpenAI:ApiKey`` and ``$OPENAI_API_KEY`` are OpenAI's: a bundle must not send
    them to DeepSeek. DeepSeek's own host needs no permission for DeepSeek's key. A name without a provider, such as
    ``$Keys:Course``, may go to any official host. The longest name that fits decides: ``$OpenAICompatible:ApiKey`` is not OpenAI's.
    """
    if not sent.is_reference:
        return context.store.is_shared and bool(sent.field)
    start = letters(sent.words[1:].partition(":")[0])
    own = context.registry.key_names(provider.id)
    if start in own:
        return False

    def longest(names: Iterable[str]) -> int:
        return max((len(name) for name in names if start.startswith(name)), default=0)

    ids = context.registry.ids()
    return longest(name for id in ids if id != provider.id for name in context.registry.key_names(id)) > longest(own)


def _is_of_another_user(context: Context, value: object) -> bool:
    """Whether it was sealed with another user's master key, so that it goes nowhere."""
    if not isinstance(value, Sealed):
        return False
    try:
        context.vault.open(value)
    except AiconnError:
        return True
    return False


def reference_name(written: object) -> str:
    """Return a reference in its stored form: keys ignore case."""
    return fold(str(written))


# ---- where the endpoint comes from ------------------------------------------------------------------------------------


def plain_settings(
    context: Context, connection: Connection, provider: Provider, *, but: Collection[str] = ()
) -> dict[str, str | int | float | bool | Secret]:
    """Return the values of the fields that are not sensitive, as far as they resolve, except the fields in ``but``."""
    values: dict[str, str | int | float | bool | Secret] = {}
    settings = connection.settings
    configuration = _NO_CONFIGURATION
    for field in provider.fields:
        if field.sensitive or field.key in but or (field.key not in settings and field.default is None):
            continue
        # In long lists, finding the folder takes the most time; literals do not need it.
        if configuration is _NO_CONFIGURATION and is_reference(settings.get(field.key)):
            configuration = context.configuration()
        try:
            values.update(resolve(settings, (field,), configuration, context.vault.open))
        except AiconnError:
            continue
    return values


def origin_now(context: Context, connection: Connection, provider: Provider) -> Origin | None:
    """Return the origin that a connection contacts in the current environment; None if it is unknown."""
    origin = _plain_origin(context, connection, provider)
    return origin if isinstance(origin, Origin) else None


def host_of(context: Context, connection: Connection) -> str:
    """Return the host that a connection would contact, in a displayable form; '' if it uses no network.

    If the host depends on references that do not resolve or are secret, return these references.
    """
    provider = context.registry.find(connection.provider)
    if provider is None:
        return ""
    if written := host_depends_on(context, connection):
        return f"the host in {' and '.join(written)}"
    origin = _plain_origin(context, connection, provider)
    if origin == ODD:
        return UntrustedHost.UNREADABLE
    return origin.shown if isinstance(origin, Origin) else ""


def host_depends_on(context: Context, connection: Connection) -> tuple[str, ...]:
    """Return the references without a value here that decide the host, as written.

    Without them the provider may use its own host, which the connection may never contact.
    """
    provider = context.registry.find(connection.provider)
    if provider is None:
        return ()
    settings = connection.settings
    missing = [
        each
        for each in provider.fields
        if not each.sensitive and is_reference(settings.get(each.key)) and _found(context, settings[each.key]) is None
    ]
    if not missing:
        return ()
    given = plain_settings(context, connection, provider)
    # A field decides the host if another value leads elsewhere. The other missing fields get stand-in values.
    filled = {**given, **{each.key: each.samples[0] for each in missing}}
    found = []
    for field in missing:
        others = {key: value for key, value in filled.items() if key != field.key}
        origins = {_origin(provider, {**others, field.key: value}) for value in field.samples}
        if len(origins | {_origin(provider, others)}) > 1:
            found.append(str(settings[field.key]))
    return tuple(dict.fromkeys(found))


def is_chosen_by_a_file(context: Context, connection: Connection, provider: Provider, origin: Origin) -> bool:
    """Whether a file of the working folder decides the host, rather than the connection's author."""
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
    """Whether one folder resolves both key and host, for references that a user here combined."""
    if not sent.is_reference:
        return False
    endpoints = endpoint_references(provider, connection.settings)
    if not endpoints or not all((sent.what, reference_name(each)) in trusted for each in endpoints):
        return False
    folder = _folder_of(_found(context, sent.words))
    return folder is not None and all(_folder_of(_found(context, each)) == folder for each in endpoints)


def endpoint_references(provider: Provider, settings: Mapping[str, object]) -> list[str]:
    """Return the references in the URL fields of a connection."""
    urls = (settings.get(field.key) for field in provider.fields if field.type == "url")
    return [value for value in urls if is_reference(value)]


def _found(context: Context, written: object) -> Found | None:
    try:
        return context.configuration().lookup(str(written)[1:])
    except AiconnError:
        return None


def _folder_of(found: Found | None) -> str | None:
    """Return the real folder of the file that resolves it; None if it is not a project file."""
    if found is None or not found.origin.is_project_file:
        return None
    return os.path.dirname(os.path.realpath(found.source))
