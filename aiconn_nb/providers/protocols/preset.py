"""A preset: a provider with OpenAI's protocol that differs from the others only by facts.

A preset is a class with about ten declarations: the address of the API, the provider's own hosts, the page with the keys, the
environment variables of its ecosystem. Everything else is derived. Each preset names the source of its facts and the date on
which it was read; facts without a source are left out.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field

from ..base import Settings
from ..clients.remote import api_key, endpoint, suggested
from ..values.endpoints import THIS_MACHINE, at, openai_base, path_of
from .key_endpoints import KeyEndpoint, key_is_known, knows
from .openai_protocol import OpenAIProtocol

CHAT: Final = frozenset({Capability.CHAT})


class Preset(OpenAIProtocol):
    """The base class of presets. A subclass declares facts; it overrides a method only if its API differs."""

    example: ClassVar[str] = ""
    """An example of a base URL, if each account has its own. Its path is that of any of them."""
    endpoint_help: ClassVar[str] = ""
    """The help text of the endpoint; '' for the usual one."""
    key_page: ClassVar[str] = ""
    """The page where keys are created."""
    own_base: ClassVar[tuple[str, str] | None] = None
    """The variable in which its own SDK looks for another address, and the path that this SDK appends to it."""
    probe: ClassVar[KeyEndpoint | None] = None
    """An endpoint that only a valid key can use."""
    source: ClassVar[str] = ""
    """The source of these facts and the date on which it was read."""

    def __init_subclass__(cls, **options: Any) -> None:
        section = cls.section or "".join(filter(str.isalnum, cls.name))
        cls.fields = suggested((_key(cls), _endpoint(cls)), section)
        super().__init_subclass__(**options)
        known = (*cls.foreign, *(cls.own_base[:1] if cls.own_base else ()), *_addresses(cls))
        cls.foreign = tuple(dict.fromkeys(name for name in known if name not in _OF_OPENAI))

    def accepts_key(self, client: Any) -> bool:
        return key_is_known(client) if self.probe is None else knows(client, self.probe)

    def environment(self, settings: Settings) -> dict[str, str]:
        """Its key and its address. If no variable can hold the address, a key for another host is not exported, because the
        program would send it to the provider."""
        endpoint = self.endpoint(settings)
        elsewhere = endpoint.rstrip("/") != self.base
        if self.own_base is None:
            is_safe = not elsewhere or self._is_at_home(endpoint)
            return super().environment(settings) if is_safe else {}
        variable, appended = self.own_base
        address = {variable: endpoint.rstrip("/").removesuffix(appended)} if elsewhere or self.is_local else {}
        return {**super().environment(settings), **address}

    def meant_endpoint(self, given: str) -> str:
        url = openai_base(given)
        own = path_of(self.base or self.example)
        # A gateway may serve at its root; the provider's own server does not.
        is_own = self.is_local or not self.base or self._is_at_home(url)
        return at(url, own) if own and is_own and not path_of(url) else url

    def _is_at_home(self, url: str) -> bool:
        """Whether a program that reads only the key's variable calls the same host: one of the provider's own, or this machine."""
        host = (urlsplit(url).hostname or "").lower()
        return host in (THIS_MACHINE if self.is_local else self.hosts)


_OF_OPENAI: Final = frozenset(OpenAIProtocol.foreign)
"""Variables of OpenAI's own account. A program with a preset's account may use that account in addition."""


def _addresses(preset: type[Preset]) -> list[str]:
    """The variables in which libraries look for an address: a left-over one would get the key."""
    keys = preset.variables.get("api_key", ())
    stems = [name.removesuffix(end) for name in keys for end in ("_API_KEY", "_TOKEN") if name.endswith(end)]
    return [f"{stem}_{end}" for stem in stems for end in ("BASE_URL", "API_BASE", "API_URL", "ENDPOINT")]


def _key(preset: type[Preset]) -> Field:
    if preset.is_local:
        return api_key("Only if the server expects one. If empty, none is sent.", required=False)
    return api_key(f"Create one at {preset.key_page}.")


def _endpoint(preset: type[Preset]) -> Field:
    usual = "The server's address." if preset.is_local else "Only for another region or a gateway."
    return endpoint(
        preset.endpoint_help or (usual if preset.base else "The address of your own account."),
        required=not preset.base,
        default=preset.base if preset.is_local else None,
        placeholder=preset.base or preset.example,
    )
