"""Texts become vectors in their order and in batches, and all of them come from the same connection."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pytest

from aiconn_nb import CommandError, ProviderFailed, Session
from aiconn_nb.errors import (
    AllFailed,
    BadNumber,
    BadOptions,
    ColumnNotFound,
    FailureKind,
    JournalUnusable,
    NoData,
    NotAText,
    NumPyMissing,
    TableNotWritten,
    TemplateWithoutColumn,
)
from aiconn_nb.features.asking import Embedded
from aiconn_nb.features.batch import gate, matrix, vectorizing
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import Embeddings, Usage
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of

from .priced import priced_session

KEY = "made-up-key"


class Measuring(FakeProvider):
    """A provider whose vector gives the length of its text. It takes three texts at once, and fails by region and call as a test
    says."""

    embed_batch = 3

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[str, int]] = []
        self.fails: dict[tuple[str, int], FailureKind] = {}
        """Maps (region, number of earlier batches) to the kind of failure of the call."""
        self.refused: str | None = None
        """The text that no request may contain."""
        self.width = 2
        """The numbers per vector."""
        self.lost = 0
        """The number of vectors that are missing from each answer."""

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        region = str(client.settings["region"])
        before = sum(each[0] == region for each in self.batches)
        self.batches.append((region, len(texts)))
        if self.refused is not None and any(self.refused in text for text in texts):
            raise FakeFailure(FailureKind.BAD_REQUEST, "not that", None)
        if kind := self.fails.get((region, before)):
            raise FakeFailure(kind, "not now", None)
        vectors = [[float(len(text)), float(dimensions or 2), *[0.0] * (self.width - 2)] for text in texts]
        return Embeddings(vectors[self.lost :], Usage(len(texts)))


@pytest.fixture
def provider() -> Measuring:
    """Return the provider of this test's session."""
    return Measuring()


@pytest.fixture
def session(provider: Measuring, isolated: Path) -> Session:
    """Return a session with the profile ``vectors`` on the connections ``first`` and ``second``."""
    made = Session(registry=registry_of(provider))
    for alias in ("first", "second"):
        made.create(alias, "fake", settings={"api_key": KEY, "region": alias})
    made.create_profile(
        "vectors", connections=["first", "second"], model="fake-embedding", capability="embedding", default=True
    )
    return made


def test_vectors_come_in_the_order_of_the_texts(session: Session, provider: Measuring) -> None:
    """Each batch has as many texts as the provider takes at once."""
    embedded = session.embed(["a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg"], profile="vectors")
    assert [vector[0] for vector in embedded] == [1, 2, 3, 4, 5, 6, 7]
    assert embedded.vectors[6] == [7.0, 2.0]
    assert provider.batches == [("first", 3), ("first", 3), ("first", 1)]


def test_the_answer_tells_who_gave_it(session: Session) -> None:
    """The answer also tells its cost, and its display contains no vectors."""
    embedded = session.embed(["a", "bb", "ccc", "dddd"])
    assert (embedded.profile, embedded.connection, embedded.model) == ("vectors", "first", "fake-embedding")
    assert (embedded.dimensions, embedded.input_tokens) == (2, 4)
    first, second = str(embedded).splitlines()
    assert first == "4 vectors of 2 dimensions"
    assert second.startswith("vectors · first · fake-embedding · 4 tokens · ")
    assert embedded.data()["vectors"] == [[1.0, 2.0], [2.0, 2.0], [3.0, 2.0], [4.0, 2.0]]


def test_an_error_names_a_text_only_if_the_text_is_at_fault(
    session: Session, provider: Measuring, monkeypatch: Any
) -> None:
    """This provider takes one text at once. A refusal of the first one may be about the whole request, such as its dimensions."""
    monkeypatch.setattr(Measuring, "embed_batch", 1)
    provider.refused = "b"
    with pytest.raises(ProviderFailed) as first:
        session.embed(["b", "a"], dimensions=7)
    with pytest.raises(ProviderFailed) as second:
        session.embed(["a", "b"], dimensions=7)
    assert (first.value.refused_text, second.value.refused_text) == (None, 1)


def test_one_text_is_one_vector(session: Session) -> None:
    """A text is not treated as a list of letters."""
    assert session.embed("abc").vectors == [[3.0, 2.0]]


def test_no_text_is_no_call(session: Session, provider: Measuring) -> None:
    """An empty column of a table causes no call either."""
    embedded = session.embed([])
    assert (embedded.vectors, embedded.dimensions, provider.batches) == ([], 0, [])


