"""LiteLLM: the arguments of ``litellm.completion`` and ``litellm.embedding``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.model.secret import MASK
from aiconn_nb.providers.access import Api

PREFIX = {Api.OPENAI: "openai", Api.AZURE: "azure", Api.ANTHROPIC: "anthropic"}
"""How LiteLLM names the API that a model is called with."""


class Arguments(dict[str, Any]):
    """Keyword arguments that contain a key and do not show it: LiteLLM takes the key only as text."""

    def __repr__(self) -> str:
        def masked(given: dict[str, Any]) -> dict[str, Any]:
            return {
                name: MASK if name == "api_key" else [masked(each) for each in value] if name == "fallbacks" else value
                for name, value in given.items()
            }

        return repr(masked(self))

    def __reduce__(self) -> Any:
        raise TypeError("These arguments hold a key and are not pickled; make them where they are needed.")


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

    def chat(self, model: Model) -> Arguments:
        return Arguments(_where(model), **model.given(temperature="temperature", max_tokens="max_tokens"))

    def embedding(self, model: Model) -> Arguments:
        if model.access.api is Api.ANTHROPIC:
            raise NotImplementedError
        return Arguments(_where(model))

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Arguments:
        return Arguments(first, fallbacks=[dict(each) for each in others])


def _where(model: Model) -> dict[str, Any]:
    given = {
        "model": f"{PREFIX[model.access.api]}/{model.id}",
        "api_base": model.access.endpoint,
        "api_key": model.key,
        "max_retries": 2,
        "drop_params": True,  # LiteLLM refuses a temperature for some models; a profile for several models may still have one
    }
    if model.access.api is Api.AZURE:
        given["api_version"] = str(model.access.more["api_version"])
    if organization := model.access.more.get("organization"):
        given["organization"] = str(organization)
    return given
