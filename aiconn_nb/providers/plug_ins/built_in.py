"""The only list of our own providers: id -> class. ``.ci/generate.py`` writes the same entry points to `pyproject.toml`, so
that ours are registered like those of any plug-in.

The registry reads this list first, because searching all installed packages takes as long as the rest of a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CLOUDS: Final = "aiconn_nb.providers.claude_on_clouds"
_HOSTED: Final = "aiconn_nb.providers.presets"
_LOCAL: Final = "aiconn_nb.providers.local_presets"

BUILT_IN: Final[Mapping[str, str]] = {
    "openai": "aiconn_nb.providers.openai:OpenAI",
    "openai-compatible": "aiconn_nb.providers.openai_compatible:OpenAICompatible",
    "anthropic": "aiconn_nb.providers.anthropic:Anthropic",
    "google": "aiconn_nb.providers.google:Google",
    "amazon": "aiconn_nb.providers.amazon:Amazon",
    "microsoft-foundry": "aiconn_nb.providers.microsoft_foundry:MicrosoftFoundry",
    "ollama": "aiconn_nb.providers.ollama:Ollama",
    "demo": "aiconn_nb.providers.demo:Demo",
    "google-vertex": "aiconn_nb.providers.google_vertex:VertexAI",
    "anthropic-bedrock": f"{_CLOUDS}:ClaudeOnBedrock",
    "anthropic-vertex": f"{_CLOUDS}:ClaudeOnVertex",
    "anthropic-foundry": f"{_CLOUDS}:ClaudeOnFoundry",
    "mistral": f"{_HOSTED}:Mistral",
    "deepseek": f"{_HOSTED}:DeepSeek",
    "groq": f"{_HOSTED}:Groq",
    "xai": f"{_HOSTED}:XAI",
    "together": f"{_HOSTED}:Together",
    "fireworks": f"{_HOSTED}:Fireworks",
    "openrouter": f"{_HOSTED}:OpenRouter",
    "huggingface": f"{_HOSTED}:HuggingFace",
    "moonshot": f"{_HOSTED}:Moonshot",
    "qwen": f"{_HOSTED}:Qwen",
    "zai": f"{_HOSTED}:ZAI",
    "cohere": f"{_HOSTED}:Cohere",
    "perplexity": f"{_HOSTED}:Perplexity",
    "databricks": f"{_HOSTED}:Databricks",
    "snowflake": f"{_HOSTED}:Snowflake",
    "lm-studio": f"{_LOCAL}:LMStudio",
    "vllm": f"{_LOCAL}:VLLM",
    "llama-cpp": f"{_LOCAL}:LlamaCpp",
    "litellm": f"{_LOCAL}:LiteLLM",
}
