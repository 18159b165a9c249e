"""The test of a connection works against servers that behave as real ones do. (All are ours: aimock has one kind only.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aiconn_nb import FailureKind, RotationFailed, Session
from aiconn_nb.features.checks import ladder
from aiconn_nb.features.checks.results import Tested

from . import azure_like, mistral_like, openrouter_like
from .azure_like import DEPLOYMENT, azure
from .lm_studio_like import lm_studio
from .mistral_like import mistral
from .openrouter_like import openrouter
from .servers import Answer, Asked, Reply, Server, hangs, refuses, routes, says

Serve = Callable[[Answer], Server]
KEY = "made-up-key-0123456789abcdef"


def climb(
    session: Session, provider: str, settings: Mapping[str, Any], *, model: str | None = None, alias: str = "a"
) -> Tested:
    """Create a connection, test it, and return the result."""
    session.create(alias, provider, settings=settings)
    return session.test(alias, model=model)[0]


def state(found: Tested, name: str) -> str:
    """Return the state of a rung."""
    return next((rung.state for rung in found.rungs if rung.name == name), "")


@pytest.mark.parametrize(
    ("provider", "path"), [("openai-compatible", "/api/v1"), ("openai", "/api/v1"), ("anthropic", "/api")]
)
@pytest.mark.parametrize(("key", "verdict"), [(openrouter_like.GOOD, "ok"), (KEY, "failed")])
def test_a_public_list_proves_no_key_and_the_endpoint_for_keys_does(
    session: Session, serve: Serve, provider: str, path: str, key: str, verdict: str
) -> None:
    """This holds for any protocol in which the router is asked."""
    found = climb(session, provider, {"endpoint": serve(openrouter).url + path, "api_key": key})
    assert (found.verdict, state(found, "authenticated")) == (verdict, "passed" if verdict == "ok" else "failed")


def test_a_router_is_misconfigured_and_corrected_by_what_is_said(session: Session, serve: Serve) -> None:
    """The bare host is a website, and the test gives the right address in a command."""
    server = serve(openrouter)
    failed = climb(session, "openai-compatible", {"endpoint": server.url, "api_key": openrouter_like.GOOD}).failed
    assert failed is not None
    assert f"%aiconn edit a --set endpoint={server.url}/api/v1" in failed.hint
    session.edit("a", settings={"endpoint": f"{server.url}/api/v1"})
    assert session.test("a")[0].verdict == "ok"


def test_a_draft_is_corrected_in_its_form(session: Session, serve: Serve) -> None:
    """It has no alias for a command, nor for the start of a message."""
    server = serve(openrouter)
    settings = {"endpoint": server.url, "api_key": openrouter_like.GOOD}
    failed = session.test_draft("openai-compatible", settings).failed
    assert failed is not None
    assert f"{server.url}/api/v1" in failed.hint
    assert "draft" not in failed.detail


@pytest.mark.parametrize(("model", "verdict"), [(None, "ok"), ("m", "ok")])
def test_without_a_key_the_list_is_enough(session: Session, serve: Serve, model: str | None, verdict: str) -> None:
    """An invalid entry of the list does no harm."""
    found = climb(session, "openai-compatible", {"endpoint": serve(lm_studio).url + "/v1"}, model=model)
    assert (found.verdict, [each.id for each in found.models]) == (verdict, ["m"])


def test_a_key_that_a_server_ignores_cannot_be_told(session: Session, serve: Serve) -> None:
    """One token decides, and a rotation keeps the old key until then."""
    server = serve(lm_studio)
    found = climb(session, "openai-compatible", {"endpoint": f"{server.url}/v1", "api_key": KEY})
    assert found.verdict == "unknown"
    with pytest.raises(RotationFailed):
        session.rotate("a", "another-key-0123456789")
    assert session.get("a").version == 1
    session.rotate("a", "another-key-0123456789", model="m")
    assert session.get("a").version == 2


@pytest.mark.parametrize("answer", [openrouter, lm_studio], ids=["website", "200 with an error"])
def test_a_base_url_without_its_version_is_found(session: Session, serve: Serve, answer: Answer) -> None:
    """A status 200 for a wrong path is no list either. If the endpoint is a reference, its value is not repeated."""
    server = serve(answer)
    session.create("b", "openai-compatible", settings={"endpoint": server.url})
    failed = session.test("b")[0].failed
    assert failed is not None
    assert "/v1" in failed.hint


def test_a_reference_is_told_where_the_path_is_wrong(
    session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its value is not repeated, because it comes from a user's settings."""
    server = serve(lm_studio)
    monkeypatch.setenv("Studio__Endpoint", server.url)
    failed = climb(session, "openai-compatible", {"endpoint": "$Studio:Endpoint"}).failed
    assert failed is not None
    assert ("/v1" in failed.hint, "$Studio:Endpoint" in failed.hint, server.url in failed.hint) == (True, True, False)


