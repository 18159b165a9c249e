"""Profiles of AWS's configuration: SSO, a role, a program; and Claude on Bedrock. All servers are the tests' own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Settings
from aiconn_nb.providers.claude_on_clouds import ClaudeOnBedrock
from aiconn_nb.providers.testing import leaks

from . import messages_server
from .bedrock_server import GOOD_KEY, STREAM, WRONG_KEY, bedrock, frame
from .servers import Answer, Asked, Reply, Server, routes, says

Serve = Callable[[Answer], Server]

SECRET = "made/up/secret/access/key/for/the/tests0"
SESSION = "made-up-session-token-0123456789"
START_URL = "https://made-up.awsapps.com/start"
HELLO = ChatRequest("amazon.nova-lite-v1:0", [Message("user", "hello")])
CLAUDE = ChatRequest("us.anthropic.claude-sonnet-5-v1:0", [Message("user", "hello")])
EVENTS = (
    messages_server.START,
    messages_server.text("Hello "),
    messages_server.text("from ours."),
    messages_server.ended("end_turn", 5),
    messages_server.STOP,
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set a separate home folder with AWS's files, without a role of the machine."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    # botocore looks for the home folder once, when it is imported.
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(cache))
    monkeypatch.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", str(cache))
    return tmp_path


def configure(home: Path, text: str) -> None:
    """Write the text of AWS's configuration file."""
    (home / ".aws" / "config").write_text(text)


def sso(home: Path, portal: str, *, ends: timedelta = timedelta(hours=1)) -> None:
    """Write a profile as ``aws configure sso`` does, and the files that ``aws sso login`` leaves."""
    configure(
        home,
        f"""
[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Reader
services = ours
[sso-session corp]
sso_region = us-east-1
sso_start_url = {START_URL}
sso_registration_scopes = sso:account:access
[services ours]
sso =
  endpoint_url = {portal}
sso_oidc =
  endpoint_url = {portal}
""",
    )
    token = {
        "startUrl": START_URL,
        "region": "us-east-1",
        "accessToken": "made-up-sso-token-0123456789",
        "expiresAt": f"{datetime.now(UTC) + ends:%Y-%m-%dT%H:%M:%SZ}",
    }
    name = hashlib.sha1(b"corp", usedforsecurity=False).hexdigest()
    (home / ".aws" / "sso" / "cache" / f"{name}.json").write_text(json.dumps(token))


def portal(lifetime: timedelta = timedelta(hours=1)) -> Answer:
    """Answer as the SSO portal: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html."""

    def answer(asked: Asked, reply: Reply) -> None:
        ends = int((datetime.now(UTC) + lifetime).timestamp() * 1000)
        keys = {"accessKeyId": GOOD_KEY, "secretAccessKey": SECRET, "sessionToken": SESSION, "expiration": ends}
        is_good = asked.headers.get("x-amz-sso_bearer_token") == "made-up-sso-token-0123456789"
        says({"roleCredentials": keys} if is_good else {"message": "No."}, 200 if is_good else 401)(asked, reply)

    return routes({"/federation/credentials": answer})


def account(url: str, provider: Any = None, **more: Any) -> Account:
    """Return an account in one region."""
    every: Settings = {"region": "us-east-1", "endpoint": url, **more}
    return Account(provider or Amazon(), every, label="bedrock", patience=20)


def is_signed(asked: Asked, host: str, secret: str = SECRET, token: str | None = None) -> bool:
    """Return whether a request has the signature that AWS would compute from the same request."""
    said = asked.headers["authorization"]
    names = said.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name: asked.headers[name] for name in names}
    again = AWSRequest(asked.method, f"{host}{asked.path}", headers, asked.body)
    again.context["timestamp"] = asked.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(GOOD_KEY, secret, token), "bedrock", "us-east-1")
    signature = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    return said.endswith(f"Signature={signature}")


