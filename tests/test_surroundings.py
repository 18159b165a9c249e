"""The package copes with homes, folders, pipes and signals as containers, shells and editors leave them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import aiconn_nb
from aiconn_nb import AiconnError, NoPlace, Session
from aiconn_nb.config.configuration import NO_FOLDER
from aiconn_nb.model.place import tilde, without_home
from aiconn_nb.providers.exports import Exports
from aiconn_nb.session.context import Context


def aiconn(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the terminal's command in a separate process."""
    return subprocess.run([sys.executable, "-m", "aiconn_nb", *words], capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


# ---- folders ----------------------------------------------------------------------------------------------------------


def test_a_relative_or_quoted_home_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is below the one in which the session began, also after a change of the working folder. Quotes are not part of
    it."""
    monkeypatch.chdir(tmp_path)
    context = Context(environ={"AICONN_HOME": "store", "AICONN_CONFIG_HOME": f'"{tmp_path}/keys"'})
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert (context.home, context.config_home) == (tmp_path / "store", tmp_path / "keys")


@pytest.mark.parametrize("home", ["", "~", "relative", '"/quoted"'])
def test_a_home_that_is_no_folder_is_an_error(home: str, tmp_path: Path) -> None:
    """No folder of that name appears in the working folder."""
    context = Context(environ={"HOME": home})
    for read in (lambda: context.home, lambda: context.config_home):
        with pytest.raises(NoPlace) as raised:
            read()
        assert "AICONN_HOME" in raised.value.hint


def test_a_tilde_that_leads_nowhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a text names no folder."""
    with pytest.raises(NoPlace):
        _ = Context(environ={"AICONN_HOME": "~nobody-of-this-name/store"}).home


def test_a_path_below_the_home_folder_is_shown_without_the_users_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other paths are shown whole."""
    monkeypatch.setenv("HOME", "/home/alice")
    assert tilde("/home/alice/.local/share/aiconn") == "~/.local/share/aiconn"
    assert tilde("/home/alicent/x") == "/home/alicent/x"
    monkeypatch.setenv("HOME", "/")
    assert tilde("/srv/x") == "/srv/x"


def test_the_working_folder_may_be_gone(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever needs no settings file works, and the list says what is wrong."""
    session.create("demo", "demo", settings={"latency": 0.0})
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    shutil.rmtree(gone)
    assert session.use("demo").alias == "demo"
    assert session.test("demo").ok
    assert session.connections().notes == (NO_FOLDER,)


def test_list_and_env_say_where_the_store_is(session: Session) -> None:
    """Another variable or another home means another store."""
    home = str(session._context.home)
    assert home in "".join(str(session.connections()).split())
    assert home in "".join(str(session.environment()).split())


# ---- pipes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piped",
    [b"made-up-value\r\n", b"\xef\xbb\xbfmade-up-value\n", "made-up-value\n".encode("utf-16")],
)
def test_the_mark_of_an_encoding_is_no_part_of_a_secret(piped: bytes, session: Session) -> None:
    """PowerShell writes such a mark."""
    assert aiconn("secret", "set", "A:B", "-", "--all", input=piped).returncode == 0
    assert session._context.secrets.value("A:B") == "made-up-value"


@pytest.mark.parametrize("piped", ["made-up\n".encode("utf-16-le"), b"made-up-\xff\n"])
def test_a_secret_that_is_no_text_is_refused(piped: bytes, session: Session) -> None:
    """The secret is not kept as something else."""
    done = aiconn("secret", "set", "A:B", "-", "--all", input=piped)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert session._context.secrets.keys() == []


# ---- run --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -TERM $$", -signal.SIGTERM)])
def test_a_command_ends_as_it_would_without_us(script: str, status: int, session: Session) -> None:
    """The command replaces our process, so its status and its signals are its own."""
    session.create("demo", "demo")
    assert aiconn("run", "demo", "--", "sh", "-c", script).returncode == status


