"""boto3 works over HTTP, against aimock and against a server of ours for what aimock does not do.

Most of these tests use ours, because botocore cannot read aimock's stream.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, ProviderFailed, UnusableValue
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Model, Settings, Usage
from aiconn_nb.providers.testing import leaks

from . import servers
from .aimock import Aimock
from .bedrock_server import (
    ANSWER,
    GOOD_KEY,
    METADATA,
    REASONING,
    START,
    STOP,
    STREAM,
    USAGE,
    WRONG_KEY,
    bedrock,
    converses,
    failure,
    refuses,
    streams,
    text,
)
from .servers import Answer, Reply, Server, begun, hangs, is_garbage, routes, says

Serve = Callable[[Answer], Server]

SECRET = "made/up/secret/access/key/for/the/tests0"
HELLO = ChatRequest("amazon.nova-lite-v1:0", [Message("user", "hello")])
CHAT, EMBEDDING = frozenset({Capability.CHAT}), frozenset({Capability.EMBEDDING})


@pytest.fixture(autouse=True)
def _no_aws_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep a user's AWS files and a machine's role out."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def account(url: str, key: str = GOOD_KEY, patience: float | None = 20) -> Account:
    """Return an account with its own keys. With patience, boto3 does not try again."""
    return bare(url, patience, access_key_id=Secret(key), secret_access_key=Secret(SECRET))


def bare(url: str, patience: float | None = 20, **settings: Secret | str) -> Account:
    """Return an account with these settings only."""
    every: Settings = {"region": "us-east-1", "endpoint": url, **settings}
    return Account(Amazon(), every, label="bedrock", patience=patience)


def failed(account: Account, request: ChatRequest = HELLO) -> ProviderFailed:
    """Return the error of a chat, which never has a key in it or in a frame of its traceback."""
    with pytest.raises(ProviderFailed) as caught:
        list(account.chat(request))
    assert leaks(caught.value, [each for each in account._settings.values() if isinstance(each, Secret)]) == []
    return caught.value


def test_the_client_is_boto3s_own(aimock: Aimock) -> None:
    """A user gets a boto3 client of bedrock-runtime that can be used as AWS's documentation says."""
    client = account(aimock.url, patience=None).client
    assert client.meta.service_model.service_name == "bedrock-runtime"
    assert client.meta.region_name == "us-east-1"
    answer = client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "hello"}]}])
    told = answer["output"]["message"]["content"][0]["text"]
    assert told == "Hello from aimock, in as many pieces as it takes."


def test_the_client_has_the_control_client_with_it(serve: Serve) -> None:
    """The method ``control()`` is for what bedrock-runtime does not do, with the same account and endpoint. (The server is
    ours.)"""
    server = serve(bedrock())
    control = account(server.url, patience=None).client.control()
    assert control.meta.service_model.service_name == "bedrock"
    assert len(control.list_foundation_models()["modelSummaries"]) == 4


def test_an_answer_comes_in_pieces_with_its_usage(serve: Serve) -> None:
    """The pieces make up the answer, and the end gives its reason and cost. (The server is ours.)"""
    assert list(account(serve(bedrock()).url, patience=None).chat(HELLO)) == [
        Delta("Hello "),
        Delta("from ours."),
        Finish("end_turn", Usage(3, 5), None),
    ]


def test_frames_may_be_cut_anywhere(serve: Serve) -> None:
    """Messages do not follow HTTP's chunks. (The server is ours.)"""
    whole = b"".join(ANSWER)
    server = serve(streams(*(whole[at : at + 7] for at in range(0, len(whole), 7))))
    assert list(account(server.url).chat(HELLO))[-1] == Finish("end_turn", Usage(3, 5), None)


def test_reasoning_is_not_part_of_the_answer(serve: Serve) -> None:
    """Only the text is. (The server is ours.)"""
    assert list(account(serve(converses(START, REASONING, text("Yes."), STOP, METADATA)).url).chat(HELLO)) == [
        Delta("Yes."),
        Finish("end_turn", Usage(3, 5), None),
    ]


