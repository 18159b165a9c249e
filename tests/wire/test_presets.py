"""One contract for all presets, over HTTP with their SDK. The server is ours: it has the documented paths."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from aiconn_nb import Session, UntrustedHost
from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Settings, Usage
from aiconn_nb.providers.plug_ins.registry import Registry
from aiconn_nb.providers.protocols.preset import Preset

from .servers import Answer, Asked, Reply, Server, refuses, says, streams

Serve = Callable[[Answer], Server]
GOOD = "made-up-good-key-0123456789"
BAD = "made-up-bad-key-0123456789"
HELLO = ChatRequest("m", [Message("user", "hello")])
ANSWER = streams(
    [
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]},
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}]},
        {"id": "c", "model": "m", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
)
LISTS = {
    "cohere": {"models": [{"name": "m", "endpoints": ["chat"]}]},
    "databricks": {"endpoints": [{"name": "m", "task": "llm/v1/chat"}]},
}
"""Lists of models that are not OpenAI's, as their own SDKs declare them."""

PRESETS = [each for each in Registry().all() if isinstance(each, Preset)]
every_preset = pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.id)


def path_of(preset: Preset) -> str:
    """Return the path of its base URL."""
    return urlsplit(preset.base or preset.example).path


def speaks(preset: Preset) -> Answer:
    """Answer as the provider: only with the key, and only at its own paths."""
    base = path_of(preset)
    listed = preset.model_list or ""
    answers = {
        f"{base}/chat/completions": ANSWER,
        f"{base}/embeddings": says({"data": [{"index": 0, "embedding": [0.5, 0.25]}], "model": "e"}),
        listed if listed.startswith("/") else f"{base}/{listed}": says(LISTS.get(preset.id, {"data": [{"id": "m"}]})),
    }

    def answer(asked: Asked, reply: Reply) -> None:
        if asked.headers.get("authorization") != f"Bearer {GOOD}":
            refuses(401, "Invalid API key")(asked, reply)
        else:
            answers.get(asked.path, refuses(404, "Not Found"))(asked, reply)

    return answer


def account(preset: Preset, url: str, key: str = GOOD) -> Account:
    """Return an account with this server."""
    settings: Settings = {"endpoint": url, "api_key": Secret(key)}
    return Account(preset, settings, label="mine", patience=20.0)


@every_preset
def test_it_answers_in_pieces_with_its_usage(preset: Preset, serve: Serve) -> None:
    """The key is sent as a bearer token to the documented path."""
    server = serve(speaks(preset))
    assert list(account(preset, server.url + path_of(preset)).chat(HELLO)) == [
        Delta("Hel"),
        Delta("lo"),
        Finish("stop", Usage(3, 2), "m"),
    ]
    assert (server.asked[-1].path, server.asked[-1].headers["authorization"]) == (
        f"{path_of(preset)}/chat/completions",
        f"Bearer {GOOD}",
    )


@every_preset
def test_it_embeds_where_it_says_so(preset: Preset, serve: Serve) -> None:
    """A preset declares embeddings only if they are documented."""
    mine = account(preset, serve(speaks(preset)).url + path_of(preset))
    if Capability.EMBEDDING in preset.capabilities:
        assert mine.embed(["one"], "e").vectors == [[0.5, 0.25]]


@every_preset
def test_the_limit_of_an_answer_has_the_name_that_it_takes(preset: Preset, serve: Serve) -> None:
    """Snowflake ignores the one that most servers take."""
    server = serve(speaks(preset))
    list(account(preset, server.url + path_of(preset)).chat(ChatRequest("m", HELLO.messages, max_tokens=7)))
    name = "max_completion_tokens" if preset.id == "snowflake" else "max_tokens"
    assert {key: value for key, value in server.asked[-1].json.items() if key.startswith("max_")} == {name: 7}


@every_preset
def test_its_models_are_listed_where_the_provider_documents_a_list(preset: Preset, serve: Serve) -> None:
    """Without a documented list, no request is sent."""
    server = serve(speaks(preset))
    mine = account(preset, server.url + path_of(preset))
    if preset.model_list is None:
        with pytest.raises(NotImplementedError):
            mine.models()
        assert server.asked == []
    else:
        assert [each.id for each in mine.models()] == ["m"]


@every_preset
@pytest.mark.parametrize(("key", "verdict"), [(GOOD, "ok"), (BAD, "failed")])
def test_its_key_is_proven_by_a_test(session: Session, serve: Serve, preset: Preset, key: str, verdict: str) -> None:
    """The list is refused without the key. Without a list, one token decides."""
    url = serve(speaks(preset)).url + path_of(preset)
    session.create("a", preset.id, settings={"endpoint": url, "api_key": key})
    assert session.test("a", model="m")[0].verdict == verdict


@every_preset
def test_a_refused_key_is_told_without_the_key(preset: Preset, serve: Serve) -> None:
    """Every call reports it as authentication."""
    with pytest.raises(ProviderFailed) as caught:
        list(account(preset, serve(speaks(preset)).url + path_of(preset), BAD).chat(HELLO))
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert BAD not in f"{caught.value} {caught.value.hint}"


