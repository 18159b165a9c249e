"""The options of a model. Each is declared once; providers declare which of them they take, and in which range.

Another option is a `Field` here or beside the provider, in its ``chat_options``. If its API has another name or place for it,
the protocol's mapping needs one line. Form, command line, validation and bundles follow from the declaration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.model.field import Field

if TYPE_CHECKING:
    from .call_values import ChatRequest

LARGEST: Final = 2**31 - 1
"""The range of the providers' own counters."""

TEMPERATURE: Final = Field("temperature", "Temperature", "how freely it answers", "number", least=0, most=2)
MAX_TOKENS: Final = Field("max_tokens", "Max tokens", "the longest answer, in tokens", "integer", least=1, most=LARGEST)
TOP_P: Final = Field("top_p", "Top p", "the share of likely words to choose from", "number", least=0, most=1)
STOP: Final = Field("stop", "Stop at", "a text at which the answer ends", most=1000)
SEED: Final = Field("seed", "Seed", "the same number gives the same answer, as far as it can", "integer", most=LARGEST)
REASONING_EFFORT: Final = Field(
    "reasoning_effort", "Reasoning effort", "how much it thinks first", choices=("low", "medium", "high")
)
THINKING_BUDGET: Final = Field(
    "thinking_budget", "Thinking budget", "tokens to think with", "integer", least=0, most=LARGEST
)
VERBOSITY: Final = Field("verbosity", "Verbosity", "how much it says", choices=("low", "medium", "high"))
SERVICE_TIER: Final = Field("service_tier", "Service tier", "how urgently it is served, at which price")
DIMENSIONS: Final = Field("dimensions", "Dimensions", "numbers per vector", "integer", least=1, most=LARGEST)
INPUT_TYPE: Final = Field("input_type", "Input type", "what the texts are for, such as query or passage", most=100)

CHAT: Final = (TEMPERATURE, MAX_TOKENS)
"""The options that every provider takes, including those of the first release."""
SAMPLING: Final = (TEMPERATURE, MAX_TOKENS, TOP_P, STOP)
"""The options that every server with OpenAI's protocol takes."""
EMBEDDING: Final = (DIMENSIONS,)
EMBEDDING_OPTIONS: Final = (*EMBEDDING, INPUT_TYPE)
CHAT_OPTIONS: Final = (*SAMPLING, SEED, REASONING_EFFORT, THINKING_BUDGET, VERBOSITY, SERVICE_TIER)
"""All options of a chat, in display order."""


def with_choices(field: Field, *choices: str) -> Field:
    """The option with the choices of one provider."""
    return replace(field, choices=choices)


def up_to(field: Field, most: float) -> Field:
    """The option with another maximum."""
    return replace(field, most=most)


def fitted(request: ChatRequest, options: Sequence[Field], provider: str) -> tuple[ChatRequest, tuple[str, ...]]:
    """The request with only the options that a provider takes, and a note for each that is not sent."""
    given: Mapping[str, Any] = {
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        **request.options,
    }
    notes = _left_out(given, options, provider)
    if not notes:
        return request, ()
    fitting = replace(
        request,
        temperature=None if "temperature" in notes else request.temperature,
        max_tokens=None if "max_tokens" in notes else request.max_tokens,
        options={key: value for key, value in request.options.items() if key not in notes},
    )
    return fitting, tuple(notes.values())


def fitting(
    given: Mapping[str, Any], options: Sequence[Field], provider: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The options of an embedding model that a provider takes, and a note for each that is not sent."""
    notes = _left_out(given, options, provider)
    return {key: value for key, value in given.items() if key not in notes}, tuple(notes.values())


def _left_out(given: Mapping[str, Any], options: Sequence[Field], provider: str) -> dict[str, str]:
    """A note for each option that a provider does not take, by its key."""
    known = {field.key: field for field in options}
    return {
        key: f"{key} was not sent: {provider} {f'takes {known[key].range}' if key in known else 'has no such option'}"
        for key, value in given.items()
        if value is not None and not (key in known and known[key].takes(value))
    }
