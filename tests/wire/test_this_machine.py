"""Faults of this machine: a broken variable is named with its remedy, and no part of a proxy's password is shown."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import ChatRequest, Message, Provider, Settings
from aiconn_nb.providers.failures.this_machine import machine_failure
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible

from .company import OpensTls, wants_a_password
from .servers import Answer, Asked, Reply, Server, refuses, says

Serve = Callable[[Answer], Server]

KEY: Settings = {"api_key": Secret("made-up-key-0123456789")}
AWS: Settings = {
    "region": "us-east-1",
    "access_key_id": Secret("AKIAMADEUP0123456789"),
    "secret_access_key": Secret("made-up-secret-0123456789"),
}
PROVIDERS = [(OpenAI(), KEY), (Anthropic(), KEY), (Google(), KEY), (Amazon(), AWS)]
HTTPX = PROVIDERS[:3]
NOWHERE = "http://made-up.invalid"
CLIENT = "client_certificate"


pytestmark = [
    pytest.mark.oldest,
    pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning"),
]


def ids(value: object) -> str | None:
    """Return a provider's id."""
    return value.id if isinstance(value, Provider) else None


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def failed(provider: Provider, settings: Settings, endpoint: str) -> ProviderFailed:
    """Return the error of a question."""
    account = Account(provider, {**settings, "endpoint": endpoint}, label="mine", patience=5.0)
    with pytest.raises(ProviderFailed) as caught:
        list(account.chat(ChatRequest("m", [Message("user", "hi")])))
    return caught.value


@pytest.mark.parametrize(
    "password", ["hunter/2-made-up", "hunter#2-made-up", "2468/2-made-up", "hunter?2-made-up", "h@2-made-up"]
)
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_password_that_breaks_the_proxys_url_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings, password: str
) -> None:
    """The error names the variable and how to encode such a password. The libraries' messages repeat half of it."""
    monkeypatch.setenv("HTTP_PROXY", f"http://corp:{password}@127.0.0.1:9")
    error = failed(provider, settings, NOWHERE)
    assert error.kind is FailureKind.THIS_MACHINE
    assert error.words.startswith("HTTP_PROXY ")
    assert "%2F" in error.hint
    assert not [part for part in ("hunter", "2468", "2-made-up", "corp") if part in str(error)]


@pytest.mark.parametrize(
    "value", ["socks://127.0.0.1:9", "socks5://127.0.0.1:9", "http://127.0.0.1:port", "http://:8080"]
)
@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_a_proxy_variable_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings, value: str
) -> None:
    """However it is broken, the error is neither the provider's nor the question's."""
    monkeypatch.setattr("aiconn_nb.providers.failures.this_machine.find_spec", lambda name: None)
    monkeypatch.setenv("ALL_PROXY", value)
    error = failed(provider, settings, NOWHERE)
    if value == "http://:8080" and error.kind is FailureKind.UNREACHABLE:
        return  # some versions read it, and connect to no host
    assert (error.kind, "ALL_PROXY" in error.words) == (FailureKind.THIS_MACHINE, True), error.what


@pytest.mark.parametrize("entry", ["::1/128", "[::1]"])
@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_an_odd_no_proxy_works_or_is_named(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings, entry: str
) -> None:
    """Container tools write such entries, which not every SDK can read."""
    monkeypatch.setenv("NO_PROXY", f"localhost,127.0.0.1,{entry}")
    error = failed(provider, settings, serve(refuses(401, "reached")).url)
    assert "reached" in error.what or (error.kind is FailureKind.THIS_MACHINE and entry in error.what)


@pytest.mark.parametrize("bundle", [False, True], ids=["usual", "certificates of its own"])
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_log_of_tls_keys_that_cannot_be_written_is_named(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, work: Path, provider: Provider, settings: Settings, bundle: bool
) -> None:
    """Virus scanners set SSLKEYLOGFILE to their own path, and Python opens it for every TLS context."""
    import certifi

    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, certifi.where())
    if bundle:
        settings = {**settings, "ca_bundle": certifi.where()}
    monkeypatch.setenv("SSLKEYLOGFILE", str(work / "gone" / "keys.log"))
    error = failed(provider, settings, serve(refuses(401, "reached")).url.replace("http://", "https://"))
    assert error.kind is FailureKind.THIS_MACHINE
    assert error.words == f"SSLKEYLOGFILE names a file that cannot be written: {work / 'gone' / 'keys.log'}"
    assert error.hint == "Remove SSLKEYLOGFILE, or name a file that can be written."


