"""Settings resolved to values: references, literals, conversion, blank values, and the explanation of all that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.config import Configuration
from aiconn_nb.config.resolver import explain, resolve
from aiconn_nb.errors import (
    ConfigurationFileError,
    InvalidConnection,
    LoneDollar,
    Outcome,
    ReferenceNotFound,
    UnsealError,
    UnusableSetting,
    UnusableValue,
)
from aiconn_nb.model.connection import Setting
from aiconn_nb.model.field import Field, FieldType
from aiconn_nb.model.secret import MASK, Sealed, Secret

from .conftest import Folder

KEY = Field("api_key", "API key", required=True, sensitive=True)
ORGANIZATION = Field("organization", "Organization")
ENDPOINT = Field("endpoint", "Endpoint", type="url", default="http://localhost:11434")


def unseal(sealed: Sealed) -> Secret:
    """Open what is sealed as 'token'."""
    return Secret(sealed.token.removeprefix("sealed "))


def variables(**environ: str) -> Configuration:
    """Return a configuration of these variables only."""
    return Configuration.load(None, "Development", environ=environ)


def plain(settings: dict[str, Setting], fields: list[Field], configuration: Configuration) -> dict[str, object]:
    """Return the resolved values, with secrets as ('secret', value)."""
    resolved = resolve(settings, fields, configuration, unseal)
    return {key: ("secret", each.reveal()) if isinstance(each, Secret) else each for key, each in resolved.items()}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("$A", "a value"),
        ("$a", "a value"),
        ("$A:B", "nested"),
        ("$Dollar", "$A"),  # no second resolution
        ("${A}", "braces"),  # no braces: they are part of the key
        ("$A:-x", "dash"),  # no default
        ("literal", "literal"),
        ("x$A", "x$A"),  # not in the middle
        (" $A", " $A"),  # stripping is the form's and the magics' business
        ("$$A", "$A"),  # the literal
        ("$$$A", "$$A"),
        ("$$", "$"),
    ],
)
def test_what_is_a_reference(written: str, expected: str) -> None:
    """A string that starts with $ is a reference, and its whole rest is the key. $$ is a literal $."""
    configuration = variables(**{"A": "a value", "A__B": "nested", "Dollar": "$A", "{A}": "braces", "A:-x": "dash"})
    assert plain({"organization": written}, [ORGANIZATION], configuration) == {"organization": expected}


@pytest.mark.parametrize("written", ["$A ", "$A:", "$:A", "$A$A", "${A:-x}", "$A__B"])
def test_the_whole_rest_is_the_key(written: str) -> None:
    """Nothing of it is trimmed, split or interpreted."""
    with pytest.raises(ReferenceNotFound) as raised:
        resolve({"organization": written}, [ORGANIZATION], variables(A="x", A__B="y"), unseal)
    assert (raised.value.field, raised.value.key, raised.value.environment) == (
        "organization",
        written[1:],
        "Development",
    )
    assert written in raised.value.what


def test_a_lone_dollar_is_an_error() -> None:
    """The error names the field."""
    with pytest.raises(LoneDollar) as raised:
        resolve({"organization": "$"}, [ORGANIZATION], variables(), unseal)
    assert raised.value.field == "organization"


_CONVERSIONS: list[tuple[FieldType, str, object]] = [
    ("boolean", "true", True),
    ("boolean", "TRUE", True),
    ("boolean", " False\n", False),
    ("integer", "30", 30),
    ("integer", " -30\t", -30),
    ("integer", "+007", 7),
    ("number", "0.5", 0.5),
    ("number", "-1e3", -1000.0),
    ("number", " 7 ", 7.0),
    ("text", " as it is ", " as it is "),
    ("url", "https://example.org/v1", "https://example.org/v1"),
]


@pytest.mark.parametrize(("type_", "text", "expected"), _CONVERSIONS)
def test_conversion(type_: FieldType, text: str, expected: object) -> None:
    """Text from any source is converted to the field's type."""
    field = Field("f", "F", type=type_)
    for value in (plain({"f": "$V"}, [field], variables(V=text)), plain({"f": text}, [field], variables())):
        assert value == {"f": expected}
        assert type(value["f"]) is type(expected)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        *[("boolean", text) for text in ("1", "0", "yes", "on", "t", "tru e", "Wahr")],
        *[
            ("integer", text)
            for text in ("1_000", "1,000", "30.0", "3e1", "0x1F", "٣٠", "--1", "+ 1", "twelve", "9" * 5000)
        ],
        *[("number", text) for text in ("1,5", "1_0.5", "1e", "NaN", "Infinity", "٠.٥", "half")],
        *[("url", text) for text in ("example.org", "ftp://example.org", "http://")],
    ],
)
def test_what_does_not_convert(type_: FieldType, text: str) -> None:
    """The error names field, reference, required type and the place of the value, but never the value."""
    wanted = {
        "boolean": "true or false",
        "integer": "a whole number, such as 30",
        "number": "a number, such as 0.5",
        "url": "a URL that starts with http:// or https://",
    }[type_]
    with pytest.raises(UnusableValue) as raised:
        resolve({"f": "$V"}, [Field("f", "F", type=type_)], variables(V=text), unseal)
    assert (raised.value.field, raised.value.problem) == ("f", f"$V must be {wanted}")
    assert raised.value.source == "environment variable V"


