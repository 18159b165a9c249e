"""Views of profiles: the list, a single one, and the default of each capability."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiconn_nb.features.profiles import (
    Defaults,
    Health,
    Kind,
    Link,
    ProfileRow,
    Profiles,
    ShownProfile,
    label_of,
)
from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import at, iso

from .notes import called, warned
from .renderer import view_of
from .view import Card, Cell, Table, Tone, View


@view_of.register
def _(profiles: Profiles) -> View:
    has_default = any(row.default for row in profiles)
    columns = [
        (title, cell)
        for title, cell in _COLUMNS.items()
        if title not in _ONLY_IF or any(map(_ONLY_IF[title], profiles))
    ]
    return Table(
        columns=tuple(title for title, _ in columns),
        rows=tuple(tuple(cell(row) for _, cell in columns) for row in profiles),
        empty="No profile matches."
        if profiles.filtered
        else f"There are no profiles yet. Make one: {command('profile new ALIAS --connection A --model M')}",
        notes=(
            *([Cell("★ marks the default of its capability.", "quiet")] if has_default else []),
            *warned(profiles.notes),
        ),
    )


_COLUMNS: Final[Mapping[str, Callable[[ProfileRow], Cell | str]]] = {
    "alias": lambda row: Cell(f"{'★ ' if row.default else ''}{row.alias}", "code"),
    "name": lambda row: row.name,
    "capability": lambda row: str(row.capability),
    "connections": lambda row: _connections(row.connections),
    "model": lambda row: Cell(row.model, "code"),
    "tags": lambda row: ", ".join(row.tags),
    "health": lambda row: _health(row.health),
    "modified": lambda row: Cell(at(row.modified), "quiet"),
}
_ONLY_IF: Final[Mapping[str, Callable[[ProfileRow], bool]]] = {
    "name": lambda row: row.name != row.alias,
    "tags": lambda row: bool(row.tags),
}
"""Columns that a list has only if this is true of a row: the table is wide."""


def _models(model: str, own: Mapping[str, str]) -> str:
    """Return the model, and those of single connections: ``gpt-5, claude-dev=claude-sonnet-5``."""
    return ", ".join(filter(None, [model, *(f"{alias}={each}" for alias, each in own.items())]))


@view_of.register
def _(shown: ShownProfile) -> View:
    made, row = shown.profile, shown.row
    options = ((label_of(key), str(value)) for key, value in made.options.items())
    return Card(
        called(made.alias, made.name) + (f" · {shown.verb}" if shown.verb else ""),
        (
            ("capability", str(made.capability)),
            ("connections", _connections(row.connections)),
            ("model", Cell(_models(made.model, row.models), "code")),
            *options,
            *([("tags", ", ".join(made.tags))] if made.tags else []),
            ("health", _health(row.health)),
            ("default", Cell(f"for {made.capability}", "good") if row.default else Cell("no", "quiet")),
            *([("caps", "; ".join(shown.caps))] if shown.caps else []),
            ("modified", Cell(f"{iso(made.modified)}, version {made.version}", "quiet")),
        ),
        (*warned(shown.warnings), *(Cell(note, "quiet") for note in shown.notes)),
    )


@view_of.register
def _(defaults: Defaults) -> View:
    return Table(
        ("capability", "default profile"),
        tuple(
            (str(row.capability), Cell(row.alias, "code") if row.alias else Cell("none", "quiet")) for row in defaults
        ),
        notes=(Cell(f"'{command('profile default ALIAS')}' sets one.", "quiet"),),
    )


def _connections(links: Sequence[Link]) -> str:
    """Return the connections in order, with the reason if one cannot or should not be asked: ``a → b (inactive)``."""
    fine = ("ready", "not checked")
    return " → ".join(link.alias if link.state in fine else f"{link.alias} ({_reason(link)})" for link in links)


def _reason(link: Link) -> str:
    return {"no provider": "no provider here", "no SDK": "no SDK here"}.get(link.state, link.state)


def _health(health: Health) -> Cell:
    # The words already say that a health is not checked.
    words = health.words if health.kind is Kind.NOT_CHECKED else f"{health.kind}: {health.words}"
    if health.kind is Kind.READY:
        words = f"ready, checked {at(health.checked)}" if health.checked else "ready"
    return Cell(words, tone_of(health))


def tone_of(health: Health) -> Tone:
    """Return the tone for a profile's health."""
    if health.kind in (Kind.READY, Kind.NOT_CHECKED):
        return "good" if health.kind is Kind.READY else "quiet"
    return "warn" if health.answers else "bad"
