"""What users get wrong, and what goes wrong around them: two lines, a status, a failed cell, and nothing lost. In both faces."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.errors import ConfigurationFileError
from aiconn_nb.ui.cli import main

Face = Callable[[str], tuple[bool, str]]
"""Runs a command; answers whether it did well, and what was said."""

CANARY = "sk-canary00112233"


@pytest.fixture
def shell(shells: Any) -> InteractiveShell:
    """A shell with the extension loaded, which shows as much of an error as it can."""
    opened: InteractiveShell = shells.open("load_ext aiconn_nb", "xmode Verbose")
    return opened


@pytest.fixture(params=["terminal", "notebook"])
def face(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Face:
    """Each test is run in the terminal and in a notebook."""
    if request.param == "terminal":

        def in_terminal(line: str) -> tuple[bool, str]:
            capsys.readouterr()
            status = main(line.split(" "))
            said = capsys.readouterr()
            return status == 0, said.out + said.err

        return in_terminal
    shell: InteractiveShell = request.getfixturevalue("shell")

    def in_notebook(line: str) -> tuple[bool, str]:
        capsys.readouterr()
        result = shell.run_cell(f"%aiconn {line}", store_history=True)
        said = capsys.readouterr()
        text = (said.out + said.err).replace("\x1b[31m", "").replace("\x1b[39m", "").strip()
        return result.success, text.split(": ", 1)[-1] if not result.success else text

    return in_notebook


@pytest.fixture
def stored(face: Face, isolated: Path) -> Path:
    """The store's file, with one connection in it."""
    assert face("new openai-dev --provider openai --set api_key=$OpenAI:ApiKey")[0]
    return isolated / "home" / "connections.json"


def refused(face: Face, line: str) -> list[str]:
    """The lines that a command fails with: one or two, and no traceback. What a notebook calls %aiconn is aiconn here."""
    well, said = face(line)
    assert not well, said
    assert "Traceback" not in said
    lines = said.strip().replace("%aiconn", "aiconn").splitlines()
    assert 1 <= len(lines) <= 2, said
    return lines


ALIAS = "may only have a-z, 0-9 and -, and starts with a letter or digit"
TAKEN = "There is a connection 'openai-dev' already."
HINT_TAKEN = "Choose another alias; 'aiconn edit openai-dev' changes the one that is there."


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("show openai-deb", ["There is no connection 'openai-deb'.", "Did you mean 'openai-dev'?"]),
        ("new b --provider opnai", ["There is no provider 'opnai'.", "Did you mean 'openai'?"]),
        (
            "edit openai-dev --set api_kee=$A:B",
            ["api_kee: OpenAI has no such setting. Did you mean 'api_key'?", "Nothing was saved."],
        ),
        (
            "edit openai-dev --unset organisation",
            ["organisation: OpenAI has no such setting. Did you mean 'organization'?", "Nothing was saved."],
        ),
        ("shwo openai-dev", ["There is no command 'shwo'.", "Did you mean 'show'?"]),
        ("list --activ", ["list has no option --activ.", "Did you mean '--active'?"]),
        (
            "explain openai-dev --env Developmnt",
            [
                "There is no environment 'Developmnt' here: no appsettings.Developmnt.json at or above the working folder.",
                "Did you mean 'Development'?",
            ],
        ),
        (
            "duplicate openai-dev openai-dev",
            [TAKEN, HINT_TAKEN],
        ),
        (
            "new openai-dev --provider demo",
            [
                f"{TAKEN[:-1]}, and it differs: provider is 'openai' there, and 'demo' here.",
                "A provider never changes: choose another alias.",
            ],
        ),
        ("new OPENAI-DEV --provider demo", [f"alias: {ALIAS} (try openai-dev)", "Nothing was saved."]),
        ("new a_b --provider demo", [f"alias: {ALIAS} (try a-b)", "Nothing was saved."]),
        ("new <b>x</b> --provider demo", [f"alias: {ALIAS} (try b-x-b)", "Nothing was saved."]),
        (
            f"new {'a' * 101} --provider demo",
            ["alias: has 101 characters, at most 100 are allowed", "Nothing was saved."],
        ),
        (
            "edit openai-dev --provider demo",
            ["provider: never changes ('openai-dev' is openai): make a new connection instead", "Nothing was saved."],
        ),
        (
            "edit openai-dev --set endpoint=nonsense",
            ["endpoint: must be a URL that starts with http:// or https://", "Nothing was saved."],
        ),
    ],
)
def test_a_mistake_names_the_nearest_and_changes_nothing(face: Face, stored: Path, line: str, told: list[str]) -> None:
    """Unknown alias, provider, field, command, option, environment; aliases that cannot be; a provider that would change."""
    before = stored.read_bytes()
    assert refused(face, line) == told
    assert stored.read_bytes() == before


