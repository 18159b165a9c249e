"""A scan finds the keys in notebooks, and removes them if a program may do so."""

from __future__ import annotations

import base64
import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from aiconn_nb import Secret, Session
from aiconn_nb.errors import NotebookNotScanned
from aiconn_nb.ui import cli

KNOWN = "known-canary-11"
SHAPED = "sk-proj-abcdefgh12345678"


def notebook(path: Path) -> Path:
    """Write a notebook with keys in a cell, in its output, in metadata and in widget state, and return its path."""
    cell = nbformat.v4.new_code_cell(f'key = "{SHAPED}"', metadata={"note": f"{KNOWN}!", "tags": ["one", "two"]})
    cell.outputs = [
        nbformat.v4.new_output("stream", text=f"using {KNOWN}\nagain {base64.b64encode(KNOWN.encode()).decode()}\n"),
        nbformat.v4.new_output("display_data", {"text/html": f"<b>{SHAPED}</b>"}),
    ]
    clean = nbformat.v4.new_markdown_cell("Nothing to see: $OpenAI:ApiKey.")
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"state": {"value": KNOWN}}}}}
    nbformat.write(nbformat.v4.new_notebook(cells=[clean, cell], metadata={"widgets": widgets}), path)
    return path


def cells(path: Path, *sources: str) -> Path:
    """Write a notebook with these cells, and return its path."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources]), path)
    return path


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session that knows a user secret."""
    session.set_secret("OpenAI:ApiKey", Secret(KNOWN))
    return session


def test_a_key_that_was_replaced_or_removed_is_still_one(session: Session, work: Path) -> None:
    """The provider may still accept it."""
    path = notebook(work / "a.ipynb")
    session.remove_secret("OpenAI:ApiKey")
    assert "a former user secret OpenAI:ApiKey" in [each.what for each in session.scan(str(path))]


def test_keys_are_found_where_they_lie(session: Session, work: Path) -> None:
    """Known values appear by name and others by shape, and the report contains none of them."""
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
    """There is a backup that only its owner can read, and the notebook stays valid."""
    path = notebook(work / "a.ipynb")
    before = path.read_bytes()
    fixed = session.scan(str(path), fix=True)
    assert [(each.place, each.fixed) for each in fixed][:2] == [("cell 2, source", False), ("cell 2, output", True)]
    assert KNOWN not in path.read_text()
    assert path.read_text().count(SHAPED) == 1
    assert nbformat.read(path, as_version=4).cells[1].metadata.tags == ["one", "two"]
    nbformat.validate(nbformat.read(path, as_version=4))
    backup = session._context.config_home / "scanned" / "a.ipynb.bak"
    assert backup.read_bytes() == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [each.place for each in session.scan(str(path))] == ["cell 2, source"]


def test_sealed_values_and_what_references_resolve_to_are_known(session: Session, work: Path) -> None:
    """This includes the values of every environment."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text('{"Prod": {"Key": "production-canary"}}')
    session.create("a", "openai", settings={"api_key": "sealed-canary-1"})
    session.create("b", "openai", settings={"api_key": "$Prod:Key"})
    path = cells(work / "b.ipynb", "x = 'sealed-canary-1'", "production-canary")
    assert [each.what for each in session.scan(str(path))] == ["the api_key of a", "the value of $Prod:Key"]


def test_former_and_deleted_keys_are_known(session: Session, work: Path) -> None:
    """A replaced key may still be valid and be in a notebook that ran before."""
    session.create("a", "openai", settings={"api_key": "first-canary-1"})
    session.edit("a", settings={"api_key": "second-canary-2"})
    session.create("b", "demo", settings={"api_key": "deleted-canary-3"})
    session.delete("b")
    path = cells(work / "b.ipynb", "first-canary-1", "second-canary-2", "deleted-canary-3")
    assert [each.what for each in session.scan(str(path))] == [
        "a former api_key of a",
        "the api_key of a",
        "the deleted api_key of b",
    ]


def test_secrets_in_the_environment_are_known(session: Session, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the variables of the providers' ecosystems and those with the name of a secret. Paths and short values are no
    secrets."""
    for name, value in {
        "GEMINI_API_KEY": "gemini-canary",
        "DATABASE_PASSWORD": "database-canary",
        "SSL_KEY": "/etc/keys/canary.pem",
        "PIN_TOKEN": "1234567",
        "HOMEPAGE": "homepage-canary",
    }.items():
        monkeypatch.setenv(name, value)
    path = cells(work / "b.ipynb", "gemini-canary", "database-canary", "/etc/keys/canary.pem 1234567 homepage-canary")
    assert [(each.place, each.what) for each in session.scan(str(path))] == [
        ("cell 1, source", "the environment variable GEMINI_API_KEY"),
        ("cell 2, source", "the environment variable DATABASE_PASSWORD"),
    ]


