"""Which layer answers, which keys are the same, and what a missing key's error says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiconn_nb.config import Configuration, DeferredLayer, Entry
from aiconn_nb.errors import ConfigurationFileError, ReferenceNotFound

from .conftest import Folder


def secrets(**values: str) -> DeferredLayer:
    """Return a layer like that of the user secrets."""
    return DeferredLayer("user secrets", "/home/me/secrets.json", lambda: values, lambda key: values[key])


def test_layers_from_the_lowest_to_the_highest(folder: Folder) -> None:
    """appsettings.json < appsettings.{Environment}.json < user secrets < environment variables."""
    folder.write("", '{"A": "base", "B": "base", "C": "base", "D": "base"}')
    folder.write("Development", '{"A": "own", "B": "own", "C": "own"}')
    configuration = folder.load(secrets=[secrets(A="secret", B="secret")], environ={"A": "variable"})
    assert {key: configuration.lookup(key).value for key in "ABCD"} == {
        "A": "variable",
        "B": "secret",
        "C": "own",
        "D": "base",
    }


def test_the_places_are_named_in_the_order_in_which_they_are_asked(folder: Folder) -> None:
    """A lookup asks the layers from the highest to the lowest."""
    assert folder.load("Staging", secrets=[secrets()]).places == [
        "environment variables",
        "user secrets",
        "appsettings.Staging.json",
        "appsettings.json",
    ]


def test_an_answer_knows_its_place_and_what_it_hides(folder: Folder) -> None:
    """It has value, full path, line, column, spelling and layer, and the hidden entries, highest first."""
    base = folder.write("", '{\n "OpenAI": {\n  "apikey": "base"\n }\n}')
    own = folder.write("Development", '{"OPENAI:APIKEY": "own"}')
    configuration = folder.load(
        secrets=[secrets(**{"openai:ApiKey": "secret"})], environ={"OpenAI__ApiKey": "variable"}
    )
    found = configuration.lookup("openai:apikey")
    assert (found.value, found.source, found.line, found.column, found.key, found.origin.name) == (
        "variable",
        "environment variable OpenAI__ApiKey",
        None,
        None,
        "OpenAI:ApiKey",
        "environment variables",
    )
    assert tuple(each.entry for each in found.hidden) == (
        Entry("openai:ApiKey", None, "/home/me/secrets.json"),  # not opened: its value is not needed
        Entry("OPENAI:APIKEY", "own", str(own), 1, 19),
        Entry("OpenAI:apikey", "base", str(base), 3, 13),
    )


def test_a_file_is_the_source_with_its_line(folder: Folder) -> None:
    """The source is the file's full path. A single value hides nothing."""
    path = folder.write("", '{\n\n "A": 1.50}')
    found = folder.load().lookup("a")
    assert (found.value, found.source, found.line, found.hidden) == ("1.50", str(path), 3, ())
    assert os.path.isabs(found.source)


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        ('{"A": "x"}', '{"A": null}', None),
        ('{"A": "x"}', '{"A": ""}', ""),
        ('{"A": "x"}', '{"A": {}}', None),
        ('{"A": "x"}', '{"A": []}', ""),
        ('{"A": "x"}', '{"A": {"B": 1}}', "x"),
        ('{"A": null}', "{}", None),
        ('{"A": null}', '{"A": "x"}', "x"),
        ('{"A": "x"}', '{"a": "y"}', "y"),
    ],
)
def test_the_first_layer_that_contains_the_key_decides(
    folder: Folder, base: str, own: str, expected: str | None
) -> None:
    """This also holds for a null or empty value: null masks the lower layers."""
    folder.write("", base)
    folder.write("Development", own)
    assert folder.load().lookup("A").value == expected


def test_arrays_merge_by_index(folder: Folder) -> None:
    """A shorter array in a higher layer leaves the tail of the lower one."""
    folder.write("", '{"A": ["x", "y", "z"]}')
    folder.write("Development", '{"A": ["1"]}')
    configuration = folder.load(environ={"A__1": "2", "A__3": "4"})
    assert [configuration.lookup(f"A:{i}").value for i in range(4)] == ["1", "2", "z", "4"]


