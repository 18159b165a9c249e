"""The command table turns words into answers, and never repeats what may be a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb import AiconnError, CommandError, ConnectionExists, ConnectionInUse, InvalidConnection, Secret, Session
from aiconn_nb.errors import (
    BadUse,
    BadWords,
    DeletionNotConfirmed,
    KeyOnLine,
    NamedTwice,
    NoCapability,
    NoCommand,
    NoEnvironment,
    NoFormerSecret,
    NoInputForSecret,
    NoKernelForEnvironment,
    NoKernelForUse,
    NoOption,
    NoSubcommand,
    NotAName,
    NotASetting,
    NothingEntered,
    NothingToChange,
    NoUserSecret,
    ProviderNotFound,
    ReferenceAsSecret,
    ReferenceExpanded,
    RunInNotebook,
    SecretNeeded,
    SettingsNeeded,
)
from aiconn_nb.features.checks.ladder import Progress
from aiconn_nb.model.nearest import meant
from aiconn_nb.model.secret import Sealed
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.completion import complete
from aiconn_nb.ui.shell.interactions.secrets import SURPLUS
from aiconn_nb.ui.shell.line_parser import parser_of
from aiconn_nb.ui.shell.table import COMMANDS, find, first_words, read, run

CANARY = "sk-canary00112233"
USE = "%aiconn use [ALIAS [as NAME]] [--env] [--none]"
WORKLOAD_KEYS = ("identity_provider_id", "service_account_id", "token_source", "token_file")
DEMO_KEYS = ("api_key", "latency", "fail_with")
NETWORK_KEYS = ("key_header", "headers", "ca_bundle", "client_certificate", "client_key", "timeout", "retries")
SETTINGS_OF_OPENAI = sorted(
    f"{key}=" for key in ("api_key", "endpoint", "organization", "project", *WORKLOAD_KEYS, *NETWORK_KEYS)
)


class Asked:
    """A console with prepared answers."""

    is_process = False

    def __init__(
        self,
        *,
        secrets: tuple[str, ...] = (),
        texts: tuple[str, ...] = (),
        yes: bool | None = None,
        in_shell: bool = False,
    ) -> None:
        self.in_shell = in_shell
        self.has_kernel = not in_shell
        self.secrets = list(secrets)
        self.texts = list(texts)
        self.yes = yes
        self.questions: list[str] = []
        self.bound: dict[str, Any] = {}

    @property
    def can_ask(self) -> bool:
        return bool(self.secrets or self.texts) or self.yes is not None

    def secret(self, prompt: str) -> Secret:
        self.questions.append(prompt)
        return Secret(self.secrets.pop(0))

    def ask(self, prompt: str) -> str:
        self.questions.append(prompt)
        return self.texts.pop(0)

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return bool(self.yes)

    def bind(self, name: str, value: Any) -> None:
        self.bound[name] = value

    def names(self) -> Mapping[str, Any]:
        return self.bound

    def progress(self, total: int) -> Progress:
        return lambda alias, rung: None


class Piped(Asked):
    """A terminal without a user, which gets a text by a pipe."""

    def __init__(self, text: str) -> None:
        super().__init__(in_shell=True)
        self._text = text

    def text_in(self) -> str:
        return self._text


def say(session: Session, line: str, console: Asked | None = None) -> Any:
    """Run a line as the magic would, and return the answer."""
    return run(session, split(line), console or Asked())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('new a --name "Open AI" --set x=1', ["new", "a", "--name", "Open AI", "--set", "x=1"]),
        ("--set 'system=it is'", ["--set", "system=it is"]),
        ('--set system="it is"', ["--set", "system=it is"]),
        (r"--set profile=C:\keys", ["--set", r"profile=C:\keys"]),
        ("--set api_key=$OpenAI:ApiKey#1", ["--set", "api_key=$OpenAI:ApiKey#1"]),
        ("--name ''", ["--name", ""]),
        ("use a as client  # it's mine", ["use", "a", "as", "client"]),
        ("use a #", ["use", "a"]),
        ("# nothing", []),
        ("--name 'a # b' x#1 #2", ["--name", "a # b", "x#1", "#2"]),
        ("use a # sk-proj-Abcdefgh12345678Abcdefgh", ["use", "a", "#", "sk-proj-Abcdefgh12345678Abcdefgh"]),
        ("", []),
    ],
)
def test_a_line_is_split_at_blanks_outside_quotes(line: str, words: list[str]) -> None:
    """A backslash and a hash within a word are ordinary. A comment is left out, unless it has a key, which is refused."""
    assert split(line) == words


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u202f", "\t"], ids=["no-break", "wide", "narrow", "tab"])
def test_a_blank_may_be_of_any_kind(blank: str) -> None:
    """A line copied from a page has no-break spaces, and a Japanese keyboard types wide ones. In quotes, they belong to the
    text."""
    assert split(f"rename{blank}a b{blank}--name '1{blank}2'") == ["rename", "a", "b", "--name", f"1{blank}2"]


def test_a_prompt_keeps_what_looks_like_a_comment() -> None:
    """A hash in prose may be a heading, or the subject of the question."""
    assert read("ask writer what is # in Python")[-3:] == ["#", "in", "Python"]
    assert read("list # all of them") == ["list"]


def test_an_open_quote_is_an_error_that_repeats_nothing() -> None:
    """The line may hold a key."""
    with pytest.raises(CommandError) as raised:
        split(f'new a --set api_key="{CANARY}')
    assert CANARY not in str(raised.value)
    assert raised.value.__context__ is None


@given(st.text())
def test_any_line_is_answered_or_refused_with_our_errors(line: str) -> None:
    """The parser raises only CommandError."""
    try:
        words = split(line)
        if words and words[0] in COMMANDS:
            COMMANDS[words[0]].parse(words[1:], "%aiconn")
    except CommandError:
        pass


@pytest.mark.parametrize("command", sorted(COMMANDS))
@given(
    words=st.lists(
        st.one_of(st.text(max_size=12), st.sampled_from(["--set", "--prompt", "--env", "--", "a=b"])), max_size=5
    )
)
def test_any_words_behind_a_command_are_read_or_refused(command: str, words: list[str]) -> None:
    """This holds for any words, and a word that may be a key is not repeated."""
    said = ""
    try:
        COMMANDS[command].parse([*words, "--no-such", CANARY], "%aiconn")
    except CommandError as error:
        said = str(error)
    assert CANARY not in said


def test_a_key_on_the_line_is_refused(session: Session) -> None:
    """The error gives the reason and offers the reference, the prompt and the form. Nothing is saved."""
    with pytest.raises(CommandError) as raised:
        say(session, f"new a --provider openai --set api_key={CANARY}")
    assert repr(raised.value) == repr(KeyOnLine(setting="api_key", reference="$OpenAI:ApiKey"))
    assert session.aliases() == []
    with pytest.raises(CommandError):
        say(session, "new a --provider openai --set api_key=$$literal")


def test_a_reference_that_the_shell_took_apart_is_recognised(session: Session) -> None:
    """``$OpenAI:ApiKey`` without quotes arrives as ``:ApiKey``."""
    with pytest.raises(ReferenceExpanded) as raised:
        say(session, "new a --provider openai --set api_key=:ApiKey", Asked(in_shell=True))
    assert raised.value.example == "api_key=$OpenAI:ApiKey"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nwe", NoCommand(word="nwe", nearest="new")),
        ("new a --provider openai --promt api_key", NoOption(command="new", option="--promt", nearest="--prompt")),
        (
            "profile new p --conection a --model m",
            NoOption(command="profile new", option="--conection", nearest="--connection"),
        ),
        ("set OpenAI:ApiKey", NoCommand(word="set", nearest="secret set")),
        ("default p", NoCommand(word="default", nearest="profile default")),
        ("a", NoCommand(word="a", nearest="use a")),
        ("secret get X", NoSubcommand(group="secret", known=("set", "remove", "restore", "list"), word="get")),
        (f"list {CANARY} {CANARY}", NoOption(command="list")),
        (
            "new a --provider openai --set api_key",
            NotASetting(known=("api_key", "organization", "project", "endpoint", *WORKLOAD_KEYS, *NETWORK_KEYS)),
        ),
        ("new b --provider demo --set api_key = $A:B", NotASetting(known=DEMO_KEYS, is_spaced=True)),
        ("new b --provider demo --set api_key= $A:B", NotASetting(known=DEMO_KEYS, is_spaced=True)),
        (
            "show",
            BadWords(command="show", problem="the following arguments are required: ALIAS", usage="%aiconn show ALIAS"),
        ),
        (
            "dotenv --on --off",
            BadWords(
                command="dotenv",
                problem="--on and --off contradict each other",
                usage="%aiconn dotenv [--on] [--off]",
            ),
        ),
        ("use a with client", BadUse()),
        ("use --none a", BadUse(none=True)),
        ("use --none --env", BadUse(none=True)),
        ("edit a --set latency=1 --unset latency", NamedTwice(name="latency")),
        ("edit a --set latency=1 latency=2", NamedTwice(name="latency")),
        ("edit a --prompt api_key --set api_key=$A:B", NamedTwice(name="api_key")),
        ("new c --provider openai --set project=x project=y", NamedTwice(name="project")),
        ("profile new p --connection a --model m --option top_p=1 --option top-p=0.5", NamedTwice(name="top_p")),
        ("use a as class", NotAName(behind="as", keyword="class")),
        ("use a as 2nd", NotAName(behind="as")),
        (
            f"secret set A:B {CANARY}",
            NoOption(
                command="secret set",
                advice=SURPLUS,
            ),
        ),
        (
            "secret set A:B -",
            NoInputForSecret(),
        ),
        (
            "secret sett X",
            NoSubcommand(group="secret", known=("set", "remove", "restore", "list"), word="sett", nearest="set"),
        ),
        ("models a --capability chta", NoCapability(capability="chta", known=("chat", "embedding"), nearest="chat")),
        ("edit a", NothingToChange(command="edit", options="--name, --set KEY=VALUE, --unset KEY or --prompt KEY")),
        (
            "list --provider opnai",
            ProviderNotFound(
                id="opnai",
                known=(
                    "amazon",
                    "anthropic",
                    "anthropic-bedrock",
                    "anthropic-foundry",
                    "anthropic-vertex",
                    "cohere",
                    "databricks",
                    "deepseek",
                    "demo",
                    "fireworks",
                    "google",
                    "google-vertex",
                    "groq",
                    "huggingface",
                    "litellm",
                    "llama-cpp",
                    "lm-studio",
                    "microsoft-foundry",
                    "mistral",
                    "moonshot",
                    "ollama",
                    "openai",
                    "openai-compatible",
                    "openrouter",
                    "perplexity",
                    "qwen",
                    "snowflake",
                    "together",
                    "vllm",
                    "xai",
                    "zai",
                ),
            ),
        ),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(session: Session, line: str, expected: AiconnError) -> None:
    """The answer has one or two lines and suggests the nearest name if there is one."""
    say(session, "new a --provider demo")
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    assert repr(raised.value) == repr(expected)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("--help", None),
        ("new --help", "new"),
        ("new x -h", "new"),
        ("profile new p --help", "profile new"),
        ("ask -h", "ask"),
    ],
)
def test_help_may_be_asked_for_with_an_option(session: Session, line: str, named: str | None) -> None:
    """The option works in a notebook as in a terminal, and the command itself does not run."""
    assert str(say(session, line)) == str(say(session, f"help {named}" if named else "help"))
    assert session.aliases() == []


def test_help_after_two_dashes_is_not_ours(session: Session) -> None:
    """The option belongs to the text or to the other command."""
    with pytest.raises(AiconnError) as raised:
        say(session, "ask nobody -- what does --help do?")
    assert type(raised.value).__name__ == "ProfileNotFound"


def test_what_is_missing_and_no_secret_is_asked_for_visibly(session: Session) -> None:
    """The question shows the help of the setting. If there is no user to ask, the error names everything that is missing."""
    console = Asked(texts=(" https://x.services.ai.azure.com\n",))
    say(session, "new az --provider microsoft-foundry", console)
    assert console.questions == ["Endpoint of az (The URL of the resource, or of a project in it.): "]
    assert session.get("az").settings == {"endpoint": "https://x.services.ai.azure.com"}
    with pytest.raises(CommandError) as raised:
        say(session, "new az2 --provider microsoft-foundry")
    assert repr(raised.value) == repr(SettingsNeeded(examples=(("endpoint", "https://my-resource.openai.azure.com"),)))


def test_what_is_prompted_for_and_no_secret_is_stored_plainly(session: Session) -> None:
    """Otherwise it could not be read back."""
    say(session, "new a --provider demo")
    console = Asked(texts=("0.5",))
    say(session, "edit a --prompt latency", console)
    assert session.get("a").settings == {"latency": 0.5}
    assert console.questions == ["Latency of a (Seconds before each word of an answer.): "]


@pytest.mark.parametrize(
    "line",
    [
        "new x --provider openai --set apikey=$A:B",
        "new x --provider openai --prompt apikey",
        "edit there --prompt apikey",
        "edit there --unset apikey",
    ],
)
def test_a_mistyped_setting_is_told_before_anything_is_asked(session: Session, line: str) -> None:
    """The error does not claim that the right setting is missing."""
    session.create("there", "openai", settings={"api_key": "$A:B"})
    with pytest.raises(InvalidConnection) as raised:
        say(session, line, Asked(secrets=(CANARY,)))
    assert repr(raised.value) == repr(InvalidConnection({"apikey": f"OpenAI has no such setting. {meant('api_key')}"}))


def test_a_missing_required_key_is_asked_for_without_echo(session: Session) -> None:
    """The key is then sealed."""
    console = Asked(secrets=(CANARY,))
    say(session, "new a --provider openai", console)
    assert console.questions == ["API key of a ($Section:Key is a reference): "]
    assert isinstance(session.get("a").settings["api_key"], Sealed)


@pytest.mark.parametrize("alias", ["a", "A", "not an alias"])
def test_nobody_is_asked_for_a_key_that_could_not_be_saved(session: Session, alias: str) -> None:
    """The alias is checked first."""
    say(session, "new a --provider demo")
    console = Asked(secrets=(CANARY,))
    with pytest.raises((ConnectionExists, InvalidConnection)):
        say(session, f"new '{alias}' --provider openai", console)
    assert console.questions == []


def test_where_nobody_can_be_asked_a_reference_is_proposed(session: Session) -> None:
    """A scripted notebook has no prompt."""
    with pytest.raises(SettingsNeeded) as raised:
        say(session, "new a --provider openai")
    assert (raised.value.examples, raised.value.are_references) == ((("api_key", "$OpenAI:ApiKey"),), True)


def test_edit_can_prompt_set_and_unset(session: Session) -> None:
    """One line can do all three."""
    say(session, "new a --provider openai --set api_key=$K organization=org-1 --inactive")
    say(session, "edit a --prompt api_key --unset organization --set project=p --name New", Asked(secrets=(CANARY,)))
    made = session.get("a")
    assert isinstance(made.settings["api_key"], Sealed)
    assert (made.name, made.settings["project"], "organization" in made.settings) == ("New", "p", False)
    with pytest.raises(InvalidConnection):
        say(session, "edit a --provider demo")


def test_delete_asks_where_it_can_and_wants_yes_where_it_cannot(session: Session) -> None:
    """The default answer is no."""
    say(session, "new a --provider demo")
    with pytest.raises(DeletionNotConfirmed):
        say(session, "delete a")
    asked = Asked(yes=False)
    assert str(say(session, "delete a", asked)) == "Nothing was deleted."
    assert asked.questions == ["Delete a?"]
    say(session, "delete a", Asked(yes=True))
    assert session.aliases() == []


def test_a_deletion_names_the_way_back(session: Session) -> None:
    """The command is one that works where it is shown. The buttons of a widget need none."""
    for alias in ("a", "b", "c"):
        session.create(alias, "demo")
        session.create_profile(f"{alias}-p", connections=alias, model="demo-chat")
    for line, back in (
        ("profile delete a-p --yes", "'%aiconn profile undelete a-p'"),
        ("profile delete b-p c-p --yes", "'%aiconn profile undelete ALIAS'"),
        ("delete a --yes", "'%aiconn undelete a'"),
        ("delete b c --yes", "'%aiconn undelete ALIAS'"),
    ):
        assert back in str(say(session, line))


def test_delete_names_the_profiles_and_wants_force(session: Session) -> None:
    """With --force it asks and names the profiles."""
    say(session, "new a --provider demo")
    session.create_profile("writer", connections="a", model="m")
    with pytest.raises(ConnectionInUse):
        say(session, "delete a --yes")
    asked = Asked(yes=True)
    say(session, "delete a --force", asked)
    assert asked.questions == ["Delete a? This breaks the profiles writer."]


def test_use_binds_the_client(session: Session) -> None:
    """The name follows ``as``. Without an alias, the command says what is in use."""
    say(session, "new a --provider demo")
    console = Asked()
    say(session, "use a as client", console)
    assert type(console.bound["client"]).__name__ == "DemoClient"
    assert say(session, "use").alias == "a"
    assert say(session, "use --none").alias == ""


def test_a_terminal_holds_no_connection_and_no_environment(session: Session) -> None:
    """The error says what to do instead."""
    with pytest.raises(NoKernelForUse) as raised:
        say(session, "use a", Asked(in_shell=True))
    assert raised.value.alias == "a"
    with pytest.raises(NoKernelForEnvironment):
        say(session, "env Production", Asked(in_shell=True))
    with pytest.raises(RunInNotebook):
        say(session, "run a -- ls")


def test_secrets_are_set_listed_and_removed(session: Session) -> None:
    """A value is asked for and never shown."""
    say(session, "secret set OpenAI:ApiKey", Asked(secrets=(CANARY,)))
    assert [row.key for row in say(session, "secret list")] == ["OpenAI:ApiKey"]
    assert CANARY not in str(say(session, "secret list"))
    assert say(session, "resolve $OpenAI:ApiKey")[0].resolved
    with pytest.raises(AiconnError) as raised:
        say(session, "secret remove OpenAI:ApiKye")
    assert repr(raised.value) == repr(
        NoUserSecret(key="OpenAI:ApiKye", environment="Development", nearest="OpenAI:ApiKey")
    )
    say(session, "secret remove OpenAI:ApiKey --forget")
    assert len(say(session, "secret list")) == 0


def test_a_secret_that_was_replaced_or_removed_is_restored(session: Session) -> None:
    """The list says what can be restored, and the answer to a removal says how. A forgotten secret cannot be restored."""
    say(session, "secret set OpenAI:ApiKey --env Production --yes", Asked(secrets=(CANARY,)))
    removed = say(session, "secret remove OpenAI:ApiKey --env Production")
    assert "'%aiconn secret restore OpenAI:ApiKey --env Production'" in removed.what
    listed = str(say(session, "secret list"))
    assert re.search(r"removed \d{4}-\d\d-\d\d \d\d:\d\d UTC", listed)
    assert "'%aiconn secret restore KEY'" in listed
    say(session, "secret restore OpenAI:ApiKey --env Production")
    assert (
        str(say(session, "secret list"))
        == "key            environment\n--------------------------\nOpenAI:ApiKey  Production"
    )
    with pytest.raises(NoFormerSecret) as raised:
        say(session, "secret restore OpenAI:ApiKey")
    assert (raised.value.key, raised.value.environment) == ("OpenAI:ApiKey", "Development")
    say(session, "secret remove OpenAI:ApiKey --env Production --forget")
    with pytest.raises(AiconnError):
        say(session, "secret restore OpenAI:ApiKey --env Production")
    with pytest.raises(CommandError):
        say(session, "secret list --forget")


def test_a_secret_makes_an_environment_only_where_that_is_confirmed(session: Session, work: Path) -> None:
    """A mistyped name would keep the key where no reference looks for it. An environment exists if it has a file or a secret, or if
    it is current."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    line = "secret set A:B --env Prodution"
    console = Asked(secrets=(CANARY,), yes=False)
    say(session, line, console)
    assert len(console.questions) == 1
    with pytest.raises(NoEnvironment) as raised:
        say(session, line + " -", Piped(CANARY))
    assert (raised.value.environment, raised.value.folder, raised.value.can_be_made) == (
        "Prodution",
        "this folder",
        True,
    )
    assert len(session.secrets()) == 0
    say(session, "secret set A:B --env Staging", Asked(secrets=(CANARY,), yes=True))
    for known in ("Staging", "Production", "Development"):
        say(session, f"secret set C:D --env {known}", Asked(secrets=(CANARY,), yes=False))
    say(session, "secret set C:D - --env Other --yes", Piped(CANARY))
    assert {row.environment for row in session.secrets()} == {"Staging", "Production", "Development", "Other"}


