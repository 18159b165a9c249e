"""What the values of a JSON file become."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.config.json_file import parse


def flat(text: str) -> dict[str, str | None]:
    """Return the keys as spelled, with their texts."""
    entries = parse(text.encode(), "a.json")
    assert isinstance(entries, dict), entries
    return {entry.key: entry.value for entry in entries.values()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"A": "text"}', {"A": "text"}),
        ('{"A": " as it is "}', {"A": " as it is "}),
        (r'{"A": "\"\\\/\b\f\n\r\té\ud83d\ude00"}', {"A": '"\\/\b\f\n\r\té😀'}),
        ('{"A": "\x7f"}', {"A": "\x7f"}),
        ('{"A": "$B"}', {"A": "$B"}),
        ('{"A": true}', {"A": "True"}),
        ('{"A": false}', {"A": "False"}),
        ('{"A": "true"}', {"A": "true"}),
        ('{"A": 1.10}', {"A": "1.10"}),
        ('{"A": 1E5}', {"A": "1E5"}),
        ('{"A": 1e+05}', {"A": "1e+05"}),
        ('{"A": -0}', {"A": "-0"}),
        ('{"A": -0.0E-0}', {"A": "-0.0E-0"}),
        ('{"A": 123456789012345678901234567890}', {"A": "123456789012345678901234567890"}),
        ('{"A": 1e999}', {"A": "1e999"}),
        ('{"A": null}', {"A": None}),
        ('{"A": {}}', {"A": None}),
        ('{"A": []}', {"A": ""}),
        ('{"A": ""}', {"A": ""}),
        ("{}", {}),
    ],
)
def test_scalars(text: str, expected: dict[str, str | None]) -> None:
    """Strings stay as they are, booleans become True and False, numbers keep their raw text, null and {} are null, [] and "" are
    empty."""
    assert flat(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"A": {"B": {"C": 1}}}', {"A:B:C": "1"}),
        ('{"A:B": {"C": 1}}', {"A:B:C": "1"}),
        ('{"A:B:C": 1}', {"A:B:C": "1"}),
        ('{"A": ["x", "y"]}', {"A:0": "x", "A:1": "y"}),
        ('{"A": [[1, 2], [3]]}', {"A:0:0": "1", "A:0:1": "2", "A:1:0": "3"}),
        ('{"A": [{"B": 1}, {}, [], null]}', {"A:0:B": "1", "A:1": None, "A:2": "", "A:3": None}),
        ('{"A": {"B": 1}, "A:C": 2}', {"A:B": "1", "A:C": "2"}),
        ('{"A": 1, "A:B": 2}', {"A": "1", "A:B": "2"}),
        ('{"": 1}', {"": "1"}),
        ('{"": {"": 1}}', {":": "1"}),
        ('{"A": {"": 1}}', {"A:": "1"}),
        ('{"": {"A": 1}}', {":A": "1"}),
        ('{"A": {"": {"B": 1}}}', {"A::B": "1"}),
        ('{"A__B": 1}', {"A__B": "1"}),
        ('{" A ": 1}', {" A ": "1"}),
        (r'{"\u0041\u003aB": 1}', {"A:B": "1"}),
    ],
)
def test_paths(text: str, expected: dict[str, str | None]) -> None:
    """A colon in a name equals nesting, arrays are indexed, and nothing in a path is trimmed or collapsed."""
    assert flat(text) == expected


def test_every_value_knows_its_line_and_column() -> None:
    """Lines and columns count from 1, columns in characters, with any line ending. The place is where the value begins."""
    text = '{ "A": 1,\r\n  "B": {\n    "😀": "x", "E": [ true,\r null ] },\n "C": {}, "D": [] }'
    entries = parse(b"\xef\xbb\xbf" + text.encode(), "a.json")
    assert isinstance(entries, dict)
    assert {entry.key: (entry.line, entry.column) for entry in entries.values()} == {
        "A": (1, 8),
        "B:😀": (3, 10),
        "B:E:0": (3, 22),
        "B:E:1": (4, 2),
        "C": (5, 7),
        "D": (5, 16),
    }


def _flattened(value: object, path: str | None) -> Iterator[tuple[str, str | None]]:
    """Apply the rules to Python's own reading of a document."""
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else ((str(i), each) for i, each in enumerate(value))
        if not value and path is not None:
            yield path, None if isinstance(value, dict) else ""
        for name, each in children:
            yield from _flattened(each, name if path is None else f"{path}:{name}")
    else:
        yield path or "", None if value is None else str(value) if isinstance(value, bool | str) else json.dumps(value)


# Names of digits and capitals cannot fall together by case, and have no colon in them.
_NAMES = st.text(alphabet="ABCDEF0123456789", max_size=4)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=6), st.sampled_from([None, 2]), st.booleans())
def test_any_valid_json_is_read_as_python_reads_it(
    document: dict[str, object], indent: int | None, ascii: bool
) -> None:
    """The output of json.dumps is read back value by value, escaped or not, on one line or many."""
    expected = dict(_flattened(document, None))
    assert flat(json.dumps(document, indent=indent, ensure_ascii=ascii)) == expected
