"""A secret is a secret in every field: only sensitive fields accept one, and what an earlier release took is masked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from aiconn_nb import (
    AiconnError,
    Connection,
    InvalidConnection,
    InvalidProfile,
    ProviderFailed,
    Secret,
    UntrustedHost,
)
from aiconn_nb.errors import FailureKind, KnownKeyGiven
from aiconn_nb.model.field import Field
from aiconn_nb.model.notices import SecretHidesFile
from aiconn_nb.model.secret import MASK
from aiconn_nb.model.url import key_in_url, masked_url
from aiconn_nb.providers.plug_ins.fake import FakeFailure, FakeProvider, registry_of
from aiconn_nb.session import Session
from aiconn_nb.ui.widgets.connection_list import ConnectionList

from .bundles import connection, take_in

CANARY = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


class Regional(FakeProvider):
    """A provider whose region is a part of its host."""

    id = "regional"
    name = "Regional"
    fields = (
        Field("api_key", "API key", sensitive=True),
        Field("region", "Region", required=True),
        Field("retries", "Retries", type="integer"),
    )

    def endpoint(self, settings: Any) -> Any:
        return f"https://api.{settings['region']}.example"

    def models(self, client: Any) -> Any:
        region = client.settings["region"]
        raise FakeFailure(FailureKind.UNREACHABLE, f"cannot reach api.{region}.example", None)


@pytest.fixture
def regional() -> Session:
    """Return a session with that provider."""
    return Session(registry=registry_of(Regional(), FakeProvider()))


def saved_earlier(session: Session, alias: str, **settings: Any) -> None:
    """Save a connection as an earlier release did."""
    with session._context.store.change() as change:
        change.put(Connection(alias=alias, name=alias, provider="regional", settings=settings))


@pytest.mark.parametrize(
    "reference", ["$Team:ApiKey", "$GITHUB_PAT", "$DB:Password", "$a:b_TOKEN", "$My:Credential", "$X:secret"]
)
def test_a_reference_with_a_secrets_name_is_refused(regional: Session, reference: str) -> None:
    """It is refused whether or not it resolves."""
    with pytest.raises(InvalidConnection) as raised:
        regional.create("a", "regional", settings={"region": reference})
    assert list(raised.value.problems) == ["region"]
    regional.create("b", "regional", settings={"region": "eu", "api_key": reference})


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_reference_to_a_user_secret_is_refused(regional: Session, everywhere: bool) -> None:
    """The secret may be of this or of another environment, and a variable may hide it."""
    place: dict[str, Any] = {"all": True} if everywhere else {"environment": "Production"}
    regional.set_secret("Team:Url", Secret("eu"), **place)
    with pytest.raises(InvalidConnection):
        regional.create("a", "regional", settings={"region": "$Team:Url"})
    regional.create("a", "regional", settings={"region": "eu"})
    with pytest.raises(InvalidConnection):
        regional.edit("a", settings={"region": "$team:url"})


def test_a_secret_itself_is_refused(regional: Session) -> None:
    """It would be stored and shown in the clear."""
    with pytest.raises(InvalidConnection):
        regional.create("a", "regional", settings={"region": Secret(CANARY)})


def test_a_bundle_that_asks_for_a_secret_is_refused(regional: Session, work: Path) -> None:
    """It names a configuration key of the recipient, whose value would become a part of a host."""
    regional.set_secret("Azure:Url", Secret(CANARY))
    take_in(regional, work, connection("a", "regional", region="$Azure:Url"), connection("b", "regional", region="eu"))
    assert regional.aliases() == ["b"]


def everything_said(session: Session) -> str:
    """Return all that the views of a connection say, in every format, and the errors."""
    said = []
    calls = (
        session.connections,
        lambda: session.show("old"),
        lambda: session.explain("old"),
        lambda: session.use("old"),
        lambda: session.test("old"),
        lambda: session.models("old"),
        lambda: session.export("old"),
        lambda: session.trust("old"),
        lambda: session.untrusted("old"),
    )
    for call in calls:
        try:
            answer = call()
            said += [str(answer), repr(answer), str(getattr(answer, "data", lambda: "")())]
        except AiconnError as error:
            said.append(str(error))
    said.append(repr(ConnectionList(session=session).get_state()))
    return "\n".join(said).lower()


@pytest.mark.parametrize("value", [CANARY, CANARY.upper()])
def test_one_of_an_earlier_release_works_masked_with_a_warning(regional: Session, isolated: Path, value: str) -> None:
    """Neither its value nor the host made of it is shown or stored. The reference is."""
    saved_earlier(regional, "old", region="$Team:Url", api_key="$Own:Key")
    regional.set_secret("Team:Url", Secret(value))
    regional.set_secret("Own:Key", Secret("own-key-of-this-one-1"))
    with pytest.raises(UntrustedHost) as raised:
        regional.client("old")
    assert raised.value.host == "the host in $Team:Url"
    regional.trust("old")
    client: Any = regional.client("old")
    assert client.settings["region"] == value
    said = everything_said(regional)
    assert CANARY not in said
    assert "$team:url" in said
    assert "old: region takes a secret" in said
    with pytest.raises(ProviderFailed) as failed:
        regional.models("old")
    assert MASK in failed.value.what
    stored = b"".join(path.read_bytes() for path in (isolated / "home").rglob("*") if path.is_file())
    assert CANARY.encode() not in stored.lower()


def test_one_of_an_earlier_release_keeps_its_type(regional: Session) -> None:
    """A number remains a number for the provider."""
    saved_earlier(regional, "old", region="eu", retries="$Team:Count")
    regional.set_secret("Team:Count", Secret("3"))
    client: Any = regional.client("old")
    assert client.settings["retries"] == 3


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw-0123@host/v1", f"https://{MASK}@host/v1"),
        ("https://token-0123@host/v1", f"https://{MASK}@host/v1"),
        ("https://me:p@w-0123@host/v1", f"https://{MASK}@host/v1"),
        ("https://host/v1?api-key=k-0123&api-version=1", f"https://host/v1?api-key={MASK}&api-version=1"),
        ("https://host/v1?a=1&Signature=s-0123", f"https://host/v1?a=1&Signature={MASK}"),
        ("https://host/#access_token=t-0123", f"https://host/#access_token={MASK}"),
        ("postgres://admin:pw-0123@db.example/x", f"postgres://{MASK}@db.example/x"),
        ("https://host/v1?api%2Dke%79=k-0123", f"https://host/v1?api%2Dke%79={MASK}"),
        ("https://host/v1?%256bey=k-0123", f"https://host/v1?%256bey={MASK}"),
        ("https://host/v1?jwt=k-0123", f"https://host/v1?jwt={MASK}"),
        ("https://host/v1?a=1&SAS=k-0123", f"https://host/v1?a=1&SAS={MASK}"),
        ("https://host/v1?pw=k-0123", f"https://host/v1?pw={MASK}"),
        ("https://host/v1?my_pw=k-0123", f"https://host/v1?my_pw={MASK}"),
        ("https://host/v1?bearer=k-0123", f"https://host/v1?bearer={MASK}"),
        ("https://host/v1?x=Bearer+k-0123", f"https://host/v1?x={MASK}"),
        ("https://host/v1?x=bearer%20k-0123", f"https://host/v1?x={MASK}"),
        ("https://host/v1?x=eyJhbGciOi.eyJzdWIi.0123", f"https://host/v1?x={MASK}"),
        ("https://host/v1?to=https%3A%2F%2Fb%2F%3Fkey%3Dk-0123", f"https://host/v1?to={MASK}"),
        ("https://host/v1?to=https%3A%2F%2Fme%3Apw-0123%40b", f"https://host/v1?to={MASK}"),
    ],
)
def test_a_url_with_a_key_is_refused_and_masked(session: Session, work: Path, url: str, shown: str) -> None:
    """A literal is refused. A resolved value and one of an earlier release are masked."""
    assert key_in_url(url) != ""
    assert masked_url(url) == shown
    if url.startswith("https"):
        with pytest.raises(InvalidConnection):
            session.create("a", "openai-compatible", settings={"endpoint": url})
    (work / "appsettings.json").write_text(f'{{"Team": {{"Place": "{url}"}}}}')
    session.create("b", "openai", settings={"api_key": "$X:Key", "organization": "$Team:Place"})
    assert "0123" not in str(session.explain("b"))
    with session._context.store.change() as change:
        change.put(Connection(alias="c", name="c", provider="openai-compatible", settings={"endpoint": url}))
    assert "0123" not in str(session.show("c")) + str(session.show("c").data()) + str(session.explain("c"))


@pytest.mark.parametrize(
    "url",
    [
        "https://host/v1?api-version=2024-10-21&deployment=x",
        "http://localhost:8000/v1",
        "https://host/a@b",
        "https://host/v1?region=westeurope&path=a&pattern=b&sash=c&to=https%3A%2F%2Fb%2F%3Fa%3D1",
    ],
)
def test_a_plain_url_is_neither(url: str) -> None:
    """An ordinary query is not a key."""
    assert key_in_url(url) == ""
    assert masked_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://gateway.example/{CANARY}/v1", f"https://gateway.example/{MASK}/v1"),
        (f"https://gateway.example/v1#{CANARY}", f"https://gateway.example/v1#{MASK}"),
        ("sk-proj-0123456789abcdef", MASK),
    ],
)
def test_a_resolved_value_with_the_connections_own_key_is_masked(
    session: Session, work: Path, url: str, shown: str
) -> None:
    """Some gateways have the key in the path, where no name reveals it, and a key may be set in place of a URL."""
    (work / "appsettings.json").write_text(f'{{"Gateway": {{"Endpoint": "{url}", "ApiKey": "{CANARY}"}}}}')
    settings = {"api_key": "$Gateway:ApiKey", "endpoint": "$Gateway:Endpoint"}
    session.create("gateway", "openai-compatible", settings=settings)
    said = session.explain("gateway")
    (line,) = [each for each in said if each.key == "endpoint"]
    assert line.shown in (shown, "")
    assert CANARY not in f"{said} {said.data()}"


def test_a_url_of_nothing_but_parameters_is_looked_through_at_once() -> None:
    """A bundle or a settings file may have any text. Four thousand characters took minutes."""
    assert key_in_url("https://host/" + "?key" * 100_000) == ""
    assert (
        masked_url("https://host/?u=https://h?key=k-0123&key=" + "?key" * 2)
        == f"https://host/?u=https://h?key={MASK}&key={MASK}"
    )


@pytest.mark.parametrize("known", ["user secret", "encrypted", "variable", "reference"])
def test_a_key_that_this_machine_knows_is_refused_in_any_field(
    session: Session, monkeypatch: pytest.MonkeyPatch, work: Path, known: str
) -> None:
    """This holds for any shape, alone or within a longer text."""
    if known == "user secret":
        session.set_secret("Team:Url", Secret(CANARY), environment="Production")
    elif known == "encrypted":
        session.create("x", "openai", settings={"api_key": CANARY})
    elif known == "variable":
        monkeypatch.setenv("SOME_TOKEN", CANARY)
    else:
        (work / "appsettings.json").write_text(f'{{"Team": {{"Value": "{CANARY}"}}}}')
        session.create("x", "openai", settings={"api_key": "$Team:Value"})
    for alias, name, organization in (
        (f"a-{CANARY}", "A", "org"),
        ("a", f"the one with {CANARY}", "org"),
        ("a", "A", CANARY),
        ("a", "A", f"org/{CANARY}"),
    ):
        with pytest.raises(InvalidConnection) as raised:
            session.create(alias, "openai", name=name, settings={"api_key": "$X:Key", "organization": organization})
        assert CANARY not in str(raised.value)
    session.create("demo", "demo")
    for changed in ({"name": CANARY}, {"model": CANARY}, {"tags": [CANARY]}, {"system": f"say {CANARY}"}):
        given = {"connections": ["demo"], "model": "demo-chat", **changed}
        with pytest.raises(InvalidProfile) as refused:
            session.create_profile("writer", **given)  # type: ignore[arg-type]
        assert CANARY not in str(refused.value)


def test_a_short_known_value_refuses_no_longer_text(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password of a test database is an ordinary word."""
    monkeypatch.setenv("POSTGRES_PASSWORD", "postgres")
    session.create("postgres-helper", "demo", name="The postgres helper")
    with pytest.raises(InvalidConnection):
        session.create("b", "demo", name="postgres")


