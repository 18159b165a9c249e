"""Small HTTP servers of the tests for what aimock does not do.

A `Server` answers each request with an *answer*: a function that gets the request and a `Reply` to write. The functions below make
the usual ones: `says`, `refuses`, `streams`, `cuts_off`, `hangs`, `is_garbage`, `routes`.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, TypeVar

from aiconn_nb.errors import FailureKind, ProviderFailed

Piece = TypeVar("Piece")

GONE = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)
"""The errors that writing raises once the client has hung up."""


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    """The path with its query."""
    headers: Mapping[str, str]
    """The headers, with names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body, parsed as JSON."""
        return json.loads(self.body)


class Reply:
    """The response that an answer writes."""

    def __init__(self, handler: BaseHTTPRequestHandler, server: Server) -> None:
        self._handler = handler
        self._server = server

    def send(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """Send a whole response. ``Retry_After="7"`` sends the header ``Retry-After: 7``."""
        self._head(status, content_type, headers)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def start(self, content_type: str = "text/event-stream", **headers: str) -> None:
        """Send the head of a response that comes in chunks."""
        self._head(200, content_type, headers)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        """Send one chunk. An empty one ends the response."""
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._handler.wfile.flush()

    def raw(self, data: bytes) -> None:
        """Send bytes that are no HTTP, and end the connection."""
        self._handler.wfile.write(data)
        self.cut()

    def cut(self) -> None:
        """Close the connection, whatever was promised."""
        self._handler.close_connection = True
        with contextlib.suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def wait_for_hang_up(self) -> None:
        """Send nothing more until the client closes the connection or the server stops."""
        connection = self._handler.connection
        connection.settimeout(0.05)
        while not self._server.stopping.is_set():
            try:
                if not connection.recv(1024):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self._server.hung_up.set()
        self._handler.close_connection = True

    def drip(self, head: bytes, piece: bytes) -> None:
        """Send this head of a response, and then the same piece from time to time until the client hangs up."""
        self._handler.close_connection = True
        self._handler.wfile.write(head)
        while not self._server.stopping.wait(0.05):
            self._handler.wfile.write(piece)

    def _head(self, status: int, content_type: str, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)


Answer = Callable[[Asked, Reply], None]


class Server:
    """A loopback server, used as a context manager. An error in an answer is raised when the server ends."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[Asked] = []
        """Every request so far."""
        self.hung_up = Event()
        """Set once a client has closed a connection that an answer was still using."""
        self.stopping = Event()
        self._errors: list[BaseException] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(answer))
        self._http.daemon_threads = True
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._thread.join(timeout=5)
        self._http.server_close()
        if self._errors and exception[0] is None:
            raise AssertionError("an answer of the test's server went wrong") from self._errors[0]

    def _handler(self, answer: Answer) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                with contextlib.suppress(*GONE):
                    super().handle()

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, body)
                server.asked.append(asked)
                try:
                    answer(asked, Reply(self, server))
                except GONE:
                    server.hung_up.set()
                    self.close_connection = True
                except Exception as error:
                    server._errors.append(error)
                    self.close_connection = True

            def do_GET(self) -> None:
                self._any()

            def do_POST(self) -> None:
                self._any()

            def do_CONNECT(self) -> None:
                self._any()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def says(value: object, status: int = 200, **headers: str) -> Answer:
    """Answer with ``value`` as JSON."""
    return lambda asked, reply: reply.send(status, json.dumps(value).encode(), **headers)


def refuses(status: int, message: str = "No.", **headers: str) -> Answer:
    """Answer with an error in the shape that OpenAI, Anthropic and Google share: ``{"error": {"message": ...}}``."""
    return says({"error": {"message": message, "type": "error", "code": status}}, status, **headers)


def is_garbage(content_type: str = "application/json") -> Answer:
    """Answer with 200 and a body that does not match its type."""
    return lambda asked, reply: reply.send(200, b'{"object": "list", "data": [{"id": "half', content_type)


def streams(events: Iterable[object], done: str | None = "[DONE]") -> Answer:
    """Answer with server-sent events, each one ``data:`` line of JSON, and then ``done``."""
    lines = _lines(events)

    def answer(asked: Asked, reply: Reply) -> None:
        reply.start()
        for line in lines:
            reply.chunk(line)
        if done is not None:
            reply.chunk(f"data: {done}\n\n".encode())
        reply.chunk(b"")

    return answer


def cuts_off(events: Iterable[object]) -> Answer:
    """Answer with these server-sent events, and then break the connection."""
    lines = _lines(events)

    def answer(asked: Asked, reply: Reply) -> None:
        reply.start()
        for line in lines:
            reply.chunk(line)
        reply.cut()

    return answer


def hangs(events: Iterable[object] = ()) -> Answer:
    """Answer with these server-sent events, and then nothing until the client hangs up. Without events, not even a status line is
    sent."""
    lines = _lines(events)

    def answer(asked: Asked, reply: Reply) -> None:
        if lines:
            reply.start()
            for line in lines:
                reply.chunk(line)
        reply.wait_for_hang_up()

    return answer


def routes(ends: Mapping[str, Answer]) -> Answer:
    """Answer by the end of a path without its query, such as ``{"/models": ...}``. Every other path gets a 404."""

    def answer(asked: Asked, reply: Reply) -> None:
        path = asked.path.partition("?")[0]
        chosen = next((ends[end] for end in ends if path.endswith(end)), refuses(404, "not found"))
        chosen(asked, reply)

    return answer


def begun(chat: Callable[[float], Iterator[Piece]]) -> tuple[Piece, Iterator[Piece]]:
    """Return the first piece of an answer that then stalls, and the rest, with as little patience as this machine allows.

    ``chat`` gets the patience. A busy machine may need longer for the first piece, and the question is then repeated.
    """
    for patience in (0.5, 2.0, 8.0):
        pieces = chat(patience)
        try:
            return next(pieces), pieces
        except ProviderFailed as failed:
            if failed.kind is not FailureKind.TIMEOUT:
                raise
    pieces = chat(30.0)
    return next(pieces), pieces


class Unreachable:
    """A port without a server, reserved so that none can start there. Connections to it are refused."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Unreachable:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()


def _lines(events: Iterable[object]) -> list[bytes]:
    return [f"data: {json.dumps(event)}\n\n".encode() for event in events]
