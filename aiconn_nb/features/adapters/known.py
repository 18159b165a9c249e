"""The known frameworks: the plug-ins of the entry-point group ``aiconn_nb.adapters``, each loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from aiconn_nb.errors import AdapterBroken, AdapterNotFound
from aiconn_nb.plugins import PlugInFailed, ask, entry_points

from .adapter import Adapter

GROUP: Final = "aiconn_nb.adapters"
_OURS: Final = "aiconn_nb.features.adapters.frameworks."
BUILT_IN: Final[Mapping[str, str]] = {
    "langchain": "langchain:LangChain",
    "pydantic-ai": "pydantic_ai:PydanticAI",
    "llama-index": "llama_index:LlamaIndex",
    "litellm": "litellm:LiteLLM",
    "chatlas": "chatlas:Chatlas",
    "instructor": "instructor:Instructor",
    "openai-agents": "openai_agents:OpenAIAgents",
    "haystack": "haystack:Haystack",
    "dspy": "dspy:DSPy",
}
"""Our own adapters, found without searching all installed packages."""


def ids() -> list[str]:
    """Return the known frameworks, ours first. This imports nothing."""
    return [*BUILT_IN, *sorted(set(_plug_ins()) - BUILT_IN.keys())]


def get(id: str) -> Adapter:
    """Return the adapter of a framework; ``_`` and ``-`` are equal in its name.

    Raises `AdapterNotFound`, or `AdapterBroken` if its plug-in does not load.
    """
    name = id.strip().lower().replace("_", "-")
    if name in BUILT_IN:
        module, _, kind = BUILT_IN[name].partition(":")
        made: Adapter = getattr(import_module(_OURS + module), kind)()
        return made
    plug_in = _plug_ins().get(name)
    if plug_in is None:
        raise AdapterNotFound(framework=id, known=tuple(ids()))
    try:
        return ask(lambda: _checked(plug_in.load()()))
    except PlugInFailed as failed:
        raise AdapterBroken(framework=name, problem=str(failed)) from None


def _plug_ins() -> dict[str, Any]:
    return {each.name: each for each in entry_points(GROUP)}


def _checked(made: object) -> Adapter:
    if not isinstance(made, Adapter):
        raise TypeError("it does not inherit aiconn_nb.features.adapters.Adapter")
    return made
