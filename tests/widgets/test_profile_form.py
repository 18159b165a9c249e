"""The form of a profile works without a browser: intents go in, and answers and changes of the store come out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import FailureKind, ProfileNotFound, Session
from aiconn_nb.errors import ListNotOffered
from aiconn_nb.model.field import Field
from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Model
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.base_form import Outcome
from aiconn_nb.ui.widgets.profile_form import ProfileForm
from tests.internal_errors import has_internal_error

PageOf = Callable[..., Any]
KEY = "sk-proj-" + "canary0" * 6


class Plain(FakeProvider):
    """A provider that needs no key."""

    fields = (Field("api_key", "API key", sensitive=True),)


class Speaker(Plain):
    """A provider that only chats."""

    id = "speaker"
    name = "Speaker"
    capabilities = frozenset({Capability.CHAT})


@pytest.fixture
def provider() -> Plain:
    """Return the provider of the connections."""
    return Plain()


@pytest.fixture
def session(isolated: Any, provider: Plain) -> Session:
    """Return a session with three connections, of which ``speaker`` cannot embed."""
    made = Session(registry=registry_of(provider, Speaker()))
    made.create("one", "fake", name="One")
    made.create("two", "fake", name="Two")
    made.create("speaker", "speaker", name="Speaker")
    return made


@pytest.fixture
def stored(session: Session) -> Session:
    """Return the same session with a profile."""
    session.create_profile(
        "writer",
        connections="one,two",
        model="fake-chat",
        name="Writer",
        temperature=0.5,
        system="Be kind.",
        tags="prose",
    )
    return session


def ids(session: Session, *aliases: str) -> list[str]:
    """Return the ids by which a page names connections."""
    return [session.get(alias).id for alias in aliases]


def draft(session: Session, *connections: str, name: str = "Writer", **more: Any) -> dict[str, Any]:
    """Return what a page sends of a form for chat. ``more`` are options or other parts of the message."""
    fields = {key: more.pop(key, "") for key in ("temperature", "max_tokens", "system", "tags", "dimensions")}
    return {
        "name": name,
        "alias": "",
        "open": False,
        "active": False,
        "capability": "chat",
        "connections": ids(session, *connections),
        "fields": {"model": more.pop("model", "fake-chat"), **fields},
        **more,
    }


def of_kind(answers: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the answer of this kind."""
    return next(each for each in answers if each["kind"] == kind)


def listed(page: Any, session: Session, alias: str, **more: Any) -> dict[str, Any]:
    """Ask for a connection's models, wait for the thread, and return the answer."""
    since = len(page.sent)
    page.ask("models", id=session.get(alias).id, **{"capability": "chat", **more})
    for thread in threading.enumerate():
        if thread.name == "aiconn-form-action":
            thread.join(10)
    return of_kind(page.told(since), "models")


# ---- what is shown ----------------------------------------------------------------------------------------------------


def test_a_new_form_offers_capabilities_and_connections_with_what_they_can(session: Session) -> None:
    """The page filters the connections by capability, and each capability comes with the options that it knows."""
    view = ProfileForm(session=session).view
    assert view["stored"] is None
    assert [each["id"] for each in view["kinds"]] == ["chat", "embedding"]
    can = {each["alias"]: sorted(each["can"]) for each in view["connections"]}
    assert can == {"one": ["chat", "embedding"], "speaker": ["chat"], "two": ["chat", "embedding"]}


def test_a_stored_profile_is_shown_as_the_texts_of_its_inputs(stored: Session) -> None:
    """The connections are in order, and an option that is not sent is empty."""
    view = ProfileForm("writer", session=stored).view["stored"]
    assert view["connections"] == ids(stored, "one", "two")
    assert view["settings"]["temperature"] == {"text": "0.5"}
    assert view["settings"]["max_tokens"] == {"text": ""}
    assert view["settings"]["tags"] == {"text": "prose"}


def test_a_connection_that_is_gone_is_shown_in_its_place(stored: Session) -> None:
    """It is shown by its last alias, because only a visible connection can be removed."""
    gone = ids(stored, "two")
    stored.delete("two", force=True)
    view = ProfileForm("writer", session=stored).view
    (one,) = [each for each in view["connections"] if each["state"] == "gone"]
    assert (one["id"], one["alias"]) == (gone[0], "two")
    assert view["stored"]["connections"][1] == gone[0]


def test_a_form_for_an_unknown_alias_is_an_error(stored: Session) -> None:
    """The error names the nearest alias, like every verb."""
    with pytest.raises(ProfileNotFound) as raised:
        ProfileForm("writr", session=stored)
    assert raised.value.nearest == "writer"


