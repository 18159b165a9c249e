"""The key that the user probably meant: a similar one, but never one of another section, which belongs to another account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aiconn_nb.model.casing import fold

_SEPARATORS: Final = re.compile(r"[:_./-]+")
_TYPO: Final = 0.8
"""The minimum similarity of a mistyped section (difflib's ratio): OpneAI matches OpenAI, AzureOpenAI does not."""
_NAME: Final = 0.6
"""The minimum similarity of two names within a section, whose keys belong together."""


def near_key(key: str, known: Sequence[str]) -> str | None:
    """The known key closest to ``key``, in the same section or in one that it misspells; None if there is none.

    A user who follows the advice sends the value to the connection's provider. So OpenAI's key is never suggested in place of
    Anthropic's, however similar the names are.
    """
    wanted = _joined(key)
    if same := next((each for each in known if _joined(each) == wanted), None):
        return same  # a variable, or another separator: OpenAI__ApiKey, OPENAI_API_KEY, OpenAI.ApiKey
    best = max(((_likeness(key, each), each) for each in known), default=(0.0, ""))
    return best[1] if best[0] else None


def _joined(key: str) -> str:
    return fold(_SEPARATORS.sub("", key))


def _likeness(key: str, other: str) -> float:
    """The similarity of two keys; 0 if they are in different sections."""
    (*section, name), (*other_section, other_name) = _parts(key), _parts(other)
    if len(section) != len(other_section):
        return 0.0
    ratios = [_ratio(one, another) for one, another in zip(section, other_section, strict=True)]
    last = _ratio(name, other_name)
    # Without a section, only the name shows which account the key belongs to.
    if min(ratios, default=1.0) < _TYPO or last < (_NAME if section else _TYPO):
        return 0.0
    return sum(ratios) + last


def _parts(key: str) -> list[str]:
    """The sections and the name of a key. A variable has none, but the words of its name are equivalent: ``OPENAI_API_KEY``."""
    key = fold(key.replace("__", ":"))
    return key.split(":" if ":" in key else "_")


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # only a mistake needs it

    return SequenceMatcher(None, one, other).ratio()
