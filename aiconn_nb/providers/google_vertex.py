"""Google Vertex AI: Gemini in a Google Cloud project, through google-genai.

It was tested against loopback servers that implement Google's OAuth 2.0 token exchange for service accounts and for users
(https://developers.google.com/identity/protocols/oauth2/service-account) and Vertex AI's REST API, not against the service.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import Secret

from .base import Model, Provider, Sdk, Settings, text_of
from .clients.remote import endpoint
from .google import Google
from .values.access import Access, Api
from .values.sign_in import SignIn

if TYPE_CHECKING:
    from google import genai

VERSION: Final = "v1beta1"
"""The API version that the SDK uses for Vertex AI."""
_HOST: Final = re.compile(
    r"(?:[a-z]+-[a-z]+[0-9]+-)?aiplatform\.googleapis\.com|aiplatform\.(?:us|eu)\.rep\.googleapis\.com"
)
SERVICE_ACCOUNT: Final = Field(
    "service_account",
    "Service account",
    help="The content of its JSON key file. If empty, this machine's sign-in is used (application default credentials).",
    sensitive=True,
)
PROJECT: Final = Field(
    "project",
    "Project",
    help="The ID of the Google Cloud project that is billed.",
    required=True,
    placeholder="my-project-123",
)
LOCATION: Final = Field(
    "location",
    "Location",
    help="Where the models run: a region, us, eu, or global.",
    placeholder="global",
    default="global",
)
ENDPOINT: Final = endpoint(
    "Only for a gateway or Private Service Connect. The default is Google's endpoint for the location.",
    placeholder="https://aiplatform.googleapis.com",
)
WAYS: Final = (
    SignIn("application default credentials", tested="our own token server for users' refresh tokens"),
    SignIn("service account", ("service_account",), tested="our own token server for signed JWTs"),
)
MACHINE_VARIABLES: Final = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_QUOTA_PROJECT", "CLOUDSDK_CONFIG")
"""Variables by which google-auth finds the sign-in of this machine."""


def host_of(location: str) -> str:
    """Vertex AI's own URL for a location: https://cloud.google.com/vertex-ai/docs/reference/rest"""
    location = location.lower()
    if location in ("us", "eu"):
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return (
        "https://aiplatform.googleapis.com" if location == "global" else f"https://{location}-aiplatform.googleapis.com"
    )


def signed(settings: Settings) -> Any:
    """The credentials of a connection, which request a token when it is needed."""
    from .credentials.google_credentials import Signed

    account = settings.get("service_account")
    return Signed(account if isinstance(account, Secret) else None)


class VertexAI(Google):
    """Gemini and embeddings in a Google Cloud project."""

    id = "google-vertex"
    name = "Google Vertex AI"
    section = "GoogleCloud"
    appended = late(r"/v1(?:beta1)?(?:/projects/.*)?/*$")
    sdk = Sdk(("google.genai", "google.auth"), "google")
    tested = "our test server"
    machine_credentials = True
    models_without_key = Provider.models_without_key  # Google Cloud lists nothing without a token
    alternatives = Provider.alternatives
    sign_ins = WAYS
    variables = {"project": ("GOOGLE_CLOUD_PROJECT",), "location": ("GOOGLE_CLOUD_LOCATION",)}  # noqa: RUF012
    foreign = (*Google.foreign, "GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_VERTEX_BASE_URL")
    fields = (
        PROJECT,
        LOCATION,
        SERVICE_ACCOUNT,
        ENDPOINT,
    )

    def _address(self, endpoint: str) -> tuple[str, str | None]:
        return endpoint, VERSION

    def _account(self, settings: Settings) -> dict[str, Any]:
        return {
            "vertexai": True,
            "credentials": signed(settings),
            "project": text_of(settings["project"]),
            "location": text_of(settings.get("location", "global")),
        }

    def models(self, client: genai.Client) -> list[Model]:
        """Google's own models. The list has no capabilities, but embedding models have the word in their name."""
        listed = [
            model.name.rpartition("/")[2] for model in client.models.list(config={"page_size": 100}) if model.name
        ]
        if not listed:
            raise TypeError("no list of models")
        kinds = ((id, Capability.EMBEDDING if "embedding" in id else Capability.CHAT) for id in dict.fromkeys(listed))
        return [Model(id, "", frozenset({kind}) if _is_text(id) else frozenset()) for id, kind in kinds]

    def access(self, settings: Settings) -> Access | None:
        """For libraries that take a client or credentials: there is no key."""
        more = {"project": text_of(settings["project"]), "location": text_of(settings.get("location", "global"))}
        return Access(Api.VERTEX, self.endpoint(settings), None, more)

    def environment(self, settings: Settings) -> dict[str, str]:
        """Project and location, and the switch to Vertex AI. The sign-in is the machine's; a service account has no variable."""
        own = super(Google, self).environment(settings)
        own |= {
            "GOOGLE_CLOUD_LOCATION": text_of(settings.get("location", "global")),
            "GOOGLE_GENAI_USE_VERTEXAI": "true",
        }
        if "endpoint" in settings:
            own["GOOGLE_VERTEX_BASE_URL"] = self.endpoint(settings)
        return own

    def removed(self, settings: Settings) -> frozenset[str]:
        """Variables of other accounts. The sign-in of this machine stays if it is used."""
        own = frozenset(MACHINE_VARIABLES) if "service_account" in settings else frozenset()
        return super().removed(settings) | own

    def endpoint(self, settings: Settings) -> str:
        """The endpoint as set, or Google's own for the location."""
        return super().endpoint({"endpoint": host_of(text_of(settings.get("location", "global"))), **settings})

    def official(self, host: str) -> bool:
        """Vertex AI's hosts, of every location."""
        return _HOST.fullmatch(host.lower().rstrip(".")) is not None


def _is_text(id: str) -> bool:
    return id.startswith(("gemini", "text-", "textembedding", "gemma")) or "embedding" in id
