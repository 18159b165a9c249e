"""A client is made of its connection alone, whatever the environment says: what the server hears is this account's."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import ChatRequest, Message, Provider, Settings
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.openai import OpenAI

from .flavours import FLAVOURS
from .gemini_server import GOOD_KEY as GEMINI_KEY
from .gemini_server import gemini
from .servers import Answer, Asked, Reply, Server, refuses, says

Serve = Callable[[Answer], Server]

pytestmark = pytest.mark.oldest

KEY = "made-up-own-key-0123456789"
STRANGER = "made-up-stranger-0123456789"
PROMPT = "made-up-prompt-0123456789"
HOSTILE = {
    "OPENAI_CUSTOM_HEADERS": f"Authorization: Bearer {STRANGER}\nX-Gateway: {STRANGER}",
    "ANTHROPIC_CUSTOM_HEADERS": f"Authorization: Bearer {STRANGER}\nX-Gateway: {STRANGER}",
    "OPENAI_API_KEY": STRANGER,
    "OPENAI_ADMIN_KEY": STRANGER,
    "OPENAI_ORG_ID": STRANGER,
    "OPENAI_PROJECT_ID": STRANGER,
    "OPENAI_WEBHOOK_SECRET": STRANGER,
    "OPENAI_BASE_URL": "http://127.0.0.1:9/stranger",
    "AZURE_OPENAI_API_KEY": STRANGER,
    "AZURE_OPENAI_AD_TOKEN": STRANGER,
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9/stranger",
    "OPENAI_API_VERSION": "2020-01-01",
    "ANTHROPIC_API_KEY": STRANGER,
    "ANTHROPIC_AUTH_TOKEN": STRANGER,
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/stranger",
    "ANTHROPIC_WEBHOOK_SIGNING_KEY": STRANGER,
    "ANTHROPIC_PROFILE": "nowhere",
    "GOOGLE_API_KEY": STRANGER,
    "GEMINI_API_KEY": STRANGER,
    "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9/stranger",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_API_VERSION": "v0stranger",
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_CLOUD_PROJECT": STRANGER,
    "AWS_PROFILE": "nowhere",
    "AWS_BEARER_TOKEN_BEDROCK": STRANGER,
    "AWS_ACCESS_KEY_ID": STRANGER,
    "AWS_SECRET_ACCESS_KEY": STRANGER,
    "AWS_SESSION_TOKEN": STRANGER,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9/stranger",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9/stranger",
    "OLLAMA_API_KEY": STRANGER,
    "OLLAMA_HOST": "http://127.0.0.1:9",
}


@dataclass(frozen=True)
class Kind:
    """A kind of account, and its settings for a server."""

    name: str
    provider: Provider
    settings: Callable[[str], Settings]

    def __str__(self) -> str:
        return self.name

    def account(self, url: str) -> Account:
        """Return an account at this server."""
        return Account(self.provider, self.settings(url), label="mine", patience=20.0)


AWS_KEYS: Settings = {"access_key_id": Secret("AKIAMADEUPOWN0123456"), "secret_access_key": Secret(KEY)}
KINDS = (
    *(Kind(each.name, each.provider, lambda url, each=each: each.settings(url, Secret(KEY))) for each in FLAVOURS),
    Kind("compatible-keyless", FLAVOURS[1].provider, lambda url: {"endpoint": f"{url}/v1"}),
    Kind("anthropic", Anthropic(), lambda url: {"api_key": Secret(KEY), "endpoint": url}),
    Kind("google", Google(), lambda url: {"api_key": Secret(KEY), "endpoint": url}),
    Kind("amazon", Amazon(), lambda url: {"region": "us-east-1", "endpoint": url, **AWS_KEYS}),
)
KEYLESS = ("ollama", "compatible-keyless")
STAINLESS = tuple(kind for kind in KINDS if kind.name not in ("google", "amazon"))


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variables of other accounts, all that the SDKs know."""
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


