"""DSPy: ``LM`` with an engine around our clients, and ``Embedder``.

Without an engine, an ``LM`` makes its own clients: LiteLLM's, which sends the key to redirect targets, or DSPy's. Engines exist
since DSPy 3.4. DSPy's caches are off: they do not distinguish connections.
"""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.values.access import Api


class DSPy(Adapter):
    """Language models and embedders of DSPy."""

    id = "dspy"
    name = "DSPy"
    packages: ClassVar = {Api.OPENAI: "dspy>=3.4", Api.AZURE: "dspy>=3.4"}
    modules: ClassVar = dict.fromkeys(packages, "dspy.clients.engines")
    lines = 'print(model("Say hello.")[0])  # or dspy.configure(lm=model)'
    embedding_lines = 'print(len(model("hello")))'

    def chat(self, model: Model) -> Any:
        import dspy

        options = model.given(temperature="temperature", max_tokens="max_tokens")
        engines = {"engine": Engine(model), "async_engine": AsyncEngine(model)}
        return dspy.LM(f"openai/{model.id}", cache=False, **engines, **options)

    def embedding(self, model: Model) -> Any:
        import dspy

        def vectors(texts: list[str]) -> list[list[float]]:
            answer = model.client.embeddings.create(model=model.id, input=texts)
            return [each.embedding for each in answer.data]

        return dspy.Embedder(vectors, caching=False)


class Engine:
    """One request of DSPy, with the connection's client. Requests and replies are those of Chat Completions."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model.alias!r})"

    def complete(self, request: Any) -> Any:
        """Return the reply to one request. Raises DSPy's errors."""
        raised = None
        try:
            answer = self._model.client.chat.completions.create(model=self._model.id, **_asked(request))
        except Exception as error:
            raised = _failed(error, request)
        if raised:
            raise raised  # outside the block, because the SDK's frames contain the key
        return _answered(answer, request)

    def close(self) -> None:
        """Do nothing: the client belongs to the connection."""


class AsyncEngine(Engine):
    """The asynchronous engine."""

    async def complete(self, request: Any) -> Any:
        """Return the reply to one request. Raises DSPy's errors."""
        raised = None
        try:
            answer = await self._model.async_client.chat.completions.create(model=self._model.id, **_asked(request))
        except Exception as error:
            raised = _failed(error, request)
        if raised:
            raise raised
        return _answered(answer, request)

    async def aclose(self) -> None:
        """Do nothing: the client belongs to the connection."""


def _asked(request: Any) -> dict[str, Any]:
    from dspy.clients.engines.base import validate_request
    from dspy.clients.lm15_boundary import request_kwargs

    validate_request(request)
    asked: dict[str, Any] = request_kwargs(request, "chat")
    return asked


def _answered(answer: Any, request: Any) -> Any:
    from dspy.clients.lm15_boundary import response_value

    return response_value(answer, "chat", request)


def _failed(error: Exception, request: Any) -> Exception:
    from dspy.clients.errors import wrap_error

    made: Exception = wrap_error(error, model=request.model)
    return made
