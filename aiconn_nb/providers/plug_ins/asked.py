"""Questions to a provider that need no network: its endpoint, its official hosts, its rules.

A plug-in may raise anything, return the wrong type or hang. Then it cannot be used, and nothing else is affected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from aiconn_nb.plugins import PlugInFailed, PlugInSilent, ask

from ..base import Provider, Settings, usable
from .registry import OURS

PATIENCE: Final = 5.0
"""Seconds to wait for a result. A list asks once per connection."""

T = TypeVar("T")

_silent: dict[str, str] = {}
"""The ids of providers that timed out once. They are not asked again in this process."""


def endpoint_of(provider: Provider, settings: Settings) -> str | None:
    """The URL that a provider calls with these settings; None if it uses no network. Raises `PlugInFailed`."""
    endpoint = _asked(provider, lambda: provider.endpoint(usable(provider.fields, settings)))
    if not isinstance(endpoint, str | None):
        raise PlugInFailed("its endpoint is not text")
    return endpoint


def is_official(provider: Provider, host: str) -> bool:
    """Whether a host is the provider's own; False if the provider fails to say."""
    try:
        return _asked(provider, partial(provider.official, host)) is True
    except PlugInFailed:
        return False


def problems_of(provider: Provider, settings: Mapping[str, object]) -> dict[str, str]:
    """Violations of a provider's own rules, by field. Raises `PlugInFailed`."""
    problems = _asked(provider, partial(provider.problems, settings))
    if not isinstance(problems, Mapping) or not all(
        isinstance(key, str) and isinstance(text, str) for key, text in problems.items()
    ):
        raise PlugInFailed("its problems are not texts by field")
    return dict(problems)


def selections(provider: Provider) -> list[tuple[str, ...]]:
    """The fields that select each way to sign in. For a plug-in that may use this machine's sign-in and declares no ways, each
    secret is one."""
    if provider.sign_ins or not provider.machine_credentials:
        return [way.needs for way in provider.sign_ins]
    return [(field.key,) for field in provider.fields if field.sensitive]


def _asked(provider: Provider, call: Callable[[], T]) -> T:
    if type(provider).__module__.startswith(OURS):
        try:
            return call()
        except Exception as error:
            raise PlugInFailed(type(error).__name__) from None
    if provider.id in _silent:
        raise PlugInFailed(_silent[provider.id])
    try:
        return ask(call, PATIENCE)
    except PlugInSilent as failed:
        _silent[provider.id] = str(failed)
        raise
