"""Errors of a prompt over a dataset."""

from __future__ import annotations

from typing import Final

from aiconn_nb.model.amounts import counted
from aiconn_nb.model.hint import command, option, pip
from aiconn_nb.model.nearest import did_you_mean

from .asking import NOT_SENT
from .base import AiconnError, CommandError, Lines, clause
from .commands import Interrupted

_LONGEST: Final = 300
"""Maximum characters of a problem."""


class BatchError(AiconnError):
    """A prompt cannot be asked over a dataset. Nothing was sent."""


class ColumnNotFound(BatchError, is_reason=True):
    """The template names a column that the data does not have."""

    column: str
    columns: tuple[str, ...]

    def lines(self) -> Lines:
        there = f"Columns: {', '.join(self.columns[:10])}{' ...' if len(self.columns) > 10 else ''}."
        name = self.column.partition(":")[0].partition("!")[0].strip()
        if name != self.column and name in self.columns:
            remedy = f"A placeholder has no format: write {{{name}}}, and format the column in the data."
            return f"There is no column '{self.column}' in the data.", remedy
        return f"There is no column '{self.column}' in the data.", did_you_mean(self.column, self.columns) or there


class TemplateWithoutColumn(BatchError, is_reason=True):
    """The template names no column."""

    columns: tuple[str, ...]

    def lines(self) -> Lines:
        example = self.columns[0] if self.columns else "text"
        return (
            "The template names no column: every row would get the same prompt.",
            f"Write the name of a column in braces where its text belongs: {{{example}}}",
        )


class ColumnTaken(BatchError, is_reason=True):
    """An answer column has the name of a data column."""

    column: str
    is_text: bool = False
    """Whether the caller can choose another name for it."""
    is_own: bool = False
    """Whether every result has this column, such as ``model``, and the data does not."""
    also: tuple[str, ...] = ()
    """The other columns of the data that the answers would replace."""

    def lines(self) -> Lines:
        if self.is_own:
            remedy = (
                "Give the answers another name: into='summary'" if self.is_text else "Rename the field in the schema."
            )
            return f"Every result has a column '{self.column}', which the answers would replace.", remedy
        if self.also:
            # The result of an earlier map has such columns.
            named = ", ".join(f"'{each}'" for each in (self.column, *self.also))
            what = f"The data already has the columns {named}, which the answers would replace."
            return what, "Rename or drop them in the data first."
        remedy = "Give the answers another name: into='summary'" if self.is_text else "Rename it in the data first."
        return f"The data already has a column '{self.column}', which the answers would replace.", remedy


class NoRows(BatchError, is_reason=True):
    """The data is empty."""

    says = "The data has no rows.", NOT_SENT


class NoData(BatchError, is_reason=True):
    """The argument is neither a table nor rows."""

    found: str
    awaited: str = ""
    """The function that takes it, because it is an asynchronous iterable."""

    def lines(self) -> Lines:
        what = (
            f"Data must be a pandas, polars, Arrow or Dask table, or rows of texts or dictionaries, not {self.found}."
        )
        return what, f"Use await aiconn_nb.{self.awaited}(...)." if self.awaited else NOT_SENT


class UnfitSchema(BatchError, is_reason=True):
    """The schema cannot be read."""

    problem: str

    def lines(self) -> Lines:
        # Cut only here, after keys were masked: an earlier cut could leave half of a key, which no search finds.
        return (
            f"The schema cannot be read: {clause(self.problem[:_LONGEST])}.",
            "Write {'label': ['positive', 'negative'], 'score': float}, a JSON Schema, or a pydantic model.",
        )


class PackageMissing(BatchError, is_reason=True):
    """A package of an extra is not installed."""

    what_for: str
    package: str
    extra: str

    def lines(self) -> Lines:
        return f"{self.what_for} needs {self.package}, not installed here.", f"Run {pip(f'aiconn-nb[{self.extra}]')}"


class PriceUnknown(BatchError, is_reason=True):
    """A budget is set, but the price of a model is unknown."""

    model: str
    alias: str

    def lines(self) -> Lines:
        cap = command("cap", self.alias, "--per", "day", "--tokens", "N")
        return (
            f"The price of {self.model} at {self.alias} is not known, so a budget cannot be kept.",
            f"Name a model whose price is known, or limit the tokens instead of the dollars: '{cap}'",
        )


class NoLongestAnswer(BatchError, is_reason=True):
    """A budget is set, but the maximum length of an answer is not."""

    def lines(self) -> Lines:
        return (
            "A budget needs a limit for the answer, which is reserved for each row.",
            f"Add {option('--max-tokens N', 'max_tokens=N')}.",
        )


class BadNumber(CommandError, is_reason=True):
    """The value is not a valid number of rows, requests or dollars."""

    name: str
    wanted: str

    says = "{name} must be {wanted}.", ""


class KeyInPrompt(CommandError, is_reason=True):
    """A prompt contains a key that this machine knows."""

    words: str
    """What the key belongs to, such as ``the api_key of openai-dev``."""

    says = "The prompt holds {words}.", f"Leave it out. {NOT_SENT}"


class NothingToMap(CommandError, is_reason=True):
    """The line has no profile, data or prompt."""

    missing: str

    def lines(self) -> Lines:
        what = f"The {self.missing} is missing"
        if self.missing == "profile":
            what += ": the first word names a profile, or a connection with --model"
        return f"{what}.", command('map PROFILE DATA "Summarize: {column}"')


class NotInNotebook(CommandError, is_reason=True):
    """No variable of the notebook has this name."""

    name: str
    names: tuple[str, ...] = ()
    wanted: str = "a table, or a list of rows"

    def lines(self) -> Lines:
        hint = did_you_mean(self.name, self.names) or f"Name {self.wanted}."
        return f"There is no {self.name} in the notebook.", hint