def test_the_text_form_of_a_form_is_the_profile(stored: Session) -> None:
    """A terminal, a saved notebook and nbconvert show the same facts, with markup as text."""
    stored.edit_profile("writer", name="<b>bold</b>")
    form = ProfileForm("writer", session=stored)
    data = form._repr_mimebundle_()[0]
    assert "fake-chat" in repr(form)
    assert "<b>bold" not in data["text/html"]
    assert "profile new" in repr(ProfileForm(session=stored))


# ---- creating ---------------------------------------------------------------------------------------------------------


def test_create_saves_what_was_filled_in_and_nothing_else(session: Session, page_of: PageOf) -> None:
    """The alias is made from the name. An empty option is not stored and so not sent, and numbers are stored as numbers."""
    told: list[Outcome] = []
    page = page_of(ProfileForm(session=session, on_done=told.append))
    sent = draft(session, "two", "one", name="Kind Writer", temperature="0.7", max_tokens="200", tags="b, a")
    saved = of_kind(page.ask("save", **sent), "saved")
    made = session.profile("kind-writer")
    assert (saved["note"]["what"], "kind-writer" in saved["note"]["copy"][1]) == ("Created kind-writer.", True)
    assert list(made.connections) == ids(session, "two", "one")
    assert dict(made.options) == {"temperature": 0.7, "max_tokens": 200}
    assert (made.model, made.tags, made.name) == ("fake-chat", ("b", "a"), "Kind Writer")
    assert [(each.kind, each.alias) for each in told] == [("saved", "kind-writer")]


def test_create_for_embedding_knows_only_dimensions(session: Session, page_of: PageOf) -> None:
    """Values that were typed for chat before are ignored."""
    page = page_of(ProfileForm(session=session))
    sent = draft(session, "one", capability="embedding", model="fake-embedding", dimensions="256", temperature="9")
    page.ask("save", **sent)
    made = session.profile("writer")
    assert (str(made.capability), dict(made.options)) == ("embedding", {"dimensions": 256})


def test_a_new_profile_can_become_the_default_at_once(session: Session, page_of: PageOf) -> None:
    """This happens if the switch is on."""
    page_of(ProfileForm(session=session)).ask("save", **draft(session, "one", active=True))
    assert session.default_alias("chat") == "writer"


def test_every_problem_goes_to_its_field_with_the_range(session: Session, page_of: PageOf) -> None:
    """Nothing is saved."""
    page = page_of(ProfileForm(session=session))
    sent = draft(session, name="", model=" ", temperature="2.5", max_tokens="0", tags="x" * 51)
    problems = of_kind(page.ask("save", **sent), "failed")["problems"]
    assert problems["temperature"] == "Temperature must be a number from 0 to 2."
    assert "1" in problems["max_tokens"].split()
    assert set(problems) >= {"name", "connections", "model", "temperature", "max_tokens", "tags"}
    assert session.profile_aliases() == []


@pytest.mark.parametrize("text", ["warm", "nan", "1e999", "-0.1", "2.0001", "0,5"])
def test_a_temperature_out_of_range_is_refused(session: Session, page_of: PageOf, text: str) -> None:
    """A text that is not a number is refused as well."""
    answers = page_of(ProfileForm(session=session)).ask("save", **draft(session, "one", temperature=text))
    assert of_kind(answers, "failed")["problems"].keys() == {"temperature"}


def test_an_alias_that_exists_says_so(stored: Session, page_of: PageOf) -> None:
    """The problem is the same as that of the check."""
    answers = page_of(ProfileForm(session=stored)).ask("save", **draft(stored, "one"))
    assert of_kind(answers, "failed")["problems"].keys() == {"alias"}


def test_a_connection_that_cannot_do_it_is_refused_at_its_field(session: Session, page_of: PageOf) -> None:
    """This holds whatever a page sends."""
    sent = draft(session, "speaker", capability="embedding", model="m")
    problems = of_kind(page_of(ProfileForm(session=session)).ask("save", **sent), "failed")["problems"]
    assert "speaker" in problems["connections"]


def test_a_key_in_a_profile_is_refused_and_repeated_nowhere(session: Session, page_of: PageOf) -> None:
    """A profile is not kept secret. Nothing of the key is remembered for a reload."""
    page = page_of(ProfileForm(session=session))
    sent = draft(session, "one", name=KEY, system=f"Use {KEY}", model=KEY, tags=KEY)
    page.ask("check", dirty=True, **sent)
    problems = of_kind(page.ask("save", **sent), "failed")["problems"]
    page.ask("hello")
    assert "looks like a key" in problems["name"]
    assert "canary" not in page.everything


