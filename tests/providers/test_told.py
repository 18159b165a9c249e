"""What the body of an error says, whatever its shape; events read from bytes."""

from __future__ import annotations

import pytest

from aiconn_nb.errors import FailureKind
from aiconn_nb.providers.calls.events import DONE, Event, Whole, events
from aiconn_nb.providers.failures.classifying import Unreadable, http_failure, kind_of
from aiconn_nb.providers.failures.told import told


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "m"}}, "m"),
        ({"error": "m"}, "m"),
        ({"message": "m"}, "m"),
        ({"detail": "m"}, "m"),
        ({"detail": [{"loc": ["body", "top_k"], "msg": "m"}]}, "body.top_k: m"),
        ({"message": {"detail": [{"msg": "m"}]}}, "m"),
        ([{"error": {"message": "m"}}], "m"),
        ({"errors": [{"message": "a"}, {"message": "b"}]}, "a; b"),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": '{"error": "m"}'}}},
            "Provider returned error: m",
        ),
        ({"error": '{"error": {"message": "m"}}'}, "m"),
        ('{"error": {"message": "m"}}', "m"),
        (b'{"error": "m"}', "m"),
        ("m", "m"),
        ("<!doctype html><html><head><title>Sign in</title></head></html>", "a web page: Sign in"),
        ({"base_resp": {"status_code": 1004, "status_msg": "m"}, "choices": None}, "m"),
        ({"error_code": 17, "error_msg": "m"}, "m"),
        ({"code": 17}, ""),
        (None, ""),
        (17, ""),
    ],
)
def test_the_words_are_found(body: object, words: str) -> None:
    """The message is found in each format that servers are known to send."""
    assert told(body).words == words


def test_codes_parameters_and_times_are_found() -> None:
    """They are found anywhere in the body."""
    said = told(
        {
            "error": {
                "message": "m",
                "code": "A_b",
                "type": "t",
                "param": "messages[0].role",
                "details": [{"retryDelay": "2.5s"}],
            }
        }
    )
    assert said.codes == ("a_b", "t")
    assert said.params == {"messages", "0", "role"}
    assert said.retry_after == 2.5


