"""Probes: requests for one token or one vector, which prove that a connection works."""

from __future__ import annotations

import re
from contextlib import closing
from typing import NamedTuple

from aiconn_nb.errors import FailureKind, NotAble, ProviderFailed
from aiconn_nb.model.capability import Capability

from .account import Account
from .base import ChatRequest, Message, Model
from .values.model_options import INPUT_TYPE

TOKENS = 400
"""The token limit of a probe. A reasoning model spends tokens before it writes, and some models refuse a limit below 16."""

_RAN_OUT = re.compile(r"could not finish the message|output limit (?:was|has been) reached", re.IGNORECASE)
_TOO_FEW = re.compile(r"max_(?:completion_|output_)?tokens|maxOutputTokens", re.IGNORECASE)
_EMBEDS = re.compile(r"embed|(?:^|[/_-])(?:bge|gte|e5|minilm|voyage|uae)(?:[-_.]|$)", re.IGNORECASE)
_OTHERWISE = (FailureKind.BAD_REQUEST, FailureKind.NOT_FOUND, FailureKind.PROVIDER_FAULT)
"""The kinds of failure if a server refuses to chat with an embedding model, or the reverse."""


class Probed(NamedTuple):
    """The answer to a probe."""

    capability: Capability
    """What the model was asked for."""
    words: str
    """A description of the result."""


def probe_request(model: str, tokens: int = TOKENS) -> ChatRequest:
    """Return the request of a probe, for an answer of at most this many tokens."""
    return ChatRequest(model, [Message("user", "hello")], max_tokens=tokens)


def wants_more_tokens(failed: ProviderFailed) -> bool:
    """Whether a model refuses a limit because it is too small."""
    return failed.kind is FailureKind.BAD_REQUEST and _TOO_FEW.search(failed.words) is not None


def ran_out(failed: ProviderFailed) -> bool:
    """Whether the model answered, but the probe's own limit was too small for it to finish."""
    return _RAN_OUT.search(failed.words) is not None


def probe(account: Account, model: str, listed: Model | None = None) -> Probed:
    """Ask a model for the smallest possible result, and return what it gave.

    ``listed`` is the model's entry in the provider's list. If the entry has no capabilities, both are tried, the more likely
    one first. Raises `ProviderFailed`.
    """
    can = listed.capabilities if listed and listed.capabilities else account.provider.capabilities
    ways = [way for way in (Capability.CHAT, Capability.EMBEDDING) if way in can]
    if len(ways) > 1 and _EMBEDS.search(model):
        ways.reverse()
    first: ProviderFailed | None = None
    for way in ways or [Capability.CHAT]:
        try:
            return Probed(way, (_vector if way is Capability.EMBEDDING else _token)(account, model))
        except NotImplementedError:
            continue
        except ProviderFailed as failed:
            # A listed model is there: what is not found is only the first way, and the second says why it has failed.
            if first is None or (listed and first.kind is FailureKind.NOT_FOUND):
                first = failed
            if failed.kind not in _OTHERWISE:
                break
    if first is None:
        raise NotAble(alias=account.label, what_for="")
    raise first.with_traceback(None) from None


def _token(account: Account, model: str) -> str:
    try:
        with closing(account.chat(probe_request(model))) as pieces:
            next(pieces, None)
    except ProviderFailed as failed:
        if not ran_out(failed):
            raise
    return f"{model} answered"


def _vector(account: Account, model: str) -> str:
    try:
        vectors = account.embed(["hello"], model).vectors
    except ProviderFailed as failed:
        # A model with two forms refuses a text without its purpose.
        if INPUT_TYPE not in account.provider.embedding_options or INPUT_TYPE.key not in failed.words:
            raise
        vectors = account.embed(["hello"], model, options={INPUT_TYPE.key: "query"}).vectors
    return f"{model} answered with {len(vectors[0])} dimensions"
