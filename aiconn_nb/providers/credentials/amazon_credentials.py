"""A connection's AWS credentials: its own keys alone, or AWS's own search, which starts only when it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from ..values.sign_in import NotSignedIn
from .found_credentials import FOUND
from .sdk_logs import Quiet

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
"""Variables that determine the identity of a program at AWS."""


def without_profiles() -> Any:
    """A botocore session for explicit keys. It reads no profile, which may be missing, broken or another account's.

    It keeps the certificates of the machine's configuration, because they belong to the network and not to an account.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None), **nowhere})
    with suppress(BotoCoreError):
        session.set_config_variable("ca_bundle", botocore.session.get_session().get_config_variable("ca_bundle"))
    return session


_LOADERS: Final[dict[str | None, Any]] = {}
"""botocore's additional data folders -> their loader."""


def share_models(session: Any) -> None:
    """Share the service models between botocore sessions: reading them is most of the cost of a client."""
    from botocore.loaders import create_loader

    path = session.get_config_variable("data_path")
    loader = _LOADERS.setdefault(path, create_loader(path))
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # boto3 adds its own folder for each session
    session.register_component("data_loader", loader)


class SearchedOnFirstUse:
    """Replaces the credential provider in a botocore session, and the credentials in its clients.

    botocore searches for credentials while it builds a client, and the search may use the network: the container's or the machine's
    metadata service, a sign-in, another role. A client must be built without the network, so the search waits for the first
    signed request. Found credentials (which renew themselves when they expire) are kept; an empty result is not.
    """

    method = "searched-on-first-use"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._chain = session.get_component("credential_provider")
        self._found: Any = None

    def load_credentials(self) -> SearchedOnFirstUse:
        """Called by a session for its credentials when it builds a client."""
        return self

    def get_frozen_credentials(self) -> Any:
        """Called by a client for its credentials when it signs a request. None makes botocore report missing credentials.

        Raises `NotSignedIn` if a sign-in with AWS's command line has expired.
        """
        from botocore.exceptions import BotoCoreError

        raised = None
        try:
            with _QUIET.within():
                found = self._search()
                frozen = found and found.get_frozen_credentials()
        except BotoCoreError as error:
            raised = _refused(error, self._session)
            if raised is None:
                raise
        if raised:
            raise raised  # outside of the block: botocore's frames hold tokens
        if frozen:
            FOUND.note(frozen.secret_key, frozen.token)
        return frozen

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """Properties that select an endpoint, such as the account's id. Bedrock needs none."""
        return lambda: getattr(self._search(), name, None)

    def _search(self) -> Any:
        if self._found is None:
            self._found = self._chain.load_credentials()
        return self._found


_QUIET: Final = Quiet(
    # A failed renewal of credentials, with traceback: the same error is raised and shown.
    lambda message, is_searching: is_searching and message.startswith("Refreshing"),
    "botocore.tokens",
    "botocore.credentials",
)


def _refused(error: Exception, session: Any) -> NotSignedIn | None:
    """The meaning of a search error if the sign-in with AWS's command line has expired; None for every other error."""
    from botocore import exceptions

    login: Any = getattr(exceptions, "LoginError", ())  # older releases have no such login
    if not isinstance(error, (exceptions.SSOError, exceptions.TokenRetrievalError)) and not isinstance(error, login):
        return None
    profile = session.get_config_variable("profile") or "default"
    command = f"aws {'' if isinstance(error, login) else 'sso '}login --profile {profile}"
    return NotSignedIn(f"the AWS sign-in of the profile '{profile}' is missing or has ended", f"Run '{command}'.")
