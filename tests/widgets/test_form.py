"""The form works without a browser: intents go in, and answers and changes of the store come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionNotFound, InvalidConnection, Session
from aiconn_nb.model.field import Field
from aiconn_nb.model.secret import Sealed
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_form import ConnectionForm, Outcome

KEY = "canary-7f3d9c2e81b64a05"


def draft(name: str = "OpenAI Development", *, provider: str = "openai", **fields: str) -> dict[str, Any]:
    """Return what a page sends of a form with these texts in its fields."""
    return {
        "provider": provider,
        "name": name,
        "alias": "",
        "open": False,
        "active": True,
        "fields": {"organization": "", "project": "", "endpoint": "", **fields},
        "cleared": [],
        "replaced": [],
        "typed": [],
    }


@pytest.fixture
def stored(session: Session) -> Session:
    """Return a session with one connection, whose key is sealed."""
    session.create("openai-dev", "openai", name="OpenAI Dev", settings={"api_key": KEY, "organization": "org-1"})
    return session


def test_a_form_of_a_connection_is_for_its_provider(stored: Session) -> None:
    """Another provider is an error, because the provider of a connection never changes."""
    assert ConnectionForm("openai-dev", session=stored, provider="openai").view["stored"]["alias"] == "openai-dev"
    with pytest.raises(InvalidConnection) as raised:
        ConnectionForm("openai-dev", session=stored, provider="demo")
    assert list(raised.value.problems) == ["provider"]


# ---- what is shown ----------------------------------------------------------------------------------------------------


def test_what_all_providers_share_is_in_the_view_once(session: Session) -> None:
    """The fields of the network are shared. Otherwise a form would be three times as large, and a manager may have eight forms."""
    view = ConnectionForm(session=session).view
    written = json.dumps(view)
    assert written.count("~/certificates/company-ca.pem") == 1
    assert len(written) < 60_000


def test_a_new_form_offers_every_provider_with_what_it_asks_for(session: Session) -> None:
    """The user can choose among the installed providers and sees capabilities and SDK. The fields are included, so no further
    message is needed."""
    view = ConnectionForm(session=session).view
    openai = next(each for each in view["kinds"] if each["id"] == "openai")
    assert view["stored"] is None
    assert [each["id"] for each in view["kinds"]] == [row.id for row in session.providers()]
    assert openai["group"] == "installed"
    assert (openai["name"], openai["about"], "note" in openai) == ("OpenAI", "chat · embedding", False)
    fields = [view["shared"][each] if isinstance(each, str) else each for each in openai["fields"]]
    assert [(each["key"], each["required"], each["sensitive"]) for each in fields] == [
        ("api_key", True, True),
        ("organization", False, False),
        ("project", False, False),
        ("endpoint", False, False),
        *((key, False, False) for key in ("identity_provider_id", "service_account_id", "token_source", "token_file")),
        *((key, False, False) for key in ("key_header", "headers", "ca_bundle", "client_certificate", "client_key")),
        *((key, False, False) for key in ("timeout", "retries")),
    ]
    assert openai["folded"] == ["Workload identity", "Network"]
    assert {each["key"] for each in fields if each["group"] == "Network"} == {
        "key_header",
        "headers",
        "ca_bundle",
        "client_certificate",
        "client_key",
        "timeout",
        "retries",
    }


def test_a_field_is_told_with_all_that_a_form_needs() -> None:
    """Type, group, help and choices are passed on, the default in words. A reference is suggested if the provider names none."""

    class Acme(FakeProvider):
        id = "acme"
        name = "Acme cloud"
        fields = (
            Field("token", "API token", required=True, sensitive=True),
            Field("tier", "Tier", help="How fast.", choices=("slow", "fast"), default="slow", group="Speed"),
            Field("debug", "Debug", type="boolean", default=False, group="Speed"),
        )

    token, tier, debug = ConnectionForm(session=Session(registry=registry_of(Acme()))).view["kinds"][0]["fields"]
    assert token["suggested"] == "$AcmeCloud:APIToken"
    assert (tier["help"], tier["group"]) == ("How fast.", "Speed")
    assert tier["choices"] == [["", "slow (default)"], ["slow", "slow"], ["fast", "fast"]]
    assert (debug["type"], debug["required"]) == ("boolean", False)
    assert debug["choices"] == [["", "No (default)"], ["true", "Yes"], ["false", "No"]]


def test_a_broken_plug_in_is_shown_with_its_reason() -> None:
    """It does not harm the other plug-ins, and it does not vanish."""
    session = Session(registry=registry_of(FakeProvider(), others={"broken": RuntimeError("no license")}))
    broken = next(each for each in ConnectionForm(session=session).view["kinds"] if each["id"] == "broken")
    assert "no license" in broken["broken"]
    assert broken["fields"] == []


def test_what_is_stored_of_a_secret_is_that_it_is_set(stored: Session) -> None:
    """The view says which fields are sealed, and contains the text of the others."""
    form = ConnectionForm("openai-dev", session=stored)
    assert form.view["stored"]["settings"].keys() == {"api_key", "organization"}
    assert form.view["stored"]["settings"]["api_key"].keys() == {"sealed", "answers"}
    assert form.view["stored"]["settings"]["organization"] == {"text": "org-1"}
    assert [each["id"] for each in form.view["kinds"]] == ["openai"]


def test_a_secret_that_was_stored_in_the_clear_does_not_go_down_either() -> None:
    """A field that a plug-in made sensitive in a later release may hold a literal."""

    class Early(FakeProvider):
        fields = (Field("api_key", "API key", required=True),)

    Session(registry=registry_of(Early())).create("one", "fake", settings={"api_key": KEY})
    form = ConnectionForm("one", session=Session(registry=registry_of(FakeProvider())))
    assert form.view["stored"]["settings"]["api_key"].keys() == {"sealed", "answers"}
    assert KEY not in json.dumps(form.view)


def test_a_form_for_an_unknown_alias_is_an_error(stored: Session) -> None:
    """The error names the nearest alias, like every verb."""
    with pytest.raises(ConnectionNotFound) as raised:
        ConnectionForm("openai-deb", session=stored)
    assert raised.value.nearest == "openai-dev"


def test_a_connection_whose_plug_in_is_gone_can_still_be_renamed(page_of: Callable[..., Any]) -> None:
    """Name, alias and active need no provider, and the settings stay unchanged."""
    session = Session(registry=registry_of(FakeProvider()))
    session.create("one", "fake", settings={"api_key": "$Fake:ApiKey"})
    bare = Session(registry=registry_of())
    form = ConnectionForm("one", session=bare)
    assert form.view["kinds"][0]["note"]["what"].startswith("Its plug-in is not installed here. Name, alias")
    (answer,) = page_of(form).ask("save", version=1, **{**draft("First", provider="fake"), "fields": {}})
    assert answer["kind"] == "saved"
    assert (bare.get("one").name, dict(bare.get("one").settings)) == ("First", {"api_key": "$Fake:ApiKey"})


def test_the_text_form_of_a_form_is_the_connection(stored: Session) -> None:
    """A terminal, a saved notebook and nbconvert show the same facts; of a secret they show that it is sealed."""
    form = ConnectionForm("openai-dev", session=stored)
    bundle = form._repr_mimebundle_()[0]
    assert "sealed" in repr(form)
    assert "openai-dev" in bundle["text/html"]
    assert KEY not in json.dumps(bundle)
    assert "%aiconn new" in repr(ConnectionForm(session=stored))


# ---- creating ---------------------------------------------------------------------------------------------------------


def test_create_with_a_reference_stores_it_as_written(session: Session, page_of: Callable[..., Any]) -> None:
    """The alias is made from the name. A reference that does not resolve here is a warning and no error."""
    form = ConnectionForm(session=session)
    (answer,) = page_of(form).ask("save", **draft(api_key=" $OpenAI:ApiKey "))
    made = session.get("openai-development")
    assert answer["kind"] == "saved"
    assert answer["note"]["what"] == "Created openai-development."
    assert "OpenAI:ApiKey" in answer["note"]["lines"][0]
    assert answer["note"]["copy"][1] == "%aiconn use openai-development"
    assert dict(made.settings) == {"api_key": "$OpenAI:ApiKey"}
    assert form.view["stored"]["alias"] == "openai-development"


def test_create_with_a_literal_seals_it(session: Session, page_of: Callable[..., Any]) -> None:
    """The store has a sealed value, and only the vault opens it."""
    page_of(ConnectionForm(session=session)).ask("save", **draft(api_key=KEY))
    assert isinstance(session.get("openai-development").settings["api_key"], Sealed)
    assert session.account("openai-development")._settings["api_key"].reveal() == KEY


def test_a_secret_that_begins_with_a_dollar_is_written_with_two(session: Session, page_of: Callable[..., Any]) -> None:
    """``$$`` means a ``$`` in a secret, as it does elsewhere."""
    page_of(ConnectionForm(session=session)).ask("save", **draft(api_key=f"$${KEY}"))
    assert session.account("openai-development")._settings["api_key"].reveal() == f"${KEY}"


def test_every_error_is_told_at_its_field(session: Session, page_of: Callable[..., Any]) -> None:
    """All errors come at once, including that of the alias, and nothing is saved."""
    session.create("taken", "demo")
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft("Taken", endpoint="nowhere"))
    assert answer["kind"] == "failed"
    assert answer["problems"].keys() == {"api_key", "endpoint", "alias"}
    assert session.aliases() == ["taken"]


def test_a_missing_name_is_one_error_not_two(session: Session, page_of: Callable[..., Any]) -> None:
    """There is no second complaint about the alias that would have been made from the name."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft("", api_key="$OpenAI:ApiKey"))
    assert answer["problems"] == {"name": "Name is missing."}


