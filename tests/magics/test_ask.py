"""``%%aiconn ask`` works in a real IPython shell."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.errors import (
    FailureKind,
    NoDefaultProfile,
    NoOption,
    NoTarget,
    NoTargetOnLine,
    NotInNotebook,
    NotInSchema,
    NotJson,
    ProviderFailed,
)
from aiconn_nb.features.asking.reply import Reply
from aiconn_nb.session import kernel_session
from aiconn_nb.ui.magics import live

SHAPED = "sk-proj-" + "Ab1" * 16


@pytest.fixture
def shell(shell: InteractiveShell) -> InteractiveShell:
    """Return a shell with the extension, a demo connection and the default profile ``writer``."""
    kernel_session().create("demo-dev", "demo")
    kernel_session().create_profile("writer", connections=["demo-dev"], model="demo-brief", default=True)
    return shell


def cell(shell: InteractiveShell, source: str) -> Any:
    """Run a cell as a front end would, and return its outcome."""
    return shell.run_cell(source, store_history=True)


def test_the_cell_is_the_prompt(shell: InteractiveShell) -> None:
    """Names of the notebook are filled in. The answer is the cell's value and is bound to a name if one is given."""
    cell(shell, "topic = 'rain'")
    result = cell(shell, "%%aiconn ask writer -o answer\nWhat's {topic}, and {this}?").result
    assert result.text == "You said “What's rain, and {this}?”."
    assert shell.user_ns["answer"].text == result.text


def test_raw_fills_in_nothing(shell: InteractiveShell) -> None:
    """Braces stay as they are."""
    cell(shell, "topic = 'rain'")
    assert cell(shell, "%%aiconn ask --raw\nWhat's {topic}?").result.text == "You said “What's {topic}?”."


def test_the_line_is_prose(shell: InteractiveShell) -> None:
    """An apostrophe is not taken for a quotation mark."""
    assert cell(shell, "%aiconn ask writer What's up?").result.text == "You said “What's up?”."
    assert cell(shell, 'x = %aiconn ask writer --system "Be brief." hello').success
    assert shell.user_ns["x"].text == "You said “hello”."


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ('"Why is it so?"', "Why is it so?"),
        ("Translate \"good day\" into 'French'", "Translate \"good day\" into 'French'"),
        ('--system="Be very brief." What is "so"?', 'What is "so"?'),
        ("'-x' and \"--amend\" of git", "'-x' and \"--amend\" of git"),
        ("-- what does gcc -o do", "what does gcc -o do"),
        ("-- git checkout -- file", "git checkout -- file"),
        ("what is -- in SQL", "what is -- in SQL"),
    ],
)
def test_the_prompt_is_sent_as_it_is_written(shell: InteractiveShell, line: str, prompt: str) -> None:
    """Only quotes around the whole prompt are removed, and quoted text is never an option."""
    assert cell(shell, f"x = %aiconn ask writer {line}").success
    assert shell.user_ns["x"].text == f"You said “{prompt}”."


def test_a_word_taken_for_an_option_is_told_how_it_is_none(shell: InteractiveShell) -> None:
    """The error says that all text behind -- belongs to the prompt."""
    error = cell(shell, "%aiconn ask writer Explain git commit --amend").error_in_exec
    assert (type(error), error.option, error.before_text) == (NoOption, "--amend", True)


@pytest.mark.parametrize("line", ['"Why is it so?"', "'Why is it so?'", "-- Why is it so?"])
def test_a_text_without_a_profile_goes_to_the_default_one(shell: InteractiveShell, line: str) -> None:
    """A text in quotes or behind -- is no profile, because no alias contains a blank."""
    assert cell(shell, f"x = %aiconn ask {line}").success
    assert (shell.user_ns["x"].text, shell.user_ns["x"].profile) == ("You said “Why is it so?”.", "writer")


@pytest.mark.parametrize("word", ["Why?", "why?", "Wozu?", "なぜ?"])
def test_a_word_in_quotes_that_is_a_question_is_a_text(shell: InteractiveShell, word: str) -> None:
    """Without the quotes the word may be a slip, and it is refused."""
    assert cell(shell, f'x = %aiconn ask "{word}"').success
    assert (shell.user_ns["x"].text, shell.user_ns["x"].profile) == (f"You said “{word}”.", "writer")
    assert not cell(shell, f"%aiconn ask {word}").success


