"""The key that the user meant: a similar one, never one of another section, which belongs to another account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aiconn_nb.model.casing import fold

_SEPARATORS: Final = re.compile(r"[:_./-]+")
_TYPO: Final = 0.8
"""How much alike two sections are where one is the other, mistyped (difflib's ratio): OpneAI is, AzureOpenAI is not."""
_NAME: Final = 0.6
"""How much alike two names of one section are: a section holds what belongs together."""


def near_key(key: str, known: Sequence[str]) -> str | None:
    """The known key closest to ``key``, of the same section or of one that is a misspelling of it; None where there is none.

    A user who follows the advice sends the value to the connection's provider. So OpenAI's key is never advised in place of
    Anthropic's, however similar the names are.
    """
    wanted = _joined(key)
    if same := next((each for each in known if _joined(each) == wanted), None):
        return same  # as a variable, or with another separator: OpenAI__ApiKey, OPENAI_API_KEY, OpenAI.ApiKey
    best = max(((_likeness(key, each), each) for each in known), default=(0.0, ""))
    return best[1] if best[0] else None


def _joined(key: str) -> str:
    return fold(_SEPARATORS.sub("", key))


def _likeness(key: str, other: str) -> float:
    """How much alike two keys are, 0 where they are of different sections."""
    (*section, name), (*other_section, other_name) = _parts(key), _parts(other)
    if len(section) != len(other_section):
        return 0.0
    ratios = [_ratio(one, another) for one, another in zip(section, other_section, strict=True)]
    last = _ratio(name, other_name)
    # Without a section the name alone says whose it is.
    if min(ratios, default=1.0) < _TYPO or last < (_NAME if section else _TYPO):
        return 0.0
    return sum(ratios) + last


def _parts(key: str) -> list[str]:
    """Its sections and its name. A variable has none, but the words of its name say as much: ``OPENAI_API_KEY``."""
    key = fold(key.replace("__", ":"))
    return key.split(":" if ":" in key else "_")


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # only a mistake needs it

    return SequenceMatcher(None, one, other).ratio()
