"""`map` asks a prompt about a dataset on the demo provider, with columns, journals and wrong arguments."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest

from aiconn_nb import Session
from aiconn_nb.errors import (
    AiconnError,
    BadNumber,
    ColumnNotFound,
    ColumnTaken,
    JournalUnusable,
    NoData,
    NotTexts,
    RowNotAsked,
)
from aiconn_nb.features.batch import Progress
from aiconn_nb.features.batch.tables import table_of
from aiconn_nb.model.secret import Secret

OF_THE_RESULT = ("model", "connection", "input_tokens", "output_tokens", "cost", "error")
"""The columns that every result has."""


@pytest.fixture
def writer(session: Session) -> Session:
    """Return a session with the profile ``writer`` on the demo provider."""
    session.create("demo-dev", "demo")
    session.create_profile("writer", connections=["demo-dev"], model="demo-brief")
    return session


@pytest.mark.parametrize("column", OF_THE_RESULT)
def test_an_answer_has_no_column_of_the_result(writer: Session, column: str) -> None:
    """This holds for the text and for a field of a schema."""
    with pytest.raises(ColumnTaken) as raised:
        writer.map(["a"], "{text}", profile="writer", into=column)
    assert (raised.value.column, raised.value.is_own, raised.value.is_text) == (column, True, True)
    with pytest.raises(ColumnTaken) as raised:
        writer.map(["a"], "{text}", profile="writer", schema={"label": str, column: str})
    assert (raised.value.column, raised.value.is_own, raised.value.is_text) == (column, True, False)


def test_every_column_that_would_be_replaced_is_named_at_once(writer: Session) -> None:
    """The result of an earlier map has such columns."""
    first = writer.map(pandas.DataFrame({"text": ["a"]}), "{text}", profile="writer")
    with pytest.raises(ColumnTaken) as raised:
        writer.map(first, "{text} {answer}", profile="writer", into="second")
    assert (raised.value.column, *raised.value.also) == OF_THE_RESULT


def test_answers_that_are_not_whole_are_told(writer: Session) -> None:
    """There is one note for each way in which answers ended, because nobody checks a hundred thousand of them."""
    writer.map(["a", "b"], "Why {text}?", profile="writer", max_tokens=1)
    assert writer.last_map is not None
    assert writer.last_map.notes == ("not every answer is whole: cut at max tokens",)
    writer.map(["a", "b"], "Why {text}?", profile="writer")
    assert writer.last_map.notes == ()


@pytest.mark.parametrize("kind", [pandas.DataFrame, polars.DataFrame])
def test_a_table_without_rows_gets_the_columns(writer: Session, kind: Any) -> None:
    """A pipeline that finds nothing today thus goes on, and nothing is sent."""
    table = writer.map(kind({"text": ["a"]}).head(0), "{text}", profile="writer", schema={"label": str})
    assert tuple(table.columns) == ("text", "label", *OF_THE_RESULT)
    assert len(table) == 0
    assert writer.usage().total.calls == 0


def test_the_rows_of_a_run_that_ends_early_can_be_looked_at(writer: Session) -> None:
    """The rows read so far are there with their answers after an interrupt, or after an error with ``errors="raise"``."""

    def interrupt(progress: Progress) -> None:
        if progress.answered:
            raise KeyboardInterrupt

    data = pandas.DataFrame({"text": ["a", None, *(f"row {number}" for number in range(500))]})
    with pytest.raises(KeyboardInterrupt):
        writer.map(data, "{text}", profile="writer", on_progress=interrupt, at_once=1)
    assert writer.last_map is not None
    table = writer.last_map.table
    assert table["answer"][0] == "You said “a”."
    assert table["error"][1] == "text is missing"
    assert table[table["answer"].isna()]["error"].notna().all()
    with pytest.raises(RowNotAsked) as raised:
        writer.map(data, "{text}", profile="writer", errors="raise", at_once=1)
    assert (raised.value.row, raised.value.problem) == (2, "text is missing")
    assert writer.last_map.table["text"].tolist()[0] == "a"


def test_a_complete_run_has_its_table(writer: Session) -> None:
    """It is the returned one, not a copy, and so a cell that forgot to bind it has lost nothing."""
    returned = writer.map(pandas.DataFrame({"text": ["a"]}), "{text}", profile="writer")
    assert writer.last_map is not None
    assert writer.last_map.table is returned


def test_a_format_is_no_part_of_a_column(writer: Session) -> None:
    """The error names the column as it was written."""
    with pytest.raises(ColumnNotFound) as raised:
        writer.map(pandas.DataFrame({"price": [1.5]}), "{price:.2f}", profile="writer")
    assert raised.value.column == "price:.2f"


def test_a_later_row_keeps_its_own_column(writer: Session) -> None:
    """Such a row is not asked, and its error gives the reason. The others are answered."""
    rows: list[dict[str, Any]] = [{"body": "a"}, {"body": "b", "answer": "mine"}, {"body": "c", "cost": 7}]
    table = writer.map(rows, "{body}", profile="writer", journal=False)
    assert table[0]["answer"] is not None
    assert table[0]["error"] is None
    assert (table[1]["answer"], table[2]["cost"]) == ("mine", 7)
    assert "'answer'" in table[1]["error"]
    assert "'cost'" in table[2]["error"]


def test_a_journal_that_fails_is_dropped(writer: Session, tmp_path: Path) -> None:
    """The paid answers are there, and a note says why they are not kept."""
    place = tmp_path / "j.sqlite"

    table = writer.map(_dropping(["a", "b", "c"], place), "{text}", profile="writer", journal=str(place), at_once=1)
    assert [row["error"] for row in table] == [None, None, None]
    assert [row["answer"] for row in table] == ["You said “a”.", "You said “b”.", "You said “c”."]
    assert writer.last_map is not None
    assert "no such table" in "".join(writer.last_map.notes)


def test_a_journal_that_another_kernel_deletes_stops_no_map(writer: Session, isolated: Path) -> None:
    """The journal disappears between two looks. A dangling link is the same."""
    folder = isolated / "home" / "maps"
    folder.mkdir(parents=True)
    (folder / "gone.sqlite").symlink_to(folder / "nowhere")
    table = writer.map(["a"], "{text}", profile="writer")
    assert [row["error"] for row in table] == [None]


def _dropping(rows: list[str], place: Path) -> Iterator[str]:
    """Yield the rows. Before the last one, the journal loses its table."""
    yield from rows[:-1]
    with closing(sqlite3.connect(place)) as other:
        other.execute("drop table answers")
    yield rows[-1]


def test_a_database_of_something_else_is_left_alone(writer: Session, tmp_path: Path) -> None:
    """It is neither changed nor made private, even if it has another application_id."""
    for name, line in (("a", "create table photos (id)"), ("b", "pragma application_id=7")):
        place = tmp_path / name
        with closing(sqlite3.connect(place)) as other:
            other.execute(line)
        place.chmod(0o644)
        before = place.read_bytes()
        with pytest.raises(JournalUnusable) as raised:
            writer.map(["a"], "{text}", profile="writer", journal=str(place))
        assert raised.value.problem == "is a database of something else"
        assert (place.read_bytes(), stat.S_IMODE(place.stat().st_mode)) == (before, 0o644)


def test_an_earlier_journal_is_taken_and_made_private(writer: Session, tmp_path: Path) -> None:
    """Such a journal has no application_id, and others could read it."""
    place = tmp_path / "j.sqlite"
    writer.map(["a"], "{text}", profile="writer", journal=str(place))
    with closing(sqlite3.connect(place)) as other:
        other.execute("pragma application_id=0")
    place.chmod(0o644)
    writer.map(["a"], "{text}", profile="writer", journal=str(place))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert writer.last_map is not None
    assert writer.last_map.progress.known == 1


def test_no_journal_is_kept_where_none_is_wanted(writer: Session) -> None:
    """None means the same as False."""
    writer.map(["a"], "{text}", profile="writer", journal=None)
    assert not list(writer._context.home.glob("maps/*.sqlite"))


@pytest.mark.parametrize("journal", ["~no-such-user/j", "a\0b", "", 5, "."], ids=["user", "nul", "empty", "int", "dir"])
def test_a_path_that_is_none_is_an_error_of_ours(writer: Session, journal: Any) -> None:
    """The error has one or two lines."""
    with pytest.raises(AiconnError) as raised:
        writer.map(["a"], "{text}", profile="writer", journal=journal)
    assert len(str(raised.value).splitlines()) <= 2


def test_a_key_in_an_answer_is_not_kept(writer: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is neither in the journal nor in the table."""
    key = "kq7-Zr4t-93xy-Wp2m"
    writer.set_secret("Some:Key", Secret(key))
    monkeypatch.setattr("aiconn_nb.providers.demo._answer", lambda *_: f"It is {key}.")
    place = tmp_path / "j.sqlite"
    (row,) = writer.map(["a"], "{text}", profile="writer", journal=str(place))
    assert row["answer"].startswith("It is ")
    assert key not in row["answer"]
    assert not [file for file in tmp_path.glob("j.sqlite*") if key.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "given",
    [
        {"limit": float("inf")},
        {"limit": [1]},
        {"limit": 2.5},
        {"budget": [1]},
        {"budget": 10**400},
        {"at_once": {}},
        {"options": "x"},
        {"into": 5},
        {"template": 5},
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_an_error_of_ours(writer: Session, given: dict[str, Any]) -> None:
    """The error names the argument in one or two lines."""
    with pytest.raises(BadNumber) as raised:
        writer.map(["a"], **{"template": "{text}", "profile": "writer", "journal": False, **given})
    assert raised.value.name == next(iter(given))
    assert len(str(raised.value).splitlines()) <= 2


def test_columns_of_pandas_may_be_numbers(writer: Session) -> None:
    """The template names them by number."""
    table = writer.map(pandas.DataFrame({0: ["a"], 1: ["b"]}), "{1}", profile="writer", journal=False)
    assert list(table.columns[:3]) == [0, 1, "answer"]
    assert table["answer"].tolist() == ["You said “b”."]


@pytest.mark.parametrize("columns", [["body", "body"], [1, "1"]], ids=["same", "number"])
def test_two_columns_of_one_name_are_refused(writer: Session, columns: list[Any]) -> None:
    """The template could mean either of them."""
    with pytest.raises(NoData):
        writer.map(pandas.DataFrame([["a", "b"]], columns=columns), "{body}", profile="writer", journal=False)


def test_an_asynchronous_generator_is_for_the_asynchronous_form(writer: Session) -> None:
    """The error names it; `amap` and `aembed` read such rows."""

    async def rows() -> AsyncIterator[str]:
        yield "a"

    with pytest.raises(NoData) as raised:
        writer.map(rows(), "{text}", profile="writer", journal=False)
    assert raised.value.awaited == "amap"
    with pytest.raises(NoData) as raised:
        writer.embed(rows(), "{text}", profile="writer")
    assert raised.value.awaited == "aembed"
    with pytest.raises(NotTexts) as refused:
        writer.embed(rows(), profile="writer")
    assert refused.value.awaited == "aembed"


def test_it_can_be_awaited(writer: Session) -> None:
    """The event loop continues meanwhile. Cancelling stops the requests, and the answers so far are in the journal."""

    async def ask() -> tuple[list[str], bool]:
        ticks: list[int] = []

        async def tick() -> None:
            while True:
                ticks.append(1)
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        table = await writer.amap(["a", "b"], "{text}", profile="writer")
        ticking.cancel()
        return [row["answer"] for row in table], bool(ticks)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, ask()).result() == (["You said “a”.", "You said “b”."], True)
    assert writer.last_map is not None
    assert writer.last_map.progress.answered == 2


def test_rows_are_read_in_the_thread_of_the_caller(writer: Session) -> None:
    """An SQLite database gives its rows to no other thread."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.execute("create table reviews (body)")
        file.executemany("insert into reviews values (?)", [(f"review {number}",) for number in range(100)])
        rows = ({"body": body} for (body,) in file.execute("select body from reviews"))
        table = writer.map(rows, "{body}", profile="writer")
    assert [row["answer"] for row in table] == [f"You said “review {number}”." for number in range(100)]


@pytest.mark.timeout(30)
def test_reading_a_row_may_take_a_map_of_its_own(writer: Session) -> None:
    """The event loop continues while a row is read."""

    def rows() -> Iterator[str]:
        for text in ("a", "b"):
            yield writer.map([text], "{text}", profile="writer")[0]["answer"]

    table = writer.map(rows(), "{text}", profile="writer")
    assert [row["text"] for row in table] == ["You said “a”.", "You said “b”."]
    assert [row["error"] for row in table] == [None, None]


def test_an_error_while_a_row_is_read_ends_the_run(writer: Session) -> None:
    """The error is the caller's own, and the rows before it are available."""

    def rows() -> Iterator[str]:
        yield from ("a", "b")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.map(rows(), "{text}", profile="writer")
    assert writer.last_map is not None
    assert [row["text"] for row in writer.last_map.table] == ["a", "b"]


def test_what_is_awaited_can_be_cancelled(writer: Session) -> None:
    """No row is asked afterwards."""
    begun = asyncio.Event()
    taken: list[int] = []

    async def ask() -> None:
        loop = asyncio.get_running_loop()

        def rows() -> Iterator[str]:
            for number in range(1_000_000):
                taken.append(number)
                if number == 20:
                    loop.call_soon_threadsafe(begun.set)
                yield f"row {number}"

        work = asyncio.create_task(writer.amap(rows(), "{text}", profile="writer", at_once=2))
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, ask()).result()
    assert 20 < len(taken) < 1_000_000
    assert writer.last_map is not None
    assert writer.last_map.progress.answered > 0


