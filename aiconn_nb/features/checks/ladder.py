"""The test of a connection: a sequence of rungs, each of which rules out one cause.

A rung passes, fails, or is "cannot tell". The first failed rung says what to do and ends the test. Three things prove a key: a
token from a named model, the provider's endpoint for keys, or a list of models that is refused without the key. A public list
proves nothing. All calls use the same client as a prompt.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from aiconn_nb.config.resolver import resolve_explained
from aiconn_nb.errors import (
    AiconnError,
    CallFailed,
    ConnectionInactive,
    FailureKind,
    NotReached,
    ProviderFailed,
    UntrustedHost,
)
from aiconn_nb.features.environments import doubts, misplaced, sources
from aiconn_nb.features.trust import check_host, trusted_for
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.origin import is_on_this_machine
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account, require_sdk
from aiconn_nb.providers.base import Model, Provider, Settings
from aiconn_nb.providers.calls.threaded import in_thread
from aiconn_nb.providers.failures.encryption import tls_behind
from aiconn_nb.providers.plug_ins.asked import selections
from aiconn_nb.providers.probing import probe
from aiconn_nb.providers.values.endpoints import origin_of, path_of
from aiconn_nb.session.background import run, side_by_side
from aiconn_nb.session.context import Context
from aiconn_nb.time_limit import GivenUp, within

from .results import Rung, State, Tested, Tests
from .verdicts import is_dead, is_loading, is_lost, refuses_the_keyless

CONNECT_TIMEOUT = 5.0
"""Seconds for the host to accept the connection."""
PATIENCE = 60.0
"""Seconds without a byte before a call is abandoned, as for a prompt with a fallback; there is no retry."""
LIST_WITHIN = 30.0
"""Seconds for the list of models; a slow server may send single bytes forever."""
PROBE_WITHIN = 10.0
"""Seconds for each of the other requests."""
TOKEN_WITHIN = 60.0
"""Seconds for one token. A server may need longer to load a model from disk; the result is then "cannot tell"."""
SAVING_ASKS = "Save it: the form then asks whether this is the right host."
AT_ONCE = 8
"""Connections that are tested in parallel."""

T = TypeVar("T")
Progress = Callable[[str, Rung], None]
"""Called with each finished rung of each alias, from the testing threads."""


class Outcome(NamedTuple):
    """The result of a rung."""

    state: State
    detail: str = ""
    hint: str = ""
    answered_as: Capability | None = None


def run_tests(
    context: Context,
    connections: Sequence[Connection],
    model: str | None,
    progress: Progress | None,
    *,
    unsaved: bool = False,
) -> Tests:
    """Test connections in parallel; the results are in the order of the connections.

    ``unsaved``: the connections have no alias for a command yet, so the hints contain no command.
    """

    def one(connection: Connection) -> Tested:
        rungs = []
        ladder = Ladder(context, connection, model, unsaved=unsaved)
        for rung in ladder.climb():
            rungs.append(rung)
            if progress:
                progress(connection.alias, rung)
        return Tested(connection.alias, tuple(rungs), ladder.models)

    if len(connections) == 1:
        return Tests([one(connections[0])])
    return Tests(side_by_side_in_threads([partial(one, each) for each in connections]))


def side_by_side_in_threads(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Return the results of several calls in their order, each from its own thread, with at most `AT_ONCE` at a time."""
    return run(side_by_side([partial(in_thread, each) for each in calls], AT_ONCE))


