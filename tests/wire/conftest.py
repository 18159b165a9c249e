"""In the wire tests, a provider's own SDK talks HTTP to a server on the loopback interface."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .aimock import GOOD_KEY, Aimock
from .servers import Answer, Server, Unreachable

HERE = Path(__file__).parent
OF_ONE_SDK = {
    f"test_{name}.py"
    for name in (
        "amazon",
        "anthropic",
        "google",
        "microsoft_foundry",
        "ollama",
        "openai",
        "openai_compatible",
        "openai_protocol",
    )
}
"""The tests of one provider each, which hold with the oldest version of its SDK as well."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a wire test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.wire)
            if item.path.name in OF_ONE_SDK:
                item.add_marker(pytest.mark.oldest)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep any proxy and any real account out."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "AZURE_", "ANTHROPIC_", "GEMINI_", "GOOGLE_", "AWS_", "OLLAMA_")):
            monkeypatch.delenv(name)
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)


def _started(*keys: str) -> Iterator[Aimock]:
    if shutil.which("npx") is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("there is no npx, and in CI the wire tests are never skipped", pytrace=False)
        pytest.skip("there is no npx to start @copilotkit/aimock with")
    server = Aimock(*keys)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def _plain_aimock() -> Iterator[Aimock]:
    yield from _started()


@pytest.fixture(scope="session")
def _guarded_aimock() -> Iterator[Aimock]:
    yield from _started(GOOD_KEY)


@pytest.fixture
def aimock(_plain_aimock: Aimock) -> Iterator[Aimock]:
    """Yield an aimock that accepts every key, with an empty journal. ``aimock.fault(rate_limit=1)`` lasts for this test."""
    _plain_aimock.forget()
    yield _plain_aimock
    _plain_aimock.forget()


@pytest.fixture
def guarded_aimock(_guarded_aimock: Aimock) -> Aimock:
    """Return an aimock that accepts `GOOD_KEY` only, with an empty journal."""
    _guarded_aimock.forget()
    return _guarded_aimock


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Server]]:
    """Yield a function that starts a server of ours: ``server = serve(refuses(429))``. The server stops with the test."""
    with ExitStack() as running:
        yield lambda answer: running.enter_context(Server(answer))


@pytest.fixture
def unreachable() -> Iterator[str]:
    """Yield a URL that refuses connections."""
    with Unreachable() as nobody:
        yield nobody.url
