"""The terminal runs one process per command, with exit statuses and JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from aiconn_nb import Interrupted
from aiconn_nb.features.asking.comparison import Comparing
from aiconn_nb.features.checks import Rung
from aiconn_nb.ui.cli import Terminal, TerminalLive, in_a_shell, main
from aiconn_nb.ui.magics.live import LiveText
from aiconn_nb.ui.render import as_text, view_of
from aiconn_nb.ui.shell.help import SHELL_OPTIONS, Overview


def aiconn(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "aiconn_nb.ui.cli", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        **options,
    )


def test_a_connection_is_made_listed_tested_and_deleted() -> None:
    """Each command runs in a separate process on the same store."""
    assert aiconn("new", "demo-dev", "--provider", "demo").returncode == 0
    listed = aiconn("list", "--json")
    assert [row["alias"] for row in json.loads(listed.stdout)] == ["demo-dev"]
    assert aiconn("test", "demo-dev").returncode == 0
    assert aiconn("delete", "demo-dev", "--yes").stdout.splitlines() == [
        "Deleted demo-dev. 'aiconn undelete demo-dev' restores it, for 30 days."
    ]
    assert json.loads(aiconn("list", "--json").stdout) == []


def test_an_error_is_two_lines_on_stderr_and_a_status() -> None:
    """The status is 1 for an error and 2 for words that are not understood, and there is never a traceback."""
    unknown = aiconn("show", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert len(unknown.stderr.splitlines()) == 2
    assert "'nobody'" in unknown.stderr
    mistyped = aiconn("lsit")
    what, hint = mistyped.stderr.splitlines()
    assert (mistyped.returncode, "'lsit'" in what, "'list'" in hint) == (2, True, True)


def test_a_test_that_fails_has_a_status() -> None:
    """A script can stop there."""
    aiconn("new", "broken", "--provider", "demo", "--set", "fail_with=authentication")
    tested = aiconn("test", "broken", "--json")
    assert tested.returncode == 1
    assert json.loads(tested.stdout)[0]["rungs"][-1]["rung"] == "authenticated"


def test_a_key_on_the_line_is_refused_and_not_repeated() -> None:
    """The shell's history contains it already, but none of our output does."""
    refused = aiconn("new", "a", "--provider", "openai", "--set", "api_key=sk-canary00112233")
    assert refused.returncode == 2
    assert "canary" not in refused.stdout + refused.stderr


def test_run_passes_the_variables_and_the_status(work: Path) -> None:
    """Options after -- belong to the command, even --json and --help."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "made-up"}}')
    aiconn("new", "a", "--provider", "openai", "--set", "api_key=$OpenAI:ApiKey")
    done = aiconn("run", "a", "--", "sh", "-c", 'echo "$OPENAI_API_KEY $0"; exit 3', "--json")
    assert (done.returncode, done.stdout) == (3, "made-up --json\n")


def test_run_shows_the_notes_before_the_command(work: Path) -> None:
    """The command replaces this process, which cannot show them afterwards."""
    aiconn("new", "former", "--provider", "demo")
    aiconn("rename", "former", "here")
    done = aiconn("run", "former", "--", "echo", "done")
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "renamed" in done.stderr


@pytest.mark.parametrize("words", [(), ("--help",), ("help",)])
def test_help_needs_nothing(words: tuple[str, ...]) -> None:
    """Help needs no store and no files."""
    assert "list" in aiconn(*words).stdout
    assert "aiconn delete ALIAS ... [--force] [--yes]" in aiconn("delete", "--help").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of a test's own")
def test_the_help_names_the_options_of_the_program_itself() -> None:
    """A magic has none."""
    shown = aiconn("help").stdout
    assert [option for option in SHELL_OPTIONS if f"aiconn {option}" not in shown] == []
    assert "--json" not in as_text(view_of(Overview([], "%aiconn")), 80)


def test_a_table_fits_into_the_terminal_and_is_as_it_is_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe has no width. The terminal itself wraps the notes below the table, so that a command in a note can be copied."""
    monkeypatch.setenv("COLUMNS", "95")
    assert max(map(len, aiconn("providers").stdout.splitlines())) > 95
    table = in_a_terminal("providers").partition("* required")[0]
    assert max(map(len, table.splitlines())) <= 95
    monkeypatch.setenv("COLUMNS", "60")
    assert "openai-compatible  OpenAI-compatible  " in in_a_terminal("providers")  # text that users copy is not cut


