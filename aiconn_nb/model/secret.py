"""A value that must not be seen: ``Secret`` in memory, ``Sealed`` at rest, ``redact`` for other people's texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

MASK: Final = "••••••••"
"""What is shown instead of a secret: the same for every value, so that not even its length is told."""

MASK_LIKE: Final = re.compile(
    r"[*•●·xX.]{3,}|\w{0,8}[-_]?[*•●·]{3,}\w{0,8}|\.{3}|<[^>]*>|\[?redacted\]?|hidden", re.IGNORECASE
)
"""Text that replaces a hidden value. It must never be sent as a key."""


class Secret:
    """Text that does not show itself.

    It is not a ``str``: repr, str, format and HTML are masked, it refuses pickling, copying and JSON, and the value sits in
    a closure, where neither ``vars()`` nor a traceback that prints locals finds it. `reveal` is the only way out; only
    ``providers/`` and ``vault/`` call it.
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

    def satisfies(self, predicate: Callable[[str], bool]) -> bool:
        """The answer to a yes-or-no question about the value, without letting it out."""
        return predicate(self._held())

    def same_as(self, other: object) -> bool:
        """Whether another secret holds the same value. There is no ``==``: a secret is compared on purpose only."""
        from hmac import compare_digest

        if not isinstance(other, Secret):
            return False
        return compare_digest(*(each._held().encode("utf-8", "surrogatepass") for each in (self, other)))

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
    """A secret that has been encrypted: safe to store, of no use without the master key."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "Sealed()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


_SECRET_NAME: Final = re.compile(r"(?:key|token|secret|password|credential|pat)\Z", re.IGNORECASE | re.ASCII)


def is_secret_name(key: str) -> bool:
    """Whether the name of a configuration key or variable says that its value is secret: by how its last segment ends.

    >>> is_secret_name("OpenAI:ApiKey"), is_secret_name("GITHUB_PAT"), is_secret_name("OpenAI:Endpoint")
    (True, True, False)
    """
    return _SECRET_NAME.search(key.rpartition(":")[2]) is not None


SHAPES: Final = (
    # What keys of well-known providers look like, as their own documentation shows them; longest prefix first.
    ("anthropic", re.compile(r"\bsk-ant-[A-Za-z0-9_-]{8,}")),
    ("openrouter", re.compile(r"\bsk-or-[A-Za-z0-9_-]{8,}")),
    ("openai", re.compile(r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{8,}")),
    ("google", re.compile(r"\bAIza[A-Za-z0-9_-]{20,}")),
    ("amazon", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}")),
    ("huggingface", re.compile(r"\bhf_[A-Za-z0-9]{16,}")),
    ("xai", re.compile(r"\bxai-[A-Za-z0-9_]{16,}")),
    ("perplexity", re.compile(r"\bpplx-[A-Za-z0-9]{16,}")),
    ("databricks", re.compile(r"\bdapi[0-9a-f]{32}\b")),
    ("groq", re.compile(r"\bgsk_[A-Za-z0-9]{16,}")),
    ("github", re.compile(r"\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{16,}")),
)

_ANY_SHAPE: Final = re.compile("|".join(shape.pattern for _, shape in SHAPES))
"""All of them in one look at a text, which takes an eighth of the time."""
_CREDENTIAL = re.compile(
    r"(?i)\b(authorization|x-api-key|api-key|x-goog-api-key)(['\"]?\s*[:=]\s*['\"]?)((?:bearer\s+|basic\s+)?[^\s'\",}]+)"
)
_BEARER = re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}")
WEB_TOKEN: Final = re.compile(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]++\.[\w-]*")
"""A JSON Web Token. It is no shape of a key: some providers give such tokens as their keys, others refuse them."""
# What providers answer to a wrong key ("Incorrect API key provided: sk-ab**********yz"): the ends of it, in the clear.
# It begins where a word does: else each letter of a long one, such as a picture in base64, would be a beginning to try.
_HALF_MASKED = re.compile(r"(?<![\w+/-])[\w+/-]*+\*{3,}[\w+/*-]*")
_ABRIDGED = re.compile(r"(?<![\w-])([\w-]++)(?:\.{3}|…)[\w-]*")
_BEGINS_A_KEY = re.compile(r"\b(?:sk|gsk|hf)[_-]")


WORDS_LENGTH: Final = 300
"""Characters of other programs' words that a message repeats."""
_READ_LENGTH: Final = 10_000
"""Characters of them that are looked at."""
_HALF_LENGTH: Final = 2_000
"""Characters at the end of those that are left out: a key may have been cut there, in however long a spelling."""


def shape_of(text: str | Secret) -> str | None:
    """Whose key a text looks like (``openai``, ``anthropic`` ...), or None."""
    stripped = (text.reveal() if isinstance(text, Secret) else text).strip()
    return next((owner for owner, shape in SHAPES if shape.match(stripped)), None)


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """A message in a form that may be shown: `without` the secrets, and without any word in the place of a key."""
    from .url import masked_url

    text = masked_url(without(text, secrets))
    text = _CREDENTIAL.sub(rf"\1\2{MASK}", text)
    text = WEB_TOKEN.sub(MASK, _BEARER.sub(f"Bearer {MASK}", text))
    return _ABRIDGED.sub(_without_ends, _HALF_MASKED.sub(MASK, text))


def _without_ends(found: re.Match[str]) -> str:
    """``sk-ab...yz`` without the ends of the key; any other word with three dots as it is."""
    begins = _BEGINS_A_KEY.search(found[1])
    return found[1][: begins.start()] + MASK if begins else found[0]


def readable(words: str, secrets: Iterable[Secret] = (), *, most: int = WORDS_LENGTH) -> str:
    """Words of other programs as one line that may be shown: redacted, without control characters, not too long."""
    redacted = redact(words[:_READ_LENGTH], secrets)
    if len(words) > _READ_LENGTH:
        redacted = redacted[:-_HALF_LENGTH]
    line = " ".join("".join(c if c.isprintable() else " " for c in redacted).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def without(text: str, secrets: Iterable[Secret] = ()) -> str:
    """``text`` without the given secrets in any spelling, and without anything of the shape of a well-known key."""
    for secret in secrets:
        from .spelling import written  # only where there is something to look for

        value = secret.reveal().strip()
        # A very short "secret" would take every letter of a message with it; nothing of worth is that short.
        if len(value) >= 4:
            text = written(value).sub(MASK, text)
    return _ANY_SHAPE.sub(MASK, text)


_PLAIN: Final = re.compile(r"[\w.-]+", re.ASCII)


def without_typed(text: str, secret: Secret, shortest: int, contained: int) -> str:
    """``text`` without a secret that was typed in the place of a name, in any case and spelling.

    One with fewer than ``shortest`` characters stays. One that is the whole text goes. Of others, one with fewer than ``contained``
    goes only if it is a word of its own, and if it consists of letters, only in quotes: otherwise a missing word in a message would
    reveal that this word is the password.
    """
    value = secret.reveal().strip()
    if len(value) < shortest:
        return text
    if text.strip().lower() == value.lower():
        return MASK
    # Letters and digits are spelled in one way only, and to look for them costs next to nothing.
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
    """Whether there is something of the shape of a well-known key in a text."""
    return _ANY_SHAPE.search(text) is not None


def shapes_in(text: str) -> list[str]:
    """Whose keys a text seems to have in it, each owner once; a longer prefix hides the shorter one that it begins with."""
    owners = []
    for owner, shape in SHAPES:
        if shape.search(text):
            owners.append(owner)
            text = shape.sub(MASK, text)
    return owners
