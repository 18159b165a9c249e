"""What lists of models say, each in its own way. The entries have the shapes that the providers' own SDKs declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Model, Price
from aiconn_nb.providers.protocols.model_facts import model_in

CHAT = frozenset({Capability.CHAT})
EMBEDDING = frozenset({Capability.EMBEDDING})


@pytest.mark.parametrize(
    ("listed", "model"),
    [
        ({"id": "gpt-x", "object": "model", "shutdown_date": "2027-01-31"}, Model("gpt-x", shutdown="2027-01-31")),
        ({"id": "gpt-x", "object": "model", "shutdown_date": None}, Model("gpt-x")),
        (
            {
                "id": "openai/gpt-4",
                "name": "GPT-4",
                "context_length": 8192,
                "pricing": {"prompt": "0.00003", "completion": "0.00006"},
                "architecture": {"output_modalities": ["text"]},
                "expiration_date": "2027-02-01",
            },
            Model("openai/gpt-4", "GPT-4", CHAT, context=8192, price=Price(30.0, 60.0), shutdown="2027-02-01"),
        ),
        (
            {
                "id": "m",
                "name": "m",
                "capabilities": {"completion_chat": True},
                "max_context_length": 32768,
                "deprecation": "2027-03-01T12:00:00Z",
            },
            Model("m", "", CHAT, context=32768, shutdown="2027-03-01"),
        ),
        ({"id": "e", "type": "embedding", "display_name": "E"}, Model("e", "E", EMBEDDING)),
        ({"id": "c", "endpoints": ["chat"], "context_length": 128000.0}, Model("c", "", CHAT, context=128000)),
        ({"id": "d", "task": "llm/v1/embeddings"}, Model("d", "", EMBEDDING)),
        ({"id": "v", "max_model_len": 4096}, Model("v", context=4096)),
        ({"id": "g", "context_window": 131072, "active": True}, Model("g", context=131072)),
    ],
    ids=["openai", "openai without", "openrouter", "mistral", "together", "cohere", "databricks", "vllm", "groq"],
)
def test_each_says_it_in_its_own_way(listed: Mapping[str, Any], model: Model) -> None:
    """Name, context size, price, capability and shutdown date are read if they are listed."""
    assert model_in(listed) == model


@pytest.mark.parametrize(
    "more",
    [
        {"context_length": "many"},
        {"context_length": -1},
        {"context_length": True},
        {"context_length": float("inf")},
        {"pricing": {"prompt": "1e400", "completion": "0"}},
        {"pricing": "free"},
        {"pricing": {"prompt": "nan", "completion": "0"}},
        {"pricing": {"prompt": "-1", "completion": "-1"}},
        {"pricing": {"prompt": None}},
        {"shutdown_date": "soon"},
        {"shutdown_date": 1893456000},
        {"architecture": [], "endpoints": {}, "capabilities": []},
        {"endpoints": [None, 3, "rerank"]},
        {"name": 5, "display_name": "  "},
    ],
)
def test_what_cannot_be_read_is_not_said(more: Mapping[str, Any]) -> None:
    """An unreadable fact does not break the list."""
    assert model_in({"id": "m", **more}) == Model("m")
