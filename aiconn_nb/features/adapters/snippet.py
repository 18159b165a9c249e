"""Working lines for the next cell. They contain no key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from aiconn_nb.errors import AiconnError, FrameworkCannotCall
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.hint import pip
from aiconn_nb.plugins import is_installed
from aiconn_nb.providers.values.access import Access

from .adapter import Adapter
from .known import get
from .results import Snippet

PLAIN: Final[Mapping[Capability, str]] = {
    Capability.CHAT: 'reply = aiconn_nb.ask("Say hello."{target})\nprint(reply)',
    Capability.EMBEDDING: 'vectors = aiconn_nb.embed(["hello"]{target})\nprint(len(vectors[0]))',
}
"""Without a framework."""


def written(
    framework: str | None, alias: str, model: str | None, capability: Capability, access: Callable[[], Access | None]
) -> Snippet:
    """Return the lines, with or without a framework. Raises `AdapterNotFound` and `FrameworkCannotCall`.

    ``access`` says how the connection is called. It may fail: the lines can be written before the key is there.
    """
    named = f", model={model!r}" if model else ""
    if framework is None:
        return Snippet(alias, f"import aiconn_nb\n\n{PLAIN[capability].format(target=f', profile={alias!r}{named}')}")
    adapter = get(framework)
    is_chat = capability is Capability.CHAT
    lines = adapter.lines if is_chat else adapter.embedding_lines
    if not lines:
        raise FrameworkCannotCall(framework=adapter.name, alias=alias, capability=capability.value)
    imports = adapter.imports if is_chat else adapter.embedding_imports
    head = sorted(filter(None, ["import aiconn_nb", imports]), key=lambda line: line.startswith("from "))
    more = "" if is_chat else f", capability={capability.value!r}"
    code = "\n".join([*head, "", f"model = aiconn_nb.to({adapter.id!r}, {alias!r}{named}{more})", lines])
    return Snippet(alias, code, adapter.name, _install(adapter, access))


def _install(adapter: Adapter, access: Callable[[], Access | None]) -> str:
    """Return the command that installs what the connection needs, or all if its API is not known; '' if it is installed."""
    called: Access | None = None
    with suppress(AiconnError):
        called = access()
    apis = [called.api] if called is not None and called.api in adapter.packages else list(adapter.packages)
    if any(is_installed(adapter.modules[api]) for api in apis):
        return ""
    return pip(" ".join(f"'{each}'" for each in dict.fromkeys(adapter.packages[api] for api in apis)))