def test_numbers_and_words_of_a_json_file_convert(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """1.10 is text and True a boolean, whatever JSON calls them. The error has the line."""
    folder.write("", '{"Number": 1.10,\n "Bool": true, "Whole": "42"}')
    fields = [Field("n", "N"), Field("b", "B", type="boolean"), Field("w", "W", type="integer")]
    assert plain({"n": "$Number", "b": "$Bool", "w": "$Whole"}, fields, folder.load()) == {
        "n": "1.10",
        "b": True,
        "w": 42,
    }
    monkeypatch.chdir(folder.path)
    with pytest.raises(UnusableValue) as raised:
        resolve({"w": "$Bool"}, [fields[2]], folder.load(), unseal)
    assert (raised.value.source, raised.value.line) == ("appsettings.json", 2)


def test_values_that_are_stored_with_their_type() -> None:
    """Stored numbers and booleans are used as they are. A choice is checked as text."""
    fields = [Field("i", "I", type="integer"), Field("b", "B", type="boolean"), Field("t", "T", choices=("1", "2"))]
    assert plain({"i": 5, "b": False, "t": 2}, fields, variables()) == {"i": 5, "b": False, "t": "2"}
    with pytest.raises(UnusableSetting) as raised:
        resolve({"t": 3}, fields, variables(), unseal)
    assert raised.value.field == "t"
    assert "1, 2" in raised.value.problem


def test_sensitive_values_are_secrets() -> None:
    """This holds for a reference, a sealed value and a literal, which is never stored. The value is unchanged, and masked."""
    configuration = variables(Key=" the-key ")
    assert plain({"api_key": "$Key"}, [KEY], configuration) == {"api_key": ("secret", " the-key ")}
    assert plain({"api_key": Sealed("sealed it")}, [KEY], configuration) == {"api_key": ("secret", "it")}
    assert plain({"api_key": "typed"}, [KEY], configuration) == {"api_key": ("secret", "typed")}
    assert repr(resolve({"api_key": "$Key"}, [KEY], configuration, unseal)) == "{'api_key': Secret(••••••••)}"


@pytest.mark.parametrize("text", ["null", '""', '"  \\t"', "{}", "[]"])
def test_a_required_field_that_resolves_to_nothing_fails(folder: Folder, text: str) -> None:
    """Null, empty and blank count as nothing, and the error names the reference. An optional field counts as not set."""
    folder.write("", f'{{"V": {text}}}')
    with pytest.raises(UnusableSetting) as raised:
        resolve({"api_key": "$V"}, [KEY], folder.load(), unseal)
    assert raised.value.field == "api_key"
    assert "$V" in raised.value.problem
    settings: dict[str, Setting] = {"organization": "$V", "endpoint": "$V"}
    assert plain(settings, [ORGANIZATION, ENDPOINT], folder.load()) == {"endpoint": "http://localhost:11434"}


def test_a_sealed_blank_is_nothing() -> None:
    """A required field is then an error, an optional one counts as not set."""
    with pytest.raises(UnusableSetting) as raised:
        resolve({"api_key": Sealed("sealed  ")}, [KEY], variables(), unseal)
    assert (raised.value.field, raised.value.source) == ("api_key", "")
    optional = Field("token", "Token", sensitive=True)
    assert resolve({"token": Sealed("sealed  ")}, [optional], variables(), unseal) == {}


def test_defaults_and_absence() -> None:
    """An unset field has its default or is absent. An unset required field is an error by field."""
    assert plain({}, [ORGANIZATION, ENDPOINT], variables()) == {"endpoint": "http://localhost:11434"}
    assert plain({"unknown": "x"}, [ORGANIZATION], variables()) == {}
    with pytest.raises(InvalidConnection) as raised:
        resolve({}, [KEY], variables(), unseal)
    assert raised.value.problems.keys() == {"api_key"}
    assert raised.value.outcome is Outcome.NOT_USABLE


def test_what_cannot_be_unsealed_names_the_field() -> None:
    """The vault's message is prefixed by the field."""

    def broken(sealed: Sealed) -> Secret:
        raise UnsealError("It cannot be opened.", "Give it again.")

    with pytest.raises(UnsealError) as raised:
        resolve({"api_key": Sealed("x")}, [KEY], variables(), broken)
    assert (raised.value.field, raised.value.lines()) == ("api_key", ("It cannot be opened.", "Give it again."))


def test_explain_says_for_each_field_where_it_comes_from(folder: Folder) -> None:
    """Each field that is set, required or has a default has its kind, what is written, the place and the problem, even if it
    fails. Nothing is opened."""
    path = folder.write("", '{"Key": "k", "Endpoint": "not a url"}')
    fields = [
        KEY,
        ENDPOINT,
        ORGANIZATION,
        Field("token", "Token", sensitive=True),
        Field("password", "Password", sensitive=True),
        Field("project", "Project"),
        Field("lone", "Lone"),
        Field("latency", "Latency", type="number", default=0.5),
        Field("literal", "Literal"),
        Field("needed", "Needed", required=True),
    ]
    settings: dict[str, Setting] = {
        "api_key": "$Key",
        "endpoint": "$Endpoint",
        "organization": "$Missing",
        "token": Sealed("x"),
        "password": "typed",
        "lone": "$",
        "literal": "$$x",
    }
    rows = explain(settings, fields, folder.load())
    assert [(row.field.key, row.kind, row.written, type(row.problem).__name__) for row in rows] == [
        ("api_key", "reference", "$Key", "NoneType"),
        ("endpoint", "reference", "$Endpoint", "UnusableValue"),
        ("organization", "reference", "$Missing", "ReferenceNotFound"),
        ("token", "sealed", "sealed", "NoneType"),
        ("password", "literal", MASK, "NoneType"),
        ("lone", "reference", "$", "InvalidReference"),
        ("latency", "default", "0.5", "NoneType"),
        ("literal", "literal", "$x", "NoneType"),
        ("needed", "unset", "", "InvalidConnection"),
    ]
    found = rows[0].found
    assert found is not None
    assert (found.source, found.line, found.value) == (str(path), 1, "k")
    assert rows[1].found is not None  # found, and of no use
    assert rows[2].found is None


@pytest.mark.parametrize(
    ("field", "setting", "is_shown"),
    [
        (KEY, "$Missing", False),
        (ORGANIZATION, "$Missing", True),
        (Field("headers", "Headers", type="headers"), "X-Team: $Missing", False),
    ],
)
def test_a_missing_reference_says_whether_its_field_is_shown(
    folder: Folder, field: Field, setting: str, is_shown: bool
) -> None:
    """A displayed field takes no secret. A header takes one by reference."""
    (row,) = explain({field.key: setting}, [field], folder.load())
    assert isinstance(row.problem, ReferenceNotFound)
    assert (row.problem.is_shown, "secret set" in row.problem.hint) == (is_shown, not is_shown)


def test_explain_survives_a_broken_file(folder: Folder) -> None:
    """Each reference has the file's error as its problem. The other fields are explained."""
    folder.write("", "{")
    rows = explain({"api_key": "$Key", "organization": "mine"}, [KEY, ORGANIZATION], folder.load())
    assert [type(row.problem) for row in rows] == [ConfigurationFileError, type(None)]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(["text", "integer", "number"]))
def test_every_literal_text_can_be_written(text: str, type_: FieldType) -> None:
    """A literal with its leading $ doubled is read as itself, as unusable for the type, or as nothing, but never as a reference."""
    written = f"${text}" if text.startswith("$") else text
    row = explain({"f": written}, [Field("f", "F", type=type_)], variables())[0]
    assert row.kind == "literal"
    assert row.written == text
    assert row.found is None
