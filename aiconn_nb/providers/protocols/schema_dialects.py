"""What of JSON Schema each structured output takes. An answer is always checked against the whole schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

_NAMED: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependentRequired", "$defs", "definitions"}
)
"""Parts of a schema in which the words are names."""
VALUES: Final = frozenset({"enum", "const", "default", "examples"})
"""Parts that are no schemas."""
_NEVER_STRICT: Final = frozenset(
    {"allOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired"}
)
_KINDS: Final = frozenset({"type", "$ref", "anyOf", "enum", "const"})
"""Words of which a strict schema has one in each of its parts: it takes no value of any type."""
_BOUNDS: Final = frozenset(
    ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems")
).union(("maxItems", "uniqueItems", "minProperties", "maxProperties"))


def may_be_strict(schema: object) -> bool:
    """Whether OpenAI takes a schema in strict mode: each object has all of its properties, and no other ones, each value has a
    type, and alternatives are in ``anyOf``.

    https://developers.openai.com/api/docs/guides/structured-outputs
    """
    if isinstance(schema, list):
        return all(map(may_be_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    if schema.keys() & _NEVER_STRICT or not schema.keys() & _KINDS:
        return False
    if isinstance(properties := schema.get("properties"), Mapping):
        if schema.get("additionalProperties") is not False or set(properties) - set(schema.get("required") or ()):
            return False
    elif schema.get("type") == "object" or (isinstance(schema.get("type"), list) and "object" in schema["type"]):
        return False  # a mapping of any names
    parts = (
        list(part.values()) if word in _NAMED and isinstance(part, dict) else part
        for word, part in schema.items()
        if word not in VALUES
    )
    return all(map(may_be_strict, parts))


def without_bounds(schema: Any) -> Any:
    """The schema with its bounds in words: Claude, and Bedrock for any model, refuse ``minimum``, ``maxLength`` and the like.

    https://platform.claude.com/docs/en/build-with-claude/structured-outputs
    """
    if isinstance(schema, list):
        return list(map(without_bounds, schema))
    if not isinstance(schema, Mapping):
        return schema
    kept = {word: changed_part(word, part, without_bounds) for word, part in schema.items() if word not in _BOUNDS}
    if bounds := ", ".join(f"{word}: {schema[word]}" for word in schema if word in _BOUNDS):
        kept["description"] = " ".join(filter(None, (schema.get("description"), f"({bounds})")))
    return kept


def changed_part(word: str, part: Any, change: Callable[[Any], Any]) -> Any:
    """Change the schemas in the value of a keyword. Some keywords map names to schemas; the values of others contain none."""
    if word in VALUES:
        return part
    if word in _NAMED and isinstance(part, Mapping):
        return {name: change(each) for name, each in part.items()}
    return change(part)
