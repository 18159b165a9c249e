"""Claude on Amazon Bedrock, Google Vertex AI and Microsoft Foundry, through Anthropic's SDK.

The messages are those of Anthropic's API; account, sign-in and hosts are the cloud's. Tested against loopback servers
that implement Anthropic's Messages API at each cloud's paths and each cloud's token exchange, not against the services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from aiconn_nb.errors import SdkMissing
from aiconn_nb.model.pattern import late

from .amazon import Amazon, session_of
from .anthropic import Anthropic
from .base import Failure, Model, Provider, Sdk, Settings, text_of
from .google_vertex import ENDPOINT as _ENDPOINT
from .google_vertex import LOCATION, PROJECT, SERVICE_ACCOUNT, host_of, signed
from .google_vertex import VertexAI as _VertexAI
from .microsoft_foundry import MicrosoftFoundry, entra_token_source
from .protocols.openai_protocol import awaited
from .values.access import Access, Api
from .values.endpoints import at, path_of
from .values.network_fields import NETWORK

_MESSAGES: Final = re.compile(r"(?:/v1)?(?:/messages)?/*$")
_PREDICT: Final = re.compile(r"(?:/v1)?(?:/projects/.*)?/*$")


class _OnACloud(Anthropic):
    """The common base of the three. The cloud's own provider handles the sign-in and the hosts."""

    cloud: ClassVar[Provider]
    class_name: ClassVar[str]
    """The name of the SDK's class; the asynchronous one has the prefix Async."""
    base = ""
    hosts = ()
    network = NETWORK
    machine_credentials = True
    tested = "our test server"
    models_without_key = Provider.models_without_key
    accepts_key = Provider.accepts_key
    alternatives = Provider.alternatives

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "variables" not in vars(cls):
            cls.variables = cls.cloud.variables
        cls.foreign = (*cls.cloud.foreign, *Anthropic.foreign, *Anthropic.variables["api_key"])
        cls.sign_ins = cls.cloud.sign_ins

    def problems(self, settings: Mapping[str, object]) -> dict[str, str]:
        return self.cloud.problems(settings)

    def models(self, client: Any) -> list[Model]:
        raise NotImplementedError  # the SDK has no model list there

    def access(self, settings: Settings) -> Access | None:
        """For libraries that take the SDK's client."""
        return Access(Api.ANTHROPIC, self.endpoint(settings), None)

    def removed(self, settings: Settings) -> frozenset[str]:
        own = self.variables.keys() - self.cloud.variables.keys() | {"endpoint", "api_key"}
        names = (name for key in own for name in self.variables.get(key, ()))
        return self.cloud.removed(settings) | frozenset((*self.foreign, *names))

    def official(self, host: str) -> bool:
        return self.cloud.official(host)

    def failure(self, error: Exception) -> Failure | None:
        cause = error.__cause__
        # The cloud's own library signs the requests.
        known = self.cloud.failure(cause) if isinstance(cause, Exception) and _is_clouds(cause) else None
        return known or (self.cloud.failure(error) if _is_clouds(error) else super().failure(error))

    def _class(self, *, is_async: bool) -> Any:
        import anthropic

        name = f"{'Async' if is_async else ''}{self.class_name}"
        if not hasattr(anthropic, name):
            package = self.sdk.package if self.sdk else "anthropic"
            raise SdkMissing(provider=self.name, modules=(f"anthropic.{name}",), package=package)
        return getattr(anthropic, name)


