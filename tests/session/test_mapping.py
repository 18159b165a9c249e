"""A prompt over a dataset, on the demo provider: columns, journals and what is given wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import ColumnTaken


@pytest.fixture
def writer(session: Session) -> Session:
    """A session with the profile ``writer`` on the demo provider."""
    session.create("demo-dev", "demo")
    session.create_profile("writer", connections=["demo-dev"], model="demo-brief")
    return session


@pytest.mark.parametrize("column", ["model", "connection", "input_tokens", "output_tokens", "cost", "error"])
def test_an_answer_has_no_column_of_the_result(writer: Session, column: str) -> None:
    """Neither the text, nor a field of a schema."""
    with pytest.raises(ColumnTaken) as raised:
        writer.map(["a"], "{text}", profile="writer", into=column)
    assert (raised.value.column, raised.value.is_own, raised.value.is_text) == (column, True, True)
    with pytest.raises(ColumnTaken) as raised:
        writer.map(["a"], "{text}", profile="writer", schema={"label": str, column: str})
    assert (raised.value.column, raised.value.is_own, raised.value.is_text) == (column, True, False)


def test_a_later_row_keeps_its_own_column(writer: Session) -> None:
    """It is not asked, and its error says why; the others are answered."""
    rows: list[dict[str, Any]] = [{"body": "a"}, {"body": "b", "answer": "mine"}, {"body": "c", "cost": 7}]
    table = writer.map(rows, "{body}", profile="writer", journal=False)
    assert table[0]["answer"] is not None
    assert table[0]["error"] is None
    assert (table[1]["answer"], table[2]["cost"]) == ("mine", 7)
    assert "'answer'" in table[1]["error"]
    assert "'cost'" in table[2]["error"]