def in_a_terminal(*words: str) -> str:
    """Return what a command prints if stdout is a terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb") as screen:
        with os.fdopen(theirs, "wb") as stdout:
            subprocess.run([sys.executable, "-m", "aiconn_nb.ui.cli", *words], stdout=stdout, check=True)
        shown = b""
        with suppress(OSError):  # Linux raises this at the end of a terminal
            while read := os.read(screen.fileno(), 65_536):
                shown += read
    return shown.decode()


def test_the_list_imports_no_ipython_and_no_sdk() -> None:
    """Listing must be quick."""
    code = (
        "import sys; from aiconn_nb.ui.cli import main; main(['list']);"
        "print(sorted({'IPython', 'ipywidgets', 'anywidget', 'openai', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_told() -> None:
    """It is the version of the installed distribution."""
    assert aiconn("--version").stdout.startswith("aiconn 0.")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """An example is ``aiconn list | head -1``."""
    done = subprocess.run(
        f"{sys.executable} -m aiconn_nb.ui.cli help | head -1", shell=True, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way to close a stream")
@pytest.mark.parametrize(("redirect", "status", "said"), [(">&-", 0, ""), (">/dev/full", 1, "No space left on device")])
@pytest.mark.parametrize("words", ["list", "list --json", "ask demo --model demo-brief hello"])
def test_an_output_that_takes_nothing_is_no_traceback(redirect: str, status: int, said: str, words: str) -> None:
    """The output may be closed, as a job scheduler does, or on a full disk."""
    if said and not Path("/dev/full").exists():
        pytest.skip("no device that is always full here")
    aiconn("new", "demo", "--provider", "demo")
    command = f"exec {sys.executable} -m aiconn_nb.ui.cli {words} {redirect}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_nothing_for_a_closed_stderr_goes_to_stdout() -> None:
    """A job may close stderr. Its stdout has the results and nothing else, as its reader expects."""
    main(["new", "demo-dev", "--provider", "demo"])
    for line, status in (("lsit", 2), ("ask demo-dev --model demo-brief 'Say 5' --format code", 0)):
        ran = subprocess.run(
            f"{sys.executable} -m aiconn_nb.ui.cli {line} 2>&-", shell=True, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, "demo-dev ·" in ran.stdout, "lsit" in ran.stdout) == (status, False, False)


def test_what_a_terminal_cannot_write_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal's code page may lack letters of an answer. JSON escapes them."""
    aiconn("new", "demo", "--provider", "demo")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ask = ("ask", "demo", "--model", "demo-brief", "hello")
    assert aiconn(*ask).stdout == "You said ?hello?.\n"
    assert json.loads(aiconn(*ask, "--json").stdout)["text"] == "You said “hello”."


def test_a_prompt_on_stdin_need_not_be_well_formed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte that is no letter in the terminal's encoding is replaced. The default profile answers if none is named."""
    aiconn("new", "demo", "--provider", "demo")
    aiconn("profile", "new", "writer", "--connection", "demo", "--model", "demo-brief", "--default")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8:strict")
    for words in (["ask", "writer", "-"], ["ask", "-"]):
        done = subprocess.run(
            [sys.executable, "-m", "aiconn_nb.ui.cli", *words], input=b"h\xff", capture_output=True, check=False
        )
        assert (done.returncode, done.stdout.decode().strip()) == (0, "You said “h\N{REPLACEMENT CHARACTER}”.")


