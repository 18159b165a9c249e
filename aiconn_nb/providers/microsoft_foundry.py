"""Microsoft Foundry, which includes Azure OpenAI."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field

from .base import Failure, Model, Sdk, Settings, text_of
from .clients.own_client import alone
from .clients.remote import api_key, endpoint, trimmed
from .credentials.found_credentials import FOUND
from .failures.classifying import kind_of_status, retry_after
from .protocols.openai_protocol import FOREIGN, FROM_ENVIRONMENT, OpenAIProtocol, awaited, sdk_client
from .values.access import Access, Api
from .values.endpoints import Correction, at, corrected, path_of, without_query
from .values.model_options import REASONING_EFFORT, SAMPLING, SEED, with_choices
from .values.sign_in import SignIn

API_KEY = "API key"
ENTRA_ID = "Entra ID"
AUTHORITY = "login.microsoftonline.com"
MACHINE_VARIABLES = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD", "IDENTITY_HEADER")
"""Variables that hold a secret of the account that this machine is signed in to."""

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")
DATED_VERSION = "2024-10-21"
"""The last dated API version that is not a preview: https://learn.microsoft.com/azure/ai-services/openai/reference"""

_TARGET = re.compile(
    r"(?:/openai(?:/.*)?|/models/(?:chat/completions|embeddings)|/v1(?:/chat/completions|/embeddings|/responses)?)$"
)
_DEPLOYMENT = re.compile(r"/openai/deployments/([\w.-]{1,64})")
_ENTRA_FIELDS = ("tenant_id", "client_id", "client_secret")
_ENTRA_VARIABLES = (
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_PASSWORD",
    "AZURE_TOKEN_CREDENTIALS",
    "AZURE_USERNAME",
)
_CAPABILITIES = {"chat_completion": Capability.CHAT, "embeddings": Capability.EMBEDDING}


class MicrosoftFoundry(OpenAIProtocol):
    """A Foundry or Azure OpenAI resource.

    Without an API version it uses the v1 API through the SDK's plain client, as in Microsoft's documentation. A dated version
    selects the older API through ``AzureOpenAI``. A model is called by the name of its deployment.

    No host is official: each belongs to a tenant, and anybody can have one. A key goes to the host that the connection was
    created with, and to another host only after the user trusts it.
    """

    id = "microsoft-foundry"
    name = "Microsoft Foundry"
    section = "MicrosoftFoundry"
    fields = (
        endpoint(
            "The URL of the resource, or of a project in it.",
            required=True,
            placeholder="https://my-resource.openai.azure.com",
        ),
        Field(
            "tenant_id",
            "Tenant ID",
            help="For Entra ID: fill in all three, or leave all three empty to use this machine's sign-in.",
            group=ENTRA_ID,
        ),
        Field("client_id", "Client ID", help="The application's ID.", group=ENTRA_ID),
        Field(
            "client_secret",
            "Client secret",
            help="The secret's value, not its ID.",
            sensitive=True,
            group=ENTRA_ID,
        ),
        api_key("One of the resource's two keys, instead of Entra ID.", required=False, group=API_KEY),
        Field(
            "api_version",
            "API version",
            help="Only for the older, dated API. Leave it empty for the v1 API.",
            placeholder=DATED_VERSION,
        ),
    )
    sdk = Sdk(("openai", "azure.identity"), "foundry")
    machine_credentials = True
    sign_ins = (
        SignIn("this machine's Entra ID sign-in"),
        SignIn("Entra ID application", _ENTRA_FIELDS, tested="a stand-in for azure-identity"),
        SignIn("API key", ("api_key",)),
    )
    lists_what_it_calls = False
    embed_batch = 256
    embed_tokens = 300_000
    chat_options = (
        *SAMPLING,
        SEED,
        with_choices(REASONING_EFFORT, "none", "minimal", "low", "medium", "high", "xhigh", "max"),
    )
    answer_limit = "max_completion_tokens"
    variables: ClassVar = {
        "endpoint": ("AZURE_OPENAI_ENDPOINT",),
        "api_key": ("AZURE_OPENAI_API_KEY",),
        "tenant_id": ("AZURE_TENANT_ID",),
        "client_id": ("AZURE_CLIENT_ID",),
        "client_secret": ("AZURE_CLIENT_SECRET",),
    }
    foreign = (*FOREIGN, "AZURE_API_KEY", "AZURE_API_BASE", "AZURE_API_VERSION", "AZURE_AD_TOKEN")

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        version = _version(settings)
        root = self.endpoint(settings)
        key = settings.get("api_key")
        # Projects are Foundry's own; everything else uses the scope of Cognitive Services.
        audience = "https://ai.azure.com" if "/api/projects/" in root else "https://cognitiveservices.azure.com"
        credential = entra_token_source(settings, audience) if key is None else text_of(key)
        if _DATED.fullmatch(version):
            return _dated_client(root, version, credential, options, is_async=is_async)
        if version not in ("", "v1", "latest"):
            options["default_query"] = {"api-version": version}
        return sdk_client(self.api_base(settings), credential, is_async=is_async, **options)

    def access(self, settings: Settings) -> Access | None:
        here, version = super().access(settings), _version(settings)
        if here is None or not _DATED.fullmatch(version):
            return here
        return replace(here, api=Api.AZURE, endpoint=self.endpoint(settings), more={"api_version": version})

    def api_base(self, settings: Settings) -> str:
        return f"{self.endpoint(settings)}/openai/v1"

    def model(self, listed: Mapping[str, Any]) -> Model:
        model = super().model(listed)
        said = listed.get("capabilities")
        if not isinstance(said, Mapping):
            return model
        return replace(model, capabilities=frozenset(_CAPABILITIES[name] for name in _CAPABILITIES if said.get(name)))

    def environment(self, settings: Settings) -> dict[str, str]:
        own = super().environment(settings)
        version = _version(settings)
        return {**own, "OPENAI_API_VERSION": version} if _DATED.fullmatch(version) else own

    def removed(self, settings: Settings) -> frozenset[str]:
        if "api_key" in settings or any(key in settings for key in _ENTRA_FIELDS):
            return super().removed(settings) | frozenset(_ENTRA_VARIABLES)
        # These variables determine the identity that this machine is signed in with.
        entra = {name for key in _ENTRA_FIELDS for name in self.variables[key]}
        return super().removed(settings) - entra

    def meant_endpoint(self, given: str) -> str:
        """The URL of the resource or of a project in it. The portal shows it in several lengths, up to a whole operation."""
        given = given.strip().rstrip("/")
        return trimmed(without_query(given)[0] if "?" in given else given, _TARGET)

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        given = settings.get("endpoint", "").strip().rstrip("/")
        if not given:
            return ()
        found = corrected("endpoint", given, self.meant_endpoint(given))
        version = _version_in(given)
        if version and not settings.get("api_version"):
            found.append(
                Correction("api_version", version, f"api_version: {version}, as in the endpoint that was given.")
            )
        if deployment := _DEPLOYMENT.search(given):
            name = f"The deployment in it is {deployment[1]}: that is the model's name here."
            found = [*found[:-1], found[-1]._replace(note=f"{found[-1].note} {name}")] if found else found
        return found

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        here = self.endpoint(settings)
        dated = _DATED.fullmatch(_version(settings))
        other = [{"api_version": "v1" if dated else DATED_VERSION}]
        return [*([{"endpoint": at(here, "")}] if path_of(here) else []), *other]

    def failure(self, error: Exception) -> Failure | None:
        return _identity_failure(error) or super().failure(error)


