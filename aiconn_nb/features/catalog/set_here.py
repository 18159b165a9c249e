"""References for a provider's fields that already resolve here, as suggestions for forms and prompts."""

from __future__ import annotations

from collections.abc import Iterable

from aiconn_nb.features.environments import Resolving
from aiconn_nb.model.field import Field
from aiconn_nb.providers.base import Provider
from aiconn_nb.session.context import Context


def set_here(context: Context, providers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return, by provider and field, the usual reference if it resolves, else the first of the provider's set variables.

    A field that is displayed gets no secret. Broken or missing providers are left out.
    """
    resolving = Resolving(context.configuration())
    found: dict[str, dict[str, str]] = {}
    for id in providers:
        provider = context.registry.find(id)
        if provider is None:
            continue
        named = {field.key: _first(context, provider, field, resolving) for field in provider.fields}
        if any(named.values()):
            found[id] = {key: reference for key, reference in named.items() if reference}
    return found


def _first(context: Context, provider: Provider, field: Field, resolving: Resolving) -> str:
    names = (f"${name}" for name in provider.variables.get(field.key, ()))
    written = next((each for each in (field.suggested_reference, *names) if each and each in resolving), "")
    return "" if written and not field.sensitive and context.may_be_secret(written[1:]) else written