@every_preset
def test_the_bare_host_and_the_url_of_an_operation_are_corrected(preset: Preset) -> None:
    """They become the documented base URL."""
    base = preset.base or preset.example
    host = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    for given in (host, f"{host}/", f"{base}/chat/completions"):
        assert preset.endpoint({"endpoint": given}).rstrip("/") == base
    corrected = preset.corrections({"endpoint": f"{base}/chat/completions"})
    assert [(each.field, each.value) for each in corrected] == [("endpoint", base)]
    assert not preset.corrections({"endpoint": base})


@every_preset
def test_a_wrong_address_is_told_as_not_found(preset: Preset, serve: Serve) -> None:
    """It never becomes an empty answer."""
    with pytest.raises(ProviderFailed) as caught:
        list(account(preset, serve(speaks(preset)).url + "/somewhere/v7").chat(HELLO))
    assert caught.value.kind is FailureKind.NOT_FOUND


@every_preset
def test_a_key_goes_to_its_own_hosts_alone(session: Session, preset: Preset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other host causes a question, and so does one that belongs to a tenant."""
    own = {urlsplit(preset.base).hostname} if preset.base else set()
    assert own <= {*preset.hosts, "localhost"}
    assert all(preset.official(host) is not preset.is_local for host in own if host)
    for host in ("evil.example", f"{next(iter(own), None) or 'x.example'}.evil.example", "x.cloud.databricks.com"):
        assert not preset.official(host)
    monkeypatch.setenv("Team__Key", GOOD)
    session.create("a", preset.id, settings={"endpoint": "https://one.example/v1", "api_key": "$Team:Key"})
    monkeypatch.setenv("Team__Endpoint", "https://evil.example/v1")
    session.edit("a", settings={"endpoint": "$Team:Endpoint"})
    monkeypatch.setenv("Team__Endpoint", "https://other.example/v1")
    with pytest.raises(UntrustedHost):
        session.client("a")


@every_preset
def test_a_key_for_another_host_is_exported_with_that_host_or_not_at_all(preset: Preset) -> None:
    """Otherwise the program would send it to the provider."""
    key = Secret(GOOD)
    elsewhere: Settings = {"api_key": key, "endpoint": f"https://gateway.example{path_of(preset)}"}
    exported = preset.environment(elsewhere)
    if GOOD in exported.values():
        assert any(value.startswith("https://gateway.example") for value in exported.values())
    if preset.base:
        here = preset.environment({"api_key": key})
        assert {name for name, value in here.items() if value == GOOD} == set(preset.variables.get("api_key", ()))
    assert set(exported) <= preset.removed(elsewhere)


@every_preset
def test_no_leftover_address_stays_beside_an_exported_key(preset: Preset) -> None:
    """A program would send this account's key to another account's address, by any of the usual names."""
    given: Settings = {"api_key": Secret(GOOD), "endpoint": preset.base or preset.example}
    gone = preset.removed(given)
    for name in preset.variables.get("api_key", ()):
        stem = name.removesuffix("_API_KEY").removesuffix("_TOKEN")
        assert {f"{stem}_{end}" for end in ("BASE_URL", "API_BASE", "API_URL", "ENDPOINT")} <= gone


@pytest.mark.parametrize("name", ["MISTRAL_BASE_URL", "MISTRAL_API_BASE", "MISTRAL_API_URL", "MISTRAL_ENDPOINT"])
def test_an_exported_key_stands_alone(session: Session, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A leftover address is unset while the key is exported, and restored afterwards."""
    monkeypatch.setenv(name, "https://leftover.example/v1")
    session.create("a", "mistral", settings={"api_key": GOOD})
    with session.environ("a"):
        assert (os.environ["MISTRAL_API_KEY"], os.environ.get(name)) == (GOOD, None)
    assert os.environ[name] == "https://leftover.example/v1"


@every_preset
def test_its_facts_have_a_source(preset: Preset) -> None:
    """A hosted provider also names the page where keys are created."""
    assert preset.source
    assert preset.is_local or preset.key_page in (preset.field("api_key") or preset.fields[0]).help


@pytest.mark.parametrize("preset", [each for each in PRESETS if each.is_local], ids=lambda each: each.id)
def test_a_server_of_ones_own_is_sent_no_key_that_it_has_not(preset: Preset, serve: Serve) -> None:
    """No made-up key is sent either."""
    server = serve(says({"object": "list", "data": [{"id": "m"}]}))
    mine = Account(preset, {"endpoint": server.url + path_of(preset)}, patience=20.0)
    assert [each.id for each in mine.models()] == ["m"]
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("preset", [each for each in PRESETS if each.probe], ids=lambda each: each.id)
@pytest.mark.parametrize("known", [True, False])
def test_its_key_endpoint_knows_the_key(preset: Preset, serve: Serve, known: bool) -> None:
    """For a public list, the key endpoint is asked at its documented path, and a refused key is reported."""
    assert preset.probe is not None
    path = preset.probe.path if preset.probe.path.startswith("/") else f"{path_of(preset)}/{preset.probe.path}"
    member = min(preset.probe.members)

    def answer(asked: Asked, reply: Reply) -> None:
        fits = asked.path == path and known
        (says({"data": {member: "made-up"}}) if fits else refuses(401, "Invalid API key"))(asked, reply)

    mine = account(preset, serve(answer).url + path_of(preset))
    if known:
        assert mine.accepts_key() is True
    else:
        with pytest.raises(ProviderFailed) as caught:
            mine.accepts_key()
        assert caught.value.kind is FailureKind.AUTHENTICATION
