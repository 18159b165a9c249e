"""The reply to a prompt: its text, the connection that answered, and the cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from aiconn_nb.errors import Attempt
from aiconn_nb.model.frames import ONLY_USERS_FRAMES
from aiconn_nb.session.results import Result

from .formats import code_in, json_in


@dataclass(frozen=True, slots=True, repr=False)
class Reply(Result):
    """The reply of a model. ``str()`` returns only the text."""

    text: str
    model: str
    """The model that answered, as the provider reports it, else as requested."""
    connection: str
    """The alias of the connection that answered."""
    profile: str = ""
    """The alias of the profile; '' if the caller named a connection."""
    input_tokens: int | None = None
    """As counted by the provider; None if it reports no count."""
    output_tokens: int | None = None
    seconds_to_first: float | None = None
    """From the prompt to the first piece of the reply, failed attempts included; None if no piece arrived."""
    seconds: float = 0.0
    finish_reason: str | None = None
    """``stop``, ``length`` and the like, in the provider's word; None if it reports no reason."""
    attempts: tuple[Attempt, ...] = ()
    """The connections that failed or were skipped before, each with its reason."""
    partial: bool = False
    """Whether the reply was interrupted or broke off."""
    notes: tuple[str, ...] = ()
    """Adjustments that the request needed, such as leaving out a parameter that the server refused."""
    left: tuple[str, ...] = ()
    """Placeholders of the prompt, such as ``{topc}``, that match no name in the notebook and were sent unchanged."""
    value: Any = None
    """The content of a reply to a request with a schema: an instance of the pydantic model, else a dictionary."""

    def with_left(self, places: tuple[str, ...]) -> Reply:
        """Return a copy with these placeholders."""
        return replace(self, left=places) if places else self

    @property
    def footer(self) -> str:
        """One line for the footer: connection and model, cost, duration."""
        parts = [self.profile, self.connection, self.model, self.tokens, f"{self.seconds:.1f} s"]
        parts.append("partial" if self.partial else said_of_answer(self.text, self.finish_reason))
        parts += self.notes
        line = " · ".join(filter(None, parts))
        failed = ", ".join(f"{each.connection} ({each.label})" for each in self.attempts)
        return " · ".join(filter(None, [line, failed and f"in place of {failed}", said_of_left(self.left)]))

    @property
    def tokens(self) -> str:
        """``412 -> 87 tokens``; unknown counts are left out, not shown as zero."""
        if self.input_tokens is None and self.output_tokens is None:
            return "tokens unknown"
        sent, got = (f"{number:,}" if number is not None else "?" for number in (self.input_tokens, self.output_tokens))
        return f"{sent} -> {got} {'token' if self.output_tokens == 1 else 'tokens'}"

    def json(self) -> Any:
        """Return the JSON of the reply, fenced or not. Raises `AiconnError` if it is not valid JSON."""
        with ONLY_USERS_FRAMES:
            return json_in(self.text)

    def code(self) -> str:
        """Return the code of the reply: its fenced blocks, or the whole text without fences."""
        return code_in(self.text)

    def data(self) -> Any:
        return {
            "text": self.text,
            "model": self.model,
            "connection": self.connection,
            "profile": self.profile or None,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "seconds_to_first": None if self.seconds_to_first is None else round(self.seconds_to_first, 3),
            "seconds": round(self.seconds, 3),
            "finish_reason": self.finish_reason,
            "partial": self.partial,
            "notes": list(self.notes),
            "attempts": [each.data() for each in self.attempts],
            "value": self.value.model_dump(mode="json") if hasattr(self.value, "model_dump") else self.value,
        }

    def __str__(self) -> str:
        return self.text


_WHOLE: Final = frozenset(
    # OpenAI; Anthropic and Bedrock; Google
    {"", "stop", "end_turn", "stop_sequence", "eos", "eos_token", "end_of_turn", "complete", "completed", "none"}
    | {"finish_reason_unspecified", "unknown", "null"}
)
_CUT: Final = ("length", "max_tokens", "max_output_tokens", "model_length", "token_limit")
_FILTERED: Final = (
    "filter",
    "safety",
    "blocklist",
    "prohibited",
    "recitation",
    "spii",
    "guardrail",
    "blocked",
    "sensitive",
)
_FILTERED_ALSO: Final = frozenset({"language", "block_reason_unspecified", "image_other", "jailbreak"})


def said_of_answer(text: str, reason: str | None) -> str:
    """Describe in a few words why an answer is incomplete or empty; '' if it is complete. ``reason`` is the provider's word.

    A reasoning model may end without any text.
    """
    return _said_of_end(reason) or ("" if text.strip() else "without text")


def _said_of_end(reason: str | None) -> str:
    """Describe in a few words why a reply is incomplete; '' if the model finished it.

    ``reason`` is the provider's word. An unknown word is shown, because it may mean an abnormal end.
    """
    word = (reason or "").lower()
    if word in _WHOLE:
        return ""
    if word in _CUT:
        return "cut at max tokens"
    if "context_window" in word:
        return "cut: the context window is full"
    if "refus" in word:
        return "refused by the model"
    if word in _FILTERED_ALSO or any(part in word for part in _FILTERED):
        return f"filtered by the provider ({reason})"
    return f"ended with {reason}"


def said_of_left(places: tuple[str, ...]) -> str:
    """Return a short note about placeholders that were sent unchanged; '' without any."""
    if not places:
        return ""
    named = ", ".join(places[:3]) + (" ..." if len(places) > 3 else "")
    return f"{named} {'was left as it is' if len(places) == 1 else 'were left as they are'}"
