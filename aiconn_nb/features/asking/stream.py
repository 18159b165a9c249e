"""One question and its answer, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from aiconn_nb.errors import AnswerCut, AnswerTooLong, BadOptions, NotAble, NothingToAsk, ProviderFailed
from aiconn_nb.features.usage import Tally
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters

from .failover import Begun, Turns, answer_with, async_answer_with
from .reply import Reply
from .target import Target

if TYPE_CHECKING:
    from aiconn_nb.features.profiles import Given, Offered
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message

AccountOf = Callable[[Connection, float | None], "Account"]
Pieces = Generator["Delta | Finish", None, None]
AsyncPieces = AsyncGenerator["Delta | Finish", None]
P = TypeVar("P")


LONGEST = 2_000_000
"""Characters of an answer. No model says as much at once; a server that goes on for ever would fill the memory."""


class Conversations:
    """The last exchange with each profile, or connection, by its id; in memory only: nothing of it reaches a disk."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Message, ...]] = {}

    def of(self, whom: str) -> tuple[Message, ...]:
        """The messages of the last exchange; none where there was none."""
        return self._kept.get(whom, ())

    def keep(self, whom: str, messages: Sequence[Message]) -> None:
        """Remember an exchange that has ended."""
        self._kept[whom] = tuple(messages)

    def forget(self, whom: str | None = None) -> int:
        """Forget one, or all; answers how many there were."""
        if whom is None:
            gone = len(self._kept)
            self._kept.clear()
            return gone
        return 0 if self._kept.pop(whom, None) is None else 1


class Coming:
    """What has come of an answer. `reply` is all of it so far, and in the end the whole."""

    def __init__(
        self,
        begun: Begun[Any],
        first: Delta | Finish | None,
        *,
        target: Target,
        started: float,
        ended: Callable[[Reply, bool], None],
    ) -> None:
        from aiconn_nb.providers.base import Finish

        self._finish = Finish
        self._next = first
        self._begun = begun
        self._target = target
        self._started = started
        self._ended: Callable[[Reply, bool], None] | None = ended
        self._texts: list[str] = []
        self._length = 0
        self._last: Finish | None = None
        self._first_after: float | None = None
        self._seconds = 0.0
        self._whole = False

    @property
    def reply(self) -> Reply:
        """What has come so far; partial until it has come to its end."""
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
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._ended is None

    def _text_of(self, piece: Delta | Finish) -> str:
        """The text of a piece; '' of the end, which is kept. Raises `ProviderFailed` for an answer that does not end."""
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

    def _is_whole(self) -> None:
        self._whole = True
        self._end(failed=False)

    def _cut(self, by: ProviderFailed) -> AnswerCut:
        """The error of an answer that broke off."""
        self._end(failed=True)
        return AnswerCut(by, self.reply)

    def _end(self, *, failed: bool) -> None:
        if self._ended is not None:
            self._seconds = perf_counter() - self._started
            ended, self._ended = self._ended, None
            ended(self.reply, failed)


class Stream(Coming, Iterator[str]):
    """The answer in pieces, as they come. `reply` is what has come so far, and in the end the whole.

    Closing it, or an interrupt, closes the HTTP connection and leaves a partial reply. A connection that is cut in the middle
    raises `AnswerCut` with the partial reply; nothing is asked again.
    """

    def __init__(self, pieces: Pieces, begun: Begun[Any], first: Delta | Finish | None, **about: Any) -> None:
        super().__init__(begun, first, **about)
        self._pieces = pieces

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> str:
        if self.is_over:
            raise StopIteration
        try:
            while (piece := self._taken()) is not None:
                if text := self._text_of(piece):
                    return text
        except ProviderFailed as failed:
            self._pieces.close()
            cut = self._cut(failed)
        except BaseException:
            self.close()
            raise
        else:
            self._is_whole()
            raise StopIteration
        raise cut

    def close(self) -> None:
        """Stop. What has come stays in `reply`."""
        self._pieces.close()
        self._end(failed=False)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *of: object) -> None:
        self.close()

    def _taken(self) -> Delta | Finish | None:
        """The next piece, the one first that was waited for when the stream was opened."""
        if self._next is not None:
            piece, self._next = self._next, None
            return piece
        return next(self._pieces, None)


