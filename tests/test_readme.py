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
