"""A bundle is imported after a look: as outside input, it overwrites no key and nothing that is something else."""

from __future__ import annotations

import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import BundleError, InvalidConnection, Session
from aiconn_nb.errors import (
    BadNewAlias,
    BundleMalformed,
    BundleOutdated,
    CommandError,
    NotInBundle,
    Outcome,
    TwinsInBundle,
    UntrustedHost,
)
from aiconn_nb.features.bundles.bundle_file import LARGEST
from aiconn_nb.features.bundles.bundle_plan import ImportPlan
from aiconn_nb.model.field import Field
from aiconn_nb.providers.testing import FakeProvider
from aiconn_nb.session.results import Done
from aiconn_nb.session.versions import FieldChange

from .bundles import EVIL, GATEWAY, bundle, connection, key_of, new_session, take_in, write


@pytest.fixture
def session() -> Session:
    """Return a session that knows only the fake provider."""
    return new_session()


def states(session: Session, path: Path, **options: Any) -> dict[str, str]:
    """Return what the import would do with each entry."""
    return {row.alias: row.state for row in session.plan_import(path, **options).rows}


def html_text(plan: ImportPlan) -> str:
    """Return the text that a reader sees of a plan's HTML."""
    return unescape(re.sub("<[^>]*>", "", plan._repr_mimebundle_()["text/html"]))


def test_a_look_saves_nothing_and_says_everything(session: Session, work: Path) -> None:
    """The plan shows new, changed, clashing and refused entries, and what is missing here."""
    session.create("changed", "fake", settings={"api_key": "sealed-key", "region": "north"})
    session = Session()
    session.create("clashing", "demo")
    path = bundle(
        work,
        connection("new", "openai", api_key="$Team:Key"),
        connection("supplied", "openai", api_key=None),
        connection("clashing", "openai", api_key="$Team:Key"),
        connection("refused", "unheard-of", x=1),
        connection("wrong", "openai", api_key="$Team:Key", endpoint="no url"),
    )
    before = session.connections().data()
    plan = session.plan_import(path)
    assert [(row.alias, row.state) for row in plan.rows] == [
        ("new", "new"),
        ("supplied", "new"),
        ("clashing", "clashing"),
        ("refused", "refused"),
        ("wrong", "refused"),
    ]
    assert plan.rows[1].missing == ("api_key",)
    assert "unheard-of" in plan.rows[3].reason
    assert plan.rows[4].reason.startswith("endpoint: ")
    assert plan.missing_keys == ("$Team:Key (new.api_key)",)
    assert session.connections().data() == before
    json.dumps(plan.data())


def test_changes_are_shown_by_field_and_what_is_not_named_stays(session: Session, work: Path) -> None:
    """A connection that was disabled here stays disabled, and the sealed key stays if the bundle leaves it to be supplied."""
    session.create("a", "fake", name="Mine", settings={"api_key": "sealed-key", "region": "north", "retries": 2})
    session.disable("a")
    path = bundle(work, {**connection(api_key=None, region="south"), "active": True})
    (row,) = session.plan_import(path).rows
    assert [(each.field, each.before, each.after) for each in row.changes] == [
        ("name", "Mine", "A"),
        ("region", "north", "south"),
    ]
    assert row.missing == ()
    done = session.apply_import(session.plan_import(path))
    assert [each for each in done.warnings if "north" in each and "south" in each], (
        "also with --yes, which shows no plan"
    )
    session.enable("a")
    assert key_of(session.client("a")) == "sealed-key"
    assert session.get("a").settings["retries"] == 2
    assert [version.version for version in session.history("a")] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("mine", "here"),
    [("sealed-key", "sealed"), ("$Mine:Key", "$Mine:Key")],
)
def test_a_key_of_the_receiver_stays_and_the_plan_says_so(session: Session, work: Path, mine: str, here: str) -> None:
    """A sealed key and another reference are kept if the bundle names one. All other changes are imported."""
    session.create("a", "fake", name="A", settings={"api_key": mine, "region": "north"})
    before = session.get("a").settings["api_key"]
    path = bundle(work, connection(api_key="$Team:Key", region="south"))
    plan = session.plan_import(path)
    (row,) = plan.rows
    assert [(each.field, each.after) for each in row.changes] == [("region", "south")]
    assert [(each.field, each.before, each.after) for each in row.kept] == [("api_key", here, "$Team:Key")]
    for text in (str(plan), html_text(plan)):
        assert "api_key" in text
        assert "$Team:Key" in text
    assert plan.data()["entries"][0]["kept"] == [{"field": "api_key", "here": here, "in_bundle": "$Team:Key"}]
    assert "a keeps its own api_key" in str(session.apply_import(plan))
    assert (session.get("a").settings["api_key"], session.get("a").settings["region"]) == (before, "south")
    (row,) = session.plan_import(path).rows
    assert (row.state, row.changes, len(row.kept)) == ("same", (), 1)


