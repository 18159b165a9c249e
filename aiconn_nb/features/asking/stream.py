"""A prompt and its reply, piece by piece."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from aiconn_nb.errors import (
    AnswerCut,
    AnswerElsewhere,
    AnswerTooLong,
    BadOptions,
    Interrupted,
    NotAble,
    NothingToAsk,
    ProviderFailed,
)
from aiconn_nb.features.usage import Meter, Ticket
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.frames import ONLY_USERS_FRAMES
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.providers.calls.either_client import done, result

from .failover import Begun, Turns, async_answer_with
from .reply import Reply
from .target import Target

if TYPE_CHECKING:
    from aiconn_nb.features.profiles import Given, Offered
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Usage

    from .schema import Shape

Ended = Callable[[Reply, "Usage | None", bool, bool], None]
"""Called once at the end of a reply. The flags say whether it failed, and whether a thread may write its usage now."""
AccountOf = Callable[[Connection, float | None], "Account"]

LONGEST = 2_000_000
"""Maximum characters of a reply. No model sends this much at once; an endless reply would fill the memory."""


class Coming:
    """A reply in progress. `reply` is the text so far, and the complete reply at the end."""

    def __init__(
        self,
        pieces: Any,
        begun: Begun[Any],
        first: Delta | Finish | None,
        *,
        target: Target,
        started: float,
        ended: Ended,
        turns: Turns,
    ) -> None:
        from aiconn_nb.providers.base import Finish

        self._finish = Finish
        self._pieces = pieces
        self._is_async = hasattr(pieces, "aclose")
        self._next = first
        self._begun = begun
        self._target = target
        self._started = started
        self._turns = turns
        self._texts: list[str] = []
        self._length = 0
        self._last: Finish | None = None
        self._first_after: float | None = None
        self._seconds = 0.0
        self._whole = False
        self._process = os.getpid()
        self._ended: Ended | None = ended  # set last, so that the finalizer finds a complete object or nothing to count

    @property
    def reply(self) -> Reply:
        """The reply so far; partial until it is complete."""
        last = self._last
        return Reply(
            text=whole_letters("".join(self._texts)),
            model=(last.model if last else None) or self._target.model_for(self._begun.connection),
            connection=self._begun.connection.alias,
            profile=self._target.profile.alias if self._target.profile else "",
            input_tokens=last.usage.input_tokens if last else None,
            output_tokens=last.usage.output_tokens if last else None,
            seconds_to_first=self._first_after,
            seconds=self._seconds if self._ended is None else perf_counter() - self._started,
            finish_reason=last.reason if last else None,
            attempts=self._begun.attempts,
            notes=(*(last.notes if last else ()), *self._target.notes),
            partial=not self._whole,
        )

    @property
    def is_of_parent(self) -> bool:
        """Whether this process is a fork of the one that asked. The connection stays the parent's."""
        return os.getpid() != self._process

    async def _text(self) -> str:
        """Return the next text. Raises `StopAsyncIteration` at the end, and `AnswerCut` if the reply breaks off."""
        if self._ended is None:
            raise StopAsyncIteration
        if self.is_of_parent:
            raise AnswerElsewhere
        try:
            while (piece := await self._taken()) is not None:
                if text := self._text_of(piece):
                    return text
        except ProviderFailed as failed:
            await self._closed()
            self._end(failed=True)
            cut = AnswerCut(failed, self.reply, then=self._after(failed))
        except BaseException as error:
            await self._stop()
            if isinstance(error, KeyboardInterrupt):
                Interrupted().shown_for(error)
            raise
        else:
            self._whole = True
            self._end(failed=False)
            raise StopAsyncIteration
        raise cut

    def _after(self, failed: ProviderFailed) -> str:
        """The alias of the connection that the next question goes to first, after this one broke off; '' if there is no other."""
        connection = self._begun.connection
        if isinstance(failed, AnswerTooLong) or not failed.kind.meaning.falls_back:
            return ""  # another one would answer at the same length
        self._turns.failed(connection, failed.kind)
        first = self._turns.order(self._target.connections)[0]
        return "" if first is connection else first.alias

    async def _stop(self) -> None:
        try:
            if not self.is_of_parent:
                await self._closed()
        finally:
            self._end(failed=False)

    async def _closed(self) -> None:
        """Close the pieces, and with them the HTTP connection."""
        await done(self._pieces.aclose() if self._is_async else self._pieces.close())

    async def _taken(self) -> Delta | Finish | None:
        """Return the next piece; first, the one that opening the stream waited for."""
        if self._next is not None:
            piece, self._next = self._next, None
            return piece
        came: Delta | Finish | None = await done((anext if self._is_async else next)(self._pieces, None))
        return came

    def _text_of(self, piece: Delta | Finish) -> str:
        """Return the text of a piece. The final piece has none and is stored. Raises `ProviderFailed` for an endless reply."""
        if isinstance(piece, self._finish):
            self._last = piece
            return ""
        if piece.text:
            if self._first_after is None:
                self._first_after = perf_counter() - self._started
            self._texts.append(piece.text)
            self._length += len(piece.text)
            if self._length > LONGEST:
                raise AnswerTooLong(alias=self._begun.connection.alias, longest=LONGEST)
        return piece.text

    def _end(self, *, failed: bool, wake: bool = True) -> None:
        if self._ended is not None:
            self._seconds = perf_counter() - self._started
            ended, self._ended = self._ended, None
            ended(self.reply, self._last.usage if self._last else None, failed, wake)

    def count(self) -> None:
        """Count the request of a stream that is left: it was sent. No thread is woken."""
        self._end(failed=False, wake=False)

    def __del__(self) -> None:
        # The caller left its loop early.
        if getattr(self, "_ended", None) is not None:
            self.count()


