"""Thinking that a server sends as the beginning of the text, between ``<think>`` and ``</think>``.

Servers without a parser for the model's own format send it so: Ollama, vLLM and LM Studio with DeepSeek-R1, Qwen and QwQ; MiniMax.
"""

from __future__ import annotations

from typing import Final

_OPENS: Final = "<think>"
_CLOSES: Final = "</think>"
_BLANKS: Final = 100
"""The maximum number of blanks before thinking. Some models write blanks without end, which would fill the memory."""


class WithoutThinking:
    """Takes the text of an answer piece by piece, and leaves out the thinking at its beginning."""

    def __init__(self) -> None:
        self._held = ""
        """Text that may be the beginning of a mark, or follows blanks at the beginning."""
        self.thinks = False
        """Whether the answer has begun with thinking."""
        self._speaks = False

    def take(self, text: str) -> str:
        """Return the text that can be passed on after this piece."""
        if self._speaks:
            return text
        self._held += text
        if not self.thinks:
            begun = self._held.lstrip()
            if not begun.startswith(_OPENS):
                return "" if _OPENS.startswith(begun) and len(self._held) < _BLANKS else self.rest()
            self.thinks, self._held = True, begun
        _, closed, after = self._held.partition(_CLOSES)
        if not closed:
            self._held = self._held[-len(_CLOSES) :]
            return ""
        self._held = _CLOSES + after.lstrip()
        return self.rest() if after.strip() else ""

    def rest(self) -> str:
        """Return the rest of the text at the end of the answer."""
        held, self._held, self._speaks = self._held, "", True
        if not self.thinks:
            return held
        return held.partition(_CLOSES)[2]
