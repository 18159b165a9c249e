"""Comparison of keys: .NET's OrdinalIgnoreCase."""

from __future__ import annotations


class _Upper(dict[int, str]):
    """Code point -> its simple upper-case mapping, filled on demand by `str.translate`."""

    def __missing__(self, code: int) -> str:
        upper = self[code] = _upper(chr(code))
        return upper


def _upper(char: str) -> str:
    """The simple (one to one) upper-case mapping of Unicode, except for two letters that .NET does not map.

    Python has only the full mapping, which turns ``ß`` into ``SS``. If that is longer than one character, the title-case
    mapping is the simple one if it is a single character (``ᾳ``: ``ᾼ``); otherwise there is none (``ß``, ``ﬁ``).
    ``ı`` and ``ſ`` are the only letters outside ASCII with a capital inside it, and .NET excludes both.
    """
    upper = char.upper()
    if len(upper) != 1:
        upper = char.title()
    if len(upper) != 1 or (upper.isascii() and not char.isascii()):
        return char
    return upper


_UPPER = _Upper()


def fold(key: str) -> str:
    """The form in which keys are compared: two keys are the same if their folded forms are equal.

    Each character is mapped separately, nothing is normalized, and the length stays: é = É, σ = ς = Σ, but ß is not ss, the
    Kelvin sign is not k and ı is not I. Source: .NET's ``OrdinalCasing``.

    >>> fold("OpenAI:ApiKey") == fold("OPENAI:apikey"), fold("straße") == fold("strasse")
    (True, False)
    """
    return key.upper() if key.isascii() else key.translate(_UPPER)
