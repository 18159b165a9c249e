"""A prompt over a whole dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import BadNumber
from aiconn_nb.features.core import Core
from aiconn_nb.session.once import once
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from aiconn_nb.features.profiles import Given, Value

    from .execution import Parts
    from .gate import Gate
    from .results import Mapped, Progress

AT_ONCE: Final = 64
"""Requests in flight at most, where no other number is given."""


class BatchVerbs(Core):
    """The verb that asks about each row of a dataset."""

    last_map: Mapped | None = None
    """What became of the last `map` in this session, also one that was interrupted; None where there was none."""

    @verb(
        "map",
        "ask about each row of a table: {column} in the prompt is filled in; the same line goes on after any end",
        details="Data is a name of the notebook (a pandas or polars table, or rows), in a terminal a file (.csv or .jsonl). "
        "-o binds the table with the answers, in a terminal it names a file. Answers are kept in a journal below AICONN_HOME "
        "for 30 days, so that no row is asked twice; --no-journal keeps none, and --forget deletes all of them.",
        examples=(
            'map writer reviews "Summarize: {body}" -o summaries',
            'map writer reviews "Positive or negative? {body}" --limit 20',
            "map --forget",
        ),
        inner=("on_progress",),
        model=Arg("another model than the profile's; needed where a connection is asked", completes="model"),
        system=Arg("another system prompt for this call"),
        temperature=Arg("0 to 2, for this call"),
        max_tokens=Arg("the longest answer to a row; a budget needs it", metavar="N"),
        options=Arg(
            "another option of the model, for this call",
            name="--option",
            metavar="KEY=VALUE",
            completes="model option",
            is_repeated=True,
        ),
        into=Arg("the column of the answers, instead of 'answer'", metavar="COLUMN"),
        limit=Arg("only the first N rows, and what all would cost and take", metavar="N"),
        budget=Arg("stop before this many US dollars are exceeded", metavar="DOLLARS"),
        at_once=Arg("requests in flight at most (64)", metavar="N"),
    )
    def map(
        self,
        data: Any,
        template: str,
        *,
        profile: str | None = None,
        model: str | None = None,
        system: str | None = None,
        temperature: Value | None = None,
        max_tokens: Value | None = None,
        options: Given | None = None,
        schema: Any = None,
        into: str = "answer",
        limit: Value | None = None,
        budget: Value | None = None,
        at_once: Value | None = None,
        journal: bool | str | None = True,
        errors: str = "keep",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Ask a profile about each row of a dataset, many at once.

        The rows are asked with as many requests in flight as each server keeps up with, and fall back row by row as `ask` does.
        An error stays in its row. Rows with the same prompt are asked once. Each answer is written to a journal when it comes:
        after Ctrl-C, a crash or a killed kernel the same line goes on, and asks no row again that is in it.

        Args:
            data: A pandas or polars table, or rows: texts (their column is ``text``) or dictionaries. Rows are read one by one.
            template: The prompt. ``{column}`` is filled in; a name in doubled braces and all other braces stay as they are.
            profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
            model: Another model than the profile's, as the provider spells it.
            system: What the model is told before the prompt, instead of the profile's.
            temperature: 0 to 2, instead of the profile's.
            max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``.
            schema: What an answer is to be: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema, or a
                pydantic model. Each field becomes a column. An answer that does not keep it has one more attempt.
            into: The column of the answers, without a schema.
            limit: Ask only about so many rows; ``last_map`` then says what all would cost and take.
            budget: US dollars. The most that a request can cost is reserved before it is sent, so this is never exceeded.
            at_once: Requests in flight at most, 64 by default. The number adapts below that.
            journal: Whether answers are kept, below ``AICONN_HOME`` and for 30 days, or the path of a file for them; None is False.
            errors: ``keep`` leaves an error in its row; ``raise`` stops at the first.
            on_progress: Told how far it has come, in this thread, some 20 times a second at most.

        Returns:
            The data in its own kind, order and index, with the columns of the answers, and ``model``, ``connection``,
            ``input_tokens``, ``output_tokens``, ``cost`` (US dollars; None where the price is not known) and ``error``. Rows with
            the same prompt have the same answer, tokens and cost; what was really spent is in ``last_map``.

        Raises:
            BatchError: The template, the schema, the budget or the journal does not fit; nothing was sent.
            BatchStopped: Rows failed that leave no hope for the others; what was answered is in the journal.
            ProfileNotFound: There is neither a profile nor a connection of this alias.

        Example::

            labels = aiconn_nb.map(reviews, "Classify: {review}", profile="writer", schema={"label": ["positive", "negative"]})
        """
        from .execution import Options, Run

        if not (isinstance(template, str) and isinstance(into, str) and into):
            raise BadNumber(name="into" if isinstance(template, str) else "template", wanted="a text")
        how = Options(
            into=into,
            limit=_whole(limit, "limit"),
            budget=_dollars(budget),
            at_once=_whole(at_once, "at_once") or AT_ONCE,
            journal=journal,
            raises=_raises(errors),
        )
        given = {**_named(options), "system": system, "temperature": temperature, "max_tokens": max_tokens}
        run = Run(self._parts(profile, model, given), data, template, schema, how)
        try:
            return run.table(on_progress)
        finally:
            self.last_map = run.mapped

    @verb()
    def forget_maps(self) -> Done:
        """Delete the journals of all `map` calls: the answers that are kept below ``AICONN_HOME``.

        Returns:
            A `Done` that says how many there were.

        Raises:
            NoPlace: No folder can be told for them.

        Example::

            aiconn_nb.forget_maps()
        """
        from .journal import forget

        gone = forget(self._context.home)
        if not gone:
            return Done("There was no journal to delete.")
        return Done("Deleted 1 journal." if gone == 1 else f"Deleted {gone} journals.")

    @once
    def _gates(self) -> dict[str, Gate]:
        """The limits of requests in flight, by the id of the connection: several maps in this process share them."""
        return {}

    def _parts(self, profile: str | None, model: str | None, given: Mapping[str, Value | None]) -> Parts:
        """What a run takes of this session."""
        from aiconn_nb.features.asking import find_target, request_of
        from aiconn_nb.features.profiles import offered
        from aiconn_nb.model.profile import Capability
        from aiconn_nb.session.known_secrets import known_key_finder, known_key_masker, opened_once

        from .execution import Parts

        target = find_target(self._context, profile, model=model, in_use=self._in_use)
        chosen = {key: value for key, value in given.items() if value is not None}
        with opened_once(self._context):
            key_in, masked = known_key_finder(self._context), known_key_masker(self._context)
        return Parts(
            home=self._context.home,
            target=target,
            request=request_of(target, "-", chosen, (), offered(self._context, target.connections, Capability.CHAT)),
            account_of=self._account,
            gates=self._gates,
            key_in=key_in,
            masked=masked,
            turns=self._turns,
            tally=self._tally,
        )


def _whole(given: Value | None, name: str) -> int | None:
    if given is None:
        return None
    try:
        number = int(given)
    except (TypeError, ValueError, OverflowError):
        number = 0
    if number < 1:
        raise BadNumber(name=name, wanted="a whole number from 1 on")
    return number


def _dollars(given: Value | None) -> float | None:
    if given is None:
        return None
    try:
        amount = float(given)
    except (TypeError, ValueError, OverflowError):
        amount = -1.0
    if not (isfinite(amount) and amount > 0):
        raise BadNumber(name="budget", wanted="a number of US dollars above 0")
    return amount


def _named(given: Given | None) -> Given:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadNumber(name="options", wanted="a dictionary, such as {'top_p': 0.5}")
    return given


def _raises(errors: str) -> bool:
    if errors not in ("keep", "raise"):
        raise BadNumber(name="errors", wanted="'keep' or 'raise'")
    return errors == "raise"
