"""Google Cloud credentials of a connection: its own service account, or the sign-in of this machine.

This module imports google-auth; the providers import it when they build a client.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Any, Final

from google.auth import credentials, default, exceptions
from google.oauth2 import service_account

from aiconn_nb.model.secret import Secret

from ..values.sign_in import NotSignedIn
from .found_credentials import FOUND

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
LOGIN: Final = "Run 'gcloud auth application-default login'"


class Signed(credentials.Credentials):
    """Credentials that are searched for at the first signed request, and renewed when they expire.

    A client must be built without the network, but google-auth's own search may ask the metadata service of a cloud machine.
    ``account`` is the JSON of a service account; without it, the application default credentials of this machine are used.
    """

    def __init__(self, account: Secret | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = account
        self._inner: Any = None

    def refresh(self, request: Any) -> None:
        """See `google.auth.credentials.Credentials.refresh`. Raises `NotSignedIn`."""
        raised = None
        try:
            if self._inner is None:
                self._inner = _found(self._account)
            self._inner.refresh(request)
        except exceptions.TransportError:
            raise
        except exceptions.GoogleAuthError as error:
            raised = _refused(error, is_machine=self._account is None)
        if raised:
            raise raised  # outside of the block: the frames of google-auth hold the key
        FOUND.note(self._inner.token, getattr(self._inner, "refresh_token", None))
        self.token, self.expiry = self._inner.token, self._inner.expiry
        self._quota_project_id = self._inner.quota_project_id


def _found(account: Secret | None) -> Any:
    if account is None:
        return default(scopes=SCOPES)[0]
    info: Any = None
    with suppress(ValueError):
        info = json.loads(account.reveal())
    made = None
    if isinstance(info, dict) and info.get("type") == "service_account":
        FOUND.note(info.get("private_key"))
        with suppress(ValueError, exceptions.GoogleAuthError):
            kind: Any = service_account.Credentials
            made = kind.from_service_account_info(info, scopes=SCOPES)
    if made is None:
        raise NotSignedIn(
            "the service account is not the JSON of a key file",
            "Set the whole text of the file that Google Cloud makes under Service accounts, Keys.",
        )
    return made


def _refused(error: Exception, *, is_machine: bool) -> NotSignedIn:
    words = str(error.args[0] if error.args else error).partition("\n")[0]
    if not is_machine:
        return NotSignedIn(
            f"Google does not accept the service account: {words}", "Make a new key for it, and set that."
        )
    if isinstance(error, exceptions.DefaultCredentialsError):
        named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        if named:
            return NotSignedIn(
                f"the file that GOOGLE_APPLICATION_CREDENTIALS names cannot be used: {words}",
                f"Correct the variable, or remove it. {LOGIN}.",
            )
        return NotSignedIn("this machine is not signed in to Google Cloud", f"{LOGIN}, or set a service account.")
    return NotSignedIn(f"Google does not accept this machine's sign-in: {words}", f"{LOGIN} again.")
