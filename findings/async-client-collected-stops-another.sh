#!/usr/bin/env bash
# openai: an AsyncOpenAI that is garbage collected takes the reader of another connection away, which then waits for ever.
#
# One would expect: a client that is no longer referenced frees its connections and touches nothing else.
# What happens: the collector finalizes the whole client at once. asyncio's transports close their sockets, and the
#   client's __del__ schedules its own aclose() in the loop that runs. When that runs, the numbers of those sockets
#   may belong to new connections: transport.close() removes the reader of that number from the loop, and what arrives
#   at the new connection is never read. No error, no timeout but the caller's own.
# Why it matters: code that makes a client per task or per account loses now and then one request that was answered
#   and paid for, until its timeout (ten minutes by default). "await client.close()" before the last reference goes avoids
#   it. Collected in another thread with a loop of its own, the client closes its transports in that thread's loop.
# Versions: openai 3.57.0, httpx2 2.16.2, anyio 4.16.0, CPython 3.11. Measured 2026-11-29.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "httpx2==2.16.2" "anyio==4.16.0"

cat >"$work/probe.py" <<'PY'
import asyncio
import gc
import json
import socket

import openai

BODY = json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": []}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)


async def answer(reader, writer):
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"PING"):
            writer.write(b"PONG")
            continue
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        writer.write(HEAD + BODY)


async def received(port, collect):
    """What a plain connection receives that is opened when a client was let go."""
    loop = asyncio.get_running_loop()
    client = openai.AsyncOpenAI(api_key="x", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
    await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
    if collect:
        del client
        gc.collect()
    plain = socket.create_connection(("127.0.0.1", port))
    plain.setblocking(False)
    came = loop.create_future()
    loop.add_reader(plain.fileno(), lambda: came.done() or came.set_result(plain.recv(4)))
    await asyncio.sleep(0.2)
    plain.send(b"PING\r\n\r\n")
    try:
        return (await asyncio.wait_for(came, 3)).decode()
    except TimeoutError:
        return "nothing"


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print("client kept:     ", await received(port, collect=False))
    print("client collected:", await received(port, collect=True))


asyncio.run(main())
PY

"$work/venv/bin/python" -c 'import anyio, importlib.metadata as m; print("openai", m.version("openai"), "anyio", m.version("anyio"))'
found=$("$work/venv/bin/python" "$work/probe.py" 2>/dev/null)
echo "$found"
expected="client kept:      PONG
client collected: nothing"
if [ "$found" != "$expected" ]; then
  echo "CHANGED: this is no longer what happens"
  exit 1
fi
