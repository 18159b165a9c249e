"""A connection or profile as the object of a framework, and in lines of code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiconn_nb import errors
from aiconn_nb.features.arguments import MODEL_OF_CALL
from aiconn_nb.features.core import Core
from aiconn_nb.model.capability import Capability, as_capability
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
        """Build a framework's object that calls a profile, or a connection with a model.

        The key goes into the object, as the framework's own secret type if it has one; never into the process environment.

        Args:
            framework: ``langchain``, ``pydantic-ai``, ``llama-index``, ``litellm`` (keyword arguments), ``chatlas``,
                ``instructor``, ``openai-agents``, ``haystack`` or ``dspy``, or one that a plug-in adds.
            alias: A profile, with its options and, if the framework supports them, its fallbacks; or a connection, with
                ``model``. By default, the default profile.
            model: A model that replaces the profile's.
            capability: ``chat`` or ``embedding``.

        Returns:
            The framework's own object: a ``ChatOpenAI`` of LangChain, a model of Pydantic AI, and so on.

        Raises:
            AdapterNotFound: The framework is unknown.
            FrameworkMissing: It is not installed; the hint has the install command.
            FrameworkCannotCall: It cannot call this provider.

            And the errors of `client`.

        Example::

            llm = aiconn_nb.to("langchain", "writer")
            llm.invoke("Say hello.").content
        """
        from aiconn_nb.features.asking import find_target

        from .building import build
        from .known import get

        self.require_no_known_key(model)
        wanted = as_capability(capability)
        adapter = get(framework)
        target = find_target(self._context, alias, model=model, capability=wanted, in_use=self._in_use)
        return build(adapter, target, wanted, self._account)

    def frameworks(self) -> list[str]:
        """Return the ids of the frameworks for `to`."""
        from .known import ids

        return ids()

    @verb(
        "snippet",
        "lines of code for the next cell that call a connection, without a key",
        details="In a notebook, they go into the next cell; in a terminal, they are printed.",
        examples=("snippet writer --for langchain", "snippet openai-dev --model gpt-5-mini"),
        alias=Arg("the profile or connection", completes="target"),
        framework=Arg("the framework; without it, aiconn_nb alone", completes="framework", name="--for"),
        model=MODEL_OF_CALL,
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
        """Return working lines of code that call a profile or connection. They contain no key.

        Args:
            alias: The profile, or the connection with ``model``.
            framework: As in `to`; None for lines without a framework.
            model: A model that replaces the profile's.
            capability: ``chat`` or ``embedding``.

        Raises:
            AdapterNotFound: The framework is unknown.
            FrameworkCannotCall: It has no object for the capability.
            ProfileNotFound: No profile or connection has this alias.

        Example::

            print(aiconn_nb.snippet("writer", framework="langchain").code)
        """
        from aiconn_nb.features.asking import find_target

        from .snippet import written

        # The lines repeat the arguments and are saved with the notebook.
        if owners := shapes_in(model or ""):
            raise errors.KnownKeyGiven(whose=f"a key of {owners[0]}")
        self.require_no_known_key(model)
        wanted = as_capability(capability)
        target = find_target(self._context, alias, model=model, capability=wanted, in_use=self._in_use)
        first = target.connections[0]
        return written(framework, target.label, model, wanted, lambda: self._account(first).access())