def claude(asked: Asked, reply: Reply) -> None:
    """Answer as Bedrock's InvokeModel does for Claude, as a whole or in AWS's framing."""
    if asked.path.endswith("/invoke"):
        says(
            {
                **messages_server.MESSAGE,
                "content": [{"type": "text", "text": "Hello."}],
                "stop_reason": "end_turn",
                "usage": messages_server.USAGE,
            }
        )(asked, reply)
        return
    reply.start(STREAM)
    for each in EVENTS:
        payload = {"bytes": base64.b64encode(json.dumps(each).encode()).decode()}
        reply.chunk(frame(payload, event_type="chunk", content_type="application/json", message_type="event"))
    reply.chunk(b"")


def failed(mine: Account, request: ChatRequest = HELLO) -> ProviderFailed:
    """Return the error of a chat."""
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(request))
    assert leaks(caught.value, [Secret(SECRET), Secret(SESSION), Secret("made-up-sso-token-0123456789")]) == []
    return caught.value


def test_an_sso_profile_gets_the_roles_credentials(home: Path, serve: Serve) -> None:
    """The portal returns them for the token of ``aws sso login``, and each call is signed with them."""
    sso(home, serve(portal()).url)
    server = serve(bedrock())
    assert len(list(account(server.url, profile="work").chat(HELLO))) == 3
    assert server.asked[0].headers["x-amz-security-token"] == SESSION
    assert is_signed(server.asked[0], server.url, token=SESSION)


def test_credentials_that_end_are_asked_for_again(home: Path, serve: Serve) -> None:
    """The portal is asked before the next call, but not before a call that needs none."""
    asked = []
    for lifetime in (timedelta(hours=1), timedelta(minutes=5)):
        there = serve(portal(lifetime))
        sso(home, there.url)
        mine = account(serve(bedrock()).url, profile="work")
        list(mine.chat(HELLO))
        list(mine.chat(HELLO))
        asked.append(len(there.asked))
    assert asked[0] == 1
    assert asked[1] > 1


