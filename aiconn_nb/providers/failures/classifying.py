"""Classification of failures by HTTP status and Python exception, independent of the provider."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any, TypeVar

from aiconn_nb.errors import FailureKind

from ..base import Failure
from ..values.sign_in import NotSignedIn
from .json_text import NOT_JSON, parsed
from .this_machine import chain_of
from .told import A_PAGE, Told, said_with, told
from .transport import transport_failure

T = TypeVar("T")

_STATUSES = {
    401: FailureKind.AUTHENTICATION,
    402: FailureKind.OUT_OF_CREDIT,
    403: FailureKind.PERMISSION,
    404: FailureKind.NOT_FOUND,
    405: FailureKind.NOT_FOUND,
    407: FailureKind.UNREACHABLE,  # it comes from a proxy on the way
    408: FailureKind.TIMEOUT,
    410: FailureKind.NOT_FOUND,  # Hugging Face, for a model that is no longer served
    421: FailureKind.UNREACHABLE,  # the connection leads to another server, mostly because of a proxy
    424: FailureKind.PROVIDER_FAULT,  # Hugging Face's servers and Bedrock, if the model itself breaks
    426: FailureKind.UNREACHABLE,  # a gateway that expects another protocol
    429: FailureKind.RATE_LIMITED,
    498: FailureKind.RATE_LIMITED,  # Groq, if the flex tier has no capacity
    499: FailureKind.PROVIDER_FAULT,  # Google and gateways, if they drop a request
    501: FailureKind.NOT_FOUND,  # llama.cpp, if the server was started without what is asked
    504: FailureKind.TIMEOUT,
    522: FailureKind.TIMEOUT,  # Cloudflare, if the server behind it cannot be connected to
    524: FailureKind.TIMEOUT,  # Cloudflare, if that server takes longer than 100 s
}
_AGAIN = frozenset({408, 409, 424, 425, 429, 498, 499})
"""Statuses below 500 for which the same request may succeed a moment later."""

_OUT_OF_CREDIT = re.compile(
    # OpenAI, Azure, Moonshot; Anthropic; OpenRouter, xAI, Together, Hugging Face; DeepSeek; DashScope; Bedrock; Google
    r"insufficient[_ ](quota|balance|credits?|funds)|exceeded_current_quota|billing_(error|hard_limit|not_active)"
    r"|credit balance|out of credits?|(no|any|more|enough|remaining|included|available|prepa\w{1,9}) credits?\b"
    r"|credits? (are|is|have been|has been|was|were) (deplet|exhaust|used up)\w*|credit limit|no credit left"
    r"|spending limit|arrearage|invalid_payment_instrument|valid payment instrument|payment_?required|billing_disabled"
    r"|billing (is|has been|to be) (disabled|not enabled|enabled)|account is not active, please check your billing"
    # One API and New API; SiliconFlow; Volcano Engine and DashScope; OpenRouter, for the limit of one key
    r"|insufficient_(user|account|token)_quota|(user|token) quota is not enough|额度不足"
    r"|balance is (insufficient|not enough)|not[_ ]enough[_ ]balance|overdue[_ ](balance|account)|account[_ ]?overdue"
    r"|free tier of the model has been exhausted|\bkey limit exceeded\b.{0,30}manage it"
    # Anthropic, for the limit that an organization sets itself: the status is 400
    r"|(your|organization\S*) (specified |configured )?(api )?usage limits?\b.{0,40}regain access"
    # LiteLLM; Z.ai
    r"|(?<!token[_ ])(?<!tokens )(?<!context[_ ])(?<!thinking[_ ])(?<!reasoning[_ ])budget[_ ](is |has been )?exceeded"
    r"|exceeded ?budget|(?<!tokens )over budget|余额不足|欠费"
)
_NOTHING_LEFT = re.compile(r"insufficient[_ ](quota|balance|credits?|funds)")
"""Certain even if the status blames the server: MiniMax sends 500."""
_LIMITED = re.compile(
    # GitHub; Azure's API Management; MiniMax
    r"rate[_ -]?limit|too[_ ]many[_ ]requests|call volume quota|quota (is |has been |was )?exceeded"
)
_TOO_LONG = re.compile(
    r"too (large|big|long) to process"  # llama.cpp, for a text to embed
    r"|exceed[^.]{1,60}(?<![a-z])context[ _](length|size|window)|context[_ ](length|size|window)[_ ](is |was )?exceeded"
    r"|maximum context length|longer than the context"
)
"""A text that does not fit into the model's context."""
_REFUSED = re.compile(
    rf"\bjinja\b|chat template|templateerror|'loc\\*': \(\\*'body|{_TOO_LONG.pattern}"  # llama.cpp; llama-cpp-python's body
)
"""A request that the server will always refuse, whatever its status says. Servers of llama.cpp send 500."""
_WITHOUT_IT = re.compile(r"must be created with embedding")
"""What llama-cpp-python says, with 500, if it was started without what is asked. llama.cpp itself sends 501."""
_MISWRITTEN = re.compile(r"json_validate_failed|tool_use_failed|output_parse_failed")
"""The model wrote what the server then refused. Groq blames the request for it."""
_FLAGGED = re.compile(r"requires moderation|(was|been|is) flagged|content[_ ](policy|filter)")
_DEAD_KEY = re.compile(
    r"(invalid|incorrect|expired|revoked|unknown|disabled)[_ ](api[_ ]?key|token|access[_ ]token)"
    r"|api[_ ]?key[_ ](invalid|expired|not[_ ]valid|not[_ ]found|revoked|disabled|service_blocked)"
    r"|api key (is|was|has|has been|not) (\w+ )?(invalid|valid|incorrect|expired|revoked|disabled|suspended|deleted)"
    r"|account_deactivated|account (has been|is|was) (deactivated|disabled|suspended|blocked|terminated)"
    r"|(?<!web page: )\bauthentication (error|failed)\b|\blogin fail"  # Cloudflare; MiniMax
    r"|consumer_suspended|(reported|detected) as leaked|\bkey\b.{0,60}\bleaked\b|\bleaked\b.{0,30}\bkey\b"
    r"|bearer token has expired|consumer .{0,60}suspended"
)
_NO_MODEL = re.compile(
    r"model_not_found|model_not_available|deploymentnotfound|invalid_model\b|no such model|model identifier is invalid"
    r"|model[_ ]not[_ ](exist|found)|not a valid model|(unknown|unavailable)[_ ]model\b|unsupported model\b"
    r"|\bmodel does not exist"  # SiliconFlow
    r"|invalid model\b(?! (param|config|setting|option|input|output))"
    r"|model\W{1,20}\S{1,200} (does not exist|(is |was )?not found|is not available|has been (retired|decommissioned))"
    r"|model_not_supported|模型不存在"  # Hugging Face's router; Z.ai
    r"|server is pinned to '"  # transformers serve
    r"|model_decommissioned|(does not|not) have access to( the)? model|models/\S+ is not found|model not (found|exist)"
)
_NO_MODEL_FOR_KEY = re.compile(r"model_access_denied|not allowed to access (the )?model")
"""LiteLLM, with the status of a wrong key."""
_WAIT = re.compile(
    r"(?:try again|retry|wait|replenished)(?: again)?(?: in| after| for)?:? "
    r"(?:(?P<clock>\d\d:\d\d:\d\d)"
    r"|(?:(?P<hours>\d{1,5}) ?h(?:ours?)? ?)?(?:(?P<minutes>\d{1,5}) ?m(?:in(?:ute)?s?)?(?![a-z]) ?)?"
    r"(?:(?P<seconds>\d{1,6}(?:\.\d{1,9})?) ?s(?:ec(?:ond)?s?)?\b)?)"
)
_SHORTEST = 1.0
"""The minimum seconds of a wait that is asked for in words. The own pauses are as long."""
_TOO_LARGE = re.compile(
    r"batch|too (large|long|many|big)|larger than|longer than|greater than|more than|exceed|at most|up to|maximum|max_|\bmax\b"
    r"|tokens per request|per request|payload|entity|items? (in|of) |number of (texts|inputs|items|documents)|\blimit\b"
)
_STREAMED = (
    # The meaning of codes and types without a status: an error within a stream, or in a response with status 200.
    (FailureKind.RATE_LIMITED, ("rate_limit", "ratelimit", "resource_exhausted", "too_many_requests", "throttl")),
    (FailureKind.AUTHENTICATION, ("authentication", "unauthenticated", "unauthorized", "invalid_api_key")),
    (FailureKind.PERMISSION, ("permission", "forbidden", "access_denied", "accessdenied")),
    (FailureKind.NOT_FOUND, ("not_found", "notfound")),
    (FailureKind.TIMEOUT, ("timeout", "deadline_exceeded")),
    (
        FailureKind.BAD_REQUEST,
        ("invalid_request", "invalid_argument", "bad_request", "validation", "request_too_large"),
    ),
)

