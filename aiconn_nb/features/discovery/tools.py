"""Keys in the files of other tools for language models: ``llm``, jupyter-ai and Continue.

The formats were read on 2026-11-29: llm 0.36 and its plug-ins' ``needs_key``, jupyter-ai 2.31 and jupyter-ai-jupyternaut 0.1 (of
jupyter-ai 3.2), docs.continue.dev: config.yaml Reference and config.json Reference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from aiconn_nb.config.dotenv_file import parse
from aiconn_nb.config.json_file import Problem
from aiconn_nb.model.place import tilde
from aiconn_nb.model.secret import MASK_LIKE, Secret, readable, shape_of
from aiconn_nb.model.url import key_in_url
from aiconn_nb.providers.base import Provider
from aiconn_nb.session.context import Context

from .candidate import Candidate, Found, Unread
from .tool_files import folder_of, home, json_of, text_of, yaml_of
from .variables import providers_by_variable

_SAME: Final = ("anthropic", "cohere", "deepseek", "fireworks", "groq", "mistral", "openai", "openrouter", "together")
"""The providers with the same name in ``llm``, in Continue and here."""
_OF_LLM: Final = {
    **{id: id for id in (*_SAME, "huggingface", "perplexity")},
    "claude": "anthropic",
    "gemini": "google",
    "grok": "xai",
}
"""The key names of ``llm`` and its plug-ins -> the provider."""
_OF_CONTINUE: Final = {
    **{id: id for id in (*_SAME, "moonshot", "ollama", "vllm", "xai")},
    "gemini": "google",
    "huggingface-inference-api": "huggingface",
    "llama.cpp": "llama-cpp",
    "lmstudio": "lm-studio",
}
"""The ``provider`` of a Continue model -> ours."""
_SECRET_OF_CONTINUE: Final = re.compile(r"\$\{\{\s*secrets\.([\w.-]+)\s*\}\}")
_BASES: Final = ("api_base", "openai_api_base", "base_url")
"""The names for a model's address in jupyter-ai."""