@pytest.mark.parametrize(
    "wrong",
    [
        {"capability": "magic"},
        {"connections": "one"},
        {"connections": [1]},
        {"fields": ["x"]},
        {"name": 7},
        {"fields": {"model": 1}},
    ],
)
def test_a_page_may_send_anything(session: Session, page_of: PageOf, wrong: dict[str, Any]) -> None:
    """The page gets a note and no internal error."""
    answers = page_of(ProfileForm(session=session)).ask("save", **{**draft(session, "one"), **wrong})
    assert not has_internal_error(json.dumps(answers))
    assert [each["kind"] for each in answers] == ["note"]
    assert session.profile_aliases() == []


# ---- editing ----------------------------------------------------------------------------------------------------------


def test_edit_saves_another_order_model_and_options(stored: Session, page_of: PageOf) -> None:
    """An emptied option is removed."""
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("save", version=1, **draft(stored, "two", "one", model="other", temperature="0", tags="prose"))
    made = stored.profile("writer")
    assert list(made.connections) == ids(stored, "two", "one")
    assert (made.model, dict(made.options), made.version) == ("other", {"temperature": 0}, 2)


def test_the_alias_stays_while_its_lock_is_closed(stored: Session, page_of: PageOf) -> None:
    """The alias follows the typed text while the lock is open, and the id stays."""
    page = page_of(ProfileForm("writer", session=stored))
    id = stored.profile("writer").id
    page.ask("save", version=1, **draft(stored, "one", name="Author"))
    assert stored.profile("writer").name == "Author"
    page.ask("save", version=2, **draft(stored, "one", name="Author", alias="author", open=True))
    assert stored.profile("author").id == id


def test_the_capability_of_a_stored_profile_never_changes(stored: Session, page_of: PageOf) -> None:
    """The stored capability counts, whatever a page sends."""
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("save", version=1, **draft(stored, "one", capability="embedding", temperature="1"))
    made = stored.profile("writer")
    assert (str(made.capability), dict(made.options)) == ("chat", {"temperature": 1})


def test_a_connection_that_is_gone_stays_until_it_is_taken_out(stored: Session, page_of: PageOf) -> None:
    """Another edit does not require that the connection exists. A new order without it is saved as well."""
    one, two = ids(stored, "one", "two")
    stored.delete("two", force=True)
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("save", version=1, **{**draft(stored, name="Renamed"), "connections": [one, two]})
    assert (stored.profile("writer").name, stored.profile("writer").connections) == ("Renamed", (one, two))
    page.ask("save", version=2, **{**draft(stored, name="Renamed"), "connections": [one]})
    assert stored.profile("writer").connections == (one,)


def test_the_switch_makes_it_the_default_and_takes_that_away(stored: Session, page_of: PageOf) -> None:
    """This happens with the save and not before."""
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("save", version=1, **draft(stored, "one", active=True))
    assert stored.default_alias("chat") == "writer"
    page.ask("save", version=2, **draft(stored, "one", active=False))
    assert stored.default_alias("chat") == ""


def test_a_default_that_somebody_else_became_meanwhile_stays_it(stored: Session, page_of: PageOf) -> None:
    """Turning off a switch affects this profile only, and a switch that was not turned affects none."""
    stored.default_profile("writer")
    stored.create_profile("critic", connections="one", model="m")
    page = page_of(ProfileForm("writer", session=stored))
    Session(registry=stored._context.registry).default_profile("critic")
    page.ask("save", version=1, **draft(stored, "one", active=False))
    assert stored.default_alias("chat") == "critic"


def test_what_somebody_saved_meanwhile_is_shown_and_not_overwritten(stored: Session, page_of: PageOf) -> None:
    """The question has both values of what differs. A save with the choices works."""
    page = page_of(ProfileForm("writer", session=stored))
    stored.edit_profile("writer", model="theirs", connections="two")
    asked = of_kind(page.ask("save", version=1, **draft(stored, "one", name="Mine")), "panel")
    values = {each["name"]: each["value"] for each in asked["inputs"]}
    assert values == {"field-connections": "mine", "field-model": "theirs"}
    assert stored.profile("writer").name == "Writer"
    choice = asked["answers"][0]["data"]
    page.ask("save", **choice, values={**values, "field-connections": "theirs"}, **draft(stored, "one", name="Mine"))
    assert list(stored.profile("writer").connections) == ids(stored, "two")
    assert (stored.profile("writer").name, stored.profile("writer").model) == ("Mine", "theirs")


