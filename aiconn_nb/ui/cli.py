"""The terminal command: ``aiconn COMMAND ... [--json]``."""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from aiconn_nb import errors
from aiconn_nb.features.app import Session
from aiconn_nb.model.hint import Interface, shown_in
from aiconn_nb.model.secret import Secret, redact
from aiconn_nb.ui.render import as_text, plain, printable, printable_piece, view_of, width_of
from aiconn_nb.ui.shell.console import NoDrawing
from aiconn_nb.ui.shell.table import run

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Reply
    from aiconn_nb.features.checks import Progress
    from aiconn_nb.session.results import Result


class TerminalLive:
    """Prints an answer to stdout while it arrives, and its author to stderr. JSON and code are printed alone, once complete."""

    def __init__(self, format: str, streams: bool = True) -> None:
        self._format = format
        self._streams = streams

    def add(self, text: str) -> None:
        if self._streams and self._format in ("markdown", "text"):
            print(printable_piece(text), end="", flush=True)

    def end(self, reply: Reply, *, fails: bool = False) -> None:
        if fails:
            print(printable(reply.text), file=sys.stderr, flush=True)
        elif self._format in ("markdown", "text"):
            print("" if self._streams else printable(reply.text), flush=True)
        elif self._format == "code":
            print(printable(reply.code()), flush=True)
        elif self._format == "json":
            _print_json_of(reply)
        if self._format:
            print(plain(reply.footer), file=sys.stderr, flush=True)


def _decoded(piped: bytes, encoding: str) -> str:
    """Decode piped input. A byte order mark is removed (PowerShell writes one); an invalid byte becomes U+FFFD.

    Raises `CommandError` for UTF-16 without a mark, and for any other text with the character NUL.
    """
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    text = None
    for mark, name in marks:
        if piped.startswith(mark):
            text = piped[len(mark) :].decode(name, "replace")
            break
    else:
        text = piped.decode(encoding, "replace")
    if "\0" in text:
        raise errors.PipedNoText
    return text.replace("\r\n", "\n")


