"""An account: what it calls, and that nothing but our own errors comes out of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from aiconn_nb.errors import (
    AiconnError,
    ConfigurationError,
    FailureKind,
    ProviderFailed,
    SdkBroken,
    SdkMissing,
)
from aiconn_nb.model.secret import WORDS_LENGTH, Secret, readable
from aiconn_nb.providers.account import Account, missing_modules, require_sdk
from aiconn_nb.providers.base import ChatRequest, Delta, Embeddings, Failure, Finish, Message, Sdk, Settings, Usage
from aiconn_nb.providers.testing import Call, FakeProvider, leaks

KEY = "made-up-key-0123456789"
SETTINGS: Settings = {"api_key": Secret(KEY), "region": "eu"}
HELLO = ChatRequest("fake-chat", [Message("user", "hello")])


class BrokenSdkError(Exception):
    """An SDK's error as it is in reality: its frames and attributes hold the key."""


def in_the_sdk(headers: dict[str, str], error: BaseException) -> Any:
    """Fail as an SDK does: with the key in a local variable, and with a chain of errors."""
    authorization = headers["Authorization"]
    try:
        raise OSError(f"while sending {authorization}")
    except OSError as cause:
        if isinstance(error, BrokenSdkError):
            error.__dict__["headers"] = headers
        raise error from cause


class Leaky(FakeProvider):
    """A provider whose SDK reveals the key wherever it can."""

    error: type[BaseException] = BrokenSdkError

    def models(self, client: Any) -> Any:
        key = client.settings["api_key"].reveal()
        return in_the_sdk({"Authorization": f"Bearer {key}"}, self.error(f"the key {key} was refused"))

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        yield Delta("so far")
        self.models(client)

    def failure(self, error: Exception) -> Failure | None:
        return Failure(FailureKind.AUTHENTICATION, str(error)) if isinstance(error, BrokenSdkError) else None


def failed(account: Account) -> ProviderFailed:
    """Return the error of an account's model list."""
    with pytest.raises(ProviderFailed) as caught:
        account.models()
    return caught.value


def test_an_account_calls_its_provider() -> None:
    """The client is built once, from the settings, and every call gets it."""
    provider = FakeProvider()
    account = Account(provider, SETTINGS)
    assert [model.id for model in account.models()] == ["fake-chat", "fake-embedding"]
    assert list(account.chat(HELLO))[-2:] == [Delta("the fake."), Finish("stop", Usage(1, 3), "fake-chat")]
    assert account.embed(["a", "b"], "m", 2) == Embeddings([[0.6, 0.8], [0.6, 0.8]], Usage(2))
    assert account.endpoint == "https://fake.example"
    assert provider.calls == [
        Call("client"),
        Call("models"),
        Call("chat", HELLO),
        Call("embed", (("a", "b"), "m", 2)),
    ]
    assert account.client is provider.clients[0]


def test_an_account_gives_its_variables_in_the_clear() -> None:
    """Each setting has the variable that its ecosystem reads. Unset ones have none."""
    assert Account(FakeProvider(), SETTINGS).environment() == {"FAKE_API_KEY": KEY, "FAKE_REGION": "eu"}
    assert Account(FakeProvider(), {"api_key": Secret(KEY)}).environment() == {"FAKE_API_KEY": KEY}


def test_an_account_does_not_show_its_settings() -> None:
    """Its repr shows only the label and the provider."""
    assert repr(Account(FakeProvider(), SETTINGS, label="mine")) == "Account('mine', provider='fake')"


@pytest.mark.parametrize("kind", FailureKind)
def test_a_failure_says_who_and_how_and_what_to_do(kind: FailureKind) -> None:
    """Each kind of failure has a label, the provider's message and advice."""
    provider = FakeProvider(failures={"models": kind}, words="no luck", retry_after=7.0)
    account = Account(provider, SETTINGS, label="mine", patience=5.0)
    error = failed(account)
    assert (error.kind, error.alias, error.words, error.retry_after) == (kind, "mine", "no luck", 7.0)
    for fact in ("mine", kind.label, "no luck"):
        assert fact in error.what
    assert error.hint.endswith(".")