def test_a_conversation_and_its_options_are_sent(serve: Serve) -> None:
    """Turns, system prompt and options arrive where the API expects them, and unset options are not sent. (Our server.)"""
    server = serve(bedrock())
    turns = [Message("user", "hello"), Message("assistant", "Hi."), Message("user", "go on")]
    list(account(server.url).chat(ChatRequest("m", turns, system="Be short.", temperature=0.0, max_tokens=7)))
    list(account(server.url).chat(HELLO))
    assert server.asked[0].path == "/model/m/converse-stream"
    assert server.asked[0].json == {
        "messages": [
            {"role": "user", "content": [{"text": "hello"}]},
            {"role": "assistant", "content": [{"text": "Hi."}]},
            {"role": "user", "content": [{"text": "go on"}]},
        ],
        "system": [{"text": "Be short."}],
        "inferenceConfig": {"temperature": 0.0, "maxTokens": 7},
    }
    assert server.asked[1].path == "/model/amazon.nova-lite-v1%3A0/converse-stream"
    assert server.asked[1].json == {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}


def test_a_model_that_does_not_stream_answers_whole(serve: Serve) -> None:
    """The question is repeated without streaming. (The server is ours.)"""
    whole = {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
        "stopReason": "end_turn",
        "usage": USAGE,
        "metrics": {"latencyMs": 1},
    }
    cannot = refuses(400, "ValidationException", "The model is unsupported for streaming.")
    server = serve(routes({"/converse-stream": cannot, "/converse": says(whole)}))
    assert list(account(server.url).chat(HELLO)) == [Delta("Hello."), Finish("end_turn", Usage(3, 5), None)]


def test_models_are_those_that_can_be_called(serve: Serve) -> None:
    """Foundation models appear by their own id, and others through their inference profiles, over all pages. (The server is
    ours.)"""
    assert account(serve(bedrock()).url).models() == [
        Model("amazon.nova-lite-v1:0", "Amazon Nova Lite", CHAT),
        Model("amazon.titan-embed-text-v2:0", "Amazon Titan Text Embeddings V2", EMBEDDING),
        Model("amazon.titan-image-generator-v2:0", "Amazon Titan Image Generator", frozenset()),
        Model("us.anthropic.claude-sonnet-5-v1:0", "US Claude Sonnet 5", CHAT),
        Model("eu.amazon.nova-lite-v1:0", "EU Nova Lite", CHAT),
    ]


def test_models_are_listed_without_the_right_to_list_profiles(serve: Serve) -> None:
    """Every foundation model is listed in this case. Any other error is raised. (The server is ours.)"""
    denied = refuses(403, "AccessDeniedException", "not authorized to perform: bedrock:ListInferenceProfiles")
    assert "anthropic.claude-sonnet-5-v1:0" in [each.id for each in account(serve(bedrock(denied)).url).models()]
    with pytest.raises(ProviderFailed) as caught:
        account(serve(bedrock(refuses(500, "InternalServerException"))).url).models()
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_titan_embeds_one_text_at_a_time(serve: Serve) -> None:
    """Its tokens are added up. (The server is ours.)"""
    server = serve(bedrock())
    answer = account(server.url).embed(["one", "three"], "amazon.titan-embed-text-v2:0", dimensions=256)
    assert (answer.vectors, answer.usage) == ([[0.75, 0.5], [1.25, 0.5]], Usage(4))
    assert [asked.json for asked in server.asked] == [
        {"inputText": "one", "dimensions": 256},
        {"inputText": "three", "dimensions": 256},
    ]
    account(server.url).embed(["one"], "amazon.titan-embed-text-v1")
    assert server.asked[2].json == {"inputText": "one"}
    account(server.url).embed(["one"], "amazon.titan-embed-image-v1", dimensions=256)
    assert server.asked[3].json == {"inputText": "one", "embeddingConfig": {"outputEmbeddingLength": 256}}


@pytest.mark.parametrize("model", ["cohere.embed-multilingual-v3", "us.cohere.embed-v4:0"])
def test_cohere_embeds_all_texts_at_once(serve: Serve, model: str) -> None:
    """The answer may be by type or not, and the tokens are in a header. (The server is ours.)"""
    server = serve(bedrock())
    answer = account(server.url).embed(["one", "three"], model)
    assert (answer.vectors, answer.usage) == ([[0.75, 0.5], [1.25, 0.5]], Usage(4))
    assert server.asked[0].json == {"texts": ["one", "three"], "input_type": "search_document"}


