"""SDK clients bound to a name, and exported variables: whether they still match their connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiconn_nb.model.hint import binding, command

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.exports import Exports


@dataclass(eq=False)
class Binding:
    """A name bound to an SDK client."""

    name: str
    alias: str
    """The alias of the connection at that time."""
    connection: str
    """Its id."""
    environment: str
    """The environment in which its references were resolved."""
    account: Account
    """The account that made the client."""
    put: Callable[[str, object], None]
    """Binds the name to another object."""
    held: Callable[[], bool]
    """Whether the name is still bound to the client."""
    sources: tuple[str, ...] = ()
    """Where its references were resolved: ``api_key from appsettings.json:3``."""
    exports: bool = False
    """Whether the same line exported the variables, too."""

    def is_stale(self, now: Account) -> bool:
        """Whether the connection's current account would make a different client."""
        return not self.account.has_settings_of(now)

    def renew(self, now: Account) -> None:
        """Bind the name to the client of this account."""
        self.put(self.name, now.client)
        self.account = now

    @property
    def remedy(self) -> str:
        """How to make the client again."""
        return f"'{binding(self.alias, self.name, exports=self.exports)}' makes a new one."

    @property
    def outdated(self) -> str:
        """The message that the client was made in another environment."""
        gave = f" ({'; '.join(self.sources)})" if self.sources else ""
        return f"{self.name} still has what {self.environment} gave it{gave}; {self.remedy}"

    @property
    def renewed(self) -> str:
        """The message after binding the name again."""
        return f"{self.name} was bound again, to the client with the new key."


class Exported(Binding):
    """The environment variables of this process, as long as they are a connection's."""

    def __init__(
        self,
        alias: str,
        connection: str,
        environment: str,
        account: Account,
        exports: Exports,
        sources: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            "this kernel's environment",
            alias,
            connection,
            environment,
            account,
            lambda name, made: exports.set(self.account),
            lambda: exports.has(self.account),
            sources,
        )

    def renew(self, now: Account) -> None:
        """Export the variables of this account."""
        self.account = now
        self.put(self.name, None)

    @property
    def remedy(self) -> str:
        """How to export the variables again."""
        return f"'{command('use', self.alias, '--env')}' exports it again."

    @property
    def renewed(self) -> str:
        """The message after exporting them again."""
        return f"{self.name} has the new key now."


class Bindings:
    """The bindings of a session, by name; a name bound to another object is dropped."""

    def __init__(self) -> None:
        self._kept: dict[str, Binding] = {}

    def keep(self, binding: Binding) -> None:
        """Add a binding, replacing an earlier one of the same name."""
        self._kept[binding.name] = binding

    @property
    def kept(self) -> list[Binding]:
        """All bindings. A name may be bound to another object, or hidden by a local variable of a function for a while."""
        return list(self._kept.values())

    def outdated(self, environment: str) -> list[str]:
        """A sentence for each name, and for the exported variables, that still have what another environment gave them."""
        return [each.outdated for each in list(self._kept.values()) if each.environment != environment and each.held()]

    @property
    def held(self) -> list[Binding]:
        """The bindings whose name is still bound to their client."""
        self._kept = {name: each for name, each in self._kept.items() if each.held()}
        return list(self._kept.values())
