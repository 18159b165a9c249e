"""Finds values of a connection that cannot be valid, and how to replace each: for tests, saves and `require`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from aiconn_nb import errors
from aiconn_nb.config.configuration import Configuration
from aiconn_nb.config.resolver import Explained
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.plausible import implausible
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.plugins import PlugInFailed
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.clients.network import headers_in
from aiconn_nb.providers.plug_ins.asked import endpoint_of, is_official
from aiconn_nb.session.context import Context, UserSecretSource

from .explaining import explained_with_values


def doubts_of(
    context: Context, connection: Connection, configuration: Configuration, plausible: set[object]
) -> tuple[errors.Implausible, ...]:
    """Return the values of a stored connection that cannot be valid; none if it does not resolve, which is another problem.

    ``plausible`` is a cache for lists: settings without such a value, which connections may share.
    """
    same = (connection.provider, tuple(connection.settings.items()))
    if same in plausible:
        return ()
    found = doubts_in(context, connection, *explained_with_values(context, connection, configuration))
    if not found:
        plausible.add(same)
    return found


def doubts_in(
    context: Context, connection: Connection, explained: Sequence[Explained], values: Settings
) -> tuple[errors.Implausible, ...]:
    """Return what `doubts_of` returns, for fields that `explained_with_values` returned."""
    if [each for each in explained if each.problem is not None]:
        return ()
    try:
        provider = context.registry.get(connection.provider)
        settings = connection.settings.items()
        opened = {key: context.vault.open(value) for key, value in settings if isinstance(value, Sealed)}
    except errors.AiconnError:
        return ()
    return doubts(context, connection, provider, {**values, **opened})


@leaves_no_locals  # the values of headers are judged in the clear, and debug mode keeps a verb's locals
def doubts(
    context: Context, connection: Connection, provider: Provider, settings: Settings
) -> tuple[errors.Implausible, ...]:
    """Return an error for each resolved value that cannot be valid."""
    found: list[errors.Implausible] = []
    for field in provider.fields:
        if field.key not in connection.settings:
            continue  # a default
        given: Mapping[str, object] = {field.key: settings.get(field.key)}
        if field.type == "headers":
            given = {f"{field.key} {name}": text for name, text in headers_in(settings).items()}
        for setting, each in given.items():
            if isinstance(each, str | Secret) and (problem := _problem(each, provider, settings)):
                found.append(_doubt(context, connection, setting, problem))
    return tuple(found)


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
    if is_reference(written):
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