def test_an_unknown_format_of_embedding_is_not_guessed(serve: Serve) -> None:
    """The error names the known families, and nothing is sent. (The server is ours.)"""
    server = serve(bedrock())
    with pytest.raises(ProviderFailed, match=r"cohere\.embed") as caught:
        account(server.url).embed(["one"], "somebody.embed-v1")
    assert caught.value.kind is FailureKind.BAD_REQUEST
    assert server.asked == []


def test_a_refused_key_is_an_authentication_failure(serve: Serve, guarded_aimock: Aimock) -> None:
    """This holds for every call, and no key is in the error. (The first server is ours; aimock with keys refuses signed
    requests.)"""
    url = serve(bedrock()).url
    error = failed(account(url, WRONG_KEY))
    assert (error.kind, error.alias, error.words) == (
        FailureKind.AUTHENTICATION,
        "bedrock",
        "The security token included in the request is invalid. (UnrecognizedClientException)",
    )
    for call in (
        lambda: account(url, WRONG_KEY).models(),
        lambda: account(url, WRONG_KEY).embed(["one"], "amazon.titan-embed-text-v2:0"),
        lambda: list(account(guarded_aimock.url).chat(HELLO)),
    ):
        with pytest.raises(ProviderFailed) as caught:
            call()
        assert (caught.value.kind, caught.value.alias) == (FailureKind.AUTHENTICATION, "bedrock")


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (403, "AccessDeniedException", "You don't have access to the model.", FailureKind.PERMISSION),
        (403, "InvalidSignatureException", "The request signature does not match.", FailureKind.AUTHENTICATION),
        (403, "ExpiredTokenException", "The security token is expired.", FailureKind.AUTHENTICATION),
        (404, "ResourceNotFoundException", "This model version has reached the end.", FailureKind.NOT_FOUND),
        (400, "ValidationException", "The provided model identifier is invalid.", FailureKind.NOT_FOUND),
        (400, "ValidationException", "max_tokens is too large.", FailureKind.BAD_REQUEST),
        (400, "ServiceQuotaExceededException", "Your quota is used up.", FailureKind.RATE_LIMITED),
        (408, "ModelTimeoutException", "The model took too long.", FailureKind.TIMEOUT),
        (424, "ModelErrorException", "The model failed.", FailureKind.PROVIDER_FAULT),
        (429, "ModelNotReadyException", "The model is not ready.", FailureKind.PROVIDER_FAULT),
        (503, "ServiceUnavailableException", "Try again.", FailureKind.PROVIDER_FAULT),
        (418, "SomethingNewException", "A teapot.", FailureKind.BAD_REQUEST),
    ],
)
def test_errors_are_told_apart(serve: Serve, status: int, code: str, message: str, kind: FailureKind) -> None:
    """The code decides first, and then the status. AWS's own words are passed on. (The server is ours.)"""
    error = failed(account(serve(refuses(status, code, message)).url))
    assert (error.kind, error.words) == (kind, f"{message} ({code})")


def test_a_rate_limit_says_how_long_to_wait(aimock: Aimock, serve: Serve) -> None:
    """The answer is 429 with ``Retry-After: 7``. (The second server is ours, and answers as AWS does.)"""
    error = failed(account(aimock.url), ChatRequest("m", [Message("user", "too much")]))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 7.0)
    throttled = refuses(429, "ThrottlingException", "Too many requests.", Retry_After="7")
    error = failed(account(serve(throttled).url))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 7.0)


def test_an_answer_that_is_not_aws_is_told_by_its_status(serve: Serve) -> None:
    """An example is the page of a gateway. (The server is ours.)"""
    server = serve(lambda asked, reply: reply.send(502, b"<html>Bad gateway</html>", "text/html"))
    error = failed(account(server.url))
    assert error.kind is FailureKind.PROVIDER_FAULT
    assert ("Bad Gateway" in error.words, "502" in error.words) == (True, True)


