"""Amazon Bedrock, through boto3."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field, FieldValue
from aiconn_nb.model.secret import Secret

from .base import ChatRequest, Delta, Embeddings, Failure, Finish, Model, Sdk, Settings, text_of
from .clients.network import file_in, headers_in, retries_in, ssl_context, timeout_in, without_proxies
from .clients.remote import Remote, api_key, endpoint
from .credentials.amazon_credentials import (
    MACHINE_VARIABLES,
    SIGN_IN_VARIABLES,
    SearchedOnFirstUse,
    share_models,
    without_profiles,
)
from .credentials.found_credentials import FOUND
from .failures.amazon_failure import failure_of
from .failures.classifying import Unreadable
from .failures.transport import require_sendable
from .protocols.amazon_converse import converse
from .protocols.amazon_embedding import embed
from .values.access import Access, Api
from .values.endpoints import Correction, corrected
from .values.model_options import MAX_TOKENS, SERVICE_TIER, STOP, TEMPERATURE, TOP_P, up_to, with_choices
from .values.network_fields import problems as network_problems
from .values.sign_in import SignIn

if TYPE_CHECKING:
    import boto3

KEYS = "Access key"
CREDENTIALS = ("access_key_id", "secret_access_key", "session_token")
ENDPOINTS = ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_BEDROCK")
"""Variables with the hosts that call models and list models."""
PATIENCE = 600.0
"""Seconds without a byte before a call is abandoned. boto3's default of one minute is shorter than some models' thinking time."""

_BEDROCK = re.compile(
    # No wider: "bedrock-runtime.s3.amazonaws.com" could be a stranger's bucket.
    r"(?:vpce-[a-z0-9-]+\.)?bedrock(?:-runtime)?(?:-fips)?\.[a-z]{2,}(?:-[a-z]+)+-[0-9]+(?:\.vpce)?"
    r"\.(?:amazonaws\.com(?:\.cn)?|api\.aws)"
)


class Amazon(Remote):
    """An AWS account in one region. Without keys, AWS's own credential search determines the account."""

    id = "amazon"
    name = "Amazon Bedrock"
    section = "AWS"
    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    sdk = Sdk(("boto3", "botocore"), "amazon")
    chat_options = (
        up_to(TEMPERATURE, 1),
        MAX_TOKENS,
        TOP_P,
        STOP,
        with_choices(SERVICE_TIER, "priority", "default", "flex", "reserved"),
    )
    """The capabilities that botocore 1.44 declares for the Converse API."""
    keeps_schemas = True
    machine_credentials = True
    tested = "aimock (whole answers), our test server"
    sign_ins = (
        SignIn("this machine's AWS sign-in"),
        SignIn("profile", ("profile",), tested="our own SSO portal, STS and program that prints credentials"),
        SignIn("API key", ("api_key",)),
        SignIn("access key", ("access_key_id", "secret_access_key"), ("session_token",)),
    )
    embed_batch = 96  # the limit of Cohere's models; Titan's take one text per request
    variables = {  # noqa: RUF012
        "api_key": ("AWS_BEARER_TOKEN_BEDROCK",),
        "access_key_id": ("AWS_ACCESS_KEY_ID",),
        "secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
        "session_token": ("AWS_SESSION_TOKEN",),
        "region": ("AWS_DEFAULT_REGION",),
    }
    foreign = ("AWS_ENDPOINT_URL", *ENDPOINTS, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_REGION")
    fields = (
        Field(
            "region",
            "Region",
            help="The AWS region to call. Models differ between regions.",
            required=True,
            placeholder="us-east-1",
        ),
        replace(
            api_key("An Amazon Bedrock API key, instead of access keys or a profile.", required=False),
            suggested_reference="$AWS:BedrockApiKey",
        ),
        Field(
            "access_key_id",
            "Access key ID",
            help="Both keys or neither. Without them, AWS searches as usual: the profile, the environment, the machine's role.",
            sensitive=True,
            group=KEYS,
            placeholder="AKIA...",
        ),
        Field(
            "secret_access_key",
            "Secret access key",
            help="Belongs to the access key ID. AWS shows it only once, when you create it.",
            sensitive=True,
            group=KEYS,
        ),
        Field(
            "session_token",
            "Session token",
            help="Only for temporary keys, whose ID starts with ASIA.",
            sensitive=True,
            group=KEYS,
        ),
        Field(
            "profile",
            "Profile",
            help="A profile from this machine's AWS configuration. It is used if there are no keys.",
            placeholder="default",
        ),
        endpoint(
            "Only for a VPC endpoint or a gateway. The default is AWS's endpoint for the region.",
            placeholder="https://bedrock-runtime.us-east-1.amazonaws.com",
        ),
    )

    def problems(self, settings: Mapping[str, object]) -> dict[str, str]:
        """Keys come in pairs, a session token only with them, and an API key alone."""
        needs = (
            ("access_key_id", "secret_access_key"),
            ("secret_access_key", "access_key_id"),
            ("session_token", "access_key_id"),
        )
        missing = {
            missing: f"is missing: {present} needs it"
            for present, missing in needs
            if present in settings and missing not in settings
        }
        others = [key for key in (*CREDENTIALS, "profile") if key in settings]
        missing |= network_problems(settings)
        if "api_key" in settings and others:
            return {**missing, "api_key": f"signs in by itself: leave it out, or {' and '.join(others)}"}
        return missing

    def client(self, settings: Settings) -> Any:
        """A boto3 client of ``bedrock-runtime``. Its `control()` is a ``bedrock`` client for the same account and region."""
        again = retries_in(settings)
        retries = {} if again is None else {"retries": {"total_max_attempts": again + 1}}
        return self._built(settings, PATIENCE, **retries)

    def impatient_client(self, settings: Settings, seconds: float) -> Any:
        """A client that gives up after ``seconds`` without a byte, and after the first failure."""
        return self._built(settings, seconds, connect_timeout=seconds, retries={"total_max_attempts": 1})

    def asking_client(self, settings: Settings, seconds: float | None) -> Any:
        """A client that sends each request once."""
        if seconds is not None:
            return self.impatient_client(settings, seconds)
        return self._built(settings, PATIENCE, retries={"total_max_attempts": 1})

    def _built(self, settings: Settings, seconds: float, **options: Any) -> Any:
        from botocore import UNSIGNED
        from botocore.config import Config

        session = session_of(settings)
        with_key: Callable[..., None] | None = None
        if "api_key" in settings:
            options["signature_version"], with_key = UNSIGNED, _bearing(settings["api_key"])
            session.events.register("request-created", with_key)
        elif any(key in settings for key in (*CREDENTIALS, "profile")):
            # Explicit, because a bearer token in the environment would otherwise take precedence over this connection's own keys.
            options["signature_version"] = "v4"
        # The connection determines the host, not AWS_ENDPOINT_URL.
        options["ignore_configured_endpoint_urls"] = True
        limit = timeout_in(settings, seconds) or seconds
        ssl_context(
            settings, ssl.create_default_context
        )  # names an unusable file; botocore then builds its own context
        certificate, key = file_in(settings, "client_certificate"), file_in(settings, "client_key")
        if certificate is not None:
            options["client_cert"] = (certificate, key) if key else certificate
        endpoint = text_of(settings["endpoint"]) if "endpoint" in settings else None
        if without_proxies(endpoint or ""):
            options["proxies"] = {}
        config = Config(read_timeout=limit, **options)
        # None leaves it to boto3 and its variables.
        verify = file_in(settings, "ca_bundle")
        if extra := headers_in(settings):
            session.events.register("before-send", _adding_headers(extra))

        def control(runtime: Any, **other: Any) -> Any:
            chosen = config.merge(Config(**other))
            made = session.client("bedrock", endpoint_url=_control_endpoint(endpoint), config=chosen, verify=verify)
            if with_key is not None and other.get("signature_version") is UNSIGNED:
                made.meta.events.unregister("request-created", with_key)
            return made

        # boto3's own way of adding to a client: https://docs.aws.amazon.com/boto3/latest/guide/events.html
        session.events.register("creating-client-class.bedrock-runtime", _adding(control))
        return session.client("bedrock-runtime", endpoint_url=endpoint, config=config, verify=verify)

    def models(self, client: Any) -> list[Model]:
        """The foundation models that can be called by id, and the inference profiles that the others require.

        An account without permission to list the profiles gets all foundation models instead.
        """
        from botocore.exceptions import ClientError

        control = client.control()
        answer = control.list_foundation_models()
        if "modelSummaries" not in answer:  # boto3 drops what it cannot read
            about = answer["ResponseMetadata"]["HTTPHeaders"]
            raise Unreadable(
                "the answer is not a list of models", "<html>" if "html" in about.get("content-type", "") else None
            )
        listed = answer["modelSummaries"]
        listed = [each for each in listed if each.get("modelId")]
        can = {str(each.get("modelArn") or each["modelId"]).rpartition("/")[2]: _abilities(each) for each in listed}
        profiles: list[Model] = []
        try:
            for page in control.get_paginator("list_inference_profiles").paginate():
                profiles += [_profile(each, can) for each in page["inferenceProfileSummaries"]]
        except ClientError as error:
            if error.response["Error"].get("Code") != "AccessDeniedException":
                raise
            return [_model(each) for each in listed]
        return [_model(each) for each in listed if "ON_DEMAND" in each.get("inferenceTypesSupported", ())] + profiles

    def models_without_key(self, client: Any) -> None:
        """Do the same without a signature."""
        from botocore import UNSIGNED

        client.control(signature_version=UNSIGNED).list_foundation_models()

    def access(self, settings: Settings) -> Access | None:
        """For libraries that take a boto3 client, which signs the requests itself."""
        return Access(Api.BEDROCK, self.endpoint(settings), None, {"region": text_of(settings["region"])})

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        """Users often enter the host that lists models in place of the host that calls them."""
        given = settings.get("endpoint", "").strip()
        host = urlsplit(given).hostname or ""
        if not _BEDROCK.fullmatch(host) or not host.startswith(("bedrock.", "bedrock-fips.")):
            return ()
        return corrected("endpoint", given, given.replace("//bedrock", "//bedrock-runtime", 1))

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        """Yield the answer in pieces, or whole from a model that does not stream. Reasoning is not part of it."""
        return converse(client, request)

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        """Return one vector per text, from Amazon Titan's and Cohere's models."""
        return embed(client, texts, model, dimensions)

    def environment(self, settings: Settings) -> dict[str, str]:
        """Keys, or the profile, or neither if the machine's own sign-in is used; region and endpoint."""
        own = super().environment(settings)
        if "profile" in settings and not _has_own_keys(settings):
            own["AWS_PROFILE"] = text_of(settings["profile"])
        if "endpoint" in settings:
            endpoint = text_of(settings["endpoint"])
            control = _control_endpoint(endpoint)
            own |= {name: url for name, url in zip(ENDPOINTS, (endpoint, control), strict=True) if url is not None}
        return own

    def pinned(self, settings: Settings) -> dict[str, str]:
        """The region under the name that other SDKs use, and AWS itself as the host, whatever a local profile says."""
        region = {"AWS_REGION": text_of(settings["region"])} if "region" in settings else {}
        return region if "endpoint" in settings else {**region, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}

    def removed(self, settings: Settings) -> frozenset[str]:
        """Variables of other accounts. If the machine's own sign-in is used, its variables stay."""
        if _has_own_keys(settings) or "profile" in settings:
            return super().removed(settings) | frozenset(SIGN_IN_VARIABLES)
        return frozenset((*self.foreign, *self.variables["region"]))

    def endpoint(self, settings: Settings) -> str:
        """The endpoint as set, or AWS's own for the region."""
        if "endpoint" in settings:
            return text_of(settings["endpoint"])
        region = text_of(settings["region"])
        return f"https://bedrock-runtime.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")

    def official(self, host: str) -> bool:
        """Bedrock's own hosts, and the VPC endpoints to it."""
        return _BEDROCK.fullmatch(host.lower().rstrip(".")) is not None

    def failure(self, error: Exception) -> Failure | None:
        """Classify an error of botocore."""
        return failure_of(error)


