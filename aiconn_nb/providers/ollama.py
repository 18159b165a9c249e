"""Ollama: models on this machine or on one nearby."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from aiconn_nb.errors import FailureKind

from .base import Settings
from .clients.remote import endpoint, trimmed
from .protocols.openai_protocol import OpenAIProtocol
from .values.endpoints import THIS_MACHINE, Correction, at, openai_base, path_of
from .values.model_options import REASONING_EFFORT, SAMPLING, SEED
from .values.network_fields import NETWORK

if TYPE_CHECKING:
    from .values.call_values import Failure

DEFAULT_ENDPOINT = "http://localhost:11434"

_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?(?P<path>/[^\s?#]*)?")
_OWN = re.compile(r"(?:/v1)?(?:/api(?:/(?:chat|generate|embed|embeddings|tags))?)?$")


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
    section = "Ollama"
    base = DEFAULT_ENDPOINT
    hosts = THIS_MACHINE
    always_names_endpoint = True
    is_local = True
    network = NETWORK  # it takes no key
    fields = (
        endpoint(
            "The address of Ollama, without /v1.",
            default=DEFAULT_ENDPOINT,
            placeholder=DEFAULT_ENDPOINT,
            reading=as_ollama_reads,
        ),
    )
    is_free = True
    chat_options = (*SAMPLING, SEED, REASONING_EFFORT)  # https://docs.ollama.com/api/openai-compatibility
    variables: ClassVar = {"endpoint": ("OLLAMA_HOST",)}
    foreign = ("OLLAMA_API_KEY",)  # its library sends it to every host

    def api_base(self, settings: Settings) -> str:
        return f"{self.endpoint(settings)}/v1"

    def meant_endpoint(self, given: str) -> str:
        """The address of the server, without the suffixes of clients for OpenAI's protocol or Ollama's own."""
        return trimmed(openai_base(given).rstrip("/"), _OWN)

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        return super().corrections({"endpoint": settings.get("endpoint", "").strip().rstrip("/")})

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        here = self.endpoint(settings)
        # Open WebUI serves Ollama's API below /ollama.
        found = [at(here, path) for path in ("", "/ollama") if path != path_of(here)]
        return [{"endpoint": url} for url in found]

    def failure(self, error: Exception) -> Failure | None:
        found = super().failure(error)
        if found is None or found.kind is not FailureKind.AUTHENTICATION or found.advice:
            return found
        advice = (
            "No key was sent. For a cloud model, run 'ollama signin' on the server's machine; "
            "for a gateway that wants a key, make a connection of openai-compatible."
        )
        return replace(found, advice=advice)
