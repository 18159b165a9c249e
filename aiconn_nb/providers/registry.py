"""Which providers are there? The plug-ins of the entry-point group ``aiconn_nb.providers``, each loaded on first need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from aiconn_nb.errors import PlugInBroken, ProviderNotFound
from aiconn_nb.model.field import WANTED, Field
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import readable
from aiconn_nb.plugins import PlugInFailed, ask, entry_points

from .base import Provider, Sdk
from .built_in import BUILT_IN

GROUP = "aiconn_nb.providers"

_ID = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_OURS = "aiconn_nb.providers."


class PlugIn(Protocol):
    """What the registry uses of an ``importlib.metadata.EntryPoint``."""

    @property
    def name(self) -> str:
        """The provider's id."""

    @property
    def value(self) -> str:
        """Where it is, such as ``package.module:Class``."""

    def load(self) -> object:
        """Import it."""


class _BuiltIn(NamedTuple):
    """A plug-in of ours."""

    name: str
    value: str

    def load(self) -> object:
        module, _, name = self.value.partition(":")
        return getattr(import_module(module), name)


class Registry:
    """The installed providers. A plug-in that is broken has its reason in `broken` and harms no other.

    ``entry_points`` replaces what is installed; tests pass `aiconn_nb.providers.testing.plug_in` objects.
    """

    def __init__(self, entry_points: Iterable[PlugIn] | None = None) -> None:
        self._given = entry_points
        self._loaded: dict[str, Provider | str] = {}

    def ids(self) -> list[str]:
        """The ids that are declared, sorted. Nothing is imported for it, so a broken one is among them."""
        return sorted(self._declared)

    def get(self, id: str) -> Provider:
        """The provider with this id.

        Raises `ProviderNotFound`, or `ProviderUnavailable` where its plug-in is broken.
        """
        known = self._loaded.get(id)
        if isinstance(known, Provider):
            return known
        built_in = self._given is None and id in BUILT_IN
        if not built_in and id not in self._declared:
            raise ProviderNotFound(id=readable(id), known=tuple(self.ids()))
        provider = self._load(id)
        if isinstance(provider, str):
            raise PlugInBroken(provider=id, problem=provider, origin=_origin(self._plug_in(id)))
        return provider

    def all(self) -> list[Provider]:
        """Every provider that works, by id. Imports all of them."""
        return [provider for id in self.ids() if isinstance(provider := self._load(id), Provider)]

    def broken(self) -> dict[str, str]:
        """Why a plug-in does not work, by id. Imports all of them."""
        reasons = {id: reason for id in self.ids() if isinstance(reason := self._load(id), str)}
        for plug_in in self._sorted:
            if plug_in is not self._declared[plug_in.name]:
                reasons[f"{plug_in.name} ({_origin(plug_in)})"] = (
                    f"the id is taken by {_origin(self._declared[plug_in.name])}."
                )
        return reasons

    @cached_property
    def _sorted(self) -> Sequence[PlugIn]:
        """All plug-ins, ours first: no plug-in can replace a built-in, and so get its keys, by using its id."""
        given = self._given
        if given is None:
            # A checkout that was installed before an update has the entry points of then.
            given = [*(_BuiltIn(id, place) for id, place in BUILT_IN.items()), *entry_points(GROUP)]
        # The same distribution is seen twice where it is installed and also on the path.
        distinct = {(plug_in.name, plug_in.value): plug_in for plug_in in given}
        return sorted(distinct.values(), key=lambda each: (not each.value.startswith(_OURS), each.name, each.value))

    @cached_property
    def _declared(self) -> dict[str, PlugIn]:
        declared: dict[str, PlugIn] = {}
        for plug_in in self._sorted:
            declared.setdefault(plug_in.name, plug_in)
        return declared

    def _load(self, id: str) -> Provider | str:
        if id not in self._loaded:
            self._loaded[id] = _loaded(self._plug_in(id))
        return self._loaded[id]

    def _plug_in(self, id: str) -> PlugIn:
        return _BuiltIn(id, BUILT_IN[id]) if self._given is None and id in BUILT_IN else self._declared[id]


def _origin(plug_in: PlugIn) -> str:
    """The distribution that a plug-in came with, or where it is."""
    distribution = getattr(plug_in, "dist", None)
    return str(distribution.name) if distribution is not None else plug_in.value


def _loaded(plug_in: PlugIn) -> Provider | str:
    """The provider, or the reason why there is none."""

    def load() -> Provider | str:
        found = plug_in.load()
        provider = found() if isinstance(found, type) else found
        return shape_problem(provider, plug_in.name) or provider  # type: ignore[return-value]  # now it is a Provider

    if isinstance(plug_in, _BuiltIn):
        return load()
    try:
        return ask(load)
    except PlugInFailed as failed:
        return str(failed)


def _is_field(field: Field) -> bool:
    texts = (field.key, field.label, field.help, field.group, field.placeholder, field.suggested_reference)
    return (
        all(isinstance(text, str) for text in (*texts, *field.choices))
        and isinstance(field.choices, tuple)
        and field.type in WANTED
        and isinstance(field.required, bool)
        and isinstance(field.sensitive, bool)
        and isinstance(field.default, str | int | float | bool | None)
    )


def _are_variables(variables: object) -> bool:
    return isinstance(variables, Mapping) and all(
        isinstance(key, str) and isinstance(names, tuple) and all(isinstance(name, str) for name in names)
        for key, names in variables.items()
    )


def shape_problem(provider: object, id: str) -> str:
    """What keeps an object from being the provider ``id``, or ''."""
    if not isinstance(provider, Provider):
        return f"{type(provider).__name__} does not inherit aiconn_nb.providers.base.Provider."

    def said(attribute: str) -> Any:
        return getattr(provider, attribute, None)

    def holds(attribute: str, kind: type, each: type) -> bool:
        return isinstance(said(attribute), kind) and all(isinstance(one, each) for one in said(attribute))

    checks: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: said("id") == id, f"its id is not the name of its entry point, '{id}'."),
        (lambda: _ID.fullmatch(id) is not None, "its id may only have a-z, 0-9 and -."),
        (lambda: isinstance(said("name"), str) and bool(said("name").strip()), "it has no name."),
        (lambda: holds("fields", tuple, Field), "its fields are no tuple of Field."),
        (
            lambda: len({one.key for one in said("fields")}) == len(said("fields")),
            "two of its fields have the same key.",
        ),
        (lambda: holds("capabilities", frozenset, Capability), "its capabilities are no frozenset of Capability."),
        (lambda: all(map(_is_field, said("fields"))), "one of its fields has what no field has."),
        (lambda: holds("chat_options", tuple, Field), "its chat_options are no tuple of Field."),
        (lambda: holds("embedding_options", tuple, Field), "its embedding_options are no tuple of Field."),
        (lambda: isinstance(said("sdk"), Sdk | None), "its sdk is no Sdk."),
        (lambda: holds("key_shapes", tuple, str), "its key_shapes are no tuple of texts."),
        (lambda: type(said("embed_batch")) is int and said("embed_batch") > 0, "its embed_batch is no number from 1."),
        (lambda: isinstance(said("machine_credentials"), bool), "its machine_credentials is neither True nor False."),
        (lambda: isinstance(said("is_local"), bool), "its is_local is neither True nor False."),
        (lambda: _are_variables(said("variables")), "its variables are no names by field."),
    )
    return next((problem for fits, problem in checks if not fits()), "")