def test_a_trust_store_that_comes_too_late_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its replacements in ssl then recurse endlessly, in urllib3 and so in boto3. The provider is not at fault."""
    error = RuntimeError("failed")
    error.__cause__ = RecursionError("maximum recursion depth exceeded")
    monkeypatch.setitem(
        sys.modules, "truststore", ModuleType("truststore")
    )  # pip and others import it, and leave ssl alone
    assert machine_failure(error, NOWHERE) is None
    monkeypatch.setattr(ssl, "SSLContext", type("SSLContext", (), {"__module__": "truststore._api"}))
    failure = machine_failure(error, NOWHERE)
    assert failure is not None
    assert (failure.kind, "inject_into_ssl() before" in failure.advice) == (FailureKind.THIS_MACHINE, True)


@pytest.mark.parametrize("content", [None, "this is no certificate"], ids=["missing", "no certificate"])
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_certificate_variable_that_names_none_is_named(
    monkeypatch: pytest.MonkeyPatch, work: Path, provider: Provider, settings: Settings, content: str | None
) -> None:
    """The error has the file, and the variable that this SDK reads."""
    file = work / "authority.pem"
    if content is not None:
        file.write_text(content)
    variable = "AWS_CA_BUNDLE" if provider.id == "amazon" else "SSL_CERT_FILE"
    monkeypatch.setenv(variable, str(file))
    (work / "server").mkdir()
    with OpensTls(refuses(401), work / "server") as server:
        error = failed(provider, settings, server.url)
    assert error.kind is FailureKind.THIS_MACHINE, error.what
    assert error.words.startswith(f"{variable} ")
    assert variable in error.hint


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_companys_certificate_is_trusted_once_it_is_named(
    monkeypatch: pytest.MonkeyPatch, work: Path, provider: Provider, settings: Settings
) -> None:
    """The error names the variable. Once it is set, the same account reaches the server."""
    variable = "AWS_CA_BUNDLE" if provider.id == "amazon" else "SSL_CERT_FILE"
    with OpensTls(refuses(401, "reached"), work) as server:
        account = Account(provider, {**settings, "endpoint": server.url}, label="mine", patience=5.0)
        for expected in (FailureKind.THIS_MACHINE, FailureKind.AUTHENTICATION):
            with pytest.raises(ProviderFailed) as caught:
                list(account.chat(ChatRequest("m", [Message("user", "hi")])))
            assert caught.value.kind is expected, caught.value.what
            if expected is FailureKind.THIS_MACHINE:
                assert variable in caught.value.hint
            monkeypatch.setenv(variable, str(server.authority))


def test_a_certificate_that_has_expired_is_no_fault_of_this_machine(work: Path) -> None:
    """The advice does not ask for a CA certificate then."""
    with OpensTls(refuses(401), work, days=-1) as server:
        error = failed(OpenAI(), KEY, server.url)
    assert error.kind in (FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE)
    assert "certificate" in error.what


@pytest.mark.parametrize(("address", "days", "reason"), [("127.0.0.2", 9, "mismatch"), ("127.0.0.1", -1, "expired")])
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_certificate_that_the_server_has_to_replace_is_asked_for_once(
    work: Path, provider: Provider, settings: Settings, address: str, days: int, reason: str
) -> None:
    """It does not change in a moment, and no setting makes it valid. Every SDK's error has its reason."""
    with OpensTls(refuses(401), work, days=days, address=address) as server:
        settings = {**settings, "ca_bundle": str(server.authority)}
        error = failed(provider, settings, server.url)
    assert (error.kind, error.again, reason in error.what) == (FailureKind.UNREACHABLE, False, True), error.what
    assert error.hint.startswith("Check the endpoint")
    assert "CA certificate" not in error.hint


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_certificates_in_the_variable_of_another_library_are_named(
    monkeypatch: pytest.MonkeyPatch, work: Path, provider: Provider, settings: Settings
) -> None:
    """A company sets one variable, and each library reads another one. The advice names both."""
    read, unread = "SSL_CERT_FILE", "CURL_CA_BUNDLE"
    if provider.id == "amazon":
        read, unread = "AWS_CA_BUNDLE", "SSL_CERT_FILE"
    with OpensTls(refuses(401), work) as server:
        monkeypatch.setenv(unread, str(server.authority))
        error = failed(provider, settings, server.url)
    assert error.kind is FailureKind.THIS_MACHINE
    assert error.hint.startswith(f"This SDK does not read {unread}: name its file in {read}. ")