def test_what_is_no_text_is_refused_before_the_call(session: Session, provider: Measuring) -> None:
    """A missing value in a table is no text, and the error says which one it is. A number alone is refused as well."""
    with pytest.raises(CommandError):
        session.embed(3)  # type: ignore[arg-type]
    with pytest.raises(NotAText) as raised:
        session.embed(["a", float("nan"), "c"])  # type: ignore[list-item]
    assert (raised.value.place, raised.value.count, raised.value.found) == (2, 3, "float")
    assert provider.batches == []


def test_dimensions_are_those_of_the_profile_or_of_the_call(session: Session) -> None:
    """A value out of range is refused."""
    session.edit_profile("vectors", options={"dimensions": 5})
    assert session.embed("a").vectors == [[1.0, 5.0]]
    assert session.embed("a", dimensions=7).vectors == [[1.0, 7.0]]
    with pytest.raises(BadOptions) as raised:
        session.embed("a", dimensions=0)
    assert raised.value.problems.keys() == {"dimensions"}


def test_before_the_first_batch_another_connection_takes_over(session: Session, provider: Measuring) -> None:
    """The answer says so."""
    provider.fails = {("first", 0): FailureKind.RATE_LIMITED}
    embedded = session.embed(["a", "b", "c", "d"])
    assert embedded.connection == "second"
    assert [(each.connection, each.kind) for each in embedded.attempts] == [("first", "rate_limited")]
    assert provider.batches == [("first", 3), ("second", 3), ("second", 1)]
    assert "in place of first (rate limited)" in embedded.footer


def test_behind_the_first_batch_nobody_takes_over(session: Session, provider: Measuring) -> None:
    """One answer with vectors of two models would be worse than none."""
    provider.fails = {("first", 1): FailureKind.AUTHENTICATION}
    with pytest.raises(ProviderFailed) as raised:
        session.embed(["a", "b", "c", "d", "e"])
    assert raised.value.kind is FailureKind.AUTHENTICATION
    assert raised.value.texts_done == (3, 5)
    assert provider.batches == [("first", 3), ("first", 2)]
    (row,) = session.usage()
    assert (row.calls, row.failures, row.input_tokens) == (1, 1, 3)


def test_an_answer_with_too_few_vectors_is_none(session: Session, provider: Measuring) -> None:
    """The vectors could not be assigned to their texts."""
    provider.lost = 1
    with pytest.raises(AllFailed) as raised:
        session.embed(["a", "b"])
    assert {each.kind for each in raised.value.attempts} == {FailureKind.PROVIDER_FAULT}