def test_a_missing_name_is_told_beside_what_is_wrong_with_the_fields(
    session: Session, page_of: Callable[..., Any]
) -> None:
    """The question before a key goes to a host does not suppress the other problems."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft("", endpoint="nowhere"))
    assert sorted(answer["problems"]) == ["api_key", "endpoint", "name"]


def test_a_name_that_gives_no_alias_is_told_at_the_alias(session: Session, page_of: Callable[..., Any]) -> None:
    """The user can act on it: open the lock."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft("日本", api_key="$OpenAI:ApiKey"))
    assert answer["problems"] == {"alias": "Alias cannot be made from this name: open the lock and type one."}


def test_an_alias_of_ones_own_is_taken_as_typed(session: Session, page_of: Callable[..., Any]) -> None:
    """The name does not determine the alias while the lock is open."""
    page_of(ConnectionForm(session=session)).ask("save", **{**draft(api_key="$K:V"), "open": True, "alias": "mine"})
    assert session.aliases() == ["mine"]


def test_without_a_provider_nothing_is_saved(session: Session, page_of: Callable[..., Any]) -> None:
    """Our page never sends this. A page that does gets an error and no exception."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft(provider=""))
    assert (answer["kind"], answer["tone"]) == ("note", "bad")
    assert session.aliases() == []


@pytest.mark.parametrize("name", ["name", "alias"])
def test_a_key_in_the_name_or_the_alias_is_refused(name: str, session: Session, page_of: Callable[..., Any]) -> None:
    """Name and alias are shown everywhere."""
    key = "sk-" + "a" * 24
    (answer,) = page_of(ConnectionForm(session=session)).ask(
        "save", **{**draft(api_key="$K:V"), "open": True, "alias": "fine", name: key}
    )
    assert "looks like a key" in answer["problems"][name]
    assert session.aliases() == []


def test_a_reference_behind_invisible_characters_is_pointed_out(session: Session, page_of: Callable[..., Any]) -> None:
    """Otherwise the text would be sealed as if it were the key."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft(api_key="\u200b$OpenAI:ApiKey"))
    assert "invisible" in answer["problems"]["api_key"]


