"""What the SDKs write to their logs, without the keys that they were given.

At DEBUG botocore logs every request as it is sent, a session token with it, and the text of every response; httpcore logs the
response's headers. Other SDKs take their keys out themselves; a server that repeats what it was sent defeats that.
"""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Iterable
from typing import Final

from aiconn_nb.model.secret import Secret, redact

from .found_credentials import FOUND

TRANSPORTS: Final = ("botocore", "google", "h11", "httpcore", "httpx", "msal", "requests", "urllib3")
"""How the names of the loggers begin of what is under the SDKs (``httpcore2`` among them); the SDKs' own bear their modules'."""
REMEMBERED: Final = 100
"""Keys that are looked for; of more than that the oldest are forgotten, and only their shapes are known."""


class WithoutKeys(logging.Filter):
    """Rewrites a record so that it contains no key, before any handler sees it. No record is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: deque[Secret] = deque(maxlen=REMEMBERED)

    def watch(self, secrets: Iterable[Secret], modules: Iterable[str]) -> None:
        """From now on these keys are taken out, of the logs of these modules and of what is under them."""
        for secret in secrets:
            # A copy: another thread may add one meanwhile.
            if not any(secret.same_as(known) for known in tuple(self._secrets)):
                self._secrets.append(secret)
        owners = (*(module.partition(".")[0] for module in modules), *TRANSPORTS)
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
            # Its text only: the frames of an SDK hold the key, and some handlers print locals.
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip(), secrets)
            record.exc_info = None
        return True


LOGS: Final = WithoutKeys()
"""The one filter of this process; to add it to a logger again changes nothing."""
