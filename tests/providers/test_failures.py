"""What HTTP and Python say about a failure."""

from __future__ import annotations

import json

import pytest

from aiconn_nb.errors import FailureKind
from aiconn_nb.providers.failures.classifying import general_failure, kind_of_status, retry_after


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.BAD_REQUEST),
        (401, FailureKind.AUTHENTICATION),
        (402, FailureKind.OUT_OF_CREDIT),
        (403, FailureKind.PERMISSION),
        (404, FailureKind.NOT_FOUND),
        (405, FailureKind.NOT_FOUND),
        (410, FailureKind.NOT_FOUND),
        (501, FailureKind.NOT_FOUND),
        (424, FailureKind.PROVIDER_FAULT),
        (498, FailureKind.RATE_LIMITED),
        (499, FailureKind.PROVIDER_FAULT),
        (407, FailureKind.UNREACHABLE),
        (408, FailureKind.TIMEOUT),
        (409, FailureKind.BAD_REQUEST),
        (413, FailureKind.BAD_REQUEST),
        (421, FailureKind.UNREACHABLE),
        (422, FailureKind.BAD_REQUEST),
        (426, FailureKind.UNREACHABLE),
        (429, FailureKind.RATE_LIMITED),
        (500, FailureKind.PROVIDER_FAULT),
        (502, FailureKind.PROVIDER_FAULT),
        (503, FailureKind.PROVIDER_FAULT),
        (504, FailureKind.TIMEOUT),
        (522, FailureKind.TIMEOUT),
        (524, FailureKind.TIMEOUT),
        (529, FailureKind.PROVIDER_FAULT),
        (302, FailureKind.PROVIDER_FAULT),
    ],
)
def test_a_status_has_a_kind(status: int, kind: FailureKind) -> None:
    """Every HTTP error status has a kind."""
    assert kind_of_status(status) is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "7", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Tue, 24 Nov 2026 00:01:00 GMT", "date": "Tue, 24 Nov 2026 00:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 00:00:00 GMT", "date": "Tue, 24 Nov 2026 00:00:30 GMT"}, 0.0),
        ({"retry-after": "Tue, 24 Nov 2026 00:01:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
    ],
)
def test_retry_after_is_seconds(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds and dates become seconds. An unreadable value counts as absent."""
    assert retry_after(headers) == seconds


class ReadTimeout(Exception):
    """The timeout error of an HTTP library."""


class ConnectError(Exception):
    """The connection error of an HTTP library."""


class CannotConnect(ConnectError):
    """An error that only its base class identifies."""


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (TimeoutError("late"), FailureKind.TIMEOUT, "TimeoutError: late"),
        (ReadTimeout(), FailureKind.TIMEOUT, "ReadTimeout"),
        (ConnectionRefusedError("no"), FailureKind.UNREACHABLE, "ConnectionRefusedError: no"),
        (ConnectError("no"), FailureKind.UNREACHABLE, "ConnectError: no"),
        (CannotConnect("no"), FailureKind.UNREACHABLE, "CannotConnect: no"),
        (KeyError("choices"), FailureKind.PROVIDER_FAULT, "the answer could not be read (KeyError)"),
        (IndexError("0"), FailureKind.PROVIDER_FAULT, "the answer could not be read (IndexError)"),
        (TypeError("x"), FailureKind.PROVIDER_FAULT, "the answer could not be read (TypeError)"),
        (
            json.JSONDecodeError("x", "secret document", 0),
            FailureKind.PROVIDER_FAULT,
            "the answer could not be read (JSONDecodeError)",
        ),
        (ValueError("bad port"), FailureKind.BAD_REQUEST, "ValueError: bad port"),
        (RuntimeError("odd"), FailureKind.PROVIDER_FAULT, "RuntimeError: odd"),
    ],
)
def test_an_error_that_no_provider_knows_has_a_kind(error: Exception, kind: FailureKind, words: str) -> None:
    """Errors of Python and of HTTP libraries are classified by their names. An unreadable answer is not repeated."""
    failure = general_failure(error)
    assert (failure.kind, failure.words) == (kind, words)
