"""The commands about several answers work from a line."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest

from aiconn_nb import AiconnError, CommandError, Interrupted, RotationFailed, Secret, Session
from aiconn_nb.errors import (
    KeyOnLine,
    NewKeyNeeded,
    NoCluster,
    NotAName,
    NothingToCompare,
    NothingToEmbed,
    PlacesLeft,
    ReferenceExpanded,
    TemplateWithoutColumn,
)
from aiconn_nb.features.asking.comparison import Comparison
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of
from aiconn_nb.session.results import Result
from aiconn_nb.ui.cli import TerminalLive, main
from aiconn_nb.ui.shell.completion import complete
from aiconn_nb.ui.shell.table import read, run

from .test_commands import Asked, say

OLD, NEW = "old-key-000011112222", "new-key-333344445555"


class Notebook(Asked):
    """A console that has names to fill in and remembers what was drawn."""

    def __init__(self, **names: Any) -> None:
        super().__init__()
        self._names = names
        self.drawn: list[Result] = []

    def names(self) -> Mapping[str, Any]:
        return self._names

    def drawing(self, streams: bool = True) -> Notebook:
        return self

    def live(self, format: str, streams: bool = True) -> TerminalLive:
        return TerminalLive(format, streams)

    def draw(self, answer: Result, length: int) -> None:
        """See `aiconn_nb.ui.shell.console.Drawing`."""
        self.drawn.append(answer)

    def end(self, answer: Result) -> None:
        """See `aiconn_nb.ui.shell.console.Drawing`."""
        self.drawn.append(answer)


@pytest.fixture
def profiles(session: Session) -> Session:
    """Return a session with the profiles ``writer`` and ``brief`` for chat, and ``vectors`` for embedding."""
    session.create("main", "demo")
    session.create_profile("writer", connections=["main"], model="demo-chat")
    session.create_profile("brief", connections=["main"], model="demo-brief")
    session.create_profile("vectors", connections=["main"], model="demo-embedding", capability="embedding")
    return session


def say_in(session: Session, line: str, cell: str | None = None, console: Notebook | None = None) -> Any:
    """Run a line and the cell below it as the magic would, and return the answer."""
    return run(session, read(line), console or Notebook(), cell)


@pytest.mark.parametrize(
    ("line", "cell"),
    [("compare writer brief -- Isn't {topic} nice?", None), ("compare writer brief", "Isn't {topic} nice?")],
)
def test_compare_takes_its_prompt_from_the_line_or_the_cell(profiles: Session, line: str, cell: str | None) -> None:
    """Names of the notebook are filled in, and the last thing drawn is the answer."""
    console = Notebook(topic="rain")
    compared = say_in(profiles, line, cell, console)
    assert compared.prompt == "Isn't rain nice?"
    assert [each.profile for each in compared] == ["writer", "brief"]
    assert compared.replies["brief"].text == "You said “Isn't rain nice?”."
    assert console.drawn[-1] is compared


def test_compare_says_what_was_left_as_it_is(profiles: Session) -> None:
    """The note is below the answers. There is none if nothing is to be filled in."""
    console = Notebook(topic="rain")
    compared = say_in(profiles, "compare writer brief", "{topc} of {topic}", console)
    assert str(compared).splitlines()[-1] == "{topc} was left as it is"
    assert "was left" not in str(say_in(profiles, "compare writer brief --raw", "{topc} of {topic}", console))


@pytest.mark.parametrize("line", ["compare writer brief", "ask brief"])
def test_a_name_that_is_not_there_is_asked_about_before_anything_is_sent(profiles: Session, line: str) -> None:
    """The question comes if a user can answer, because a slip would cost money."""
    console = Notebook(topic="rain")
    console.yes = False
    with pytest.raises(PlacesLeft) as raised:
        say_in(profiles, line, "{topc} of {topic}", console)
    assert raised.value.places == ("{topc}",)
    assert "{topc}" in console.questions[0]
    assert len(profiles.usage()) == 0
    say_in(profiles, f"{line} --raw", "{topc} of {topic}", console)
    assert len(console.questions) == 1
    console.yes = True
    say_in(profiles, line, "{topc} of {topic}", console)
    assert len(console.questions) == 2


def test_compare_binds_its_answer(profiles: Session) -> None:
    """The value of a cell magic cannot be assigned."""
    console = Notebook()
    say_in(profiles, "compare writer brief -o both", "Hello {raw}", console)
    assert list(console.bound["both"].replies) == ["writer", "brief"]
    with pytest.raises(NotAName):
        say_in(profiles, "compare writer brief -o 1st", "Hello")


def test_compare_overrides_the_profiles_for_one_call(profiles: Session) -> None:
    """The options are those of ask. A connection is named together with a model."""
    compared = say_in(profiles, "compare writer brief --max-tokens 2", "Hello")
    assert [each.reply.output_tokens for each in compared] == [2, 2]
    compared = say_in(profiles, "compare main writer --model demo-brief", "Hello")
    assert [each.reply.text for each in compared] == ["You said “Hello”.", "You said “Hello”."]


def test_compare_without_a_prompt_says_where_it_stands(profiles: Session) -> None:
    """No provider is asked. For a text among the profiles, the error says what is missing, in a shell as well."""
    for line in ("compare writer brief", 'compare writer "hi there"', 'compare writer "Why?"'):
        for console in (Notebook(), Asked(in_shell=True)):
            with pytest.raises(NothingToCompare):
                run(profiles, read(line), console)


def test_an_interrupted_comparison_is_drawn_and_bound_and_fails(
    profiles: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook that runs from top to bottom stops there."""

    def interrupted(prompt: str, *names: str, **rest: Any) -> Comparison:
        profiles.last_comparison = Comparison([], prompt)
        raise KeyboardInterrupt

    monkeypatch.setattr(profiles, "compare", interrupted)
    console = Notebook()
    with pytest.raises(Interrupted) as raised:
        say_in(profiles, "compare writer brief -o both", "Hello", console)
    assert (raised.value.many, raised.value.function) == (True, "last_comparison")
    assert console.drawn == [profiles.last_comparison]
    assert console.bound == {"both": profiles.last_comparison}


