"""Former versions: kept, bounded, sealed, and readable whatever a crash left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.errors import StoreUnwritable
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Sealed
from aiconn_nb.store.history import merged, patch
from aiconn_nb.store.store import Store

Make = Callable[..., Connection]


def save(store: Store, alias: str, /, **changed: Any) -> Connection:
    """Save one more version."""
    with store.change() as change:
        return change.put(replace(change.connection(alias), **changed))


def test_every_save_keeps_the_former_state(store: Store, make: Make) -> None:
    """The versions come oldest first, the current one last, each with its version, time, author and full state."""
    first = make("a", settings={"api_key": Sealed("one"), "organization": "org"})
    second = save(store, "a", settings={"api_key": Sealed("two")})
    third = save(Store(store.home, author="bob@desk"), "a", alias="b", active=False)
    versions = store.history(first.id)
    assert [version.state for version in versions] == [first, second, third]
    assert [version.version for version in versions] == [1, 2, 3]
    assert [version.modified_by for version in versions] == ["ada@lab", "ada@lab", "bob@desk"]
    assert [version.modified for version in versions] == [first.modified, second.modified, third.modified]


def test_two_saves_in_one_change_are_two_versions(store: Store, make: Make) -> None:
    """No version is skipped."""
    made = make("a")
    with store.change() as change:
        change.put(replace(made, name="Second"))
        change.put(replace(change.connection("a"), name="Third"))
    assert [version.state.name for version in store.history(made.id)] == ["A", "Second", "Third"]


def test_the_last_fifty_versions_are_kept(store: Store, make: Make) -> None:
    """The file stays short, however many saves there are."""
    made = make("a")
    path = store.home / "history" / f"{made.id}.jsonl"
    longest = 0
    for number in range(2, 131):
        save(store, "a", name=f"Name {number}", settings={"api_key": Sealed(str(number % 7))})
        longest = max(longest, path.read_bytes().count(b"\n"))
    versions = store.history(made.id)
    assert [version.version for version in versions] == list(range(81, 131))
    assert [version.state.name for version in versions] == [f"Name {number}" for number in range(81, 131)]
    assert [version.state.settings["api_key"] for version in versions] == [Sealed(str(n % 7)) for n in range(81, 131)]
    assert longest < 70


def test_the_history_is_private_and_sealed(store: Store, make: Make) -> None:
    """The folder has mode 0700 and its files 0600. A sealed value stays sealed in the history."""
    made = make("a", settings={"api_key": Sealed("aiconn:1:token")})
    save(store, "a", settings={})
    path = store.home / "history" / f"{made.id}.jsonl"
    assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    assert json.loads(path.read_text())["patch"]["settings"] == {"api_key": {"sealed": "aiconn:1:token"}}


def test_an_unknown_entity_has_no_history(store: Store) -> None:
    """This also holds for an id that would lead to another folder."""
    assert store.history("nobody") == []
    assert store.history("../connections") == []


def test_a_new_connection_does_not_inherit_a_history(store: Store, make: Make) -> None:
    """A connection of a lost store may have had the same id."""
    made = make("a")
    save(store, "a", name="x")
    (store.home / "connections.json").unlink()
    with store.change() as change:
        change.put(replace(made, name="Anew"))
    saved = save(store, "a", name="Newer")
    assert [version.state.name for version in store.history(saved.id)] == ["Anew", "Newer"]


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_torn_last_line_is_harmless(store: Store, make: Make, cut: int) -> None:
    """A line that a crash has cut is skipped, and later lines stay readable."""
    make("a")
    for number in range(2, 6):
        save(store, "a", name=f"Name {number}")
    made = store.read().connection("a")
    path = store.home / "history" / f"{made.id}.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[-1][:-cut])
    assert [version.version for version in store.history(made.id)] == [1, 2, 3, 4, 5]
    save(store, "a", name="Name 6")
    assert [version.version for version in store.history(made.id)] == [1, 2, 3, 4, 5, 6]


def test_a_line_whose_save_never_happened_is_passed_over(store: Store, make: Make) -> None:
    """A crash between the history and the store leaves such a line. The next save writes the same version again."""
    make("a", name="One")
    two = save(store, "a", name="Two")
    store_file = store.home / "connections.json"
    before = store_file.read_bytes()
    save(store, "a", name="Lost")
    store_file.write_bytes(before)
    assert [version.state.name for version in store.history(two.id)] == ["One", "Two"]
    save(store, "a", name="Three")
    assert [version.state.name for version in store.history(two.id)] == ["One", "Two", "Three"]


def test_lines_of_saves_that_never_happened_do_not_push_out_versions(store: Store, make: Make) -> None:
    """Fifty versions are kept, however many crashes were between them."""
    made = make("a")
    store_file = store.home / "connections.json"
    for number in range(2, 81):
        before = store_file.read_bytes()
        save(store, "a", name=f"Lost {number}")
        store_file.write_bytes(before)
        save(store, "a", name=f"Name {number}")
    versions = store.history(made.id)
    assert [version.version for version in versions] == list(range(31, 81))
    assert all(version.state.name == f"Name {version.version}" for version in versions)


@pytest.mark.parametrize(
    "rubbish", [b"\x00\xff", b"{}", b"[1]", b'{"patch": 3}', b'{"state": {"version": "x"}}', b"[" * 3000]
)
def test_a_damaged_line_costs_ten_versions_at_most(store: Store, make: Make, rubbish: bytes) -> None:
    """Every tenth line has a full state, so the versions before a damaged line remain readable."""
    made = make("a")
    for number in range(2, 36):
        save(store, "a", name=f"Name {number}")
    path = store.home / "history" / f"{made.id}.jsonl"
    lines = path.read_bytes().splitlines()
    lines[24] = rubbish
    path.write_bytes(b"\n".join(lines) + b"\n")
    versions = store.history(made.id)
    assert [version.version for version in versions] == [*range(1, 21), *range(26, 36)]
    assert all(version.state.name == f"Name {version.version}" for version in versions[1:])


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "rubbish", "empty"])
def test_whatever_stands_in_place_of_the_history_reading_goes_on(store: Store, make: Make, kind: str) -> None:
    """The current version is always readable. A save works, or is refused with the name of the obstacle."""
    made = make("a")
    saved = save(store, "a", name="x")
    path = store.home / "history" / f"{made.id}.jsonl"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b"\xff" * 100 if kind == "rubbish" else b"")
    assert [version.version for version in store.history(made.id)] == [2]
    if kind in ("rubbish", "empty"):
        save(store, "a", name="y")
        assert [version.version for version in store.history(made.id)] == [2, 3]
    else:
        with pytest.raises(StoreUnwritable) as raised:
            save(store, "a", name="y")
        assert ("history" if kind == "pipe" else f"{made.id}.jsonl") in raised.value.problem
        assert store.read().connections == (saved,)


_VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
_DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), _VALUES, max_size=4)


@given(_DOCUMENTS, _DOCUMENTS)
def test_a_patch_leads_from_one_document_to_the_other(source: dict, target: dict) -> None:
    """This holds for all documents without nulls, and ``True`` is not 1."""
    change = patch(source, target)
    assert repr(merged(source, change)) == repr(merged(target, {})) or merged(source, change) == target
    assert patch(source, source) == {}