@pytest.mark.parametrize(
    ("line", "meant", "nearest"),
    [
        ("Why is it so?", "", None),
        ("writre Why is it so?", "", "writer"),
        ('"Writre"', "", "writer"),
        ('"writer?"', "", "writer"),
        ('"Hello"', "", None),
        ('"abcDEF0123456789"', "", None),
        ('"Local Llama"', "private", None),
        ('"local  llama"', "private", None),
        (f'"is this a key: {SHAPED}"', "", None),
        ('"writre"', "", "writer"),
    ],
)
def test_a_word_that_is_nobodys_alias_is_not_sent(
    shell: InteractiveShell, line: str, meant: str, nearest: str | None
) -> None:
    """The word may be a mistyped alias, a display name or a key, and may not be meant for the default profile at all."""
    kernel_session().create_profile("private", connections=["demo-dev"], model="demo-brief", name="Local Llama")
    error = cell(shell, f"%aiconn ask {line}").error_in_exec
    assert isinstance(error, NoTargetOnLine)
    assert SHAPED not in str(error)
    assert (error.meant, error.nearest, error.default) == (meant, nearest, "writer")
    assert len(kernel_session().usage()) == 0


def test_a_deleted_profile_can_be_restored(shell: InteractiveShell) -> None:
    """The error says that the profile was deleted, so that the user can restore it."""
    kernel_session().create_profile("gone", connections=["demo-dev"], model="demo-brief")
    kernel_session().delete_profile("gone")
    error = cell(shell, "%aiconn ask gone Why is it so?").error_in_exec
    assert isinstance(error, NoTargetOnLine)
    assert (error.is_deleted, error.was, error.default) == (True, "profile", "writer")


@pytest.mark.parametrize("line", ['"Local Llama"', '"Why?"', '"Why is it so?"', "Why?"])
def test_before_a_cell_stands_whom_to_ask(shell: InteractiveShell, line: str) -> None:
    """A word in that place that is no alias is a mistake, and the cell below it is not sent."""
    error = cell(shell, f"%%aiconn ask {line}\nThe contents of a letter.").error_in_exec
    assert isinstance(error, NoTarget)
    assert len(kernel_session().usage()) == 0


def test_without_a_default_profile_whom_to_ask_comes_first(shell: InteractiveShell) -> None:
    """There is no profile to which the text could go."""
    kernel_session().no_default_profile()
    error = cell(shell, "%aiconn ask Why is it so?").error_in_exec
    assert (type(error), error.default) == (NoTargetOnLine, "")
    assert isinstance(cell(shell, '%aiconn ask "Why is it so?"').error_in_exec, NoDefaultProfile)


def test_a_question_may_end_in_a_question_mark(shell: InteractiveShell) -> None:
    """IPython would look for help on the last word. It still does so everywhere else."""
    assert cell(shell, "x = %aiconn ask writer Is it so?").success
    assert shell.user_ns["x"].text == "You said “Is it so?”."
    assert cell(shell, "%%aiconn ask writer\nIs it\n%aiconn ask so?").result.text == "You said “Is it %aiconn ask so?”."
    assert shell.transform_cell("%aiconn?") == "get_ipython().run_line_magic('pinfo', '%aiconn')\n"
    assert shell.transform_cell("x?") == "get_ipython().run_line_magic('pinfo', 'x')\n"


def test_what_ipython_put_into_the_notebook_is_no_name(shell: InteractiveShell) -> None:
    """``{In}`` in a formula stays as it is."""
    assert cell(shell, "%%aiconn ask\n{In} {open}").result.text == "You said “{In} {open}”."
    cell(shell, "open = '9 to 5'")  # now `open` is a name of the notebook
    assert cell(shell, "%%aiconn ask\n{In} {open}").result.text == "You said “{In} 9 to 5”."


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("%aiconn ask nobody hello", "ProfileNotFound"),
        ("%aiconn ask writer", "CommandError"),
        ("%aiconn ask writer --format yaml hello", "CommandError"),
        ("%aiconn ask writer -o 1x hello", "CommandError"),
        ("%aiconn ask writer --temperature 3 hello", "CommandError"),
        ("%%aiconn list\nhello", "CommandError"),
        ("%aiconn ask writer --format json hello", "AiconnError"),
    ],
)
def test_a_mistake_fails_the_cell_in_two_lines(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], source: str, kind: str
) -> None:
    """The cell shows no traceback."""
    result = cell(shell, source)
    assert type(result.error_in_exec).__name__ == kind
    assert "Traceback" not in capsys.readouterr().out


