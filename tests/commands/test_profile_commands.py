"""The commands for profiles, which have two words, work in the magic and in the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiconn_nb import AiconnError, CommandError, InvalidProfile, Secret, Session
from aiconn_nb.errors import (
    BadWords,
    DeletionNotConfirmed,
    NoCapability,
    NoCommand,
    NoneWithProfile,
    NoOption,
    NoSubcommand,
    NotAVersion,
    NothingToChange,
    ProfileNotFound,
)
from aiconn_nb.features.checks.ladder import Progress
from aiconn_nb.ui.cli import main
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.completion import complete
from aiconn_nb.ui.shell.table import run

CANARY = "sk-canary00112233"


class Asked:
    """A console that gives every question the same answer, or that has no user."""

    in_shell, has_kernel = False, True

    def __init__(self, yes: bool | None = None) -> None:
        self.yes = yes
        self.questions: list[str] = []

    @property
    def can_ask(self) -> bool:
        return self.yes is not None

    def secret(self, prompt: str) -> Secret:
        raise AssertionError("a profile has no secret")

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return bool(self.yes)

    def bind(self, name: str, value: Any) -> None:
        raise AssertionError("nothing is bound")

    def progress(self, total: int) -> Progress:
        return lambda alias, rung: None


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with two connections."""
    session.create("a", "demo")
    session.create("b", "demo")
    return session


def say(session: Session, line: str, console: Asked | None = None) -> Any:
    """Run a line as the magic would, and return the answer."""
    return run(session, split(line), console or Asked())


def test_a_line_makes_a_profile(session: Session) -> None:
    """The line sets everything that a profile can have. Connections are separated by commas or given one per option."""
    say(
        session,
        'profile new writer --connection a,b --model demo-chat --temperature 0.2 --max-tokens 50 --system "Be brief." '
        '--tag prose short --name "The Writer" --default',
    )
    made = session.profile("writer")
    assert made.connections == (session.get("a").id, session.get("b").id)
    assert (made.name, made.model, made.tags) == ("The Writer", "demo-chat", ("prose", "short"))
    assert dict(made.options) == {"temperature": 0.2, "max_tokens": 50, "system": "Be brief."}
    assert session.profiles()[0].default
    say(session, "profile new v --connection a --connection b --model m --capability embedding --dimensions 8")
    assert dict(session.profile("v").options) == {"dimensions": 8}
    assert len(session.profile("v").connections) == 2


def test_a_line_changes_what_it_names(session: Session) -> None:
    """The name of an option may have - or _, and what the line does not name stays."""
    say(session, "profile new writer --connection a --model m --temperature 1 --max-tokens 5 --tag x")
    say(session, "profile edit writer --connection b,a --unset max-tokens --system S")
    made = session.profile("writer")
    assert (dict(made.options), made.tags, len(made.connections)) == ({"temperature": 1, "system": "S"}, ("x",), 2)
    say(session, "profile edit writer --tag y z --temperature 0")
    assert (session.profile("writer").tags, session.profile("writer").options["temperature"]) == (("y", "z"), 0)
    say(session, "profile edit writer --unset tags temperature system")
    assert (session.profile("writer").tags, dict(session.profile("writer").options)) == ((), {})


def test_the_rest_of_the_verbs_are_commands(session: Session) -> None:
    """Each command answers with a value."""
    say(session, "profile new writer --connection a --model m")
    assert say(session, "profile duplicate writer").alias == "writer-copy"
    assert say(session, "profile duplicate writer other --name Other").alias == "other"
    say(session, "profile rename other another")
    assert [row.alias for row in say(session, "profile list")] == ["another", "writer", "writer-copy"]
    assert [row.alias for row in say(session, "profile list copy")] == ["writer-copy"]
    assert len(say(session, "profile list --capability embedding")) == 0
    assert say(session, "profile show another").alias == "another"
    say(session, "profile edit writer --model n")
    assert len(say(session, "profile history writer")) == 2
    assert [change.field for change in say(session, "profile diff writer")] == ["model"]
    assert [change.field for change in say(session, "profile diff writer 1 2")] == ["model"]
    assert say(session, "profile rollback writer 1").profile.model == "m"
    assert say(session, "profile default writer").row.default
    assert say(session, "profile default").data() == {"chat": "writer", "embedding": None}
    assert str(say(session, "profile default --none")) == "writer is no longer the default for chat; there is none now."
    say(session, "profile delete writer another --yes")
    assert say(session, "profile undelete writer").verb == "is back"


