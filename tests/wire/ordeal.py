"""A prompt over a dataset that survives everything that can go wrong: rate limits, requests without an answer, and `kill -9`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any

from aiconn_nb import Session

from .counting import Counting, Told

AT_ONCE = 32
_RUN = f"""
import sys, aiconn_nb
rows = [f"row {{number}}" for number in range(int(sys.argv[1]))]
table = aiconn_nb.map(rows, "{{text}}", profile="own", model="m-1", at_once={AT_ONCE}, journal=sys.argv[2])
print(sum(row["answer"] == str(len(row["text"])) for row in table))
"""


@dataclass
class Ordeal:
    """The outcome of an ordeal."""

    answers: int = 0
    """The number of rows with the right answer at the end."""
    kills: int = 0
    asked_again: list[str] = field(default_factory=list)
    """The prompts that were sent again although their answers were in the journal."""
    answered_twice: int = 0
    rate_limits: int = 0
    timeouts: int = 0
    requests: int = 0
    seconds: float = 0.0


def ordeal(session: Session, journal: Path, size: int, *, delay: float) -> Ordeal:
    """Map this many rows while one request in twenty is refused, one in a hundred gets no answer, and two processes are killed."""
    found = Ordeal()
    kill_at, kill, good = (size // 3, 2 * size // 3), Event(), 0

    def handle(number: int, prompt: str, body: dict[str, Any]) -> Told | None:
        nonlocal good
        if number % 20 == 0:
            found.rate_limits += 1
            return Told(429, {"Retry-After": "0.05"})
        if number % 100 == 51:
            found.timeouts += 1
            return Told(hangs=True)
        good += 1
        if good in kill_at:
            kill.set()
        return None

    prompts = [f"row {number}" for number in range(size)]
    started = perf_counter()
    with Counting(handle, delay=delay) as server:
        session.create("own", "openai-compatible", settings={"endpoint": f"{server.url}/v1", "timeout": 1})
        kept: list[str] = []
        for is_last in (False, False, True):
            before = {prompt: server.asked[prompt] for prompt in kept}
            process = subprocess.Popen(
                [sys.executable, "-c", _RUN, str(size), str(journal)], stdout=subprocess.PIPE, text=True
            )
            try:
                if not is_last:
                    assert kill.wait(900)
                    kill.clear()
                    process.kill()
                said, _ = process.communicate(timeout=900)
            finally:
                process.kill()
            found.kills += process.returncode == -9
            found.asked_again += [prompt for prompt, times in before.items() if server.asked[prompt] > times]
            kept = _kept(journal, prompts)
        found.answers = int(said)
        found.answered_twice = sum(times - 1 for times in server.answered.values())
        found.requests = sum(server.asked.values())
    found.seconds = perf_counter() - started
    return found


def _kept(journal: Path, prompts: Sequence[str]) -> list[str]:
    """Return the prompts whose answers are in the journal, which has digests of them."""
    with closing(sqlite3.connect(journal)) as file:
        ((settings,),) = file.execute("select settings from about").fetchall()
        digests = {digest for (digest,) in file.execute("select prompt from answers")}
    key = settings.encode()[:64]
    return [each for each in prompts if blake2b(each.encode(), digest_size=16, key=key).digest() in digests]
