"""Text that can be sent: no SDK can encode half a letter, and none says so in words that help."""

from __future__ import annotations


def sendable(text: str) -> str:
    """The same text. Halves of a letter (lone surrogates, as of a byte that a terminal could not read) are replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
