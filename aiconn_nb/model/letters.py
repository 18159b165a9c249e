"""Whole characters: half of one (a lone surrogate) can neither be sent to a provider nor shown in a notebook."""

from __future__ import annotations


def whole_letters(text: str) -> str:
    """The same text. Two halves that belong together become the letter, others are replaced by U+FFFD.

    >>> whole_letters("\\ud83d\\ude00"), whole_letters("half \\ud83d")
    ('😀', 'half �')
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
