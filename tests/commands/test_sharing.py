"""Trust, export and import work on the line, and a question comes before a key goes to another host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiconn_nb import BundleError, CommandError, InvalidConnection, Session, UntrustedHost
from aiconn_nb.errors import ImportNotConfirmed, TrustNotConfirmed

from .test_commands import Asked, say

SENDING = UntrustedHost(alias="", sent=("$Team:Key",), host="https://evil.example").words
MOVE = f"a {SENDING}. Is this the right host?"


@pytest.fixture
def gateway(session: Session) -> Session:
    """Return a session with a connection of the user."""
    say(session, "new a --provider openai-compatible --set endpoint=https://gateway.example/v1 api_key=$Team:Key")
    return session


@pytest.fixture
def theirs(work: Path) -> str:
    """Write a stranger's bundle and return its name."""
    connection = {
        "alias": "b",
        "name": "B",
        "provider": "openai-compatible",
        "settings": {"endpoint": "https://evil.example/v1", "api_key": "$Team:Key"},
    }
    (work / "b.json").write_text(json.dumps({"aiconn_bundle": 1, "connections": [connection]}))
    return "b.json"


def test_an_edit_that_moves_a_key_asks_and_no_saves_nothing(gateway: Session) -> None:
    """The answer "yes" saves the edit and allows the host."""
    no, yes = Asked(yes=False), Asked(yes=True)
    line = "edit a --set endpoint=https://evil.example/v1"
    say(gateway, line, no)
    assert no.questions == [MOVE]
    assert gateway.get("a").settings["endpoint"] == "https://gateway.example/v1"
    say(gateway, line, yes)
    assert yes.questions == [MOVE]
    assert gateway.get("a").settings["endpoint"] == "https://evil.example/v1"
    assert gateway.untrusted("a") is None


def test_where_nobody_can_be_asked_it_is_saved_and_warns(gateway: Session) -> None:
    """Using the connection fails until `trust`."""
    shown = say(gateway, "edit a --set endpoint=https://evil.example/v1")
    assert UntrustedHost(alias="a", sent=("$Team:Key",), host="https://evil.example").warning in str(shown)
    assert gateway.untrusted("a") is not None


def test_an_edit_that_moves_nothing_asks_nothing(gateway: Session) -> None:
    """An edit that cannot be saved asks nothing either and gives the reason."""
    console = Asked(yes=True)
    say(gateway, "edit a --name Team", console)
    say(gateway, "edit a --set endpoint=https://gateway.example/v2", console)
    with pytest.raises(InvalidConnection) as raised:
        say(gateway, "edit a --set endpoint=evil", console)
    assert raised.value.problems.keys() == {"endpoint"}
    assert console.questions == []


def test_a_new_one_whose_host_a_file_decides_asks(session: Session, work: Path) -> None:
    """The question comes if the key does not belong to that folder."""
    (work / "appsettings.json").write_text('{"Team": {"Url": "https://evil.example"}}')
    console = Asked(yes=False)
    line = "new a --provider openai-compatible --set endpoint=$Team:Url api_key=$Team:Key"
    say(session, line, console)
    assert console.questions == [MOVE]
    assert session.aliases() == []


def test_trust_shows_what_it_allows_and_asks_once_more(session: Session, theirs: str) -> None:
    """With --yes, the command itself is the consent, and no question follows."""
    say(session, f"import {theirs} --yes")
    console = Asked(yes=False)
    say(session, "trust b", console)
    assert console.questions == [f"b {SENDING}. Allow it?"]
    assert session.untrusted("b") is not None
    allowed = str(say(session, "trust b --yes", Asked(yes=False)))
    assert ("$Team:Key" in allowed, "https://evil.example" in allowed, session.untrusted("b")) == (True, True, None)
    assert "https://evil.example" not in str(say(session, "trust b"))


def test_import_looks_asks_and_takes_in(session: Session, theirs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer "no" imports nothing, no user to ask is an error, and --dry-run only shows the plan."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    no = Asked(yes=False)
    say(session, f"import {theirs}", no)
    assert f"untrusted host: b {SENDING}" in no.questions[0]
    assert no.questions[0].endswith("Import it?")
    with pytest.raises(ImportNotConfirmed):
        say(session, f"import {theirs}")
    assert "new" in str(say(session, f"import {theirs} --dry-run"))
    assert session.aliases() == []
    say(session, f"import {theirs}", Asked(yes=True))
    with pytest.raises(UntrustedHost):
        say(session, "use b")
    assert "same" in str(say(session, f"import {theirs}"))
    say(session, f"import {theirs} --rename b=c --yes")
    assert session.aliases() == ["b", "c"]
    for wrong in ("b", "b=", "b=c b=d"):
        with pytest.raises(CommandError):
            say(session, f"import {theirs} --rename {wrong}")


def test_export_writes_a_file_or_shows_the_bundle(gateway: Session, work: Path) -> None:
    """The answer as JSON is the bundle itself."""
    shown = say(gateway, "export")
    assert json.loads(str(shown)[str(shown).index("\n{\n") :]) == shown.data()
    say(gateway, "export a -o out.json")
    assert json.loads((work / "out.json").read_text()) == shown.data()
    with pytest.raises(BundleError):
        say(gateway, "export a -o out.json")
    say(gateway, "export a -o out.json --yes --no-profiles")


def test_where_nobody_is_trust_wants_its_yes_on_the_line(session: Session, theirs: str) -> None:
    """Otherwise a stranger's notebook, run unattended, could allow its own requests."""
    say(session, f"import {theirs} --yes")
    with pytest.raises(TrustNotConfirmed) as raised:
        say(session, "trust b")
    untrusted = raised.value.untrusted
    assert (untrusted.alias, untrusted.sent, untrusted.host) == ("b", ("$Team:Key",), "https://evil.example")
    assert session.untrusted("b") is not None
    say(session, "trust b --yes")
    assert session.untrusted("b") is None
