"""Self-hosted servers that implement OpenAI's protocol, one preset each. The facts were read on 2026-11-29.

Without a key, no key is sent and no question is asked. With a key, the user is asked once per address, even on this machine.
"""

from __future__ import annotations

from typing import ClassVar

from .protocols.key_endpoints import KeyEndpoint
from .protocols.preset import Preset
from .values.model_options import EMBEDDING_OPTIONS, SAMPLING, SEED


class LMStudio(Preset):
    """LM Studio. Its model list is public, with and without a key."""

    id = "lm-studio"
    name = "LM Studio"
    is_local = True
    is_free = True
    base = "http://localhost:1234/v1"
    chat_options = (*SAMPLING, SEED)
    source = "lmstudio.ai/docs/api/openai-api"


class VLLM(Preset):
    """vLLM."""

    id = "vllm"
    name = "vLLM"
    is_local = True
    is_free = True
    base = "http://localhost:8000/v1"
    variables: ClassVar = {"api_key": ("VLLM_API_KEY",)}
    tested = f"vLLM 0.32.0, {Preset.tested}"
    chat_options = (*SAMPLING, SEED)
    source = "docs.vllm.ai: OpenAI-Compatible Server"


class LlamaCpp(Preset):
    """The server of llama.cpp."""

    id = "llama-cpp"
    name = "llama.cpp"
    is_local = True
    is_free = True
    base = "http://localhost:9931/v1"
    section = "LlamaCpp"
    endpoint_help = "The address of llama-server. Releases before autumn 2026 use port 8080."
    variables: ClassVar = {"api_key": ("LLAMA_API_KEY",)}
    tested = f"the server of llama-cpp-python 0.3.36, {Preset.tested}"
    chat_options = (*SAMPLING, SEED)
    source = "github.com/ggml-org/llama.cpp: tools/server/README.md, pull request 26508"


class LiteLLM(Preset):
    """A LiteLLM proxy. It reports the permissions of a key. It is not free: it passes requests on to providers that charge."""

    id = "litellm"
    name = "LiteLLM proxy"
    is_local = True
    base = "http://localhost:4000/v1"
    section = "LiteLLM"
    variables: ClassVar = {"api_key": ("LITELLM_PROXY_API_KEY",)}
    own_base = ("LITELLM_PROXY_API_BASE", "/v1")
    embedding_options = EMBEDDING_OPTIONS
    probe = KeyEndpoint("/key/info", frozenset({"key", "info"}))
    source = "docs.litellm.ai/docs/providers/litellm_proxy, docs.litellm.ai/docs/proxy/virtual_keys"
