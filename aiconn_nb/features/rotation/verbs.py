"""Replacing a key by a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from aiconn_nb.features.checks import Rung
    from aiconn_nb.features.connections import NewKey
    from aiconn_nb.features.use import Binding

    from .key_rotation import Rotated, Rotation


class RotationVerbs(Core):
    """The verbs on the rotation of a key."""

    def rotation(
        self,
        alias: str,
        *,
        field: str | None = None,
        to: str | Mapping[str, str] | None = None,
        all: bool = False,
    ) -> Rotation:
        """Return what a rotation would replace, and the place for the new value; nothing is tested or changed.

        It replaces the only sensitive field with a value, or the named one, with the fields that belong to it (the halves of an AWS
        key). Raises `CommandError` if there is no such field or several, or if a reference's value comes from a source that is not
        writable: a file, an environment variable.
        """
        from .key_rotation import plan

        return plan(self._context, alias, field, to, everywhere=all)

    @verb(
        "rotate",
        "replace a key: prompts for the new one without echo, tests it, and replaces the old one only if it passes",
        details="The old key stays until the new one is proven. If the test cannot tell, you can name a model for one token. "
        "Clients bound with 'use ... as' are bound again. The result says how to undo it: with 'rollback', "
        "or with 'secret restore' for a user secret.",
        examples=("rotate openai-dev", "rotate openai-dev --to $OpenAI:NewKey"),
        inner=("progress", "which_model"),
        alias=Arg("the connection", completes="alias"),
        field=Arg("which key, if there are several", completes="key", metavar="KEY"),
        to=Arg(
            "a reference instead of a key; KEY=REFERENCE for several that belong together",
            completes="reference",
            metavar="REFERENCE",
            is_list=True,
        ),
        model=Arg("also request one token from this model", completes="model"),
        all=Arg("replace the user secret of all environments"),
    )
    def rotate(
        self,
        alias: str,
        new: NewKey = None,
        *,
        to: str | Mapping[str, str] | None = None,
        field: str | None = None,
        model: str | None = None,
        which_model: Callable[[str], str] | None = None,
        all: bool = False,
        progress: Callable[[str, Rung], None] | None = None,
    ) -> Rotated:
        """Replace a key by a new one, if the connection passes its test with it. Without proof, the old key stays.

        A sealed value is sealed again, and the old one stays in the history. If a reference comes from a user secret, the new key
        becomes the user secret. Clients with the old key are bound again, and the result lists them.

        Args:
            alias: The connection.
            new: The key (text or `Secret`), or several by field if they belong together, like the two halves of an AWS key.
            to: Instead of a key, the reference that replaces the stored one, or references by field.
            field: The field of the key, if the connection has several that do not belong together.
            model: A model for a request of one token, which proves a key even if a list of models does not.
            all: Whether to replace the user secret of all environments instead of the current one's.
            which_model: Called with the reason if the test cannot tell; returns a model that decides.
            progress: Called with each finished step of the test.

        Returns:
            The location of the new key, the test result, and how to restore the previous key.

        Raises:
            ConnectionNotFound: No connection has this alias.
            RotationFailed: The new key failed at ``rung``, or the test cannot tell. Nothing changed.
            CommandError: The field of the key or the place for the new one is ambiguous.

        Example::

            aiconn_nb.rotate("openai-dev", to="$OpenAI:NewKey")
        """
        from aiconn_nb.features.connections import take_key

        taken, new = take_key(new), None  # so that no traceback frame shows the given key
        from .key_rotation import rotate

        self.require_no_known_key(model)
        planned = self.rotation(alias, field=field, to=to, all=all)
        given = taken if isinstance(taken, Mapping) else {each.key: taken for each in planned.fields[:1]}
        holders = self._fresh_bindings()
        done = rotate(self._context, planned, given, model=model, which_model=which_model, progress=progress)
        self._turns.answered(planned.connection)
        return self._bound_anew(holders, done)

    def _bound_anew(self, holders: Iterable[Binding], done: Rotated) -> Rotated:
        """Bind the clients with the old key again. A client that cannot be made causes a warning, because the rotation is done."""
        notes: list[str] = []
        warnings: list[str] = []
        for each in filter(self._is_stale, holders):
            connection = self.find(each.connection)
            if connection is None:
                continue
            try:
                each.renew(self._account(connection))
            except AiconnError:
                warnings.append(f"{each.name} still has the former key; {each.remedy}")
            else:
                notes.append(each.renewed)
        return replace(done.with_warnings(warnings), notes=(*done.notes, *notes)) if notes or warnings else done
