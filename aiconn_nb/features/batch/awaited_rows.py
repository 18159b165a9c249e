"""Rows that are read in the caller's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from time import perf_counter
from typing import Any, Final

from aiconn_nb.session.background import TICK, check_given_up

from .engine import READING
from .tables import is_of_a_library

_END: Final = object()


def is_read_here(data: Any) -> bool:
    """Whether the data is read in the thread of the loop: all but a table and a sequence, which any thread can read.

    A database's cursor, or a generator over one, gives its rows only to the thread that made it.
    """
    if isinstance(data, AsyncIterable):
        return True
    return isinstance(data, Iterable) and not isinstance(data, Sequence | Mapping) and not is_of_a_library(data)


async def rows_here(data: AsyncIterable[Any] | Iterable[Any]) -> AsyncIterator[Any]:
    """Yield the rows of an iterable of either kind. The loop gets its turn between them."""
    if isinstance(data, AsyncIterable):
        async for row in data:
            yield row
        return
    until = perf_counter() + READING
    for row in data:
        yield row
        if perf_counter() >= until:
            await asyncio.sleep(0)
            until = perf_counter() + READING


class AwaitedRows(Iterator[Any]):
    """The rows of `rows_here`, for a call of `awaited_thread`."""

    def __init__(self, data: AsyncIterable[Any] | Iterable[Any]) -> None:
        self._loop = asyncio.get_running_loop()
        self._rows = rows_here(data)

    def __next__(self) -> Any:
        # One by one: `map` with a limit must read no row beyond it.
        coming = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
        try:
            while not wait([coming], TICK).done:
                check_given_up()
        except BaseException:
            coming.cancel()
            raise
        row = coming.result()
        if row is _END:
            raise StopIteration
        return row

    async def _next(self) -> Any:
        return await anext(self._rows, _END)
