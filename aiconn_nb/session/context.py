"""The four services, opened on first use: configuration, vault, store, providers."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from aiconn_nb import errors
from aiconn_nb.config.configuration import Configuration
from aiconn_nb.config.environment import (
    BASE_FILE,
    DEFAULT_ENVIRONMENT,
    environment_file,
    environment_from,
    environments,
    find_root,
    spelled_otherwise,
)
from aiconn_nb.config.layers import DeferredLayer
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.environment_name import check_environment_name, environment_name_flaw
from aiconn_nb.model.field import Field
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.place import here, named_folder, own_folder, shown, unquoted

if TYPE_CHECKING:
    from aiconn_nb.config.source import ConfigSource
    from aiconn_nb.model.capability import Capability
    from aiconn_nb.model.secret import Secret
    from aiconn_nb.providers.plug_ins.registry import Registry
    from aiconn_nb.store.shared import SharedStore
    from aiconn_nb.store.store import Store
    from aiconn_nb.store.user_settings import UserSettings
    from aiconn_nb.vault.seal import Vault
    from aiconn_nb.vault.user_secrets import UserSecrets

    from .checked import Checks

STORE_VARIABLE: Final = "AICONN_STORE"
"""The name of an installed store; without it, the store is a file in ``AICONN_HOME``."""
DOTENV_VARIABLE: Final = "AICONN_DOTENV"
"""``1`` makes each ``.env`` file a source, ``0`` none; without it the user's settings decide."""


