"""A program that `run`, `use --env` or `environ` starts with a connection's variables uses that account and no other.

Each SDK runs in a child process, in an environment full of other accounts. What the server receives decides.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from aiconn_nb.errors import QueryNotExported
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.exports import Exports
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.microsoft_foundry import MicrosoftFoundry
from aiconn_nb.providers.ollama import Ollama
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible

from .flavours import DATED
from .servers import Answer, Server, refuses
from .test_own_account import HOSTILE, STRANGER, heard

Serve = Callable[[Answer], Server]

pytestmark = pytest.mark.oldest

KEY = "made-up-exported-key-0123456789"
MORE = {
    "OPENAI_ORGANIZATION": STRANGER,
    "OPENAI_API_BASE": "http://127.0.0.1:9/stranger",
    "OPENAI_API_TYPE": "azure",
    "ANTHROPIC_API_URL": "http://127.0.0.1:9/stranger",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "AWS_DEFAULT_PROFILE": "nowhere",
    "AWS_SECURITY_TOKEN": STRANGER,
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/stranger",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
    "AWS_REGION": "xx-stranger-1",
    "AWS_DEFAULT_REGION": "xx-stranger-1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ENDPOINT_URL_BEDROCK": "http://127.0.0.1:9/stranger",
    "AWS_AUTH_SCHEME_PREFERENCE": "httpBearerAuth",
    "AZURE_TENANT_ID": "stranger",
    "AZURE_CLIENT_ID": "stranger",
    "AZURE_CLIENT_SECRET": STRANGER,
    "AZURE_AUTHORITY_HOST": "https://stranger.example",
}


@dataclass(frozen=True)
class Program:
    """A typical third-party program, and the account with which it is started."""

    name: str
    provider: Provider
    settings: Callable[[str], Settings]
    code: str
    header: str
    """The header with the key."""

    def __str__(self) -> str:
        return self.name


def with_key(url: str) -> Settings:
    """Return a key and an endpoint, which most providers need."""
    return {"api_key": Secret(KEY), "endpoint": url}


def at_v1(url: str) -> Settings:
    """Return the same, with the version of OpenAI's protocol in the endpoint."""
    return {"api_key": Secret(KEY), "endpoint": f"{url}/v1"}


def dated(url: str) -> Settings:
    """Return a resource of Azure that uses the older API."""
    return {**with_key(url), "api_version": DATED}


def on_aws(url: str) -> Settings:
    """Return keys of AWS. A server receives their ID."""
    keys: Settings = {"access_key_id": Secret(KEY), "secret_access_key": Secret("made-up-secret-0123456789")}
    return {"region": "eu-west-1", "endpoint": url, **keys}


BEDROCK = """
import boto3
said = [{"role": "user", "content": [{"text": "hi"}]}]
boto3.client("bedrock-runtime").converse(modelId="m", messages=said)
"""
PROGRAMS = (
    Program("openai", OpenAI(), at_v1, "import openai; openai.OpenAI(max_retries=0).models.list()", "authorization"),
    Program("openai module", OpenAI(), at_v1, "import openai; openai.models.list()", "authorization"),
    Program(
        "compatible",
        OpenAICompatible(),
        at_v1,
        "import openai; openai.OpenAI(max_retries=0).models.list()",
        "authorization",
    ),
    Program(
        "azure",
        MicrosoftFoundry(),
        dated,
        "import openai; openai.AzureOpenAI(max_retries=0).models.list()",
        "api-key",
    ),
    Program(
        "anthropic", Anthropic(), with_key, "import anthropic; anthropic.Anthropic(max_retries=0).models.list()", ""
    ),
    Program(
        "google", Google(), with_key, "from google import genai; c = genai.Client(); c.models.list()", "x-goog-api-key"
    ),
    Program("bedrock", Amazon(), on_aws, BEDROCK, "authorization"),
    Program("bedrock lists", Amazon(), on_aws, "import boto3; boto3.client('bedrock').list_foundation_models()", ""),
)


def by_run(account: Account, environ: dict[str, str]) -> dict[str, str]:
    """Return the environment that `run` gives to a command."""
    return account.child_environment(environ)


