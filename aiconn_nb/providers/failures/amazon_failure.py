"""Classify errors of botocore."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiconn_nb.errors import FailureKind

from ..base import Failure
from .classifying import http_failure, kind_of, kind_of_status
from .told import Told, told
from .transport import UNSENDABLE, transport_failure

_CODES = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and "Common errors" of the API
    # reference; lower case, because the same error is "ThrottlingException" in a response and "throttlingException" in a stream.
    FailureKind.AUTHENTICATION: (
        "unrecognizedclientexception",
        "invalidclienttokenid",
        "invalidsignatureexception",
        "signaturedoesnotmatch",
        "incompletesignature",
        "incompletesignatureexception",
        "missingauthenticationtoken",
        "missingauthenticationtokenexception",
        "expiredtoken",
        "expiredtokenexception",
        "requestexpired",
        "invalidaccesskeyid",
    ),
    FailureKind.PERMISSION: ("accessdeniedexception", "accessdenied", "notauthorized", "optinrequired"),
    FailureKind.NOT_FOUND: ("resourcenotfoundexception", "unknownoperationexception"),
    FailureKind.RATE_LIMITED: (
        "throttlingexception",
        "throttling",
        "toomanyrequestsexception",
        "servicequotaexceededexception",
    ),
    FailureKind.TIMEOUT: ("modeltimeoutexception",),
    FailureKind.BAD_REQUEST: ("validationexception", "validationerror"),
    FailureKind.PROVIDER_FAULT: (
        "internalserverexception",
        "internalfailure",
        "serviceunavailableexception",
        "serviceunavailable",
        "modelerrorexception",
        "modelstreamerrorexception",
        "modelnotreadyexception",
    ),
}
_KIND_OF_CODE = {code: kind for kind, codes in _CODES.items() for code in codes}


def failure_of(error: Exception) -> Failure | None:
    """Classify an error of botocore, or of urllib3 below it; None for any other error."""
    from botocore import exceptions
    from botocore.eventstream import ParserError
    from botocore.parsers import ResponseParserError

    if isinstance(error, exceptions.ClientError):
        return _told(error)
    if isinstance(error, ResponseParserError | ParserError):
        # Their own messages repeat the whole answer.
        return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
    if isinstance(error, exceptions.HTTPClientError) and "Invalid header value" in str(error):
        return UNSENDABLE
    if isinstance(error, exceptions.ProfileNotFound):
        profile = error.kwargs["profile"]
        advice = f"Run 'aws configure sso --profile {profile}', or name another profile."
        return Failure(FailureKind.AUTHENTICATION, str(error), advice=advice)
    kinds: tuple[tuple[FailureKind, tuple[type[Exception], ...]], ...] = (
        (FailureKind.TIMEOUT, (exceptions.ReadTimeoutError, exceptions.ConnectTimeoutError)),
        (
            FailureKind.UNREACHABLE,
            (exceptions.ConnectionError, exceptions.HTTPClientError, exceptions.IncompleteReadError),
        ),
        (
            FailureKind.AUTHENTICATION,
            (
                exceptions.NoCredentialsError,
                exceptions.PartialCredentialsError,
                exceptions.CredentialRetrievalError,
                exceptions.MetadataRetrievalError,
                exceptions.NoAuthTokenError,
                exceptions.TokenRetrievalError,
                exceptions.RefreshWithMFAUnsupportedError,
                exceptions.SSOError,
            ),
        ),
        # The remaining errors happen before anything is sent: a parameter, a region, a broken configuration file.
        (FailureKind.BAD_REQUEST, (exceptions.BotoCoreError,)),
    )
    for kind, types in kinds:
        if isinstance(error, types):
            return Failure(kind, str(error))
    # urllib3 reads a streamed answer, without botocore in between.
    return transport_failure(error)


def _told(error: Any) -> Failure:
    """Classify an error response from AWS itself."""
    answered = error.response.get("Error", {})
    about = error.response.get("ResponseMetadata", {})
    code, words = str(answered.get("Code", "")), told(answered.get("Message")).words
    status = about.get("HTTPStatusCode", 500)
    said = Told(words, (code.lower(),))
    # A stream that breaks off has the status 200 of its start.
    kind = kind_of(status if status >= 400 else 400, said)
    if kind not in (FailureKind.OUT_OF_CREDIT, FailureKind.NOT_FOUND) or status >= 500:
        kind = _KIND_OF_CODE.get(code.lower(), kind_of_status(status))
    failure = http_failure(status, said, about.get("HTTPHeaders", {}), kind=kind)
    if kind is FailureKind.PROVIDER_FAULT:
        failure = replace(failure, again=True)
    if code.isdecimal():
        # The response is not from AWS: botocore found no code and used the status instead.
        code = f"HTTP status {status}"
    return replace(failure, words=f"{words} ({code})" if words else code)