@pytest.mark.parametrize("line", ["secret set A:B", "secret set A:B -"])
def test_white_space_around_a_pasted_secret_is_left_out(session: Session, line: str) -> None:
    """As in the form, the white space goes, because no key is surrounded by any."""
    pasted = f"  {CANARY}\t\n"
    say(session, line, Piped(pasted) if line.endswith("-") else Asked(secrets=(pasted,)))
    session.create("a", "openai", settings={"api_key": "$A:B"})
    assert session.client("a").api_key == CANARY


def test_a_secret_can_be_piped_in(session: Session) -> None:
    """In a terminal, - reads the value from the pipe, without its line end."""
    say(session, "secret set A:B -", Piped(CANARY + "\r\n"))
    session.create("a", "openai", settings={"api_key": "$A:B"})
    assert session.client("a").api_key == CANARY
    with pytest.raises(SecretNeeded) as raised:
        say(session, "secret set A:B", Piped(CANARY))
    assert (raised.value.key, raised.value.in_shell) == ("A:B", True)
    with pytest.raises(NothingEntered):
        say(session, "secret set A:B -", Piped("\n"))


def test_a_reference_is_no_value_of_a_secret(session: Session) -> None:
    """The reference would never be resolved. A password may start with a dollar, which a warning mentions."""
    with pytest.raises(ReferenceAsSecret):
        say(session, "secret set A:B", Asked(secrets=("$Foo:Bar",)))
    assert len(session.secrets()) == 0
    assert say(session, "secret set A:B", Asked(secrets=("$word!",))).warnings == (
        "it starts with $, and is kept as it is: a user secret is never resolved again",
    )