@pytest.mark.parametrize(
    "template",
    ["{no-col}", "{t.x}", "{ t }", "{t:.2f}", "{t!r}", "{my colum}", "{T}"],
    ids=["hyphen", "attribute", "spaces", "format", "conversion", "typo in words", "case"],
)
def test_a_mistyped_placeholder_is_not_sent_as_it_is(writer: Session, template: str) -> None:
    """Every row would be asked with the braces."""
    rows = [{"t": "a", "my column": "b"}]
    with pytest.raises(ColumnNotFound) as raised:
        writer.map(rows, f"{{t}}: {template}", profile="writer")
    assert raised.value.column == template[1:-1]


@pytest.mark.parametrize(
    "literal",
    ['{"label": "x"}', "{a or b}", "{1, 2}", "{{t}}", r"\\frac{a}{b}", "{write one sentence}", "{t : T}"],
)
def test_braces_around_anything_else_are_sent_as_they_are(writer: Session, literal: str) -> None:
    """Such texts are JSON, sets, LaTeX and words."""
    (row,) = writer.map([{"t": "a"}], f"{{t}} {literal}", profile="writer", journal=False)
    assert row["answer"] == f"You said “a {literal}”."


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (numpy.array([1, 2]), "[1, 2]"),
        (numpy.array([1]), "[1]"),
        (numpy.array([numpy.array(["a"]), numpy.array(["b", "c"])], dtype=object), '[["a"], ["b", "c"]]'),
        (numpy.array([]), "[]"),
        (numpy.float32(0.5), "0.5"),
        (numpy.datetime64("2026-03-31T10:00:00.000000000"), "2026-03-31T10:00:00.000000000"),
        ([numpy.int64(3)], "[3]"),
    ],
)
def test_cells_of_numpy(writer: Session, cell: Any, text: str) -> None:
    """The lists of a Parquet file come as arrays."""
    (row,) = writer.map([{"t": cell}], "{t}", profile="writer", journal=False)
    assert row["answer"] == f"You said “{text}”."