def test_what_was_deleted_meanwhile_can_be_brought_back(stored: Session, page_of: PageOf) -> None:
    """The restored profile can then be saved."""
    page = page_of(ProfileForm("writer", session=stored))
    stored.delete_profile("writer")
    asked = of_kind(page.ask("save", version=1, **draft(stored, "one", name="Mine")), "panel")
    page.ask("save", version=1, **asked["answers"][0]["data"], **draft(stored, "one", name="Mine"))
    assert stored.profile("writer").name == "Mine"


# ---- former versions --------------------------------------------------------------------------------------------------


@pytest.fixture
def revised(stored: Session) -> Session:
    """Return a session with a profile of four versions: created, another order and model, renamed, options removed and set."""
    stored.edit_profile("writer", connections="two,one", model="other")
    stored.edit_profile("writer", new_alias="author", name="Author")
    stored.edit_profile("author", options={"temperature": None, "max_tokens": 99}, tags="")
    return stored


def test_every_version_says_what_it_changed_when_and_who_did(revised: Session, page_of: PageOf) -> None:
    """The newest version is first, and the current one is marked. Fields have the form's own names, and connections appear by
    alias, in order."""
    told = of_kind(page_of(ProfileForm("author", session=revised)).ask("history"), "panel")["items"]
    assert [(each["title"], each["chip"], each["help"]) for each in told] == [
        ("Version 4", "now", ""),
        ("Version 3", "", ""),
        ("Version 2", "", ""),
        ("Version 1", "", "Created."),
    ]
    assert [each["changes"] for each in told] == [
        [
            ["Temperature", "0.5", "not set"],
            ["Max tokens", "not set", "99"],
            ["Tags", "prose", "none"],
        ],
        [
            ["Alias", "writer", "author"],
            ["Name", "Writer", "Author"],
        ],
        [
            ["Connections", "one, two", "two, one"],
            ["Model", "fake-chat", "other"],
        ],
        [],
    ]
    now = revised.profile("author")
    assert (told[0]["at"], told[0]["by"]) == (now.modified.isoformat(), now.modified_by)


def test_what_differs_from_now_is_told_in_full(revised: Session, page_of: PageOf) -> None:
    """A value that was changed and changed back is no difference."""
    revised.edit_profile("author", connections="one,two")
    told = of_kind(page_of(ProfileForm("author", session=revised)).ask("history", compare=[1]), "panel")
    assert [each["table"] is not None for each in told["items"]] == [False, False, False, False, True]
    assert told["items"][-1]["table"]["rows"] == [
        ["Alias", "writer", "author"],
        ["Name", "Writer", "Author"],
        ["Model", "fake-chat", "other"],
        ["Temperature", "0.5", "not set"],
        ["Max tokens", "not set", "99"],
        ["Tags", "prose", "none"],
    ]


def test_of_a_long_prompt_the_history_shows_what_differs_and_the_comparison_all(
    stored: Session, page_of: PageOf
) -> None:
    """Fifty versions of a page-long prompt would fill a book, and the change may be in its last word."""
    page_long = "Be kind to whoever asks. " * 100
    stored.edit_profile("writer", options={"system": page_long + "Answer in verse."})
    stored.edit_profile("writer", options={"system": page_long + "Answer in prose."})
    page = page_of(ProfileForm("writer", session=stored))
    told = of_kind(page.ask("history"), "panel")["items"]
    assert told[0]["changes"] == [["System prompt", "…asks. Answer in verse.", "…asks. Answer in prose."]]
    assert told[1]["changes"][0] == [
        "System prompt",
        "Be kind.",
        "Be kind to whoever asks. Be kind to whoever asks. Be kind to whoever asks. Be ki…",
    ]
    told = of_kind(page.ask("history", compare=[2]), "panel")["items"]
    assert told[1]["table"]["rows"][0][2] == page_long + "Answer in prose."


def test_an_embedding_profile_has_the_names_of_its_own_options(session: Session, page_of: PageOf) -> None:
    """Each capability has its own options."""
    session.create_profile("search", connections="one", model="fake-embedding", capability="embedding")
    session.edit_profile("search", options={"dimensions": 256})
    told = of_kind(page_of(ProfileForm("search", session=session)).ask("history"), "panel")["items"]
    assert told[0]["changes"] == [["Dimensions", "not set", "256"]]


def test_a_text_that_no_page_can_read_is_made_readable(stored: Session, page_of: PageOf) -> None:
    """Half a letter, where a name was cut off, would otherwise keep the history from the page."""
    stored.edit_profile("writer", name="Half \ud83d")
    page = page_of(ProfileForm("writer", session=stored))
    told = of_kind(page.ask("history"), "panel")["items"]
    assert told[0]["changes"] == [["Name", "Writer", "Half \ufffd"]]


