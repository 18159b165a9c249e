"""One framework's environment: which framework it has, a stand-in server, and connections to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiconn_nb import Secret, Session
from aiconn_nb.features.adapters.known import BUILT_IN
from tests.wire.aimock import Aimock

HERE = Path(__file__).parent
CANARY = "canary-key-of-a-framework-0123456789"
FRAMEWORK = os.environ.get("AICONN_TEST_FRAMEWORK", "")
"""The framework of this environment; `.ci/frameworks` sets it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.framework)


@pytest.fixture(scope="session")
def framework() -> str:
    """Its id."""
    assert FRAMEWORK in BUILT_IN, "AICONN_TEST_FRAMEWORK names the framework that is installed here"
    return FRAMEWORK


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Aimock]:
    """A server that speaks the providers' protocols, and accepts one key only."""
    server = Aimock(CANARY, fixtures=HERE / "aimock.json")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def connected(session: Session, stand_in: Aimock, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Connections to the stand-in, and an environment with another account's key and address."""
    for name, value in {
        "OPENAI_API_KEY": "key-of-the-environment",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "ANTHROPIC_API_KEY": "key-of-the-environment",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else its import looks for a price list on the network
        "OPENAI_AGENTS_DISABLE_TRACING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    stand_in.forget()
    key = {"api_key": Secret(CANARY)}
    session.create("compatible", "openai-compatible", settings={"endpoint": f"{stand_in.url}/v1", **key})
    session.create("gpt", "openai", settings={"endpoint": f"{stand_in.url}/v1", **key})
    session.create("claude", "anthropic", settings={"endpoint": stand_in.url, **key})
    return session