def heard(asked: Asked) -> str:
    """Return all that a server receives of a request."""
    return f"{asked.path} {dict(asked.headers)} {asked.body!r}"


def used(account: Account) -> None:
    """Ask for the models and for an answer, and ignore failures."""
    for call in (account.models, lambda: list(account.chat(ChatRequest("m", [Message("user", PROMPT)])))):
        with pytest.raises(ProviderFailed):
            call()


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_of_another_account_is_sent(serve: Serve, kind: Kind) -> None:
    """The server receives this account's key, if it has one, and nothing from the environment."""
    server = serve(refuses(401))
    used(kind.account(server.url))
    everything = " ".join(map(heard, server.asked))
    assert (STRANGER in everything, "stranger" in everything, len(server.asked) >= 2) == (False, False, True)
    if kind.name == "amazon":
        assert all("Credential=AKIAMADEUPOWN0123456/" in asked.headers["authorization"] for asked in server.asked)
    elif kind.name in KEYLESS:
        assert not any("authorization" in asked.headers for asked in server.asked)
    else:
        assert all(KEY in str(dict(asked.headers)) for asked in server.asked)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("kind", STAINLESS, ids=str)
def test_a_copy_of_the_client_reads_no_environment_either(serve: Serve, kind: Kind) -> None:
    """`with_options`, `copy` and a copy of a copy read the environment again in the SDKs."""
    server = serve(refuses(401))
    client = kind.account(server.url).client
    for copy in (
        client.with_options(max_retries=0),
        client.copy(timeout=5.0),
        client.with_options(timeout=5.0).with_options(max_retries=0),
    ):
        with pytest.raises(Exception, match="401"):
            copy.models.list()
    everything = " ".join(map(heard, server.asked))
    assert (STRANGER in everything, len(server.asked)) == (False, 3)
    assert all((KEY in heard(asked)) is (kind.name not in KEYLESS) for asked in server.asked)


@pytest.mark.usefixtures("hostile")
def test_what_a_user_adds_to_the_client_is_sent(serve: Serve) -> None:
    """A project, a header or another key that is passed to `with_options` applies, and also in a copy of that copy."""
    server = serve(refuses(401))
    client = Account(OpenAI(), {"api_key": Secret(KEY), "endpoint": f"{server.url}/v1"}).client
    mine = client.with_options(project="proj_mine", organization="org-mine", default_headers={"X-Mine": "yes"})
    for copy in (mine, mine.with_options(max_retries=0), mine.with_options(api_key="made-up-other-key")):
        with pytest.raises(openai.AuthenticationError):
            copy.models.list()
    sent = [
        [asked.headers.get(name) for name in ("openai-project", "openai-organization", "x-mine")]
        for asked in server.asked
    ]
    assert sent == [["proj_mine", "org-mine", "yes"]] * 3
    assert [asked.headers["authorization"] for asked in server.asked] == [
        f"Bearer {KEY}",
        f"Bearer {KEY}",
        "Bearer made-up-other-key",
    ]


@pytest.mark.parametrize(
    "broken", ["[profile other]\nregion = eu-west-1\n", "this is no configuration\n"], ids=["missing", "broken"]
)
def test_own_keys_need_no_profile(serve: Serve, monkeypatch: pytest.MonkeyPatch, work: Path, broken: str) -> None:
    """A missing profile or a broken configuration file does not affect an account with its own keys."""
    (work / "config").write_text(broken)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(work / "config"))
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    server = serve(refuses(403, "reached"))
    used(KINDS[-1].account(server.url))
    assert len(server.asked) >= 2


def elsewhere(url: str) -> Answer:
    """Redirect every request to the same path at another server, with the body."""
    return lambda asked, reply: reply.send(307, b"", Location=url + asked.path)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_follows_a_redirect_to_another_origin(serve: Serve, kind: Kind) -> None:
    """Another port is another origin: neither a key nor a prompt arrives there, and the error names it."""
    other = serve(says({"object": "list", "data": []}))
    account = kind.account(serve(elsewhere(other.url)).url)
    for call in (account.models, lambda: list(account.chat(ChatRequest("m", [Message("user", PROMPT)])))):
        with pytest.raises(ProviderFailed) as caught:
            call()
        assert caught.value.kind is FailureKind.UNREACHABLE
        assert not caught.value.again
        assert other.url in caught.value.what
    assert other.asked == []


