"""The command `map` answers the rows of a dataset in a terminal and in a notebook."""

from __future__ import annotations

import csv
import errno
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import numpy
import pytest

from aiconn_nb import Session
from aiconn_nb.errors import NotAName, NothingToMap, NotInNotebook, TableNotWritten, TemplateWithoutColumn
from aiconn_nb.model.place import tilde
from aiconn_nb.ui.cli import main

from .test_commands import Asked, say


@pytest.fixture
def rows(session: Session, isolated: Path) -> Path:
    """Return a file of rows in the working folder, and create the profile ``writer`` with the demo provider."""
    session.create("demo-dev", "demo")
    session.create_profile("writer", connections=["demo-dev"], model="demo-brief")
    file = Path("rows.csv")
    file.write_text("id,body\n1,tea\n2,coffee\n", encoding="utf-8")
    return file


def journals(session: Session) -> list[Path]:
    return sorted((session._context.home / "maps").glob("*.sqlite"))


def test_a_file_is_answered_into_a_file(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row gets its answer, in the order of the rows. The summary does not mistake the profile for the data."""
    assert main(["map", "writer", "rows.csv", "Sum: {body}", "-o", "out.csv"]) == 0
    assert capsys.readouterr().out.startswith("2 rows, answered by writer\n")
    with Path("out.csv").open(encoding="utf-8", newline="") as opened:
        answered = list(csv.DictReader(opened))
    assert [(row["id"], row["answer"]) for row in answered] == [
        ("1", "You said “Sum: tea”."),
        ("2", "You said “Sum: coffee”."),
    ]


def test_a_suffix_in_capitals_is_that_suffix(rows: Path) -> None:
    """This holds for the input and the output, because some programs save DATA.CSV."""
    rows.rename("ROWS.CSV")
    assert main(["map", "writer", "ROWS.CSV", "Sum: {body}", "-o", "OUT.CSV"]) == 0
    assert Path("OUT.CSV").read_text(encoding="utf-8").startswith("id,body,answer")


def test_a_field_may_be_a_whole_document(rows: Path) -> None:
    """The csv module refuses more than 131,072 characters unless it is told otherwise."""
    rows.write_text(f"id,body\n1,{'x' * 200_000}\n", encoding="utf-8")
    assert main(["map", "writer", "rows.csv", "Row {id}", "-o", "out.jsonl"]) == 0
    (line,) = Path("out.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(json.loads(line)["body"]) == 200_000


def test_rows_of_json_are_answered_onto_stdout(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without -o, each answer is one line."""
    Path("rows.jsonl").write_text('{"body": "tea"}\n{"body": "milk"}\n', encoding="utf-8")
    assert main(["map", "writer", "rows.jsonl", "{body}?", "--limit", "1", "--no-journal"]) == 0
    out = capsys.readouterr().out
    (line,) = out.splitlines()
    assert out.endswith("}\n")
    assert (json.loads(line)["body"], json.loads(line)["answer"]) == ("tea", "You said “tea?”.")


@pytest.mark.parametrize(
    "words",
    [
        ["rows.csv", "Sum: {bdy}"],
        ["rows.csv", "Sum"],
        ["rows.csv"],
        ["nothing.csv", "{body}"],
        ["rows.txt", "{body}"],
        ["rows.csv", "{body}", "-o", "out.xlsx"],
        ["rows.csv", "{body}", "--limit", "none"],
        ["rows.csv", "{body}", "--budget", "5"],
    ],
    ids=["column", "no-column", "no-template", "no-file", "kind", "output", "limit", "budget"],
)
def test_a_mistake_is_two_lines_at_most(rows: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes nothing."""
    assert main(["map", "writer", *words]) != 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 1 <= len(shown.err.strip().splitlines()) <= 2
    assert not list(Path().glob("out.*"))


def test_what_was_kept_is_forgotten(rows: Path, session: Session) -> None:
    """``--forget`` needs no other word."""
    main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv"])
    assert len(journals(session)) == 1
    assert main(["map", "--forget"]) == 0
    assert journals(session) == []


@pytest.mark.parametrize("output", ["rows.csv", "there.csv", "link.csv", "folder.csv", "nowhere/out.csv"], ids=str)
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_sent(
    rows: Path, session: Session, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output is the input, another file, a dangling link, a folder, or in a folder that does not exist. No file changes."""
    Path("there.csv").write_text("mine", encoding="utf-8")
    Path("folder.csv").mkdir()
    Path("link.csv").symlink_to("gone.csv")
    before = {path: path.read_bytes() for path in Path().glob("*.csv") if path.is_file()}
    assert main(["map", "writer", "rows.csv", "{body}", "-o", output]) != 0
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 2)
    assert {path: path.read_bytes() for path in Path().glob("*.csv") if path.is_file()} == before
    assert journals(session) == []


def test_yes_replaces_a_file_and_not_the_one_that_is_read(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The input is protected even if another path leads to it."""
    Path("there.jsonl").write_text("mine", encoding="utf-8")
    Path("also.csv").symlink_to("rows.csv")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "also.csv", "--yes"]) != 0
    assert rows.read_text(encoding="utf-8").startswith("id,body\n")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "there.jsonl", "--yes"]) == 0
    assert [json.loads(line)["id"] for line in rows.with_name("there.jsonl").read_text().splitlines()] == ["1", "2"]


def test_an_array_of_json_is_written(rows: Path) -> None:
    """The suffix says what the file is."""
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.json"]) == 0
    assert [row["id"] for row in json.loads(Path("out.json").read_text(encoding="utf-8"))] == ["1", "2"]


def test_a_table_has_the_fields_of_all_rows(rows: Path) -> None:
    """A later row of a .jsonl file may have an additional field."""
    Path("rows.jsonl").write_text('{"body": "tea"}\n{"body": "milk", "more": 1}\n', encoding="utf-8")
    assert main(["map", "writer", "rows.jsonl", "{body}", "-o", "out.csv"]) == 0
    with Path("out.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["more"] for row in csv.DictReader(opened)] == ["", "1"]


def test_a_full_disk_leaves_the_old_file_and_costs_no_answer(
    rows: Path, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answers were paid for, so they are printed, or the error says where they are kept."""
    Path("out.csv").write_text("mine", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("aiconn_nb.files.os.fsync", full)
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv", "--yes", "--no-journal"]) != 0
    shown = capsys.readouterr()
    assert [json.loads(line)["body"] for line in shown.out.splitlines()] == ["tea", "coffee"]
    assert "No space left on device" in shown.err
    assert Path("out.csv").read_text(encoding="utf-8") == "mine"
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv", "--yes"]) != 0
    shown = capsys.readouterr()
    assert (shown.out, Path("out.csv").read_text(encoding="utf-8")) == ("", "mine")
    place = tilde(journals(session)[0])
    problem = "No space left on device"
    error = TableNotWritten(path="out.csv", problem=problem, is_answered=True, journal=place)
    assert shown.err.splitlines() == str(error).splitlines()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.csv", "body\ncafé\n".encode("latin-1")),
        ("bad.jsonl", '{"body": "café"}\n'.encode("latin-1")),
        ("bad.csv", b"body\na,b\n"),
        ("bad.jsonl", b"[" * 100_000),
    ],
    ids=["latin-csv", "latin-jsonl", "ragged", "deep"],
)
def test_a_file_that_is_no_table_is_two_lines(
    rows: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written."""
    Path(name).write_bytes(content)
    assert main(["map", "writer", name, "{body}", "-o", "out.csv"]) != 0
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 2)
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    "line",
    [
        ["map", "writer", "NAME", "{body}"],
        ["map", "NAME", "{body}"],
        ["embed", "vectors", "NAME", "{body}"],
    ],
    ids=["map", "default", "embed"],
)
@pytest.mark.parametrize(
    "name", ["unreadable.csv", "unreadable.jsonl", f"{'x' * 300}.csv"], ids=["csv", "jsonl", "long"]
)
def test_a_file_that_the_system_refuses_is_two_lines(
    vectors: str, session: Session, line: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading the file fails, or its name is longer than any file's."""
    for each in ("unreadable.csv", "unreadable.jsonl"):
        Path(each).symlink_to("/proc/self/mem")
    session.default_profile("writer")
    assert main([name if word == "NAME" else word for word in line]) == 2
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 2)


def test_an_empty_cell_is_missing(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in pandas, the value is missing: its row is not asked, the output keeps it empty, and JSON has null."""
    rows.write_text("id,body\n1,\n2,tea\n3\n\n", encoding="utf-8")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv"]) == 1
    with Path("out.csv").open(encoding="utf-8", newline="") as opened:
        answered = list(csv.DictReader(opened))
    assert capsys.readouterr().out.startswith("3 rows: 1 answered by writer, 2 with an error\n")
    assert [(row["id"], row["body"], row["answer"], row["error"]) for row in answered] == [
        ("1", "", "", "body is missing"),
        ("2", "tea", "You said “tea”.", ""),
        ("3", "", "", "body is missing"),
    ]
    main(["map", "writer", "rows.csv", "{body}"])
    assert [json.loads(line)["body"] for line in capsys.readouterr().out.splitlines()] == [None, "tea", None]


@pytest.mark.parametrize(
    ("header", "problem"),
    [("x,body,x", "has two columns named 'x'"), ("body,,", "has two columns without a name")],
    ids=["named", "unnamed"],
)
def test_two_columns_of_one_name_are_refused(
    rows: Path, session: Session, header: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of them would be lost. Nothing is sent."""
    rows.write_text(f"{header}\n1,2,3\n", encoding="utf-8")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv"]) == 2
    assert capsys.readouterr().err == f"rows.csv {problem}.\nRename one of them in the first line.\n"
    assert (journals(session), Path("out.csv").exists()) == ([], False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", b'body\n"one\nmore"\n\ntwo\nthree\n'),
        ("rows.jsonl", b'{"body": "one"}\n\n{"body": "two"}\n{"body": "three"}\n'),
    ],
    ids=["csv", "jsonl"],
)
def test_the_rows_of_a_file_are_counted_first(
    rows: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress then has a total, and a sample has an estimate for all rows. A line break in a field begins no new row."""
    drawn: list[Callable[[int | None], str]] = []
    monkeypatch.setattr("aiconn_nb.ui.shell.interactions.batch.progress_line", lambda: nullcontext(drawn.append))
    Path(name).write_bytes(content)
    assert main(["map", "writer", name, "{body}", "-o", "out.csv"]) == 0
    assert drawn[-1](None).startswith("3 of 3 rows · ")
    capsys.readouterr()
    assert main(["map", "writer", name, "Sum {body}", "-o", "sample.csv", "--limit", "1"]) == 0
    assert drawn[-1](None).startswith("1 of 1 row · ")
    assert "All 3 rows: " in capsys.readouterr().out


def test_a_fault_behind_a_sample_does_not_matter(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --limit, nothing is sent."""
    rows.write_text("body\ntea\na,b\n", encoding="utf-8")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv", "--limit", "1"]) == 0
    capsys.readouterr()
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "all.csv"]) == 2
    assert "rows.csv, line 3, has more fields than the first line." in capsys.readouterr().err


