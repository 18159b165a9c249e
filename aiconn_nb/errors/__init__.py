"""The whole error tree of aiconn_nb.

Every error is one line that says what happened and why, and at most one more that says what to do. It is made from fields,
such as ``ConnectionInactive(alias="openai-dev")``, and makes its lines itself; see `base`. No message holds a secret, a value from
a configuration file, or the line that a user typed.

The documented classes, each of which may have reasons: subclasses with a wording of their own, shown under its name.

::

    AiconnError
    ├── CommandError                 a command line, or a call, that cannot be understood
    │   └── CommandNotRun            .status: 127 where it is not there, else 126
    ├── Interrupted                  the user stopped a command while it was asking
    ├── ConnectionProblem            something about one connection
    │   ├── ConnectionNotFound
    │   ├── ConnectionExists
    │   ├── InvalidConnection        .problems: field -> what is wrong
    │   ├── ConnectionInactive
    │   ├── ConnectionInUse          .profiles: the profiles that depend on it
    │   ├── ConnectionChanged        someone else saved or deleted it meanwhile
    │   ├── RotationFailed           .rung: where the test of the new key ended
    │   ├── UntrustedHost            .host, .sent: what may not go there yet
    │   └── NoConnectionInUse
    ├── ProfileError                 something about one profile
    │   ├── ProfileNotFound
    │   ├── ProfileExists
    │   ├── InvalidProfile           .problems: field -> what is wrong
    │   ├── ProfileChanged           someone else saved or deleted it meanwhile
    │   └── ProfileUnusable          no connection of it can answer
    │       └── AllFailed            .attempts: each connection with its reason
    ├── BundleError                  a bundle that cannot be read, is none, or cannot be written
    ├── BatchError                   a prompt cannot be asked over a dataset
    │   └── JournalUnusable          .place: a journal that is damaged, or of other settings
    ├── BatchStopped                 .answered, .cause: too many rows failed; the same line continues
    ├── ProviderError
    │   ├── ProviderNotFound
    │   ├── ProviderUnavailable      its SDK is missing or does not import
    │   └── ProviderFailed           .kind: one of FailureKind
    │       └── AnswerCut            .partial: what had come of the answer
    ├── AdapterError
    │   ├── AdapterNotFound
    │   ├── AdapterBroken
    │   ├── FrameworkMissing
    │   ├── FrameworkCannotCall
    │   └── FrameworkFailed
    ├── ConfigurationError
    │   ├── InvalidReference         text that is no reference (a lone ``$``)
    │   ├── ReferenceNotFound        .key, .nearest
    │   ├── UnusableValue            it resolved, but to nothing or to the wrong type
    │   ├── EnvironmentNotFound
    │   └── ConfigurationFileError   .path, .line, .column
    ├── VaultError
    │   ├── UnsealError              a sealed value that this key does not open
    │   ├── MasterKeyError           the key itself is damaged or cannot be kept
    │   └── SecretsFileError         the user secrets file cannot be read or written
    ├── NoProjectFile                no alias was named, and the folder has no project file
    ├── NeedsNotMet                  a notebook that no one watches lacks something
    ├── NoPlace                      no folder can be told for the store or the key
    └── StoreError
        ├── StoreBusy
        ├── StoreCorrupt
        ├── StoreTooNew
        └── StoreUnwritable
"""

from .adapters import *  # noqa: F403
from .asking import *  # noqa: F403
from .attempts import *  # noqa: F403
from .base import *  # noqa: F403
from .batch import *  # noqa: F403
from .calls import *  # noqa: F403
from .collection import *  # noqa: F403
from .commands import *  # noqa: F403
from .configuration import *  # noqa: F403
from .connections import *  # noqa: F403
from .files import *  # noqa: F403
from .input import *  # noqa: F403
from .profiles import *  # noqa: F403
from .providers import *  # noqa: F403
from .requirements import *  # noqa: F403
from .rotation import *  # noqa: F403
from .secrets import *  # noqa: F403
from .store import *  # noqa: F403
from .surroundings import *  # noqa: F403
from .vault import *  # noqa: F403
