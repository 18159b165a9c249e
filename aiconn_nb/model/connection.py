"""A connection: a named account with an AI provider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from . import headers
from .frozen import Frozen
from .ids import new_id
from .pattern import late
from .reference import is_reference
from .secret import Sealed

Setting = str | int | float | bool | Sealed
"""A stored setting: a reference or literal as written (``$$`` for a literal ``$``), a plain value, or a sealed secret."""

ALIAS_LENGTH = 100
NAME_LENGTH = 200
_ALIAS = late(r"[a-z0-9][a-z0-9-]*", re.ASCII)


def now() -> datetime:
    """The current time in UTC, to the microsecond."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The stored data of an account: its provider, and settings that are references, sealed or not sensitive."""

    alias: str
    name: str
    provider: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    active: bool = True
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)
    modified: datetime = field(default_factory=now)
    modified_by: str = field(default="", repr=False)
    """``user@host`` of the last save. The repr omits it, because a notebook saves reprs: only the history shows it."""
    version: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", Frozen(self.settings))


def alias_from(name: str) -> str:
    """The alias proposed for a name: lower case, each run of other characters replaced by ``-``, none at the ends.

    >>> alias_from("OpenAI (Europe) 2")
    'openai-europe-2'
    """
    from unicodedata import normalize  # seldom needed

    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:ALIAS_LENGTH].strip("-")


def alias_problem(alias: str, *, proposes: bool = True) -> str:
    """What is wrong with an alias; '' if it is valid. The alias itself is not repeated, but a valid one that is made of it may be
    proposed."""
    if not alias:
        return "is missing"
    if len(alias) > ALIAS_LENGTH:
        return f"has {len(alias)} characters, at most {ALIAS_LENGTH} are allowed"
    if not _ALIAS.fullmatch(alias):
        proposed = alias_from(alias) if proposes else ""
        return "may only have a-z, 0-9 and -, and starts with a letter or digit" + (
            f" (try {proposed})" if proposed else ""
        )
    return ""


def name_problem(name: str) -> str:
    """What is wrong with a display name, or ''."""
    if not name.strip():
        return "is missing"
    if len(name) > NAME_LENGTH:
        return f"has {len(name)} characters, at most {NAME_LENGTH} are allowed"
    from unicodedata import category

    if "Cc" in map(category, name):
        return "has control characters"
    return ""


def references(settings: Mapping[str, Setting]) -> dict[str, str]:
    """The settings that are references, as written, by field; those in headers by ``headers NAME``."""
    found = {key: value for key, value in settings.items() if is_reference(value)}
    return found | headers.references(settings)
