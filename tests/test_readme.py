"""The README is true, and its lines can run again: "Restart and run all" passes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.session import kernel_session

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command() -> None:
    """The command is the same to the letter."""
    command = re.search(r"\*\*Test it:\*\*\n\n```sh\n(.+)\n```", README)
    assert command is not None
    assert command[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_readme_is_a_landing_page() -> None:
    """It has under 900 words, and the guide has everything else."""
    assert len(README.split()) < 900


def test_contributing_names_what_is_there() -> None:
    """Every file and constant in "where to change what" exists, and every name in its file, so that a newcomer finds it."""
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = [ROOT / name for name in ("aiconn_nb", "tests", "notebooks", "findings", ".ci", "pyproject.toml")]
    paths = [path for each in folders for path in (each, *each.rglob("*")) if "node_modules" not in path.parts]
    places = [f"/{path.relative_to(ROOT)}{'/' * path.is_dir()}" for path in paths]
    named = set(re.findall(r"`((?:[\w.-]+/)*(?:[\w-]+\.(?:pyi?|ts|txt|toml)|[\w-]+/))`", text))
    assert len(named) > 30
    assert {each for each in named if not any(place.endswith(f"/{each}") for place in places)} == set()
    sources = [path for path in paths if path.suffix in (".py", ".ts") and "static" not in path.parts]
    source = "".join(path.read_text(encoding="utf-8") for path in sources)
    constants = set(re.findall(r"`(_?[A-Z]+(?:_[A-Z]+)*)`", text))
    assert len(constants) > 5
    assert {each for each in constants if not re.search(rf"\b{each}\b", source)} == set()
    in_files = re.findall(r"`(\w+)`(?: and `\w+`)* (?:in|of) `([\w/]+\.(?:pyi?|ts))`", text)
    assert len(in_files) > 10
    wanted = {(name, file) for name, file in in_files if not any(_names(path, file, name) for path in sources)}
    assert wanted == set()


def _names(path: Path, file: str, name: str) -> bool:
    return f"/{path.relative_to(ROOT)}".endswith(f"/{file}") and bool(
        re.search(rf"\b{name}\b", path.read_text("utf-8"))
    )


FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BLOCKS = [block.splitlines() for mark, block in FENCED if not mark]
"""The lines of magics: one block with the demo, and one with an account."""


@pytest.mark.parametrize(("lines", "client"), [(BLOCKS[0], "aiconn_nb"), (BLOCKS[1], "openai")])
def test_the_lines_run_twice(lines: list[str], client: str, work: Path, shells: Any) -> None:
    """The second run is in another kernel on the same store. Lines that need the network or the keyboard are left out."""
    assert len(BLOCKS) == 2
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "made-up-key-0123456789"}}')
    shell = shells.open()
    for _ in range(2):
        shell.reset()
        kernel_session().close()
        kernel_session.cache_clear()
        shell.run_line_magic("reload_ext" if "aiconn_nb" in shell.extension_manager.loaded else "load_ext", "aiconn_nb")
        for line in lines:
            if not line.startswith(("%aiconn test ", "%aiconn secret set ")):
                assert shell.run_cell(line).success, line
    assert type(shell.user_ns["client"]).__module__.startswith(client)


def test_five_lines() -> None:
    """The block has as many lines as the heading says."""
    assert "## Five lines" in README
    assert len(BLOCKS[0]) == 5
