"""Google: Gemini, by the Gemini API (an API key, not a Google Cloud project)."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field
from aiconn_nb.model.pattern import late

from .base import (
    ChatRequest,
    Completion,
    Delta,
    Embeddings,
    Failure,
    Finish,
    Model,
    Sdk,
    Settings,
    Usage,
    text_of,
)
from .calls.adapting import NO_SYSTEM, Adapting, Asked, Change, left_out, refused, said_in_answer, told_schema, turns_of
from .calls.either_client import done, pieces, result, streamed
from .clients.google_client import client_of
from .clients.network import headers_in, retries_in, timeout_in
from .clients.remote import Remote, api_key, endpoint
from .failures.classifying import Unreadable, http_failure, kind_of
from .failures.told import Told, told
from .failures.transport import BROKE_OFF, require_sendable, transport_failure
from .protocols.google_answers import CameWhole, looked_at, read_whole
from .protocols.google_stream import Responses
from .protocols.token_counts import latest, sum_of
from .protocols.vectors import in_order, miscounted, vector
from .values.access import Access, Api
from .values.endpoints import at, path_of, without_query
from .values.model_options import (
    MAX_TOKENS,
    REASONING_EFFORT,
    SEED,
    STOP,
    TEMPERATURE,
    THINKING_BUDGET,
    TOP_P,
    with_choices,
)
from .values.server_numbers import count

if TYPE_CHECKING:
    from google import genai
    from google.genai import types

ENDPOINT = "https://generativelanguage.googleapis.com"
TIMEOUT = 600.0
"""Seconds without a byte before a call is abandoned. The SDK's default is to wait forever; the other SDKs wait ten minutes."""
SHORTEST_DEADLINE = 10
"""Seconds. The SDK sends its timeout to the server, which refuses a shorter one than this with status 400."""

_VERSION = re.compile(r"(?P<base>.*)/(?P<version>v[0-9]+[a-z0-9]*)/*")
_ACTIONS = {
    "generateContent": Capability.CHAT,
    "embedContent": Capability.EMBEDDING,
    "batchEmbedContents": Capability.EMBEDDING,
}
_KINDS = {
    # google.rpc.ErrorInfo "reason": a wrong key has status 400, like any other mistake in a request
    "API_KEY_INVALID": FailureKind.AUTHENTICATION,
    "API_KEY_EXPIRED": FailureKind.AUTHENTICATION,
    "ACCESS_TOKEN_EXPIRED": FailureKind.AUTHENTICATION,
    # The free tier is not available in this country, or billing is off: https://ai.google.dev/gemini-api/docs/troubleshooting
    "FAILED_PRECONDITION": FailureKind.PERMISSION,
    "DEADLINE_EXCEEDED": FailureKind.TIMEOUT,
}


