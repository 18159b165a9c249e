"""AWS signatures for an HTTP client other than boto3's: Anthropic's SDK has its own.

The SDK can sign, but only with a boto3 session that reads the environment's profile.
"""

from __future__ import annotations

from typing import Any

from ..calls.threaded import in_thread
from ..values.sign_in import NotSignedIn

_NOT_SIGNED = frozenset({"connection", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"})


def signing(credentials: Any, region: str, *, is_async: bool) -> Any:
    """A request hook for httpx2: it signs each request just before it is sent, with what botocore's ``credentials`` then are."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    def sign(request: Any) -> None:
        found = credentials and credentials.get_frozen_credentials()
        if not found:
            raise NotSignedIn("this machine is not signed in to AWS", "Run 'aws sso login' or 'aws configure'.")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SIGNED}
        made = AWSRequest(request.method, str(request.url), headers, request.read())
        SigV4Auth(found, "bedrock", region).add_auth(made)
        for name, value in made.headers.items():
            request.headers[name] = value

    async def signed(request: Any) -> None:
        await request.aread()
        await in_thread(lambda: sign(request))

    return signed if is_async else sign
