"""Asking: a prompt, its reply, and the cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb import errors
from aiconn_nb.features.arguments import (
    MODEL_OF_CALL,
    OPTION_OF_CALL,
    SYSTEM_OF_CALL,
    TEMPERATURE_OF_CALL,
    named_options,
)
from aiconn_nb.features.core import Core
from aiconn_nb.model.amounts import counted
from aiconn_nb.model.capability import Capability, as_capability
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.model.notices import note
from aiconn_nb.session.once import once
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, same_arguments, verb

if TYPE_CHECKING:
    # The verbs import the provider code only when they need it, so that a list stays fast.
    from aiconn_nb.features.profiles import Given, Offered, Value
    from aiconn_nb.model.profile import Profile
    from aiconn_nb.providers.base import Message

    from .awaited_stream import AwaitedStream
    from .comparison import Comparing, Comparison
    from .rehearsal import Player, Rehearsal
    from .reply import Reply
    from .stream import AsyncStream, Opening, Stream
    from .target import Target


class AskingVerbs(Core):
    """The verbs that send a prompt to a model."""

    last_reply: Reply | None = None
    """The last reply that ended in this session, complete or interrupted; None without one."""

    @once
    def _conversations(self) -> dict[str, Sequence[Message]]:
        """The last exchange with each profile or connection, by id. It is only in memory and never written to disk."""
        return {}

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
        """Ask a profile, and return the reply piece by piece. At the end, ``reply`` is the complete reply.

        Args:
            prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
            profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
            model: A model that replaces the profile's, as the provider spells it.
            system: A system prompt that replaces the profile's.
            temperature: 0 to 2; replaces the profile's.
            max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
            carry_on: Whether to send the last exchange with this profile in this session before the prompt.

        Returns:
            An iterator of texts. Closing it closes the connection to the provider and leaves the text so far in its ``reply``.

        Raises:
            ProfileNotFound: No profile or connection has this alias.
            ProfileUnusable: The profile has no usable connection.
            ProviderFailed: The only connection failed; ``kind`` is the type of failure.
            AllFailed: Every connection failed; ``attempts`` has the reasons.
            AnswerCut: The reply broke off midway; ``partial`` is the text so far.

        Example::

            for piece in aiconn_nb.stream("Why is the sky blue?", profile="writer"):
                print(piece, end="")
        """
        from .stream import open_stream

        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        return open_stream(self._opening(prompt, profile=profile, model=model, given=given, carry_on=carry_on))

    @verb()
    @same_arguments(stream)
    async def astream(self, *args: Any, **options: Any) -> AwaitedStream:
        """Ask a profile without blocking the event loop, and return the reply piece by piece; see `stream`.

        Returns:
            An asynchronous iterator of texts. Closing it closes the connection to the provider and leaves the text so far in its
                ``reply``; so does cancelling the task that waits for a piece.

        Raises:
            The errors of `stream`.

        Example::

            async for piece in await aiconn_nb.astream("Why is the sky blue?", profile="writer"):
                print(piece, end="")
        """
        from aiconn_nb.providers.calls.threaded import in_thread
        from aiconn_nb.session.background import awaited

        from .awaited_stream import AwaitedStream
        from .stream import open_async_stream

        async def opened() -> AsyncStream:
            return await open_async_stream(await in_thread(lambda: self._opening_of_call(*args, **options)))

        return AwaitedStream(await awaited(opened()))

    def _opening_of_call(
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
        schema: Any = None,
    ) -> Opening:
        """Return `_opening` for the arguments of an asynchronous form."""
        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        return self._opening(prompt, profile=profile, model=model, given=given, carry_on=carry_on, schema=schema)

    def _opening(
        self,
        prompt: str,
        *,
        profile: str | None = None,
        model: str | None = None,
        given: Given,
        carry_on: bool = False,
        offers: Offered | None = None,
        schema: Any = None,
        is_one_of_several: bool = False,
    ) -> Opening:
        """Return everything needed to send the prompt. Raises errors in the arguments before anything is sent.

        ``is_one_of_several``: the reply does not become `last_reply`.
        """
        from aiconn_nb.providers.base import Message

        from .schema import Shape
        from .stream import Opening, request_of

        shape = None if schema is None else Shape(schema)
        self.require_no_known_key(prompt, model, *_texts(given), None if shape is None else str(shape.schema))
        target = self.target(profile, model)
        whom = (target.profile or target.connections[0]).id
        before = self._conversations.get(whom, ()) if carry_on else ()
        offers = self._offers(target) if offers is None else offers
        request = request_of(target, prompt, given, before, offers)

        def finished(reply: Reply) -> None:
            if not is_one_of_several:
                self.last_reply = reply
            # Providers refuse empty messages, so such an exchange would make every later one fail.
            if reply.text.strip() and not reply.partial:
                self._conversations[whom] = [*request.messages, Message("assistant", whole_letters(reply.text))]

        return Opening(target, request, self._asked_account, self._turns, self._meter, finished, shape)

    def _offers(self, *targets: Target) -> Offered:
        """Return the options that at least one connection of the targets accepts."""
        from aiconn_nb.features.profiles import offered

        connections = [connection for target in targets for connection in target.connections]
        return offered(self._context, connections, Capability.CHAT)

    @verb(
        "ask",
        "ask a profile; the prompt is the cell, or follows the profile",
        details="Everything after -- is the prompt. A quoted text of several words goes to the default profile. "
        "{name} is filled in from the notebook, a function's local names first; for an unknown name, you are asked. "
        "The reply streams where outputs can be updated; --no-live, AICONN_LIVE=off or %config AiconnMagics.live=False stop that.",
        examples=(
            'ask writer "Why is the sky blue?"',
            'ask writer --temperature 0.2 --continue "And at night?"',
            'ask "Why is the sky blue?"',
        ),
        model=MODEL_OF_CALL,
        system=SYSTEM_OF_CALL,
        temperature=TEMPERATURE_OF_CALL,
        max_tokens=Arg("the maximum tokens of the reply, for this call", metavar="N"),
        options=OPTION_OF_CALL,
        carry_on=Arg("continue the last exchange with the profile in this kernel", name="--continue"),
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
        schema: Any = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Ask a profile, and return the complete reply.

        The first connection of the profile answers. If it is unreachable, is too busy or refuses the key, the next one takes
        over, and ``attempts`` of the reply lists the failures. An interrupt stops the request at once, closes the connection to
        the provider, and leaves the text so far in ``last_reply``.

        Args:
            prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
            profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
            model: A model that replaces the profile's, as the provider spells it.
            system: A system prompt that replaces the profile's.
            temperature: 0 to 2; replaces the profile's.
            max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
            carry_on: Whether to send the last exchange with this profile in this session before the prompt.
            schema: The format of the reply, as in `map`: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema,
                or a pydantic model. A server without structured output gets the schema in the message. A reply that does not match
                gets a second attempt, which costs as much again.
            on_text: Called with each piece of the reply as it arrives, at both attempts.

        Returns:
            A `Reply`: ``text``, ``model``, ``connection``, ``input_tokens`` and ``output_tokens`` (None if the provider reports no
                count), ``seconds``, ``attempts``. With a schema, ``value`` is a dictionary, or an instance of the pydantic model.

        Raises:
            NotInSchema: The reply does not match the schema, even at the second attempt; ``partial`` is the reply.
            The errors of `stream`.

        Example::

            reply = aiconn_nb.ask("Why is the sky blue?", profile="writer", temperature=0.2)
            reply.text
            aiconn_nb.ask("Is 'well done' praise?", schema={"is_praise": bool}).value["is_praise"]
        """
        from .settling import corrected, settled
        from .stream import Opening, open_stream, read

        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        opening = self._opening(prompt, profile=profile, model=model, given=given, carry_on=carry_on, schema=schema)
        reply = read(open_stream(opening), on_text)
        found = settled(opening, reply)
        if isinstance(found, Opening):
            found = corrected(found, reply, read(open_stream(found), on_text))
        return self._last(found)

    @verb()
    @same_arguments(ask)
    async def aask(self, *args: Any, on_text: Callable[[str], None] | None = None, **options: Any) -> Reply:
        """Ask a profile without blocking the event loop; see `ask`.

        Cancelling the call closes the connection to the provider. ``on_text`` is called in the event loop's thread; an exception
        that it raises stops the reply.

        Returns:
            A `Reply`, as `ask` does.

        Raises:
            The errors of `ask`.

        Example::

            replies = await asyncio.gather(*(aiconn_nb.aask(each) for each in questions))
        """
        from aiconn_nb.providers.calls.threaded import in_thread
        from aiconn_nb.session.background import awaited

        from .settling import corrected, settled
        from .stream import Opening, open_async_stream, read_async
        from .telling import Teller

        tell = Teller(on_text) if on_text is not None else None

        async def answered() -> Reply:
            first = await in_thread(lambda: self._opening_of_call(*args, **options))
            reply = await read_async(await open_async_stream(first), tell)
            found = settled(first, reply)
            if isinstance(found, Opening):
                found = corrected(found, reply, await read_async(await open_async_stream(found), tell))
            return self._last(found)

        reply = await awaited(answered())
        if tell is not None:
            tell.check()
        return reply

    def _last(self, reply: Reply) -> Reply:
        """Return the reply, which is now the last one."""
        self.last_reply = reply
        return reply

    def key_in(self, text: str) -> str:
        """Return the owner of a key in a text, such as ``the api_key of openai-dev``; '' if the text contains no known key."""
        from aiconn_nb.model.secret import shapes_in
        from aiconn_nb.session.known_secrets import known_keys_in

        if shapes := shapes_in(text):
            return f"a key of {shapes[0]}"
        return known_keys_in(self._context, {"text": text}, respelled=True).get("text", "")

    @verb(
        "reset",
        "forget the last exchange with a profile, or with all",
        examples=("reset writer",),
        profile=Arg("the profile", completes="target"),
    )
    def reset(self, profile: str | None = None) -> Done:
        """Forget the last exchange with a profile, so that ``carry_on`` starts a new one.

        Args:
            profile: The alias of a profile, or of a connection; None forgets all.

        Raises:
            ProfileNotFound: No profile or connection has this alias.

        Example::

            aiconn_nb.reset("writer")
        """
        kept = self._conversations
        gone = [kept.pop(whom) for whom in ([*kept] if profile is None else self._ids(profile)) if whom in kept]
        if not gone:
            return Done(f"There was no exchange with {profile or 'any profile'} to forget.")
        return Done(f"Forgot the exchange with {profile}." if profile else f"Forgot {counted(len(gone), 'exchange')}.")

    def _ids(self, alias: str) -> list[str]:
        """Return the ids of the entities with this alias. Raises `ProfileNotFound` with the nearest alias if there is none."""
        snapshot = self._context.store.read()
        found = [each.id for each in snapshot.profiles if each.alias == alias.lower()]
        found += [each.id for each in snapshot.connections if each.alias == alias.lower()]
        if found:
            return found
        renamed = snapshot.target(alias)
        return [renamed.id if renamed is not None else snapshot.profile(alias).id]

    last_comparison: Comparison | None = None
    """The last comparison in this session, complete or interrupted; None without one."""

    @verb(
        "compare",
        "ask several profiles the same prompt at once, side by side; the prompt is the cell, or follows --",
        details="A profile that fails shows its error. -o NAME binds the replies.",
        examples=('compare writer claude-writer -- "Why is the sky blue?"',),
        inner=("on_change",),
        profiles=Arg("the profiles, or connections with --model", name="profile", completes="target", is_needed=True),
        model=MODEL_OF_CALL,
        system=SYSTEM_OF_CALL,
        temperature=TEMPERATURE_OF_CALL,
        max_tokens=Arg("the maximum tokens of a reply, for this call", metavar="N"),
        options=OPTION_OF_CALL,
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
        """Ask several profiles the same prompt at once. A profile that fails has an error instead of a reply and stops no other.

        An interrupt stops all requests, closes their connections, and leaves the replies so far in ``last_comparison``.

        Args:
            prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
            profiles: The aliases of profiles, or of connections together with ``model``.
            model: A model that replaces the profiles', as the provider spells it.
            system: A system prompt that replaces the profiles'.
            temperature: 0 to 2; replaces the profiles'.
            max_tokens: The maximum tokens of a reply, 1 or more; replaces the profiles'.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profiles'.
            on_change: Called with the replies so far, in the thread of the caller; `acompare` calls it in another thread.

        Returns:
            The replies in the order of the profiles; ``replies`` has the successful ones, by profile.

        Raises:
            ProfileNotFound: One of the aliases names no profile or connection. Nothing was sent.
            CommandError: No profile was named, or an option is invalid. Nothing was sent.

        Example::

            aiconn_nb.compare("Why is the sky blue?", "writer", "critic").replies["critic"].text
        """
        given = _given(options, system=system, temperature=temperature, max_tokens=max_tokens)
        comparing = self._comparing(prompt, profiles, model, given)
        try:
            return comparing.run(on_change)
        finally:
            self.last_comparison = comparing.comparison

    @verb()
    @same_arguments(compare)
    async def acompare(self, *args: Any, **options: Any) -> Comparison:
        """Ask several profiles the same prompt at once, without blocking the event loop; see `compare`.

        Cancelling the call stops all requests, closes their connections, and leaves the replies so far in ``last_comparison``.

        Returns:
            The result of `compare`.

        Raises:
            The errors of `compare`.

        Example::

            compared = await aiconn_nb.acompare("Why is the sky blue?", "writer", "critic")
        """
        from aiconn_nb.session.background import awaited_thread

        return await awaited_thread(lambda: self.compare(*args, **options))

    def _comparing(self, prompt: str, profiles: tuple[str, ...], model: str | None, given: Given) -> Comparing:
        from aiconn_nb.providers.account import require_sdk
        from aiconn_nb.providers.calls.threaded import in_thread

        from .comparison import Comparing
        from .stream import open_async_stream, request_of

        if not profiles:
            raise errors.NoProfilesNamed
        self.require_no_known_key(prompt, model, *_texts(given))
        targets = []
        for alias in dict.fromkeys(profiles):
            # A profile that cannot be asked shows its error beside the other replies.
            with suppress(errors.ProfileUnusable, errors.ConnectionInactive):
                targets.append(self.target(alias, model))
        offers = self._offers(*targets)
        for target in targets:
            request_of(target, prompt, given, (), offers)
            with suppress(errors.ProviderError):
                # In this thread: two threads that import an SDK at once can see a half-initialized module.
                require_sdk(self._context.registry.get(target.connections[0].provider))

        async def ask(alias: str) -> AsyncStream:
            return await open_async_stream(
                await in_thread(
                    lambda: self._opening(
                        prompt, profile=alias, model=model, given=given, offers=offers, is_one_of_several=True
                    )
                )
            )

        return Comparing(prompt, profiles, ask)

    @verb(
        "failover",
        "rehearse the failover of a profile: which connection answers now, and after each in turn is switched off",
        examples=("failover writer", "failover writer --live"),
        profile=Arg("the profile; by default, the default profile", completes="target"),
        model=MODEL_OF_CALL,
        live=Arg("ask each connection for one token, or one vector"),
    )
    def failover(self, profile: str | None = None, *, model: str | None = None, live: bool = False) -> Rehearsal:
        """Rehearse the failover of a profile: which connection would answer now, and after each in turn is switched off.

        Nothing is really switched off. Without ``live``, nothing is sent.

        Args:
            profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
            model: A model that replaces the profile's, as the provider spells it.
            live: Whether to request one token or one vector from each connection, which costs that much.

        Returns:
            The steps; ``answers`` of each is the alias of the connection that would answer, or ''.

        Raises:
            ProfileNotFound: No profile or connection has this alias.
            CommandError: A connection was named without a model.

        Example::

            [step.answers for step in aiconn_nb.failover("writer")]
        """
        from .rehearsal import known_outcomes, live_outcomes, rehearse

        self.require_no_known_key(model)
        played, counted_for = self._played(profile, model)
        players = self._players(played)
        outcomes = known_outcomes(players)
        if live:
            outcomes = live_outcomes(players, self._asked_account, played, self._meter, is_profile=bool(counted_for))
        return rehearse(played.alias, players, outcomes, live=live)

    def _played(self, alias: str | None, model: str | None) -> tuple[Profile, str]:
        """Return the profile to rehearse, and its alias; for a connection, a temporary profile and ''."""
        from aiconn_nb.model.profile import Profile

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
        """Return the connections of a profile in the order of the attempts."""
        from aiconn_nb.features.profiles import Examination

        from .rehearsal import Player

        snapshot = self._context.store.read()
        links = Examination(self._context, snapshot).links(profile)
        players = [
            Player(
                link.alias,
                "" if link.can_answer else link.because,
                connection,
                connection is not None and connection.active and self._turns.resting(connection),
                link.because if link.can_answer and (link.state != "ready" or link.shutdown) else "",
            )
            for connection, link in zip(map(self.find, profile.connections), links, strict=True)
        ]
        return sorted(players, key=lambda each: each.resting)  # as `Turns` orders them

    def target(
        self, alias: str | None = None, model: str | None = None, capability: Capability | str = Capability.CHAT
    ) -> Target:
        """Return the target of a request: the profile with this alias, else the connection with this alias and ``model``.

        A profile takes precedence over a connection with the same alias. Without an alias, it is the default profile of the
        capability or, if there is none, the connection in use with ``model``. ``model`` overrides the profile's. Raises
        `ProfileNotFound`, `CommandError` for a connection without a model, `ProfileUnusable` if no connection is active or the
        capability differs, and `ConnectionInactive`.
        """
        from .target import find_target

        return find_target(self._context, alias, model=model, capability=as_capability(capability), in_use=self._in_use)


def _given(options: Given | None, **named: Value | None) -> dict[str, Value]:
    """Return the non-empty options of one call; the named ones have their own parameters."""
    return {key: value for key, value in {**named_options(options), **named}.items() if value is not None}


def _texts(given: Given) -> list[str]:
    return [value for value in given.values() if isinstance(value, str)]
