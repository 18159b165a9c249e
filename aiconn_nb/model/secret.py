"""Values that must not be shown: ``Secret`` in memory, ``Sealed`` at rest, ``redact`` for texts of other programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

from .pattern import late

MASK: Final = "••••••••"
"""The replacement for a secret. It is the same for every value, so that it does not reveal the length."""

MASK_LIKE: Final = late(
    r"[*•●·xX.]{3,}|[\w-]{0,20}(?:[*•●·]{3,}|\.{3}|…)[\w-]{0,20}|<[^>]*>|\[?redacted\]?|hidden", re.IGNORECASE
)
"""Text that replaces a hidden value. It must never be sent as a key."""


class Secret:
    """Text that does not show itself.

    It is not a ``str``: repr, str, format and HTML are masked, it refuses pickling, copying and JSON, and the value is in
    a closure, where neither ``vars()`` nor a traceback that prints locals finds it. Only `reveal` returns it, and only
    ``providers/`` and ``vault/`` call that.
    """

    __slots__ = ("_held",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError("a Secret holds text")

        def held() -> str:
            return value

        self._held = held

    def reveal(self) -> str:
        """The value itself."""
        return self._held()

    @property
    def is_blank(self) -> bool:
        """Whether it contains only white space."""
        return not self._held().strip()

    @property
    def stripped(self) -> Secret:
        """The secret without white space around it, which a copied text often has."""
        return Secret(self._held().strip())

    def satisfies(self, predicate: Callable[[str], bool]) -> bool:
        """Apply a test to the value without revealing it."""
        return predicate(self._held())

    def judged(self, judge: Callable[[str], str]) -> str:
        """The words of ``judge`` about the value. They must not repeat it."""
        return judge(self._held())

    def same_as(self, other: object) -> bool:
        """Whether another secret has the same value. There is no ``==``, so that comparing secrets is always deliberate."""
        from hmac import compare_digest

        if not isinstance(other, Secret):
            return False
        mine, theirs = self._held(), other._held()
        return compare_digest(mine.encode("utf-8", "surrogatepass"), theirs.encode("utf-8", "surrogatepass"))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def _repr_html_(self) -> str:
        return MASK

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("a Secret cannot be copied")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise TypeError("a Secret cannot be copied")


class Sealed:
    """An encrypted secret: safe to store, useless without the master key."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "Sealed()"

    @property
    def digest(self) -> str:
        """A name for exactly this value, from which it cannot be computed."""
        from hashlib import sha256

        return sha256(self.token.encode()).hexdigest()[:32]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


_SECRET_NAME: Final = late(r"(?:key|token|secret|password|credential|pat|aiconn_store_url)\Z", re.IGNORECASE | re.ASCII)


def is_secret_name(key: str) -> bool:
    """Whether the name of a configuration key or variable marks its value as secret, by the end of its last segment.

    >>> is_secret_name("OpenAI:ApiKey"), is_secret_name("GITHUB_PAT"), is_secret_name("OpenAI:Endpoint")
    (True, True, False)
    """
    return _SECRET_NAME.search(key.rpartition(":")[2]) is not None


