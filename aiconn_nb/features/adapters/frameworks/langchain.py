"""LangChain: ``ChatOpenAI``, ``AzureChatOpenAI``, ``ChatAnthropic``, ``ChatGoogleGenerativeAI``, ``ChatBedrockConverse``, and their
embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from aiconn_nb.features.adapters.adapter import NO_KEY, Adapter, Model
from aiconn_nb.providers.values.access import Api

GOOGLES = (Api.GOOGLE, Api.VERTEX)
LONGEST_WAIT: Final = 900.0
"""Seconds without a byte, the most that a connection's ``timeout`` can be."""


class LangChain(Adapter):
    """Chat models and embeddings of LangChain."""

    id = "langchain"
    name = "LangChain"
    packages: ClassVar = {
        Api.OPENAI: "langchain-openai",
        Api.AZURE: "langchain-openai",
        Api.ANTHROPIC: "langchain-anthropic",
        Api.GOOGLE: "langchain-google-genai",
        Api.VERTEX: "langchain-google-genai",
        Api.BEDROCK: "langchain-aws",
    }
    modules: ClassVar = {api: package.replace("-", "_") for api, package in packages.items()}
    lines = 'print(model.invoke("Say hello.").content)'
    embedding_lines = 'print(len(model.embed_query("hello")))'

    def chat(self, model: Model) -> Any:
        if model.access.api is Api.ANTHROPIC:
            from langchain_anthropic import ChatAnthropic

            made = ChatAnthropic(**_common(model), **model.given(temperature="temperature", max_tokens="max_tokens"))
            # Its own clients would take headers from the environment and follow redirects.
            vars(made).update(_client=_patient(model.client), _async_client=_patient(model.async_client))
            return made
        if model.access.api in GOOGLES:
            from langchain_google_genai import ChatGoogleGenerativeAI

            given = model.given(temperature="temperature", max_tokens="max_output_tokens")
            return _with_our_client(ChatGoogleGenerativeAI(**_of_google(model), **given), model)
        if model.access.api is Api.BEDROCK:
            from langchain_aws import ChatBedrockConverse

            given = model.given(temperature="temperature", max_tokens="max_tokens")
            return ChatBedrockConverse(
                model=model.id, bedrock_client=model.client.control(), **_of_bedrock(model), **given
            )
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
        if model.access.api in GOOGLES:
            from langchain_google_genai import GoogleGenerativeAIEmbeddings

            return _with_our_client(GoogleGenerativeAIEmbeddings(**_of_google(model)), model)
        if model.access.api is Api.BEDROCK:
            from langchain_aws import BedrockEmbeddings

            return BedrockEmbeddings(model_id=model.id, **_of_bedrock(model))
        # Otherwise LangChain fetches a tokenizer from the network and sends token ids, which only OpenAI's own servers take.
        options = {"check_embedding_ctx_length": False}
        return _class(model, "OpenAIEmbeddings")(**_common(model), **_clients(model, "embeddings"), **options)

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        return first.with_fallbacks(list(others))


def _patient(client: Any) -> Any:
    """Return the same client with a timeout of its own, unless it has one.

    LangChain asks for a model's longest answer. With its default timeout, Anthropic's SDK refuses that if it is not a stream.
    """
    from anthropic import DEFAULT_TIMEOUT

    return client.with_options(timeout=LONGEST_WAIT) if client.timeout == DEFAULT_TIMEOUT else client


def _of_google(model: Model) -> dict[str, Any]:
    """Return the arguments with which the class builds its own client without a request or a key."""
    from pydantic import SecretStr

    if model.access.api is Api.GOOGLE:
        return {"model": model.id, "api_key": SecretStr(NO_KEY), "vertexai": False}
    inner = model.client._api_client
    return {
        "model": model.id,
        "vertexai": True,
        "project": inner.project,
        "location": inner.location,
        "credentials": inner._credentials,
    }


def _with_our_client(made: Any, model: Model) -> Any:
    """Return LangChain's object with our client: its own would follow redirects and take its address from the environment."""
    made.client = model.client
    return made


def _of_bedrock(model: Model) -> dict[str, Any]:
    return {"client": model.client, "region_name": str(model.access.more["region"])}


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
    """Return our own clients instead of LangChain's: they take nothing from the environment."""

    def at(client: Any) -> Any:
        for name in path.split("."):
            client = getattr(client, name)
        return client

    made, awaited = model.client, model.async_client
    roots = {} if path == "embeddings" else {"root_client": made, "root_async_client": awaited}
    return {"client": at(made), "async_client": at(awaited), **roots}
