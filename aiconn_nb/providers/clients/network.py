"""The effect of the group "Network" of a connection's fields on the HTTP client of an SDK."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from aiconn_nb.errors import FailureKind
from aiconn_nb.model import headers
from aiconn_nb.model.origin import is_on_this_machine
from aiconn_nb.model.place import from_tilde

from ..base import Settings, text_of
from ..values.network_fields import CA_BUNDLE, CLIENT_CERTIFICATE, CLIENT_KEY, KEY_HEADERS

if TYPE_CHECKING:
    import ssl

_FILES: Final = frozenset({CA_BUNDLE.key, CLIENT_CERTIFICATE.key, CLIENT_KEY.key})


def headers_in(settings: Settings) -> dict[str, str]:
    """The extra headers, with secret values in the clear."""
    return headers.read(text_of(settings[headers.SETTING])) if headers.SETTING in settings else {}


def timeout_in(settings: Settings, seconds: float | None = None) -> float | None:
    """The timeout in seconds: the connection's, or ``seconds`` if that is shorter; None leaves it to the SDK."""
    own = settings.get("timeout")
    if not isinstance(own, int | float):
        return seconds
    return float(own) if seconds is None else min(float(own), seconds)


def retries_in(settings: Settings) -> int | None:
    """The number of retries; None if the connection does not set it."""
    value = settings.get("retries")
    return value if isinstance(value, int) else None


def file_in(settings: Settings, key: str) -> str | None:
    """The existing file that a field names. Raises `MachineFault`, naming the field."""
    if key not in settings:
        return None
    path = from_tilde(text_of(settings[key]))
    if not os.path.isfile(path):  # never raises, whatever the path is
        _refuse(key, "names a file that does not exist")
    if not os.access(path, os.R_OK):
        _refuse(key, "names a file that may not be read")
    return str(path)


def stamps(settings: Settings) -> tuple[object, ...]:
    """Values that change when one of the files does: some companies renew client certificates daily."""
    named = _FILES & settings.keys()  # usually none
    return tuple([_stamp(from_tilde(text_of(settings[key]).strip())) for key in sorted(named)]) if named else ()