@pytest.fixture
def vectors(rows: Path, session: Session) -> str:
    """Create the profile ``vectors`` for embedding and return its alias."""
    session.create_profile("vectors", connections=["demo-dev"], model="demo-embedding", capability="embedding")
    return "vectors"


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_embed_reads_a_file_as_map_does(
    vectors: str, session: Session, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is one vector per row of the template, and none of the file's name."""
    Path("rows.jsonl").write_text('{"body": "tea"}\n{"body": "coffee"}\n{"body": null}\n', encoding="utf-8")
    Path("rows.csv").write_text("body,id\ntea,1\ncoffee,2\n,3\n", encoding="utf-8")
    assert main(["embed", vectors, name, "Is {body} hot?", "-o", "v.npy"]) == 1
    found = numpy.load("v.npy")
    wanted = session.embed(["Is tea hot?", "Is coffee hot?"], profile=vectors).vectors
    assert numpy.allclose(found[:2], wanted)
    assert (len(found), bool(numpy.isnan(found[2]).all())) == (3, True)


def test_embed_of_a_file_needs_a_template_and_the_file(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a missing file is a text unless a template follows it."""
    assert main(["embed", vectors, "rows.csv", "-o", "v.npy"]) != 0
    assert capsys.readouterr().err.startswith(f"{TemplateWithoutColumn(columns=()).what}\n")
    assert main(["embed", vectors, "rwos.csv", "{body}", "-o", "v.npy"]) == 2
    assert "rwos.csv is not there." in capsys.readouterr().err
    assert not Path("v.npy").exists()
    assert main(["embed", vectors, "rwos.csv", "tea.csv"]) == 0
    assert "2 vectors" in capsys.readouterr().out


def test_the_first_word_is_the_profile(rows: Path, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a profile, the default one answers. If there is none either, the error says what the first word must be."""
    line = ["map", "rows.csv", "Sum: {body}", "-o", "out.csv"]
    assert main(line) == 2
    assert capsys.readouterr().err.startswith(f"{NothingToMap(missing='profile').what}\n")
    session.default_profile("writer")
    assert main(line) == 0
    assert capsys.readouterr().out.startswith("2 rows, answered by writer\n")


def test_usage_goes_to_stdout_as_csv(rows: Path, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """As elsewhere, ``-`` means stdout, and no file gets that name."""
    session.ask("tea", profile="writer")
    session._meter.save()
    assert main(["usage", "--csv", "-"]) == 0
    shown = capsys.readouterr()
    assert [(row["profile"], row["calls"]) for row in csv.DictReader(shown.out.splitlines())] == [("writer", "1")]
    assert "COST" in shown.err.upper()
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "cannot be read: No such file or directory"), ("{'a'", "is not JSON")]
)
def test_a_schema_that_cannot_be_read_is_told_as_a_schema(
    rows: Path, capsys: pytest.CaptureFixture[str], content: str | None, problem: str
) -> None:
    """The error names the problem and what --schema takes, and does not blame the data."""
    if content is not None:
        Path("fields.json").write_text(content)
    assert main(["map", "writer", "rows.csv", "Sum: {body}", "--schema", "fields.json"]) == 2
    what, hint = capsys.readouterr().err.splitlines()
    assert what == f"fields.json {problem}."
    assert "--schema" in hint


def test_a_schema_that_no_variable_has_is_told_as_a_schema(rows: Path) -> None:
    """In a notebook, a schema is a name, and so is the target of the answers."""
    session, console = Session(), Asked()
    console.bind("rows", [{"body": "tea"}])
    with pytest.raises(NotInNotebook) as raised:
        say(session, "map writer rows 'Sum: {body}' --schema fields", console)
    assert (raised.value.name, "pydantic" in raised.value.wanted) == ("fields", True)
    with pytest.raises(NotAName) as named:
        say(session, "map writer rows 'Sum: {body}' -o rows.csv", console)
    assert named.value.is_file
