"""Running a command with other variables: as a child process, or replacing this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiconn_nb.errors import CommandNotRun

_IGNORED_BY_PYTHON: Final = ("SIGPIPE", "SIGXFSZ", "SIGXFZ")
"""Signals that Python ignores. A process that replaces it would inherit that; `subprocess` restores them by default."""


def become(command: Sequence[str], environment: Mapping[str, str], beforehand: Callable[[], None]) -> int:
    """Replace this process by the command, which then owns the signals, terminal and exit status.

    ``beforehand`` is called first. If the system does not support this (on Windows the parent continues), run the command and
    return its status. Raises `CommandNotRun`.
    """
    if os.name != "posix":
        return run(command, environment)
    beforehand()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    before = {
        number: signal.signal(number, signal.SIG_DFL)
        for name in _IGNORED_BY_PYTHON
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is signal.SIG_IGN
    }
    try:
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - the user's own command, no shell
    except OSError as error:
        problem = error
    for number, handler in before.items():
        signal.signal(number, handler)
    raise _not_run(command, problem)


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command and wait for its end, even after Ctrl-C, which the command also receives. Raises `CommandNotRun`."""
    try:
        child = subprocess.Popen(list(command), env=dict(environment))  # noqa: S603 - the user's own command, no shell
    except OSError as error:
        problem = error
    else:
        while True:
            try:
                status = child.wait()
            except KeyboardInterrupt:
                continue
            return status if status >= 0 else 128 - status
    raise _not_run(command, problem)


def _not_run(command: Sequence[str], problem: OSError) -> CommandNotRun:
    return CommandNotRun(
        command=command[0],
        problem=problem.strerror or type(problem).__name__,
        status=127 if isinstance(problem, FileNotFoundError) else 126,
    )
