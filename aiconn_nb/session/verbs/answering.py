"""Several answers: comparison, embedding, the rehearsal of a failover, and the rotation of a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..editing import NewKey, take_key
from .asking import AskingVerbs

if TYPE_CHECKING:
    # What calls a provider is imported by the verbs that do: a list is to be quick.
    from ..ladder import Progress
    from ..rotating import Rotated, Rotation, Unproven


class AnsweringVerbs(AskingVerbs):
    """The verbs that stand on asking."""

    def rotation(self, alias: str, *, field: str | None = None, to: str | Mapping[str, str] | None = None) -> Rotation:
        """What a rotation would replace, and where the new value would go; nothing is tested or changed.

        It is the only sensitive field that is set, or the one that is named, with those that belong to it (the halves of an
        AWS key). Raises `CommandError` where none or several are set, and where a reference's value comes from a place
        that is not written to: a file, an environment variable.
        """
        from ..rotating import plan

        return plan(self._columns, alias, field, to)

    def rotate(
        self,
        alias: str,
        new: NewKey = None,
        *,
        to: str | Mapping[str, str] | None = None,
        field: str | None = None,
        model: str | None = None,
        unproven: Unproven = False,
        progress: Progress | None = None,
    ) -> Rotated:
        """Replace a key by a new one, once the connection has passed its test with it.

        ``new`` is the key, or several by field where they belong together; instead, ``to`` is the reference (or references by
        field) that takes the place of what is there. A sealed value is sealed anew, and the old one stays in the history;
        where a reference comes from a user secret, that is what changes. ``model`` is asked for one token besides. Where the
        test cannot tell, ``unproven`` decides: a boolean, or a function that is asked with the reason.
        Raises `RotationFailed` with the rung that failed, and then nothing was changed.
        """
        taken, new = take_key(new), None  # so that no frame of a traceback shows what was given
        from ..rotating import rotate

        planned = self.rotation(alias, field=field, to=to)
        given = taken if isinstance(taken, Mapping) else {each.key: taken for each in planned.fields[:1]}
        done = rotate(self._columns, planned, given, model=model, unproven=unproven, progress=progress)
        if self._in_use == planned.connection.id and self._exports.names:
            return done.with_warnings(["the exported variables still have the former key; 'use --env' sets them anew"])
        return done