_LOOSE = frozenset({FailureKind.BAD_REQUEST, FailureKind.PERMISSION, FailureKind.PROVIDER_FAULT})
_MEANT = (
    # The kinds that a status or a code may have, the words that say more, and what they mean; the first that fits decides.
    (frozenset(FailureKind), _OUT_OF_CREDIT, FailureKind.OUT_OF_CREDIT),
    (_LOOSE, _DEAD_KEY, FailureKind.AUTHENTICATION),
    (_LOOSE, _NO_MODEL, FailureKind.NOT_FOUND),
    (frozenset({FailureKind.AUTHENTICATION}), _NO_MODEL_FOR_KEY, FailureKind.NOT_FOUND),
    (frozenset({FailureKind.PERMISSION, FailureKind.PROVIDER_FAULT}), _LIMITED, FailureKind.RATE_LIMITED),
    (frozenset({FailureKind.PERMISSION}), _FLAGGED, FailureKind.BAD_REQUEST),
    (frozenset({FailureKind.BAD_REQUEST}), _MISWRITTEN, FailureKind.PROVIDER_FAULT),
)

_UNREACHABLE = ("ConnectError", "ConnectionError", "NetworkError", "ProtocolError", "ProxyError", "TransportError")
_UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, LookupError, AttributeError, TypeError)