def _has_keys(settings: Settings) -> bool:
    return any(key in settings for key in CREDENTIALS)


def _has_own_keys(settings: Settings) -> bool:
    return "api_key" in settings or _has_keys(settings)


def _bearing(key: FieldValue | Secret) -> Callable[..., None]:
    """Put a Bedrock API key into each request. botocore's own signer does the same, but only reads the key from the environment."""

    def bear(request: Any, **_: Any) -> None:
        request.headers["Authorization"] = f"Bearer {text_of(key)}"

    return bear


def session_of(settings: Settings) -> boto3.Session:
    """A session with the credentials of these settings, or one that searches for credentials at the first signed request."""
    import boto3
    import botocore.session
    from botocore.exceptions import PartialCredentialsError

    require_sendable(settings, "api_key", *CREDENTIALS)

    def setting(key: str) -> str | None:
        return text_of(settings[key]) if key in settings else None

    if "api_key" in settings:
        inner = without_profiles()
        inner.register_component("credential_provider", SearchedOnFirstUse(inner))  # without any signature
    elif _has_keys(settings):
        absent = [key for key in CREDENTIALS[:2] if key not in settings]
        if absent:
            # One of the keys resolved to nothing. boto3 would sign with half a key pair.
            raise PartialCredentialsError(provider="connection", cred_var=" and ".join(absent))
        inner = without_profiles()
    else:
        inner = botocore.session.get_session()
        FOUND.note_variables(MACHINE_VARIABLES)
        if "profile" in settings:
            inner.set_config_variable("profile", setting("profile"))
        inner.register_component("credential_provider", SearchedOnFirstUse(inner))
    share_models(inner)
    return boto3.Session(
        aws_access_key_id=setting("access_key_id"),
        aws_secret_access_key=setting("secret_access_key"),
        aws_session_token=setting("session_token"),
        region_name=setting("region"),
        botocore_session=inner,
    )


