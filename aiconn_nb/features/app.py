"""The session: every verb of aiconn_nb, one method each. The user interfaces call it; nothing below imports it."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError, Missing, NotFound
from aiconn_nb.model.frames import takes_its_arguments, verbs_leave_no_locals
from aiconn_nb.model.place import tilde
from aiconn_nb.session.context import Context
from aiconn_nb.session.noted_results import verbs_show_notes

from .adapters.verbs import AdapterVerbs
from .arguments import path_in
from .asking.verbs import AskingVerbs
from .batch.verbs import BatchVerbs
from .bundles.verbs import BundleVerbs
from .catalog.verbs import CatalogVerbs
from .checks.verbs import CheckVerbs
from .connections.verbs import ConnectionVerbs
from .discovery.verbs import DiscoveryVerbs
from .doctor.verbs import DoctorVerbs
from .environments.verbs import EnvironmentVerbs
from .profiles.verbs import ProfileVerbs
from .requirements.verbs import RequirementVerbs
from .rotation.verbs import RotationVerbs
from .scan.verbs import ScanVerbs
from .secrets.verbs import SecretVerbs
from .trust.verbs import TrustVerbs
from .usage.verbs import UsageVerbs
from .use.verbs import UseVerbs

if TYPE_CHECKING:
    from aiconn_nb.providers.plug_ins.registry import Registry


def _mask_and_complete(session: Session, error: AiconnError) -> None:
    """Mask known keys in a verb's error, and name the project file if that declares the missing alias."""
    session.mask_known_keys(error)
    if isinstance(error, NotFound) and error.why is Missing.NO_SUCH_ALIAS:
        from .requirements import project_file_with

        error.declared_in = project_file_with(error.sought, error.alias)


@verbs_leave_no_locals(_mask_and_complete)
@verbs_show_notes
class Session(
    ConnectionVerbs,
    UseVerbs,
    CheckVerbs,
    RotationVerbs,
    TrustVerbs,
    SecretVerbs,
    EnvironmentVerbs,
    CatalogVerbs,
    ProfileVerbs,
    AskingVerbs,
    AdapterVerbs,
    BatchVerbs,
    UsageVerbs,
    BundleVerbs,
    RequirementVerbs,
    DiscoveryVerbs,
    DoctorVerbs,
    ScanVerbs,
):
    """Connections, their configuration, and the connection in use here.

    Each kernel has its own session (`kernel_session`); all share the store. Every error is an `AiconnError`.

    Args:
        home: The folder of the store; by default, that of ``AICONN_HOME``.
        config_home: The folder of the master key and the user secrets; by default, that of ``AICONN_CONFIG_HOME``.
        config_root: The folder of the settings files; by default, that of ``AICONN_CONFIG_ROOT``, or the nearest one that has them.
        environment: The environment; by default, that of ``AICONN_ENVIRONMENT`` or the .NET variables.
        environ: The environment variables; by default, those of the process.
        registry: The providers; by default, the installed ones.

    Example::

        session = aiconn_nb.Session(home="store", config_home="keys")
    """

    # A tracing tool sends the arguments of a function to its server: those of a class with slots by their names, and those of any
    # other class with all that it holds, down to the stored connections and this process's variables.
    __slots__ = ()

    @partial(takes_its_arguments, name="Session")
    def __init__(
        self,
        *,
        home: str | os.PathLike[str] | None = None,
        config_home: str | os.PathLike[str] | None = None,
        config_root: str | os.PathLike[str] | None = None,
        environment: str | None = None,
        environ: MutableMapping[str, str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        def path(name: str, place: str | os.PathLike[str] | None) -> Path | None:
            return None if place is None else path_in(name, place, "folder")

        self._context = Context(
            home=path("home", home),
            config_home=path("config_home", config_home),
            config_root=path("config_root", config_root),
            environment=environment,
            environ=environ,
            registry=registry,
        )
        self._in_use = None

    def __repr__(self) -> str:
        try:
            environment = repr(self._context.environment)
        except AiconnError:
            environment = "unusable"
        return f"<aiconn_nb.Session store={tilde(self._context.home)!r} environment={environment}>"

    def close(self) -> None:
        """Restore exported variables and write the usage. Nothing of this session is in use or written afterwards."""
        self._exports.restore()
        if (meter := vars(self).get("_meter")) is not None:
            meter.save()
            meter.file.close()


_HERE: dict[str, Session] = {}


def kernel_session() -> Session:
    """Return the session of this process, which the magics and the functions of ``aiconn_nb`` share.

    Example::

        aiconn_nb.kernel_session().aliases()
    """
    made = _HERE.get("session")
    # One atomic step: all threads use the session that was created first.
    return _HERE.setdefault("session", Session()) if made is None else made


kernel_session.cache_clear = _HERE.clear  # type: ignore[attr-defined]
