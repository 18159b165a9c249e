"""A prompt takes values from the notebook by name and leaves all other braces alone."""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections import ChainMap, OrderedDict, UserList, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import ClassVar
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb import Secret, Session
from aiconn_nb.errors import PlaceNotFilled, PlaceRefused
from aiconn_nb.ui.shell import filling
from aiconn_nb.ui.shell.filling import fill, left_as_code, left_as_is

CANARY = "sk-canary00112233"
NAMES = {
    "topic": "rain",
    "n": 3,
    "row": {"city": "Paris", "days": [1, 2]},
    "here": SimpleNamespace(place=SimpleNamespace(name="Oslo"), _hidden="no"),
    "größe": 3,
    "place": SimpleNamespace(straße=5),
    "key": Secret(CANARY),
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Explain {topic}.", "Explain rain."),
        ("{n} times {topic}{topic}", "3 times rainrain"),
        ("{row[city]} {row['city']} {row[days][1]} {row[days][-1]}", "Paris Paris 2 2"),
        ("{here.place.name}", "Oslo"),
        ('{"json": {"topic": 1}}', '{"json": {"topic": 1}}'),
        ('{"n": {n}} {{n} {n}}', '{"n": 3} {3 3}'),
        (r"\frac{a}{b} and {unknown}", r"\frac{a}{b} and {unknown}"),
        ("{{topic}} {topic!r} {topic:>9} { topic }", "{{topic}} {topic!r} {topic:>9} { topic }"),
        ("{here._hidden} {topic.__class__}", "{here._hidden} {topic.__class__}"),
        ("{}", "{}"),
        ("{größe} {place.straße} {Größe}", "3 5 {Größe}"),
    ],
)
def test_only_names_of_the_notebook_are_filled_in(text: str, filled: str) -> None:
    """Every other brace stays as it is."""
    assert fill(text, NAMES) == filled


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Explain {topc} to {topic}, ({topc})!", ("{topc}",)),
        ("{one} and {two}", ("{one}", "{two}")),
        (r"\frac{a}{b} f{x} ${x} x^{n} {{x}} {a}{b}", ()),
        ('{"a": {"b": 1}} {} {1} {a b} {a.b} {a:b} {topic[x]}', ()),
        ("if (x) {return} {f}(x)", ()),
    ],
)
def test_a_name_that_is_not_there_is_told(text: str, left: tuple[str, ...]) -> None:
    """Only a name by itself is reported. Code, JSON and LaTeX contain none."""
    assert left_as_is(text, NAMES) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "{topic:.2f} {topic!r} {topic + 1} {topic.upper()}",
            ("{topic:.2f}", "{topic!r}", "{topic + 1}", "{topic.upper()}"),
        ),
        ('{topc:.2f} f"{topic:.2f}" ${topic:.2f} {topic: 1} {topic: "x"} {topic} {{topic!r}}', ("{topic:.2f}",)),
        ("{topic, other} {topic | other} {topic}[topic:1]", ()),
    ],
)
def test_what_only_an_f_string_fills_in_is_told(text: str, left: tuple[str, ...]) -> None:
    """It is reported if the notebook has the name, because the prompt would contain the braces instead of the value."""
    assert left_as_code(text, NAMES) == left


@given(st.text(alphabet=st.sampled_from("{}[]ab.'\" \n\\0_"), max_size=60))
def test_without_a_name_that_is_there_nothing_changes(text: str) -> None:
    """This holds for any combination of braces."""
    assert fill(text, {}) == text


@pytest.mark.parametrize("place", ["{row[town]}", "{here.nothing}", "{row[days][9]}", "{n[0]}"])
def test_what_is_not_there_is_an_error_that_names_the_place(place: str) -> None:
    """An error is better than a question that makes no sense."""
    with pytest.raises(PlaceNotFilled) as caught:
        fill(f"Tell me of {place}", NAMES)
    assert caught.value.place == place


def test_a_secret_is_not_sent() -> None:
    """The secret is not even sent masked."""
    with pytest.raises(PlaceRefused):
        fill("My key is {key}", NAMES)


class OpenAI:
    """A substitute for an SDK's client. What counts is the module of its class."""

    __module__ = "openai._client"
    api_key = "made-up-key-0001"


class Wrapped(OpenAI):
    """A client class that the notebook defines."""

    __module__ = "__main__"


class ChatModel(OpenAI):
    """An object of a framework, as `to` makes it."""

    __module__ = "langchain_openai.chat_models"


class Data:
    """An answer of an SDK: a pydantic model that says which fields it has."""

    __module__ = "openai.types"
    model_fields: ClassVar = {"text": str}
    text = "hello"


GUARDED = {
    "client": OpenAI(),
    "wrapped": Wrapped(),
    "llm": ChatModel(),
    "kept": {"one": SimpleNamespace(client=OpenAI())},
    "os": os,
    "sys": sys,
    "reply": Data(),
    "known": "so it is: made-up-key-0002, or not",
    "shaped": f"it is {CANARY}",
}


