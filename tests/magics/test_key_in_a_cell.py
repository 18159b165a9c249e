"""A key that is written in a cell stays in the notebook and in IPython's history, so the result says where it is."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.errors import CommandError

KEY = "made-up-key-0123456789"


def warned(shell: InteractiveShell, cell: str) -> tuple[str, ...]:
    """Return the warnings of the result of a cell."""
    done = shell.run_cell(cell, store_history=True)
    result: Any = done.result
    return tuple(result.warnings)


@pytest.mark.parametrize(
    "call",
    [
        "create('a', 'demo', settings={'api_key': '%s'})",
        "create('a', 'demo', settings={'api_key': aiconn_nb.Secret('%s')})",
        "edit('b', settings={'api_key': '%s'})",
        "Session().set_secret('Demo:ApiKey', '%s')",
        "rotate('b', '%s')",
        "rotate('b', aiconn_nb.Secret('%s'))",
        "rotate('b', {'api_key': '%s'})",
    ],
)
def test_a_key_that_is_written_in_the_cell_is_named(shell: InteractiveShell, call: str) -> None:
    """The key is kept sealed, and the warning does not repeat it."""
    shell.run_cell("import aiconn_nb; aiconn_nb.create('b', 'demo', settings={'api_key': 'another'})")
    warnings = [each for each in warned(shell, f"aiconn_nb.{call % KEY}") if "in this cell" in each]
    assert len(warnings) == 1
    assert KEY not in warnings[0]


@pytest.mark.parametrize(
    "setting",
    [
        "{'api_key': key}",
        "{'api_key': '$Demo:ApiKey'}",
        "{'api_key': 'short'}",
        "{'latency': 0.25}",
    ],
)
def test_a_key_from_elsewhere_is_no_reason(shell: InteractiveShell, setting: str) -> None:
    """A variable, a reference, a text that may be there by chance, and what is no key."""
    shell.run_cell("import aiconn_nb")
    shell.user_ns["key"] = KEY
    warnings = warned(shell, f"aiconn_nb.create('a', 'demo', settings={setting})")
    assert [each for each in warnings if "in this cell" in each] == []


@pytest.mark.parametrize(
    "line",
    [
        "list # made-up-key-0123456789",
        "list # api_key: made-up-key-0123456789",
        "# made-up-key-0123456789",
        "#made-up-key-0123456789",
        "# sk-proj-0123456789abcdefABCDEF",
    ],
)
@pytest.mark.parametrize("magic", ["%aiconn {}", "%%aiconn\n{}"])
def test_a_comment_with_a_key_is_refused(shell: InteractiveShell, magic: str, line: str) -> None:
    """The notebook keeps a comment as it keeps the other words: a key of this machine, or what looks like a key."""
    shell.run_cell("import aiconn_nb; aiconn_nb.create('b', 'demo', settings={'api_key': 'made-up-key-0123456789'})")
    assert isinstance(shell.run_cell(magic.format(line)).error_in_exec, CommandError)