class Ladder:
    """Runs the rungs for one connection, stored or an unsaved draft."""

    def __init__(
        self, context: Context, connection: Connection, model: str | None = None, *, unsaved: bool = False
    ) -> None:
        self._context = context
        self._connection = connection
        self._unsaved = unsaved
        self._label = "" if unsaved else connection.alias
        self._model = model
        self._provider: Provider
        self._settings: Settings
        self._account: Account
        self._listed: list[Model] | None = None
        self._refused: ProviderFailed | None = None
        """Why the list is missing, if the provider has one."""

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that the provider listed during the test."""
        return tuple(self._listed or ())

    def climb(self) -> Iterator[Rung]:
        """Yield each finished rung, up to the first failed one."""
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
            kind: FailureKind | None = None
            try:
                found = step()
            except AiconnError as error:
                found = Outcome("failed", error.what, error.hint)
                kind = error.kind if isinstance(error, ProviderFailed) else None
            except Exception as error:
                # An error in one connection must not end the other tests. No str(error): it may quote a value.
                found = Outcome("failed", f"internal error: {type(error).__name__}.")
            seconds = perf_counter() - started
            yield Rung(name, found.state, found.detail, found.hint, seconds, kind, found.answered_as)
            if found.state == "failed":
                return

    def _is_active(self) -> Outcome:
        if not self._connection.active:
            raise ConnectionInactive(alias=self._connection.alias)
        return Outcome("passed")

    def _has_sdk(self) -> Outcome:
        self._provider = self._context.registry.get(self._connection.provider)
        if self._provider.sdk is None:
            return Outcome("skipped", "needs no SDK")
        require_sdk(self._provider)
        return Outcome("passed", ", ".join(self._provider.sdk.modules))

    def _resolves(self) -> Outcome:
        configuration = self._context.configuration()
        self._settings, found = resolve_explained(
            self._connection.settings,
            self._provider.fields,
            configuration,
            self._context.vault.open,
            ways=partial(selections, self._provider),
        )
        told = [*sources(found, configuration.environment), *misplaced(self._context, self._connection)]
        return Outcome("passed", "; ".join(told) or "no references")

    def _is_plausible(self) -> Outcome:
        self._account = Account(self._provider, self._settings, label=self._label, patience=PATIENCE)
        connection = replace(self._connection, alias="") if self._unsaved else self._connection
        for doubt in doubts(self._context, connection, self._provider, self._settings):
            raise doubt
        return Outcome("passed")

    def _is_trusted(self) -> Outcome:
        if self._account.endpoint is None:
            return Outcome("skipped", "no network in it")
        trusted = trusted_for(self._context, self._connection)
        try:
            check_host(self._context, self._connection, self._provider, self._settings, trusted)
        except UntrustedHost as error:
            # `trust` would ask about the stored connection, which has another host, or is not there.
            is_stored = self._connection in self._context.store.read().connections
            who, remedy = (self._connection.alias, error.hint) if is_stored else ("It", SAVING_ASKS)
            return Outcome(
                "failed", f"{who} {error.words}, which was not allowed yet.", remedy if error.host else error.hint
            )
        return Outcome("passed")

    def _is_reachable(self) -> Outcome:
        from urllib.request import getproxies

        endpoint = self._account.endpoint
        if endpoint is None:
            self._ask_for_models()
            return Outcome("skipped", "no network in it")
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        way = self._account.redacted(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        # The SDKs read proxy variables differently. With any set, only the call itself shows the route.
        is_direct = is_on_this_machine(endpoint) or not getproxies()
        if is_direct and (problem := _not_connected(host, port)):
            raise NotReached(way=way, problem=problem)
        self._ask_for_models()
        failed = self._refused
        if failed is None or failed.kind not in NOT_REACHED:
            return Outcome("passed", way)
        if self._model:  # the model may be on another host than the list, as at AWS
            return Outcome("unknown", failed.what, failed.hint)
        if isinstance(failed, CallFailed) and is_direct and (wrong := tls_behind(endpoint, CONNECT_TIMEOUT)):
            failed.words, failed.advice = self._account.redacted(wrong.words), wrong.advice
        raise failed

    def _ask_for_models(self) -> None:
        """Request the list of models, or store why it is missing, for the later rungs."""
        try:
            self._listed = self._within(LIST_WITHIN, self._account.models)
        except NotImplementedError:
            self._listed = None
        except ProviderFailed as failed:
            self._refused = failed

    def _authenticates(self) -> Outcome:
        if self._refused is not None:
            return self._without_list(self._refused)
        if self._listed is None:
            return Outcome("unknown", NO_LIST, self._ask_a_model)
        if self._account.endpoint is None:
            return Outcome("passed")
        if not self._has_key and not self._provider.machine_credentials:
            takes_key = any(field.sensitive for field in self._provider.fields)
            return Outcome("skipped", "no key was sent" if takes_key else "needs no key")
        try:
            self._within(PROBE_WITHIN, self._account.models_without_key)
        except ProviderFailed as failed:
            if refuses_the_keyless(failed):
                return Outcome("passed", "" if self._has_key else "signed in as this machine")
            return self._known_by_its_key("the list says nothing about the key: without it, there is no answer")
        except NotImplementedError:
            return self._known_by_its_key("whether the list needs the key cannot be tested here")
        return self._known_by_its_key("the list of models is public, and says nothing about the key")

    def _known_by_its_key(self, otherwise: str) -> Outcome:
        """Return the verdict of the provider's endpoint for keys; ``otherwise`` without one."""
        if not self._has_key:
            return Outcome("skipped", "has no key of its own")
        try:
            if self._within(2 * PROBE_WITHIN, self._account.accepts_key):
                return Outcome("passed", "the provider knows the key")
        except NotImplementedError:
            pass
        except ProviderFailed as failed:
            if failed.kind is FailureKind.AUTHENTICATION:
                raise
        return Outcome("unknown", otherwise, self._ask_a_model)

    def _without_list(self, failed: ProviderFailed) -> Outcome:
        """Return the result of a refused list. It does not end a test with a named model: one token decides."""
        if is_dead(failed):
            raise failed
        if is_loading(failed):
            return Outcome("unknown", failed.what, "Test it again once the model is loaded.")
        if self._model:
            return Outcome("unknown", failed.what)
        if is_lost(failed):
            self._look_elsewhere(failed)
        if failed.kind in (FailureKind.PERMISSION, FailureKind.NOT_FOUND):
            return Outcome("unknown", failed.what, self._ask_a_model)
        if failed.kind is FailureKind.RATE_LIMITED:  # a wrong key would be refused as such
            return Outcome("unknown", failed.what, failed.hint)
        raise failed

    def _lists_models(self) -> Outcome:
        if not self._listed:
            if self._refused is not None and self._refused.kind is not FailureKind.NOT_FOUND:
                return Outcome("unknown", "the list was not given")
            return Outcome("unknown", NO_LIST if self._listed is None else "the list is empty")
        return Outcome("passed", "1 model" if len(self._listed) == 1 else f"{len(self._listed)} models")

    def _answers(self) -> Outcome:
        model = self._model or ""
        by_id = {each.id: each for each in self._listed or ()}
        listed = by_id.get(model) or by_id.get(f"{model}:latest")
        note = ", though it is not in the list" if by_id and not listed and self._provider.lists_what_it_calls else ""
        try:
            answer = self._within(TOKEN_WITHIN, lambda: probe(self._account, model, listed))
            return Outcome("passed", answer.words + note, answered_as=answer.capability)
        except ProviderFailed as failed:
            if failed.kind is FailureKind.TIMEOUT or is_loading(failed):
                return Outcome("unknown", failed.what, "The model may still be loading: test it again.")
            if is_lost(failed) and not self._listed:
                self._look_elsewhere(failed)
            close = did_you_mean(model, by_id) if self._provider.lists_what_it_calls else ""
            if isinstance(failed, CallFailed):
                failed.is_testable = False  # this is the test
            if close and not listed:
                failed.advice = close
            raise

    def _look_elsewhere(self, failed: ProviderFailed) -> None:
        """Raise the failure with the correct settings, if the API is found under another path of the same origin."""
        for other in self._account.alternatives():
            account = Account(self._provider, {**self._settings, **other}, label=self._label, patience=PROBE_WITHIN)
            if origin_of(account.endpoint or "") != origin_of(self._account.endpoint or ""):
                continue  # the key was trusted for this origin only
            try:
                there = self._within(PROBE_WITHIN, account.models) is not None
            except NotImplementedError:
                there = False
            except ProviderFailed as answered:
                there = answered.kind is FailureKind.AUTHENTICATION
            if there:
                failed.advice = self._correction(other)
                raise failed

    def _correction(self, other: Mapping[str, str]) -> str:
        """Describe the correction: a command if the setting is stored here, otherwise the place where it is written."""
        alias, words = self._connection.alias, []
        for key, value in other.items():
            written = self._connection.settings.get(key)
            if is_reference(written):
                # The value comes from a configuration file. Messages show as little of such a value as possible.
                told = f"the path {path_of(value) or '/'}" if key == "endpoint" else value
                words.append(f"The API answers with {told}: correct the value of {written}.")
            elif self._unsaved:
                label = next((field.label for field in self._provider.fields if field.key == key), key)
                words.append(f"Set {label} to {value}.")
            else:
                told = command("edit", alias, "--set", f"{key}={value}")
                words.append(f"The API answers with {key}={value}: '{told}'")
        return self._account.redacted(" ".join(words))

    @property
    def _has_key(self) -> bool:
        values = (self._settings.get(field.key) for field in self._provider.fields if field.sensitive)
        return any(isinstance(value, Secret) and not value.is_blank for value in values)

    @property
    def _ask_a_model(self) -> str:
        if self._model:
            return ""
        if self._unsaved:
            return "One token settles it: save it, then test it with a model."
        return f"One token settles it: '{command('test', self._connection.alias, '--model', 'MODEL')}'"

    def _within(self, seconds: float, call: Callable[[], T]) -> T:
        try:
            return within(seconds, call, _told, name="aiconn-test-call")
        except GivenUp:
            kind = FailureKind.TIMEOUT
        raise CallFailed(kind=kind, alias=self._account.label, words=f"no answer in {seconds:.0f} s")


def _told(error: BaseException) -> BaseException:
    """Return an error that a rung may raise. Of other exceptions it has only the type: text and frames may contain a key."""
    if isinstance(error, AiconnError | NotImplementedError):
        return error.with_traceback(None)
    return RuntimeError(type(error).__name__)


NO_LIST = "this endpoint has no model list"
NOT_REACHED = (FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE)


def _not_connected(host: str, port: int) -> str:
    """Open and close a connection. Return why that fails, or ''."""

    def connect() -> str:
        try:
            socket.create_connection((host, port), CONNECT_TIMEOUT).close()
        except OSError as error:
            return "no answer" if isinstance(error, TimeoutError) else (error.strerror or "not reachable")
        except UnicodeError:  # a label is empty or too long
            return "this cannot be the name of a host"
        return ""

    try:
        # Twice the timeout, which does not cover the DNS lookup: the system has no limit for that.
        return within(2 * CONNECT_TIMEOUT, connect, _told, name="aiconn-test-call")
    except GivenUp:
        return "no answer"