WEB_PAGE = (
    "A proxy or firewall may have answered with a web page in place of the API: "
    "check HTTP_PROXY and HTTPS_PROXY, and the endpoint."
)
"""What to do if the status is 200. The kind stays the provider's: a wrong path can also return a web page."""
_TOO_LARGE_TEXT = (
    "The server, or a gateway in front of it, takes no request of this size: send less text, or a smaller file."
)
_OVER_CONTEXT = "The text does not fit into the model's context: send less of it, or choose a model with a larger one."
_BY_A_PAGE = (
    "It was not the API that refused it: check the endpoint, and the length of the key and of the connection's headers."
)
_NO_HEADER = "Add this header to the connection's headers."
_WANTS_HEADER = re.compile(r"\bheaders? (is|are) (required|missing)|missing (required )?(\S+ )?header|required header")
"""Gateways such as Portkey, which choose the provider by a header."""
_TOO_LARGE_HEADERS = "A gateway takes no headers of this size: check the key and the connection's headers."


class Unreadable(Exception):
    """An answer that violates the protocol. ``body`` is what came instead, if it may tell why; ``advice`` is what to do."""

    def __init__(self, what: str, body: object = None, *, alone: bool = False, advice: str = "") -> None:
        super().__init__(what)
        self.body = body
        self.advice = advice
        self.alone = alone
        """Whether to send the texts of a batch one at a time, because the server joined them."""

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str]]:
        # The content is not redacted yet, and may repeat the key.
        return Unreadable, (str(self),)


def read_json(text: str) -> Any:
    """The value of an answer in JSON. Raises `Unreadable`."""
    value = parsed(text)
    if value is NOT_JSON:
        raise Unreadable("the answer could not be read", text)
    return value


class SaidError(Exception):
    """An error that a server sent in place of an answer: in a response with status 200, or within a stream."""

    def __init__(self, body: object) -> None:
        super().__init__("the server answered with an error")
        self.told = told(body)

    def __reduce__(self) -> tuple[type[SaidError], tuple[None]]:
        # The message is not redacted yet, and may repeat the key.
        return SaidError, (None,)


