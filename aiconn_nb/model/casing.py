"""When two keys are the same key: .NET's OrdinalIgnoreCase."""

from __future__ import annotations


class _Upper(dict[int, str]):
    """Code point -> its simple upper-case mapping, filled as it is asked for (`str.translate` asks)."""

    def __missing__(self, code: int) -> str:
        upper = self[code] = _upper(chr(code))
        return upper


def _upper(char: str) -> str:
    """The simple (one to one) upper-case mapping of Unicode, less the two letters that .NET leaves alone.

    Python only has the full mapping, which makes ``SS`` of ``ß``. Where that is longer than one character, the title-case
    mapping is the simple one if it is a single character (``ᾳ``: ``ᾼ``), and there is none if it is not (``ß``, ``ﬁ``).
    ``ı`` and ``ſ`` are the only letters outside ASCII with a capital inside it, and .NET excepts both.
    """
    upper = char.upper()
    if len(upper) != 1:
        upper = char.title()
    if len(upper) != 1 or (upper.isascii() and not char.isascii()):
        return char
    return upper


_UPPER = _Upper()


def fold(key: str) -> str:
    """What a key is compared by: two keys are the same where this is equal.

    Each character is mapped by itself, nothing is normalised, and the length stays: é = É, σ = ς = Σ, but ß is not ss, the
    Kelvin sign is not k and ı is not I. Source: .NET's ``OrdinalCasing``.

    >>> fold("OpenAI:ApiKey") == fold("OPENAI:apikey"), fold("straße") == fold("strasse")
    (True, False)
    """
    return key.upper() if key.isascii() else key.translate(_UPPER)