def test_a_key_behind_a_dollar_is_not_taken_for_a_reference(session: Session, page_of: Callable[..., Any]) -> None:
    """Otherwise the key would be stored in the clear."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft(api_key="$sk-" + "a" * 24))
    assert "without the $" in answer["problems"]["api_key"]


# ---- editing ----------------------------------------------------------------------------------------------------------


def test_an_edit_leaves_the_secret_alone(stored: Session, page_of: Callable[..., Any]) -> None:
    """A secret that the page does not send stays, byte for byte."""
    before = stored.get("openai-dev").settings["api_key"]
    (answer,) = page_of(ConnectionForm("openai-dev", session=stored)).ask("save", version=1, **draft("New name"))
    after = stored.get("openai-dev")
    assert (answer["note"]["what"], "copy" in answer["note"]) == ("Saved openai-dev.", False)
    assert (after.name, after.settings["api_key"]) == ("New name", before)
    assert "organization" not in after.settings


def test_the_alias_stays_when_the_name_changes_while_its_lock_is_closed(
    stored: Session, page_of: Callable[..., Any]
) -> None:
    """Notebooks refer to the connection by its alias."""
    page_of(ConnectionForm("openai-dev", session=stored)).ask("save", version=1, **draft("Something else"))
    assert stored.aliases() == ["openai-dev"]


def test_an_open_lock_renames(stored: Session, page_of: Callable[..., Any]) -> None:
    """The form then continues with the new alias."""
    form = ConnectionForm("openai-dev", session=stored)
    page = page_of(form)
    page.ask("save", version=1, **{**draft(), "open": True, "alias": "openai-main"})
    page.ask("save", version=2, **draft("Twice"))
    assert (stored.aliases(), stored.get("openai-main").name) == (["openai-main"], "Twice")


def test_replace_and_clear(stored: Session, page_of: Callable[..., Any]) -> None:
    """A typed secret replaces the sealed one. A cleared secret is removed if it is optional."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    page.ask("save", version=1, **draft(api_key="$OpenAI:ApiKey"))
    assert stored.get("openai-dev").settings["api_key"] == "$OpenAI:ApiKey"
    (answer,) = page.ask("save", version=2, **{**draft(), "cleared": ["api_key"]})
    assert answer["problems"] == {"api_key": "API key is required."}
    stored.create("local", "openai-compatible", settings={"endpoint": "http://localhost:1", "api_key": KEY})
    local = draft("Local", provider="openai-compatible")
    local["fields"] = {"endpoint": "http://localhost:1"}
    page_of(ConnectionForm("local", session=stored)).ask("save", version=1, **{**local, "cleared": ["api_key"]})
    assert dict(stored.get("local").settings) == {"endpoint": "http://localhost:1"}