SHAPES: Final = (
    # Shapes of keys of well-known providers, from their own documentation; longest prefix first.
    ("anthropic", late(r"\bsk-ant-[A-Za-z0-9_-]{8,}")),
    ("openrouter", late(r"\bsk-or-[A-Za-z0-9_-]{8,}")),
    ("openai", late(r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{8,}")),
    ("google", late(r"\bAIza[A-Za-z0-9_-]{20,}")),
    ("amazon", late(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}")),
    ("huggingface", late(r"\bhf_[A-Za-z0-9]{16,}")),
    ("xai", late(r"\bxai-[A-Za-z0-9_]{16,}")),
    ("perplexity", late(r"\bpplx-[A-Za-z0-9]{16,}")),
    ("databricks", late(r"\bdapi[0-9a-f]{32}\b")),
    ("groq", late(r"\bgsk_[A-Za-z0-9]{16,}")),
    ("github", late(r"\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{16,}")),
)

_ANY_SHAPE: Final = late("|".join(shape.pattern for _, shape in SHAPES))
"""All shapes in one pattern, which takes an eighth of the time."""
_CREDENTIAL = late(
    r"(?i)\b(authorization|x-api-key|api-key|x-goog-api-key)(['\"]?\s*[:=]\s*['\"]?)((?:bearer\s+|basic\s+)?[^\s'\",}]+)"
)
_PASSWORD = late(r"(?i)(password|passwd|pwd)(['\"]?\s*=\s*|['\"]\s*:\s*(?=['\"]))('[^']*+'|\"[^\"]*+\"|[^\s;,&'\")}]+)")
"""A password in a database's connection string, or in the options of a driver."""
_BEARER = late(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}")
WEB_TOKEN: Final = late(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]++\.[\w-]*")
"""A JSON Web Token. It is not in the key shapes: some providers use such tokens as keys, others refuse them."""
# Providers show the ends of a wrong key ("Incorrect API key provided: sk-ab**********yz").
# The match begins at a word: otherwise each letter of a long one, such as an image in base64, would be tried.
_HALF_MASKED = late(r"(?<![\w+/-])[\w+/-]*+\*{3,}[\w+/*-]*")
_ABRIDGED = late(r"(?<![\w-])([\w-]++)(?:\.{3}|…)[\w-]*")
_BEGINS_A_KEY = late(r"\b(?:sk|gsk|hf)[_-]")


WORDS_LENGTH: Final = 300
"""The maximum number of characters of another program's text in a message."""
_READ_LENGTH: Final = 10_000
"""The maximum number of characters of it that are searched."""
_HALF_LENGTH: Final = 2_000
"""Characters omitted before a cut: the cut may have split a key, in however long a spelling."""


def shape_of(text: str | Secret) -> str | None:
    """The provider whose keys look like this text (``openai``, ``anthropic`` ...), or None."""
    stripped = (text.reveal() if isinstance(text, Secret) else text).strip()
    for owner, shape in SHAPES:
        if shape.match(stripped):
            return owner
    return None


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """A message in a form that may be shown: `without` the secrets, and without any word in the position of a key."""
    from .url import masked_url

    text = masked_url(without(text, secrets))
    for position in (_CREDENTIAL, _PASSWORD):
        text = position.sub(rf"\1\2{MASK}", text)
    text = WEB_TOKEN.sub(MASK, _BEARER.sub(f"Bearer {MASK}", text))
    return _ABRIDGED.sub(_without_ends, _HALF_MASKED.sub(MASK, text))


def _without_ends(found: re.Match[str]) -> str:
    """``sk-ab...yz`` without the ends of the key; other words with three dots stay."""
    begins = _BEGINS_A_KEY.search(found[1])
    return found[1][: begins.start()] + MASK if begins else found[0]


def readable(words: str, secrets: Iterable[Secret] = (), *, most: int = WORDS_LENGTH) -> str:
    """Another program's text as one displayable line: redacted, without control characters, of limited length."""
    redacted = redact(words[:_READ_LENGTH], secrets)
    if len(words) > _READ_LENGTH:
        redacted = redacted[:-_HALF_LENGTH]
    line = " ".join("".join(c if c.isprintable() else " " for c in redacted).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def without(text: str, secrets: Iterable[Secret] = ()) -> str:
    """``text`` without the given secrets in any spelling, and without anything that looks like a well-known provider's key."""
    for secret in secrets:
        from .spelling import written  # only if there is a secret to search for

        value = secret.reveal().strip()
        # A very short "secret" would match single letters of a message; no real secret is that short.
        if len(value) >= 4:
            text = written(value).sub(MASK, text)
    return _ANY_SHAPE.sub(MASK, text)


_PLAIN: Final = late(r"[\w.-]+", re.ASCII)


def without_typed(text: str, secret: Secret, shortest: int, contained: int) -> str:
    """``text`` without a secret that was typed in place of a name, in any case and spelling.

    A secret with fewer than ``shortest`` characters stays. If it is the whole text, it is removed. Otherwise a secret with fewer
    than ``contained`` characters is removed only as a separate word, and if it consists of letters, only in quotes: a gap in an
    ordinary sentence would reveal that this word is the password.
    """
    value = secret.reveal().strip()
    if len(value) < shortest:
        return text
    if text.strip().lower() == value.lower():
        return MASK
    # Letters and digits have only one spelling, which is cheap to search for.
    if any(part not in text.lower() for part in re.findall("[a-z0-9]+", value.lower())):
        return text
    if _PLAIN.fullmatch(value):
        pattern = re.escape(value)
    else:
        from .spelling import written

        pattern = f"(?:{written(value).pattern})"
    if len(value) < contained:
        pattern = rf"(?<=['\"]){pattern}(?=['\"])" if value.isalpha() else rf"(?<!\w){pattern}(?!\w)"
    return re.sub(pattern, MASK, text, flags=re.IGNORECASE)


def seeker(secret: Secret) -> Callable[[str], bool]:
    """A test for many texts: whether a text contains the secret, in any spelling."""
    from .spelling import written

    pattern = written(secret.reveal().strip())
    return lambda text: pattern.search(text) is not None


def holds_key(text: str) -> bool:
    """Whether a text contains something that looks like a well-known provider's key."""
    return _ANY_SHAPE.search(text) is not None


def shapes_in(text: str) -> list[str]:
    """The providers whose keys a text seems to contain, without duplicates; a longer prefix takes precedence over a shorter one."""
    owners = []
    for owner, shape in SHAPES:
        if shape.search(text):
            owners.append(owner)
            text = shape.sub(MASK, text)
    return owners