def test_a_secret_of_another_environment_is_pointed_to(session: Session) -> None:
    """This helps a user who removes or restores a secret and forgot to name its environment."""
    session.set_secret("A:B", Secret(CANARY), environment="Production")
    session.set_secret("C:D", Secret(CANARY), all=True)
    for line, having, options in (
        ("secret remove a:b", ("Production",), ("--env", "Production")),
        ("secret remove C:D --env Production", (None,), ("--all",)),
    ):
        with pytest.raises(NoUserSecret) as raised:
            say(session, line)
        assert (raised.value.having, raised.value.options) == (having, options)
    say(session, "secret remove A:B --env Production")
    with pytest.raises(NoFormerSecret) as former:
        say(session, "secret restore A:B")
    assert (former.value.having, former.value.options) == (("Production",), ("--env", "Production"))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_an_example_that_parses(session: Session, command: str) -> None:
    """Help cannot show what the parser does not accept."""
    assert COMMANDS[command].examples
    for example in COMMANDS[command].examples:
        found, rest = find(split(example))
        assert found.name == command
        found.parse(rest, "%aiconn")
    assert COMMANDS[command].summary in str(say(session, f"help {command}"))


def test_help_lists_every_command(session: Session) -> None:
    """The usage is written in the form in which a user types it."""
    listed = say(session, "help")
    assert [line.name for line in listed] == first_words()
    assert {name.partition(" ")[0] for name in COMMANDS} == set(first_words())
    assert "%aiconn delete ALIAS ... [--force] [--yes]" in str(say(session, "help delete"))
    assert "aiconn run ALIAS -- COMMAND ..." in str(say(session, "help run", Asked(in_shell=True)))


