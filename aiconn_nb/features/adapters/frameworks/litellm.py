"""LiteLLM: the arguments of ``litellm.completion`` and ``litellm.embedding``.

The arguments include our client, which follows no redirect and takes nothing from the environment. For Anthropic, LiteLLM uses its
own client, which sends the key to redirect targets. So the adapter refuses connections to Anthropic.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import NO_KEY, Adapter, Model
from aiconn_nb.providers.values.access import Api

PREFIX = {Api.OPENAI: "openai", Api.AZURE: "azure"}
"""LiteLLM's name of the API for a model."""


class LiteLLM(Adapter):
    """Arguments for LiteLLM."""

    id = "litellm"
    name = "LiteLLM"
    packages: ClassVar = dict.fromkeys(PREFIX, "litellm")
    modules: ClassVar = dict.fromkeys(PREFIX, "litellm")
    imports = "import litellm"
    lines = (
        'reply = litellm.completion(messages=[{"role": "user", "content": "Say hello."}], **model)\n'
        "print(reply.choices[0].message.content)"
    )
    embedding_imports = "import litellm"
    embedding_lines = 'print(len(litellm.embedding(input=["hello"], **model).data[0]["embedding"]))'

    def chat(self, model: Model) -> dict[str, Any]:
        return _where(model) | model.given(temperature="temperature", max_tokens="max_tokens")

    def embedding(self, model: Model) -> dict[str, Any]:
        return _where(model)


def _where(model: Model) -> dict[str, Any]:
    given = {
        "model": f"{PREFIX[model.access.api]}/{model.id}",
        "api_base": model.access.endpoint,
        "api_key": NO_KEY,  # the client has it
        "client": model.client,
        "max_retries": 2,
        "drop_params": True,  # LiteLLM refuses a temperature for some models; a profile for several models may still have one
    }
    if model.access.api is Api.AZURE:
        given["api_version"] = str(model.access.more["api_version"])
    if organization := model.access.more.get("organization"):
        given["organization"] = str(organization)
    return given
