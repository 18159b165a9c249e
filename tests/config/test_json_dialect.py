"""Which JSON is read, which is refused, and how a refusal reads."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiconn_nb.config.json_file import Problem, parse
from aiconn_nb.errors import ConfigurationFileError

from .conftest import Folder


def outcome(data: bytes) -> dict[str, str | None] | Problem:
    """Return keys and texts, or the problem."""
    found = parse(data, "a.json")
    return found if isinstance(found, Problem) else {entry.key: entry.value for entry in found.values()}


@pytest.mark.parametrize(
    "data",
    [
        b'{"A": "b"}',
        b'{"A": "b",}',
        b'{"A": "b" , \n }',
        b'// first\n{"A": "b"}',
        b'/* first */ {"A": /* here */ "b" /**/ , /* , */ } // last',
        b'{"A"/***/:/*/*/"b"}',
        b'{// "A": 1\r\n"A": "b"}// end\r\n',
        b'{// old Mac\r"A": "b"}',
        b'{/* "\xe2\x80\xa8 # */"A": "b"}',
        b'\xef\xbb\xbf{"A": "b"}',
        b'\r\n{\r\n"A": "b"\r\n}\r\n',
        b' \t\n\r{"A"\t:\n"b"\r}\n\n',
        codecs.BOM_UTF16_LE + '{"A": "b"}'.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + '{"A": "b"}'.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + '{"A": "b"}'.encode("utf-32-le"),
    ],
)
def test_allowed(data: bytes) -> None:
    """Comments, trailing commas, a byte order mark, CRLF, and UTF-16 with a byte order mark are allowed."""
    assert outcome(data) == {"A": "b"}


def test_trailing_commas_in_arrays_are_allowed() -> None:
    """A trailing comma adds no element."""
    assert outcome(b'{"A": [1, 2 ,], "B": [[],],}') == {"A:0": "1", "A:1": "2", "B:0": ""}


_REFUSED = [
    # text, line, column, a part of the message
    ("# note\n{}", 1, 1, "# does not start a comment"),
    ('{"A": 1 # note\n}', 1, 9, "# does not start a comment"),
    ("{} # note", 1, 4, "# does not start a comment"),
    ("{'A': 1}", 1, 2, "double quotes"),
    ("{\"A\": 'b'}", 1, 7, "double quotes"),
    ("{A: 1}", 1, 2, "double quotes"),
    ('{"A": b}', 1, 7, "double quotes"),
    ('{"A": 1,,}', 1, 9, "a comma too many"),
    ('{"A": [1,,2]}', 1, 10, "a comma too many"),
    ("{,}", 1, 2, "a comma too many"),
    ('{"A": [,]}', 1, 8, "a comma too many"),
    ('{,"A": 1}', 1, 2, "a comma too many"),
    ('{"A": NaN}', 1, 7, "double quotes"),
    ('{"A": Infinity}', 1, 7, "double quotes"),
    ('{"A": -Infinity}', 1, 7, "not a number"),
    ('{"A": True}', 1, 7, "double quotes"),
    ('{"A": FALSE}', 1, 7, "double quotes"),
    ('{"A": trueish}', 1, 11, "double quotes"),
    ('{"A": nulll}', 1, 11, "double quotes"),
    ('{"A": 01}', 1, 8, "not a number"),
    ('{"A": -01}', 1, 9, "not a number"),
    ('{"A": +1}', 1, 7, "not a number"),
    ('{"A": .5}', 1, 7, "not a number"),
    ('{"A": 1.}', 1, 8, "not a number"),
    ('{"A": 1.e5}', 1, 8, "not a number"),
    ('{"A": 1e}', 1, 8, "double quotes"),
    ('{"A": -}', 1, 7, "not a number"),
    ('{"A": 0x10}', 1, 8, "double quotes"),
    ('{"A": ١}', 1, 7, "a value is missing"),  # an Arabic digit
    ('{"A": "b\nc"}', 1, 9, "raw line break or control character"),
    ('{"A": "b\tc"}', 1, 9, "raw line break or control character"),
    ('{"A": "\x00"}', 1, 8, "raw line break or control character"),
    ('{"A": "b\x1f"}', 1, 9, "raw line break or control character"),
    ('{"A\n": 1}', 1, 4, "raw line break or control character"),
    (r'{"A": "b\x41"}', 1, 9, "bad escape"),
    (r'{"A": "b\'"}', 1, 9, "bad escape"),
    (r'{"A": "\u12"}', 1, 8, "bad escape"),
    (r'{"A": "\u12G4"}', 1, 8, "bad escape"),
    (r'{"A": "\U0041"}', 1, 8, "bad escape"),
    ('{"A": "b\\\n"}', 1, 9, "bad escape"),
    ('{"A": "b', 1, 9, "not closed"),
    ('{"A": "b\\"}', 1, 12, "not closed"),
    ("{} x", 1, 4, "more text after the end"),
    ('{"A": 1} {}', 1, 10, "more text after the end"),
    ("{},", 1, 3, "more text after the end"),
    ("{}\x00", 1, 3, "more text after the end"),
    ("", 1, 1, "ends too early"),
    (" \r\n\t ", 2, 3, "ends too early"),
    ("// nothing\n/* here */", 2, 11, "ends too early"),
    ("\ufeff\ufeff{}", 1, 1, "root"),
    ('{"A": 1', 1, 8, "ends too early"),
    ('{"A":\n', 2, 1, "ends too early"),
    ('{"A"', 1, 5, "ends too early"),
    ('{"A" 1}', 1, 6, "a colon is missing"),
    ('{"A": }', 1, 7, "a value is missing"),
    ('{"A": 1 "B": 2}', 1, 9, "a comma or } is missing"),
    ('{"A": [1 2]}', 1, 10, "a comma or ] is missing"),
    ('{"A": [1}', 1, 9, "a comma or ] is missing"),
    ("{1: 2}", 1, 2, "a name in double quotes is missing"),
    ("{null: 2}", 1, 2, "double quotes"),
    ('{"A": 1}}', 1, 9, "more text after the end"),
    ("{/* open", 1, 2, "a comment is not closed"),
    ("{} /* open", 1, 4, "a comment is not closed"),
    ("{/ slash\n}", 1, 2, "a comment is not closed"),
    ("{// a \u2028 b\n}", 1, 2, "line separator"),
    ('{"A": 1\u00a0}', 1, 8, "a comma or } is missing"),  # a no-break space is no blank
    (r'{"A": "\ud800"}', 1, 7, "surrogate"),
    (r'{"A": "\udc00\ud800"}', 1, 7, "surrogate"),
    (r'{"A": "\ud83dx"}', 1, 7, "surrogate"),
    (r'{"\udfff": 1}', 1, 2, "surrogate"),
    ("[]", 1, 1, "the root must be an object"),
    ('"text"', 1, 1, "the root must be an object"),
    ("1", 1, 1, "the root must be an object"),
    ("\n null", 2, 2, "the root must be an object"),
]


@pytest.mark.parametrize(("text", "line", "column", "why"), _REFUSED, ids=[repr(row[0]) for row in _REFUSED])
def test_refused(text: str, line: int, column: int, why: str) -> None:
    """Everything else is refused, with the exact line and column, from 1."""
    problem = outcome(text.encode())
    assert isinstance(problem, Problem)
    assert (problem.line, problem.column) == (line, column)
    assert why in problem.why


def test_sixty_four_levels_are_the_most() -> None:
    """The root counts, so 63 more levels may be open within it. The next one is refused where it opens."""
    key = ":".join(["A", *["0"] * 62])
    assert outcome(b'{"A": ' + b"[" * 63 + b"]" * 63 + b"}") == {key: ""}
    assert outcome(b'{"A": ' + b"[" * 64 + b"]" * 64 + b"}") == Problem(
        "objects and arrays are nested deeper than 64 levels.", 1, 70
    )
    assert outcome(b'{"A":' * 64 + b"1" + b"}" * 64) == {":".join("A" * 64): "1"}
    assert isinstance(outcome(b'{"A":' * 65 + b"1" + b"}" * 65), Problem)
    assert isinstance(outcome(b'{"A":' * 100_000), Problem)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"A":\n "b\xff"}', Problem("this is not valid UTF-8.", 2, 4)),
        (b'{"A": "\xed\xa0\x80"}', Problem("this is not valid UTF-8.", 1, 8)),
        (b'{"A": "\xc0\xaf"}', Problem("this is not valid UTF-8.", 1, 8)),
        ('{"é": "ä'.encode() + b"\xe4", Problem("this is not valid UTF-8.", 1, 9)),
        (b'\xff\xfe{\x00"\x00\x00\xd8"\x00', Problem("this is not valid UTF-16.", 1, 3)),
        (b"\xfe\xff\x00{\x00", Problem("this is not valid UTF-16.", 1, 2)),
    ],
)
def test_bytes_that_are_no_text_are_an_error(data: bytes, problem: Problem) -> None:
    """Invalid UTF-8 is an error (ours: .NET puts U+FFFD into your secret), and so is half a surrogate pair in UTF-16."""
    assert outcome(data) == problem


def test_utf16_without_a_byte_order_mark_is_refused() -> None:
    """Without the mark the file is read as UTF-8, and is not JSON."""
    assert isinstance(outcome('{"A": 1}'.encode("utf-16-le")), Problem)


@pytest.mark.parametrize(
    ("text", "line", "column", "path", "first"),
    [
        ('{"A": 1,\n "A": 2}', 2, 7, "A", 1),
        ('{"A": 1,\n "A": 1}', 2, 7, "A", 1),  # even with equal values
        ('{"A": "x",\n "a": "x"}', 2, 7, "a", 1),  # ignoring case
        ('{"a:b": 1,\n "a": {"b": 2}}', 2, 13, "a:b", 1),  # flat against nested
        ('{"a": {"b": 1},\n "A:B": 2}', 2, 9, "A:B", 1),
        ('{"A": [1],\n "A": [2]}', 2, 8, "A:0", 1),
        ('{"A": [1],\n "A": {"0": 2}}', 2, 13, "A:0", 1),
        ('{"A": null,\n "A": null}', 2, 7, "A", 1),
        ('{"A": {},\n "A": 1}', 2, 7, "A", 1),  # the reverse order of the quirk
        ('{"A": [],\n "A": null}', 2, 7, "A", 1),
        ('{"σ": 1,\n "ς": 1}', 2, 7, "ς", 1),
        ('{"A": {"B": {"C": 1}},\n "D": 1,\n "A": {"B": {"c": 1}}}', 3, 19, "A:B:c", 1),
    ],
)
def test_the_same_path_twice_is_an_error(text: str, line: int, column: int, path: str, first: int) -> None:
    """The error names the path and both places."""
    assert outcome(text.encode()) == Problem(f"the key {path!r} occurs twice (first on line {first}).", line, column)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"A": {"B": 1}, "A": {"C": 2}}', {"A:B": "1", "A:C": "2"}),  # a section that appears twice is merged
        ('{"A": {"B": 1}, "a": {"C": 2}}', {"A:B": "1", "a:C": "2"}),
        ('{"A": 1, "A": {}}', {"A": None}),  # the quirk: a scalar followed by {} is null
        ('{"A": 1, "A": []}', {"A": ""}),  # ... followed by [] the empty text
        ('{"A": [], "A": {}}', {"A": None}),
        ('{"A": {}, "A": []}', {"A": ""}),
        ('{"A": {}, "A": {}}', {"A": None}),
        ('{"A": {}, "A": {"B": 1}}', {"A": None, "A:B": "1"}),
        ('{"A": 1, "A": {"B": 2}}', {"A": "1", "A:B": "2"}),  # a value and children at once
        ('{"ß": 1, "ss": 2}', {"ß": "1", "ss": "2"}),
    ],
)
def test_what_is_no_duplicate(text: str, expected: dict[str, str | None]) -> None:
    """Sections are merged. {} and [] overwrite without the check, as in .NET."""
    assert outcome(text.encode()) == expected


_FRAGMENTS = st.sampled_from(
    [
        *"{}[]:,\"\\'/#\n\r\t\0\u2028\ufeff -1éx",
        '"A"',
        '"b',
        "\\u",
        "\\ud800",
        ".5",
        "e9",
        "true",
        "nul",
        "//",
        "/*",
        "*/",
    ]
)


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(_FRAGMENTS, max_size=30).map(lambda parts: "".join(parts).encode())
)
@example(b'{"A":' * 5000)
@example(b"/*" * 5000)
@example(b'{"A": "' + b"\\n" * 5000)
def test_nothing_but_entries_or_a_problem_comes_out(data: bytes) -> None:
    """The parser never raises, whatever the bytes are. A problem has a place, and no character of the file outside ASCII."""
    found = parse(data, "a.json")
    if isinstance(found, Problem):
        assert found.line is not None
        assert found.line >= 1
        assert found.column is not None
        assert found.column >= 1
    else:
        assert all(isinstance(entry.value, str | None) for entry in found.values())


@given(st.integers(0, 60), st.sampled_from(list("{}[]:,\"\\x0'#/-\n\0")))
def test_a_broken_file_never_tells_its_values(at: int, char: str) -> None:
    """With any single wrong character, the message repeats nothing of a value."""
    text = '{"OpenAI": {"ApiKey": "QJZVXKWQ", "Org": "QJZVXKWQ"}, "B": 73}'
    found = parse((text[:at] + char + text[at:]).encode(), "a.json")
    assert "QJZ" not in repr(found)
    assert "KWQ" not in repr(found)


def test_the_error_names_file_line_and_column(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message shows the path relative to the working folder. The error has the full path, line and column."""
    path = folder.write("", '{\n  "A": "secret-value" "B"\n}')
    monkeypatch.chdir(folder.path)
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load().lookup("A")
    assert raised.value.problem == "a comma or } is missing."
    assert (raised.value.path, raised.value.line, raised.value.column) == (str(path), 2, 23)


