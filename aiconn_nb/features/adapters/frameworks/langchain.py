"""LangChain: ``ChatOpenAI``, ``AzureChatOpenAI``, ``ChatAnthropic`` and their embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.access import Api


class LangChain(Adapter):
    """Chat models and embeddings of LangChain."""

    id = "langchain"
    name = "LangChain"
    packages: ClassVar = {
        Api.OPENAI: "langchain-openai",
        Api.AZURE: "langchain-openai",
        Api.ANTHROPIC: "langchain-anthropic",
    }
    modules: ClassVar = {
        Api.OPENAI: "langchain_openai",
        Api.AZURE: "langchain_openai",
        Api.ANTHROPIC: "langchain_anthropic",
    }
    lines = 'print(model.invoke("Say hello.").content)'
    embedding_lines = 'print(len(model.embed_query("hello")))'

    def chat(self, model: Model) -> Any:
        if model.access.api is Api.ANTHROPIC:
            from langchain_anthropic import ChatAnthropic

            made = ChatAnthropic(**_common(model), **model.given(temperature="temperature", max_tokens="max_tokens"))
            # Its own clients would take headers from the environment and follow redirects.
            vars(made).update(_client=model.client, _async_client=model.async_client)
            return made
        options = model.given(temperature="temperature", max_tokens="max_completion_tokens")
        # Without it, a stream has no usage if a base URL or a client is given (langchain-openai 1.7).
        options["stream_usage"] = True
        if not model.access.has_openai_models:
            # LangChain sends max_completion_tokens to OpenAI's own endpoint. Many other servers do not know it.
            options.pop("max_completion_tokens", None)
            options["extra_body"] = model.given(max_tokens="max_tokens") or None
        return _class(model, "ChatOpenAI")(**_common(model), **_clients(model, "chat.completions"), **options)

    def embedding(self, model: Model) -> Any:
        if model.access.api is Api.ANTHROPIC:
            raise NotImplementedError
        # Otherwise LangChain fetches a tokenizer from the network and sends token ids, which only OpenAI's own servers take.
        options = {"check_embedding_ctx_length": False}
        return _class(model, "OpenAIEmbeddings")(**_common(model), **_clients(model, "embeddings"), **options)

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        return first.with_fallbacks(list(others))


def _class(model: Model, name: str) -> Any:
    import langchain_openai

    return getattr(langchain_openai, f"Azure{name}" if model.access.api is Api.AZURE else name)


def _common(model: Model) -> dict[str, Any]:
    from pydantic import SecretStr

    given = {"model": model.id, "api_key": SecretStr(model.key), "base_url": model.access.endpoint}
    if model.access.api is Api.AZURE:
        given["azure_endpoint"] = given.pop("base_url")
        given["api_version"] = str(model.access.more["api_version"])
        given["azure_deployment"] = model.id
    return given


def _clients(model: Model, path: str) -> dict[str, Any]:
    """Our own clients instead of LangChain's: they take nothing from the environment."""

    def at(client: Any) -> Any:
        for name in path.split("."):
            client = getattr(client, name)
        return client

    made, awaited = model.client, model.async_client
    roots = {} if path == "embeddings" else {"root_client": made, "root_async_client": awaited}
    return {"client": at(made), "async_client": at(awaited), **roots}