def test_a_list_that_needs_the_key_proves_it(session: Session, serve: Serve) -> None:
    """The same request is refused without the key. A bare array is a list like any other."""
    server = serve(mistral)
    found = climb(session, "openai-compatible", {"endpoint": f"{server.url}/v1", "api_key": mistral_like.GOOD})
    assert (found.verdict, [each.id for each in found.models]) == ("ok", ["e", "m"])
    assert ["authorization" in asked.headers for asked in server.asked] == [True, False]
    assert climb(session, "openai-compatible", {"endpoint": f"{server.url}/v1", "api_key": KEY}, alias="b").failed


@pytest.mark.parametrize("model", ["m", "e"])
def test_a_model_is_asked_for_what_it_can_do(session: Session, serve: Serve, model: str) -> None:
    """A chat model is asked for a token, and an embedding model for a vector."""
    settings = {"endpoint": serve(mistral).url + "/v1", "api_key": mistral_like.GOOD}
    assert state(climb(session, "openai-compatible", settings, model=model), "model") == "passed"


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "v1"])
def test_a_target_uri_of_azure_works_as_it_was_pasted(session: Session, serve: Serve, dated: bool) -> None:
    """The deployment's name does not count as an unlisted model, because the list has base models."""
    server = serve(azure(dated))
    uri = (
        f"/openai/deployments/{DEPLOYMENT}/chat/completions?api-version=2024-10-21"
        if dated
        else "/openai/v1/chat/completions"
    )
    settings = {"endpoint": server.url + uri, "api_key": azure_like.GOOD}
    found = climb(session, "microsoft-foundry", settings, model=DEPLOYMENT)
    assert (found.verdict, found.rungs[-1].detail) == ("ok", f"{DEPLOYMENT} answered")
    session.create_profile("p", connections=["a"], model=DEPLOYMENT)
    assert session.profiles()[0].health.kind == "ready"


@pytest.mark.parametrize(
    ("dated", "settings", "advised"),
    [(True, {}, "api_version=2024-10-21"), (False, {"api_version": "2024-10-21"}, "api_version=v1")],
    ids=["dated", "v1"],
)
def test_an_azure_resource_of_the_other_api_is_found(
    session: Session, serve: Serve, dated: bool, settings: dict[str, str], advised: str
) -> None:
    """A command names what must be set."""
    all_settings = {"endpoint": serve(azure(dated)).url, "api_key": azure_like.GOOD, **settings}
    failed = climb(session, "microsoft-foundry", all_settings).failed
    assert failed is not None
    assert advised in failed.hint


def blocked(asked: Asked, reply: Reply) -> None:
    """Answer as a company's proxy does in the place of the provider."""
    reply.send(403, b"<html><head><title>Access denied by policy</title></head></html>", "text/html")


@pytest.mark.parametrize(
    "provider", ["openai", "openai-compatible", "anthropic", "google", "microsoft-foundry", "amazon"]
)
def test_a_page_that_blocks_the_way_is_no_word_on_the_key(session: Session, serve: Serve, provider: str) -> None:
    """The test fails where the network ends, and the page's title shows who blocked it."""
    key: dict[str, Any] = {"api_key": KEY}
    if provider == "amazon":
        key = {"region": "us-east-1", "access_key_id": KEY, "secret_access_key": KEY}
    failed = climb(session, provider, {"endpoint": serve(blocked).url, **key}).failed
    assert failed is not None
    assert failed.name == "reachable"
    assert "Access denied by policy" in failed.detail


