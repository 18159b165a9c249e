"""Keys that lie in notebooks are found, and taken out where a program may."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import nbformat
import pytest

from aiconn_nb import AiconnError, Secret, Session

KNOWN = "known-canary-11"
SHAPED = "sk-proj-abcdefgh12345678"


def notebook(path: Path) -> Path:
    """A notebook with keys in a cell, in its output, in metadata and in widget state."""
    cell = nbformat.v4.new_code_cell(f'key = "{SHAPED}"', metadata={"note": f"{KNOWN}!", "tags": ["one", "two"]})
    cell.outputs = [
        nbformat.v4.new_output("stream", text=f"using {KNOWN}\nagain {base64.b64encode(KNOWN.encode()).decode()}\n"),
        nbformat.v4.new_output("display_data", {"text/html": f"<b>{SHAPED}</b>"}),
    ]
    clean = nbformat.v4.new_markdown_cell("Nothing to see: $OpenAI:ApiKey.")
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"state": {"value": KNOWN}}}}}
    nbformat.write(nbformat.v4.new_notebook(cells=[clean, cell], metadata={"widgets": widgets}), path)
    return path


@pytest.fixture
def session(session: Session) -> Session:
    """One that knows a user secret."""
    session.set_secret("OpenAI:ApiKey", Secret(KNOWN))
    return session


def test_keys_are_found_where_they_lie(session: Session, work: Path) -> None:
    """Known values by their name, others by their shape; the report holds none."""
    found = session.scan(str(notebook(work / "a.ipynb")))
    assert [(each.place, each.what, each.fixable) for each in found] == [
        ("cell 2, source", "it looks like a key of openai", False),
        ("cell 2, output", "the user secret OpenAI:ApiKey", True),
        ("cell 2, output", "it looks like a key of openai", True),
        ("cell 2, metadata", "the user secret OpenAI:ApiKey", True),
        ("widget state", "the user secret OpenAI:ApiKey", True),
    ]
    assert not found.ok
    assert KNOWN not in str(found) + json.dumps(found.data())
    assert SHAPED not in str(found) + json.dumps(found.data())


def test_a_fix_leaves_only_what_the_author_wrote(session: Session, work: Path) -> None:
    """And a backup that only its owner can read; the notebook stays valid."""
    path = notebook(work / "a.ipynb")
    before = path.read_bytes()
    fixed = session.scan(str(path), fix=True)
    assert [(each.place, each.fixed) for each in fixed][:2] == [("cell 2, source", False), ("cell 2, output", True)]
    assert KNOWN not in path.read_text()
    assert path.read_text().count(SHAPED) == 1
    assert nbformat.read(path, as_version=4).cells[1].metadata.tags == ["one", "two"]
    nbformat.validate(nbformat.read(path, as_version=4))
    backup = work / "a.ipynb.bak"
    assert backup.read_bytes() == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [each.place for each in session.scan(str(path))] == ["cell 2, source"]


def test_sealed_values_and_what_references_resolve_to_are_known(session: Session, work: Path) -> None:
    """Of every environment."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text('{"Prod": {"Key": "production-canary"}}')
    session.create("a", "openai", settings={"api_key": "sealed-canary-1"})
    session.create("b", "openai", settings={"api_key": "$Prod:Key"})
    path = work / "b.ipynb"
    cells = [nbformat.v4.new_code_cell("x = 'sealed-canary-1'"), nbformat.v4.new_code_cell("production-canary")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert [each.what for each in session.scan(str(path))] == ["the api_key of a", "the value of $Prod:Key"]


def test_a_clean_notebook_is_clean(session: Session, work: Path) -> None:
    """And is not written."""
    path = work / "c.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), path)
    before = path.stat().st_mtime_ns
    assert str(session.scan(str(path), fix=True)) == "No key was found in 1 notebook."
    assert session.scan(str(path)).ok
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [None, "", "no json", "[]", '{"cells": 1}', "[" * 100_000])
def test_what_is_no_notebook_is_an_error(session: Session, work: Path, content: str | None) -> None:
    """Two lines, and nothing is changed."""
    path = work / "d.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(AiconnError) as raised:
        session.scan(str(path))
    assert "was not scanned" in raised.value.what