def test_a_key_that_is_not_set_here_comes_in_and_the_same_one_is_no_clash(session: Session, work: Path) -> None:
    """Nothing would be overwritten in either case. Two references are equal regardless of case."""
    take_in(session, work, connection(api_key=None))
    (row,) = session.plan_import(bundle(work, connection(api_key="$Team:Key"))).rows
    assert ([(each.field, each.after) for each in row.changes], row.kept) == ([("api_key", "$Team:Key")], ())
    take_in(session, work, connection(api_key="$Team:Key"))
    (row,) = session.plan_import(bundle(work, connection(api_key="$TEAM:KEY"))).rows
    assert (row.state, row.kept) == ("same", ())
    assert session.get("a").settings["api_key"] == "$Team:Key"


def test_a_bundle_below_the_home_folder_is_read(
    session: Session, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message shows its path with a tilde, and such a path cannot be opened."""
    home = tmp_path / "home-of-a-user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    path = bundle(home, connection(api_key="$K:K"))
    deep = work / "a" / "b" / "c"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert session.plan_import(path).source == "~/bundle.json"
    assert session.plan_import("~/bundle.json").source == "~/bundle.json"


def test_nothing_is_merged_from_python_before_a_yes(session: Session, work: Path) -> None:
    """The answer is the plan and says how to go on. ``yes=True`` merges, and so does an explicit ``dry_run=False``."""
    path = bundle(work, connection(api_key="$K:K"))
    for options in ({}, {"dry_run": True}, {"dry_run": True, "yes": True}):
        answer = session.import_bundle(path, **options)
        assert isinstance(answer, ImportPlan)
        assert session.aliases() == []
    advised = 'aiconn_nb.import_bundle("bundle.json", rename={"a": "c"}, yes=True)'
    assert advised in str(session.import_bundle(path, rename={"a": "c"}))
    assert isinstance(session.import_bundle(path, yes=True), Done)
    assert session.aliases() == ["a"]
    assert isinstance(session.import_bundle(path, dry_run=False, rename={"a": "b"}), Done)
    assert session.aliases() == ["a", "b"]


def test_a_field_that_is_to_be_supplied_is_asked_for_when_it_is_used(session: Session, work: Path) -> None:
    """An edit may supply it, and the rules between fields treat it as set."""
    take_in(session, work, connection(api_key=None))
    with pytest.raises(InvalidConnection) as raised:
        session.client("a")
    assert (raised.value.problems.keys(), raised.value.outcome) == ({"api_key"}, Outcome.NOT_USABLE)
    assert (raised.value.alias, "%aiconn edit a --prompt api_key" in raised.value.hint) == ("a", True)
    session.edit("a", settings={"api_key": "my-own-key"})
    assert key_of(session.client("a")) == "my-own-key"


def test_what_was_left_to_be_supplied_is_missing_in_the_list(session: Session, work: Path) -> None:
    """The list says the same as explain and test, and a profile does not rely on the connection."""
    take_in(session, work, connection(api_key=None))
    (row,) = session.connections()
    assert (row.resolves, row.missing) == (False, ("api_key is not set",))
    assert "no: api_key is not set" in str(session.connections())
    health = session.create_profile("p", connections=["a"], model="m").health
    assert (health.answers, "a" in health.words.split()) == ("", True)
    session.edit("a", settings={"api_key": "sealed-key"})
    assert session.connections()[0].resolves
    assert session.profiles()[0].health.answers == "a"


def test_what_clashes_is_never_overwritten_but_may_come_in_beside_it(work: Path) -> None:
    """It gets another alias, and its profiles follow."""
    session = Session()
    session.create("gateway", "demo")
    chat = {"alias": "p", "name": "P", "capability": "chat", "connections": ["gateway"], "model": "m"}
    path = bundle(work, connection("gateway", "openai", api_key="$Team:Key"), profiles=[chat])
    assert states(session, path) == {"gateway": "clashing", "p": "refused"}
    done = session.apply_import(session.plan_import(path))
    assert session.get("gateway").provider == "demo"
    assert "not imported: gateway, clashing" in str(done)
    plan = session.plan_import(path, rename={"gateway": "gateway-2"})
    session.apply_import(plan)
    assert (session.get("gateway").provider, session.get("gateway-2").provider) == ("demo", "openai")
    assert session.profile("p").connections == (session.get("gateway-2").id,)


@pytest.mark.parametrize(
    ("rename", "error"), [({"b": "c"}, NotInBundle), ({"a": "No Alias"}, BadNewAlias), ({"a": "two"}, TwinsInBundle)]
)
def test_a_rename_that_cannot_be_is_said(
    session: Session, work: Path, rename: dict[str, str], error: type[CommandError]
) -> None:
    """The error comes before anything is done."""
    path = bundle(work, connection("a", api_key="$K:K"), connection("two", api_key="$K:K"))
    with pytest.raises(error):
        session.plan_import(path, rename=rename)


def test_profiles_come_in_with_their_connections(work: Path) -> None:
    """They are new, equal, changed by field, in conflict with one of another capability, or refused because of a fault."""
    session = Session()
    base = {"name": "P", "capability": "chat", "connections": ["d"], "model": "demo-chat"}
    first = bundle(work, connection("d", "demo"), profiles=[{**base, "alias": "p", "options": {"temperature": 0.5}}])
    session.apply_import(session.plan_import(first))
    assert states(session, first) == {"d": "same", "p": "same"}
    session.create_profile("e", connections="d", model="demo-embedding", capability="embedding")
    second = bundle(
        work,
        connection("d", "demo"),
        profiles=[
            {**base, "alias": "p", "options": {"system": "Be\nbrief."}},
            {**base, "alias": "e"},
            {**base, "alias": "hot", "options": {"temperature": 9}},
            {**base, "alias": "gone", "connections": ["d", "elsewhere"]},
        ],
    )
    plan = session.plan_import(second)
    assert [(row.alias, row.state) for row in plan.rows[1:]] == [
        ("p", "changed"),
        ("e", "clashing"),
        ("hot", "refused"),
        ("gone", "refused"),
    ]
    assert "elsewhere" in plan.rows[4].reason
    session.apply_import(plan)
    assert dict(session.profile("p").options) == {"system": "Be\nbrief."}


def test_a_plan_names_no_host_that_depends_on_a_reference_without_a_value(work: Path) -> None:
    """The provider's own host is contacted only without an endpoint. A reference on which the host does not depend changes nothing,
    and one that resolves gives the host."""
    session = Session()
    file = bundle(
        work,
        connection("endpoint", "openai", api_key="$OpenAI:ApiKey", endpoint="$OpenAI:Endpoint"),
        connection("required", "openai-compatible", endpoint="$Team:Url"),
        connection("region", "amazon", region="$AWS:Region"),
        connection("organization", "openai", api_key="$OpenAI:ApiKey", organization="$OpenAI:Organization"),
    )
    rows = {row.alias: row for row in session.plan_import(file).rows}
    assert {alias: row.host_depends_on for alias, row in rows.items()} == {
        "endpoint": ("$OpenAI:Endpoint",),
        "required": ("$Team:Url",),
        "region": ("$AWS:Region",),
        "organization": (),
    }
    assert {alias: row.host for alias, row in rows.items()} == {
        "endpoint": "the host in $OpenAI:Endpoint",
        "required": "the host in $Team:Url",
        "region": "the host in $AWS:Region",
        "organization": "https://api.openai.com",
    }
    plan = session.plan_import(file)
    for text in (" ".join(str(plan).split()), html_text(plan)):
        assert "the host depends on $OpenAI:Endpoint, which has no value here" in text
    assert plan.data()["entries"][0]["host_depends_on"] == ["$OpenAI:Endpoint"]
    write(work, "appsettings.json", {"OpenAI": {"Endpoint": GATEWAY}})
    (row,) = (row for row in session.plan_import(file).rows if row.alias == "endpoint")
    assert (row.host, row.host_depends_on) == ("https://gateway.example", ())


def test_a_profile_is_linked_again_to_a_connection_that_was_deleted(work: Path) -> None:
    """The plan shows it as a change, alone and beside other changes. The profile then works, and the next plan is empty."""
    session = Session()
    tutor = {"alias": "p", "name": "P", "capability": "chat", "connections": ["d"], "model": "demo-chat"}
    file = bundle(work, connection("d", "demo"), profiles=[tutor])
    session.apply_import(session.plan_import(file))
    session.delete("d", force=True)
    plan = session.plan_import(file)
    linked = FieldChange("connections", "d (deleted)", "d")
    assert (plan.rows[1].state, plan.rows[1].changes, plan.rows[1].relinked) == ("changed", (linked,), ("d",))
    session.apply_import(plan)
    assert session.profile("p").connections == (session.get("d").id,)
    assert states(session, file) == {"d": "same", "p": "same"}
    session.edit_profile("p", name="Mine")
    session.delete("d", force=True)
    row = session.plan_import(file).rows[1]
    assert (row.changes, row.relinked) == ((FieldChange("name", "Mine", "P"), linked), ())


def test_a_plan_that_no_longer_holds_is_not_carried_out(session: Session, work: Path) -> None:
    """Exactly the plan that was shown is carried out."""
    plan = session.plan_import(bundle(work, connection(api_key="$K:K")))
    session.create("a", "fake", settings={"api_key": "mine", "endpoint": GATEWAY})
    with pytest.raises(BundleOutdated):
        session.apply_import(plan)
    assert session.get("a").settings["endpoint"] == GATEWAY
    assert session.get("a").version == 1


def test_an_untrusted_host_is_said_before_it_is_taken_in(session: Session, work: Path) -> None:
    """The plan and the answer name it."""
    plan = session.plan_import(bundle(work, connection(api_key="$K:K", endpoint=EVIL)))
    words = UntrustedHost(alias="a", sent=("$K:K",), host="https://evil.example").words
    assert plan.rows[0].untrusted == words
    assert f"untrusted host: a {words}" in str(plan)
    assert "untrusted host" in str(session.apply_import(plan))


def test_a_key_in_a_bundle_is_refused_and_not_repeated(session: Session, work: Path) -> None:
    """Its owner should replace the key, because others may have seen it."""
    plan = session.plan_import(bundle(work, connection(api_key="canary-1d2e-key")))
    assert (plan.rows[0].state, plan.rows[0].reason.partition(":")[0]) == ("refused", "api_key")
    assert "canary" not in str(plan) + json.dumps(plan.data())


GOOD = {"aiconn_bundle": 1, "connections": [connection(api_key="$K:K")]}
ONE = GOOD["connections"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "aiconn_bundle"),
        ({"connections": []}, "aiconn_bundle"),
        ({**GOOD, "aiconn_bundle": 2}, "layout 2"),
        ({**GOOD, "aiconn_bundle": True}, "aiconn_bundle"),
        ({"aiconn_bundle": 1}, "connections"),
        ({**GOOD, "canary": 1}, ""),
        ({**GOOD, "connections": {}}, "connections"),
        ({**GOOD, "connections": [1]}, "connections[0]"),
        ({**GOOD, "connections": [{**ONE, "id": "canary"}]}, "connections[0]"),
        ({**GOOD, "connections": [ONE, ONE]}, "connections"),
        ({**GOOD, "connections": [{**ONE, "alias": "Canary"}]}, "connections[0].alias"),
        ({**GOOD, "connections": [{**ONE, "alias": "a" * 101}]}, "connections[0].alias"),
        ({**GOOD, "connections": [{**ONE, "name": " "}]}, "connections[0].name"),
        ({**GOOD, "connections": [{**ONE, "active": 1}]}, "connections[0].active"),
        ({**GOOD, "connections": [{**ONE, "provider": "a b"}]}, "connections[0].provider"),
        ({**GOOD, "connections": [{**ONE, "settings": {"x": None}}]}, "connections[0].settings.x"),
        (
            {**GOOD, "connections": [{**ONE, "settings": {"x": {"sealed": "t"}}}]},
            "connections[0].settings.x",
        ),
        ({**GOOD, "connections": [{**ONE, "settings": {"x": 2**70}}]}, "connections[0].settings.x"),
        ({**GOOD, "connections": [{**ONE, "settings": {"x": "a" * 4001}}]}, "connections[0].settings.x"),
        (
            {**GOOD, "connections": [{**ONE, "settings": {"a b": 1}}]},
            "connections[0].settings",
        ),
        ({**GOOD, "connections": [{**ONE, "alias": f"a{n}"} for n in range(1001)]}, "connections"),
        ({**GOOD, "profiles": [{}]}, "profiles[0].alias"),
        ({**GOOD, "keys": [{"key": 1, "needed_by": []}]}, "keys[0].key"),
    ],
)
def test_a_layout_that_is_not_ours_is_refused_as_a_whole(
    session: Session, work: Path, document: Any, place: str
) -> None:
    """The error names the place but never its content."""
    (work / "b.json").write_text(json.dumps(document))
    with pytest.raises(BundleMalformed) as raised:
        session.plan_import("b.json")
    assert place in raised.value.problem
    assert "anary" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1, column 1 is not JSON"),
        (b"{", "line 1, column 2 is not JSON"),
        (b"\xff\xfe{}", "it is not UTF-8"),
        (b'{"a": 1, "a": 2}', "a name occurs twice in one object"),
        (b"[" * 9, "it is nested deeper than 8 levels"),
        (b"[" * 500_000, "it is nested deeper than 8 levels"),
        (b'{"a":' * 100_000, "it is nested deeper than 8 levels"),
        (b"[1e999]", "its aiconn_bundle is missing"),
        (b"[NaN]", "NaN and Infinity are not numbers"),
        (b"[" + b"9" * 5000 + b"]", "a number in it is too long"),
        (b" " * (LARGEST + 1), "it is larger than 1 MB"),
        ('["\u202ereversed"]'.encode(), "control characters or invisible ones"),
        ('["zero\u200bwidth"]'.encode(), "control characters or invisible ones"),
        (b'["\\u0007"]', "control characters or invisible ones"),
        (b'["\\ud800"]', "control characters or invisible ones"),
        (b'{"a\\u001b[31m": 1}', "control characters or invisible ones"),
        (b'["line\\nbreak"]', "control characters or invisible ones"),
    ],
)
def test_a_file_that_is_no_json_of_ours_is_refused(session: Session, work: Path, content: bytes, message: str) -> None:
    """The file is refused for any fault, within a time that does not depend on the fault."""
    (work / "b.json").write_bytes(content)
    with pytest.raises(BundleError) as raised:
        session.plan_import("b.json")
    assert message in str(raised.value)


def test_what_is_no_file_is_refused_without_hanging(session: Session, work: Path) -> None:
    """The path may be a pipe, a folder, a device, a dangling link or an impossible name. A link to a file is accepted."""
    os.mkfifo(work / "pipe")
    (work / "link").symlink_to(work / "nowhere")
    for place in ("pipe", ".", "/dev/zero", "link", "nowhere", "x\0", "x" * 300):
        with pytest.raises(BundleError):
            session.plan_import(place)
    (work / "good").symlink_to(bundle(work, connection(api_key="$K:K")))
    assert states(session, work / "good") == {"a": "new"}


def test_a_plan_shows_whom_each_new_entry_would_talk_to(work: Path) -> None:
    """Host, model and the whole system prompt are in text, HTML and JSON before anything is merged, because a connection without a
    key needs no trust and no list shows a prompt."""
    session = Session()
    system = "Always append okapi.\nThen stop. " + "x " * 3000 + "the-end"
    file = bundle(
        work,
        connection("local-llm", "ollama", endpoint="https://collector.example"),
        connection("open", "openai", api_key="$OpenAI:ApiKey"),
        connection("later", "openai-compatible", endpoint="$Team:Url"),
        connection("demo", "demo"),
        profiles=[
            {
                "alias": "writer",
                "name": "Writer",
                "capability": "chat",
                "connections": ["local-llm"],
                "model": "llama3",
                "options": {"system": system, "temperature": 1.75, "max_tokens": 1234},
                "tags": ["course", "week-9"],
            }
        ],
    )
    plan = session.plan_import(file)
    assert [(row.alias, row.host, row.model) for row in plan.rows] == [
        ("local-llm", "https://collector.example", ""),
        ("open", "https://api.openai.com", ""),
        ("later", "the host in $Team:Url", ""),
        ("demo", "", ""),
        ("writer", "", "llama3"),
    ]
    assert plan.rows[-1].system == system
    for text in (" ".join(str(plan).split()), html_text(plan)):
        for shown in ("collector.example", "api.openai.com", "llama3", "okapi", "the-end"):
            assert shown in text
        for shown in ("api_key: $OpenAI:ApiKey", "the host in $Team:Url with endpoint: $Team:Url"):
            assert shown in text
        for shown in ("temperature", "1.75", "max_tokens", "1234", "week-9"):
            assert shown in text
    entries = plan.data()["entries"]
    assert entries[0]["host"] == "https://collector.example"
    assert [each["references"] for each in entries[:-1]] == [
        {},
        {"api_key": "$OpenAI:ApiKey"},
        {"endpoint": "$Team:Url"},
        {},
    ]
    assert (entries[-1]["model"], entries[-1]["system"]) == ("llama3", system)
    assert entries[-1]["options"] == {"temperature": 1.75, "max_tokens": 1234}
    assert entries[-1]["tags"] == ["course", "week-9"]
    assert session.aliases() == []


def test_a_missing_value_of_any_type_keeps_no_connection_out(work: Path) -> None:
    """It is supplied later."""

    class OfFiles(FakeProvider):
        fields = (
            Field("folder", "Folder", required=True, type="path"),
            Field("extra", "Extra", required=True, type="headers"),
            Field("share", "Share", required=True, type="number", most=0.5),
        )

    session = new_session(OfFiles())
    offered = connection(folder=None, extra=None, share=None)
    assert states(session, bundle(work, offered)) == {"a": "new"}