def test_an_alias_with_a_space(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In quotes it is one word, and still none that a notebook could name."""
    assert main(["new", "a b", "--provider", "demo"]) == 1
    assert capsys.readouterr().err == f"alias: {ALIAS} (try a-b)\nNothing was saved.\n"


def test_a_key_on_the_line(face: Face, stored: Path) -> None:
    """It is refused, whether a connection is made or changed, and not repeated."""
    before = stored.read_bytes()
    for line in ("new b --provider openai --set api_key=", "edit openai-dev --set api_key="):
        assert CANARY not in "".join(refused(face, line + CANARY))
    assert stored.read_bytes() == before


def test_a_reference_that_does_not_resolve(face: Face, stored: Path) -> None:
    """It is stored with a warning, and fails when it is used, with the places that were searched."""
    well, said = face("new later --provider openai --set api_key=$Later:ApiKey")
    assert well
    assert "$Later:ApiKey" in said
    what, hint = refused(face, "models later")
    assert what == (
        "api_key: $Later:ApiKey was not found in the environment Development. "
        "Searched: environment variables, user secrets (Development), user secrets."
    )
    assert hint.startswith(
        "'aiconn secret set Later:ApiKey' keeps a value for it, or a file, or the environment variable "
    )


def test_a_broken_appsettings(face: Face, stored: Path, work: Path) -> None:
    """Every use fails with file, line and column; the list is there, and says it once."""
    (work / "appsettings.json").write_text('{"OpenAI": {\n')
    what, hint = refused(face, "models openai-dev")
    problem = "the file ends too early: } is missing."
    broken = ConfigurationFileError(path=str(work / "appsettings.json"), problem=problem, line=2, column=1)
    assert (what, hint) == broken.lines()
    before = stored.read_bytes()
    well, said = face("list")
    assert well
    assert said.count("the file ends too early") <= 1
    assert stored.read_bytes() == before


# ---- around them ------------------------------------------------------------------------------------------------------


def test_a_store_of_a_newer_release(face: Face, stored: Path) -> None:
    """It is neither read nor written."""
    newer = stored.read_bytes().replace(b'"schema":1', b'"schema":3')
    stored.write_bytes(newer)
    for line in ("list", "new b --provider demo", "delete openai-dev --yes"):
        assert "newer release" in " ".join(refused(face, line))
    assert stored.read_bytes() == newer


def test_a_damaged_store(face: Face, stored: Path) -> None:
    """It is set aside under another name, and that is said; it is not taken for empty, and not overwritten."""
    damaged = stored.read_bytes()[:-40]
    stored.write_bytes(damaged)
    told = " ".join(refused(face, "new b --provider demo"))
    (aside,) = [each for each in stored.parent.iterdir() if each.is_file() and each.read_bytes() == damaged]
    assert aside.name in told


def test_a_disk_that_takes_nothing(face: Face, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read-only or full: the reason is said, and the store is as it was."""
    before = stored.read_bytes()
    for number in (errno.EROFS, errno.ENOSPC):

        def replace(*names: object, number: int = number) -> None:
            raise OSError(number, os.strerror(number), str(names[-1]))

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            assert os.strerror(number) in " ".join(refused(face, "edit openai-dev --name New"))
        assert stored.read_bytes() == before
    assert face("edit openai-dev --name New")[0]


def test_a_file_that_may_not_grow(isolated: Path) -> None:
    """What a full disk is like for a whole process."""
    command = [sys.executable, "-m", "aiconn_nb.ui.cli"]
    subprocess.run([*command, "new", "a", "--provider", "demo"], check=True, capture_output=True)
    before = (isolated / "home" / "connections.json").read_bytes()
    full = subprocess.run(
        [*command, "new", "b", "--provider", "demo"],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert full.returncode == 1
    assert "File too large" in full.stderr
    assert "Traceback" not in full.stderr
    assert (isolated / "home" / "connections.json").read_bytes() == before


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("raise ModuleNotFoundError(\"No module named 'openai'\", name='openai')", "pip install 'aiconn-nb[openai]'"),
        ("raise ImportError('libssl is missing')", "libssl is missing"),
    ],
)
def test_an_sdk_that_is_missing_or_fails_to_import(
    face: Face, stored: Path, work: Path, monkeypatch: pytest.MonkeyPatch, module: str, told: str
) -> None:
    """The line that installs it, or its own words; the connection stays."""
    folder = work / "sdks"
    folder.mkdir()
    (folder / "openai.py").write_text(module)
    for name in [each for each in sys.modules if each == "openai" or each.startswith("openai.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("OpenAI__ApiKey", "made-up")
    before = stored.read_bytes()
    assert told in " ".join(refused(face, "models openai-dev"))
    assert stored.read_bytes() == before
