"""What the files say, what is kept secret for me, and who can build a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError, ProviderError
from aiconn_nb.model.field import Field
from aiconn_nb.model.place import tilde
from aiconn_nb.session.verb import Arg, verb

from ..connections import explaining
from ..connections.answers import Explanation, FieldLine
from ..trust.trust import untrusted

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.

    from ..scan.scan import Scan
    from .surroundings import Environments, Providers

from .secret_verbs import SecretVerbs


class ConfigurationVerbs(SecretVerbs):
    """The verbs on environments, references and providers, and on user secrets."""

    @verb(
        "env",
        "the environments that have files; with a name, switch this kernel",
        examples=("env", "env Production"),
        name=Arg("the environment to switch to", completes="environment"),
    )
    def environment(self, name: str | None = None) -> Environments:
        """The environments that have files; with ``name`` this session is switched to it first."""
        from .surroundings import EnvironmentRow, Environments

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
            notes=[*configuration.notes, *explaining.hidden_files(self._context), *stale],
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
        """Per field: as written, whether it resolves, from which file and line or variable, what it hides, what is missing."""
        connection = self._connection(alias)
        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        question = untrusted(self._context, connection) if environment in (None, self.current_environment) else None
        return Explanation(
            connection.alias,
            explaining.field_lines(self._context, connection, environment),
            environment=configuration.environment,
            places=configuration.places,
            notes=[
                *configuration.notes,
                *explaining.misplaced(self._context, connection),
                *([question.warning] if question else []),
            ],
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
        """The same for one reference. Its value is never shown."""
        if environment is not None:
            self._context.known_environment(environment)
        configuration = self._context.configuration(environment)
        line = explaining.reference_line(self._context, reference, environment)
        return Explanation(
            line.written,
            [line],
            environment=configuration.environment,
            places=configuration.places,
            notes=configuration.notes,
        )

    def explain_draft(self, provider: str, references: Mapping[str, str]) -> tuple[FieldLine, ...]:
        """The same for references that a form holds, by field: what would become of them if they were saved."""
        fields = [field for field in self.fields(provider) if field.key in references]
        return explaining.explained(self._context, references, fields)

    def known_keys(self) -> list[str]:
        """The configuration keys of the current environment, for completion; none where a file is broken."""
        try:
            return self._context.configuration().keys()
        except AiconnError:
            return []

    @verb(
        "scan",
        "find keys in notebooks: cells, outputs, metadata, widget state; status 1 where there are some",
        details="For pre-commit, too.",
        examples=("scan lesson.ipynb", "scan lesson.ipynb --fix", "scan ."),
        notebooks=Arg("the notebooks' files", name="notebook", is_needed=True),
        fix=Arg("take them out of outputs and widget state, leaving a backup"),
    )
    def scan(self, *notebooks: str, fix: bool = False) -> Scan:
        """Find keys in notebooks; with ``fix`` take them out of outputs and widget state, leaving a backup."""
        from ..scan.scan import scan

        return scan(self._context, notebooks, fix=fix)

    @verb(
        "providers",
        "the installed providers, their fields, and whether their SDK is here",
        details="Plug-ins that do not load are listed with their reason.",
        examples=("providers",),
        in_python=False,  # aiconn_nb.providers is a package
    )
    def providers(self) -> Providers:
        """The installed providers, and the broken plug-ins with their reason."""
        from aiconn_nb.providers.account import missing_modules

        from .surroundings import ProviderRow, Providers

        rows = [
            ProviderRow(
                each.id,
                each.name,
                tuple(sorted(each.capabilities)),
                tuple(f"{f.key}{'*' if f.required else ''}{'!' if f.sensitive else ''}" for f in each.fields),
                tuple(missing_modules(each)),
                each.sdk.install if each.sdk else "",
                key_shapes=each.key_shapes,
            )
            for each in self._context.registry.all()
        ]
        broken = [ProviderRow(id, id, broken=reason) for id, reason in self._context.registry.broken().items()]
        return Providers([*rows, *broken])

    def fields(self, provider: str) -> tuple[Field, ...]:
        """What a provider asks for. Raises `ProviderNotFound`."""
        return self._context.registry.get(provider).fields

    def provider_name(self, provider: str) -> str:
        """The display name of a provider, '' where it is not installed or broken."""
        try:
            return self._context.registry.get(provider).name
        except ProviderError:
            return ""

    def provider_ids(self) -> list[str]:
        """The ids of the installed providers."""
        return self._context.registry.ids()