@pytest.mark.parametrize(
    ("line", "fragment", "offered"),
    [
        ("", "", sorted(first_words())),
        ("di", "di", ["diff", "diff-env", "disable", "discover"]),
        ("use ", "", ["demo-dev", "openai-dev"]),
        ("use op", "op", ["openai-dev"]),
        ("use openai-dev ", "", ["as"]),
        ("delete demo-dev ", "", ["demo-dev", "openai-dev"]),
        ("new x --provider ope", "ope", ["openai", "openai-compatible", "openrouter"]),
        ("new x --pro", "--pro", ["--prompt", "--provider"]),
        ("new x --provider openai --set ", "", SETTINGS_OF_OPENAI),
        ("new x --provider openai --set api_key=$openai", "api_key=$openai", ["api_key=$OpenAI:ApiKey"]),
        ("edit openai-dev --unset org", "org", ["organization"]),
        ("new x --provider demo --set fail_with=auth", "fail_with=auth", ["fail_with=authentication"]),
        ("env P", "P", ["Production"]),
        ("explain openai-dev --env ", "", ["Development", "Production"]),
        ("resolve $OpenAI", "$OpenAI", ["$OpenAI:ApiKey"]),
        ("secret ", "", ["list", "remove", "restore", "set"]),
        ("models openai-dev --capability ", "", ["chat", "embedding"]),
        ("help te", "te", ["test"]),
        ("nonsense ", "", []),
        ("resolve Open", "Open", ["OpenAI:ApiKey"]),
        ("secret remove ", "", ["Kept:Key"]),
        ("secret restore ", "", ["Former:Key"]),
        ("edit nobody --set ", "", []),
    ],
)
def test_completion_knows_what_can_come_next(
    isolated: Path, work: Path, line: str, fragment: str, offered: list[str]
) -> None:
    """Completion offers commands, options, aliases, providers, fields and environments, and configuration keys after a dollar."""
    # The variables of this machine would be known keys as well.
    session = Session(home=isolated / "home", config_home=isolated / "keys", environ={})
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"}}')
    (work / "appsettings.Production.json").write_text("{}")
    session.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("demo-dev", "demo")
    for key in ("Kept:Key", "Former:Key"):
        session.set_secret(key, Secret(CANARY), environment="Production")
    session.remove_secret("Former:Key", environment="Production")
    found = complete(session, line)
    assert found == (fragment, offered)


