"""The documents are true: the guide runs as shipped, links have targets, commands exist, and examples keep their contracts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.config import ConfigSource
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.testing import ProviderContract
from aiconn_nb.session import kernel_session
from aiconn_nb.testing import SourceContract
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.table import COMMANDS, GROUPS

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "notebooks" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
DOCUMENTS = [ROOT / "README.md", *PAGES, *(ROOT / ".github").glob("*.md")]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)


def blocks(document: Path) -> Iterator[tuple[str, str]]:
    """Yield the fenced blocks of a document, each with its mark and its content."""
    yield from re.findall(r"^```(\w*)\n(.*?)^```$", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def cells(document: Path) -> list[str]:
    """Return what a reader would run: blocks of Python, cells of a cell magic, and each line of other magics."""
    found = []
    for mark, block in blocks(document):
        if mark == "python" or (not mark and block.startswith("%%")):
            found.append(block)
        elif not mark:
            assert re.match(r"%|\w+ = ", block), block
            found += block.splitlines()
    return found


def run_in_a_new_kernel(lines: list[str], shells: Any) -> None:
    """Run these cells in a kernel without the extension, on the existing store."""
    kernel_session().close()
    kernel_session.cache_clear()
    shell = shells.open()
    for cell in lines:
        assert shell.run_cell(cell).success, cell


@each_page
def test_a_page_runs_twice(page: Path, isolated: Path, shells: Any) -> None:
    """The page runs offline from top to bottom, the second time in another kernel on the same store, and its assertions hold."""
    for _ in range(2):
        run_in_a_new_kernel(cells(page), shells)


def test_the_pages_run_one_after_the_other_in_one_home(isolated: Path, work: Path, shells: Any) -> None:
    """They follow the README's lines, whose connection and profile stay. Each page removes what it made, except the files to share.

    Each page thus begins in the same home, in whatever order a user reads them.
    """
    readme = next(block for mark, block in blocks(ROOT / "README.md") if not mark)
    run_in_a_new_kernel(readme.splitlines(), shells)
    for page in PAGES:
        run_in_a_new_kernel(cells(page), shells)
        session = kernel_session()
        shared = {"classroom.md": ["aiconn.json"], "teams.md": ["team.json"]}.get(page.name, [])
        left = (page.name, session.aliases(), session.profile_aliases(), session.default_alias(), os.listdir(work))
        assert left == (page.name, ["demo-dev"], ["tutor"], "tutor", shared)
        for name in shared:
            (work / name).unlink()


def test_the_page_on_datasets_needs_dask_for_one_section_only(
    isolated: Path, tmp_path: Path, shells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader without Dask leaves that section out, and the page still removes what it made."""
    text = (GUIDE / "datasets.md").read_text(encoding="utf-8")
    before, _, rest = text.partition("## On a Dask cluster\n")
    page = tmp_path / "datasets.md"
    page.write_text(before + rest[rest.index("\n## ") :], encoding="utf-8")
    for name in ("dask", "dask.dataframe", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    run_in_a_new_kernel(cells(page), shells)
    assert (kernel_session().aliases(), kernel_session().profile_aliases()) == ([], [])


def test_the_nightly_job_runs_in_a_new_home(isolated: Path, work: Path) -> None:
    """The lines for the shell run with a key in a variable, as in a job. Without the host that they name, they fail."""
    job = next(block for mark, block in blocks(GUIDE / "teams.md") if mark == "sh" and "papermill" in block)
    settings = {"endpoint": "https://gateway.example.com/v1", "api_key": "$Gateway:ApiKey"}
    gateway = {"alias": "gw", "name": "Gateway", "provider": "openai-compatible", "settings": settings}
    (work / "aiconn.json").write_text(json.dumps({"aiconn_bundle": 1, "connections": [gateway]}))
    programs = isolated / "bin"
    programs.mkdir()
    for name, line in (("aiconn", f'exec {sys.executable} -m aiconn_nb "$@"'), ("papermill", 'touch "$2"')):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AICONN_")},
        "HOME": str(isolated / "new home"),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "FROM_YOUR_SECRET_STORE": "made-up-key-0123456789",
    }
    for written, status in ((job.replace(" --trust https://gateway.example.com", ""), 1), (job, 0), (job, 0)):
        assert status == 0 or written != job
        ended = subprocess.run(
            ["sh", "-c", written], cwd=work, env=environ, capture_output=True, text=True, timeout=120
        )
        assert ended.returncode == status, ended.stdout + ended.stderr
        assert (work / "out.ipynb").exists() is (status == 0)


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    """Each link leads to a file of this repository and to an existing heading."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, heading = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    """Nobody reads a page without links to it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"(notebooks/guide/{page.name})" not in readme] == []


@each_document
def test_every_command_is_understood(document: Path) -> None:
    """This covers text and blocks, for the notebook and the terminal. A name alone only has to be an existing command."""
    for line in re.findall(r"(?:^|`)%{0,2}aiconn ([^`\n|]+)", document.read_text(encoding="utf-8"), re.MULTILINE):
        words = [word for word in split(line) if word != "--json"]
        name = " ".join(words[: 2 if words[0] in GROUPS else 1])
        if name.isupper() or name.startswith("--") or name in GROUPS:
            continue
        assert name in COMMANDS, line
        if rest := words[len(name.split()) :]:
            COMMANDS[name].parse(rest, "%aiconn")


def test_a_symptom_is_what_an_error_says() -> None:
    """Every message that the page on troubleshooting quotes is in the list of all wordings."""
    wordings = (ROOT / "tests" / "errors.golden.txt").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \|", (GUIDE / "troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE)
    quoted = [words for row in rows for words in re.findall(r"`([^`%]+)`", row) if not words.startswith("env ")]
    assert len(quoted) > 20
    assert [words for words in quoted if words not in wordings] == []


def test_every_promise_names_its_tests() -> None:
    """The files exist and contain tests."""
    section = (GUIDE / "security.md").read_text(encoding="utf-8").partition("## Not promised")[0]
    promises = [line for line in section.splitlines() if line.startswith("| ") and "tested by" not in line]
    assert len(promises) > 10
    for line in promises:
        named = re.findall(r"`(tests/[^`]+)`", line)
        assert named, line
        for name in named:
            files = [ROOT / name] if name.endswith(".py") else list((ROOT / name).glob("test_*.py"))
            assert files, name
            assert all("\ndef test_" in file.read_text() for file in files), name


def _example(holding: str) -> Any:
    """Return the class of this name in the page on plug-ins."""
    code = next(block for mark, block in blocks(GUIDE / "writing-a-provider.md") if f"class {holding}" in block)
    namespace: dict[str, object] = {}
    exec(code, namespace)
    return namespace[holding]


class TestTheProviderOfTheGuide(ProviderContract):
    """The example in the guide keeps the contract."""

    provider = _example("Echo")()
    settings = {"api_key": Secret("made-up-key")}  # noqa: RUF012


class TestTheSourceOfTheGuide(SourceContract):
    """The configuration source of the guide keeps the contract."""

    secret = "made-up"

    def source(self) -> ConfigSource:
        return _example("TeamVault")("Development")  # type: ignore[no-any-return]