def test_nothing_is_merged_as_a_tree(folder: Folder) -> None:
    """A scalar over a section does not hide the section's children. Both exist at once."""
    folder.write("", '{"A": {"B": "below"}}')
    folder.write("Development", '{"A": "scalar"}')
    configuration = folder.load()
    assert (configuration.lookup("A").value, configuration.lookup("A:B").value) == ("scalar", "below")


def test_keys_are_found_in_any_case(folder: Folder) -> None:
    """Keys compare ignoring case in every layer: é = É and σ = ς, but ß is not ss."""
    folder.write("", '{"Clé:σ": "x", "Straße": "y"}')
    configuration = folder.load(environ={"MY_Var": "z"}, secrets=[secrets(Secret="s")])
    assert configuration.lookup("CLÉ:ς").value == "x"
    assert configuration.lookup("STRAßE").value == "y"
    assert configuration.lookup("my_vAR").value == "z"
    assert configuration.lookup("SECRET").value == "s"
    with pytest.raises(ReferenceNotFound):
        configuration.lookup("STRASSE")


@pytest.mark.parametrize("key", ["A:", ":A", "A::B", "A ", " A", "A.B", "A/B", "A:B ", "A: B", "", ":"])
def test_nothing_in_a_key_is_trimmed_or_collapsed(folder: Folder, key: str) -> None:
    """``:`` is the only delimiter, so each of these is a different key."""
    folder.write("", '{"A": "x", "A:B": "y"}')
    with pytest.raises(ReferenceNotFound):
        folder.load().lookup(key)
    folder.write("", f'{{"A": "x", "A:B": "y", "{key}": "z"}}')
    assert folder.load().lookup(key).value == "z"
    assert folder.load().lookup("A").value == "x"


@pytest.mark.parametrize("key", ["A:-1", "A:00", "A[0]", "A:[0]", "A:2", "A:+0", "A:0:", "A:٠"])
def test_an_index_is_plain_text(folder: Folder, key: str) -> None:
    """Only the index as .NET writes it is a key."""
    folder.write("", '{"A": ["x", "y"]}')
    with pytest.raises(ReferenceNotFound):
        folder.load().lookup(key)


def test_both_files_are_optional(folder: Folder) -> None:
    """A missing file is an empty layer, even if the folder is missing."""
    assert folder.load(environ={"A": "x"}).lookup("A").value == "x"
    folder.write("Development", '{"B": "y"}')
    assert folder.load().lookup("B").value == "y"
    assert Configuration.load(folder.path / "nowhere", "Development", environ={"A": "x"}).lookup("A").value == "x"
    assert Configuration.load(None, "Development", environ={"A": "x"}).lookup("A").value == "x"


@pytest.mark.parametrize("broken", ["", "Development"])
def test_a_broken_file_fails_every_lookup(folder: Folder, broken: str) -> None:
    """Keys of other layers and the list of keys fail, too. Loading itself does not fail."""
    folder.write("", '{"A": "x"}')
    folder.write("Development", '{"A": "y"}')
    folder.write(broken, "{")
    configuration = folder.load(environ={"V": "v"})
    for key in ("A", "V", "Missing"):
        with pytest.raises(ConfigurationFileError):
            configuration.lookup(key)
    with pytest.raises(ConfigurationFileError):
        configuration.keys()


def test_a_broken_file_of_another_environment_is_not_read(folder: Folder) -> None:
    """Only the two files of the current environment are read."""
    folder.write("", '{"A": "x"}')
    folder.write("Production", "{")
    assert folder.load("Development").lookup("A").value == "x"
    with pytest.raises(ConfigurationFileError):
        folder.load("Production").lookup("A")


