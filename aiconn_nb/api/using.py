"""A connection in use: its client, its variables, its test, where its settings come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiconn_nb.model.profile import Capability
from aiconn_nb.session import kernel_session
from aiconn_nb.session.connections.editing import NewKey, take_key

if TYPE_CHECKING:
    from aiconn_nb.session.connections.answers import Explanation
    from aiconn_nb.session.connections.rotating import Rotated
    from aiconn_nb.session.connections.tested import Tests
    from aiconn_nb.session.connections.using import Models, Using
    from aiconn_nb.session.surroundings import Environments, SecretKeys


def use(alias: str | None, *, export: bool = False) -> Using:
    """Make a connection this kernel's current one, None for none; see `Session.use`."""
    session = kernel_session()
    return session.use_none() if alias is None else session.use(alias, export=export)


def client(alias: str | None = None) -> Any:
    """The SDK client of a connection, the current one by default; see `Session.client`."""
    return kernel_session().client(alias)


@contextmanager
def environ(alias: str | None = None) -> Iterator[None]:
    """Export a connection's variables for a ``with`` block; see `Session.environ`."""
    with kernel_session().environ(alias):
        yield


def test(*aliases: str, all: bool = False, model: str | None = None) -> Tests:
    """Test connections; see `Session.test`."""
    return kernel_session().test(*aliases, all=all, model=model)


def models(alias: str | None = None, *, capability: Capability | str | None = None) -> Models:
    """The live list of models; see `Session.models`."""
    return kernel_session().models(alias, capability=capability)


def environment(name: str | None = None) -> Environments:
    """The environments; with a name, switch to it first; see `Session.environment`."""
    return kernel_session().environment(name)


def explain(alias: str | None = None, *, environment: str | None = None) -> Explanation:
    """Where each setting comes from; see `Session.explain`."""
    return kernel_session().explain(alias, environment=environment)


def resolve(reference: str, *, environment: str | None = None) -> Explanation:
    """Where one reference comes from; its value is not shown. See `Session.resolve`."""
    return kernel_session().resolve(reference, environment=environment)


def secrets() -> SecretKeys:
    """The keys of the user secrets, never a value; see `Session.secrets`."""
    return kernel_session().secrets()


def rotate(
    alias: str,
    new: NewKey = None,
    *,
    to: str | Mapping[str, str] | None = None,
    field: str | None = None,
    model: str | None = None,
    all: bool = False,
) -> Rotated:
    """Replace a key by a new one, once the connection has passed its test with it; see `Session.rotate`."""
    taken, new = take_key(new), None  # so that no frame of a traceback shows what was given
    return kernel_session().rotate(alias, taken, to=to, field=field, model=model, all=all)
