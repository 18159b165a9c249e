"""One run of `embed`, from the data to the vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import TemplateWithoutColumn
from aiconn_nb.features.asking import Embedded, require_numpy, texts_of
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.place import tilde
from aiconn_nb.session.background import run as in_background

from .journal import Journal, opened
from .matrix import Listed, Matrix
from .output import check_file
from .results import Mapped, Progress
from .running import RunOptions, RunParts
from .tables import TEXT, Table, is_frame, is_of_a_library, table_of
from .template import Template
from .vector_engine import VectorJob, VectorRun

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account


@dataclass(frozen=True, kw_only=True)
class VectorOptions(RunOptions):
    """The options of a run; see `BatchVerbs.embed`."""

    dimensions: int | None = None
    output: Path | None = None
    overwrite: bool = False
    as_array: bool = False
    is_dataset: bool = False


@dataclass(frozen=True, kw_only=True)
class VectorParts(RunParts):
    """The parts of a session that a run uses."""

    account_of: Callable[[Connection, float | None], Account]


@dataclass(frozen=True)
class Source:
    """The input: texts, or the rows of a table with a template."""

    columns: tuple[str, ...]
    template: Template | None
    count: int
    rows: Callable[[], Iterator[Mapping[str, Any]]]
    """All rows from the start; they are read again if another connection takes over."""
    texts: Sequence[str] = ()
    """The texts, without a template."""
    table: Any = None
    """A Dask table instead of the rows; ``count`` is then unknown."""


def source_of(data: Any, template: str | None) -> Source:
    """Return the data as a source.

    Raises `CommandError` for a value that is not text, and `BatchError` for data that is no table or lacks a named column.
    """
    if template is None:
        if is_frame(data):
            raise TemplateWithoutColumn(columns=table_of(data).columns)
        texts = list(data) if _is_read_once(data) else data
        if isinstance(texts, list) and texts and isinstance(texts[0], Mapping):
            raise TemplateWithoutColumn(columns=table_of(texts).columns)
        return _source_of_texts(texts_of(texts))
    kept = list(data) if _is_read_once(data) and not is_of_a_library(data) else data
    table = table_of(kept, awaited="aembed")
    filled = Template(template, table.fillable)
    assert table.count is not None
    return Source(table.columns, filled, table.count, lambda: table_of(kept).rows(filled.columns, None))


def _is_read_once(data: Any) -> bool:
    """Whether the items may be readable only once, so that a list has to keep them. A text and a dictionary are no rows."""
    return isinstance(data, Iterable) and not isinstance(data, str | bytes | Mapping)


def source_of_part(part: Table, template: str | None) -> Source:
    """Return a part of the rows of a source."""
    if template is None:
        return _source_of_texts([str(row[TEXT]) for row in part.rows((TEXT,), None)])
    filled = Template(template, part.fillable)
    return Source(part.columns, filled, part.count or 0, lambda: part.rows(filled.columns, None))


def _source_of_texts(texts: list[str]) -> Source:
    return Source((TEXT,), None, len(texts), lambda: ({TEXT: text} for text in texts), texts)


class VectorExecution:
    """A run. Raises before anything is sent if the data, budget or journal is invalid."""

    def __init__(self, parts: VectorParts, source: Source, options: VectorOptions) -> None:
        self._parts = parts
        self._options = options
        self._source = source
        self._started = perf_counter()
        self.has_ended = False
        if options.is_dataset:
            require_numpy()
        if options.output is not None:
            check_file(options.output, overwrite=options.overwrite)
        if options.budget is not None:
            parts.require_prices(lambda connection: parts.account_of(connection, None))
        self._run = VectorRun(self._job(), source.rows, source.count)

    def embedded(self, on_tick: Callable[[Progress], None] | None = None) -> Embedded:
        """Ask, and return the vectors."""
        run, target, options = self._run, self._parts.target, self._options
        profile = target.profile.alias if target.profile else ""
        as_array, output = options.as_array or options.is_dataset, str(options.output or "")
        if not run.count:
            nothing = self._vectors().end()
            return Embedded(
                nothing, model=target.model, connection="", profile=profile, as_array=as_array, output=output
            )

        def tell() -> None:
            if on_tick is not None and (
                run.batches > 1 or options.is_dataset
            ):  # a single batch has no progress to report
                on_tick(self.progress)

        try:
            vectors = in_background(run.run(), tell)
        except BaseException:
            run.close()
            raise
        finally:
            self.has_ended = True
        journal = run.journal
        if journal is not None:
            journal.close()
        tell()
        return Embedded(
            vectors,
            model=run.model,
            connection=run.connection.alias,
            profile=profile,
            input_tokens=run.input_tokens,
            seconds=perf_counter() - self._started,
            attempts=run.attempts,
            notes=(*run.notes, *(journal.notes if journal is not None else []), *target.notes),
            as_array=as_array,
            errors=dict(run.errors),
            known=run.known,
            journal=tilde(journal.place) if journal is not None else "",
            output=output,
        )

    @property
    def progress(self) -> Progress:
        """The progress so far."""
        run = self._run
        errors = len(run.errors)
        return Progress(
            done=run.done,
            total=run.count,
            answered=run.done - run.known - errors,
            known=run.known,
            errors=errors,
            input_tokens=run.input_tokens or 0,
            paid=run.paid,
            unpriced=run.unpriced,
            seconds=perf_counter() - self._started,
        )

    @property
    def mapped(self) -> Mapped:
        """The progress in the form that a worker reports."""
        journal = self._run.journal
        kept = tilde(journal.place) if journal is not None and not journal.note else ""
        return Mapped(self._parts.target.label, self.progress, journal=kept, ending=self._run.ending)

    def _job(self) -> VectorJob:
        parts, options = self._parts, self._options
        return VectorJob(
            parts=parts,
            dimensions=options.dimensions,
            options=self._more,
            template=self._source.template,
            journal_of=self._journal_of,
            vectors_of=self._vectors,
            sender=parts.sender(options),
            most=min(options.at_once, max(1, self._source.count)),
            is_dataset=options.is_dataset,
        )

    @property
    def _more(self) -> Mapping[str, Any]:
        """The profile's options, besides the dimensions, which a call may replace."""
        return {key: value for key, value in self._parts.target.options.items() if key != "dimensions"}

    def _vectors(self) -> Listed | Matrix:
        count, options = self._source.count, self._options
        return Matrix(count, options.output, overwrite=options.overwrite) if options.is_dataset else Listed(count)

    def _journal_of(self, connection: Connection) -> Journal | None:
        """Return the journal of one connection and model: vectors of different models are not comparable."""
        about = f"vectors {connection.id} {self._parts.target.model_for(connection)} {self._options.dimensions}"
        about += f" {sorted(self._more.items())}" if self._more else ""  # a journal of 0.1.0 stays valid
        settings = sha256(about.encode()).hexdigest()
        return opened(self._options.journal, self._parts.home, settings, is_spread=self._options.is_spread)