@pytest.mark.parametrize("verb", ["client", "chat", "embed"])
def test_every_verb_fails_in_the_same_way(verb: str) -> None:
    """Every call turns an error of the SDK into an error of this package."""
    account = Account(FakeProvider(failures={verb: FailureKind.TIMEOUT}), SETTINGS)
    calls = {
        "client": lambda: account.client,
        "chat": lambda: list(account.chat(HELLO)),
        "embed": lambda: account.embed(["x"], "m"),
    }
    with pytest.raises(ProviderFailed) as caught:
        calls[verb]()
    assert caught.value.kind is FailureKind.TIMEOUT


def test_no_trace_of_the_key_is_left_in_an_error() -> None:
    """Neither its message, its repr, its causes nor a local of its traceback's frames shows the key."""
    error = failed(Account(Leaky(), SETTINGS, label="mine"))
    assert (error.kind, error.words) == (FailureKind.AUTHENTICATION, "the key •••••••• was refused")
    assert (error.__cause__, error.__context__) == (None, None)
    assert leaks(error, [Secret(KEY)]) == []


def test_no_trace_of_the_key_is_left_in_an_error_within_an_answer() -> None:
    """The same holds if the answer breaks off."""
    pieces = Account(Leaky(), SETTINGS).chat(HELLO)
    assert next(pieces) == Delta("so far")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert leaks(caught.value, [Secret(KEY)]) == []


@pytest.mark.parametrize("kind", [KeyboardInterrupt, NotImplementedError, ConfigurationError])
def test_what_is_no_failure_leaves_no_trace_of_the_key_either(kind: type[BaseException]) -> None:
    """An interrupt, a call that does not exist and an error of this package pass, without the frames that held the key."""

    class Interrupted(Leaky):
        error = kind

        def models(self, client: Any) -> Any:
            return in_the_sdk({"Authorization": client.settings["api_key"].reveal()}, kind("stop"))

    with pytest.raises(kind) as caught:
        Account(Interrupted(), SETTINGS).models()
    assert leaks(caught.value, [Secret(KEY)]) == []


def test_the_test_for_leaks_finds_them() -> None:
    """`leaks` finds a secret in messages, attributes, causes and frames."""
    account = Account(Leaky(), SETTINGS)
    with pytest.raises(BrokenSdkError) as caught:
        account.provider.models(account.client)
    found = leaks(caught.value, [Secret(KEY)])
    assert {"BrokenSdkError: str", "BrokenSdkError: args", "BrokenSdkError: attributes", "OSError: str"} <= set(found)


def test_a_key_that_the_provider_half_hides_is_hidden_whole() -> None:
    """OpenAI repeats the ends of a wrong key, which are characters of it."""
    words = "Incorrect API key provided: sk-proj-ab**********yz. See sk-abcd...wxyz."
    assert readable(words) == "Incorrect API key provided: ••••••••. See ••••••••."


def test_no_part_of_a_secret_endpoint_is_shown() -> None:
    """An SDK puts its path between the endpoint and its query."""
    hidden = Account(
        FakeProvider(), {**SETTINGS, "endpoint": Secret("https://Hidden.example/v1?tenant=acme-research#top")}
    )
    told = hidden.redacted("POST https://hidden.example/v1/chat?tenant=acme-research failed")
    assert "failed" in told
    assert [each for each in ("hidden", "acme") if each in told] == []


def test_somebody_elses_words_are_one_short_line() -> None:
    """Line breaks, terminal escapes and direction marks are removed, and a long HTML page is cut."""
    assert readable("a\n\tb\x1b[31mred\u202eback") == "a b [31mred back"
    assert len(readable("x " * 1000)) == WORDS_LENGTH


def test_a_provider_that_cannot_read_an_error_does_not_make_it_worse() -> None:
    """If `failure` itself fails, the error is classified by its general meaning."""

    class Confused(FakeProvider):
        def failure(self, error: Exception) -> Failure | None:
            raise RuntimeError("I have no idea")

        def models(self, client: Any) -> Any:
            raise ConnectionRefusedError("nobody there")

    assert failed(Account(Confused(), SETTINGS)).kind is FailureKind.UNREACHABLE


