"""The store and the user secrets stay whole when a writer is killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from aiconn_nb.model.secret import Secret
from aiconn_nb.store.store import Store
from aiconn_nb.vault.seal import Vault
from aiconn_nb.vault.user_secrets import UserSecrets

from .conftest import Fork, Record, connection, strays

SEED = 20261123


def write_for_ever(home: Path, said: int) -> None:
    """Save one connection after the other, and report each save once it is certain."""
    store = Store(home)
    while True:
        with store.change() as change:
            current = change.connection("counter")
            count = current.settings["n"] + 1
            change.put(replace(current, settings={**current.settings, "n": count}))
            if count % 3 == 0:
                change.put(connection(f"extra-{count}"))
            if count % 7 == 0:
                extra = [each for each in change.connections if each.alias.startswith("extra-")]
                for each in extra:
                    change.remove(each.id)
        os.write(said, b"%d\n" % count)


def keep_for_ever(keys: Path, said: int) -> None:
    """Save one pair of secrets after the other, and report each pair once it is certainly kept."""
    secrets = UserSecrets(Vault(keys, {}))
    count = int(secrets.value("Pair:Id")) if secrets.keys() else 0
    while True:
        count += 1
        secrets.set_all({"Pair:Id": Secret(str(count)), "Pair:Secret": Secret(str(count))})
        os.write(said, b"%d\n" % count)


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """Yield both ends of a pipe, and close them afterwards."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)


@pytest.mark.timeout(200)
def test_a_killed_writer_leaves_a_whole_store(home: Path, fork: Fork, record_figure: Record, thorough: bool) -> None:
    """No save is lost, no partial save is visible, and the next save removes the leftovers."""
    kills = 200 if thorough else 30
    dice = random.Random(SEED)
    store = Store(home)
    with store.change() as change:
        change.put(connection("counter"))
        for number in range(60):
            change.put(connection(f"c-{number}"))
    littered = saved = 0
    for _ in range(kills):
        with pipe() as (listen, said):
            pid = fork(lambda said=said: write_for_ever(home, said))
            os.close(said)
            first = os.read(listen, 64)
            # The moment of the attack must be random, so this waits for a time and not for a condition.
            time.sleep(dice.uniform(0, 0.02))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            told = first
            while more := os.read(listen, 65536):
                told += more
        last = int(told.decode().split("\n")[-2])
        littered += bool(strays(home))

        counter = Store(home).read().connection("counter")
        assert counter.settings["n"] in (last, last + 1)
        assert len([each for each in store.read().connections if each.alias.startswith("c-")]) == 60
        with store.change() as change:
            change.put(replace(change.connection("counter"), name=f"After {pid}"))
        assert strays(home) == set()
        versions = [each.version for each in store.history(counter.id)]
        assert versions == list(range(1, counter.version + 2))[-50:]
        saved = last
    record_figure("writers killed (kill -9), the store whole each time", kills)
    record_figure("saves between the kills, none lost", saved)
    record_figure("kills in the middle of a write, cleared by the next save", littered)


@pytest.mark.timeout(200)
def test_a_killed_writer_leaves_whole_secrets(
    tmp_path: Path, fork: Fork, record_figure: Record, thorough: bool
) -> None:
    """No kept pair is lost, both halves of a pair come from one write, and the master key is whole whenever it was made."""
    kills = 100 if thorough else 20
    dice = random.Random(SEED)
    for number in range(kills):
        keys = tmp_path / f"keys-{number // 5}"
        with pipe() as (listen, said):
            pid = fork(lambda said=said, keys=keys: keep_for_ever(keys, said))
            os.close(said)
            # The moment of the attack must be random, so this waits for a time and not for a condition.
            time.sleep(dice.uniform(0, 0.03))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            told = b""
            while more := os.read(listen, 65536):
                told += more
        last = int(told.decode().split("\n")[-2]) if told else 0
        secrets = UserSecrets(Vault(keys, {}))
        names = secrets.keys()
        held = [int(secrets.value(key)) for key in names]
        assert held == [] or held[0] == held[1]
        assert not told or held[0] in (last, last + 1)
        secrets.set_all({"Pair:Id": Secret("0"), "Pair:Secret": Secret("0")})
        assert not (keys / "secrets.json.tmp").exists()
    record_figure("writers of secrets killed (kill -9), the secrets whole each time", kills)
