"""For the authors of plug-ins: the contract of every provider, and a fake provider.

::

    class TestMine(ProviderContract):
        provider = Mine()
        settings = {"api_key": Secret("sk-made-up-0123456789")}
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from aiconn_nb.errors import FailureKind, ProviderFailed, SdkMissing
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import convert
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import Secret

from .account import Account, missing_modules, require_sdk
from .base import ChatRequest, Message, Provider, Settings
from .plug_ins.fake import Call, FakeClient, FakeFailure, FakePlugIn, FakeProvider, registry_of
from .plug_ins.registry import shape_problem

__all__ = [
    "Call",
    "FakeClient",
    "FakeFailure",
    "FakePlugIn",
    "FakeProvider",
    "ProviderContract",
    "leaks",
    "registry_of",
]


class ProviderContract:
    """The contract of every provider. Inherit it and set a provider and made-up settings; pytest does the rest.

    No test leaves the machine. Tests that need an SDK are skipped if it is not installed.
    """

    provider: Provider
    settings: Settings
    """Enough settings to build a client, sensitive ones as `Secret`. Use long and distinct secrets: the tests search for them."""
    chat_model: str = "some-model"
    embedding_model: str = "some-model"
    """Models to use, if a provider checks the name before it sends a request."""

    def test_it_has_the_shape_of_a_provider(self) -> None:
        """The registry accepts it under its id."""
        assert shape_problem(self.provider, self.provider.id) == ""
        assert self.provider.embed_batch >= 1

    def test_its_capabilities_are_implemented(self) -> None:
        """It implements the capabilities that it declares, and at least one."""
        assert self.provider.capabilities
        for capability, verb in ((Capability.CHAT, "chat"), (Capability.EMBEDDING, "embed")):
            if capability in self.provider.capabilities:
                assert getattr(type(self.provider), verb) is not getattr(Provider, verb)

    def test_its_fields_are_ready_for_a_form(self) -> None:
        """Each field has a label and a usable key; a default fits its type; a secret is text without a default."""
        for each in self.provider.fields:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", each.key), each.key
            assert each.label.strip(), each.key
            assert each.default is None or convert(str(each.default), each) == each.default, each.key
            if each.sensitive:
                assert each.type == "text", each.key
                assert each.default is None, each.key
            if each.suggested_reference:
                assert isinstance(parse(each.suggested_reference), Reference), each.key

    def test_its_options_are_ready_for_a_form(self) -> None:
        """Each option has a unique, usable key, and words; none is a secret, and none has the name of a profile's own field."""
        for options in (self.provider.chat_options, self.provider.embedding_options):
            keys = [each.key for each in options]
            assert len(set(keys)) == len(keys)
            assert not {"system", "model", "connections", "tags", "name", "alias"} & set(keys)
            for each in options:
                assert re.fullmatch(r"[a-z][a-z0-9_]*", each.key), each.key
                assert each.label.strip(), each.key
                assert each.help.strip(), each.key
                assert each.type in ("text", "integer", "number"), each.key
                assert not each.sensitive, each.key

    def test_its_example_settings_are_complete(self) -> None:
        """The test settings have every required field, and no unknown field."""
        known = {each.key: each for each in self.provider.fields}
        assert set(self.settings) <= set(known)
        assert all(each.key in self.settings for each in self.provider.fields if each.is_required(self.settings))
        assert all(known[key].sensitive == isinstance(value, Secret) for key, value in self.settings.items())
        assert self.provider.problems(self.settings) == {}

    def test_its_problems_name_its_fields(self) -> None:
        """For any settings, its own rules return field keys and messages."""
        keys = [each.key for each in self.provider.fields]
        for chosen in chain.from_iterable(combinations(keys, size) for size in range(len(keys) + 1)):
            problems = self.provider.problems(dict.fromkeys(chosen, "x"))
            assert set(problems) <= set(keys)
            assert all(words.strip() for words in problems.values())

    def test_its_module_imports_no_sdk(self) -> None:
        """Listing the providers loads no SDK: its module imports none."""
        if self.provider.sdk:
            modules = ", ".join(map(repr, self.provider.sdk.modules))
            code = f"import sys; sys.path = {sys.path!r}; import {type(self.provider).__module__}; "
            code += f"sys.exit(', '.join({{{modules}}} & set(sys.modules)) or None)"
            run = subprocess.run(  # noqa: S603 (the code is the two lines above)
                [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
            )
            assert (run.returncode, run.stderr) == (0, "")

    def test_a_missing_sdk_is_an_error_that_says_how_to_get_it(self, monkeypatch: Any) -> None:
        """If the SDK is not installed, the error has the command that installs it."""
        if self.provider.sdk:
            for module in self.provider.sdk.modules:
                monkeypatch.setitem(sys.modules, module, None)
            error = _raised(SdkMissing, lambda: require_sdk(self.provider))
            assert error.package == self.provider.sdk.package

    def test_building_a_client_touches_no_network(self, monkeypatch: Any) -> None:
        """Building a client opens no connection and looks up no address."""
        self._need_sdk()
        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "connect", _no_network)
            patch.setattr(socket, "getaddrinfo", _no_network)
            assert self._account().client is not None
            assert self._account(patience=5.0).client is not None
            if self._account().is_async:
                assert self.provider.async_client(self._account()._usable(), 5.0) is not None

    def test_nothing_shows_its_secrets(self) -> None:
        """Neither the account nor the client shows a secret in its repr."""
        self._need_sdk()
        account = self._account()
        shown = f"{self.provider!r} {account!r} {account.client!r} {account.client}"
        assert not [secret for secret in self._secrets() if secret.reveal() in shown]

    def test_its_endpoint_is_a_url_or_nothing(self) -> None:
        """Its endpoint has a host, and a stranger's host does not count as the provider's own."""
        endpoint = self._account().endpoint
        assert endpoint is None or urlsplit(endpoint).scheme in ("http", "https")
        host = (urlsplit(endpoint).hostname if endpoint else None) or "example"
        assert self.provider.official(f"{host}.example.com") is False
        assert self.provider.official("") is False

    def test_its_variables_are_text(self) -> None:
        """Its environment variables have names that a shell takes, and text values."""
        variables = self._account().environment()
        for name, value in variables.items():
            assert re.fullmatch(r"[A-Z][A-Z0-9_]*", name), name
            assert isinstance(value, str), name

    def test_it_can_say_of_any_error_what_it_means(self) -> None:
        """For an error that is not its SDK's, it returns None or a failure and never raises."""
        for error in (ValueError("x"), TimeoutError(), ConnectionRefusedError("no"), KeyError("x"), RuntimeError()):
            failure = self.provider.failure(error)
            assert failure is None or (isinstance(failure.kind, FailureKind) and isinstance(failure.words, str))

    def test_an_unreachable_host_is_told_without_a_secret(self, monkeypatch: Any) -> None:
        """If no server listens at the endpoint, every call fails as unreachable, and the error contains no secret."""
        self._need_sdk()
        if self.provider.field("endpoint") is None:
            return
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(variable, raising=False)
        with socket.socket() as taken:  # bound, but not listening: connections are refused
            taken.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
            account = self._account({"endpoint": nowhere}, patience=5.0)
            for call in self._calls(account):
                error = _raised((ProviderFailed, NotImplementedError), call)
                assert not isinstance(error, ProviderFailed) or error.kind is FailureKind.UNREACHABLE, error
                assert leaks(error, self._secrets()) == []

    def _account(self, more: Settings | None = None, *, patience: float | None = None) -> Account:
        return Account(self.provider, {**self.settings, **(more or {})}, patience=patience)

    def _calls(self, account: Account) -> list[Callable[[], object]]:
        calls: list[Callable[[], object]] = [account.models]
        if Capability.CHAT in self.provider.capabilities:
            calls.append(lambda: list(account.chat(ChatRequest(self.chat_model, [Message("user", "hello")]))))
        if Capability.EMBEDDING in self.provider.capabilities:
            calls.append(lambda: account.embed(["hello"], self.embedding_model))
        return calls

    def _secrets(self) -> list[Secret]:
        return [value for value in self.settings.values() if isinstance(value, Secret)]

    def _need_sdk(self) -> None:
        missing = missing_modules(self.provider)
        if missing:
            import pytest

            pytest.skip(f"{' and '.join(missing)} not installed")