def test_a_value_on_the_line_of_a_secret_is_refused_for_what_it_is(session: Session) -> None:
    """The error does not repeat the value."""
    with pytest.raises(CommandError) as raised:
        say(session, f"secret set A:B {CANARY}")
    assert repr(raised.value) == repr(
        NoOption(
            command="secret set",
            advice=SURPLUS,
        )
    )


def test_nothing_takes_no_secrets_place(session: Session) -> None:
    """Pressing only Enter at the prompt gives no new value."""
    say(session, "secret set A:B", Asked(secrets=("good",)))
    with pytest.raises(AiconnError) as raised:
        say(session, "secret set A:B", Asked(secrets=(" ",)))
    assert repr(raised.value) == repr(NothingEntered(key="A:B"))
    assert say(session, "resolve $A:B").complete


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("use a --env Production", BadUse(exports=True, environment="Production")),
        ("use --env Production a", BadUse(exports=True, environment="Production")),
        ("use --env Production", BadUse(exports=True, environment="Production")),
        ("use a as client --env Production", BadUse(exports=True, environment="Production")),
        ("use a --env sk-made-up", BadUse(exports=True)),
        ("use a --env=Production", BadWords(command="use", problem="--env takes no value", usage=USE, option="--env")),
        ("models a --env Production", NoOption(command="models", option="--env")),
    ],
)
def test_an_option_that_takes_no_environment_names_what_switches_it(
    session: Session, work: Path, line: str, expected: CommandError
) -> None:
    """Other commands take a name after ``--env``. A word that names no environment may be a key, so it is not repeated."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    say(session, "new a --provider demo")
    with pytest.raises(CommandError) as raised:
        say(session, line)
    assert repr(raised.value) == repr(expected)
    assert "%aiconn env" in raised.value.hint


def test_a_client_that_was_bound_before_keeps_its_keys_and_that_is_said(session: Session, work: Path) -> None:
    """The environment changes, but the object in the notebook does not."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    say(session, "new a --provider demo")
    say(session, "use a as client")
    assert say(session, "env Production").notes == (
        "client still has what Development gave it; '%aiconn use a as client' makes a new one.",
    )
    say(session, "use a as client")
    assert say(session, "env Production").notes == ()