class Google(Remote):
    """An account at Google AI Studio."""

    id = "google"
    name = "Google Gemini"
    section = "Google"
    base = ENDPOINT  # anyone can have a page on other hosts of googleapis.com
    # An operation, and the path of Google's endpoint for OpenAI's protocol.
    appended = late(r"(?<=/v1)/models(?:/[^/]*)?$|(?<=/v1beta)/(?:models(?:/[^/]*)?|openai(?:/.*)?)$")
    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    sdk = Sdk(("google.genai",), "google")
    tested: ClassVar[str] = "aimock (streams), our test server"
    chat_options = (
        TEMPERATURE,
        MAX_TOKENS,
        TOP_P,
        STOP,
        SEED,
        with_choices(REASONING_EFFORT, "minimal", "low", "medium", "high", "xhigh"),
        replace(THINKING_BUDGET, least=-1),
    )
    """The options that google-genai 3.6 declares."""
    keeps_schemas = True
    # Some tools read the one, some the other.
    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {"api_key": ("GEMINI_API_KEY", "GOOGLE_API_KEY")}
    foreign: ClassVar[tuple[str, ...]] = (
        "GOOGLE_GEMINI_BASE_URL",
        "GOOGLE_GENAI_API_VERSION",
        "GOOGLE_GENAI_CLIENT_MODE",
        "GOOGLE_GENAI_USE_ENTERPRISE",
        "GOOGLE_GENAI_USE_VERTEXAI",
        "GOOGLE_GENERATIVE_AI_API_KEY",
    )
    embed_batch = 100  # the limit of batchEmbedContents
    fields: ClassVar[tuple[Field, ...]] = (
        api_key("From Google AI Studio, under API keys.", placeholder="AIza..."),
        endpoint(
            "Only for a gateway or proxy. It may end in an API version, such as /v1beta. Without one, the SDK uses its own.",
            placeholder=ENDPOINT,
        ),
    )

    def client(self, settings: Settings) -> genai.Client:
        """A `google.genai.Client` for the Gemini API."""
        return self._built(settings, TIMEOUT, again=retries_in(settings))

    def impatient_client(self, settings: Settings, seconds: float) -> genai.Client:
        """A client that gives up after ``seconds`` without a byte. The SDK has no retries by default."""
        return self._built(settings, seconds)

    def asking_client(self, settings: Settings, seconds: float | None) -> genai.Client:
        """A client that checks responses before the SDK parses them."""
        return self._built(settings, TIMEOUT if seconds is None else seconds, looked_at)

    def async_client(self, settings: Settings, seconds: float | None) -> genai.Client:
        """Return the same client: its asynchronous half is ``aio``."""
        return self.asking_client(settings, seconds)

    def _built(
        self, settings: Settings, seconds: float, *hooks: Callable[[Any], None], again: int | None = None
    ) -> genai.Client:
        from google.genai import types

        require_sendable(settings, "api_key")
        seconds = timeout_in(settings, seconds) or seconds
        # The endpoint is always passed. Otherwise GOOGLE_GEMINI_BASE_URL could send this connection's key to another host.
        endpoint, query = without_query(self.endpoint(settings))
        base, version = self._address(endpoint)
        options = types.HttpOptions(base_url=base, api_version=version, timeout=math.ceil(seconds * 1000))
        options.headers = headers_in(settings)
        if seconds < SHORTEST_DEADLINE:
            options.headers["X-Server-Timeout"] = str(SHORTEST_DEADLINE)
        if again:
            options.retry_options = types.HttpRetryOptions(attempts=again + 1)
        return client_of(options, hooks, settings, query, **self._account(settings))

    def _address(self, endpoint: str) -> tuple[str, str | None]:
        """The base URL of an endpoint, and the API version if it is not the SDK's default."""
        return _parts(endpoint)

    def _account(self, settings: Settings) -> dict[str, Any]:
        """The SDK's arguments for signing in. Without ``vertexai``, GOOGLE_GENAI_USE_VERTEXAI could select another service."""
        return {"vertexai": False, "api_key": text_of(settings["api_key"])}

    def models(self, client: genai.Client) -> list[Model]:
        """The base models with their listed capabilities. The ids omit Google's prefix ``models/``."""
        listed = list(client.models.list(config={"page_size": 1000}))
        if not listed:
            # Every key sees the base models. The SDK parses the JSON of any other server as an empty list.
            raise TypeError("no list of models")
        return [
            Model(
                (model.name or "").removeprefix("models/"),
                model.display_name or "",
                frozenset(_ACTIONS[action] for action in model.supported_actions or () if action in _ACTIONS),
                context=model.input_token_limit,
            )
            for model in listed
            if model.name
        ]

    def models_without_key(self, client: genai.Client) -> None:
        """Do the same without the key: with an empty one, which the API calls an unregistered caller."""
        next(
            iter(client.models.list(config={"page_size": 1, "http_options": {"headers": {"x-goog-api-key": ""}}})), None
        )

    def access(self, settings: Settings) -> Access | None:
        return Access(Api.GOOGLE, self.endpoint(settings), self.key(settings))

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        """Other versions of the API: a gateway may have only one."""
        here = self.endpoint(settings)
        base, version = _parts(path_of(here))
        paths = [f"{base}/{each}" for each in ("v1beta", "v1") if each != version]
        return [{"endpoint": at(here, path)} for path in (*paths, *([""] if base else []))]

    def chat(self, client: genai.Client, request: ChatRequest) -> Iterator[Delta | Finish]:
        """Yield the answer in pieces. Thoughts are not part of it, but the usage includes them, as Google bills them."""
        return pieces(_chat(client, client.models, request))

    def async_chat(self, client: genai.Client, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        return _chat(client, client.aio.models, request)

    async def async_complete(self, client: genai.Client, request: ChatRequest) -> Completion:
        """Return the whole answer in one piece."""
        try:
            begun = await _asking(client, "complete", request).answer(partial(_begun, client.aio.models, request))
        except CameWhole as whole:
            return Completion.of(read_whole(whole.chunks))
        _, answer = begun.value
        reading = _Reading()
        text = "".join(piece.text for piece in reading.take(answer))
        response = getattr(answer, "sdk_http_response", None)
        return Completion(text, reading.finish(begun.notes), getattr(response, "headers", None) or {})

    def embed(
        self, client: genai.Client, texts: Sequence[str], model: str, dimensions: int | None = None
    ) -> Embeddings:
        """Return one vector per text."""
        return result(_embedded(client.models, texts, model, dimensions))

    async def async_embed(
        self, client: genai.Client, texts: Sequence[str], model: str, dimensions: int | None = None
    ) -> Embeddings:
        return await _embedded(client.aio.models, texts, model, dimensions)

    def environment(self, settings: Settings) -> dict[str, str]:
        """The key, and the endpoint if it is not Google itself."""
        own = super().environment(settings)
        base, version = _parts(self.endpoint(settings))
        if base.rstrip("/") != ENDPOINT:
            own["GOOGLE_GEMINI_BASE_URL"] = base
        if version is not None:
            own["GOOGLE_GENAI_API_VERSION"] = version
        return own

    def failure(self, error: Exception) -> Failure | None:
        """Classify an error of the SDK."""
        from google.genai import errors
        from pydantic import ValidationError

        # The first releases of the SDK have no such error.
        unreadable = getattr(errors, "UnknownApiResponseError", ValidationError)
        if isinstance(error, errors.APIError):
            return _api_failure(error)
        if isinstance(error, unreadable | ValidationError):
            # Their own messages repeat the whole answer.
            return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
        return transport_failure(error)


def _parts(endpoint: str) -> tuple[str, str | None]:
    """The endpoint without its API version, and that version."""
    found = _VERSION.fullmatch(endpoint)
    return (found["base"], found["version"]) if found else (endpoint, None)


async def _embedded(models: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    """The vectors from the SDK's ``models`` of either client."""
    from google.genai import types

    # Each text is a separate content: the multimodal models' path would join plain strings to one.
    contents = [types.Content(parts=[types.Part(text=text)]) for text in texts]
    config = types.EmbedContentConfig(output_dimensionality=dimensions)
    try:
        return _vectors(await done(models.embed_content(model=model, contents=contents, config=config)), len(texts))
    except CameWhole as whole:
        listed = whole.chunks[0].get("embeddings") or ()
        return Embeddings(in_order([each.get("values") for each in listed], len(texts)))


def _vectors(answer: Any, texts: int) -> Embeddings:
    embeddings = answer.embeddings or ()
    if len(embeddings) != texts:
        raise miscounted(len(embeddings), texts)
    # Absent from older SDKs, and from most answers.
    counts = getattr(answer, "usage_metadata", None)
    vectors = [vector(embedding.values) for embedding in embeddings]
    return Embeddings(vectors, Usage(input_tokens=count(getattr(counts, "prompt_token_count", None))))


def _asking(client: genai.Client, call: str, request: ChatRequest, **stream: bool) -> Adapting:
    options: Asked = {**stream, **_options(request)}
    return Adapting(options, _CHANGES, _said_by, client=client, about=(call, request.model))


def _options(request: ChatRequest) -> Asked:
    """The parameters that may be omitted if the server refuses them."""
    given = (
        ("messages", turns_of(request)),
        ("system", request.system),
        ("temperature", request.temperature),
        ("max_output_tokens", request.max_tokens),
        ("response_json_schema", request.schema),
        *((_NAMES.get(key, key), value) for key, value in request.options.items()),
    )
    return {name: value for name, value in given if value is not None}


_NAMES = {"stop": "stop_sequences", "reasoning_effort": "thinking_level"}
_THINKING = ("thinking_level", "thinking_budget")


def _contents(options: Asked) -> list[types.Content]:
    from google.genai import types

    return [
        types.Content(
            role="model" if message["role"] == "assistant" else "user", parts=[types.Part(text=message["content"])]
        )
        for message in options["messages"]
    ]


def _config(options: Asked) -> types.GenerateContentConfig:
    from google.genai import types

    given = {key: value for key, value in options.items() if key not in ("stream", "messages", "system", *_THINKING)}
    if "stop_sequences" in given:
        given["stop_sequences"] = [given["stop_sequences"]]
    if "response_json_schema" in given:  # https://ai.google.dev/gemini-api/docs/structured-output
        given["response_mime_type"] = "application/json"
    if thinking := {key: options[key] for key in _THINKING if key in options}:
        given["thinking_config"] = types.ThinkingConfig(**thinking)
    # There are no functions to call. Without this the SDK takes a slower path and logs about it.
    no_functions = types.AutomaticFunctionCallingConfig(disable=True)
    return types.GenerateContentConfig(
        system_instruction=options.get("system"), automatic_function_calling=no_functions, **given
    )


async def _begun(models: Any, request: ChatRequest, options: Asked) -> tuple[Any, Any]:
    """The stream of an answer and its first chunk; None if there is none."""
    asked = {"model": request.model, "contents": _contents(options), "config": _config(options)}
    if "stream" not in options:
        return None, await done(models.generate_content(**asked))
    stream = await streamed(models.generate_content_stream(**asked))
    return stream, await anext(stream, None)


async def _chat(client: genai.Client, models: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
    """The answer from the SDK's ``models`` of either client."""
    asking = _asking(client, "chat", request, stream=True)
    responses = Responses()
    try:
        begun = await responses.of(asking.answer(partial(_begun, models, request)))
    except CameWhole as whole:
        chunks = whole.chunks
    else:
        reading = _Reading()
        stream, chunk = begun.value
        async with aclosing(responses), aclosing(stream) if stream is not None else nullcontext():
            while chunk is not None:
                for piece in reading.take(chunk):
                    yield piece
                chunk = await anext(stream, None) if stream is not None else None
        yield reading.finish(begun.notes)
        return
    for part in read_whole(chunks):
        yield part


class _Reading:
    """The state of an answer while it is read."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._model: str | None = None
        self._usage = Usage()
        self._begun = False

    def take(self, chunk: Any) -> Iterator[Delta]:
        """The pieces in one chunk."""
        self._model = chunk.model_version or self._model
        self._usage = _counted(chunk.usage_metadata, self._usage)
        self._reason = _reason(chunk) or self._reason
        for text in _texts(chunk):
            self._begun = True
            yield Delta(text)

    def finish(self, notes: tuple[str, ...]) -> Finish:
        """Return the end of the answer."""
        if self._reason is None:
            raise ConnectionError(BROKE_OFF) if self._begun else Unreadable("the answer is not a stream of answers")
        return Finish(self._reason, self._usage, self._model, notes)


def _whole(asked: Asked, said: Told) -> str:
    del asked["stream"]
    return "not streamed, as the server wants it"


_CHANGES = (
    told_schema(
        "response_json_schema",
        lambda schema: schema,
        r"response_?(json_?)?schema|response_?mime_?type|generation_config\.response",
    ),
    NO_SYSTEM,
    left_out("temperature"),
    left_out("seed"),
    left_out("top_p", words=r"top_?p(?![a-z])"),
    left_out("stop_sequences", "stop", words=r"stop_?sequences"),
    left_out("thinking_level", "reasoning_effort", words=r"thinking_?level"),
    left_out("thinking_budget", words=r"thinking_?budget|thinking"),
    left_out("max_output_tokens", "max_tokens", words=r"max_?output_?tokens"),
    Change("stream", _whole, words=r"streamgeneratecontent|(?<![a-z_])stream(ing|ed)?(?![a-z_])"),
)


def _said_by(error: Exception) -> Told | None:
    from google.genai import errors

    if isinstance(error, errors.APIError):
        said = told(error.details)
        return said if refused(error.code, said) else None
    return said_in_answer(error)


def _texts(chunk: types.GenerateContentResponse) -> Iterator[str]:
    """The new text of the answer, without thoughts. (``chunk.text`` logs a warning if there is anything else.)"""
    for candidate in (chunk.candidates or ())[:1]:
        for part in (candidate.content and candidate.content.parts) or ():
            if part.text and not part.thought:
                yield part.text


def _reason(chunk: types.GenerateContentResponse) -> str | None:
    """Why the answer ended, or why there is none: ``STOP``, ``MAX_TOKENS``, ``SAFETY`` ..., in Google's terms."""
    if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
        return chunk.prompt_feedback.block_reason.value
    found = chunk.candidates[0].finish_reason if chunk.candidates else None
    return found.value if found else None


def _counted(counts: Any, before: Usage) -> Usage:
    """The usage after one more chunk: its numbers are cumulative and may be absent."""
    if counts is None:
        return before
    outputs = sum_of(counts.candidates_token_count, counts.thoughts_token_count)
    return latest(
        before, counts.prompt_token_count, outputs, count(getattr(counts, "cached_content_token_count", None))
    )


def _api_failure(error: Any) -> Failure:
    said = told(error.details or error.message)
    # The SDK wraps a body that is not JSON: {"message": ..., "status": ...}, with the page in the message.
    if "<" in said.words:
        said = replace(said, words=told(said.words).words)
    code = error.code if isinstance(error.code, int) else 500
    kinds = [kind for word, kind in _KINDS.items() if word.lower() in said.codes]
    kind = kinds[0] if kinds and kind_of(code, said) is not FailureKind.OUT_OF_CREDIT else None
    return http_failure(code, said, getattr(error.response, "headers", None), kind=kind)
