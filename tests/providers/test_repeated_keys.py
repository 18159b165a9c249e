"""A server that repeats the key in what it answers: the answer has no key, in whatever pieces it comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Completion, Delta, Embeddings, Finish, Message, Model
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider

KEY = 'begin-4f81c2/"&+=d09a77-end'
MASK = "••••••••"
REQUEST = ChatRequest("m", [Message("user", "hi")])


@dataclass
class Repeats(FakeProvider):
    """A provider whose answers contain the key in each text."""

    pieces: tuple[str, ...] = ()
    breaks_off: bool = False

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        yield from map(Delta, self.pieces)
        if self.breaks_off:
            raise FakeFailure(FailureKind.PROVIDER_FAULT, "broke off")
        yield Finish(KEY, model=f"model-{KEY}", notes=(f"said {KEY}",))

    def models(self, client: Any) -> list[Model]:
        return [Model(f"m-{KEY}", KEY, frozenset({Capability.CHAT}), shutdown=KEY)]

    def embed(self, client: Any, texts: Any, model: str, dimensions: int | None) -> Embeddings:
        return Embeddings([[0.0]], notes=(KEY,))


class RepeatsAsynchronously(Repeats):
    """The same provider, with an asynchronous client."""

    def async_client(self, settings: Any, seconds: float | None = None) -> Any:
        return object()

    async def async_chat(self, client: Any, request: ChatRequest) -> AsyncIterator[Delta | Finish]:  # type: ignore[override]
        for piece in self.chat(client, request):
            yield piece

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        return Completion.of(self.chat(client, request))


def account_of(provider: FakeProvider) -> Account:
    """Return an account with the key."""
    return Account(provider, {"api_key": Secret(KEY)})


async def collected(account: Account) -> list[Delta | Finish]:
    """Return the pieces of an asynchronous answer."""
    return [piece async for piece in account.async_chat(REQUEST)]


def text_of(pieces: list[Delta | Finish]) -> str:
    """Return the text of the pieces."""
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


def in_parts(text: str, size: int) -> tuple[str, ...]:
    """Split a text into parts of one size."""
    return tuple(text[at : at + size] for at in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 100])
@pytest.mark.parametrize("spelled", [KEY, json.dumps(KEY)[1:-1]], ids=["plain", "json"])
@pytest.mark.parametrize("kind", [Repeats, RepeatsAsynchronously])
def test_a_stream_has_no_key(kind: type[Repeats], spelled: str, size: int) -> None:
    """For pieces of any size, at most the first three characters of the key are passed on. The other text is complete."""
    account = account_of(kind(pieces=in_parts(f"It was {spelled}, beginning.", size)))
    pieces = list(account.chat(REQUEST)) if kind is Repeats else asyncio.run(collected(account))
    text = text_of(pieces)
    shown = text.replace("It was ", "", 1).partition(MASK)[0]
    assert KEY.startswith(shown)
    assert len(shown) <= 3
    assert text == f"It was {shown}{MASK}, beginning."
    assert pieces[-1] == Finish(MASK, model=f"model-{MASK}", notes=(f"said {MASK}",))


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("breaks_off", [False, True])
def test_what_only_begins_as_a_key_is_given_out(breaks_off: bool, size: int) -> None:
    """This also holds at the end of an answer, and of one that breaks off."""
    account = account_of(Repeats(pieces=in_parts("begin-4f81 begin-4f8", size), breaks_off=breaks_off))
    pieces: list[Delta | Finish] = []
    with pytest.raises(ProviderFailed) if breaks_off else nullcontext():
        pieces.extend(account.chat(REQUEST))
    assert text_of(pieces) == "begin-4f81 begin-4f8"


def test_a_whole_answer_a_list_and_the_notes_of_vectors_have_no_key() -> None:
    """The key is removed from each text that is shown or saved."""
    whole = asyncio.run(account_of(RepeatsAsynchronously(pieces=(f"[{KEY}]",))).async_complete(REQUEST))
    account = account_of(Repeats())
    assert whole.text == f"[{MASK}]"
    assert whole.finish == Finish(MASK, model=f"model-{MASK}", notes=(f"said {MASK}",))
    assert account.models() == [Model(f"m-{MASK}", MASK, frozenset({Capability.CHAT}), shutdown=MASK)]
    assert account.embed(["a"], "m").notes == (MASK,)
    assert account.embed_once(["a"], "m").notes == (MASK,)
    assert asyncio.run(account.async_embed(["a"], "m")).notes == (MASK,)


def test_a_short_key_is_a_word_that_an_answer_may_have() -> None:
    """The keys of local servers are often names of programs."""
    account = Account(Repeats(pieces=("Use lm-studio.",)), {"api_key": Secret("lm-studio")})
    assert text_of(list(account.chat(REQUEST))) == "Use lm-studio."
