"""The environment of one framework: which framework it has, a stand-in server, and connections to the server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiconn_nb import Secret, Session
from aiconn_nb.features.adapters.known import BUILT_IN
from tests.google_key_file import key_file
from tests.wire.aimock import Aimock
from tests.wire.bedrock_server import ANSWER, GOOD_KEY, USAGE
from tests.wire.bedrock_server import streams as frames
from tests.wire.gemini_server import chunk
from tests.wire.servers import Answer, Server, refuses, routes, says, streams
from tests.wire.token_servers import Tokens

HERE = Path(__file__).parent
CANARY = "canary-key-of-a-framework-0123456789"
FRAMEWORK = os.environ.get("AICONN_TEST_FRAMEWORK", "")
"""The framework of this environment, which `.ci/frameworks` sets."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.framework)


@pytest.fixture(scope="session")
def framework() -> str:
    """Return the framework's id."""
    assert FRAMEWORK in BUILT_IN, "AICONN_TEST_FRAMEWORK names the framework that is installed here"
    return FRAMEWORK


@pytest.fixture(scope="session")
def stand_in() -> Iterator[Aimock]:
    """Yield a server that speaks the protocols of the providers and accepts one key only."""
    server = Aimock(CANARY, fixtures=HERE / "aimock.json")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def connected(
    session: Session, stand_in: Aimock, clouds: dict[str, Server], monkeypatch: pytest.MonkeyPatch
) -> Session:
    """Return a session with connections to the stand-ins, in an environment with the key and the address of another account."""
    for name, value in {
        "OPENAI_API_KEY": "key-of-the-environment",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "ANTHROPIC_API_KEY": "key-of-the-environment",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "GOOGLE_API_KEY": "key-of-the-environment",
        "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
        "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "not-there",
        "AWS_BEARER_TOKEN_BEDROCK": "key-of-the-environment",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # otherwise its import fetches a price list from the network
        "OPENAI_AGENTS_DISABLE_TRACING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    stand_in.forget()
    key = {"api_key": Secret(CANARY)}
    session.create("compatible", "openai-compatible", settings={"endpoint": f"{stand_in.url}/v1", **key})
    session.create("gpt", "openai", settings={"endpoint": f"{stand_in.url}/v1", **key})
    session.create("claude", "anthropic", settings={"endpoint": stand_in.url, **key})
    session.create("gemini", "google", settings={"endpoint": clouds["google"].url, **key})
    account = Secret(key_file(f"{clouds['tokens'].url}/token"))
    vertex = {"project": "my-project-123", "endpoint": clouds["vertex"].url, "service_account": account}
    session.create("vertex", "google-vertex", settings=vertex)
    aws = {"access_key_id": Secret(GOOD_KEY), "secret_access_key": Secret(CANARY), "region": "us-east-1"}
    session.create("bedrock", "amazon", settings={"endpoint": clouds["bedrock"].url, **aws})
    return session


@pytest.fixture
def clouds() -> Iterator[dict[str, Server]]:
    """Yield our own servers for the APIs of Google, Vertex AI and Bedrock, and for Google's token endpoint."""
    tokens = Tokens()
    answer = chunk("Hello from ours.", reason="STOP", usage=(3, 5, 0))
    vectors = {"embeddings": [{"values": [0.25, 0.5, 0.75]}], "embedding": {"values": [0.25, 0.5, 0.75]}}
    gemini = routes(
        {
            ":streamGenerateContent": streams([answer], done=None),
            ":generateContent": says(answer),
            ":batchEmbedContents": says(vectors),
            ":embedContent": says(vectors),
            ":predict": says({"predictions": [{"embeddings": {"values": [0.25, 0.5, 0.75]}}]}),
        }
    )
    said = {"message": {"role": "assistant", "content": [{"text": "Hello from ours."}]}}
    converse = {"output": said, "stopReason": "end_turn", "usage": USAGE, "metrics": {"latencyMs": 1}}
    bedrock = routes(
        {
            "/converse": says(converse),
            "/converse-stream": frames(*ANSWER),
            "/invoke": says({"embedding": [0.25, 0.5, 0.75], "inputTextTokenCount": 2}),
        }
    )
    with (
        Server(tokens) as token_server,
        Server(guarded("x-goog-api-key", CANARY, gemini)) as google,
        Server(tokens.guard(gemini)) as vertex,
        Server(bedrock) as amazon,
    ):
        yield {"tokens": token_server, "google": google, "vertex": vertex, "bedrock": amazon}


def guarded(header: str, value: str, works: Answer) -> Answer:
    """Return the answer of an API that accepts only this key."""
    return lambda asked, reply: (works if asked.headers.get(header) == value else refuses(401))(asked, reply)
