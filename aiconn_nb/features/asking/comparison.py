"""One prompt to several profiles at once. A profile that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError
from aiconn_nb.session.background import run, side_by_side
from aiconn_nb.session.results import Rows

if TYPE_CHECKING:
    from .reply import Reply
    from .stream import AsyncStream


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of the prompt with one profile."""

    profile: str
    """The alias of the profile, or of the connection."""
    reply: Reply | None = None
    """The reply so far; None if nothing has arrived."""
    error: AiconnError | None = None
    """Why the reply is missing or incomplete."""
    running: bool = False
    """Whether more text will arrive."""

    def data(self) -> dict[str, Any]:
        error = self.error
        return {
            "profile": self.profile,
            "reply": self.reply.data() if self.reply else None,
            "error": {"error": type(error).__name__, "message": error.what, "hint": error.hint} if error else None,
        }


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Rows[Compared]):
    """The replies of several profiles to one prompt, in the order in which the profiles were named."""

    prompt: str
    left: tuple[str, ...] = ()
    """The placeholders of the prompt that match no name in the notebook; see `Reply`."""

    @property
    def ok(self) -> bool:
        """Whether every profile replied."""
        return all(each.error is None for each in self)

    @property
    def replies(self) -> dict[str, Reply]:
        """The replies by profile, without the failed ones."""
        return {each.profile: each.reply for each in self if each.reply is not None and each.error is None}

    def data(self) -> Any:
        return {"prompt": self.prompt, "answers": [each.data() for each in self]}


class Comparing:
    """A running comparison."""

    def __init__(self, prompt: str, profiles: Sequence[str], ask: Callable[[str], Awaitable[AsyncStream]]) -> None:
        self._prompt = prompt
        self._more = Event()
        self._asked = [_Asked(profile, ask, self._more.set) for profile in profiles]

    @property
    def comparison(self) -> Comparison:
        """The replies so far; complete at the end."""
        return Comparison([each.compared() for each in self._asked], self._prompt)

    def run(self, on_change: Callable[[Comparison], None] | None = None) -> Comparison:
        """Ask all profiles and wait. Calls ``on_change`` in this thread with the replies so far, at most 20 times a second.

        An interrupt stops all requests, closes their connections, and leaves the replies so far in `comparison`.
        """
        asked = [each.run for each in self._asked]
        run(side_by_side(asked, len(asked)), lambda: self._tell(on_change))
        self._tell(on_change)
        return self.comparison

    def _tell(self, on_change: Callable[[Comparison], None] | None) -> None:
        if on_change is not None and self._more.is_set():
            self._more.clear()
            on_change(self.comparison)


class _Asked:
    """One profile while its request runs."""

    def __init__(self, profile: str, ask: Callable[[str], Awaitable[AsyncStream]], came: Callable[[], None]) -> None:
        self.profile = profile
        self._running = True
        self._ask = ask
        self._came = came
        self._stream: AsyncStream | None = None
        self._error: AiconnError | None = None

    def compared(self) -> Compared:
        """Return the result so far."""
        return Compared(self.profile, self._stream.reply if self._stream else None, self._error, self._running)

    async def run(self) -> None:
        """Ask, and read the reply to its end."""
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