def test_the_error_shows_the_shorter_path(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the working folder is shown relative to it, a distant one with its full path."""
    path = folder.write("", "[]")
    (folder.path / "notebooks").mkdir()
    monkeypatch.chdir(folder.path / "notebooks")
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load().lookup("A")
    assert raised.value.what.startswith("../appsettings.json,")
    monkeypatch.chdir("/usr/share/doc")
    with pytest.raises(ConfigurationFileError) as raised:
        folder.load().lookup("A")
    shown = raised.value.what.split(",")[0]
    assert shown in (str(path), "../../.." + str(path))
    assert len(shown) == min(len(str(path)), len("../../.." + str(path)))


@pytest.mark.parametrize("each", ["1", "[]", "{}"])
def test_a_long_name_around_a_long_list_is_refused(folder: Folder, each: str) -> None:
    """A file of less than a megabyte would need half a gigabyte for its keys, even if all sections are empty."""
    folder.write("", '{"' + "n" * 1000 + '": [' + f"{each}," * 50_000 + f"{each}]}}")
    with pytest.raises(ConfigurationFileError):
        folder.load().lookup("A")
    folder.write("", '{"' + "n" * 10 + '": [' + f"{each}," * 50_000 + f'{each}], "A": "x"}}')
    assert folder.load().lookup("A").value == "x"


@pytest.mark.parametrize("each", ["1", "[]", "{}"])
def test_more_than_a_hundred_thousand_values_are_refused(folder: Folder, each: str) -> None:
    """Half a million fit into a megabyte and would delay every command. Empty sections count as values."""
    folder.write("", '{"A": "x", "n": [' + f"{each}," * 99_997 + f"{each}]}}")
    assert folder.load().lookup("A").value == "x"
    folder.write("", '{"A": "x", "n": [' + f"{each}," * 200_000 + f"{each}]}}")
    with pytest.raises(ConfigurationFileError):
        folder.load().lookup("A")
