"""LlamaIndex: ``OpenAI`` and ``OpenAIEmbedding`` of its integration.

Printed objects show their key, so they get clients that contain it, and no key themselves. LlamaIndex's integration of Anthropic
(0.12) does not work with the current Anthropic SDK: each message ends in a TypeError.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import NO_KEY, Adapter, Model
from aiconn_nb.providers.values.access import Api


class LlamaIndex(Adapter):
    """Models and embeddings of LlamaIndex."""

    id = "llama-index"
    name = "LlamaIndex"
    packages: ClassVar = {Api.OPENAI: "llama-index-llms-openai"}
    modules: ClassVar = {Api.OPENAI: "llama_index.llms.openai"}
    lines = 'print(model.complete("Say hello."))'
    embedding_lines = 'print(len(model.get_text_embedding("hello")))'
    takes_system = True

    def chat(self, model: Model) -> Any:
        options = model.given(temperature="temperature", max_tokens="max_tokens")
        if model.system:
            options["system_prompt"] = model.system
        return _own_openai(model)(
            model=model.id,
            api_key=NO_KEY,
            api_base=model.access.endpoint,
            openai_client=model.client,
            async_openai_client=model.async_client,
            **options,
        )

    def embedding(self, model: Model) -> Any:
        from llama_index.embeddings.openai import OpenAIEmbedding

        # ``model`` must be one of OpenAI's names; ``model_name`` is sent.
        made = OpenAIEmbedding(model_name=model.id, api_key=NO_KEY, api_base=model.access.endpoint)
        made._client, made._aclient = model.client, model.async_client
        return made


def _own_openai(model: Model) -> Any:
    """Return LlamaIndex's class for OpenAI. It needs the size of a model's context, and knows only OpenAI's own names."""
    from llama_index.core.base.llms.types import LLMMetadata
    from llama_index.llms.openai import OpenAI

    class OpenAILike(OpenAI):  # type: ignore[misc]
        """A model with any name, for other servers."""

        @property
        def metadata(self) -> LLMMetadata:
            try:
                return super().metadata
            except ValueError:
                return LLMMetadata(
                    is_chat_model=True,
                    is_function_calling_model=True,
                    model_name=self.model,
                    num_output=self.max_tokens or -1,
                )

        @classmethod
        def class_name(cls) -> str:
            return "openai_llm"

    return OpenAI if model.access.has_openai_models else OpenAILike
