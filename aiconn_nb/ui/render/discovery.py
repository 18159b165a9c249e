"""Views of discovered credentials and servers: their place, and what would be saved. No value is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiconn_nb.features.discovery import Proposal, Proposals, State
from aiconn_nb.model.hint import Interface, binding, command, here
from aiconn_nb.model.reference import is_reference

from .notes import warned
from .renderer import view_of
from .view import Cell, Table, Tone, View

_TONES: Final[Mapping[State, Tone]] = {
    State.NEW: "",
    State.THERE: "quiet",
    State.CREATED: "good",
    State.LEFT: "warn",
}


@view_of.register
def _(found: Proposals) -> View:
    return Table(
        ("name", "found in", "provider", "would be saved as", "state"),
        tuple(map(_row, found)),
        title="Found here",
        empty="Nothing was found: no key in a variable or in another tool's file, and no server on this machine.",
        notes=(*_ways(found), *warned(found.notes)),
    )


def _row(each: Proposal) -> tuple[Cell | str, ...]:
    return (
        Cell(each.name, "code"),
        each.place if each.source in each.place else f"{each.source}: {each.place}",
        each.provider_name,
        Cell("-", "quiet") if each.there else "; ".join(_saved(each)) or Cell("its usual address", "quiet"),
        Cell(_state(each), _TONES[each.state]),
    )


def _saved(each: Proposal) -> list[str]:
    saved = [
        f"{key}: {value}"
        + (" (encrypted user secret)" if value in each.kept else " (reference)" if is_reference(value) else "")
        for key, value in each.stored
    ]
    return [*saved, *([f"leads to {each.host}"] if each.host else [])]


def _state(each: Proposal) -> str:
    if each.state is State.THERE:
        return "already there"
    return f"{each.state}; {each.note}" if each.note else str(each.state)


def _ways(found: Proposals) -> list[Cell]:
    """Return what to try next: with what was created, and with what could be."""
    ways = []
    if created := [each.name for each in found if each.state is State.CREATED]:
        tested = f"'{command('test', *created)}' tests {'it' if len(created) == 1 else 'them'}"
        # A terminal has no kernel that could use one.
        bound = "" if here() is Interface.TERMINAL else f", '{binding(created[0], 'client')}' binds the SDK's client"
        ways.append(f"{tested}{bound}.")
    if new := [each.name for each in found if each.state is State.NEW and not each.missing]:
        one, all = command("discover --create", new[0]), command("discover --all")
        # A command asks before it creates one; Python does not.
        asks = "" if here() is Interface.PYTHON else "; each is asked about"
        ways.append(f"'{one}' creates one, '{all}' all of them{asks}.")
    return [Cell(each, "quiet") for each in ways]
