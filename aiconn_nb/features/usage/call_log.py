"""A log of calls with their texts, off unless ``AICONN_CALL_LOG`` enables it.

It has one line of JSON per call, in a file below ``AICONN_HOME`` that only its owner can read (0600). Keys in the texts are
masked. A large file is rotated; three old files are kept.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from aiconn_nb import files
from aiconn_nb.errors import AiconnError
from aiconn_nb.model.place import tilde
from aiconn_nb.model.secret import redact
from aiconn_nb.session.context import Context

from .tally import Call

NAME: Final = "calls.log"
VARIABLE: Final = "AICONN_CALL_LOG"
LARGEST: Final = 10_000_000
"""Bytes after which a new file starts."""
KEPT: Final = 3
"""Number of rotated files to keep."""
_OFF: Final = frozenset({"", "0", "off", "no", "false"})


class Logged(NamedTuple):
    """A call for the log, before keys are masked."""

    call: Call
    outcome: str
    """``answered``, ``interrupted``, or the type of failure."""
    sent: tuple[str, ...]
    answer: str


class CallLog:
    """The log of one ``AICONN_HOME``."""

    def __init__(self, context: Context) -> None:
        self.place = context.home / NAME
        self._context = context
        self._waiting: deque[Logged] = deque()

    def renew(self) -> None:
        """Drop the queue in a forked process, which writes only its own calls."""
        self._waiting.clear()

    @property
    def is_on(self) -> bool:
        """Whether it is enabled now."""
        return self._context.environ.get(VARIABLE, "").strip().lower() not in _OFF

    def put(self, logged: Logged) -> None:
        """Queue a call for the next `write`."""
        self._waiting.append(logged)

    def write(self, aliases: Mapping[str, str]) -> str:
        """Write the queued calls; returns why they cannot be written, or ''. Calls that cannot be written are dropped."""
        if not self._waiting:
            return ""
        found = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            lines = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in self._shown(found, aliases))
            self._append(lines.encode("utf-8", "backslashreplace"))
        except OSError as error:
            return f"The call log {tilde(self.place)} cannot be written ({files.reason(error)})."
        except AiconnError as error:
            return f"The call log {tilde(self.place)} is not written, as keys could not be masked: {error.what}"
        return ""

    def _shown(self, found: list[Logged], aliases: Mapping[str, str]) -> list[dict[str, Any]]:
        from aiconn_nb.session.known_secrets import known_key_masker

        mask = known_key_masker(self._context)

        def masked(text: str) -> str:
            return redact(mask(text))

        return [
            {
                "time": datetime.fromtimestamp(each.call.moment, UTC).isoformat(timespec="milliseconds"),
                "profile": aliases.get(each.call.key.profile, ""),
                "connection": aliases.get(each.call.key.connection, ""),
                "model": masked(each.call.key.model),
                "outcome": each.outcome,
                "input_tokens": None if each.call.sums.untold_input else each.call.sums.input_tokens,
                "output_tokens": None if each.call.sums.untold_output else each.call.sums.output_tokens,
                "seconds": round(each.call.sums.seconds, 3),
                "sent": [masked(text) for text in each.sent],
                "answer": masked(each.answer),
            }
            for each in found
        ]

    def _append(self, content: bytes) -> None:
        files.make_private_folder(self.place.parent)
        if self._size() + len(content) > LARGEST:
            self._rotate(len(content))
        descriptor = files.no_link(str(self.place), os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            files.check_is_file(os.fstat(descriptor))
            files.make_private(descriptor)
            size = os.fstat(descriptor).st_size
            # A killed process or a full disk may have left an incomplete line.
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
            is_cut = size > 0 and os.read(descriptor, 1) != b"\n"
            os.write(descriptor, b"\n" + content if is_cut else content)
        finally:
            os.close(descriptor)

    def _size(self) -> int:
        """Return the size of the log, in bytes; 0 before its first line, and after another kernel has rotated it."""
        try:
            return self.place.stat().st_size
        except FileNotFoundError:
            return 0

    def _rotate(self, more: int) -> None:
        def failed(problem: str) -> Exception:
            return OSError(problem)

        with files.Lock(self.place).held(failed, failed):
            if self._size() + more <= LARGEST:
                return  # another kernel has done it
            former = [self.place.with_name(f"calls.{number}.log") for number in range(1, KEPT + 1)]
            for older, newer in zip(former[::-1], [*former[-2::-1], self.place], strict=True):
                if newer.exists():
                    os.replace(newer, older)
