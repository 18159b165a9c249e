"""Requests the models of providers while a profile is being saved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.threads import started

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Model

PATIENCE = 3.0
"""Seconds for a provider to list its models while a profile is being saved."""


def ask(accounts: Sequence[Account]) -> list[list[Model]]:
    """Return the list of each provider if it arrives within `PATIENCE`; otherwise, and on any error, an empty list.

    Some SDKs accept no time limit, so a call that takes longer continues in its own thread.
    """
    found: list[list[Model]] = [[] for _ in accounts]

    def call(account: Account, models: list[Model]) -> None:
        with suppress(AiconnError, NotImplementedError):
            models.extend(account.models())

    threads = []
    for account, models in zip(accounts, found, strict=True):
        account.patience = PATIENCE
        threads.append(started(partial(call, account, models), "aiconn-models"))
    end = monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(end - monotonic(), 0))
    return [[] if thread.is_alive() else models for thread, models in zip(threads, found, strict=True)]
