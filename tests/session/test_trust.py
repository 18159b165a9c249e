"""A key belongs to a host: what is allowed by whom, and that nothing is sent where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb import Secret, Session, UntrustedHost, UnusableValue
from aiconn_nb.features.trust.hosts import Sent, needs_permission_at_home
from aiconn_nb.model.connection import Connection
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of
from aiconn_nb.session.context import Context

from .bundles import EVIL, GATEWAY, connection, key_of, new_session, take_in


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session with a key in a variable."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    return new_session()


def sending(reference: str, host: str) -> str:
    """Return what is reported about a connection that would send a reference to a host."""
    return UntrustedHost(alias="", sent=(reference,), host=host).words


def test_who_types_host_and_key_together_has_allowed_it(session: Session) -> None:
    """This holds for a reference and for a sealed key."""
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    session.create("b", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    assert key_of(session.client("a")) == "made-up-key"
    assert key_of(session.client("b")) == "sealed-key"


def test_the_providers_own_host_needs_no_permission(session: Session, work: Path) -> None:
    """This also holds for an imported connection, but only for an encrypted connection to the default port."""
    take_in(session, work, connection(api_key="$Team:Key", endpoint="https://FAKE.example./v2"))
    assert key_of(session.client("a")) == "made-up-key"
    for endpoint in ("http://fake.example/v2", "https://fake.example:8443"):
        take_in(session, work, connection(api_key="$Team:Key", endpoint=endpoint))
        with pytest.raises(UntrustedHost):
            session.client("a")


@pytest.mark.parametrize(
    ("reference", "is_asked"),
    [
        ("$OpenAI:ApiKey", True),
        ("$OPENAI_API_KEY", True),
        ("$HF_TOKEN", True),
        ("$AzureOpenAI:ApiKey", True),
        ("$Gemini:ApiKey", True),
        ("$Course:Key", False),
        ("$HF_TOKEN_2", True),
        ("$AWS:SecretAccessKey", True),
        ("$DashScope:ApiKey", True),
        ("$GoogleCloud:ServiceAccount", True),
        ("$DeepSeek:ApiKey", False),
        ("$DEEPSEEK_API_KEY", False),
        ("$Keys:Course", False),
    ],
)
def test_a_bundle_sends_no_providers_key_to_another_ones_own_host(work: Path, reference: str, is_asked: bool) -> None:
    """DeepSeek's host is official, but OpenAI's key does not belong there. A name of no provider may be sent."""
    session = Session()
    take_in(session, work, connection(provider="deepseek", api_key=reference))
    asked = sending(reference, "https://api.deepseek.com")
    assert session.connections()[0].untrusted == (asked if is_asked else "")
    session.trust("a")
    assert session.connections()[0].untrusted == ""


@pytest.mark.parametrize(
    ("provider", "field", "reference", "is_asked"),
    [
        ("google", "api_key", "$GoogleCloud:ServiceAccount", True),
        ("openai", "api_key", "$OpenAICompatible:ApiKey", True),
        ("openai", "organization", "$DashScope:Main", True),
        ("anthropic", "api_key", "$Anthropic-Foundry:ApiKey", True),
        ("anthropic", "api_key", "$AnthropicDev:ApiKey", False),
        ("qwen", "api_key", "$DashScope:ApiKey", False),
        ("google-vertex", "service_account", "$GoogleCloud:ServiceAccount", False),
        ("google-vertex", "service_account", "$Google:ApiKey", True),
    ],
)
def test_the_longest_name_that_fits_says_whose_key_it_is(
    work: Path, provider: str, field: str, reference: str, is_asked: bool
) -> None:
    """A name that begins with one provider's name may be another's. The suggested reference is always the provider's own."""
    session = Session()
    more = {
        "google-vertex": {"project": "p"},
        "openai": {"api_key": "$Keys:Course"},
        "qwen": {"endpoint": "https://dashscope.aliyuncs.com/compatible-mode/v1"},
    }
    take_in(session, work, connection(provider=provider, **{**more.get(provider, {}), field: reference}))
    assert (reference in session.connections()[0].untrusted) is is_asked