@pytest.mark.parametrize("kind", STAINLESS, ids=str)
def test_the_users_client_and_its_copies_follow_none_either(serve: Serve, kind: Kind) -> None:
    """The client that a user gets stays at the origin, too."""
    other = serve(says({"object": "list", "data": []}))
    client = kind.account(serve(elsewhere(other.url)).url).client
    for each in (client, client.with_options(timeout=5.0), client.copy(max_retries=0)):
        with pytest.raises(Exception, match="307"):
            each.models.list()
    assert other.asked == []


def test_geminis_asynchronous_client_follows_none_either(serve: Serve) -> None:
    """`client.aio` has a separate HTTP client."""
    other = serve(gemini())
    client = Account(Google(), {"api_key": Secret(GEMINI_KEY), "endpoint": serve(elsewhere(other.url)).url}).client

    async def ask() -> Any:
        return await client.aio.models.generate_content(model="gemini-3.8-flash", contents=PROMPT)

    with pytest.raises(Exception, match="307"):
        asyncio.run(ask())
    assert other.asked == []


def test_a_redirect_within_the_origin_is_followed(serve: Serve) -> None:
    """One example is a redirect to the path with a trailing slash."""

    def answer(asked: Asked, reply: Reply) -> None:
        if asked.path.endswith("/"):
            says({"object": "list", "data": []})(asked, reply)
        else:
            reply.send(307, b"", Location=asked.path + "/")

    server = serve(answer)
    assert KINDS[0].account(server.url).models() == []
    assert [asked.path for asked in server.asked] == ["/v1/models", "/v1/models/"]


def test_what_is_made_from_a_gemini_client_keeps_it_alive(serve: Serve) -> None:
    """The SDK's client closes itself when it is collected, although its models or a chat may still use it."""
    server = serve(gemini())

    def client() -> Any:
        return Account(Google(), {"api_key": Secret(GEMINI_KEY), "endpoint": server.url}).client

    models, chat, later = client().models, client().chats.create(model="gemini-3.8-flash"), client().aio
    gc.collect()
    assert len(list(models.list())) > 0
    assert "".join(part.text for part in chat.send_message_stream("hi")) == "Hello from ours."

    async def listed() -> int:
        return len([model async for model in await later.models.list()])

    assert asyncio.run(listed()) > 0


@pytest.mark.usefixtures("hostile")
def test_gemini_does_not_warn_of_variables_that_it_does_not_use(caplog: pytest.LogCaptureFixture) -> None:
    """The SDK logs that it uses GOOGLE_API_KEY whenever both are set, even with an explicit key."""
    with caplog.at_level(logging.WARNING):
        assert Account(Google(), {"api_key": Secret(GEMINI_KEY)}).client is not None
    assert caplog.messages == []


def test_a_session_token_of_this_machine_is_redacted(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No setting has it, but it is removed from an error that repeats it, and from botocore's log."""
    token = "made-up-session-token/0123456789+abcdef=="
    (work / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAMADEUPMACHINE123\naws_secret_access_key = made-up-machine-secret-01\n"
        f"aws_session_token = {token}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(work / "credentials"))
    server = serve(
        lambda asked, reply: refuses(403, f"You sent {asked.headers['x-amz-security-token']}.")(asked, reply)
    )
    account = Account(Amazon(), {"region": "us-east-1", "endpoint": server.url}, patience=20.0)
    _ = account.client
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderFailed) as caught:
        list(account.chat(ChatRequest("m", [Message("user", "hi")])))
    assert server.asked[0].headers["x-amz-security-token"] == token
    assert token not in str(caught.value)
    assert token not in caplog.text
    assert "made-up-machine-secret-01" not in caplog.text