class NoDataFile(CommandError, is_reason=True):
    """The input or output of a terminal command is not a file that can be read or written."""

    name: str
    kinds: tuple[str, ...]
    problem: str = ""
    advice: str = ""
    """What to do about the problem, if it is not about the kind of file."""
    is_output: bool = False

    def lines(self) -> Lines:
        if self.is_output:
            kinds = " or ".join(self.kinds)
            return (
                f"{self.name}: map writes no such file.",
                f"Name a file that ends with {kinds}. In a notebook -o binds a table, which pandas and polars write as any file.",
            )
        problem = self.problem or "is not a file of rows"
        return (
            f"{self.name} {problem}.",
            self.advice or f"In a terminal the data is a file whose name ends with {' or '.join(self.kinds)}.",
        )


class TableNotWritten(CommandError, is_reason=True):
    """The output file of a terminal command cannot be written."""

    path: str
    problem: str = ""
    """'' if the file exists already."""
    is_answered: bool = False
    """Whether the rows were asked before this failed."""
    journal: str = ""
    """The file that keeps their answers; '' if none does, and they are on stdout."""

    def lines(self) -> Lines:
        problem = clause(self.problem or "the file exists already")
        is_kept = self.is_answered and self.journal
        remedy = "Name another file on the same line" if is_kept else "Name another file"
        if not self.problem:
            remedy += f", or add {option('--yes', 'overwrite=True')}"
        if is_kept:
            rest = f"The answers are kept in {self.journal}, and no row is asked again."
        else:
            rest = "The answers are on stdout." if self.is_answered else NOT_SENT
        return f"{self.path} {'was not' if self.is_answered else 'cannot be'} written: {problem}.", f"{remedy}. {rest}"


class BudgetNeedsEngine(BatchError, is_reason=True):
    """An argument that concerns the whole table was given for a table that is computed later, in parts."""

    name: str

    says = (
        "{name} is for the whole table, but a Dask table without an engine is asked later, in parts.",
        "Pass the client of a cluster, which asks now: engine=client",
    )


class NoCluster(BatchError, is_reason=True):
    """The engine is not a client of a cluster, or the data is not a Dask table."""

    found: str

    says = (
        "engine must be a connected dask.distributed.Client, not {found}.",
        "Write: from dask.distributed import Client; client = Client()",
    )


class WorkerWithoutPackage(BatchError, is_reason=True):
    """A cluster worker cannot import this package."""

    place: str

    def lines(self) -> Lines:
        where = f"The worker {self.place}" if self.place else "A worker of the cluster"
        return f"{where} does not have aiconn-nb.", f"On each worker, run {pip('aiconn-nb[dask]')}"


class WorkerFailed(AiconnError):
    """A cluster worker failed; ``cause`` says why."""

    host: str
    cause: AiconnError

    def lines(self) -> Lines:
        return f"On the worker {self.host}: {self.cause.what}", self.cause.hint


class WorkerDied(BatchError, is_reason=True):
    """Workers died repeatedly at the same partition."""

    place: str
    times: int

    says = (
        "{times} workers died at the same rows, the last at {place}.",
        "Check the workers' logs; often they lack memory. The same line continues where it stopped.",
    )


class JournalUnusable(BatchError):
    """The journal cannot be used. The file is left unchanged."""

    place: str
    problem: str
    """``is damaged``, ``was written with other settings``, ``cannot be written``."""

    def lines(self) -> Lines:
        without = option("--no-journal", "journal=False")
        return (
            f"The journal {self.place} {self.problem}.",
            f"Name another file, move this one away, or go on without a journal: {without}.",
        )


class BatchStopped(AiconnError):
    """Errors stopped a prompt over a dataset; ``cause`` is the last of them. The answers so far are kept."""

    answered: int
    cause: AiconnError
    is_kept: bool = True
    """Whether the journal has the answers."""

    def lines(self) -> Lines:
        kept = " The same line continues where it stopped." if self.is_kept else ""
        return (
            f"Stopped after {counted(self.answered, 'answer')}: {self.cause.what}",
            f"{self.cause.hint}{kept}".strip(),
        )


class RowNotAsked(BatchError, is_reason=True):
    """A row has no prompt, and the caller wants to stop at the first error."""

    row: int
    """Its position, from 1."""
    problem: str
    """``body is missing``."""

    says = "Row {row:,} was not asked: {problem}.", "errors='keep' leaves the error in its row, and goes on."


class RowsInterrupted(Interrupted, is_reason=True):
    """The user stopped a prompt over a dataset, or its vectors."""

    done: int
    """The rows with an answer."""
    total: int | None = None
    is_kept: bool = True
    """Whether a journal keeps the answers."""
    left: str = ""
    """What the end of the line would have made: ``The file out.csv was not written``."""
    are_vectors: bool = False
    has_table: bool = False
    """Whether ``last_map().table`` has the rows so far, in a kernel."""

    def lines(self) -> Lines:
        parts = (
            f"{self.left}." if self.left else "",
            "Repeat the line to continue: it asks only for the others." if self.is_kept else "",
            "aiconn_nb.last_map().table has the rows so far." if self.has_table else "",
        )
        return f"Interrupted: {self._happened}.", " ".join(filter(None, parts))

    @property
    def _happened(self) -> str:
        noun, answered, answers = (
            ("text", "embedded", "vectors") if self.are_vectors else ("row", "answered", "answers")
        )
        number = f"{self.done:,} of {counted(self.total, noun)}" if self.total else counted(self.done, noun)
        verb = "was" if (self.total or self.done) == 1 else "were"
        return f"{number} {verb} {answered}, and the {answers} are {'kept' if self.is_kept else 'not kept'}"
