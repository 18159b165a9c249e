"""Every wording of an error has one place, and one file shows all of them."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from pathlib import Path
from typing import NamedTuple

import pytest

import aiconn_nb
from aiconn_nb import errors
from aiconn_nb.errors import AiconnError, ConnectionInactive, NoEnvironment, NoTarget, ProfileNotFound
from aiconn_nb.model.hint import Interface, shown_in
from tests.error_samples import GOLDEN, golden, samples

PACKAGE = Path(errors.__file__).parents[1]


def every_kind() -> dict[str, type[AiconnError]]:
    """Return the classes of errors by name. The package imports them when they are requested."""
    found = {name: getattr(errors, name) for name in dir(errors)}
    return {name: each for name, each in found.items() if isinstance(each, type) and issubclass(each, AiconnError)}


def test_every_wording_is_as_it_was_read() -> None:
    """One file shows the change of a wording beside all others."""
    assert golden() == GOLDEN.read_text(encoding="utf-8")


def test_every_error_with_words_has_a_sample() -> None:
    """Every class that makes its own lines is in the file."""
    kinds = set(every_kind().values())
    worded = {kind for kind in kinds if {"lines", "failure", "says"} & vars(kind).keys()}
    shown = {base for each in samples() for base in type(each).__mro__}
    assert {kind.__qualname__ for kind in worded - shown} == set()


def test_no_code_makes_a_sentence_for_an_error() -> None:
    """Code gives fields. Only a provider has its own words, and it may be a third-party plug-in."""
    kinds = every_kind()
    told = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in ("errors", "providers")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in kinds
        if any(isinstance(given, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Starred) for given in node.args)
    ]
    assert told == []


TYPED = {
    "BadRename",
    "BadRotationTarget",
    "BadUse",
    "BadWords",
    "DeletionNotConfirmed",
    "ImportNotConfirmed",
    "KeyOnLine",
    "NewKeyNeeded",
    "NoEnvironment",
    "NoFormat",
    "NoNamesHere",
    "NoOption",
    "NoProvider",
    "NoneWithProfile",
    "NotASetting",
    "NotAnOption",
    "NothingToChange",
    "NothingToMap",
    "PlaceNotFilled",
    "PlaceRefused",
    "PlacesLeft",
    "ReferenceExpanded",
    "SettingsNeeded",
    "TrustNotConfirmed",
    "UsageNotWritten",
}
"""Errors that only a typed command raises."""


@pytest.mark.parametrize("sample", list(samples()), ids=lambda each: type(each).__qualname__)
def test_in_python_a_hint_names_no_option_of_a_command(sample: AiconnError) -> None:
    """It names the parameter, or a whole command for a terminal."""
    if type(sample).__qualname__ in TYPED:
        return
    with shown_in(Interface.PYTHON):
        said = re.sub(r"(?:aiconn|pip) [^'\n]*", "", str(sample))
    assert re.search(r"(?<![\w-])--[a-z]|%aiconn", said) is None


def test_no_code_takes_a_message_apart() -> None:
    """Code reads the fields or the reason."""
    apart = re.compile(
        r"\.(?:what|hint)\.\w+\(|\.problem\.(?:r?partition|r?split)\(|in \w+\.(?:what|hint)\b"
        r"|search\(\w+\.(?:what|hint)\)|\.(?:what|hint) = "
    )
    found = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if apart.search(line) and "self.what" not in line
    ]
    assert found == []


@pytest.mark.parametrize("sample", list(samples()), ids=lambda each: type(each).__qualname__)
def test_every_error_can_be_carried_and_copied(sample: AiconnError) -> None:
    """The copy has the fields, and the words are made where it arrives."""
    for again in (pickle.loads(pickle.dumps(sample)), copy.copy(sample), copy.deepcopy(sample)):
        assert (type(again), repr(again), str(again)) == (type(sample), repr(sample), str(sample))


def test_a_reason_has_the_name_of_its_documented_class() -> None:
    """Scripts, logs and IPython read the name. Only the documented classes are public names."""
    assert {type(each).__name__ for each in samples()} <= {*aiconn_nb.__all__}
    assert {type(each).__name__ for each in (NoTarget(alias="x"), ProfileNotFound(alias="x"))} == {"ProfileNotFound"}


def test_a_carried_error_speaks_to_where_it_arrives() -> None:
    """A worker process has no notebook, but the notebook that shows its error is one."""
    carried = pickle.dumps(ConnectionInactive(alias="a"))
    with shown_in(Interface.NOTEBOOK):
        assert pickle.loads(carried).hint.startswith("'%aiconn enable a'")


def test_masking_keeps_the_type_of_a_named_tuple() -> None:
    """Its texts are masked, and its fields keep their names."""

    class Pair(NamedTuple):
        name: str
        text: str

    error = NoEnvironment(environment="x", known=(Pair("a", "key-1"),))  # type: ignore[arg-type]
    error.mask(lambda text: text.replace("key-1", "masked"))
    assert error.known == (Pair("a", "masked"),)
    assert isinstance(error.known[0], Pair)