def test_a_roll_back_makes_a_new_version_and_the_form_goes_on_with_it(revised: Session, page_of: PageOf) -> None:
    """Everything is restored except the alias. The typed text is discarded, about which the page asked before, and the default
    stays."""
    revised.default_profile("author")
    page = page_of(ProfileForm("author", session=revised))
    page.ask("check", dirty=True, **draft(revised, "one", name="Typed"))
    told = of_kind(page.ask("rollback", to=1, version=4), "saved")
    assert (told["note"]["what"], told["version"]) == ("author is as it was in version 1. That is version 5.", 5)
    made = revised.profile("author")
    assert (made.version, made.name, made.model, made.tags) == (5, "Writer", "fake-chat", ("prose",))
    assert (list(made.connections), dict(made.options)) == (
        ids(revised, "one", "two"),
        {"temperature": 0.5, "system": "Be kind."},
    )
    assert page.widget.view["stored"]["version"] == 5
    assert of_kind(page.ask("hello"), "welcome")["draft"] is None
    assert revised.default_alias("chat") == "author"


def test_a_roll_back_shows_a_connection_that_is_gone_by_now(revised: Session, page_of: PageOf) -> None:
    """It is shown in its place, because the form can only remove a visible connection."""
    revised.edit_profile("author", connections="one")
    revised.delete("two", force=True)
    page = page_of(ProfileForm("author", session=revised))
    page.ask("rollback", to=1, version=5)
    view = page.widget.view
    assert [each["alias"] for each in view["connections"] if each["state"] == "gone"] == ["two"]
    assert len(view["stored"]["connections"]) == 2


def test_what_somebody_saved_meanwhile_is_not_rolled_back_unseen(revised: Session, page_of: PageOf) -> None:
    """A note says so, the form shows the new state, and nothing is overwritten."""
    page = page_of(ProfileForm("author", session=revised))
    revised.edit_profile("author", name="Theirs")
    (told,) = page.ask("rollback", to=1, version=4)
    assert (told["kind"], told["what"]) == ("note", "author was saved in the meantime. Nothing was rolled back.")
    assert revised.profile("author").name == "Theirs"
    assert page.widget.view["stored"]["version"] == 5


@pytest.mark.parametrize(
    ("intent", "content"),
    [
        ("history", {"compare": [9]}),
        ("rollback", {"to": 9, "version": 4}),
        ("history", {"compare": [True]}),
        ("rollback", {}),
    ],
)
def test_a_version_that_is_not_there_is_an_error(
    intent: str, content: dict[str, Any], revised: Session, page_of: PageOf
) -> None:
    """The answer is one note, and nothing is saved."""
    page = page_of(ProfileForm("author", session=revised))
    assert [each["kind"] for each in page.ask(intent, **content)] == ["note"]
    assert revised.profile("author").version == 4


def test_a_deleted_one_and_a_new_one_have_no_history_here(revised: Session, page_of: PageOf) -> None:
    """A roll back of a deleted profile first offers to restore it."""
    page = page_of(ProfileForm("author", session=revised))
    revised.delete_profile("author")
    assert [each["id"] for each in page.ask("history")] == ["ask"]
    assert [each["id"] for each in page.ask("rollback", to=1, version=4)] == ["ask"]
    assert page_of(ProfileForm(session=revised)).ask("history") == []


# ---- deleting ---------------------------------------------------------------------------------------------------------


def test_before_a_deletion_it_is_told_of_what_it_is_the_default(stored: Session, page_of: PageOf) -> None:
    """The question shows the current default and not that from when the form began."""
    page = page_of(ProfileForm("writer", session=stored))
    assert of_kind(page.ask("ask_delete"), "panel")["help"] == [
        ["Notebooks that use it will not find it. For 30 days, undelete restores it."]
    ]
    stored.default_profile("writer")
    (line,) = of_kind(page.ask("ask_delete"), "panel")["help"]
    assert line[0].startswith("It is the default for chat;")


def test_delete_and_undo_gives_back_the_default_too(stored: Session, page_of: PageOf) -> None:
    """The answer says what was lost, and the form continues with what is restored."""
    stored.default_profile("writer")
    told: list[Outcome] = []
    page = page_of(ProfileForm("writer", session=stored, on_done=told.append))
    gone = of_kind(page.ask("delete"), "note")
    assert (gone["what"], gone["lines"]) == (
        "Deleted writer.",
        ["writer was the default for chat; there is none now."],
    )
    assert (stored.profile_aliases(), stored.default_alias("chat")) == ([], "")
    assert [(each.kind, each.alias, each.gone.used) for each in told if each.gone] == [("deleted", "writer", True)]
    assert of_kind(page.ask("restore"), "saved")["note"]["what"] == "writer is back."
    assert (stored.profile_aliases(), stored.default_alias("chat")) == (["writer"], "writer")
    assert page.widget.view["stored"]["active"] is True


