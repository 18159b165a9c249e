"""The canary, a key that must not be found, and a search that reads a text in every encoding in which the key may appear."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import unquote

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
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
    texts = list(_readings(text))
    return [each.name for each in canaries if any(half in read for half in (each.head, each.tail) for read in texts)]


def _readings(text: str) -> Iterator[str]:
    """Yield the text itself and each of its decoded forms."""
    yield text
    yield unquote(text)
    yield html.unescape(text)
    once = _ESCAPE.sub(_unescaped, text)
    yield once
    yield _ESCAPE.sub(_unescaped, once)
    for run in _BASE64.findall(once):
        plain = run.replace("-", "+").replace("_", "/")
        # Encoded data may begin at any of four letters, and the key at any of three bytes.
        for start in range(4):
            part = plain[start : start + (len(plain) - start) // 4 * 4]
            try:
                yield base64.b64decode(part).decode("latin-1")
            except (binascii.Error, ValueError):
                continue


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]
