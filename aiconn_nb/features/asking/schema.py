"""The format of an answer: text, or fields described by a JSON Schema, its short form, or a pydantic model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import AiconnError, PackageMissing, UnfitSchema
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.providers.protocols.schema_dialects import VALUES, changed_part

from .formats import json_in

if TYPE_CHECKING:
    from aiconn_nb.providers.base import ChatRequest, Message

_TYPES: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}
_WORDS: Final = {
    "str": "string",
    "string": "string",
    "text": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
}
_DTYPES: Final = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}
_SCHEMA_WORDS: Final = frozenset({"type", "properties", "$schema", "$ref", "$defs", "anyOf", "allOf", "oneOf"})
_LARGEST: Final = 2**63 - 1
LONGEST: Final = 300
"""Maximum characters of a problem in the prompt of the second attempt."""


class NotValid(Exception):
    """An answer does not match the schema; ``str()`` says where."""


class Shape:
    """The format of an answer, and its columns. ``schema`` is None for text, which becomes the single column ``into``."""

    def __init__(self, given: Any, into: str = "answer") -> None:
        self._model: Any = given if hasattr(given, "model_json_schema") else None
        self.columns: tuple[str, ...] = (into,)
        self.schema: dict[str, Any] | None = None
        if given is None:
            return
        try:
            written = self._model.model_json_schema() if self._model else _read(given)
            self.schema = _closed(json.loads(json.dumps(written, allow_nan=False)))
            if not isinstance(self.schema.get("properties"), Mapping) or not self.schema["properties"]:
                raise UnfitSchema(problem="it is not an object with properties")
            self.columns = tuple(self.schema["properties"])
            if self._model is None:
                self._validator = _validator(self.schema)
        except AiconnError:
            raise
        except Exception as error:  # of pydantic, of jsonschema, or about a value that JSON cannot spell
            problem = str(error).partition("\n")[0] or type(error).__name__
            raise UnfitSchema(problem=problem) from None

    def read(self, text: str) -> tuple[Any, ...]:
        """Return the values of the columns. Raises `NotValid`."""
        if self.schema is None:
            return (text,)
        value = self.value(text)
        if self._model is not None:
            made = value.model_dump(mode="json", by_alias=False)
            value = {self._property_of(name): each for name, each in made.items()}
        return tuple(_fitting(value.get(name), name, kind) for name, kind in self.dtypes.items())

    def value(self, text: str) -> Any:
        """Return the content of an answer: an instance of the pydantic model, else a dictionary. Raises `NotValid`."""
        try:
            value = json_in(text)
        except AiconnError as error:
            raise NotValid(error.what) from None
        try:
            if self._model is not None:
                return self._by_the_model(_whole(value))
            problem = next(iter(self._validator.iter_errors(value)), None)
            if problem is None:
                return _whole(value)
        except (RecursionError, OverflowError):
            raise NotValid("it is nested too deeply, or has a number that is too large") from None
        raise NotValid(f"{problem.json_path}: {problem.message}"[:LONGEST])

    def _by_the_model(self, value: Any) -> Any:
        from pydantic import ValidationError

        try:
            return self._model.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            raise NotValid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:LONGEST]) from None

    def _property_of(self, name: str) -> str:
        """Return the property of a model's field: its name, or the alias that the model's constructor takes."""
        field = self._model.model_fields.get(name)
        alias = getattr(field, "validation_alias", None)
        known = [each for each in getattr(alias, "choices", [alias]) if each in self.columns]
        return known[0] if known else name

    @cached_property
    def dtypes(self) -> dict[str, str]:
        """The pandas types of the columns, which must be the same in all partitions of a table."""
        if self.schema is None:
            return dict.fromkeys(self.columns, "str")
        fields = self.schema["properties"]
        return {name: _dtype(fields[name]) for name in self.columns}

    def asked_in(self, request: ChatRequest, *, is_kept: bool) -> ChatRequest:
        """Return the request for an answer in this format.

        ``is_kept``: whether the provider supports schemas. If not, the system prompt contains the schema.
        """
        if self.schema is None:
            return request
        if is_kept:
            return replace(request, schema=self.schema)
        return replace(request, system="\n\n".join(filter(None, [request.system, self._instruction])))

    def correction(self, text: str, problem: str) -> list[Message]:
        """Return the messages for a second attempt after an invalid answer. Providers refuse an empty one."""
        from aiconn_nb.providers.base import Message

        said = Message("assistant", text if text.strip() else "{}")
        return [said, Message("user", f"That does not match the schema ({problem}). {self._instruction}")]

    @property
    def _instruction(self) -> str:
        """The instruction for a model without support for structured output."""
        from aiconn_nb.providers.calls.adapting import schema_in_words

        return schema_in_words(self.schema)


def _dtype(field: Any) -> str:
    if not isinstance(field, Mapping):
        return "object"
    kind = field.get("type")
    if kind is None and isinstance(field.get("anyOf"), Sequence):
        kinds = {
            _dtype(each) for each in field["anyOf"] if not (isinstance(each, Mapping) and each.get("type") == "null")
        }
        return kinds.pop() if len(kinds) == 1 else "object"
    if isinstance(kind, list):  # ["integer", "null"]
        (kind, *others) = [each for each in kind if each != "null"] or [None]
        kind = None if others else kind
    elif kind is None:
        choices = field.get("enum") or [field.get("const")]
        kind = "string" if all(isinstance(each, str) for each in choices) else None
    return _DTYPES.get(kind, "object") if isinstance(kind, str) else "object"


def _fitting(value: Any, name: str, dtype: str) -> Any:
    """Return a valid value in the type of its column. Raises `NotValid` for a number that the column cannot hold."""
    if value is None:
        return None
    if dtype == "Int64":
        if not -_LARGEST - 1 <= value <= _LARGEST:
            raise NotValid(f"{name}: the number is too large")
        return int(value)  # 1.0 is an integer of JSON Schema
    if dtype == "float64":
        try:
            return float(value)
        except OverflowError:
            raise NotValid(f"{name}: the number is too large") from None
    return _whole(value)


def _whole(value: Any) -> Any:
    """Return the value without lone surrogates: JSON can spell them, but no table and no journal can store them."""
    if isinstance(value, str):
        return whole_letters(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {whole_letters(name): _whole(each) for name, each in value.items()}
    return value


def _read(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not given:
        raise UnfitSchema(problem=f"it is {type(given).__name__}")
    if _is_schema(given):
        return dict(given)
    properties = {str(name): _short(kind) for name, kind in given.items()}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _is_schema(given: Mapping[str, Any]) -> bool:
    """Whether it is a JSON Schema. A short form may have a field called "type"."""
    return any(word in _SCHEMA_WORDS for word in given) and (
        given.get("type") == "object" or any(str(word).startswith("$") or str(word).endswith("Of") for word in given)
    )


def _short(kind: Any) -> dict[str, Any]:
    """Return the schema of ``str``, ``"number"``, ``["positive", "negative"]``, ``[str]``, or nested fields."""
    if isinstance(kind, type) and kind in _TYPES:
        return {"type": _TYPES[kind]}
    if isinstance(kind, str) and kind in _WORDS:
        return {"type": _WORDS[kind]}
    if isinstance(kind, Mapping):
        return _read(kind) if not _is_plain_schema(kind) else dict(kind)
    if isinstance(kind, Sequence) and not isinstance(kind, str) and kind:
        if len(kind) == 1 and (isinstance(kind[0], type | Mapping)):
            return {"type": "array", "items": _short(kind[0])}
        if all(isinstance(each, str | int | float) for each in kind):
            is_text = all(isinstance(each, str) for each in kind)
            return {**({"type": "string"} if is_text else {}), "enum": list(kind)}
    raise UnfitSchema(problem=f"{kind!r} is not a type, a list of values or fields")


def _is_plain_schema(kind: Mapping[str, Any]) -> bool:
    return isinstance(kind.get("type"), str) or "enum" in kind


def _closed(schema: Any) -> Any:
    """Return the schema with all objects closed to other fields, as providers' structured output requires."""
    if isinstance(schema, dict):
        schema = {word: changed_part(word, value, _closed) for word, value in schema.items()}
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
            schema.setdefault("type", "object")
        return schema
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    return schema


def _validator(schema: Mapping[str, Any]) -> Any:
    try:
        from jsonschema.validators import validator_for
    except ImportError:
        raise PackageMissing(what_for="A schema", package="jsonschema", extra="data") from None
    kind = validator_for(schema)
    kind.check_schema(schema)
    _require_own_parts(schema)
    return kind(schema)


def _require_own_parts(schema: Mapping[str, Any]) -> None:
    """Raise `UnfitSchema` for a reference that does not resolve within the schema.

    The validator would request it from the network, and fail only after an answer was paid for.
    """
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(schema))
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except (Unresolvable, ValueError, LookupError):
            raise UnfitSchema(problem=f"its reference {reference} names no part of it") from None


def _references(schema: Any) -> Iterator[str]:
    """Yield the references in a schema."""
    if isinstance(schema, dict):
        yield from (schema[word] for word in ("$ref", "$dynamicRef") if isinstance(schema.get(word), str))
        for word, value in schema.items():
            yield from () if word in VALUES else _references(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _references(each)
