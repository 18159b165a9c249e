"""Lenient parsing of answers from servers with OpenAI's protocol: a paid answer is not lost because of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..base import Delta, Embeddings, Finish, Usage
from ..calls.events import DONE, Event, Whole
from ..failures.classifying import SaidError, Unreadable
from ..failures.json_text import parsed
from ..failures.told import says_an_error
from ..failures.transport import BROKE_OFF
from ..values.server_numbers import count
from .thinking import WithoutThinking
from .token_counts import charged
from .vectors import in_order

_NOT_SAID = frozenset({"thinking", "reasoning", "reasoning_content", "redacted_thinking"})
"""Content parts that are not part of the spoken text."""


def text_in(content: object) -> str:
    """The text of a message's content: a text, or a list of parts, without thinking."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(map(text_in, content))
    if isinstance(content, Mapping) and content.get("type") not in _NOT_SAID:
        inner = content.get("text")
        return text_in(inner.get("value") if isinstance(inner, Mapping) else inner)
    return ""


class ChatReading:
    """The state of an answer of this model while it is read. Raises `SaidError`, `Unreadable`, `ConnectionError`.

    ``in_schema``: whether it was asked for in a schema. vLLM takes the whole answer for thinking then, if the model did not think.
    """

    def __init__(self, model: str = "", *, in_schema: bool = False) -> None:
        self.is_whole = False
        self.is_done = False
        """Whether the server said that the answer is complete. Not every server gives a finish reason."""
        self._begun = False
        self._refused = False
        self._spoken = WithoutThinking(model)
        self._has_spoken = False
        self._thoughts: list[str] | None = [] if in_schema else None
        """The thinking that came beside the text, for an answer that has no text; None if it cannot be the answer."""
        self._in_deltas = False
        """Whether text has come in pieces. MiniMax and Perplexity repeat all of it as the message of the last event."""
        self._reason: str | None = None
        self._model: str | None = None
        self._usage: Mapping[str, Any] | None = None

    def take(self, came: Event | Whole) -> Iterator[Delta]:
        """The pieces in one event, or in the whole answer."""
        if isinstance(came, Whole):
            self.is_whole = True
        elif came.data == DONE:
            self.is_done = True
            yield from self._rest()
            return
        elif came.name == "error" and not isinstance(came.data, Mapping | list):
            raise SaidError({"message": str(came.data)})
        yield from self._pieces(came.body if isinstance(came, Whole) else came.data, came)
        if self.is_whole or self._reason is not None:
            yield from self._rest()

    def _rest(self) -> Iterator[Delta]:
        if text := self._spoken.rest():
            self._has_spoken |= bool(text.strip())
            yield Delta(text)
        if self._thoughts and not self._has_spoken and self._reason in (None, "stop"):
            thought = "".join(self._thoughts)
            self._thoughts = None
            if isinstance(parsed(thought), dict | list):
                yield Delta(thought)

    def _pieces(self, data: object, came: Event | Whole) -> Iterator[Delta]:
        choices = data.get("choices") if isinstance(data, Mapping) else None
        named = isinstance(came, Event) and came.name == "error"
        if not choices and (named or says_an_error(data)):
            raise SaidError(data)
        if not isinstance(data, Mapping) or not isinstance(choices, list | None):
            raise Unreadable("the answer is not a stream", data if isinstance(data, str) else None)
        if isinstance(data.get("error"), Mapping | str) and data["error"]:
            raise SaidError(data)  # OpenRouter sends it with a last, empty choice
        usage = data.get("usage") or _groq(data)
        self._usage = usage if isinstance(usage, Mapping) else self._usage
        self._model = data["model"] if isinstance(data.get("model"), str) and data["model"] else self._model
        for choice in choices or ():
            if not isinstance(choice, Mapping):
                raise Unreadable("the answer is not a stream")
            if choice.get("error"):
                raise SaidError({"error": choice["error"]})
            self._begun = True
            reason = choice.get("finish_reason")
            self._reason = reason if isinstance(reason, str) and reason else self._reason
            yield from self._said(choice)

    def finish(self, notes: tuple[str, ...]) -> Finish:
        """Return the end of the answer."""
        if not self._begun and (self._usage is None or self.is_whole):
            raise Unreadable("the answer is not a stream")
        if self._reason is None and self._usage is None and not (self.is_whole or self.is_done):
            raise ConnectionError(BROKE_OFF)
        refused = self._refused and self._reason in (None, "stop")
        return Finish("refusal" if refused else self._reason, _counted(self._usage or {}), self._model, notes)

    def _said(self, choice: Mapping[str, Any]) -> Iterator[Delta]:
        delta = choice.get("delta")
        message = delta or (not self._in_deltas and choice.get("message")) or {}
        if not isinstance(message, Mapping):
            raise Unreadable("the answer is not a stream")
        text = text_in(message.get("content")) or text_in(choice.get("text"))
        if not text and (refusal := text_in(message.get("refusal"))):
            text, self._refused = refusal, True
        if self._thoughts is not None and not self._has_spoken:
            self._thoughts.append(text_in(message.get("reasoning_content") or message.get("reasoning")))
        self._in_deltas |= bool(delta and text)
        thought = self._spoken.thinks
        text = self._spoken.take(text)
        # An empty piece tells the caller, who waits for the first one, that the model has begun. It may think for minutes.
        self._has_spoken |= bool(text.strip())
        if text or self._spoken.thinks is not thought:
            yield Delta(text)


def _counted(usage: Mapping[str, Any]) -> Usage:
    """Return the tokens and the cost of an answer. xAI and Google count thinking only in the total, but bill it as output."""
    inputs = count(usage.get("prompt_tokens", usage.get("input_tokens")))
    outputs = count(usage.get("completion_tokens", usage.get("output_tokens")))
    total = count(usage.get("total_tokens"))
    if inputs is not None and total is not None and total - inputs > (outputs or 0):
        outputs = total - inputs
    return Usage(inputs, outputs, _cached(usage), charged(usage))


def _cached(usage: Mapping[str, Any]) -> int | None:
    details = usage.get("prompt_tokens_details", usage.get("input_tokens_details"))
    said = details if isinstance(details, Mapping) else usage  # Moonshot has no details
    return count(said.get("cached_tokens"))


def _groq(data: Mapping[str, Any]) -> object:
    extra = data.get("x_groq")
    return extra.get("usage") if isinstance(extra, Mapping) else None


def read_embeddings(answer: object, texts: int, notes: tuple[str, ...] = ()) -> Embeddings:
    """The vectors of an answer. Raises `SaidError` and `Unreadable`."""
    entries = answer.get("data", answer.get("embeddings")) if isinstance(answer, Mapping) else answer
    if not isinstance(entries, list) or (not isinstance(answer, Mapping) and says_an_error(answer)):
        if says_an_error(answer):
            raise SaidError(answer)
        raise Unreadable("the answer has no vectors", answer if isinstance(answer, str) else None)
    usage = answer.get("usage") if isinstance(answer, Mapping) else None
    known = usage if isinstance(usage, Mapping) else {}
    tokens = known.get("prompt_tokens", known.get("total_tokens", known.get("input_tokens")))
    return Embeddings(in_order(entries, texts), Usage(count(tokens), cost=charged(known)), notes)