GEMINI = {"models": [{"name": "models/m", "supportedGenerationMethods": ["generateContent"]}]}
CLAUDE = {"data": [{"id": "m", "type": "model"}], "has_more": False}
GPT = {"object": "list", "data": [{"id": "m"}]}
BEDROCK = {"modelSummaries": [{"modelId": "m", "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/m"}]}


@pytest.mark.parametrize(
    ("provider", "listed", "key_headers"),
    [
        ("openai", GPT, ("authorization",)),
        ("openai-compatible", GPT, ("authorization",)),
        ("anthropic", CLAUDE, ("authorization", "x-api-key")),
        ("google", GEMINI, ("x-goog-api-key",)),
        ("microsoft-foundry", GPT, ("authorization", "api-key")),
        ("amazon", BEDROCK, ("authorization",)),
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_each_provider_asks_again_without_the_key(
    session: Session, serve: Serve, provider: str, listed: object, key_headers: tuple[str, ...], public: bool
) -> None:
    """It uses the same client. A list that comes all the same proves nothing."""

    def answer(asked: Asked, reply: Reply) -> None:
        has_key = any(asked.headers.get(name) for name in key_headers)
        if "inference-profiles" in asked.path:
            says({"inferenceProfileSummaries": []})(asked, reply)
        elif "models" not in asked.path:
            refuses(404, "not found")(asked, reply)
        else:
            (says(listed) if has_key or public else refuses(401, "no key"))(asked, reply)

    key: dict[str, Any] = {"api_key": KEY}
    if provider == "amazon":
        key = {"region": "us-east-1", "access_key_id": KEY, "secret_access_key": KEY}
    found = climb(session, provider, {"endpoint": serve(answer).url, **key})
    assert found.verdict == ("unknown" if public else "ok"), found.summary


def test_a_list_that_never_ends_ends_the_test(session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named model still decides, with a separate client."""
    monkeypatch.setattr(ladder, "LIST_WITHIN", 0.3)

    def answer(asked: Asked, reply: Reply) -> None:
        (hangs() if asked.path == "/v1/models" else openrouter_like.HELLO)(asked, reply)

    server = serve(answer)
    found = climb(session, "openai-compatible", {"endpoint": f"{server.url}/v1", "api_key": KEY})
    assert (found.verdict, found.failed and found.failed.name) == ("failed", "authenticated")
    assert session.test("a", model="m")[0].verdict == "ok"


@pytest.mark.parametrize(("model", "kind"), [("m-1", FailureKind.PROVIDER_FAULT), ("m-2", FailureKind.NOT_FOUND)])
def test_a_model_that_broke_is_not_called_missing(
    session: Session, serve: Serve, model: str, kind: FailureKind
) -> None:
    """A server of embeddings knows no chat, which says nothing about a model that it lists. Another one is missing."""
    listed = says({"object": "list", "data": [{"id": "m-1"}]})
    server = serve(
        routes({"/models": listed, "/chat/completions": refuses(404), "/embeddings": refuses(500, "The engine broke.")})
    )
    found = climb(session, "vllm", {"endpoint": f"{server.url}/v1"}, model=model)
    assert found.failed is not None
    assert found.failed.kind is kind


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_whose_server_is_down_leads_to_no_other_server(session: Session, serve: Serve, status: int) -> None:
    """The other one has other models. The address is right, and answers again once its server is back."""
    page = b"<html><title>Service Unavailable</title></html>"

    def down(asked: Asked, reply: Reply) -> None:
        reply.send(status, page, "text/html")

    server = serve(routes({"/second/v1/models": down, "/v1/models": says({"object": "list", "data": [{"id": "m-1"}]})}))
    found = climb(session, "openai-compatible", {"endpoint": f"{server.url}/second/v1"})
    assert found.failed is not None
    assert "endpoint=" not in found.failed.hint
    assert [asked.path for asked in server.asked] == ["/second/v1/models"]
