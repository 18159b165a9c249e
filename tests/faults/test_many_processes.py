"""Eight processes change one store at the same time without losing a change."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from aiconn_nb.errors import ConnectionExists
from aiconn_nb.model.connection import Connection
from aiconn_nb.store.store import Store

from .conftest import Fork, Record, connection, strays

PROCESSES = 8
CHANGES = 50


def worker(home: Path, number: int, result: Path) -> None:
    """Make mixed changes of its own connections and of the shared ones, and then report the expected outcome."""
    dice = random.Random(number)
    store = Store(home, author=f"worker-{number}")
    own: dict[str, str] = {}
    counted = made = refused = 0
    for turn in range(CHANGES):
        kind = dice.choice(["create", "edit", "delete", "rename", "count", "swap", "clash"])
        with store.change() as change:
            mine = [change.connection_by_id(id) for id in own]
            mine = [each for each in mine if each is not None]
            assert {each.id: each.name for each in mine} == own
            one = dice.choice(mine) if mine else None
            if kind == "count":
                shared = change.connection("shared-a")
                change.put(replace(shared, settings={**shared.settings, "n": shared.settings["n"] + 1}))
                counted += 1
            elif kind == "swap":
                a, b = change.connection("shared-b"), change.connection("shared-c")
                change.put(replace(a, alias="shared-swap"))
                change.put(replace(b, alias="shared-b"))
                change.put(replace(change.connection("shared-swap"), alias="shared-c"))
            elif kind == "clash":
                try:
                    change.put(connection("everybody-wants-this"))
                    made += 1
                except ConnectionExists:
                    refused += 1
            elif kind == "create" or one is None:
                saved = change.put(connection(f"w{number}-{turn}"))
                own[saved.id] = saved.name
            elif kind == "delete":
                change.remove(one.id)
                del own[one.id]
            elif kind == "rename":
                change.put(replace(one, alias=f"w{number}-renamed-{turn}"))
            else:
                own[one.id] = change.put(replace(one, name=f"Turn {turn}")).name
    result.write_text(json.dumps({"own": own, "counted": counted, "made": made, "refused": refused}))


def check(connections: tuple[Connection, ...]) -> None:
    """Check what holds at every moment."""
    aliases = [each.alias for each in connections]
    assert len(set(aliases)) == len(aliases)
    assert {"shared-a", "shared-b", "shared-c"} <= set(aliases)
    assert "shared-swap" not in aliases


def test_nothing_is_lost_and_every_read_is_whole(
    home: Path, tmp_path: Path, fork: Fork, ended: Callable[[int], None], record_figure: Record
) -> None:
    """Eight processes make 50 mixed changes each, while this process reads without a pause."""
    store = Store(home)
    with store.change() as change:
        first = [change.put(connection(f"shared-{letter}")) for letter in "abc"]
    results = [tmp_path / f"result-{number}.json" for number in range(PROCESSES)]
    running = {
        fork(lambda number=number, result=result: worker(home, number, result)) for number, result in enumerate(results)
    }
    reads = 0
    states = 0
    former = None
    while running:
        snapshot = store.read()
        check(snapshot.connections)
        reads += 1
        states += snapshot is not former
        former = snapshot
        for pid in list(running):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                failed = tmp_path / f"failed-{pid}.txt"
                assert status == 0, failed.read_text() if failed.exists() else status
                running.remove(pid)

    told = [json.loads(result.read_text()) for result in results]
    final = Store(home).read()
    check(final.connections)
    wanted = {id: name for each in told for id, name in each["own"].items()}
    everybody = [each for each in final.connections if each.alias == "everybody-wants-this"]
    shared = {each.id for each in first}
    assert {
        each.id: each.name for each in final.connections if each not in everybody and each.id not in shared
    } == wanted
    assert len(everybody) == sum(each["made"] for each in told) == 1
    counter = final.connection("shared-a")
    assert counter.settings["n"] == sum(each["counted"] for each in told)
    assert counter.version == 1 + counter.settings["n"]
    assert [each.version for each in store.history(counter.id)] == list(range(1, counter.version + 1))[-50:]
    assert strays(home) == set()
    record_figure("processes changing one store at once", PROCESSES)
    record_figure("their changes, none lost", PROCESSES * CHANGES)
    record_figure("reads meanwhile, all whole", reads)
    record_figure("different states among them", states)
