"""Commands inside messages can be pasted where the message is shown."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiconn_nb import verbs
from aiconn_nb.model import hint
from aiconn_nb.model.hint import Interface, binding, command, pip, shown_in


@pytest.fixture(autouse=True)
def nowhere(in_a_notebook: None) -> Iterator[None]:
    """Only the interfaces that a test opens are open."""
    before = hint._interfaces[:]
    hint._interfaces.clear()
    yield
    hint._interfaces[:] = before


@pytest.mark.parametrize(
    ("words", "in_notebook", "in_terminal", "in_python"),
    [
        (("enable", "a"), "%aiconn enable a", "aiconn enable a", 'aiconn_nb.enable("a")'),
        (("enable", "a", "b"), "%aiconn enable a b", "aiconn enable a b", 'aiconn_nb.enable("a", "b")'),
        (("rollback", "a", "3"), "%aiconn rollback a 3", "aiconn rollback a 3", 'aiconn_nb.rollback("a", 3)'),
        (("profile show", "w"), "%aiconn profile show w", "aiconn profile show w", 'aiconn_nb.show_profile("w")'),
        (("list",), "%aiconn list", "aiconn list", "aiconn_nb.connections()"),
        (
            ("edit", "a", "--prompt", "key"),
            "%aiconn edit a --prompt key",
            "aiconn edit a --prompt key",
            "aiconn edit a --prompt key",
        ),
        (
            ("cap", "a", "--per", "day", "--tokens", "N"),
            "%aiconn cap a --per day --tokens N",
            "aiconn cap a --per day --tokens N",
            'aiconn_nb.cap("a", per="day", tokens=N)',
        ),
        (
            ("discover --create", "x-env"),
            "%aiconn discover --create x-env",
            "aiconn discover --create x-env",
            'aiconn_nb.discover(create=["x-env"])',
        ),
        (
            ("new", "a", "--provider", "openai", "--set", "api_key=$A:B", "base=a=b"),
            "%aiconn new a --provider openai --set api_key=$A:B base=a=b",
            "aiconn new a --provider openai --set 'api_key=$A:B' base=a=b",
            'aiconn_nb.create("a", provider="openai", settings={"api_key": "$A:B", "base": "a=b"})',
        ),
        (
            ("profile edit", "w", "--connection", "a,b"),
            "%aiconn profile edit w --connection a,b",
            "aiconn profile edit w --connection a,b",
            'aiconn_nb.edit_profile("w", connections=["a", "b"])',
        ),
        (
            ("failover", "w", "--live"),
            "%aiconn failover w --live",
            "aiconn failover w --live",
            'aiconn_nb.failover("w", live=True)',
        ),
        (("require --yes",), "%aiconn require --yes", "aiconn require --yes", "aiconn_nb.require(yes=True)"),
        (("secret set", "A B"), '%aiconn secret set "A B"', "aiconn secret set 'A B'", "aiconn secret set 'A B'"),
        (("resolve", "$A:B"), "%aiconn resolve $A:B", "aiconn resolve '$A:B'", 'aiconn_nb.resolve("$A:B")'),
    ],
)
def test_a_command_is_written_as_its_reader_types_it(
    words: tuple[str, ...], in_notebook: str, in_terminal: str, in_python: str
) -> None:
    """It is a magic, a command with the quotes that a shell needs, or a call if Python has an equivalent."""
    assert command(*words) == in_python
    with shown_in(Interface.NOTEBOOK):
        assert command(*words) == in_notebook
        with shown_in(Interface.TERMINAL):
            assert command(*words) == in_terminal
        assert command(*words) == in_notebook


def test_a_hint_may_repeat_what_is_no_text() -> None:
    """A call in Python may have given a number as an alias: the error could not be shown."""
    assert command("cap", 5, "--per", "day") == 'aiconn_nb.cap(5, per="day")'  # type: ignore[arg-type]
    with shown_in(Interface.NOTEBOOK):
        assert command("cap", 5.5, "--per", "day") == "%aiconn cap 5.5 --per day"  # type: ignore[arg-type]


def test_a_client_is_bound_as_its_reader_binds_it() -> None:
    """Each word of the magic is separate. Python uses another function."""
    assert binding("a", "client") == 'client = aiconn_nb.client("a")'
    with shown_in(Interface.NOTEBOOK):
        assert binding("a", "client") == "%aiconn use a as client"


def test_no_word_of_a_hint_is_two_words() -> None:
    """A literal with a blank would be quoted as one word, and the pasted line would fail."""
    package = Path(hint.__file__).parents[1]
    calls = [
        (path.name, call)
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "command"
    ]
    assert len(calls) > 50
    words = [(name, word.value) for name, call in calls for word in call.args[1:] if isinstance(word, ast.Constant)]
    assert [each for each in words if " " in str(each[1])] == []


def test_every_call_is_a_public_function() -> None:
    """The functions in Python hints exist."""
    import aiconn_nb

    assert {name or each for each, name in hint._PYTHON_NAMES.items()} <= set(aiconn_nb.__all__)
    for command_name, options in hint._PYTHON_OPTIONS.items():
        function = getattr(aiconn_nb, hint._PYTHON_NAMES[command_name] or command_name)
        assert {parameter for parameter, _ in options.values()} <= set(inspect.signature(function).parameters)


def test_an_interface_is_loaded_once_and_unloaded() -> None:
    """This holds however often the extension is loaded."""
    hint.begin(Interface.NOTEBOOK)
    hint.begin(Interface.NOTEBOOK)
    assert pip("numpy") == "%pip install numpy"
    hint.end(Interface.NOTEBOOK)
    hint.end(Interface.NOTEBOOK)
    assert pip("numpy") == "pip install numpy"


def test_no_message_names_a_function_that_goes() -> None:
    """A pasted hint must not cause a deprecation warning."""
    assert not set(hint._PYTHON_NAMES.values()) & set(verbs.FORMER)
