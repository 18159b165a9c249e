"""A preset whose connections may name an account in the configuration file of the provider's own tools, with host and sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from time import monotonic
from typing import Any, ClassVar, Protocol, cast

from aiconn_nb.model.field import Field

from ..base import Settings, text_of
from ..credentials.found_credentials import FOUND
from ..values.sign_in import NotSignedIn, SignIn
from .openai_protocol import sdk_client
from .preset import Preset

EARLY = 60.0
"""Seconds before its end at which a token is replaced."""


class OwnFile(Protocol):
    """The module that reads such a file. All of its functions raise `NotSignedIn`."""

    def read(self, name: str, /) -> Mapping[str, Any]:
        """The entries under a name."""

    def host_of(self, entries: Mapping[str, Any], /) -> str:
        """The origin that the entries are for."""

    def token(self, name: str, entries: Mapping[str, Any], /) -> tuple[str, float]:
        """Return a token for the entries under a name, and for how many seconds it is valid; 0 for one that the file has."""


def _closed(name: str, source: Callable[[], str]) -> Callable[[], str]:
    """Wrap a token source: the frames of its errors hold no secret of the file, and each token can be sent in a header."""

    def token() -> str:
        problem: Exception
        try:
            value = source()
            if value.isascii() and value.isprintable():
                return value
            # The HTTP library would repeat the token in its error.
            del value
            problem = NotSignedIn(
                f"the token of '{name}' has characters that no token has, such as a line break", "Correct it."
            )
        except Exception as error:
            problem = error
        problem.__cause__ = problem.__context__ = None
        raise problem.with_traceback(None)

    return token


class OwnFilePreset(Preset):
    """The base of such presets. A connection has an endpoint and a key, or the name of an account in the file."""

    name = ""
    entry: ClassVar[Field]
    """The field with the account's name in the file."""
    own_file: ClassVar[str] = ""
    """The module that reads the file, imported on demand."""
    file_tested: ClassVar[str] = ""
    """What the sign-in by the file was tested against."""
    machine_credentials = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        unless = (cls.entry.key,)
        asked = (replace(each, required_unless=unless) if each.required else each for each in cls.fields)
        cls.fields = (*asked, cls.entry)
        key = SignIn("API key", ("api_key", "endpoint"))
        cls.sign_ins = (key, SignIn("its own configuration file", unless, tested=cls.file_tested))

    @property
    def _file(self) -> OwnFile:
        return cast(OwnFile, import_module(f"..credentials.{self.own_file}", __package__))

    def build(self, settings: Settings, **options: Any) -> Any:
        if self.entry.key not in settings:
            return super().build(settings, **options)
        name = text_of(settings[self.entry.key])
        host = self._file.host_of(self._file.read(name))
        return sdk_client(self.meant_endpoint(host), _closed(name, self._token_source(name, host)), **options)

    def _token_source(self, name: str, host: str) -> Callable[[], str]:
        """Return a function that returns a valid token for this origin. It reads the file each time, as it may change."""
        file = self._file
        made: tuple[Mapping[str, Any], str, float] = ({}, "", 0.0)

        def token() -> str:
            nonlocal made
            entries = file.read(name)
            if file.host_of(entries) != host:
                raise NotSignedIn(
                    f"the {self.entry.key} '{name}' is for another host since this client was made",
                    "Make the client again.",
                )
            if entries != made[0] or monotonic() >= made[2]:
                value, seconds = file.token(name, entries)
                FOUND.note(value)
                made = entries, value, monotonic() + max(seconds - EARLY, 0.0)
            return made[1]

        return token

    def endpoint(self, settings: Settings) -> str:
        """The endpoint as set, else from the file, or '' if the file cannot be read. The client then reports the problem."""
        if self.entry.key not in settings:
            return super().endpoint(settings)
        try:
            return self.meant_endpoint(self._file.host_of(self._file.read(text_of(settings[self.entry.key]))))
        except NotSignedIn:
            return ""

    def environment(self, settings: Settings) -> dict[str, str]:
        """Its key and its address, or the account's name in the file if its tools have a variable for that."""
        if self.entry.key not in settings:
            return super().environment(settings)
        return {name: text_of(settings[self.entry.key]) for name in self.variables.get(self.entry.key, ())}
