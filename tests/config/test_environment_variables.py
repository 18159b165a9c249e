"""Environment variables as the highest layer."""

from __future__ import annotations

import os

import pytest

from aiconn_nb.config import Configuration, EnvironmentLayer
from aiconn_nb.errors import ReferenceNotFound
from aiconn_nb.model.reference import variable_of

from .conftest import Folder


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OpenAI__ApiKey", "OpenAI:ApiKey"),
        ("OPENAI__APIKEY", "OpenAI:ApiKey"),
        ("openai__apikey", "OpenAI:ApiKey"),
        ("A__B__C", "A:B:C"),
        ("A___B", "A:_B"),
        ("A____B", "A::B"),
        ("A_____B", "A::_B"),
        ("__A", ":A"),
        ("A__", "A:"),
        ("A_B", "A_B"),
        ("_A_", "_A_"),
        ("A__0", "A:0"),
        ("A:B", "A:B"),
        ("HOME", "HOME"),
        ("HOME", "home"),
        ("OPENAI_API_KEY", "OPENAI_API_KEY"),
        ("SQLCONNSTR_Main", "SQLCONNSTR_Main"),
        ("DOTNET_OpenAI__ApiKey", "DOTNET_OpenAI:ApiKey"),
        ("ASPNETCORE_URLS", "ASPNETCORE_URLS"),
        ("ÜBER__É", "über:é"),
    ],
)
def test_names(folder: Folder, name: str, key: str) -> None:
    """Every ``__`` becomes ``:`` from left to right, a single ``_`` stays, case does not matter, and every variable resolves."""
    found = folder.load(environ={name: "value"}).lookup(key)
    assert (found.value, found.source, found.line) == ("value", f"environment variable {name}", None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OpenAI__ApiKey", "OpenAI__ApiKey"),
        ("SQLCONNSTR_Main", "ConnectionStrings:Main"),
        ("CUSTOMCONNSTR_Main", "ConnectionStrings:Main"),
        ("DOTNET_OpenAI__ApiKey", "OpenAI:ApiKey"),
        ("ASPNETCORE_URLS", "URLS"),
        ("A___B", "A_:B"),
        ("A___B", "A___B"),
        ("A_B", "A:B"),
    ],
)
def test_forms_that_are_gone_or_left_out(folder: Folder, name: str, key: str) -> None:
    """The form with underscores is not a key. Prefixes of connection strings, DOTNET_ and ASPNETCORE_ mean nothing (ours)."""
    with pytest.raises(ReferenceNotFound):
        folder.load(environ={name: "value"}).lookup(key)


def test_the_underscore_form_suggests_the_colon(folder: Folder) -> None:
    """``$OpenAI__ApiKey`` is missing, and the error suggests ``$OpenAI:ApiKey``."""
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load(environ={"OpenAI__ApiKey": "x", "OpenAI_ApiKey": "y"}).lookup("OpenAI__ApiKey")
    assert raised.value.nearest == "OpenAI:ApiKey"
    assert (raised.value.nearest, raised.value.is_meant, raised.value.is_spelled_as_variable) == (
        "OpenAI:ApiKey",
        True,
        True,
    )


@pytest.mark.parametrize("key", ["A", "A:B", "A:_B", "A:B:C"])
def test_the_variable_of_a_key_gives_it_a_value(folder: Folder, key: str) -> None:
    """The variable that a message names for a key works."""
    assert folder.load(environ={variable_of(key): "value"}).lookup(key).value == "value"


@pytest.mark.parametrize("key", ["A__B", "A_:B", "A=B"])
def test_some_keys_have_no_variable(folder: Folder, key: str) -> None:
    """Every __ in a variable's name is a colon, so no variable can have such a key."""
    assert variable_of(key) == ""
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup(key)
    assert "environment variable" not in raised.value.hint


@pytest.mark.parametrize("value", ["", " ", " x ", "a__b", "a:b", "$HOME", "null", "true", "1.10", '"x"', "ä\n"])
def test_values_are_verbatim(folder: Folder, value: str) -> None:
    """Nothing is trimmed, expanded or converted. An empty variable overrides with the empty text."""
    folder.write("", '{"A": "below"}')
    assert folder.load(environ={"A": value}).lookup("A").value == value


def test_names_that_differ_in_case_only(folder: Folder) -> None:
    """The requested spelling wins, else the last one, as in .NET."""
    configuration = folder.load(environ={"a__B": "first", "A__B": "second"})
    assert configuration.lookup("a:B").value == "first"
    assert configuration.lookup("A:B").value == "second"
    assert configuration.lookup("a:b").value == "second"


def test_a_change_is_seen_at_the_next_lookup(folder: Folder) -> None:
    """A lookup sees each change at once."""
    environ: dict[str, str] = {}
    configuration = folder.load(environ=environ)
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("A:B")
    environ["A__B"] = "1"
    assert configuration.lookup("A:B").value == "1"
    environ["A__B"] = "2"
    assert configuration.lookup("A:B").value == "2"
    del environ["A__B"]
    environ["a__b"] = "3"  # as many names as before
    assert configuration.lookup("A:B").source == "environment variable a__b"
    environ.clear()
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("A:B")


def test_the_process_s_own_variables_are_the_default(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layer reads os.environ live, even after it was replaced by another mapping."""
    configuration = Configuration.load(folder.path, "Development")
    monkeypatch.setenv("AICONN_TEST__Key", "one")
    assert configuration.lookup("aiconn_test:KEY").value == "one"
    monkeypatch.setenv("AICONN_TEST__Key", "two")
    assert configuration.lookup("aiconn_test:KEY").value == "two"
    monkeypatch.delenv("AICONN_TEST__Key")
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("aiconn_test:KEY")
    monkeypatch.setattr(os, "environ", {"Other": "three"})
    assert configuration.lookup("OTHER").value == "three"
    assert configuration.keys() == ["Other"]


def test_the_layer_lists_keys_not_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Completion offers a variable in the form of a reference."""
    assert list(EnvironmentLayer({"A__B": "x", "HOME": "y"}).keys()) == ["A:B", "HOME"]