def test_undo_brings_back_just_what_was_deleted_here(stored: Session, page_of: PageOf) -> None:
    """It does not restore what another user has deleted since under the same alias, which would become the default."""
    stored.default_profile("writer")
    page = page_of(ProfileForm("writer", session=stored))
    mine = stored.profile("writer")
    page.ask("delete")
    stored.create_profile("writer", connections="one", model="somebody-elses-model")
    stored.delete_profile("writer")
    page.ask("restore")
    assert stored.profile("writer") == mine
    assert stored.default_alias("chat") == "writer"


def test_a_version_that_is_no_number_is_nobodys_fault_but_the_pages(stored: Session, page_of: PageOf) -> None:
    """Such a version counts as none, because another user may have saved meanwhile."""
    page = page_of(ProfileForm("writer", session=stored))
    before = stored.profile("writer")
    for version in ([], {}, "1", None):
        answers = page.ask("save", **{**draft(stored, "one"), "version": version})
        assert not has_internal_error(json.dumps(answers))
    assert stored.profile("writer") == before


def test_undo_leaves_the_default_with_who_became_it_meanwhile(stored: Session, page_of: PageOf) -> None:
    """A profile that was no default does not become one."""
    stored.create_profile("critic", connections="one", model="m", default=True)
    page = page_of(ProfileForm("critic", session=stored))
    page.ask("delete")
    stored.default_profile("writer")
    page.ask("restore")
    assert stored.default_alias("chat") == "writer"
    stored.no_default_profile("chat")
    page.ask("delete")
    page.ask("restore")
    assert stored.default_alias("chat") == ""


def test_an_undo_that_is_not_possible_any_more_says_why(stored: Session, page_of: PageOf) -> None:
    """Another profile has the alias by then, and nothing is overwritten."""
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("delete")
    stored.create_profile("writer", connections="two", model="theirs")
    (told,) = page.ask("restore")
    assert (told["kind"], "writer" in told["what"]) == ("note", True)
    assert stored.profile("writer").model == "theirs"


def test_undo_of_what_somebody_else_brought_back_is_no_error(stored: Session, page_of: PageOf) -> None:
    """The profile is back, which is the wanted result."""
    page = page_of(ProfileForm("writer", session=stored))
    page.ask("delete")
    stored.undelete_profile("writer")
    assert of_kind(page.ask("restore"), "saved")["note"]["what"] == "writer is back."


# ---- while one types --------------------------------------------------------------------------------------------------


def test_the_alias_is_checked_while_one_types(stored: Session, page_of: PageOf) -> None:
    """The alias is made from the name, and a free one is offered if it is taken. The profile's own alias does not count as
    taken."""
    page = page_of(ProfileForm(session=stored))
    told = of_kind(page.ask("check", dirty=True, **draft(stored, "one", name="Writer")), "checked")["alias"]
    assert (told["value"], bool(told["problem"]), told["free"]) == ("writer", True, "writer-2")
    edits = page_of(ProfileForm("writer", session=stored))
    assert of_kind(edits.ask("check", **draft(stored, "one")), "checked")["alias"]["problem"] == ""


def test_connections_are_told_again_only_where_they_differ(session: Session, page_of: PageOf) -> None:
    """The kernel knows which of them a page has."""
    page = page_of(ProfileForm(session=session))
    first = of_kind(page.ask("check", **draft(session, "one")), "checked")
    assert len(first["connections"]) == 3
    again = of_kind(page.ask("check", **draft(session, "one")), "checked")
    assert "connections" not in again
    session.disable("one")
    third = of_kind(page.ask("check", **draft(session, "one")), "checked")
    assert [each["state"] for each in third["connections"] if each["alias"] == "one"] == ["inactive"]


def test_what_was_typed_comes_back_after_a_reload_and_is_in_no_state(stored: Session, page_of: PageOf) -> None:
    """It comes back until it is saved or cancelled."""
    page = page_of(ProfileForm("writer", session=stored))
    typed = draft(stored, "two", "one", name="Canary name", model="canary-model", temperature="1.5")
    page.ask("check", dirty=True, **typed)
    kept = of_kind(page.ask("hello"), "welcome")["draft"]
    assert (kept["name"], kept["connections"]) == ("Canary name", ids(stored, "two", "one"))
    assert (kept["fields"]["model"], kept["fields"]["temperature"]) == ("canary-model", "1.5")
    assert "anary" not in json.dumps(page.widget.get_state(), default=str)
    page.ask("cancel")
    assert of_kind(page.ask("hello"), "welcome")["draft"] is None


