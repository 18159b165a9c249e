"""A prompt over a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.features.arguments import (
    MODEL_OF_CALL,
    OPTION_OF_CALL,
    SYSTEM_OF_CALL,
    TEMPERATURE_OF_CALL,
    named_options,
    path_in,
)
from aiconn_nb.features.core import Core
from aiconn_nb.model.positive import positive_dollars, positive_whole
from aiconn_nb.session.once import once
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, same_arguments, verb
from aiconn_nb.threads import HAS_THREADS

if TYPE_CHECKING:
    # The verbs import the provider code only when they need it, so that a list stays fast.
    from aiconn_nb.features.asking import Embedded, Target
    from aiconn_nb.features.profiles import Given, Value

    from .execution import Options, Parts
    from .gate import Gates
    from .results import Mapped, Progress
    from .tables import Table
    from .vectorizing import Source, VectorOptions, VectorParts
    from .worker import Cluster, Task

AT_ONCE: Final = 64
"""Default maximum of requests in flight."""

LAZY: Final = "Nothing is asked before the table is computed."


class BatchVerbs(Core):
    """The verbs for datasets."""

    last_map: Mapped | None = None
    """The result of the last `map` in this session, complete or interrupted; None without one."""
    last_embedding: Mapped | None = None
    """The progress of the last `embed` in this session, complete or interrupted; None without one."""

    @verb(
        "map",
        "send a prompt for each row of a table, with {column} filled in; repeat an interrupted line to resume it",
        details="DATA is a name in the notebook (a pandas or polars table, or rows); in a terminal, a file (.csv or .jsonl). "
        "-o binds the table with the answers; in a terminal, it names a file, and without it the rows go to stdout as JSON lines. "
        "A journal below AICONN_HOME keeps the answers "
        "for 30 days, so that no row is asked twice; --no-journal turns it off, and --forget deletes all journals.",
        examples=(
            'map writer reviews "Summarize: {body}" -o summaries',
            'map writer reviews "Positive or negative? {body}" --limit 20',
            "map --forget",
        ),
        inner=("on_progress",),
        model=MODEL_OF_CALL,
        system=SYSTEM_OF_CALL,
        temperature=TEMPERATURE_OF_CALL,
        max_tokens=Arg("the maximum tokens of an answer; required with --budget", metavar="N"),
        options=OPTION_OF_CALL,
        into=Arg("the column of the answers; by default, 'answer'", metavar="COLUMN"),
        limit=Arg("ask only the first N rows, and estimate cost and time of all", metavar="N"),
        budget=Arg("stop before the cost exceeds this many US dollars", metavar="DOLLARS"),
        at_once=Arg("maximum requests in flight (64); on a cluster, per worker", metavar="N"),
        total_at_once=Arg("on a cluster, maximum requests in flight of all workers together", metavar="N"),
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
        total_at_once: Value | None = None,
        engine: Any = None,
        journal: bool | str | None = True,
        errors: str = "keep",
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Ask a profile for each row of a dataset, many rows at once.

        The number of requests in flight adapts to each server. Rows fail over individually, as in `ask`. An error affects only its
        row. Rows with the same prompt are asked once. A journal stores each answer as it arrives: after Ctrl-C, a crash or a killed
        kernel, repeat the call to resume it; no stored row is asked again.

        Args:
            data: A pandas, polars or Dask table, or rows, read one by one: texts (column ``text``) or dictionaries.
            template: The prompt. ``{column}`` is filled in; doubled braces and all other braces stay unchanged.
            profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
            model: A model that replaces the profile's, as the provider spells it.
            system: A system prompt that replaces the profile's.
            temperature: 0 to 2; replaces the profile's.
            max_tokens: The maximum tokens of an answer, 1 or more; replaces the profile's.
            options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``.
            schema: The format of an answer: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema, or a pydantic
                model. Each field becomes a column. A server without structured output gets the schema in the message. An answer
                that does not match gets a second attempt.
            into: The column of the answers, if there is no schema.
            limit: Ask only the first ``limit`` rows; ``last_map`` then estimates cost and time of all rows.
            budget: US dollars. Each request reserves its maximum cost before it is sent, so the budget is never exceeded.
            at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
            total_at_once: On a cluster, maximum requests in flight of all workers together; unlimited by default.
            engine: A ``dask.distributed.Client``: its workers ask now, each with its own session. Without an engine, a Dask table
                is asked when it is computed.
            journal: Whether to store answers below ``AICONN_HOME`` for 30 days, or the path of a file for them; None means False.
            errors: ``keep`` stores an error in its row; ``raise`` stops at the first error.
            on_progress: Called with the progress, at most 20 times a second, in the thread of the caller; `amap` calls it in
                another thread.

        Returns:
            The data in its own kind, order and index, with the columns of the answers, and ``model``, ``connection``,
                ``input_tokens``, ``output_tokens``, ``cost`` (US dollars; None if the price is unknown) and ``error``. Rows with
                one prompt repeat its answer, tokens and cost; ``last_map`` has the actual total. A field without a single type is
                JSON text in tables that need one, such as those of polars.

        Raises:
            BatchError: The template, schema, budget or journal is invalid; nothing was sent.
            BatchStopped: Rows failed in a way that other rows would too; the journal has the answers so far.
            ProfileNotFound: No profile or connection has this alias.

        Example::

            labels = aiconn_nb.map(reviews, "Classify: {review}", profile="writer", schema={"label": ["positive", "negative"]})
        """
        from aiconn_nb.errors import BadNumber, NoThreadsForMap

        from .execution import Options, Run
        from .tables import is_dask, table_of

        if not HAS_THREADS:
            raise NoThreadsForMap
        if not (isinstance(template, str) and isinstance(into, str) and into):
            raise BadNumber(name="into" if isinstance(template, str) else "template", wanted="a text")
        how = Options(
            into=into,
            limit=positive_whole(limit, "limit"),
            budget=positive_dollars(budget, "budget"),
            at_once=positive_whole(at_once, "at_once") or AT_ONCE,
            journal=False if journal is None else journal,
            raises=_raises(errors),
        )
        total = positive_whole(total_at_once, "total_at_once")
        given = {**named_options(options), "system": system, "temperature": temperature, "max_tokens": max_tokens}
        if engine is not None or is_dask(data):
            return self._on_cluster(data, template, profile, model, given, schema, how, total, engine, on_progress)
        run = Run(self._parts(profile, model, given), table_of(data), template, schema, how)
        try:
            return run.table(on_progress)
        finally:
            self.last_map = run.mapped

    @verb()
    @same_arguments(map)
    async def amap(self, data: Any, *args: Any, **options: Any) -> Any:
        """Ask a profile for each row of a dataset without blocking the event loop; see `map`.

        Cancelling the call closes its requests; the journal has the answers so far. Rows that are neither a table nor a sequence
        are read in the thread of the event loop, because a cursor of a database refuses other threads. Give rows for which one has
        to wait as an asynchronous iterable: it leaves the loop free.

        Returns:
            The result of `map`.

        Raises:
            The errors of `map`.

        Example::

            labels = await aiconn_nb.amap(reviews, "Classify: {review}", profile="writer")
        """
        from aiconn_nb.session.background import awaited_thread

        from .awaited_rows import AwaitedRows, is_read_here

        rows = AwaitedRows(data) if HAS_THREADS and is_read_here(data) else data
        return await awaited_thread(lambda: self.map(rows, *args, **options))

    def _on_cluster(
        self,
        data: Any,
        template: str,
        profile: str | None,
        model: str | None,
        given: Mapping[str, Value | None],
        schema: Any,
        how: Options,
        total: int | None,
        client: Any,
        on_progress: Callable[[Progress], None] | None,
    ) -> Any:
        """Run `map` on the workers of a Dask cluster, or return a lazy table."""
        from aiconn_nb.errors import BudgetNeedsEngine

        from .cluster import ClusterRun, DaskTable, lazy_table, require_dask
        from .execution import Run
        from .results import Mapped, Progress
        from .tables import is_dask, table_of
        from .worker import Task

        require_dask()
        parts = self._parts(profile, model, given)
        table = DaskTable(data) if is_dask(data) else table_of(data)
        checked = Run(parts, table, template, schema, replace(how, journal=False))
        task = Task(
            session=type(self),
            profile=parts.target.label,
            model=model,
            given={key: value for key, value in given.items() if value is not None},
            template=template,
            schema=schema,
            into=how.into,
            at_once=how.at_once,
            journal=how.journal,
            raises=how.raises,
            total=total,
        )
        if client is None:
            if how.budget is not None or total is not None:
                raise BudgetNeedsEngine(name="budget" if how.budget is not None else "total_at_once")
            self.last_map = Mapped(parts.target.label, Progress(), notes=(LAZY,))
            return lazy_table(data, task, checked.shape, how.limit)
        run = ClusterRun(client, task, parts.target.label, checked.total, how.budget)
        try:
            if is_dask(data):
                return run.frame(lambda named: lazy_table(data, named, checked.shape, how.limit), on_progress)
            run.rows = table.count if how.limit is not None else None
            columns, count = run.columns(table, checked.template.columns, how.limit, on_progress)
            return table.with_columns(columns.items(), count, checked.shape.dtypes)
        finally:
            self.last_map = replace(run.mapped, request=checked.request)

    def cluster_run(self, task: Task, table: Table, cluster: Cluster | None) -> Mapping[str, Sequence[Any]]:
        """Return the columns of the answers to one partition, in a worker's session."""
        from .execution import Options, Run

        how = Options(
            into=task.into,
            at_once=task.at_once,
            journal=task.journal,
            raises=task.raises,
            budget=0.0 if task.has_purse else None,
            purse=cluster.purse if cluster else None,
            total=cluster.total if cluster else None,
            is_spread=task.is_spread,
        )
        run = Run(self._parts(task.profile, task.model, task.given), table, task.template, task.schema, how)
        return run.columns(None if cluster is None else cluster.telling(run))

    @verb(
        "embed",
        "one vector per text, in order; in a cell, each line is a text",
        details="-o binds the vectors to a name; a name with the suffix .npy is a file, which NumPy reads only in parts.",
        examples=(
            'embed vectors "a cat" "a dog" -o pets',
            'embed "a cat" "a dog"',
            'embed vectors pets "{name}" -o pets.npy',
        ),
        inner=("on_batch",),
        model=MODEL_OF_CALL,
        dimensions=Arg("numbers per vector, for this call", metavar="N"),
    )
    def embed(
        self,
        texts: Any,
        template: str | None = None,
        *,
        profile: str | None = None,
        model: str | None = None,
        dimensions: Value | None = None,
        as_array: bool = False,
        output: str | PathLike[str] | None = None,
        overwrite: bool = False,
        journal: bool | str | None = None,
        budget: Value | None = None,
        at_once: Value | None = None,
        total_at_once: Value | None = None,
        engine: Any = None,
        on_batch: Callable[[int, int], None] | None = None,
    ) -> Embedded | Any:
        """Return one vector per text, in the order of the texts.

        The texts go in batches of the provider's size, many at once. Another connection may take over until the first batch is
        answered; from then on, one connection returns all vectors.

        With a template, an output or an engine, the texts are a *dataset*: duplicate texts are sent once, a failed row is NaN and
        has its reason in ``errors``, vectors are 32-bit floats, and a journal stores each vector as it arrives. After Ctrl-C, a
        crash or a killed kernel, repeat the call to resume it; no stored text is sent again.

        Args:
            texts: The texts, or one text; with a template, a pandas, polars or Dask table, or dictionaries.
            template: The text of each row; ``{column}`` is filled in, as in `map`.
            profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
            model: A model that replaces the profile's, as the provider spells it.
            dimensions: Numbers per vector, 1 or more; replaces the profile's.
            as_array: Whether ``vectors`` is a NumPy array.
            output: A ``.npy`` file for the vectors. It is memory-mapped, and may be larger than the memory.
            overwrite: Whether to replace an existing file.
            journal: Whether to store the vectors below ``AICONN_HOME`` for 30 days, or the path of a file for them. None means True
                for a dataset.
            budget: US dollars, never exceeded.
            at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
            total_at_once: On a cluster, maximum requests in flight of all workers together.
            engine: A ``dask.distributed.Client``: its workers ask now. Without an engine, a Dask table
                is asked when it is computed.
            on_batch: Called with the number of finished texts and of all texts, in the thread of the caller; `aembed` calls it in
                another thread.

        Returns:
            The vectors; ``vectors`` is a list of lists or an array, for a dataset always an array. For a Dask table without an
                engine, the lazy table with the columns ``vector``, ``model``, ``connection`` and ``error``, all by the first
                connection of the profile.

        Raises:
            CommandError: A value is not text, or NumPy is not installed.
            BatchError: The data, template, budget or journal is invalid; nothing was sent.

            And the errors of `stream`.

        Example::

            aiconn_nb.embed(["a cat", "a dog"], profile="vectors").vectors
        """
        from aiconn_nb.errors import BadNumber
        from aiconn_nb.features.asking import dimensions_of, find_target, require_numpy
        from aiconn_nb.model.capability import Capability

        from .tables import is_dask
        from .vectorizing import VectorExecution, VectorOptions, source_of

        if as_array:
            require_numpy()
        if template is not None and not isinstance(template, str):
            raise BadNumber(name="template", wanted="a text")
        if is_dask(texts):
            from .cluster import dask_rows, dask_source

            texts, template = dask_rows(texts, template)
            source = dask_source(texts, template)
        else:
            source = source_of(texts, template)
        self.require_no_known_key("\n".join(source.texts), template, model)
        target = find_target(self._context, profile, model=model, capability=Capability.EMBEDDING, in_use=self._in_use)
        is_dataset = template is not None or output is not None or engine is not None
        if journal is None:
            journal = is_dataset
        how = VectorOptions(
            at_once=positive_whole(at_once, "at_once") or AT_ONCE,
            dimensions=dimensions_of(target, dimensions),
            output=None if output is None else _npy(output),
            overwrite=overwrite,
            journal=journal,
            budget=positive_dollars(budget, "budget"),
            as_array=as_array,
            is_dataset=is_dataset or journal is not False,
        )
        total = positive_whole(total_at_once, "total_at_once")
        tick = None if on_batch is None else _batch_told(on_batch)
        if source.table is None and (engine is None or not source.count):
            run = VectorExecution(self._vector_parts(target), source, how)
            try:
                return run.embedded(tick)
            finally:
                self.last_embedding = run.mapped
        return self._vectors_on_cluster(texts, source, template, target, model, how, total, engine, tick)

    @verb()
    @same_arguments(embed)
    async def aembed(self, texts: Any, *args: Any, **options: Any) -> Embedded | Any:
        """Return one vector per text without blocking the event loop; see `embed`.

        Cancelling the call closes its requests; a journal has the vectors so far. Texts may come from an asynchronous iterable. If
        they are neither a table nor a sequence, they are read in the event loop's thread.

        Returns:
            The result of `embed`.

        Raises:
            The errors of `embed`.

        Example::

            found = await aiconn_nb.aembed(["a cat", "a dog"], profile="vectors")
        """
        from aiconn_nb.session.background import awaited_thread

        from .awaited_rows import is_read_here, rows_here

        kept = [each async for each in rows_here(texts)] if is_read_here(texts) else texts
        return await awaited_thread(lambda: self.embed(kept, *args, **options))

    def _vectors_on_cluster(
        self,
        data: Any,
        source: Source,
        template: str | None,
        target: Target,
        model: str | None,
        how: VectorOptions,
        total: int | None,
        client: Any,
        tick: Callable[[Progress], None] | None,
    ) -> Any:
        """Run `embed` on the workers of a Dask cluster, or return a lazy table."""
        from aiconn_nb.errors import BudgetNeedsEngine

        from .cluster import ClusterRun, joined_vectors, lazy_vectors
        from .results import Mapped, Progress
        from .vectorizing import VectorExecution
        from .worker import Task

        for name, whole in (("budget", how.budget), ("total_at_once", total), ("output", how.output)):
            if client is None and whole is not None:
                raise BudgetNeedsEngine(name=name)
        VectorExecution(self._vector_parts(target), source, how)  # invalid data raises here
        task = Task(
            session=type(self),
            profile=target.label,
            model=model,
            given={},
            template=template or "",
            schema=None,
            into="",
            at_once=how.at_once,
            journal=how.journal,
            raises=True,
            total=total,
            dimensions=how.dimensions,
        )
        if client is not None:
            run = ClusterRun(client, task, target.label, source.count or None, how.budget)
            try:
                return joined_vectors(run, source, how, tick)
            finally:
                self.last_embedding = run.mapped
        # Partitions may be computed in any order, anywhere, so the connection cannot depend on the first answer.
        first = target.connections[0]
        self.last_embedding = Mapped(target.label, Progress(), notes=(LAZY,))
        return lazy_vectors(data, replace(task, connection=first.alias, model=target.model_for(first)))

    def cluster_vectors(self, task: Task, rows: Table, cluster: Cluster | None) -> Embedded:
        """Return the vectors of a part of the rows, in a worker's session."""
        from aiconn_nb.features.asking import find_target
        from aiconn_nb.model.capability import Capability

        from .vectorizing import VectorExecution, VectorOptions, source_of_part

        def found(alias: str) -> Target:
            return find_target(self._context, alias, model=task.model, capability=Capability.EMBEDDING)

        target = found(task.profile)
        if task.connection:
            only = tuple(each for each in target.connections if each.alias == task.connection)
            target = replace(target, connections=only or found(task.connection).connections)
        how = VectorOptions(
            at_once=task.at_once,
            dimensions=task.dimensions,
            journal=task.journal,
            budget=0.0 if task.has_purse else None,
            purse=cluster.purse if cluster else None,
            total=cluster.total if cluster else None,
            is_spread=task.is_spread,
            is_dataset=True,
        )
        run = VectorExecution(self._vector_parts(target), source_of_part(rows, task.template or None), how)
        return run.embedded(None if cluster is None else cluster.telling(run))

    def _vector_parts(self, target: Target) -> VectorParts:
        from aiconn_nb.session.known_secrets import known_key_finder, opened_once

        from .vectorizing import VectorParts

        with opened_once(self._context):
            key_in = known_key_finder(self._context)
        return VectorParts(
            home=self._context.home,
            target=target,
            account_of=self._asked_account,
            gates=self._gates,
            key_in=key_in,
            turns=self._turns,
            meter=self._meter,
        )

    @verb()
    def forget_maps(self) -> Done:
        """Delete the journals of all `map` calls: the answers stored below ``AICONN_HOME``.

        Returns:
            A `Done` with the number of deleted journals.

        Raises:
            NoPlace: The location of ``AICONN_HOME`` cannot be determined.

        Example::

            aiconn_nb.forget_maps()
        """
        from .journal import forget

        gone = forget(self._context.home)
        if not gone:
            return Done("There was no journal to delete.")
        return Done("Deleted 1 journal." if gone == 1 else f"Deleted {gone} journals.")

    @once
    def _gates(self) -> Gates:
        """The limits of requests in flight."""
        from .gate import Gates

        return Gates()

    def _parts(self, profile: str | None, model: str | None, given: Mapping[str, Value | None]) -> Parts:
        """Return the parts of this session that a run uses."""
        from aiconn_nb.features.asking import find_target, request_of
        from aiconn_nb.features.profiles import offered
        from aiconn_nb.model.capability import Capability
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
            meter=self._meter,
        )


def _npy(given: str | PathLike[str]) -> Path:
    from aiconn_nb.errors import BadNumber

    place = path_in("output", given)
    if place.suffix != ".npy":
        raise BadNumber(name="output", wanted="the path of a .npy file")
    return place


def _batch_told(on_batch: Callable[[int, int], None]) -> Callable[[Progress], None]:
    """Call ``on_batch`` each time the number of finished texts grows."""
    last = 0

    def tell(progress: Progress) -> None:
        nonlocal last
        if progress.done > last and progress.total:
            last = progress.done
            on_batch(progress.done, progress.total)

    return tell


def _raises(errors: str) -> bool:
    from aiconn_nb.errors import BadNumber

    if errors not in ("keep", "raise"):
        raise BadNumber(name="errors", wanted="'keep' or 'raise'")
    return errors == "raise"
