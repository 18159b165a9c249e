"""A store in a folder of its own, and connections to put into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.store.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder that does not exist yet, as on a fresh machine."""
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Store:
    """Return a store in that folder."""
    return Store(home, author="ada@lab")


@pytest.fixture
def make(store: Store) -> Callable[..., Connection]:
    """Return a function that saves a new connection."""

    def make(alias: str = "openai-dev", **rest: Any) -> Connection:
        with store.change() as change:
            return change.put(Connection(**{"alias": alias, "name": alias.title(), "provider": "openai", **rest}))

    return make


@pytest.fixture
def make_profile(store: Store) -> Callable[..., Profile]:
    """Return a function that saves a new profile."""

    def make(alias: str = "writer", **rest: Any) -> Profile:
        given = {"name": alias.title(), "capability": Capability.CHAT, "connections": (), "model": "gpt-5", **rest}
        with store.change() as change:
            return change.put_profile(Profile(alias=alias, **given))

    return make