@pytest.mark.parametrize(
    "text", ["known%2Dcanary%2D11", '{"a": "{\\"b\\": \\"known-canary-11\\"}"}', "Basic dXNlcjprbm93bi1jYW5hcnktMTE="]
)
def test_a_known_key_is_found_however_it_is_written(session: Session, work: Path, text: str) -> None:
    """The key may be in a URL, in JSON within JSON or within base64, and it is removed from outputs in that spelling."""
    path = work / "b.ipynb"
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text=text)])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert [each.what for each in session.scan(str(path), fix=True)] == ["the user secret OpenAI:ApiKey"]
    assert session.scan(str(path)).ok


def test_a_clean_notebook_is_clean(session: Session, work: Path) -> None:
    """The notebook is not written."""
    path = work / "c.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), path)
    before = path.stat().st_mtime_ns
    assert str(session.scan(str(path), fix=True)) == "No key was found in 1 notebook."
    assert session.scan(str(path)).ok
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [None, "", "no json", "[]", '{"cells": 1}', "[" * 100_000])
def test_what_is_no_notebook_is_an_error(session: Session, work: Path, content: str | None) -> None:
    """The error has two lines, and nothing is changed."""
    path = work / "d.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NotebookNotScanned):
        session.scan(str(path))


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_what_is_no_file_is_an_error(session: Session, work: Path, make: Callable[[Path], None]) -> None:
    """A pipe does not make it hang."""
    make(work / "e.ipynb")
    with pytest.raises(NotebookNotScanned):
        session.scan(str(work / "e.ipynb"))


def test_a_link_is_followed_and_stays_one(session: Session, work: Path) -> None:
    """The file behind the link has the key."""
    (work / "real").mkdir()
    path = notebook(work / "real" / "a.ipynb")
    (work / "link.ipynb").symlink_to(path)
    found = session.scan(str(work / "link.ipynb"), fix=True)
    assert (work / "link.ipynb").is_symlink()
    assert KNOWN not in path.read_text()
    assert "scanned/a.ipynb.bak" in "".join(str(found).split("\n"))
    assert not list((work / "real").glob("*.bak*"))


def test_links_that_somebody_laid_are_not_written_through(session: Session, work: Path) -> None:
    """A folder may come from a stranger. Neither the backup nor the draft is written through one of its links."""
    path = notebook(work / "a.ipynb")
    victim = work / "victim"
    victim.write_text("mine")
    backups = session._context.config_home / "scanned"
    backups.mkdir(parents=True)
    for name in (backups / "a.ipynb.bak", work / ".a.ipynb.tmp", work / ".a.ipynb.aiconn-tmp"):
        name.symlink_to(victim)
    (backups / "a.ipynb.bak1").symlink_to(work / "dangling")
    session.scan(str(path), fix=True)
    assert victim.read_text() == "mine"
    assert not (work / "dangling").exists()
    assert stat.S_IMODE((backups / "a.ipynb.bak2").stat().st_mode) == 0o600
    assert KNOWN not in path.read_text()


def test_a_link_in_a_folder_is_looked_at_but_not_followed_for_writing(session: Session, work: Path) -> None:
    """The link may lead out of the folder. Its target is scanned and named. If the user names the link, the target is fixed as
    well."""
    (work / "folder").mkdir()
    (work / "other").mkdir()
    path = notebook(work / "other" / "a.ipynb")
    before = path.read_bytes()
    (work / "folder" / "link.ipynb").symlink_to(path)
    found = session.scan("folder", fix=True)
    assert path.read_bytes() == before
    assert (work / "folder" / "link.ipynb").is_symlink()
    assert {(each.notebook, each.fixable, each.fixed) for each in found} == {("folder/link.ipynb", False, False)}
    assert [note for note in found.notes if note.startswith("folder/link.ipynb is a link")]
    assert not found.ok
    session.scan("folder", "folder/link.ipynb", fix=True)
    assert KNOWN not in path.read_text()


