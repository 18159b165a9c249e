"""Where a connection's AWS credentials come from: its own keys alone, or AWS's own search, begun only when it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from .found_credentials import FOUND

MACHINE_VARIABLES: Final = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
)
"""Variables that hold a secret of the account that this machine is signed in to."""

SIGN_IN_VARIABLES: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_ACCOUNT_ID",
)
"""Variables that decide as whom a program signs in at AWS."""


def without_profiles() -> Any:
    """A botocore session for keys of its own: it reads no profile, which may be missing, broken or somebody else's.

    Of the machine's configuration it keeps the certificates, which belong to the network and not to an account.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None), **nowhere})
    with suppress(BotoCoreError):
        session.set_config_variable("ca_bundle", botocore.session.get_session().get_config_variable("ca_bundle"))
    return session


_LOADERS: Final[dict[str | None, Any]] = {}
"""Where botocore's data is looked for besides its own folder -> what reads it."""


def share_models(session: Any) -> None:
    """Let a botocore session use what another has read of the services: that is most of what it costs to make a client."""
    from botocore.loaders import create_loader

    path = session.get_config_variable("data_path")
    loader = _LOADERS.setdefault(path, create_loader(path))
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # boto3 adds its own folder for each of its sessions
    session.register_component("data_loader", loader)


class SearchedOnFirstUse:
    """Stands in a botocore session where its credential provider was, and in its clients where the credentials are.

    botocore looks for credentials while it makes a client, and the search may ask the network: the container's or the machine's
    metadata service, a sign-in, another role. A client must be made without the network, so the search waits for the first
    request that is signed. What it finds (which renews itself where it expires) is kept; nothing found is not.
    """

    method = "searched-on-first-use"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._chain = session.get_component("credential_provider")
        self._found: Any = None

    def load_credentials(self) -> SearchedOnFirstUse:
        """What a session asks its provider for, when a client is made."""
        return self

    def get_frozen_credentials(self) -> Any:
        """What a client asks its credentials for, when a request is signed. None makes botocore say that there are none."""
        found = self._search()
        frozen = found and found.get_frozen_credentials()
        if frozen:
            FOUND.note(frozen.secret_key, frozen.token)
        return frozen

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """What an endpoint is chosen by, such as the account's id; Bedrock's is not."""
        return lambda: getattr(self._search(), name, None)

    def _search(self) -> Any:
        if self._found is None:
            self._found = self._chain.load_credentials()
        return self._found
