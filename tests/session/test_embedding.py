"""Texts as vectors: their order, their batches, and that all come from the same connection."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import CommandError, ProfileUnusable, ProviderFailed, Session
from aiconn_nb.errors import FailureKind
from aiconn_nb.features.asking.embedding import Embedded
from aiconn_nb.providers.base import Embeddings, Usage
from aiconn_nb.providers.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of

KEY = "made-up-key"


class Measuring(FakeProvider):
    """A vector says how long its text is. Takes three texts at once; fails as a test says, by region and call."""

    embed_batch = 3

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[str, int]] = []
        self.fails: dict[tuple[str, int], FailureKind] = {}
        """(region, how many batches it was asked for before) -> how the call fails."""
        self.lost = 0
        """Vectors that are missing from each answer."""

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        region = str(client.settings["region"])
        before = sum(each[0] == region for each in self.batches)
        self.batches.append((region, len(texts)))
        if kind := self.fails.get((region, before)):
            raise FakeFailure(kind, "not now", None)
        vectors = [[float(len(text)), float(dimensions or 2)] for text in texts]
        return Embeddings(vectors[self.lost :], Usage(len(texts)))


@pytest.fixture
def provider() -> Measuring:
    """The provider of this test's session."""
    return Measuring()


@pytest.fixture
def session(provider: Measuring, isolated: Path) -> Session:
    """The profile ``vectors`` with the connections ``first`` and ``second``."""
    made = Session(registry=registry_of(provider))
    for alias in ("first", "second"):
        made.create(alias, "fake", settings={"api_key": KEY, "region": alias})
    made.create_profile(
        "vectors", connections=["first", "second"], model="fake-embedding", capability="embedding", default=True
    )
    return made


def test_vectors_come_in_the_order_of_the_texts(session: Session, provider: Measuring) -> None:
    """In batches of what the provider takes at once."""
    embedded = session.embed(["a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg"], profile="vectors")
    assert [vector[0] for vector in embedded] == [1, 2, 3, 4, 5, 6, 7]
    assert embedded.vectors[6] == [7.0, 2.0]
    assert provider.batches == [("first", 3), ("first", 3), ("first", 1)]


def test_the_answer_tells_who_gave_it(session: Session) -> None:
    """And what it cost; a display prints no vectors."""
    embedded = session.embed(["a", "bb", "ccc", "dddd"])
    assert (embedded.profile, embedded.connection, embedded.model) == ("vectors", "first", "fake-embedding")
    assert (embedded.dimensions, embedded.input_tokens) == (2, 4)
    first, second = str(embedded).splitlines()
    assert first == "4 vectors of 2 dimensions"
    assert second.startswith("vectors · first · fake-embedding · 4 tokens · ")
    assert embedded.data()["vectors"] == [[1.0, 2.0], [2.0, 2.0], [3.0, 2.0], [4.0, 2.0]]


def test_one_text_is_one_vector(session: Session) -> None:
    """A text is not taken for its letters."""
    assert session.embed("abc").vectors == [[3.0, 2.0]]


def test_no_text_is_no_call(session: Session, provider: Measuring) -> None:
    """An empty column of a table is none."""
    embedded = session.embed([])
    assert (embedded.vectors, embedded.dimensions, provider.batches) == ([], 0, [])


def test_what_is_no_text_is_refused_before_the_call(session: Session, provider: Measuring) -> None:
    """As a missing value in a table is; it says which one. A number alone is none either."""
    with pytest.raises(CommandError):
        session.embed(3)  # type: ignore[arg-type]
    with pytest.raises(CommandError, match=r"Text 2 of 3 is no text but float"):
        session.embed(["a", float("nan"), "c"])  # type: ignore[list-item]
    assert provider.batches == []


def test_dimensions_are_those_of_the_profile_or_of_the_call(session: Session) -> None:
    """Out of range is refused with the range."""
    session.edit_profile("vectors", options={"dimensions": 5})
    assert session.embed("a").vectors == [[1.0, 5.0]]
    assert session.embed("a", dimensions=7).vectors == [[1.0, 7.0]]
    with pytest.raises(CommandError, match="dimensions must be a whole number from 1"):
        session.embed("a", dimensions=0)


def test_before_the_first_batch_another_connection_takes_over(session: Session, provider: Measuring) -> None:
    """And the answer says so."""
    provider.fails = {("first", 0): FailureKind.RATE_LIMITED}
    embedded = session.embed(["a", "b", "c", "d"])
    assert embedded.connection == "second"
    assert [(each.connection, each.kind) for each in embedded.attempts] == [("first", "rate_limited")]
    assert provider.batches == [("first", 3), ("second", 3), ("second", 1)]
    assert "in place of first (rate limited)" in embedded.footer


def test_behind_the_first_batch_nobody_takes_over(session: Session, provider: Measuring) -> None:
    """Vectors of two models in one answer would be worse than none."""
    provider.fails = {("first", 1): FailureKind.RATE_LIMITED}
    with pytest.raises(ProviderFailed) as raised:
        session.embed(["a", "b", "c", "d", "e"])
    assert raised.value.kind is FailureKind.RATE_LIMITED
    assert raised.value.what.endswith("(3 of 5 texts had their vectors.)")
    assert provider.batches == [("first", 3), ("first", 2)]
    (row,) = session.usage()
    assert (row.calls, row.failures, row.input_tokens) == (1, 1, 3)


def test_an_answer_with_too_few_vectors_is_none(session: Session, provider: Measuring) -> None:
    """They could not be told apart."""
    provider.lost = 1
    with pytest.raises(ProfileUnusable, match="does not have one vector per text"):
        session.embed(["a", "b"])


def test_progress_is_told_beyond_one_batch(session: Session) -> None:
    """How many are done, of how many."""
    told: list[tuple[int, int]] = []
    session.embed(["a"] * 7, on_batch=lambda done, total: told.append((done, total)))
    session.embed(["a"] * 3, on_batch=lambda done, total: told.append((done, total)))
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_a_connection_is_asked_with_a_model(session: Session) -> None:
    """As everywhere where a profile is taken."""
    embedded = session.embed("a", profile="second", model="fake-embedding")
    assert (embedded.profile, embedded.connection) == ("", "second")


def test_an_array_has_a_row_per_text(session: Session) -> None:
    """Where NumPy is installed; and any answer can be made one."""
    numpy = pytest.importorskip("numpy")
    embedded = session.embed(["a", "bb", "ccc", "dddd"], as_array=True)
    assert embedded.vectors.shape == (4, 2)
    assert embedded.vectors.dtype == numpy.float64
    assert numpy.asarray(session.embed(["a", "bb"])).tolist() == [[1.0, 2.0], [2.0, 2.0]]
    assert session.embed([], as_array=True).vectors.shape == (0, 0)


def test_without_numpy_an_array_is_refused_before_the_call(
    session: Session, provider: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line that installs it."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(CommandError, match="%pip install numpy"):
        session.embed("a", as_array=True)
    assert provider.batches == []
    assert isinstance(session.embed("a"), Embedded)