def _stamp(place: str | os.PathLike[str] | None) -> tuple[int, ...] | None:
    try:
        found = os.stat(place or "")
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def ssl_context(settings: Settings, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext | None:
    """The context that verifies the server and holds the client's certificate; None if the connection has no own files.

    ``usual`` builds the HTTP library's default context. Raises `MachineFault`, naming the field.
    """
    if "ca_bundle" not in settings and "client_certificate" not in settings:
        return None
    authorities, certificate = file_in(settings, "ca_bundle"), file_in(settings, "client_certificate")
    key = file_in(settings, "client_key")
    if authorities is None:
        context = usual()
    else:
        import ssl  # only here: a list of connections needs no network

        try:
            context = ssl.create_default_context(cafile=authorities)
        except OSError:  # ssl.SSLError is one
            from ..failures.this_machine import MachineFault, key_log_fault

            if fault := key_log_fault():
                raise MachineFault(fault) from None
            _refuse("ca_bundle", "names a file from which no certificate can be read")
    if certificate is not None:
        asked = list[bool]()

        def password() -> str:
            asked.append(True)  # otherwise OpenSSL would ask for it in the terminal
            return ""

        try:
            context.load_cert_chain(certificate, key, password)
        except (OSError, ValueError):
            field = "client_key" if key else "client_certificate"
            _refuse(field, "has a key with a password" if asked else "names no certificate and key that fit")
    return context


def _refuse(field: str, problem: str) -> None:
    """Raise the machine fault for a field."""
    from ..failures.this_machine import MachineFault
    from ..values.call_values import Failure

    raise MachineFault(
        Failure(FailureKind.THIS_MACHINE, f"{field} {problem}", advice=f"Correct {field} of the connection.")
    )


# ---- httpx and httpx2 -------------------------------------------------------------------------------------------------------


def without_proxies(endpoint: str) -> dict[str, Any]:
    """Options of httpx or httpx2 that keep the proxy variables from an endpoint on this machine; empty for any other endpoint.

    A proxy has its own loopback interface, so it never reaches the server. But it would receive the key, unencrypted.
    """
    if not is_on_this_machine(endpoint):
        return {}
    # Older versions of anthropic read the variables in spite of ``trust_env``.
    return {"trust_env": False, "mounts": dict.fromkeys(("http://", "https://", "all://"))}


def client_options(
    sdk: Any,
    settings: Settings,
    endpoint: str,
    query: Sequence[tuple[str, str]] = (),
    *,
    is_async: bool,
    seconds: float | None = None,
) -> dict[str, Any]:
    """Options that these settings require for the client of OpenAI's or Anthropic's ``sdk`` (its module).

    ``query`` goes with every request.
    """
    options: dict[str, Any] = {}
    if extra := headers_in(settings):
        options["default_headers"] = extra
    if (timeout := timeout_in(settings, seconds)) is not None:
        options["timeout"] = timeout
    if (retries := retries_in(settings)) is not None:
        options["max_retries"] = retries
    kind = sdk.DefaultAsyncHttpxClient if is_async else sdk.DefaultHttpxClient
    context = ssl_context(settings, http_library(kind).create_ssl_context) or _shared_context(kind)
    hooks = {"request": [adding_query(query, is_async=is_async)]} if query else None
    options["http_client"] = kind(verify=context, event_hooks=hooks, **without_proxies(endpoint))
    return options


_shared: dict[tuple[object, ...], ssl.SSLContext] = {}
"""The shared context for all clients whose connections name no files: reading the authorities is most of a client's cost."""


def _shared_context(kind: type) -> ssl.SSLContext:
    """The default context, built once per state of the certificate variables and their files."""
    places = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    key = (http_library(kind), *places, *map(_stamp, filter(None, places)))  # usually there are none
    if key not in _shared:
        _shared[key] = http_library(kind).create_ssl_context()
    return _shared[key]


@cache
def http_library(client_class: type) -> Any:
    """The library, httpx or httpx2, of an SDK's HTTP client."""
    import sys

    roots = [base.__module__.partition(".")[0] for base in client_class.__mro__]
    return sys.modules["httpx" if "httpx" in roots else "httpx2"]


def adding_query(query: Sequence[tuple[str, str]], *, is_async: bool) -> Any:
    """A hook that adds these parameters to the URL of each request, except those that it has. The ``params`` of a client would
    replace the URL's own, such as the token of a list's next page."""

    def add(request: Any) -> None:
        own = request.url.params
        if more := urlencode([(name, value) for name, value in query if name not in own]).encode():
            request.url = request.url.copy_with(query=b"&".join(filter(None, (request.url.query, more))))

    async def added(request: Any) -> None:
        add(request)

    return added if is_async else add


def sending_key_as(header: str, *, is_async: bool) -> Any:
    """A hook that moves a request's key to this header. A request without a key is left alone."""

    def move(request: Any) -> None:
        held = [request.headers.get(name, "").removeprefix("Bearer ") for name in KEY_HEADERS]
        for name in KEY_HEADERS:
            request.headers.pop(name, None)
        if key := next(filter(None, held), ""):
            request.headers[header] = f"Bearer {key}" if header == "authorization" else key

    async def moved(request: Any) -> None:
        move(request)

    return moved if is_async else move


def sending_instead(placeholder: str, key: str, *, is_async: bool) -> Any:
    """A hook that sends a key in each header with a placeholder for it, so that an SDK's frames do not hold the key."""

    def put(request: Any) -> None:
        for name in [name for name, value in request.headers.items() if value == placeholder]:
            request.headers[name] = key

    async def done(request: Any) -> None:
        put(request)

    return done if is_async else put
