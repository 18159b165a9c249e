"""The command over a dataset, in a terminal and in a notebook."""

from __future__ import annotations

import csv
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
