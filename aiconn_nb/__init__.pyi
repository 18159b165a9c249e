# Written by .ci/generate.py. Change what it is derived from instead.
from .errors import (
    AdapterBroken as AdapterBroken,
)
from .errors import (
    AdapterError as AdapterError,
)
from .errors import (
    AdapterNotFound as AdapterNotFound,
)
from .errors import (
    AiconnError as AiconnError,
)
from .errors import (
    AllFailed as AllFailed,
)
from .errors import (
    AnswerCut as AnswerCut,
)
from .errors import (
    BatchError as BatchError,
)
from .errors import (
    BatchStopped as BatchStopped,
)
from .errors import (
    BundleError as BundleError,
)
from .errors import (
    CapReached as CapReached,
)
from .errors import (
    CapUnchecked as CapUnchecked,
)
from .errors import (
    CapWithoutPrice as CapWithoutPrice,
)
from .errors import (
    CommandError as CommandError,
)
from .errors import (
    CommandNotRun as CommandNotRun,
)
from .errors import (
    ConfigurationError as ConfigurationError,
)
from .errors import (
    ConfigurationFileError as ConfigurationFileError,
)
from .errors import (
    ConnectionChanged as ConnectionChanged,
)
from .errors import (
    ConnectionExists as ConnectionExists,
)
from .errors import (
    ConnectionInactive as ConnectionInactive,
)
from .errors import (
    ConnectionInUse as ConnectionInUse,
)
from .errors import (
    ConnectionNotFound as ConnectionNotFound,
)
from .errors import (
    ConnectionProblem as ConnectionProblem,
)
from .errors import (
    EnvironmentNotFound as EnvironmentNotFound,
)
from .errors import (
    FailureKind as FailureKind,
)
from .errors import (
    FrameworkCannotCall as FrameworkCannotCall,
)
from .errors import (
    FrameworkFailed as FrameworkFailed,
)
from .errors import (
    FrameworkMissing as FrameworkMissing,
)
from .errors import (
    Interrupted as Interrupted,
)
from .errors import (
    InvalidConnection as InvalidConnection,
)
from .errors import (
    InvalidProfile as InvalidProfile,
)
from .errors import (
    InvalidReference as InvalidReference,
)
from .errors import (
    JournalUnusable as JournalUnusable,
)
from .errors import (
    MasterKeyError as MasterKeyError,
)
from .errors import (
    NeedsNotMet as NeedsNotMet,
)
from .errors import (
    NoConnectionInUse as NoConnectionInUse,
)
from .errors import (
    NoConnectionVersion as NoConnectionVersion,
)
from .errors import (
    NoPlace as NoPlace,
)
from .errors import (
    NoProfileVersion as NoProfileVersion,
)
from .errors import (
    NoProjectFile as NoProjectFile,
)
from .errors import (
    NotInSchema as NotInSchema,
)
from .errors import (
    ProfileChanged as ProfileChanged,
)
from .errors import (
    ProfileError as ProfileError,
)
from .errors import (
    ProfileExists as ProfileExists,
)
from .errors import (
    ProfileNotFound as ProfileNotFound,
)
from .errors import (
    ProfileUnusable as ProfileUnusable,
)
from .errors import (
    ProviderError as ProviderError,
)
from .errors import (
    ProviderFailed as ProviderFailed,
)
from .errors import (
    ProviderNotFound as ProviderNotFound,
)
from .errors import (
    ProviderUnavailable as ProviderUnavailable,
)
from .errors import (
    ReferenceNotFound as ReferenceNotFound,
)
from .errors import (
    RotationFailed as RotationFailed,
)
from .errors import (
    SecretsFileError as SecretsFileError,
)
from .errors import (
    SettingsNotMade as SettingsNotMade,
)
from .errors import (
    StoreBusy as StoreBusy,
)
from .errors import (
    StoreCorrupt as StoreCorrupt,
)
from .errors import (
    StoreError as StoreError,
)
from .errors import (
    StoreTooNew as StoreTooNew,
)
from .errors import (
    StoreUnwritable as StoreUnwritable,
)
from .errors import (
    UnsealError as UnsealError,
)
from .errors import (
    UntrustedHost as UntrustedHost,
)
from .errors import (
    UnusableValue as UnusableValue,
)
from .errors import (
    UsageError as UsageError,
)
from .errors import (
    UsageUnusable as UsageUnusable,
)
from .errors import (
    VaultError as VaultError,
)
from .errors import (
    WorkerFailed as WorkerFailed,
)
from .features.app import (
    Session as Session,
)
from .features.app import (
    kernel_session as kernel_session,
)
from .model.capability import (
    Capability as Capability,
)
from .model.connection import (
    Connection as Connection,
)
from .model.profile import (
    Profile as Profile,
)
from .model.secret import (
    Secret as Secret,
)
from .ui.widgets.connection_form import (
    ConnectionForm as ConnectionForm,
)
from .ui.widgets.connection_list import (
    ConnectionList as ConnectionList,
)
from .ui.widgets.manager import (
    ConnectionManager as ConnectionManager,
)
from .ui.widgets.manager import (
    manager as manager,
)
from .ui.widgets.panel import (
    panel as panel,
)
from .ui.widgets.profile_form import (
    ProfileForm as ProfileForm,
)
from .ui.widgets.profile_list import (
    ProfileList as ProfileList,
)
from .verbs import (
    aask as aask,
)
from .verbs import (
    acompare as acompare,
)
from .verbs import (
    aembed as aembed,
)
from .verbs import (
    amap as amap,
)
from .verbs import (
    ask as ask,
)
from .verbs import (
    astream as astream,
)
from .verbs import (
    async_client as async_client,
)
from .verbs import (
    cap as cap,
)
from .verbs import (
    caps as caps,
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
    diff_environments as diff_environments,
)
from .verbs import (
    diff_profile as diff_profile,
)
from .verbs import (
    disable as disable,
)
from .verbs import (
    discover as discover,
)
from .verbs import (
    doctor as doctor,
)
from .verbs import (
    dotenv as dotenv,
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
    forget_maps as forget_maps,
)
from .verbs import (
    forget_usage as forget_usage,
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
    last_map as last_map,
)
from .verbs import (
    last_reply as last_reply,
)
from .verbs import (
    map as map,
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
    require as require,
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
    snippet as snippet,
)
from .verbs import (
    stream as stream,
)
from .verbs import (
    test as test,
)
from .verbs import (
    to as to,
)
from .verbs import (
    trust as trust,
)
from .verbs import (
    uncap as uncap,
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

__all__ = [
    "AdapterBroken",
    "AdapterError",
    "AdapterNotFound",
    "AiconnError",
    "AllFailed",
    "AnswerCut",
    "BatchError",
    "BatchStopped",
    "BundleError",
    "CapReached",
    "CapUnchecked",
    "CapWithoutPrice",
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
    "FrameworkCannotCall",
    "FrameworkFailed",
    "FrameworkMissing",
    "Interrupted",
    "InvalidConnection",
    "InvalidProfile",
    "InvalidReference",
    "JournalUnusable",
    "MasterKeyError",
    "NeedsNotMet",
    "NoConnectionInUse",
    "NoConnectionVersion",
    "NoPlace",
    "NoProfileVersion",
    "NoProjectFile",
    "NotInSchema",
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
    "SettingsNotMade",
    "StoreBusy",
    "StoreCorrupt",
    "StoreError",
    "StoreTooNew",
    "StoreUnwritable",
    "UnsealError",
    "UntrustedHost",
    "UnusableValue",
    "UsageError",
    "UsageUnusable",
    "VaultError",
    "WorkerFailed",
    "aask",
    "acompare",
    "aembed",
    "amap",
    "ask",
    "astream",
    "async_client",
    "cap",
    "caps",
    "client",
    "compare",
    "connections",
    "create",
    "create_profile",
    "default_profile",
    "delete",
    "delete_profile",
    "diff",
    "diff_environments",
    "diff_profile",
    "disable",
    "discover",
    "doctor",
    "dotenv",
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
    "forget_maps",
    "forget_usage",
    "get",
    "history",
    "history_profile",
    "import_bundle",
    "kernel_session",
    "last_comparison",
    "last_map",
    "last_reply",
    "manager",
    "map",
    "models",
    "panel",
    "profile",
    "profile_diff",
    "profile_history",
    "profiles",
    "rename",
    "rename_profile",
    "require",
    "reset",
    "resolve",
    "rollback",
    "rollback_profile",
    "rotate",
    "scan",
    "secrets",
    "show",
    "show_profile",
    "snippet",
    "stream",
    "test",
    "to",
    "trust",
    "uncap",
    "undelete",
    "undelete_profile",
    "usage",
    "use",
]

def load_ipython_extension(shell: object) -> None: ...
def unload_ipython_extension(shell: object) -> None: ...
