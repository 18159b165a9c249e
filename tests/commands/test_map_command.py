"""The command over a dataset, in a terminal and in a notebook."""

from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import pytest

from aiconn_nb import Session
from aiconn_nb.ui.cli import main


@pytest.fixture
def rows(session: Session, isolated: Path) -> Path:
    """A file of rows in the working folder, and the profile ``writer`` on the demo provider."""
    session.create("demo-dev", "demo")
    session.create_profile("writer", connections=["demo-dev"], model="demo-brief")
    file = Path("rows.csv")
    file.write_text("id,body\n1,tea\n2,coffee\n", encoding="utf-8")
    return file


def test_a_file_is_answered_into_a_file(rows: Path) -> None:
    """Each row with its answer, in its order."""
    assert main(["map", "writer", "rows.csv", "Sum: {body}", "-o", "out.csv"]) == 0
    with Path("out.csv").open(encoding="utf-8", newline="") as opened:
        answered = list(csv.DictReader(opened))
    assert [(row["id"], row["answer"]) for row in answered] == [
        ("1", "You said “Sum: tea”."),
        ("2", "You said “Sum: coffee”."),
    ]


def test_rows_of_json_are_answered_onto_stdout(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each; without -o."""
    Path("rows.jsonl").write_text('{"body": "tea"}\n{"body": "milk"}\n', encoding="utf-8")
    assert main(["map", "writer", "rows.jsonl", "{body}?", "--limit", "1", "--no-journal"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
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
    """And writes nothing."""
    assert main(["map", "writer", *words]) != 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 1 <= len(shown.err.strip().splitlines()) <= 2
    assert not list(Path().glob("out.*"))


def test_what_was_kept_is_forgotten(rows: Path, session: Session) -> None:
    """``--forget`` needs nothing else."""
    main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv"])
    assert main(["map", "--forget"]) == 0
    assert session.forget_maps().what == "There was no journal to delete."


@pytest.mark.parametrize("output", ["rows.csv", "there.csv", "link.csv", "folder.csv", "nowhere/out.csv"], ids=str)
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_sent(
    rows: Path, session: Session, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The input, another file, a dangling link, a folder, and a folder that is not there; no file changes."""
    Path("there.csv").write_text("mine", encoding="utf-8")
    Path("folder.csv").mkdir()
    Path("link.csv").symlink_to("gone.csv")
    before = {path: path.read_bytes() for path in Path().glob("*.csv") if path.is_file()}
    assert main(["map", "writer", "rows.csv", "{body}", "-o", output]) != 0
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 2)
    assert {path: path.read_bytes() for path in Path().glob("*.csv") if path.is_file()} == before
    assert session.forget_maps().what == "There was no journal to delete."


def test_yes_replaces_a_file_and_not_the_one_that_is_read(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the input is named by another path."""
    Path("there.jsonl").write_text("mine", encoding="utf-8")
    Path("also.csv").symlink_to("rows.csv")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "also.csv", "--yes"]) != 0
    assert rows.read_text(encoding="utf-8").startswith("id,body\n")
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "there.jsonl", "--yes"]) == 0
    assert [json.loads(line)["id"] for line in rows.with_name("there.jsonl").read_text().splitlines()] == ["1", "2"]


def test_a_table_has_the_fields_of_all_rows(rows: Path) -> None:
    """A later row of a .jsonl may have one more."""
    Path("rows.jsonl").write_text('{"body": "tea"}\n{"body": "milk", "more": 1}\n', encoding="utf-8")
    assert main(["map", "writer", "rows.jsonl", "{body}", "-o", "out.csv"]) == 0
    with Path("out.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["more"] for row in csv.DictReader(opened)] == ["", "1"]


def test_a_full_disk_leaves_the_old_file_and_prints_the_answers(
    rows: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They were paid for."""
    Path("out.csv").write_text("mine", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("aiconn_nb.files.os.fsync", full)
    assert main(["map", "writer", "rows.csv", "{body}", "-o", "out.csv", "--yes", "--no-journal"]) != 0
    shown = capsys.readouterr()
    assert [json.loads(line)["body"] for line in shown.out.splitlines()] == ["tea", "coffee"]
    assert "No space left on device" in shown.err
    assert Path("out.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.csv", "body\ncafé\n".encode("latin-1")),
        ("bad.jsonl", '{"body": "café"}\n'.encode("latin-1")),
        ("bad.csv", b"body\na,b\n"),
        ("bad.csv", b"body\n" + b"x" * 200_000),
        ("bad.jsonl", b"[" * 100_000),
    ],
    ids=["latin-csv", "latin-jsonl", "ragged", "long-field", "deep"],
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
