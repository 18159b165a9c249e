"""One error for each wording. ``errors.golden.txt`` shows all of them side by side.

``python tests/error_samples.py`` rewrites that file after a wording was changed or added.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from aiconn_nb.errors import (
    AdapterBroken,
    AdapterNotFound,
    AiconnError,
    AllFailed,
    AnswerCut,
    AnswerElsewhere,
    AnswerTooLong,
    Attempt,
    BadEnvironmentName,
    BadMessage,
    BadNewAlias,
    BadNumber,
    BadOptions,
    BadRename,
    BadRotationTarget,
    BadSecretName,
    BadUse,
    BadWords,
    BatchStopped,
    BudgetNeedsEngine,
    BundleMalformed,
    BundleNotRead,
    BundleNotWritten,
    BundleOutdated,
    BundleTooLarge,
    CallFailed,
    CannotSeal,
    CannotUnseal,
    CapReached,
    CapUnchecked,
    CapWithoutPrice,
    ColumnNotFound,
    ColumnTaken,
    CommandNotRun,
    ConfigurationAsBundle,
    ConfigurationFileError,
    ConnectionChanged,
    ConnectionExists,
    ConnectionInactive,
    ConnectionInUse,
    ConnectionNotFound,
    DeletionNotConfirmed,
    FailureKind,
    FrameworkCannotCall,
    FrameworkFailed,
    FrameworkMissing,
    HiddenByOwn,
    HomeUnknown,
    Implausible,
    ImportNotConfirmed,
    Interrupted,
    InvalidConnection,
    InvalidProfile,
    JournalUnusable,
    KeyAsReference,
    KeyAsSecretName,
    KeyInPrompt,
    KeyOnLine,
    KeysTogether,
    KnownKeyGiven,
    ListAlone,
    ListNotOffered,
    LiteralDollar,
    LoneDollar,
    MaskAsSecret,
    MasterKeyMalformed,
    MasterKeyMissing,
    MasterKeyNotKept,
    MasterKeyUnreadable,
    MasterKeyVanished,
    Missing,
    NamedTwice,
    NeedsNotMet,
    NewKeyFailed,
    NewKeyNeeded,
    NewKeyUntested,
    NoAsyncioLoop,
    NoCap,
    NoCapability,
    NoCell,
    NoCluster,
    NoCommand,
    NoConnectionInUse,
    NoConnectionVersion,
    NoData,
    NoDataFile,
    NoDefaultProfile,
    NoEnvironment,
    NoFolder,
    NoFormat,
    NoFormerSecret,
    NoHome,
    NoInputForPrompt,
    NoInputForSecret,
    NoKernelForEnvironment,
    NoKernelForUse,
    NoKeyToRotate,
    NoKeyToUnseal,
    NoLongestAnswer,
    NoLoopInBackground,
    NoModelNamed,
    NoNamesHere,
    NoneUsable,
    NoneWithProfile,
    NoNewKey,
    NoOption,
    NoProfilesNamed,
    NoProfileVersion,
    NoProjectFile,
    NoProposal,
    NoProvider,
    NoReference,
    NoRows,
    NoSecretGiven,
    NoSubcommand,
    NotAble,
    NotAChoice,
    NotADay,
    NotAHost,
    NotAName,
    NotAnOption,
    NoTarget,
    NoTargetOnLine,
    NotASession,
    NotASetting,
    NotAText,
    NotAVersion,
    NotebookNotChanged,
    NotebookNotScanned,
    NothingAnswered,
    NothingEntered,
    NothingToAsk,
    NothingToCap,
    NothingToChange,
    NothingToCompare,
    NothingToEmbed,
    NothingToMap,
    NothingToRun,
    NoThreadsForMap,
    NotInBundle,
    NotInNotebook,
    NotInSchema,
    NotJson,
    NotOffered,
    NotReached,
    NotTexts,
    NotTheStore,
    NotToAReference,
    NoUserSecret,
    NumPyMissing,
    OneOrAll,
    OpenQuote,
    OtherCapability,
    OtherKey,
    Outcome,
    PackageMissing,
    PipedNoText,
    PlaceNotFilled,
    PlaceNotWritable,
    PlaceRefused,
    PlacesLeft,
    PlugInBroken,
    PriceUnknown,
    ProfileChanged,
    ProfileExists,
    ProfileNotFound,
    ProfilesAlone,
    ProviderFailed,
    ProviderNotFound,
    QueryNotExported,
    ReferenceAsSecret,
    ReferenceExpanded,
    ReferenceNotFound,
    RelativeToNothing,
    ResolvesToNothing,
    RowNotAsked,
    RowsInterrupted,
    RunInNotebook,
    SameReference,
    SdkBroken,
    SdkMissing,
    SealedAsSecret,
    SecretGone,
    SecretNameInSyntax,
    SecretNeeded,
    SecretNotSaved,
    SecretsBusy,
    SecretsUnreadable,
    SettingsNeeded,
    SettingsNotMade,
    SettingsUnusable,
    SeveralKeys,
    SourceFailed,
    SourceNotWritable,
    StoreBusy,
    StoreFailed,
    StoreLeftDamaged,
    StoreOutcomeUnknown,
    StorePackageMissing,
    StoreSetAside,
    StoreTooNew,
    StoreUnreadable,
    StoreUnwritable,
    TableNotWritten,
    TemplateWithoutColumn,
    TrustNotConfirmed,
    TwinsInBundle,
    Unexpected,
    UnfitSchema,
    UntrustedHost,
    UnusableSetting,
    UsageNotWritten,
    UsageUnusable,
    ValueInSecretName,
    WorkerDied,
    WorkerFailed,
    WorkerWithoutPackage,
    WrongCall,
    WrongType,
)
from aiconn_nb.model.hint import Interface, shown_in

GOLDEN = Path(__file__).with_name("errors.golden.txt")


def adapters() -> Iterator[AiconnError]:
    yield AdapterNotFound(framework="langchian", known=("langchain", "dspy"))
    yield AdapterNotFound(framework="x", known=("langchain", "dspy"))
    yield AdapterBroken(framework="acme", problem="ImportError: no acme")
    yield FrameworkMissing(framework="LangChain", package="langchain-openai")
    yield FrameworkCannotCall(
        framework="DSPy", alias="vertex", capability="chat", provider="Google", apis=("openai", "anthropic")
    )
    yield FrameworkCannotCall(framework="Instructor", alias="openai-dev", capability="embedding")
    yield FrameworkFailed(framework="DSPy", alias="openai-dev", kind="ValueError", problem="not this model.")


def requirements() -> Iterator[AiconnError]:
    yield NoProposal(name="openai-evn", known=("openai-env",))
    yield NoProposal(name="cohere-llm")
    yield NoProjectFile(name="aiconn.json")
    yield NeedsNotMet(
        needs=("openai-dev: $OpenAI:ApiKey has no value in Development",),
        remedies=("%aiconn secret set OpenAI:ApiKey",),
    )
    yield NeedsNotMet(needs=("a: it is switched off", "b: no provider"))
    yield NeedsNotMet(
        needs=("gw: $Gw:Key has no value in Development",),
        remedies=("%aiconn secret set Gw:Key",),
        variables=("Gw__Key",),
    )
    yield NotAHost()
    yield NeedsNotMet(
        needs=("a: it is switched off",),
        remedies=("%aiconn enable a",),
        notes=("There is no appsettings.Prodution.json in lesson. Did you mean 'Production'?",),
    )


def connections() -> Iterator[AiconnError]:
    yield ConnectionNotFound(alias="course", declared_in="aiconn.json")
    yield ConnectionNotFound(alias="openai-dve", nearest="openai-dev")
    yield ConnectionNotFound(alias="x")
    yield ConnectionNotFound(alias="Old", is_deleted=True)
    yield ConnectionNotFound(alias="writer", elsewhere="writer")
    yield ConnectionNotFound(alias="writer", elsewhere="writer", instead="profile delete")
    yield ConnectionNotFound(why=Missing.NO_TEXT, found="int")
    yield ConnectionNotFound(why=Missing.GONE)
    yield ConnectionNotFound(why=Missing.NOT_DELETED)
    yield ConnectionNotFound(alias="openai-dve", why=Missing.FORGOTTEN, nearest="openai-dev")
    yield ConnectionNotFound(why=Missing.GONE_FROM_LIST)
    yield NoConnectionVersion(alias="a", version=1, oldest=3, newest=52)
    yield NoConnectionVersion(alias="a", version=2, oldest=1, newest=1)
    yield ConnectionExists(alias="a")
    yield ConnectionExists(alias="a", is_itself=True)
    yield ConnectionExists(alias="a", is_undeleting=True)
    yield ConnectionExists(alias="a", differences=("name is 'A' there, and 'B' here", "api_key is another secret"))
    yield ConnectionExists(alias="a", differences=("provider is 'openai' there, and 'demo' here",), fixed="provider")
    yield ConnectionChanged(alias="a")
    yield ConnectionChanged(alias="a", version=3, expected=2)
    yield InvalidConnection({"alias": "is missing", "api_key": "is required"})
    yield InvalidConnection({"organization": "is not part of this rotation"}, Outcome.NOT_CHANGED)
    yield InvalidConnection({"api_key": "is required and not set"}, Outcome.NOT_USABLE)
    of_a_connection = InvalidConnection({"api_key": "is required and not set"}, Outcome.NOT_USABLE)
    of_a_connection.alias = "a"
    yield of_a_connection
    yield ConnectionInactive(alias="a")
    yield ConnectionInUse(aliases=("a",), profiles=("writer",))
    yield ConnectionInUse(aliases=("a", "b"), profiles=("reader", "writer"))
    yield NoConnectionInUse()
    yield QueryNotExported(alias="gateway")
    yield Implausible(setting="api_key", problem="has blanks around it", alias="a")
    yield Implausible(setting="api_key", problem="has blanks around it")
    yield Implausible(setting="api_key", problem="is in quotation marks", alias="a", is_sealed=True)
    yield Implausible(setting="api_key", problem="is a mask", alias="a", secret="OpenAI:ApiKey", options=("--all",))
    yield UntrustedHost(alias="a", sent=("$OpenAI:ApiKey", "the sealed token"), host="https://gateway.example")
    yield UntrustedHost(alias="a", sent=("$OpenAI:ApiKey",))
    yield NewKeyFailed(
        alias="a", rung="authenticated", step="not authenticated", detail="a: authentication.", advice="Check the key."
    )
    yield NewKeyFailed(alias="a", rung="authenticated", step="not authenticated", detail="a: authentication.")
    yield NewKeyUntested(alias="a", rung="authenticated", doubt="this endpoint has no model list")
    yield NewKeyUntested(alias="a", rung="authenticated")


def profiles() -> Iterator[AiconnError]:
    yield ProfileNotFound(alias="writr", nearest="writer")
    yield ProfileNotFound(alias="x")
    yield ProfileNotFound(alias="a", elsewhere="a")
    yield ProfileNotFound(alias="a", elsewhere="a", instead="delete")
    yield ProfileNotFound(why=Missing.GONE)
    yield NoProfileVersion(alias="writer", version=9, oldest=1, newest=2)
    yield NoTarget(alias="writr", nearest="writer")
    yield NoTarget(alias="x")
    yield NoTarget(alias="x", is_deleted=True, was="profile")
    yield NoTarget(alias="x", is_deleted=True, was="connection")
    yield NoTargetOnLine(alias="x", is_deleted=True, was="connection", default="reader")
    yield NoTargetOnLine(alias="Writer 2", meant="writer-2", default="reader")
    yield NoTargetOnLine(alias="why", default="reader")
    yield NoTargetOnLine(alias="why")
    yield NoDefaultProfile(capability="chat", profiles=("reader", "writer"))
    yield NoDefaultProfile(capability="chat", in_use="a")
    yield NoDefaultProfile(capability="embedding")
    yield NoModelNamed(alias="a", capability="chat")
    yield ProfileExists(alias="writer")
    yield ProfileExists(
        alias="writer", differences=("capability is 'chat' there, and 'embedding' here",), fixed="capability"
    )
    yield ProfileChanged(alias="writer", version=3, expected=2)
    yield InvalidProfile({"model": "is missing"})
    yield NoneUsable(alias="writer", because={"a": "is inactive", "b": "is gone"})
    yield NoneUsable(alias="writer", because={"a": "is gone"})
    yield OtherCapability(alias="writer", capability="chat", wanted="embedding")
    yield OtherCapability(alias="vectors", capability="embedding", wanted="chat", profiles=("writer",))
    yield NotOffered(alias="claude", capability="embedding", provider="Anthropic")
    yield AllFailed(alias="writer", attempts=ATTEMPTS)


ATTEMPTS = (
    Attempt("a", "rate_limited", "rate limited: Slow down.", 1.2),
    Attempt("b", "unusable", ConnectionInactive(alias="b").reason),
)


def providers() -> Iterator[AiconnError]:
    yield ProviderNotFound(id="opnai", known=("demo", "openai"))
    yield ProviderNotFound(id="x", known=("demo", "openai"))
    yield SdkMissing(provider="OpenAI", modules=("openai",), package="'aiconn-nb[openai]'")
    yield SdkBroken(
        provider="OpenAI", module="openai", problem="ImportError: no pydantic", package="'aiconn-nb[openai]'"
    )
    yield PlugInBroken(provider="other", problem="ImportError: no module", origin="other-plugin 1.0")
    yield PlugInBroken(provider="other", problem="ValueError", is_saving=True)
    for kind in FailureKind:
        yield CallFailed(kind=kind, alias="a", words="What the provider says")
    for kind in (FailureKind.RATE_LIMITED, FailureKind.PROVIDER_FAULT, FailureKind.TIMEOUT):
        yield CallFailed(kind=kind, alias="a", words="What the provider says", retry_after=3600.0)
    yield CallFailed(kind=FailureKind.NOT_FOUND, alias="a", is_listing=True)
    yield CallFailed(kind=FailureKind.NOT_FOUND, alias="a", is_testable=True)
    yield CallFailed(kind=FailureKind.NOT_FOUND, alias="a", advice="Deploy the model first.")
    repeated = CallFailed(kind=FailureKind.RATE_LIMITED, alias="a", words="Slow down.")
    repeated.tries = "asked 3 times"
    yield repeated
    last = CallFailed(kind=FailureKind.BAD_REQUEST, alias="c", words="No such option.")
    last.tried = ATTEMPTS
    yield last
    halfway = CallFailed(kind=FailureKind.TIMEOUT, alias="a")
    halfway.texts_done = (1_000, 2_500)
    yield halfway
    refused = CallFailed(kind=FailureKind.BAD_REQUEST, alias="a", words="the input length exceeds the context length")
    refused.refused_text, refused.texts_done = 77, (10, 100)
    yield refused
    yield ProviderFailed(FailureKind.BAD_REQUEST, "What a plug-in says.", "What it advises.")
    yield NotReached(way="api.example:443", problem="the name is not known")
    yield NotAble(alias="a", what_for="chat")
    yield NotAble(alias="a", what_for="")
    yield ListNotOffered(alias="a")
    yield AnswerTooLong(alias="a", longest=10_000_000)
    yield AnswerElsewhere()
    yield AnswerCut(CallFailed(kind=FailureKind.TIMEOUT, alias="a"))
    yield AnswerCut(CallFailed(kind=FailureKind.UNREACHABLE, alias="a"), then="b")


def configuration() -> Iterator[AiconnError]:
    yield LoneDollar()
    yield NoReference()
    yield LiteralDollar()
    yield KeyAsReference()
    missing = partial(ReferenceNotFound, environment="Development", searched=("appsettings.json", "the environment"))
    yield missing(key="OpenAI:ApiKey")
    yield missing(key="OpenAI:Endpoint", is_shown=True)
    yield missing(key="OpenAI:Api Key", notes=("There is no appsettings.json at or above the working folder.",))
    yield missing(key="OpenAI:ApiKye", nearest="OpenAI:ApiKey", is_meant=True)
    yield missing(key="OpenAI__ApiKey")
    yield missing(key="OpenAI__ApiKey", nearest="OpenAI:ApiKey", is_meant=True, is_spelled_as_variable=True)
    yield missing(key="OpenAI:ApiKey", nearest="Azure:ApiKey")
    yield missing(key="OpenAI", children=("ApiKey", "Endpoint"))
    yield missing(key="Keys", children=("a", "b"), more=24)
    number = UnusableSetting(problem="$A:Timeout must be a number", source="appsettings.json", line=3)
    number.field = "timeout"
    yield number
    blank = UnusableSetting(problem="the value is blank, and the field is required")
    blank.field = "timeout"
    yield blank
    yield ResolvesToNothing(reference="$OpenAI:ApiKey", place="appsettings.json:3")
    yield NoFolder()
    yield SourceFailed(key="OpenAI:ApiKey", source="Key Vault", problem="ValueError: no such vault")
    yield NoEnvironment(environment="Stagin", known=("Development", "Staging"), folder="project")
    yield NoEnvironment(environment="Test", known=("Development",), can_be_made=True)
    yield BadEnvironmentName(problem="is blank", variable="AICONN_ENVIRONMENT")
    yield BadEnvironmentName()
    yield ConfigurationFileError(path="/project/appsettings.json", problem="a comma is missing.", line=3, column=5)
    yield ConfigurationFileError(path="/project/appsettings.json", problem="it is larger than 1 MB.")
    yield SettingsNotMade(path="/project/appsettings.json", problem="permission denied")
    yield SettingsNotMade(path="", problem="the working folder was deleted or cannot be entered")
    about_a_field = ConnectionInactive(alias="a")
    about_a_field.field = "api_key"
    yield about_a_field
    unfilled = ConnectionNotFound(alias="{name}")
    unfilled.unfilled = ("{name}", "aiconn_nb.show(name)")
    yield unfilled


def vault() -> Iterator[AiconnError]:
    key, secrets = "/config/master.key", "/config/secrets.json"
    yield NoKeyToUnseal(sealed="The user secret OpenAI:ApiKey", path=key)
    yield OtherKey(sealed="The user secret OpenAI:ApiKey")
    yield CannotUnseal(sealed="The user secret OpenAI:ApiKey")
    yield CannotSeal()
    yield NoThreadsForMap()
    yield NoAsyncioLoop()
    yield NoLoopInBackground()
    yield MasterKeyMissing(path=key)
    yield MasterKeyNotKept(path=key, problem="no space left on device")
    yield MasterKeyVanished(path=key)
    yield MasterKeyUnreadable(path=key, problem="permission denied")
    yield MasterKeyMalformed(path=key)
    yield MasterKeyMalformed()
    yield SecretsUnreadable(path=secrets, problem="it is damaged, or of a newer release")
    yield SecretNotSaved(path=secrets, problem="no space left on device")
    yield SecretsBusy(path=secrets, lock="/config/secrets.json.lock")
    yield SecretGone()
    yield BadSecretName()
    yield KeyAsSecretName()
    yield ValueInSecretName(name="OpenAI:ApiKey")
    yield SecretNameInSyntax(name="OPENAI_API_KEY")
    yield NothingEntered(key="OpenAI:ApiKey")
    yield ReferenceAsSecret()
    yield MaskAsSecret()
    yield SealedAsSecret()
    yield NoSecretGiven()
    yield NoUserSecret(key="OpenAI:ApiKye", environment="Staging", nearest="OpenAI:ApiKey")
    yield NoUserSecret(key="K", environment=None)
    yield NoUserSecret(key="K", environment="Staging", having=(None,), options=("--all",))
    yield NoUserSecret(key="K", environment=None, having=("Staging", "Production"), options=("--env", "Staging"))
    yield NoFormerSecret(key="K", environment="Staging")


def store() -> Iterator[AiconnError]:
    path = "/data/connections.json"
    yield NoHome(variable="AICONN_HOME")
    yield NoHome(variable="AICONN_CONFIG_HOME", problem="is not an absolute path")
    yield HomeUnknown(variable="AICONN_HOME")
    yield RelativeToNothing(variable="AICONN_HOME")
    yield StoreUnreadable(path=path, problem="permission denied")
    yield StoreBusy(seconds=10.0, lock="/data/connections.json.lock")
    yield StoreSetAside(path=path, aside="/data/connections.damaged-20261123T101500Z.json", problem="it is empty")
    yield StoreLeftDamaged(path=path, problem="it is empty", obstacle="it is a link")
    yield SettingsUnusable(path="/data/settings.json", problem="it is not what this package wrote")
    unwritable = StoreUnwritable(folder="/data", problem="read-only file system")
    yield StoreLeftDamaged(path=path, problem="it is empty", obstacle=unwritable.reason)
    yield NotTheStore(path=path, found="a folder")
    yield StoreTooNew(path=path)
    yield StoreFailed(store="team", problem="it is not installed")
    yield StoreOutcomeUnknown(store="postgresql://db.example/team", problem="the connection is lost")
    yield StorePackageMissing(store="sql", package="sqlalchemy")
    yield StorePackageMissing(store="postgresql://db.example/team", package="psycopg")
    yield unwritable


def files() -> Iterator[AiconnError]:
    yield BundleNotRead(path="team.json", problem="line 3, column 5 is not JSON")
    yield BundleMalformed(problem="its schema is missing")
    yield BundleMalformed(problem="its aiconn_bundle is missing", is_bundle=False)
    yield ConfigurationAsBundle(path="appsettings.json")
    yield BundleOutdated(path="team.json")
    yield BundleTooLarge()
    yield BundleNotWritten(path="team.json")
    yield BundleNotWritten(path="team.json", problem="it is a folder")
    yield NotebookNotScanned(path="lesson.ipynb", problem="it is not a notebook")
    yield NotebookNotChanged(path="lesson.ipynb", problem="permission denied")


def commands() -> Iterator[AiconnError]:
    yield NoCommand(word="nwe", nearest="new")
    yield NoCommand(word="x")
    yield NoSubcommand(group="secret", known=("set", "remove"), word="st", nearest="set")
    yield NoSubcommand(group="secret", known=("set", "remove"), word="x")
    yield NoOption(command="list", option="--al", nearest="--all")
    yield NoOption(command="list")
    yield NoOption(command="ask", option="--loud", before_text=True)
    yield NoOption(command="run", option="--loud", example="run openai-dev -- python train.py")
    yield NoOption(command="secret set", advice="A value is asked for without echo.")
    yield BadWords(command="show", problem="the words could not be read", usage="%aiconn show ALIAS")
    yield OpenQuote()
    yield NoCell(command="list")
    yield WrongCall(function="trust", problem="got an unexpected keyword argument 'yes'", takes="host, alias")
    problem = "got an unexpected keyword argument 'api_key'"
    yield WrongCall(function="create", problem=problem, takes="alias", unknown="api_key", belongs_in="settings")
    problem = "got an unexpected keyword argument 'profil'"
    yield WrongCall(function="ask", problem=problem, takes="prompt, profile", unknown="profil", nearest="profile")
    yield WrongType(function="show", argument="alias", wanted="str", found="int")
    yield NoCapability(capability="chta", known=("chat", "embedding"), nearest="chat")
    yield NoCapability(capability="x", known=("chat", "embedding"))
    yield NotAVersion(alias="a")
    yield NotAVersion(alias="writer", prefix="profile ")
    yield NothingToChange(command="edit", options="--name, --set KEY=VALUE, --unset KEY or --prompt KEY")
    yield NoProvider(providers=("demo", "openai"))
    yield NoneWithProfile()
    yield OneOrAll()
    yield BadUse()
    yield BadUse(exports=True, environment="Staging")
    yield BadUse(exports=True)
    yield BadUse(none=True)
    yield NamedTwice(name="latency")
    yield BadWords(command="use", problem="--env takes no value", usage="%aiconn use [ALIAS] [--env]", option="--env")
    yield NoOption(command="models", option="--env")
    yield NotAName(behind="as")
    yield NotAName(behind="as", keyword="class")
    yield NotAName(behind="-o", is_file=True)
    yield NothingToRun(alias="a")
    yield NotASetting(known=("api_key", "endpoint"))
    yield NotASetting(known=("api_key", "endpoint"), is_spaced=True)
    yield NotAnOption()
    yield ReferenceExpanded(where="api_key", option="--set", example="api_key=$OpenAI:ApiKey")
    yield KeyOnLine()
    yield KeyOnLine(setting="api_key", reference="$OpenAI:ApiKey")
    yield KeyOnLine(setting="api_key", reference="$OpenAI:ApiKey", in_shell=True)
    yield KnownKeyGiven(whose="the api_key of a")
    yield SettingsNeeded(examples=(("api_key", "$OpenAI:ApiKey"),), are_references=True)
    yield SettingsNeeded(examples=(("endpoint", "https://host/v1"),))
    yield SettingsNeeded(examples=(("api_key", "$OpenAI:ApiKey"), ("endpoint", "https://host/v1")))
    yield NewKeyNeeded(settings=("access_key_id", "secret_access_key"))
    yield SecretNeeded(key="OpenAI:ApiKey")
    yield SecretNeeded(key="OpenAI:ApiKey", in_shell=True)
    yield NothingAnswered()
    yield PipedNoText()
    yield DeletionNotConfirmed(aliases=("a",))
    yield DeletionNotConfirmed(aliases=("a", "b"))
    yield ImportNotConfirmed(path="team.json")
    yield TrustNotConfirmed(untrusted=UntrustedHost(alias="a", sent=("$A:Key",), host="https://gateway.example"))
    yield NoNamesHere()
    yield NoNamesHere(redirected="--json > FILE")
    yield NoKernelForUse()
    yield NoKernelForEnvironment(environment="Staging")
    yield RunInNotebook(alias="a")
    yield NoInputForSecret()
    yield NoInputForPrompt()
    yield ListAlone(form="ConnectionForm", alias="a")
    yield ListAlone(form="ConnectionForm")
    yield ProfilesAlone()
    yield NotASession(found="str")
    yield BadMessage(part="settings")
    yield Unexpected(kind="ValueError")
    yield BadRename()
    yield NotInBundle(alias="gatewya", nearest="gateway")
    yield NotInBundle(alias="x")
    yield BadNewAlias(alias="gateway", problem="is missing")
    yield TwinsInBundle()
    yield CommandNotRun(command="pyhton", problem="No such file or directory", status=127)
    yield Interrupted(had_begun=False)
    yield Interrupted(function="last_reply")
    yield Interrupted(function="last_comparison", many=True)


def asking() -> Iterator[AiconnError]:
    yield NothingToAsk()
    yield NothingToCompare()
    yield NoProfilesNamed()
    yield NothingToEmbed()
    yield NotTexts(found="int")
    yield NotTexts(found="async_generator", awaited="aembed")
    yield NotAText(place=2, count=3, found="NoneType")
    yield NumPyMissing()
    yield BadOptions(problems={"temperature": "must be a number", "top_p": "is unknown"})
    yield NoFormat(known=("text", "json"), nearest="json")
    yield NoFormat(known=("text", "json"))
    yield NotJson(where="line 1, column 3")
    yield NotJson(where="line 1, column 3", kept_in="aiconn_nb.last_reply()")
    yield NotJson(where="line 1, column 3", kept_in="")
    yield NotInSchema(alias="openai-dev", problem="$.stars: 7 is greater than the maximum of 5")
    yield NotInSchema(alias="openai-dev", problem="line 1, column 3", ended="cut at max tokens")
    yield NotInSchema(alias="openai-dev", problem="line 1, column 3", kept_in="")
    yield PlacesLeft(places=("{topic}", "{level}"))
    yield PlaceNotFilled(place="{rows[9]}", problem="IndexError")
    yield PlaceRefused(place="{key}", problem="is a secret")
    yield PlaceRefused(place="{text}", problem="has a key in it (the api_key of a)")


def rotation() -> Iterator[AiconnError]:
    yield NoKeyToRotate(alias="a", setting="api_kye", nearest="api_key")
    yield NoKeyToRotate(alias="a", setting="x", known=("api_key",))
    yield NoKeyToRotate(alias="a", unset=("api_key",))
    yield NoKeyToRotate(alias="a")
    yield SeveralKeys(alias="a", settings=("api_key", "admin_key"))
    yield KeysTogether(alias="a", settings=("access_key_id", "secret_access_key"))
    yield BadRotationTarget()
    yield NotToAReference()
    yield SameReference(alias="a")
    yield PlaceNotWritable(setting="api_key", reference="$A:Key", place="the environment", key="A:Key")
    yield PlaceNotWritable(
        setting="api_key", reference="$A:Key", place="appsettings.json:3", key="A:Key", is_project_file=True
    )
    yield HiddenByOwn(setting="api_key", reference="$A:Key", environment="Staging", key="A:Key")
    yield SourceNotWritable(source="Key Vault")
    yield NoNewKey()


def batch() -> Iterator[AiconnError]:
    yield ColumnNotFound(column="bdy", columns=("id", "body"))
    yield ColumnNotFound(column="x", columns=("id", "body"))
    yield TemplateWithoutColumn(columns=("body",))
    yield ColumnTaken(column="answer", is_text=True)
    yield ColumnTaken(column="error")
    yield ColumnTaken(column="model", is_text=True, is_own=True)
    yield ColumnTaken(column="cost", is_own=True)
    yield NoRows()
    yield NoData(found="int")
    yield NoData(found="async_generator", awaited="amap")
    yield UnfitSchema(problem="it is list")
    yield PackageMissing(what_for="A table", package="narwhals", extra="data")
    yield PriceUnknown(model="m-1", alias="own")
    yield NoLongestAnswer()
    yield RowsInterrupted(done=810, total=10_000, left="The file out.csv was not written")
    yield RowsInterrupted(done=1, total=1, is_kept=False, left="The name summaries was not bound")
    yield RowsInterrupted(done=2048, total=10_000, are_vectors=True)
    yield RowsInterrupted(done=12)
    yield RowsInterrupted(done=12, has_table=True)
    yield TableNotWritten(
        path="out.csv", problem="No space left on device", is_answered=True, journal="~/maps/a.sqlite"
    )
    yield BadNumber(name="limit", wanted="a whole number from 1 on")
    yield KeyInPrompt(words="the api_key of openai-dev")
    yield NothingToMap(missing="data")
    yield NothingToMap(missing="profile")
    yield NotInNotebook(name="reviws", names=("reviews",))
    yield NotInNotebook(name="reviws")
    yield NotInNotebook(name="fields", wanted="a variable with the fields, a JSON Schema, or a pydantic model")
    yield NoDataFile(name="a.xlsx", kinds=(".csv", ".jsonl"))
    yield NoDataFile(name="a.csv", kinds=(".csv", ".jsonl"), problem="is not there")
    yield NoDataFile(name="a.parquet", kinds=(".csv", ".jsonl", ".json"), is_output=True)
    yield NoDataFile(
        name="a.csv",
        kinds=(".csv",),
        problem="has two columns named 'x'",
        advice="Rename one of them in the first line.",
    )
    yield TableNotWritten(path="a.csv")
    yield TableNotWritten(path="a.csv", problem="No space left on device", is_answered=True)
    yield JournalUnusable(place="~/maps/a.sqlite", problem="is damaged")
    yield RowNotAsked(row=1200, problem="body is missing")
    yield BatchStopped(answered=1200, cause=ConnectionInactive(alias="a"))
    yield BatchStopped(answered=0, cause=NoRows(), is_kept=False)
    yield BudgetNeedsEngine(name="budget")
    yield NoCluster(found="str")
    yield WorkerDied(place="tcp://10.0.0.7:4001", times=4)
    yield WorkerFailed(host="node-7", cause=ConnectionInactive(alias="a"))
    yield WorkerWithoutPackage(place="tcp://10.0.0.7:4001")
    yield WorkerWithoutPackage(place="")


def usage() -> Iterator[AiconnError]:
    """Yield the errors of the usage file and of caps."""
    yield UsageUnusable(place="~/aiconn/usage.sqlite", problem="cannot be written (No space left on device)")
    yield UsageUnusable(place="~/aiconn/usage.sqlite", problem="is newer than this release", is_newer=True)
    yield UsageUnusable(place="~/aiconn/usage.sqlite", problem="cannot be read (database is locked)", is_locked=True)
    yield CapReached(
        alias="openai-dev", kind="connection", per="day", unit="dollars", cap=5, spent=4.998, reserve=0.0123
    )
    yield CapReached(
        alias="writer",
        kind="profile",
        per="month",
        unit="tokens",
        cap=100_000,
        spent=200,
        reserve=128_200,
        is_open=True,
    )
    yield CapReached(alias="openai-dev", kind="connection", per="day", unit="calls", cap=100, spent=100, reserve=1)
    yield CapWithoutPrice(alias="openai-dev", kind="connection", model="m-1")
    yield CapWithoutPrice(alias="writer", kind="profile", model="m-1", has_prices=False)
    yield CapUnchecked(
        alias="writer", kind="profile", place="~/aiconn/usage.sqlite", problem="cannot be read (Permission denied)"
    )
    yield CapUnchecked(
        alias="openai-dev",
        kind="connection",
        place="~/aiconn/usage.sqlite",
        problem="cannot be read (database is locked)",
        is_locked=True,
    )
    yield NothingToCap(alias="openai-dev")
    yield NoCap(alias="openai-dev")
    yield NoCap(alias="openai-dev", per="month")
    yield NotAChoice(name="by", given="hour", choices=("model", "day"))
    yield NotADay(given="yesterday")
    yield UsageNotWritten(path="usage.csv")
    yield UsageNotWritten(path="usage.csv", problem="No space left on device")


FAMILIES = (
    batch,
    adapters,
    connections,
    profiles,
    providers,
    configuration,
    vault,
    store,
    files,
    commands,
    asking,
    rotation,
    requirements,
    usage,
)


def samples() -> Iterator[AiconnError]:
    """Yield one error for each wording."""
    for family in FAMILIES:
        yield from family()


def golden() -> str:
    """Return each sample: its class and fields, and the two lines as a notebook shows them."""
    parts = []
    with shown_in(Interface.NOTEBOOK):
        for family in FAMILIES:
            parts.append(f"# {family.__name__}\n")
            parts += [
                f"{type(each).__qualname__}\n    {str(each).replace(chr(10), chr(10) + '    ')}\n" for each in family()
            ]
    return "\n".join(parts)


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
