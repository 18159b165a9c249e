"""aiconn_nb: AI-provider connections for notebooks.

A *connection* is a named account with an AI provider. ``%load_ext aiconn_nb`` gives ``%aiconn``; the same verbs in Python::

    import aiconn_nb as aiconn

    aiconn.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    aiconn.use("openai-dev")
    client = aiconn.client()

Importing this package imports nothing else: names are fetched when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiconn_nb.api import (
        aask,
        ask,
        client,
        compare,
        connections,
        create,
        create_profile,
        default_profile,
        delete,
        delete_profile,
        disable,
        edit,
        edit_profile,
        embed,
        enable,
        environ,
        environment,
        explain,
        export,
        failover,
        get,
        import_bundle,
        last_comparison,
        last_reply,
        models,
        profile,
        profiles,
        reset,
        rotate,
        stream,
        test,
        trust,
        usage,
        use,
    )
    from aiconn_nb.model.connection import Connection
    from aiconn_nb.model.errors import (
        AiconnError,
        AllFailed,
        AnswerCut,
        BundleError,
        CommandError,
        ConfigurationError,
        ConfigurationFileError,
        ConnectionChanged,
        ConnectionExists,
        ConnectionInactive,
        ConnectionInUse,
        ConnectionNotFound,
        ConnectionProblem,
        EnvironmentNotFound,
        FailureKind,
        Interrupted,
        InvalidConnection,
        InvalidProfile,
        InvalidReference,
        MasterKeyError,
        NoConnectionInUse,
        ProfileChanged,
        ProfileError,
        ProfileExists,
        ProfileNotFound,
        ProfileUnusable,
        ProviderError,
        ProviderFailed,
        ProviderNotFound,
        ProviderUnavailable,
        ReferenceNotFound,
        RotationFailed,
        SecretsFileError,
        StoreBusy,
        StoreCorrupt,
        StoreError,
        StoreTooNew,
        StoreUnwritable,
        UnsealError,
        UntrustedHost,
        UnusableValue,
        VaultError,
    )
    from aiconn_nb.model.profile import Capability, Profile
    from aiconn_nb.model.secret import Secret
    from aiconn_nb.session import Session
    from aiconn_nb.widgets.connection_form import ConnectionForm
    from aiconn_nb.widgets.connection_list import ConnectionList
    from aiconn_nb.widgets.manager import ConnectionManager, manager
    from aiconn_nb.widgets.profile_form import ProfileForm
    from aiconn_nb.widgets.profile_list import ProfileList

_HOMES = {
    "aiconn_nb.api": (
        "aask ask client compare connections create create_profile default_profile delete delete_profile disable edit "
        "edit_profile embed enable environ environment explain export failover get import_bundle last_comparison "
        "last_reply models profile profiles reset rotate stream test trust usage use"
    ),
    "aiconn_nb.model.connection": "Connection",
    "aiconn_nb.model.errors": (
        "AiconnError AllFailed AnswerCut BundleError CommandError ConfigurationError ConfigurationFileError ConnectionChanged "
        "ConnectionExists ConnectionInactive ConnectionInUse ConnectionNotFound ConnectionProblem EnvironmentNotFound "
        "FailureKind Interrupted InvalidConnection InvalidProfile InvalidReference MasterKeyError NoConnectionInUse "
        "ProfileChanged ProfileError ProfileExists ProfileNotFound ProfileUnusable ProviderError ProviderFailed "
        "ProviderNotFound ProviderUnavailable ReferenceNotFound RotationFailed SecretsFileError StoreBusy StoreCorrupt "
        "StoreError StoreTooNew StoreUnwritable UnsealError UntrustedHost UnusableValue VaultError"
    ),
    "aiconn_nb.model.profile": "Capability Profile",
    "aiconn_nb.model.secret": "Secret",
    "aiconn_nb.session": "Session",
    "aiconn_nb.widgets.connection_form": "ConnectionForm",
    "aiconn_nb.widgets.connection_list": "ConnectionList",
    "aiconn_nb.widgets.manager": "ConnectionManager manager",
    "aiconn_nb.widgets.profile_form": "ProfileForm",
    "aiconn_nb.widgets.profile_list": "ProfileList",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AiconnError",
    "AllFailed",
    "AnswerCut",
    "BundleError",
    "Capability",
    "CommandError",
    "ConfigurationError",
    "ConfigurationFileError",
    "Connection",
    "ConnectionChanged",
    "ConnectionExists",
    "ConnectionForm",
    "ConnectionInUse",
    "ConnectionInactive",
    "ConnectionList",
    "ConnectionManager",
    "ConnectionNotFound",
    "ConnectionProblem",
    "EnvironmentNotFound",
    "FailureKind",
    "Interrupted",
    "InvalidConnection",
    "InvalidProfile",
    "InvalidReference",
    "MasterKeyError",
    "NoConnectionInUse",
    "Profile",
    "ProfileChanged",
    "ProfileError",
    "ProfileExists",
    "ProfileForm",
    "ProfileList",
    "ProfileNotFound",
    "ProfileUnusable",
    "ProviderError",
    "ProviderFailed",
    "ProviderNotFound",
    "ProviderUnavailable",
    "ReferenceNotFound",
    "RotationFailed",
    "Secret",
    "SecretsFileError",
    "Session",
    "StoreBusy",
    "StoreCorrupt",
    "StoreError",
    "StoreTooNew",
    "StoreUnwritable",
    "UnsealError",
    "UntrustedHost",
    "UnusableValue",
    "VaultError",
    "aask",
    "ask",
    "client",
    "compare",
    "connections",
    "create",
    "create_profile",
    "default_profile",
    "delete",
    "delete_profile",
    "disable",
    "edit",
    "edit_profile",
    "embed",
    "enable",
    "environ",
    "environment",
    "explain",
    "export",
    "failover",
    "get",
    "import_bundle",
    "last_comparison",
    "last_reply",
    "manager",
    "models",
    "profile",
    "profiles",
    "reset",
    "rotate",
    "stream",
    "test",
    "trust",
    "usage",
    "use",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext aiconn_nb``: add the magics and their completion."""
    from aiconn_nb.magics.extension import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext aiconn_nb``: leave IPython as it was."""
    from aiconn_nb.magics.extension import unload

    unload(shell)
