"""chatlas: ``ChatOpenAICompletions``, ``ChatAnthropic`` and ``ChatGoogle``. It ignores ``OPENAI_BASE_URL``; the endpoint is given.

It calls Bedrock with its own HTTP client, which cannot be replaced."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import NO_KEY, Adapter, Model
from aiconn_nb.providers.values.access import Api


class Chatlas(Adapter):
    """Chats of chatlas."""

    id = "chatlas"
    name = "chatlas"
    packages: ClassVar = dict.fromkeys((Api.OPENAI, Api.ANTHROPIC, Api.GOOGLE, Api.VERTEX), "chatlas")
    modules: ClassVar = dict.fromkeys(packages, "chatlas")
    lines = 'model.chat("Say hello.")'
    takes_system = True

    def chat(self, model: Model) -> Any:
        import chatlas

        common: dict[str, Any] = {"model": model.id, "system_prompt": model.system, "api_key": model.key}
        if model.access.api in (Api.GOOGLE, Api.VERTEX):
            chat = chatlas.ChatGoogle(**{**common, "api_key": NO_KEY}, kwargs={"vertexai": False})
            chat.provider._client = model.client
            chat.set_model_params(**model.given(temperature="temperature", max_tokens="max_tokens"))
            return chat
        if model.access.api is Api.ANTHROPIC:
            chat = chatlas.ChatAnthropic(**common, **model.given(max_tokens="max_tokens"))
        else:
            chat = chatlas.ChatOpenAICompletions(**common, base_url=model.access.endpoint)
        # Its own clients would take headers from the environment and follow redirects.
        chat.provider._client, chat.provider._async_client = model.client, model.async_client
        chat.set_model_params(**model.given(temperature="temperature", max_tokens="max_tokens"))
        return chat
