"""Make text safe to send and to show: no lone surrogates, and no control characters from other programs."""

from __future__ import annotations

from typing import Final

_JOINERS: Final = "\u200c\u200d"
"""Format characters that words of Persian and Hindi, and emoji of several parts, are spelled with."""


def whole_letters(text: str) -> str:
    """The text with surrogate pairs joined; lone surrogates are replaced by U+FFFD.

    >>> whole_letters("\\ud83d\\ude00"), whole_letters("half \\ud83d")
    ('😀', 'half �')
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def plain(text: str) -> str:
    """Make text safe for a terminal: control characters, which could move the cursor or change colours, become U+FFFD.

    So do lone surrogates, which cannot be sent to a notebook.
    """
    if text.isascii() and text.isprintable():  # the usual case, and a list may be long
        return text
    from unicodedata import category  # seldom needed

    unsafe = ("Cc", "Cf", "Cs")
    return "".join("\ufffd" if category(c) in unsafe and c not in _JOINERS else c for c in text.replace("\n", " "))


def printable(text: str) -> str:
    """Make a text of several lines safe as `plain` does. Line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in lines)


def printable_piece(text: str) -> str:
    """The same for a piece of a text that arrives in pieces: a Windows line end may be cut in two."""
    return printable(text.replace("\r", ""))