class Context:
    """The services of a session. Arguments that are not given come from the environment variables ``AICONN_*``."""

    def __init__(
        self,
        *,
        home: Path | None = None,
        config_home: Path | None = None,
        config_root: Path | None = None,
        environment: str | None = None,
        environ: MutableMapping[str, str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self._home = home
        self._config_home = config_home
        self._config_root = config_root
        self._environment = self._first = environment
        self._start = here()
        """The working folder at the start of this session: a relative folder is always resolved there."""
        self.opened: list[tuple[str, Secret]] | None = None
        """The secrets that this machine knows, each with a description, while a long document is checked for them."""
        self._configurations: dict[tuple[Path | None, str, Path | None], Configuration] = {}
        if registry is not None:
            self.registry = registry

    # ---- places -------------------------------------------------------------------------------------------------------

    @cached_property
    def home(self) -> Path:
        """The folder of the store (``AICONN_HOME``)."""
        return self._home or self._place("AICONN_HOME", "user_data_path")

    @cached_property
    def config_home(self) -> Path:
        """The folder of the master key and the user secrets (``AICONN_CONFIG_HOME``); never beside the store."""
        return self._config_home or self._place("AICONN_CONFIG_HOME", "user_config_path")

    def _place(self, variable: str, default: str) -> Path:
        named = self.environ.get(variable, "")
        if unquoted(named):
            return named_folder(variable, named, self._start)
        folder = own_folder(variable, default, self.environ)
        # On macOS and Windows platformdirs returns one folder for both; a copied store must not include its key.
        return folder if variable == "AICONN_HOME" else folder / "keys"

    @property
    def config_root(self) -> Path | None:
        """The folder of the appsettings files. It is searched for each time, because a notebook may change its working folder."""
        return self._config_root or find_root(here(), self.environ, begun=self._start)

    # ---- services -----------------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> Store | SharedStore:
        """The connections and profiles: in the user's folder, or where ``AICONN_STORE`` says. Raises `StoreFailed`."""
        from aiconn_nb.store.store import Store

        own = Store(self.home)
        if not (name := self.environ.get(STORE_VARIABLE, "").strip()):
            return own
        from aiconn_nb.store.installed import installed_store

        return installed_store(name, own)

    @cached_property
    def user_settings(self) -> UserSettings:
        """The user's settings for all notebooks."""
        from aiconn_nb.store.user_settings import UserSettings

        return UserSettings(self.home)

    @cached_property
    def checks(self) -> Checks:
        """The results of earlier checks."""
        from .checked import Checks

        return Checks(self)

    @cached_property
    def vault(self) -> Vault:
        """The vault, which seals and opens secrets."""
        from aiconn_nb.vault.seal import Vault

        return Vault(self.config_home, self.environ, self._holds_sealed)

    def _holds_sealed(self) -> bool:
        """Whether the store, or its history, has an encrypted value."""
        from aiconn_nb.vault.seal import holds_sealed

        store = self.store
        return holds_sealed(store.files) or (store.is_shared and store.holds_sealed_here)

    @cached_property
    def secrets(self) -> UserSecrets:
        """The sealed user secrets files."""
        from aiconn_nb.vault.user_secrets import UserSecrets

        return UserSecrets(self.vault)

    @cached_property
    def registry(self) -> Registry:
        """The installed providers."""
        from aiconn_nb.providers.plug_ins.registry import Registry

        return Registry()

    def can(self, connection: Connection, capability: Capability) -> bool:
        """Whether a connection's provider has a capability, as far as is known."""
        provider = self.registry.find(connection.provider)
        # A plug-in that is missing here may be installed where the connection is used.
        return provider is None or capability in provider.capabilities

    def fields_of(self, connection: Connection) -> tuple[Field, ...]:
        """The fields of a connection's provider. Those of an absent provider are derived from the stored settings."""
        provider = self.registry.find(connection.provider)
        return tuple(Field(key, key) for key in connection.settings) if provider is None else provider.fields

    def provider_name_of(self, connection: Connection) -> str:
        """The display name of a connection's provider; '' if it is not installed or broken."""
        provider = self.registry.find(connection.provider)
        return "" if provider is None else provider.name

    # ---- configuration ------------------------------------------------------------------------------------------------

    @property
    def environment(self) -> str:
        """The name of the current environment. Raises `EnvironmentNotFound` if a variable has an invalid name."""
        if self._environment:
            return self._environment
        name, origin = environment_from(self.environ)
        if name != DEFAULT_ENVIRONMENT:
            check_environment_name(name, origin)
        return name

    @property
    def environment_origin(self) -> str:
        """The origin of the current environment's name."""
        return "this kernel" if self._environment else environment_from(self.environ)[1]

    def switch(self, environment: str) -> None:
        """Make another environment the current one. Raises `EnvironmentNotFound` if it has no file."""
        self._environment = self.known_environment(environment)

    def seen_in(self, environment: str) -> Context:
        """This context as it is in another environment; the current one stays."""
        other = copy(self)
        other._environment = environment
        return other

    def known_environment(self, environment: str) -> str:
        """Return the name of an existing environment. Raises `EnvironmentNotFound`, naming the nearest."""
        check_environment_name(environment)
        known = self.environments()
        if environment not in (*known, DEFAULT_ENVIRONMENT):
            folder = shown(str(self.config_root)) if self.config_root else ""
            raise errors.NoEnvironment(environment=environment, known=tuple(known), folder=folder)
        return environment

    def environments(self) -> list[str]:
        """The environments with a file, the current one, and the one that this session started with."""
        first = self._first or environment_from(self.environ)[0]
        # A variable may have got an impossible name after this session was switched to another environment.
        names = {self.environment, *([] if environment_name_flaw(first) else [first])}
        return sorted({*names, *environments(self.config_root), *self.secrets.environments()}, key=str.lower)

    def environment_note(self, configuration: Configuration) -> str:
        """A note that the named environment has no file here: this is allowed, but may be a mistake. '' if there is none.

        There is no note on the default environment, which needs no name, or if the configuration has a note on its folder.
        """
        name, root = configuration.environment, configuration.root
        if name == DEFAULT_ENVIRONMENT or root is None or not root.is_dir():
            return ""
        file = environment_file(name)
        own = (*environments(root), *self.secrets.environments())
        if name in own or spelled_otherwise(root, file):
            return ""
        rest = (
            f", so {BASE_FILE} alone is read." if os.path.lexists(root / BASE_FILE) else f", and no {BASE_FILE} either."
        )
        return f"There is no {file} in {shown(str(root))}{rest} {did_you_mean(name, own)}".rstrip()

    def configuration(self, environment: str | None = None) -> Configuration:
        """The layers of an environment, by default the current one."""
        root = self.config_root
        key = (root, environment or self.environment, self._read_dotenv(root))
        if key not in self._configurations:
            self._configurations[key] = Configuration.load(
                root, key[1], environ=self.environ, secrets=self._secret_sources(key[1]), dotenv=key[2]
            )
        return self._configurations[key]

    @property
    def dotenv(self) -> Dotenv:
        """Whether the ``.env`` file is a source here: the one beside the settings files or, without any, in the working folder.

        The folder cannot decide this itself, because it may be a stranger's.
        """
        return self._dotenv(self.config_root)

    def _read_dotenv(self, root: Path | None) -> Path | None:
        """The ``.env`` file if it is a source. A list asks for each connection, and usually no file is switched on."""
        if not self.environ.get(DOTENV_VARIABLE):
            try:
                if not self.user_settings.dotenv_folders():
                    return None
            except errors.NoPlace:  # any use of the store reports this
                return None
        return self._dotenv(root).read

    def _dotenv(self, root: Path | None) -> Dotenv:
        switch = unquoted(self.environ.get(DOTENV_VARIABLE, "")).lower()
        folder = str(root) if root is not None else here()
        if folder is None:
            return Dotenv(None, False, "")
        if switch:
            return Dotenv(Path(folder), switch in ("1", "true", "yes", "on"), DOTENV_VARIABLE)
        try:
            is_on = self.user_settings.reads_dotenv_of(folder)
        except errors.NoPlace:  # any use of the store reports this
            is_on = False
        return Dotenv(Path(folder), is_on, "your settings")

    def may_be_secret(self, key: str) -> bool:
        """Whether a configuration key has a secret's name, or a value from a secret source in any environment."""
        for environment in self.environments():
            try:
                if self.configuration(environment).may_be_secret(key):
                    return True
            except errors.AiconnError:
                continue
        return False

    def _secret_sources(self, environment: str) -> list[ConfigSource]:
        """The sources between the files and the variables, lowest first."""
        from aiconn_nb.config.plug_ins import installed_sources

        return [*installed_sources(environment), self.user_secrets(None), self.user_secrets(environment)]

    def user_secrets(self, environment: str | None) -> UserSecretSource:
        """The user secrets of an environment, or those for all, as a source."""
        name = "user secrets" if environment is None else f"user secrets ({environment})"
        return UserSecretSource(name, self.secrets, environment)


class Dotenv(NamedTuple):
    """The ``.env`` file of a folder, and whether it is a source."""

    folder: Path | None
    """None if the working folder no longer exists."""
    is_on: bool
    origin: str
    """The reason for that."""

    @property
    def path(self) -> Path | None:
        """The path of the file, which need not exist."""
        return None if self.folder is None else self.folder / ".env"

    @property
    def read(self) -> Path | None:
        """The file if it is a source, else None."""
        return self.path if self.is_on else None


class UserSecretSource(DeferredLayer):
    """The user secrets of one environment, or those for all, as a configuration source."""

    def __init__(self, name: str, secrets: UserSecrets, environment: str | None) -> None:
        path = secrets.path(environment)
        super().__init__(
            name,
            str(path),
            partial(secrets.stored_in, path),
            lambda key: secrets.value(key, environment),
            lambda key, value: secrets.set(key, value, environment),
        )
        self.environment = environment
        """None if they apply to all environments."""
        self._secrets = secrets

    def put_all(self, values: Mapping[str, Secret]) -> None:
        """Save several new values, all or none. Raises an `AiconnError`."""
        self._secrets.set_all(values, self.environment)

    def take_back(self, key: str, *, had_one: bool) -> None:
        """Undo a `put`; ``had_one`` says whether there was a value before."""
        if had_one:
            self._secrets.restore(key, self.environment)
        else:
            self._secrets.take_back(key, self.environment)
