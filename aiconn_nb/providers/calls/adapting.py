"""Repeat a call without the parameters that the server refuses by name, once per parameter, and report what was changed.

A server refuses the same again from the same model. The client's changes are therefore remembered as long as it lives, each
for the value that was refused: another one may be accepted.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.letters import whole_letters

from ..failures.classifying import SaidError, Unreadable, kind_of
from ..failures.told import Told, said_with
from ..failures.transport import is_dropped

if TYPE_CHECKING:
    from ..values.call_values import ChatRequest

T = TypeVar("T")
Asked = dict[str, Any]

_LEARNED: WeakKeyDictionary[Any, dict[tuple[str, str], dict[str, Any]]] = WeakKeyDictionary()
"""Per client, call and model: the refused parameters, each with its last refused value."""


@dataclass(frozen=True, slots=True)
class Change:
    """A possible change of a parameter: ``make`` changes the request in place and returns the note for the reader."""

    parameter: str
    """The parameter's name in the request."""
    make: Callable[[Asked, Told], str]
    words: str = ""
    """A regular expression for how servers describe the parameter without its name; defaults to the name."""
    is_remembered: bool = True
    """Whether the next call makes the change at once. Not if it depends on the server's message."""
    any_value: bool = False
    """Whether it is remembered for every value, because the parameter has another one in each call."""

    def is_meant(self, said: Told) -> bool:
        """Whether an error is about this parameter. If the error names a parameter, only that name counts."""
        if self.parameter in said.params:
            return True
        if said.params - {"body", "input", "messages", "query"} and not self.words:
            return False
        return re.search(self.words or rf"(?<![a-z_]){re.escape(self.parameter)}(?![a-z_])", said.text) is not None


@dataclass(frozen=True, slots=True)
class Adapted(Generic[T]):
    """An answer, and the changes that it took to get it."""

    value: T
    notes: tuple[str, ...]


Changes = Sequence[Change] | Callable[[], Sequence[Change]]


STRUCTURED = "the provider's own structured output"


OF_SCHEMAS = r"schema|\bgrammar\b|for '\w{1,20}' type, propert|\$ref\b"
"""How servers refuse a schema without a word on its parameter: Gemini and vLLM; llama.cpp; Claude on Bedrock."""


def without(name: str) -> str:
    """The note about an omitted parameter."""
    return f"without {name}, which the server refuses"


def left_out(parameter: str, name: str = "", *, words: str = "") -> Change:
    """Return a change that omits a parameter. ``name`` is its name for the reader, if it differs; ``words`` is as in `Change`."""

    def make(asked: Asked, said: Told) -> str:
        del asked[parameter]
        return without(name or parameter)

    return Change(parameter, make, words)


def limit_in(said: Told, refused: int) -> int | None:
    """The greatest number below a refused limit of tokens in the server's message, which is usually the one that it takes."""
    written = re.findall(r"(?<![\d,])\d[\d,]{0,12}(?!\d)", said.words)
    return max((number for each in written if 0 < (number := int(each.replace(",", ""))) < refused), default=None)


_ONLY_JSON: Final = "Answer with JSON and nothing else. It keeps this JSON Schema:"


def schema_in_words(schema: object) -> str:
    """Return what to tell a model without structured output."""
    return f"{_ONLY_JSON} {whole_letters(json.dumps(schema, ensure_ascii=False))}"


def told_schema(parameter: str, schema_in: Callable[[Any], object], words: str) -> Change:
    """Return a change that tells the schema in the last message in place of a parameter. ``schema_in`` finds it in that parameter's
    value; ``words`` is as in `Change`, beside those about a schema."""

    def make(asked: Asked, said: Told) -> str:
        tell(asked, schema_in(asked.pop(parameter)))
        return without(STRUCTURED)

    return Change(parameter, make, f"{words}|{OF_SCHEMAS}")


def tell(asked: Asked, schema: object) -> None:
    """Add the schema to the last message, unless a second attempt tells it: an answer without it would be paid for in vain."""
    *others, last = asked["messages"]
    if _ONLY_JSON not in last["content"]:  # the schema there may have bounds that this one has in words
        asked["messages"] = [*others, {**last, "content": f"{last['content']}\n\n{schema_in_words(schema)}"}]


def turns_of(request: ChatRequest) -> list[dict[str, str]]:
    """The messages of a request as most APIs want them, without the system prompt."""
    return [{"role": message.role, "content": message.content} for message in request.messages]


