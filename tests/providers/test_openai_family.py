"""The providers that speak OpenAI's protocol, as far as no server is needed."""

from __future__ import annotations

import openai
import pytest
from azure.core import exceptions as azure
from azure.identity import CredentialUnavailableError

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.claude_on_clouds import ClaudeOnVertex
from aiconn_nb.providers.microsoft_foundry import MicrosoftFoundry
from aiconn_nb.providers.ollama import Ollama
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible

KEY = Secret("made-up-key-0123456789")
RESOURCE = "https://made-up.openai.azure.com"


def table(provider: Provider) -> list[tuple[str, str, bool, bool, str, object]]:
    """Return the fields in the layout of the design's table, without the network fields: key, type, required, sensitive, group,
    default."""
    return [
        (f.key, f.type, f.required, f.sensitive, f.group, f.default) for f in provider.fields if f.group != "Network"
    ]


WORKLOAD = ("identity_provider_id", "service_account_id", "token_source", "token_file")


def test_openai_asks_for_a_key_and_little_else() -> None:
    """Its fields and variables are those of the design."""
    assert table(OpenAI()) == [
        ("api_key", "text", True, True, "", None),
        ("organization", "text", False, False, "", None),
        ("project", "text", False, False, "", None),
        ("endpoint", "url", False, False, "", None),
        *((key, "text", False, False, "Workload identity", None) for key in WORKLOAD),
    ]
    settings: Settings = {
        "api_key": KEY,
        "organization": "org-1",
        "project": "proj_1",
        "endpoint": "https://x.example/v1",
    }
    assert OpenAI().environment(settings) == {
        "OPENAI_API_KEY": "made-up-key-0123456789",
        "OPENAI_ORG_ID": "org-1",
        "OPENAI_PROJECT_ID": "proj_1",
        "OPENAI_BASE_URL": "https://x.example/v1",
    }


@pytest.mark.parametrize("endpoint", [{}, {"endpoint": "https://api.openai.com/v1/"}], ids=["none", "as it is anyway"])
def test_openais_own_endpoint_is_not_exported(endpoint: dict[str, str]) -> None:
    """With OPENAI_BASE_URL set, langchain-openai does not count the tokens of a stream. A leftover one is removed."""
    settings: Settings = {"api_key": KEY, **endpoint}
    assert OpenAI().environment(settings) == {"OPENAI_API_KEY": "made-up-key-0123456789"}
    assert "OPENAI_BASE_URL" in OpenAI().removed(settings)


@pytest.mark.parametrize(
    ("provider", "endpoint", "pinned"),
    [
        (OpenAI(), "https://eu.api.openai.com/v1", {}),
        (OpenAI(), "https://gateway.example/v1", {"OPENAI_AGENTS_DISABLE_TRACING": "1"}),
        (OpenAICompatible(), "http://localhost:8000/v1", {"OPENAI_AGENTS_DISABLE_TRACING": "1"}),
    ],
)
def test_another_servers_key_is_not_sent_to_openai_with_traces(
    provider: Provider, endpoint: str, pinned: dict[str, str]
) -> None:
    """The agents' SDK sends traces to OpenAI with the exported key, whatever OPENAI_BASE_URL is."""
    assert provider.pinned({"api_key": KEY, "endpoint": endpoint}) == pinned


@pytest.mark.parametrize(
    ("provider", "host", "official"),
    [
        (OpenAI(), "api.openai.com", True),
        (OpenAI(), "EU.api.openai.com", True),
        (OpenAI(), "openai.com.example", False),
        (OpenAI(), "notapi.openai.com", False),
        (OpenAI(), "apixopenai.com", False),
        (OpenAICompatible(), "api.openai.com", False),
        (Ollama(), "localhost", True),
        (Ollama(), "127.0.0.1", True),
        (Ollama(), "ollama.example", False),
        (MicrosoftFoundry(), "made-up.openai.azure.com", False),
        (MicrosoftFoundry(), "made-up.services.ai.azure.com", False),
        (MicrosoftFoundry(), "made-up.cognitiveservices.azure.com", False),
        (MicrosoftFoundry(), "made-up.azure.com", False),
        (MicrosoftFoundry(), "openai.azure.com.example", False),
    ],
)
def test_a_host_is_the_providers_own_or_not(provider: Provider, host: str, official: bool) -> None:
    """A key goes without a question only to the provider's own hosts."""
    assert provider.official(host) is official


