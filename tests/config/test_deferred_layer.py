"""Layers whose values are fetched one at a time: the user's secrets."""

from __future__ import annotations

import pytest

from aiconn_nb.config import DeferredLayer
from aiconn_nb.errors import ReferenceNotFound, SecretsFileError, UnsealError

from .conftest import Folder


def sealed(*keys: str) -> DeferredLayer:
    """Return a layer that never opens a value."""

    def value(key: str) -> str:
        raise UnsealError(f"{key} cannot be opened.")

    return DeferredLayer("user secrets", "/s.json", lambda: keys, value)


def test_only_the_value_that_wins_is_opened(folder: Folder) -> None:
    """Looking up a hidden or another key opens nothing."""
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
    """The lookup of its key fails, even if a file has the key. Other keys are found."""
    folder.write("", '{"A": "below", "B": "below"}')
    configuration = folder.load(secrets=[sealed("A")])
    with pytest.raises(UnsealError):
        configuration.lookup("a")
    assert configuration.lookup("B").value == "below"


def test_a_damaged_secrets_file_fails_every_lookup(folder: Folder) -> None:
    """It behaves like any broken layer."""

    def keys() -> list[str]:
        raise SecretsFileError("damaged")

    layer = DeferredLayer("user secrets", "/s.json", keys, str)
    with pytest.raises(SecretsFileError):
        folder.load(environ={"A": "x"}, secrets=[layer]).lookup("A")


def test_later_secrets_lie_over_earlier_ones(folder: Folder) -> None:
    """The environment's own file has precedence over the file for all environments."""
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
