"""Mistakes of users and faults around them give two lines, an exit status or a failed cell, and lose nothing, in both
interfaces."""

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

Interface = Callable[[str], tuple[bool, str]]
"""A function that runs a command and returns whether it succeeded and what it said."""

CANARY = "sk-canary00112233"


@pytest.fixture
def shell(shells: Any) -> InteractiveShell:
    """Return a shell with the extension loaded, which shows as much of an error as it can."""
    opened: InteractiveShell = shells.open("load_ext aiconn_nb", "xmode Verbose")
    return opened


@pytest.fixture(params=["terminal", "notebook"])
def interface(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Interface:
    """Return a function that runs a command, once for the terminal and once for a notebook."""
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
def stored(interface: Interface, isolated: Path) -> Path:
    """Return the store's file, which contains one connection."""
    assert interface("new openai-dev --provider openai --set api_key=$OpenAI:ApiKey")[0]
    return isolated / "home" / "connections.json"


def refused(interface: Interface, line: str) -> list[str]:
    """Return the lines with which a command fails: one or two, without a traceback, and with %aiconn written as aiconn."""
    well, said = interface(line)
    assert not well, said
    assert "Traceback" not in said
    lines = said.strip().replace("%aiconn", "aiconn").splitlines()
    assert 1 <= len(lines) <= 2, said
    return lines


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("show openai-deb", ("'openai-deb'", "'openai-dev'")),
        ("new b --provider opnai", ("'opnai'", "'openai'")),
        ("edit openai-dev --set api_kee=$A:B", ("api_kee: ", "'api_key'")),
        ("edit openai-dev --unset organisation", ("organisation: ", "'organization'")),
        ("shwo openai-dev", ("'shwo'", "'show'")),
        ("list --activ", ("--activ", "'--active'")),
        ("explain openai-dev --env Developmnt", ("appsettings.Developmnt.json", "'Development'")),
        ("duplicate openai-dev openai-dev", ("'openai-dev'", "'aiconn edit openai-dev'")),
        ("new openai-dev --provider demo", ("'openai-dev'", "'openai'", "'demo'")),
        ("new OPENAI-DEV --provider demo", ("alias: ", "openai-dev")),
        ("new a_b --provider demo", ("alias: ", "a-b")),
        ("new <b>x</b> --provider demo", ("alias: ", "b-x-b")),
        (f"new {'a' * 101} --provider demo", ("alias: ", "101", "100")),
        ("edit openai-dev --provider demo", ("provider: ", "openai-dev")),
        ("edit openai-dev --set endpoint=nonsense", ("endpoint: ", "https://")),
    ],
)
def test_a_mistake_names_the_nearest_and_changes_nothing(
    interface: Interface, stored: Path, line: str, told: tuple[str, ...]
) -> None:
    """The test covers unknown aliases, providers, fields, commands, options and environments, impossible aliases, and a change of
    provider."""
    before = stored.read_bytes()
    said = "\n".join(refused(interface, line))
    assert [fact for fact in told if fact not in said] == []
    assert stored.read_bytes() == before


def test_an_alias_with_a_space(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In quotes it is one word, but still none that a notebook could name."""
    assert main(["new", "a b", "--provider", "demo"]) == 1
    what, _ = capsys.readouterr().err.splitlines()
    assert (what.startswith("alias: "), "a-b" in what) == (True, True)


def test_a_key_on_the_line(interface: Interface, stored: Path) -> None:
    """The key is refused and not repeated, whether the line creates or changes a connection."""
    before = stored.read_bytes()
    for line in ("new b --provider openai --set api_key=", "edit openai-dev --set api_key="):
        assert CANARY not in "".join(refused(interface, line + CANARY))
    assert stored.read_bytes() == before


def test_a_reference_that_does_not_resolve(interface: Interface, stored: Path) -> None:
    """It is stored with a warning. When it is used, it fails with the places that were searched."""
    well, said = interface("new later --provider openai --set api_key=$Later:ApiKey")
    assert well
    assert "$Later:ApiKey" in said
    what, hint = refused(interface, "models later")
    assert what.startswith("api_key: $Later:ApiKey ")
    assert "environment variables, user secrets (Development), user secrets" in what
    assert hint.startswith("'aiconn secret set Later:ApiKey'")


def test_a_broken_appsettings(interface: Interface, stored: Path, work: Path) -> None:
    """Every use fails with file, line and column. The list still works and mentions the problem once."""
    (work / "appsettings.json").write_text('{"OpenAI": {\n')
    what, hint = refused(interface, "models openai-dev")
    problem = "the file ends too early: } is missing."
    broken = ConfigurationFileError(path=str(work / "appsettings.json"), problem=problem, line=2, column=1)
    assert (what, hint) == broken.lines()
    before = stored.read_bytes()
    well, said = interface("list")
    assert well
    assert said.count("the file ends too early") <= 1
    assert stored.read_bytes() == before


# ---- around them ------------------------------------------------------------------------------------------------------


def test_a_store_of_a_newer_release(interface: Interface, stored: Path) -> None:
    """The store is neither read nor written."""
    newer = stored.read_bytes().replace(b'"schema":1', b'"schema":3')
    stored.write_bytes(newer)
    for line in ("list", "new b --provider demo", "delete openai-dev --yes"):
        assert "connections.json" in " ".join(refused(interface, line))
    assert stored.read_bytes() == newer


def test_a_damaged_store(interface: Interface, stored: Path) -> None:
    """It is set aside under another name, which the error says. It is neither treated as empty nor overwritten."""
    damaged = stored.read_bytes()[:-40]
    stored.write_bytes(damaged)
    told = " ".join(refused(interface, "new b --provider demo"))
    (aside,) = [each for each in stored.parent.iterdir() if each.is_file() and each.read_bytes() == damaged]
    assert aside.name in told


def test_a_disk_that_takes_nothing(interface: Interface, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a read-only or full disk, the error gives the reason, and the store is unchanged."""
    before = stored.read_bytes()
    for number in (errno.EROFS, errno.ENOSPC):

        def replace(*names: object, number: int = number) -> None:
            raise OSError(number, os.strerror(number), str(names[-1]))

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            assert os.strerror(number) in " ".join(refused(interface, "edit openai-dev --name New"))
        assert stored.read_bytes() == before
    assert interface("edit openai-dev --name New")[0]


def test_a_file_that_may_not_grow(isolated: Path) -> None:
    """A limit on the size of files simulates a full disk for a whole process."""
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
    interface: Interface, stored: Path, work: Path, monkeypatch: pytest.MonkeyPatch, module: str, told: str
) -> None:
    """The error has the line that installs the SDK, or the SDK's own message, and the connection stays."""
    folder = work / "sdks"
    folder.mkdir()
    (folder / "openai.py").write_text(module)
    for name in [each for each in sys.modules if each == "openai" or each.startswith("openai.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("OpenAI__ApiKey", "made-up")
    before = stored.read_bytes()
    assert told in " ".join(refused(interface, "models openai-dev"))
    assert stored.read_bytes() == before
