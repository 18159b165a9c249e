"""A vault in a folder of its own, and what a traceback could show."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from aiconn_nb.errors import AiconnError
from aiconn_nb.vault.seal import Vault
from aiconn_nb.vault.user_secrets import UserSecrets

CANARY = "QJZ-the-secret-value-XKW"


@pytest.fixture
def config_home(tmp_path: Path) -> Path:
    """Return a folder that does not exist yet, as on a fresh machine."""
    return tmp_path / "keys"


@pytest.fixture
def vault(config_home: Path) -> Vault:
    """Return a vault in that folder, without environment variables."""
    return Vault(config_home, {})


@pytest.fixture
def secrets(vault: Vault) -> UserSecrets:
    """Return the user secrets of that vault."""
    return UserSecrets(vault)


@pytest.fixture
def all_at_once() -> Iterator[Callable[[Callable[[int], None], int], None]]:
    """Return a function that runs another one in several processes at once, each with its number. It fails if one fails."""
    context = get_context("fork")

    def run(work: Callable[[int], None], count: int) -> None:
        barrier = context.Barrier(count)

        def begin(number: int) -> None:
            barrier.wait()
            work(number)

        processes = [context.Process(target=begin, args=(number,)) for number in range(count)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * count

    return run


def shown(call: Callable[[], object], error: type[AiconnError]) -> str:
    """Return all that IPython's Verbose mode could print of the error of a call: the error, its causes, and the repr of every
    local in the frames of this package."""
    with pytest.raises(error) as raised:
        call()
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    frames = traceback.StackSummary.extract(traceback.walk_tb(raised.value.__traceback__), capture_locals=True)
    ours = [str(frame.locals) for frame in frames if "aiconn_nb" in frame.filename]
    return "\n".join([str(raised.value), repr(vars(raised.value)), *ours])