def test_an_endpoint_that_cannot_be_read_does_not_make_it_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the advice on proxies is missing then."""

    def fail(endpoint: str) -> str:
        raise ValueError(endpoint)

    monkeypatch.setattr("aiconn_nb.providers.account.proxy_advice", fail)
    provider = FakeProvider(failures={"models": FailureKind.UNREACHABLE})
    assert failed(Account(provider, {**SETTINGS, "endpoint": "https://fake.example"})).kind is FailureKind.UNREACHABLE


def test_an_answer_that_is_given_up_is_closed() -> None:
    """Closing the iterator closes the provider's, and with it the HTTP connection."""
    closed: list[bool] = []

    class Endless(FakeProvider):
        def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
            try:
                while True:
                    yield Delta("more")
            finally:
                closed.append(True)

    pieces = Account(Endless(), SETTINGS).chat(HELLO)
    assert next(pieces) == Delta("more")
    pieces.close()
    assert closed == [True]


def test_what_goes_wrong_in_closing_is_told_like_the_rest() -> None:
    """An error of the SDK on closing becomes an error of this package."""

    class Stuck(FakeProvider):
        def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
            try:
                yield Delta("more")
            finally:
                raise TimeoutError("it does not close")

    pieces = Account(Stuck(), SETTINGS).chat(HELLO)
    next(pieces)
    with pytest.raises(ProviderFailed) as caught:
        pieces.close()
    assert caught.value.kind is FailureKind.TIMEOUT


def test_patience_asks_for_a_client_that_gives_up() -> None:
    """With patience, the provider builds an impatient client; a provider without one builds its usual client."""

    class Hasty(FakeProvider):
        def impatient_client(self, settings: Settings, seconds: float) -> Any:
            return seconds

    assert Account(Hasty(), SETTINGS, patience=3.5).client == 3.5
    plain = FakeProvider()
    assert Account(plain, SETTINGS, patience=3.5).client is plain.clients[0]


class NeedsSdk(FakeProvider):
    """A provider whose SDK does not exist."""

    sdk = Sdk(("aiconn_no_such_sdk", "json"), "nosuch")


def test_a_missing_sdk_is_named_with_the_line_that_installs_it() -> None:
    """Before anything is called, the error names the missing module and the command that installs it."""
    with pytest.raises(SdkMissing) as caught:
        Account(NeedsSdk(), SETTINGS).models()
    assert (caught.value.provider, caught.value.modules) == ("Fake", ("aiconn_no_such_sdk",))
    assert "%pip install 'aiconn-nb[nosuch]'" in caught.value.hint
    assert missing_modules(NeedsSdk()) == ["aiconn_no_such_sdk"]


def test_an_sdk_that_does_not_import_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A broken SDK is not reported as missing, and the reason is redacted."""
    (tmp_path / "aiconn_broken_sdk.py").write_text("raise RuntimeError('token sk-abcdefgh0123 is\\nwrong')")
    monkeypatch.syspath_prepend(tmp_path)

    class Broken(FakeProvider):
        sdk = Sdk(("aiconn_broken_sdk",), "broken")

    with pytest.raises(SdkBroken) as caught:
        require_sdk(Broken())
    assert (caught.value.module, caught.value.problem) == (
        "aiconn_broken_sdk",
        "RuntimeError: token •••••••• is wrong",
    )
    assert isinstance(caught.value, AiconnError)
    assert caught.value.__context__ is None


def test_a_module_that_was_taken_out_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """``sys.modules[name] = None`` tells Python not to import a module."""
    monkeypatch.setitem(sys.modules, "aiconn_no_such_sdk", ModuleType("aiconn_no_such_sdk"))
    monkeypatch.setitem(sys.modules, "json", None)
    assert missing_modules(NeedsSdk()) == ["aiconn_no_such_sdk", "json"]
