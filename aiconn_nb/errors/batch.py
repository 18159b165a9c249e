"""Errors of a prompt over a whole dataset."""

from __future__ import annotations

from aiconn_nb.model.hint import command, pip
from aiconn_nb.model.nearest import did_you_mean

from .asking import NOT_SENT
from .base import AiconnError, Lines, clause, fields, reason
from .commands import CommandError


class BatchError(AiconnError):
    """A prompt cannot be asked over a dataset. Nothing was sent."""


@reason
class ColumnNotFound(BatchError):
    """The template names a column that the data does not have."""

    column: str
    columns: tuple[str, ...]

    def lines(self) -> Lines:
        there = f"Columns: {', '.join(self.columns[:10])}{' ...' if len(self.columns) > 10 else ''}."
        return f"There is no column '{self.column}' in the data.", did_you_mean(self.column, self.columns) or there


@reason
class TemplateWithoutColumn(BatchError):
    """No column is named in the template."""

    columns: tuple[str, ...]

    def lines(self) -> Lines:
        example = self.columns[0] if self.columns else "text"
        return (
            "The template names no column: every row would get the same prompt.",
            f"Write the name of a column in braces where its text belongs: {{{example}}}",
        )


@reason
class ColumnTaken(BatchError):
    """A column of the answers has the name of one of the data."""

    column: str
    is_text: bool = False
    """Whether another name can be given to it."""
    is_own: bool = False
    """Whether it is a column of every result, such as ``model``, and not one of the data."""

    def lines(self) -> Lines:
        if self.is_own:
            remedy = (
                "Give the answers another name: into='summary'" if self.is_text else "Rename the field in the schema."
            )
            return f"Every result has a column '{self.column}', which the answers would replace.", remedy
        remedy = "Give the answers another name: into='summary'" if self.is_text else "Rename it in the data first."
        return f"The data already has a column '{self.column}', which the answers would replace.", remedy


@reason
class NoRows(BatchError):
    """The data is empty."""

    def lines(self) -> Lines:
        return "The data has no rows.", NOT_SENT


@reason
class NoData(BatchError):
    """What was given is neither a table nor rows."""

    found: str

    def lines(self) -> Lines:
        return (
            f"Data is a pandas or polars table, or rows that are texts or dictionaries, and not {self.found}.",
            NOT_SENT,
        )


@reason
class UnfitSchema(BatchError):
    """A schema cannot be read."""

    problem: str

    def lines(self) -> Lines:
        return (
            f"The schema cannot be read: {clause(self.problem)}.",
            "Write {'label': ['positive', 'negative'], 'score': float}, a JSON Schema, or a pydantic model.",
        )


@reason
class PackageMissing(BatchError):
    """A package of an extra is not installed."""

    what_for: str
    package: str
    extra: str

    def lines(self) -> Lines:
        return f"{self.what_for} needs {self.package}, not installed here.", f"Run {pip(f'aiconn-nb[{self.extra}]')}"


@reason
class PriceUnknown(BatchError):
    """A budget is given, and the price of a model is not known."""

    model: str
    alias: str

    def lines(self) -> Lines:
        return (
            f"The price of {self.model} at {self.alias} is not known, so a budget cannot be kept.",
            "Leave the budget out, or name a model whose price is known.",
        )


@reason
class NoLongestAnswer(BatchError):
    """A budget is given, and the longest answer is not."""

    def lines(self) -> Lines:
        return (
            "A budget needs the longest answer, which is reserved for each row.",
            "Add --max-tokens N (max_tokens=N).",
        )


@reason
class BadNumber(CommandError):
    """A number of rows, requests or dollars that is none."""

    name: str
    wanted: str

    def lines(self) -> Lines:
        return f"{self.name} must be {self.wanted}.", NOT_SENT


@reason
class KeyInPrompt(CommandError):
    """A prompt contains a key that is known here."""

    words: str
    """Whose it is, such as ``the api_key of openai-dev``."""

    def lines(self) -> Lines:
        return f"The prompt holds {self.words}.", f"Leave it out. {NOT_SENT}"


@reason
class NothingToMap(CommandError):
    """A line without a profile, data or prompt."""

    missing: str

    def lines(self) -> Lines:
        return f"The {self.missing} is missing.", command('map PROFILE DATA "Summarize: {column}"')


@reason
class NotInNotebook(CommandError):
    """No value of the notebook has this name."""

    name: str
    names: tuple[str, ...] = ()

    def lines(self) -> Lines:
        hint = did_you_mean(self.name, self.names) or "Name a table, or a list of rows."
        return f"There is no {self.name} in the notebook.", hint


@reason
class NoDataFile(CommandError):
    """A terminal's data, or where its answers go, is no file that is read or written here."""

    name: str
    kinds: tuple[str, ...]
    problem: str = ""

    def lines(self) -> Lines:
        problem = self.problem or "is no file of rows"
        return (
            f"{self.name} {problem}.",
            f"In a terminal data are files whose names end with {' or '.join(self.kinds)}.",
        )


@reason
class TableNotWritten(CommandError):
    """A terminal's file for the answers cannot be written."""

    path: str
    problem: str = ""
    """'' where there is a file already."""
    is_answered: bool = False
    """Whether the rows were asked before that was seen."""

    def lines(self) -> Lines:
        problem = clause(self.problem or "there is a file already")
        remedy = "Name another file" if self.problem else "Name another file, or add --yes"
        if self.is_answered:
            return f"{self.path} was not written: {problem}.", f"{remedy}. The answers are on stdout."
        return f"{self.path} cannot be written: {problem}.", f"{remedy}. {NOT_SENT}"


@fields
class JournalUnusable(BatchError):
    """A journal cannot be used. It is left as it is."""

    place: str
    problem: str
    """``is damaged``, ``was written with other settings``, ``cannot be written``."""

    def lines(self) -> Lines:
        return (
            f"The journal {self.place} {self.problem}.",
            f"Move it away, go on without one (--no-journal), or delete all: {command('map --forget')}",
        )


@fields
class BatchStopped(AiconnError):
    """A prompt over a dataset was stopped by its errors; ``cause`` is the last of them. What was answered is kept."""

    answered: int
    cause: AiconnError
    is_kept: bool = True
    """Whether the journal has the answers."""

    def lines(self) -> Lines:
        kept = " The same line continues where it stopped." if self.is_kept else ""
        return f"Stopped after {self.answered:,} answers: {self.cause.what}", f"{self.cause.hint}{kept}".strip()
