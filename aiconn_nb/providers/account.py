"""An account: a provider with resolved settings, ready to be called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, TypeVar

from aiconn_nb.errors import (
    AiconnError,
    CallFailed,
    FailureKind,
    Implausible,
    ProviderFailed,
    QueryNotExported,
    SdkBroken,
    SdkMissing,
)
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.hint import command
from aiconn_nb.model.secret import Secret, readable, redact
from aiconn_nb.model.url import secrets_in_url
from aiconn_nb.plugins import is_installed
from aiconn_nb.working_folder import holds

from .base import ChatRequest, Delta, Embeddings, Failure, Finish, Model, Provider, Settings, usable
from .calls import repeating
from .calls.async_calls import PIECE, AsyncCalls, noted
from .calls.deadline import Deadline
from .clients.network import headers_in
from .clients.redirects import refused_redirect
from .credentials.found_credentials import FOUND
from .credentials.repeated_keys import Pieces, RepeatedKeys
from .credentials.sdk_logs import LOGS
from .failures.classifying import WrongAnswer, general_failure, of_type, own_failure
from .failures.encryption import disagreement
from .failures.this_machine import machine_failure, proxy_advice, proxy_passwords
from .failures.web_page import blocked, is_failing_page
from .values.access import Access
from .values.model_options import fitted, fitting
from .values.network_fields import LONGEST

T = TypeVar("T")

BYTES_PER_TOKEN = 3
"""Bytes per token, estimated low. A batch that is still too large is sent in halves."""


class Account(AsyncCalls):
    """A provider with the settings to call it.

    The SDK's client is built on first use. Every call fails with `ProviderFailed` or `ProviderUnavailable` and nothing else. The
    error contains the provider's message, redacted. It does not keep the SDK's exception, because its frames hold the key.
    """

    def __init__(
        self, provider: Provider, settings: Settings, *, label: str = "", patience: float | None = None
    ) -> None:
        super().__init__()
        self.provider = provider
        self.label = label or provider.name
        """The account's name in messages, usually the connection's alias."""
        self.patience = patience
        """Seconds after which a call is abandoned, without a retry. None leaves both to the SDK."""
        self._settings = settings
        self._clients: dict[bool, tuple[Any, int]] = {}
        """By whether it is for this object's calls: the client, and the state of the variables that it was built from."""
        self._most = provider.embed_batch

    def __repr__(self) -> str:
        return f"Account({self.label!r}, provider={self.provider.id!r})"

    def is_like(self, other: Account) -> bool:
        """Whether another account would build the same client."""
        return (self.label, self.patience) == (other.label, other.patience) and self.has_settings_of(other)

    def has_settings_of(self, other: Account) -> bool:
        """Whether another account has the same provider, keys and settings, regardless of its name."""
        return (
            self.provider is other.provider
            and self._settings.keys() == other._settings.keys()
            and all(_same(value, other._settings[key]) for key, value in self._settings.items())
        )

    @property
    def client(self) -> Any:
        """The SDK's client. It is rebuilt after it failed to connect, or when a proxy or certificate variable changed."""
        if self.patience is None:
            return self._kept(self.provider.client)
        seconds = self.patience
        return self._kept(lambda settings: self.provider.impatient_client(settings, seconds))

    @property
    def _asking_client(self) -> Any:
        """The client for this object's calls, which sends each request once. It is rebuilt when `client` would be."""
        if type(self.provider).asking_client is Provider.asking_client:
            return self.client  # an SDK without retries needs no second client
        return self._kept(lambda settings: self.provider.asking_client(settings, self.patience), is_asking=True)

    def _kept(self, build: Callable[[Settings], Any], *, is_asking: bool = False) -> Any:
        variables = self._network()
        client, made_with = self._clients.get(is_asking, (None, 0))
        if client is None or made_with != variables:
            client = self._made(build)
            self._clients[is_asking] = client, variables
        return client

    def _made(self, build: Callable[[Settings], Any]) -> Any:
        require_sdk(self.provider)
        client = self._guarded(lambda: build(self._usable()))
        LOGS.watch(self._secrets(), modules_of(self.provider))
        return client

    @property
    def endpoint(self) -> str | None:
        """The URL that the account calls, or None."""
        return self._guarded(lambda: of_type(str | None, self.provider.endpoint(self._usable())))

    def access(self) -> Access | None:
        """How other libraries call this account; see `Provider.access`."""
        return self._guarded(lambda: of_type(Access | None, self.provider.access(self._usable())))

    def environment(self) -> dict[str, str]:
        """The variables of the provider's ecosystem, in the clear.

        Raises `Implausible` for a value that no variable can have, and `QueryNotExported`.
        """

        def variables() -> dict[str, str]:
            settings = self._usable()
            return _variables(self.provider.environment(settings)) | _variables(self.provider.pinned(settings))

        found = self._guarded(variables)
        unfit = next((name for name, value in found.items() if not _fits_variable(value)), "")
        if any(_has_query(value) for name, value in found.items() if not name.startswith(_OF_BOTO3)):
            del found
            raise QueryNotExported(alias=self.label)
        if not unfit:
            return found
        del found  # it has the keys, and a traceback may print the locals of this frame
        setting = next((key for key, value in self._settings.items() if not _fits_variable(value)), unfit)
        problem = "has a character that no environment variable can have, such as NUL"
        raise Implausible(setting=setting, problem=problem, alias=self.label)

    def child_environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment for a child process: the current one, with this account's variables and without other accounts'."""
        stale = self.stale()
        return {name: value for name, value in environ.items() if name not in stale} | self.environment()

    def stale(self) -> list[str]:
        """The ecosystem's variables that this account does not set. Those of another account would be used with this one."""
        removed = self._guarded(lambda: of_type(frozenset, self.provider.removed(self._usable())))
        return sorted(removed - self.environment().keys())

    def models(self) -> list[Model]:
        """The provider's live model list. Raises `NotImplementedError` if it has none."""

        def listed(client: Any) -> list[Model]:
            found = [of_type(Model, each) for each in of_type(list, self.provider.models(client))]
            return list(map(self._repeated_keys.in_model, found))

        try:
            return self._repeated(listed)[0]
        except ProviderFailed as failed:
            if isinstance(failed, CallFailed):
                failed.is_listing = True
            raise

    def models_without_key(self) -> None:
        """Ask for the models without the credentials; see `Provider.models_without_key`."""
        client = self._asking_client
        self._guarded(lambda: self.provider.models_without_key(client))

    def alternatives(self) -> list[Mapping[str, str]]:
        """Settings to try if the API is not found; see `Provider.alternatives`."""
        return self._guarded(lambda: list(self.provider.alternatives(self._usable())))

    def accepts_key(self) -> bool:
        """Ask the provider's key endpoint; see `Provider.accepts_key`."""
        client = self._asking_client
        return self._guarded(lambda: of_type(bool, self.provider.accepts_key(client)))

    def chat(self, request: ChatRequest) -> Generator[Delta | Finish, None, None]:
        """Yield the answer in pieces, then one `Finish`. Closing the iterator closes the HTTP connection."""
        request, left_out = fitted(request, self.provider.chat_options, self.provider.name)

        def begin(client: Any) -> tuple[Iterator[Delta | Finish], Delta | Finish | None]:
            pieces = self.provider.chat(client, request)
            return pieces, of_type(PIECE, next(pieces, None))

        with self._telling(request.model, Capability.CHAT):
            (pieces, piece), note = self._repeated(begin)
        shown = Pieces(self._repeated_keys)
        try:
            while piece is not None:
                yield from shown.of(noted(piece, *left_out, note))
                # The patience applies only to the first piece.
                piece = self._guarded(lambda: of_type(PIECE, next(pieces, None)), LONGEST)
            yield from shown.rest()
            self._tell(request.model, Capability.CHAT)
        except ProviderFailed:
            yield from shown.rest()
            raise
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                self._guarded(close)

    def embed(
        self,
        texts: Sequence[str],
        model: str,
        dimensions: int | None = None,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> Embeddings:
        """Return one vector per text, for at most as many texts as `batch` returns. Only ``options`` of the provider are sent."""
        provider: Any = self.provider
        more, notes = fitting(options, provider.embedding_options, provider.name)
        with self._telling(model, Capability.EMBEDDING):
            answer, note = self._repeated(
                lambda client: of_type(Embeddings, provider.embed(client, texts, model, dimensions, **more))
            )
        self._tell(model, Capability.EMBEDDING)
        answer = self._repeated_keys.in_embeddings(answer)
        return replace(answer, notes=(*answer.notes, *notes, *filter(None, [note])))

    @property
    def batch_most(self) -> int:
        """The maximum number of texts per call."""
        return self._most

    def embed_once(
        self,
        texts: Sequence[str],
        model: str,
        dimensions: int | None = None,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> Embeddings:
        """Do the same as `embed`, but send the request once: the caller handles a failure."""
        provider: Any = self.provider
        client = self._asking_client
        more, notes = fitting(options, provider.embedding_options, provider.name)
        with self._telling(model, Capability.EMBEDDING):
            answer = self._guarded(
                lambda: of_type(Embeddings, provider.embed(client, texts, model, dimensions, **more))
            )
        self._tell(model, Capability.EMBEDDING)
        answer = self._repeated_keys.in_embeddings(answer)
        return replace(answer, notes=(*answer.notes, *notes))

    def batch(self, texts: Sequence[str]) -> int:
        """Return how many of the first texts to send at once, within the provider's limits for texts and tokens."""
        most = min(self._most, len(texts))
        limit, tokens = self.provider.embed_tokens, 0
        for number in range(most if limit else 0):
            tokens += -(-len(texts[number].encode()) // BYTES_PER_TOKEN)
            if limit and tokens > limit and number:
                return number
        return most

    def send_at_most(self, count: int) -> None:
        """Let `batch` be this large again: what was refused was not the size."""
        self._most = count

    def send_less(self, count: int, failed: ProviderFailed) -> bool:
        """Whether a failed batch of this size may be sent in smaller parts. If so, `batch` is smaller from now on."""
        if not failed.too_large or count < 2:
            return False
        self._most = min(self._most, -(-count // 2))
        return True

    def _secrets(self) -> list[Secret]:
        found = [value for value in self._settings.values() if isinstance(value, Secret)]
        for field in self.provider.fields:
            value = self._settings.get(field.key)
            if isinstance(value, Secret) and field.type == "headers":
                found += map(Secret, headers_in(self._settings).values())
            elif isinstance(value, Secret) and not field.sensitive:
                found += _parts(value)
            elif isinstance(value, str):
                found += secrets_in_url(value)
        return found

    @cached_property
    def _repeated_keys(self) -> RepeatedKeys:
        return RepeatedKeys(self._secrets())

    def _known(self) -> list[Secret]:
        """All secrets that a message about a call may contain: the account's own, those of this machine, the proxies' passwords."""
        return [*self._secrets(), *FOUND, *proxy_passwords()]

    def redacted(self, text: str) -> str:
        """Remove this account's secrets from a text; the host of an endpoint can be such a secret."""
        return redact(text, self._known())

    def _usable(self) -> Settings:
        return usable(self.provider.fields, self._settings)

    def _repeated(self, call: Callable[[Any], T]) -> tuple[T, str]:
        """Return the result of a client call, and how often it was sent if more than once; see `repeating`.

        With a limited patience it is sent once: then another connection waits, or the call is a probe.
        """
        tries = repeating.Tries(self.label, repeating.pause, most=self.retries)
        while True:
            client = self._asking_client  # building the client does not count against the patience
            try:
                return self._guarded(partial(call, client)), tries.note
            except ProviderFailed as error:
                failed = error
            if self.patience is not None or not tries.again(failed):
                failed.tries = tries.note
                raise failed

    def _guarded(self, call: Callable[[], T], seconds: float | None = None) -> T:
        """Return the result of a call within so many seconds, or within this account's patience."""
        raised: BaseException
        deadline = Deadline(seconds or self.patience or LONGEST)
        try:
            with deadline:
                value = call()
            if not deadline.passed:
                return value
            del value
            raised = self._too_late()
        except BaseException as error:
            raised = self._error_for(error, is_late=deadline.passed)
        # Raise outside of the except block, so that the SDK's exception is not the context. Its frames hold headers and keys, and
        # IPython's Verbose mode prints the locals of every frame. An interrupt is raised again for the same reason.
        raise raised

    def _error_for(self, error: BaseException, *, is_late: bool) -> BaseException:
        """The error that replaces an exception; ``is_late`` after a time-out."""
        if isinstance(error, KeyboardInterrupt):
            return KeyboardInterrupt()
        if isinstance(error, NotImplementedError):
            return NotImplementedError(f"{self.provider.name} cannot do this")
        if isinstance(error, AiconnError):
            error.__context__ = error.__cause__ = None
            return error.with_traceback(None)
        # A plug-in may raise anything, such as SystemExit or CancelledError.
        return self._too_late() if is_late else self._failed(error)

    def _too_late(self) -> ProviderFailed:
        failed = self._failed(TimeoutError("no answer in time"))
        failed.again = False  # it used all the available time
        return failed

    def _failed(self, error: BaseException) -> ProviderFailed:
        failure = self._read(error)
        if failure.kind in (FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE):
            self._clients.clear()  # the cause of a failed connection may be fixed before the next call
            self._let_go_of_unproved()
        words = readable(failure.words, self._known())
        return CallFailed(
            kind=failure.kind,
            alias=self.label,
            words=words,
            advice=self.redacted(failure.advice),
            retry_after=failure.retry_after,
            again=failure.again,
            too_large=failure.too_large,
            is_testable=self._is_named and self._has_endpoint,
        )

    def _read(self, error: BaseException) -> Failure:
        """Classify an exception. Faults of this machine's settings come first, as only they name the remedy."""
        alias = self.label if self._is_named else ""
        endpoint: str | None = None
        certain: Failure | None = None
        with suppress(Exception):
            endpoint = self.provider.endpoint(self._usable())
        try:
            certain = refused_redirect(error) or blocked(error, endpoint)
            failure = certain or own_failure(error)
            if failure is None:
                failure = certain = machine_failure(error, endpoint, modules_of(self.provider), alias)
            if failure is None and isinstance(error, Exception):
                failure = self.provider.failure(error)
            texts = (failure.words, failure.advice) if isinstance(failure, Failure) else (None,)
            if not (failure and all(isinstance(each, str) for each in texts) and failure.kind in FailureKind):
                failure = general_failure(error)
        except KeyboardInterrupt:
            raise
        except BaseException:
            failure = general_failure(error)
        with suppress(Exception):
            if found := disagreement(error, failure, endpoint, alias):
                return found
        if failure.kind is FailureKind.AUTHENTICATION and endpoint and not failure.advice:
            return replace(failure, advice=self._without_key())
        if failure.kind is not FailureKind.UNREACHABLE and not is_failing_page(error):
            return failure
        advice = failure.advice
        if not advice and isinstance(endpoint, str):
            with suppress(Exception):
                advice = proxy_advice(endpoint)
        if failure.kind is not FailureKind.UNREACHABLE:
            return replace(failure, advice=advice)
        return replace(failure, advice=advice, again=failure.again or certain is None)

    @property
    def _has_endpoint(self) -> bool:
        with suppress(Exception):
            return bool(self.provider.endpoint(self._usable()))
        return False

    @property
    def _is_named(self) -> bool:
        return self.label != self.provider.name  # a draft has no alias that a command could take

    def _without_key(self) -> str:
        """The advice if the server wants a key and none was sent; '' if one was sent."""
        keys = [field.key for field in self.provider.fields if field.sensitive]
        sent = any(key in self._settings for key in keys) or any(secrets_in_url(self.endpoint or ""))
        if not keys or sent or self.provider.machine_credentials:
            return ""
        if not self._is_named:
            return "No key was sent; this server wants one."
        return f"No key was sent; this server wants one: '{command('edit', self.label, '--prompt', keys[0])}'"


def _variables(answer: dict[str, str]) -> dict[str, str]:
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in of_type(dict, answer).items()):
        raise WrongAnswer("the provider returned variables that are not texts")
    return answer


_OF_BOTO3: Final = "AWS_"
"""The start of the variables of boto3, the only SDK that puts its path before the query of a base URL."""


def _has_query(value: str) -> bool:
    return value.startswith(("http://", "https://")) and "?" in value


def _fits_variable(value: object) -> bool:
    """Whether the operating system takes a value for an environment variable."""
    text = value.reveal() if isinstance(value, Secret) else str(value)
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _parts(secret: Secret) -> list[Secret]:
    """The parts of a secret that a message may show if the secret is in a displayed field: a host in lower case, parts of a URL."""
    text = secret.reveal().strip()
    query = text.partition("#")[0].partition("?")[2]  # the SDKs put their path before it
    host = re.split(r"[/@?#]+", text)[1] if "://" in text else ""
    found = {text.lower(), host, host.lower(), query} - {""}
    return [*map(Secret, found), *secrets_in_url(text)]


def _same(one: object, other: object) -> bool:
    return one.same_as(other) if isinstance(one, Secret) else type(one) is type(other) and one == other


def modules_of(provider: Provider) -> tuple[str, ...]:
    """The modules of the provider's SDK."""
    return provider.sdk.modules if provider.sdk else ()


def missing_modules(provider: Provider) -> list[str]:
    """The modules of the provider's SDK that are not installed. Looks without importing."""
    return [module for module in modules_of(provider) if not is_installed(module)]


def require_sdk(provider: Provider) -> None:
    """Raise `ProviderUnavailable` if the SDK is missing or does not import."""
    if provider.sdk is None:
        return
    for module in provider.sdk.modules:
        if problem := _import_problem(module):
            if missing := missing_modules(provider):
                raise SdkMissing(provider=provider.name, modules=tuple(missing), package=provider.sdk.package)
            raise SdkBroken(provider=provider.name, module=module, problem=problem, package=provider.sdk.package)


def _import_problem(module: str) -> str:
    try:
        imported = import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return readable(f"{type(error).__name__}: {error}")
    if holds(imported):
        return "a file of the working folder has its name, and was imported in its place; rename it, and restart the kernel"
    return ""
