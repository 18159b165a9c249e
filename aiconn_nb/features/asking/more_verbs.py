"""Comparison, embedding, what it all cost, the rehearsal of a failover, and the rotation of a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError, CommandError, ConnectionInactive, ProfileUnusable, ProviderError
from aiconn_nb.model.hint import command
from aiconn_nb.model.notices import note
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.session.verb import Arg, verb

from ..connections.editing import NewKey, take_key
from .verbs import AskingVerbs

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from ..checks.ladder import Progress
    from ..connections.bindings import Binding
    from ..profiles.options import Value
    from ..rotation.rotating import Rotated, Rotation, WhichModel
    from ..usage.spending import Spending
    from .comparing import Comparing, Comparison
    from .embedding import Embedded
    from .rehearsing import Player, Rehearsal


class AnsweringVerbs(AskingVerbs):
    """The verbs that stand on asking."""

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
    )
    def compare(
        self,
        prompt: str,
        *profiles: str,
        model: str | None = None,
        system: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        on_change: Callable[[Comparison], None] | None = None,
    ) -> Comparison:
        """Ask several profiles the same at once; the answers are in the order of the profiles.

        One that fails has its error instead of an answer, and does not stop the others. ``on_change`` is told of what has come,
        in this thread. An interrupt stops all of them, closes their connections, and leaves what came in ``last_comparison``.
        The options are those of `stream`. Raises `ProfileNotFound` and `CommandError` before anybody is asked.
        """
        comparing = self._comparing(
            prompt, profiles, model=model, system=system, temperature=temperature, max_tokens=max_tokens
        )
        try:
            return comparing.run(on_change)
        finally:
            self.last_comparison = comparing.comparison

    def _comparing(self, prompt: str, profiles: tuple[str, ...], **options: Any) -> Comparing:
        from aiconn_nb.providers.account import require_sdk

        from .comparing import Comparing
        from .stream import request_of

        if not profiles:
            raise CommandError("No profile was named.", f"Name the profiles: {command('compare A B -- PROMPT')}")
        self.require_no_known_key(prompt, options["system"])
        given = {key: value for key, value in options.items() if key != "model" and value is not None}
        for alias in dict.fromkeys(profiles):
            try:
                target = self.target(alias, options["model"])
            except (ProfileUnusable, ConnectionInactive):
                continue  # it has its place beside the others, where this is said
            request_of(target, prompt, given, ())
            with suppress(ProviderError):
                # In this thread: two threads that import an SDK at the same time can meet half of it.
                require_sdk(self._context.provider_of(target.connections[0]))
        return Comparing(prompt, profiles, lambda alias: self.stream(prompt, profile=alias, **options))

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
        """One vector per text, in the order of the texts; ``vectors`` of the answer are lists, or with ``as_array`` a NumPy array.

        ``profile`` is a profile's alias, or a connection's with ``model``; without it the default profile is asked. The texts go
        in batches of what the provider takes at once, and ``on_batch`` is told how many are done of how many. Until the first
        batch is answered another connection may take over; behind that all vectors come from the same one.
        Raises what `stream` does, and `CommandError` for what is no text.
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
        "usage",
        "calls, tokens, failures and time per profile and connection, in this kernel",
        examples=("usage",),
    )
    def usage(self) -> Spending:
        """Calls, tokens, failures and time per profile and connection, in this session."""
        from ..usage.spending import spending

        return spending(list(self._tally))

    @verb(
        "failover",
        "rehearse it: who would answer now, and who once each is switched off in turn",
        examples=("failover writer", "failover writer --live"),
        profile=Arg("the profile; the default profile where none is named", completes="target"),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        live=Arg("ask each for one token, or one vector, instead of believing"),
    )
    def failover(self, profile: str | None = None, *, model: str | None = None, live: bool = False) -> Rehearsal:
        """Which connection of a profile would answer now, and which once each that would is switched off in turn.

        Nothing is switched, and without ``live`` nobody is asked; with it each connection is asked for one token.
        """
        from .rehearsing import known_outcomes, live_outcomes, rehearse

        played, counted_for = self._played(profile, model)
        players = self._players(played)
        outcomes = known_outcomes(players)
        if live:
            outcomes = live_outcomes(
                players, self._asked_account, played.model, played.capability, self._tally, counted_for
            )
        return rehearse(played.alias, players, outcomes, live=live)

    def _played(self, alias: str | None, model: str | None) -> tuple[Profile, str]:
        """The profile that is rehearsed, and its alias; one made up for a connection that is named itself, and ''."""
        snapshot = self._context.store.read()
        found = next((each for each in snapshot.profiles if alias is not None and each.alias == alias.lower()), None)
        if found is not None:
            return replace(found, model=model or found.model), found.alias
        target = self.target(alias, model)
        for each in target.notes:
            note(each)
        if target.profile is not None:
            return replace(target.profile, model=target.model), target.label
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
        from .rehearsing import Player

        links = self._examination(self._context.store.read()).links(profile)
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

    def rotation(
        self,
        alias: str,
        *,
        field: str | None = None,
        to: str | Mapping[str, str] | None = None,
        all: bool = False,
    ) -> Rotation:
        """What a rotation would replace, and where the new value would go; nothing is tested or changed.

        It is the only sensitive field that is set, or the one that is named, with those that belong to it (the halves of an
        AWS key). Raises `CommandError` where none or several are set, and where a reference's value comes from a place
        that is not written to: a file, an environment variable.
        """
        from ..rotation.rotating import plan

        return plan(self._context, alias, field, to, everywhere=all)

    @verb(
        "rotate",
        "replace a key: the new one is asked for without echo, tested, and only then takes the old one's place",
        details="The old key stays until the new one is proven; where the test cannot tell, a model is asked for. Clients bound "
        "with 'use ... as' are bound anew. 'rollback' undoes it, "
        "or 'secret restore' where it was a user secret: the answer says which.",
        examples=("rotate openai-dev", "rotate openai-dev --to $OpenAI:NewKey"),
        inner=("progress", "which_model"),
        alias=Arg("the connection", completes="alias"),
        field=Arg("which key, where there are several", completes="key", metavar="KEY"),
        to=Arg(
            "a reference instead of a key; KEY=REFERENCE for several that belong together",
            completes="reference",
            metavar="REFERENCE",
            is_list=True,
        ),
        model=Arg("also ask this model for one token", completes="model"),
        all=Arg("keep a new user secret for all environments"),
    )
    def rotate(
        self,
        alias: str,
        new: NewKey = None,
        *,
        to: str | Mapping[str, str] | None = None,
        field: str | None = None,
        model: str | None = None,
        which_model: WhichModel | None = None,
        all: bool = False,
        progress: Progress | None = None,
    ) -> Rotated:
        """Replace a key by a new one, once the connection has passed its test with it.

        ``new`` is the key, or several by field where they belong together; instead, ``to`` is the reference (or references by
        field) that takes the place of what is there. A sealed value is sealed anew, and the old one stays in the history;
        where a reference comes from a user secret, the new key is kept as the user secret of the current environment, with
        ``all`` as that of all environments. ``model`` is asked for one token besides. Where the
        test cannot tell, ``which_model`` is asked with the reason for a model that can. Without proof the old key stays.
        Bound clients that had the old key are bound anew, which the answer says.
        Raises `RotationFailed` with the rung that failed or cannot tell, and then nothing was changed.
        """
        taken, new = take_key(new), None  # so that no frame of a traceback shows what was given
        from ..rotation.rotating import rotate

        planned = self.rotation(alias, field=field, to=to, all=all)
        given = taken if isinstance(taken, Mapping) else {each.key: taken for each in planned.fields[:1]}
        holders = self._fresh_bindings()
        done = rotate(self._context, planned, given, model=model, which_model=which_model, progress=progress)
        self._turns.answered(planned.connection)
        done = self._bound_anew(holders, done)
        if self._in_use == planned.connection.id and self._exports.names:
            return done.with_warnings(
                [
                    f"the exported variables still have the former key; '{command('use', done.alias, '--env')}' sets them anew"
                ]
            )
        return done

    def _bound_anew(self, holders: Iterable[Binding], done: Rotated) -> Rotated:
        """Bind the clients anew that had the old key; a client that cannot be made is told, for the rotation is done."""
        notes: list[str] = []
        warnings: list[str] = []
        for each in filter(self._is_stale, holders):
            connection = self.find(each.connection)
            if connection is None:
                continue
            try:
                each.renew(self._account(connection))
            except AiconnError:
                warnings.append(f"{each.name} still has the former key; {each.remedy}")
            else:
                notes.append(f"{each.name} was bound anew, to the client with the new key.")
        return replace(done.with_warnings(warnings), notes=(*done.notes, *notes)) if notes or warnings else done