def test_only_the_client_of_the_user_has_boto3s_retries(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """One policy repeats calls for all providers, and boto3's retries would multiply them. (The server is ours.)"""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    server = serve(refuses(503, "ServiceUnavailableException"))
    assert failed(account(server.url, patience=None)).kind is FailureKind.PROVIDER_FAULT
    assert len(server.asked) == 3
    assert failed(account(server.url)).kind is FailureKind.PROVIDER_FAULT
    assert len(server.asked) == 4


def test_a_host_that_nobody_serves_is_unreachable(unreachable: str) -> None:
    """This holds for a chat and for the list of models."""
    assert failed(account(unreachable)).kind is FailureKind.UNREACHABLE
    with pytest.raises(ProviderFailed) as caught:
        account(unreachable).models()
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_a_server_that_does_not_answer_is_a_timeout(serve: Serve) -> None:
    """An impatient account gives up. (The server is ours: it hangs.)"""
    assert failed(account(serve(hangs()).url, patience=0.2)).kind is FailureKind.TIMEOUT


def test_a_stream_that_stalls_is_a_timeout(serve: Serve) -> None:
    """The text so far is delivered before the error. (Our server.)"""
    server = serve(streams(START, text("Half"), then=Reply.wait_for_hang_up))
    first, pieces = begun(lambda patience: account(server.url, patience=patience).chat(HELLO))
    assert first == Delta("Half")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.TIMEOUT


def test_a_malformed_list_of_models_is_no_empty_list(serve: Serve) -> None:
    """Half a body, or the answer of some other server, is a fault. (The server is ours.)"""
    for answer in (is_garbage(), is_garbage("text/html"), says({"object": "list", "data": []}), says([])):
        with pytest.raises(ProviderFailed) as caught:
            account(serve(answer).url).models()
        assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_a_malformed_answer_is_a_fault(aimock: Aimock, serve: Serve) -> None:
    """The faults are bad checksums, JSON in the place of frames, and frames of another shape. (The second server is ours.)"""
    aimock.fault(malformed=1)
    assert failed(account(aimock.url)).kind is FailureKind.PROVIDER_FAULT
    broken = bytearray(text("Hello"))
    broken[-1] ^= 0xFF
    for answer in (streams(START, bytes(broken)), is_garbage(), is_garbage(STREAM), servers.streams([{"a": 1}])):
        assert failed(account(serve(answer).url)).kind is FailureKind.PROVIDER_FAULT
    with pytest.raises(ProviderFailed) as caught:
        account(serve(is_garbage()).url).embed(["one"], "amazon.titan-embed-text-v2:0")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_a_connection_that_is_dropped_is_unreachable(aimock: Aimock) -> None:
    """A missing answer is not an empty one."""
    aimock.fault(disconnect=1)
    assert failed(account(aimock.url)).kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize("then", [Reply.cut, lambda reply: reply.chunk(b"")], ids=["cut off", "ended early"])
def test_a_stream_that_breaks_off_is_not_taken_for_an_answer(serve: Serve, then: Callable[[Reply], None]) -> None:
    """The pieces come, then an error and no `Finish`, even if HTTP itself ended properly. (Our server.)"""
    server = serve(streams(START, text("Half"), text("lost")[:9], then=then))
    pieces = account(server.url).chat(HELLO)
    assert next(pieces) == Delta("Half")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_an_error_within_a_stream_has_its_kind(serve: Serve) -> None:
    """The status was 200, so the exception's own type counts. (The server is ours.)"""
    error = failed(account(serve(converses(START, failure("throttlingException", "Slow down."))).url))
    assert (error.kind, error.words) == (FailureKind.RATE_LIMITED, "Slow down. (throttlingException)")
    fault = failure("modelStreamErrorException", "The model failed.")
    assert failed(account(serve(converses(START, fault)).url)).kind is FailureKind.PROVIDER_FAULT


def test_closing_the_iterator_closes_the_connection(serve: Serve) -> None:
    """AWS learns at once that the client is gone. (Our server waits for it.)"""
    server = serve(streams(START, text("Half"), then=Reply.wait_for_hang_up))
    pieces = account(server.url, patience=None).chat(HELLO)
    assert next(pieces) == Delta("Half")
    pieces.close()
    assert server.hung_up.wait(10)


def test_without_keys_awss_own_search_decides(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the search finds them in the environment, including the token. (The server is ours.)"""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", GOOD_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-session-token")
    server = serve(bedrock())
    assert list(bare(server.url).chat(HELLO))
    assert bare(server.url).models()
    assert [asked.headers["x-amz-security-token"] for asked in server.asked] == ["a-session-token"] * 4


@pytest.mark.parametrize("keys", [["api_key"], ["access_key_id", "secret_access_key"]])
def test_keys_that_are_blank_are_not_replaced_by_awss_own_search(
    session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    """No signature of this machine's account reaches the host that was allowed for the keys. (The server is ours.)"""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", GOOD_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    server = serve(bedrock())
    monkeypatch.setenv("Team__Key", GOOD_KEY)
    settings = {"region": "us-east-1", "endpoint": server.url, **dict.fromkeys(keys, "$Team:Key")}
    session.create("a", "amazon", settings=settings)
    monkeypatch.setenv("Team__Key", "")
    with pytest.raises(UnusableValue):
        session.ask("hello", profile="a", model="amazon.nova-lite-v1:0")
    with pytest.raises(UnusableValue):
        session.models("a")
    assert session.test("a", model="amazon.nova-lite-v1:0")[0].verdict == "failed"
    assert server.asked == []


def test_the_search_waits_for_the_first_request(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a client does not touch the network, although the search may: here it asks a container's credential service once.
    (Both servers are ours.)"""
    found = {"AccessKeyId": GOOD_KEY, "SecretAccessKey": SECRET, "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}
    container, server = serve(says(found)), serve(bedrock())
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url)
    asking = bare(server.url)
    assert asking.client is not None
    assert asking.client.control() is not None
    assert container.asked == []
    assert list(asking.chat(HELLO))
    assert asking.models()
    assert len(container.asked) == 1


def test_no_credentials_at_all_is_an_authentication_failure(serve: Serve) -> None:
    """Nothing is sent in this case. (The server is ours.)"""
    server = serve(bedrock())
    error = failed(bare(server.url))
    assert (error.kind, error.words) == (FailureKind.AUTHENTICATION, "Unable to locate credentials")
    assert server.asked == []


def test_a_profile_goes_before_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The profile is the choice of the connection. A profile that does not exist is an authentication failure. (The server is
    ours.)"""
    (tmp_path / "credentials").write_text(
        f"[team]\naws_access_key_id = {GOOD_KEY}\naws_secret_access_key = {SECRET}\n", encoding="utf-8"
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", WRONG_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    url = serve(bedrock()).url
    assert list(bare(url, profile="team").chat(HELLO))
    assert list(bare(url, profile="team", access_key_id=Secret(GOOD_KEY), secret_access_key=Secret(SECRET)).chat(HELLO))
    error = failed(bare(url, profile="nobody"))
    assert (error.kind, error.words) == (
        FailureKind.AUTHENTICATION,
        "The config profile (nobody) could not be found",
    )


def test_a_session_token_is_sent(serve: Serve) -> None:
    """Temporary keys have three parts. (The server is ours.)"""
    server = serve(bedrock())
    keys = {
        "access_key_id": Secret(GOOD_KEY),
        "secret_access_key": Secret(SECRET),
        "session_token": Secret("temporary"),
    }
    assert list(bare(server.url, **keys).chat(HELLO))
    assert server.asked[0].headers["x-amz-security-token"] == "temporary"


def test_half_a_key_is_refused_before_anything_is_sent(serve: Serve) -> None:
    """If one of the two resolves to nothing, boto3 would continue. (The server is ours.)"""
    server = serve(bedrock())
    error = failed(bare(server.url, access_key_id=Secret(GOOD_KEY)))
    assert error.kind is FailureKind.AUTHENTICATION
    assert "secret_access_key" in error.what
    assert server.asked == []


def test_a_bearer_token_of_the_environment_is_only_for_who_has_no_keys(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 would prefer it even to given keys. (The server is ours.)"""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "somebody-elses-token")
    server = serve(streams(*ANSWER))
    list(account(server.url).chat(HELLO))
    assert server.asked[0].headers["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={GOOD_KEY}/")
    # boto3 takes the token here and sends it over HTTPS only. Older versions do not know it.
    told = failed(bare(server.url)).what
    assert "requires an HTTPS endpoint" in told or "Unable to locate credentials" in told


def test_the_endpoint_is_the_connections(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_ENDPOINT_URL has no effect, with an endpoint or without. (Both servers are ours.)"""
    other, server = serve(bedrock()), serve(bedrock())
    monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", other.url)
    assert list(account(server.url).chat(HELLO))
    assert other.asked == []
    client = Amazon().client({"region": "eu-central-1"})
    assert client.meta.endpoint_url == "https://bedrock-runtime.eu-central-1.amazonaws.com"
    assert client.control().meta.endpoint_url == "https://bedrock.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("endpoint", "control"),
    [
        ("https://bedrock-runtime-fips.us-east-1.amazonaws.com", "https://bedrock-fips.us-east-1.amazonaws.com"),
        ("https://vpce-1-2.bedrock-runtime.us-east-1.vpce.amazonaws.com", "https://bedrock.us-east-1.amazonaws.com"),
        ("https://gateway.example.com:8443/aws", "https://gateway.example.com:8443/aws"),
    ],
)
def test_models_are_listed_where_they_are_called(endpoint: str, control: str) -> None:
    """A gateway does both, but each of AWS's own hosts does only one."""
    client = Amazon().client({"region": "us-east-1", "endpoint": endpoint})
    assert client.meta.endpoint_url == endpoint
    assert client.control().meta.endpoint_url == control


def test_a_key_with_a_line_break_cannot_be_sent(serve: Serve) -> None:
    """The error does not repeat the key. (The server is ours.)"""
    server = serve(bedrock())
    error = failed(account(server.url, f"{GOOD_KEY}\nX-Evil: 1"))
    assert error.kind is FailureKind.AUTHENTICATION
    assert (GOOD_KEY in str(error), "Evil" in str(error)) == (False, False)
    assert server.asked == []


# ---- a key of Bedrock alone -------------------------------------------------------------------------------------------

API_KEY = "made-up-bedrock-api-key-0123456789"


def takes_api_keys(asked: servers.Asked, reply: Reply) -> None:
    """Answer as a Bedrock that accepts this API key only. (It is ours.)"""
    works = routes(
        {
            "/foundation-models": says({"modelSummaries": []}),
            "/inference-profiles": says({"inferenceProfileSummaries": []}),
            "/converse-stream": streams(*ANSWER),
        }
    )
    refused = refuses(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    (works if asked.headers.get("authorization") == f"Bearer {API_KEY}" else refused)(asked, reply)


def test_an_api_key_is_sent_as_a_bearer_token(serve: Serve) -> None:
    """It goes to both services, and nothing is signed with other credentials of this machine."""
    server = serve(takes_api_keys)
    mine = bare(server.url, api_key=Secret(API_KEY))
    assert mine.models() == []
    assert [each for each in mine.chat(HELLO) if isinstance(each, Delta)]
    assert {each.headers["authorization"] for each in server.asked} == {f"Bearer {API_KEY}"}


def test_a_wrong_api_key_is_told_without_it(serve: Serve) -> None:
    """The error is an authentication failure."""
    wrong = bare(serve(takes_api_keys).url, api_key=Secret("made-up-wrong-bedrock-api-key"))
    assert failed(wrong).kind is FailureKind.AUTHENTICATION


def test_the_list_is_asked_for_without_the_api_key(serve: Serve) -> None:
    """A refusal of that request proves the key."""
    server = serve(takes_api_keys)
    mine = bare(server.url, api_key=Secret(API_KEY))
    with pytest.raises(ProviderFailed):
        mine.models_without_key()
    assert "authorization" not in server.asked[-1].headers
    mine.models()
    assert server.asked[-1].headers["authorization"] == f"Bearer {API_KEY}"


def test_another_accounts_variables_do_not_come_into_it(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its token nor its keys are used."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "somebody-elses-token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE0000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "somebody-elses-secret")
    server = serve(takes_api_keys)
    list(bare(server.url, api_key=Secret(API_KEY)).chat(HELLO))
    assert server.asked[-1].headers["authorization"] == f"Bearer {API_KEY}"
    with_keys = bare(server.url, access_key_id=Secret(GOOD_KEY), secret_access_key=Secret(SECRET))
    assert failed(with_keys).kind is FailureKind.AUTHENTICATION
    assert server.asked[-1].headers["authorization"].startswith("AWS4-HMAC-SHA256")


def test_an_api_key_stands_alone() -> None:
    """With access keys or a profile beside it, it would be unclear which account is used."""
    assert set(Amazon().problems({"region": "x", "api_key": "x", "profile": "x"})) == {"api_key"}
    assert Amazon().problems({"region": "x", "api_key": "x"}) == {}


def test_a_program_gets_the_api_key_and_no_other_sign_in() -> None:
    """The program gets it in the variable that AWS's own SDKs read."""
    settings: Settings = {"region": "us-east-1", "api_key": Secret(API_KEY)}
    provider = Amazon()
    assert provider.environment(settings)["AWS_BEARER_TOKEN_BEDROCK"] == API_KEY
    assert {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN"} <= provider.removed(settings)