class AsyncStream(Coming):
    """The same with an asynchronous client: ``async for text in stream``, and ``await stream.aclose()``."""

    def __init__(self, pieces: AsyncPieces, begun: Begun[Any], first: Delta | Finish | None, **about: Any) -> None:
        super().__init__(begun, first, **about)
        self._pieces = pieces

    def __aiter__(self) -> AsyncStream:
        return self

    async def __anext__(self) -> str:
        if self.is_over:
            raise StopAsyncIteration
        try:
            while (piece := await self._taken()) is not None:
                if text := self._text_of(piece):
                    return text
        except ProviderFailed as failed:
            await self._pieces.aclose()
            cut = self._cut(failed)
        except BaseException:
            await self.aclose()
            raise
        else:
            self._is_whole()
            raise StopAsyncIteration
        raise cut

    async def aclose(self) -> None:
        """Stop. What has come stays in `reply`."""
        try:
            await self._pieces.aclose()
        finally:
            self._end(failed=False)

    async def _taken(self) -> Delta | Finish | None:
        if self._next is not None:
            piece, self._next = self._next, None
            return piece
        return await anext(self._pieces, None)


@dataclass(frozen=True)
class Opening:
    """All that it takes to ask a question."""

    target: Target
    request: ChatRequest
    account_of: AccountOf
    turns: Turns
    tally: Tally
    finished: Callable[[Reply], None]
    """Told of a whole answer."""

    @property
    def profile(self) -> str:
        """The alias of the profile, '' where a connection is asked itself."""
        return self.target.profile.alias if self.target.profile else ""

    def request_to(self, connection: Connection) -> ChatRequest:
        """The question as a connection is asked it: with its own model."""
        return replace(self.request, model=self.target.model_for(connection))

    def failed(self, connection: Connection, seconds: float) -> None:
        """Count a call that was not answered."""
        self.tally.failed(self.profile, connection.alias, seconds)

    def ended(self, reply: Reply, failed: bool) -> None:
        """Count an answer that has ended."""
        if failed:
            self.tally.failed(self.profile, reply.connection, reply.seconds)
        else:
            self.tally.answered(self.profile, reply.connection, reply.seconds, reply.input_tokens, reply.output_tokens)
        if not reply.partial:
            self.finished(reply)


def open_stream(opening: Opening) -> Stream:
    """Ask, and wait for the first piece of the answer: until then another connection may take over."""
    started = perf_counter()

    def begin(connection: Connection, patience: float | None) -> tuple[Pieces, Delta | Finish | None]:
        pieces = opening.account_of(connection, patience).chat(opening.request_to(connection))
        try:
            return pieces, next(pieces, None)
        except NotImplementedError:
            raise NotAble(alias=connection.alias, what_for="chat") from None

    begun = answer_with(opening.target, begin, opening.turns, failed=opening.failed)
    return Stream(*_parts(begun), target=opening.target, started=started, ended=opening.ended)


async def open_async_stream(opening: Opening) -> AsyncStream:
    """The same with an asynchronous client."""
    from aiconn_nb.providers.threaded import in_thread

    started = perf_counter()

    async def begin(connection: Connection, patience: float | None) -> tuple[AsyncPieces, Delta | Finish | None]:
        # In a thread: a secret source may take a while to answer.
        account = await in_thread(lambda: opening.account_of(connection, patience))
        pieces = account.async_chat(opening.request_to(connection))
        try:
            return pieces, await anext(pieces, None)
        except NotImplementedError:
            raise NotAble(alias=connection.alias, what_for="chat") from None

    begun = await async_answer_with(opening.target, begin, opening.turns, failed=opening.failed)
    return AsyncStream(*_parts(begun), target=opening.target, started=started, ended=opening.ended)


def _parts(begun: Begun[tuple[P, Delta | Finish | None]]) -> tuple[P, Begun[Any], Delta | Finish | None]:
    pieces, first = begun.value
    return pieces, begun, first


def request_of(
    target: Target,
    prompt: str,
    options: Given,
    before: Sequence[Message],
    offers: Offered | None = None,
) -> ChatRequest:
    """The question as it is sent: the target's options, and over them those of this one call, which ``offers`` allows.

    Raises `CommandError`.
    """
    from aiconn_nb.features.profiles import merged
    from aiconn_nb.model.profile import Capability
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
    """The whole answer; ``on_text`` is told of each piece."""
    with closing(stream):
        for text in stream:
            if on_text is not None:
                on_text(text)
    return stream.reply


async def read_async(stream: AsyncStream, on_text: Callable[[str], None] | None) -> Reply:
    """The same of an asynchronous stream."""
    async with aclosing(stream):
        async for text in stream:
            if on_text is not None:
                on_text(text)
    return stream.reply