def test_every_providers_suggested_references_are_its_own() -> None:
    """A bundle with the references that the form proposes causes no question at the provider's own host."""
    context = Context()
    for provider in context.registry.all():
        for field in provider.fields:
            if field.sensitive and field.suggested_reference:
                sent = Sent(field.suggested_reference.casefold(), field.suggested_reference, field.key)
                assert not needs_permission_at_home(context, provider, sent), (provider.id, field.key)


def test_who_types_another_providers_key_has_allowed_it(work: Path) -> None:
    """A new connection and a new key are the user's own. An edit of the name allows nothing."""
    real = Session()
    real.create("own", "deepseek", settings={"api_key": "$OpenAI:ApiKey"})
    assert real.connections()[0].untrusted == ""
    take_in(real, work, connection("their", provider="deepseek", api_key="$Anthropic:ApiKey"))
    real.edit("their", name="Renamed")
    asked = sending("$Anthropic:ApiKey", "https://api.deepseek.com")
    assert [row.untrusted for row in real.connections()] == ["", asked]
    real.edit("their", settings={"api_key": "$XAI_API_KEY"})
    assert [row.untrusted for row in real.connections()] == ["", ""]


def test_a_bundle_allows_nothing(session: Session, work: Path) -> None:
    """A use fails, naming reference and host, and how to allow it. `trust` does."""
    take_in(session, work, connection(api_key="$Team:Key", endpoint=EVIL))
    with pytest.raises(UntrustedHost) as raised:
        session.use("a")
    assert (raised.value.host, raised.value.sent) == ("https://evil.example", ("$Team:Key",))
    for fact in ("https://evil.example", "$Team:Key", "'%aiconn trust a'"):
        assert fact in str(raised.value)
    allowed = session.trust("a").what
    assert ("$Team:Key" in allowed, "https://evil.example" in allowed) == (True, True)
    assert key_of(session.client("a")) == "made-up-key"
    assert "https://evil.example" not in session.trust("a").what


@pytest.mark.parametrize("verb", ["use", "client", "environ", "run", "models", "test", "account"])
def test_every_verb_that_could_send_it_asks(session: Session, work: Path, verb: str) -> None:
    """No verb reaches the provider."""
    fake = FakeProvider()
    session = Session(registry=registry_of(fake))
    take_in(session, work, connection(api_key="$Team:Key", endpoint=EVIL))
    if verb == "test":
        failed = session.test("a")[0].failed
        assert failed is not None
        assert failed.name == "trusted host"
        assert ("$Team:Key" in failed.detail, "https://evil.example" in failed.detail) == (True, True)
    else:
        calls = {"environ": lambda: session.environ("a").__enter__(), "run": lambda: session.run("a", ["true"])}
        with pytest.raises(UntrustedHost):
            calls.get(verb, lambda: getattr(session, verb)("a"))()
    assert fake.calls == []


