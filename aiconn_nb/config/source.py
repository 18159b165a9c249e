"""The protocol of configuration sources: a flat, case-insensitive map from key to text, with flags for the kind of place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from aiconn_nb.model.secret import Secret

from .entry import Entry


class ConfigSource(Protocol):
    """A place that holds values by key. Keys compare by `aiconn_nb.model.casing.fold`.

    Masking, trust and rotation use the three flags, never a name or a path. A source always reports its current state.

    A plug-in registers a class (or a function) in the entry-point group ``aiconn_nb.config_sources``. It is called with the
    name of the environment and returns a source::

        class TeamVault:
            name = "team vault"
            is_secret = True
            is_project_file = False
            is_writable = False

            def __init__(self, environment: str) -> None: ...
            def keys(self) -> Iterable[str]: ...
            def get(self, key: str) -> Entry | None: ...
            def place(self, key: str) -> Entry | None: ...

    Its values take precedence over the JSON files but not over the user secrets. `aiconn_nb.testing.SourceContract` tests it.
    """

    @property
    def name(self) -> str:
        """Its name in the list of searched places in messages: ``appsettings.json``."""

    @property
    def is_secret(self) -> bool:
        """Whether its values are secret. They are masked everywhere, and only sensitive fields accept them."""

    @property
    def is_project_file(self) -> bool:
        """Whether it is a file of the project, which a stranger may have written. ``Entry.source`` is then its full path.

        A host and a key from one such folder belong together; a host from there gets no other key without trust.
        """

    @property
    def is_writable(self) -> bool:
        """Whether ``rotate`` may put a new value there. The source is then a `WritableSource`."""

    def get(self, key: str) -> Entry | None:
        """The value of a key, in any case; None if this source does not contain it.

        Raises an `AiconnError` if the source, or this one value, cannot be read.
        """

    def place(self, key: str) -> Entry | None:
        """The same as `get`, but for a value that a higher source hides: nothing is decrypted, so the value may be missing."""

    def keys(self) -> Iterable[str]:
        """All keys, as spelled here."""


@runtime_checkable
class WritableSource(Protocol):
    """The additional methods of a source with ``is_writable``."""

    def put(self, key: str, value: Secret) -> None:
        """Save a new value for a key. Raises an `AiconnError`, and keeps the old value then."""