def test_a_command_finds_no_signal_ignored(session: Session) -> None:
    """Python ignores SIGPIPE for itself. A program in its place would then not end when its reader has gone."""
    session.create("demo", "demo")
    code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    done = aiconn("run", "demo", "--", "sh", "-c", "yes | head -1 >/dev/null; grep SigIgn /proc/self/status")
    mask = int(done.stdout.split()[1], 16)
    assert not mask & (1 << (signal.SIGPIPE - 1))
    assert b"True" in aiconn("run", "demo", "--", sys.executable, "-c", code).stdout


@pytest.mark.parametrize(("command", "status"), [("no-such-command-here", 127), (os.devnull, 126)])
def test_a_command_that_cannot_be_run_has_a_shells_status(command: str, status: int, session: Session) -> None:
    """The status is 127 if the command does not exist, and 126 if it may not be run."""
    session.create("demo", "demo")
    done = aiconn("run", "demo", "--", command)
    assert (done.returncode, b"Traceback" in done.stderr) == (status, False)


# ---- variables that overlap -------------------------------------------------------------------------------------------


class Account:
    """The part of an account that `Exports` uses."""

    def __init__(self, **variables: str) -> None:
        self._variables = variables

    def environment(self) -> dict[str, str]:
        return self._variables

    def stale(self) -> list[str]:
        return []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1), (2, 0, 1)])
@pytest.mark.parametrize("before", [{}, {"KEY": "of before"}])
def test_variables_that_overlap_leave_nothing_behind(order: tuple[int, ...], before: dict[str, str]) -> None:
    """They may end in any order. While one is left, the variables are those of the last one left."""
    environ = dict(before)
    exports = [Exports(environ) for _ in range(3)]
    left = list(range(3))
    for number, each in enumerate(exports):
        each.set(Account(KEY=f"of {number}"))  # type: ignore[arg-type]
    for number in order:
        exports[number].restore()
        left.remove(number)
        assert environ == ({"KEY": f"of {left[-1]}"} if left else before)


def test_a_variable_that_was_changed_meanwhile_is_left(session: Session) -> None:
    """The variable then belongs to other code."""
    environ: dict[str, str] = {}
    outer, inner = Exports(environ), Exports(environ)
    outer.set(Account(KEY="outer"))  # type: ignore[arg-type]
    environ["KEY"] = "theirs"
    inner.set(Account(KEY="inner"))  # type: ignore[arg-type]
    inner.restore()
    outer.restore()
    assert environ == {"KEY": "theirs"}


def test_use_within_a_block_leaves_no_key_of_either(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the first connection was exported before the block, and is restored within it."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for alias in "ab":
        aiconn_nb.kernel_session.cache_clear()
        session.create(alias, "openai", settings={"api_key": f"made-up-key-of-{alias}-0000"})
    session.use("a", export=True)
    with session.environ("b"):
        session.use("b")
        assert os.environ["OPENAI_API_KEY"] == "made-up-key-of-b-0000"
    assert "OPENAI_API_KEY" not in os.environ


# ---- arguments of another type ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda session: session.use(5),
        lambda session: session.test(5),
        lambda session: session.client(5),
        lambda session: session.create(5, "demo"),
        lambda session: session.create("a", "demo", name=5),
        lambda session: session.rename("demo", 5),
        lambda session: session.resolve(5),
        lambda session: session.environ(5).__enter__(),
        lambda session: session.show_profile(b"x"),
        lambda session: session.scan(5),
    ],
)
def test_an_argument_of_another_type_is_our_own_error(session: Session, call: Callable[[Session], object]) -> None:
    """The error says what was expected, and nothing changes."""
    session.create("demo", "demo")
    with pytest.raises(AiconnError):
        call(session)
    assert session.aliases() == ["demo"]


@pytest.mark.skipif(os.name == "nt", reason="the paths are POSIX paths")
def test_the_home_folder_is_taken_out_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is replaced anywhere in the text. A folder whose name only begins alike stays."""
    monkeypatch.setenv("HOME", "/home/alice")
    assert without_home("'/home/alice/x' is not in /home/alice.") == "'~/x' is not in ~."
    assert without_home("/home/alicent/x, /mnt/home/alice") == "/home/alicent/x, /mnt/home/alice"
    monkeypatch.setenv("HOME", "/")
    assert without_home("/srv/x") == "/srv/x"
