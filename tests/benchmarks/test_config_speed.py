"""These benchmarks measure the cost of resolving a reference again if no file has changed."""

from __future__ import annotations

import json
import os
import statistics
import timeit
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aiconn_nb.config import Configuration, DeferredLayer
from aiconn_nb.config.json_file import parse

pytestmark = pytest.mark.benchmark

ROUNDS, CALLS = 15, 300


def interleaved(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the microseconds per call, as the median over rounds in which every candidate takes its turn."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            taken[name].append(timeit.timeit(call, number=CALLS) / CALLS * 1e6)
    return {name: statistics.median(each) for name, each in taken.items()}


def table(rows: Mapping[str, str]) -> None:
    """Print a table of two columns."""
    width = max(map(len, rows))
    print("\n" + "\n".join(f"  {name:<{width}}  {value:>10}" for name, value in rows.items()))


def write(folder: Path, sections: int) -> None:
    """Write two files with ten keys per section."""
    folder.mkdir()
    values = {f"Section{i}": {f"Key{j}": f"value {i} {j}" for j in range(10)} for i in range(sections)}
    for name in ("appsettings.json", "appsettings.Development.json"):
        (folder / name).write_text(json.dumps(values, indent=2))


def test_a_reference_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs under 20 microseconds beyond the os.stat calls, and with 1,000 keys no more than with 10."""
    monkeypatch.setattr(
        "aiconn_nb.model.stamp._SETTLED", -1
    )  # otherwise a file that was just written is read at every look
    for i in range(200):
        monkeypatch.setenv(f"AICONN_BENCHMARK_{i}", "x")
    secrets = [DeferredLayer("user secrets", "secrets.json", lambda: ["Some:Secret"], str)]
    for name, sections in (("ten", 1), ("thousand", 100)):
        write(tmp_path / name, sections)
    few = Configuration.load(tmp_path / "ten", "Development", secrets=secrets)
    many = Configuration.load(tmp_path / "thousand", "Development", secrets=secrets)
    files = [tmp_path / "ten" / name for name in ("appsettings.json", "appsettings.Development.json")]
    paths = [str(file) for file in files]

    def stats() -> None:
        for path in paths:
            os.stat(path)

    cost = interleaved(
        {
            "the two os.stat calls": stats,
            "lookup, 10 keys": lambda: few.lookup("Section0:Key9"),
            "lookup, 1,000 keys": lambda: many.lookup("Section0:Key9"),
            "lookup of a variable": lambda: many.lookup("aiconn_benchmark_7"),
        }
    )
    beyond = cost["lookup, 10 keys"] - cost["the two os.stat calls"]
    ratio = cost["lookup, 1,000 keys"] / cost["lookup, 10 keys"]
    table(
        {
            **{name: f"{each:.2f} µs" for name, each in cost.items()},
            "beyond os.stat": f"{beyond:.2f} µs",
            "1,000 keys / 10 keys": f"{ratio:.2f}",
            "environment variables": str(len(os.environ)),
        }
    )
    assert beyond < 20
    assert cost["lookup of a variable"] - cost["the two os.stat calls"] < 20
    assert ratio < 1.25  # equal, except for the noise of two cores


def test_a_file_that_changed(tmp_path: Path) -> None:
    """The times are printed for comparison only: reading 1,000 keys with their places, and json.loads (in C, without places)."""
    write(tmp_path / "thousand", 100)
    data = (tmp_path / "thousand" / "appsettings.json").read_bytes()
    taken: dict[str, list[float]] = {"json.loads": [], "parse": []}
    for _ in range(ROUNDS):
        taken["json.loads"].append(timeit.timeit(lambda: json.loads(data), number=3) / 3 * 1e3)
        taken["parse"].append(timeit.timeit(lambda: parse(data, "a.json"), number=3) / 3 * 1e3)
    table({name: f"{statistics.median(each):.2f} ms" for name, each in taken.items()})