def test_a_question_in_quotes_goes_to_the_default_profile() -> None:
    """A question with blanks looks like no alias. A single word may be a mistyped alias, whether a question follows or not."""
    aiconn("new", "demo", "--provider", "demo")
    aiconn("profile", "new", "writer", "--connection", "demo", "--model", "demo-brief", "--default")
    for question in ("Why is it so?", "Why?"):
        assert aiconn("ask", question).stdout == f"You said “{question}”.\n"
    assert aiconn("ask", "Hello").returncode == 1  # the shell removed any quotes
    for words in (["writre"], ["writre", "Why is it so?"], ["writre", "-"]):
        asked = aiconn("ask", *words)
        assert (asked.returncode, asked.stdout) == (1, "")
        what, hint = asked.stderr.splitlines()
        assert ("'writre'" in what, "'writer'" in hint, "'aiconn ask -- TEXT'" in hint) == (True, True, True)


def test_what_came_of_an_interrupted_answer_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The partial answer was paid for. The status is that of Ctrl-C, and no hint names anything that a terminal lacks."""
    main(["new", "demo", "--provider", "demo"])

    def stopped(*of: object, **options: object) -> Iterator[str]:
        yield "Half "
        raise KeyboardInterrupt

    monkeypatch.setattr("aiconn_nb.providers.demo.DemoClient.stream", stopped)
    capsys.readouterr()
    ask = ["ask", "demo", "--model", "demo-brief", "hello"]
    assert main(ask) == 130
    printed = capsys.readouterr()
    assert printed.out == "Half \n"
    assert printed.err.splitlines()[-1] == Interrupted().what
    assert main([*ask, "--json"]) == 130
    told = json.loads(capsys.readouterr().out)
    assert (told["error"], told["partial"]["text"], told["partial"]["partial"]) == ("Interrupted", "Half ", True)


@pytest.mark.parametrize("live", [TerminalLive("markdown"), LiveText()], ids=["terminal", "IPython"])
def test_a_line_end_between_two_pieces_is_one(
    live: TerminalLive | LiveText, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that ends its lines as Windows does may be cut between the two characters."""
    for piece in ("one\r", "\ntwo\r\n"):
        live.add(piece)
    assert capsys.readouterr().out == "one\ntwo\n"


def test_an_answer_that_is_no_json_is_printed_all_the_same() -> None:
    """It goes to stderr, because the reader of stdout expects JSON. With --json the error contains it."""
    aiconn("new", "demo", "--provider", "demo")
    ask = ("ask", "demo", "--model", "demo-brief", "--format", "json")
    asked = aiconn(*ask, "hello")
    assert (asked.returncode, asked.stdout) == (1, "")
    came, footer, *error = asked.stderr.splitlines()
    assert (came, footer[:4]) == ("You said “hello”.", "demo")
    assert (len(error), "line 1, column 1" in error[0]) == (2, True)
    told = json.loads(aiconn(*ask, "hello", "--json").stdout)
    assert told["partial"]["text"] == "You said “hello”."
    assert told["message"] == error[0]


def test_an_answer_that_does_not_match_is_printed_beside_stdout(tmp_path: Path) -> None:
    """It was paid for but is no result, and nothing else in a terminal keeps it."""
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"code": {"type": "string", "pattern": "^[0-9]+$"}}}')
    aiconn("new", "demo", "--provider", "demo")
    ask = ("ask", "demo", "--model", "demo-brief", "--schema", str(schema))
    asked = aiconn(*ask, "hello")
    assert (asked.returncode, asked.stdout) == (1, "")
    came, footer, *error = asked.stderr.splitlines()
    assert (set(json.loads(came)), footer[:4], len(error)) == ({"code"}, "demo", 2)
    assert "last_reply" not in error[1]
    told = json.loads(aiconn(*ask, "hello", "--json").stdout)
    assert (told["error"], told["partial"]["text"]) == ("NotInSchema", came)