def test_an_answer_that_is_no_json_is_kept_under_the_name(shell: InteractiveShell) -> None:
    """The answer is kept whole, and the error says where, so the user need not ask and pay again."""
    cell(shell, "answer = 'of the question before'")
    error = cell(shell, "%%aiconn ask writer --format json -o answer\nhello").error_in_exec
    assert (type(error), error.where, error.kept_in) == (NotJson, "line 1, column 1", "answer.text")
    assert (shell.user_ns["answer"].text, shell.user_ns["answer"].partial) == ("You said “hello”.", False)
    error = cell(shell, "%aiconn ask writer --format json hello again").error_in_exec
    assert error.kept_in == "aiconn_nb.last_reply()"
    cell(shell, "import aiconn_nb; said = aiconn_nb.last_reply().text")
    assert shell.user_ns["said"] == "You said “hello again”."


def test_code_goes_into_a_new_cell_unrun(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The author sees the code before it runs."""
    kernel_session().create_profile("coder", connections=["demo-dev"], model="demo-brief")
    cell(shell, "%%aiconn ask coder --format code\n```python\nx = 1\n```")
    assert shell.rl_next_input == "You said “```python x = 1 ```”."
    assert "x" not in shell.user_ns


def test_an_interrupt_shows_what_came_and_fails_the_cell(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is one line, and the partial answer is available."""
    said = iter(["Half "])

    def interrupted(*of: object, **options: object) -> Iterator[str]:
        yield from said
        raise KeyboardInterrupt

    monkeypatch.setattr("aiconn_nb.providers.demo.DemoClient.stream", interrupted)
    result = cell(shell, "%%aiconn ask writer -o answer\nhello")
    assert type(result.error_in_exec).__name__ == "Interrupted"
    out = capsys.readouterr().out
    assert "Half " in out
    assert "partial" in out
    assert "Traceback" not in out
    assert (shell.user_ns["answer"].text, shell.user_ns["answer"].partial) == ("Half ", True)


def test_an_interrupt_before_the_first_word_is_no_traceback(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model may think for a minute, and an impatient user does not want forty lines of traceback."""

    def interrupted(*of: object, **options: object) -> Iterator[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("aiconn_nb.providers.demo.DemoClient.stream", interrupted)
    result = cell(shell, "%%aiconn ask writer -o answer\nhello")
    assert type(result.error_in_exec).__name__ == "Interrupted"
    out = capsys.readouterr().out
    assert len(out[out.index("Interrupted\x1b[39m: ") :].splitlines()) == 1
    assert "magics.py" not in out
    assert "answer" not in shell.user_ns


def test_an_answer_that_breaks_off_is_kept_under_the_name(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is treated like an interrupted answer: the former value of the name does not answer this question."""

    def cut(*of: object, **options: object) -> Iterator[str]:
        yield "Half "
        raise ProviderFailed(FailureKind.UNREACHABLE, "connection reset")

    monkeypatch.setattr("aiconn_nb.providers.demo.DemoClient.stream", cut)
    cell(shell, "answer = 'of the question before'")
    result = cell(shell, "%%aiconn ask writer -o answer\nhello")
    assert type(result.error_in_exec).__name__ == "AnswerCut"
    assert (shell.user_ns["answer"].text, shell.user_ns["answer"].partial) == ("Half ", True)


class Handle:
    """An output that can be updated and that remembers what it showed."""

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def update(self, bundle: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(bundle)


class Clock:
    """A clock whose seconds the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Return the list of everything that an updatable output showed."""
    handle = Handle()

    def display(bundle: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        handle.shown.append(bundle)
        return handle

    monkeypatch.setattr("IPython.display.display", display)
    return handle.shown


def test_an_answer_is_one_output_that_changes_while_it_comes(shown: list[dict[str, str]]) -> None:
    """The output is not updated for every token, and the whole answer is always shown once at the end."""
    clock = Clock()
    output = live.LiveOutput("markdown", clock=clock)
    for step in range(1_000):
        clock.now = step / 1_000
        output.add("a")
    output.end(Reply("a" * 1_000, "m", "c"))
    assert 10 < len(shown) <= 21
    assert [len(each["text/html"]) for each in shown] == sorted(len(each["text/html"]) for each in shown)
    assert shown[-1]["text/plain"].startswith("a" * 1_000 + "\n\nc · m · ")


@pytest.mark.parametrize("seconds", [2.0, 20.0, 200.0])
def test_what_is_sent_is_in_proportion_to_the_answer(shown: list[dict[str, str]], seconds: float) -> None:
    """Each update contains the whole text, so twenty updates a second of a long answer would block the page."""
    sent = {}
    for length in (15_000, 60_000):
        shown.clear()
        clock = Clock()
        output = live.LiveOutput("markdown", clock=clock)
        for step in range(length // 10):
            clock.now = seconds * step / (length // 10)
            output.add("lorem ipsu")
        output.end(Reply("lorem ipsu" * (length // 10), "m", "c"))
        sent[length] = sum(len(each["text/html"]) + len(each["text/plain"]) for each in shown)
        assert sent[length] < 18 * length
    assert sent[60_000] < 5 * sent[15_000]


def test_several_answers_are_drawn_at_the_same_pace(shown: list[dict[str, str]]) -> None:
    """The pace does not depend on how often a piece of text arrives."""
    clock = Clock()
    drawing = live.Drawing(clock=clock)
    for step in range(6_000):
        clock.now = step / 600
        drawing.draw(Reply("lorem ipsu" * step, "m", "c"), 10 * step)
    drawing.end(Reply("lorem ipsu" * 6_000, "m", "c"))
    assert sum(len(each["text/html"]) for each in shown) < 18 * 60_000
    assert len(shown[-1]["text/html"]) > 60_000


@pytest.mark.parametrize("format", ["markdown", "text", "json", "code"])
def test_an_answer_that_does_not_stream_is_shown_once(format: str, shown: list[dict[str, str]]) -> None:
    """The final form of the answer is shown."""
    output = live.LiveOutput(format, streams=False)
    output.add('{"a":')
    output.add("1}")
    output.end(Reply('{"a":1}', "m", "c"))
    (once,) = shown
    assert ('"a": 1' if format == "json" else '{"a":1}') in once["text/plain"]
    assert ("text/html" in once) is (format != "text")


def test_a_streamed_answer_is_not_shown_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output of its cell already shows the answer. If it is evaluated in a later cell, it shows itself."""
    monkeypatch.setattr(live, "_this_cell", lambda: 1)
    streamed = live.Streamed.of(Reply("hello", "m", "c"))
    streamed._ipython_display_()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(live, "_this_cell", lambda: 2)
    streamed._ipython_display_()
    streamed._ipython_display_()
    assert capsys.readouterr().out.count("text/plain") == 2
    assert streamed.text == "hello"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda reply: pickle.loads(pickle.dumps(reply))])
def test_a_copy_of_a_streamed_answer_shows_itself(
    capsys: pytest.CaptureFixture[str], copied: Callable[[Reply], live.Streamed]
) -> None:
    """A copy shows itself in any cell, because no cell's output contains it yet."""
    made = copied(live.Streamed.of(Reply("hello", "m", "c")))
    made._ipython_display_()
    assert "hello" in capsys.readouterr().out


def test_a_name_that_is_not_in_the_notebook_is_told_below_the_answer(shell: InteractiveShell) -> None:
    """The braces were sent as written, which may be a slip; with --raw this is intended, and the footer does not mention it."""
    reply = cell(shell, "%%aiconn ask writer\nWhat's {topc}?").result
    assert reply.text == "You said “What's {topc}?”."
    assert reply.footer.endswith(" s · {topc} was left as it is")
    assert "left" not in cell(shell, "%%aiconn ask writer --raw\nWhat's {topc}?").result.footer
    assert kernel_session().last_reply.footer.endswith(" s")


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("%aiconn ask w Is it?", "get_ipython().run_line_magic('aiconn', 'ask w Is it?')"),
        ("%aiconn   ask w Is it ??", "get_ipython().run_line_magic('aiconn', 'ask w Is it ??')"),
        ("a['b'] = %aiconn ask w Is it?", "a['b'] = get_ipython().run_line_magic('aiconn', 'ask w Is it?')"),
        ("a.b = %aiconn ask w Isn't it?", """a.b = get_ipython().run_line_magic('aiconn', "ask w Isn't it?")"""),
        ("a = b = %aiconn ask w Is it?", "a = b = get_ipython().run_line_magic('aiconn', 'ask w Is it?')"),
        ("a: Reply = %aiconn ask w Is it?", "a: Reply = get_ipython().run_line_magic('aiconn', 'ask w Is it?')"),
        ("f(x=1)[0] = %aiconn embed w Is it?", "f(x=1)[0] = get_ipython().run_line_magic('aiconn', 'embed w Is it?')"),
        ("%aiconn ask w Is \\\n  it?", "get_ipython().run_line_magic('aiconn', 'ask w Is    it?')"),
        (
            "a = %aiconn ask w Is \\\n  it?\nb = 1",
            "a = get_ipython().run_line_magic('aiconn', 'ask w Is    it?')\nb = 1",
        ),
        (
            "for x in y:\n    %aiconn ask w Is it {x}?\n    z = %aiconn compare a b -- And?",
            "for x in y:\n    get_ipython().run_line_magic('aiconn', 'ask w Is it {x}?')\n"
            "    z = get_ipython().run_line_magic('aiconn', 'compare a b -- And?')",
        ),
    ],
)
def test_a_question_in_any_place(shell: InteractiveShell, source: str, called: str) -> None:
    """The line works for any target of an assignment and over several lines."""
    assert shell.transform_cell(source) == called + "\n"


@pytest.mark.parametrize(
    "source",
    [
        "text = '''\n%aiconn ask w Is it?\n'''",
        "print('%aiconn ask x?')",
        "f(\n  '''a\nx = %aiconn ask w Is it?\n''')",
        "x = 5 %aiconn",
    ],
)
def test_what_is_in_a_string_stays(shell: InteractiveShell, source: str) -> None:
    """Text in a string only looks like a question."""
    assert shell.transform_cell(source) == source + "\n"


def test_a_name_is_the_callers_own_first(shell: InteractiveShell) -> None:
    """As in every magic of IPython, a local name takes precedence over a global one."""
    cell(shell, "topic, other = 'global', 'of the notebook'")
    asked = "def f(topic):\n    x = %aiconn ask writer {topic} {other}\n    return x.text"
    assert cell(shell, f"{asked}\nf('local')").result == "You said “local of the notebook”."
    magic = "def g(topic):\n    return get_ipython().run_cell_magic('aiconn', 'ask writer', 'In a cell: {topic}').text"
    assert cell(shell, f"{magic}\ng('local')").result == "You said “In a cell: local”."
    each = "(lambda topic: get_ipython().run_line_magic('aiconn', 'ask writer {topic}').text)('a')"
    assert cell(shell, each).result == "You said “a”."
    assert cell(shell, "%aiconn ask writer {topic}").result.text == "You said “global”."


def test_only_a_line_feed_ends_a_line(shell: InteractiveShell) -> None:
    """Pasted text may contain a form feed or another kind of line end."""
    cell(
        shell, "%%aiconn embed demo-dev --model demo-embedding -o v\none\x0cstill one\ntwo\u2028still two\r\n\x85three"
    )
    assert len(shell.user_ns["v"].vectors) == 3


def test_a_name_that_is_no_alias_is_told_how(shell: InteractiveShell) -> None:
    """The hint names the Python function, because other magics would fill in the braces."""
    cell(shell, "alias = 'demo-dev'")
    for line, verb in (("use {alias}", "use"), ("show {alias}", "show"), ("profile show {alias}", "show_profile")):
        hint = cell(shell, f"%aiconn {line}").error_in_exec.hint
        assert f"aiconn_nb.{verb}(alias)" in hint or "its functions" in hint
    assert "aiconn_nb.use(alias)" in cell(shell, "%aiconn use {alias}").error_in_exec.hint


def test_a_schema_of_the_notebook_gives_its_value_a_name(shell: InteractiveShell) -> None:
    """The value of the cell is the reply, and ``-o`` binds the reply's value."""
    kernel_session().create_profile("judge", connections=["demo-dev"], model="demo-chat")
    cell(shell, "fields = {'label': ['good', 'bad'], 'sure': bool}")
    result = cell(shell, "%%aiconn ask judge --schema fields -o found\nWell done, {topic}")
    assert result.success
    assert set(shell.user_ns["found"]) == {"label", "sure"}
    assert result.result.value == shell.user_ns["found"]
    assert result.result.left == ("{topic}",)


def test_a_schema_that_the_notebook_does_not_have_is_told(shell: InteractiveShell) -> None:
    """The error comes before anything is sent."""
    assert type(cell(shell, "%aiconn ask writer --schema fields hello").error_in_exec) is NotInNotebook
    assert kernel_session().last_reply is None


def test_an_answer_that_does_not_match_is_in_last_reply(shell: InteractiveShell) -> None:
    """The demo breaks this rule because it reads no patterns. The name keeps its former value."""
    cell(
        shell,
        "found = 'before'; fields = {'type': 'object', 'properties': {'code': {'type': 'string', 'pattern': '^[0-9]+$'}}}",
    )
    error = cell(shell, "%%aiconn ask writer --schema fields -o found\nhello").error_in_exec
    last = kernel_session().last_reply
    assert (type(error), shell.user_ns["found"]) == (NotInSchema, "before")
    assert error.kept_in == "aiconn_nb.last_reply()"
    assert last is not None
    assert last.partial is False
