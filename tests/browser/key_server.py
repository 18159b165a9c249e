"""A server of our own that distinguishes known keys from others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def key_server(*keys: str) -> Iterator[str]:
    """Yield its endpoint. It lists one model for these keys, and refuses every other key."""

    class Models(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_known = self.headers.get("Authorization") in [f"Bearer {key}" for key in keys]
            answer = {"object": "list", "data": [{"id": "m", "object": "model"}]}
            body = json.dumps(answer if is_known else {"error": {"message": "refused"}}).encode()
            self.send_response(200 if is_known else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Models)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
