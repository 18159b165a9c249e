"""OpenAI's workload identity, and Databricks' and Snowflake's own configuration files. All servers are the tests' own."""

from __future__ import annotations

import asyncio
import base64
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, ProviderFailed, UntrustedHost
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Message
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.presets import Databricks, Snowflake
from aiconn_nb.providers.testing import leaks
from tests.google_key_file import private_key

from .servers import Answer, Server, is_garbage, refuses, routes, says, streams
from .token_servers import Tokens, claims, form

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("m", [Message("user", "hello")])
ANSWER = (
    {"choices": [{"index": 0, "delta": {"content": "Hello."}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
)
API = routes(
    {
        "/chat/completions": streams(ANSWER),
        "/models": says({"data": [{"id": "gpt-9"}]}),
        "/embeddings": says({"data": [{"index": 0, "embedding": [0.25, 0.5]}]}),
        "/serving-endpoints": says({"endpoints": [{"name": "claude-there", "task": "llm/v1/chat"}]}),
    }
)
SUBJECT = "made-up-head.made-up-claims.made-up-signature"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set a separate home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    for name in ("SNOWFLAKE_HOME", "DATABRICKS_CONFIG_FILE", "PRIVATE_KEY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def answered(mine: Account) -> list[Any]:
    """Return the pieces of a chat, without its end."""
    return list(mine.chat(HELLO))[:-1]


def failed(mine: Account, *secrets: str) -> ProviderFailed:
    """Return the error of a chat, which shows none of these secrets."""
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(HELLO))
    assert leaks(caught.value, [Secret(each) for each in secrets]) == []
    assert caught.value.kind is FailureKind.AUTHENTICATION
    return caught.value


# ---- OpenAI -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def workload(serve: Serve, monkeypatch: pytest.MonkeyPatch, home: Path) -> Callable[..., tuple[Account, Server]]:
    """Return an account with its token in a file, and the token exchange, which is ours."""
    (home / "token").write_text(f"{SUBJECT}\n")

    def made(exchange: Answer, works: Answer = API, **more: Any) -> tuple[Account, Server]:
        server = serve(works)
        monkeypatch.setattr(
            "aiconn_nb.providers.credentials.openai_workload.EXCHANGE", f"{serve(exchange).url}/oauth/token"
        )
        settings = {"identity_provider_id": "idp_1", "service_account_id": "svc_1", "token_file": str(home / "token")}
        return Account(OpenAI(), {**settings, "endpoint": f"{server.url}/v1", **more}, patience=20.0), server

    return made


def test_a_workloads_token_is_exchanged(workload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By RFC 8693, the file's token is sent to OpenAI's exchange, and both clients call with the token from there."""
    monkeypatch.setenv("OPENAI_API_KEY", "another-account")
    tokens = Tokens()
    mine, server = workload(tokens, tokens.guard(API))
    assert answered(mine) == [Delta("Hello.")]
    assert [each.id for each in mine.models()] == ["gpt-9"]
    assert [list(each) for each in mine.embed(["hello"], "e").vectors] == [[0.25, 0.5]]
    assert tokens.exchanged[0].json == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": SUBJECT,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "identity_provider_id": "idp_1",
        "service_account_id": "svc_1",
    }
    assert len(tokens.exchanged) == 1

    async def pieces() -> list[Any]:
        return [each async for each in mine.async_chat(HELLO)]

    assert asyncio.run(pieces())[:-1] == [Delta("Hello.")]
    assert {each.headers["authorization"] for each in server.asked} == {
        "Bearer made-up-token-1",
        f"Bearer {tokens.last}",
    }


def test_a_workloads_token_is_renewed(workload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is about to end is exchanged again before the next call."""
    now = 0.0
    monkeypatch.setattr("openai.auth._workload.time", SimpleNamespace(monotonic=lambda: now))
    tokens = Tokens()
    mine, server = workload(tokens, tokens.guard(API))
    assert answered(mine) == answered(mine) == [Delta("Hello.")]
    now = 3000.0
    assert answered(mine) == [Delta("Hello.")]
    assert [each.headers["authorization"][-1] for each in server.asked] == ["1", "1", "2"]


def test_a_refused_workload(workload: Any) -> None:
    """Neither the file's token nor OpenAI's message with it is shown."""
    mine, server = workload(says({"error": "invalid_grant", "error_description": f"no {SUBJECT}"}, 401))
    error = failed(mine, SUBJECT)
    assert "identity_provider_id" in error.hint
    assert server.asked == []


def test_a_file_without_a_token_is_not_sent(workload: Any, home: Path) -> None:
    """A bundle may name any file of this machine."""
    tokens = Tokens()
    mine, _ = workload(tokens)
    (home / "token").write_text("-----BEGIN MADE UP KEY-----\nmade-up-line-0123\n")
    failed(mine, "made-up-line-0123")
    assert tokens.exchanged == []


def test_a_workload_without_its_file(workload: Any) -> None:
    """The error names the file."""
    mine, _ = workload(Tokens(), token_file="/made/up/token")
    assert "token_file" in failed(mine).hint


def test_two_ways_at_once_are_refused() -> None:
    """An incomplete way is refused, too."""
    assert OpenAI().problems({"api_key": "x", "identity_provider_id": "x", "service_account_id": "x"}).keys() == {
        "identity_provider_id"
    }
    assert OpenAI().problems({"identity_provider_id": "x"}).keys() == {"service_account_id"}
    assert OpenAI().problems({"api_key": "x"}) == {}


# ---- Databricks ---------------------------------------------------------------------------------------------------------


def databricks(home: Path, text: str, profile: str = "DEFAULT") -> Account:
    """Return an account that names a profile in a file with this text."""
    (home / ".databrickscfg").write_text(text)
    return Account(Databricks(), {"profile": profile}, patience=20.0)


def test_a_profile_has_host_and_token(home: Path, serve: Serve) -> None:
    """Both come from the file, and the token is read again for each call."""
    server = serve(API)
    mine = databricks(home, f"[DEFAULT]\nhost = {server.url}/\ntoken = made-up-token-a\n")
    assert answered(mine) == [Delta("Hello.")]
    assert [each.id for each in mine.models()] == ["claude-there"]
    (home / ".databrickscfg").write_text(f"[DEFAULT]\nhost = {server.url}\ntoken = made-up-token-b\n")
    answered(mine)
    assert [each.path for each in server.asked] == [
        "/serving-endpoints/chat/completions",
        "/api/2.0/serving-endpoints",
        "/serving-endpoints/chat/completions",
    ]
    assert [each.headers["authorization"] for each in server.asked] == [
        "Bearer made-up-token-a",
        "Bearer made-up-token-a",
        "Bearer made-up-token-b",
    ]


def test_a_token_goes_to_no_host_that_came_later(home: Path, serve: Serve) -> None:
    """A client that was built for one host sends it nothing once the profile has another host."""
    server = serve(API)
    mine = databricks(home, f"[work]\nhost = {server.url}\ntoken = made-up-token-a\n", "work")
    answered(mine)
    (home / ".databrickscfg").write_text("[work]\nhost = http://127.0.0.1:9\ntoken = made-up-token-b\n")
    failed(mine, "made-up-token-b")
    assert len(server.asked) == 1


def test_a_service_principal_gets_a_token(home: Path, serve: Serve) -> None:
    """The client credentials of OAuth are exchanged once per lifetime of the token."""
    tokens = Tokens()
    server = serve(routes({"/oidc/v1/token": tokens, "/chat/completions": tokens.guard(streams(ANSWER))}))
    mine = databricks(
        home, f"[sp]\nhost = {server.url}\nclient_id = made-up-id\nclient_secret = made-up-secret-0123\n", "sp"
    )
    assert answered(mine) == answered(mine) == [Delta("Hello.")]
    (exchange,) = tokens.exchanged
    assert form(exchange) == {"grant_type": "client_credentials", "scope": "all-apis"}
    assert (
        base64.b64decode(exchange.headers["authorization"].removeprefix("Basic ")) == b"made-up-id:made-up-secret-0123"
    )


def test_a_host_as_a_browser_shows_it(home: Path, serve: Serve) -> None:
    """The addresses of Azure's workspaces end in ``/?o=NUMBER``, which belongs to no request."""
    tokens = Tokens()
    server = serve(
        routes({"/oidc/v1/token": tokens, "/serving-endpoints/chat/completions": tokens.guard(streams(ANSWER))})
    )
    text = f"[sp]\nhost = {server.url}/?o=123\nclient_id = made-up-id\nclient_secret = made-up-secret-0123\n"
    assert answered(databricks(home, text, "sp")) == [Delta("Hello.")]


def test_a_token_is_for_the_entries_that_it_was_made_for(home: Path, serve: Serve) -> None:
    """After a correction of the file, the next request has a new token, although the old one is still valid."""
    tokens = Tokens()
    server = serve(routes({"/oidc/v1/token": tokens, "/chat/completions": streams(ANSWER)}))
    text = f"[sp]\nhost = {server.url}\nclient_id = made-up-id\nclient_secret = made-up-secret-0123\n"
    mine = databricks(home, text, "sp")
    answered(mine)
    (home / ".databrickscfg").write_text(text.replace("made-up-id", "another-id"))
    answered(mine)
    names = [base64.b64decode(each.headers["authorization"].removeprefix("Basic ")) for each in tokens.exchanged]
    assert names == [b"made-up-id:made-up-secret-0123", b"another-id:made-up-secret-0123"]


def test_a_refused_service_principal(home: Path, serve: Serve) -> None:
    """The error does not show its secret."""
    server = serve(routes({"/oidc/v1/token": says({"error": "invalid_client"}, 401)}))
    text = f"[sp]\nhost = {server.url}\nclient_id = made-up-id\nclient_secret = made-up-secret-0123\n"
    failed(databricks(home, text, "sp"), "made-up-secret-0123")


@pytest.mark.parametrize(
    "answer",
    [
        is_garbage(),
        says(["made-up-token-0123"]),
        says({"access_token": "made-up-token-0123", "expires_in": "soon"}),
        None,
    ],
    ids=["no JSON", "no object", "no number", "no server"],
)
def test_no_frame_of_an_error_holds_a_principals_secret(answer: Any, home: Path, serve: Serve) -> None:
    """For any answer of the token server, the frames of this package in the SDK client's error hold no secret."""
    url = serve(routes({"/oidc/v1/token": answer})).url if answer else "http://127.0.0.1:9"
    text = f"[sp]\nhost = {url}\nclient_id = made-up-id\nclient_secret = made-up-secret-0123\n"
    assert_closed(databricks(home, text, "sp").client.models.list, "made-up-secret-0123", "made-up-token-0123")


def assert_closed(call: Callable[[], object], *secrets: str) -> None:
    """Check that a call's error, and the frames of this package in it, show none of these secrets."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call()
    shown = "".join(traceback.TracebackException.from_exception(caught.value).format())
    frames = traceback.walk_tb(caught.value.__traceback__)
    ours = [repr(frame.f_locals) for frame, _ in frames if "aiconn_nb" in frame.f_code.co_filename]
    for secret in secrets:
        assert secret not in shown
        assert not any(secret in each for each in ours)


def test_the_login_of_the_command_line(home: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """``databricks auth token`` prints a token. Without one, the advice is how to log in."""
    server = serve(API)
    text = f"[cli]\nhost = {server.url}\nauth_type = databricks-cli\n"
    monkeypatch.setenv("PATH", str(home / "bin"))
    assert "Databricks CLI" in str(failed(databricks(home, text, "cli")))
    program = home / "bin" / "databricks"
    program.parent.mkdir()
    printed = json.dumps({"access_token": "made-up-cli-token", "token_type": "Bearer", "expires_in": 3600})
    program.write_text(f"#!/bin/sh\n[ \"$*\" = 'auth token --profile cli' ] && printf '%s' '{printed}'\n")
    program.chmod(0o755)
    assert answered(databricks(home, text, "cli")) == [Delta("Hello.")]
    assert server.asked[-1].headers["authorization"] == "Bearer made-up-cli-token"
    program.write_text("#!/bin/sh\necho 'Error: made-up-cli-token is old' >&2; exit 1\n")
    assert "'databricks auth login --profile cli'" in failed(databricks(home, text, "cli"), "made-up-cli-token").hint


@pytest.mark.parametrize("text", ["[other]\nhost = https://x\n", "[work]\ntoken = made-up-secret\n", "made-up-secret"])
def test_a_profile_that_cannot_be_used(text: str, home: Path) -> None:
    """The error names the file and does not show its content."""
    error = failed(databricks(home, text, "work"), "made-up-secret")
    assert ".databrickscfg" in str(error)
    (home / ".databrickscfg").unlink()
    assert "'databricks auth login --profile work'" in failed(Account(Databricks(), {"profile": "work"})).hint


def test_the_files_host_is_asked_about(home: Path, session: Session, serve: Serve) -> None:
    """A host that the file names later gets nothing without a question: the sign-in was allowed for another host."""
    server, other = serve(API), serve(API)
    (home / ".databrickscfg").write_text(f"[work]\nhost = {server.url}\ntoken = made-up-token-a\n")
    session.create("lake", "databricks", settings={"profile": "work"})
    assert session.ask("hello", profile="lake", model="m").text == "Hello."
    (home / ".databrickscfg").write_text(f"[work]\nhost = {other.url}\ntoken = made-up-token-a\n")
    with pytest.raises(UntrustedHost) as caught:
        session.ask("hello", profile="lake", model="m")
    assert caught.value.host == other.url
    assert other.asked == []


# ---- Snowflake ----------------------------------------------------------------------------------------------------------


def snowflake(home: Path, text: str, name: str = "work", file: str = "connections.toml") -> Account:
    """Return an account that names a connection in a file with this text."""
    (home / ".snowflake").mkdir(exist_ok=True)
    (home / ".snowflake" / file).write_text(text)
    return Account(Snowflake(), {"connection": name}, patience=20.0)


@pytest.mark.parametrize(
    ("file", "table"), [("connections.toml", "work"), ("config.toml", "connections.work")], ids=["own", "config"]
)
def test_a_connection_has_account_and_token(file: str, table: str, home: Path, serve: Serve) -> None:
    """This holds for either file."""
    server = serve(API)
    text = f"""[{table}]
account = "ORG-MY_ACCOUNT"
host = "{server.url}"
authenticator = "PROGRAMMATIC_ACCESS_TOKEN"
token = "made-up-token-a"
"""
    mine = snowflake(home, text, file=file)
    assert answered(mine) == [Delta("Hello.")]
    assert server.asked[0].path == "/api/v2/cortex/v1/chat/completions"
    assert server.asked[0].headers["authorization"] == "Bearer made-up-token-a"


def test_the_host_is_the_accounts(home: Path) -> None:
    """An underscore becomes a hyphen in the host name."""
    mine = snowflake(home, '[work]\naccount = "ORG-MY_ACCOUNT"\n')
    assert mine.endpoint == "https://org-my-account.snowflakecomputing.com/api/v2/cortex/v1"


def test_a_key_pair_signs_a_token(home: Path, serve: Serve) -> None:
    """The token names the user and the fingerprint of the public key, lasts an hour, and is used until it ends."""
    server = serve(API)
    (home / "key.p8").write_text(private_key())
    text = f"""[work]
account = "org-account"
host = "{server.url}"
user = "notebook"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "{home / "key.p8"}"
"""
    mine = snowflake(home, text)
    assert answered(mine) == answered(mine) == [Delta("Hello.")]
    first, second = (each.headers["authorization"].removeprefix("Bearer ") for each in server.asked)
    said = claims(first, private_key())
    assert first == second
    assert said["sub"] == "ORG-ACCOUNT.NOTEBOOK"
    assert said["iss"].startswith("ORG-ACCOUNT.NOTEBOOK.SHA256:")
    assert said["exp"] - said["iat"] == 3540
    snowflake(home, text.replace("notebook", "another"))
    answered(mine)
    third = server.asked[-1].headers["authorization"].removeprefix("Bearer ")
    assert claims(third, private_key())["sub"] == "ORG-ACCOUNT.ANOTHER"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[other]\naccount = "a"\n', "snow connection add --connection-name work"),
        ('[work]\nuser = "made-up-secret"\n', "account"),
        ('[work]\naccount = "a"\npassword = "made-up-secret"\n', "SNOWFLAKE_JWT"),
        ('[work]\naccount = "a"\nauthenticator = "oauth"\n', "token_file_path"),
        ('[work]\naccount = "made-up-secret\n', "file"),
        (
            '[work]\naccount = "a"\nauthenticator = "SNOWFLAKE_JWT"\nprivate_key_file = "/none"\n',
            "connection",
        ),
    ],
)
def test_a_connection_that_cannot_be_used(text: str, said: str, home: Path) -> None:
    """The error has advice and shows nothing of the file."""
    assert said in failed(snowflake(home, text), "made-up-secret").hint


@pytest.mark.parametrize("token", [b"\xff\xfemade-up-secret-0123", b"made-up-secret-0123\nmade-up-secret-0123"])
def test_a_token_file_that_holds_no_token(token: bytes, home: Path) -> None:
    """The error of the SDK's client repeats no part of it."""
    (home / "token").write_bytes(token)
    text = f'[work]\naccount = "a"\nauthenticator = "oauth"\ntoken_file_path = "{home / "token"}"\n'
    mine = snowflake(home, text)
    assert_closed(mine.client.models.list, "made-up-secret-0123")
    failed(mine, "made-up-secret-0123")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config.toml", 'connections = "made-up-secret"'),
        ("connections.toml", '[work]\naccount = "a"\nauthenticator = "oauth"\ntoken_file_path = 5'),
    ],
)
def test_a_file_with_other_types(file: str, text: str, home: Path) -> None:
    """It is the user's mistake, not a fault of the provider."""
    failed(snowflake(home, text, file=file), "made-up-secret")


def test_no_file_and_no_sign_in_of_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection with its own key reads no file."""
    monkeypatch.setenv("SNOWFLAKE_HOME", "/made/up")
    settings = {"endpoint": "http://127.0.0.1:9", "api_key": Secret("made-up-key-0123")}
    mine = Account(Snowflake(), settings, patience=2.0)
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(HELLO))
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_a_token_that_the_server_refuses(home: Path, serve: Serve) -> None:
    """The failure is the same as for any other server."""
    server = serve(refuses(401, "PAT is invalid"))
    text = f'[work]\naccount = "a"\nhost = "{server.url}"\nauthenticator = "oauth"\ntoken = "made-up-token-a"\n'
    assert "PAT is invalid" in str(failed(snowflake(home, text), "made-up-token-a"))
