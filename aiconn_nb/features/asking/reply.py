"""The answer to a question: what came, from whom, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from aiconn_nb.errors import Attempt
from aiconn_nb.session.results import Result

from .formats import code_in, json_in


@dataclass(frozen=True, slots=True, repr=False)
class Reply(Result):
    """What a model said. ``str()`` of it is the text alone."""

    text: str
    model: str
    """The model that answered, as the provider says it, else as it was asked for."""
    connection: str
    """The alias of the connection that answered."""
    profile: str = ""
    """The alias of the profile, '' where a connection was asked itself."""
    input_tokens: int | None = None
    """As the provider counted; None where it does not say."""
    output_tokens: int | None = None
    seconds_to_first: float | None = None
    """From the question to the first piece of the answer, failed attempts included; None where none came."""
    seconds: float = 0.0
    finish_reason: str | None = None
    """``stop``, ``length`` and the like, in the provider's word; None where it does not say."""
    attempts: tuple[Attempt, ...] = ()
    """The connections that were tried before, or could not be, each with its reason."""
    partial: bool = False
    """Whether the answer was interrupted or broke off."""
    notes: tuple[str, ...] = ()
    """What had to be done to get the answer, such as a parameter that the server refused and that was left out."""
    left: tuple[str, ...] = ()
    """The places of the prompt, such as ``{topc}``, that the notebook had no name for, and that were sent as they are."""

    def with_left(self, places: tuple[str, ...]) -> Reply:
        """The same, with these places."""
        return replace(self, left=places) if places else self

    @property
    def footer(self) -> str:
        """One quiet line: who answered, what it cost, how long it took."""
        parts = [self.profile, self.connection, self.model, self.tokens, f"{self.seconds:.1f} s"]
        parts.append("partial" if self.partial else said_of_end(self.finish_reason))
        parts += self.notes
        line = " · ".join(filter(None, parts))
        failed = ", ".join(f"{each.connection} ({each.label})" for each in self.attempts)
        return " · ".join(filter(None, [line, failed and f"in place of {failed}", said_of_left(self.left)]))

    @property
    def tokens(self) -> str:
        """``412 -> 87 tokens``; what is not known is not shown as a zero."""
        if self.input_tokens is None and self.output_tokens is None:
            return "tokens unknown"
        sent, got = (f"{number:,}" if number is not None else "?" for number in (self.input_tokens, self.output_tokens))
        return f"{sent} -> {got} tokens"

    def json(self) -> Any:
        """What the answer says as JSON, also within a fence. Raises `AiconnError` where it is none."""
        return json_in(self.text)

    def code(self) -> str:
        """The code in the answer: its fenced blocks, or the whole where none is fenced."""
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


def said_of_end(reason: str | None) -> str:
    """Why an answer is not all that the model would have said, in a few words; '' where it came to its own end.

    ``reason`` is the provider's word. One that is not known here is named: it is no ordinary end.
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
    """That places of a prompt were left as they are, in a few words; '' where none was."""
    if not places:
        return ""
    named = ", ".join(places[:3]) + (" ..." if len(places) > 3 else "")
    return f"{named} {'was left as it is' if len(places) == 1 else 'were left as they are'}"
