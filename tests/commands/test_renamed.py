"""A notebook that names a connection or profile by an alias from before a rename runs on and gets a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb import ConnectionNotFound, Session
from aiconn_nb.model.notices import AliasRenamed
from aiconn_nb.ui.cli import main

from .test_answering import say_in
from .test_commands import Asked, say


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with a connection ``old`` that is now ``new``, and a profile ``writer`` that is now ``author``."""
    session.create("old", "demo")
    session.create_profile("writer", connections="old", model="demo-chat")
    session.rename("old", "new")
    session.rename_profile("writer", "author")
    return session


@pytest.mark.parametrize(
    "line",
    [
        *("show old", "use old", "test old", "models old", "explain old", "history old", "diff old"),
        *("edit old --name Other", "disable old", "enable old", "duplicate old copy", "rename old newer"),
        *("rollback old 1", "ask old --model demo-chat -- hi", "ask writer -- hi", "failover writer"),
        *("profile show writer", "profile edit writer --model demo-brief", "profile history writer"),
        *("profile new other --connection old --model demo-chat", "profile default writer", "compare writer -- hi"),
        *("profile duplicate writer copy", "profile rename writer poet", "profile delete writer --yes", "reset writer"),
        "delete old --force --yes",
    ],
)
def test_every_command_takes_the_old_alias_and_says_the_new_one(
    session: Session, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The note appears once, in the answer or on one line beside it."""
    answer = say_in(session, line)
    said = repr(answer) + capsys.readouterr().err
    assert said.count("was renamed: it is '") == (
        2 if line.startswith("ask") else 1
    )  # together with its footer, which was shown
    assert "'new' now" in said or "'author' now" in said


def test_a_verb_of_python_has_the_note_in_its_answer(session: Session) -> None:
    """A verb that returns a plain value warns instead."""
    assert session.show("old").warnings[-1] == "The connection 'old' was renamed: it is 'new' now."
    assert session.ask("hi", profile="writer").notes == ("The profile 'writer' was renamed: it is 'author' now.",)
    assert session.show_profile("writer").notes[-1:] == ("The profile 'writer' was renamed: it is 'author' now.",)
    with pytest.warns(AliasRenamed) as caught:
        assert session.get("old").alias == "new"
    assert caught[0].filename == __file__


def test_a_note_is_told_beside_an_error_too(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the new alias only."""
    with pytest.raises(ConnectionNotFound):
        say(session, "rollback old 9")
    assert "'new' now" in capsys.readouterr().err


def test_the_terminal_says_it_as_well(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON stays JSON."""
    assert main(["history", "old", "--json"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("[")
    assert err == "The connection 'old' was renamed: it is 'new' now.\n"


def test_a_bundle_knows_present_aliases_only(session: Session, tmp_path: Path) -> None:
    """A bundle with an entry of the old alias takes that alias."""
    file = tmp_path / "team.json"
    session.create("old", "demo")
    session.export("old").write(file)
    session.delete("old")
    plan = session.plan_import(file)
    session.apply_import(plan)
    assert sorted(session.aliases()) == ["new", "old"]


def test_a_deletion_is_confirmed_for_what_it_deletes(session: Session) -> None:
    """The question names the connection or profile by its present alias."""
    console = Asked(yes=True)
    say(session, "profile delete writer", console)
    say(session, "delete old", console)
    assert console.questions == ["Delete author?", "Delete new?"]


def test_two_aliases_of_one_are_one(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """The entry is tested, exported, switched and deleted once."""
    assert [each.alias for each in session.test("old", "new")] == ["new"]
    assert [each["alias"] for each in session.export("old", "new").data()["connections"]] == ["new"]
    assert session.disable("old", "new").aliases == ("new",)
    assert session.delete("old", "new", force=True).aliases == ("new",)
    assert session.delete_profile("writer", "author").aliases == ("author",)


def test_whoever_takes_the_alias_is_meant(session: Session) -> None:
    """From then on, the alias means the new entry, without a note."""
    say(session, "new old --provider demo", Asked())
    assert session.show("old").warnings == ()
    assert session.get("old").alias == "old"