def test_embed_takes_texts_from_the_line_and_the_cell(profiles: Session) -> None:
    """In the cell, each line is one text."""
    console = Notebook()
    embedded = say_in(profiles, 'embed vectors "a cat" dog -o pets', "a bird\n\na fish\n", console)
    assert len(embedded) == 4
    assert console.bound["pets"] is embedded
    assert embedded.vectors == profiles.embed(["a cat", "dog", "a bird", "a fish"], profile="vectors").vectors
    assert say_in(profiles, "embed vectors cat --dimensions 8").dimensions == 8
    for line in ("embed vectors", "embed"):
        with pytest.raises(NothingToEmbed):
            say_in(profiles, line)


def test_a_long_text_that_ends_in_a_suffix_is_a_text(profiles: Session) -> None:
    """No file can have such a name, and the system reports this with an error."""
    assert main(["embed", "vectors", f"{'a long text about ' * 20}numbers.csv"]) == 0


def test_embed_takes_a_name_of_the_notebook(profiles: Session) -> None:
    """Like map, it takes texts, or a table and its template, on the line or in the cell. In quotes, the name is a text."""
    table = pandas.DataFrame({"pet": ["a cat", "a dog"]})
    console = Notebook(df=table, pets=["a cat", "a dog", "a fish"])
    wanted = profiles.embed(["a cat", "a dog"], profile="vectors").vectors
    assert numpy.allclose(say_in(profiles, 'embed vectors df "{pet}" -o e', None, console).vectors, wanted)
    assert numpy.allclose(say_in(profiles, "embed vectors df", "{pet}", console).vectors, wanted)
    assert console.bound["e"].errors == {}
    assert len(say_in(profiles, "embed vectors pets", None, console)) == 3
    for line in ('embed vectors "df"', "embed vectors dg"):
        assert len(say_in(profiles, line, None, console)) == 1
    with pytest.raises(TemplateWithoutColumn):
        say_in(profiles, "embed vectors df -o e", None, console)
    with pytest.raises(NoCluster):
        say_in(profiles, "embed vectors pets --engine df", None, console)


def test_embed_writes_a_file(profiles: Session, tmp_path: Path) -> None:
    """This happens if the name ends with .npy. An existing file is replaced only with --yes."""
    file = tmp_path / "v.npy"
    assert len(say_in(profiles, f"embed vectors cat -o {file}")) == 1
    assert numpy.load(file).shape[0] == 1
    with pytest.raises(CommandError):
        say_in(profiles, f"embed vectors cat dog -o {file}")
    assert numpy.load(file).shape[0] == 1
    say_in(profiles, f"embed vectors cat dog -o {file} --yes")
    assert numpy.load(file).shape[0] == 2


def test_texts_without_a_profile_go_to_the_default_one_for_embedding(profiles: Session) -> None:
    """As with ask, texts in quotes and in a cell go there, because no alias looks like them. A word that may be an alias is not
    sent."""
    profiles.default_profile("vectors")
    for line, cell, count in (
        ('embed "one text"', None, 1),
        ('embed "Rain?" "a dog"', None, 2),
        ("embed", "a cat\na dog", 2),
    ):
        embedded = say_in(profiles, line, cell)
        assert (len(embedded), embedded.profile) == (count, "vectors")
    assert len(run(profiles, ["embed", "one text"], Asked(in_shell=True))) == 1
    for line in ("embed vectrs", 'embed "vectrs" "a dog"', 'embed "Vectrs"'):
        with pytest.raises(AiconnError) as raised:
            say_in(profiles, line)
        assert isinstance(raised.value, NothingToEmbed) or getattr(raised.value, "nearest", "") == "vectors"


def test_usage_and_failover_are_lines(profiles: Session) -> None:
    """Their answers are those of the session."""
    say_in(profiles, "failover brief --live")
    assert [(row.profile, row.calls) for row in say_in(profiles, "usage")] == [("brief", 1)]
    assert say_in(profiles, "failover writer")[0].answers == "main"


