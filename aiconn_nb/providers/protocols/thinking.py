"""Thinking that a server sends as the beginning of the text, between two marks.

Servers without a parser for the model's own format send it so: Ollama, vLLM, LM Studio and llama.cpp with DeepSeek-R1, Qwen, QwQ
and Magistral; MiniMax.
"""

from __future__ import annotations

from typing import Final

_MARKS: Final = {"<think>": "</think>", "[THINK]": "[/THINK]"}
"""Opening mark -> closing mark."""
_BEDROCK: Final = {"<reasoning>": "</reasoning>"}
"""Those of Bedrock for OpenAI's open models. Other models write them only where the prompt asks for them."""
_BLANKS: Final = 100
"""The maximum number of blanks before thinking. Some models write blanks without end, which would fill the memory."""


class WithoutThinking:
    """Takes the text of an answer piece by piece, and leaves out the thinking at its beginning."""

    def __init__(self, model: str = "") -> None:
        self._marks = _BEDROCK if "openai.gpt-oss" in model else _MARKS
        self._closes = ""
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
            self._closes = next((closes for opens, closes in self._marks.items() if begun.startswith(opens)), "")
            if not self._closes:
                may_open = any(opens.startswith(begun) for opens in self._marks) and len(self._held) < _BLANKS
                return "" if may_open else self.rest()
            self.thinks, self._held = True, begun
        _, closed, after = self._held.partition(self._closes)
        if not closed:
            self._held = self._held[-len(self._closes) :]
            return ""
        self._held = self._closes + after.lstrip()
        return self.rest() if after.strip() else ""

    def rest(self) -> str:
        """Return the rest of the text at the end of the answer."""
        held, self._held, self._speaks = self._held, "", True
        if not self.thinks:
            return held
        return held.partition(self._closes)[2]
