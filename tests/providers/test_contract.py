"""Every built-in provider, and the fake, keeps the contract that is shipped for plug-ins."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import pytest

from aiconn_nb.model.field import FieldValue
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.plug_ins.registry import Registry
from aiconn_nb.providers.protocols.preset import Preset
from aiconn_nb.providers.testing import FakeProvider, ProviderContract
from tests.google_key_file import key_file

ACCOUNT = key_file("http://127.0.0.1:9/token")
EXAMPLES: Mapping[str, Mapping[str, FieldValue | str]] = {
    "openai": {"api_key": "sk-made-up-openai-0123456789", "organization": "org-1", "endpoint": "http://127.0.0.1:9/v1"},
    "openai-compatible": {"endpoint": "http://127.0.0.1:9/v1", "api_key": "made-up-compatible-0123456789"},
    "anthropic": {"api_key": "sk-ant-made-up-0123456789"},
    "google": {"api_key": "AIzaMadeUp0123456789012345678901234567"},
    "amazon": {
        "region": "eu-central-1",
        "access_key_id": "AKIAMADEUP0123456789",
        "secret_access_key": "made-up-amazon-0123456789abcdefghijklmno",
    },
    "google-vertex": {"project": "my-project-123", "location": "europe-west4", "service_account": ACCOUNT},
    "microsoft-foundry": {
        "endpoint": "https://made-up.openai.azure.com",
        "api_key": "made-up-foundry-0123456789",
    },
    "ollama": {},
    "demo": {"api_key": "made-up-demo-0123456789", "latency": 0.0},
    **{
        each.id: {"api_key": "made-up-preset-0123456789", "endpoint": "http://127.0.0.1:9/v1"}
        for each in Registry().all()
        if isinstance(each, Preset)
    },
}


ON_CLOUDS: Mapping[str, Mapping[str, FieldValue | str]] = {
    "anthropic-bedrock": {**EXAMPLES["amazon"]},
    "anthropic-vertex": {"project": "my-project-123", "service_account": ACCOUNT},
    "anthropic-foundry": {
        "endpoint": "https://made-up.services.ai.azure.com/anthropic",
        "api_key": "made-up-foundry-0123456789",
    },
}
"""What needs a newer SDK than the lowest one that the extra of its maker admits."""


@pytest.mark.oldest
@pytest.mark.parametrize("which", list(EXAMPLES))
class TestBuiltIn(ProviderContract):
    """Every built-in provider fulfils the contract."""

    embedding_model = "amazon.titan-embed-text-v2:0"

    @pytest.fixture(autouse=True)
    def _choose(self, which: str, builtin: Registry) -> None:
        self.provider = builtin.get(which)
        self.settings = {
            key: Secret(str(value)) if (field := self.provider.field(key)) and field.sensitive else value
            for key, value in EXAMPLES[which].items()
        }


@pytest.mark.parametrize("which", list(ON_CLOUDS))
class TestOnClouds(ProviderContract):
    """Claude on the clouds fulfils the contract."""

    @pytest.fixture(autouse=True)
    def _choose(self, which: str, builtin: Registry) -> None:
        self.provider = builtin.get(which)
        self.settings = {
            key: Secret(str(value)) if (field := self.provider.field(key)) and field.sensitive else value
            for key, value in ON_CLOUDS[which].items()
        }


@pytest.mark.oldest
class TestFake(ProviderContract):
    """The fake fulfils the contract as well, so tests with it are meaningful."""

    provider = FakeProvider()
    settings = {"api_key": Secret("made-up-fake-0123456789")}  # noqa: RUF012

    def test_an_unreachable_host_is_told_without_a_secret(self, monkeypatch: object) -> None:
        """It has no network to miss."""


def test_every_built_in_is_tested(builtin: Registry) -> None:
    """The package declares these providers, and all of them load."""
    assert builtin.ids() == sorted([*EXAMPLES, *ON_CLOUDS])
    assert builtin.broken() == {}
    assert [provider.id for provider in builtin.all()] == sorted([*EXAMPLES, *ON_CLOUDS])


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (
            "aiconn_nb.providers.base",
            "ChatRequest Delta Embeddings Failure Finish Message Model Provider Sdk Settings Usage",
        ),
        ("aiconn_nb.providers.testing", "Call FakeClient FakeFailure FakeProvider ProviderContract registry_of"),
        ("aiconn_nb.providers.account", "Account"),
        ("aiconn_nb.providers.openai_compatible", "OpenAICompatible"),
        ("aiconn_nb.model.errors", "AiconnError FailureKind ProviderFailed"),
        ("aiconn_nb.model.profile", "Capability"),
    ],
)
def test_plug_ins_find_names_where_they_were(module: str, names: str) -> None:
    """A plug-in for an earlier release imports the base class, the contract and the values of a call from these modules."""
    found = import_module(module)
    assert [name for name in names.split() if not hasattr(found, name)] == []
