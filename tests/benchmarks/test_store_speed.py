"""These benchmarks compare a store of a thousand connections with one of ten and with writing the same bytes by hand."""

from __future__ import annotations

import base64
import json
import os
import statistics
import timeit
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Sealed
from aiconn_nb.store.store import Store

pytestmark = pytest.mark.benchmark

MEGABYTE = 1_000_000


def sealed(seed: int) -> Sealed:
    """Return a value as long as a sealed OpenAI project key of 164 characters, and as incompressible."""
    noise = b"".join((seed * 1_000_003 + number).to_bytes(8, "big") for number in range(30))
    return Sealed("aiconn:1:" + base64.urlsafe_b64encode(noise[:233]).decode())


def connection(number: int) -> Connection:
    """Return a connection as users have it: with a sealed key, an organization and an endpoint."""
    return Connection(
        alias=f"openai-team-{number:04}",
        name=f"OpenAI, Team {number}",
        provider="openai",
        settings={
            "api_key": sealed(number),
            "organization": "$OpenAI:Organization",
            "endpoint": "https://api.openai.com/v1",
        },
    )


def filled(home: Path, count: int) -> Store:
    """Return a store with this many connections."""
    store = Store(home, author="somebody@workstation-17")
    with store.change() as change:
        for number in range(count):
            change.put(connection(number))
    return store


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the milliseconds per call, as the median over rounds in which every candidate takes its turn."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(timeit.timeit(call, number=1) * 1e3)
    return {name: statistics.median(each) for name, each in taken.items()}


def table(rows: Mapping[str, str]) -> None:
    """Print a table of two columns."""
    width = max(map(len, rows))
    print("\n" + "\n".join(f"  {name:<{width}}  {value:>12}" for name, value in rows.items()))


def saver(store: Store) -> Callable[[], None]:
    """Return a function that saves one connection with a new name each time."""
    turn = iter(range(10**6))

    def save() -> None:
        with store.change() as change:
            change.put(replace(change.connection("openai-team-0007"), name=f"Name {next(turn)}"))

    return save


def by_hand(store: Store, draft: Path) -> Callable[[], None]:
    """Return a function that serializes the same content, writes it to a draft, syncs and replaces, as any atomic save must do."""
    document = json.loads(store.path.read_bytes())

    def save() -> None:
        content = json.dumps(document, separators=(",", ":")).encode()
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, draft.with_suffix(".done"))

    save()
    assert abs(draft.with_suffix(".done").stat().st_size - store.path.stat().st_size) < 10
    return save


def test_get_by_alias(tmp_path: Path) -> None:
    """With 1,000 connections, it takes at most three times as long as with 10."""
    few, many = filled(tmp_path / "ten", 10), filled(tmp_path / "thousand", 1000)

    def get(store: Store) -> Callable[[], None]:
        def calls() -> None:
            for _ in range(100):
                store.read().connection("openai-team-0007")

        return calls

    cost = interleaved(
        {
            "get, 10": get(few),
            "get, 1,000": get(many),
            "first read, 10": lambda: Store(few.home).read(),
            "first read, 1,000": lambda: Store(many.home).read(),
        },
        21,
    )
    ratio = cost["get, 1,000"] / cost["get, 10"]
    table(
        {
            "get by alias, 10 connections": f"{cost['get, 10'] * 10:.1f} µs",
            "get by alias, 1,000 connections": f"{cost['get, 1,000'] * 10:.1f} µs",
            "1,000 / 10 (budget 3)": f"{ratio:.2f}",
            "first read of a file with 10": f"{cost['first read, 10']:.2f} ms",
            "first read of a file with 1,000": f"{cost['first read, 1,000']:.2f} ms",
        }
    )
    assert ratio < 3


def test_a_save(tmp_path: Path) -> None:
    """With 1,000 connections, a save costs at most 1.5 times as much as writing the same bytes by hand."""
    store = filled(tmp_path / "home", 1000)
    few = filled(tmp_path / "few", 10)
    cost = interleaved(
        {
            "by hand": by_hand(store, tmp_path / "by-hand"),
            "save": saver(store),
            "save, 10": saver(few),
        },
        41,
    )
    # Such a save has to read the file first, which the budget does not include. It is printed for comparison.
    fresh = interleaved({"save of a fresh kernel": lambda: saver(Store(store.home))()}, 11)
    cost.update(fresh)
    ratio = cost["save"] / cost["by hand"]
    table(
        {
            **{
                f"{name}, 1,000 connections": f"{cost[name]:.2f} ms"
                for name in ("by hand", "save", "save of a fresh kernel")
            },
            "save, 10 connections": f"{cost['save, 10']:.2f} ms",
            "save / by hand (budget 1.5)": f"{ratio:.2f}",
            "size": f"{store.path.stat().st_size / 1000:.0f} kB",
        }
    )
    assert ratio < 1.5


def test_a_full_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 50 versions each, 1,000 connections take less than 25 MB on the disk, and a save keeps its budget."""
    store = filled(tmp_path / "home", 1000)
    with monkeypatch.context() as patch:
        # The 50,000 saves that fill the history need not outlast a power failure.
        patch.setattr(os, "fsync", lambda descriptor: None)
        for turn in range(2, 56):
            with store.change() as change:
                for number, each in enumerate(change.connections):
                    changed = (
                        {"api_key": sealed(turn * 1000 + number)} if turn % 5 == 0 else {"organization": f"org-{turn}"}
                    )
                    change.put(replace(each, name=f"Team {turn}", settings={**each.settings, **changed}))
    found = [path.stat() for path in store.home.rglob("*") if path.is_file()]
    blocks = sum(each.st_blocks * 512 for each in found) / MEGABYTE
    some = store.read().connection("openai-team-0500")
    assert [each.version for each in store.history(some.id)] == list(range(6, 56))
    cost = interleaved(
        {
            "by hand": by_hand(store, tmp_path / "by-hand"),
            "save": saver(store),
            "history": lambda: store.history(some.id),
        },
        41,
    )
    ratio = cost["save"] / cost["by hand"]
    table(
        {
            "versions of each of 1,000 connections": "50",
            "bytes": f"{sum(each.st_size for each in found) / MEGABYTE:.1f} MB",
            "on the disk (budget 25 MB)": f"{blocks:.1f} MB",
            "save / by hand (budget 1.5)": f"{ratio:.2f}",
            "reading one history": f"{cost['history']:.2f} ms",
        }
    )
    assert blocks < 25
    assert ratio < 1.5