def test_a_compatible_server_needs_an_endpoint_and_perhaps_a_key() -> None:
    """Its fields and variables are those of the design."""
    assert table(OpenAICompatible()) == [
        ("endpoint", "url", True, False, "", None),
        ("api_key", "text", False, True, "", None),
    ]
    assert OpenAICompatible().environment({"endpoint": "http://localhost:8000/v1"}) == {
        "OPENAI_BASE_URL": "http://localhost:8000/v1"
    }


def test_ollama_is_where_it_always_is() -> None:
    """Its endpoint has a default, and may end in the /v1 that OpenAI's clients add."""
    assert table(Ollama()) == [("endpoint", "url", False, False, "", "http://localhost:11434")]
    for settings in ({}, {"endpoint": "http://localhost:11434/"}, {"endpoint": " http://localhost:11434/v1/ "}):
        assert Ollama().endpoint(settings) == "http://localhost:11434"
        assert Ollama().environment(settings) == {"OLLAMA_HOST": "http://localhost:11434"}
        assert str(Ollama().client(settings).base_url) == "http://localhost:11434/v1/"


def test_foundry_asks_for_a_key_or_an_identity() -> None:
    """Its fields, groups and variables are those of the design."""
    assert table(MicrosoftFoundry()) == [
        ("endpoint", "url", True, False, "", None),
        ("tenant_id", "text", False, False, "Entra ID", None),
        ("client_id", "text", False, False, "Entra ID", None),
        ("client_secret", "text", False, True, "Entra ID", None),
        ("api_key", "text", False, True, "API key", None),
        ("api_version", "text", False, False, "", None),
    ]
    assert MicrosoftFoundry().environment({"endpoint": RESOURCE, "api_key": KEY}) == {
        "AZURE_OPENAI_ENDPOINT": RESOURCE,
        "AZURE_OPENAI_API_KEY": "made-up-key-0123456789",
    }


@pytest.mark.parametrize(
    ("there", "wrong"),
    [
        ("", []),
        ("api_key", []),
        ("tenant_id client_id client_secret", []),
        ("tenant_id", ["client_id", "client_secret"]),
        ("client_id client_secret", ["tenant_id"]),
        ("api_key tenant_id client_id client_secret", ["api_key"]),
        ("api_key client_id", ["api_key"]),
    ],
)
def test_foundry_takes_one_way_to_sign_in(there: str, wrong: list[str]) -> None:
    """It takes a key, or all of Entra ID's fields, or neither (this machine's sign-in); never a part or both."""
    assert list(MicrosoftFoundry().problems(dict.fromkeys(["endpoint", *there.split()], "$x"))) == wrong


@pytest.mark.parametrize(
    "endpoint",
    [RESOURCE, f"{RESOURCE}/", f"{RESOURCE}/openai", f"{RESOURCE}/openai/v1/", f" {RESOURCE}/openai/v1"],
)
def test_foundry_takes_the_endpoint_in_every_length(endpoint: str) -> None:
    """The portal shows the resource, its OpenAI API, and the v1 path below that. All mean the same."""
    client = MicrosoftFoundry().client({"endpoint": endpoint, "api_key": KEY})
    assert type(client) is openai.OpenAI
    assert str(client.base_url) == f"{RESOURCE}/openai/v1/"
    assert MicrosoftFoundry().endpoint({"endpoint": endpoint}) == RESOURCE


def test_a_foundry_project_keeps_its_path() -> None:
    """The v1 API of a project is below the project's path."""
    project = "https://made-up.services.ai.azure.com/api/projects/p"
    client = MicrosoftFoundry().client({"endpoint": project, "api_key": KEY})
    assert str(client.base_url) == f"{project}/openai/v1/"


