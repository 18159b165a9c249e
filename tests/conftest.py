"""What every test shares: a home of its own, and a network that ends at the loopback interface."""

from __future__ import annotations

import atexit
import gc
import ipaddress
import linecache
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from itertools import count
from opcode import opname
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from aiconn_nb import Session

# A deadline measures the machine, and both CI's and a developer's are busy with other things.
settings.register_profile("no deadline", deadline=None, print_blob=True)
settings.load_profile("no deadline")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A job in the background has Ctrl-C switched off, and so have its children: they would never hear that they are interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIGURES = {"faults": "losses, attacked", "leaks": "leaks, attacked"}
"""Folder of tests -> the heading above its figures."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``-n 2`` the tests of a file stay together, and one process drives all browsers.

    Not by ``--dist loadgroup``: pytest-xdist 3.8 writes the group into an attribute that pytest 9.2 no longer has, and then gives
    out each test by itself, without a word.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "browser" if "browser" in Path(file).parts else file

    # Else the files with the most tests begin; here those that take longest do, so that no process waits for the other in the end.
    config.option.loadscopereorder = False
    return ByFile(config, log)


LONGEST = (
    *("browser", "leaks", "wire", "faults", "magics"),
    *("test_page.py", "test_guides.py", "test_notebooks.py", "test_cli.py", "test_architecture.py"),
)
"""The folders and files whose tests take longest, those first that have to begin first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``-n 2`` the longest begin; else the order is that of the folders."""
    if hasattr(config, "workerinput"):
        items.sort(
            key=lambda item: next((n for n, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST))
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--report",
        action="store_true",
        help="run the fault and leak tests at full strength, and print their figures at the end",
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the figures of the tests that passed, as tables; numbers under one name are added up."""
    if not config.getoption("--report", default=False):
        return
    for folder, heading in FIGURES.items():
        figures: dict[str, int] = {}
        for report in terminalreporter.stats.get("passed", []):
            for name, number in report.user_properties if f"/{folder}/" in f"/{report.nodeid}" else ():
                figures[name] = figures.get(name, 0) + number
        if figures:
            terminalreporter.section(heading)
            width = max(map(len, figures))
            for name, number in figures.items():
                terminalreporter.line(f"{name.ljust(width)}  {number:>9,}")