def _adding_headers(extra: Mapping[str, str]) -> Callable[..., None]:
    """Add the extra headers to each request after it is signed: a gateway may remove them."""

    def add(request: Any, **_: Any) -> None:
        for name, value in extra.items():
            request.headers[name] = value

    return add


def _adding(control: Callable[[Any], Any]) -> Callable[..., None]:
    def add(class_attributes: dict[str, Any], **_: Any) -> None:
        class_attributes["control"] = control

    return add


def _control_endpoint(endpoint: str | None) -> str | None:
    """The host that lists models, derived from the one that calls them: the same gateway, but another host of AWS."""
    host = (urlsplit(endpoint).hostname or "") if endpoint else ""
    if not _BEDROCK.fullmatch(host):
        return endpoint
    # A VPC endpoint serves only one service; the other's host is the regional one (None: boto3 knows it).
    return None if host.startswith("vpce-") else f"https://{host.replace('bedrock-runtime', 'bedrock', 1)}"


def _abilities(listed: Mapping[str, Any]) -> frozenset[Capability]:
    outputs = listed.get("outputModalities", ())
    kinds = {"TEXT": Capability.CHAT, "EMBEDDING": Capability.EMBEDDING}
    return frozenset(kinds[output] for output in outputs if output in kinds)


def _model(listed: Mapping[str, Any]) -> Model:
    name = " ".join(part for part in (listed.get("providerName"), listed.get("modelName")) if part)
    return Model(listed["modelId"], name, _abilities(listed))


def _profile(listed: Mapping[str, Any], can: Mapping[str, frozenset[Capability]]) -> Model:
    """An inference profile is the same model in several regions, so it has the model's capabilities."""
    behind = [can.get(each["modelArn"].rpartition("/")[2], frozenset()) for each in listed["models"]]
    abilities: frozenset[Capability] = frozenset().union(*behind)
    return Model(listed["inferenceProfileId"], listed.get("inferenceProfileName", ""), abilities)