def sealed(session: Session, alias: str = "a") -> object:
    """Return the stored key in its sealed form."""
    return session.get(alias).settings["api_key"]


def test_rotate_asks_for_the_new_key_without_echo(session: Session) -> None:
    """The answer says what was done and does not contain the key."""
    session.create("a", "demo", settings={"api_key": OLD})
    console = Asked(secrets=(NEW,))
    answer = say(session, "rotate a", console)
    assert console.questions == ["API key of a ($Section:Key is a reference): "]
    assert str(answer).splitlines() == [
        "a · rotated",
        "  api_key  sealed",
        "  tested   ok: 3 models",
        "'%aiconn rollback a 1' restores the previous one.",
    ]


def test_rotate_asks_for_both_halves_of_a_pair(session: Session) -> None:
    """Both typed halves are tested together. Here the network ends the test, and nothing is changed."""
    pair = {"region": "us-east-1", "access_key_id": OLD, "secret_access_key": OLD, "endpoint": "http://127.0.0.1:9"}
    session.create("aws", "amazon", settings=pair)
    console = Asked(secrets=(NEW, NEW))
    with pytest.raises(RotationFailed) as raised:
        say(session, "rotate aws", console)
    assert console.questions == [
        "Access key ID of aws ($Section:Key is a reference): ",
        "Secret access key of aws ($Section:Key is a reference): ",
    ]
    assert raised.value.rung == "reachable"
    assert session.get("aws").version == 1


class Offline(FakeProvider):
    """A provider without a network."""

    def endpoint(self, settings: Any) -> Any:
        return None


@pytest.mark.parametrize(("typed", "version"), [("fake-chat", 2), (" ", 1)])
def test_rotate_asks_for_a_model_where_the_test_cannot_tell(typed: str, version: int) -> None:
    """The model is asked for one token. Without a model the old key stays, and no option accepts the new one unproven."""
    session = Session(registry=registry_of(Offline(has_models=False)))
    session.create("a", "fake", settings={"api_key": OLD})
    console = Asked(secrets=(NEW,), texts=(typed,))
    with nullcontext() if typed.strip() else pytest.raises(RotationFailed):
        say(session, "rotate a", console)
    assert console.questions[1] == (
        "The test cannot tell whether the new key works (this endpoint has no model list). Model to ask for one token: "
    )
    assert session.get("a").version == version


def test_rotate_takes_a_reference_that_was_typed(session: Session) -> None:
    """The prompt behaves like that of new and edit."""
    session.create("a", "demo", settings={"api_key": OLD})
    session.set_secret("Demo:New", Secret(NEW))
    say(session, "rotate a", Asked(secrets=("$Demo:New",)))
    assert sealed(session) == "$Demo:New"


def test_rotate_takes_a_reference_from_the_line(session: Session) -> None:
    """No provider is asked in this case."""
    session.create("a", "demo", settings={"api_key": OLD})
    session.set_secret("Demo:New", Secret(NEW))
    say(session, "rotate a --to $Demo:New")
    assert sealed(session) == "$Demo:New"
    session.set_secret("Demo:Newer", Secret(NEW))
    say(session, "rotate a --to api_key=$Demo:Newer")
    assert sealed(session) == "$Demo:Newer"


@pytest.mark.parametrize("line", ["rotate a --to {}", "rotate a --to api_key={}"])
def test_rotate_takes_no_key_from_the_line(session: Session, line: str) -> None:
    """The line is saved in the history, and the error does not repeat the key."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(KeyOnLine) as raised:
        say(session, line.format(NEW))
    assert NEW not in str(raised.value)


def test_rotate_says_how_a_shell_wants_a_reference(session: Session) -> None:
    """The shell has replaced ``$Demo`` by nothing."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(ReferenceExpanded):
        say(session, "rotate a --to :New", Asked(in_shell=True))


def test_rotate_needs_somebody_to_ask(session: Session) -> None:
    """A reference on the line would do as well."""
    session.create("a", "demo", settings={"api_key": OLD})
    with pytest.raises(NewKeyNeeded) as raised:
        say(session, "rotate a")
    assert raised.value.settings == ("api_key",)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("compare writer br", ["brief"]),
        ("embed vec", ["vectors"]),
        ("failover ma", ["main"]),
        ("rotate ma", ["main"]),
        ("rotate keyed --field ", ["api_key"]),
        ("rotate main --to ", ["$Demo:New"]),
        ("rotate main --to $de", ["$Demo:New"]),
    ],
)
def test_aliases_fields_and_references_are_completed(profiles: Session, line: str, offered: list[str]) -> None:
    """Profiles and connections are offered where the command takes them, and references come with their dollar."""
    profiles.set_secret("Demo:New", Secret(NEW))
    profiles.create("keyed", "demo", settings={"api_key": OLD, "latency": 0})
    found = complete(profiles, line)[1]
    assert found == offered if "--to" not in line else set(offered) <= set(found)
    assert all(each.startswith("$") for each in found) == ("--to" in line)
