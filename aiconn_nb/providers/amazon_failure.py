"""What errors of botocore mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiconn_nb.errors import FailureKind

from .base import Failure
from .failures import http_failure, kind_of, kind_of_status
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
    """What an error of botocore, or of urllib3 under it, means; None where it is neither."""
    from botocore import exceptions
    from botocore.eventstream import ParserError
    from botocore.parsers import ResponseParserError

    if isinstance(error, exceptions.ClientError):
        return _told(error)
    if isinstance(error, ResponseParserError | ParserError):
        # Their own words repeat the whole answer.
        return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
    if isinstance(error, exceptions.HTTPClientError) and "Invalid header value" in str(error):
        return UNSENDABLE
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
                exceptions.ProfileNotFound,
            ),
        ),
        # What is left goes wrong before anything is sent: a parameter, a region, a broken configuration file.
        (FailureKind.BAD_REQUEST, (exceptions.BotoCoreError,)),
    )
    for kind, types in kinds:
        if isinstance(error, types):
            return Failure(kind, str(error))
    # An answer that is being streamed is read by urllib3, without botocore between.
    return transport_failure(error)


def _told(error: Any) -> Failure:
    """An error that AWS itself answered."""
    answered = error.response.get("Error", {})
    about = error.response.get("ResponseMetadata", {})
    code, words = str(answered.get("Code", "")), told(answered.get("Message")).words
    status = about.get("HTTPStatusCode", 500)
    said = Told(words, (code.lower(),))
    # A stream that breaks off has the status 200 of its beginning.
    kind = kind_of(status if status >= 400 else 400, said)
    if kind not in (FailureKind.OUT_OF_CREDIT, FailureKind.NOT_FOUND) or status >= 500:
        kind = _KIND_OF_CODE.get(code.lower(), kind_of_status(status))
    failure = http_failure(status, said, about.get("HTTPHeaders", {}), kind=kind)
    if kind is FailureKind.PROVIDER_FAULT:
        failure = replace(failure, again=True)
    if code.isdecimal():
        # What answered is not AWS: botocore found no code, and took the status for it.
        code = f"HTTP status {status}"
    return replace(failure, words=f"{words} ({code})" if words else code)
