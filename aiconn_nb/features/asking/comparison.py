"""One prompt, several profiles at once; one that fails does not stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError
from aiconn_nb.session.background import run
from aiconn_nb.session.results import Rows

if TYPE_CHECKING:
    from .reply import Reply
    from .stream import AsyncStream


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of the prompt with one profile."""

    profile: str
    """The alias of the profile, or of the connection."""
    reply: Reply | None = None
    """What has come of the answer; None where nothing has."""
    error: AiconnError | None = None
    """Why there is no answer, or only a part of one."""
    running: bool = False
    """Whether more is to come."""

    def data(self) -> dict[str, Any]:
        error = self.error
        return {
            "profile": self.profile,
            "reply": self.reply.data() if self.reply else None,
            "error": {"error": type(error).__name__, "message": error.what, "hint": error.hint} if error else None,
        }


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Rows[Compared]):
    """The answers of several profiles to one prompt, in the order in which the profiles were named."""

    prompt: str
    left: tuple[str, ...] = ()
    """The places of the prompt that the notebook had no name for; see `Reply`."""

    @property
    def ok(self) -> bool:
        """Whether all have answered."""
        return all(each.error is None for each in self)

    @property
    def replies(self) -> dict[str, Reply]:
        """The answers by profile, without those that failed."""
        return {each.profile: each.reply for each in self if each.reply is not None and each.error is None}

    def data(self) -> Any:
        return {"prompt": self.prompt, "answers": [each.data() for each in self]}


class Comparing:
    """A comparison that is under way."""

    def __init__(self, prompt: str, profiles: Sequence[str], ask: Callable[[str], Awaitable[AsyncStream]]) -> None:
        self._prompt = prompt
        self._more = Event()
        self._asked = [_Asked(profile, ask, self._more.set) for profile in profiles]

    @property
    def comparison(self) -> Comparison:
        """What has come so far, and in the end the whole."""
        return Comparison([each.compared() for each in self._asked], self._prompt)

    def run(self, on_change: Callable[[Comparison], None] | None = None) -> Comparison:
        """Ask, and wait until all have ended. ``on_change`` is told of what came, in this thread, some 20 times a second at most.

        An interrupt stops all of them, closes their connections, and leaves what came in `comparison`.
        """
        run(self._all(), lambda: self._tell(on_change))
        self._tell(on_change)
        return self.comparison

    async def _all(self) -> None:
        await asyncio.gather(*(each.run() for each in self._asked))

    def _tell(self, on_change: Callable[[Comparison], None] | None) -> None:
        if on_change is not None and self._more.is_set():
            self._more.clear()
            on_change(self.comparison)


class _Asked:
    """One profile, while it is being asked."""

    def __init__(self, profile: str, ask: Callable[[str], Awaitable[AsyncStream]], came: Callable[[], None]) -> None:
        self.profile = profile
        self._running = True
        self._ask = ask
        self._came = came
        self._stream: AsyncStream | None = None
        self._error: AiconnError | None = None

    def compared(self) -> Compared:
        """What has become of it so far."""
        return Compared(self.profile, self._stream.reply if self._stream else None, self._error, self._running)

    async def run(self) -> None:
        """Ask, and take the answer to its end."""
        try:
            self._stream = await self._ask(self.profile)
            async with aclosing(self._stream):
                async for _ in self._stream:
                    self._came()
        except AiconnError as error:
            self._error = error
        finally:
            self._running = False
            self._came()
