"""A client of OpenAI's or Anthropic's SDK that is made of its connection alone.

Both SDKs take headers and credentials from the environment, in the constructor and once more in `copy` and `with_options`. A
header that is omitted on purpose would keep them out, but also what the user adds later. So the client is what the SDK makes,
and what came from the environment is taken out of it and of every copy before the first request.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import wraps
from types import MethodType
from typing import Any, TypeVar

from .redirects import stay, stay_async

T = TypeVar("T")


def alone(made: T, options: Mapping[str, Any], names: Sequence[str]) -> T:
    """The client ``made``, with nothing but what ``options`` say, and copies that keep to this.

    ``names`` are the options that the SDK would fill from the environment, as its client calls them. Unless ``options`` have an
    HTTP client of their own, no request of the client follows a redirect to another origin.
    """
    if options.get("http_client") is None:
        http = vars(made)["_client"]
        http.event_hooks["response"].append(stay_async if hasattr(http, "aclose") else stay)
    return _cleaned(made, (options,), names)


def response_class(client: Any) -> Any:
    """The class of the HTTP responses under a client: asked for it, the SDK answers the response as it came, read and unparsed."""
    return _response_of(type(vars(client)["_client"]))


def _response_of(kind: type) -> Any:
    library = next(root for base in kind.__mro__ if (root := base.__module__.partition(".")[0]) in ("httpx", "httpx2"))
    return sys.modules[library].Response


def _cleaned(made: T, sources: Iterable[Mapping[str, Any]], names: Sequence[str]) -> T:
    """Remove what none of the ``sources`` has: it is the environment's."""
    sources = tuple(sources)
    inside: dict[str, Any] = vars(made)
    for name in names:
        given = (source.get(key) for source in sources for key in (name, name.removeprefix("_")))
        if inside.get(name) and not any(value == inside[name] for value in given):
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
    if "_ambient_authorizations" in inside:  # what openai 3 remembers of the environment's headers
        inside["_ambient_authorizations"] = frozenset()
    inside["copy"] = inside["with_options"] = _copying(made, names)
    return made


def _copying(client: Any, names: Sequence[str]) -> MethodType:
    """The SDK's `copy` for this client, whose copies are clean as well."""
    original = type(client).copy

    @wraps(original)
    def copy(self: Any, **options: Any) -> Any:
        return _cleaned(original(self, **options), (options, vars(self)), names)

    return MethodType(copy, client)
