"""All exceptions of aiconn_nb.

An error has one line that says what happened and why, and optionally a second line that says what to do. The raising code passes
fields, such as ``ConnectionInactive(alias="openai-dev")``; the class builds the lines from them (see `base`). No message contains
a secret, a value from a configuration file, or the line that a user typed.

The tree shows the documented classes. Some have reasons: subclasses with their own wording, which are displayed under the name of
the documented class.

::

    AiconnError
    ├── CommandError                 a command line or a call is wrong
    │   └── CommandNotRun            .status: 127 if the command was not found, else 126
    ├── Interrupted                  the user stopped a command while it was asking
    ├── ConnectionProblem            a problem with one connection
    │   ├── ConnectionNotFound
    │   │   └── NoConnectionVersion  .version, .oldest, .newest: the connection exists, without this version
    │   ├── ConnectionExists
    │   ├── InvalidConnection        .problems: field -> what is wrong
    │   ├── ConnectionInactive
    │   ├── ConnectionInUse          .profiles: the profiles that depend on it
    │   ├── ConnectionChanged        another kernel saved or deleted it in the meantime
    │   ├── RotationFailed           .rung: where the test of the new key ended
    │   ├── UntrustedHost            .host, .sent: the host, and what may not be sent to it yet
    │   └── NoConnectionInUse
    ├── ProfileError                 a problem with one profile
    │   ├── ProfileNotFound
    │   │   └── NoProfileVersion     .version, .oldest, .newest: the profile exists, without this version
    │   ├── ProfileExists
    │   ├── InvalidProfile           .problems: field -> what is wrong
    │   ├── ProfileChanged           another kernel saved or deleted it in the meantime
    │   └── ProfileUnusable          none of its connections can answer
    │       └── AllFailed            .attempts: each connection with its reason
    ├── BundleError                  a bundle is invalid, or cannot be read or written
    ├── BatchError                   a prompt cannot be asked over a dataset
    │   └── JournalUnusable          .place: the journal is damaged or was written with other settings
    ├── WorkerFailed                 .host, .cause: a cluster worker failed
    ├── BatchStopped                 .answered, .cause: too many rows failed; the same line continues
    ├── UsageError
    │   ├── UsageUnusable            .place: the usage file cannot be read or written
    │   ├── CapReached               .alias, .cap, .spent, .reserve: a request was not sent
    │   ├── CapWithoutPrice          .alias, .model: a cap in dollars, but the price is unknown
    │   └── CapUnchecked             .alias, .place: a cap cannot be checked
    ├── ProviderError
    │   ├── ProviderNotFound
    │   ├── ProviderUnavailable      its SDK is missing or does not import
    │   └── ProviderFailed           .kind: one of FailureKind
    │       └── AnswerCut            .partial: the part of the answer that arrived
    ├── AdapterError
    │   ├── AdapterNotFound
    │   ├── AdapterBroken
    │   ├── FrameworkMissing
    │   ├── FrameworkCannotCall
    │   └── FrameworkFailed
    ├── ConfigurationError
    │   ├── InvalidReference         the text is not a reference (a lone ``$``)
    │   ├── ReferenceNotFound        .key, .nearest
    │   ├── UnusableValue            the reference resolves to nothing or to the wrong type
    │   ├── EnvironmentNotFound
    │   ├── ConfigurationFileError   .path, .line, .column
    │   └── SettingsNotMade          appsettings.json could not be created
    ├── VaultError
    │   ├── UnsealError              this key does not open a sealed value
    │   ├── MasterKeyError           the key itself is damaged or cannot be saved
    │   └── SecretsFileError         the user secrets file cannot be read or written
    ├── NoProjectFile                no alias was given, and the folder has no project file
    ├── NeedsNotMet                  a notebook that runs unattended lacks something
    ├── NoPlace                      the folder of the store or of the key cannot be determined
    └── StoreError
        ├── StoreBusy
        ├── StoreCorrupt
        ├── StoreTooNew
        └── StoreUnwritable
"""

from aiconn_nb.names_of_stub import public_names

__getattr__ = public_names(__name__, __file__)


def __dir__() -> list[str]:
    return [*globals(), *__getattr__("__all__")]
