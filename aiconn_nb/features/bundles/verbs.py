"""Exporting and importing connections and profiles, never a key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from json import dumps
from typing import TYPE_CHECKING

from aiconn_nb.features.arguments import path_in, texts_by_name
from aiconn_nb.features.core import Core
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # The verbs import the bundle modules when they need them: a list must be fast.
    from .bundle import Bundle
    from .bundle_plan import ImportPlan


class BundleVerbs(Core):
    """The verbs on bundles."""

    @verb(
        "export",
        "export connections to share: references and values that are not secret, never a key",
        details="The result lists what is left out, and which configuration keys the receiver needs.",
        examples=("export", "export openai-dev gateway -o course.json"),
        aliases=Arg("the connections; by default, all", name="alias", completes="alias"),
        to=Arg("the file to write", name="-o", metavar="FILE"),
        profiles=Arg(
            "include the profiles that use them", off="--no-profiles", off_help="leave out the profiles that use them"
        ),
        overwrite=Arg("overwrite an existing file", name="--yes"),
    )
    def export(
        self,
        *aliases: str,
        profiles: bool = True,
        to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> Bundle:
        """Return a bundle of connections to share: references and values that are not sensitive, never a key.

        Args:
            aliases: The connections; by default, all.
            profiles: Whether to include the profiles that use them.
            to: The file to write; None writes no file.
            overwrite: Whether to replace an existing file.

        Returns:
            The bundle: ``text`` is the content of a file, ``left_out`` says what is left out and why.

        Raises:
            ConnectionNotFound: No connection has one of the aliases.
            BundleError: The file cannot be written, or exists already.

        Example::

            aiconn_nb.export("openai-dev", to="course.json")
        """
        from .bundle import export

        bundle = export(self._context, aliases, profiles=profiles)
        return bundle if to is None else bundle.write(path_in("to", to), overwrite=overwrite)

    def plan_import(self, path: str | os.PathLike[str], *, rename: Mapping[str, str] | None = None) -> ImportPlan:
        """Plan the import of a bundle: new, changed, clashing and refused entries, and missing keys. Nothing is saved.

        ``rename`` imports connections and profiles under other aliases. Raises `BundleError` for a file that is no bundle.
        """
        from .bundle_plan import plan

        return plan(self._context, path_in("path", path), texts_by_name("rename", rename or {}))

    def apply_import(self, plan: ImportPlan) -> Done:
        """Carry out the plan, all of it in one transaction. Entries that clash or are refused are left out and named.

        No key of this machine goes to a host from the bundle until `trust` allows it. Raises `BundleError` if the plan is out of
        date.
        """
        from .bundle_plan import apply

        with self._telling_of_clients() as stale:
            done = apply(self._context, plan)
        return replace(done, warnings=(*done.warnings, *stale))

    @verb(
        "import",
        "import a bundle, after showing what it would do",
        details="It overwrites no key.",
        examples=("import course.json --dry-run", "import course.json --rename gateway=gateway-2"),
        path=Arg("the bundle", name="file"),
        dry_run=Arg("only show the plan"),
        rename=Arg("import an entry under another alias", metavar="OLD=NEW", is_list=True),
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
        """Plan the import of a bundle, and with ``yes`` import it, all in one transaction. Without ``yes`` nothing is saved.

        An import overwrites no key. No key of this machine goes to a host from the bundle until `trust` allows it.

        Args:
            path: The file.
            dry_run: True only plans, whatever ``yes`` says; False means the same as ``yes=True``.
            rename: Alias in the bundle -> alias here, for an alias that is taken.
            yes: Whether to carry out the import.

        Returns:
            The plan: new, changed, clashing and refused entries. After an import, also what was done.

        Raises:
            BundleError: The file cannot be read or is no bundle, or the store changed between the plan and the import.
            CommandError: ``rename`` names an alias that is not in the bundle, or gives two entries the same alias.

        Example::

            aiconn_nb.import_bundle("course.json")
            aiconn_nb.import_bundle("course.json", yes=True)
        """
        plan = self.plan_import(path, rename=rename)
        if dry_run is False or (yes and not dry_run):
            return self.apply_import(plan)
        if dry_run or not plan.changes_something:
            return plan
        given = [dumps(plan.source), *([f"rename={dumps(dict(rename))}"] if rename else []), "yes=True"]
        return replace(plan, next_step=f"Nothing was imported: aiconn_nb.import_bundle({', '.join(given)}) imports it.")