def test_a_personal_secret_that_hides_a_file_is_told_outside_of_development(session: Session, work: Path) -> None:
    """use, env, test, explain and the form report it. In Development, secrets are meant to do so."""
    (work / "appsettings.json").write_text('{"Demo": {"Seconds": "0"}, "OpenAI": {"ApiKey": "of-the-file-0123"}}')
    (work / "appsettings.Production.json").write_text("{}")
    session.create("o", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.set_secret("OpenAI:ApiKey", Secret("my-own-key-0123"), all=True)
    told = "your own secret hides appsettings.json:1 in Production"
    assert "your own secret" not in str(session.use("o")) + str(session.environment()) + str(session.explain("o"))
    said = str(session.environment("Production"))
    assert told in said
    assert told in " ".join(str(session.use("o")).split())
    assert session.explain("o")[0].note == told
    assert told in session.explain_draft("openai", {"api_key": "$OpenAI:ApiKey"})[0].told_source
    rung = next(each for each in session.test("o")[0].rungs if each.name == "references")
    assert told in rung.detail


def test_every_use_tells_of_a_personal_secret_that_hides_a_file(session: Session, work: Path) -> None:
    """Outside of Development, asking, listing models and getting a client in Python report it."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text('{"Demo": {"Key": "of-the-file-0123"}}')
    session.create("d", "demo", settings={"api_key": "$Demo:Key"})
    session.set_secret("Demo:Key", Secret("my-own-key-0123"), environment="Production")
    session.environment("Production")
    told = "d, api_key: your own secret hides appsettings.Production.json:1 in Production."
    assert told in session.ask("hi", profile="d", model="demo-chat").notes
    for call in (lambda: session.client("d"), lambda: session.models("d"), lambda: session.run("d", ["true"])):
        with pytest.warns(SecretHidesFile, match="your own secret hides"):
            call()


@pytest.mark.parametrize("text", [CANARY, f"Why does {CANARY} not work?", f"{{'api_key': '{CANARY}'}}"])
def test_a_known_key_is_not_sent_in_a_prompt(session: Session, text: str) -> None:
    """No verb sends anything. The error names the key's owner and does not show the key."""
    session.create("x", "openai", settings={"api_key": CANARY})
    session.create("demo", "demo", settings={"latency": 0.0})
    told: dict[str, Any] = {"profile": "demo", "model": "demo-chat"}
    calls = (
        lambda: session.ask(text, **told),
        lambda: session.ask("hi", system=text, **told),
        lambda: session.compare(text, "demo", model="demo-chat"),
        lambda: session.embed(["a", text], profile="demo", model="demo-embed"),
    )
    for call in calls:
        with pytest.raises(KnownKeyGiven) as raised:
            call()
        assert raised.value.whose == "the api_key of x"
        assert CANARY not in str(raised.value)
    assert len(session.usage()) == 0


def test_a_user_secret_may_be_given_as_text(work: Path) -> None:
    """The key of a new connection may be, too: both are sealed before they are stored."""
    session = Session()
    session.set_secret("OpenAI:ApiKey", "made-up-key")
    session.create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    assert [row.resolves for row in session.connections()] == [True]
    assert not [path for path in work.parent.rglob("*") if path.is_file() and b"made-up-key" in path.read_bytes()]


def test_a_sealed_value_that_does_not_open_does_not_resolve(session: Session) -> None:
    """The list, its filter, the explanation and the health of a profile say so, and each says why."""
    session.create("o", "openai", settings={"api_key": Secret("made-up-canary-0123456789")})
    session.create_profile("w", connections="o", model="gpt-5")
    assert session.connections()[0].resolves
    key = session._context.config_home / "master.key"
    former = key.read_text()
    for change, why in (
        (lambda: key.write_text(Fernet.generate_key().decode()), "it was sealed with another master key"),
        (key.unlink, "there is no master key here"),
        (lambda: key.write_text("no key"), "the master key is unusable"),
    ):
        change()
        (row,) = session.connections()
        assert (row.resolves, row.missing) == (False, (f"api_key cannot be opened: {why}",))
        assert "no: api_key cannot be opened" in str(session.connections())
        assert [each.alias for each in session.connections(resolves=False)] == ["o"]
        (line,) = [each for each in session.explain("o") if each.key == "api_key"]
        assert (line.resolved, bool(line.problem)) == (False, True)
        assert not session.profiles()[0].health.answers
    key.write_text(former)
    assert session.connections()[0].resolves