def _is_clouds(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("botocore", "azure")


class ClaudeOnBedrock(_OnACloud):
    """Claude in an AWS account, in one region."""

    id = "anthropic-bedrock"
    name = "Claude on Amazon Bedrock"
    cloud = Amazon()
    sdk = Sdk(("anthropic", "boto3", "botocore"), "anthropic-bedrock")
    fields = Amazon.fields

    class_name = "AnthropicBedrock"
    appended = late(r"/model/.*$")

    def _account(self, settings: Settings, *, is_async: bool) -> dict[str, Any]:
        # Never without a key. Otherwise the SDK would use AWS_BEARER_TOKEN_BEDROCK.
        key = text_of(settings["api_key"]) if "api_key" in settings else _SIGNED_LATER
        return {"api_key": key, "aws_region": text_of(settings["region"])}

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        made = super().build(settings, is_async=is_async, **options)
        if "api_key" not in settings:
            from .protocols.amazon_signing import signing

            sign = signing(session_of(settings).get_credentials(), text_of(settings["region"]), is_async=is_async)
            vars(made)["_client"].event_hooks["request"].append(sign)
        vars(made)["_models_of_connection"] = lambda: self._amazons_models(settings)
        return made

    def _amazons_models(self, settings: Settings) -> list[Model]:
        return self.cloud.models(self.cloud.asking_client(settings, None))

    def models(self, client: Any) -> list[Model]:
        """Anthropic's models in the region, as boto3 lists them."""
        listed: list[Model] = vars(client)["_models_of_connection"]()
        return [each for each in listed if "anthropic." in each.id]

    def environment(self, settings: Settings) -> dict[str, str]:
        own = self.cloud.environment(settings)
        return own | ({"ANTHROPIC_BEDROCK_BASE_URL": self.endpoint(settings)} if "endpoint" in settings else {})

    def pinned(self, settings: Settings) -> dict[str, str]:
        return self.cloud.pinned(settings)

    def endpoint(self, settings: Settings) -> str:
        return self.meant_endpoint(self.cloud.endpoint(settings) or "")


_SIGNED_LATER: Final = "signed-later"
"""A placeholder for a Bedrock key. It is never sent: each request is signed just before it is sent."""


class ClaudeOnVertex(_OnACloud):
    """Claude in a Google Cloud project."""

    id = "anthropic-vertex"
    name = "Claude on Google Vertex AI"
    cloud = _VertexAI()
    sdk = Sdk(("anthropic", "google.auth", "requests"), "anthropic-vertex")
    fields = (PROJECT, LOCATION, SERVICE_ACCOUNT, replace(_ENDPOINT, placeholder=f"{host_of('global')}/v1"))

    class_name = "AnthropicVertex"
    always_names_endpoint = False
    section = "GoogleCloud"
    variables: ClassVar = {
        "project": ("ANTHROPIC_VERTEX_PROJECT_ID",),
        "location": ("CLOUD_ML_REGION",),
        "endpoint": ("ANTHROPIC_VERTEX_BASE_URL",),
    }

    def _account(self, settings: Settings, *, is_async: bool) -> dict[str, Any]:
        return {
            "region": text_of(settings.get("location", "global")),
            "project_id": text_of(settings["project"]),
            "credentials": signed(settings),
        }

    def environment(self, settings: Settings) -> dict[str, str]:
        """The variables that Anthropic's SDK and Claude Code read. A service account has no variable."""
        return {**super().environment(settings), "CLOUD_ML_REGION": text_of(settings.get("location", "global"))}

    def endpoint(self, settings: Settings) -> str:
        return super().endpoint({"endpoint": host_of(text_of(settings.get("location", "global"))), **settings})

    def meant_endpoint(self, given: str) -> str:
        path = f"{_PREDICT.sub('', path_of(given))}/v1"
        return given if path == path_of(given) else at(given, path)


class ClaudeOnFoundry(_OnACloud):
    """Claude as a deployment of a Foundry resource."""

    id = "anthropic-foundry"
    name = "Claude on Microsoft Foundry"
    cloud = MicrosoftFoundry()
    sdk = Sdk(("anthropic", "azure.identity"), "anthropic-foundry")
    lists_what_it_calls = False
    fields = tuple(
        replace(each, placeholder="https://my-resource.services.ai.azure.com/anthropic")
        if each.key == "endpoint"
        else each
        for each in MicrosoftFoundry.fields
        if each.key not in ("api_version", "key_header")
    )

    class_name = "AnthropicFoundry"
    variables: ClassVar = {
        **MicrosoftFoundry.variables,
        "endpoint": ("ANTHROPIC_FOUNDRY_BASE_URL",),
        "api_key": ("ANTHROPIC_FOUNDRY_API_KEY",),
    }

    def _account(self, settings: Settings, *, is_async: bool) -> dict[str, Any]:
        if "api_key" in settings:
            return {"api_key": _SENT_LATER}
        token = entra_token_source(settings, _AUDIENCE)
        return {"api_key": _NO_KEY, "azure_ad_token_provider": awaited(token) if is_async else token}

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        made = super().build(settings, is_async=is_async, **options)
        if "api_key" in settings:
            from .clients.network import sending_instead

            hook = sending_instead(_SENT_LATER, text_of(settings["api_key"]), is_async=is_async)
            vars(made)["_client"].event_hooks["request"].append(hook)
        return made

    def meant_endpoint(self, given: str) -> str:
        path = _MESSAGES.sub("", path_of(given)) or "/anthropic"
        return given if path == path_of(given) else at(given, path)


_AUDIENCE: Final = "https://ai.azure.com"
"""The scope that Anthropic's SDK documents for Foundry."""
_SENT_LATER: Final = "sent-later"
"""A placeholder for a Foundry key, which the SDK would show in the options of each request. It is never sent."""
_NO_KEY: Final = "no-key"
"""Never sent along with a token. Without it the SDK would read the environment."""
