"""Building a framework's object from a target: one model for each of its connections. The first one answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError, FrameworkCannotCall, FrameworkFailed, FrameworkMissing
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.notices import note
from aiconn_nb.plugins import is_installed

from .adapter import Adapter, Model

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Target
    from aiconn_nb.model.connection import Connection
    from aiconn_nb.providers.account import Account


@leaves_no_locals
def build(adapter: Adapter, target: Target, capability: Capability, account_of: Callable[[Connection], Account]) -> Any:
    """Return the framework's object for a target.

    Raises the error of the first connection. Other unusable connections are left out, with a note.
    """
    first, *others = target.connections
    made = _made(adapter, _model(adapter, first, target, capability, account_of), capability)
    _note_what_is_left_out(adapter, target)
    if not others:
        return made
    fallbacks = []
    for connection in others:
        try:
            fallbacks.append(_made(adapter, _model(adapter, connection, target, capability, account_of), capability))
        except AiconnError as error:
            note(f"{connection.alias} is no fallback here: {error.what}")
    try:
        return adapter.with_fallbacks(made, fallbacks) if fallbacks else made
    except NotImplementedError:
        note(f"{adapter.name} has no fallbacks: only {first.alias} is called.")
        return made


def _model(
    adapter: Adapter,
    connection: Connection,
    target: Target,
    capability: Capability,
    account_of: Callable[[Connection], Account],
) -> Model:
    account = account_of(connection)
    access = account.access()
    if access is None or access.api not in adapter.packages:
        raise FrameworkCannotCall(
            framework=adapter.name,
            alias=connection.alias,
            capability=capability.value,
            provider=account.provider.name,
            apis=tuple(api.value for api in adapter.packages),
        )
    if not is_installed(adapter.modules[access.api]):
        raise FrameworkMissing(framework=adapter.name, package=adapter.packages[access.api])
    options = {name: value for name, value in target.options.items() if name in adapter.options}
    system = target.options.get("system") if adapter.takes_system else None
    return Model(
        connection.alias,
        account,
        access,
        target.model_for(connection),
        options,
        None if system is None else str(system),
    )


def _made(adapter: Adapter, model: Model, capability: Capability) -> Any:
    """Return the result of the adapter. An exception of the framework is dropped, because its frames contain the key."""
    raised: AiconnError
    try:
        return adapter.chat(model) if capability is Capability.CHAT else adapter.embedding(model)
    except AiconnError:
        raise
    except NotImplementedError:
        raised = FrameworkCannotCall(
            framework=adapter.name,
            alias=model.alias,
            capability=capability.value,
        )
    except Exception as error:
        raised = FrameworkFailed(
            framework=adapter.name,
            alias=model.alias,
            kind=type(error).__name__,
            problem=model.account.redacted(str(error).partition("\n")[0])[:200],
        )
    raise raised


def _note_what_is_left_out(adapter: Adapter, target: Target) -> None:
    names = [
        name
        for name in target.options
        if name not in adapter.options and not (name == "system" and adapter.takes_system)
    ]
    if names:
        note(f"{adapter.name} gets no {' and no '.join(names)} of {target.label}: give it with each call.")
