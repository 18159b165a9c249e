"""A provider that waits in the middle of its reply."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Usage
from aiconn_nb.providers.testing import FakeProvider


class Waiting(FakeProvider):
    """A provider that says one word, and the next when it is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.go_on, self.ended = Event(), Event(), Event()

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        try:
            yield Delta("One ")
            self.began.set()
            self.go_on.wait(30)
            yield Delta("two.")
            yield Finish("stop", Usage(1, 2), request.model)
        finally:
            self.ended.set()
