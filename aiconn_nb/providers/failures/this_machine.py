"""Faults of this machine: the proxy and certificate variables, which every SDK reads in its own way.

For a broken variable, an HTTP library reports only the part that it failed on, which may include a part of the proxy's password.
This module reads the variable again, so that an error names it and the remedy, but shows nothing of its value.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.hint import command, pip
from aiconn_nb.model.origin import is_on_this_machine
from aiconn_nb.model.secret import Secret

from ..base import Failure

_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NO_PROXY: Final = "NO_PROXY"
_CERTIFICATES: Final = {
    # library -> the variables with its certificates; the first is the recommended one
    "httpx": ("SSL_CERT_FILE", "SSL_CERT_DIR"),
    "botocore": ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"),
    "requests": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
}
NETWORK_VARIABLES: Final = tuple(
    spelled for name in (*_PROXIES, _NO_PROXY, *chain(*_CERTIFICATES.values())) for spelled in (name.lower(), name)
)
"""The variables that a client is also built from."""
_LIBRARIES: Final = {
    "botocore": "botocore",
    "boto3": "botocore",
    "azure": "requests",
    "msal": "requests",
    "requests": "requests",
}
"""The first part of an error's module -> the library whose variables apply."""
_ENCODE: Final = "Write / # ? @ : in the user name or password as %2F %23 %3F %40 %3A."
_LOCAL: Final = {
    # errors of HTTP libraries that occur before anything is sent; not all of them are a ValueError
    "InvalidURL",
    "InvalidProxyURL",
    "InvalidProxiesConfigError",
    "InvalidSchema",
    "LocationParseError",
    "LocationValueError",
    "ProxySchemeUnknown",
    "ProxySchemeUnsupported",
    "UnsupportedProtocol",
}
_OF_A_TUNNEL: Final = re.compile(r"(?:^|connection failed: )([345]\d\d)\b")
"""The status with which a proxy refuses a tunnel, in the messages of httpx and of Python's http.client."""
_NEARBY: Final = ("local", "internal", "lan", "intranet", "corp", "home", "localdomain")
"""Top-level domains that the public name system does not have."""
_UNREAD: Final = re.compile(r"CA certificate bundle|No such file|Permission denied")
_OF_ITS_TIME: Final = re.compile(r"has expired|not yet valid")
_OF_ITS_NAME: Final = re.compile(r"mismatch|does(n't| not) match|no appropriate (subjectAltName|commonName)")

_OF_ITS_ISSUER: Final = re.compile(
    r"Missing (Authority|Subject) Key Identifier|marked critical|not critical|include key usage extension|for non-CA cert"
    r"|without key usage|Empty Subject Alt|name empty|explicit ECC?|at least X509v3",
    re.IGNORECASE,
)
"""What OpenSSL says of a certificate that it refuses in its strict mode, which Python uses from 3.13 on."""
_REFUSALS: Final = {
    _OF_ITS_TIME: "Check the endpoint, the proxy, and this machine's clock.",
    _OF_ITS_NAME: "Check the endpoint: its host has to be one of the names in the certificate.",
    _OF_ITS_ISSUER: "Python 3.13 and later want certificates that follow RFC 5280. Ask the issuer for one that does.",
}


def proxy_of(url: str) -> tuple[str, str] | None:
    """The variable that names a proxy for this URL, and its value; None if the request goes there directly."""
    if is_on_this_machine(url):
        return None
    from urllib.request import proxy_bypass

    parts = urlsplit(url)
    variables = _set(_PROXIES)
    named = variables.get(f"{parts.scheme.upper()}_PROXY") or variables.get("ALL_PROXY")
    if named is None or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return named


def proxy_fault(url: str = "") -> Failure | None:
    """What is wrong with the proxy variables, or with the one that applies to ``url``; None if they are readable."""
    chosen = proxy_of(url) if url else None
    for variable, value in [chosen] if chosen else [] if url else _set(_PROXIES).values():
        reason, advice = _proxy_problem(value)
        if reason:
            return _fault(reason.format(variable), advice)
    return None


