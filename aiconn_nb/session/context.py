"""The four services, opened on first need: configuration, vault, store, providers."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb.config.configuration import (
    Configuration,
    check_environment_name,
    environment_from,
    environments,
    find_root,
)
from aiconn_nb.config.environment import BASE_FILE, DEFAULT_ENVIRONMENT, environment_file, spelled_otherwise
from aiconn_nb.config.layers import DeferredLayer
from aiconn_nb.errors import AiconnError, NoEnvironment, ProviderError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.field import Field
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.place import here, named_folder, own_folder, shown, unquoted

if TYPE_CHECKING:
    from aiconn_nb.config.source import ConfigSource
    from aiconn_nb.model.secret import Secret
    from aiconn_nb.providers.base import Provider
    from aiconn_nb.providers.registry import Registry
    from aiconn_nb.store.store import Store
    from aiconn_nb.vault.seal import Vault
    from aiconn_nb.vault.user_secrets import UserSecrets


class Context:
    """Where a session finds everything. What is not given comes from the environment variables ``AICONN_*``."""

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
        """The working folder that this session began in: a relative folder stays the same one after a change of it."""
        self.opened: list[tuple[str, Secret]] | None = None
        """The secrets that this machine knows, each with words for it, while something long is being checked for them."""
        self._configurations: dict[tuple[Path | None, str], Configuration] = {}
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
        # On macOS and Windows platformdirs gives one folder for both; a copied store must not take its key along.
        return folder if variable == "AICONN_HOME" else folder / "keys"

    @property
    def config_root(self) -> Path | None:
        """The folder of the appsettings files, looked for anew each time: a notebook may change its working folder."""
        return self._config_root or find_root(here(), self.environ, begun=self._start)

    # ---- services -----------------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> Store:
        """What did I save?"""
        from aiconn_nb.store.store import Store

        return Store(self.home)

    @cached_property
    def vault(self) -> Vault:
        """What is kept secret for me?"""
        from aiconn_nb.vault.seal import Vault

        return Vault(self.config_home, self.environ, self._holds_sealed)

    def _holds_sealed(self) -> bool:
        """Whether the store, or its history, has an encrypted value."""
        from aiconn_nb.vault.seal import holds_sealed

        return holds_sealed([self.store.path, *self.home.rglob("*.jsonl")])

    @cached_property
    def secrets(self) -> UserSecrets:
        """The sealed user secrets files."""
        from aiconn_nb.vault.user_secrets import UserSecrets

        return UserSecrets(self.vault)

    @cached_property
    def registry(self) -> Registry:
        """Who can build a client?"""
        from aiconn_nb.providers.registry import Registry

        return Registry()

    def provider_of(self, connection: Connection) -> Provider:
        """The provider of a connection. Raises `ProviderNotFound` or `ProviderUnavailable`."""
        return self.registry.get(connection.provider)

    def fields_of(self, connection: Connection) -> tuple[Field, ...]:
        """The fields of a connection's provider; those of an absent provider are made up from what is stored."""
        try:
            return self.provider_of(connection).fields
        except ProviderError:
            return tuple(Field(key, key) for key in connection.settings)

    def provider_name_of(self, connection: Connection) -> str:
        """The display name of a connection's provider, '' where it is not installed or broken."""
        try:
            return self.provider_of(connection).name
        except ProviderError:
            return ""

    # ---- configuration ------------------------------------------------------------------------------------------------

    @property
    def environment(self) -> str:
        """The name of the current environment. Raises `EnvironmentNotFound` where a variable names what cannot be one."""
        if self._environment:
            return self._environment
        name, origin = environment_from(self.environ)
        check_environment_name(name, origin)
        return name

    @property
    def environment_origin(self) -> str:
        """Who decided on the current environment."""
        return "this kernel" if self._environment else environment_from(self.environ)[1]

    def switch(self, environment: str) -> None:
        """Make another environment the current one. Raises `EnvironmentNotFound` for one that has no file."""
        self._environment = self.known_environment(environment)

    def known_environment(self, environment: str) -> str:
        """The name itself, if it is an environment's. Raises `EnvironmentNotFound`, naming the nearest."""
        known = self.environments()
        if environment not in (*known, DEFAULT_ENVIRONMENT):
            folder = shown(str(self.config_root)) if self.config_root else ""
            raise NoEnvironment(environment=environment, known=tuple(known), folder=folder)
        return environment

    def environments(self) -> list[str]:
        """Those that have a file, the current one, and the one to go back to, which this session began with."""
        first = self._first or environment_from(self.environ)[0]
        names = {self.environment, first, *environments(self.config_root), *self.secrets.environments()}
        return sorted(names, key=str.lower)

    @property
    def environment_note(self) -> str:
        """That an environment was named which has no file here: this is allowed, and may be a slip. '' where nothing is to be said.

        There is no note on the default environment, which needs no name, nor where the configuration has one on its folder.
        """
        name, root = self.environment, self.config_root
        file = environment_file(name)
        own = (*environments(root), *self.secrets.environments())
        if root is None or not root.is_dir() or name in (DEFAULT_ENVIRONMENT, *own) or spelled_otherwise(root, file):
            return ""
        rest = f", so {BASE_FILE} alone is read." if (root / BASE_FILE).exists() else f", and no {BASE_FILE} either."
        return f"There is no {file} in {shown(str(root))}{rest} {did_you_mean(name, own)}".rstrip()

    def configuration(self, environment: str | None = None) -> Configuration:
        """The layers of an environment, of the current one by default."""
        key = (self.config_root, environment or self.environment)
        if key not in self._configurations:
            self._configurations[key] = Configuration.load(
                key[0], key[1], environ=self.environ, secrets=self._secret_sources(key[1])
            )
        return self._configurations[key]

    def may_be_secret(self, key: str) -> bool:
        """Whether a configuration key has a secret's name, or a value from a secret source in any environment."""
        for environment in self.environments():
            try:
                if self.configuration(environment).may_be_secret(key):
                    return True
            except AiconnError:
                continue
        return False

    def _secret_sources(self, environment: str) -> list[ConfigSource]:
        """The sources between the files and the variables, lowest first."""
        from aiconn_nb.config.plug_ins import installed_sources

        return [*installed_sources(environment), self.user_secrets(None), self.user_secrets(environment)]

    def user_secrets(self, environment: str | None) -> UserSecretSource:
        """The user secrets of an environment, or those of all, as a source."""
        name = "user secrets" if environment is None else f"user secrets ({environment})"
        return UserSecretSource(name, self.secrets, environment)


class UserSecretSource(DeferredLayer):
    """The user secrets of one environment, or those of all, as a configuration source."""

    def __init__(self, name: str, secrets: UserSecrets, environment: str | None) -> None:
        super().__init__(
            name,
            str(secrets.path(environment)),
            partial(secrets.keys, environment),
            lambda key: secrets.value(key, environment),
            lambda key, value: secrets.set(key, value, environment),
        )
        self.environment = environment
        """None where they hold in all environments."""
        self._secrets = secrets

    def put_all(self, values: Mapping[str, Secret]) -> None:
        """Keep several new values, all or none. Raises an `AiconnError`."""
        self._secrets.set_all(values, self.environment)

    def take_back(self, key: str, *, had_one: bool) -> None:
        """Undo a `put`; ``had_one`` says whether there was a value before."""
        if had_one:
            self._secrets.restore(key, self.environment)
        else:
            self._secrets.remove(key, self.environment)