def test_what_was_allowed_holds_for_the_reference_wherever_it_stands(session: Session, work: Path) -> None:
    """It holds in any case of its letters, but not for another reference or host."""
    session.create("mine", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    take_in(
        session,
        work,
        connection("same", api_key="$TEAM:key", endpoint="HTTPS://Gateway.example:443/other"),
        connection("key", api_key="$Other:Key", endpoint=GATEWAY),
        connection("port", api_key="$Team:Key", endpoint="https://gateway.example:444"),
        connection("plain", api_key="$Team:Key", endpoint="http://gateway.example"),
    )
    assert {row.alias: row.untrusted for row in session.connections()} == {
        "key": sending("$Other:Key", "https://gateway.example"),
        "mine": "",
        "plain": sending("$Team:Key", "http://gateway.example"),
        "port": sending("$Team:Key", "https://gateway.example:444"),
        "same": "",
    }


def test_an_edit_that_moves_a_kept_key_is_saved_but_not_allowed(session: Session) -> None:
    """The result warns, and a use fails until `trust`. Earlier permissions remain."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    shown = session.edit("a", settings={"endpoint": EVIL})
    untrusted = UntrustedHost(alias="a", sent=("the sealed api_key",), host="https://evil.example")
    assert shown.warnings == (untrusted.warning,)
    with pytest.raises(UntrustedHost):
        session.client("a")
    session.edit("a", settings={"endpoint": GATEWAY})
    assert key_of(session.client("a")) == "sealed-key"


def test_the_question_is_asked_before_it_is_saved_and_its_answer_allows_just_that(session: Session) -> None:
    """The answer to another question allows nothing."""
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    question = session.trust_question("a", "fake", {"endpoint": EVIL})
    assert question is not None
    assert question.answers == ("$Team:Key → https://evil.example",)
    session.edit("a", settings={"endpoint": "https://other.example"}, trusting=question.answers)
    with pytest.raises(UntrustedHost):
        session.client("a")
    session.edit("a", settings={"endpoint": EVIL}, trusting=question.answers)
    assert key_of(session.client("a")) == "made-up-key"


def test_host_and_key_changed_together_are_no_question(session: Session) -> None:
    """The former key is not sent to the new host."""
    session.create("a", "fake", settings={"api_key": "old-key", "endpoint": GATEWAY})
    assert session.trust_question("a", "fake", {"endpoint": EVIL, "api_key": Secret("new-key")}) is None
    session.edit("a", settings={"endpoint": EVIL, "api_key": Secret("new-key")})
    assert key_of(session.client("a")) == "new-key"


def test_a_new_key_on_a_host_that_was_chosen_here_is_no_question(session: Session) -> None:
    """The key is replaced, or changes from a reference to a sealed one."""
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    for key in ("first-key", "second-key"):
        session.edit("a", settings={"api_key": key})
        assert key_of(session.client("a")) == key


def test_a_key_supplied_to_a_host_that_came_in_a_bundle_is_a_question(session: Session, work: Path) -> None:
    """A malicious bundle would be made for exactly that."""
    take_in(session, work, connection(api_key=None, endpoint=EVIL))
    question = session.trust_question("a", "fake", {"api_key": Secret("my-own-key")})
    assert question is not None
    assert question.answers == ("the sealed api_key → https://evil.example",)
    session.edit("a", settings={"api_key": "my-own-key", "region": "north"})
    with pytest.raises(UntrustedHost):
        session.client("a")


def test_a_bundle_that_moves_a_connection_does_not_take_its_key_along(session: Session, work: Path) -> None:
    """It takes neither a sealed key nor one that was allowed for another host."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    take_in(session, work, connection(api_key=None, endpoint=EVIL))
    assert session.get("a").settings["endpoint"] == EVIL
    with pytest.raises(UntrustedHost):
        session.client("a")


def test_a_reference_in_any_field_of_text_counts(session: Session, work: Path) -> None:
    """A region could carry a key away as well. A literal cannot."""
    take_in(session, work, connection(api_key="$Team:Key", region="$PATH", endpoint=EVIL))
    with pytest.raises(UntrustedHost) as raised:
        session.client("a")
    assert raised.value.sent == ("$Team:Key", "$PATH")


def test_a_url_that_is_not_plain_is_never_trusted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs disagree about its host. It is not repeated either, because it may contain a password."""
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": "$Team:Url"})
    monkeypatch.setenv("Team__Url", "https://evil.example\\@fake.example")
    for verb in (session.client, session.trust):
        with pytest.raises(UntrustedHost) as raised:
            verb("a")
        assert raised.value.host == ""
        assert "evil" not in str(raised.value)
        assert "https://host/path" in raised.value.hint


def test_a_copy_may_what_its_original_may(session: Session, work: Path) -> None:
    """A copy has the same permissions. Renaming, deleting and restoring change nothing."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    take_in(session, work, connection("b", api_key="$Team:Key", endpoint=EVIL))
    session.duplicate("a", "a-copy")
    session.duplicate("b", "b-copy")
    session.rename("a-copy", "c")
    session.delete("c")
    session.undelete("c")
    session.edit("c", settings={"api_key": "another-key"})
    assert key_of(session.client("c")) == "another-key"
    with pytest.raises(UntrustedHost):
        session.client("b-copy")


def test_a_rollback_brings_no_permission_with_it(session: Session) -> None:
    """The permissions for a host count, not the former state."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    session.edit("a", settings={"endpoint": EVIL})
    session.edit("a", settings={"endpoint": GATEWAY})
    session.rollback("a", 2)
    with pytest.raises(UntrustedHost):
        session.client("a")


def test_a_draft_is_tested_with_what_was_typed_but_not_with_what_is_kept(session: Session) -> None:
    """The test fails before anything is sent."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    port = "http://127.0.0.1:9"
    moved = session.test_draft("fake", {"endpoint": port}, alias="a", kept_from="a").failed
    typed = session.test_draft("fake", {"endpoint": port, "api_key": "k3y-of-it"}, alias="a", kept_from="a").failed
    fresh = session.test_draft("fake", {"endpoint": port, "api_key": "k3y-of-it"}).failed
    assert moved is not None
    assert moved.name == "trusted host"
    assert "http://127.0.0.1:9" in moved.detail
    assert [typed and typed.name, fresh and fresh.name] == ["reachable", "reachable"]


def test_what_a_machine_is_signed_in_with_belongs_to_a_host_as_well(work: Path) -> None:
    """A connection to a cloud without keys sends this machine's own credentials."""

    class Cloud(FakeProvider):
        machine_credentials = True
        fields = (FakeProvider.fields[2],)

    session = new_session(Cloud())
    take_in(session, work, connection("theirs", endpoint=EVIL))
    session.create("mine", "fake", settings={"endpoint": GATEWAY})
    session.client("mine")
    with pytest.raises(UntrustedHost) as raised:
        session.client("theirs")
    assert raised.value.sent == ("what this machine is signed in with",)


@pytest.mark.parametrize("value", ["", "  "])
@pytest.mark.parametrize(
    ("provider", "settings"),
    [
        ("amazon", {"region": "us-east-1", "api_key": "$Team:Blank"}),
        ("amazon", {"region": "us-east-1", "access_key_id": "$Team:Blank", "secret_access_key": "$Team:Blank"}),
        ("microsoft-foundry", {"api_key": "$Team:Blank"}),
        (
            "microsoft-foundry",
            {"tenant_id": "0000", "client_id": "0000", "client_secret": "$Team:Blank"},
        ),
        ("microsoft-foundry", {"tenant_id": "$Team:Blank", "client_id": "0000", "client_secret": "$Team:Key"}),
        ("anthropic-foundry", {"tenant_id": "$Team:Blank", "client_id": "0000", "client_secret": "$Team:Key"}),
        ("amazon", {"region": "us-east-1", "profile": "$Team:Blank"}),
        (
            "amazon",
            {
                "region": "us-east-1",
                "profile": "work",
                "access_key_id": "$Team:Blank",
                "secret_access_key": "$Team:Blank",
            },
        ),
        ("openai", {"identity_provider_id": "$Team:Blank", "service_account_id": "0000"}),
        ("openai", {"identity_provider_id": "0000", "service_account_id": "$Team:Blank"}),
    ],
)
def test_a_blank_key_does_not_make_room_for_the_machines_sign_in(
    work: Path, monkeypatch: pytest.MonkeyPatch, provider: str, settings: dict[str, str], value: str
) -> None:
    """A blank part of the chosen sign-in is an error: the user was asked about that sign-in, not about this machine's account."""
    monkeypatch.setenv("Team__Blank", value)
    monkeypatch.setenv("Team__Key", "made-up-0123456789")
    session = Session()
    session.create("a", provider, settings={**settings, "endpoint": "http://127.0.0.1:9"})
    with pytest.raises(UnusableValue) as raised:
        session.account("a")
    assert raised.value.field in settings
    failed = session.test("a")[0].failed
    assert failed is not None
    assert failed.name == "references"
    assert [line.key for line in session.explain("a") if line.problem]


@pytest.mark.parametrize(("provider", "field"), [("databricks", "profile"), ("snowflake", "connection")])
def test_a_blank_entry_of_a_tools_own_file_is_an_error(
    monkeypatch: pytest.MonkeyPatch, provider: str, field: str
) -> None:
    """The entry's name replaces endpoint and key. Without any of them there is no server to call."""
    monkeypatch.setenv("Team__Blank", "")
    session = Session()
    session.create("a", provider, settings={field: "$Team:Blank"})
    with pytest.raises(UnusableValue) as raised:
        session.account("a")
    assert raised.value.field == field


def test_keys_work_although_the_profile_beside_them_is_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's keys have precedence over a profile, so a profile that is empty in one environment does not matter there."""
    monkeypatch.setenv("Team__Blank", "")
    monkeypatch.setenv("Team__Key", "made-up-0123456789")
    session = Session()
    keys = {"access_key_id": "$Team:Key", "secret_access_key": "$Team:Key"}
    session.create("a", "amazon", settings={"region": "us-east-1", "profile": "$Team:Blank", **keys})
    assert session.account("a").environment()["AWS_ACCESS_KEY_ID"] == "made-up-0123456789"


def test_a_blank_session_token_beside_keys_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Permanent keys have none, so one environment may leave it empty."""
    monkeypatch.setenv("Team__Blank", "")
    session = Session()
    keys = {"access_key_id": "AKIA-made-up", "secret_access_key": "made-up", "session_token": "$Team:Blank"}
    session.create("a", "amazon", settings={"region": "us-east-1", **keys})
    assert "AWS_SESSION_TOKEN" not in session.account("a").environment()


@pytest.mark.parametrize("provider", ["lm-studio", "vllm", "llama-cpp", "litellm"])
def test_a_key_for_a_server_on_this_machine_is_asked_about(
    work: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    """Any program may listen on a port. There is no question without a key, or if the user typed both."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    url = "http://localhost:4999/v1"
    session = Session()
    take_in(
        session,
        work,
        connection("theirs", provider, api_key="$Team:Key", endpoint=url),
        connection("usual", provider, api_key="$Team:Key"),
        connection("keyless", provider, endpoint=url),
    )
    with pytest.raises(UntrustedHost) as raised:
        session.account("theirs")
    assert (raised.value.host, raised.value.sent) == ("http://localhost:4999", ("$Team:Key",))
    assert session.untrusted("usual") is not None
    assert session.untrusted("keyless") is None
    session.create("mine", provider, settings={"api_key": "a-made-up-key", "endpoint": url})
    assert session.untrusted("mine") is None


def test_a_host_that_a_provider_builds_from_a_region_counts(session: Session, work: Path) -> None:
    """A region with more than a name leads to another host."""
    session = Session()
    take_in(
        session,
        work,
        connection("good", "amazon", region="us-east-1", access_key_id="$A:Id", secret_access_key="$A:Key"),
        connection("evil", "amazon", region="x.evil.example/", access_key_id="$A:Id", secret_access_key="$A:Key"),
    )
    assert session.untrusted("good") is None
    question = session.untrusted("evil")
    assert question is not None
    assert question.answers == (
        "$A:Id → https://bedrock-runtime.x.evil.example",
        "$A:Key → https://bedrock-runtime.x.evil.example",
    )


def test_without_a_network_nothing_is_asked(work: Path) -> None:
    """No field shows the key."""
    session = Session()
    take_in(session, work, connection("d", "demo", api_key="$PATH"))
    session.use("d")


def test_list_show_and_explain_say_untrusted_host(session: Session, work: Path) -> None:
    """They name what would be sent and where, never the key."""
    take_in(session, work, connection(api_key="$Team:Key", endpoint=EVIL))
    listed, answers = session.connections(), [session.show("a"), session.explain("a")]
    for fact in ("untrusted host", "$Team:Key", "https://evil.example"):
        assert fact in str(listed)
    warning = UntrustedHost(alias="a", sent=("$Team:Key",), host="https://evil.example").warning
    assert [warning in str(answer) for answer in answers] == [True, True]
    assert [answer for answer in (listed, *answers) if "made-up-key" in str(answer)] == []
    assert session.connections().data()[0]["untrusted_host"] == sending("$Team:Key", "https://evil.example")


def test_a_list_asks_for_each_owner_of_equal_settings(session: Session, work: Path) -> None:
    """The sealed key of one connection is no other's, even with the same content; a reference is everybody's."""
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    with session._context.store.change() as change:
        settings = change.connections[0].settings
        change.put(Connection(alias="b", name="B", provider="fake", settings=settings))
    take_in(session, work, *(connection(alias, api_key="$Team:Key", endpoint=EVIL) for alias in ("c", "d")))
    sealed, shared = (
        sending("the sealed api_key", "https://gateway.example"),
        sending("$Team:Key", "https://evil.example"),
    )
    assert [row.untrusted for row in session.connections()] == ["", sealed, shared, shared]


def test_an_explanation_of_another_environment_says_which_host_is_untrusted_there(session: Session, work: Path) -> None:
    """It reports what a nightly job would fail with. The kernel's environment stays."""
    (work / "appsettings.Production.json").write_text('{"Gateway": {"Url": "https://gateway.example"}}')
    (work / "appsettings.json").write_text('{"Gateway": {"Url": "https://fake.example"}}')
    take_in(session, work, connection(api_key="$Team:Key", endpoint="$Gateway:Url"))
    told = session.explain("a", environment="Production").notes
    assert [note for note in told if "https://gateway.example" in note and "Production" in note] != []
    assert session.current_environment == "Development"
    assert [note for note in session.explain("a").notes if "gateway.example" in note] == []


def test_trust_says_whose_host_it_is_even_where_nothing_is_asked(session: Session, work: Path) -> None:
    """The reference may already be sent there. Afterwards another key that is set here may be sent, too."""
    session.create("mine", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    take_in(session, work, connection("theirs", api_key="$Team:Key", region="$Team:Region", endpoint=GATEWAY))
    assert session.trust_question("theirs", "fake", {"api_key": "new-key"}) is not None
    session.trust("theirs")
    assert session.trust_question("theirs", "fake", {"api_key": "new-key"}) is None


def test_a_key_that_is_replaced_where_all_former_ones_may_go_is_no_question(session: Session, work: Path) -> None:
    """Another connection has made the host known."""
    session.create("mine", "fake", settings={"api_key": "$Team:Key", "endpoint": GATEWAY})
    take_in(session, work, connection("theirs", api_key="$Team:Key", endpoint=GATEWAY))
    session.edit("theirs", settings={"api_key": "new-key"})
    assert key_of(session.client("theirs")) == "new-key"


def test_an_explanation_shows_no_secret_that_was_put_into_another_field(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle may do so: a reference with a secret's name is refused, and a key that later becomes a user secret is masked."""
    monkeypatch.setenv("SOME_TOKEN", "canary-variable")
    monkeypatch.setenv("SOME_REGION", "north")
    settings = {"a": "$SOME_TOKEN", "b": "$Plain:Name", "c": "$SOME_REGION"}
    take_in(session, work, *(connection(alias, api_key="$Team:Key", region=at) for alias, at in settings.items()))
    session.set_secret("Plain:Name", Secret("canary-user-secret"))
    assert session.aliases() == ["b", "c"]
    told = {alias: session.explain(alias)[1].shown for alias in "bc"}
    assert told == {"b": "••••••••", "c": "north"}


def test_what_an_earlier_release_let_a_sealed_key_do_is_still_allowed(session: Session) -> None:
    """It stored the field without a digest of the value. A key that is typed later may go to the same host."""
    settings = {"endpoint": "https://gateway.example/v1", "api_key": Secret("made-up-key-0123456789")}
    made = session.create("a", "fake", settings=settings).connection
    session.edit("a", settings={"endpoint": "https://other.example/v1"})
    assert session.untrusted("a") is not None
    with session._context.store.change() as change:
        change.trust((f"sealed:{made.id}.api_key", "https://other.example"))
    assert session.untrusted("a") is None
    session.edit("a", settings={"api_key": Secret("another-key-0123456789")})
    assert session.untrusted("a") is None