@pytest.mark.parametrize("provider", [Amazon(), ClaudeOnBedrock()])
def test_a_sign_in_that_has_ended_says_the_command(
    provider: Any, home: Path, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """The token has expired or is missing, or the portal refuses it. No traceback is logged."""
    server = serve(bedrock())
    sso(home, "http://127.0.0.1:9", ends=timedelta(hours=-1))
    old = failed(account(server.url, provider, profile="work"))
    for each in (home / ".aws" / "sso" / "cache").iterdir():
        each.unlink()
    absent = failed(account(server.url, provider, profile="work"))
    sso(home, serve(says({"message": "No."}, 401, x_amzn_ErrorType="UnauthorizedException")).url)
    refused = failed(account(server.url, provider, profile="work"))
    assert caplog.text == ""
    for error in (old, absent, refused):
        assert error.kind is FailureKind.AUTHENTICATION
        assert "'aws sso login --profile work'" in error.hint
    assert server.asked == []


@pytest.mark.parametrize("provider", [Amazon(), ClaudeOnBedrock()])
def test_a_profile_that_is_not_there(provider: Any, serve: Serve) -> None:
    """The error names it, with advice."""
    error = failed(account(serve(bedrock()).url, provider, profile="wrok"))
    assert error.kind is FailureKind.AUTHENTICATION
    assert "aws configure sso --profile wrok" in error.hint


@pytest.mark.parametrize("provider", [Amazon(), ClaudeOnBedrock()])
def test_a_machine_without_credentials(provider: Any, serve: Serve) -> None:
    """No request is sent."""
    server = serve(bedrock())
    assert failed(account(server.url, provider)).kind is FailureKind.AUTHENTICATION
    assert server.asked == []


def test_a_profile_that_takes_a_role(home: Path, serve: Serve) -> None:
    """STS answers the role's credentials: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
    ends = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    body = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{GOOD_KEY}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>{SESSION}</SessionToken>
<Expiration>{ends}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
    sts = serve(lambda asked, reply: reply.send(200, body.encode(), "text/xml"))
    configure(
        home,
        f"""
[profile base]
aws_access_key_id = {WRONG_KEY}
aws_secret_access_key = {SECRET}
[profile role]
role_arn = arn:aws:iam::123456789012:role/Reader
source_profile = base
region = us-east-1
services = ours
[services ours]
sts =
  endpoint_url = {sts.url}
""",
    )
    server = serve(bedrock())
    assert len(list(account(server.url, profile="role").chat(HELLO))) == 3
    assert b"Action=AssumeRole" in sts.asked[0].body
    assert is_signed(server.asked[0], server.url, token=SESSION)


def test_a_profile_that_runs_a_program(home: Path, serve: Serve) -> None:
    """The credentials that ``credential_process`` prints sign the calls."""
    printed = {"Version": 1, "AccessKeyId": GOOD_KEY, "SecretAccessKey": SECRET}
    (home / "keys.json").write_text(json.dumps(printed))
    configure(home, f"[profile program]\ncredential_process = cat {home / 'keys.json'}\n")
    server = serve(bedrock())
    assert len(list(account(server.url, profile="program").chat(HELLO))) == 3
    assert is_signed(server.asked[0], server.url)


def keys() -> dict[str, Any]:
    """Return the connection's own keys."""
    return {"access_key_id": Secret(GOOD_KEY), "secret_access_key": Secret(SECRET)}


async def _asked(mine: Account) -> tuple[list[Delta | Finish], str]:
    pieces = [piece async for piece in mine.async_chat(CLAUDE)]
    return pieces, (await mine.async_complete(CLAUDE)).text


def test_claude_on_bedrock_is_signed_and_unframed(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is Anthropic's, its path and signature are AWS's. No profile or token of the environment is used."""
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "another-account")
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer another-account")
    server = serve(claude)
    mine = account(server.url, ClaudeOnBedrock(), **keys())
    *pieces, finish = mine.chat(CLAUDE)
    assert pieces == [Delta("Hello "), Delta("from ours.")]
    assert isinstance(finish, Finish)
    assert (finish.reason, finish.usage.output_tokens) == ("end_turn", 5)
    assert server.asked[0].path == "/model/us.anthropic.claude-sonnet-5-v1:0/invoke-with-response-stream"
    assert is_signed(server.asked[0], server.url)
    list(mine.chat(ChatRequest(CLAUDE.model, CLAUDE.messages, temperature=0.5)))
    assert server.asked[1].json["anthropic_version"] == "bedrock-2023-05-31"
    assert asyncio.run(_asked(mine))[0][:2] == pieces
    assert asyncio.run(_asked(mine))[1] == "Hello."
    assert all(is_signed(each, server.url) for each in server.asked)


def test_claude_on_bedrock_by_sso(home: Path, serve: Serve) -> None:
    """The same profile works with Anthropic's SDK."""
    sso(home, serve(portal()).url)
    server = serve(claude)
    assert len(list(account(server.url, ClaudeOnBedrock(), profile="work").chat(CLAUDE))) == 3
    assert is_signed(server.asked[0], server.url, token=SESSION)


def test_claude_on_bedrock_with_an_api_key(serve: Serve) -> None:
    """A Bedrock key is sent unchanged."""
    server = serve(claude)
    assert len(list(account(server.url, ClaudeOnBedrock(), api_key=Secret("made-up-bedrock-key")).chat(CLAUDE))) == 3
    assert server.asked[0].headers["authorization"] == "Bearer made-up-bedrock-key"


def test_the_models_are_anthropics_of_the_region(serve: Serve) -> None:
    """They are listed by boto3, with the profiles that are needed to call them."""
    mine = account(serve(bedrock()).url, ClaudeOnBedrock(), **keys())
    assert [each.id for each in mine.models()] == ["us.anthropic.claude-sonnet-5-v1:0"]


def test_a_refused_signature_is_told(serve: Serve) -> None:
    """The error has AWS's message."""
    mine = account(
        serve(bedrock()).url, ClaudeOnBedrock(), access_key_id=Secret(WRONG_KEY), secret_access_key=Secret(SECRET)
    )
    error = failed(mine, CLAUDE)
    assert error.kind in (FailureKind.AUTHENTICATION, FailureKind.PERMISSION)
