"""Asking: one question, its answer, and what it cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.session.done import Done
from aiconn_nb.session.once import once
from aiconn_nb.session.verb import Arg, verb

from ..profiles.verbs import ProfileVerbs

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from aiconn_nb.providers.account import Account

    from ..profiles.options import Value
    from ..usage.tally import Tally
    from .failover import Turns
    from .ready import ReadyAccounts
    from .reply import Reply
    from .stream import Conversations, Stream


class AskingVerbs(ProfileVerbs):
    """The verbs that ask a model something."""

    last_reply: Reply | None = None
    """The last answer in this session, also one that was interrupted; None where there was none."""

    @once
    def _turns(self) -> Turns:
        from .failover import Turns

        return Turns()

    @once
    def _tally(self) -> Tally:
        from ..usage.tally import Tally

        return Tally()

    @once
    def _conversations(self) -> Conversations:
        from .stream import Conversations

        return Conversations()

    @once
    def _ready(self) -> ReadyAccounts:
        from .ready import ReadyAccounts

        return ReadyAccounts()

    def _asked_account(self, connection: Connection, patience: float | None) -> Account:
        """An account to be asked, with its client from the last time where nothing has changed."""

        def make() -> Account:
            made = self._account(connection)
            made.patience = patience
            return made

        return self._ready.of(connection, patience, make)

    @verb()
    def stream(
        self,
        prompt: str,
        *,
        profile: str | None = None,
        model: str | None = None,
        system: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        carry_on: bool = False,
    ) -> Stream:
        """Ask, and answer the pieces of the answer as they come; in the end its ``reply`` is the whole.

        Args:
            prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
            profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
            model: Another model than the profile's, as the provider spells it.
            system: What the model is told before the question, instead of the profile's.
            temperature: 0 to 2, instead of the profile's.
            max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
            carry_on: Whether the last exchange with this profile in this session goes before the question.

        Returns:
            An iterator of texts. Closing it closes the connection to the provider and leaves what came in its ``reply``.

        Raises:
            ProfileNotFound: There is neither a profile nor a connection of this alias.
            ProfileUnusable: No connection of the profile can be asked.
            ProviderFailed: The only connection failed; ``kind`` says how.
            AllFailed: Each connection failed; ``attempts`` says how.
            AnswerCut: The answer broke off, while it was read; ``partial`` is what had come.

        Example::

            for piece in aiconn_nb.stream("Why is the sky blue?", profile="writer"):
                print(piece, end="")
        """
        from aiconn_nb.providers.base import Message

        from .stream import open_stream, request_of

        self.require_no_known_key(prompt, system)
        target = self.target(profile, model)
        whom = (target.profile or target.connections[0]).id
        before = self._conversations.of(whom) if carry_on else ()
        options: dict[str, Any] = {"system": system, "temperature": temperature, "max_tokens": max_tokens}
        given = {key: value for key, value in options.items() if value is not None}
        request = request_of(target, prompt, given, before)

        def finished(reply: Reply) -> None:
            # Providers refuse an empty message, and would do so with every question that carries it on.
            if reply.text.strip():
                self._conversations.keep(whom, [*request.messages, Message("assistant", whole_letters(reply.text))])

        return open_stream(
            target, request, self._asked_account, turns=self._turns, tally=self._tally, finished=finished
        )

    @verb(
        "ask",
        "ask a profile; the prompt is the cell, or follows the profile",
        details="Behind -- all is prompt. A text alone in quotes goes to the default profile. "
        "{name} is filled in from the notebook, a function's own names first; one that is not there is asked about. "
        "It streams where an output can be updated; --no-live, AICONN_LIVE=off or %config AiconnMagics.live = False show it whole.",
        examples=(
            'ask writer "Why is the sky blue?"',
            'ask writer --temperature 0.2 --continue "And at night?"',
            'ask "Why is the sky blue?"',
        ),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        system=Arg("another system prompt for this call"),
        temperature=Arg("0 to 2, for this call"),
        max_tokens=Arg("the longest answer, for this call", metavar="N"),
        carry_on=Arg("carry on the last exchange with it in this kernel", name="--continue"),
    )
    def ask(
        self,
        prompt: str,
        *,
        profile: str | None = None,
        model: str | None = None,
        system: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        carry_on: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Ask a profile, and answer the whole answer.

        The first connection of the profile answers; where it cannot be reached, is too busy or refuses the key, the next one
        does, and ``attempts`` of the reply says so. An interrupt stops it at once, closes the connection to the provider, and
        leaves what came in ``last_reply``.

        Args:
            prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
            profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
            model: Another model than the profile's, as the provider spells it.
            system: What the model is told before the question, instead of the profile's.
            temperature: 0 to 2, instead of the profile's.
            max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
            carry_on: Whether the last exchange with this profile in this session goes before the question.
            on_text: Told each piece of the answer as it comes.

        Returns:
            A `Reply`: ``text``, ``model``, ``connection``, ``input_tokens`` and ``output_tokens`` (None where the provider does
            not say), ``seconds``, ``attempts``.

        Raises:
            What `stream` raises.

        Example::

            reply = aiconn_nb.ask("Why is the sky blue?", profile="writer", temperature=0.2)
            reply.text
        """
        from .stream import read

        stream = self.stream(
            prompt,
            profile=profile,
            model=model,
            system=system,
            temperature=temperature,
            max_tokens=max_tokens,
            carry_on=carry_on,
        )
        try:
            return read(stream, on_text)
        finally:
            self.last_reply = stream.reply

    @verb()
    async def aask(
        self,
        prompt: str,
        *,
        profile: str | None = None,
        model: str | None = None,
        system: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        carry_on: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Ask a profile without keeping the event loop waiting; see `ask`.

        Cancelling it closes the connection to the provider. Arguments, answer and errors are those of `ask`; ``on_text`` is called
        in the event loop's thread, and what it raises stops the answer.

        Example::

            replies = await asyncio.gather(*(aiconn_nb.aask(each) for each in questions))
        """
        from .waiting import Teller, in_thread

        tell = Teller(on_text) if on_text is not None else None
        reply = await in_thread(
            lambda: self.ask(
                prompt,
                profile=profile,
                model=model,
                system=system,
                temperature=temperature,
                max_tokens=max_tokens,
                carry_on=carry_on,
                on_text=tell,
            )
        )
        if tell is not None:
            tell.check()
        return reply

    def key_in(self, text: str) -> str:
        """Whose key stands in a text, such as ``the api_key of openai-dev``; '' where none does that is known here."""
        from aiconn_nb.model.secret import shapes_in

        from ..scan.known_secrets import known_keys_in

        shapes = shapes_in(text)
        return (
            f"a key of {shapes[0]}"
            if shapes
            else known_keys_in(self._context, {"text": text}, respelled=True).get("text", "")
        )

    @verb(
        "reset",
        "forget the last exchange with a profile, or with all",
        examples=("reset writer",),
        profile=Arg("the profile", completes="target"),
    )
    def reset(self, profile: str | None = None) -> Done:
        """Forget the last exchange with a profile, or with all; see ``carry_on`` of `stream`."""
        gone = sum(map(self._conversations.forget, [None] if profile is None else self._ids(profile)))
        who = profile or "any profile"
        if not gone:
            return Done(f"There was no exchange with {who} to forget.")
        return Done(
            f"Forgot the exchange with {profile}."
            if profile
            else f"Forgot {gone} exchanges."
            if gone > 1
            else "Forgot 1 exchange."
        )

    def _ids(self, alias: str) -> list[str]:
        """The ids of whoever has this alias. Raises `ProfileNotFound`, naming the nearest, where nobody has."""
        snapshot = self._context.store.read()
        found = [each.id for each in snapshot.profiles if each.alias == alias.lower()]
        found += [each.id for each in snapshot.connections if each.alias == alias.lower()]
        if found:
            return found
        renamed = snapshot.target(alias)
        return [renamed.id if renamed is not None else snapshot.profile(alias).id]