def test_the_provider_of_an_edited_connection_cannot_be_asked_away(
    stored: Session, page_of: Callable[..., Any]
) -> None:
    """The provider stays, whatever a page sends."""
    page_of(ConnectionForm("openai-dev", session=stored)).ask("save", version=1, **draft(provider="anthropic"))
    assert stored.get("openai-dev").provider == "openai"


def test_switched_off_is_saved(stored: Session, page_of: Callable[..., Any]) -> None:
    """The switch "active" is a part of the form."""
    page_of(ConnectionForm("openai-dev", session=stored)).ask("save", version=1, **{**draft(), "active": False})
    assert stored.get("openai-dev").active is False


# ---- what others did meanwhile ----------------------------------------------------------------------------------------


def sides(asked: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the fields in a question about two versions: the proposed side, and both values."""
    inputs = [(each["name"], each["value"], each["choices"]) for each in asked["inputs"]]
    return [(name, value, mine[2], theirs[2]) for name, value, (mine, theirs) in inputs]


def test_a_change_by_another_is_shown_and_not_overwritten(stored: Session, page_of: Callable[..., Any]) -> None:
    """The question has both values of what the other user changed and the form would save, too. The choice is saved."""
    form = ConnectionForm("openai-dev", session=stored)
    page = page_of(form)
    Session().edit("openai-dev", name="Theirs", settings={"api_key": "another-secret-0123456789", "project": "proj_1"})
    (answer,) = page.ask("save", version=1, **draft("Mine"))
    assert sides(answer) == [("name", "mine", "Mine", "Theirs"), ("field-project", "theirs", "not set", "proj_1")]
    assert stored.get("openai-dev").name == "Theirs"
    save = answer["answers"][0]
    assert (save["intent"], save["data"]) == ("save", {"over": 1, "version": 2})
    (answer,) = page.ask("save", **save["data"], values={"name": "mine", "field-project": "theirs"}, **draft("Mine"))
    after = stored.get("openai-dev")
    assert (answer["kind"], after.name, after.settings["project"]) == ("saved", "Mine", "proj_1")


def test_a_conflict_shows_no_typed_secret(stored: Session, page_of: Callable[..., Any]) -> None:
    """A field that was not changed here proposes the other value. A secret is sent again with the choice."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    theirs = {"api_key": "another-secret-0123456789", "organization": "org-theirs", "project": "proj_1"}
    Session().edit("openai-dev", new_alias="theirs", active=False, settings=theirs)
    typed = draft("OpenAI Dev", api_key="canary-typed-0123456789", organization="", project="mine")
    (answer,) = page.ask("save", version=1, **typed)
    assert sides(answer) == [
        ("alias", "theirs", "openai-dev", "theirs"),
        ("active", "theirs", "yes", "no"),
        ("field-api_key", "mine", "what you typed, hidden", "stored, sealed"),
        ("field-organization", "mine", "not set", "org-theirs"),
        ("field-project", "mine", "mine", "proj_1"),
    ]
    assert "canary-typed" not in page.everything
    values = {each["name"]: each["value"] for each in answer["inputs"]} | {"field-project": "theirs"}
    (answer,) = page.ask("save", **answer["answers"][0]["data"], values=values, **typed)
    after = stored.get("theirs")
    assert (answer["kind"], after.active) == ("saved", False)
    stored.enable("theirs")
    assert stored.account("theirs")._settings["api_key"].reveal() == "canary-typed-0123456789"
    assert ("organization" in after.settings, after.settings["project"]) == (False, "proj_1")


def test_theirs_is_shown_once_it_is_taken(stored: Session, page_of: Callable[..., Any]) -> None:
    """The input is forgotten, and nothing is saved."""
    form = ConnectionForm("openai-dev", session=stored)
    page = page_of(form)
    page.ask("check", turn=1, dirty=True, **draft("Mine"))
    Session().edit("openai-dev", name="Theirs")
    page.ask("take")
    assert (form.view["stored"]["name"], page.ask("hello")[0]["draft"]) == ("Theirs", None)
    assert stored.get("openai-dev").version == 2


def test_a_page_that_fell_behind_is_compared_with_what_it_showed(stored: Session, page_of: Callable[..., Any]) -> None:
    """One page takes the new state. Another page, in which a user began to type at that moment, still has the former one."""
    form = ConnectionForm("openai-dev", session=stored)
    page = page_of(form)
    Session().edit("openai-dev", settings={"api_key": "another-secret-0123456789"})
    page.ask("check", turn=1, dirty=False, **draft("OpenAI Dev"))
    (answer,) = page.ask("save", version=1, **draft("Mine"))
    assert (answer["id"], sides(answer), answer["answers"][0]["data"]["over"]) == ("ask", [], 1)


def test_a_save_that_does_not_say_what_it_saw_overwrites_nothing(stored: Session, page_of: Callable[..., Any]) -> None:
    """The same holds for any other value that a page sends as the version."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    answers = [page.ask("save", version=bad, **draft("Mine"))[0] for bad in (None, "1", 0, [])]
    assert [each["answers"][0]["data"] for each in answers] == [{"over": 1, "version": 1}] * 4
    assert stored.get("openai-dev").name == "OpenAI Dev"


def test_what_another_deleted_can_be_brought_back_and_saved(stored: Session, page_of: Callable[..., Any]) -> None:
    """Nothing that was typed is lost, and the secret is restored with the connection."""
    form = ConnectionForm("openai-dev", session=stored)
    page = page_of(form)
    Session().delete("openai-dev")
    (answer,) = page.ask("save", version=1, **draft("Mine"))
    restore = answer["answers"][0]
    assert (answer["id"], restore["intent"], restore["draft"]) == ("ask", "save", True)
    (answer,) = page.ask("save", version=1, **restore["data"], **draft("Mine"))
    assert (answer["kind"], answer["version"]) == ("saved", form.view["stored"]["version"])
    assert stored.get("openai-dev").name == "Mine"
    assert isinstance(stored.get("openai-dev").settings["api_key"], Sealed)


def test_an_untouched_form_shows_what_another_saved(stored: Session, page_of: Callable[..., Any]) -> None:
    """A page that becomes visible again asks. If nothing was typed, it simply shows the new state."""
    form = ConnectionForm("openai-dev", session=stored)
    Session().edit("openai-dev", name="Theirs")
    page_of(form).ask("check", turn=1, dirty=False, **draft("OpenAI Dev"))
    assert form.view["stored"]["name"] == "Theirs"


def test_a_touched_form_says_that_another_saved(stored: Session, page_of: Callable[..., Any]) -> None:
    """The typed text stays, and a save shows both values."""
    form = ConnectionForm("openai-dev", session=stored)
    Session().edit("openai-dev", name="Theirs")
    (answer,) = page_of(form).ask("check", turn=1, dirty=True, **draft("Mine"))
    assert answer["meanwhile"]["mark"] == "2"
    assert form.view["stored"]["name"] == "OpenAI Dev"


# ---- ending -----------------------------------------------------------------------------------------------------------


def test_delete_names_the_profiles_first(stored: Session, page_of: Callable[..., Any]) -> None:
    """The question says which profiles would break and which would go on."""
    stored.create("spare", "demo")
    stored.create_profile("writer", connections="openai-dev", model="m")
    stored.create_profile("critic", connections="openai-dev,spare", model="m")
    (answer,) = page_of(ConnectionForm("openai-dev", session=stored)).ask("ask_delete")
    assert answer["answers"][0]["data"] == {"force": True}
    assert [each.get("intent") for each in answer["answers"]] == ["delete", "disable", None]
    assert [line[1] for line in answer["help"] if len(line) > 1] == ["writer", "critic"]


def test_delete_and_undo(stored: Session, page_of: Callable[..., Any]) -> None:
    """The connection is gone from the store and is restored unchanged."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    before = stored.get("openai-dev").settings
    (answer,) = page.ask("delete")
    assert (answer["kind"], answer["alone"], stored.aliases()) == ("note", True, [])
    assert [each["intent"] for each in answer["answers"]] == ["restore"]
    page.ask("restore")
    assert stored.get("openai-dev").settings == before


def test_undo_brings_back_just_what_was_deleted_here(stored: Session, page_of: Callable[..., Any]) -> None:
    """It does not restore what another user has deleted since under the same alias."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    mine = stored.get("openai-dev")
    page.ask("delete")
    stored.create("openai-dev", "demo", name="Somebody else's")
    stored.delete("openai-dev")
    page.ask("restore")
    assert stored.get("openai-dev") == mine


def test_what_was_renamed_elsewhere_is_deleted_and_comes_back(stored: Session, page_of: Callable[..., Any]) -> None:
    """It is restored under the alias that it had when it was deleted."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    stored.rename("openai-dev", "openai-two")
    (answer,) = page.ask("delete")
    assert (answer["what"], stored.aliases()) == ("Deleted openai-two.", [])
    (told,) = page.ask("restore")
    assert (told["kind"], told["note"]["what"]) == ("saved", "openai-two is back.")
    assert (stored.aliases(), page.widget.view["stored"]["alias"]) == (["openai-two"], "openai-two")


def test_what_was_renamed_and_deleted_elsewhere_comes_back_too(stored: Session, page_of: Callable[..., Any]) -> None:
    """This works if the form has seen the other alias, even if the typed text still belongs to the first one."""
    page = page_of(ConnectionForm("openai-dev", session=stored))
    stored.rename("openai-dev", "openai-two")
    page.ask("check", dirty=True, **draft(name="Typed"))
    stored.delete("openai-two")
    (told,) = page.ask("save", version=1, **draft(name="Typed"))
    assert (told["id"], told["answers"][0]["data"]) == ("ask", {"restore": True})
    (told,) = page.ask("restore")
    assert told["note"]["what"] == "openai-two is back."


def test_a_deletion_says_for_how_long_undo_is_offered(stored: Session, page_of: Callable[..., Any]) -> None:
    """The page counts down as many seconds as the lists do."""
    (answer,) = page_of(ConnectionForm("openai-dev", session=stored)).ask("delete")
    assert answer["seconds"] == 10


def test_an_undo_that_failed_leaves_in_use_what_was_so(session: Session, page_of: Callable[..., Any]) -> None:
    """The second undo, which succeeds, makes it the connection in use again."""
    session.create("demo", "demo")
    session.use("demo")
    page = page_of(ConnectionForm("demo", session=session))
    page.ask("delete")
    session.create("demo", "demo", name="Theirs")
    assert [each["kind"] for each in page.ask("restore")] == ["note"]
    session.rename("demo", "theirs")
    page.ask("restore")
    assert session.using().alias == "demo"


def test_what_was_in_use_is_so_again_after_undo(session: Session, page_of: Callable[..., Any]) -> None:
    """The form behaves like the list here."""
    session.create("demo", "demo")
    session.use("demo")
    page = page_of(ConnectionForm("demo", session=session))
    page.ask("delete")
    assert session.using().alias == ""
    page.ask("restore")
    assert session.using().alias == "demo"
    assert page.widget.view["stored"]["mark"] == "in use"


def test_what_cannot_be_used_again_is_back_all_the_same(
    session: Session, page_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reference no longer resolves, and a message says so."""
    monkeypatch.setenv("Demo__Key", "a-value-0123456789")
    session.create("demo", "demo", settings={"api_key": "$Demo:Key"})
    session.use("demo")
    page = page_of(ConnectionForm("demo", session=session))
    page.ask("delete")
    monkeypatch.delenv("Demo__Key")
    (told,) = page.ask("restore")
    assert told["note"]["what"].startswith("demo is back. ")
    assert "$Demo:Key" in told["note"]["what"]
    assert (session.aliases(), session.using().alias) == (["demo"], "")


def test_disable_instead(stored: Session, page_of: Callable[..., Any]) -> None:
    """Disabling is the harmless answer to the question."""
    form = ConnectionForm("openai-dev", session=stored)
    page_of(form).ask("disable")
    assert stored.get("openai-dev").active is False
    assert form.view["stored"]["active"] is False


def test_whoever_opened_the_form_is_told_how_it_ended(stored: Session, page_of: Callable[..., Any]) -> None:
    """The manager needs this to show the list again."""
    told: list[Outcome] = []
    page = page_of(ConnectionForm("openai-dev", session=stored, on_done=told.append))
    page.ask("save", version=1, **draft("New"))
    page.ask("cancel")
    page.ask("delete")
    assert [(each.kind, each.alias) for each in told] == [
        ("saved", "openai-dev"),
        ("cancelled", "openai-dev"),
        ("deleted", "openai-dev"),
    ]


def test_cancel_forgets_what_was_typed(session: Session, page_of: Callable[..., Any]) -> None:
    """A page that loads later gets nothing back."""
    page = page_of(ConnectionForm(session=session))
    page.ask("check", turn=1, dirty=True, **draft("Half a na"))
    page.ask("cancel")
    assert page.ask("hello")[0]["draft"] is None


# ---- bad messages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"name": 7},
        {"fields": "no"},
        {"fields": {"api_key": 7}},
        {"cleared": "api_key"},
        {"provider": None},
        {"fields": {"unheard_of": "x"}, "cleared": ["unheard_of"]},
    ],
)
def test_a_malformed_message_is_a_note(content: dict[str, Any], session: Session, page_of: Callable[..., Any]) -> None:
    """No exception is raised, nothing is saved, and nothing of the message is repeated."""
    page = page_of(ConnectionForm(session=session))
    for intent in ("save", "test", "check", "keep"):
        page.ask(intent, **{**draft(api_key=KEY), **content})
    assert session.aliases() == []
    assert KEY not in page.everything
    assert "Traceback" not in page.everything


def test_a_page_cannot_change_the_view(stored: Session, page_of: Callable[..., Any]) -> None:
    """The view comes from the store alone."""
    form = ConnectionForm("openai-dev", session=stored)
    page_of(form).set_state(view={"stored": None, "typed": KEY})
    assert form.view["stored"]["alias"] == "openai-dev"
    assert KEY not in json.dumps(form.view)


def test_a_store_that_cannot_be_written_is_told_and_nothing_is_lost(
    session: Session, page_of: Callable[..., Any], isolated: Path
) -> None:
    """An error that belongs to no field has what and hint."""
    (isolated / "home").mkdir(exist_ok=True)
    (isolated / "home" / "connections.json").mkdir()
    (answer,) = page_of(ConnectionForm(session=session)).ask("save", **draft(api_key=KEY))
    assert (answer["kind"], bool(answer["what"])) == ("note", True)
    assert KEY not in json.dumps(answer)
