"""The verb that finds existing accounts and servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aiconn_nb.features.arguments import texts_in
from aiconn_nb.features.core import Core
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from .results import Proposal, Proposals


class DiscoveryVerbs(Core):
    """The verb for discovery."""

    @verb(
        "discover",
        "find existing accounts and local servers, and create connections from them",
        details="It checks environment variables, .env files of the working folder, the keys of llm, the settings of jupyter-ai "
        "and Continue, the profiles of AWS and gcloud, and the documented ports of this machine. A variable becomes a reference. "
        "Any other key is copied to the encrypted user secrets, after confirmation. No value is shown.",
        examples=("discover", "discover --create openai-env", "discover --all"),
        inner=("confirm",),
        create=Arg("create connections from these", name="--create", metavar="NAME", is_list=True),
        all=Arg("create connections from everything new"),
        local=Arg("", off="--no-local", off_help="contact no server on this machine"),
    )
    def discover(
        self,
        create: Sequence[str] = (),
        *,
        all: bool = False,
        local: bool = True,
        confirm: Callable[[Proposal], bool] | None = None,
    ) -> Proposals:
        """Find accounts and local servers that other tools know, and create connections from them.

        It checks environment variables, ``.env`` files of the working folder, the keys of ``llm``, the settings of jupyter-ai and
        Continue, the profiles of AWS and gcloud, and the documented ports of the loopback interface, to which it sends no
        credential. Files are read, never run.

        Args:
            create: The names of proposals to create. A key outside the variables is copied to the encrypted user secrets of the
                current environment.
            all: Create everything new, except proposals that would copy a key and are not named in ``create``.
            local: Whether to look for servers on this machine.
            confirm: Called before each is created; it returns whether to create it.

        Returns:
            A row for each account; ``created`` has the aliases of the created connections. It contains no key.

        Raises:
            CommandError: One of these names is not in the list.

        Example::

            aiconn_nb.discover(create=["openai-env"]).created
        """
        from .taking import discovered

        return discovered(self._context, texts_in("create", create), all=all, local=local, confirm=confirm)
