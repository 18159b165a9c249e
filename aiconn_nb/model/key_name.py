"""The names of configuration keys: texts that cannot be meant as a name, and values that are names without their ``$``.

Any text can be a key of a settings file, so this module does not decide what a reference means. It finds mistakes when something is
saved, and masks a secret that was saved as a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from .pattern import late
from .secret import MASK, SHAPES, WEB_TOKEN, is_secret_name

_ALONE: Final = r"(?<![\w-])"
_SHAPE: Final = late(
    # In a name, a key may also follow an underscore.
    "(?<![A-Za-z0-9])(?:"
    + "|".join(shape.pattern.removeprefix(r"\b") for _, shape in SHAPES)
    + rf"|{WEB_TOKEN.pattern.removeprefix(_ALONE)})"
)
_RANDOM: Final = late(r"[0-9]|[A-Za-z]{20}|\A(?:sk-(?:ant|proj|svcacct)-|eyJ)")
"""Features of a key that a name made of words, such as ``sk-learn-settings``, lacks."""

_NAME: Final = r"([^\W\d][\w.]*(?::[\w.]+)*)"
_OTHER_SYNTAX: Final = late(
    rf"""\$*\{{\{{?\s*(?:env[.:])?{_NAME}(?::?[-?=+][^{{}}]*)?\s*\}}?\}}  # ${{NAME}}, ${{NAME:-default}}, {{{{NAME}}}}
    | \$*\(\s*{_NAME}\s*\)                                                # $(NAME)
    | %{_NAME}%                                                           # %NAME%
    | \$*env:{_NAME}                                                      # $env:NAME
    | (?:os\.)?(?:environ(?:\.get)?|getenv)\s*[\[(]\s*["']{_NAME}["'].*   # os.environ["NAME"]
    | process\.env\.{_NAME}                                               # process.env.NAME
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECTION_AND_KEY: Final = late(r"[A-Z][A-Za-z]*[0-9]{0,2}(?:(?::|__)[A-Z][A-Za-z]*[0-9]{0,2})+", re.ASCII)
_SPELLED_SMALL: Final = late(r"[A-Za-z]+[0-9]{0,2}(?::[A-Za-z_-]+[0-9]{0,2})+", re.ASCII)
_VARIABLE: Final = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", re.ASCII)
_LONGEST_PART: Final = 40
"""The maximum number of characters between two colons of a name that is recognized by its shape alone."""


def has_key(name: str) -> bool:
    """Whether a name contains something with the shape of a key. Names that are made of words do not.

    >>> has_key("OpenAI:sk-proj-0123456789ab"), has_key("Sk:Project"), has_key("sk-learn-settings")
    (True, False, False)
    """
    return any(map(_is_key, _SHAPE.finditer(name)))


def shown_name(name: str) -> str:
    """A name, or a reference, in a displayable form: without a key, and without a value after ``=``.

    >>> shown_name("$OpenAI:sk-proj-0123456789ab"), shown_name("OpenAI:ApiKey=secret"), shown_name("$OpenAI:ApiKey")
    ('$OpenAI:••••••••', 'OpenAI:ApiKey=••••••••', '$OpenAI:ApiKey')
    """
    before, equals, _ = name.partition("=")
    shown = _SHAPE.sub(lambda found: MASK if _is_key(found) else found[0], before)
    return f"{shown}={MASK}" if equals else shown


def _is_key(found: re.Match[str]) -> bool:
    return _RANDOM.search(found[0]) is not None


def without_syntax(text: str) -> str:
    """Return the name in a text with the syntax of a shell or another language; '' if there is none. For a reference, pass its key.

    >>> without_syntax("{OPENAI_API_KEY}"), without_syntax("env:OpenAI__ApiKey"), without_syntax("OpenAI:ApiKey")
    ('OPENAI_API_KEY', 'OpenAI:ApiKey', '')
    """
    found = None if has_key(text) else _OTHER_SYNTAX.fullmatch(text.strip())
    return next(filter(None, found.groups()), "").replace("__", ":") if found else ""


def before_equals(name: str) -> str:
    """The name in ``NAME=value``; '' if there is none, or if it contains a key itself."""
    before, equals, _ = name.partition("=")
    return "" if not equals or has_key(before) else before.strip()


def has_empty_part(name: str) -> bool:
    """Whether a part between colons is empty. A settings file may have such a key, but it is nearly always a mistake."""
    return "" in name.split(":")


def reference_in(text: str, known: Callable[[str], str] = lambda name: "") -> str:
    """The reference that a value is meant to be, if it is the name of a configuration key; otherwise ''.

    A name is a known one, or ``Section:Key``, or a variable with the name of a secret. A single word is not a name: it may be the
    dummy key of a local server. ``known`` returns the spelling of a known name, or ''.

    >>> reference_in("OpenAI:ApiKey"), reference_in("HF_TOKEN"), reference_in("%HF_TOKEN%"), reference_in("ollama")
    ('$OpenAI:ApiKey', '$HF_TOKEN', '$HF_TOKEN', '')
    """
    text = text.strip()
    if name := without_syntax(text):
        return f"${name}"
    if not text or has_key(text) or not {":", "_"} & {*text}:
        return ""
    name = text.replace("__", ":")
    if spelled := known(text) or known(name):
        return f"${spelled}"
    return f"${name}" if looks_like_a_name(text) else ""


def looks_like_a_name(text: str) -> bool:
    """Whether a text has the shape of a configuration key: ``Section:Key``, or a variable with the name of a secret."""
    if max(map(len, text.split(":"))) > _LONGEST_PART:
        return False
    is_secret = is_secret_name(text)
    return (
        _SECTION_AND_KEY.fullmatch(text) is not None
        or (is_secret and _SPELLED_SMALL.fullmatch(text) is not None)
        or (is_secret and _VARIABLE.fullmatch(text) is not None)
    )