@pytest.mark.parametrize(
    "place",
    [
        *(
            "{llm}",
            "{llm.api_key}",
            "{client}",
            "{client.api_key}",
            "{wrapped.api_key}",
            "{kept[one].client.api_key}",
            "{kept[one].client}",
        ),
        *(
            "{os.environ}",
            "{os.environ[HOME]}",
            "{os.environb}",
            "{sys.modules[os].environ[HOME]}",
            "{known}",
            "{shaped}",
        ),
    ],
)
def test_what_leads_to_a_key_is_not_sent(place: str) -> None:
    """The text may have been pasted from an author who hopes that nobody reads it."""
    with pytest.raises((PlaceRefused, PlaceNotFilled)) as raised:
        fill(
            f"Dear all, see {place}.",
            GUARDED,
            lambda text: "the api_key of a" if "made-up-key" in text else "key"[: CANARY in text],
        )
    assert raised.value.place == place
    assert "made-up" not in str(raised.value)
    assert CANARY not in str(raised.value)


@dataclass
class Kept:
    """A class of the notebook that shows its content."""

    inner: object


HELD = (os.environ, OpenAI(), Secret("made-up-key-0004"))


@pytest.mark.parametrize("held", HELD, ids=("environment", "client", "secret"))
@pytest.mark.parametrize(
    "wrap",
    [
        lambda held: [held],
        lambda held: (1, ({"e": [held]},)),
        lambda held: {"e": held},
        lambda held: {"e": held}.items(),
        lambda held: {"e": held}.values(),
        lambda held: MappingProxyType({"e": held}),
        lambda held: deque([held]),
        lambda held: UserList([held]),
        lambda held: ChainMap({}, {"e": held}),
        lambda held: OrderedDict(e=held),
        lambda held: SimpleNamespace(e=held),
        lambda held: partial(print, held),
        lambda held: partial(print, e=held),
        lambda held: [held].index,
        lambda held: Kept(held),
        lambda held: ValueError(held),
    ],
)
def test_a_container_or_a_wrapper_hides_nothing(wrap: Callable[[object], object], held: object) -> None:
    """The check uses the text form of the value, which is what would be sent."""
    with pytest.raises(PlaceRefused) as raised:
        fill("See {it}.", {"it": wrap(held)})
    assert raised.value.place == "{it}"
    assert "made-up" not in str(raised.value)


@pytest.mark.parametrize(
    "value",
    [
        os.environ.items(),
        os.environ.keys(),
        os.environ.values(),
        os.environ.get,
        partial(os.environ.get, "HOME"),
        ChainMap(os.environ),
        {frozenset([os.environ.get])},
    ],
)
def test_a_view_of_the_environment_variables_is_not_sent(value: object) -> None:
    """A method of it is not sent either, because its text form contains all variables."""
    with pytest.raises(PlaceRefused):
        fill("See {it}.", {"it": value})


def test_a_harmless_container_is_sent_as_it_is() -> None:
    """A container that contains itself is sent as well, and so is one with a secret beside the named value."""
    ring: list[object] = [1, {"a": (2.5, None)}]
    ring.append(ring)
    names = {"it": ring, "mixed": {"key": Secret("made-up-key-0004"), "city": ["Oslo"]}, "kept": Kept([b"x"])}
    assert fill("{it} {mixed[city]} {kept}", names) == "[1, {'a': (2.5, None)}, [...]] ['Oslo'] Kept(inner=[b'x'])"


def test_a_value_that_holds_too_much_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that was not examined may be anything."""
    monkeypatch.setattr(filling, "MOST_HELD", 10)
    assert fill("{it}", {"it": [[]] * 20 + [1] * 20}).startswith("[[], []")
    with pytest.raises(PlaceRefused) as raised:
        fill("{it}", {"it": [[number] for number in range(20)]})
    assert raised.value.place == "{it}"


def test_a_key_of_this_machine_is_found_in_any_spelling(session: Session) -> None:
    """The key may be escaped by a repr or JSON, or encoded in a URL or in base64."""
    key = "made-up/canary 'key' \"0005\""
    session.create("a", "openai", settings={"api_key": Secret(key)})
    spelled = (repr([key]), json.dumps({"k": key}), quote(key, safe=""), b64encode(f"user:{key}".encode()).decode())
    for text in spelled:
        assert session.key_in(f"here: {text}!") == "the api_key of a"


def test_what_an_sdk_answered_is_data() -> None:
    """It is data that a prompt may use."""
    assert fill("{reply.text} {os.sep}", GUARDED) == f"hello {os.sep}"


def test_a_key_of_this_machine_is_found_in_a_text(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key may be in any variable of the notebook, whether it is sealed, a user secret, in an environment variable or of a
    well-known shape."""
    monkeypatch.setenv("SOME_API_KEY", "made-up-key-0003")
    session = Session()
    session.create("a", "openai", settings={"api_key": Secret("made-up-key-0001")})
    session.set_secret("Some:ApiKey", Secret("made-up-key-0002"))
    for key in ("made-up-key-0001", "made-up-key-0002", "made-up-key-0003", CANARY):
        assert session.key_in(f"here: {key}!")
    assert session.key_in("a harmless text of some length") == ""
    session.close()
