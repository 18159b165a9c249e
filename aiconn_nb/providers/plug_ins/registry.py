"""The registry of providers: the plug-ins of the entry-point group ``aiconn_nb.providers``, each loaded on first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, partial
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol

from aiconn_nb.errors import PlugInBroken, ProviderError, ProviderNotFound
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import TYPES, Field
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import readable
from aiconn_nb.plugins import PlugInFailed, ask, entry_points

from ..base import Provider, Sdk
from ..values.sign_in import SignIn
from .built_in import BUILT_IN
from .key_owners import key_names, letters

GROUP: Final = "aiconn_nb.providers"

_ID = late(r"[a-z0-9][a-z0-9-]*", re.ASCII)
OURS: Final = f"{GROUP}."
"""How the names of the modules of our own providers begin."""


class PlugIn(Protocol):
    """The parts of an ``importlib.metadata.EntryPoint`` that the registry uses."""

    @property
    def name(self) -> str:
        """The provider's id."""

    @property
    def value(self) -> str:
        """Its location, such as ``package.module:Class``."""

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
    """The installed providers. A broken plug-in has its reason in `broken` and does not affect the others.

    ``entry_points`` replaces the installed ones; tests pass `aiconn_nb.providers.testing.plug_in` objects.
    """

    def __init__(self, entry_points: Iterable[PlugIn] | None = None) -> None:
        self._given = entry_points
        self._loaded: dict[str, Provider | str] = {}

    def ids(self) -> list[str]:
        """The declared ids, sorted. Nothing is imported, so broken plug-ins are included."""
        return sorted(self._declared)

    def get(self, id: str) -> Provider:
        """The provider with this id.

        Raises `ProviderNotFound`, or `ProviderUnavailable` if its plug-in is broken.
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

    def find(self, id: str) -> Provider | None:
        """The provider with this id; None if it is not installed here or its plug-in is broken."""
        known = self._loaded.get(id)
        if isinstance(known, Provider):
            return known
        try:
            return self.get(id)
        except ProviderError:
            return None

    def key_names(self, id: str) -> Collection[str]:
        """The first parts of the usual names of a provider's keys, see `key_owners`; only the id if its plug-in is broken."""
        if self._given is None and id in BUILT_IN:
            from .key_names import KEY_NAMES  # so that a list need not import all our providers

            return KEY_NAMES[id]
        provider = self._load(id)
        return (letters(id),) if isinstance(provider, str) else tuple(key_names(provider))

    def all(self) -> list[Provider]:
        """All working providers, by id. Imports all plug-ins."""
        return [provider for id in self.ids() if isinstance(provider := self._load(id), Provider)]

    def broken(self) -> dict[str, str]:
        """Why a plug-in does not work, by id. Imports all plug-ins."""
        reasons = {id: reason for id in self.ids() if isinstance(reason := self._load(id), str)}
        for plug_in in self._sorted:
            if plug_in is not self._declared[plug_in.name]:
                reasons[f"{plug_in.name} ({_origin(plug_in)})"] = (
                    f"the id is taken by {_origin(self._declared[plug_in.name])}."
                )
        return reasons

    @cached_property
    def _sorted(self) -> Sequence[PlugIn]:
        """All plug-ins, ours first, so that a plug-in cannot take over a built-in's id and get its keys."""
        given = self._given
        if given is None:
            # A checkout that was installed before an update still has the old entry points.
            given = [*(_BuiltIn(id, place) for id, place in BUILT_IN.items()), *entry_points(GROUP)]
        # A distribution that is installed and also on the path appears twice.
        distinct = {(plug_in.name, plug_in.value): plug_in for plug_in in given}
        return sorted(distinct.values(), key=lambda each: (not each.value.startswith(OURS), each.name, each.value))

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
    """The distribution of a plug-in, or its location."""
    distribution = getattr(plug_in, "dist", None)
    return str(distribution.name) if distribution is not None else plug_in.value


def _loaded(plug_in: PlugIn) -> Provider | str:
    """The provider, or the reason why it cannot be loaded."""

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
        and field.type in TYPES
        and isinstance(field.required, bool)
        and isinstance(field.sensitive, bool)
        and isinstance(field.default, str | int | float | bool | None)
    )


def _are_variables(variables: object) -> bool:
    return isinstance(variables, Mapping) and all(
        isinstance(key, str) and isinstance(names, tuple) and all(isinstance(name, str) for name in names)
        for key, names in variables.items()
    )


_COLLECTIONS: Final = (
    ("fields", tuple, Field, "Field"),
    ("capabilities", frozenset, Capability, "Capability"),
    ("chat_options", tuple, Field, "Field"),
    ("embedding_options", tuple, Field, "Field"),
    ("sign_ins", tuple, SignIn, "SignIn"),
    ("key_shapes", tuple, str, "texts"),
)


def shape_problem(provider: object, id: str) -> str:
    """Why an object is not the provider ``id``, or ''."""
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
        *(
            (partial(holds, attribute, kind, each), f"its {attribute} are not a {kind.__name__} of {word}.")
            for attribute, kind, each, word in _COLLECTIONS
        ),
        (
            lambda: len({one.key for one in said("fields")}) == len(said("fields")),
            "two of its fields have the same key.",
        ),
        (lambda: all(map(_is_field, said("fields"))), "one of its fields has an invalid attribute."),
        (lambda: isinstance(said("sdk"), Sdk | None), "its sdk is no Sdk."),
        (
            lambda: type(said("embed_batch")) is int and said("embed_batch") > 0,
            "its embed_batch is not a positive number.",
        ),
        (lambda: isinstance(said("machine_credentials"), bool), "its machine_credentials is neither True nor False."),
        (lambda: isinstance(said("is_local"), bool), "its is_local is neither True nor False."),
        (lambda: _are_variables(said("variables")), "its variables are not names by field."),
    )
    return next((problem for fits, problem in checks if not fits()), "")
