"""Layers whose values are fetched one at a time: the user's secrets."""

from __future__ import annotations

import pytest

from aiconn_nb.config import DeferredLayer
from aiconn_nb.errors import ReferenceNotFound, SecretsFileError, UnsealError

from .conftest import Folder


def sealed(*keys: str) -> DeferredLayer:
    """A layer that opens no value."""

    def value(key: str) -> str:
        raise UnsealError(f"{key} cannot be opened.")

    return DeferredLayer("user secrets", "/s.json", lambda: keys, value)


def test_only_the_value_that_wins_is_opened(folder: Folder) -> None:
    """A key above or another key is answered without opening anything."""
    opened = []

    def value(key: str) -> str:
        opened.append(key)
        return "opened"

    layer = DeferredLayer("user secrets", "/s.json", lambda: ["A", "B"], value)
    configuration = folder.load(environ={"A": "x"}, secrets=[layer])
    assert configuration.lookup("a").value == "x"
    assert configuration.keys() == ["A", "B"]
    assert opened == []
    found = configuration.lookup("b")
    assert (found.value, found.key, found.source, found.line, found.origin.name) == (
        "opened",
        "B",
        "/s.json",
        None,
        "user secrets",
    )
    assert opened == ["B"]


def test_a_value_that_cannot_be_opened_never_falls_through(folder: Folder) -> None:
    """Its own key fails, though a file has it too; other keys are answered."""
    folder.write("", '{"A": "below", "B": "below"}')
    configuration = folder.load(secrets=[sealed("A")])
    with pytest.raises(UnsealError):
        configuration.lookup("a")
    assert configuration.lookup("B").value == "below"


def test_a_damaged_secrets_file_fails_every_lookup(folder: Folder) -> None:
    """As any broken layer does."""

    def keys() -> list[str]:
        raise SecretsFileError("damaged")

    layer = DeferredLayer("user secrets", "/s.json", keys, str)
    with pytest.raises(SecretsFileError):
        folder.load(environ={"A": "x"}, secrets=[layer]).lookup("A")


def test_later_secrets_lie_over_earlier_ones(folder: Folder) -> None:
    """The file of all environments first, the environment's own over it."""
    common = DeferredLayer("user secrets", "/s.json", lambda: ["A", "B"], lambda key: "common")
    own = DeferredLayer("user secrets (Development)", "/s.Development.json", lambda: ["a"], lambda key: "own")
    configuration = folder.load(secrets=[common, own])
    assert [configuration.lookup(key).value for key in "AB"] == ["own", "common"]
    assert [each.entry.source for each in configuration.lookup("A").hidden] == ["/s.json"]


def test_keys_are_asked_for_at_every_lookup(folder: Folder) -> None:
    """A secret that was set or removed meanwhile is seen."""
    keys = ["A"]
    configuration = folder.load(secrets=[DeferredLayer("user secrets", "/s.json", lambda: keys, str.lower)])
    assert configuration.lookup("A").value == "a"
    keys[0] = "B"
    assert configuration.lookup("B").value == "b"
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("A")