def of_llm(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the keys saved by ``llm keys set``. A key with an unknown name is recognized by its shape. Raises `Unread`."""
    path = _llm_folder(context.environ) / "keys.json"
    for name, value in json_of(path).items():
        key = _secret(value)
        if key is None or name.startswith("//"):
            continue
        provider = _OF_LLM.get(name.lower()) or _by_shape(key, providers)
        if provider in providers:
            place = f"{tilde(path)}: {readable(name)}"
            yield Candidate("llm", "llm", place, provider, {_key_field(providers[provider]): key})


def _llm_folder(environ: Mapping[str, str]) -> Path:
    """Return the documented folder of ``llm``."""
    if environ.get("LLM_USER_PATH", "").strip():
        return folder_of(environ, "LLM_USER_PATH")
    import platformdirs

    return Path(platformdirs.user_config_dir("io.datasette.llm", appauthor=False, roaming=True))


def of_jupyter_ai(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the keys in the settings of jupyter-ai, which are named like environment variables. Raises `Unread`."""
    path = _jupyter_folder(context.environ) / "jupyter_ai" / "config.json"
    content = json_of(path)
    keys = content.get("api_keys")
    by_name = providers_by_variable(providers)
    base = _base_of_openai(content)
    for name, value in keys.items() if isinstance(keys, dict) else ():
        key = _secret(value)
        if key is None or name not in by_name:
            continue
        provider, field = by_name[name]
        settings: dict[str, str | Secret] = {field: key}
        if provider == "openai" and base:
            provider, settings = "openai-compatible", {"api_key": key, "endpoint": base}
        if provider in providers:
            yield Candidate("jupyter-ai", "jupyter-ai", f"{tilde(path)}: {readable(name)}", provider, settings)


def _jupyter_folder(environ: Mapping[str, str]) -> Path:
    """Return Jupyter's data folder, by the rules of jupyter_core."""
    if environ.get("JUPYTER_DATA_DIR", "").strip():
        return folder_of(environ, "JUPYTER_DATA_DIR")
    try:
        from jupyter_core.paths import jupyter_data_dir
    except ImportError:
        return home() / ".local" / "share" / "jupyter"
    return Path(jupyter_data_dir())


def _base_of_openai(content: Mapping[str, Any]) -> str:
    """Return the address of a model with OpenAI's protocol: the key then belongs to that server."""
    fields = content.get("fields")
    kinds = [(str(id), each) for id, each in fields.items()] if isinstance(fields, dict) else []
    custom = content.get("custom_models")
    models = [each for each in custom if isinstance(each, dict)] if isinstance(custom, list) else []
    kinds += [(str(each.get("model_id")), each.get("params")) for each in models]
    found = [
        _address(each.get(name))
        for id, each in kinds
        if id.startswith("openai") and isinstance(each, dict)
        for name in _BASES
    ]
    return next(filter(None, found), "")


def of_continue(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the models in the user's settings of Continue with their own key or address. Raises `Unread`.

    The settings of a workspace are not read: they are files of the working folder.
    """
    folder = folder_of(context.environ, "CONTINUE_GLOBAL_DIR", ".continue")
    path = folder / "config.yaml"
    if not os.path.lexists(path):
        path = folder / "config.json"
    content = yaml_of(path) if path.suffix == ".yaml" else json_of(path)
    models = content.get("models")
    secrets: dict[str, Secret] = {}
    if isinstance(models, list) and any("secrets." in str(_get(each, "apiKey")) for each in models):
        secrets = _secrets_in(folder / ".env")
    for each in models if isinstance(models, list) else ():
        found = _model_of_continue(each, secrets)
        if found is not None and found[0] in providers:
            provider, settings = found
            name = _get(each, "name") or _get(each, "title") or _get(each, "model") or provider
            place = f"{tilde(path)}: {readable(str(name))}"
            yield Candidate("Continue", "continue", place, provider, _fitting(providers[provider], settings))


def _model_of_continue(model: object, secrets: Mapping[str, Secret]) -> tuple[str, Found] | None:
    """Return our provider, and the settings ``api_key`` and ``endpoint``."""
    provider = _OF_CONTINUE.get(str(_get(model, "provider")).lower(), "")
    written = _get(model, "apiKey")
    asked = _SECRET_OF_CONTINUE.fullmatch(written.strip()) if isinstance(written, str) else None
    key = secrets.get(asked[1]) if asked else _secret(written)
    base = _address(_get(model, "apiBase"))
    if not provider or (key is None and not base):
        return None
    if provider == "openai" and base and not base.startswith("https://api.openai.com"):
        provider = "openai-compatible"
    settings: dict[str, str | Secret] = {}
    if key is not None:
        settings["api_key"] = key
    if base:
        settings["endpoint"] = base
    return provider, settings


def _secrets_in(path: Path) -> dict[str, Secret]:
    text = text_of(path)
    found = parse(b"" if text is None else text.encode(), str(path))
    del text
    if isinstance(found, Problem):
        raise Unread(tilde(path), found.why.rstrip("."))
    return {entry.key.replace(":", "__"): Secret(entry.value) for entry in found.values() if entry.value}


def _fitting(provider: Provider, settings: Found) -> Found:
    """Return the settings that the provider has fields for."""
    return {key: value for key, value in settings.items() if provider.field(key) is not None}


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _secret(value: object) -> Secret | None:
    """Return a text as a key; None for a value that cannot be one."""
    if not isinstance(value, str) or not value.strip() or MASK_LIKE.fullmatch(value.strip()) or "${{" in value:
        return None
    return Secret(value.strip())


def _address(value: object) -> str:
    """Return a text as an address; '' for a value that cannot be one, or that contains a key."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text.startswith(("http://", "https://")) and not key_in_url(text) else ""


def _by_shape(key: Secret, providers: Mapping[str, Provider]) -> str:
    shape = shape_of(key)
    return next((id for id, each in providers.items() if shape and shape in each.key_shapes), "")


def _key_field(provider: Provider) -> str:
    return next((each.key for each in provider.fields if each.sensitive), "api_key")
