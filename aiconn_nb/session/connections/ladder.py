"""The test of a connection: a ladder of rungs, each of which rules one cause out.

The first rung that fails says what to do; what lies above it is not tried. An endpoint that has no model list is "cannot tell",
which is no failure.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import perf_counter
from urllib.parse import urlsplit

from aiconn_nb.config.resolver import resolve
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import AiconnError, FailureKind, ProviderFailed
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account, require_sdk
from aiconn_nb.providers.base import ChatRequest, Message, Model, Provider, Settings
from aiconn_nb.session.columns import Columns
from aiconn_nb.session.sharing.trust import require
from aiconn_nb.session.sharing.trust_given import trusted_for

from .explaining import field_lines, misplaced, sources
from .plausible import implausible
from .tested import Rung, State, Tested, Tests

CONNECT_TIMEOUT = 5.0
"""Seconds that the host has to take the connection."""
PATIENCE = 10.0
"""Seconds that the provider has to answer; the SDKs would wait for ten minutes and try again."""
AT_ONCE = 8
"""Connections that are tested beside each other."""

Outcome = tuple[State, str]
Progress = Callable[[str, Rung], None]
"""Told each rung of each alias as it is done. Called from the testing threads."""


def run_tests(
    columns: Columns, connections: Sequence[Connection], model: str | None, progress: Progress | None
) -> Tests:
    """Test connections beside each other; the answers come in the order of the connections."""

    def one(connection: Connection) -> Tested:
        rungs = []
        ladder = Ladder(columns, connection, model)
        for rung in ladder.climb():
            rungs.append(rung)
            if progress:
                progress(connection.alias, rung)
        return Tested(connection.alias, tuple(rungs), ladder.models)

    if len(connections) == 1:
        return Tests([one(connections[0])])
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="aiconn-test") as pool:
        return Tests(list(pool.map(one, connections)))


class Ladder:
    """Climbs the rungs for one connection; a draft that was never saved is as good as a stored one."""

    def __init__(self, columns: Columns, connection: Connection, model: str | None = None) -> None:
        self._columns = columns
        self._connection = connection
        self._model = model
        self._provider: Provider
        self._settings: Settings
        self._account: Account
        self._listed: list[Model] | None = None
        self._unlisted = ""

    @property
    def models(self) -> tuple[Model, ...]:
        """What the provider listed on the way."""
        return tuple(self._listed or ())

    def climb(self) -> Iterator[Rung]:
        """Each rung as it is done; ends behind the first that fails."""
        rungs: list[tuple[str, Callable[[], Outcome]]] = [
            ("active", self._is_active),
            ("sdk", self._has_sdk),
            ("references", self._resolves),
            ("plausible", self._is_plausible),
            ("trusted host", self._is_trusted),
            ("reachable", self._is_reachable),
            ("authenticated", self._authenticates),
            ("models", self._lists_models),
        ]
        if self._model:
            rungs.append(("model", self._answers))
        for name, step in rungs:
            started = perf_counter()
            hint = ""
            state: State
            try:
                state, detail = step()
            except AiconnError as error:
                state, detail, hint = "failed", error.what, error.hint
            yield Rung(name, state, detail, hint, perf_counter() - started)
            if state == "failed":
                return

    def _is_active(self) -> Outcome:
        if not self._connection.active:
            alias = self._connection.alias
            raise AiconnError(f"{alias} is switched off.", f"'{command('enable', alias)}' switches it on.")
        return "passed", ""

    def _has_sdk(self) -> Outcome:
        self._provider = self._columns.provider_of(self._connection)
        if self._provider.sdk is None:
            return "skipped", "needs no SDK"
        require_sdk(self._provider)
        return "passed", ", ".join(self._provider.sdk.modules)

    def _resolves(self) -> Outcome:
        self._settings = resolve(
            self._connection.settings, self._provider.fields, self._columns.configuration(), self._columns.vault.open
        )
        told = [*sources(field_lines(self._columns, self._connection)), *misplaced(self._columns, self._connection)]
        return "passed", "; ".join(told) or "no references"

    def _is_plausible(self) -> Outcome:
        for field in self._provider.fields:
            value = self._settings.get(field.key)
            if isinstance(value, str | Secret) and (problem := implausible(value, self._provider.key_shapes)):
                raise AiconnError(
                    f"{field.key} {problem}.",
                    f"Correct it where it stands; '{command('explain', self._connection.alias)}' says where that is.",
                )
        return "passed", ""

    def _is_trusted(self) -> Outcome:
        self._account = Account(self._provider, self._settings, label=self._connection.alias, patience=PATIENCE)
        if self._account.endpoint is None:
            return "skipped", "no network in it"
        trusted = trusted_for(self._columns, self._connection)
        require(self._columns, self._connection, self._provider, self._settings, trusted)
        return "passed", ""

    def _is_reachable(self) -> Outcome:
        endpoint = self._account.endpoint
        if endpoint is None:
            return "skipped", "no network in it"
        host, port = _first_hop(endpoint)
        where = self._account.redacted(f"{host}:{port}")
        try:
            with closing(socket.create_connection((host, port), CONNECT_TIMEOUT)):
                return "passed", where
        except OSError as error:
            reason = "no answer" if isinstance(error, TimeoutError) else (error.strerror or "not reachable")
        raise AiconnError(f"{where}: {reason}.", "Check the endpoint, the network and the proxy.")

    def _authenticates(self) -> Outcome:
        try:
            self._listed = self._account.models()
        except NotImplementedError:
            self._unlisted = "this endpoint has no model list"
        except ProviderFailed as failed:
            if failed.kind is FailureKind.PERMISSION:
                self._unlisted = "the key is known, but may not list models"
                return "passed", self._unlisted
            if failed.kind is not FailureKind.NOT_FOUND:
                raise
            self._unlisted = "this endpoint has no model list"
        return ("unknown", self._unlisted) if self._unlisted else ("passed", "")

    def _lists_models(self) -> Outcome:
        if not self._listed:
            return "unknown", self._unlisted or "the list is empty"
        return "passed", "1 model" if len(self._listed) == 1 else f"{len(self._listed)} models"

    def _answers(self) -> Outcome:
        model = self._model or ""
        listed = next((each for each in self._listed or () if each.id == model), None)
        note = "" if listed or not self._listed else ", though it is not in the list"
        try:
            return "passed", self._ask(model, listed) + note
        except ProviderFailed as failed:
            close = did_you_mean(model, [each.id for each in self._listed or ()])
            hint = close if close and not listed else failed.hint
            raise ProviderFailed(failed.kind, failed.what, hint) from None

    def _ask(self, model: str, listed: Model | None) -> str:
        """One token, or one vector where the model is known to embed."""
        if listed and listed.capabilities == {Capability.EMBEDDING}:
            vectors = self._account.embed(["hello"], model).vectors
            return f"{model} answered with {len(vectors[0])} dimensions"
        pieces = self._account.chat(ChatRequest(model, [Message("user", "hello")], max_tokens=1))
        with closing(pieces):
            next(pieces, None)
        return f"{model} answered"


def _first_hop(endpoint: str) -> tuple[str, int]:
    """Where the connection goes first: to the host itself, or to the proxy that the environment names for it."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(host):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or host, parts.port or (443 if parts.scheme == "https" else 80)