@pytest.fixture
def record_figure(request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """Takes a figure for the report: what was done, and how often."""
    return lambda name, count: request.node.user_properties.append((name, count))


def _takes_no_signal(frame: FrameType) -> bool:
    """Whether the next step of a frame does nothing, or begins the call of ``__exit__`` that ends a ``with`` block.

    The first step of a ``try`` in a ``with`` block does nothing, and does not belong to the block yet.
    """
    step = opname[frame.f_code.co_code[frame.f_lasti]]
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip()
    is_exit = line.startswith(("with ", "async with ")) and step in ("LOAD_CONST", "SWAP", "PUSH_EXC_INFO")
    return is_exit or step == "NOP"


@pytest.fixture
def interrupted_at() -> Callable[[int, Callable[[], object]], None]:
    """Calls something, and Ctrl-C comes when the given line, counted from 1, of those of ours that are run is reached.

    Not between the end of a ``with`` block and its ``__exit__``: a trace function could raise there, and a lock would stay locked,
    but CPython handles signals at calls and jumps only, and the first call there releases it.

    In a thread of its own: where a trace function raises at certain lines of an ``except`` block, CPython 3.11 never leaves that
    block, and whatever the thread raises from then on has its exception for a context.

    Without garbage collection: it runs the finalizers that earlier tests left behind, and their lines would be interrupted instead.
    """
    import aiconn_nb

    ours = str(Path(aiconn_nb.__file__).parent)

    def interrupted(number: int, call: Callable[[], object]) -> None:
        lines = count(1)
        raised: list[BaseException] = []

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            if not frame.f_code.co_filename.startswith(ours):
                return None
            if event == "line" and not _takes_no_signal(frame) and next(lines) == number:
                sys.settrace(None)
                raise KeyboardInterrupt
            return trace

        def run() -> None:
            sys.settrace(trace)
            try:
                call()
            except BaseException as error:
                raised.append(error)
            finally:
                sys.settrace(None)

        thread = Thread(target=run)
        collects = gc.isenabled()
        gc.disable()
        try:
            thread.start()
            thread.join()
        finally:
            if collects:
                gc.enable()
        if raised:
            raise raised[0]

    return interrupted


@pytest.fixture
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether to attack at full strength, which takes many times as long: with ``--report``."""
    return bool(request.config.getoption("--report", default=False))


@pytest.fixture(scope="session")
def _places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders without end. pytest's own numbers cost a look at all that were made before: thousands, for each test."""
    base = tmp_path_factory.mktemp("aiconn")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated(_places: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the developer's own store, keys, configuration or environment name."""
    place = next(_places)
    for name in list(os.environ):
        if name.upper() in ("DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT") or name.startswith("AICONN_"):
            monkeypatch.delenv(name)
    for variable, folder in (("AICONN_HOME", "home"), ("AICONN_CONFIG_HOME", "keys")):
        monkeypatch.setenv(variable, str(place / folder))
    (place / "work").mkdir(parents=True)
    monkeypatch.chdir(place / "work")
    return place


@pytest.fixture(autouse=True)
def in_a_notebook() -> Iterator[None]:
    """Messages are read in a notebook, unless a test says otherwise."""
    from aiconn_nb.model.hint import Interface, shown_in

    with shown_in(Interface.NOTEBOOK):
        yield


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any other machine is a failed test."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            local = host == "localhost" or ipaddress.ip_address(host.split("%")[0]).is_loopback
            assert local, f"a test tried to reach {host}"
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved need not outlast a power cut, except where that is what is tested, or measured."""
    if not {"faults", "benchmarks"} & {*request.path.parts}:
        monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True, scope="session")
def _no_public_authorities() -> Iterator[None]:
    """A client reads the public certificate authorities when it is made, most of what that costs; no test needs one."""
    import certifi

    # What this machine names in their place is of no more use.
    public = {certifi.where(), *(os.environ.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))}
    real = ssl.SSLContext.load_verify_locations

    def load(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        if cafile is None or cafile not in public:
            real(self, cafile, capath, cadata)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl.SSLContext, "load_verify_locations", load)
        yield


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited before a call was sent again; no test really waits."""
    waited: list[float] = []
    monkeypatch.setattr("aiconn_nb.providers.repeating.pause", waited.append)
    return waited


class Shells:
    """Opens and closes IPython's shells; the last one opened is what ``get_ipython()`` answers."""

    def __init__(self) -> None:
        self._open: list[InteractiveShell] = []

    def open(self, *lines: str) -> InteractiveShell:
        """A new shell, in which these lines of magics were run."""
        from IPython.core.interactiveshell import InteractiveShell

        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance()
        self._open.append(shell)
        for line in lines:
            name, _, rest = line.partition(" ")
            shell.run_line_magic(name, rest)
        return shell

    def close(self) -> None:
        """End them as IPython ends; nothing of them stays in memory, where else each keeps its clients."""
        from IPython.core.interactiveshell import InteractiveShell

        while self._open:
            shell = self._open.pop()
            atexit.unregister(shell.atexit_operations)
            shell.history_manager.end_session()  # first, or what is not written yet is lost
            shell.atexit_operations()
            shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


@pytest.fixture
def shells(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shells]:
    """Shells at home in the test's folder, on a kernel session of their own. They are closed with the test."""
    from aiconn_nb.session import kernel_session

    monkeypatch.setenv("IPYTHONDIR", str(isolated / "ipython"))
    kernel_session.cache_clear()
    shells = Shells()
    gc.freeze()  # IPython collects the garbage where a shell ends: so only what came with this test, and that is quick
    yield shells
    shells.close()
    kernel_session().close()
    kernel_session.cache_clear()
    gc.unfreeze()


@pytest.fixture
def shell(shells: Shells) -> InteractiveShell:
    """A shell with the extension loaded."""
    return shells.open("load_ext aiconn_nb")


@pytest.fixture
def work(isolated: Path) -> Path:
    """The working folder, as a notebook's folder would be."""
    return isolated / "work"


@pytest.fixture
def session(isolated: Path) -> Iterator[Session]:
    """A session on a store of its own."""
    from aiconn_nb import Session

    session = Session()
    yield session
    session.close()
