"""The group "Network" of a connection holds for each SDK: headers, certificates, timeout, retries. A secret header stays home."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import Secret, Session
from aiconn_nb.errors import AiconnError, FailureKind, InvalidConnection, ProviderFailed, UntrustedHost
from aiconn_nb.providers.calls import repeating

from . import servers
from .private_server import Authority, Private, Signed
from .servers import Answer, Server
from .spoken import KEY, SPOKEN, Spoken
from .test_async_calls import ASKED, in_a_loop

Serve = Callable[[Answer], Server]
every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)
GATEWAY_KEY = "gateway-canary-0123456789abcdef"
WITH_KEYS = [each for each in SPOKEN if each.name in ("openai", "anthropic", "azure")]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def me(authority: Authority) -> Signed:
    return authority.signed("me")


@pytest.fixture
def private(authority: Authority) -> Iterator[Private]:
    with Private(servers.refuses(400, "Not this."), authority) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pauses between two tries, of this package and of the SDKs."""
    monkeypatch.setattr(repeating, "pause", lambda seconds: None)
    monkeypatch.setattr("asyncio.sleep", _at_once)


async def _at_once(seconds: float, result: object = None) -> object:
    return result


def connected(session: Session, spoken: Spoken, url: str, **network: object) -> str:
    """Create a connection of this provider with these additional settings."""
    session.create(spoken.name, spoken.provider, settings={**spoken.settings(url), **network})  # type: ignore[dict-item]
    return spoken.name


def asked_in_every_way(session: Session, alias: str) -> None:
    """Ask, ask asynchronously, list the models, test, and use the client that a user gets."""
    account = session.account(alias)
    for ask in (
        lambda: list(account.chat(ASKED)),
        lambda: in_a_loop(account, account.async_complete(ASKED)),
        lambda: account.models(),
        lambda: session.test(alias, model="m-1"),
    ):
        with suppress(AiconnError, NotImplementedError):
            ask()
    use_the_sdk(session, alias)


def use_the_sdk(session: Session, alias: str) -> None:
    """Make a call with the SDK's own client."""
    client: Any = session.client(alias)
    with suppress(Exception):
        if hasattr(client, "converse"):
            client.converse(modelId="m-1", messages=[{"role": "user", "content": [{"text": "hello"}]}])
        elif hasattr(client.models, "generate_content"):
            client.models.generate_content(model="m-1", contents="hello")
        elif hasattr(client, "messages"):
            client.messages.create(model="m-1", max_tokens=9, messages=[{"role": "user", "content": "hello"}])
        else:
            client.chat.completions.create(model="m-1", messages=[{"role": "user", "content": "hello"}])


# ---- certificates -----------------------------------------------------------------------------------------------------------


@every
def test_a_private_server_is_reached_with_its_authority_and_ones_own_certificate(
    spoken: Spoken, session: Session, private: Private, authority: Authority, me: Signed
) -> None:
    """Every kind of call reaches it, with certificate and key in two files and in one. (The server is ours.)"""
    names = {"ca_bundle": str(authority.certificate), "client_certificate": str(me.certificate)}
    alias = connected(session, spoken, private.url, **names, client_key=str(me.key))
    asked_in_every_way(session, alias)
    assert len(private.asked) >= 5
    before = len(private.asked)
    session.edit(alias, settings={"client_certificate": str(me.together), "client_key": None})
    with pytest.raises(ProviderFailed) as raised:
        list(session.account(alias).chat(ASKED))
    assert raised.value.kind is FailureKind.BAD_REQUEST
    assert len(private.asked) == before + 1


