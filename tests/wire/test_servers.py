"""The foundations of the wire tests hold: aimock starts, remembers and fails on purpose, and our servers do what they should."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection, IncompleteRead
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from .aimock import GOOD_KEY, WRONG_KEY, Aimock
from .servers import Answer, Server, cuts_off, hangs, refuses, routes, says, streams

Serve = Callable[[Answer], Server]


def ask(url: str, body: object, **headers: str) -> bytes:
    """POST a body as JSON and return the response."""
    data = json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json", **headers}), timeout=10) as answer:
        return bytes(answer.read())


HELLO = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}


def test_aimock_remembers_what_was_asked(aimock: Aimock) -> None:
    """The journal has the body of each call, and starts empty for each test."""
    assert aimock.journal() == []
    ask(f"{aimock.url}/v1/chat/completions", HELLO)
    assert [entry["body"]["model"] for entry in aimock.journal("chat")] == ["gpt-4o"]


def test_aimock_fails_on_purpose_until_the_test_ends(aimock: Aimock) -> None:
    """A fault holds until it is forgotten."""
    aimock.fault(rate_limit=1)
    with pytest.raises(HTTPError, match="429"):
        ask(f"{aimock.url}/v1/chat/completions", HELLO)
    aimock.forget()
    assert b"Hello from aimock" in ask(f"{aimock.url}/v1/chat/completions", HELLO)


def test_a_guarded_aimock_accepts_one_key(guarded_aimock: Aimock) -> None:
    """The good key is accepted, and another is refused with 401."""
    url = f"{guarded_aimock.url}/v1/chat/completions"
    assert b"Hello from aimock" in ask(url, HELLO, Authorization=f"Bearer {GOOD_KEY}")
    with pytest.raises(HTTPError, match="401"):
        ask(url, HELLO, Authorization=f"Bearer {WRONG_KEY}")


def test_a_server_of_ours_routes_and_remembers(serve: Serve) -> None:
    """Each end of a path has its answer, and the requests can be read back."""
    server = serve(routes({"/v1/chat": says({"ok": True}), "/models": refuses(429, Retry_After="7")}))
    assert ask(f"{server.url}/v1/chat?x=1", {"a": 1}) == b'{"ok": true}'
    with pytest.raises(HTTPError, match="429") as caught:
        ask(f"{server.url}/v1/models", {})
    assert caught.value.headers["Retry-After"] == "7"
    with pytest.raises(HTTPError, match="404"):
        ask(f"{server.url}/else", {})
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("POST", "/v1/chat?x=1"),
        ("POST", "/v1/models"),
        ("POST", "/else"),
    ]
    assert server.asked[0].json == {"a": 1}


def test_a_stream_of_ours_ends_or_breaks(serve: Serve) -> None:
    """A whole stream is read to its end, and the reader notices one that is cut off."""
    assert ask(serve(streams([{"n": 1}])).url, {}) == b'data: {"n": 1}\n\ndata: [DONE]\n\n'
    with pytest.raises(IncompleteRead):
        ask(serve(cuts_off([{"n": 1}])).url, {})


def test_a_server_of_ours_sees_the_client_hang_up(serve: Serve) -> None:
    """A server that hangs learns that its client has closed the connection."""
    server = serve(hangs([{"n": 1}]))
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/")
    response = connection.getresponse()
    assert response.readline() == b'data: {"n": 1}\n'
    response.close()
    connection.close()
    assert server.hung_up.wait(10)


def test_nobody_listens_where_nobody_should(unreachable: str) -> None:
    """The unreachable URL refuses connections."""
    with pytest.raises(URLError, match="refused"):
        ask(unreachable, {})
