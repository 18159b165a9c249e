"""Giving away, taking in, allowing a host, finding keys in notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiconn_nb.session import kernel_session

if TYPE_CHECKING:
    from aiconn_nb.session.answers import Done
    from aiconn_nb.session.scanning.scan import Scan
    from aiconn_nb.session.sharing.bundle import Bundle
    from aiconn_nb.session.sharing.bundle_plan import ImportPlan


def export(*aliases: str, profiles: bool = True, to: str | None = None, overwrite: bool = False) -> Bundle:
    """A bundle of connections to give away, without a key; see `Session.export`."""
    return kernel_session().export(*aliases, profiles=profiles, to=to, overwrite=overwrite)


def import_bundle(path: str, *, dry_run: bool = False, rename: Mapping[str, str] | None = None) -> ImportPlan | Done:
    """Take in a bundle; with ``dry_run`` only look at what it would do. See `Session.plan_import` and `Session.apply_import`."""
    session = kernel_session()
    plan = session.plan_import(path, rename=rename)
    return plan if dry_run else session.apply_import(plan)


def trust(alias: str) -> Done:
    """Let a connection send its key to the host that it leads to now; see `Session.trust`."""
    return kernel_session().trust(alias)


def scan(*notebooks: str, fix: bool = False) -> Scan:
    """Find keys in notebooks; see `Session.scan`."""
    return kernel_session().scan(*notebooks, fix=fix)