@pytest.mark.parametrize("cell", ["", "  ", numpy.datetime64("NaT"), numpy.float64("nan")])
def test_a_row_without_text_is_not_asked(writer: Session, cell: Any) -> None:
    """The row has an error in its place."""
    (row,) = writer.map([{"t": cell}], "{t}", profile="writer", journal=False)
    assert (row["answer"], row["model"]) == (None, None)
    assert row["error"]


def test_a_column_that_only_a_later_row_has(writer: Session) -> None:
    """The rows without it have an error."""
    table = writer.map([{"x": 1}, {"t": "a"}], "{t}", profile="writer", journal=False)
    assert [row["answer"] for row in table] == [None, "You said “a”."]
    assert [row["error"] is None for row in table] == [False, True]


def test_a_run_says_what_it_asked_of_whom(writer: Session) -> None:
    """The record of an experiment needs the prompt, the models, the options and the schema as JSON, without the data."""
    writer.create("spare", "demo")
    writer.edit_profile("writer", connections=["demo-dev", "spare=demo-chat"])
    writer.map(["made-up data"], "Good? {text}", profile="writer", temperature=0, schema={"ok": bool})
    assert writer.last_map is not None
    asked = json.loads(json.dumps(writer.last_map.data()))["request"]
    assert asked.pop("started").endswith("Z")
    assert asked.pop("schema")["properties"] == {"ok": {"type": "boolean"}}
    assert asked == {
        "prompt": "Good? {text}",
        "models": [
            {"connection": "demo-dev", "provider": "demo", "model": "demo-brief"},
            {"connection": "spare", "provider": "demo", "model": "demo-chat"},
        ],
        "options": {"temperature": 0.0},
    }


