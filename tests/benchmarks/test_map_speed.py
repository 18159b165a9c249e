"""What `map` costs over a loop written by hand with AsyncOpenAI and a semaphore, of the same rows from the same local server."""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import pytest

from aiconn_nb import Session

pytestmark = pytest.mark.benchmark

ROWS = 1_500
AT_ONCE = 64
RUNS = 5
SERVER = Path(__file__).parents[1] / "wire" / "counting.py"
_number = count()


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """A server in a process of its own, 50 ms away."""
    process = subprocess.Popen([sys.executable, str(SERVER), "0.05"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.fixture
def mapping(session: Session, port: str) -> Session:
    """A session with the connection ``own`` to the server, that has been asked before."""
    session.create("own", "openai-compatible", settings={"endpoint": f"http://127.0.0.1:{port}/v1"})
    by_map(session, AT_ONCE * 4)
    return session


def rows(size: int) -> Iterator[str]:
    """Rows that were never asked before."""
    run = next(_number)
    return (f"row {number} of run {run}" for number in range(size))


def by_map(session: Session, size: int) -> None:
    """With the journal on."""
    table = session.map(rows(size), "{text}", profile="own", model="m-1", at_once=AT_ONCE)
    assert all(row["error"] is None for row in table)


def by_hand(port: str, size: int) -> None:
    """As the SDK's documentation has it."""
    import openai

    async def all_rows() -> list[str | None]:
        places = asyncio.Semaphore(AT_ONCE)
        async with openai.AsyncOpenAI(api_key="made-up", base_url=f"http://127.0.0.1:{port}/v1") as client:

            async def one(row: str) -> str | None:
                async with places:
                    answer = await client.chat.completions.create(
                        model="m-1", messages=[{"role": "user", "content": row}]
                    )
                return answer.choices[0].message.content

            return await asyncio.gather(*map(one, rows(size)))

    with ThreadPoolExecutor(1) as pool:  # in this thread another loop may be running
        assert None not in pool.submit(asyncio.run, all_rows()).result()


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and seconds of processor time."""
    gc.collect()
    started, computed = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - computed


def test_a_dataset_is_mapped_faster_than_by_hand(mapping: Session, port: str) -> None:
    """At least 1.05 times the rows per second, with the journal on, and no more processor time per row."""
    by_hand(port, AT_ONCE * 4)
    runs = [  # in turn, so that a busy machine slows both alike
        (timed(lambda: by_map(mapping, ROWS)), timed(lambda: by_hand(port, ROWS))) for _ in range(RUNS)
    ]
    faster = statistics.median(theirs[0] / ours[0] for ours, theirs in runs)
    computed = statistics.median(ours[1] / theirs[1] for ours, theirs in runs)
    each = statistics.median(ours[1] for ours, _ in runs) / ROWS
    print(f"\nmap: {faster:.2f} times the rows per second, {computed:.2f} times the CPU ({each * 1e6:.0f} us a row)")
    assert faster >= 1.05
    assert computed <= 1.0


def test_memory_does_not_grow_with_the_rows(mapping: Session) -> None:
    """Beyond the input and the output: at most 1.3 times the peak for ten times the rows."""

    def beyond(size: int) -> int:
        """Bytes at the peak that are neither input nor output."""
        gc.collect()
        tracemalloc.start()
        table = mapping.map(rows(size), "{text}", profile="own", model="m-1", at_once=AT_ONCE)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del table
        return peak - kept

    small, large = beyond(ROWS // 5), beyond(ROWS * 2)
    print(f"\nmap: {small / 1e6:.1f} MB beyond the table for {ROWS // 5:,} rows, {large / 1e6:.1f} MB for {ROWS * 2:,}")
    assert large <= 1.3 * max(small, 3_000_000)
