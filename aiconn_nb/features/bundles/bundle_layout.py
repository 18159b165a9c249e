"""The layout of a bundle. It is checked before anything else reads the bundle.

A bundle names connections by alias. It has references, and values that are not sensitive. Of any other sensitive
value it has only the name of the field, and the receiver supplies the value. It has no field for an id, a time, a user or a
sealed value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from aiconn_nb.errors import BundleMalformed
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import alias_problem, name_problem
from aiconn_nb.model.strict import Malformed, Plain, entries, exactly, one_of, plain, text, text_of, typed

SCHEMA: Final = 1
MOST: Final = 1_000
"""Maximum number of connections in a bundle, and of profiles."""
LONGEST: Final = 4_000
"""Maximum characters of a setting."""
LONGEST_SYSTEM: Final = 100_000
"""Maximum characters of an option of a profile: a system prompt is long."""

_NO_WORD: Final = "is not one word of letters, digits, -, _ and ."
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OfferedConnection:
    """A connection in a bundle."""

    alias: str
    name: str
    provider: str
    active: bool
    settings: Mapping[str, Plain]
    to_be_supplied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedProfile:
    """A profile in a bundle; it names its connections by alias."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[str, ...]
    model: str
    options: Mapping[str, Plain] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    """Alias of a connection -> the model of that connection."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The content of a bundle."""

    connections: tuple[OfferedConnection, ...]
    profiles: tuple[OfferedProfile, ...] = ()
    defaults: Mapping[Capability, str] = field(default_factory=dict)
    """The default profile of a capability, by alias."""


def offer_from(document: Any) -> Offer:
    """Return the entries of a bundle's JSON. Raises `BundleError`, which names the place, never the value."""
    try:
        return _offer(document)
    except Malformed as malformed:
        problem = str(malformed)
    raise BundleMalformed(problem=problem, is_bundle=type(document) is dict and "aiconn_bundle" in document)


def _offer(document: Any) -> Offer:
    if type(document) is not dict or "aiconn_bundle" not in document:
        raise Malformed("its aiconn_bundle", "is missing")
    schema = document["aiconn_bundle"]
    if type(schema) is not int or schema < 1:
        raise Malformed("its aiconn_bundle", "is not a layout number")
    if schema > SCHEMA:
        raise Malformed("", f"was written by a newer release (layout {schema}, and {SCHEMA} is known)")
    if "connections" not in document:
        raise Malformed("its connections", "is missing")
    exactly(document, ("aiconn_bundle", "connections"), ("profiles", "keys", "defaults"))
    # The list of needed keys is informative. It is derived from the connections again, so only its shape is checked.
    entries(document, "keys", _key, 50 * MOST)
    connections = entries(document, "connections", _connection, MOST)
    profiles = entries(document, "profiles", _profile, MOST)
    for word, aliases in (("connections", [c.alias for c in connections]), ("profiles", [p.alias for p in profiles])):
        if len(set(aliases)) != len(aliases):
            raise Malformed(f"two of its {word}", "have the same alias")
    return Offer(connections, profiles, _defaults(document, profiles) if "defaults" in document else {})


def _defaults(document: Any, profiles: tuple[OfferedProfile, ...]) -> dict[Capability, str]:
    known = {(each.capability, each.alias) for each in profiles}
    defaults = {
        one_of(Capability, name, "defaults"): text_of(alias, "defaults", 100)
        for name, alias in typed(document, "defaults", dict).items()
    }
    if set(defaults.items()) - known:
        raise Malformed("defaults", "names a profile that the bundle does not have")
    return defaults


def _connection(found: Any) -> OfferedConnection:
    exactly(found, ("alias", "name", "provider", "settings"), ("active", "to_be_supplied"))
    return OfferedConnection(
        _alias(found),
        _name(found),
        _word(found["provider"], "provider"),
        typed(found, "active", bool) if "active" in found else True,
        _values(found, "settings", LONGEST),
        entries(found, "to_be_supplied", _word, 50),
    )


def _profile(found: Any) -> OfferedProfile:
    exactly(found, ("alias", "name", "capability", "connections", "model"), ("options", "tags", "models"))
    return OfferedProfile(
        _alias(found),
        _name(found),
        one_of(Capability, found["capability"], "capability"),
        entries(found, "connections", partial(text_of, most=100), 50),
        text(found, "model", 200),
        _values(found, "options", LONGEST_SYSTEM) if "options" in found else {},
        entries(found, "tags", partial(text_of, most=50), 50),
        _models(found) if "models" in found else {},
    )


def _models(found: Any) -> dict[str, str]:
    models = typed(found, "models", dict)
    if models.keys() - set(found["connections"]):
        raise Malformed("models", "names a connection that the profile does not have")
    return {alias: text_of(model, f"models.{alias}", 200) for alias, model in models.items()}


def _key(found: Any) -> None:
    exactly(found, ("key", "needed_by"))
    text(found, "key", LONGEST)
    entries(found, "needed_by", partial(text_of, most=200), 50 * MOST)


# ---- parts ------------------------------------------------------------------------------------------------------------


def _word(found: Any, field: str = "") -> str:
    if not _WORD.fullmatch(text_of(found, field, LONGEST)):
        raise Malformed(field, _NO_WORD)
    return str(found)


def _alias(found: dict[str, Any]) -> str:
    alias = text(found, "alias", LONGEST)
    # A proposed alias would repeat text of the file.
    if problem := alias_problem(alias, proposes=False):
        raise Malformed("alias", problem)
    return alias


def _name(found: dict[str, Any]) -> str:
    name = text(found, "name", LONGEST)
    if problem := name_problem(name):
        raise Malformed("name", problem)
    return name.strip()


def _values(document: dict[str, Any], field: str, longest: int) -> dict[str, Plain]:
    found = typed(document, field, dict)
    if len(found) > 50:
        raise Malformed(field, "has more than 50 entries")
    for key, value in found.items():
        if not _WORD.fullmatch(key):
            raise Malformed(field, f"has a name that {_NO_WORD}")
        plain(value, f"{field}.{key}")
        if type(value) is str:
            text_of(value, f"{field}.{key}", longest)
    return dict(found)