def test_the_word_alone_lists(session: Session) -> None:
    """The word followed by an option lists as well."""
    say(session, "profile new writer --connection a --model m")
    assert [row.alias for row in say(session, "profile")] == ["writer"]
    assert len(say(session, "profile --capability embedding")) == 0


def test_delete_asks_first(session: Session) -> None:
    """Without a user to ask, nothing is deleted."""
    say(session, "profile new writer --connection a --model m")
    with pytest.raises(CommandError) as raised:
        say(session, "profile delete writer")
    assert (type(raised.value), raised.value.aliases) == (DeletionNotConfirmed, ("writer",))
    no, yes = Asked(yes=False), Asked(yes=True)
    assert str(say(session, "profile delete writer", no)) == "Nothing was deleted."
    assert no.questions == ["Delete writer?"]
    say(session, "profile delete writer", yes)
    assert session.profile_aliases() == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "profile lst",
            NoSubcommand(
                group="profile",
                known=(
                    "list",
                    "show",
                    "new",
                    "edit",
                    "rename",
                    "duplicate",
                    "delete",
                    "undelete",
                    "default",
                    "history",
                    "diff",
                    "rollback",
                ),
                word="lst",
                nearest="list",
            ),
        ),
        (
            "profile zzzz",
            NoSubcommand(
                group="profile",
                known=(
                    "list",
                    "show",
                    "new",
                    "edit",
                    "rename",
                    "duplicate",
                    "delete",
                    "undelete",
                    "default",
                    "history",
                    "diff",
                    "rollback",
                ),
                word="zzzz",
            ),
        ),
        ("profiel new", NoCommand(word="profiel", nearest="profile")),
        (
            "profile show",
            BadWords(
                command="profile show",
                problem="the following arguments are required: ALIAS",
                usage="%aiconn profile show ALIAS",
            ),
        ),
        (
            "profile show writer --al",
            NoOption(command="profile show", option="--al"),
        ),
        (
            "profile edit writer",
            NothingToChange(
                command="profile edit",
                options="--name, --connection A[=M][,B], --model M, --tag T, an option such as --temperature, or --unset",
            ),
        ),
        ("profile rollback writer x", NotAVersion(alias="writer", prefix="profile ")),
        (
            "profile default writer --none",
            NoneWithProfile(),
        ),
        (
            "profile list --capability chta",
            NoCapability(capability="chta", known=("chat", "embedding"), nearest="chat"),
        ),
        ("profile show writr", ProfileNotFound(alias="writr", nearest="writer")),
        (
            "profile edit writer --temperature hot",
            InvalidProfile({"temperature": "must be a number from 0 to 2"}),
        ),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(session: Session, line: str, expected: AiconnError) -> None:
    """The answer has one or two lines and suggests the nearest name if there is one."""
    say(session, "profile new writer --connection a --model m")
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    assert repr(raised.value) == repr(expected)


@pytest.mark.parametrize("line", [f"profile {CANARY}", f"profile show {CANARY}", f"profile show a {CANARY}"])
def test_a_key_that_went_astray_is_not_repeated(session: Session, line: str) -> None:
    """The key may be in any place on the line."""
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    assert CANARY not in str(raised.value)


def test_a_key_is_not_saved_in_a_profile(session: Session) -> None:
    """A profile would show it in the clear."""
    with pytest.raises(InvalidProfile) as raised:
        say(session, f"profile new writer --connection a --model {CANARY}")
    assert CANARY not in str(raised.value)


