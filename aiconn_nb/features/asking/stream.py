"""One question and its answer, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from time import perf_counter
from typing import TYPE_CHECKING

from aiconn_nb.errors import AnswerCut, AnswerTooLong, CommandError, NotAble, ProviderFailed
from aiconn_nb.features.usage import Tally
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters

from .failover import Begun, Turns, answer_with
from .reply import Reply
from .target import Target

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message

AccountOf = Callable[[Connection, float | None], "Account"]
Pieces = Generator["Delta | Finish", None, None]


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


class Stream(Iterator[str]):
    """The answer in pieces, as they come. `reply` is what has come so far, and in the end the whole.

    Closing it, or an interrupt, closes the HTTP connection and leaves a partial reply. A connection that is cut in the middle
    raises `AnswerCut` with the partial reply; nothing is asked again.
    """

    def __init__(
        self,
        begun: Begun[tuple[Pieces, Delta | Finish | None]],
        *,
        target: Target,
        started: float,
        ended: Callable[[Reply, bool], None],
    ) -> None:
        from aiconn_nb.providers.base import Delta, Finish

        self._delta, self._finish = Delta, Finish
        self._pieces, self._next = begun.value
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
            model=(last.model if last else None) or self._target.model,
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

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> str:
        if self._ended is None:
            raise StopIteration
        cut: ProviderFailed | None = None
        try:
            while (piece := self._taken()) is not None:
                if isinstance(piece, self._delta):
                    if not piece.text:
                        continue
                    if self._first_after is None:
                        self._first_after = perf_counter() - self._started
                    self._texts.append(piece.text)
                    self._length += len(piece.text)
                    if self._length > LONGEST:
                        cut = AnswerTooLong(alias=self._begun.connection.alias, longest=LONGEST)
                        self._pieces.close()
                        break
                    return piece.text
                if isinstance(piece, self._finish):
                    self._last = piece
        except ProviderFailed as failed:
            cut = failed
        except BaseException:
            self.close()
            raise
        self._whole = cut is None
        self._end(failed=cut is not None)
        if cut is None:
            raise StopIteration
        raise AnswerCut(cut, self.reply)

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

    def _end(self, *, failed: bool) -> None:
        if self._ended is not None:
            self._seconds = perf_counter() - self._started
            ended, self._ended = self._ended, None
            ended(self.reply, failed)


def open_stream(
    target: Target,
    request: ChatRequest,
    account_of: AccountOf,
    *,
    turns: Turns,
    tally: Tally,
    finished: Callable[[Reply], None],
) -> Stream:
    """Ask, and wait for the first piece of the answer: until then another connection may take over."""
    started = perf_counter()
    profile = target.profile.alias if target.profile else ""

    def begin(connection: Connection, patience: float | None) -> tuple[Pieces, Delta | Finish | None]:
        pieces = account_of(connection, patience).chat(request)
        try:
            return pieces, next(pieces, None)
        except NotImplementedError:
            raise NotAble(alias=connection.alias, what_for="chat") from None

    def failed(connection: Connection, seconds: float) -> None:
        tally.failed(profile, connection.alias, seconds)

    def ended(reply: Reply, failed: bool) -> None:
        if failed:
            tally.failed(profile, reply.connection, reply.seconds)
        else:
            tally.answered(profile, reply.connection, reply.seconds, reply.input_tokens, reply.output_tokens)
        if not reply.partial:
            finished(reply)

    begun = answer_with(target, begin, turns, failed=failed)
    return Stream(begun, target=target, started=started, ended=ended)


def request_of(
    target: Target, prompt: str, options: Mapping[str, str | int | float | None], before: Sequence[Message]
) -> ChatRequest:
    """The question as it is sent: the target's options, and over them those of this one call. Raises `CommandError`."""
    from aiconn_nb.features.profiles import merged
    from aiconn_nb.model.profile import Capability
    from aiconn_nb.providers.base import ChatRequest, Message

    if not prompt.strip():
        raise CommandError("There is nothing to ask.", "Write the question behind the profile, or into the cell.")
    problems: dict[str, str] = {}
    chosen = merged(Capability.CHAT, target.options, options, problems)
    if problems:
        raise CommandError(
            "; ".join(f"{key} {problem}" for key, problem in problems.items()) + ".", "Nothing was sent."
        )
    return ChatRequest(
        target.model,
        [*before, Message("user", whole_letters(prompt))],
        system=None if chosen.get("system") is None else whole_letters(str(chosen["system"])),
        temperature=chosen.get("temperature"),  # type: ignore[arg-type]  # `merged` has seen to the types
        max_tokens=chosen.get("max_tokens"),  # type: ignore[arg-type]
    )


def read(stream: Stream, on_text: Callable[[str], None] | None) -> Reply:
    """The whole answer; ``on_text`` is told of each piece."""
    with closing(stream):
        for text in stream:
            if on_text is not None:
                on_text(text)
    return stream.reply
