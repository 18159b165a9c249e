"""The providers by group: recently used, installed, local, and the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.field import NETWORK_GROUP
from aiconn_nb.providers.account import missing_modules
from aiconn_nb.providers.base import Provider
from aiconn_nb.session.context import Context

from .results import ProviderRow, Providers

RECENT: Final = "recently used"
INSTALLED: Final = "installed"
LOCAL: Final = "local"
NOT_INSTALLED: Final = "SDK not installed"
BROKEN: Final = "broken"
GROUPS: Final = (RECENT, INSTALLED, LOCAL, NOT_INSTALLED, BROKEN)
"""The order of the groups. A provider is in the first group that fits."""
_MOST_RECENT: Final = 5


def listed(context: Context) -> Providers:
    """Return all providers, by group and name; broken plug-ins last, with their reason."""
    recent = recently_used(context)
    missing = _missing()
    rows = [_row(each, recent, missing(each)) for each in context.registry.all()]
    broken = [ProviderRow(id, id, broken=reason, group=BROKEN) for id, reason in context.registry.broken().items()]
    return Providers(sorted([*rows, *broken], key=_place(recent)))


def recently_used(context: Context) -> Sequence[str]:
    """Return the providers of the most recently changed connections, the latest first; at most five."""
    try:
        stored = context.store.read().connections
    except AiconnError:
        return ()  # the verbs that need the store report that it is unreadable; the list of providers does not depend on it
    connections = sorted(stored, key=lambda each: each.modified, reverse=True)
    return list(dict.fromkeys(each.provider for each in connections))[:_MOST_RECENT]


def _row(provider: Provider, recent: Sequence[str], missing: tuple[str, ...]) -> ProviderRow:
    if provider.id in recent:
        group = RECENT
    elif missing:
        group = NOT_INSTALLED
    else:
        group = LOCAL if provider.is_local else INSTALLED
    return ProviderRow(
        provider.id,
        provider.name,
        tuple(sorted(provider.capabilities)),
        tuple(
            f"{f.key}{'*' if f.required else ''}{'!' if f.sensitive else ''}"
            for f in provider.fields
            if f.group != NETWORK_GROUP
        ),
        missing,
        provider.sdk.install if provider.sdk else "",
        key_shapes=provider.key_shapes,
        network=tuple(f.key for f in provider.fields if f.group == NETWORK_GROUP),
        group=group,
    )


def _missing() -> Callable[[Provider], tuple[str, ...]]:
    """Return a function that looks up the modules of each SDK once: most providers share one."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}

    def missing(provider: Provider) -> tuple[str, ...]:
        modules = provider.sdk.modules if provider.sdk else ()
        if modules not in found:
            found[modules] = tuple(missing_modules(provider))
        return found[modules]

    return missing


def _place(recent: Sequence[str]) -> Callable[[ProviderRow], tuple[int, int, str]]:
    latest: Mapping[str, int] = {id: number for number, id in enumerate(recent)}

    def place(row: ProviderRow) -> tuple[int, int, str]:
        return GROUPS.index(row.group), latest.get(row.id, 0), row.name.lower()

    return place