def _in_first(asked: Asked, said: Told) -> str:
    first, *rest = asked["messages"]
    asked["messages"] = [{**first, "content": f"{asked.pop('system')}\n\n{first['content']}"}, *rest]
    return "the system prompt within the first message, as the server wants it"


NO_SYSTEM: Final = Change(
    "system",
    _in_first,
    # The chat templates of Gemma and Mistral, OpenAI's o1, Bedrock; Google
    words=r"system[ _](role|message|prompt|instruction)s? (is |are )?(not (supported|allowed|enabled)|unsupported)"
    r"|(not|doesn't) support (the )?'?system\b|only user and assistant roles|roles must alternate"
    r"|developer instruction is not enabled",
    any_value=True,
)
"""The change for a model without a system prompt. The request has ``system``, and ``messages`` from `turns_of`."""


class Adapting:
    """A request while it is adapted to what its server takes, with as few changes as the server requires.

    ``changes`` may be a function that makes them when one is needed. ``said_by`` reads a refusal of the request and returns None
    for every other error. ``about`` identifies the call and the model, for which ``client`` remembers the changes.
    """

    def __init__(
        self,
        asked: Asked,
        changes: Changes,
        said_by: Callable[[Exception], Told | None],
        *,
        client: Any = None,
        about: tuple[str, str] = ("", ""),
    ) -> None:
        self._learned = _LEARNED.setdefault(client, {}).setdefault(about, {}) if client is not None else {}
        self._possible = changes
        self._said_by = said_by
        self._asked = dict(asked)
        self._notes, self._done = list[str](), dict[str, Any]()
        for name, value in tuple(self._learned.items()):  # other threads add to it
            change = self._by_name.get(name)
            if change and name in self._asked and (change.any_value or self._asked[name] == value):
                self._make(change, Told())

    async def answer(self, send: Callable[[Asked], Awaitable[T]]) -> Adapted[T]:
        """Return the result of ``send``. Raises its exception when no change fits the error any more."""
        is_refused = False
        while True:
            try:
                return self._answered(await send(self._asked))
            except Exception as error:
                if self._is_changed(error):
                    is_refused = True
                elif is_refused and is_dropped(error):
                    is_refused = False  # the server had closed the connection behind its refusal: a new one is opened
                else:
                    raise

    @cached_property
    def _changes(self) -> Sequence[Change]:
        return self._possible() if callable(self._possible) else self._possible

    @cached_property
    def _by_name(self) -> dict[str, Change]:
        return {change.parameter: change for change in self._changes}

    def _is_changed(self, error: Exception) -> bool:
        """Whether the request has changed, so that another try makes sense."""
        said = self._said_by(error)
        if said is None:
            return False
        there = [each for each in self._changes if each.parameter in self._asked and each.parameter not in self._done]
        named = [each for each in there if each.parameter in said.params]
        change = next(iter(named or filter(lambda each: each.is_meant(said), there)), None)
        if change is None:
            return False
        self._make(change, said)
        return True

    def _make(self, change: Change, said: Told) -> None:
        self._done[change.parameter] = self._asked[change.parameter]
        self._notes.append(change.make(self._asked, said))

    def _answered(self, value: T) -> Adapted[T]:
        """Return the answer with the changes. The next call makes the same changes at once."""
        if not self._done:
            return Adapted(value, ())
        self._learned.update({name: self._done[name] for name in self._done if self._by_name[name].is_remembered})
        return Adapted(value, tuple(dict.fromkeys(filter(None, self._notes))))


class NoEvent(Unreadable):
    """A stream without an event. A server that fails after the head of its response, as llama-cpp-python does for a prompt that is
    too long, says why only if it is asked for a whole answer."""


def refused(status: int | None, said: Told) -> bool:
    """Whether an error is about the request, so that another form of it may succeed."""
    return kind_of(status, said) is FailureKind.BAD_REQUEST


def said_in_answer(error: Exception) -> Told | None:
    """The message of an error in a response with status 200, if it refuses the request, or a stream."""
    if isinstance(error, NoEvent):
        return Told(params=frozenset({"stream"}))
    return error.told if isinstance(error, SaidError) and refused(None, error.told) else None


def said_by_sdk(sdk: str, error: Exception) -> Told | None:
    """The server's message about a request that it refused, from an error of ``openai`` or ``anthropic``; None for every other."""
    if isinstance(error, sys.modules[sdk].APIStatusError):
        said = said_with(error)
        return said if refused(error.status_code, said) else None
    return said_in_answer(error)