class Stream(Coming, Iterator[str]):
    """The reply in pieces, as they arrive. `reply` is the text so far, and the complete reply at the end.

    Closing the stream or an interrupt closes the HTTP connection and leaves a partial reply. A connection that breaks off midway
    raises `AnswerCut` with the partial reply; the request is not repeated.
    """

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> str:
        with ONLY_USERS_FRAMES:
            try:
                return result(self._text())
            except StopAsyncIteration:
                raise StopIteration from None

    def close(self) -> None:
        """Stop. `reply` keeps the text so far."""
        result(self._stop())

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *of: object) -> None:
        self.close()


class AsyncStream(Coming):
    """`Stream` with an asynchronous client: ``async for text in stream``, and ``await stream.aclose()``."""

    def __aiter__(self) -> AsyncStream:
        return self

    async def __anext__(self) -> str:
        return await self._text()

    async def aclose(self) -> None:
        """Stop. `reply` keeps the text so far."""
        await self._stop()


AnyStream = TypeVar("AnyStream", Stream, AsyncStream)


@dataclass(frozen=True)
class Opening:
    """The values needed to send a prompt."""

    target: Target
    request: ChatRequest
    account_of: AccountOf
    turns: Turns
    meter: Meter
    finished: Callable[[Reply], None]
    """Called with the reply at its end, complete or not."""
    shape: Shape | None = None
    """The format of the reply; None means text."""

    def request_to(self, connection: Connection, account: Account) -> ChatRequest:
        """Return the request to a connection, with that connection's model and in the format that its provider understands."""
        request = replace(self.request, model=self.target.model_for(connection))
        return self.shape.asked_in(request, is_kept=account.provider.keeps_schemas) if self.shape else request

    def reserved(self, connection: Connection, account: Account, request: ChatRequest) -> Ticket:
        """Return the reservation from the caps for this request; see `Meter.reserve`."""
        profile = self.target.profile
        return self.meter.reserve(profile, connection, request.model, account, request.texts, request.max_tokens)

    def ended(self, ticket: Ticket, before: float, reply: Reply, usage: Usage | None, failed: bool, wake: bool) -> None:
        """Record the usage of a finished reply. ``before``: the seconds of the failed connections, which count towards them."""
        from aiconn_nb.providers.base import Usage

        seconds = reply.seconds - before
        if failed:
            ticket.failed(seconds, may_cost=True, kind="broke off", text=reply.text)
        else:
            ticket.answered(seconds, usage or Usage(), reply.text, wake=wake)
        self.finished(reply)