def test_help_knows_the_word_and_each_command(session: Session) -> None:
    """The word appears once in the list of all commands."""
    assert [line.name for line in say(session, "help")].count("profile") == 1
    group = say(session, "help profile")
    assert [line.name for line in group][:3] == ["profile list", "profile show", "profile new"]
    assert str(group).endswith("%aiconn help profile COMMAND tells more.")
    shown = str(say(session, "help profile new"))
    assert "%aiconn profile new ALIAS --connection A[=M][,B] [--model M] [--capability C]" in shown
    with pytest.raises(NoSubcommand):
        say(session, "help profile nwe")


@pytest.mark.parametrize(
    ("line", "fragment", "offered"),
    [
        ("prof", "prof", ["profile"]),
        ("profile de", "de", ["default", "delete"]),
        ("profile show ", "", ["vectors", "writer"]),
        ("profile edit wr", "wr", ["writer"]),
        ("profile delete writer ", "", ["vectors", "writer"]),
        ("profile new x --connection ", "", ["a", "b"]),
        ("profile new x --connection a,", "a,", ["a,b"]),
        ("profile new x --connection a,B", "a,B", ["a,b"]),
        ("profile new x --capability ", "", ["chat", "embedding"]),
        ("profile new x --model demo-c", "demo-c", ["demo-chat"]),
        ("profile new x --te", "--te", ["--temperature"]),
        ("profile edit writer --unset ", "", ["tags", "temperature"]),
        ("profile edit writer --tag ", "", ["prose"]),
        ("profile undelete ", "", ["old"]),
        ("profile nonsense ", "", []),
        ("profile edit nobody --unset ", "", []),
        ("help profile ro", "ro", ["rollback"]),
        ("help show ", "", []),
    ],
)
def test_completion_knows_both_words(session: Session, line: str, fragment: str, offered: list[str]) -> None:
    """Completion offers profiles, connections in a list, capabilities and options. It offers the models seen before and asks no
    server."""
    say(session, "profile new writer --connection a --model demo-chat --temperature 1 --tag prose")
    say(session, "profile new vectors --connection a --model demo-embedding --capability embedding")
    say(session, "profile new old --connection a --model m")
    say(session, "profile delete old --yes")
    assert complete(session, line) == (fragment, offered)


def test_models_of_a_list_that_was_seen_are_offered(session: Session) -> None:
    """Completion does not fetch the list."""
    assert complete(session, "profile new x --model demo-b") == ("demo-b", [])
    session.models("a")
    assert complete(session, "profile new x --model demo-b") == ("demo-b", ["demo-brief"])


def test_the_terminal_takes_the_same_line(capsys: pytest.CaptureFixture[str], session: Session) -> None:
    """The terminal also has JSON, exit statuses and help."""
    assert main(["profile", "new", "writer", "--connection", "a", "--model", "demo-chat", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["health"] == {
        "kind": "not checked",
        "words": "a would answer; not checked: a",
        "answers": "a",
        "checked": None,
    }
    assert main(["profile", "new", "writer", "--connection", "a", "--model", "demo-chat", "--temperature", "3"]) == 1
    assert capsys.readouterr().err.startswith("temperature: ")
    assert main(["profile", "lst"]) == 2
    capsys.readouterr()
    for words in (["profile", "new", "--help"], ["profile", "new", "writer", "-h"], ["help", "profile", "new"]):
        assert main(words) == 0
        assert capsys.readouterr().out.startswith("profile new: create a profile")
    assert main(["profile", "--help"]) == 0
    assert capsys.readouterr().out.startswith("profile: connections in order")


def test_only_connections_that_can_do_it_are_offered(session: Session) -> None:
    """The capability is that of the line or of the edited profile."""
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    say(session, "profile new vectors --connection a --model demo-embedding --capability embedding")
    assert complete(session, "profile new x --connection ")[1] == ["a", "b", "claude"]
    assert complete(session, "profile new x --capability embedding --connection ")[1] == ["a", "b"]
    assert complete(session, "profile edit vectors --connection a,")[1] == ["a,b"]
    assert complete(session, "profile new x --capability nonsense --connection ")[1] == []
