"""The environments, and the source of a setting or reference."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb import errors, files
from aiconn_nb.config.environment import BASE_FILE, environment_file
from aiconn_nb.features.core import Core
from aiconn_nb.features.trust import Question, untrusted
from aiconn_nb.model.hint import switching
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.place import here, shown
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

from .resolving import misplaced, notes_on

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from .results import EnvironmentDiff, Environments, Explanation, FieldLine


OTHER_ENVIRONMENT = Arg(
    "this environment instead of the current one", name="--env", completes="environment", metavar="NAME"
)


class EnvironmentVerbs(Core):
    """The verbs on environments and references."""

    @verb(
        "env",
        "list the environments with files; with a name, switch this kernel",
        examples=("env", "env Production"),
        name=Arg("the environment to switch to", completes="environment"),
    )
    def environment(self, name: str | None = None) -> Environments:
        """Return the environments with files, and the current one; with a name, switch this session first.

        Args:
            name: The environment to switch to, such as ``"Production"``; None does not switch.

        Raises:
            EnvironmentNotFound: No configuration file belongs to this environment; the hint names the nearest.

        Example::

            aiconn_nb.environment("Production").current
        """
        from .explaining import problems_of
        from .results import EnvironmentRow, Environments

        stale: list[str] = []
        if name is not None:
            self._context.switch(name)
            stale = self.bindings.outdated(name)
        root = self._context.config_root
        configuration = self._context.configuration()
        rows = [
            EnvironmentRow(
                each,
                each == self.current_environment,
                self._context.environment_origin if each == self.current_environment else "",
                tuple(
                    path.name
                    for path in (
                        *([root / environment_file(each)] if root else []),
                        self._context.secrets.path(each),
                    )
                    if os.path.lexists(path)
                ),
            )
            for each in self._context.environments()
        ]
        return Environments(
            rows,
            root=str(root or ""),
            notes=(*configuration.notes, *problems_of(self._context), *stale),
            aside=self._context.environment_note(configuration),
            store=self._context.store.shown,
        )

    @verb(
        "explain",
        "the source of each setting of a connection, and what is missing",
        details="Per field: the written value, whether it resolves, file and line, and what it hides. "
        "In a terminal, the exit status is 1 if something is missing.",
        examples=("explain openai-dev", "explain openai-dev --env Production"),
        alias=Arg("the connection; by default, the one in use", completes="alias"),
        environment=OTHER_ENVIRONMENT,
    )
    def explain(self, alias: str | None = None, *, environment: str | None = None) -> Explanation:
        """Return the source of each setting of a connection: file and line or variable, what it hides, and what is missing.

        Args:
            alias: The connection; by default, the one in use.
            environment: The environment; by default, the current one.

        Returns:
            A line for each field; ``complete`` is True if nothing is missing. It contains no secret.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ConnectionNotFound: No connection has this alias.
            EnvironmentNotFound: No configuration file belongs to this environment.

        Example::

            [line.key for line in aiconn_nb.explain("openai-dev") if line.problem]
        """
        from .explaining import field_lines
        from .results import Explanation

        connection = self._connection(alias)
        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        is_here = environment in (None, self.current_environment)
        there = self._context if environment is None else self._context.seen_in(environment)
        question = untrusted(there, connection)
        aside = self._context.environment_note(configuration) if is_here else ""
        lines = field_lines(self._context, connection, configuration)
        return Explanation(
            lines,
            title=connection.alias,
            environment=configuration.environment,
            places=tuple(configuration.places),
            notes=(
                *notes_on(configuration, lines),
                *([aside] if aside else []),
                *misplaced(self._context, connection),
                *([question.warning if is_here else _elsewhere(question, there.environment)] if question else []),
            ),
        )

    @verb(
        "resolve",
        "the source of one reference; its value is not shown",
        examples=("resolve $OpenAI:ApiKey",),
        reference=Arg("such as $OpenAI:ApiKey", completes="reference"),
        environment=OTHER_ENVIRONMENT,
    )
    def resolve(self, reference: str, *, environment: str | None = None) -> Explanation:
        """Return the source of one reference. Its value is not shown.

        Args:
            reference: The reference, such as ``"$OpenAI:ApiKey"``.
            environment: The environment; by default, the current one.

        Returns:
            One line; if the text is not a reference or does not resolve, ``problem`` says so.

        Raises:
            EnvironmentNotFound: No configuration file belongs to this environment.

        Example::

            aiconn_nb.resolve("$OpenAI:ApiKey", environment="Production")[0].source
        """
        from .explaining import reference_line
        from .results import Explanation

        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        line = reference_line(configuration, reference)
        return Explanation(
            [line],
            title=line.written,
            environment=configuration.environment,
            places=tuple(configuration.places),
            notes=tuple(notes_on(configuration, [line])),
        )

    @verb(
        "dotenv",
        "whether references are read from the .env file beside the settings files; --on and --off set it",
        details="It is off unless AICONN_DOTENV=1 or --on; a folder cannot enable its own file. Its values are secret. They "
        "override the settings files, and user secrets override them. __ in a name means a colon.",
        examples=("dotenv", "dotenv --on"),
        on=Arg("read the file of this folder from now on", off="--off", off_help="do not read it"),
    )
    def dotenv(self, on: bool | None = None) -> Done:
        """Return whether the ``.env`` file of this folder is a source of references; with ``on``, set this for the folder.

        The file is beside ``appsettings.json`` or, without settings files, in the working folder. The choice is stored with the
        store, for all notebooks. The variable ``AICONN_DOTENV`` (1 or 0) overrides it.

        Args:
            on: True reads the file from now on, False does not; None changes nothing.

        Raises:
            StoreError: The choice cannot be saved.

        Example::

            aiconn_nb.dotenv(on=True)
        """
        from . import dotenv

        with self._telling_of_clients() as stale:
            if on is not None:
                dotenv.switch(self._context, on)
        words, warnings = dotenv.about_dotenv(self._context)
        return Done(words, warnings=(*warnings, *stale))

    @verb(
        "diff-env",
        "compare two environments: where each reference resolves, and whether to the same value",
        details="No value is shown, only 'same' or 'differs'. In a terminal, the exit status is 1 if one lacks a reference.",
        examples=("diff-env Development Production",),
        first=Arg("an environment", completes="environment"),
        second=Arg("another one; by default, the current one", completes="environment"),
    )
    def diff_environments(self, first: str, second: str | None = None) -> EnvironmentDiff:
        """Compare two environments: a row for each reference of the connections.

        Args:
            first: An environment.
            second: Another one; by default, the current one.

        Returns:
            The source of each reference in both, and whether its value is the same. It does not contain the values. ``ok`` is True
                if every reference resolves in both.

        Raises:
            EnvironmentNotFound: One of them has no configuration file.
            ConfigurationFileError: A file in one of them cannot be read.

        Example::

            aiconn_nb.diff_environments("Development", "Production").missing
        """
        from .comparing import compare
        from .results import EnvironmentDiff

        second = self.current_environment if second is None else second
        for name in (first, second):
            self._context.known_environment(name)
        connections = self._context.store.read().connections
        return EnvironmentDiff(tuple(compare(self._context, connections, first, second)), left=first, right=second)

    def explain_draft(self, provider: str, references: Mapping[str, str]) -> tuple[FieldLine, ...]:
        """Return `explain` for the references in a form, by field: what they would resolve to if they were saved."""
        from aiconn_nb.config.resolver import explain

        from .explaining import lines_of

        fields = [field for field in self._context.registry.get(provider).fields if field.key in references]
        configuration = self._context.configuration()
        return lines_of(fields, explain(references, fields, configuration), configuration.environment)

    def make_settings(self) -> str:
        """Make an ``appsettings.json`` without settings in the working folder; returns its path in a displayable form.

        Raises `SettingsNotMade`, also if the file exists.
        """
        folder = here()
        if folder is None:
            raise errors.SettingsNotMade(path="", problem="the working folder was deleted or cannot be entered")
        path = Path(folder, BASE_FILE)
        try:
            files.create(path, b"{\n}\n", mode=0o666)
        except OSError as error:
            raise errors.SettingsNotMade(path=str(path), problem=files.reason(error)) from None
        return shown(str(path))

    def known_keys(self) -> list[str]:
        """Return the configuration keys of the current environment, for completion; none if a file is broken."""
        try:
            return [key for key in self._context.configuration().keys() if shown_name(key) == key]  # noqa: SIM118
        except errors.AiconnError:
            return []


def _elsewhere(question: Question, environment: str) -> str:
    """Return the warning about a host in another environment. It can be allowed only there."""
    return f"In {environment}, {question.warning} Switch to it first: {switching(environment)}"
