"""AWS's own search for credentials, begun only when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


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
        return found and found.get_frozen_credentials()

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """What an endpoint is chosen by, such as the account's id; Bedrock's is not."""
        return lambda: getattr(self._search(), name, None)

    def _search(self) -> Any:
        if self._found is None:
            self._found = self._chain.load_credentials()
        return self._found
