"""What google-genai's client needs to be made of its connection alone, and to live as long as it is used."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from .redirects import stay, stay_async

if TYPE_CHECKING:
    from google import genai
    from google.genai import types

_VARIABLES = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
_building: ContextVar[bool] = ContextVar("aiconn_building_gemini", default=False)


def client_of(api_key: str, options: types.HttpOptions, *hooks: Callable[[Any], None]) -> genai.Client:
    """The SDK's client for the Gemini API with this key; ``options`` have the endpoint.

    ``hooks`` are called with each response. What the environment says has no effect: another service, another API version,
    answers that were recorded.
    """
    from google import genai
    from google.genai import _api_client
    from google.genai.client import DebugConfig

    options.api_version = options.api_version or getattr(_api_client, "GOOGLE_AI_API_DEFAULT_VERSION", "v1")
    options.client_args = {"event_hooks": {"response": [stay, *hooks]}}
    # For asynchronous calls the SDK prefers aiohttp where it is installed, which has an argument instead of hooks.
    options.async_client_args = {
        "event_hooks": {"response": [stay_async, *map(_awaited, hooks)]},
        "allow_redirects": False,
    }
    with _without_false_warnings():
        client = genai.Client(
            # Without it GOOGLE_GENAI_USE_VERTEXAI would choose another service.
            vertexai=False,
            api_key=api_key,
            http_options=options,
            debug_config=DebugConfig(client_mode=None, replays_directory=None, replay_id=None),
        )
    _keep(client)
    return client


def _awaited(hook: Callable[[Any], None]) -> Callable[[Any], Awaitable[None]]:
    """A hook for the asynchronous client. A whole body is there when it is called; of a stream only the head."""

    async def call(response: Any) -> None:
        if "event-stream" not in response.headers.get("content-type", ""):
            await response.aread()
        hook(response)

    return call


def _keep(client: Any) -> None:
    """Let whatever is made from the client keep it alive.

    The client closes its connections when it is garbage collected, although a chat or ``client.models`` still needs them. They
    hold the inner client only, so that one holds the client.
    """
    inner = client._api_client
    for each in (inner, getattr(inner, "_httpx_client", None), getattr(inner, "_async_httpx_client", None)):
        if each is not None:
            vars(each)["_client_of_connection"] = client


class _FalseWarnings(logging.Filter):
    """Leaves out that two variables are set and one is used, where neither is used or both are the same.

    The SDK logs this whenever a client is made, even one that is given its key; and an exported connection sets both.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        if not all(name in str(record.msg) for name in _VARIABLES):
            return True
        return not _building.get() and len({os.environ.get(name) for name in _VARIABLES}) > 1


_FILTER: Final = _FalseWarnings()


@contextmanager
def _without_false_warnings() -> Iterator[None]:
    logging.getLogger("google_genai._api_client").addFilter(_FILTER)  # to add it again changes nothing
    token = _building.set(True)
    try:
        yield
    finally:
        _building.reset(token)