def test_progress_is_told_beyond_one_batch(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call-back gets how many of how many are done, even if the tick comes late, as on a slow machine."""
    real = vectorizing.in_background

    def slow(work: Any, tick: Callable[[], None]) -> Any:
        done = real(work, tick)
        tick()
        return done

    monkeypatch.setattr(vectorizing, "in_background", slow)
    told: list[tuple[int, int]] = []
    session.embed(["a"] * 7, on_batch=lambda done, total: told.append((done, total)))
    session.embed(["a"] * 3, on_batch=lambda done, total: told.append((done, total)))
    assert told[-1] == (7, 7)
    assert told == sorted(told)
    assert (3, 3) not in told


def test_a_connection_is_asked_with_a_model(session: Session) -> None:
    """A connection with a model can take the place of a profile."""
    embedded = session.embed("a", profile="second", model="fake-embedding")
    assert (embedded.profile, embedded.connection) == ("", "second")


def test_an_array_has_a_row_per_text(session: Session) -> None:
    """This needs NumPy. Any answer can be converted to an array."""
    numpy = pytest.importorskip("numpy")
    embedded = session.embed(["a", "bb", "ccc", "dddd"], as_array=True)
    assert embedded.vectors.shape == (4, 2)
    assert embedded.vectors.dtype == numpy.float64
    assert numpy.asarray(session.embed(["a", "bb"])).tolist() == [[1.0, 2.0], [2.0, 2.0]]
    assert session.embed([], as_array=True).vectors.shape == (0, 0)


def test_without_numpy_an_array_is_refused_before_the_call(
    session: Session, provider: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the line that installs it."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(NumPyMissing) as raised:
        session.embed("a", as_array=True)
    assert "%pip install numpy" in raised.value.hint
    assert provider.batches == []
    assert isinstance(session.embed("a"), Embedded)


def test_a_rate_limit_behind_the_first_batch_is_waited_for(
    session: Session, provider: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No vector is lost by the wait."""
    monkeypatch.setattr(gate, "BACKOFF", 0.01)
    provider.fails = {("first", 1): FailureKind.RATE_LIMITED}
    assert session.embed(["a", "bb", "ccc", "dddd"]).vectors == [[1.0, 2.0], [2.0, 2.0], [3.0, 2.0], [4.0, 2.0]]


def test_the_rows_of_a_table_become_vectors(session: Session, provider: Measuring) -> None:
    """Equal texts are sent once. A row without a text has an error and NaN."""
    table = pandas.DataFrame({"a": ["x", "y", None, "x"], "b": [1, 22, 3, 1]})
    embedded = session.embed(table, "{a} {b}")
    assert embedded.vectors.dtype == numpy.float32
    assert embedded.vectors[[0, 1, 3]].tolist() == [[3.0, 2.0], [4.0, 2.0], [3.0, 2.0]]
    assert numpy.isnan(embedded.vectors[2]).all()
    assert embedded.errors == {2: "a is missing"}
    assert (embedded.known, embedded.ok, len(embedded)) == (1, False, 4)
    assert provider.batches == [("first", 2)]


def test_texts_without_a_vector_are_named_with_the_reason(session: Session) -> None:
    """A terminal has no other way to show it. The reasons are few, but their texts may be many."""
    table = [{"a": None if number % 2 else "x"} for number in range(20)]
    *_, last = str(session.embed([*table, {"b": "y"}], "{a}")).splitlines()
    assert last == "No vector: a is missing (11 texts, by position: 1, 3, 5, 7, 9, ...)."
    *_, last = str(session.embed([{"a": "x"}, {"a": None}], "{a}")).splitlines()
    assert last == "No vector: a is missing (1 text, by position: 1)."


@pytest.mark.parametrize(
    ("column", "template"),
    [
        (pandas.Series(["a", "bb"], name="x"), "{x}!"),
        (pandas.Series(["a", "bb"]), "{text}!"),
        (polars.Series("x", ["a", "bb"]), "{x}!"),
        (polars.LazyFrame({"x": ["a", "bb"]}), "{x}!"),
        (({"x": text} for text in ("a", "bb")), "{x}!"),
        ({"a": 1, "bb": 2}.keys(), "{text}!"),
    ],
    ids=["pandas", "pandas-unnamed", "polars", "polars-lazy", "generator", "keys"],
)
def test_embed_takes_the_data_that_map_takes(session: Session, column: Any, template: str) -> None:
    """A column of a table has its own name, or ``text`` if it has none."""
    assert session.embed(column, template).vectors[:, 0].tolist() == [2.0, 3.0]


def test_the_same_call_goes_on(session: Session, provider: Measuring) -> None:
    """It uses the connection with which it began, whichever comes first now, and no text in the journal is asked again."""
    rows = [{"body": "x" * number} for number in range(1, 9)]
    provider.fails = {("first", 0): FailureKind.UNREACHABLE, ("second", 2): FailureKind.AUTHENTICATION}
    with pytest.raises(ProviderFailed):
        session.embed(rows, "{body}", at_once=1)
    assert provider.batches == [("first", 3), ("second", 3), ("second", 3), ("second", 2)]
    provider.batches.clear()
    provider.fails = {}
    again = session.embed(rows, "{body}", at_once=1)
    assert provider.batches == [("second", 2)]
    assert (again.connection, again.known) == ("second", 6)
    assert again.vectors[:, 0].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert session.embed(rows, "{body}").known == 8


def test_texts_alone_are_not_kept(session: Session, provider: Measuring) -> None:
    """A journal is for a dataset, or on demand."""
    session.embed(["a", "b"])
    assert not list(session._context.home.glob("maps/*.sqlite"))
    session.embed(["a", "b"], journal=True)
    assert session.embed(["a", "b"], journal=True).known == 2


def test_vectors_go_to_a_file(session: Session, tmp_path: Path) -> None:
    """The file is mapped into memory and gets its name only once it is complete. An existing file is left alone."""
    place = tmp_path / "v.npy"
    embedded = session.embed(["a", "bb"], output=place)
    assert isinstance(embedded.vectors, numpy.memmap)
    assert numpy.load(place).tolist() == [[1.0, 2.0], [2.0, 2.0]]
    assert [each.name for each in tmp_path.iterdir()] == ["v.npy"]
    assert embedded.data()["output"] == str(place)
    with pytest.raises(TableNotWritten):
        session.embed(["ccc"], output=place)
    session.embed(["ccc"], output=place, overwrite=True)
    assert numpy.load(place).tolist() == [[3.0, 2.0]]
    with pytest.raises(BadNumber):
        session.embed(["a"], output=tmp_path / "v.csv")


def test_a_file_that_appears_during_the_run_is_left(
    session: Session, provider: Measuring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vectors are in the journal, so the same call with another name sends nothing again."""
    place = tmp_path / "v.npy"
    answer = provider.embed

    def meanwhile(*given: Any, **named: Any) -> Any:
        place.write_bytes(b"precious")
        return answer(*given, **named)

    monkeypatch.setattr(provider, "embed", meanwhile)
    with pytest.raises(TableNotWritten) as raised:
        session.embed(["a", "bb"], output=place)
    assert raised.value.is_answered
    assert place.read_bytes() == b"precious"
    assert [each.name for each in tmp_path.iterdir()] == ["v.npy"]
    assert session.embed(["a", "bb"], output=tmp_path / "w.npy").known == 2


def test_a_link_to_a_file_stays_a_link(session: Session, tmp_path: Path) -> None:
    """The file to which it leads is replaced, even in another folder."""
    (tmp_path / "other").mkdir()
    real, link = tmp_path / "other" / "v.npy", tmp_path / "v.npy"
    session.embed(["a"], output=real)
    link.symlink_to(real)
    session.embed(["ccc"], output=link, overwrite=True)
    assert link.is_symlink()
    assert numpy.load(real).tolist() == [[3.0, 2.0]]


def test_the_home_folder_may_be_written_as_a_tilde(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tilde works as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    session.embed(["a"], output="~/v.npy")
    assert numpy.load(tmp_path / "v.npy").tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("given", ["a cat", b"a cat", {"text": "a cat"}])
def test_with_a_template_only_rows_are_taken(session: Session, provider: Measuring, given: Any) -> None:
    """A text is no row of letters, and a dictionary is no row of its names."""
    with pytest.raises(NoData):
        session.embed(given, "{text}")
    assert provider.batches == []


def test_a_run_that_fails_leaves_no_file(session: Session, provider: Measuring, tmp_path: Path) -> None:
    """There is neither a complete nor a partial file."""
    provider.fails = {("first", 1): FailureKind.AUTHENTICATION}
    with pytest.raises(ProviderFailed):
        session.embed(["a", "bb", "ccc", "dddd"], output=tmp_path / "v.npy")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed(session: Session, tmp_path: Path) -> None:
    """The next process that writes the same file removes it, but no part of a process that still runs and no other file."""
    left, running = tmp_path / "v.npy.1585.part", tmp_path / "v.npy.99.part"
    others = [tmp_path / name for name in ("w.npy.1585.part", "v.npy.x.part", "v.npy.part", "v.npy.1585")]
    for each in (left, running, *others):
        each.write_bytes(b"1")
    with matrix.held(running) or pytest.fail("it has a lock already"):
        session.embed(["a", "bb"], output=tmp_path / "v.npy")
        assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "v.npy", running, *others])
    session.embed(["a", "bb"], output=tmp_path / "v.npy", overwrite=True)
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "v.npy", *others])


def test_a_text_that_is_refused_costs_no_other(session: Session, provider: Measuring) -> None:
    """Its batch is asked in smaller parts. If all texts are refused, the whole call fails."""
    provider.refused = "bad"
    embedded = session.embed([{"t": text} for text in ("a", "bad", "ccc", "dddd")], "{t}", profile="first", model="m")
    assert list(embedded.errors) == [1]
    assert embedded.vectors[[0, 2, 3], 0].tolist() == [1.0, 3.0, 4.0]
    provider.refused = ""
    with pytest.raises(ProviderFailed):
        session.embed([{"t": str(number)} for number in range(100)], "{t}", profile="first", model="m")
    assert len(provider.batches) < 60


def test_a_key_in_a_row_is_not_sent(session: Session) -> None:
    """The row's error says whose key it is."""
    session.set_secret("Some:Key", Secret("kq7-Zr4t-93xy-Wp2m"))
    embedded = session.embed([{"t": "fine"}, {"t": "it is kq7-Zr4t-93xy-Wp2m"}], "{t}")
    assert "Some:Key" in embedded.errors[1]
    assert "kq7-Zr4t" not in embedded.errors[1]


def test_a_table_needs_a_template(session: Session, provider: Measuring) -> None:
    """The columns of the template must exist."""
    with pytest.raises(TemplateWithoutColumn):
        session.embed(pandas.DataFrame({"a": ["x"]}))
    with pytest.raises(TemplateWithoutColumn):
        session.embed([{"a": "x"}])
    with pytest.raises(ColumnNotFound):
        session.embed(pandas.DataFrame({"a": ["x"]}), "{b}")
    assert provider.batches == []


def test_a_journal_of_ones_own_serves_a_profile_with_fallbacks(
    session: Session, provider: Measuring, tmp_path: Path
) -> None:
    """It belongs to the connection that answers, and the same call continues with that one."""
    place = tmp_path / "vectors.sqlite"
    provider.fails = {("first", 0): FailureKind.UNREACHABLE}
    assert session.embed(["a", "bb"], journal=str(place)).connection == "second"
    again = Session(registry=registry_of(provider)).embed(["a", "bb", "ccc"], journal=str(place))
    assert (again.connection, again.known) == ("second", 2)
    assert provider.batches == [("first", 2), ("second", 2), ("second", 1)]


def test_a_journal_of_something_else_stops_an_embedding(session: Session, provider: Measuring, tmp_path: Path) -> None:
    """The error comes before anything is sent."""
    place = tmp_path / "other.sqlite"
    session.embed(["a"], dimensions=7, journal=str(place))
    provider.batches.clear()
    with pytest.raises(JournalUnusable):
        session.embed(["a"], journal=str(place))
    assert provider.batches == []


@pytest.mark.parametrize("journal", ["", 5])
def test_a_journal_that_is_no_path_is_not_blamed_on_a_connection(session: Session, journal: Any) -> None:
    """It is one of our errors, as in `map`."""
    with pytest.raises(BadNumber) as raised:
        session.embed(["a"], journal=journal)
    assert raised.value.name == "journal"


def test_a_dataset_without_rows_has_an_array_without_rows(session: Session, tmp_path: Path) -> None:
    """If a file is requested, it has no rows either, and nothing is sent."""
    file = tmp_path / "none.npy"
    embedded = session.embed(pandas.DataFrame({"body": []}), "{body}", output=file)
    assert embedded.vectors.shape == (0, 0)
    assert numpy.load(file).shape == (0, 0)
    assert session.embed(pandas.DataFrame({"body": []}), "{body}").vectors.shape == (0, 0)
    assert session.embed([]).vectors == []


@pytest.mark.parametrize("given", [{"at_once": 0}, {"budget": "much"}, {"total_at_once": "many"}], ids=str)
@pytest.mark.parametrize("texts", [[], ["a"]], ids=str)
def test_a_number_that_is_none_is_refused(session: Session, texts: list[str], given: dict[str, Any]) -> None:
    """This holds for any texts, with or without a cluster."""
    with pytest.raises(BadNumber) as raised:
        session.embed(texts, **given)
    assert raised.value.name == next(iter(given))


def test_vectors_of_a_journal_are_not_mixed_with_those_of_another_length(session: Session, provider: Measuring) -> None:
    """A server may since have another model with the same name."""
    session.embed([{"body": "a"}], "{body}", profile="first", model="m-1")
    provider.width = 4
    with pytest.raises(ProviderFailed) as raised:
        session.embed([{"body": "a"}, {"body": "bb"}], "{body}", profile="first", model="m-1")
    assert raised.value.kind is FailureKind.PROVIDER_FAULT


def test_an_unknown_cost_of_an_embedding_is_not_zero(session: Session) -> None:
    """The same holds for `map`."""
    session.embed([{"body": "a"}, {"body": "bb"}, {"body": "a"}], "{body}")
    assert session.last_embedding is not None
    assert session.last_embedding.progress.cost is None
    assert session.last_embedding.data()["cost"] is None


def test_the_cost_of_an_embedding_is_in_its_progress(isolated: Path) -> None:
    """It is 100 tokens for each of two texts, at $0.02 a million."""
    session = priced_session()
    session.embed(["a", "bb"], profile="paid", model="text-embedding-3-small")
    assert session.last_embedding is not None
    assert session.last_embedding.progress.cost == pytest.approx(0.000004)
