"""One run of a prompt over a dataset, from the data to the table with the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import KeyInPrompt, KnownKeyGiven, NoLongestAnswer
from aiconn_nb.features.asking import Shape
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.moment import iso
from aiconn_nb.model.place import tilde
from aiconn_nb.session.background import run as in_background

from .engine import Engine, Job
from .journal import opened
from .results import Mapped, Progress
from .running import RunOptions, RunParts
from .tables import Table, require_free
from .template import Template

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest


@dataclass(frozen=True, kw_only=True)
class Options(RunOptions):
    """The options of a run; see `BatchVerbs.map`."""

    into: str
    limit: int | None = None
    raises: bool = False


@dataclass(frozen=True, kw_only=True)
class Parts(RunParts):
    """The parts of a session that a run uses."""

    request: ChatRequest
    """Without the prompt."""
    account_of: Callable[[Connection], Account]
    masked: Callable[[str], str]
    """Masks the known keys in an answer."""


class Run:
    """A run. Raises before anything is sent if the data, template, schema, budget or journal is invalid."""

    def __init__(self, parts: Parts, table: Table, template: str, schema: Any, options: Options) -> None:
        self._parts = parts
        self._options = options
        self.shape = Shape(schema, options.into)
        self._table = table
        require_free(self._table, self.shape.columns, options.into)
        self._require_no_key(template)
        self._written, self._started = template, now()
        self.template = Template(template, self._table.fillable)
        self._filled: Any = None
        if options.budget is not None:  # it is enforced by the longest answer and the price
            if parts.request.max_tokens is None:
                raise NoLongestAnswer
            parts.require_prices(parts.account_of)
        self._journal = opened(options.journal, parts.home, self._settings, is_spread=options.is_spread)
        rows = table.rows(self.template.columns, options.limit)
        self._engine = Engine(self._job(), rows, self.total)

    @property
    def mapped(self) -> Mapped:
        """The result so far."""
        limited = self._options.limit is not None
        return Mapped(
            target=self._parts.target.label,
            progress=self._engine.progress,
            # A failed journal lacks answers; its note names it.
            journal=tilde(self._journal.place) if self._journal and not self._journal.note else "",
            is_journal_new=self._journal is not None and self._journal.is_new,
            rows=self._table.count if limited else None,
            ending=self._engine.ending,
            seconds_per_row=self._engine.seconds_per_row(self._options.at_once) if limited else None,
            notes=(*self._engine.notes, *(self._journal.notes if self._journal else ()), *self._parts.target.notes),
            request=self.request,
            table=self._filled,
        )

    @property
    def request(self) -> Mapping[str, Any]:
        """The prompt, models, options and start of the run, in a form that can be saved as JSON."""
        target, request = self._parts.target, self._parts.request
        options = {
            "system": request.system,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            **request.options,
        }
        return {
            "started": iso(self._started),
            "prompt": self._written,
            "models": [
                {"connection": each.alias, "provider": each.provider, "model": target.model_for(each)}
                for each in target.connections
            ],
            "options": {key: value for key, value in options.items() if value is not None},
            "schema": self.shape.schema,
        }

    def table(self, on_progress: Callable[[Progress], None] | None) -> Any:
        """Ask for all rows, and return the data with the answers."""
        try:
            self._ask(on_progress)
        except BaseException:
            self._engine.fail_the_rest()
            with suppress(Exception):  # the caller must see what stopped the run, not a second failure
                self._filled = self._with_answers()
            raise
        self._filled = self._with_answers()
        return self._filled

    def _with_answers(self) -> Any:
        answers = self._engine.answers
        return self._table.with_columns(answers.take(), len(answers), self.shape.dtypes)

    def columns(self, on_progress: Callable[[Progress], None] | None) -> Mapping[str, Sequence[Any]]:
        """Ask for all rows; returns the columns of the answers."""
        self._ask(on_progress)
        return {name: list(values) for name, values in self._engine.answers.take()}

    def _ask(self, on_progress: Callable[[Progress], None] | None) -> None:
        engine = self._engine
        try:
            in_background(engine.run(), lambda: on_progress(engine.progress) if on_progress else None, engine.caller)
        finally:
            engine.end()
            if self._journal is not None:
                self._journal.close()
        if on_progress is not None:
            on_progress(engine.progress)

    @property
    def has_ended(self) -> bool:
        """Whether all rows are done, or the run was stopped."""
        return self._engine.has_ended

    @property
    def total(self) -> int | None:
        """How many rows are asked; None if the count is unknown until the end."""
        counts = [each for each in (self._table.count, self._options.limit) if each is not None]
        return min(counts) if self._table.count is not None else None

    def _job(self) -> Job:
        parts, options = self._parts, self._options
        return Job(
            parts=parts,
            template=self.template,
            shape=self.shape,
            sender=parts.sender(options),
            most=options.at_once if self.total is None else min(options.at_once, max(1, self.total)),
            journal=self._journal,
            raises=options.raises,
        )

    def _require_no_key(self, template: str) -> None:
        request, key_in = self._parts.request, self._parts.key_in
        for text in (template, request.system or ""):
            if whose := key_in(text):
                raise KeyInPrompt(words=whose)
        for text in (request.model, str(self.shape.schema or ""), *map(str, request.options.values())):
            if whose := key_in(text):
                raise KnownKeyGiven(whose=whose)

    @property
    def _settings(self) -> str:
        """A digest of everything an answer depends on besides the row: connections, model, options, schema; not their names."""
        request = asdict(self._parts.request)
        del request["messages"]
        about = {**request, "whom": self._whom, "models": self._parts.target.models, "schema": self.shape.schema}
        return sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def _whom(self) -> Sequence[str]:
        """The connections of the profile, including inactive ones."""
        target = self._parts.target
        return target.profile.connections if target.profile else [each.id for each in target.connections]
