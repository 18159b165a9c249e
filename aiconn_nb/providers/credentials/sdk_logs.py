"""Keep keys out of the SDKs' logs.

At DEBUG, botocore logs every request as it is sent, including a session token, and the text of every response; httpcore logs the
response's headers, and websockets those of a request. Other SDKs redact their keys, but not in a response that repeats the request.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from aiconn_nb.model.secret import Secret, redact

from .found_credentials import FOUND, Found

LATE: Final = ("hpack.hpack", "hpack.table", "websockets.client")
"""Loggers of libraries that are imported only when a client needs them: they log the headers of HTTP/2 and WebSockets."""
TRANSPORTS: Final = ("botocore", "google", "h11", "httpcore", "httpx", "msal", "requests", "urllib3", *LATE)
"""Prefixes of the loggers below the SDKs (including ``httpcore2``); the SDKs' own loggers are named after their modules."""
REMEMBERED: Final = 100
"""The number of keys to search for; the oldest are dropped first, and then only their shapes are recognized."""


class WithoutKeys(logging.Filter):
    """Removes keys from a record before any handler sees it. No record is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets = Found(REMEMBERED)

    def watch(self, secrets: Iterable[Secret], modules: Iterable[str]) -> None:
        """From now on, remove these keys from the logs of these modules and of the libraries below them."""
        for secret in secrets:
            self._secrets.add(secret)
        for name in LATE:
            logging.getLogger(name)  # makes the logger
        owners = (*[module.partition(".")[0] for module in modules], *TRANSPORTS)
        for name, logger in list(logging.root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and name.startswith(owners):
                logger.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        secrets = [*self._secrets, *FOUND]
        try:
            said = record.getMessage()
            told = redact(said, secrets)
        except Exception:
            said, told = "", "A message that could not be read."
        if told != said:
            record.msg, record.args = told, None
        if record.exc_info and record.exc_info[0] is not None:
            # Only its text: the frames of an SDK hold the key, and some handlers print locals.
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip(), secrets)
            record.exc_info = None
        return True


class Quiet(logging.Filter):
    """Drops the records of a library that say nothing new.

    ``is_noise`` gets the message, and whether the code is within the block of `within`, in this thread or task.
    """

    def __init__(self, is_noise: Callable[[str, bool], bool], *loggers: str) -> None:
        super().__init__()
        self._is_noise = is_noise
        self._loggers = loggers
        self._is_within: ContextVar[bool] = ContextVar(f"aiconn_within_{loggers[0]}", default=False)

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        return not self._is_noise(str(record.msg), self._is_within.get())

    @contextmanager
    def within(self) -> Iterator[None]:
        """Tell the filter that its records come from this block."""
        for name in self._loggers:
            logging.getLogger(name).addFilter(self)  # adding it again has no effect
        token = self._is_within.set(True)
        try:
            yield
        finally:
            self._is_within.reset(token)


LOGS: Final = WithoutKeys()
"""The only filter of this process; adding it to a logger again has no effect."""
