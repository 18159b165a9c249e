"""Replacing a key by a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from aiconn_nb.features.checks import Progress
    from aiconn_nb.features.connections import NewKey
    from aiconn_nb.features.use import Binding

    from .key_rotation import Rotated, Rotation, WhichModel


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
        """What a rotation would replace, and where the new value would go; nothing is tested or changed.

        It is the only sensitive field that is set, or the one that is named, with those that belong to it (the halves of an
        AWS key). Raises `CommandError` where none or several are set, and where a reference's value comes from a place
        that is not written to: a file, an environment variable.
        """
        from .key_rotation import plan

        return plan(self._context, alias, field, to, everywhere=all)

    @verb(
        "rotate",
        "replace a key: the new one is asked for without echo, tested, and only then takes the old one's place",
        details="The old key stays until the new one is proven; where the test cannot tell, a model is asked for. Clients bound "
        "with 'use ... as' are bound anew. 'rollback' undoes it, "
        "or 'secret restore' where it was a user secret: the result says which.",
        examples=("rotate openai-dev", "rotate openai-dev --to $OpenAI:NewKey"),
        inner=("progress", "which_model"),
        alias=Arg("the connection", completes="alias"),
        field=Arg("which key, where there are several", completes="key", metavar="KEY"),
        to=Arg(
            "a reference instead of a key; KEY=REFERENCE for several that belong together",
            completes="reference",
            metavar="REFERENCE",
            is_list=True,
        ),
        model=Arg("also ask this model for one token", completes="model"),
        all=Arg("keep a new user secret for all environments"),
    )
    def rotate(
        self,
        alias: str,
        new: NewKey = None,
        *,
        to: str | Mapping[str, str] | None = None,
        field: str | None = None,
        model: str | None = None,
        which_model: WhichModel | None = None,
        all: bool = False,
        progress: Progress | None = None,
    ) -> Rotated:
        """Replace a key by a new one, after the connection has passed its test with it. Without proof the old key stays.

        A sealed value is sealed anew, and the old one stays in the history. Where a reference comes from a user secret, the new key
        is kept as a user secret. Clients that were bound to the old key are bound again, and the result says so.

        Args:
            alias: The connection.
            new: The key (text or `Secret`), or several by field where they belong together, as the two halves of an AWS key do.
            to: Instead of a key, the reference that replaces the stored one, or references by field.
            field: The field of the key, if the connection has several that do not belong together.
            model: A model that is asked for one token besides, which proves a key that a list of models does not.
            all: Whether to replace the user secret of all environments, instead of that of the current one.
            which_model: Called with the reason if the test cannot tell; returns a model that decides.
            progress: Called with each step of the test when it is done.

        Returns:
            Where the new key is kept, what the test found, and how the former key comes back.

        Raises:
            ConnectionNotFound: No connection has this alias.
            RotationFailed: The new key failed at ``rung``, or the test cannot tell. Nothing was changed.
            CommandError: It cannot be told which key is meant, or where the new one goes.

        Example::

            aiconn_nb.rotate("openai-dev", to="$OpenAI:NewKey")
        """
        from aiconn_nb.features.connections import take_key

        taken, new = take_key(new), None  # so that no frame of a traceback shows what was given
        from .key_rotation import rotate

        planned = self.rotation(alias, field=field, to=to, all=all)
        given = taken if isinstance(taken, Mapping) else {each.key: taken for each in planned.fields[:1]}
        holders = self._fresh_bindings()
        done = rotate(self._context, planned, given, model=model, which_model=which_model, progress=progress)
        self._turns.answered(planned.connection)
        return self._bound_anew(holders, done)

    def _bound_anew(self, holders: Iterable[Binding], done: Rotated) -> Rotated:
        """Bind the clients anew that had the old key; a client that cannot be made is told, for the rotation is done."""
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
