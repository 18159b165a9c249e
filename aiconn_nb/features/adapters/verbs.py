"""A connection or profile as the object of a framework, and as lines that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import KnownKeyGiven
from aiconn_nb.features.core import Core
from aiconn_nb.model.profile import Capability, as_capability
from aiconn_nb.model.secret import shapes_in
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    from .results import Snippet


class AdapterVerbs(Core):
    """The verbs on frameworks."""

    @verb()
    def to(
        self,
        framework: str,
        alias: str | None = None,
        *,
        model: str | None = None,
        capability: Capability | str = Capability.CHAT,
    ) -> Any:
        """A profile, or a connection with a model, as the object by which a framework calls it.

        The key goes into the object, as the framework's own secret type if it has one; never into the process environment.

        Args:
            framework: ``langchain``, ``pydantic-ai``, ``llama-index``, ``litellm`` (keyword arguments), ``chatlas``,
                ``instructor``, ``openai-agents`` or ``haystack``, or one that a plug-in adds.
            alias: A profile, with its options and, where the framework can, its fallbacks; or a connection, with ``model``.
                The default profile if it is omitted.
            model: The model, in the place of the profile's.
            capability: ``chat`` or ``embedding``.

        Returns:
            The framework's own object: a ``ChatOpenAI`` of LangChain, a model of Pydantic AI, and so on.

        Raises:
            AdapterNotFound: No such framework is known.
            FrameworkMissing: It is not installed; the hint has the line that installs it.
            FrameworkCannotCall: It cannot call this provider.

            And what `client` raises.

        Example::

            llm = aiconn_nb.to("langchain", "writer")
            llm.invoke("Say hello.").content
        """
        from aiconn_nb.features.asking import find_target

        from .building import build
        from .known import get

        wanted = as_capability(capability)
        adapter = get(framework)
        target = find_target(self._context, alias, model=model, capability=wanted, in_use=self._in_use)
        return build(adapter, target, wanted, self._account)

    def frameworks(self) -> list[str]:
        """The ids of the frameworks that `to` knows."""
        from .known import ids

        return ids()

    @verb(
        "snippet",
        "lines for the next cell that call a connection, without any key",
        details="In a notebook they are put into the next cell, in a terminal they are printed.",
        examples=("snippet writer --for langchain", "snippet openai-dev --model gpt-5-mini"),
        alias=Arg("the profile or connection", completes="target"),
        framework=Arg("the framework; without it, aiconn_nb alone", completes="framework", name="--for"),
        model=Arg("the model, for a connection or in the place of the profile's", completes="model"),
        capability=Arg("chat or embedding", completes="capability"),
    )
    def snippet(
        self,
        alias: str,
        *,
        framework: str | None = None,
        model: str | None = None,
        capability: Capability | str = Capability.CHAT,
    ) -> Snippet:
        """Working lines that call a profile or connection, without any key in them.

        Args:
            alias: The profile, or the connection with ``model``.
            framework: As `to` takes it; None for lines with this package alone.
            model: The model, in the place of the profile's.
            capability: ``chat`` or ``embedding``.

        Raises:
            AdapterNotFound: No such framework is known.
            FrameworkCannotCall: It has no object for the capability.
            ProfileNotFound: There is neither a profile nor a connection of this alias.

        Example::

            print(aiconn_nb.snippet("writer", framework="langchain").code)
        """
        from aiconn_nb.features.asking import find_target

        from .snippet import written

        # The lines repeat the arguments and are saved with the notebook.
        if owners := shapes_in(model or ""):
            raise KnownKeyGiven(whose=f"a key of {owners[0]}")
        self.require_no_known_key(model)
        wanted = as_capability(capability)
        target = find_target(self._context, alias, model=model, capability=wanted, in_use=self._in_use)
        return written(framework, target.label, model, wanted)
