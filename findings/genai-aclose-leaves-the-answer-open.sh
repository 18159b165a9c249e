#!/usr/bin/env bash
# google-genai: closing an asynchronous stream does not end the answer; the server goes on generating.
#
# One would expect: "await stream.aclose()", or "async with aclosing(stream)", ends a streamed answer, as close() ends
#   the same stream of the synchronous client.
# What happens: the stream is the outermost of several nested asynchronous generators. aclose() ends only that one. The
#   inner ones are suspended, and hold the connection until the garbage collector finds them; "del stream" does not
#   help. The synchronous generators are closed at once. Closing the client (client.aio.aclose()) ends the answer.
# Why it matters: the code that follows the textbook leaves an answer running that is generated and billed, and each one
#   keeps a connection of the pool.
# Versions: google-genai 3.6.1, httpx2 2.16.2, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import asyncio
import gc
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google import genai

CHUNK = {"candidates": [{"content": {"role": "model", "parts": [{"text": "word " * 200}]}}]}
left = threading.Event()
stop = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        try:
            for _ in range(1200):  # at most a minute
                self.wfile.write(f"data: {json.dumps(CHUNK)}\n\n".encode())
                if stop.wait(0.05):
                    return
        except OSError:
            left.set()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="made-up", http_options={"base_url": f"http://127.0.0.1:{server.server_port}"})
asked = {"model": "m", "contents": "Hello"}


async def ends(seconds):
    return await asyncio.to_thread(left.wait, seconds)


async def main():
    gc.disable()  # so that no collection happens by chance
    stream = await client.aio.models.generate_content_stream(**asked)
    await anext(stream)
    await stream.aclose()
    print("asynchronous - the server sees that the reader left, after aclose():", await ends(3), end="")
    del stream
    print(", after del:", await ends(3), end="")
    gc.collect()
    print(", after gc.collect():", await ends(20))
    await client.aio.aclose()


stream = client.models.generate_content_stream(**asked)
next(stream)
stream.close()
print("synchronous - the server sees that the reader left, after close():", left.wait(20))
left.clear()
asyncio.run(main())
stop.set()
PY

cat >"$work/expected" <<'TEXT'
synchronous - the server sees that the reader left, after close(): True
asynchronous - the server sees that the reader left, after aclose(): False, after del: False, after gc.collect(): True
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
