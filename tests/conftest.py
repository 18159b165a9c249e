"""The fixtures that every test shares: its own home, and a network that ends at the loopback interface."""

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
from collections.abc import Callable, Generator, Iterator
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

# A deadline measures the machine, and the machines of CI and of developers are also busy with other things.
settings.register_profile("no deadline", deadline=None, print_blob=True)
settings.load_profile("no deadline")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A background job ignores Ctrl-C, and so do its children: they would never notice an interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIGURES = {"faults": "losses, attacked", "leaks": "leaks, attacked"}
"""Folder of tests -> the heading above its figures."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``-n`` the tests of a file stay together. The browser tests are two parts, each of which shares one JupyterLab and one
    Chromium: most of their time they wait for the page, and other processes have the cores then.

    ``--dist loadgroup`` does not work here: pytest-xdist 3.8 writes the group into an attribute that pytest 9.2 no longer has, and
    then silently distributes each test by itself.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if "browser" not in Path(file).parts:
                return file
            return "the first browser" if Path(file).name < IN_SECOND_BROWSER else "the second browser"

    # Otherwise the files with the most tests begin. Here the longest begin, so that no process waits for the other at the end.
    config.option.loadscopereorder = False
    return ByFile(config, log)


IN_SECOND_BROWSER = "test_list_"
"""Where the second half of the browser tests begins, by their time."""
LONGEST = (
    *("browser", "leaks", "wire", "faults", "magics"),
    *("test_page.py", "test_guides.py", "test_notebooks.py", "test_cli.py", "test_architecture.py"),
)
"""The folders and files whose tests take longest, in the order in which they have to begin."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``-n`` the longest tests begin. Otherwise the order is that of the folders."""
    if hasattr(config, "workerinput"):
        items.sort(
            key=lambda item: next((n for n, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST))
        )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import the tests without collecting garbage, and look at nothing of it later: most objects in memory are modules of SDKs and
    the tests themselves, and each full collection would take most of a second."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--report",
        action="store_true",
        help="run the fault and leak tests at full strength, and print their figures at the end",
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the figures of the tests that passed as tables, and add up numbers with the same name."""
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
    """Return a function that takes a figure for the report: what was done, and how often."""
    return lambda name, count: request.node.user_properties.append((name, count))


def _takes_no_signal(frame: FrameType) -> bool:
    """Return whether the next step of a frame does nothing, or begins the call of ``__exit__`` that ends a ``with`` block.

    The first step of a ``try`` in a ``with`` block does nothing, and does not belong to the block yet.
    """
    step = opname[frame.f_code.co_code[frame.f_lasti]]
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip()
    is_exit = line.startswith(("with ", "async with ")) and step in ("LOAD_CONST", "SWAP", "PUSH_EXC_INFO")
    return is_exit or step == "NOP"


@pytest.fixture
def interrupted_at() -> Callable[[int, Callable[[], object]], None]:
    """Return a function that makes a call and interrupts it at the given line, counted from 1, of those lines of ours that run.

    The interrupt never comes between the end of a ``with`` block and its ``__exit__``. A trace function could raise there, and a
    lock would stay locked, but CPython handles signals only at calls and jumps, and the first call there releases the lock.

    The call runs in a separate thread: if a trace function raises at certain lines of an ``except`` block, CPython 3.11 never
    leaves that block, and everything that the thread raises later has its exception as the context.

    Garbage collection is off, because it runs the finalizers that earlier tests left behind, and their lines would be interrupted
    instead.
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
    """Return whether to attack at full strength, which takes many times as long. ``--report`` asks for it."""
    return bool(request.config.getoption("--report", default=False))


@pytest.fixture(scope="session")
def _places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an endless iterator of new folders. pytest's own numbers would look at thousands of earlier folders for each test."""
    base = tmp_path_factory.mktemp("aiconn")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated(_places: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Hide the developer's own store, keys, configuration and environment name from the tests, and the kernel session from the
    next test: a test that calls a function of the package makes one."""
    place = next(_places)
    for name in list(os.environ):
        if name.upper() in ("DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT") or name.startswith("AICONN_"):
            monkeypatch.delenv(name)
    for variable, folder in (("AICONN_HOME", "home"), ("AICONN_CONFIG_HOME", "keys")):
        monkeypatch.setenv(variable, str(place / folder))
    (place / "work").mkdir(parents=True)
    monkeypatch.chdir(place / "work")
    yield place
    app = sys.modules.get("aiconn_nb.features.app")
    if app is not None and (made := app._HERE.pop("session", None)) is not None:
        made.close()


@pytest.fixture(autouse=True)
def in_a_notebook() -> Iterator[None]:
    """Show messages as in a notebook, unless a test says otherwise."""
    from aiconn_nb.model.hint import Interface, shown_in

    with shown_in(Interface.NOTEBOOK):
        yield


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that connects to any other machine."""
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
    """Skip fsync except in tests and benchmarks of it, because other saves need not outlast a power cut."""
    if not {"faults", "benchmarks"} & {*request.path.parts}:
        monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True, scope="session")
def _no_public_authorities() -> Iterator[None]:
    """Skip the public certificate authorities. Reading them is most of the cost of making a client, and no test needs one."""
    import certifi

    # The authorities that this machine names in their place are of no more use.
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
    """Return the list of seconds that a call waits before it is repeated. No test really waits."""
    waited: list[float] = []
    monkeypatch.setattr("aiconn_nb.providers.calls.repeating.pause", waited.append)
    return waited


class Shells:
    """Opens and closes IPython's shells. ``get_ipython()`` returns the one that was opened last."""

    def __init__(self) -> None:
        self._open: list[InteractiveShell] = []

    def open(self, *lines: str) -> InteractiveShell:
        """Return a new shell in which these lines of magics ran."""
        from IPython.core.interactiveshell import InteractiveShell

        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance()
        self._open.append(shell)
        for line in lines:
            name, _, rest = line.partition(" ")
            shell.run_line_magic(name, rest)
        return shell

    def close(self) -> None:
        """End the shells as IPython does. Nothing of them stays in memory, where each would keep its clients."""
        from IPython.core.interactiveshell import InteractiveShell

        while self._open:
            shell = self._open.pop()
            atexit.unregister(shell.atexit_operations)
            shell.history_manager.end_session()  # first, or unwritten entries are lost
            shell.atexit_operations()
            shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


@pytest.fixture
def shells(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shells]:
    """Yield the shells of this test, with their home in its folder and a new kernel session. They are closed with the test."""
    from aiconn_nb.session import kernel_session

    monkeypatch.setenv("IPYTHONDIR", str(isolated / "ipython"))
    kernel_session.cache_clear()
    shells = Shells()
    gc.collect()
    gc.freeze()  # IPython collects garbage when a shell ends: this keeps it quick, with only the objects of this test
    yield shells
    shells.close()
    kernel_session().close()
    kernel_session.cache_clear()


@pytest.fixture
def shell(shells: Shells) -> InteractiveShell:
    """Return a shell with the extension loaded."""
    return shells.open("load_ext aiconn_nb")


@pytest.fixture
def work(isolated: Path) -> Path:
    """Return the working folder, which is like the folder of a notebook."""
    return isolated / "work"


@pytest.fixture
def session(isolated: Path) -> Iterator[Session]:
    """Yield a session with its own store."""
    from aiconn_nb import Session

    session = Session()
    yield session
    session.close()
