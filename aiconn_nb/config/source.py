"""What a configuration source is: a flat, case-insensitive map from key to text that says what kind of place it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from aiconn_nb.model.secret import Secret

from .entry import Entry


class ConfigSource(Protocol):
    """A place that holds values by key. Keys compare by `aiconn_nb.model.casing.fold`.

    Masking, trust and rotation ask the three flags, never a name or a path. A source answers for its place as it is now.

    A plug-in registers a class (or a function) in the entry-point group ``aiconn_nb.config_sources``. It is called with the
    name of the environment and answers a source::

        class TeamVault:
            name = "team vault"
            is_secret = True
            is_project_file = False
            is_writable = False

            def __init__(self, environment: str) -> None: ...
            def keys(self) -> Iterable[str]: ...
            def get(self, key: str) -> Entry | None: ...
            def place(self, key: str) -> Entry | None: ...

    Its values lie over the JSON files and below the user secrets. `aiconn_nb.testing.SourceContract` tests it.
    """

    @property
    def name(self) -> str:
        """How messages call it among the places that were searched: ``appsettings.json``."""

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
        """As `get`, for a value that a higher source hides: nothing is opened for it, so the value may be missing."""

    def keys(self) -> Iterable[str]:
        """Every key, as it is spelled here."""


@runtime_checkable
class WritableSource(Protocol):
    """What a source with ``is_writable`` has besides."""

    def put(self, key: str, value: Secret) -> None:
        """Keep a new value for a key. Raises an `AiconnError`, and keeps the old one then."""