def key_log_fault() -> Failure | None:
    """What is wrong with SSLKEYLOGFILE, which Python opens for every default TLS context; None if nothing is."""
    path = os.environ.get("SSLKEYLOGFILE")
    if not path:
        return None
    try:
        with open(path, "ab"):
            return None
    except OSError:
        return _fault(
            f"SSLKEYLOGFILE names a file that cannot be written: {path}",
            "Remove SSLKEYLOGFILE, or name a file that can be written.",
        )


def proxy_passwords() -> list[Secret]:
    """Secret parts of the proxy variables: user names with passwords, as written and decoded."""
    found = []
    for _, value in _set(_PROXIES).values():
        userinfo = _with_scheme(value).partition("://")[2].rpartition("@")[0]
        password = userinfo.partition(":")[2]
        found += [Secret(each) for each in {password, unquote(password)} if len(each) >= 4]
    return found


class MachineFault(Exception):
    """A fault that was found before an SDK failed on it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.words)
        self.failure = failure


def unusable_variables() -> Failure | None:
    """Why httpx or httpx2 cannot build a client from the proxy and certificate variables; None if it can."""
    socks = any(value.startswith("socks5") for _, value in _set(_PROXIES).values())
    if fault := proxy_fault() or (_no_socks("httpx", None) if socks and find_spec("socksio") is None else None):
        return fault
    return _certificate_variable_fault("httpx") or key_log_fault()


def machine_failure(
    error: BaseException, endpoint: str | None, modules: Sequence[str] = (), alias: str = ""
) -> Failure | None:
    """The meaning of an error that is caused by a setting of this machine; None for all others.

    ``endpoint`` is the target of the request, ``modules`` are those of the provider's SDK, ``alias`` is the connection for a
    command.
    """
    if isinstance(error, MachineFault):
        return error.failure
    chain = tuple(chain_of(error))
    if any(_answered(each) for each in chain):
        return None
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    text = " ".join(str(each) for each in chain)
    library = _library(chain, modules)
    if names & {"SSLCertVerificationError", "CertificateError"} or "CERTIFICATE_VERIFY_FAILED" in text:
        return _untrusted(text, endpoint, library, alias)
    if "UnicodeError" in names and "idna" in text:
        return Failure(
            FailureKind.UNREACHABLE, "the endpoint's host cannot be the name of a host", advice="Check the endpoint."
        )
    if "RecursionError" in names and ssl.SSLContext.__module__.startswith("truststore"):
        return _fault(
            "truststore was put into ssl after this SDK had been imported, which makes it call itself without end",
            "Restart the kernel, and call truststore.inject_into_ssl() before everything else.",
        )
    is_local = bool(names & _LOCAL) or any(type(each) is ValueError or isinstance(each, ImportError) for each in chain)
    if "socksio" in text or "SOCKS" in text or (is_local and "unsupported scheme socks" in text):
        return _no_socks(library, endpoint)
    if is_local and (fault := proxy_fault() or _no_proxy_fault()):
        return fault
    if names & {"OSError", "HTTPClientError", "SSLError", "TransportError"}:
        if fault := _certificate_fault(library, text, chain):
            return fault
        if any(isinstance(each, OSError) and each.filename for each in chain) and (fault := key_log_fault()):
            return fault
        if endpoint and (fault := proxy_fault(endpoint)):
            return fault
    if "gaierror" in names and endpoint:
        return _unknown_host(endpoint, next(each for each in chain if isinstance(each, socket.gaierror)))
    if names & {"ProxyError", "ProxyConnectionError"} and endpoint:
        found = next(filter(None, (_OF_A_TUNNEL.search(str(each)) for each in chain)), None)
        return proxy_refusal(endpoint, int(found[1]) if found else 0)
    return None


def proxy_refusal(endpoint: str, status: int) -> Failure | None:
    """The meaning of a proxy's own status, or of 0 if it sent none; None if no variable names a proxy."""
    proxy, host = proxy_of(endpoint), urlsplit(endpoint).hostname
    if proxy is None:
        return None
    variable, said = proxy[0], f" (status {status})" if status else ""
    if status >= 500:
        return Failure(
            FailureKind.UNREACHABLE,
            f"the proxy that {variable} names could not reach {host}{said}",
            advice=f"Check the endpoint and the proxy. If {host} is in your own network, add it to {_NO_PROXY}.",
            again=True,
        )
    if status in (0, 407):
        advice = f"Check its address, user name and password in {variable}, and the hosts in {_NO_PROXY}."
    else:
        advice = f"Ask those who run it to allow {host}. If {host} is reached without it, add it to {_NO_PROXY}."
    return _fault(f"the proxy that {variable} names did not take the request{said}", advice)


