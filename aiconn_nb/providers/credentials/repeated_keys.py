"""Remove an account's own keys from its server's answers. A gateway may repeat a request with its key, and answers are shown and
saved."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Final
from urllib.parse import quote

from aiconn_nb.model.secret import Secret, without_typed

from ..values.call_values import Completion, Delta, Embeddings, Finish, Model

_SHORTEST: Final = 12
"""The minimum length of a key to remove. Shorter ones, such as ``lm-studio``, are words that an answer may contain."""
_BEGINNING: Final = 4
"""The minimum number of a key's first characters that are held back from a stream. Many words begin with fewer."""


class RepeatedKeys:
    """Removes keys from the results of a provider's calls."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets = [each for each in secrets if each.satisfies(lambda key: len(key.strip()) >= _SHORTEST)]

    def masked(self, text: str) -> str:
        """Return the text without the keys, in any escaped spelling."""
        for secret in self._secrets:
            text = without_typed(text, secret, shortest=_SHORTEST, contained=_SHORTEST)
        return text

    def in_finish(self, finish: Finish) -> Finish:
        """Return the end of an answer without the keys."""
        return replace(
            finish,
            reason=finish.reason and self.masked(finish.reason),
            model=finish.model and self.masked(finish.model),
            notes=tuple(map(self.masked, finish.notes)),
        )

    def in_completion(self, answer: Completion) -> Completion:
        """Return a whole answer without the keys. The headers stay: they are only read for rate limits, never shown."""
        return replace(answer, text=self.masked(answer.text), finish=self.in_finish(answer.finish))

    def in_embeddings(self, answer: Embeddings) -> Embeddings:
        """Return the vectors with notes without the keys."""
        return replace(answer, notes=tuple(map(self.masked, answer.notes)))

    def in_model(self, model: Model) -> Model:
        """Return an entry of a model list without the keys."""
        return replace(
            model, id=self.masked(model.id), name=self.masked(model.name), shutdown=self.masked(model.shutdown)
        )

    def length_of_beginning(self, text: str) -> int:
        """Return how many characters at the end of a text may begin a key; 0 if they are too few to hold back."""
        return max((_overlap(text, key) for secret in self._secrets for key in _spelled(secret)), default=0)


class Pieces:
    """Removes keys from the pieces of one streamed answer. A key may be split between pieces."""

    def __init__(self, keys: RepeatedKeys) -> None:
        self._keys = keys
        self._given = ""
        """The last characters passed on, which may begin a key."""
        self._held = ""

    def of(self, piece: Delta | Finish) -> Iterator[Delta | Finish]:
        """Yield the pieces to pass on after one has arrived."""
        if isinstance(piece, Finish):
            yield from self.rest()
            yield self._keys.in_finish(piece)
        elif (text := self._taken(piece.text)) or not piece.text:
            yield replace(piece, text=text)

    def rest(self) -> Iterator[Delta]:
        """Yield the text that is still held back at the end of the answer, as it was not a key."""
        if self._held:
            yield Delta(self._held)
            self._held = ""

    def _taken(self, came: str) -> str:
        text = self._keys.masked(f"{self._given}{self._held}{came}")
        unchanged = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._given, text, strict=False)))
        new = text[unchanged:]
        held = min(self._keys.length_of_beginning(self._given + new), len(new))
        out, self._held = new[: len(new) - held], new[len(new) - held :]
        self._given = (self._given + out)[1 - _BEGINNING :]
        return out


def _spelled(secret: Secret) -> set[str]:
    """Return a key as it is, and as spelled in JSON, in JSON within JSON, in a URL and in HTML."""
    key = secret.reveal().strip()
    once = json.dumps(key)[1:-1]
    return {key, once, json.dumps(once)[1:-1], quote(key, safe=""), html.escape(key)}


def _overlap(text: str, key: str) -> int:
    """Return the length of the longest suffix of ``text`` that is a proper prefix of ``key``; 0 if it is too short."""
    end = text[1 - len(key) :]
    at = end.find(key[0])
    while 0 <= at <= len(end) - _BEGINNING:
        if key.startswith(end[at:]):
            return len(end) - at
        at = end.find(key[0], at + 1)
    return 0