def test_what_somebody_else_does_meanwhile_is_told_while_one_types(stored: Session, page_of: PageOf) -> None:
    """The answer says whether the profile was saved or deleted."""
    page = page_of(ProfileForm("writer", session=stored))
    stored.edit_profile("writer", model="theirs")
    told = of_kind(page.ask("check", dirty=True, **draft(stored, "one", name="Mine")), "checked")
    assert told["meanwhile"]["mark"] == "2"
    stored.delete_profile("writer")
    told = of_kind(page.ask("check", dirty=True, **draft(stored, "one", name="Mine")), "checked")
    assert told["meanwhile"]["mark"] == "gone"


# ---- the model --------------------------------------------------------------------------------------------------------


def test_the_models_are_those_of_the_first_connection_for_the_capability(session: Session, page_of: PageOf) -> None:
    """A thread asks for them, and they are suggestions."""
    page = page_of(ProfileForm(session=session))
    told = listed(page, session, "one")
    assert [each["id"] for each in told["models"]] == ["fake-chat"]
    assert told["line"] == "one lists 1 model for chat."
    assert [each["id"] for each in listed(page, session, "one", capability="embedding")["models"]] == ["fake-embedding"]


def test_a_list_that_was_had_is_not_asked_for_again(session: Session, provider: Plain, page_of: PageOf) -> None:
    """It is requested again on demand, or if the connection was saved since."""
    page = page_of(ProfileForm(session=session))

    def asked() -> int:
        return [call.verb for call in provider.calls].count("models")

    listed(page, session, "one")
    listed(page, session, "one", capability="embedding")
    assert asked() == 1
    listed(page, session, "one", again=True)
    assert asked() == 2
    session.edit("one", name="Uno")
    listed(page, session, "one")
    assert asked() == 3


def test_a_list_that_cannot_be_had_is_said_with_what_to_do_and_blocks_nothing(
    session: Session, provider: Plain, page_of: PageOf
) -> None:
    """The answer has the provider's words. Any model can be saved, and another attempt may work."""
    provider.failures["models"] = FailureKind.UNREACHABLE
    page = page_of(ProfileForm(session=session))
    told = listed(page, session, "one")
    assert "models" not in told
    assert told["line"].startswith(
        "one cannot be asked for its models now: unreachable: the fake fails on purpose (asked 3"
    )
    assert told["line"].endswith(" Any name can be typed.")
    page.ask("save", **draft(session, "one", model="anything"))
    assert session.profile("writer").model == "anything"
    provider.failures.clear()
    assert [each["id"] for each in listed(page, session, "one", again=True)["models"]] == ["fake-chat"]


def test_the_models_of_a_deleted_connection_are_an_error(session: Session, page_of: PageOf) -> None:
    """The page waits for an answer that names its connection."""
    page = page_of(ProfileForm(session=session))
    gone = session.get("one").id
    session.delete("one")
    told = of_kind(page.ask("models", id=gone, capability="chat"), "models")
    assert (told["id"], "models" in told, bool(told["line"])) == (gone, False, True)


def test_an_endpoint_without_a_list_says_so(session: Session, provider: Plain, page_of: PageOf) -> None:
    """The user then types the model."""
    provider.has_models = False
    told = listed(page_of(ProfileForm(session=session)), session, "one")
    assert "models" not in told
    assert ListNotOffered(alias="one").hint in told["line"]


def test_an_error_of_a_plug_in_is_told_without_the_key_in_it(
    session: Session, provider: Plain, page_of: PageOf
) -> None:
    """The text of such an error may quote a key."""
    provider.models = Broken()  # type: ignore[method-assign,assignment]
    page = page_of(ProfileForm(session=session))
    told = listed(page, session, "one")
    assert told["line"]
    assert KEY not in page.everything


class Broken:
    """A method that raises an unexpected error."""

    def __call__(self, client: Any) -> list[Model]:
        raise RuntimeError(f"The key {KEY} is wrong")


def test_a_model_that_is_not_offered_is_a_warning_while_one_types_and_after_the_save(
    session: Session, page_of: PageOf
) -> None:
    """The warning names the nearest model, and the profile is saved all the same."""
    page = page_of(ProfileForm(session=session))
    assert of_kind(page.ask("check", **draft(session, "one", model="fake-chatt")), "checked")["model"] == ""
    listed(page, session, "one")
    told = of_kind(page.ask("check", **draft(session, "one", model="fake-chatt")), "checked")
    assert told["model"].startswith("one ")
    assert "'fake-chat'" in told["model"]
    saved = of_kind(page.ask("save", **draft(session, "one", model="fake-chatt")), "saved")
    assert "fake-chatt" in saved["note"]["lines"][0]
    assert session.profile("writer").model == "fake-chatt"


