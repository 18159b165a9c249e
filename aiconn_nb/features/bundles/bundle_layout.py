"""What stands in a bundle, and where: the layout, checked before anything else looks at it.

A bundle names connections by alias. It has references and values that are not sensitive; what is sensitive and no reference is
only named, as to be supplied by who receives it. There is no place in it for an id, a moment, a user or a sealed value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiconn_nb.errors import BundleMalformed
from aiconn_nb.model.connection import alias_problem, name_problem
from aiconn_nb.model.profile import Capability

SCHEMA: Final = 1
MOST: Final = 1_000
"""Connections in a bundle, and profiles."""
LONGEST: Final = 4_000
"""Characters of a setting."""
LONGEST_SYSTEM: Final = 100_000
"""Characters of an option of a profile: a system prompt is long."""


Value = str | int | float | bool
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OfferedConnection:
    """A connection as a bundle has it."""

    alias: str
    name: str
    provider: str
    active: bool
    settings: Mapping[str, Value]
    to_be_supplied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedProfile:
    """A profile as a bundle has it; its connections by alias."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[str, ...]
    model: str
    options: Mapping[str, Value] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What is in a bundle."""

    connections: tuple[OfferedConnection, ...]
    profiles: tuple[OfferedProfile, ...] = ()


def offer_from(document: Any) -> Offer:
    """What a bundle's JSON offers. Raises `BundleError`, naming the place, never what stands there."""
    try:
        return _offer(document)
    except _Misplaced as misplaced:
        problem = str(misplaced)
    raise BundleMalformed(problem=problem, is_bundle=type(document) is dict and "aiconn_bundle" in document)


class _Misplaced(Exception):
    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}")


def _offer(document: Any) -> Offer:
    if type(document) is not dict or "aiconn_bundle" not in document:
        raise _Misplaced("its aiconn_bundle", "is missing")
    schema = document["aiconn_bundle"]
    if type(schema) is not int or schema < 1:
        raise _Misplaced("its aiconn_bundle", "is no number of a layout")
    if schema > SCHEMA:
        raise _Misplaced("it", f"was written by a newer release (layout {schema}, and {SCHEMA} is known)")
    _only(document, "it", ("aiconn_bundle", "connections"), ("profiles", "keys"))
    _keys(document.get("keys", []))
    connections = [_connection(found, at) for found, at in _listed(document["connections"], "connections", MOST)]
    profiles = [_profile(found, at) for found, at in _listed(document.get("profiles", []), "profiles", MOST)]
    for word, aliases in (("connections", [c.alias for c in connections]), ("profiles", [p.alias for p in profiles])):
        if len(set(aliases)) != len(aliases):
            raise _Misplaced(f"two of its {word}", "have one alias")
    return Offer(tuple(connections), tuple(profiles))


def _connection(found: Any, at: str) -> OfferedConnection:
    _only(found, at, ("alias", "name", "provider", "settings"), ("active", "to_be_supplied"))
    if type(found.get("active", True)) is not bool:
        raise _Misplaced(f"{at}.active", "is neither true nor false")
    return OfferedConnection(
        _alias(found, at),
        _name(found, at),
        _word(found["provider"], f"{at}.provider"),
        found.get("active", True),
        _values(found["settings"], f"{at}.settings", LONGEST),
        tuple(
            _word(each, where) for each, where in _listed(found.get("to_be_supplied", []), f"{at}.to_be_supplied", 50)
        ),
    )


def _profile(found: Any, at: str) -> OfferedProfile:
    _only(found, at, ("alias", "name", "capability", "connections", "model"), ("options", "tags"))
    if found["capability"] not in [str(each) for each in Capability]:
        raise _Misplaced(f"{at}.capability", f"is none of {', '.join(Capability)}")
    return OfferedProfile(
        _alias(found, at),
        _name(found, at),
        Capability(found["capability"]),
        tuple(_text(each, where, 100) for each, where in _listed(found["connections"], f"{at}.connections", 50)),
        _text(found["model"], f"{at}.model", 200),
        _values(found.get("options", {}), f"{at}.options", LONGEST_SYSTEM),
        tuple(_text(each, where, 50) for each, where in _listed(found.get("tags", []), f"{at}.tags", 50)),
    )


def _keys(found: Any) -> None:
    """The list of what the receiver needs is for a reader; it is made anew from the connections, so only its shape counts."""
    for each, at in _listed(found, "keys", 50 * MOST):
        _only(each, at, ("key", "needed_by"), ())
        _text(each["key"], f"{at}.key", LONGEST)
        for name, where in _listed(each["needed_by"], f"{at}.needed_by", 50 * MOST):
            _text(name, where, 200)


# ---- parts ------------------------------------------------------------------------------------------------------------


def _only(found: Any, at: str, wanted: Sequence[str], allowed: Sequence[str]) -> None:
    if type(found) is not dict:
        raise _Misplaced(at, "is no object")
    missing = [key for key in wanted if key not in found]
    if missing:
        raise _Misplaced(f"{at}.{missing[0]}" if at != "it" else f"its {missing[0]}", "is missing")
    if found.keys() - {*wanted, *allowed}:
        raise _Misplaced(at, "has a field that is not known here")


def _listed(found: Any, at: str, most: int) -> list[tuple[Any, str]]:
    if type(found) is not list:
        raise _Misplaced(at, "is no list")
    if len(found) > most:
        raise _Misplaced(at, f"has more than {most} entries")
    return [(each, f"{at}[{number}]") for number, each in enumerate(found)]


def _text(found: Any, at: str, most: int) -> str:
    if type(found) is not str:
        raise _Misplaced(at, "is no text")
    if len(found) > most:
        raise _Misplaced(at, f"is longer than {most} characters")
    return found


def _word(found: Any, at: str) -> str:
    if not _WORD.fullmatch(_text(found, at, LONGEST)):
        raise _Misplaced(at, "is not one word of letters, digits, -, _ and .")
    return str(found)


def _alias(found: dict[str, Any], at: str) -> str:
    problem = alias_problem(_text(found["alias"], f"{at}.alias", LONGEST))
    if problem:
        # The alias that would be proposed is made of what stands there.
        raise _Misplaced(f"{at}.alias", problem.partition(" (try ")[0])
    return str(found["alias"])


def _name(found: dict[str, Any], at: str) -> str:
    problem = name_problem(_text(found["name"], f"{at}.name", LONGEST))
    if problem:
        raise _Misplaced(f"{at}.name", problem)
    return str(found["name"]).strip()


def _values(found: Any, at: str, longest: int) -> dict[str, Value]:
    if type(found) is not dict:
        raise _Misplaced(at, "is no object")
    if len(found) > 50:
        raise _Misplaced(at, "has more than 50 entries")
    for key, value in found.items():
        _word(key, f"a name in {at}")
        if type(value) is str:
            _text(value, f"{at}.{key}", longest)
        elif type(value) not in (int, float, bool) or (type(value) is float and not math.isfinite(value)):
            raise _Misplaced(f"{at}.{key}", "is neither text, a number, true nor false")
        elif type(value) is int and value.bit_length() > 64:
            raise _Misplaced(f"{at}.{key}", "is too large a number")
    return dict(found)
