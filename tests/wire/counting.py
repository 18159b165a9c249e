"""An asyncio server in OpenAI's protocol that counts its requests, and delays, refuses and drops them as instructed.

Tests run it in a thread (`Counting`). As a script it runs in a separate process and prints its port, and ``/counts`` then says how
often each prompt was asked. The answer to a prompt is its length, and so is the first number of a text's vector.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

Handle = Callable[[int, str, dict[str, Any]], "Told | None"]


@dataclass(frozen=True)
class Told:
    """How to answer one request in another way than well."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    """The words of the model, or None for the length of the prompt."""
    drops: bool = False
    """Whether the connection is closed without an answer."""
    hangs: bool = False
    """Whether no answer comes and the connection stays open."""
    usage: bool = True
    message: str = "No."
    """The words of an error."""


class Counting:
    """A server that calls ``handle`` with the number of the request, the prompt and the body. The result None means a good
    answer."""

    def __init__(self, handle: Handle = lambda number, prompt, body: None, *, delay: float = 0.0) -> None:
        self.asked: Counter[str] = Counter()
        """How often each prompt was asked."""
        self.answered: Counter[str] = Counter()
        """How often each prompt got a good answer that was written completely."""
        self.bodies: list[dict[str, Any]] = []
        self.hung_up = 0
        """The number of requests whose client closed the connection before the answer."""
        self.in_flight = 0
        self.highest = 0
        self.port = 0
        self._handle = handle
        self._delay = delay
        self._number = 0
        self._ready = Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Counting:
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *of: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def serve_alone(self) -> None:
        """Serve until the process ends."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line[15:])
                body = await reader.readexactly(length)
                if head.startswith(b"GET /counts"):
                    writer.write(_response(200, {}, {"asked": self.asked, "answered": self.answered}))
                elif not await self._answer(json.loads(body), writer):
                    return
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        texts = body["input"] if "input" in body else [body["messages"][-1]["content"]]
        prompt = texts[0]
        self._number += 1
        self.asked.update(texts)
        self.bodies.append({key: value for key, value in body.items() if key != "messages"}) if len(
            self.bodies
        ) < 1000 else None
        told = self._handle(self._number, prompt, body)
        self.in_flight += 1
        self.highest = max(self.highest, self.in_flight)
        try:
            if told is not None and told.hangs:
                await asyncio.sleep(3600)
            if self._delay:
                await asyncio.sleep(self._delay)
        finally:
            self.in_flight -= 1
        if writer.is_closing():
            self.hung_up += 1
            return False
        if told is not None and told.drops:
            return False
        if told is not None and told.status != 200:
            error = {"error": {"message": told.message, "type": "error"}}
            writer.write(_response(told.status, told.headers, error))
            return True
        if "input" in body:
            data = [{"object": "embedding", "index": n, "embedding": [len(text), 0.5]} for n, text in enumerate(texts)]
            usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
            writer.write(_response(200, {}, {"object": "list", "model": "m", "data": data, "usage": usage}))
            self.answered.update(texts)
            return True
        text = str(len(prompt)) if told is None or told.text is None else told.text
        usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": 1}
        answer = {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            **({"usage": {**usage, "total_tokens": len(prompt.split()) + 1}} if told is None or told.usage else {}),
        }
        writer.write(_response(200, told.headers if told else {}, answer))
        self.answered[prompt] += 1
        return True


def _response(status: int, headers: dict[str, str], body: object) -> bytes:
    content = json.dumps(body).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n{more}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


if __name__ == "__main__":
    asyncio.run(Counting(delay=float(sys.argv[1])).serve_alone())
