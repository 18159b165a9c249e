"""The meaning of a server's refusal: whether it is final, or says nothing about the key."""

from __future__ import annotations

import re

from aiconn_nb.errors import FailureKind, ProviderFailed

_DEAD = re.compile(
    # The words of providers for 403 (Google's wrong country: 400) if no request will work.
    r"(?ix) leaked | suspended | disabled | deactivated | terminated | revoked | banned | expired"
    r"| \b(?:account|key|organi[sz]ation|access)\b .{0,40} \bblocked\b"
    r"| unsupported_country | (?:country|region|territory|location) [^.]{0,40} not \s (?:supported|available|allowed)"
    r"| not \s (?:supported|available|allowed) \s in \s (?:your|this) \s (?:country|region|location)"
    r"| virtual \s network | firewall"
)
_LOADING = re.compile(
    r"\b(?:is\s+(?:currently\s+|still\s+)?|still\s+)?loading(?:\s+(?:the\s+)?model)?\b", re.IGNORECASE
)
_REFUSED = (
    FailureKind.AUTHENTICATION,
    FailureKind.PERMISSION,
    FailureKind.BAD_REQUEST,  # Google's endpoint for OpenAI's protocol
    FailureKind.NOT_FOUND,  # servers that hide everything without a key
)


def is_dead(failed: ProviderFailed) -> bool:
    """Whether every request will be refused: the key leaked, or the account or country is barred."""
    return failed.kind is FailureKind.PERMISSION and _DEAD.search(failed.words) is not None


def is_loading(failed: ProviderFailed) -> bool:
    """Whether the server is still loading its model."""
    return failed.kind is FailureKind.PROVIDER_FAULT and _LOADING.search(failed.words) is not None


def refuses_the_keyless(failed: ProviderFailed) -> bool:
    """Whether the failure of a request without a key is due to the missing key."""
    return failed.kind in _REFUSED


def is_lost(failed: ProviderFailed) -> bool:
    """Whether the request may have gone to a wrong address: nothing answered there, or something other than the API.

    A gateway whose server is down, which may be back in a moment, is no wrong address. Another path there leads to another server.
    """
    return failed.kind is FailureKind.NOT_FOUND or (failed.kind is FailureKind.PROVIDER_FAULT and not failed.again)
