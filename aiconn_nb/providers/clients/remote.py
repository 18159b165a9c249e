"""The common base of our providers with a network: what follows from a base URL, the hosts and the section of the settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from aiconn_nb.model.field import NETWORK_GROUP, Field
from aiconn_nb.model.secret import SHAPES, Secret

from ..base import Provider, Settings, text_of
from ..values.endpoints import at, path_of
from ..values.network_fields import NETWORK

api_key: Final = partial(Field, "api_key", "API key", required=True, sensitive=True)
"""The field for a key, from its help text."""
endpoint: Final = partial(Field, "endpoint", "Endpoint", type="url")
"""The field for a base URL, from its help text."""


def suggested(fields: Sequence[Field], section: str) -> tuple[Field, ...]:
    """The fields, each with a reference in this section by its key: ``$OpenAI:ApiKey``. Choices and the network need none."""

    def with_reference(field: Field) -> Field:
        if field.suggested_reference or field.choices or field.group == NETWORK_GROUP:
            return field
        name = "".join(part.capitalize() for part in field.key.split("_"))
        return replace(field, suggested_reference=f"${section}:{name}")

    return tuple(map(with_reference, fields))


def trimmed(url: str, appended: re.Pattern[str]) -> str:
    """The URL without the part of its path that the pattern finds; unchanged if there is none."""
    path = appended.sub("", path_of(url))
    return url if path == path_of(url) else at(url, path)


class Remote(Provider):
    """A provider that is called over a network, at its own address or at one that the connection names."""

    network: ClassVar[tuple[Field, ...]] = NETWORK
    base: ClassVar[str] = ""
    """Its own base URL; '' if each account has another, which the user enters."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """The provider's own hosts, to which a key may go without a question; that of `base` is one. Never a tenant's host."""
    always_names_endpoint: ClassVar[bool] = False
    """Whether its variable for the endpoint is always set: a left-over one would receive this key."""
    section: ClassVar[str] = ""
    """The section of the suggested references."""
    appended: ClassVar[re.Pattern[str] | None] = None
    """The part of a request's path that the SDK appends, and that users often paste with the base URL."""

    def __init_subclass__(cls, **options: Any) -> None:
        if "key_shapes" not in vars(cls):
            cls.key_shapes = tuple(owner for owner, _ in SHAPES if owner == getattr(cls, "id", ""))
        if cls.base and not cls.is_local:
            cls.hosts = tuple(dict.fromkeys((urlsplit(cls.base).netloc, *cls.hosts)))
        if "fields" in vars(cls):
            cls.fields = suggested(cls.fields, cls.section)
        super().__init_subclass__(**options)

    def endpoint(self, settings: Settings) -> str:
        """The endpoint as set, or the provider's own; '' if there is neither."""
        given = settings.get("endpoint")
        return self.base if given is None else self.meant_endpoint(text_of(given))

    def environment(self, settings: Settings) -> dict[str, str]:
        own = super().environment(settings)
        if "endpoint" in settings or self.always_names_endpoint:
            own |= dict.fromkeys(self.variables.get("endpoint", ()), self.endpoint(settings))
        return own

    def meant_endpoint(self, given: str) -> str:
        return given if self.appended is None else trimmed(given, self.appended)

    def official(self, host: str) -> bool:
        return host.lower().rstrip(".") in self.hosts

    def key(self, settings: Settings) -> Secret | None:
        """The key of a connection, for `access`."""
        found = settings.get("api_key")
        return found if isinstance(found, Secret) else None