def _unknown_host(endpoint: str, error: socket.gaierror) -> Failure:
    said = f" ({error.strerror})" if error.strerror else ""
    if proxy := proxy_of(endpoint):
        words, advice = f"the host of the proxy that {proxy[0]} names is not known here{said}", f"Check {proxy[0]}."
    else:
        words = f"the host {urlsplit(endpoint).hostname} is not known here{said}"
        advice = "Check the endpoint, and whether this network needs a VPN, or a proxy in HTTPS_PROXY."
    return Failure(FailureKind.UNREACHABLE, words, advice=advice, again=True)


def proxy_advice(endpoint: str | None) -> str:
    """What to do if the endpoint could not be reached and a proxy is in between; '' without a proxy."""
    proxy = proxy_of(endpoint) if endpoint else None
    if not endpoint or proxy is None:
        return ""
    host = urlsplit(endpoint).hostname or ""
    past = f" If {host} is in your own network, add it to {_NO_PROXY}." if _may_be_nearby(host) else ""
    return f"The request goes through the proxy that {proxy[0]} names: check it, and the endpoint.{past}"


def _may_be_nearby(host: str) -> bool:
    """Whether a host is more likely in the own network than beyond the proxy."""
    from ipaddress import ip_address

    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in _NEARBY


# ---- variables --------------------------------------------------------------------------------------------------------------


