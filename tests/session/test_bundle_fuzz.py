"""The import of random bundles raises only our errors, and does exactly what it plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiconn_nb import AiconnError, Session

from .bundles import new_session

EXAMPLES = 150

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["a", "b", "fake", "demo", "$K:K", "$", "$$", "https://evil.example", "sk-abcdefghijkl", "\u202e", "\x00"]
    ),
)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
keys = st.one_of(
    st.sampled_from(
        [
            *("aiconn_bundle", "connections", "profiles", "keys", "alias", "name", "provider", "active", "settings"),
            *("to_be_supplied", "capability", "model", "options", "tags", "key", "needed_by"),
            *("api_key", "endpoint", "region", "retries", "temperature", "system"),
        ]
    ),
    texts,
)
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=25
)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a proper value and occasionally something else."""
    return st.integers(0, 9).flatmap(lambda number: anything if number == 0 else good)


aliases = st.sampled_from(["a", "b", "c", "A", "", "a b"])
connections = st.fixed_dictionaries(
    {"alias": mostly(aliases), "name": mostly(texts), "provider": mostly(st.sampled_from(["fake", "gone"]))},
).flatmap(
    lambda found: st.fixed_dictionaries(
        {
            **{key: st.just(value) for key, value in found.items()},
            "settings": mostly(
                st.dictionaries(st.sampled_from(["api_key", "endpoint", "region", "retries", "x"]), plain, max_size=4)
            ),
        },
        optional={
            "active": mostly(st.booleans()),
            "to_be_supplied": mostly(st.lists(keys, max_size=3)),
            "id": anything,
        },
    )
)
profiles = st.fixed_dictionaries(
    {
        "alias": mostly(aliases),
        "name": mostly(texts),
        "capability": mostly(st.sampled_from(["chat", "embedding"])),
        "connections": mostly(st.lists(aliases, max_size=3)),
        "model": mostly(texts),
    },
    optional={
        "options": mostly(
            st.dictionaries(st.sampled_from(["temperature", "system", "dimensions", "x"]), plain, max_size=3)
        ),
        "tags": mostly(st.lists(texts, max_size=3)),
    },
)
documents = mostly(
    st.fixed_dictionaries(
        {"aiconn_bundle": mostly(st.just(1)), "connections": mostly(st.lists(connections, max_size=3))},
        optional={"profiles": mostly(st.lists(profiles, max_size=3)), "keys": anything},
    )
)
renames = st.dictionaries(aliases, st.sampled_from(["a", "d", "e", "No"]), max_size=2)
quickly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def session() -> Session:
    """Return a session with a connection with which bundles may clash."""
    session = new_session()
    session.create("a", "fake", settings={"api_key": "sealed-key"})
    return session


def planned_is_done(session: Session, path: Path, rename: dict[str, str]) -> bool:
    """Import a bundle if it is one. Check that the plan is what happened, and that the sealed key is the same or replaced by a
    reference."""
    before = session.get("a").settings["api_key"]
    problem = ""
    try:
        plan = session.plan_import(path, rename=rename)
        str(plan)
        json.dumps(plan.data())
        done = session.apply_import(plan)
    except AiconnError as error:
        problem = str(error)
    if problem:
        assert "\x00" not in problem
        assert "\u202e" not in problem
        return False
    assert [row.alias for row in plan.rows if row.kind == "connection" and row.state in ("new", "changed")] == list(
        done.aliases
    )
    assert all(row.alias in session.aliases() for row in plan.rows if row.kind == "connection" and row.is_merged)
    after = session.get("a").settings["api_key"]
    assert after == before or str(after).startswith("$")
    return True


@quickly
@given(document=documents, rename=renames)
def test_documents_of_any_shape(session: Session, work: Path, document: Any, rename: dict[str, str]) -> None:
    """The documents are nearly right or entirely wrong."""
    (work / "b.json").write_text(json.dumps(document))
    planned_is_done(session, work / "b.json", rename)


@quickly
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(alphabet='{}[]":,\\ntfu0123eE+-. \ufeff', max_size=60).map(str.encode)
    )
)
def test_files_of_any_content(session: Session, work: Path, content: bytes) -> None:
    """The content is arbitrary bytes and near-JSON."""
    (work / "b.json").write_bytes(content)
    planned_is_done(session, work / "b.json", {})


def test_many_of_them_are_bundles_indeed(session: Session, work: Path) -> None:
    """Otherwise the other tests would only try the first check."""
    imported = 0

    @quickly
    @given(document=documents)
    def count(document: Any) -> None:
        nonlocal imported
        (work / "b.json").write_text(json.dumps(document))
        imported += planned_is_done(session, work / "b.json", {})

    count()
    assert imported >= 5  # about twenty are; the exact number is chance
