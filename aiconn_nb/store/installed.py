"""The stores of other packages: the entry-point group ``aiconn_nb.stores``."""

from __future__ import annotations

from typing import Any, Final

from aiconn_nb import errors, plugins
from aiconn_nb.model.secret import redact

from .shared import SharedStore
from .store import Store

GROUP: Final = "aiconn_nb.stores"


def installed_store(name: str, own: Store) -> SharedStore:
    """The installed store with this name. ``own`` is the store of the user's home. Raises `StoreFailed`, and what it raises
    of ours."""
    found = next((each for each in plugins.entry_points(GROUP) if each.name == name), None)
    if found is None:
        raise errors.StoreFailed(store=name, problem="no installed package has it")
    try:
        made: Any = plugins.Caller().ask(lambda: found.load()(own.home), failure_of=_failure)
        problem = shape_problem(made)
    except plugins.PlugInFailed as failed:
        problem = str(failed)
    if problem:
        raise errors.StoreFailed(store=name, problem=problem)
    return SharedStore(made, own)


def _failure(error: BaseException) -> BaseException:
    return error if isinstance(error, errors.AiconnError) else plugins.failure(error)


def shape_problem(database: object) -> str:
    """Why an object is not a `StoreDatabase`, or ''."""
    name = getattr(database, "name", None)
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        return "it has no name"
    if redact(name) != name:
        return "its name has a password"
    return "" if callable(getattr(database, "unit", None)) else "it has no method unit"
