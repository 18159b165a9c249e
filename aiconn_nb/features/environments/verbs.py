"""The environments, and where a setting or reference comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.core import Core
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.place import tilde
from aiconn_nb.session.verb import Arg, verb

from . import explaining
from .results import Explanation, FieldLine

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.

    from .results import Environments


class EnvironmentVerbs(Core):
    """The verbs on environments and references."""

    @verb(
        "env",
        "the environments that have files; with a name, switch this kernel",
        examples=("env", "env Production"),
        name=Arg("the environment to switch to", completes="environment"),
    )
    def environment(self, name: str | None = None) -> Environments:
        """The environments that have files, and the current one; with a name, switch this session to it first.

        Args:
            name: The environment to switch to, such as ``"Production"``; None switches nothing.

        Raises:
            EnvironmentNotFound: No configuration file belongs to this environment; the hint names the nearest.

        Example::

            aiconn_nb.environment("Production").current
        """
        from .results import EnvironmentRow, Environments

        stale: list[str] = []
        if name is not None:
            self._context.switch(name)
            stale = [
                f"{each.name} still has what {each.environment} gave it; {each.remedy}"
                for each in self.bindings.held
                if each.environment != name
            ]
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
                        *([root / f"appsettings.{each}.json"] if root else []),
                        self._context.secrets.path(each),
                    )
                    if path.is_file()
                ),
            )
            for each in self._context.environments()
        ]
        return Environments(
            rows,
            root=str(root or ""),
            notes=(*configuration.notes, *explaining.hidden_files(self._context), *stale),
            aside=self._context.environment_note,
            store=tilde(self._context.home),
        )

    @verb(
        "explain",
        "where each setting of a connection comes from, and what is missing",
        details="Per field: as written, resolved or not, the file and line, what it hides. "
        "In a terminal the status is 1 where something is missing.",
        examples=("explain openai-dev", "explain openai-dev --env Production"),
        alias=Arg("the connection; the one in use if none is named", completes="alias"),
        environment=Arg(
            "in another environment than the current one", name="--env", completes="environment", metavar="NAME"
        ),
    )
    def explain(self, alias: str | None = None, *, environment: str | None = None) -> Explanation:
        """Where each setting of a connection comes from: the file and line or variable, what it hides, and what is missing.

        Args:
            alias: The connection; the one in use if omitted.
            environment: The environment; the current one if omitted.

        Returns:
            A line for each field; ``complete`` says whether nothing is missing. It contains no secret.

        Raises:
            NoConnectionInUse: No alias was given, and none is in use.
            ConnectionNotFound: No connection has this alias.
            EnvironmentNotFound: No configuration file belongs to this environment.

        Example::

            [line.key for line in aiconn_nb.explain("openai-dev") if line.problem]
        """
        connection = self._connection(alias)
        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        question = untrusted(self._context, connection) if environment in (None, self.current_environment) else None
        return Explanation(
            explaining.field_lines(self._context, connection, environment),
            title=connection.alias,
            environment=configuration.environment,
            places=tuple(configuration.places),
            notes=(
                *configuration.notes,
                *explaining.misplaced(self._context, connection),
                *([question.warning] if question else []),
            ),
        )

    @verb(
        "resolve",
        "where one reference comes from; its value is not shown",
        examples=("resolve $OpenAI:ApiKey",),
        reference=Arg("such as $OpenAI:ApiKey", completes="reference"),
        environment=Arg(
            "in another environment than the current one", name="--env", completes="environment", metavar="NAME"
        ),
    )
    def resolve(self, reference: str, *, environment: str | None = None) -> Explanation:
        """Where one reference comes from. Its value is not shown.

        Args:
            reference: The reference, such as ``"$OpenAI:ApiKey"``.
            environment: The environment; the current one if omitted.

        Returns:
            One line; if the text is no reference or does not resolve, its ``problem`` says so.

        Raises:
            EnvironmentNotFound: No configuration file belongs to this environment.

        Example::

            aiconn_nb.resolve("$OpenAI:ApiKey", environment="Production")[0].source
        """
        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        line = explaining.reference_line(self._context, reference, environment)
        return Explanation(
            [line],
            title=line.written,
            environment=configuration.environment,
            places=tuple(configuration.places),
            notes=tuple(configuration.notes),
        )

    def explain_draft(self, provider: str, references: Mapping[str, str]) -> tuple[FieldLine, ...]:
        """The same for the references in a form, by field: what they would resolve to if they were saved."""
        fields = [field for field in self._context.registry.get(provider).fields if field.key in references]
        return explaining.explained(self._context, references, fields)

    def known_keys(self) -> list[str]:
        """The configuration keys of the current environment, for completion; none if a file is broken."""
        try:
            return self._context.configuration().keys()
        except AiconnError:
            return []