def test_a_rollback_keeps_the_alias(session: Session) -> None:
    """Notebooks know the connection by its alias, and the former alias may belong to another one by then."""
    say(session, "new a --provider demo")
    say(session, "rename a b")
    say(session, "new a --provider demo")
    assert say(session, "rollback b 1").alias == "b"


KNOWN = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
"""A key without the shape of a well-known one."""


@pytest.mark.parametrize(
    "line",
    [
        f"show {KNOWN}",
        f"new demo-b --provider demo --name {KNOWN}",
        f"edit demo --set latency={KNOWN}",
        f"resolve {KNOWN}",
        f"list {KNOWN}",
        f"ask demo --model demo-chat hi {KNOWN}",
        f"env {KNOWN}",
        f"secret remove {KNOWN}",
        f"export demo -o {KNOWN}.json",
        f"profile new writer --connection demo --model {KNOWN}",
    ],
)
def test_a_known_key_on_a_command_line_is_refused(session: Session, line: str) -> None:
    """The command refuses it whatever it does with its words, and does not repeat it."""
    session.create("x", "openai", settings={"api_key": KNOWN})
    session.create("demo", "demo")
    with pytest.raises(CommandError) as raised:
        say(session, line)
    assert KNOWN not in str(raised.value)


@pytest.mark.parametrize("key", [KNOWN, "Ab1-x9-Qq", 'pass word\'s/of "mine"'])
@pytest.mark.parametrize("words", [("{}",), ("profile", "{}"), ("secret", "{}"), ("--{}",), ("help", "{}")])
def test_a_known_key_in_the_place_of_a_command_is_not_repeated(
    session: Session, key: str, words: tuple[str, ...]
) -> None:
    """A long or short key was pasted after ``%aiconn``, in the place of a command, a subcommand or an option."""
    session.create("x", "openai", settings={"api_key": Secret(key)})
    with pytest.raises(CommandError) as raised:
        run(session, [word.format(key) for word in words], Asked())
    assert key not in str(raised.value)
    assert key.lower() not in str(raised.value).lower()