def leaks(error: BaseException, secrets: Sequence[Secret]) -> list[str]:
    """The places where an error shows a secret: its text, its causes, the locals of its traceback's frames.

    Frames of tests are left out: a test may know its own secrets.
    """
    values = [secret.reveal() for secret in secrets]
    found: list[str] = []
    seen: list[BaseException] = []
    at: list[BaseException] = [error]
    while at:
        one = at.pop()
        if one in seen:
            continue
        seen.append(one)
        at.extend(other for other in (one.__cause__, one.__context__) if other is not None)
        texts = {"str": str(one), "repr": repr(one), "args": repr(one.args), "attributes": repr(vars(one))}
        for frame, line in traceback.walk_tb(one.__traceback__):
            path = Path(frame.f_code.co_filename)
            if not path.name.startswith("test") and path.name != "conftest.py":
                for name, value in frame.f_locals.items():
                    texts[f"{path.name}:{line} {name}"] = repr(value)
        found += [
            f"{type(one).__name__}: {place}" for place, text in texts.items() if any(value in text for value in values)
        ]
    return found


def _raised(kind: Any, call: Callable[[], object]) -> Any:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError("it did not fail")


def _no_network(*args: object, **kwargs: object) -> NoReturn:
    raise AssertionError("a client opens no connection before it is used")
