"""A connection in Snowflake's own configuration files: its account, and a token that is read or signed.

https://docs.snowflake.com/developer-guide/snowflake-cli/connecting/configure-connections: ``connections.toml``, else the tables
``[connections.NAME]`` of ``config.toml``. Of the ways to sign in, Cortex's REST API takes a programmatic access token, OAuth and a
key pair: https://docs.snowflake.com/developer-guide/snowflake-rest-api/authentication
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiconn_nb.model.place import from_tilde

from ..values.sign_in import NotSignedIn

VARIABLE: Final = "SNOWFLAKE_HOME"
LIFETIME: Final = 3540
"""The lifetime in seconds of a token signed with a key pair. Snowflake allows an hour at most."""
_TOKENS: Final = ("PROGRAMMATIC_ACCESS_TOKEN", "OAUTH")
_KEY_PAIR: Final = "SNOWFLAKE_JWT"


def folder() -> Path:
    """The folder of the files: from the variable, ``~/.snowflake`` if it exists, else the platform's folder."""
    if home := os.environ.get(VARIABLE):
        return from_tilde(home)
    from platformdirs import user_config_path

    own = from_tilde("~/.snowflake")
    return own if own.is_dir() else user_config_path("snowflake", appauthor=False)


def read(name: str) -> Mapping[str, Any]:
    """The entries of a connection, with its ``account``. Raises `NotSignedIn`."""
    known: dict[str, Any] = {}
    problem = None
    for file in (folder() / "connections.toml", folder() / "config.toml"):
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            problem = NotSignedIn(f"{file} cannot be read ({type(error).__name__})", "Correct the file.")
            break
        found = tables if file.name == "connections.toml" else tables.get("connections", {})
        if isinstance(found, dict):
            known = {key: value for key, value in found.items() if isinstance(value, dict)}
        break  # connections.toml takes precedence if it exists
    if problem is None and isinstance(entries := known.get(name), Mapping):
        if isinstance(entries.get("account"), str) or isinstance(entries.get("host"), str):
            return entries
        problem = NotSignedIn(f"the connection '{name}' in {folder()} has no account", "Add its account.")
    if problem is None:
        names = ", ".join(list(known)[:8]) or "none"
        problem = NotSignedIn(
            f"{folder()} has no connection '{name}'; it has: {names}",
            f"Run 'snow connection add --connection-name {name}'.",
        )
    raise problem  # outside of the block: the parser's frames hold the file's tokens


def host_of(entries: Mapping[str, Any]) -> str:
    """``https://HOST`` of a connection. A host name has no underscore: Snowflake uses a hyphen instead."""
    host = entries.get("host") or f"{str(entries['account']).lower().replace('_', '-')}.snowflakecomputing.com"
    return str(host).rstrip("/") if "://" in str(host) else f"https://{host}"


def token(name: str, entries: Mapping[str, Any]) -> tuple[str, float]:
    """Return a token for the entries of a connection, and for how many seconds it is valid; 0 for one that a file has."""
    way = str(entries.get("authenticator", "snowflake")).upper()
    if way == _KEY_PAIR:
        return _signed(entries), LIFETIME
    if way in _TOKENS:
        return _token(entries, name), 0.0
    raise NotSignedIn(
        f"the connection '{name}' signs in by '{way.lower()}', which Cortex's REST API does not take",
        f"Set its authenticator to {', '.join(_TOKENS)} or {_KEY_PAIR}.",
    )


def _token(entries: Mapping[str, Any], name: str) -> str:
    file = entries.get("token_file_path")
    try:
        # The password may be a programmatic access token.
        found = from_tilde(str(file)).read_text() if file else entries.get("token") or entries.get("password")
    except (OSError, ValueError) as error:
        raise NotSignedIn(f"{file} cannot be read ({type(error).__name__})", "Correct token_file_path.") from None
    if not isinstance(found, str) or not found.strip():
        raise NotSignedIn(f"the connection '{name}' has no token", "Add its token or its token_file_path.")
    return found.strip()


def _signed(entries: Mapping[str, Any]) -> str:
    """A JSON web token, signed with the connection's private key: https://docs.snowflake.com/user-guide/key-pair-auth"""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    file = entries.get("private_key_file") or entries.get("private_key_path")
    phrase = entries.get("private_key_file_pwd") or os.environ.get("PRIVATE_KEY_PASSPHRASE")
    problem = None
    try:
        pem = from_tilde(str(file)).read_bytes()
        key = serialization.load_pem_private_key(pem, phrase.encode() if isinstance(phrase, str) else None)
    except (OSError, ValueError, TypeError) as error:
        problem = f"the private key {file} cannot be read ({type(error).__name__})"
    else:
        if isinstance(key, rsa.RSAPrivateKey) and entries.get("user") and entries.get("account"):
            public = key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            who = f"{_account(entries)}.{str(entries['user']).upper()}"
            now = int(time.time())
            print_of = base64.b64encode(hashlib.sha256(public).digest()).decode()
            claims = {"iss": f"{who}.SHA256:{print_of}", "sub": who, "iat": now, "exp": now + LIFETIME}
            text = _part({"alg": "RS256", "typ": "JWT"}) + b"." + _part(claims)
            signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
            return (text + b"." + _url_safe(signature)).decode()
        problem = "the sign-in with a key pair needs an RSA key, user and account"
    raise NotSignedIn(problem, "Correct the connection in Snowflake's configuration file.")


def _account(entries: Mapping[str, Any]) -> str:
    """The account's name without its region, as the token requires."""
    name = str(entries["account"]).upper()
    return name.partition("-")[0] if ".GLOBAL" in name else name.partition(".")[0]


def _part(claims: Mapping[str, Any]) -> bytes:
    return _url_safe(json.dumps(claims, separators=(",", ":")).encode())


def _url_safe(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
