"""Sharing without keys: export, import, and which host a key may go to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aiconn_nb.model.connection import Connection
from aiconn_nb.session.done import Done
from aiconn_nb.session.verb import Arg, verb

from ..connections import editing
from ..core import Core
from ..trust import trust_given
from ..trust.trust import Question, untrusted

if TYPE_CHECKING:
    # Bundles are imported by the verbs that make or read one: a list is to be quick.
    from .bundle import Bundle
    from .bundle_plan import ImportPlan


class SharingVerbs(Core):
    """The verbs on bundles and on trust."""

    def untrusted(self, alias: str) -> Question | None:
        """What a connection would send, in the current environment, to a host that it was not allowed for; None where nothing."""
        return untrusted(self._context, self.get(alias))

    def trust_question(
        self, alias: str | None, provider: str, settings: editing.Given | None, *, name: str = ""
    ) -> Question | None:
        """What has to be asked before these settings are saved over those of ``alias`` (None: as a new connection).

        Its `Question.answers` are what `create` and `edit` take as a yes. Raises `InvalidConnection` for what could not be saved.
        """
        taken, settings = editing.take(settings), None
        if alias is not None and not taken:
            return None  # a name or a switch sends nothing, and can be changed without the provider as well
        made = editing.draft(self._context, name or alias or "it", provider, kept_from=alias, settings=taken)
        snapshot = self._context.store.read()
        before: Connection | None = None if alias is None else snapshot.connection(alias)
        return trust_given.question_about(self._context, snapshot, made, before)

    @verb(
        "trust",
        "let a connection send its key to the host that it leads to now",
        examples=("trust gateway", "trust gateway --yes"),
        inner=("answers",),
        alias=Arg("the connection", completes="alias"),
    )
    def trust(self, alias: str, *, answers: Sequence[str] | None = None) -> Done:
        """Allow a connection to send what it would send to the host that it leads to in the current environment.

        What is remembered is (reference or sealed field, host): another connection with the same reference may send it there too.
        ``answers`` are those of the `untrusted` question that somebody said yes to. Raises `UntrustedHost` where the host cannot be
        told, or is no longer the one that was asked about.
        """
        with self._context.store.change() as change:
            connection = change.connection(alias)
            question = trust_given.allow(self._context, change, connection, None if answers is None else tuple(answers))
        if question is None:
            return Done(
                f"There is nothing to allow: in {self.current_environment}, {connection.alias} sends no key, "
                "or only to a host that may have it.",
                (connection.alias,),
            )
        if not question.host or (answers is not None and tuple(answers) != question.answers):
            raise question.error()
        allowed = " and ".join(each.words for each in question.sent)
        return Done(f"{connection.alias} may send {allowed} to {question.host}.", (connection.alias,))

    @verb(
        "export",
        "a bundle of connections to give away: references and what is not secret, never a key",
        details="It says what is left out, and which configuration keys the receiver needs.",
        examples=("export", "export openai-dev gateway -o course.json"),
        aliases=Arg("the connections; all if none is named", name="alias", completes="alias"),
        to=Arg("the file to write it to", name="-o", metavar="FILE"),
        profiles=Arg(
            "with the profiles that use them", off="--no-profiles", off_help="without the profiles that use them"
        ),
        overwrite=Arg("overwrite the file if there is one", name="--yes"),
    )
    def export(
        self,
        *aliases: str,
        profiles: bool = True,
        to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> Bundle:
        """A bundle of these connections, of all without a name, to give away: references and what is not sensitive, never a key.

        With the profiles that use them. ``to`` names the file to write it to. Raises `ConnectionNotFound`, `BundleError`.
        """
        from .bundle import export

        bundle = export(self._context, aliases, profiles=profiles)
        return bundle if to is None else bundle.write(to, overwrite=overwrite)

    def plan_import(self, path: str | os.PathLike[str], *, rename: Mapping[str, str] | None = None) -> ImportPlan:
        """What a bundle would do here: new, changed by field, clashing, refused, and what is still missing. Nothing is saved.

        ``rename`` takes connections and profiles in under other aliases. Raises `BundleError` for what is no bundle.
        """
        from .bundle_plan import plan

        return plan(self._context, path, rename or {})

    def apply_import(self, plan: ImportPlan) -> Done:
        """Do what was planned, all of it in one transaction; what clashes or is refused is left out, and said.

        No key of this machine goes to a host that comes with the bundle, until `trust` allows it. Raises `BundleError` where the
        plan no longer holds.
        """
        from .bundle_plan import apply

        with self._telling_of_clients() as stale:
            done = apply(self._context, plan)
        return replace(done, warnings=(*done.warnings, *stale))

    @verb(
        "import",
        "take in a bundle, after a look at what it would do",
        details="It overwrites no key.",
        examples=("import course.json --dry-run", "import course.json --rename gateway=gateway-2"),
        path=Arg("the bundle", name="file"),
        dry_run=Arg("only look"),
        rename=Arg("take something in under another alias, where its own is taken", metavar="OLD=NEW", is_list=True),
        yes=Arg("do not ask"),
    )
    def import_bundle(
        self,
        path: str | os.PathLike[str],
        *,
        dry_run: bool | None = None,
        rename: Mapping[str, str] | None = None,
        yes: bool = False,
    ) -> ImportPlan | Done:
        """Look at a bundle, and with ``yes`` take it in. Without it the answer is the plan, and nothing is saved.

        ``rename`` takes connections and profiles in under other aliases. ``dry_run=True`` only looks, whatever else is said;
        ``dry_run=False`` says the same as ``yes=True``. Raises `BundleError` for what is no bundle.

        For example: ``import_bundle("course.json")`` shows the plan, ``import_bundle("course.json", yes=True)`` carries it out.
        """
        plan = self.plan_import(path, rename=rename)
        if dry_run is False or (yes and not dry_run):
            return self.apply_import(plan)
        if dry_run or not plan.changes_something:
            return plan
        return replace(plan, next_step="Nothing was imported: import_bundle(..., yes=True) takes it in.")
