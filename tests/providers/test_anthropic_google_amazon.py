"""What Anthropic, Google and Amazon ask for and answer without a network."""

from __future__ import annotations

import pytest

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.field import NETWORK_GROUP
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.failures.transport import transport_failure
from aiconn_nb.providers.google import Google

KEY = "made-up-0123456789"


@pytest.mark.parametrize(
    ("provider", "fields", "capabilities"),
    [
        (Anthropic(), "api_key*!, endpoint", {Capability.CHAT}),
        (Google(), "api_key*!, endpoint", {Capability.CHAT, Capability.EMBEDDING}),
        (
            Amazon(),
            "region*, api_key!, access_key_id!, secret_access_key!, session_token!, profile, endpoint",
            {Capability.CHAT, Capability.EMBEDDING},
        ),
    ],
)
def test_what_a_provider_asks_for(provider: Provider, fields: str, capabilities: set[Capability]) -> None:
    """These are its fields (* required, ! sensitive) and capabilities. Each field has a help text beyond its name."""
    own = [each for each in provider.fields if each.group != NETWORK_GROUP]
    asked = [f"{each.key}{'*' * each.required}{'!' * each.sensitive}" for each in own]
    assert ", ".join(asked) == fields
    assert provider.capabilities == capabilities
    assert all(each.help and (each.suggested_reference or each.choices) for each in own)
    assert all(each.help and (each.placeholder or each.choices) for each in provider.fields if each not in own)
    assert provider.field("endpoint").type == "url"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("provider", "settings", "variables"),
    [
        (
            Anthropic(),
            {"api_key": Secret(KEY)},
            {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "https://api.anthropic.com"},
        ),
        (
            Anthropic(),
            {"api_key": Secret(KEY), "endpoint": "http://localhost:4010"},
            {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "http://localhost:4010"},
        ),
        (Google(), {"api_key": Secret(KEY)}, {"GEMINI_API_KEY": KEY, "GOOGLE_API_KEY": KEY}),
        (Amazon(), {"region": "eu-west-1"}, {"AWS_DEFAULT_REGION": "eu-west-1"}),
        (
            Amazon(),
            {
                "region": "eu-west-1",
                "access_key_id": Secret("AKIA1"),
                "secret_access_key": Secret("s"),
                "session_token": Secret("t"),
                "profile": "not a variable",
            },
            {
                "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_ACCESS_KEY_ID": "AKIA1",
                "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_SESSION_TOKEN": "t",
            },
        ),
    ],
)
def test_the_variables_of_its_ecosystem(provider: Provider, settings: Settings, variables: dict[str, str]) -> None:
    """Only set fields have variables, in the clear. Anthropic's endpoint always has one, so that no other endpoint gets the key."""
    assert provider.environment(settings) == variables


@pytest.mark.parametrize(
    ("provider", "settings", "endpoint"),
    [
        (Anthropic(), {}, "https://api.anthropic.com"),
        (Anthropic(), {"endpoint": "http://localhost:1"}, "http://localhost:1"),
        (Google(), {}, "https://generativelanguage.googleapis.com"),
        (Google(), {"endpoint": "http://localhost:1/v1beta"}, "http://localhost:1/v1beta"),
        (Amazon(), {"region": "us-gov-west-1"}, "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
        (Amazon(), {"region": "cn-north-1"}, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
        (Amazon(), {"region": "us-east-1", "endpoint": "http://localhost:1"}, "http://localhost:1"),
    ],
)
def test_where_it_talks_to(provider: Provider, settings: Settings, endpoint: str) -> None:
    """The client calls the endpoint as set, or the provider's own."""
    assert provider.endpoint(settings) == endpoint


@pytest.mark.parametrize(
    ("provider", "host", "official"),
    [
        (Anthropic(), "api.anthropic.com", True),
        (Anthropic(), "API.Anthropic.com.", True),
        (Anthropic(), "docs.anthropic.com", False),
        (Anthropic(), "api.anthropic.com.evil.example", False),
        (Google(), "generativelanguage.googleapis.com", True),
        (Google(), "storage.googleapis.com", False),
        (Google(), "evil-generativelanguage.googleapis.com", False),
        (Amazon(), "bedrock-runtime.us-east-1.amazonaws.com", True),
        (Amazon(), "bedrock-runtime-fips.us-gov-west-1.amazonaws.com", True),
        (Amazon(), "bedrock-runtime.eu-central-1.api.aws", True),
        (Amazon(), "vpce-0a1-xyz.bedrock-runtime.us-east-1.vpce.amazonaws.com", True),
        (Amazon(), "bedrock-runtime.s3.amazonaws.com", False),
        (Amazon(), "bedrock.s3-us-west-2.amazonaws.com", False),
        (Amazon(), "ec2-1-2-3-4.us-east-1.compute.amazonaws.com", False),
        (Amazon(), "x.bedrock-runtime.us-east-1.amazonaws.com", False),
        (Amazon(), "localhost", False),
    ],
)
def test_whose_host_it_is(provider: Provider, host: str, official: bool) -> None:
    """A key goes without a question only to a host that no one else can have."""
    assert provider.official(host) is official


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ([], {}),
        (["profile"], {}),
        (["access_key_id", "secret_access_key"], {}),
        (["access_key_id", "secret_access_key", "session_token", "profile"], {}),
        (["access_key_id"], {"secret_access_key": "is missing: access_key_id needs it"}),
        (["secret_access_key"], {"access_key_id": "is missing: secret_access_key needs it"}),
        (["session_token"], {"access_key_id": "is missing: session_token needs it"}),
    ],
)
def test_amazons_keys_come_together(keys: list[str], problems: dict[str, str]) -> None:
    """Both keys are set or neither is, and a session token needs them."""
    assert Amazon().problems(dict.fromkeys(["region", *keys], "$AWS:Anything")) == problems


def test_what_goes_wrong_below_a_protocol() -> None:
    """Python's own connection errors have a kind. A programming error has none."""
    errors = (ConnectionResetError("reset"), TimeoutError(), OSError("no route"), ValueError("x"))
    found = [transport_failure(error) for error in errors]
    assert [failure and failure.kind for failure in found] == [
        FailureKind.UNREACHABLE,
        FailureKind.TIMEOUT,
        FailureKind.UNREACHABLE,
        None,
    ]
