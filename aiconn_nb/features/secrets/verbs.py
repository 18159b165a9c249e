"""Saving, removing and restoring the user's own secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb import errors
from aiconn_nb.features.core import Core
from aiconn_nb.features.environments import place as place_of
from aiconn_nb.model.casing import fold
from aiconn_nb.model.hint import command
from aiconn_nb.model.key_name import has_key, shown_name
from aiconn_nb.model.moment import at
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import MASK_LIKE, Secret, is_secret_name
from aiconn_nb.session.cell import written_in_cell
from aiconn_nb.session.context import UserSecretSource
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from .results import SecretKeys

_REFERENCE: Final = late(r"\$\w+(:\w+)+")
"""A reference to a key in a section; a single ``$`` may be the first character of a password."""


def _refuse_key(name: str) -> None:
    """Raise `InvalidReference` for a name that contains a key."""
    if has_key(name):
        raise errors.KeyAsReference


ENVIRONMENT = Arg("this environment instead of the current one", name="--env", completes="environment", metavar="NAME")
ALL_ENVIRONMENTS = Arg("all environments together")


class SecretVerbs(Core):
    """The verbs on user secrets."""

    def require_secret_name(self, key: str, *, environment: str | None = None, all: bool = False) -> None:
        """Raise the error of `set_secret` for this key, before the user enters a value: its name would be stored and shown."""
        self._context.secrets.require_name(key.removeprefix("$"), self._secret_place(environment, all))

    def secret_names(self) -> set[str]:
        """Return the names of all user secrets, as stored. One of them may contain a key; `secrets` masks it."""
        kept = self._context.secrets
        return {key for place in (None, *kept.environments()) for key in (*kept.keys(place), *kept.former(place))}

    def require_environment(self, name: str) -> None:
        """Raise `EnvironmentNotFound`, with the nearest name, for an environment that has no file or secret and is not current."""
        self._context.known_environment(name)

    @verb(
        "secret set",
        "store a value for a configuration key in the encrypted user secrets; prompts without echo",
        examples=(
            "secret set OpenAI:ApiKey",
            "secret set OpenAI:ApiKey --env Production",
            "secret set OpenAI:ApiKey --all",
        ),
        details="It applies to the current environment unless --env or --all is given.",
        in_python=False,
        key=Arg("such as OpenAI:ApiKey", completes="reference"),
        environment=ENVIRONMENT,
        all=ALL_ENVIRONMENTS,
    )
    def set_secret(self, key: str, value: Secret | str, *, environment: str | None = None, all: bool = False) -> Done:
        """Store a value for a configuration key in the encrypted user secrets.

        It applies to the current environment, to the named one, or with ``all`` to all environments. Raises `AiconnError` for a
        blank value, which would silently replace a good one, and for a reference, which would never resolve.
        """
        key = key.removeprefix("$")
        if not isinstance(value, Secret | str):
            raise errors.BadNumber(name="value", wanted="a text")
        value = value if isinstance(value, Secret) else Secret(value)
        if value.is_blank:
            raise errors.NothingEntered(key=key)
        if value.satisfies(lambda text: _REFERENCE.fullmatch(text.strip()) is not None):
            raise errors.ReferenceAsSecret
        if value.satisfies(lambda text: MASK_LIKE.fullmatch(text.strip()) is not None):
            raise errors.MaskAsSecret
        if value.satisfies(self._context.vault.looks_sealed):
            raise errors.SealedAsSecret
        place = self._secret_place(environment, all)
        self._context.secrets.require_name(key, place)
        with self._telling_of_clients() as stale:
            self._context.secrets.set(key, value, place)
        self._context.checks.forget(key)
        starts = value.satisfies(lambda text: text.lstrip().startswith("$"))
        warnings = ("it starts with $, and is kept as it is: a user secret is never resolved again",) if starts else ()
        return Done(
            f"${shown_name(key)} is saved in the user secrets{errors.of_environment(place)}.",
            warnings=(
                *warnings,
                *written_in_cell({"the value": value}),
                *self._oddities(key, value, place),
                *self._overridden(key, place),
                *stale,
            ),
        )

    @verb(
        "secret remove",
        "remove a user secret; it can be restored for 30 days",
        examples=("secret remove OpenAI:ApiKey", "secret remove OpenAI:ApiKey --forget"),
        in_python=False,
        key=Arg("such as OpenAI:ApiKey", completes="secret"),
        environment=ENVIRONMENT,
        all=ALL_ENVIRONMENTS,
        forget=Arg("permanently, including previous values"),
    )
    def remove_secret(
        self, key: str, *, environment: str | None = None, all: bool = False, forget: bool = False
    ) -> Done:
        """Remove a user secret; it can be restored for 30 days. ``forget`` removes it permanently, with its previous values.

        It belongs to the current environment, to the named one, or with ``all`` to all environments.
        """
        environment = self._secret_place(environment, all)
        key = self._stored_name(key, environment)
        with self._telling_of_clients() as stale:
            removed = self._context.secrets.remove(key, environment, forget=forget)
        self._context.checks.forget(key)
        if not removed:
            _refuse_key(key)
            raise errors.NoUserSecret(
                key=key, environment=environment, **self._instead(key, environment, self._context.secrets.keys)
            )
        if forget:
            return Done(
                f"${shown_name(key)} was removed from the user secrets{errors.of_environment(environment)}, for good.",
                warnings=tuple(stale),
            )
        shown = self._shown_names(environment).get(key, key)
        kept = ("its name, which contains a key, is kept with the former value; --forget removes both",)
        return Done(
            f"${shown} was removed from the user secrets{errors.of_environment(environment)}. "
            f"'{self._command('restore', shown, environment)}' brings it back.",
            warnings=(*(kept if has_key(key) else ()), *stale),
        )

    @verb(
        "secret restore",
        "restore the value that was last replaced or removed",
        examples=("secret restore OpenAI:ApiKey",),
        in_python=False,
        key=Arg("such as OpenAI:ApiKey", completes="former secret"),
        environment=ENVIRONMENT,
        all=ALL_ENVIRONMENTS,
    )
    def restore_secret(self, key: str, *, environment: str | None = None, all: bool = False) -> Done:
        """Restore the value of a user secret that was last replaced or removed. A second call undoes the first.

        It belongs to the current environment, to the named one, or with ``all`` to all environments.
        """
        environment = self._secret_place(environment, all)
        key = self._stored_name(key, environment)
        with self._telling_of_clients() as stale:
            back = self._context.secrets.restore(key, environment)
        self._context.checks.forget(key)
        if back is None:
            _refuse_key(key)
            raise errors.NoFormerSecret(
                key=key, environment=environment, **self._instead(key, environment, self._context.secrets.former)
            )
        what = (
            f"${shown_name(key)}{errors.of_environment(environment)} again has the value that it had until {at(back)}."
        )
        return Done(what, warnings=(*self._overridden(key, environment), *stale))

    @verb(
        "secret list",
        "list the keys of the user secrets, never a value; includes restorable ones",
        examples=("secret list",),
    )
    def secrets(self) -> SecretKeys:
        """Return the keys of the user secrets, including removed ones that can be restored; never a value. The keys of a ``.env``
        file follow, if one is in use here, each with its line.

        Raises:
            SecretsFileError: One of their files cannot be read.

        Example::

            [row.key for row in aiconn_nb.secrets()]
        """
        from .results import SecretKeys, SecretRow

        rows = []
        for place in (None, *self._context.secrets.environments()):
            former = self._context.secrets.former(place)
            shown = self._shown_names(place)
            moments = {fold(key): (key, until[0]) for key, until in former.items()}
            for key in self._context.secrets.keys(place):
                _, moment = moments.pop(fold(key), ("", None))
                rows.append(SecretRow(shown.get(key, key), place or "", moment))
            rows += [
                SecretRow(shown.get(key, key), place or "", moment, removed=True) for key, moment in moments.values()
            ]
        # A broken file fails every lookup, and `doctor` reports it. The user secrets can be listed anyway.
        with suppress(errors.AiconnError):
            rows += [
                SecretRow(shown_name(each.key), "", place=place_of(each))
                for each in self._context.configuration().dotenv_entries()
            ]
        return SecretKeys(rows)

    def _oddities(self, key: str, value: Secret, environment: str | None) -> list[str]:
        """Return warnings about a value that cannot be valid here. The rules for keys apply if the name says that it is a key."""
        from aiconn_nb.features.environments import name_as_value
        from aiconn_nb.model.plausible import implausible

        found = []
        if problem := implausible(value, self._shapes_of(key), is_key=is_secret_name(key)):
            found.append(f"the value {problem}")
        if reference := name_as_value(self._context, value):
            found.append(
                f"the value is the name of a key, and a user secret is never resolved again: use {reference} itself"
            )
        return [f"{each}; '{self._command('set', key, environment)}' replaces it" for each in found]

    def _overridden(self, key: str, environment: str | None) -> list[str]:
        """Return a warning if a higher source, such as a variable of a JupyterHub, has a value, which is used instead."""
        used_in = environment or self._context.environment
        with suppress(errors.AiconnError):  # a broken file fails every lookup, and `doctor` reports it
            found = self._context.configuration(used_in).lookup(key, opens=False)
            own = found.origin.environment if isinstance(found.origin, UserSecretSource) else None
            if found.origin.name != self._context.user_secrets(environment).name:
                other = f"the user secret of {own}" if own else place_of(found)
                return [f"in {used_in}, {other} is used instead"]
        return []

    def _shapes_of(self, key: str) -> tuple[str, ...]:
        """Return the owners of the keys that belong here: of the providers that suggest this reference."""
        folded = fold(f"${key}")
        return tuple(
            shape
            for provider in self._context.registry.all()
            if any(fold(field.suggested_reference) == folded for field in provider.fields)
            for shape in provider.key_shapes
        )

    def _shown_names(self, environment: str | None) -> dict[str, str]:
        """Return the displayable form of each stored name that contains a key or a value, by name; two are never the same."""
        kept, shown = self._context.secrets, dict[str, str]()
        for name in sorted({*kept.keys(environment), *kept.former(environment)}):
            if (masked := shown_name(name)) != name:
                taken = sum(each == masked or each.startswith(f"{masked}-") for each in shown.values())
                shown[name] = f"{masked}-{taken + 1}" if taken else masked
        return shown

    def _stored_name(self, key: str, environment: str | None) -> str:
        """Return the stored name that the list shows as ``key``; any other text without its ``$``."""
        key = key.removeprefix("$")
        return next((name for name, shown in self._shown_names(environment).items() if shown == key), key)

    def _instead(
        self, key: str, environment: str | None, keys_of: Callable[[str | None], Iterable[str]]
    ) -> dict[str, Any]:
        """Return the alternatives to a missing secret: the keys of the environment, and the environments with the key."""
        others = [each for each in (None, *self._context.secrets.environments()) if each != environment]
        having = tuple(each for each in others if fold(key) in map(fold, keys_of(each)))
        options = self._options(having[0]) if having else ()
        return {"nearest": nearest(key, keys_of(environment)), "having": having, "options": options}

    def _secret_place(self, environment: str | None, all: bool) -> str | None:
        """Return the environment of a user secret; None for all environments."""
        if all and environment is not None:
            raise errors.OneOrAll
        return None if all else self._context.environment if environment is None else environment

    def _command(self, action: str, key: str, environment: str | None) -> str:
        return command(f"secret {action}", key, *self._options(environment))

    def _options(self, environment: str | None) -> tuple[str, ...]:
        """Return the options for the environment of a secret."""
        if environment == self._context.environment:
            return ()
        return ("--all",) if environment is None else ("--env", environment)
