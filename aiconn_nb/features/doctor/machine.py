"""The part of the report about this machine: versions, front end, network and clock."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from aiconn_nb.model.amounts import duration
from aiconn_nb.model.connection import now

from .results import Finding, Grade

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot

PACKAGES: Final = (
    "ipython", "ipykernel", "ipywidgets", "anywidget", "jupyterlab", "notebook", "tinydb", "filelock", "cryptography",
    "openai", "anthropic", "google-genai", "boto3", "azure-identity",
)  # fmt: skip
"""Packages whose version is in the report, if they are installed."""
PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE")
SKEW: Final = timedelta(minutes=5)
"""How far in the future a saved time may be."""


def versions() -> Iterator[Finding]:
    """Yield the versions of this package, Python, the system, and the packages involved."""
    from aiconn_nb.model.version import VERSION

    yield Finding("versions", f"aiconn-nb {VERSION}, Python {platform.python_version()}, {platform.system()}")
    found = [f"{name} {installed}" for name in PACKAGES if (installed := _installed(name))]
    yield Finding("versions", ", ".join(found))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def front_end() -> Iterator[Finding]:
    """Yield the front end, as far as the kernel can tell, and whether it can show widgets."""
    if _installed("anywidget"):
        widgets = Finding("front end", f"{_place()}; widgets can be shown")
    else:
        widgets = Finding("front end", f"{_place()}; anywidget is missing: forms are tables", Grade.NOTE)
    yield widgets


def _place() -> str:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if "google.colab" in sys.modules:
        return "Google Colab"
    if "marimo" in sys.modules:
        return "marimo"
    if "pyodide" in sys.modules:
        return "Pyodide"
    if shell is None:
        return "no notebook: a terminal or a script"
    if getattr(shell, "kernel", None) is None:
        return "IPython in a terminal"
    return "VS Code" if "VSCODE_PID" in os.environ else "a Jupyter kernel"


def network(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the proxy and certificate variables by name, and their problems. Their values may contain a password."""
    from aiconn_nb.providers.failures.this_machine import unusable_variables

    # Windows knows only the names in upper case.
    named = [name for each in PROXIES for name in (each, each.lower()) if name in [*environ] and environ[name]]
    named += [name for name in CERTIFICATES if environ.get(name)]
    yield Finding(
        "network", f"set here: {', '.join(named)}" if named else "no proxy and no certificate variable is set"
    )
    failure = unusable_variables()
    if failure is not None:
        yield Finding("network", f"{failure.words}. {failure.advice}", Grade.PROBLEM)
    yield from _two_spellings(environ)
    yield from _no_proxy(environ)
    yield from _certificates(environ)


def _two_spellings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the proxy variables that are set twice, with different values."""
    for name in PROXIES:
        upper, lower = environ.get(name), environ.get(name.lower())
        if upper and lower and upper != lower:
            words = f"{name} and {name.lower()} differ: the SDKs take {name.lower()}"
            yield Finding("network", words, Grade.NOTE)


def _certificates(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the certificate variables that only a part of the SDKs reads."""
    of_requests = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if environ.get(name)), "")
    of_httpx = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)), "")
    if of_requests and not of_httpx:
        words = (
            f"{of_requests} is not read by OpenAI's, Anthropic's and Google's SDKs: name its file in SSL_CERT_FILE, too"
        )
        yield Finding("network", words, Grade.NOTE)
    if of_httpx and not (of_requests or environ.get("AWS_CA_BUNDLE")):
        words = f"{of_httpx} is not read by boto3 and Azure's sign-in: name its file in REQUESTS_CA_BUNDLE, too"
        yield Finding("network", words, Grade.NOTE)


def _no_proxy(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the entries of NO_PROXY that SDKs interpret differently."""
    entries = [each.strip() for each in (environ.get("NO_PROXY") or environ.get("no_proxy") or "").split(",")]
    if any("/" in each for each in entries):
        words = "NO_PROXY has a range of addresses: boto3 and urllib do not know those and use the proxy"
        yield Finding("network", words, Grade.NOTE)
    if any(each.rpartition(":")[2].isdigit() and each.count(":") == 1 for each in entries):
        words = "NO_PROXY has an entry with a port: Azure's SDK does not know those and uses the proxy"
        yield Finding("network", words, Grade.NOTE)


def clock(snapshot: Snapshot) -> Iterator[Finding]:
    """Whether a saved time is in the future, which means that this clock is slow."""
    saved = [each.modified for each in snapshot.connections] + [each.modified for each in snapshot.profiles]
    ahead = max(saved, default=datetime.min.replace(tzinfo=UTC)) - now()
    if ahead > SKEW:
        words = f"something was saved {duration(ahead.total_seconds())} from now: a clock is wrong"
        yield Finding("clock", words, Grade.PROBLEM)
