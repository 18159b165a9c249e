"""One run of a prompt over a dataset, from the data to the table with the answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import BadNumber, JournalUnusable, KeyInPrompt, NoLongestAnswer, PriceUnknown
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.place import tilde
from aiconn_nb.session.background import run as in_background

from .engine import Engine, Job
from .gate import Gate
from .journal import DAYS, Journal, forget, place_of
from .money import Budget, Price, Purse
from .results import Mapped, Progress
from .schema import Shape
from .tables import require_free, table_of
from .template import Template

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Target, Turns
    from aiconn_nb.features.usage import Tally
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest


@dataclass(frozen=True)
class Options:
    """How it is run; see `BatchVerbs.map`."""

    into: str
    at_once: int
    limit: int | None = None
    budget: float | None = None
    purse: Purse | None = None
    journal: bool | str | os.PathLike[str] | None = True
    raises: bool = False


@dataclass(frozen=True)
class Parts:
    """What a run takes of a session."""

    home: Path
    target: Target
    request: ChatRequest
    account_of: Callable[[Connection], Account]
    gates: dict[str, Gate]
    key_in: Callable[[str], str]
    masked: Callable[[str], str]
    turns: Turns
    tally: Tally


class Run:
    """A run. Raises before anything is sent where the data, the template, the schema, the budget or the journal does not fit."""

    def __init__(self, parts: Parts, data: Any, template: str, schema: Any, options: Options) -> None:
        self._parts = parts
        self._options = options
        self._shape = Shape(schema, options.into)
        self._table = table_of(data)
        require_free(self._table, self._shape.columns, options.into)
        self._require_no_key(template)
        self._template = Template(template, self._table.columns)
        self._prices: dict[tuple[str, str], Price] = {}
        if options.budget is not None:
            self._require_priced()
        self._journal = self._opened()
        rows = self._table.rows(self._template.columns, options.limit)
        self._engine = Engine(self._job(), rows, self._total)

    @property
    def mapped(self) -> Mapped:
        """What has become of it so far."""
        limited = self._options.limit is not None
        return Mapped(
            target=self._parts.target.label,
            progress=self._engine.progress,
            journal=tilde(self._journal.place) if self._journal else "",
            is_journal_new=self._journal is not None and self._journal.is_new,
            rows=self._table.count if limited else None,
            ending=self._engine.ending,
            notes=(*self._engine.notes, *self._lost, *self._parts.target.notes),
        )

    def table(self, on_progress: Callable[[Progress], None] | None) -> Any:
        """Ask about all rows, and answer the data with the answers."""
        engine = self._engine
        try:
            in_background(engine.run(), lambda: on_progress(engine.progress) if on_progress else None)
        finally:
            engine.end()
            if self._journal is not None:
                self._journal.close()
        if on_progress is not None:
            on_progress(engine.progress)
        return self._table.with_columns(engine.answers.table(), len(engine.answers))

    @property
    def _total(self) -> int | None:
        counts = [each for each in (self._table.count, self._options.limit) if each is not None]
        return min(counts) if self._table.count is not None else None

    def _job(self) -> Job:
        parts, options = self._parts, self._options
        return Job(
            target=parts.target,
            request=parts.request,
            template=self._template,
            shape=self._shape,
            account_of=parts.account_of,
            gate_of=self._gate_of,
            price_of=self._price_of,
            key_in=parts.key_in,
            masked=parts.masked,
            turns=parts.turns,
            tally=parts.tally,
            most=options.at_once if self._total is None else min(options.at_once, max(1, self._total)),
            journal=self._journal,
            budget=None if options.budget is None else Budget(options.budget, options.purse),
            raises=options.raises,
        )

    def _gate_of(self, connection: Connection) -> Gate:
        gate = self._parts.gates.setdefault(connection.id, Gate(self._options.at_once))
        gate.most = self._options.at_once
        gate.limit = min(gate.limit, gate.most)
        return gate

    def _price_of(self, account: Account, model: str) -> Price:
        price = self._prices.get((account.label, model))
        if price is None:
            is_free = account.provider.is_free or bool(getattr(account.provider, "is_local", False))
            price = self._prices[account.label, model] = Price(model, account.endpoint, is_free=is_free)
        return price

    def _require_priced(self) -> None:
        """Raise where a budget could not be kept."""
        if self._parts.request.max_tokens is None:
            raise NoLongestAnswer
        for connection in self._parts.target.connections:
            model = self._parts.target.model_for(connection)
            if not self._price_of(self._parts.account_of(connection), model).is_known:
                raise PriceUnknown(model=model, alias=connection.alias)

    def _require_no_key(self, template: str) -> None:
        for text in (template, self._parts.request.system or ""):
            if whose := self._parts.key_in(text):
                raise KeyInPrompt(words=whose)

    @property
    def _lost(self) -> Sequence[str]:
        return [self._journal.note] if self._journal is not None and self._journal.note else []

    def _opened(self) -> Journal | None:
        where = self._options.journal
        if where is None or where is False:
            return None
        if where is True:
            forget(self._parts.home, DAYS)
            return Journal(place_of(self._parts.home, self._settings), self._settings)
        if not where or not isinstance(where, str | os.PathLike):
            raise BadNumber(name="journal", wanted="True, False, or the path of a file")
        try:
            place = Path(where).expanduser()
        except (RuntimeError, TypeError) as error:  # there is no such user; a path of bytes
            raise JournalUnusable(place=str(where), problem=f"cannot be used ({error})") from None
        return Journal(place, self._settings)

    @property
    def _settings(self) -> str:
        """A digest of all that an answer depends on but the row: connections, model, options, schema. A rename changes nothing."""
        request = asdict(self._parts.request)
        del request["messages"]
        about = {**request, "whom": self._whom, "models": self._parts.target.models, "schema": self._shape.schema}
        return sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def _whom(self) -> Sequence[str]:
        """The connections of the profile, also those that are switched off now."""
        target = self._parts.target
        return target.profile.connections if target.profile else [each.id for each in target.connections]
