"""The README's lines run again: "Restart and run all" passes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.session import kernel_session

README = (Path(__file__).parent.parent.parent / "README.md").read_text()


@pytest.fixture
def shell(work: Path, shells: Any) -> InteractiveShell:
    """A shell of its own, in a folder with the settings that the README speaks of."""
    for name in ("appsettings.json", "appsettings.Production.json"):
        (work / name).write_text('{"OpenAI": {"ApiKey": "made-up-key-0123456789"}}')
    opened: InteractiveShell = shells.open()
    return opened


def cells(title: str) -> list[str]:
    """The blocks below a title that are no Python: lines of magics are a cell each, a cell magic is one."""
    section = README[README.index(f"## {title}\n") :]
    blocks = re.findall(r"^```\n(.+?)\n```$", section[: section.index("\n## ", 1)], re.MULTILINE | re.DOTALL)
    return [cell for block in blocks for cell in ([block] if block.startswith("%%") else block.splitlines())]


@pytest.mark.parametrize(("title", "count"), [("Five lines", 5), ("Ask, with a fallback", 5)])
def test_the_lines_run_twice(shell: InteractiveShell, title: str, count: int) -> None:
    """In another kernel the second time, on the same store. `test` is left out: it needs the network."""
    assert len(cells(title)) == count
    for _ in range(2):
        shell.reset()
        kernel_session().close()
        kernel_session.cache_clear()
        shell.run_line_magic("reload_ext" if "aiconn_nb" in shell.extension_manager.loaded else "load_ext", "aiconn_nb")
        for cell in cells(title):
            if not cell.startswith("%aiconn test "):
                result = shell.run_cell(cell)
                assert result.success, cell
    if title == "Five lines":
        assert type(shell.user_ns["client"]).__module__.startswith("openai")
    else:
        assert [attempt.label for attempt in result.result.attempts] == ["rate limited"]
