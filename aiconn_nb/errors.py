"""The whole error tree of aiconn_nb.

Every error is one line that says what happened and why, and at most one more that says what to do.
No message holds a secret, a value from a configuration file, or the line that a user typed.

::

    AiconnError
    ├── CommandError                 a command line that cannot be understood
    │   └── CommandNotRun            .status: 127 where it is not there, else 126
    ├── Interrupted                  a command was stopped while it was asking
    ├── ConnectionProblem            something about one connection
    │   ├── ConnectionNotFound
    │   ├── ConnectionExists
    │   ├── InvalidConnection        .problems: field -> what is wrong
    │   ├── ConnectionInactive
    │   ├── ConnectionInUse          .profiles: the profiles that depend on it
    │   ├── ConnectionChanged        somebody else saved it meanwhile
    │   ├── RotationFailed           .rung: where the test of the new key ended
    │   ├── UntrustedHost            .host, .sent: what may not go there yet
    │   └── NoConnectionInUse
    ├── ProfileError                 something about one profile
    │   ├── ProfileNotFound
    │   ├── ProfileExists
    │   ├── InvalidProfile           .problems: field -> what is wrong
    │   ├── ProfileChanged           somebody else saved it meanwhile
    │   └── ProfileUnusable          no connection of it can answer
    │       └── AllFailed            .attempts: each connection with its reason
    ├── BundleError                  a bundle that cannot be read, is none, or cannot be written
    ├── ProviderError
    │   ├── ProviderNotFound
    │   ├── ProviderUnavailable      its SDK is missing or does not import
    │   └── ProviderFailed           .kind: one of FailureKind
    │       └── AnswerCut            .partial: what had come of the answer
    ├── ConfigurationError
    │   ├── InvalidReference         text that is no reference (a lone ``$``)
    │   ├── ReferenceNotFound        .key, .nearest
    │   ├── UnusableValue            it resolved, but to nothing or to the wrong type
    │   ├── EnvironmentNotFound
    │   └── ConfigurationFileError   .path, .line, .column
    ├── VaultError
    │   ├── UnsealError              a sealed value that this key does not open
    │   ├── MasterKeyError           the key itself is damaged or cannot be kept
    │   └── SecretsFileError         the user secrets file cannot be read or written
    ├── NoPlace                      no folder can be told for the store or the key
    └── StoreError
        ├── StoreBusy
        ├── StoreCorrupt
        ├── StoreTooNew
        └── StoreUnwritable
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from aiconn_nb.model.secret import without


class AiconnError(Exception):
    """Base of everything that aiconn_nb raises on purpose.

    ``what`` says what happened and why; ``hint`` says what to do. ``str()`` joins them, one line each.
    """

    partial: Any = None
    """What had come of an answer, a `Reply` or `Comparison`: it was paid for, so a face shows it. None where nothing had."""

    def __init__(self, what: str, hint: str = "") -> None:
        # Errors name what was typed, and a key may have been typed in the place of a name.
        self.what = without(what)
        self.hint = without(hint)
        super().__init__(self.what)

    def __str__(self) -> str:
        return f"{self.what}\n{self.hint}" if self.hint else self.what

    def __reduce__(self) -> tuple[Any, ...]:
        # By its fields: BaseException would call the class with ``args``, which most subclasses do not take. An error that
        # cannot be read back breaks a pool of processes, or lets it wait for ever.
        return _blank, (type(self), self.args), dict(vars(self))

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for this before it draws a traceback. Two lines help more than forty, and a traceback in
        # the Verbose mode prints the locals of every frame. The cell fails all the same.
        name = type(self).__name__
        what = self.what.removeprefix(f"{name}: ")
        return [f"\x1b[31m{name}\x1b[39m: {what}", *([self.hint] if self.hint else [])]


def _blank(kind: type[AiconnError], args: tuple[Any, ...]) -> AiconnError:
    """An error without its fields, which pickle and copy add."""
    return kind.__new__(kind, *args)


class CommandError(AiconnError):
    """A command line that cannot be understood: an unknown command or option, a missing argument."""


class CommandNotRun(CommandError):
    """The command behind ``run ALIAS --`` is not there, or may not be run; ``status`` is what a shell says then."""

    def __init__(self, what: str, hint: str = "", *, status: int = 126) -> None:
        super().__init__(what, hint)
        self.status = status


class Interrupted(AiconnError):
    """Somebody stopped a command while it was asking. In Python it is a ``KeyboardInterrupt``, as always."""


class ConnectionProblem(AiconnError):
    """Something about one connection. (``ConnectionError`` is Python's own.)"""


class ConnectionNotFound(ConnectionProblem):
    """No connection has this alias."""


class ConnectionExists(ConnectionProblem):
    """Another connection has this alias, in whatever case it was written. ``differences`` says how it differs, never a secret."""

    def __init__(self, what: str, hint: str = "", *, differences: Iterable[str] = ()) -> None:
        super().__init__(what, hint)
        self.differences = tuple(map(without, differences))


class InvalidConnection(ConnectionProblem):
    """What was to be saved breaks a rule. ``problems`` names each field and what is wrong with it."""

    def __init__(self, problems: Mapping[str, str], hint: str = "Nothing was saved.") -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in self.problems.items()), hint)


class ConnectionInactive(ConnectionProblem):
    """The connection is switched off; it has to be enabled before it can be used."""


class ConnectionInUse(ConnectionProblem):
    """Profiles depend on the connection; ``profiles`` has their aliases."""

    def __init__(self, what: str, hint: str = "", *, profiles: Iterable[str] = ()) -> None:
        super().__init__(what, hint)
        self.profiles = tuple(profiles)