# ---- a model per connection -------------------------------------------------------------------------------------------


def test_each_connection_may_have_its_own_model(session: Session, page_of: PageOf) -> None:
    """The model is saved with the profile, shown again, changed and removed. The other connections use the profile's model."""
    page = page_of(ProfileForm(session=session))
    (two,) = ids(session, "two")
    page.ask("save", **draft(session, "one", "two", models={two: " fake-small ", "unknown": "x"}))
    assert dict(session.profile("writer").models) == {two: "fake-small"}
    form = ProfileForm("writer", session=session)
    assert form.view["stored"]["models"] == {two: "fake-small"}
    page = page_of(form)
    page.ask("save", **draft(session, "one", "two", models={two: "fake-large"}, version=1))
    assert dict(session.profile("writer").models) == {two: "fake-large"}
    page.ask("save", **draft(session, "one", "two", models={}, version=2))
    assert dict(session.profile("writer").models) == {}
    assert session.profile("writer").model == "fake-chat"


def test_a_profile_needs_no_model_if_each_connection_has_one(session: Session, page_of: PageOf) -> None:
    """Otherwise the problem belongs to the profile's model and names the connections without one."""
    page = page_of(ProfileForm(session=session))
    one, two = ids(session, "one", "two")
    told = page.ask("save", **draft(session, "one", "two", model="", models={one: "a"}))
    problem = of_kind(told, "failed")["problems"]["model"]
    assert "two" in problem
    assert "one," not in problem
    page.ask("save", **draft(session, "one", "two", model="", models={one: "a", two: "b"}))
    assert dict(session.profile("writer").models) == {one: "a", two: "b"}


def test_a_key_as_the_model_of_a_connection_is_refused_and_forgotten(session: Session, page_of: PageOf) -> None:
    """The problem belongs to the connections, and a reloaded page does not get the key."""
    form = ProfileForm(session=session)
    page = page_of(form)
    (one,) = ids(session, "one")
    told = page.ask("save", **draft(session, "one", models={one: KEY}))
    assert list(of_kind(told, "failed")["problems"]) == ["connections"]
    assert session.profile_aliases() == []
    page.ask("check", dirty=True, **draft(session, "one", models={one: KEY}))
    assert of_kind(page.ask("hello"), "welcome")["draft"]["models"] == {}
    assert KEY not in json.dumps(page.sent)


def test_a_conflict_includes_the_models_of_the_connections(stored: Session, page_of: PageOf) -> None:
    """The page asks about the connections and their models as one field."""
    page = page_of(ProfileForm("writer", session=stored))
    stored.edit_profile("writer", connections="one=theirs,two")
    (two,) = ids(stored, "two")
    told = of_kind(page.ask("save", **draft(stored, "one", "two", models={two: "mine"}, version=1)), "panel")
    (side,) = told["inputs"]
    assert (side["name"], [each[2] for each in side["choices"]]) == (
        "field-connections",
        ["one → two=mine", "one=theirs → two"],
    )


def test_an_unlisted_model_is_noted_where_it_is_set_or_used(session: Session, page_of: PageOf) -> None:
    """A connection's own model is noted at the connection. The profile's model is noted at its field for the first connection that
    uses it, and otherwise at the fallback."""
    page = page_of(ProfileForm(session=session))
    one, two = ids(session, "one", "two")
    listed(page, session, "one")
    listed(page, session, "two")
    told = of_kind(
        page.ask("check", **draft(session, "one", "two", model="nowhere", models={one: "fake-chatt"})), "checked"
    )
    assert told["models"][one].startswith("one does not list this model.")
    assert told["model"].startswith("two does not list this model.")
    told = of_kind(page.ask("check", **draft(session, "one", "two", model="nowhere")), "checked")
    assert told["model"].startswith("one does not list this model.")
    assert told["models"] == {two: told["models"][two]}
    assert told["models"][two].startswith("two does not list nowhere.")


def test_a_mapping_of_models_that_is_none_is_refused(session: Session, page_of: PageOf) -> None:
    """A page that sends this is faulty, and nothing is saved."""
    page = page_of(ProfileForm(session=session))
    page.ask("save", **draft(session, "one", models=["fake-chat"]))
    assert session.profile_aliases() == []
