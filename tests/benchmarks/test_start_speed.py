"""How soon one can begin: loading the extension, and a command in the terminal, against what Python costs anyway."""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

import aiconn_nb

pytestmark = pytest.mark.benchmark

RUNS = 9


@pytest.fixture(autouse=True, scope="module")
def bytecode() -> None:
    """An installed package has it; a checkout on a machine that writes none has not."""
    compileall.compile_dir(str(Path(aiconn_nb.__file__).parent), quiet=1)


_LOAD = """
import sys, time
from IPython.core.interactiveshell import InteractiveShell
import ipykernel.ipkernel
shell = InteractiveShell.instance()
shell.run_line_magic("unload_ext", "nothing")
started = time.perf_counter()
{what}
print(time.perf_counter() - started)
"""


def in_a_shell(what: str) -> float:
    """Seconds that a statement takes in a process that has IPython and ipykernel already."""
    code = _LOAD.format(what=what)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def whole(*words: str) -> float:
    """Seconds of a whole process."""
    started = perf_counter()
    subprocess.run([sys.executable, *words], capture_output=True, check=True)
    return perf_counter() - started


def interleaved(one: object, other: object) -> tuple[float, float]:
    """Medians of two measurements taken in turn, so that a busy machine slows both alike."""
    pairs = [(one(), other()) for _ in range(RUNS)]  # type: ignore[operator]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def test_loading_the_extension_costs_a_quarter_of_ipywidgets_at_most() -> None:
    """It imports hardly anything."""
    ours, theirs = interleaved(
        lambda: in_a_shell("shell.run_line_magic('load_ext', 'aiconn_nb')"), lambda: in_a_shell("import ipywidgets")
    )
    print(
        f"\n%load_ext aiconn_nb {ours * 1e3:6.1f} ms   import ipywidgets {theirs * 1e3:6.1f} ms   {ours / theirs:.2f}"
    )
    assert ours / theirs <= 0.25


def test_a_list_in_the_terminal_costs_ten_bare_pythons_at_most() -> None:
    """With a connection in the store and files to resolve in."""
    whole("-m", "aiconn_nb.ui.cli", "new", "a", "--provider", "demo", "--set", "api_key=$Demo:ApiKey")
    ours, theirs = interleaved(lambda: whole("-m", "aiconn_nb.ui.cli", "list"), lambda: whole("-c", "pass"))
    print(f"\naiconn list {ours * 1e3:6.1f} ms   python -c pass {theirs * 1e3:6.1f} ms   {ours / theirs:.1f}")
    assert ours / theirs <= 10
