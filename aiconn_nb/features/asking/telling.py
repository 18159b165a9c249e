"""Passes text from the background event loop to a callback in the caller's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context


class Teller:
    """Calls a function in the caller's loop and context with text from another loop."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._problem: Exception | None = None

    def __call__(self, text: str) -> None:
        """Schedule a call. Raises what the previous call raised, so that the request stops."""
        self.check()
        self._loop.call_soon_threadsafe(self._tell, text, context=self._context)

    def check(self) -> None:
        """Raise what the function raised."""
        if self._problem is not None:
            raise self._problem

    def _tell(self, text: str) -> None:
        if self._problem is None:
            try:
                self._on_text(text)
            except Exception as error:
                self._problem = error
