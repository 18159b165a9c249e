"""Build google-genai's client from its connection alone, and keep it alive as long as it is used."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

from aiconn_nb.model.secret import MASK

from ..base import Settings
from ..credentials.sdk_logs import Quiet
from .network import adding_query, ssl_context, without_proxies
from .redirects import stay, stay_async

if TYPE_CHECKING:
    from google import genai
    from google.genai import types

_VARIABLES = ("GOOGLE_API_KEY", "GEMINI_API_KEY")


def client_of(
    options: types.HttpOptions,
    hooks: Sequence[Callable[[Any], None]],
    network: Settings,
    query: Sequence[tuple[str, str]] = (),
    **account: Any,
) -> genai.Client:
    """The SDK's client; ``options`` have the endpoint, ``account`` the arguments for signing in.

    ``hooks`` are called with each response; ``network`` are settings that may name certificates; ``query`` goes with every
    request. The environment has no effect: another service, another API version, recorded answers.
    """
    from google import genai
    from google.genai import _api_client
    from google.genai.client import DebugConfig

    options.api_version = options.api_version or getattr(_api_client, "GOOGLE_AI_API_DEFAULT_VERSION", "v1")
    direct = without_proxies(options.base_url or "")
    options.client_args = {
        "event_hooks": {"request": [adding_query(query, is_async=False)], "response": [stay, *hooks]},
        **direct,
    }
    options.async_client_args = {
        "event_hooks": {
            "request": [adding_query(query, is_async=True)],
            "response": [stay_async, *map(_awaited, hooks)],
        },
        **direct,
    }
    # With the certificate of a machine, the SDK signs in to Vertex AI by aiohttp, which has arguments instead of hooks.
    if getattr(_api_client, "has_aiohttp", False):
        options.async_client_args |= {"allow_redirects": False, "params": query}
    if (context := ssl_context(network, lambda: _usual_context(_api_client))) is not None:
        options.client_args["verify"] = context
        options.async_client_args |= {"verify": context, "ssl": context}  # httpx and aiohttp name it differently
    with _QUIET.within():
        client = genai.Client(
            **account,
            http_options=options,
            debug_config=DebugConfig(client_mode=None, replays_directory=None, replay_id=None),
        )
    _stay_with_httpx(client)
    _keep(client)
    _unshow(client, options.headers or {})
    return client


def _stay_with_httpx(client: Any) -> None:
    """Send asynchronous requests as the synchronous ones. The SDK prefers aiohttp if that is installed.

    aiohttp calls no hooks. It takes a proxy for a server on this machine as well and reads ``~/.netrc``, and after a lost
    connection the SDK sends a request again.
    """
    inner = client._api_client
    if (http := getattr(inner, "_async_httpx_client", None)) is not None:
        inner._use_aiohttp = lambda: False
        http.params = {}  # those for aiohttp, which would replace a request's own


class _Unshown(str):
    """A text whose repr is a mask. It can be copied, as the SDK does, but not pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)

    def __deepcopy__(self, memo: Any) -> _Unshown:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a key in a header cannot be pickled")


def _unshow(client: Any, own: Iterable[str]) -> None:
    """Keep the key and these headers of the connection out of a traceback's locals.

    The SDK passes headers from function to function, and its dataclass shows them. Sentry hooks into the SDK, and reports these
    locals for every failed call before our code can remove them.
    """
    headers = client._api_client._http_options.headers
    for name in {"x-goog-api-key", *own} & headers.keys():
        headers[name] = _Unshown(headers[name])


def _usual_context(api_client: Any) -> Any:
    """The default context of the SDK's HTTP library."""
    return (getattr(api_client, "httpx2", None) or api_client.httpx).create_ssl_context()


def _awaited(hook: Callable[[Any], None]) -> Callable[[Any], Awaitable[None]]:
    """Make a hook asynchronous. At its call a whole body is complete; a stream has only its head."""

    async def call(response: Any) -> None:
        if "event-stream" not in response.headers.get("content-type", ""):
            await response.aread()
        hook(response)

    return call


def _keep(client: Any) -> None:
    """Keep the client alive as long as any object made from it.

    The client closes its connections when it is garbage collected, although a chat or ``client.models`` still needs them. These
    refer only to the inner client, so the inner client gets a reference to the outer one.
    """
    inner = client._api_client
    for each in (inner, getattr(inner, "_httpx_client", None), getattr(inner, "_async_httpx_client", None)):
        if each is not None:
            vars(each)["_client_of_connection"] = client
    if (http := getattr(inner, "_async_httpx_client", None)) is not None:
        vars(http)["aclose"] = _without_its_loop(http.aclose)


def _without_its_loop(close: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Make closing a client a success if the event loop of its connections has ended, and they with it.

    The reference in `_keep` leaves the client to the garbage collector, which may run in a later loop. Its close would fail there,
    and asyncio would print the traceback.
    """

    async def aclose() -> None:
        with suppress(RuntimeError):
            await close()

    return aclose


def _is_false_warning(message: str, is_building: bool) -> bool:
    """Whether it says that two variables are set and one is used, when neither is used or both are equal.

    The SDK logs this for every client, even with an explicit key; and an exported connection sets both.
    """
    if not all(name in message for name in _VARIABLES):
        return False
    return is_building or len({os.environ.get(name) for name in _VARIABLES}) == 1


_QUIET: Final = Quiet(_is_false_warning, "google_genai._api_client")
