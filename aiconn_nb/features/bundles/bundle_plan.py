"""The plan of an import: what it would do, before it is done."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiconn_nb.config.environment import is_configuration_file
from aiconn_nb.errors import BadNewAlias, BundleError, BundleOutdated, ConfigurationAsBundle, NotInBundle, TwinsInBundle
from aiconn_nb.model.connection import alias_problem
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.place import shown
from aiconn_nb.session.context import Context
from aiconn_nb.session.results import Done, Result
from aiconn_nb.store.change import Change

from .bundle_file import read_bundle
from .bundle_import import Merged, merge, needed_keys
from .bundle_layout import Offer, offer_from


@dataclass(frozen=True, slots=True, repr=False)
class ImportPlan(Result):
    """What an import would change here."""

    source: str
    offer: Offer
    rows: tuple[Merged, ...]
    missing_keys: tuple[str, ...] = ()
    """Configuration keys without a value in the current environment, each with what needs it."""
    environment: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    next_step: str = ""
    """How to import it, if the caller may have expected an import instead of a plan."""

    @property
    def changes_something(self) -> bool:
        """Whether anything is new or changed."""
        return any(row.state in ("new", "changed") for row in self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """What remains to do after the import."""
        return (
            *(f"{row.alias} needs {', '.join(row.missing)}: {command('edit', row.alias, '--prompt', *row.missing)}"
              for row in self.rows if row.missing),
            *([f"Keys still missing in {self.environment}: {', '.join(self.missing_keys)}."] if self.missing_keys else []),
            *(f"untrusted host: {row.alias} {row.untrusted}. '{command('trust', row.alias)}' allows it, "
              "if this is the host that you mean."
              for row in self.rows if row.untrusted),
        )  # fmt: skip

    def data(self) -> Any:
        return {
            "source": self.source,
            "environment": self.environment,
            "entries": [
                {
                    "kind": row.kind,
                    "alias": row.alias,
                    "state": row.state,
                    "reason": row.reason,
                    "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in row.changes],
                    "kept": [{"field": c.field, "here": c.before, "in_bundle": c.after} for c in row.kept],
                    "to_be_supplied": list(row.missing),
                    "untrusted_host": row.untrusted or None,
                    "host": row.host or None,
                    "host_depends_on": list(row.host_depends_on),
                    "references": dict(row.references),
                    "model": row.model or None,
                    "system": row.system or None,
                    "options": dict(row.options),
                    "tags": list(row.tags),
                    "becomes_default": row.becomes_default,
                }
                for row in self.rows
            ],
            "missing_keys": list(self.missing_keys),
        }


def plan(context: Context, path: str | os.PathLike[str], renamed: Mapping[str, str]) -> ImportPlan:
    """Read a bundle and plan its import; nothing is saved. Raises `BundleError`, `CommandError`."""
    offer = _offer_in(path)
    _check_names(offer, renamed)
    # A change that is never written needs no lock, so a plan also works for a read-only store.
    change = Change(context.store.read(), context.store.author)
    rows = merge(context, change, offer, renamed)
    keys: dict[str, list[str]] = {}
    for written, user in needed_keys(context, change, rows):
        keys.setdefault(written, []).append(user)
    missing = tuple(f"{written} ({', '.join(users)})" for written, users in keys.items())
    source = shown(os.path.abspath(os.path.expanduser(path)))
    return ImportPlan(source, offer, rows, missing, context.environment, dict(renamed))


def _offer_in(path: str | os.PathLike[str]) -> Offer:
    """Return the entries of a file. Raises `BundleError`, which says so if the file is a configuration file instead."""
    file = os.path.abspath(os.path.expanduser(path))
    try:
        return offer_from(read_bundle(path))
    except BundleError:
        if not (is_configuration_file(os.path.basename(file)) and os.path.lexists(file)):
            raise
    raise ConfigurationAsBundle(path=shown(file))


def apply(context: Context, plan: ImportPlan) -> Done:
    """Carry out the plan, in one transaction. Raises `BundleError` if the import would now differ from the plan."""
    with context.store.change() as change:
        rows = merge(context, change, plan.offer, plan.renamed)
        if rows != plan.rows:
            raise BundleOutdated(path=plan.source)
    done = [f"{word}: {', '.join(aliases)}" for word in ("new", "changed") if (aliases := _aliases(rows, word))]
    stay = [f"{row.alias} keeps its own {', '.join(each.field for each in row.kept)}." for row in rows if row.kept]
    left = [row for row in rows if not row.is_merged]
    # With ``yes`` the plan is not shown.
    differ = [
        f"{row.alias}: {each.field}: {each.before} → {each.after}."
        for row in rows
        if row.state == "changed"
        for each in row.changes
    ]
    return Done(
        f"Imported {plan.source}: {'; '.join(done)}." if done else f"{plan.source} has nothing new.",
        tuple(row.alias for row in rows if row.kind == "connection" and row.state in ("new", "changed")),
        (*(f"not imported: {row.alias}, {row.state}: {row.reason}." for row in left), *differ, *stay, *plan.notes),
    )


def _aliases(rows: Sequence[Merged], state: str) -> list[str]:
    return [row.alias if row.kind == "connection" else f"profile {row.alias}" for row in rows if row.state == state]


def _check_names(offer: Offer, renamed: Mapping[str, str]) -> None:
    connections, profiles = [each.alias for each in offer.connections], [each.alias for each in offer.profiles]
    known = [*connections, *profiles]
    for old, new in renamed.items():
        if old not in known:
            raise NotInBundle(alias=old, nearest=nearest(old, known))
        if problem := alias_problem(new):
            raise BadNewAlias(alias=old, problem=problem)
    for offered in (connections, profiles):
        aliases = [renamed.get(alias, alias) for alias in offered]
        if len(set(aliases)) != len(aliases):
            raise TwinsInBundle