def test_the_certificate_of_a_companys_proxy_is_set_by_a_command(session: Session, work: Path) -> None:
    """The advice can be pasted."""
    with OpensTls(refuses(401), work) as server:
        session.create("mine", "openai", settings={"api_key": KEY["api_key"], "endpoint": server.url})
        with pytest.raises(ProviderFailed) as caught:
            session.account("mine").models()
    assert "'%aiconn edit mine --set ca_bundle=FILE'" in caught.value.hint


SAID = [
    ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required", FailureKind.THIS_MACHINE, CLIENT),
    ("[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca", FailureKind.THIS_MACHINE, CLIENT),
    ("[SSL: SSLV3_ALERT_BAD_CERTIFICATE] sslv3 alert bad certificate", FailureKind.THIS_MACHINE, CLIENT),
    ("[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] ssl/tls alert certificate expired", FailureKind.THIS_MACHINE, CLIENT),
    ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure", FailureKind.UNREACHABLE, CLIENT),
    ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version", FailureKind.UNREACHABLE, "TLS 1.2"),
    ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol", FailureKind.UNREACHABLE, "TLS 1.2"),
    (
        "[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled",
        FailureKind.UNREACHABLE,
        "TLS 1.2",
    ),
    ("[SSL: DH_KEY_TOO_SMALL] dh key too small", FailureKind.UNREACHABLE, "TLS 1.2"),
]


@pytest.mark.parametrize(("said", "kind", "remedy"), SAID, ids=[said.partition("]")[0] for said, _, _ in SAID])
def test_what_openssl_says_of_a_failed_handshake_is_told_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, said: str, kind: FailureKind, remedy: str
) -> None:
    """The alerts are those of OpenSSL; which one comes depends on its version and on the server."""

    def fail(self: ssl.SSLContext, *given: object, **named: object) -> None:
        raise ssl.SSLError(1, f"{said} (_ssl.c:1000)")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr(ssl.SSLContext, "wrap_socket", fail)
        error = failed(OpenAI(), KEY, f"https://127.0.0.1:{listening.getsockname()[1]}")
    assert (error.kind, error.again, remedy in error.hint) == (kind, False, True), str(error)
    assert "_ssl" not in error.what