def test_new_takes_the_variable_of_the_provider_where_nothing_is_typed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prompt names the reference, and a typed value takes precedence over it."""
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    asked = Asked(secrets=("",))
    assert say(session, "new a --provider openai", asked).connection.settings["api_key"] == "$OPENAI_API_KEY"
    assert ["$OPENAI_API_KEY" in each for each in asked.questions] == [True]
    typed = Asked(secrets=("$OpenAI:ApiKey",))
    assert say(session, "new b --provider openai", typed).connection.settings["api_key"] == "$OpenAI:ApiKey"


def test_new_without_an_answer_is_an_error_where_no_variable_is_set(session: Session) -> None:
    """The error is that of a missing required setting."""
    with pytest.raises(InvalidConnection):
        say(session, "new a --provider openai", Asked(secrets=("",)))


def test_new_names_the_variable_where_it_cannot_ask(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is not used unasked: a notebook that runs by itself must say which key it means."""
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with pytest.raises(SettingsNeeded) as raised:
        say(session, "new a --provider openai")
    assert raised.value.examples == (("api_key", "$OPENAI_API_KEY"),)


@pytest.fixture
def two_accounts(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provide one key in a variable and one in a ``.env`` file that is not read, and hide the developer's own tools."""
    monkeypatch.setenv("HOME", str(work))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(work))
    monkeypatch.setenv("GROQ_API_KEY", CANARY)
    (work / ".env").write_text(f"MISTRAL_API_KEY={CANARY}\n")


