"""Hosted providers with OpenAI's protocol, one preset each. The facts were read on 2026-11-29.

``SDK`` in a source means the provider's own Python package: its addresses and variables serve as documentation.
"""

from __future__ import annotations

from typing import ClassVar, Final

from aiconn_nb.model.field import Field

from .protocols.key_endpoints import HUGGING_FACE, OPENROUTER, KeyEndpoint
from .protocols.own_file_preset import OwnFilePreset
from .protocols.preset import CHAT, Preset
from .values.endpoints import path_of
from .values.model_options import (
    MAX_TOKENS,
    REASONING_EFFORT,
    SAMPLING,
    SEED,
    SERVICE_TIER,
    STOP,
    TEMPERATURE,
    TOP_P,
    up_to,
    with_choices,
)


class Mistral(Preset):
    """Mistral AI."""

    id = "mistral"
    name = "Mistral AI"
    base = "https://api.mistral.ai/v1"
    hosts = ("api.eu.mistral.ai", "api.us.mistral.ai")
    key_page = "console.mistral.ai"
    section = "Mistral"
    variables: ClassVar = {"api_key": ("MISTRAL_API_KEY",)}
    chat_options = (
        *SAMPLING,
        SEED,
        with_choices(REASONING_EFFORT, "none", "minimal", "low", "medium", "high", "xhigh", "max"),
    )
    option_names: ClassVar = {"seed": "random_seed"}
    source = "SDK mistralai 3.7.0"


class DeepSeek(Preset):
    """DeepSeek."""

    id = "deepseek"
    name = "DeepSeek"
    capabilities = CHAT
    base = "https://api.deepseek.com"
    key_page = "platform.deepseek.com"
    variables: ClassVar = {"api_key": ("DEEPSEEK_API_KEY",)}
    probe = KeyEndpoint("/user/balance", frozenset({"is_available", "balance_infos"}))
    source = "api-docs.deepseek.com: Your First API Call, Get User Balance"


class Groq(Preset):
    """Groq."""

    id = "groq"
    name = "Groq"
    base = "https://api.groq.com/openai/v1"
    key_page = "console.groq.com"
    variables: ClassVar = {"api_key": ("GROQ_API_KEY",)}
    own_base = ("GROQ_BASE_URL", "/openai/v1")
    foreign = ("GROQ_CUSTOM_HEADERS",)
    chat_options = (
        *SAMPLING,
        SEED,
        with_choices(REASONING_EFFORT, "none", "default", "low", "medium", "high"),
        with_choices(SERVICE_TIER, "auto", "on_demand", "flex", "performance"),
    )
    source = "SDK groq 1.7.0"


class XAI(Preset):
    """xAI. No documentation of embeddings was found."""

    id = "xai"
    name = "xAI"
    capabilities = CHAT
    base = "https://api.x.ai/v1"
    key_page = "console.x.ai"
    variables: ClassVar = {"api_key": ("XAI_API_KEY",)}
    probe = KeyEndpoint("api-key", frozenset({"api_key_id", "redacted_api_key"}))
    source = "docs.x.ai/developers/rest-api-reference; SDK xai-sdk 1.21.0"


class Together(Preset):
    """Together AI."""

    id = "together"
    name = "Together AI"
    base = "https://api.together.ai/v1"
    hosts = ("api.together.xyz",)
    key_page = "api.together.ai, under Settings"
    section = "Together"
    variables: ClassVar = {"api_key": ("TOGETHER_API_KEY",)}
    own_base = ("TOGETHER_BASE_URL", "/v1")
    foreign = ("TOGETHER_CUSTOM_HEADERS", "TOGETHER_PROJECT_ID")
    chat_options = (*SAMPLING, SEED, REASONING_EFFORT)
    source = "docs.together.ai/docs/inference/openai-compatibility; SDK together 3.1.1"