def test_the_names_of_columns_may_be_numbers(writer: Session) -> None:
    """pandas gives such names in its records."""
    table = writer.map([{0: "a", "b": "x"}, {0: "c", 1: "d"}], "{0}", profile="writer")
    assert [(row[0], row["answer"]) for row in table] == [("a", "You said “a”."), ("c", "You said “c”.")]


@pytest.mark.parametrize("total", [0, "many"])
def test_a_limit_of_all_workers_is_checked_without_a_cluster(writer: Session, total: Any) -> None:
    """A value that is no number is one of our errors."""
    with pytest.raises(BadNumber) as raised:
        writer.map(["a"], "{text}", profile="writer", total_at_once=total)
    assert raised.value.name == "total_at_once"


@pytest.mark.parametrize("library", [polars.DataFrame, pyarrow.table])
@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([[1], [0.5]], [[1.0], [0.5]]),
        ([{"n": 1, "p": 0}, None, {"n": 2, "p": 0.5}], [{"n": 1, "p": 0.0}, None, {"n": 2, "p": 0.5}]),
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([1, "a", None], ["1", '"a"', None]),
        ([{"a": 1}, {"a": "é"}], ['{"a": 1}', '{"a": "é"}']),
        ([True, [2**70]], ["true", "[1180591620717411303424]"]),
    ],
)
def test_values_of_several_types_become_a_column(library: Any, values: list[Any], kept: list[Any]) -> None:
    """No number is cut off, although polars takes the type of a list from its first number. Values without a common type become
    JSON."""
    data = library({"row": list(range(len(values)))})
    table = table_of(data).with_columns([("found", values)], len(values), {"found": "object"})
    assert getattr(table["found"], "to_pylist" if library is pyarrow.table else "to_list")() == kept