def _set(names: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """The variables that are set, in their actual case, with their values. Lower case takes precedence, as everywhere."""
    return {
        name: (spelled, value)
        for name in names
        for spelled in (name, name.lower())
        if (value := os.environ.get(spelled, "").strip())
    }


def _with_scheme(value: str) -> str:
    return value if "://" in value else f"http://{value}"


def _proxy_problem(value: str) -> tuple[str, str]:
    """What is wrong with a proxy's URL, with {} for its variable, and what to do. Of the URL it contains only the scheme."""
    scheme, _, rest = _with_scheme(value).partition("://")
    if scheme not in ("http", "https", "socks5", "socks5h"):
        shown = f" '{scheme}'" if re.fullmatch(r"[a-z][a-z0-9+]{0,8}", scheme) else ""
        return f"{{}} has an unknown scheme{shown}", "Write http://, https:// or socks5:// in front of its host."
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    userinfo, _, place = authority.rpartition("@")
    if "@" in rest[len(authority) :] or "@" in userinfo:
        return "{} cannot be read: its user name or password has a character that separates parts of a URL", _ENCODE
    host, _, port = place.rpartition(":") if re.search(r":[^\]]*$", place) else (place, "", "")
    if not host or re.search(r"\s", authority):
        return "{} names no host", "Write it as http://host:port."
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return (
            "the port in {} is not a number",
            f"Write it as http://host:port. {_ENCODE}" if userinfo else "Write a number.",
        )
    return "", ""


def _no_proxy_fault() -> Failure | None:
    """The entries of NO_PROXY that some HTTP libraries cannot read. Checked when reading the variables failed."""
    for variable, value in _set([_NO_PROXY]).values():
        odd = [
            entry
            for entry in map(str.strip, value.split(","))
            if entry.startswith("[") or (entry.count(":") > 1 and "/" in entry) or re.search(r"[\s\[\]@]", entry)
        ]
        if odd:
            listed = ", ".join(odd[:3])
            return _fault(
                f"{variable} has an entry that this SDK cannot read: {listed}",
                "Write an IPv6 address without brackets and without a prefix length: ::1",
            )
    return None


def _certificate_fault(library: str, text: str, chain: Sequence[BaseException]) -> Failure | None:
    """The certificate variable that names no certificates, if it may have caused the error."""
    kinds = FileNotFoundError | PermissionError | IsADirectoryError | ssl.SSLError
    is_local = any(isinstance(each, kinds) for each in chain)
    return _certificate_variable_fault(library) if is_local or _UNREAD.search(text) else None


def _certificate_variable_fault(library: str) -> Failure | None:
    for variable, value in _set(_CERTIFICATES[library]).values():
        if problem := _certificate_problem(value):
            return _fault(f"{variable} {problem}: {value}", f"Correct {variable}, or remove it.")
    return None


def _certificate_problem(value: str) -> str:
    try:
        stamp = os.stat(value)
    except OSError:
        return "names a file that does not exist"
    if stat.S_ISDIR(stamp.st_mode):
        return ""
    return _certificate_file_problem(value, stamp.st_dev, stamp.st_ino, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=8)
def _certificate_file_problem(path: str, *stamp: int) -> str:
    # Reading a bundle takes as long as building a client, and this is checked for every client.
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:
        return "names a file from which no certificate can be read"
    return ""


# ---- errors -----------------------------------------------------------------------------------------------------------------


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes, in the attributes that each library uses."""
    seen: list[BaseException] = []
    at: list[Any] = [error]
    while at and len(seen) < 20:
        one = at.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            at += [one.__cause__, one.__context__, getattr(one, "reason", None), getattr(one, "inner_exception", None)]
            kept = getattr(one, "kwargs", None)
            at += [kept.get("error")] if isinstance(kept, dict) else []
            at += [arg for arg in one.args if isinstance(arg, BaseException)]
            at += one.exceptions if isinstance(one, BaseExceptionGroup) else ()


def _answered(error: BaseException) -> bool:
    """Whether a server responded. Then this machine's settings did not prevent the request."""
    return getattr(error, "response", None) is not None


def _library(chain: Sequence[BaseException], modules: Sequence[str]) -> str:
    owners = [type(each).__module__.partition(".")[0] for each in chain] + [
        each.partition(".")[0] for each in modules[:1]
    ]
    return next((_LIBRARIES[owner] for owner in owners if owner in _LIBRARIES), "httpx")


def _untrusted(text: str, endpoint: str | None, library: str, alias: str) -> Failure:
    said = re.search(r"certificate verify failed: ([^(\[\n'\"]{1,120})", text)
    reason = said[1].strip(" .").removesuffix(", certificate is not valid for") if said else "it could not be verified"
    if not said and _OF_ITS_NAME.search(text):
        reason = "Hostname mismatch"  # in the words of urllib3, which repeat names of the certificate
    host = (urlsplit(endpoint).hostname if endpoint else None) or "the host"
    for refusal, advice in _REFUSALS.items():
        if refusal.search(reason):
            return Failure(FailureKind.UNREACHABLE, f"the certificate of {host} is refused: {reason}", advice=advice)
    variable = _CERTIFICATES[library][0]
    told = f"'{command('edit', alias, '--set', 'ca_bundle=FILE')}'" if alias else "The connection's ca_bundle"
    advice = (
        f"{told} or, for all programs, {variable} names the file with the CA certificate of this server, or of the "
        "company's proxy that opens TLS."
    )
    if unread := _unread_certificates(library):
        advice = f"This SDK does not read {unread}: name its file in {variable}. {advice}"
    return _fault(f"the certificate of {host} is not trusted here: {reason}", advice)


def _unread_certificates(library: str) -> str:
    """A variable that names certificates for other libraries, if none does for this one; else ''."""
    if _set(_CERTIFICATES[library]):
        return ""
    others = _set(tuple(dict.fromkeys(chain(*_CERTIFICATES.values())))).values()
    return next((name for name, value in others if not _certificate_problem(value)), "")


def _no_socks(library: str, endpoint: str | None) -> Failure:
    named = proxy_of(endpoint) if endpoint else None
    variables = [variable for variable, value in _set(_PROXIES).values() if value.lower().startswith("socks")]
    variable = variables[0] if variables else named[0] if named else "ALL_PROXY"
    package = "socksio" if library == "httpx" else "PySocks"
    installed = find_spec("socks" if package == "PySocks" else package) is not None
    if installed or library == "botocore":
        return _fault(f"{variable} names a SOCKS proxy, which this SDK cannot use", "Name an HTTP proxy instead.")
    return _fault(
        f"{variable} names a SOCKS proxy, which needs the package {package}",
        f"Run {pip(package)}, or remove {variable}.",
    )


def _fault(words: str, advice: str) -> Failure:
    return Failure(FailureKind.THIS_MACHINE, words, advice=advice)
