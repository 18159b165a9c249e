#!/usr/bin/env bash
# google-genai: a parameter for a gateway (?tenant=a) works with every call but a stream, in the base URL as in client_args.
#
# One would expect: the SDK keeps the query of http_options.base_url behind the path of each request, or of none.
# What happens: generate_content, embed_content and count_tokens send ".../m:generateContent?tenant=a".
#   generate_content_stream sends ".../m:streamGenerateContent?alt=sse?tenant=a": a server reads one parameter, alt, whose
#   value is "sse?tenant=a". The asynchronous client does the same.
#   A parameter in http_options.client_args ({"params": ...}) goes with all calls, but takes the place of alt=sse: httpx lets
#   a client's parameters replace the query of a URL.
# Why it matters: the gateway serves another tenant or none, and the API answers without alt=sse with an array instead of
#   events. What was tested without a stream fails in the application, and no error names the URL.
# Versions: google-genai 3.6.1, httpx2 2.16.2, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "google-genai==3.6.1" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import asyncio
import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from google import genai
from google.genai import types

asked = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked.append(parse_qs(urlsplit(self.path).query))
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(400)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/gateway"


def queries(options):
    """What the server reads of the query of a call, of a stream, and of an asynchronous stream; it refuses all of them."""
    client = genai.Client(api_key="k", http_options=options)

    async def streamed():
        async for _ in await client.aio.models.generate_content_stream(model="m", contents="hi"):
            pass

    asked.clear()
    for call in (
        lambda: client.models.generate_content(model="m", contents="hi"),
        lambda: list(client.models.generate_content_stream(model="m", contents="hi")),
        lambda: asyncio.run(streamed()),
    ):
        with contextlib.suppress(Exception):
            call()
    return list(asked)


given = {"params": {"tenant": "a"}}
in_the_url = queries(types.HttpOptions(base_url=f"{url}?tenant=a"))
as_parameter = queries(types.HttpOptions(base_url=url, client_args=given, async_client_args=given))
print("in the base URL:", in_the_url)
print("as a parameter: ", as_parameter)
assert in_the_url == [{"tenant": ["a"]}, {"alt": ["sse?tenant=a"]}, {"alt": ["sse?tenant=a"]}]
assert as_parameter == [{"tenant": ["a"]}] * 3
PY

for variable in HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy; do unset "$variable"; done
"$work/venv/bin/python" "$work/probe.py"
