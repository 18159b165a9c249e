"""These benchmarks count the calls of our own functions that a command makes, which a busy machine does not change."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb.session import kernel_session

pytestmark = pytest.mark.benchmark

OURS = str(Path(aiconn_nb.__file__).parent)
MOST_OF_USE, MOST_OF_SAVE = 204, 281
"""The maximum on Python 3.11, where a comprehension counts as a call; from 3.12 on it does not (188 and 252). The aim is 150 and
300."""


def calls(call: Callable[[], object]) -> Counter[str]:
    """Return the calls of our functions, by file and name, during a call that has run before."""
    call()
    call()
    counted: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            counted[f"{code.co_filename.removeprefix(OURS + '/')}: {code.co_qualname}"] += 1

    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(None)
    return counted


def told(name: str, counted: Counter[str]) -> int:
    """Print and return the number of calls, and print the most frequent functions."""
    print(f"\n{name}: {counted.total()} calls of {len(counted)} functions of ours")
    for function, times in counted.most_common(8):
        print(f"  {times:4} {function}")
    return counted.total()


@pytest.fixture
def one(shells: Any, work: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a shell with a connection that refers to a file."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "value-of-development"}}')
    monkeypatch.setattr(
        "aiconn_nb.model.stamp._SETTLED", -1
    )  # otherwise a file that was just written is read at every look
    shell = shells.open("load_ext aiconn_nb")
    kernel_session().create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    return shell


def test_use_as_makes_few_calls(one: Any) -> None:
    """The calls of ``%aiconn use a as client`` run from the line to the bound name: parse, look up, trust, resolve, build the
    client, show."""
    assert told("use a as client", calls(lambda: one.run_line_magic("aiconn", "use a as client"))) <= MOST_OF_USE


def test_a_save_makes_few_calls(one: Any) -> None:
    """The calls of ``edit`` with a new name, from Python: check, save under the lock, keep the former state, explain."""
    names = iter("bcdefgh")
    assert told("edit", calls(lambda: kernel_session().edit("a", name=next(names)))) <= MOST_OF_SAVE