def test_json_that_was_interrupted_is_printed_beside_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of a JSON value is no JSON."""
    main(["new", "demo", "--provider", "demo"])

    def stopped(*of: object, **options: object) -> Iterator[str]:
        yield "[1, "
        raise KeyboardInterrupt

    monkeypatch.setattr("aiconn_nb.providers.demo.DemoClient.stream", stopped)
    capsys.readouterr()
    assert main(["ask", "demo", "--model", "demo-brief", "--format", "json", "hello"]) == 130
    printed = capsys.readouterr()
    assert (printed.out, printed.err.splitlines()[0]) == ("", "[1, ")


def test_what_came_of_an_interrupted_comparison_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output includes the answers that were complete by then."""
    main(["new", "demo", "--provider", "demo"])

    whole = Comparing.run

    def stopped(comparing: Comparing, on_change: object) -> None:
        whole(comparing)
        raise KeyboardInterrupt

    monkeypatch.setattr(Comparing, "run", stopped)
    capsys.readouterr()
    assert main(["compare", "demo", "--model", "demo-brief", "--", "hello"]) == 130
    printed = capsys.readouterr()
    assert "You said “hello”." in printed.out
    (line,) = printed.err.splitlines()
    assert line == Interrupted(many=True).what


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("Run %pip install 'aiconn-nb[openai]'", "Run pip install 'aiconn-nb[openai]'"),
        ("Give a reference: --set api_key=$OpenAI:ApiKey", "Give a reference: --set 'api_key=$OpenAI:ApiKey'"),
        (
            "Put it in single quotes: --set 'api_key=$OpenAI:ApiKey'",
            "Put it in single quotes: --set 'api_key=$OpenAI:ApiKey'",
        ),
        ("Write $Section:Key, or $$ for a literal $.", "Write '$Section:Key', or $$ for a literal $."),
        ("Write a reference (--set api_key=$A:B), or ask.", "Write a reference (--set 'api_key=$A:B'), or ask."),
    ],
)
def test_a_hint_is_one_that_a_shell_takes(hint: str, said: str) -> None:
    """The hint contains no magic and nothing that the shell would expand."""
    assert in_a_shell(hint) == said


def test_a_script_is_told_by_the_status_that_something_does_not_resolve(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed test has such a status, too. The explanation is printed all the same."""
    main(["new", "claude", "--provider", "anthropic", "--set", "api_key=$Anthropic:ApiKey"])
    main(["new", "demo", "--provider", "demo"])
    capsys.readouterr()
    assert main(["resolve", "$Nope:X"]) == 1
    assert "$Nope:X" in capsys.readouterr().out
    assert main(["explain", "claude"]) == 1
    assert main(["explain", "demo"]) == 0


def test_a_terminal_is_told_nothing_of_kernels(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hint has pip without the percent sign."""
    monkeypatch.setattr("aiconn_nb.features.catalog.groups.missing_modules", lambda provider: ["openai"])
    assert main(["providers"]) == 0
    printed = capsys.readouterr().out
    assert "no: pip install 'aiconn-nb[openai]'" in printed
    assert "%pip" not in printed


def test_a_test_of_several_ends_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose list of models passes and whose model then fails counts once, so the bar stays for the others."""
    lines: list[str] = []
    monkeypatch.setattr("aiconn_nb.ui.progress.on_one_line", lambda line: lines.append(line(80)))
    show = Terminal().progress(2)
    for alias, name, state in (("a", "models", "passed"), ("a", "model", "failed"), ("b", "sdk", "passed")):
        show(alias, Rung(name, state))
    assert [line.count("█") for line in lines] == [10, 10, 10]
    show("b", Rung("models", "passed"))
    assert lines[-1] == ""


def test_what_is_noted_about_usage_is_shown_with_the_answer() -> None:
    """The answer streams to stdout, and the footer has the note, here the path of the call log."""
    aiconn("new", "demo-dev", "--provider", "demo")
    environment = {**os.environ, "AICONN_CALL_LOG": "1"}
    asked = aiconn("ask", "demo-dev", "hello", "--model", "demo-brief", env=environment)
    assert asked.stdout == "You said “hello”.\n"
    assert "calls.log" in asked.stderr
