"""The frames of an SDK, whose locals a crash report prints, show no key when a call of a client fails.

Sentry hooks into SDKs, so it sees these frames before our code can clear them; IPython's Verbose mode and rich show those of a
client that the user calls. botocore's last frame has the request as it is sent, and is left out.
"""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Callable
from traceback import walk_tb
from typing import Any

import pytest

from aiconn_nb import Session

from .canary import Canary, found

KEY, HEADER = Canary("frames"), Canary("frames", "header")
REFUSING = "http://127.0.0.1:9"
HEADERS = f"X-Gateway: {HEADER.head}"
MESSAGES = [{"role": "user", "content": "hi"}]

CALLS: dict[str, tuple[str, dict[str, str], Callable[[Any], object]]] = {
    "openai": ("openai", {}, lambda client: client.chat.completions.create(model="m", messages=MESSAGES)),
    "openai, another header": (
        "openai",
        {"key_header": "api-key"},
        lambda client: client.embeddings.create(model="m", input=["hi"]),
    ),
    "anthropic": (
        "anthropic",
        {},
        lambda client: client.messages.create(model="m", max_tokens=9, messages=MESSAGES),
    ),
    "google": ("google", {}, lambda client: client.models.generate_content(model="m", contents="hi")),
    "google, streamed": (
        "google",
        {},
        lambda client: list(client.models.generate_content_stream(model="m", contents="hi")),
    ),
    "google, awaited": (
        "google",
        {},
        lambda client: asyncio.run(client.aio.models.generate_content(model="m", contents="hi")),
    ),
    "azure": (
        "microsoft-foundry",
        {},
        lambda client: client.chat.completions.create(model="m", messages=MESSAGES),
    ),
    "claude on bedrock": (
        "anthropic-bedrock",
        {"region": "us-east-1"},
        lambda client: client.messages.create(model="m", max_tokens=9, messages=MESSAGES),
    ),
    "claude on foundry": (
        "anthropic-foundry",
        {},
        lambda client: client.messages.create(model="m", max_tokens=9, messages=MESSAGES),
    ),
    "openai, streamed": (
        "openai",
        {},
        lambda client: list(client.responses.create(model="m", input="hi", stream=True)),
    ),
    "google, a list": ("google", {}, lambda client: list(client.models.list())),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_leaves_no_key_in_the_frames_of_an_sdk(session: Session, name: str) -> None:
    """The request cannot be sent, so the frames of the SDK and of its transport are all in the traceback."""
    provider, settings, call = CALLS[name]
    own = {"endpoint": REFUSING, "headers": HEADERS, "retries": "0", "api_key": f"sk-{KEY.head}{KEY.tail}"}
    session.create("a", provider, settings=own | settings)
    client = session.client("a")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each SDK has its own
        call(client)
    error: BaseException | None = raised.value
    seen = 0
    while error is not None:
        for frame, _ in walk_tb(error.__traceback__):
            if frame.f_globals["__name__"] != __name__:
                seen += 1
                assert found(repr(frame.f_locals), [KEY, HEADER]) == [], frame
        error = error.__cause__ or error.__context__
    assert seen > 5


def test_a_masked_header_is_sent_whole(session: Session) -> None:
    """It is a text like any other for code that does not ask for its repr."""
    session.create("a", "google", settings={"endpoint": REFUSING, "api_key": f"{KEY.head}{KEY.tail}"})
    headers = session.client("a")._api_client._http_options.headers
    assert headers["x-goog-api-key"].encode() == f"{KEY.head}{KEY.tail}".encode()
    assert KEY.head not in repr(headers)
    assert found(repr(copy.deepcopy(headers)), [KEY]) == []
    with pytest.raises(TypeError):
        pickle.dumps(headers)
