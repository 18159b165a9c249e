"""Finds values of a connection that cannot be valid, and how to replace each: for tests, saves and `require`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from urllib.parse import urlsplit

from aiconn_nb import errors
from aiconn_nb.config.configuration import Configuration
from aiconn_nb.config.resolver import resolve
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.plausible import implausible
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.asked import endpoint_of, is_official
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.network import headers_in
from aiconn_nb.providers.sign_in import selections
from aiconn_nb.session.context import Context, UserSecretSource


@leaves_no_locals
def doubts_of(
    context: Context, connection: Connection, configuration: Configuration, plausible: set[object] | None = None
) -> tuple[errors.Implausible, ...]:
    """Return the values of a stored connection that cannot be valid; none if it does not resolve, which is another problem.

    ``plausible`` is a cache for lists: settings without such a value, which connections may share.
    """
    plausible = set() if plausible is None else plausible
    same = (connection.provider, tuple(connection.settings.items()))
    if same in plausible:
        return ()
    try:
        provider = context.provider_of(connection)
        settings = resolve(
            connection.settings,
            provider.fields,
            configuration,
            context.vault.open,
            ways=partial(selections, provider),
        )
    except errors.AiconnError:
        return ()
    found = tuple(doubts(context, connection, provider, settings))
    if not found:
        plausible.add(same)
    return found


def doubts(
    context: Context, connection: Connection, provider: Provider, settings: Settings
) -> Iterator[errors.Implausible]:
    """Yield an error for each resolved value that cannot be valid."""
    for field in provider.fields:
        if field.key not in connection.settings:
            continue  # a default
        given: Mapping[str, object] = {field.key: settings.get(field.key)}
        if field.type == "headers":
            given = {f"{field.key} {name}": text for name, text in headers_in(settings).items()}
        for setting, each in given.items():
            if isinstance(each, str | Secret) and (problem := _problem(each, provider, settings)):
                yield _doubt(context, connection, setting, problem)


def _problem(value: str | Secret, provider: Provider, settings: Settings) -> str:
    problem = implausible(value, provider.key_shapes)
    # A gateway issues its own keys in any shape, so there the shape proves nothing.
    return implausible(value) if problem and not _is_official(provider, settings) else problem


def _is_official(provider: Provider, settings: Settings) -> bool:
    try:
        endpoint = endpoint_of(provider, settings)
    except PlugInFailed:
        return False
    return endpoint is None or is_official(provider, urlsplit(endpoint).hostname or "")


def _doubt(context: Context, connection: Connection, setting: str, problem: str) -> errors.Implausible:
    written = connection.settings.get(setting)
    key, options = "", tuple[str, ...]()
    if isinstance(written, str) and is_reference(written):
        origin = context.configuration().lookup(written[1:]).origin
        if isinstance(origin, UserSecretSource):
            key, options = written[1:], () if origin.environment else ("--all",)
    return errors.Implausible(
        setting=setting,
        problem=problem,
        alias=connection.alias,
        is_sealed=isinstance(written, Sealed),
        secret=key,
        options=options,
    )
