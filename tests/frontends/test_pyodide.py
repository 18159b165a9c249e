"""The package works in JupyterLite: Python in a browser, without threads, hard links and cryptography. Here Pyodide runs in
node."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ANSWER = "This is the demo speaking, without a network and without a key. You said “hello”."


@pytest.fixture(scope="module")
def came() -> dict[str, Any]:
    """Return the results of the lesson."""
    place = Path(os.environ["AICONN_TEST_PYODIDE"])
    command = ["node", HERE / "pyodide.mjs", place / "node_modules/pyodide", place / "packages", HERE / "lesson.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_connections_are_stored_with_their_history(came: dict[str, Any]) -> None:
    """A lock is taken although there is no other process."""
    assert (came["stored"], came["versions"]) == (True, [2, 1])


def test_a_reference_resolves(came: dict[str, Any]) -> None:
    """The value comes from the settings file in the notebook's folder."""
    assert came["resolved"]


def test_no_key_is_kept_unencrypted(came: dict[str, Any]) -> None:
    """The error offers a reference, and nothing is saved."""
    assert came["sealing"] == [True, True]
    assert came["aliases"] == ["first", "openai-dev", "second"]


@pytest.mark.parametrize("verb", ["ask", "aask", "stream", "astream"])
def test_a_profile_answers(verb: str, came: dict[str, Any]) -> None:
    """The call returns the answer at once, or it is awaited in the page's own loop."""
    assert came[verb].startswith(ANSWER)


def test_what_runs_beside_each_other_elsewhere_runs_in_turn(came: dict[str, Any]) -> None:
    """A comparison and the tests of several connections run one after the other."""
    assert [text.startswith(ANSWER) for text in came["compare"]] == [True, True]
    assert came["tests"] == [True, True]
    assert came["acompare"] == 2
    assert (came["embed"], came["aembed"]) == (64, 64)


def test_map_is_refused(came: dict[str, Any]) -> None:
    """`map` depends on many requests at once."""
    assert came["map"] is True


def test_the_form_saves(came: dict[str, Any]) -> None:
    """The form reports no error."""
    assert came["form"] == ["welcome", "done", "saved", "done"]
    assert "made-in-the-form" in came["saved"]


def test_the_magic_runs(came: dict[str, Any]) -> None:
    """The magic runs in IPython, as in JupyterLite."""
    assert came["magic"] == [True, True, True]