class WrongAnswer(Exception):
    """A plug-in returned a value of the wrong type."""


def of_type(kind: Any, answer: T) -> T:
    """Check the type of a provider's result. Raises `WrongAnswer`."""
    if not isinstance(answer, kind):
        raise WrongAnswer(f"the provider answered {type(answer).__name__}, which is not what it promises")
    return answer


def kind_of_status(status: int) -> FailureKind:
    """Classify an HTTP error status."""
    if status in _STATUSES:
        return _STATUSES[status]
    return FailureKind.BAD_REQUEST if 400 <= status < 500 else FailureKind.PROVIDER_FAULT


def kind_of(status: int | None, said: Told) -> FailureKind:
    """Classify an error by its message and codes if they are more specific than the status, which many servers choose loosely.

    ``status`` is None or below 400 within a stream.
    """
    if status is None or status < 400:
        status = said.status
    if status is None:
        kind = next((kind for kind, parts in _STREAMED if said.has(*parts)), FailureKind.PROVIDER_FAULT)
    else:
        kind = kind_of_status(status)
    if kind is FailureKind.PROVIDER_FAULT and _REFUSED.search(said.text):
        return FailureKind.BAD_REQUEST
    if kind is FailureKind.PROVIDER_FAULT and _WITHOUT_IT.search(said.text):
        return FailureKind.NOT_FOUND
    if status is not None and not 400 <= status < 500:
        return FailureKind.OUT_OF_CREDIT if _NOTHING_LEFT.search(said.text) else kind
    return next((meant for kinds, words, meant in _MEANT if kind in kinds and words.search(said.text)), kind)


def http_failure(
    status: int | None, said: Told, headers: Mapping[str, str] | None = None, *, kind: FailureKind | None = None
) -> Failure:
    """The failure described by an HTTP response or by an error within one. ``kind`` overrides status and message."""
    kind = kind_of(status, said) if kind is None else kind
    given = status if status is not None and status >= 400 else said.status
    seconds = said.retry_after if said.retry_after is not None else retry_after(headers or {})
    if seconds is None and kind is FailureKind.RATE_LIMITED:
        seconds = _wait_in_words(said.text)
    told_to = str((headers or {}).get("x-should-retry", "")).lower()
    again = (given is not None and (given in _AGAIN or given >= 500)) or kind is FailureKind.RATE_LIMITED
    if given == 400 and kind is FailureKind.PROVIDER_FAULT:
        again = True  # the model may write something else then
    if given is None and said.has("overloaded", "unavailable", "server_error", "api_error", "internal"):
        again = True
    if given == 501 or (given is not None and given >= 500 and kind is FailureKind.BAD_REQUEST):
        again = False  # it never does this, or refuses the same message again
    if told_to in ("true", "false"):
        again = told_to == "true"
    if kind in (FailureKind.OUT_OF_CREDIT, FailureKind.AUTHENTICATION, FailureKind.NOT_FOUND):
        again = False
    return Failure(
        kind,
        said.words or (f"HTTP status {given}" if given else "the server said no more than that it failed"),
        seconds,
        again=again,
        too_large=is_too_large(kind, given, said),
        advice=_advice(kind, given, said),
    )


def _advice(kind: FailureKind, status: int | None, said: Told) -> str:
    """What to shorten or to add if the server refuses the request as it is; else ''."""
    if status == 431 or "header or cookie too large" in said.text:  # nginx sends 400
        return _TOO_LARGE_HEADERS
    if status == 413:
        return _TOO_LARGE_TEXT
    if kind is not FailureKind.BAD_REQUEST:
        return ""
    if _TOO_LONG.search(said.text):
        return _OVER_CONTEXT
    if said.words.startswith(A_PAGE):
        return _BY_A_PAGE
    return _NO_HEADER if _WANTS_HEADER.search(said.text) else ""


