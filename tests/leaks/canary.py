"""The canary, a key that must not be found, and a search that reads a text in every encoding in which the key may appear."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from urllib.parse import unquote

_ESCAPE = re.compile(r'\\(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|(["\'\\/]))')


class Canary:
    """One key. Its two ends occur nowhere else, and between them are characters that JSON, HTML and URLs escape."""

    def __init__(self, *door: str) -> None:
        digest = sha256(" ".join(door).encode()).hexdigest()
        self.name = " ".join(door)
        self.head, self.tail = digest[:12], digest[12:24]
        self.value = f'{self.head}/"&+={self.tail}'

    def __repr__(self) -> str:
        return f"<Canary {self.name}>"


def found(text: str, canaries: Iterable[Canary]) -> list[str]:
    """Return the names of the canaries of which a text contains one half or both."""
    once = _ESCAPE.sub(_unescaped, text)
    texts = [text, unquote(text), html.unescape(text), once, _ESCAPE.sub(_unescaped, once)]
    encoded = once.replace("-", "+").replace("_", "/")

    def is_in(half: str) -> bool:
        return any(half in read for read in texts) or any(letters in encoded for letters in _in_base64(half))

    return [each.name for each in canaries if is_in(each.head) or is_in(each.tail)]


@cache
def _in_base64(half: str) -> list[str]:
    """Return the letters that stand for a half in any encoded text. A group of letters is three bytes, so it may begin at any of
    three; the letters at both ends also depend on the bytes before and behind it."""
    return [
        base64.b64encode(bytes(before) + half.encode()).decode()[-(-before * 8 // 6) : (before + len(half)) * 8 // 6]
        for before in range(3)
    ]


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]