def open_stream(opening: Opening) -> Stream:
    """Send the prompt and wait for the first piece of the reply: until then another connection may take over."""
    return result(_opened(opening, Stream))


async def open_async_stream(opening: Opening) -> AsyncStream:
    """`open_stream` with an asynchronous client."""
    return await _opened(opening, AsyncStream)


async def _opened(opening: Opening, kind: type[AnyStream]) -> AnyStream:
    from aiconn_nb.providers.calls.threaded import in_thread

    started = perf_counter()
    is_async = issubclass(kind, AsyncStream)

    async def begin(connection: Connection, patience: float | None) -> tuple[Any, Delta | Finish | None, Ticket, float]:
        before = perf_counter() - started

        def reserved() -> tuple[Account, ChatRequest, Ticket]:
            account = opening.account_of(connection, patience)
            request = opening.request_to(connection, account)
            return account, request, opening.reserved(connection, account, request)

        # In a thread: a secret source may respond slowly.
        account, request, ticket = await in_thread(reserved) if is_async else reserved()
        with counted_if_it_fails(ticket, connection, "chat"):
            if is_async:
                pieces = account.async_chat(request)
                return pieces, await anext(pieces, None), ticket, before
            synchronous = account.chat(request)
            return synchronous, next(synchronous, None), ticket, before

    begun = await async_answer_with(opening.target, begin, opening.turns)
    pieces, first, ticket, before = begun.value
    ended = partial(opening.ended, ticket, before)
    made = kind(pieces, begun, first, target=opening.target, started=started, ended=ended, turns=opening.turns)
    opening.meter.streams.add(made)
    return made


@contextmanager
def counted_if_it_fails(ticket: Ticket, connection: Connection, what_for: str) -> Iterator[None]:
    """A context for a request up to its first token. Raises `NotAble` if the provider does not support it."""
    started = perf_counter()
    try:
        yield
    except NotImplementedError:
        ticket.unsent()
        raise NotAble(alias=connection.alias, what_for=what_for) from None
    except ProviderFailed as failed:
        ticket.failed(perf_counter() - started, may_cost=failed.may_cost, kind=failed.kind.value)
        raise
    except BaseException:
        ticket.dropped(perf_counter() - started)
        raise


def request_of(
    target: Target,
    prompt: str,
    options: Given,
    before: Sequence[Message],
    offers: Offered | None = None,
) -> ChatRequest:
    """Return the request to send: the options of this call override those of the target.

    ``offers`` lists the permitted options. Raises `CommandError`.
    """
    from aiconn_nb.features.profiles import merged
    from aiconn_nb.model.capability import Capability
    from aiconn_nb.providers.base import ChatRequest, Message

    if not prompt.strip():
        raise NothingToAsk
    problems: dict[str, str] = {}
    chosen = merged(Capability.CHAT, target.options, options, problems, offers)
    if problems:
        raise BadOptions(problems=problems)
    return ChatRequest(
        target.model,
        [*before, Message("user", whole_letters(prompt))],
        system=None if chosen.get("system") is None else whole_letters(str(chosen["system"])),
        temperature=chosen.get("temperature"),  # type: ignore[arg-type]  # `merged` has seen to the types
        max_tokens=chosen.get("max_tokens"),  # type: ignore[arg-type]
        options={key: value for key, value in chosen.items() if key not in ("system", "temperature", "max_tokens")},
    )


def read(stream: Stream, on_text: Callable[[str], None] | None) -> Reply:
    """Read the complete reply. Calls ``on_text`` with each piece."""
    with closing(stream):
        for text in stream:
            if on_text is not None:
                on_text(text)
    return stream.reply


async def read_async(stream: AsyncStream, on_text: Callable[[str], None] | None) -> Reply:
    """`read` for an asynchronous stream."""
    async with aclosing(stream):
        async for text in stream:
            if on_text is not None:
                on_text(text)
    return stream.reply