def by_exports(account: Account, environ: dict[str, str]) -> dict[str, str]:
    """Return the environment that `use --env` and `environ` make."""
    Exports(environ).set(account)
    return environ


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_uses_the_account_that_it_is_started_with(serve: Serve, program: Program) -> None:
    """The server receives this account's key and nothing of another, and the other addresses receive nothing."""
    server = serve(refuses(401))
    around = {**os.environ, **HOSTILE, **MORE, "AWS_EC2_METADATA_DISABLED": "true"}
    environ = by_run(Account(program.provider, program.settings(server.url)), around)
    child = subprocess.run(
        [sys.executable, "-c", program.code], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert server.asked, child.stderr[-500:]
    for asked in server.asked:
        assert KEY in (asked.headers.get(program.header, "") if program.header else str(dict(asked.headers)))
        assert "stranger" not in heard(asked)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_both_ways_make_the_same_environment(program: Program) -> None:
    """The environment that `run` gives to a command equals the one that `use --env` and `environ` make of the process."""
    account = Account(program.provider, program.settings("http://127.0.0.1:9"))
    assert by_run(account, {**HOSTILE, **MORE}) == by_exports(account, {**HOSTILE, **MORE})


def hostile_for(provider: Provider, settings: Settings) -> dict[str, str]:
    """Return the variables of the other accounts that are left beside this account's."""
    kept = Account(provider, settings).child_environment({**HOSTILE, **MORE})
    return {name: value for name, value in kept.items() if name in {**HOSTILE, **MORE}}


def test_plain_openai_leaves_no_endpoint() -> None:
    """OpenAI's endpoint is the SDK's default, and any other is removed."""
    left = hostile_for(OpenAI(), {"api_key": Secret(KEY)})
    assert {name: value for name, value in left.items() if name.startswith("OPENAI_")} == {"OPENAI_API_KEY": KEY}


def test_an_application_of_entra_id_is_alone() -> None:
    """No key and no other application, certificate or authority is left beside it."""
    application: Settings = {"tenant_id": "t-1", "client_id": "c-1", "client_secret": Secret(KEY)}
    left = hostile_for(MicrosoftFoundry(), {"endpoint": "https://made-up.openai.azure.com/openai/v1", **application})
    assert {name: value for name, value in left.items() if name.startswith("AZURE_")} == {
        "AZURE_OPENAI_ENDPOINT": "https://made-up.openai.azure.com",
        "AZURE_TENANT_ID": "t-1",
        "AZURE_CLIENT_ID": "c-1",
        "AZURE_CLIENT_SECRET": KEY,
    }
    assert not [name for name in left if name.startswith("OPENAI_")]


def test_a_key_of_azure_leaves_no_application_of_entra_id() -> None:
    """A program that prefers Entra ID would otherwise sign in with the application."""
    left = hostile_for(MicrosoftFoundry(), {"endpoint": "https://made-up.openai.azure.com", "api_key": Secret(KEY)})
    assert [name for name in left if name.startswith("AZURE_")] == ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"]


def test_whom_this_machine_is_signed_in_as_stays() -> None:
    """A connection without keys means that account, so its identity must reach the program."""
    left = hostile_for(Amazon(), {"region": "eu-west-1"})
    assert {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK"} <= left.keys()
    assert left["AWS_REGION"] == left["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not [name for name in left if name.startswith("AWS_ENDPOINT_URL")]
    left = hostile_for(MicrosoftFoundry(), {"endpoint": "https://made-up.openai.azure.com"})
    assert {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"} <= left.keys()
    assert "AZURE_OPENAI_API_KEY" not in left


def test_a_profile_is_the_profile_and_nothing_else() -> None:
    """The keys and the roles of the environment would take precedence."""
    left = hostile_for(Amazon(), {"region": "eu-west-1", "profile": "mine"})
    assert {name: value for name, value in left.items() if name.startswith("AWS_")} == {
        "AWS_PROFILE": "mine",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }


def test_ollamas_library_gets_no_key() -> None:
    """The library sends OLLAMA_API_KEY to every host."""
    left = hostile_for(Ollama(), {"endpoint": "http://localhost:11434"})
    assert {name: value for name, value in left.items() if name.startswith("OLLAMA_")} == {
        "OLLAMA_HOST": "http://localhost:11434"
    }


@pytest.mark.parametrize("program", PROGRAMS[:-1], ids=str)
def test_a_program_gets_no_endpoint_with_a_query(serve: Serve, program: Program) -> None:
    """Its SDK would put the path after the query. Only boto3 keeps it, and Azure's endpoint never has one."""
    server = serve(refuses(401))
    account = Account(
        program.provider, {**program.settings(server.url), "endpoint": f"{server.url}/v1?tag=x"}, label="gateway"
    )
    if program.name in ("azure", "bedrock"):
        assert account.environment()
        return
    with pytest.raises(QueryNotExported) as raised:
        account.environment()
    assert raised.value.alias == "gateway"
