"""Facts about a model from an entry of a model list, in the formats of several servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from aiconn_nb.model.capability import Capability

from ..base import Model, Price
from ..values.server_numbers import count

_CONTEXT: Final = (
    "context_length",  # OpenRouter, Cohere
    "max_context_length",  # Mistral
    "max_input_tokens",  # Anthropic
    "max_model_len",  # vLLM
    "context_window",  # Groq
)
_ENDS: Final = (
    "shutdown_date",  # OpenAI
    "expiration_date",  # OpenRouter
    "deprecation",  # Mistral
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CAPABILITIES: Final = {
    "chat": Capability.CHAT,  # Together's type, Cohere's endpoint
    "llm/v1/chat": Capability.CHAT,  # Databricks' task
    "text": Capability.CHAT,  # OpenRouter's modality
    "embedding": Capability.EMBEDDING,
    "embed": Capability.EMBEDDING,
    "llm/v1/embeddings": Capability.EMBEDDING,
    "embeddings": Capability.EMBEDDING,
}
_NAME_LENGTH: Final = 200
_MILLION: Final = 1_000_000
_HIGHEST: Final = 1_000_000_000
"""Dollars per million tokens. A higher price is a server's mistake."""


def model_in(listed: Mapping[str, Any]) -> Model:
    """The model of an entry, which has an ``id``."""
    return Model(
        listed["id"],
        name_in(listed),
        capabilities_in(listed),
        context=context_in(listed),
        price=price_in(listed),
        shutdown=shutdown_in(listed),
    )


def name_in(listed: Mapping[str, Any]) -> str:
    """Its display name; '' if that equals the id."""
    names = (listed.get(key) for key in ("display_name", "name"))
    name = next((each for each in names if isinstance(each, str) and each.strip()), "")
    return "" if name == listed["id"] else name[:_NAME_LENGTH]


def context_in(listed: Mapping[str, Any]) -> int | None:
    """The context size in tokens; None if not listed."""
    return next(filter(None, (count(listed.get(key)) for key in _CONTEXT)), None)


def price_in(listed: Mapping[str, Any]) -> Price | None:
    """The price, if it is listed per token as by OpenRouter."""
    pricing = listed.get("pricing")
    if not isinstance(pricing, Mapping):
        return None
    try:
        both = [Decimal(str(pricing[key])) * _MILLION for key in ("prompt", "completion")]
        return Price(float(both[0]), float(both[1])) if all(0 <= each < _HIGHEST for each in both) else None
    except (KeyError, InvalidOperation):  # the latter also for a comparison with NaN
        return None


def shutdown_in(listed: Mapping[str, Any]) -> str:
    """The shutdown date, such as ``2027-01-31``; '' if none is announced."""
    found = (_DATE.match(each) for key in _ENDS if isinstance(each := listed.get(key), str))
    return next((each[0] for each in found if each), "")


def capabilities_in(listed: Mapping[str, Any]) -> frozenset[Capability]:
    """Its capabilities; empty if not listed."""
    architecture, abilities = listed.get("architecture"), listed.get("capabilities")
    said: list[object] = [listed.get("type"), listed.get("task")]
    for several in (
        listed.get("endpoints"),
        architecture.get("output_modalities") if isinstance(architecture, Mapping) else None,
    ):
        said += several if isinstance(several, list) else []
    found = {_CAPABILITIES[each] for each in said if isinstance(each, str) and each in _CAPABILITIES}
    if isinstance(abilities, Mapping) and abilities.get("completion_chat") is True:  # Mistral
        found.add(Capability.CHAT)
    return frozenset(found)
