"""These benchmarks compare `map` with a handwritten loop with AsyncOpenAI and a semaphore, for the same rows from the same local
server.

Others measure it on a Dask cluster and through an ordeal. LangChain is measured if langchain-openai is installed: the tests'
environment lacks it, but a folder with it can be put on PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import pytest

from aiconn_nb import Session

from ..wire.ordeal import AT_ONCE as IN_FLIGHT
from ..wire.ordeal import ordeal

pytestmark = pytest.mark.benchmark

ROWS = 5_000
AT_ONCE = 64
RUNS = 3
SERVER = Path(__file__).parents[1] / "wire" / "counting.py"
_number = count()


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """Yield the port of a server in a separate process that is 50 ms away."""
    yield from _served("0.05")


@pytest.fixture(scope="module")
def far() -> Iterator[str]:
    """Yield the port of a server that is 300 ms away."""
    yield from _served("0.3")


@pytest.fixture(scope="module")
def free() -> Iterator[str]:
    """Yield the port of a server that answers at once."""
    yield from _served("0")


def _served(delay: str) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(SERVER), delay], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.fixture
def mapping(session: Session, port: str) -> Session:
    """Return a session with the connection ``own`` to the server, which has answered before."""
    session.create("own", "openai-compatible", settings={"endpoint": f"http://127.0.0.1:{port}/v1"})
    by_map(session, AT_ONCE * 4)
    return session


def rows(size: int) -> Iterator[str]:
    """Return rows that were never asked before."""
    run = next(_number)
    return (f"row {number} of run {run}" for number in range(size))


def by_map(session: Session, size: int) -> None:
    """Ask about the rows by `map`, with the journal on."""
    table = session.map(rows(size), "{text}", profile="own", model="m-1", at_once=AT_ONCE)
    assert all(row["error"] is None for row in table)


def by_hand(port: str, size: int) -> None:
    """Ask about the rows as the SDK's documentation shows it."""
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

    with ThreadPoolExecutor(1) as pool:  # another loop may be running in this thread
        assert None not in pool.submit(asyncio.run, all_rows()).result()


def by_langchain(port: str, size: int) -> None:
    """Ask about the rows by ``batch``, with as many requests in flight."""
    from langchain_openai import ChatOpenAI

    chat = ChatOpenAI(model="m-1", api_key="made-up", base_url=f"http://127.0.0.1:{port}/v1")
    answers = chat.batch(list(rows(size)), config={"max_concurrency": AT_ONCE})
    assert all(answer.content for answer in answers)


def by_threads(session: Session, size: int) -> None:
    """Ask about the rows by threads around `ask`, which was the way before `map`."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert all(pool.map(lambda row: session.ask(row, profile="own", model="m-1").text, rows(size)))


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds and the seconds of processor time that the work takes."""
    gc.collect()
    started, computed = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - computed


@pytest.mark.timeout(1_800)
def test_a_dataset_is_mapped_faster_than_by_hand(mapping: Session, port: str) -> None:
    """`map` processes at least 1.05 times the rows per second with the journal on, and takes no more processor time per row."""
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


@pytest.mark.timeout(1_800)
def test_beside_threads_and_langchain(mapping: Session, port: str) -> None:
    """Compared with the other ways to ask about many rows in the same run, `map` is the fastest and takes the least processor
    time."""
    ways: dict[str, Callable[[int], None]] = {
        "by hand": lambda size: by_hand(port, size),
        "map": lambda size: by_map(mapping, size),
        "threads around ask": lambda size: by_threads(mapping, size),
    }
    if find_spec("langchain_openai") is not None:
        ways["LangChain batch"] = lambda size: by_langchain(port, size)
    size = ROWS // 5
    for way in ways.values():
        way(AT_ONCE * 2)
    runs = [{name: timed(partial(way, size)) for name, way in ways.items()} for _ in range(RUNS)]
    found = {}
    for name in ways:
        faster = statistics.median(run["by hand"][0] / run[name][0] for run in runs)
        computed = statistics.median(run[name][1] / run["by hand"][1] for run in runs)
        found[name] = (faster, computed)
        print(f"\n{name}: {faster:.2f} times the rows per second of by hand, {computed:.2f} times the CPU", end="")
    print()
    assert max(found, key=lambda name: found[name][0]) == "map"
    assert min(found, key=lambda name: found[name][1]) == "map"
    if "LangChain batch" not in ways:
        pytest.skip("langchain-openai is not installed; the others were measured")


@pytest.mark.timeout(1_800)
def test_memory_does_not_grow_with_the_rows(mapping: Session, free: str) -> None:
    """Beyond input and output, the peak for a hundred times the rows is at most 1.3 times as high."""
    mapping.create("free", "openai-compatible", settings={"endpoint": f"http://127.0.0.1:{free}/v1"})

    def beyond(size: int) -> int:
        """Return the bytes at the peak that are neither input nor output."""
        gc.collect()
        tracemalloc.start()
        table = mapping.map(rows(size), "{text}", profile="free", model="m-1", at_once=AT_ONCE)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del table
        return peak - kept

    beyond(1_000)
    small, large = beyond(1_000), beyond(100_000)
    print(f"\nmap: {small / 1e6:.1f} MB beyond the table for 1,000 rows, {large / 1e6:.1f} MB for 100,000")
    assert large <= 1.3 * small


@pytest.mark.timeout(1_800)
def test_two_workers_of_a_cluster_are_almost_twice_as_fast(session: Session, far: str) -> None:
    """With 16 requests in flight each, at a server 300 ms away, they process at least 1.7 times the rows per second of one."""
    from distributed import Client, LocalCluster

    session.create("own", "openai-compatible", settings={"endpoint": f"http://127.0.0.1:{far}/v1"})
    found: dict[int, float] = {}
    for workers in (1, 2):
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=2, host="127.0.0.1", dashboard_address="127.0.0.1:0"
            ) as cluster,
            Client(cluster) as client,
        ):

            def ask(size: int, client: Client = client) -> None:
                table = session.map(list(rows(size)), "{text}", profile="own", model="m-1", engine=client, at_once=16)
                assert all(row["error"] is None for row in table)

            ask(100)
            found[workers] = statistics.median(1_000 / timed(lambda: ask(1_000))[0] for _ in range(RUNS))
    print(
        f"\nmap: {found[1]:.0f} rows per second with one worker, {found[2]:.0f} with two ({found[2] / found[1]:.2f} times)"
    )
    assert found[2] >= 1.7 * found[1]


@pytest.mark.timeout(1_800)
def test_an_ordeal_of_20_000_rows(session: Session, tmp_path: Path) -> None:
    """Despite 5 % rate limits, 1 % timeouts and two kills, every row is answered, and no row in the journal is asked again."""
    found = ordeal(session, tmp_path / "j.sqlite", 20_000, delay=0.02)
    print(
        f"\nordeal: {found.answers:,} answers with {found.requests:,} requests in {found.seconds:.0f} s, "
        f"{found.rate_limits:,} rate limits, {found.timeouts:,} timeouts, {found.kills} kills, "
        f"{found.answered_twice} answered twice, {len(found.asked_again)} asked again"
    )
    assert (found.answers, found.kills, found.asked_again) == (20_000, 2, [])
    assert found.answered_twice <= found.kills * IN_FLIGHT
