"""DSPy: ``dspy.LM`` and ``dspy.Embedder``, which call through LiteLLM."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.access import Api

from .litellm import PREFIX


class DSPy(Adapter):
    """Language models of DSPy."""

    id = "dspy"
    name = "DSPy"
    packages: ClassVar = dict.fromkeys(PREFIX, "dspy[numpy]")
    modules: ClassVar = dict.fromkeys(PREFIX, "dspy")
    imports = "import dspy"
    lines = (
        "with dspy.context(lm=model):\n"
        '    print(dspy.Predict("question -> answer")(question="What is the capital of France?").answer)'
    )
    embedding_lines = 'print(len(model("hello")))'

    def chat(self, model: Model) -> Any:
        import dspy

        return dspy.LM(**_where(model), **model.given(temperature="temperature", max_tokens="max_tokens"))

    def embedding(self, model: Model) -> Any:
        if model.access.api is Api.ANTHROPIC:
            raise NotImplementedError
        import dspy

        return dspy.Embedder(**_where(model))


def _where(model: Model) -> dict[str, Any]:
    given = {
        "model": f"{PREFIX[model.access.api]}/{model.id}",
        "api_base": model.access.endpoint,
        "api_key": model.key,
    }
    if model.access.api is Api.AZURE:
        given["api_version"] = str(model.access.more["api_version"])
    return given
