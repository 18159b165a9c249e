"""Asking: one question, its answer, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import ConnectionInactive, NoProfilesNamed, ProfileUnusable, ProviderError
from aiconn_nb.features.core import Core
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.model.notices import note
from aiconn_nb.model.profile import Capability, Profile, as_capability
from aiconn_nb.session.once import once
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from aiconn_nb.features.profiles import Given, Offered, Value
    from aiconn_nb.providers.account import Account

    from .comparison import Comparing, Comparison
    from .embedding import Embedded
    from .ready_accounts import ReadyAccounts
    from .rehearsal import Player, Rehearsal
    from .reply import Reply
    from .stream import AsyncStream, Conversations, Opening, Stream
    from .target import Target


class AskingVerbs(Core):
    """The verbs that ask a model something."""

    last_reply: Reply | None = None
    """The last answer in this session, also one that was interrupted; None where there was none."""

    @once
    def _conversations(self) -> Conversations:
        from .stream import Conversations

        return Conversations()

    @once
    def _ready(self) -> ReadyAccounts:
        from .ready_accounts import ReadyAccounts

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
        options: Given | None = None,
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
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
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
        from .stream import open_stream

        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        return open_stream(self._opening(prompt, profile, model, given, carry_on=carry_on))

    def _opening(
        self,
        prompt: str,
        profile: str | None,
        model: str | None,
        given: Given,
        *,
        carry_on: bool = False,
        offers: Offered | None = None,
    ) -> Opening:
        """All that it takes to ask; raises for what is wrong with the question before anything is sent."""
        from aiconn_nb.providers.base import Message

        from .stream import Opening, request_of

        self.require_no_known_key(prompt, *_texts(given))
        target = self.target(profile, model)
        whom = (target.profile or target.connections[0]).id
        before = self._conversations.of(whom) if carry_on else ()
        offers = self._offers(target) if offers is None else offers
        request = request_of(target, prompt, given, before, offers)

        def finished(reply: Reply) -> None:
            # Providers refuse an empty message, and would do so with every question that carries it on.
            if reply.text.strip():
                self._conversations.keep(whom, [*request.messages, Message("assistant", whole_letters(reply.text))])

        return Opening(target, request, self._asked_account, self._turns, self._tally, finished)

    def _offers(self, *targets: Target) -> Offered:
        """The options that one of the targets' connections takes."""
        from aiconn_nb.features.profiles import offered

        connections = [connection for target in targets for connection in target.connections]
        return offered(self._context, connections, Capability.CHAT)

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
        options=Arg(
            "another option of the model, for this call",
            name="--option",
            metavar="KEY=VALUE",
            completes="model option",
            is_repeated=True,
        ),
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
        options: Given | None = None,
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
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
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
            options=options,
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
        options: Given | None = None,
        carry_on: bool = False,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Ask a profile without keeping the event loop waiting; see `ask`.

        Cancelling it closes the connection to the provider.

        Args:
            prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
            profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
            model: Another model than the profile's, as the provider spells it.
            system: What the model is told before the question, instead of the profile's.
            temperature: 0 to 2, instead of the profile's.
            max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
            carry_on: Whether the last exchange with this profile in this session goes before the question.
            on_text: Told each piece of the answer as it comes, in the event loop's thread. What it raises stops the answer.

        Returns:
            A `Reply`, as `ask` does.

        Raises:
            What `stream` raises.

        Example::

            replies = await asyncio.gather(*(aiconn_nb.aask(each) for each in questions))
        """
        from aiconn_nb.session.background import awaited

        from .telling import Teller

        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        tell = Teller(on_text) if on_text is not None else None

        def opening() -> Opening:
            return self._opening(prompt, profile, model, given, carry_on=carry_on)

        reply = await awaited(self._answered(opening, tell))
        if tell is not None:
            tell.check()
        return reply

    async def _answered(self, opening: Callable[[], Opening], on_text: Callable[[str], None] | None) -> Reply:
        from aiconn_nb.providers.threaded import in_thread

        from .stream import open_async_stream, read_async

        stream = await open_async_stream(await in_thread(opening))
        try:
            return await read_async(stream, on_text)
        finally:
            self.last_reply = stream.reply

    def key_in(self, text: str) -> str:
        """Whose key a text contains, such as ``the api_key of openai-dev``; '' if it contains no known key."""
        from aiconn_nb.model.secret import shapes_in
        from aiconn_nb.session.known_secrets import known_keys_in

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
        """Forget the last exchange with a profile: ``carry_on`` has nothing to go on from then.

        Args:
            profile: The alias of a profile, or of a connection; None forgets all.

        Raises:
            ProfileNotFound: There is neither a profile nor a connection of this alias.

        Example::

            aiconn_nb.reset("writer")
        """
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
        """The ids of the entities with this alias. Raises `ProfileNotFound`, naming the nearest, if there is none."""
        snapshot = self._context.store.read()
        found = [each.id for each in snapshot.profiles if each.alias == alias.lower()]
        found += [each.id for each in snapshot.connections if each.alias == alias.lower()]
        if found:
            return found
        renamed = snapshot.target(alias)
        return [renamed.id if renamed is not None else snapshot.profile(alias).id]

    last_comparison: Comparison | None = None
    """The last comparison in this session, also one that was interrupted; None where there was none."""

    @verb(
        "compare",
        "ask several profiles the same at once, side by side; the prompt is the cell, or follows --",
        details="One that fails shows its error. -o NAME binds the answers.",
        examples=('compare writer claude-writer -- "Why is the sky blue?"',),
        inner=("on_change",),
        profiles=Arg("the profiles, or connections with --model", name="profile", completes="target", is_needed=True),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        system=Arg("another system prompt for this call"),
        temperature=Arg("0 to 2, for this call"),
        max_tokens=Arg("the longest answer, for this call", metavar="N"),
        options=Arg(
            "another option of the model, for this call",
            name="--option",
            metavar="KEY=VALUE",
            completes="model option",
            is_repeated=True,
        ),
    )
    def compare(
        self,
        prompt: str,
        *profiles: str,
        model: str | None = None,
        system: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        options: Given | None = None,
        on_change: Callable[[Comparison], None] | None = None,
    ) -> Comparison:
        """Ask several profiles the same at once. One that fails has its error instead of an answer, and does not stop the others.

        An interrupt stops all of them, closes their connections, and leaves what came in ``last_comparison``.

        Args:
            prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
            profiles: The aliases of profiles, or of connections together with ``model``.
            model: Another model than the profiles', as the provider spells it.
            system: What the models are told before the question, instead of the profiles'.
            temperature: 0 to 2, instead of the profiles'.
            max_tokens: The longest answer in tokens, 1 or more, instead of the profiles'.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profiles'.
            on_change: Told what has come, in this thread.

        Returns:
            The answers in the order of the profiles; ``replies`` has those that succeeded, by profile.

        Raises:
            ProfileNotFound: There is neither a profile nor a connection of one of the aliases. Nothing was sent.
            CommandError: No profile was named, or an option is wrong. Nothing was sent.

        Example::

            aiconn_nb.compare("Why is the sky blue?", "writer", "critic").replies["critic"].text
        """
        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        comparing = self._comparing(prompt, profiles, model, given)
        try:
            return comparing.run(on_change)
        finally:
            self.last_comparison = comparing.comparison

    def _comparing(self, prompt: str, profiles: tuple[str, ...], model: str | None, given: Given) -> Comparing:
        from aiconn_nb.providers.account import require_sdk
        from aiconn_nb.providers.threaded import in_thread

        from .comparison import Comparing
        from .stream import open_async_stream, request_of

        if not profiles:
            raise NoProfilesNamed
        self.require_no_known_key(prompt, *_texts(given))
        targets = []
        for alias in dict.fromkeys(profiles):
            # One that cannot be asked has its place beside the others, where this is said.
            with suppress(ProfileUnusable, ConnectionInactive):
                targets.append(self.target(alias, model))
        offers = self._offers(*targets)
        for target in targets:
            request_of(target, prompt, given, (), offers)
            with suppress(ProviderError):
                # In this thread: two threads that import an SDK at the same time can meet half of it.
                require_sdk(self._context.provider_of(target.connections[0]))

        async def ask(alias: str) -> AsyncStream:
            return await open_async_stream(
                await in_thread(lambda: self._opening(prompt, alias, model, given, offers=offers))
            )

        return Comparing(prompt, profiles, ask)

    @verb(
        "embed",
        "texts as vectors, in their order; in a cell each line is a text",
        examples=('embed vectors "a cat" "a dog" -o pets', 'embed "a cat" "a dog"'),
        inner=("on_batch",),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        dimensions=Arg("numbers per vector, for this call", metavar="N"),
    )
    def embed(
        self,
        texts: str | Iterable[str],
        *,
        profile: str | None = None,
        model: str | None = None,
        dimensions: Value | None = None,
        as_array: bool = False,
        on_batch: Callable[[int, int], None] | None = None,
    ) -> Embedded:
        """One vector per text, in the order of the texts.

        The texts go in batches of what the provider takes at once. Until the first batch is answered another connection may take
        over; from then on all vectors come from the same one.

        Args:
            texts: The texts, or one text.
            profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
            model: Another model than the profile's, as the provider spells it.
            dimensions: Numbers per vector, 1 or more, instead of the profile's.
            as_array: Whether ``vectors`` is a NumPy array.
            on_batch: Told how many texts are done of how many.

        Returns:
            The vectors; ``vectors`` has them as a list of lists, or as an array.

        Raises:
            CommandError: What was given is no text, or NumPy is not installed.

            And what `stream` raises.

        Example::

            aiconn_nb.embed(["a cat", "a dog"], profile="vectors").vectors
        """
        from .embedding import Embedded, embed, require_numpy, texts_of

        if as_array:
            require_numpy()
        chosen = texts_of(texts)
        self.require_no_known_key("\n".join(chosen))
        target = self.target(profile, model, Capability.EMBEDDING)
        if not chosen:
            return Embedded([], model=target.model, connection="", profile=target.label, as_array=as_array)
        return embed(
            target,
            chosen,
            self._asked_account,
            dimensions=dimensions,
            turns=self._turns,
            tally=self._tally,
            as_array=as_array,
            on_batch=on_batch,
        )

    @verb(
        "failover",
        "rehearse it: who would answer now, and who once each is switched off in turn",
        examples=("failover writer", "failover writer --live"),
        profile=Arg("the profile; the default profile where none is named", completes="target"),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        live=Arg("ask each for one token, or one vector, instead of believing"),
    )
    def failover(self, profile: str | None = None, *, model: str | None = None, live: bool = False) -> Rehearsal:
        """Rehearse the failover of a profile: which connection would answer now, and which once each one is switched off in turn.

        Nothing is switched off. Without ``live`` nothing is sent either.

        Args:
            profile: The alias of a profile, or of a connection together with ``model``. None is the default profile.
            model: Another model than the profile's, as the provider spells it.
            live: Whether to ask each connection for one token, or one vector, which costs that much.

        Returns:
            The steps; ``answers`` of each is the alias of the connection that would answer, or ''.

        Raises:
            ProfileNotFound: There is neither a profile nor a connection of this alias.
            CommandError: A connection was named without a model.

        Example::

            [step.answers for step in aiconn_nb.failover("writer")]
        """
        from .rehearsal import known_outcomes, live_outcomes, rehearse

        played, counted_for = self._played(profile, model)
        players = self._players(played)
        outcomes = known_outcomes(players)
        if live:
            outcomes = live_outcomes(players, self._asked_account, played, self._tally, counted_for)
        return rehearse(played.alias, players, outcomes, live=live)

    def _played(self, alias: str | None, model: str | None) -> tuple[Profile, str]:
        """The profile that is rehearsed, and its alias; one made up for a connection that is named itself, and ''."""
        snapshot = self._context.store.read()
        found = next((each for each in snapshot.profiles if alias is not None and each.alias == alias.lower()), None)
        if found is not None:
            return found if model is None else replace(found, model=model, models={}), found.alias
        target = self.target(alias, model)
        for each in target.notes:
            note(each)
        if target.profile is not None:
            return target.profile if model is None else replace(target.profile, model=model, models={}), target.label
        (connection,) = target.connections
        made_up = Profile(
            alias=connection.alias,
            name=connection.name,
            capability=Capability.CHAT,
            connections=(connection.id,),
            model=target.model,
        )
        return made_up, ""

    def _players(self, profile: Profile) -> list[Player]:
        """The connections of a profile in the order in which they would be tried."""
        from aiconn_nb.features.profiles import Examination

        from .rehearsal import Player

        snapshot = self._context.store.read()
        links = Examination(self._context, snapshot, self._listings).links(profile)
        players = [
            Player(
                link.alias,
                "" if link.state == "ready" else link.because,
                connection,
                connection is not None and connection.active and self._turns.resting(connection),
            )
            for connection, link in zip(map(self.find, profile.connections), links, strict=True)
        ]
        return sorted(players, key=lambda each: each.resting)  # as the engine does

    def target(
        self, alias: str | None = None, model: str | None = None, capability: Capability | str = Capability.CHAT
    ) -> Target:
        """Whom a question goes to: the profile of this alias, else the connection of this alias with ``model``.

        Where both have it, the profile is meant. Without an alias it is the default profile of the capability; where there is
        none, the connection in use with ``model``. ``model`` overrides that of a profile. Raises `ProfileNotFound`,
        `CommandError` for a connection without a model, `ProfileUnusable` where no connection is active or the capability
        is another, `ConnectionInactive`.
        """
        from .target import find_target

        return find_target(self._context, alias, model=model, capability=as_capability(capability), in_use=self._in_use)


def _given(options: Given | None, **named: Value | None) -> dict[str, Value]:
    """The options of one call that are not empty; the named ones have parameters of their own."""
    return {key: value for key, value in {**(options or {}), **named}.items() if value is not None}


def _texts(given: Given) -> list[str]:
    return [value for value in given.values() if isinstance(value, str)]