def test_a_link_beside_its_notebook_is_no_second_notebook(session: Session, work: Path) -> None:
    """Both are in the folder, so the notebook is cleaned under its own name."""
    path = notebook(work / "b.ipynb")
    (work / "a.ipynb").symlink_to(path)
    found = session.scan(".", fix=True)
    assert found.scanned == 1
    assert {each.notebook for each in found} == {"b.ipynb"}
    assert KNOWN not in path.read_text()


def test_the_rights_of_a_notebook_stay(session: Session, work: Path) -> None:
    """A colleague may have to read it."""
    path = notebook(work / "a.ipynb")
    path.chmod(0o664)
    session.scan(str(path), fix=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_checkpoint_is_pointed_out(session: Session, work: Path) -> None:
    """A checkpoint is an earlier state of the notebook with its former content."""
    path = notebook(work / "a.ipynb")
    (work / ".ipynb_checkpoints").mkdir()
    (work / ".ipynb_checkpoints" / "a-checkpoint.ipynb").write_bytes(path.read_bytes())
    assert "a-checkpoint.ipynb is an earlier state of it: scan it too." in session.scan(str(path)).notes[0]


def test_a_notebook_whose_checkpoint_cannot_have_a_name(session: Session, work: Path) -> None:
    """It is scanned all the same, although the name of its checkpoint would be too long."""
    path = notebook(work / f"{'n' * 245}.ipynb")
    found = session.scan(str(path))
    assert (len(found), found.problems) == (5, ())


def test_the_exit_status_is_for_pre_commit(session: Session, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 1 while there is a key, even one that only the author can remove, 0 if there is none, and 2 for a wrong
    line."""
    path = str(notebook(work / "a.ipynb"))
    clean = str(cells(work / "c.ipynb", "1 + 1"))
    assert cli.main(["scan", path]) == 1
    assert cli.main(["scan", path, "--fix"]) == 1
    assert cli.main(["scan", clean]) == 0
    assert cli.main(["scan", clean, path]) == 1
    assert cli.main(["scan"]) == 2
    assert SHAPED not in "".join(capsys.readouterr())


def test_what_is_no_notebook_hides_nothing_of_the_others(session: Session, work: Path) -> None:
    """It is named beside the findings in the others, and the scan fails."""
    cells(work / "a.ipynb", "key = 'sk-proj-abcdef0123456789'")
    (work / "b.ipynb").write_text("{}")
    found = session.scan("b.ipynb", "a.ipynb")
    assert [(each.notebook, each.place) for each in found] == [("a.ipynb", "cell 1, source")]
    assert [each.split()[0] for each in found.problems] == ["b.ipynb"]
    assert not found.ok
    assert not session.scan("b.ipynb", "b2.ipynb").ok


@pytest.mark.parametrize("form", [{"indent": 1}, {"indent": 4, "sort_keys": True}, {"separators": (",", ":")}])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_all_but_the_key_stays_to_the_letter(session: Session, work: Path, form: dict[str, object], end: str) -> None:
    """The order of keys, indentation, escapes and the end of the file stay: a change of one line is one line in a diff."""
    output = {"output_type": "stream", "name": "stdout", "text": ["é\n", f"{SHAPED}\n", "end"]}
    cell = {"source": ["print(1)"], "outputs": [output], "metadata": {}, "cell_type": "code", "execution_count": 1}
    before = json.dumps({"nbformat": 4, "cells": [cell], "nbformat_minor": 5, "metadata": {}}, **form) + end  # type: ignore[arg-type]
    path = work / "a.ipynb"
    path.write_bytes(before.encode())
    assert session.scan("a.ipynb", fix=True).ok
    after = path.read_bytes().decode()
    assert SHAPED not in after
    start, stop = before.index(SHAPED), len(before) - before.index(SHAPED) - len(SHAPED)
    assert (after[:start], after[-stop:]) == (before[:start], before[-stop:])


def test_a_folder_is_looked_through(session: Session, work: Path) -> None:
    """The scan includes checkpoints but no environments, and leaves no copy of a key in the folder."""
    for name in ("a.ipynb", "below/b.ipynb", "below/.ipynb_checkpoints/b-checkpoint.ipynb", ".venv/c.ipynb"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        notebook(work / name)
    found = session.scan(".", fix=True)
    assert found.scanned == 3
    assert {each.notebook for each in found} == {
        "a.ipynb",
        "below/b.ipynb",
        "below/.ipynb_checkpoints/b-checkpoint.ipynb",
    }
    left = [path for path in work.rglob("*") if path.is_file() and ".venv" not in path.parts]
    assert not [path for path in left if KNOWN in path.read_text()]
    (work / "empty").mkdir()
    assert session.scan("empty").ok


def test_a_folder_that_cannot_be_read_is_a_problem(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scan is not clean, because nothing has examined the folder. The rest is scanned all the same."""
    for name in ("a.ipynb", "closed/b.ipynb"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text('{"cells": [], "nbformat": 4}')
    scandir = os.scandir

    def refusing(place: str) -> Any:
        if os.path.basename(place) == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr("os.scandir", refusing)
    found = session.scan(".")
    assert (found.scanned, len(found.problems), found.ok) == (1, 1, False)
    assert "closed" in found.problems[0]


def plain(path: Path, text: str) -> Path:
    """Write a notebook with this text in a cell's fields, as a file that no library wrote, and return its path."""
    cell = f'{{"cell_type": "code", "execution_count": 1, "metadata": {{}}, "outputs": [], "source": ["1"], {text}}}'
    path.write_text(f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}')
    return path


@pytest.mark.parametrize(
    "fields",
    [
        f'"id": "{KNOWN}"',
        f'"extra": {{"deep": [1, {{"a": "{KNOWN}"}}]}}',
        f'"{KNOWN}": 1',
        f'"outputs": [{{"text": "{KNOWN}"}}], "outputs": []',
        f'"metadata": {{"a": "{KNOWN}", "a": "b"}}',
        f'"metadata": {{"{KNOWN}": "b"}}',
        f'"extra": ["{KNOWN[:5]}", "{KNOWN[5:]}"]',
    ],
)
def test_no_field_of_a_cell_is_passed_over(session: Session, work: Path, fields: str) -> None:
    """This includes its id, fields unknown to the format, and the first of two values with the same name. ``fix`` removes the
    key."""
    path = plain(work / "a.ipynb", fields)
    found = session.scan("a.ipynb")
    assert {(each.what, each.fixable) for each in found} == {("the user secret OpenAI:ApiKey", True)}
    assert KNOWN not in str(found) + json.dumps(found.data())
    assert session.scan("a.ipynb", fix=True).ok
    assert KNOWN not in path.read_text()
    assert session.scan("a.ipynb").ok


@pytest.mark.parametrize(
    "fields",
    [f'"extra": "{KNOWN}"', f'"{KNOWN}": []', f'"metadata": {{"x": "{KNOWN}"}}', f'"metadata": {{"{KNOWN}": 1}}'],
)
def test_no_field_of_a_notebook_is_passed_over(session: Session, work: Path, fields: str) -> None:
    """The fields are beside its cells, before or after another value with the same name. The reported place shows no key."""
    path = work / "a.ipynb"
    path.write_text(f'{{{fields}, "cells": [], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}')
    found = session.scan("a.ipynb")
    assert {each.what for each in found} == {"the user secret OpenAI:ApiKey"}
    assert KNOWN not in str(found) + json.dumps(found.data())
    assert session.scan("a.ipynb", fix=True).ok
    assert KNOWN not in path.read_text()


def test_the_first_of_two_lists_of_cells_counts(session: Session, work: Path) -> None:
    """Python reads the last list, but another program may read the first. The author's text stays in both."""
    path = work / "a.ipynb"
    path.write_text(f'{{"cells": [{{"source": "{KNOWN}"}}], "cells": [], "nbformat": 4}}')
    assert [(each.place, each.fixable) for each in session.scan("a.ipynb")] == [("cell 1, source", False)]


def test_a_key_of_digits_is_found_in_a_number(session: Session, work: Path) -> None:
    """A program cannot remove it, so the report says so."""
    session.set_secret("Team:Pin", Secret("918273645546"))
    plain(work / "a.ipynb", '"extra": 918273645546')
    found = session.scan("a.ipynb", fix=True)
    assert [(each.place, each.what, each.fixable) for each in found] == [
        ("outside its texts", "the user secret Team:Pin", False)
    ]
    assert not found.ok


def test_the_names_of_the_format_are_no_key(session: Session, work: Path) -> None:
    """A password may be a word of the format. Removing it would destroy the notebook."""
    session.set_secret("Team:Word", Secret("metadata"))
    path = plain(work / "a.ipynb", f'"id": "{KNOWN}"')
    assert [each.what for each in session.scan("a.ipynb", fix=True)] == ["the user secret OpenAI:ApiKey"]
    nbformat.validate(nbformat.read(path, as_version=4))