def states(found: Any) -> dict[str, str]:
    """Return the state of each proposal, by name."""
    return {each.name: str(each.state) for each in found}


@pytest.mark.usefixtures("two_accounts")
def test_each_discovered_account_is_asked_about(session: Session) -> None:
    """The answer "no" leaves an account alone. The question says where a key is and where it would be kept."""
    asked = Asked(yes=False)
    left = say(session, "discover --all --no-local", asked)
    assert states(left) == {"groq-env": "left", "mistral-dotenv": "left"}
    assert [("user secret" in each, ".env:1" in each) for each in asked.questions] == [(False, False), (True, True)]
    assert CANARY not in "".join(asked.questions)
    made = say(session, "discover --create mistral-dotenv --no-local", Asked(yes=True))
    assert states(made) == {"groq-env": "new", "mistral-dotenv": "created"}


@pytest.mark.usefixtures("two_accounts")
def test_where_no_one_can_be_asked_no_key_is_copied(session: Session) -> None:
    """A reference is created all the same, and --yes is the answer of a script."""
    made = say(session, "discover --all --no-local")
    assert states(made) == {"groq-env": "created", "mistral-dotenv": "left"}
    made = say(session, "discover --create mistral-dotenv --yes --no-local")
    assert states(made)["mistral-dotenv"] == "created"
    assert [row.key for row in session.secrets()] == ["Mistral:ApiKey"]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_line_without_words_is_read_as_argparse_reads_it(name: str) -> None:
    """Most of these lines never reach the parser. The others lack a required word."""
    command = COMMANDS[name]
    parser = parser_of(command, "aiconn")
    if any(arg.is_required for arg in command.args):
        with pytest.raises(BadWords):
            parser.parse_known_intermixed_args([])
    else:
        read, _ = parser.parse_known_intermixed_args([])
        assert vars(command.parse([], "aiconn")) == {**vars(read), "quoted": [], "rest": [], "cell": None}


def test_use_alone_says_that_another_kernel_changed_what_a_client_was_made_from(session: Session) -> None:
    """The object in the notebook stays as it was, and unchanged connections are not mentioned."""
    say(session, "new a --provider demo")
    say(session, "use a as client")
    assert say(session, "use").warnings == ()
    Session().edit("a", settings={"latency": 0.5})
    assert say(session, "use").warnings == ("client still has what a was; '%aiconn use a as client' makes a new one.",)


def test_secret_alone_lists_the_user_secrets(session: Session) -> None:
    """The same holds for profile alone, which lists the profiles."""
    session.set_secret("Made:Up", Secret("made-up-value"))
    assert str(say(session, "secret")) == str(say(session, "secret list"))