class Terminal:
    """See `aiconn_nb.ui.shell.console.Console`."""

    in_shell = True
    has_kernel = False

    def __init__(self, as_json: bool = False, *, is_process: bool = False) -> None:
        self._as_json = as_json
        self.is_process = is_process
        self.has_shown = False
        """Whether the answer was printed already."""

    @property
    def can_ask(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty()

    def secret(self, prompt: str) -> Secret:
        from getpass import getpass  # most commands ask for nothing

        with suppress(EOFError):
            return Secret(getpass(prompt))
        raise errors.NothingAnswered

    def ask(self, prompt: str) -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:  # Ctrl-D; an empty line has a line end
            print(file=sys.stderr)
            raise errors.NothingAnswered
        return line

    def confirm(self, question: str) -> bool:
        return self.ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def bind(self, name: str, value: Any) -> None:
        raise errors.NoNamesHere

    def names(self) -> Mapping[str, Any]:
        return {}

    def text_in(self) -> str:
        if sys.stdin is None:
            return ""
        raw = getattr(sys.stdin, "buffer", None)
        return sys.stdin.read() if raw is None else _decoded(raw.read(), sys.stdin.encoding)

    def live(self, format: str, streams: bool = True) -> TerminalLive:
        self.has_shown = not self._as_json
        return TerminalLive("" if self._as_json else format, streams)

    def drawing(self, streams: bool = True) -> NoDrawing:
        return NoDrawing()

    def next_cell(self, code: str) -> None:
        """Do nothing: a terminal has no cells, and the code was printed."""

    def progress(self, total: int) -> Progress:
        from aiconn_nb.ui.progress import on_one_line, silent, tests_bar  # only tests show it

        def show(bar: str, count: str, step: str) -> None:
            on_one_line(lambda width: f"{bar} {step}".strip())

        return tests_bar(total, show) if total > 1 else silent


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, 1 for an error or a failed test, 2 for a wrong command line, 3 for an inconclusive test."""
    with shown_in(Interface.TERMINAL):
        return _main(list(sys.argv[1:] if arguments is None else arguments), is_process=arguments is None)


def _main(words: list[str], *, is_process: bool) -> int:
    _prepare_streams()
    ours = words[: words.index("--")] if "--" in words else words
    as_json = "--json" in ours
    if as_json:
        words.remove("--json")
    if ours[:1] == ["--version"]:
        from aiconn_nb.model.version import VERSION

        print(f"aiconn {VERSION}")
        return 0
    return _run(words if ours else ["help"], Terminal(as_json, is_process=is_process), as_json)


def _run(words: list[str], terminal: Terminal, as_json: bool) -> int:
    try:
        return _answer(words, terminal, as_json)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _let_go_of_stdout()  # the reader (head, less) has exited
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF):
            raise
        _let_go_of_stdout()
        print(f"What was to be printed could not be written: {error.strerror}.", file=sys.stderr)
        return 1


def _answer(words: list[str], terminal: Terminal, as_json: bool) -> int:
    try:
        answer = run(Session(), words, terminal)
    except errors.AiconnError as error:
        _print_error(error, terminal, as_json)
        return _status_of(error)
    if answer.is_printed and not terminal.has_shown:
        _print(answer, as_json)
    return answer.exit_status


def _status_of(error: errors.AiconnError) -> int:
    """Return the exit status: 2 for a wrong command line, a shell's status for a command that could not be run, else 1."""
    if isinstance(error, errors.CommandNotRun):
        return error.status
    return 130 if isinstance(error, errors.Interrupted) else 2 if isinstance(error, errors.CommandError) else 1


def _print_error(error: errors.AiconnError, terminal: Terminal, as_json: bool) -> None:
    """Print an error, with the partial answer if it was paid for and not printed yet."""
    came = error.partial
    if as_json:
        said = {"error": type(error).__name__, "message": redact(error.what), "hint": in_a_shell(error.hint)}
        _print_json({**said, "partial": came.data()} if came is not None else said, indent=None)
    elif came is not None and not terminal.has_shown and not isinstance(error, errors.RowsInterrupted):
        # RowsInterrupted names the numbers of the partial result itself.
        _print(came, as_json)
    print(redact("\n".join(filter(None, (error.what, in_a_shell(error.hint))))), file=sys.stderr)


def in_a_shell(hint: str) -> str:
    """Rewrite a hint for a shell: no magic, and single quotes around text with a ``$``, which a shell would expand."""
    plain_pip = re.sub(r"%pip\b", "pip", hint)
    return re.sub(r"(?<![^\s(])([^\s'(]*\$[A-Za-z][\w:]*)(?=[\s,;.)]|$)", r"'\1'", plain_pip)


def _print(answer: Result, as_json: bool) -> None:
    if as_json:
        _print_json(answer.data())
    elif answer.content:
        print(as_text(view_of(answer), width_of(sys.stderr)), file=sys.stderr, flush=True)
        print(answer.content, end="", flush=True)
    else:
        print(as_text(view_of(answer), width_of(sys.stdout)), flush=True)


def _print_json_of(reply: Reply) -> None:
    """Print an answer as JSON. An invalid one goes to stderr: it was paid for, but the reader of stdout expects JSON."""
    if not reply.partial:
        with suppress(errors.AiconnError):
            _print_json(reply.json())
            return
    print(printable(reply.text), file=sys.stderr, flush=True)


def _print_json(value: Any, indent: int | None = 2) -> None:
    """Print JSON. If the terminal's encoding lacks a character, it is escaped, so that the JSON stays the same."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeError:
        text = json.dumps(value, indent=indent)
    print(text, flush=True)


def _prepare_streams() -> None:
    """Replace characters that a stream's encoding lacks, and invalid bytes: an answer that was paid for must be shown.

    If stderr is closed, nothing is shown there. ``print`` would take stdout, whose reader expects only results.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _let_go_of_stdout() -> None:
    """Detach stdout. Otherwise Python reports another error when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