class Fireworks(Preset):
    """Fireworks AI. No documentation of the path in ``FIREWORKS_BASE_URL`` was found, so an address is not exported."""

    id = "fireworks"
    name = "Fireworks AI"
    base = "https://api.fireworks.ai/inference/v1"
    key_page = "fireworks.ai/account/api-keys"
    section = "Fireworks"
    variables: ClassVar = {"api_key": ("FIREWORKS_API_KEY",)}
    foreign = ("FIREWORKS_CUSTOM_HEADERS", "FIREWORKS_ACCOUNT_ID")
    chat_options = (
        *SAMPLING,
        SEED,
        with_choices(REASONING_EFFORT, "none", "low", "medium", "high"),
        with_choices(SERVICE_TIER, "auto", "default", "flex", "priority"),
    )
    source = "SDK fireworks-ai 1.2.30"


class OpenRouter(Preset):
    """OpenRouter. Its model list is public; a separate endpoint checks the key."""

    id = "openrouter"
    name = "OpenRouter"
    base = "https://openrouter.ai/api/v1"
    hosts = ("eu.openrouter.ai", "us.openrouter.ai")
    key_page = "openrouter.ai"
    variables: ClassVar = {"api_key": ("OPENROUTER_API_KEY",)}
    probe = OPENROUTER
    source = "SDK openrouter 1.3.84; openrouter.ai/docs/api/api-reference/api-keys/get-current-api-key"


class HuggingFace(Preset):
    """Hugging Face's router to inference providers. No documentation of embeddings through this protocol was found."""

    id = "huggingface"
    name = "Hugging Face"
    capabilities = CHAT
    base = "https://router.huggingface.co/v1"
    key_page = "huggingface.co/settings/tokens"
    variables: ClassVar = {"api_key": ("HF_TOKEN",)}
    foreign = ("HUGGING_FACE_HUB_TOKEN", "HF_INFERENCE_ENDPOINT")
    probe = HUGGING_FACE
    source = "SDK huggingface-hub 2.4.0; huggingface.co/docs/inference-providers"


class Moonshot(Preset):
    """Moonshot AI, the maker of Kimi. Each of its two platforms refuses keys of the other."""

    id = "moonshot"
    name = "Moonshot AI (Kimi)"
    capabilities = CHAT
    base = "https://api.moonshot.ai/v1"
    hosts = ("api.moonshot.cn",)
    key_page = "platform.moonshot.ai/console/api-keys"
    section = "Moonshot"
    endpoint_help = "Only for the Chinese platform (https://api.moonshot.cn/v1) or a gateway."
    variables: ClassVar = {"api_key": ("MOONSHOT_API_KEY",)}
    probe = KeyEndpoint("users/me/balance", frozenset({"available_balance", "cash_balance"}))
    source = "www.kimi.com/help/kimi-api/api-overview; docs.docker.com/ai/docker-agent/providers/moonshot"


class Qwen(Preset):
    """Qwen at Alibaba Cloud's Model Studio. No default: keys belong to a region and current addresses to a workspace."""

    id = "qwen"
    name = "Qwen (Alibaba Model Studio)"
    capabilities = CHAT
    example = "https://WORKSPACE.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1"
    hosts = ("dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com", "dashscope.aliyuncs.com")
    key_page = "help.aliyun.com/en/model-studio/get-api-key"
    section = "DashScope"
    endpoint_help = "The address of the workspace, in the region of the key."
    variables: ClassVar = {"api_key": ("DASHSCOPE_API_KEY",)}
    foreign = ("DASHSCOPE_COMPATIBLE_BASE_URL", "DASHSCOPE_HTTP_BASE_URL", "DASHSCOPE_WEBSOCKET_BASE_URL")
    source = "www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope; SDK dashscope 2.0.2"


class ZAI(Preset):
    """Z.AI, the maker of GLM. No documentation of a model list was found."""

    id = "zai"
    name = "Z.AI"
    base = "https://api.z.ai/api/paas/v4"
    hosts = ("open.bigmodel.cn",)
    key_page = "z.ai/manage-apikey/apikey-list"
    variables: ClassVar = {"api_key": ("ZAI_API_KEY",)}
    own_base = ("ZAI_BASE_URL", "")
    model_list = None
    chat_options = (up_to(TEMPERATURE, 1), MAX_TOKENS, TOP_P, STOP, SEED)
    source = "docs.z.ai/api-reference/introduction; SDK zai-sdk 0.2.3"


