"""The base of adapters: an adapter builds the object through which one framework calls a connection.

An adapter is one class that inherits `Adapter` and is named in the entry-point group ``aiconn_nb.adapters``; ours are registered
in the same way. It gets a `Model`, which knows the account and the options. It passes the key in the framework's own secret type
if there is one, and never through the process environment.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from aiconn_nb.providers.values.access import Access, Api

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one connection, ready to be called by a framework."""

    alias: str
    """The connection's alias, for messages."""
    account: Account
    access: Access
    id: str
    """The model's id, or the name of its deployment."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """``temperature``, ``max_tokens`` and the other options of the profile."""
    system: str | None = None
    """The system prompt, if the profile has one."""

    @property
    def client(self) -> Any:
        """The SDK's own client: it follows no redirect to another host, and takes nothing from the environment."""
        return self.account.client

    @property
    def async_client(self) -> Any:
        """The asynchronous client."""
        return self.account.async_client

    @property
    def key(self) -> str:
        """The key in the clear, for frameworks that accept nothing else; ``no-key`` if the account has none."""
        return self.access.key_in_the_clear() or NO_KEY

    def given(self, **names: str) -> dict[str, Any]:
        """Return the named options that are set, under a framework's names: ``given(max_tokens="max_completion_tokens")``."""
        return {theirs: self.options[ours] for ours, theirs in names.items() if ours in self.options}


NO_KEY = "no-key"
"""SDK clients cannot be built without a key. A server that needs no key ignores it."""


class Adapter(ABC):
    """How one framework calls a connection. Stateless."""

    id: ClassVar[str]
    """The id in ``aiconn_nb.to("langchain", "writer")``."""
    name: ClassVar[str]
    """The framework's own name."""
    packages: ClassVar[Mapping[Api, str]]
    """The supported APIs, each with the pip name of the required package."""
    modules: ClassVar[Mapping[Api, str]]
    """Its module."""
    imports: ClassVar[str] = ""
    """The imports of a snippet."""
    lines: ClassVar[str]
    """A snippet that uses the object under the name ``model``."""
    embedding_imports: ClassVar[str] = ""
    embedding_lines: ClassVar[str] = ""
    """The snippet for an embedding model; '' if the framework has no such object."""
    takes_system: ClassVar[bool] = False
    """Whether the object takes the system prompt of a profile. Otherwise it belongs in the messages."""
    options: ClassVar[frozenset[str]] = frozenset({"temperature", "max_tokens"})
    """The options of a profile that the object takes; a note names the others."""

    @abstractmethod
    def chat(self, model: Model) -> Any:
        """Return the framework's object for a chat model."""

    def embedding(self, model: Model) -> Any:
        """Return the framework's object for an embedding model. Raises `NotImplementedError` if it has none."""
        raise NotImplementedError

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        """Return an object that calls ``others`` in turn if ``first`` fails. Raises `NotImplementedError` if there is none."""
        raise NotImplementedError
