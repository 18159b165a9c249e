"""Filling in a prompt from the notebook: ``{name}``, ``{name.attribute}``, ``{name[key]}``."""

from __future__ import annotations

import keyword
import os
import re
from collections import deque
from collections.abc import Callable, ItemsView, KeysView, Mapping, MappingView, Sequence, Set, ValuesView
from dataclasses import fields, is_dataclass
from functools import partial, partialmethod
from types import BuiltinMethodType, MappingProxyType, MethodType, MethodWrapperType, ModuleType, SimpleNamespace
from typing import Any, Final

from aiconn_nb.errors import PlaceNotFilled, PlaceRefused
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import Sealed, Secret

_PLACE: Final = late(
    r"(?:(?<!\{)|(?=\{[^{}]*\}(?!\})))"  # not {{name}}, whose braces were doubled on purpose
    r"\{([^\W\d]\w*)((?:\.[^\W\d_]\w*|\[[^\[\]{}\n]+\])*)\}"
)
_BARE: Final = late(r"(?<![\w{}\\^$#%@)\]])\{([^\W\d]\w*)\}(?![\w{}(\[])")
_CODE: Final = late(
    r"(?<![\w{}\\^$#%@)\]])\{([^\W\d]\w*)"
    r"(?:[:!][^\s{}\"',]+|\s*[-+*/%]\s*[\w.]+|[\w.\[\]]*\([^(){}\n]*\))\}(?![\w{}(\[])"
)
"""A format, a sum or a call, as in an f-string."""
_STEP: Final = late(r"\.([^\W\d_]\w*)|\[([^\[\]{}\n]+)\]")


_CLIENTS: Final = (
    "agents",
    "aiconn_nb.features.adapters",
    "anthropic",
    "azure",
    "boto3",
    "botocore",
    "chatlas",
    "cohere",
    "dspy",
    "google.auth",
    "google.genai",
    "google.oauth2",
    "groq",
    "haystack",
    "httpx",
    "httpx2",
    "instructor",
    "keyring",
    "langchain",
    "langchain_anthropic",
    "langchain_core",
    "langchain_openai",
    "litellm",
    "llama_index",
    "mistralai",
    "msal",
    "ollama",
    "openai",
    "openrouter",
    "pydantic_ai",
    "requests",
    "together",
    "urllib3",
)
"""Packages whose objects hold a key, or headers with one."""
MOST_HELD: Final = 100_000
"""The maximum number of containers and other objects that are searched per placeholder."""
_SERIES: Final[tuple[Any, ...]] = (list, tuple, set, frozenset, deque)
_DICT_VIEWS: Final[tuple[type, ...]] = (type({}.keys()), type({}.values()), type({}.items()))


def fill(text: str, names: Mapping[str, Any], key_in: Callable[[str], str] = lambda text: "") -> str:
    """Return ``text`` with each placeholder filled in whose name is in ``names``; other braces stay.

    A key in brackets is a whole number, or text with or without quotes, as in ``str.format``. Attributes that begin with ``_``
    are not placeholders: they lead out of the data into Python itself. ``key_in`` says what a key in a text belongs to, or ''.

    Raises `CommandError`, naming the placeholder, if an attribute or a key is missing, or if the value, something in it, or
    something on the path to it does not belong in a prompt: a secret, an SDK's client, the environment variables, a text with a
    key in it. The user may have pasted the text without reading it.
    """
    return _PLACE.sub(lambda found: _value(found, names, key_in) if found[1] in names else found[0], text)


def left_as_is(text: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the placeholders that look like a variable of the notebook but are not, without duplicates: ``{topc}``.

    Only a bare name that is not a part of code, JSON or LaTeX: not ``f{x}``, ``${x}``, ``{{x}}``.
    """
    found = (each[0] for each in _BARE.finditer(text) if each[1] not in names and not keyword.iskeyword(each[1]))
    return tuple(dict.fromkeys(found))


def left_as_code(text: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the placeholders that only an f-string would fill in, without duplicates: ``{price:.2f}``, ``{n + 1}``."""
    return tuple(dict.fromkeys(each[0] for each in _CODE.finditer(text) if each[1] in names))


def _value(found: re.Match[str], names: Mapping[str, Any], key_in: Callable[[str], str]) -> str:
    value = names[found[1]]
    problem, text = "", ""
    refused = _not_for_a_prompt(value)
    try:
        for step in _STEP.finditer(found[2]):
            if refused:
                break
            value = getattr(value, step[1]) if step[1] else value[_key(step[2])]
            refused = _not_for_a_prompt(value)
        refused = refused or _refused_within(value)
        if not refused:
            text = str(value)
    except Exception as error:
        problem = type(error).__name__
    if problem:
        raise PlaceNotFilled(place=found[0], problem=problem)
    if refused:
        raise PlaceRefused(place=found[0], problem=refused)
    if whose := key_in(text):
        raise PlaceRefused(place=found[0], problem=f"has a key in it ({whose})")
    return text


def _not_for_a_prompt(value: object) -> str:
    """Return why a value is neither sent nor inspected; '' if it may be."""
    if isinstance(value, Secret | Sealed):
        return "is a secret, which is"
    if isinstance(value, type(os.environ)):
        return "leads to the environment variables, which are"
    kinds = type(value).__mro__
    # The responses of an SDK are data; a pydantic model names its fields.
    if not hasattr(type(value), "model_fields") and any(_is_of_client(kind.__module__) for kind in kinds):
        return "is an object of an SDK, which may hold a key and is"
    return ""


def _refused_within(value: object) -> str:
    """Return why the contents of a value keep it out of a prompt; '' if nothing does."""
    seen: dict[int, object] = {}
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str | bytes | int | float | complex | None) or id(each) in seen:
            continue
        if refused := _not_for_a_prompt(each):
            return refused if each is value else "has something in it that may hold a key, and is"
        if len(seen) >= MOST_HELD:
            return "holds too much to be looked through, and is"
        # Keep the object itself: a new object may get the id of a deleted one.
        seen[id(each)] = each
        left += _held(each)
    return ""


def _held(value: object) -> list[object]:
    """Return the contents that a container or a wrapper shows in its text form."""
    held: list[object] = []
    if isinstance(value, dict):
        held += [*dict.keys(value), *dict.values(value)]
    builtin = next((kind for kind in _SERIES if isinstance(value, kind)), None)
    if builtin is not None:
        held += builtin.__iter__(value)
    if isinstance(value, MappingProxyType):
        held += [*value.keys(), *value.values()]
    if isinstance(value, KeysView | ValuesView | ItemsView) and isinstance(value, _DICT_VIEWS):
        held += value
    if isinstance(value, partial):
        held += [value.func, value.args, value.keywords]
    if isinstance(value, MethodType | BuiltinMethodType | MethodWrapperType) and not isinstance(
        value.__self__, ModuleType
    ):
        held.append(value.__self__)
    if isinstance(value, BaseException):
        held += value.args
    if is_dataclass(value) and not isinstance(value, type) and not type(value).__module__.startswith("aiconn_nb."):
        held += [getattr(value, field.name, None) for field in fields(value) if field.repr]
    if isinstance(value, Mapping | Set | Sequence | MappingView | SimpleNamespace | partialmethod):
        # The containers of `collections`, and the user's own, keep their contents in attributes.
        for kind in type(value).__mro__:
            slots = vars(kind).get("__slots__", ())
            held += [getattr(value, name, None) for name in ([slots] if isinstance(slots, str) else slots)]
        held += getattr(value, "__dict__", {}).values()
    return held


def _is_of_client(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in _CLIENTS)


def _key(text: str) -> int | str:
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        return int(text)
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