def _version(settings: Settings) -> str:
    """The API version as set, else the date in the pasted endpoint, else ''."""
    return text_of(settings.get("api_version", "")) or _version_in(text_of(settings["endpoint"]))


def _version_in(url: str) -> str:
    """The dated API version in the query of a URL, or ''."""
    found = parse_qs(urlsplit(url).query).get("api-version", [""])[0]
    return found if _DATED.fullmatch(found) else ""


def _dated_client(
    root: str, version: str, credential: str | Callable[[], str], options: dict[str, Any], *, is_async: bool
) -> Any:
    from openai import AsyncAzureOpenAI, AzureOpenAI

    if isinstance(credential, str):
        options |= {"api_key": credential}
    else:
        options |= {"azure_ad_token_provider": awaited(credential) if is_async else credential}
    kind: Any = AsyncAzureOpenAI if is_async else AzureOpenAI
    return alone(
        kind(azure_endpoint=root, api_version=version, **options), options, (*FROM_ENVIRONMENT, "_azure_ad_token")
    )


def entra_token_source(settings: Settings, audience: str) -> Callable[[], str]:
    """Entra ID's tokens for an audience: of the given application, or of the identity that this machine is signed in with (Azure
    CLI, managed identity ...)."""
    from azure.identity import ClientSecretCredential, DefaultAzureCredential, get_bearer_token_provider

    credential: Any
    if all(key in settings for key in _ENTRA_FIELDS):
        # Explicit: an authority from the environment would get this connection's secret.
        where = {"authority": AUTHORITY} if "AZURE_AUTHORITY_HOST" in os.environ else {}
        credential = ClientSecretCredential(*(text_of(settings[key]) for key in _ENTRA_FIELDS), **where)
    else:
        FOUND.note_variables(MACHINE_VARIABLES)
        credential = DefaultAzureCredential()
    return FOUND.noting(get_bearer_token_provider(credential, f"{audience}/.default"))


def _identity_failure(error: Exception) -> Failure | None:
    azure = sys.modules.get("azure.core.exceptions")
    if azure is None or not isinstance(error, azure.AzureError):
        return None
    words = str(error.message)
    if isinstance(error, azure.ClientAuthenticationError):
        return Failure(FailureKind.AUTHENTICATION, words)
    if isinstance(error, azure.ServiceRequestTimeoutError | azure.ServiceResponseTimeoutError):
        return Failure(FailureKind.TIMEOUT, words)
    if isinstance(error, azure.ServiceRequestError | azure.ServiceResponseError):
        return Failure(FailureKind.UNREACHABLE, words)
    if isinstance(error, azure.HttpResponseError) and error.status_code and error.response is not None:
        return Failure(kind_of_status(error.status_code), words, retry_after(error.response.headers))
    return Failure(FailureKind.PROVIDER_FAULT, words)
