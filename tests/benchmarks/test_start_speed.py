"""These benchmarks compare the time of loading the extension and of terminal commands with the cost of Python itself."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aiconn_nb
from aiconn_nb import Session

pytestmark = pytest.mark.benchmark

RUNS = 9
MOST_OF_LIST = 8
"""Multiples of the time of a bare Python."""


@pytest.fixture(autouse=True, scope="module")
def bytecode() -> None:
    """Compile the package: an installed package has bytecode, and a checkout on a machine that writes none does not."""
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
    """Return the seconds that a statement takes in a process that has imported IPython and ipykernel."""
    code = _LOAD.format(what=what)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def whole(*words: str) -> float:
    """Return the seconds of processor time of a whole process. On a busy machine it also waits, and not in proportion."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


def interleaved(one: object, other: object) -> tuple[float, float]:
    """Return the least disturbed of two measurements taken in turn, so that a busy machine slows both alike."""
    pairs = [(one(), other()) for _ in range(RUNS)]  # type: ignore[operator]
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def test_loading_the_extension_costs_a_quarter_of_ipywidgets_at_most() -> None:
    """The extension imports hardly anything."""
    ours, theirs = interleaved(
        lambda: in_a_shell("shell.run_line_magic('load_ext', 'aiconn_nb')"), lambda: in_a_shell("import ipywidgets")
    )
    print(
        f"\n%load_ext aiconn_nb {ours * 1e3:6.1f} ms   import ipywidgets {theirs * 1e3:6.1f} ms   {ours / theirs:.2f}"
    )
    assert ours / theirs <= 0.25


@pytest.fixture
def six(work: Path) -> None:
    """Create six connections of two providers, and a file to resolve in."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "one"}, "Anthropic": {"ApiKey": "two"}}')
    session = Session()
    for number in range(3):
        session.create(f"o{number}", "openai", settings={"api_key": "$OpenAI:ApiKey"})
        session.create(f"a{number}", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    session.close()


@pytest.fixture
def five_hundred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add 500 more installed packages, each with entry points."""
    for number in range(500):
        folder = tmp_path / "site" / f"other_{number}-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: other-{number}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[console_scripts]\nother-{number} = other_{number}:main\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))


ENTRY = ("-c", "import sys; from aiconn_nb.ui.start import main; sys.exit(main())")
"""The code of the script ``aiconn``."""


def times_python(*words: str) -> float:
    """Return how many times as long as an idle Python a command in the terminal takes."""
    ours, theirs = interleaved(lambda: whole(*ENTRY, *words), lambda: whole("-c", "pass"))
    print(
        f"\naiconn {' '.join(words)} {ours * 1e3:6.1f} ms   python -c pass {theirs * 1e3:6.1f} ms   {ours / theirs:.1f}"
    )
    return ours / theirs


def test_a_version_costs_three_bare_pythons_at_most() -> None:
    """The option needs nothing that the commands need."""
    assert times_python("--version") <= 3


def test_a_list_in_the_terminal_costs_few_bare_pythons(six: None) -> None:
    """The list has six connections of two providers."""
    assert times_python("list") <= MOST_OF_LIST


def test_a_list_among_five_hundred_packages_costs_no_more(six: None, five_hundred: None) -> None:
    """The packages are searched for plug-ins, and none is loaded."""
    assert times_python("list") <= MOST_OF_LIST + 1.5