def test_a_body_that_goes_ever_deeper_is_read_to_an_end() -> None:
    """A server may send anything."""
    body: object = "m"
    for _ in range(200):
        body = {"error": [body]}
    assert told(body).words == ""


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "no", "code": "insufficient_quota"}}, FailureKind.OUT_OF_CREDIT),
        (403, {"error": "The account has been suspended"}, FailureKind.AUTHENTICATION),
        (422, {"detail": "Unknown model m"}, FailureKind.NOT_FOUND),
        (None, {"error": {"code": 429}}, FailureKind.RATE_LIMITED),
        (200, {"error": {"type": "overloaded_error"}}, FailureKind.PROVIDER_FAULT),
        (500, {"error": {"message": "credit balance service is down"}}, FailureKind.PROVIDER_FAULT),
        (500, {"error": {"message": "insufficient balance (1008)"}}, FailureKind.OUT_OF_CREDIT),
        (401, {"error": {"message": "no"}}, FailureKind.AUTHENTICATION),
        (401, {"error": {"message": "no", "type": "key_model_access_denied"}}, FailureKind.NOT_FOUND),
        (401, {"error": {"message": "key not allowed to access model m-1"}}, FailureKind.NOT_FOUND),
        (403, {"errors": [{"code": 10000, "message": "Authentication error"}]}, FailureKind.AUTHENTICATION),
        (
            403,
            {"message": "Out of call volume quota. Quota will be replenished in 00:01:30."},
            FailureKind.RATE_LIMITED,
        ),
        (403, {"message": "Token quota is exceeded. Try again in 58 minutes."}, FailureKind.RATE_LIMITED),
        (403, {"message": "API rate limit exceeded for user ID 7."}, FailureKind.RATE_LIMITED),
        (
            403,
            {"error": {"message": 'm-1 requires moderation. Your input was flagged for "x".'}},
            FailureKind.BAD_REQUEST,
        ),
        (
            400,
            {"error": {"message": "Budget has been exceeded! Current cost: 2, Max budget: 1"}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            400,
            {"error": {"message": "ExceededBudget: User=u over budget. Spend=2, Budget=1"}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            429,
            {"error": {"message": "User exceeded budget for model=m-1", "type": "budget_exceeded"}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            400,
            {
                "type": "error",
                "error": {
                    "type": "invalid_request_error",
                    "message": "You have reached your specified API usage limits. You will regain access on 2026-12-09 at "
                    "00:00 UTC.",
                },
            },
            FailureKind.OUT_OF_CREDIT,
        ),
        (400, {"error": {"message": "the usage limits of this tool are exceeded"}}, FailureKind.BAD_REQUEST),
        (429, {"error": {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}}, FailureKind.OUT_OF_CREDIT),
        (
            403,
            {"error": {"message": "user quota is not enough", "code": "insufficient_user_quota"}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (403, {"error": {"message": "用户额度不足, 剩余额度: 0", "type": "new_api_error"}}, FailureKind.OUT_OF_CREDIT),
        (
            403,
            {"error": {"message": "token quota is not enough", "code": "pre_consume_token_quota_failed"}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            403,
            {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None},
            FailureKind.OUT_OF_CREDIT,
        ),
        (403, {"code": 403, "reason": "NOT_ENOUGH_BALANCE", "message": "no"}, FailureKind.OUT_OF_CREDIT),
        (
            403,
            {"code": "AccountOverdueError", "message": "Your account has an overdue balance.", "type": "Forbidden"},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            403,
            {"error": {"message": "The free tier of the model has been exhausted. Disable the free tier only mode."}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (
            403,
            {"error": {"message": "Key limit exceeded (total limit). Manage it using https://x.invalid", "code": 403}},
            FailureKind.OUT_OF_CREDIT,
        ),
        (429, {"error": {"message": "API key limit exceeded: 60 requests per minute"}}, FailureKind.RATE_LIMITED),
        (403, {"error": {"message": "your key may not use this balance sheet"}}, FailureKind.PERMISSION),
        (429, {"error": {"message": "free tier: 50 requests per day"}}, FailureKind.RATE_LIMITED),
        (400, {"error": {"message": "max_tokens: the thinking budget exceeded it"}}, FailureKind.BAD_REQUEST),
        (400, {"error": {"message": "the context is 12 tokens over budget"}}, FailureKind.BAD_REQUEST),
        (400, {"error": {"message": "Token budget exceeded"}}, FailureKind.BAD_REQUEST),
        (400, {"error": {"message": "reasoning_budget exceeded"}}, FailureKind.BAD_REQUEST),
        (429, {"error": {"message": "Monthly budget exceeded"}}, FailureKind.OUT_OF_CREDIT),
        (400, {"error": {"message": "the text on leaked documents is too long"}}, FailureKind.BAD_REQUEST),
        (403, {"error": {"message": "This API key has leaked."}}, FailureKind.AUTHENTICATION),
        (400, {"error": {"message": "Invalid model parameters: top_k"}}, FailureKind.BAD_REQUEST),
        (400, {"error": {"message": "Invalid model: m"}}, FailureKind.NOT_FOUND),
        (400, {"error": {"message": "no", "code": "model_not_supported"}}, FailureKind.NOT_FOUND),
        (400, {"error": {"code": "1211", "message": "模型不存在，请检查模型代码。"}}, FailureKind.NOT_FOUND),
        (
            400,
            {"code": 20012, "message": "Model does not exist. Please check it carefully.", "data": None},
            FailureKind.NOT_FOUND,
        ),
        (400, {"error": {"code": "unavailable_model", "message": "Unavailable model: m"}}, FailureKind.NOT_FOUND),
        (400, {"error": {"message": "'top_p' is not supported with this model"}}, FailureKind.BAD_REQUEST),
        (400, {"detail": "Server is pinned to 'm'; requested 'n'."}, FailureKind.NOT_FOUND),
        (
            500,
            {
                "error": {
                    "code": 500,
                    "message": "input (992 tokens) is too large to process. increase the physical batch size",
                    "type": "server_error",
                }
            },
            FailureKind.BAD_REQUEST,
        ),
        (500, {"error": "the input length exceeds the context length"}, FailureKind.BAD_REQUEST),
        (500, {"error": {"message": "no", "type": "exceed_context_size_error"}}, FailureKind.BAD_REQUEST),
        (
            500,
            {"error": {"message": "Requested tokens (5000) exceed context window of 2048"}},
            FailureKind.BAD_REQUEST,
        ),
        (500, {"error": {"message": "the context window was lost"}}, FailureKind.PROVIDER_FAULT),
        (
            None,  # lm-proxy, before llama-cpp-python
            {"error": {"message": "Error code: 500 - {\\'error\\': \\'loc\\': (\\'body\\', \\'response_format\\')"}},
            FailureKind.BAD_REQUEST,
        ),
        (None, {"base_resp": {"status_code": 1004, "status_msg": "login fail: no key"}}, FailureKind.AUTHENTICATION),
        (None, {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, FailureKind.OUT_OF_CREDIT),
        (
            None,
            {"base_resp": {"status_code": 1002, "status_msg": "rate limit exceeded(RPM)"}},
            FailureKind.RATE_LIMITED,
        ),
    ],
)
def test_words_and_codes_say_more_than_the_status(status: int | None, body: object, kind: FailureKind) -> None:
    """Servers choose the status loosely. A fault of the server itself remains one."""
    assert kind_of(status, told(body)) is kind


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached on tokens per min. Please try again in 1.352s. Visit https://x.invalid", 1.352),
        ("Please try again in 6ms.", None),  # less than our own pause
        ("Please try again in 1m26.4s.", 86.4),
        ("Please retry after 26 seconds. To increase the limit, ...", 26.0),
        ("Rate limit is exceeded. Try again in 26 seconds.", 26.0),
        ("No deployments available for selected model, Try again in 5 seconds. Passed model=m", 5.0),
        ("Rate limit of 10 per 60s exceeded. Please wait 7 seconds before retrying.", 7.0),
        ("Please retry in 34.074824224s.", 34.074824224),
        ("Token quota is exceeded. Try again in 58 minutes.", 3480.0),
        ("Out of call volume quota. Quota will be replenished in 01:00:30.", 3630.0),
        ("Try again in a while.", None),
        ("Limit 6000 per 60s, used 7000", None),
        ("try again in 9" + "9" * 400 + " s", None),
    ],
)
def test_a_busy_server_may_say_in_words_how_long_to_wait(words: str, seconds: float | None) -> None:
    """A gateway may drop the header. If there is one, it has precedence."""
    failure = http_failure(429, told({"error": {"message": words}}))
    assert failure.retry_after == (seconds if seconds is None else pytest.approx(seconds))
    assert http_failure(429, told({"error": {"message": words}}), {"retry-after": "3"}).retry_after == 3.0
    assert http_failure(400, told({"error": {"message": words}})).retry_after is None


def test_a_model_that_is_being_loaded_says_how_long() -> None:
    """Hugging Face sends an estimate."""
    assert (
        http_failure(503, told({"error": "Model m is currently loading", "estimated_time": 20.5})).retry_after == 20.5
    )


def test_a_repeated_request_says_nothing_about_the_account() -> None:
    """A server in Python repeats a refused request. The user's own words would stop a map, or lead to another provider."""
    asked = {"messages": [{"type": "insufficient_quota", "reason": "invalid api key", "param": "temperature"}]}
    body = {"detail": [{"type": "missing", "loc": ["body", "x"], "msg": "Field required", "input": asked}]}
    assert kind_of(422, told(body)) is FailureKind.BAD_REQUEST
    assert told(body).params == {"body", "x"}
    words = f"[{{'type': 'missing', 'loc': ('body', 'x'), 'msg': 'Field required', 'input': {asked}}}]"  # vLLM
    assert kind_of(400, told({"error": {"message": words}})) is FailureKind.BAD_REQUEST


def test_a_message_that_the_template_refuses_is_not_asked_again() -> None:
    """The same message would be refused again."""
    said = told({"error": {"message": "chat template: roles must alternate"}})
    assert not http_failure(500, said).again
    assert http_failure(409, told(None)).again


@pytest.mark.parametrize(
    ("status", "words", "advised"),
    [
        (400, "This model's maximum context length is 256 tokens.", "larger"),
        (500, "input (992 tokens) is too large to process", "larger"),
        (400, "Either x-portkey-config or x-portkey-provider header is required", "headers"),
        (400, "Missing required header", "headers"),
        (401, "x-api-key header is required", ""),
        (400, "temperature is too high", ""),
        (400, "<html><h1>400 Bad request</h1></html>", "headers"),  # HAProxy and Apache, if a header is too long
    ],
)
def test_a_request_that_lacks_something_or_is_too_long_has_its_own_advice(
    status: int, words: str, advised: str
) -> None:
    """The usual advice for a refused request is to check the model and its options."""
    advice = http_failure(status, told({"error": {"message": words}})).advice
    assert advised in advice if advised else not advice


def test_a_time_without_end_is_none() -> None:
    """A number with enough digits would be infinite."""
    assert told({"retryDelay": "9" * 400 + "s"}).retry_after is None


def test_a_body_of_nothing_but_codes_is_read_to_an_end() -> None:
    """The first codes are those of the error. Searching all of them would block everything else for seconds."""
    assert told({str(each): {"code": f"c{each}"} for each in range(100_000)}).codes == tuple(
        f"c{each}" for each in range(49)
    )
    assert len(told({"param": "a." * 100_000}).params) == 1


@pytest.mark.parametrize(("status", "again"), [(424, True), (498, True), (499, True), (500, True), (501, False)])
def test_what_the_server_never_does_is_not_asked_again(status: int, again: bool) -> None:
    """Another connection may succeed. A busy server may succeed a moment later."""
    assert http_failure(status, told(None)).again is again


def test_a_server_may_say_whether_to_ask_again() -> None:
    """``x-should-retry`` decides either way."""
    assert http_failure(503, told(None)).again
    assert not http_failure(503, told(None), {"x-should-retry": "false"}).again
    assert http_failure(400, told(None), {"x-should-retry": "true"}).again


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        ([b'data: {"a": 1}\n\n', b"data: [DONE]\n\n"], [Event("", {"a": 1}), Event("", DONE)]),
        ([b"event: x\r\nda", b'ta: {"a":\r', b"\ndata: 1}\r\n\r\n"], [Event("x", {"a": 1})]),
        ([b'\xef\xbb\xbf: hello\n\ndata:{"a": "\xe2\x80\xa8"}'], [Event("", {"a": "\u2028"})]),
        ([b"\n\n", b'{"a":', b" 1}"], [Whole({"a": 1})]),
        ([b"[1,\n2]"], [Whole([1, 2])]),
        ([b"upstream ", b"is gone"], [Whole("upstream is gone")]),
        ([b"error: upstream is gone"], [Whole("error: upstream is gone")]),
        ([b'data: 1\n\nerror: {"code":', b" 400}\n\n"], [Event("", 1), Event("error", {"code": 400})]),
        ([b'error: {"code": 400}\n\ndata: [DONE]\n\n'], [Event("error", {"code": 400}), Event("", DONE)]),
        ([], []),
    ],
)
def test_events_are_read_as_they_are_cut(chunks: list[bytes], found: list[object]) -> None:
    """They may be cut at any byte and have any line end. A body that is not a stream stays whole."""
    assert list(events(chunks)) == found


@pytest.mark.parametrize(
    "alive",
    [b"data:\n\n", b"data: \n\n", b"data:\ndata:\n\n", b"retry: 3000\n\n", b"id: 7\n\n", b"event: ping\n\n"]
    + [
        b"event: %s\ndata: %s\n\n" % (name, data)
        for name in (b"ping", b"keepalive", b"heartbeat")
        for data in (b"", b"ok")
    ],
)
def test_what_only_keeps_the_connection_open_is_no_event(alive: bytes) -> None:
    """Gateways send such events while a model thinks, at the beginning or within an answer. The rest is read."""
    assert list(events([alive, b"data: 1\n\n", alive, b"data: 2\n\n", alive])) == [Event("", 1), Event("", 2)]


def test_data_that_is_no_json_is_unreadable() -> None:
    """It is an error, because a part of the answer would be missing."""
    with pytest.raises(Unreadable):
        list(events([b"data: {\n\n"]))


def test_a_page_of_nothing_but_titles_is_read_at_once() -> None:
    """Searching for the end of each title would take minutes and block everything else."""
    assert told("<html>" + "<title>" * 100_000).words == "a web page"


def test_words_without_end_have_a_kind_at_once() -> None:
    """The same holds for a message that repeats a searched word."""
    assert kind_of(400, told("model." * 200_000)) is FailureKind.BAD_REQUEST
