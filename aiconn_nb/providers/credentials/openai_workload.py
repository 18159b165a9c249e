"""OpenAI's workload identity: exchanges a token of the cloud, or of a file, for an OpenAI token that lasts at most an hour.

The SDK does the exchange (`openai.auth`, https://platform.openai.com/docs/guides/workload-identity) and renews the token
before it expires.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from aiconn_nb.model.hint import pip
from aiconn_nb.model.pattern import late

from ..base import Settings, text_of
from ..values.sign_in import NotSignedIn
from .found_credentials import FOUND

EXCHANGE: Final = "https://auth.openai.com/oauth/token"
NEWER: Final = "'openai>=3'"
FILE, AZURE, GOOGLE = "file", "azure", "google"
SOURCES: Final = (FILE, AZURE, GOOGLE)
_JWT: Final = late(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
KUBERNETES: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"
"""Where Kubernetes puts a service account's token."""


def token_source(settings: Settings) -> Callable[[], str]:
    """Return a function that returns a valid OpenAI token at each call."""
    try:
        from openai.auth import WorkloadIdentityAuth
    except ImportError:
        raise NotSignedIn(
            "the installed openai has no workload identity", f"Run {pip(NEWER)}, and restart the kernel."
        ) from None

    auth = WorkloadIdentityAuth(
        workload_identity={
            "identity_provider_id": text_of(settings["identity_provider_id"]),
            "service_account_id": text_of(settings["service_account_id"]),
            "provider": _subject(settings),
        },
        token_exchange_url=EXCHANGE,
    )

    def token() -> str:
        from openai import OAuthError, OpenAIError

        raised = None
        try:
            value = auth.get_token()
        except OAuthError as error:
            raised = NotSignedIn(
                f"OpenAI does not accept this workload's token (status {error.response.status_code})",
                "Check identity_provider_id and service_account_id, and the mapping in OpenAI's settings.",
            )
        except OpenAIError as error:
            raised = NotSignedIn(str(error).partition("\n")[0], _ADVICE[_source(settings)])
        if raised:
            raise raised  # outside of the block: the SDK's frames hold the token
        FOUND.note(value)
        return value

    return token


_ADVICE: Final = {
    FILE: "Check token_file, and that this process may read it.",
    AZURE: "Run this on a machine of Azure with a managed identity, or choose another token_source.",
    GOOGLE: "Run this on a machine of Google Cloud with a service account, or choose another token_source.",
}


def _only_tokens(read: Callable[[], str]) -> Callable[[], str]:
    """Refuse a file without a JSON web token: a bundle may name any file, and its text would be sent to OpenAI."""

    def token() -> str:
        value = read()
        if _JWT.fullmatch(value):
            return value
        del value
        raise NotSignedIn("token_file does not hold a JSON web token, so it was not sent", _ADVICE[FILE])

    return token


def _source(settings: Settings) -> str:
    return text_of(settings.get("token_source", FILE))


def _subject(settings: Settings) -> Any:
    """The SDK's provider of the subject token. Each token is remembered, so that no message shows it."""
    from openai import auth

    source = _source(settings)
    if source == FILE:
        made: Any = auth.k8s_service_account_token_provider(text_of(settings.get("token_file", KUBERNETES)))
    elif source == AZURE:
        made = auth.azure_managed_identity_token_provider()
    else:
        made = auth.gcp_id_token_provider()
    read = FOUND.noting(made["get_token"])
    return {**made, "get_token": _only_tokens(read) if source == FILE else read}
