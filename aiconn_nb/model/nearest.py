"""The closest known word to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, alike: float = 0.6) -> str | None:
    """The known word closest to ``word`` (ignoring case), or None if none is close: ``alike`` is 1 for the same word."""
    from difflib import get_close_matches  # only a mistake needs it

    spelled = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), spelled, n=1, cutoff=alike)
    return spelled[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or '' if no word is close."""
    return meant(nearest(word, known))


def meant(close: str | None) -> str:
    """Return the same text for a word that is already known, or '' for None."""
    return f"Did you mean '{close}'?" if close else ""