@pytest.mark.parametrize("version", ["2024-10-21", "2025-04-01-preview"])
def test_a_dated_version_is_the_older_api(version: str) -> None:
    """The SDK has a separate client for it."""
    client = MicrosoftFoundry().client({"endpoint": RESOURCE, "api_key": KEY, "api_version": version})
    assert type(client) is openai.AzureOpenAI
    assert str(client.base_url) == f"{RESOURCE}/openai/"
    assert client.default_query == {"api-version": version}


def test_a_program_is_told_the_version_in_the_endpoint_too() -> None:
    """The client takes the version from the endpoint; ``AzureOpenAI()`` in a program would have none."""
    url = "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
    variables = MicrosoftFoundry().environment({"endpoint": url, "api_key": Secret("made-up-key")})
    assert variables["OPENAI_API_VERSION"] == "2024-10-21"


@pytest.mark.parametrize(("version", "query"), [("v1", {}), ("latest", {}), ("preview", {"api-version": "preview"})])
def test_another_version_is_the_v1_api(version: str, query: dict[str, str]) -> None:
    """A version that is not a date selects a stage of the v1 API."""
    client = MicrosoftFoundry().client({"endpoint": RESOURCE, "api_key": KEY, "api_version": version})
    assert str(client.base_url) == f"{RESOURCE}/openai/v1/"
    assert client.default_query == query


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (azure.ClientAuthenticationError("AADSTS7000215: Invalid client secret provided."), FailureKind.AUTHENTICATION),
        (CredentialUnavailableError("Please run 'az login'."), FailureKind.AUTHENTICATION),
        (azure.ServiceRequestTimeoutError("late"), FailureKind.TIMEOUT),
        (azure.ServiceResponseTimeoutError("late"), FailureKind.TIMEOUT),
        (azure.ServiceRequestError("no route"), FailureKind.UNREACHABLE),
        (azure.ServiceResponseError("cut"), FailureKind.UNREACHABLE),
        (azure.HttpResponseError("odd"), FailureKind.PROVIDER_FAULT),
    ],
)
def test_what_entra_id_answers_has_a_kind(error: Exception, kind: FailureKind) -> None:
    """Errors of azure-identity are classified like those of the API."""
    failure = MicrosoftFoundry().failure(error)
    assert failure is not None
    assert failure.kind is kind
    assert failure.words == str(error)


def test_a_bad_tenant_is_told_before_anything_is_sent() -> None:
    """azure-identity checks the tenant's form when the client is built."""
    from aiconn_nb.errors import ProviderFailed
    from aiconn_nb.providers.account import Account

    settings: Settings = {"endpoint": RESOURCE, "tenant_id": "not a tenant", "client_id": "c", "client_secret": KEY}
    with pytest.raises(ProviderFailed, match="Invalid tenant ID") as caught:
        _ = Account(MicrosoftFoundry(), settings).client
    assert caught.value.kind is FailureKind.BAD_REQUEST


def test_whom_this_machine_is_signed_in_as_needs_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """With only an endpoint, the default credential supplies the token. Building it sends no request."""
    made: list[str] = []

    class FakeDefaultCredential:
        def __init__(self) -> None:
            made.append("default")

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", FakeDefaultCredential)
    assert MicrosoftFoundry().client({"endpoint": RESOURCE}) is not None
    assert made == ["default"]


@pytest.mark.parametrize(
    ("provider", "settings", "variable", "called"),
    [
        (
            OpenAICompatible(),
            {"endpoint": "http://localhost:8000/v1/chat/completions"},
            "OPENAI_BASE_URL",
            "http://localhost:8000/v1",
        ),
        (
            ClaudeOnVertex(),
            {"project": "p", "endpoint": "http://localhost:8000/v1/projects/p"},
            "ANTHROPIC_VERTEX_BASE_URL",
            "http://localhost:8000/v1",
        ),
    ],
)
def test_the_exported_address_is_the_one_that_is_called(
    provider: Provider, settings: Settings, variable: str, called: str
) -> None:
    """A reference is not corrected on save, so its value may be the URL of an operation."""
    assert provider.environment(settings)[variable] == called
    assert provider.endpoint(settings) == called
