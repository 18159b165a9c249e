"""A profile in Databricks' own configuration file: its host, and a token that is read or requested.

https://docs.databricks.com/dev-tools/auth/config-profiles: an INI file, by default ``~/.databrickscfg``. Three ways to sign in
are supported: a personal access token, a service principal's OAuth secret, and the login of the Databricks CLI.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from aiconn_nb.model.place import from_tilde

from ..values.endpoints import origin_of
from ..values.sign_in import NotSignedIn
from .found_credentials import FOUND

VARIABLE: Final = "DATABRICKS_CONFIG_FILE"
PATIENCE: Final = 30.0


def place() -> Path:
    """The configuration file: from the variable, else in the home folder."""
    return from_tilde(os.environ.get(VARIABLE) or "~/.databrickscfg")


def read(profile: str) -> Mapping[str, str]:
    """A profile's entries, with its ``host``. Raises `NotSignedIn`."""
    login = f"Run 'databricks auth login --profile {profile}'"
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(place().read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem = NotSignedIn(f"there is no file {place()}", f"{login}.")
    except (OSError, UnicodeDecodeError) as error:
        problem = NotSignedIn(f"{place()} cannot be read ({type(error).__name__})", "Correct the file.")
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        problem = NotSignedIn(f"{place()} is no INI file{f': line {line}' if line else ''}", "Correct the file.")
    else:
        if profile in parser:
            found = dict(parser[profile])
            if found.get("host", "").strip():
                return found
            problem = NotSignedIn(f"the profile '{profile}' of {place()} has no host", f"{login}.")
        else:
            known = ", ".join(parser.sections()[:8]) or "none"
            problem = NotSignedIn(f"{place()} has no profile '{profile}'; it has: {known}", f"{login}.")
    raise problem  # outside of the block: the parser's frames hold the file's tokens


def host_of(entries: Mapping[str, str]) -> str:
    """``https://HOST`` of a profile. Some have a path and a query, as copied from the address bar of a browser."""
    host = entries["host"].strip()
    return origin_of(host if "://" in host else f"https://{host}")


def token(profile: str, entries: Mapping[str, str]) -> tuple[str, float]:
    """Return a token for the entries of a profile, and for how many seconds it is valid; 0 for one that the file has."""
    FOUND.note(entries.get("client_secret"))
    if entries.get("token"):
        return entries["token"].strip(), 0.0
    return _of_principal(entries) if "client_secret" in entries else _of_cli(profile)


def _of_principal(entries: Mapping[str, str]) -> tuple[str, float]:
    """OAuth 2.0 client credentials: https://docs.databricks.com/dev-tools/auth/oauth-m2m"""
    # The HTTP library that the installed openai uses.
    http = import_module("httpx2" if find_spec("httpx2") else "httpx")
    answered = http.post(
        f"{host_of(entries)}/oidc/v1/token",
        data={"grant_type": "client_credentials", "scope": "all-apis"},
        auth=(entries.get("client_id", ""), entries["client_secret"]),
        timeout=PATIENCE,
    )
    if answered.is_success:
        with suppress(ValueError, KeyError, TypeError):
            body = answered.json()
            return str(body["access_token"]), float(body.get("expires_in", 0))
    raise NotSignedIn(
        f"Databricks does not accept the profile's client_id and client_secret (status {answered.status_code})",
        f"Correct them in {place()}.",
    )


def _of_cli(profile: str) -> tuple[str, float]:
    """The output of ``databricks auth token``, which renews the login itself."""
    login = f"Run 'databricks auth login --profile {profile}'"
    command = ["databricks", "auth", "token", "--profile", profile]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    except FileNotFoundError:
        raise NotSignedIn(
            f"the profile '{profile}' has no token, and the Databricks CLI is not installed",
            "Install it, or write a token into the profile.",
        ) from None
    except subprocess.TimeoutExpired:
        raise NotSignedIn("the Databricks CLI does not answer", f"{login}.") from None
    try:
        body = json.loads(ran.stdout)
        return str(body["access_token"]), float(body.get("expires_in", 0))
    except (ValueError, KeyError, TypeError):
        raise NotSignedIn(f"the Databricks CLI has no token for the profile '{profile}'", f"{login}.") from None