class ConnectionChanged(ConnectionProblem):
    """It was saved by somebody else after it was read; what they saved was not overwritten."""


class RotationFailed(ConnectionProblem):
    """A new key did not pass the test, which ended at ``rung``; the old one was kept, and nothing was changed."""

    def __init__(self, what: str, hint: str = "", *, rung: str = "") -> None:
        super().__init__(what, hint)
        self.rung = rung


class UntrustedHost(ConnectionProblem):
    """A key would go to a host that it was not allowed for. ``sent`` names references and sealed fields, never a value."""

    def __init__(self, what: str, hint: str = "", *, host: str = "", sent: Iterable[str] = ()) -> None:
        super().__init__(what, hint)
        self.host = host
        """Such as ``https://gateway.example``; '' where it cannot be told."""
        self.sent = tuple(sent)


class NoConnectionInUse(ConnectionProblem):
    """A call without an alias, while no connection is in use."""


class ProfileError(AiconnError):
    """Something about one profile."""


class ProfileNotFound(ProfileError):
    """No profile has this alias."""


class ProfileExists(ProfileError):
    """Another profile has this alias, in whatever case it was written. ``differences`` says how it differs."""

    def __init__(self, what: str, hint: str = "", *, differences: Iterable[str] = ()) -> None:
        super().__init__(what, hint)
        self.differences = tuple(map(without, differences))


class InvalidProfile(ProfileError):
    """What was to be saved breaks a rule. ``problems`` names each field and what is wrong with it."""

    def __init__(self, problems: Mapping[str, str], hint: str = "Nothing was saved.") -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in self.problems.items()), hint)


class ProfileChanged(ProfileError):
    """It was saved by somebody else after it was read; what they saved was not overwritten."""


class ProfileUnusable(ProfileError):
    """No connection of the profile can answer: all are inactive, gone, or failed."""


class AllFailed(ProfileUnusable):
    """Every connection of the profile was tried; ``attempts`` has each with its reason, in the order of the trial."""

    def __init__(self, what: str, hint: str = "", *, attempts: Iterable[object] = ()) -> None:
        super().__init__(what, hint)
        self.attempts = tuple(attempts)


class BundleError(AiconnError):
    """A bundle cannot be read, is none, or cannot be written. Names the place in it, never what stands there."""


class ProviderError(AiconnError):
    """Something about a provider."""


class ProviderNotFound(ProviderError):
    """No installed provider has this id."""


class ProviderUnavailable(ProviderError):
    """The provider is known, but its SDK is not installed or does not import."""


class FailureKind(StrEnum):
    """What an SDK or network error means, whichever provider it came from."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    OUT_OF_CREDIT = "out_of_credit"
    """The account is empty, or its billing is not set up: waiting does not help, another account does."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BAD_REQUEST = "bad_request"
    PROVIDER_FAULT = "provider_fault"
    THIS_MACHINE = "this_machine"
    """A setting of this machine, such as a proxy or certificate variable, kept the request from being sent."""

    @property
    def label(self) -> str:
        """The kind as a person reads it: ``rate limited``."""
        return self.value.replace("_", " ")


class ProviderFailed(ProviderError):
    """A call to the provider failed; ``kind`` says how. The provider's own words are in it, redacted."""

    def __init__(self, kind: FailureKind, what: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, hint)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds the provider asked to wait, where it said so."""
        self.again = False
        """Whether the same request may succeed a moment later."""
        self.too_large = False
        """Whether fewer texts at once may be taken."""


class AnswerCut(ProviderFailed):
    """The answer broke off after a part of it had come, which is in ``partial``. It is not asked again behind your back."""


class ConfigurationError(AiconnError):
    """Something about a configuration reference or the files behind it."""


class InvalidReference(ConfigurationError):
    """Text that starts like a reference but is none, such as a lone ``$``."""


class ReferenceNotFound(ConfigurationError):
    """The key is in no layer of the environment. ``nearest`` is the closest key that is."""

    def __init__(self, what: str, hint: str = "", *, key: str = "", nearest: str | None = None) -> None:
        super().__init__(what, hint)
        self.key = key
        self.nearest = nearest


class UnusableValue(ConfigurationError):
    """A reference resolved, but to nothing, or to text that is not of the field's type."""


class EnvironmentNotFound(ConfigurationError):
    """No configuration file belongs to this environment, or its name cannot be part of a file name."""


class ConfigurationFileError(ConfigurationError):
    """A configuration file cannot be read. Names file, line and column (both from 1), never a value."""

    def __init__(
        self, what: str, hint: str = "", *, path: str = "", line: int | None = None, column: int | None = None
    ):
        super().__init__(what, hint)
        self.path = path
        self.line = line
        self.column = column


class VaultError(AiconnError):
    """Something about the vault."""


class UnsealError(VaultError):
    """A sealed value cannot be opened with this machine's key; it has to be given again."""


class MasterKeyError(VaultError):
    """The master key is malformed, unreadable, or cannot be written."""


class SecretsFileError(VaultError):
    """The user secrets file is damaged, or cannot be read or written."""


class NoPlace(AiconnError):
    """No folder can be told for the store or for the key: there is no home folder, and no variable names one."""


class StoreError(AiconnError):
    """Something about the store's file."""


class StoreBusy(StoreError):
    """Another process held the store's lock for too long."""


class StoreCorrupt(StoreError):
    """The store's file is damaged; it was set aside under a dated name, nothing was overwritten."""


class StoreTooNew(StoreError):
    """The store was written by a newer release; nothing was changed."""


class StoreUnwritable(StoreError):
    """The store cannot be written: read-only folder, full disk. The old state is still there."""
