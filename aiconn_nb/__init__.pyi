# Written by .ci/generate.py. Change what it is derived from instead.
from .model.connection import (
    Connection as Connection,
)
from .model.errors import (
    AiconnError as AiconnError,
)
from .model.errors import (
    AllFailed as AllFailed,
)
from .model.errors import (
    AnswerCut as AnswerCut,
)
from .model.errors import (
    BundleError as BundleError,
)
from .model.errors import (
    CommandError as CommandError,
)
from .model.errors import (
    CommandNotRun as CommandNotRun,
)
from .model.errors import (
    ConfigurationError as ConfigurationError,
)
from .model.errors import (
    ConfigurationFileError as ConfigurationFileError,
)
from .model.errors import (
    ConnectionChanged as ConnectionChanged,
)
from .model.errors import (
    ConnectionExists as ConnectionExists,
)
from .model.errors import (
    ConnectionInactive as ConnectionInactive,
)
from .model.errors import (
    ConnectionInUse as ConnectionInUse,
)
from .model.errors import (
    ConnectionNotFound as ConnectionNotFound,
)
from .model.errors import (
    ConnectionProblem as ConnectionProblem,
)
from .model.errors import (
    EnvironmentNotFound as EnvironmentNotFound,
)
from .model.errors import (
    FailureKind as FailureKind,
)
from .model.errors import (
    Interrupted as Interrupted,
)
from .model.errors import (
    InvalidConnection as InvalidConnection,
)
from .model.errors import (
    InvalidProfile as InvalidProfile,
)
from .model.errors import (
    InvalidReference as InvalidReference,
)
from .model.errors import (
    MasterKeyError as MasterKeyError,
)
from .model.errors import (
    NoConnectionInUse as NoConnectionInUse,
)
from .model.errors import (
    NoPlace as NoPlace,
)
from .model.errors import (
    ProfileChanged as ProfileChanged,
)
from .model.errors import (
    ProfileError as ProfileError,
)
from .model.errors import (
    ProfileExists as ProfileExists,
)
from .model.errors import (
    ProfileNotFound as ProfileNotFound,
)
from .model.errors import (
    ProfileUnusable as ProfileUnusable,
)
from .model.errors import (
    ProviderError as ProviderError,
)
from .model.errors import (
    ProviderFailed as ProviderFailed,
)
from .model.errors import (
    ProviderNotFound as ProviderNotFound,
)
from .model.errors import (
    ProviderUnavailable as ProviderUnavailable,
)
from .model.errors import (
    ReferenceNotFound as ReferenceNotFound,
)
from .model.errors import (
    RotationFailed as RotationFailed,
)
from .model.errors import (
    SecretsFileError as SecretsFileError,
)
from .model.errors import (
    StoreBusy as StoreBusy,
)
from .model.errors import (
    StoreCorrupt as StoreCorrupt,
)
from .model.errors import (
    StoreError as StoreError,
)
from .model.errors import (
    StoreTooNew as StoreTooNew,
)
from .model.errors import (
    StoreUnwritable as StoreUnwritable,
)
from .model.errors import (
    UnsealError as UnsealError,
)
from .model.errors import (
    UntrustedHost as UntrustedHost,
)
from .model.errors import (
    UnusableValue as UnusableValue,
)
from .model.errors import (
    VaultError as VaultError,
)
from .model.profile import (
    Capability as Capability,
)
from .model.profile import (
    Profile as Profile,
)
from .model.secret import (
    Secret as Secret,
)
from .session import (
    Session as Session,
)
from .session import (
    kernel_session as kernel_session,
)
from .verbs import (
    aask as aask,
)
from .verbs import (
    ask as ask,
)
from .verbs import (
    client as client,
)
from .verbs import (
    compare as compare,
)
from .verbs import (
    connections as connections,
)
from .verbs import (
    create as create,
)
from .verbs import (
    create_profile as create_profile,
)
from .verbs import (
    default_profile as default_profile,
)
from .verbs import (
    delete as delete,
)
from .verbs import (
    delete_profile as delete_profile,
)
from .verbs import (
    diff as diff,
)
from .verbs import (
    diff_profile as diff_profile,
)
from .verbs import (
    disable as disable,
)
from .verbs import (
    duplicate as duplicate,
)
from .verbs import (
    duplicate_profile as duplicate_profile,
)
from .verbs import (
    edit as edit,
)
from .verbs import (
    edit_profile as edit_profile,
)
from .verbs import (
    embed as embed,
)
from .verbs import (
    enable as enable,
)
from .verbs import (
    environ as environ,
)
from .verbs import (
    environment as environment,
)
from .verbs import (
    explain as explain,
)
from .verbs import (
    export as export,
)
from .verbs import (
    failover as failover,
)
from .verbs import (
    get as get,
)
from .verbs import (
    history as history,
)
from .verbs import (
    history_profile as history_profile,
)
from .verbs import (
    import_bundle as import_bundle,
)
from .verbs import (
    last_comparison as last_comparison,
)
from .verbs import (
    last_reply as last_reply,
)
from .verbs import (
    models as models,
)
from .verbs import (
    profile as profile,
)
from .verbs import (
    profile_diff as profile_diff,
)
from .verbs import (
    profile_history as profile_history,
)
from .verbs import (
    profiles as profiles,
)
from .verbs import (
    rename as rename,
)
from .verbs import (
    rename_profile as rename_profile,
)
from .verbs import (
    reset as reset,
)
from .verbs import (
    resolve as resolve,
)
from .verbs import (
    rollback as rollback,
)
from .verbs import (
    rollback_profile as rollback_profile,
)
from .verbs import (
    rotate as rotate,
)
from .verbs import (
    scan as scan,
)
from .verbs import (
    secrets as secrets,
)
from .verbs import (
    show as show,
)
from .verbs import (
    show_profile as show_profile,
)
from .verbs import (
    stream as stream,
)
from .verbs import (
    test as test,
)
from .verbs import (
    trust as trust,
)
from .verbs import (
    undelete as undelete,
)
from .verbs import (
    undelete_profile as undelete_profile,
)
from .verbs import (
    usage as usage,
)
from .verbs import (
    use as use,
)
from .widgets.connection_form import (
    ConnectionForm as ConnectionForm,
)
from .widgets.connection_list import (
    ConnectionList as ConnectionList,
)
from .widgets.manager import (
    ConnectionManager as ConnectionManager,
)
from .widgets.manager import (
    manager as manager,
)
from .widgets.profile_form import (
    ProfileForm as ProfileForm,
)
from .widgets.profile_list import (
    ProfileList as ProfileList,
)

__all__ = [
    "AiconnError",
    "AllFailed",
    "AnswerCut",
    "BundleError",
    "Capability",
    "CommandError",
    "CommandNotRun",
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
    "NoPlace",
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
    "diff_profile",
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
    "history_profile",
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

def load_ipython_extension(shell: object) -> None: ...
def unload_ipython_extension(shell: object) -> None: ...