def is_too_large(kind: FailureKind, status: int | None, said: Told) -> bool:
    """Whether a request with fewer texts may succeed."""
    if status == 413 or "request too large" in said.text:
        return True
    return kind is FailureKind.BAD_REQUEST and _TOO_LARGE.search(said.text) is not None


def own_failure(error: BaseException) -> Failure | None:
    """Classify one of our own exceptions, which any provider may raise; None for every other exception."""
    for each in chain_of(error):  # SDKs let it through or wrap it
        if isinstance(each, NotSignedIn):
            return Failure(FailureKind.AUTHENTICATION, each.words, advice=each.advice)
    if isinstance(error, SaidError):
        return http_failure(None, error.told)
    if isinstance(error, Unreadable):
        words = told(error.body).words if error.body is not None else ""
        said = f"{error}: {words}" if words else str(error)
        advice = WEB_PAGE if words.startswith(A_PAGE) else error.advice
        return Failure(FailureKind.PROVIDER_FAULT, said, too_large=error.alone, advice=advice)
    return None


def sdk_failure(sdk: ModuleType, error: BaseException) -> Failure | None:
    """Classify an error of one of the SDKs ``openai`` and ``anthropic``, which have the same classes; None for all others."""
    if isinstance(error, sdk.APIStatusError):
        return http_failure(error.status_code, said_with(error), error.response.headers)
    if isinstance(error, sdk.APITimeoutError):  # a subclass of the next one
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, sdk.APIConnectionError):
        # Its message is only "Connection error."; the cause has the reason.
        cause = error.__cause__
        return (cause and transport_failure(cause)) or Failure(FailureKind.UNREACHABLE, str(cause or error))
    if isinstance(error, sdk.APIResponseValidationError):
        return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a response asks to wait, or None. ``headers`` is a case-insensitive mapping.

    OpenAI and Azure add ``retry-after-ms``, AWS sends ``x-amz-retry-after`` (milliseconds); ``Retry-After`` has
    seconds or a date (RFC 9110, 10.2.3). A date is compared with the response's own ``Date``, so that a wrong clock on this
    machine does not matter.
    """
    milliseconds = _number(headers.get("retry-after-ms") or headers.get("x-amz-retry-after"))
    seconds = _number(headers.get("retry-after"))
    if milliseconds is not None:
        return milliseconds / 1000
    if seconds is not None:
        return seconds
    import email.utils  # its imports are too expensive for a rare case

    try:
        until = email.utils.parsedate_to_datetime(headers.get("retry-after") or "")
        since = email.utils.parsedate_to_datetime(headers.get("date") or "")
        return max(0.0, (until - since).total_seconds())
    except (TypeError, ValueError):
        return None


def _wait_in_words(text: str) -> float | None:
    """The seconds to wait in a message such as ``Please try again in 1m26.4s``, or None. A gateway drops the header."""
    for found in _WAIT.finditer(text):
        hours, minutes, seconds = (
            found["clock"].split(":") if found["clock"] else found.group("hours", "minutes", "seconds")
        )
        total = 3600 * float(hours or 0) + 60 * float(minutes or 0) + float(seconds or 0)
        if total >= _SHORTEST:
            return total
    return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def general_failure(error: BaseException) -> Failure:
    """Classify an error that the provider does not know: one of Python or of an HTTP library."""
    name = type(error).__name__
    try:
        said = str(error)
    except Exception:  # a plug-in's exception may itself be broken
        said = ""
    words = f"{name}: {said}" if said else name
    ancestors = [ancestor.__name__ for ancestor in type(error).__mro__]
    if any("timeout" in ancestor.lower() for ancestor in ancestors):
        return Failure(FailureKind.TIMEOUT, words)
    if isinstance(error, OSError) or any(ancestor in _UNREACHABLE for ancestor in ancestors):
        return Failure(FailureKind.UNREACHABLE, words)
    if isinstance(error, _UNREADABLE):
        return Failure(FailureKind.PROVIDER_FAULT, f"the answer could not be read ({name})")
    if isinstance(error, ValueError):
        return Failure(FailureKind.BAD_REQUEST, words)
    return Failure(FailureKind.PROVIDER_FAULT, words)
