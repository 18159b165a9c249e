"""Ollama: models on this machine or on one nearby."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aiconn_nb.model.field import Field

from .base import Settings, text_of
from .endpoints import THIS_MACHINE, Correction, at, corrected, openai_base, path_of
from .network import NETWORK
from .openai_protocol import OpenAIProtocol, sdk_client

DEFAULT_ENDPOINT = "http://localhost:11434"

_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?(?P<path>/[^\s?#]*)?")
_OWN = re.compile(r"/api(?:/(?:chat|generate|embed|embeddings|tags))?$")


def as_ollama_reads(text: str) -> str:
    """The URL for a value of ``OLLAMA_HOST``: scheme, host and port are optional, and a server's
    "any address" means this machine."""
    host = text.strip()
    given, separator, rest = host.partition("://")
    scheme, rest = (given, rest) if separator else ("http", host)
    found = _HOST.fullmatch(rest)
    if not host or found is None or scheme not in ("http", "https"):
        return text
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(found["host"], found["host"])  # noqa: S104
    port = found["port"] or ("" if separator else ":11434")
    return f"{scheme}://{name}{port}{found['path'] or ''}"


class Ollama(OpenAIProtocol):
    """An Ollama server, through its OpenAI-compatible API under ``/v1``."""

    id = "ollama"
    name = "Ollama"
    is_local = True
    network = NETWORK  # it takes no key
    fields = (
        Field(
            "endpoint",
            "Endpoint",
            help="The address of Ollama, without /v1.",
            type="url",
            default=DEFAULT_ENDPOINT,
            placeholder=DEFAULT_ENDPOINT,
            reading=as_ollama_reads,
            suggested_reference="$Ollama:Endpoint",
        ),
    )
    embed_batch = 32
    is_free = True
    variables: ClassVar = {"endpoint": ("OLLAMA_HOST",)}
    foreign = ("OLLAMA_API_KEY",)  # its library sends it to every host

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        return sdk_client(self.api_base(settings), None, is_async=is_async, **options)

    def api_base(self, settings: Settings) -> str:
        return f"{self.endpoint(settings)}/v1"

    def environment(self, settings: Settings) -> dict[str, str]:
        return {"OLLAMA_HOST": self.endpoint(settings)}

    def endpoint(self, settings: Settings) -> str:
        return ollama_base(text_of(settings.get("endpoint", DEFAULT_ENDPOINT)))

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        given = settings.get("endpoint", "").strip().rstrip("/")
        return corrected("endpoint", given, ollama_base(given)) if given else ()

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        here = self.endpoint(settings)
        # Open WebUI serves Ollama's API below /ollama.
        found = [at(here, path) for path in ("", "/ollama") if path != path_of(here)]
        return [{"endpoint": url} for url in found]

    def official(self, host: str) -> bool:
        return host.lower() in THIS_MACHINE


def ollama_base(url: str) -> str:
    """The address of the server, without the suffixes of clients for OpenAI's protocol or Ollama's own."""
    url = openai_base(url).rstrip("/")
    path = _OWN.sub("", path_of(url)).removesuffix("/v1")
    return url if path == path_of(url) else at(url, path)
