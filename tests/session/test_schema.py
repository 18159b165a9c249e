"""A schema gives the columns of an answer and the values that the answer has for them."""

from __future__ import annotations

import pytest
from pydantic import AliasChoices, BaseModel, Field

from aiconn_nb.features.asking.schema import NotValid, Shape


class Label(BaseModel):
    """A model whose fields have different kinds of aliases."""

    label: str = Field(alias="Label")
    score: float = Field(serialization_alias="Score")
    reason: str = Field(validation_alias=AliasChoices("Reason", "why"))
    plain: int


def test_the_fields_of_a_pydantic_model_have_the_names_that_the_answer_uses() -> None:
    """Their values are found under any alias, because an answer was paid for."""
    shape = Shape(Label, "answer")
    assert shape.columns == ("Label", "score", "Reason", "plain")
    assert shape.read('{"Label": "good", "score": 0.5, "Reason": "short", "plain": 3}') == ("good", 0.5, "short", 3)


@pytest.mark.parametrize(
    ("given", "answer", "values"),
    [
        ({"properties": str, "price": float}, '{"properties": "red", "price": 2}', ("red", 2.0)),
        ({"type": str, "properties": [str]}, '{"type": "a", "properties": ["b"]}', ("a", ["b"])),
        ({"default": int, "enum": ["x", "y"]}, '{"default": 1, "enum": "x"}', (1, "x")),
    ],
)
def test_a_field_may_be_called_like_a_keyword_of_json_schema(
    given: dict[str, object], answer: str, values: tuple[object, ...]
) -> None:
    """It is a column with a value, like every other field."""
    shape = Shape(given, "answer")
    assert shape.columns == tuple(given)
    assert shape.read(answer) == values


def test_values_in_a_schema_are_left_as_they_are() -> None:
    """Only objects of the schema are closed, including those in its definitions. A default is no schema."""
    default = {"properties": {"a": 1}}
    shape = Shape(
        {
            "type": "object",
            "properties": {"it": {"$ref": "#/$defs/It"}, "other": {"default": default, "type": "object"}},
            "$defs": {"It": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        },
        "answer",
    )
    assert shape.schema is not None
    assert shape.schema["additionalProperties"] is False
    assert shape.schema["$defs"]["It"]["additionalProperties"] is False
    assert shape.schema["properties"]["other"]["default"] == {"properties": {"a": 1}}


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ({"type": "number", "multipleOf": 0.5}, "1" + "0" * 400),
        ({"type": "number"}, "1e999"),
        ({"$ref": "#/$defs/x"}, '"x"'),
        ({"$ref": "#/$defs/list"}, "[" * 400 + "]" * 400),
    ],
)
def test_an_answer_that_cannot_be_checked_does_not_match(part: dict[str, object], answer: str) -> None:
    """Python's limits for numbers or its stack are exceeded. The paid answer becomes a reply that does not match, without a
    traceback."""
    definitions = {"x": {"$ref": "#/$defs/x"}, "list": {"items": {"$ref": "#/$defs/list"}}}
    shape = Shape({"type": "object", "properties": {"a": part}, "$defs": definitions})
    with pytest.raises(NotValid):
        shape.value(f'{{"a": {answer}}}')