def test_what_is_no_file_fails_loudly(folder: Folder) -> None:
    """A folder or pipe with the file's name is an error, not an empty layer, and is not waited for."""
    (folder.path / "appsettings.json").mkdir()
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load().lookup("A")
    assert (raised.value.path, raised.value.line) == (str(folder.path / "appsettings.json"), None)
    os.mkfifo(folder.path / "appsettings.Staging.json")
    (folder.path / "appsettings.json").rmdir()
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load("Staging").lookup("A")
    assert (raised.value.path, raised.value.line) == (str(folder.path / "appsettings.Staging.json"), None)


def test_a_file_that_cannot_be_looked_at_fails_loudly(folder: Folder) -> None:
    """A circular link is an error that names it, without a line."""
    (folder.path / "appsettings.json").symlink_to("appsettings.json")
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load().lookup("A")
    assert (raised.value.path, raised.value.line) == (str(folder.path / "appsettings.json"), None)


def test_not_found_names_key_environment_places_and_the_nearest_key(folder: Folder) -> None:
    """The two lines of the error have all four, the places in search order."""
    folder.write("", '{"OpenAI": {"ApiKey": "x"}}')
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load("Staging", secrets=[secrets()]).lookup("OpenAI:ApiKye")
    assert raised.value.environment == "Staging"
    assert raised.value.searched == (
        "environment variables",
        "user secrets",
        "appsettings.Staging.json (not there)",
        "appsettings.json",
    )
    assert raised.value.is_meant
    assert (raised.value.key, raised.value.nearest) == ("OpenAI:ApiKye", "OpenAI:ApiKey")


def test_a_near_key_of_another_section_is_named_and_is_no_advice(folder: Folder) -> None:
    """A user who followed such advice would send OpenAI's key to Anthropic."""
    folder.write("", '{"OpenAI": {"ApiKey": "x"}}')
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("Anthropic:ApiKey")
    assert (raised.value.nearest, raised.value.is_meant) == ("OpenAI:ApiKey", False)


def test_not_found_without_a_near_key_says_where_to_put_it(folder: Folder) -> None:
    """Without a near key, the hint says how to set the key."""
    folder.write("", '{"A": "x"}')
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("OpenAI:ApiKey")
    assert raised.value.nearest is None


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("Anthropic:ApiKey", None),
        ("AzureOpenAI:ApiKey", None),
        ("ApiKey", None),
        ("ANTHROPIC_API_KEY", None),
        ("Team:Anthropic:ApiKey", None),
        ("GOOGLE_API_KEY", None),
        ("OpneAI:ApiKey", "OpenAI:ApiKey"),
        ("OpenAl:ApiKey", "OpenAI:ApiKey"),
        ("OpenAI:Key", "OpenAI:ApiKey"),
        ("Team:Gatway:ApiKey", "Team:Gateway:ApiKey"),
        ("OpenAI.ApiKey", "OpenAI:ApiKey"),
        ("GATEWAY_API_KYE", "GATEWAY_API_KEY"),
        ("OPENAI_API_KEY", "OpenAI:ApiKey"),
    ],
)
def test_a_key_of_another_section_is_never_advised(folder: Folder, key: str, near: str | None) -> None:
    """Following the advice would send OpenAI's key to Anthropic. A misspelled section counts as the same one."""
    folder.write("", '{"OpenAI": {"ApiKey": "x"}, "Team": {"Gateway": {"ApiKey": "y"}}, "GATEWAY_API_KEY": "z"}')
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup(key)
    if near:
        assert raised.value.nearest == near
    assert (raised.value.nearest if raised.value.is_meant else None) == (near or None)


def test_a_section_is_not_found_and_its_children_are_named(folder: Folder) -> None:
    """The children come from every layer, once each, one level down. Indexes are sorted as numbers."""
    folder.write("", '{"OpenAI": {"ApiKey": "x", "Models": ["a", "b"]}, "OpenAIx": 1}')
    configuration = folder.load(environ={"OPENAI__APIKEY": "y", "OpenAI__Org__Id": "z"})
    with pytest.raises(ReferenceNotFound) as raised:
        configuration.lookup("OpenAI")
    assert (raised.value.children, raised.value.more) == (("APIKEY", "Models", "Org"), 0)
    assert raised.value.searched == (
        "environment variables",
        "appsettings.Development.json (not there)",
        "appsettings.json",
    )
    folder.write("Development", '{"L": [' + "1, " * 25 + "]}")
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("L")
    assert (raised.value.children, raised.value.more) == (tuple(map(str, range(20))), 5)