class Cohere(Preset):
    """Cohere, through its compatibility API; the model list comes from its native API."""

    id = "cohere"
    name = "Cohere"
    base = "https://api.cohere.ai/compatibility/v1"
    hosts = ("api.cohere.com",)
    key_page = "dashboard.cohere.com"
    variables: ClassVar = {"api_key": ("CO_API_KEY",)}
    own_base = ("CO_API_URL", "/compatibility/v1")
    model_list = "/v1/models"
    embed_batch = 96
    source = "docs.cohere.com/docs/compatibility-api; SDK cohere 7.3.1"


class Perplexity(Preset):
    """Perplexity. No documentation of a model list was found."""

    id = "perplexity"
    name = "Perplexity"
    capabilities = CHAT
    base = "https://api.perplexity.ai"
    key_page = "www.perplexity.ai"
    variables: ClassVar = {"api_key": ("PERPLEXITY_API_KEY",)}
    own_base = ("PERPLEXITY_BASE_URL", "")
    foreign = ("PERPLEXITY_CUSTOM_HEADERS",)
    model_list = None
    source = "SDK perplexityai 0.46.1"


class Databricks(OwnFilePreset):
    """Databricks Model Serving. Its models are the workspace's serving endpoints; no workspace's host is trusted by default."""

    id = "databricks"
    name = "Databricks"
    example = "https://WORKSPACE.cloud.databricks.com/serving-endpoints"
    key_page = "your workspace, under Settings, Developer"
    endpoint_help = "The address of the workspace."
    variables: ClassVar = {"api_key": ("DATABRICKS_TOKEN",), "profile": ("DATABRICKS_CONFIG_PROFILE",)}
    own_base = ("DATABRICKS_HOST", "/serving-endpoints")
    foreign = ("DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")
    model_list = "/api/2.0/serving-endpoints"
    source = "docs.databricks.com: Use foundation models; SDK databricks-sdk 0.162.0"
    own_file = "databricks_profile"
    file_tested = "our own token endpoint for service principals, and a stand-in for the CLI"
    entry = Field(
        "profile",
        "Profile",
        help="A profile from ~/.databrickscfg, instead of endpoint and key: a token, an OAuth secret or the CLI's login.",
        placeholder="DEFAULT",
        suggested_reference="$Databricks:Profile",
    )


class Snowflake(OwnFilePreset):
    """Snowflake Cortex, with a programmatic access token. No documentation of a model list or a variable was found."""

    id = "snowflake"
    name = "Snowflake Cortex"
    capabilities = CHAT
    example = "https://ACCOUNT.snowflakecomputing.com/api/v2/cortex/v1"
    key_page = "your account, as a programmatic access token"
    section = "Snowflake"
    endpoint_help = "The address of the account."
    variables: ClassVar = {"connection": ("SNOWFLAKE_DEFAULT_CONNECTION_NAME",)}
    model_list = None
    answer_limit = "max_completion_tokens"  # it ignores the other one, and ends each answer at 4,096 tokens
    source = "docs.snowflake.com/user-guide/snowflake-cortex/cortex-rest-api"
    own_file = "snowflake_connection"
    file_tested = "our own server, which verifies the signed token"
    entry = Field(
        "connection",
        "Connection",
        help="A connection from connections.toml or config.toml, instead of endpoint and key: a token or a key pair.",
        placeholder="default",
        suggested_reference="$Snowflake:Connection",
    )


PATHS: Final = {
    "api.openai.com": "/v1",
    "generativelanguage.googleapis.com": "/v1beta/openai",
    **{
        host: path_of(each.base)
        for each in list(globals().values())
        if isinstance(each, type) and issubclass(each, Preset) and each.base
        for host in each.hosts
    },
}
"""Hosts that serve OpenAI's protocol at only one path."""
