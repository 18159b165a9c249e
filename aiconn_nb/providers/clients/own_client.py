"""A client of OpenAI's or Anthropic's SDK that is built from its connection alone.

Both SDKs read headers and credentials from the environment, in the constructor and again in `copy` and `with_options`.
Omitting such a header explicitly would also block a header that the user adds later. So the SDK builds the client, and this
module removes the values of the environment from it and from every copy before the first request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import wraps
from types import MethodType
from typing import Any, TypeVar

from .network import http_library
from .redirects import stay, stay_async

T = TypeVar("T")


def alone(made: T, options: Mapping[str, Any], names: Sequence[str]) -> T:
    """Return the client ``made`` with only the values in ``options``; its copies behave the same.

    ``names`` are the client's names of the options that the SDK would read from the environment. The client follows no redirect
    to another origin.
    """
    http = vars(made)["_client"]
    http.event_hooks["response"].append(stay_async if hasattr(http, "aclose") else stay)
    return _cleaned(made, (options,), names)


def response_class(client: Any) -> Any:
    """The class of the client's HTTP responses. On request the SDK returns such a response as it came, read but not parsed."""
    kind: Any = type(vars(client)["_client"])
    return http_library(kind).Response


def _cleaned(made: T, sources: Iterable[Mapping[str, Any]], names: Sequence[str]) -> T:
    """Remove values that none of the ``sources`` has: they come from the environment."""
    sources = tuple(sources)
    inside: dict[str, Any] = vars(made)
    for name in names:
        keys = (name, name.removeprefix("_"))
        if inside.get(name) and not any(source.get(key) == inside[name] for source in sources for key in keys):
            inside[name] = None
    ours = [
        headers
        for source in sources
        for name in ("default_headers", "set_default_headers", "_custom_headers")
        if (headers := source.get(name))
    ]
    inside["_custom_headers"] = {
        name: value
        for name, value in inside["_custom_headers"].items()
        if any(name in headers and headers[name] == value for headers in ours)
    }
    if "_ambient_authorizations" in inside:  # the headers that openai 3 read from the environment
        inside["_ambient_authorizations"] = frozenset()
    inside["copy"] = inside["with_options"] = _copying(made, names)
    return made


def _copying(client: Any, names: Sequence[str]) -> MethodType:
    """The SDK's `copy` for this client, with clean copies."""
    original = type(client).copy

    @wraps(original)
    def copy(self: Any, **options: Any) -> Any:
        return _cleaned(original(self, **options), (options, vars(self)), names)

    return MethodType(copy, client)