def test_a_section_that_is_empty_is_present_with_null(folder: Folder) -> None:
    """``{}`` is null at its own path, so it is found as null and not as a section."""
    folder.write("", '{"A": {}, "B": {"C": {}}}')
    assert folder.load().lookup("A").value is None
    assert folder.load().lookup("B:C").value is None
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("B")
    assert raised.value.children == ("C",)


def test_a_key_that_looks_like_a_secret_is_not_repeated(folder: Folder) -> None:
    """A user may mistake ``$`` for a part of the key. Line breaks do not break the message either."""
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("sk-proj-abcdefghijklmnop")
    assert "abcdefgh" not in str(raised.value)
    with pytest.raises(ReferenceNotFound) as raised:
        folder.load().lookup("A\nB\x1b[0m")
    assert "$A\ufffdB\ufffd[0m" in raised.value.what


def test_keys_are_listed_once_sorted_and_as_the_highest_layer_spells_them(folder: Folder) -> None:
    """The list for completion is sorted ignoring case."""
    folder.write("", '{"b": 1, "OpenAI": {"ApiKey": 1}, "é": null}')
    folder.write("Development", '{"OPENAI": {"APIKEY": 1}, "a": []}')
    configuration = folder.load(environ={"OpenAi__Org": "x", "Z": "x"}, secrets=[secrets(c="x")])
    assert configuration.keys() == ["a", "b", "c", "OPENAI:APIKEY", "OpenAi:Org", "Z", "é"]


def test_where_there_is_no_folder_the_message_says_so(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing appsettings.json and a missing folder are notes, and parts of the hint."""
    nowhere = Configuration.load(None, "Development", environ={})
    assert ["appsettings.json" in note for note in nowhere.notes] == [True]
    assert nowhere.places == ["environment variables"]
    with pytest.raises(ReferenceNotFound) as raised:
        nowhere.lookup("A")
    assert raised.value.notes == tuple(nowhere.notes) != ()
    monkeypatch.chdir(folder.path)
    missing = Configuration.load("typo", "Development", environ={})
    assert ["typo" in note for note in missing.notes] == [True]
    assert missing.root == folder.path / "typo"
    folder.write("", "{}")
    file = Configuration.load("appsettings.json", "Development", environ={})
    assert file.notes == ["appsettings.json is not a folder."]


_KEYS = st.text(alphabet="aAbB:éÉ", max_size=3)
_FLAT = st.dictionaries(_KEYS, st.none() | st.text(alphabet="xyz", max_size=2), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_FLAT, min_size=3, max_size=3), _KEYS)
def test_lookup_is_the_last_layer_that_contains_the_key(layers: list[dict[str, str | None]], key: str) -> None:
    """For any layers, the highest one with the key in any case decides, and the others are hidden."""

    def deferred(values: dict[str, str | None]) -> DeferredLayer:
        return DeferredLayer("layer", "place", lambda: values, lambda key: values[key])

    # These few letters fold alike under str.upper, so the expectation needs nothing of ours.
    holders = [{k.upper(): v for k, v in layer.items()} for layer in layers]
    containing = [layer[key.upper()] for layer in holders if key.upper() in layer]
    configuration = Configuration(None, "Development", [deferred(layer) for layer in layers])
    if containing:
        found = configuration.lookup(key)
        assert (found.value, len(found.hidden)) == (containing[-1], len(containing) - 1)
    else:
        with pytest.raises(ReferenceNotFound):
            configuration.lookup(key)


def test_the_root_is_a_full_path(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative root keeps its meaning when the working folder changes."""
    folder.write("", '{"A": "x"}')
    monkeypatch.chdir(folder.path)
    configuration = Configuration.load(".", "Development", environ={})
    monkeypatch.chdir("/")
    assert configuration.lookup("A").value == "x"
    assert configuration.root == Path(folder.path)