def test_a_page_that_asks_for_a_certificate_is_no_refused_request(serve: Serve) -> None:
    """nginx ends the handshake, and then answers with a page and the status 400."""
    page = b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    asked = serve(lambda asked, reply: reply.send(400, page, "text/html"))
    account = Account(OpenAI(), {**KEY, "endpoint": "https://gateway.example"}, label="mine")
    sdk = Account(OpenAI(), {**KEY, "endpoint": asked.url}, label="mine", patience=5.0).client
    with pytest.raises(Exception, match="400") as caught:
        sdk.models.list()
    error = account._failed(caught.value)
    assert (error.kind, CLIENT in error.hint) == (FailureKind.THIS_MACHINE, True)


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_proxy_that_wants_a_password_is_told_apart(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings
) -> None:
    """It answers a tunnel with 407. The error names the variable and does not show the password."""
    proxy = serve(wants_a_password)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://corp:hunter2-made-up@"))
    error = failed(provider, settings, "https://made-up.invalid")
    assert (error.kind, "HTTPS_PROXY" in str(error)) == (FailureKind.THIS_MACHINE, True), str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(("status", "kind"), [(403, FailureKind.THIS_MACHINE), (503, FailureKind.UNREACHABLE)])
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_proxy_that_opens_no_tunnel_is_told_apart_from_one_that_cannot_reach_the_host(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    provider: Provider,
    settings: Settings,
    status: int,
    kind: FailureKind,
) -> None:
    """Neither is a matter of its user name and password. The host is allowed there, or reached past the proxy."""
    proxy = serve(lambda asked, reply: reply.send(status, b"<html>No.</html>", "text/html"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://corp:hunter2-made-up@"))
    error = failed(provider, settings, "https://gpu.internal.invalid")
    assert (error.kind, error.again) == (kind, kind is FailureKind.UNREACHABLE), str(error)
    assert "HTTPS_PROXY names" in error.what
    assert f"status {status}" in error.what
    assert ("gpu.internal.invalid" in error.hint, "NO_PROXY" in error.hint) == (True, True)
    assert "password" not in error.hint
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_password_that_a_proxy_wants_for_a_plain_request_is_asked_for_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings
) -> None:
    """There is no tunnel then: the status comes as if it were the server's."""
    monkeypatch.setenv("http_proxy", serve(wants_a_password).url)
    error = failed(provider, settings, NOWHERE)
    assert (error.kind, error.again) == (FailureKind.THIS_MACHINE, False)
    assert ("http_proxy names" in error.what, "password in http_proxy" in error.hint) == (True, True)


@pytest.mark.parametrize("host", ["gpu-server", "10.1.2.3", "gpu.local"])
def test_a_proxys_page_about_a_host_of_the_own_network_leads_past_the_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """The proxy cannot find it. The fault is not the provider's."""
    page = b"<html><head><title>ERROR: The requested URL could not be retrieved</title></head></html>"
    monkeypatch.setenv("HTTP_PROXY", serve(lambda asked, reply: reply.send(503, page, "text/html")).url)
    error = failed(OpenAICompatible(), {}, f"http://{host}:8000/v1")
    assert error.kind is FailureKind.PROVIDER_FAULT
    assert error.hint.startswith("The request goes through the proxy that HTTP_PROXY names")
    assert error.hint.endswith(f"If {host} is in your own network, add it to NO_PROXY.")


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_network_that_wants_a_sign_in_says_so(serve: Serve, provider: Provider, settings: Settings) -> None:
    """Status 511 (RFC 6585) is a captive portal's, not the provider's."""
    page = b"<!DOCTYPE html><html><head><title>Campus WiFi</title></head></html>"
    error = failed(provider, settings, serve(lambda asked, reply: reply.send(511, page, "text/html")).url)
    assert (error.kind, error.again) == (FailureKind.UNREACHABLE, False)
    assert ("Campus WiFi" in error.what, "sign in" in error.hint) == (True, True)


@pytest.mark.parametrize("challenge", ["Negotiate", "NTLM TlRMTVNTUAAC", 'Basic realm="models"'])
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_gateway_with_its_own_sign_in_does_not_blame_the_key(
    serve: Serve, provider: Provider, settings: Settings, challenge: str
) -> None:
    """A page with such a challenge comes from a web server in front of the API, which looks at no key."""
    page = b"<!DOCTYPE html><html><head><title>401 Unauthorized</title></head></html>"
    server = serve(lambda asked, reply: reply.send(401, page, "text/html", WWW_Authenticate=challenge))
    error = failed(provider, settings, server.url)
    assert error.kind is FailureKind.AUTHENTICATION
    assert challenge.split()[0] in error.what
    assert "The key was refused" not in error.hint


@pytest.mark.parametrize("status", [413, 431])
def test_a_request_that_a_gateway_finds_too_large_says_what_to_shorten(serve: Serve, status: int) -> None:
    """The model and its options are not the cause."""
    page = b"<html><head><title>Too Large</title></head></html>"
    error = failed(OpenAI(), KEY, serve(lambda asked, reply: reply.send(status, page, "text/html")).url)
    assert (error.kind, error.again) == (FailureKind.BAD_REQUEST, False)
    assert ("headers" in error.hint, "text" in error.hint) == (status == 431, status == 413)


@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_redirects_without_end_are_followed_once(serve: Serve, provider: Provider, settings: Settings) -> None:
    """They are no lost connection, which is tried again."""
    error = failed(
        provider, settings, serve(lambda asked, reply: reply.send(302, b"", "text/html", Location=asked.path)).url
    )
    assert (error.kind, error.again) == (FailureKind.UNREACHABLE, False)


@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_a_body_that_is_not_compressed_as_it_says_is_the_servers_fault(
    serve: Serve, provider: Provider, settings: Settings
) -> None:
    """A gateway has unpacked it, and kept the header. The server was reached."""
    error = failed(provider, settings, serve(lambda asked, reply: reply.send(200, b"{}", Content_Encoding="gzip")).url)
    assert (error.kind, error.again) == (FailureKind.PROVIDER_FAULT, False)
    assert "Error -3" not in error.what


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_name_that_the_network_does_not_know_is_told(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings
) -> None:
    """Every SDK's error names the host, or the variable of the proxy whose host it is, and no number of the system."""

    def unknown(host: object, *given: object, **named: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failed(provider, settings, "https://gpu.company.example")
    assert error.kind is FailureKind.UNREACHABLE
    assert ("gpu.company.example" in error.what, "Errno" in error.what) == (True, False)
    monkeypatch.setenv("HTTPS_PROXY", "http://corp:hunter2-made-up@proxy.company.example:8080")
    error = failed(provider, settings, "https://gpu.company.example")
    assert error.kind in (FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE)
    assert "HTTPS_PROXY" in error.hint
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_a_label_that_is_too_long_for_a_host_is_no_refused_request(provider: Provider, settings: Settings) -> None:
    """Nothing was sent."""
    error = failed(provider, settings, f"http://{'a' * 70}.invalid")
    assert (error.kind, error.again) == (FailureKind.UNREACHABLE, False), str(error)


def test_a_host_from_a_secret_is_in_no_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advice about a proxy names the host, which may be one of the secrets."""
    account = Account(OpenAICompatible(), {"endpoint": Secret("http://tenant-4711-made-up.internal/v1")}, label="mine")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(ProviderFailed) as caught:
        account.models()
    assert "NO_PROXY" in caught.value.hint
    assert "tenant-4711" not in str(caught.value)


def test_a_page_in_place_of_bedrocks_models_is_recognized(serve: Serve) -> None:
    """boto3 drops it, and reports an empty answer."""
    server = serve(lambda asked, reply: reply.send(200, b"<!DOCTYPE html><html></html>", "text/html"))
    account = Account(Amazon(), {**AWS, "endpoint": server.url}, label="mine", patience=5.0)
    with pytest.raises(ProviderFailed) as caught:
        account.models()
    assert "a web page" in caught.value.what
    assert "KeyError" not in caught.value.what


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_a_proxy_that_is_not_there_is_named(
    unreachable: str, monkeypatch: pytest.MonkeyPatch, provider: Provider, settings: Settings
) -> None:
    """Nothing listens at its address, so the endpoint may be right."""
    monkeypatch.setenv("HTTP_PROXY", unreachable.replace("://", "://corp:hunter2-made-up@"))
    error = failed(provider, settings, NOWHERE)
    assert error.kind in (FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE)
    assert "HTTP_PROXY" in error.hint
    assert "hunter2" not in str(error)


def test_the_next_question_sees_a_changed_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, unreachable: str
) -> None:
    """A client is kept only until a variable that it was built from changes."""
    account = Account(OpenAICompatible(), {"endpoint": f"{NOWHERE}/v1"}, patience=5.0)
    monkeypatch.setenv("HTTP_PROXY", unreachable)
    with pytest.raises(ProviderFailed):
        account.models()
    proxy = serve(says({"object": "list", "data": []}))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert account.models() == []
    kept = account.client
    assert account.client is kept
    monkeypatch.delenv("HTTP_PROXY")
    assert account.client is not kept


def test_a_client_that_failed_to_connect_is_not_kept(unreachable: str) -> None:
    """The cause, such as a network's login page, changes no variable."""
    account = Account(OpenAICompatible(), {"endpoint": f"{unreachable}/v1"}, patience=5.0)
    former = account.client
    with pytest.raises(ProviderFailed):
        account.models()
    assert account.client is not former


def test_a_client_in_use_outlives_its_account(serve: Serve) -> None:
    """The user's own client stays open when the account drops it."""
    account = Account(OpenAICompatible(), {"endpoint": serve(says({"object": "list", "data": []})).url})
    models = account.client.models
    del account
    gc.collect()
    assert list(models.list()) == []


# ---- the scheme of the endpoint -----------------------------------------------------------------------------------------

ALERT = b"\x15\x03\x03\x00\x02\x02\x46"
"""What a server with TLS answers to plain HTTP: protocol_version, fatal."""


def alert(asked: Asked, reply: Reply) -> None:
    """Answer like a server that expects TLS."""
    reply.raw(ALERT)


async def asked_asynchronously(account: Account) -> None:
    """Ask, and close the client in the same loop."""
    try:
        await account.async_complete(ChatRequest("m", [Message("user", "hi")]))
    finally:
        await account.aclose()


@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_https_to_a_server_without_tls_is_said(serve: Serve, provider: Provider, settings: Settings) -> None:
    """The message has no words of a TLS library, and the advice is the other scheme. There is no retry."""
    error = failed(provider, settings, serve(says({})).url.replace("http:", "https:"))
    assert (error.kind, error.again) == (FailureKind.UNREACHABLE, False)
    assert "SSL" not in error.what
    assert "http://" in error.hint


@pytest.mark.parametrize(("provider", "settings"), HTTPX, ids=ids)
def test_the_asynchronous_call_says_it_too(serve: Serve, provider: Provider, settings: Settings) -> None:
    """The failure is the same."""
    endpoint = serve(says({})).url.replace("http:", "https:")
    account = Account(provider, {**settings, "endpoint": endpoint}, label="mine", patience=5.0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ProviderFailed) as caught:
        pool.submit(asyncio.run, asked_asynchronously(account)).result()
    assert caught.value.kind is FailureKind.UNREACHABLE
    assert "http://" in caught.value.hint


NGINX = "400 The plain HTTP request was sent to HTTPS port"
GO = "Client sent an HTTP request to an HTTPS server."


@pytest.mark.parametrize(
    "answer",
    [
        alert,
        lambda asked, reply: reply.send(
            400, f"<html><head><title>{NGINX}</title></head><body>{NGINX}</body></html>".encode(), "text/html"
        ),
        lambda asked, reply: reply.send(400, GO.encode(), "text/plain"),
    ],
    ids=["alert", "nginx", "Go"],
)
@pytest.mark.parametrize(("provider", "settings"), PROVIDERS, ids=ids)
def test_http_to_a_server_with_tls_is_said(
    serve: Serve, provider: Provider, settings: Settings, answer: Answer
) -> None:
    """The server's answer reveals it."""
    error = failed(provider, settings, serve(answer).url)
    assert error.kind is FailureKind.UNREACHABLE, error.what
    assert "https://" in error.hint


def test_the_test_of_a_connection_tells_both(session: Session, serve: Serve, work: Path) -> None:
    """A server that only closes the connection is probed for TLS."""
    session.create("plain", "openai-compatible", settings={"endpoint": serve(says({})).url.replace("http:", "https:")})
    with OpensTls(says({}), work) as server:
        session.create("tls", "openai-compatible", settings={"endpoint": server.url.replace("https:", "http:")})
        tests = session.test("plain", "tls")
    for tested, scheme in zip(tests, ("http://", "https://"), strict=True):
        assert tested.failed is not None
        assert tested.failed.name == "reachable"
        assert scheme in tested.failed.hint
