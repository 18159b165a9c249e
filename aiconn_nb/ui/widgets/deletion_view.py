"""The effects of a deletion, in words: the same in lists and forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Line = list[str]
"""A sentence; every second part of it is code."""


def connection_effects(
    aliases: Sequence[str], *, profiles: Iterable[str], broken: Sequence[str], is_used: bool
) -> list[Line]:
    """Return the effects of deleting connections that ``profiles`` depend on; those in ``broken`` have no other connection."""
    is_many = len(aliases) > 1
    it = "them" if is_many else "it"
    others = [each for each in profiles if each not in broken]
    lines = [_naming("", aliases, "")] if is_many else []
    if broken:
        depends = "depend on" if len(broken) > 1 else "depends on"
        lines.append(_naming(_profiles(broken), broken, f" {depends} {it} and would be left broken."))
    if others:
        continues = "continue with their" if len(others) > 1 else "continues with its"
        lines.append(_naming(_profiles(others), others, f" {continues} other connections."))
    words = [
        f"{'One of them' if is_many else 'It'} is in use in this kernel." if is_used else "",
        "" if broken or others else f"No profile depends on {it}.",
        _undelete(it),
    ]
    return [*lines, [" ".join(filter(None, words))]]


def profile_effects(default_for: str) -> list[Line]:
    """Return the effects of deleting a profile that is the default for this capability, '' for none."""
    default = f"It is the default for {default_for}; there would be none. " if default_for else ""
    return [[f"{default}Notebooks that use it will not find it. {_undelete('it')}"]]


def _undelete(it: str) -> str:
    return f"For 30 days, undelete restores {it}."


def _profiles(aliases: Sequence[str]) -> str:
    return "The profiles " if len(aliases) > 1 else "The profile "


def _naming(before: str, aliases: Sequence[str], after: str) -> Line:
    """Return a sentence with aliases in it, as code."""
    between = [part for alias in aliases for part in (", ", alias)]
    return [before, *between[1:], after]
