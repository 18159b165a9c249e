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

from . import working_folder

working_folder.leave_out()

if TYPE_CHECKING:
    from aiconn_nb.api.asking import (
        aask,
        ask,
        compare,
        embed,
        failover,
        last_comparison,
        last_reply,
        reset,
        stream,
        usage,
    )
    from aiconn_nb.api.connections import (
        connections,
        create,
        delete,
        diff,
        disable,
        duplicate,
        edit,
        enable,
        get,
        history,
        rename,
        rollback,
        show,
        undelete,
    )
    from aiconn_nb.api.profiles import (
        create_profile,
        default_profile,
        delete_profile,
        duplicate_profile,
        edit_profile,
        profile,
        profile_diff,
        profile_history,
        profiles,
        rename_profile,
        rollback_profile,
        show_profile,
        undelete_profile,
    )
    from aiconn_nb.api.sharing import export, import_bundle, scan, trust
    from aiconn_nb.api.using import (
        client,
        environ,
        environment,
        explain,
        models,
        resolve,
        rotate,
        secrets,
        test,
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
    from aiconn_nb.session import Session, kernel_session
    from aiconn_nb.widgets.connection_form import ConnectionForm
    from aiconn_nb.widgets.connection_list import ConnectionList
    from aiconn_nb.widgets.manager import ConnectionManager, manager
    from aiconn_nb.widgets.profile_form import ProfileForm
    from aiconn_nb.widgets.profile_list import ProfileList

_HOMES = {
    "aiconn_nb.api.asking": "aask ask compare embed failover last_comparison last_reply reset stream usage",
    "aiconn_nb.api.connections": (
        "connections create delete diff disable duplicate edit enable get history rename rollback show undelete"
    ),
    "aiconn_nb.api.profiles": (
        "create_profile default_profile delete_profile duplicate_profile edit_profile profile profile_diff "
        "profile_history profiles rename_profile rollback_profile show_profile undelete_profile"
    ),
    "aiconn_nb.api.sharing": "export import_bundle scan trust",
    "aiconn_nb.api.using": "client environ environment explain models resolve rotate secrets test use",
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
    "aiconn_nb.session": "Session kernel_session",
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
    "diff",
    "disable",
    "duplicate",
    "duplicate_profile",
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
    "history",
    "import_bundle",
    "kernel_session",
    "last_comparison",
    "last_reply",
    "manager",
    "models",
    "profile",
    "profile_diff",
    "profile_history",
    "profiles",
    "rename",
    "rename_profile",
    "reset",
    "resolve",
    "rollback",
    "rollback_profile",
    "rotate",
    "scan",
    "secrets",
    "show",
    "show_profile",
    "stream",
    "test",
    "trust",
    "undelete",
    "undelete_profile",
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
