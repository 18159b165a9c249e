"""Instructor: a patched client of OpenAI's or Anthropic's SDK."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.values.access import Api


class Instructor(Adapter):
    """Clients of Instructor, which return a Pydantic model."""

    id = "instructor"
    name = "Instructor"
    packages: ClassVar = {
        Api.OPENAI: "instructor",
        Api.AZURE: "instructor",
        Api.ANTHROPIC: "instructor[anthropic]",
        **dict.fromkeys((Api.GOOGLE, Api.VERTEX), "instructor[google-genai]"),
        Api.BEDROCK: "instructor[bedrock]",
    }
    modules: ClassVar = {
        **dict.fromkeys(packages, "instructor"),
        **dict.fromkeys((Api.GOOGLE, Api.VERTEX), "jsonref"),  # required only for Gemini
    }
    imports = "from pydantic import BaseModel"
    lines = (
        "\n\nclass City(BaseModel):\n    name: str\n    country: str\n\n\n"
        'model.create(response_model=City, messages=[{"role": "user", "content": "Where is the Eiffel Tower?"}])'
    )

    def chat(self, model: Model) -> Any:
        import instructor

        options = model.given(temperature="temperature", max_tokens="max_tokens")
        if model.access.api is Api.ANTHROPIC:
            options.setdefault("max_tokens", 4096)  # Anthropic's API requires it
            return instructor.from_anthropic(model.client, model=model.id, **options)
        if model.access.api in (Api.GOOGLE, Api.VERTEX):
            return instructor.from_genai(model.client, model=model.id, **options)
        if model.access.api is Api.BEDROCK:
            return instructor.from_bedrock(model.client, model=model.id, **options)
        return instructor.from_openai(model.client, model=model.id, **options)