@every
def test_without_them_nothing_is_asked(
    spoken: Spoken, session: Session, private: Private, authority: Authority
) -> None:
    """No request is sent if the authority or the certificate is not set. (The server is ours.)"""
    alias = connected(session, spoken, private.url, retries=0)
    kinds = {FailureKind.UNREACHABLE, FailureKind.THIS_MACHINE}
    with pytest.raises(ProviderFailed) as raised:
        list(session.account(alias).chat(ASKED))
    assert raised.value.kind is FailureKind.THIS_MACHINE
    session.edit(alias, settings={"ca_bundle": str(authority.certificate)})
    with pytest.raises(ProviderFailed) as raised:
        list(session.account(alias).chat(ASKED))
    assert raised.value.kind in kinds
    assert private.asked == []


def test_a_certificate_that_breaks_a_rule_of_newer_pythons_is_said_to(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python verifies strictly from 3.13 on. Setting the authority again would not help, so no hint proposes it."""
    usual = ssl.create_default_context

    def strict(*args: Any, **options: Any) -> ssl.SSLContext:
        context = usual(*args, **options)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    authority = Authority(work, loose=True)
    with Private(servers.refuses(400), authority) as server:
        alias = connected(session, SPOKEN[0], server.url, ca_bundle=str(authority.certificate), retries=0)
        with pytest.raises(ProviderFailed) as raised:
            list(session.account(alias).chat(ASKED))
    assert raised.value.kind is FailureKind.UNREACHABLE
    assert "the certificate of 127.0.0.1 is refused: " in raised.value.what
    assert "RFC 5280" in raised.value.hint
    assert "SSL_CERT_FILE" not in str(raised.value)


@every
@pytest.mark.parametrize("wrong", ["missing", "too long", "NUL", "empty", "password"])
def test_a_file_that_is_of_no_use_is_named_by_its_field(
    spoken: Spoken, wrong: str, session: Session, private: Private, authority: Authority, me: Signed, tmp_path: Path
) -> None:
    """A missing or empty bundle, a path that the system refuses, and a key with a password, which is not asked for, are faults of
    this machine."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    locked = authority.signed("locked", password=b"secret")
    settings = {
        "missing": {"ca_bundle": str(tmp_path / "absent.pem")},
        "too long": {"ca_bundle": str(tmp_path / ("x" * 300))},
        "NUL": {"ca_bundle": f"{tmp_path}/a\0b"},
        "empty": {"ca_bundle": str(empty)},
        "password": {"client_certificate": str(locked.certificate), "client_key": str(locked.key)},
    }[wrong]
    alias = connected(session, spoken, private.url, **settings)
    with pytest.raises(ProviderFailed) as raised:
        list(session.account(alias).chat(ASKED))
    assert raised.value.kind is FailureKind.THIS_MACHINE
    assert ("client_key" if wrong == "password" else "ca_bundle") in raised.value.words
    assert private.asked == []


def test_a_renewed_certificate_is_used_by_the_next_call(
    session: Session, private: Private, authority: Authority, tmp_path: Path
) -> None:
    """When the content of a named file changes, the account rebuilds its client."""
    mine = tmp_path / "mine.pem"
    mine.write_bytes(Authority(tmp_path).signed("stranger").together.read_bytes())
    alias = connected(
        session, SPOKEN[0], private.url, ca_bundle=str(authority.certificate), client_certificate=str(mine), retries=0
    )
    account = session.account(alias)
    with pytest.raises(ProviderFailed):
        list(account.chat(ASKED))
    assert private.asked == []
    mine.write_bytes(authority.signed("renewed").together.read_bytes())
    with pytest.raises(ProviderFailed) as raised:
        list(account.chat(ASKED))
    assert raised.value.kind is FailureKind.BAD_REQUEST


# ---- headers ----------------------------------------------------------------------------------------------------------------


@every
def test_extra_headers_go_with_every_request(spoken: Spoken, session: Session, serve: Serve) -> None:
    """A literal and the value of a secret reference are sent, and so is the key. (The server is ours.)"""
    session.set_secret("Gateway:Key", Secret(GATEWAY_KEY))
    server = serve(servers.refuses(400))
    alias = connected(
        session, spoken, server.url, headers={"X-Team": "research, $5", "X-Gateway-Key": "$Gateway:Key", "X-D": "$$1"}
    )
    asked_in_every_way(session, alias)
    assert len(server.asked) >= 5
    for asked in server.asked:
        assert asked.headers["x-team"] == "research, $5"
        assert asked.headers["x-gateway-key"] == GATEWAY_KEY
        assert asked.headers["x-d"] == "$1"


@every
def test_a_secret_header_follows_no_redirect(spoken: Spoken, session: Session, serve: Serve) -> None:
    """This holds for a question and for a list. (The servers are ours.)"""
    session.set_secret("Gateway:Key", Secret(GATEWAY_KEY))
    elsewhere = serve(servers.refuses(500))
    server = serve(servers.refuses(307, "There.", Location=f"{elsewhere.url}/v1/x"))
    alias = connected(session, spoken, server.url, headers={"X-Gateway-Key": "$Gateway:Key"}, retries=0)
    asked_in_every_way(session, alias)
    assert server.asked
    assert elsewhere.asked == []


def test_a_secret_header_needs_a_trusted_host(session: Session, serve: Serve) -> None:
    """It is treated like a key: a connection without its own key causes a question for a new host."""
    session.set_secret("Gateway:Key", Secret(GATEWAY_KEY))
    first, second = serve(servers.refuses(400)), serve(servers.refuses(400))
    settings = {"endpoint": f"{first.url}/v1", "headers": "X-Gateway-Key: $Gateway:Key"}
    session.create("gateway", "openai-compatible", settings=settings)
    session.account("gateway")
    session.edit("gateway", settings={"endpoint": f"{second.url}/v1"})
    with pytest.raises(UntrustedHost) as raised:
        session.account("gateway")
    assert raised.value.sent == ("$Gateway:Key",)
    assert session.test("gateway")[0].verdict == "failed"
    assert second.asked == []


def test_a_secret_header_is_masked_in_what_a_server_says(session: Session, serve: Serve) -> None:
    """The server repeats it in an error. Neither the error nor the views of the connection show it."""
    session.set_secret("Gateway:Key", Secret(GATEWAY_KEY))
    server = serve(servers.refuses(400, f"The header {GATEWAY_KEY} is wrong."))
    alias = connected(session, SPOKEN[0], server.url, headers={"X-Gateway-Key": "$Gateway:Key"})
    with pytest.raises(ProviderFailed) as raised:
        list(session.account(alias).chat(ASKED))
    seen = [str(raised.value), str(session.show(alias)), str(session.explain(alias)), repr(session.account(alias))]
    assert GATEWAY_KEY not in "".join(seen)
    assert "$Gateway:Key" in str(session.show(alias))


@pytest.mark.parametrize(
    ("spoken", "header"),
    [
        (spoken, header)
        for spoken in WITH_KEYS
        for header in ("authorization", "x-api-key", "api-key")
        if (spoken.name, header) != ("anthropic", "api-key")  # no gateway for Anthropic's protocol reads it
    ],
    ids=str,
)
def test_the_key_goes_in_the_header_that_a_gateway_reads(
    spoken: Spoken, header: str, session: Session, serve: Serve
) -> None:
    """It is sent in this header alone, with every kind of call. (The server is ours.)"""
    server = serve(servers.refuses(400))
    asked_in_every_way(session, connected(session, spoken, server.url, key_header=header))
    sent = [each for each in server.asked if KEY in repr(each.headers)]
    assert len(sent) >= 5
    for asked in sent:
        with_key = {name: value for name, value in asked.headers.items() if KEY in value}
        assert with_key == {header: f"Bearer {KEY}" if header == "authorization" else KEY}


# ---- the endpoint -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoken", [each for each in SPOKEN if each.name != "azure"], ids=str)
def test_a_query_of_the_endpoint_goes_with_every_request(spoken: Spoken, session: Session, serve: Serve) -> None:
    """A gateway may want a version or a tenant there. The SDKs would put their path after it. (The server is ours.)"""
    server = serve(servers.refuses(400))
    endpoint = f"{spoken.settings(server.url)['endpoint']}?api-version=2026-01-01&tenant=a%20b&tag=x&tag=y#top"
    asked_in_every_way(session, connected(session, spoken, server.url, endpoint=endpoint))
    assert len(server.asked) >= 5
    for asked in server.asked:
        path, _, query = asked.path.partition("?")
        assert path.startswith(("/v1/", "/v1beta/", "/model/", "/foundation-models"))
        given = [
            each
            for each in query.replace("%20", "+").split("&")
            if each.split("=")[0] in ("api-version", "tenant", "tag")
        ]
        assert sorted(given) == ["api-version=2026-01-01", "tag=x", "tag=y", "tenant=a+b"]


def test_a_query_of_the_endpoint_leaves_the_one_of_a_request(session: Session, serve: Serve) -> None:
    """Google's SDK asks for a stream of events there and for the next page of a list, and Anthropic's for a beta. (The server is
    ours.)"""
    server = serve(servers.refuses(400))
    endpoint = f"{server.url}?tenant=a&tag=x&tag=y&beta=none"
    for provider in ("google", "anthropic"):
        session.create(provider, provider, settings={"api_key": KEY, "endpoint": endpoint})
    google: Any = session.client("google")
    claude: Any = session.client("anthropic")
    account = session.account("google")
    for ask in (
        lambda: list(google.models.generate_content_stream(model="m-1", contents="hello")),
        lambda: in_a_loop(account, google.aio.models.list(config={"page_size": 7, "page_token": "next"})),
        lambda: google.models.list(config={"page_size": 7, "page_token": "next"}),
        lambda: list(account.chat(ASKED)),
        lambda: in_a_loop(account, account.async_complete(ASKED)),
        lambda: claude.post("/v1/messages?beta=true", cast_to=object, body={}),
    ):
        with suppress(Exception):
            ask()
    given = "tenant=a&tag=x&tag=y"
    assert [asked.path.partition("?")[2] for asked in server.asked] == [
        f"alt=sse&{given}&beta=none",
        f"pageSize=7&pageToken=next&{given}&beta=none",
        f"pageSize=7&pageToken=next&{given}&beta=none",
        f"alt=sse&{given}&beta=none",
        f"{given}&beta=none",
        f"beta=true&{given}",
    ]


# ---- proxies ----------------------------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_machine_is_reached_without_a_proxy(
    spoken: Spoken, host: str, session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a proxy its key would leave the machine unencrypted, and the proxy would look for the server on its own machine.
    (The servers are ours.)"""
    proxy, server = serve(servers.refuses(502, "a proxy")), serve(servers.refuses(400, "the server"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")  # no SDK can use this one, and none needs it here
    alias = connected(session, spoken, server.url.replace("127.0.0.1", host), retries=0)
    asked_in_every_way(session, alias)
    assert len(server.asked) >= 5
    assert proxy.asked == []


# ---- timeout and retries ----------------------------------------------------------------------------------------------------


@every
def test_a_slow_server_is_given_up_after_the_timeout(spoken: Spoken, session: Session, serve: Serve) -> None:
    """This holds for synchronous and asynchronous questions. (The server, which never answers, is ours.)"""
    server = serve(lambda asked, reply: reply.wait_for_hang_up())
    account = session.account(connected(session, spoken, server.url, timeout=0.2, retries=0))
    for ask in (
        lambda: list(account.chat(ASKED)),
        lambda: in_a_loop(account, account.async_complete(ASKED)),
    ):
        with pytest.raises(ProviderFailed) as raised:
            ask()
        assert raised.value.kind is FailureKind.TIMEOUT
    assert len(server.asked) == 2


@every
@pytest.mark.parametrize("retries", [0, 1, 4])
def test_a_request_is_sent_again_as_often_as_the_connection_says(
    spoken: Spoken, retries: int, session: Session, serve: Serve
) -> None:
    """This package retries, synchronously and asynchronously. (The server, which always fails, is ours.)"""
    server = serve(servers.refuses(503, "Not now."))
    account = session.account(connected(session, spoken, server.url, retries=retries))
    with pytest.raises(ProviderFailed):
        list(account.chat(ASKED))
    assert len(server.asked) == retries + 1
    if not account.is_async:
        return

    async def read() -> None:
        async for _ in account.async_chat(ASKED):
            pass

    with pytest.raises(ProviderFailed):
        in_a_loop(account, read())
    assert len(server.asked) == 2 * (retries + 1)


@every
@pytest.mark.parametrize("retries", [0, 1])
def test_the_sdks_own_client_keeps_to_the_retries(spoken: Spoken, retries: int, session: Session, serve: Serve) -> None:
    """`client`, `use` and the objects of frameworks have that client. (The server is ours.)"""
    server = serve(servers.refuses(503, "Not now.", Retry_After="0"))
    use_the_sdk(session, connected(session, spoken, server.url, retries=retries))
    assert len(server.asked) == retries + 1


# ---- what may be saved ------------------------------------------------------------------------------------------------------


def test_one_error_lists_all_that_is_wrong_with_the_network(session: Session) -> None:
    """Each field is named once, and nothing is saved."""
    wrong = {
        "api_key": KEY,
        "headers": "no colon",
        "ca_bundle": "certificates/ca.pem",
        "client_key": "~/me.key",
        "timeout": 0,
        "retries": 11,
        "key_header": "cookie",
    }
    with pytest.raises(InvalidConnection) as raised:
        session.create("gateway", "openai", settings=wrong)
    assert set(raised.value.problems) == {
        "headers",
        "ca_bundle",
        "client_certificate",
        "timeout",
        "retries",
        "key_header",
    }
    assert session.aliases() == []


@pytest.mark.parametrize(
    "headers",
    [
        "X-Gateway-Key: abc",
        "Cookie: session=abc",
        "X-Auth: Bearer abcdef",
        f"X-Other: {KEY}",
        "X-Other: $sk-made-up-key-0123456789",
        "Authorization: $Gateway:Key",
        "Host: elsewhere.example",
        "X-A: 1\nx-a: 2",
        "X-A:",
        "X-Ä: 1",
        "X-A: ä",
        "X-A: $",
    ],
)
def test_a_header_that_cannot_be_right_is_refused(headers: str, session: Session) -> None:
    """A secret literal, a header of the SDK, a duplicate and invalid characters are refused."""
    with pytest.raises(InvalidConnection) as raised:
        session.create("gateway", "openai", settings={"api_key": "$OpenAI:ApiKey", "headers": headers})
    assert list(raised.value.problems) == ["headers"]
    assert "abc" not in str(raised.value)


def test_a_value_with_a_line_break_makes_no_second_header(
    session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolved value of a header is one header, or an error that does not repeat it."""
    monkeypatch.setenv("Gateway__Team", "a\nX-Evil: 1")
    server = serve(servers.refuses(400))
    alias = connected(session, SPOKEN[0], server.url, headers={"X-Team": "$Gateway:Team"})
    with pytest.raises(AiconnError) as raised:
        session.account(alias)
    assert "Evil" not in str(raised.value)


def test_a_header_that_does_not_resolve_is_told(session: Session) -> None:
    """The list shows the problem, and a use names the reference."""
    session.create("gateway", "openai", settings={"api_key": KEY, "headers": "X-Team: $Gateway:Team"})
    (row,) = session.connections()
    assert (row.resolves, row.missing) == (False, ("$Gateway:Team",))
    with pytest.raises(AiconnError) as raised:
        session.account("gateway")
    assert "$Gateway:Team" in str(raised.value)


def test_a_line_break_may_be_written_with_a_backslash(session: Session) -> None:
    """A command is a single line."""
    session.create("gateway", "openai", settings={"api_key": KEY, "headers": r"X-A: 1\nX-B: 2"})
    assert session.get("gateway").settings["headers"] == "X-A: 1\nX-B: 2"
