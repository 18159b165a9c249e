"""Servers on this machine, found at their documented ports: only on the loopback interface, without credentials, in a short time.

A server must identify itself, because any program may listen on a port.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from time import monotonic
from typing import Any, Final

from aiconn_nb.providers.base import Provider
from aiconn_nb.session.context import Context
from aiconn_nb.threads import started

from .candidate import Candidate

_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 0.5
"""Seconds for each step with a server."""
_LIMIT: Final = 1.5
"""Seconds for all servers together; they are queried in parallel."""
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Server:
    """How to recognize a kind of server."""

    provider: str
    ports: tuple[int, ...]
    """The default port first."""
    path: str
    is_it: Callable[[Any], bool]
    """Whether a JSON response comes from this kind of server."""


def _owned_by(owner: str, *, may_be_empty: bool = False) -> Callable[[Any], bool]:
    """Return a check whether a list of models names this owner."""

    def is_it(content: Any) -> bool:
        models = content.get("data") if isinstance(content, dict) else None
        if not isinstance(models, list) or not all(isinstance(each, dict) for each in models):
            return False
        return may_be_empty if not models else any(each.get("owned_by") == owner for each in models)

    return is_it


SERVERS: Final[tuple[Server, ...]] = (
    Server(
        "ollama", (11434,), "/api/version", lambda said: isinstance(said, dict) and isinstance(said.get("version"), str)
    ),
    Server("lm-studio", (1234,), "/v1/models", _owned_by("organization_owner", may_be_empty=True)),
    Server("vllm", (8000,), "/v1/models", _owned_by("vllm")),
    Server("llama-cpp", (9931, 8080), "/v1/models", _owned_by("llamacpp")),
    Server("litellm", (4000,), "/health/liveliness", lambda said: said == "I'm alive!"),
)
"""Ports and paths from each server's documentation; ``owned_by`` from its source code."""


def on_this_machine(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the servers that respond now."""
    asked = [(server, port) for server in SERVERS if server.provider in providers for port in server.ports]
    answers: list[bool] = [False] * len(asked)

    def ask(number: int, server: Server, port: int) -> None:
        answers[number] = _is_there(server, port)

    # Daemon threads: a server that sends single bytes forever must not keep the process alive.
    until = monotonic() + _LIMIT
    threads = [started(partial(ask, number, *each), "aiconn-discover") for number, each in enumerate(asked)]
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    for (server, port), is_there in zip(asked, list(answers), strict=True):
        if is_there:
            usual = port == server.ports[0]
            settings = {} if usual else {"endpoint": f"http://localhost:{port}/v1"}
            short = "local" if usual else f"local-{port}"
            yield Candidate("local server", short, f"localhost:{port}", server.provider, settings)


def _is_there(server: Server, port: int) -> bool:
    connection = HTTPConnection(_HOST, port, timeout=_PATIENCE)
    try:
        connection.request("GET", server.path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        if response.status != 200:  # redirects are not followed
            return False
        return server.is_it(json.loads(response.read(_LARGEST)))
    except (OSError, HTTPException, ValueError, RecursionError):
        return False
    finally:
        connection.close()
