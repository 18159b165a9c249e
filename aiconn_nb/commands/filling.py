"""Filling a prompt in from the notebook: ``{name}``, ``{name.attribute}``, ``{name[key]}``."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.secret import Sealed, Secret

_PLACE: Final = re.compile(
    r"(?:(?<!\{)|(?=\{[^{}]*\}(?!\})))"  # not {{name}}: its braces were doubled on purpose
    r"\{([^\W\d]\w*)((?:\.[^\W\d_]\w*|\[[^\[\]{}\n]+\])*)\}"
)
_BARE: Final = re.compile(r"(?<![\w{}\\^$#%@)\]])\{([^\W\d]\w*)\}(?![\w{}(\[])")
_STEP: Final = re.compile(r"\.([^\W\d_]\w*)|\[([^\[\]{}\n]+)\]")


_CLIENTS: Final = (
    *(
        "anthropic",
        "azure",
        "boto3",
        "botocore",
        "cohere",
        "google.auth",
        "google.genai",
        "google.oauth2",
        "groq",
        "httpx",
        "httpx2",
    ),
    *(
        "keyring",
        "langchain",
        "langchain_core",
        "litellm",
        "mistralai",
        "msal",
        "ollama",
        "openai",
        "openrouter",
        "requests",
    ),
    *("together", "urllib3"),
)
"""Packages whose objects hold a key, or headers with one."""


def fill(text: str, names: Mapping[str, Any], key_in: Callable[[str], str] = lambda text: "") -> str:
    """``text`` with each place filled in whose name is in ``names``; every other brace stays as it is.

    A key in brackets is a whole number, or text with or without quotes, as in ``str.format``. Attributes that begin with ``_``
    are no places: they lead out of the data into Python itself. ``key_in`` says whose key stands in a text, or ''.

    Raises `CommandError`, naming the place, where an attribute or a key is not there, and where the value, or something on the way
    to it, is not for a prompt: a secret, an SDK's client, the environment variables, a text with a key in it. The text may have
    been pasted by somebody who did not read it.
    """
    return _PLACE.sub(lambda found: _value(found, names, key_in) if found[1] in names else found[0], text)


def left_as_is(text: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """The places that look like a name of the notebook and are none, each once: ``{topc}``.

    Only a bare name that stands for itself, not what has a part in code, JSON or LaTeX: ``f{x}``, ``${x}``, ``{{x}}``.
    """
    found = (each[0] for each in _BARE.finditer(text) if each[1] not in names and not keyword.iskeyword(each[1]))
    return tuple(dict.fromkeys(found))


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
        if not refused:
            text = str(value)
    except Exception as error:
        problem = type(error).__name__
    if problem:
        raise CommandError(f"{found[0]} could not be filled in ({problem}).", "Correct it, or say --raw.")
    if refused:
        raise CommandError(f"{found[0]} {refused}, not sent in a prompt.", "Take it out of the text, or say --raw.")
    if whose := key_in(text):
        raise CommandError(
            f"{found[0]} has a key in it ({whose}), which is not sent in a prompt.",
            "Take it out of the text, or say --raw.",
        )
    return text


def _not_for_a_prompt(value: object) -> str:
    """Why a value is neither sent nor looked into; '' where it may be."""
    if isinstance(value, Secret | Sealed):
        return "is a secret, which is"
    if isinstance(value, type(os.environ)):
        return "leads to the environment variables, which are"
    kinds = type(value).__mro__
    # What an SDK answers is data; a pydantic model says which fields it has.
    if not hasattr(type(value), "model_fields") and any(_is_of_client(kind.__module__) for kind in kinds):
        return "is an object of an SDK, which may hold a key and is"
    return ""


def _is_of_client(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in _CLIENTS)


def _key(text: str) -> int | str:
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        return int(text)
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
