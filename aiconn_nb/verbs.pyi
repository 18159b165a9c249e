# Written by .ci/generate.py. Change what it is derived from instead.

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from typing_extensions import deprecated

from aiconn_nb.features.adapters.results import Snippet
from aiconn_nb.features.asking import Comparison, Reply
from aiconn_nb.features.asking.embedding import Embedded
from aiconn_nb.features.asking.rehearsing import Rehearsal
from aiconn_nb.features.asking.stream import Stream
from aiconn_nb.features.bundles.bundle import Bundle
from aiconn_nb.features.bundles.bundle_plan import ImportPlan
from aiconn_nb.features.checks.results import Tests
from aiconn_nb.features.connections import NewKey
from aiconn_nb.features.connections.results import Connections, Shown
from aiconn_nb.features.environments.results import Environments, Explanation
from aiconn_nb.features.profiles import Value
from aiconn_nb.features.profiles.options import Given
from aiconn_nb.features.profiles.results import Defaults, Profiles, ShownProfile
from aiconn_nb.features.rotation.key_rotation import Rotated
from aiconn_nb.features.scan.notebook_scan import Scan
from aiconn_nb.features.secrets.results import SecretKeys
from aiconn_nb.features.usage.results import Spending
from aiconn_nb.features.use.results import Models, Using
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.session.results import Done
from aiconn_nb.session.versions import Differences, Versions

async def aask(
    prompt: str,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    system: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    carry_on: bool = ...,
    on_text: Callable[[str], None] | None = ...,
) -> Reply:
    """Ask a profile without keeping the event loop waiting; see `ask`.

    Cancelling it closes the connection to the provider. Arguments, answer and errors are those of `ask`; ``on_text`` is called
    in the event loop's thread, and what it raises stops the answer.

    Example::

        replies = await asyncio.gather(*(aiconn_nb.aask(each) for each in questions))
    """

def ask(
    prompt: str,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    system: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    carry_on: bool = ...,
    on_text: Callable[[str], None] | None = ...,
) -> Reply:
    """Ask a profile, and answer the whole answer.

    The first connection of the profile answers; where it cannot be reached, is too busy or refuses the key, the next one
    does, and ``attempts`` of the reply says so. An interrupt stops it at once, closes the connection to the provider, and
    leaves what came in ``last_reply``.

    Args:
        prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
        model: Another model than the profile's, as the provider spells it.
        system: What the model is told before the question, instead of the profile's.
        temperature: 0 to 2, instead of the profile's.
        max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
        carry_on: Whether the last exchange with this profile in this session goes before the question.
        on_text: Told each piece of the answer as it comes.

    Returns:
        A `Reply`: ``text``, ``model``, ``connection``, ``input_tokens`` and ``output_tokens`` (None where the provider does
        not say), ``seconds``, ``attempts``.

    Raises:
        What `stream` raises.

    Example::

        reply = aiconn_nb.ask("Why is the sky blue?", profile="writer", temperature=0.2)
        reply.text
    """

def async_client(alias: str | None = ...) -> Any:
    """The provider's own SDK client for ``await``.

    Each call makes a new one: a client serves the event loop in which it is first used.

    Args:
        alias: The connection; the one in use where it is left out.

    Returns:
        What the provider's SDK calls its asynchronous client, such as an ``openai.AsyncOpenAI``. It holds the key.

    Raises:
        ProviderFailed: The SDK has no asynchronous client, as Amazon's.

        And what `client` raises.

    Example::

        client = aiconn_nb.async_client("openai-dev")
        await client.models.list()
    """

def client(alias: str | None = ...) -> Any:
    """The provider's own SDK client for a connection.

    Args:
        alias: The connection; the one in use where it is left out.

    Returns:
        What the provider's SDK calls its client, such as an ``openai.OpenAI``. It holds the key: do not print its attributes.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ProviderUnavailable: The SDK is not installed; the hint has the line that installs it.

        And what `use` raises.
    """

def compare(
    prompt: str,
    *profiles: str,
    model: str | None = ...,
    system: str | None = ...,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
) -> Comparison:
    """Ask several profiles the same at once; the answers are in the order of the profiles.

    One that fails has its error instead of an answer, and does not stop the others. ``on_change`` is told of what has come,
    in this thread. An interrupt stops all of them, closes their connections, and leaves what came in ``last_comparison``.
    The options are those of `stream`. Raises `ProfileNotFound` and `CommandError` before anybody is asked.
    """

def connections(text: str | None = ..., *, provider: str | None = ..., active: bool | None = ...) -> Connections:
    """The connections by alias; only those with ``text`` in name, alias or provider, of a provider, (in)active."""

def create(
    alias: str,
    provider: str,
    *,
    name: str | None = ...,
    settings: Given | None = ...,
    active: bool = ...,
    update: bool = ...,
) -> Shown:
    """Save a new connection. One that is there with the same values is left unchanged, so that a notebook can be run again.

    Args:
        alias: What it is called: a-z, 0-9 and -, at most 100 characters.
        provider: The id of an installed provider, such as ``"openai"``; ``aiconn providers`` lists them.
        name: What people read; the alias where it is left out.
        settings: Field -> value, as in the form: ``$Section:Key`` is a reference, ``$$`` a literal ``$``. A sensitive literal
            (text or `Secret`) is encrypted before it reaches the disk.
        active: Whether it can be used at once.
        trusting: The answers to a `trust_question` that was asked before.
        kept: Settings of the one that is there that stay as they are.
        update: Whether to change the one that is there, where it differs.
        again: Whether the same once more is left unchanged, instead of being an error.

    Returns:
        The connection with every field. A reference that does not resolve here is a warning of it, and no error.

    Raises:
        InvalidConnection: ``problems`` has all that is wrong, by field. Nothing was saved.
        ConnectionExists: Another connection has this alias; ``differences`` says how it differs, never a secret.
        ProviderNotFound: No installed provider has this id.

    Example::

        aiconn_nb.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    """

def create_profile(
    alias: str,
    *,
    connections: str | Sequence[str],
    model: str,
    capability: Capability | str = ...,
    name: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    system: str | None = ...,
    dimensions: Value | None = ...,
    tags: str | Sequence[str] = ...,
    default: bool = ...,
    check_model: bool = ...,
    update: bool = ...,
) -> ShownProfile:
    """Save a new profile: the first connection answers, the others are fallbacks in order. One that is there with the same
    values is left unchanged; with ``update`` what differs is changed; without ``again`` an alias that is there is an error.

    Chat knows ``temperature`` (0 to 2), ``max_tokens`` (1 or more) and ``system``, embedding knows ``dimensions`` (1 or more);
    what is left empty is not stored and not sent. It becomes the default of its capability only with ``default``.
    A model that its provider does not list is a warning of the answer; with ``check_model`` the provider is asked for the
    list, for three seconds at most. A list that cannot be had is no matter.
    Raises `InvalidProfile` (all that is wrong, by field), `ProfileExists` (what differs).
    """

def default_profile(alias: str | None = ..., capability: Capability | str | None = ...) -> Defaults | ShownProfile:
    """The defaults, one per capability; with ``alias`` that profile becomes the default of its capability."""

def delete(*aliases: str, force: bool = ...) -> Done:
    """Delete connections, all or none. They are kept for 30 days and can be brought back.

    Raises `ConnectionInUse`, naming the profiles that depend on them, unless ``force``, which leaves those broken.
    """

def delete_profile(*aliases: str) -> Done:
    """Delete profiles, all or none. They are kept for 30 days and can be brought back."""

def diff(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """What differs between two versions; without numbers between the last two, with one between it and the present."""

def diff_profile(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """What differs between two versions; without numbers between the last two, with one between it and the present."""

def disable(*aliases: str) -> Done:
    """Switch connections off, all or none: any use of them fails and says so, until they are enabled.

    Raises `ConnectionChanged` as `enable` does.
    """

def duplicate(alias: str, new_alias: str | None = ..., *, name: str | None = ...) -> Shown:
    """Save a copy with its references and sealed values; without ``new_alias`` under a free one, such as ``alias-copy``."""

def duplicate_profile(alias: str, new_alias: str | None = ..., *, name: str | None = ...) -> ShownProfile:
    """Save a copy; without ``new_alias`` under a free one, such as ``alias-copy``."""

def edit(alias: str, *, name: str | None = ..., settings: Given | None = ..., active: bool | None = ...) -> Shown:
    """Save a change. What is not named stays, sealed values included; a setting of None is taken away.

    A key that was there before may not go to another host, until `trust` allows it, or ``trusting``: the answers to a
    `trust_question` that was asked before. Till then every use fails, and the answer warns of it.

    Raises `InvalidConnection`, also for a change of the provider, which never changes; `ConnectionChanged` where the
    stored version is not ``expected_version``.
    """

def edit_profile(
    alias: str,
    *,
    name: str | None = ...,
    new_alias: str | None = ...,
    connections: str | Sequence[str] | None = ...,
    model: str | None = ...,
    options: Given | None = ...,
    tags: str | Sequence[str] | None = ...,
    check_model: bool = ...,
) -> ShownProfile:
    """Save a change. What is not named stays; an option of None is taken away; connections and tags are replaced as a whole.

    ``check_model`` as in `create_profile`, where connections or model are named. Raises `InvalidProfile`, also for a change of
    the capability, which never changes; `ProfileChanged` where the stored version is not ``expected_version``.
    """

def embed(
    texts: str | Iterable[str],
    *,
    profile: str | None = ...,
    model: str | None = ...,
    dimensions: Value | None = ...,
    as_array: bool = ...,
) -> Embedded:
    """One vector per text, in the order of the texts; ``vectors`` of the answer are lists, or with ``as_array`` a NumPy array.

    ``profile`` is a profile's alias, or a connection's with ``model``; without it the default profile is asked. The texts go
    in batches of what the provider takes at once, and ``on_batch`` is told how many are done of how many. Until the first
    batch is answered another connection may take over; behind that all vectors come from the same one.
    Raises what `stream` does, and `CommandError` for what is no text.
    """

def enable(*aliases: str) -> Done:
    """Switch connections on, all or none.

    Raises `ConnectionChanged` where a stored version is not the one in ``expected_versions``, by alias.
    """

def environ(alias: str | None = ...) -> AbstractContextManager[None]:
    """Export a connection's environment variables for the length of a ``with`` block, then put the former ones back.

    Other variables of the provider's ecosystem are taken away meanwhile, so that nothing of another account is left.

    Args:
        alias: The connection; the one in use where it is left out.

    Example::

        with aiconn_nb.environ("openai-dev"):
            subprocess.run(["python", "train.py"])
    """

def environment(name: str | None = ...) -> Environments:
    """The environments that have files; with ``name`` this session is switched to it first."""

def explain(alias: str | None = ..., *, environment: str | None = ...) -> Explanation:
    """Per field: as written, whether it resolves, from which file and line or variable, what it hides, what is missing."""

def export(
    *aliases: str, profiles: bool = ..., to: str | os.PathLike[str] | None = ..., overwrite: bool = ...
) -> Bundle:
    """A bundle of these connections, of all without a name, to give away: references and what is not sensitive, never a key.

    With the profiles that use them. ``to`` names the file to write it to. Raises `ConnectionNotFound`, `BundleError`.
    """

def failover(profile: str | None = ..., *, model: str | None = ..., live: bool = ...) -> Rehearsal:
    """Which connection of a profile would answer now, and which once each that would is switched off in turn.

    Nothing is switched, and without ``live`` nobody is asked; with it each connection is asked for one token.
    """

def get(alias: str) -> Connection:
    """The connection as it is stored: settings are references, sealed, or harmless."""

def history(alias: str) -> Versions:
    """The versions of a connection, 50 at most, the newest first: when, by whom, what changed."""

def history_profile(alias: str) -> Versions:
    """The versions of a profile, 50 at most, the newest first: when, by whom, what changed."""

def import_bundle(
    path: str | os.PathLike[str], *, dry_run: bool | None = ..., rename: Mapping[str, str] | None = ..., yes: bool = ...
) -> ImportPlan | Done:
    """Look at a bundle, and with ``yes`` take it in. Without it the answer is the plan, and nothing is saved.

    ``rename`` takes connections and profiles in under other aliases. ``dry_run=True`` only looks, whatever else is said;
    ``dry_run=False`` says the same as ``yes=True``. Raises `BundleError` for what is no bundle.

    For example: ``import_bundle("course.json")`` shows the plan, ``import_bundle("course.json", yes=True)`` carries it out.
    """

def models(alias: str | None = ..., *, capability: Capability | str | None = ...) -> Models:
    """The provider's live list, sorted by id; with ``capability`` only models that have it, or may have it."""

def profile(alias: str) -> Profile:
    """The profile as it is stored. Raises `ProfileNotFound`, naming the nearest."""

def profiles(text: str | None = ..., *, capability: Capability | str | None = ...) -> Profiles:
    """The profiles by alias, each with its health; only those with ``text`` in alias, name, model, tag or connection."""

def rename(alias: str, new_alias: str) -> Done:
    """Give a connection another alias; profiles follow."""

def rename_profile(alias: str, new_alias: str) -> Done:
    """Give a profile another alias; it stays the default if it is."""

def reset(profile: str | None = ...) -> Done:
    """Forget the last exchange with a profile, or with all; see ``carry_on`` of `stream`."""

def resolve(reference: str, *, environment: str | None = ...) -> Explanation:
    """The same for one reference. Its value is never shown."""

def rollback(alias: str, version: int) -> Shown:
    """Save a former version as a new one; sealed values come back as they were.

    Raises `ConnectionChanged` where the stored version is not ``expected_version``.
    """

def rollback_profile(alias: str, version: int) -> ShownProfile:
    """Save a former version as a new one. Raises `ProfileChanged` where the stored version is not ``expected_version``."""

def rotate(
    alias: str,
    new: NewKey = ...,
    *,
    to: str | Mapping[str, str] | None = ...,
    field: str | None = ...,
    model: str | None = ...,
    all: bool = ...,
) -> Rotated:
    """Replace a key by a new one, once the connection has passed its test with it.

    ``new`` is the key, or several by field where they belong together; instead, ``to`` is the reference (or references by
    field) that takes the place of what is there. A sealed value is sealed anew, and the old one stays in the history;
    where a reference comes from a user secret, the new key is kept as the user secret of the current environment, with
    ``all`` as that of all environments. ``model`` is asked for one token besides. Where the
    test cannot tell, ``which_model`` is asked with the reason for a model that can. Without proof the old key stays.
    Bound clients that had the old key are bound anew, which the answer says.
    Raises `RotationFailed` with the rung that failed or cannot tell, and then nothing was changed.
    """

def scan(*notebooks: str, fix: bool = ...) -> Scan:
    """Find keys in notebooks; with ``fix`` take them out of outputs and widget state, leaving a backup."""

def secrets() -> SecretKeys:
    """The keys of the user secrets, those that were removed and can be brought back too; never a value."""

def show(alias: str) -> Shown:
    """One connection with every field."""

def show_profile(alias: str) -> ShownProfile:
    """One profile with everything that is stored of it, and its health."""

def snippet(
    alias: str, *, framework: str | None = ..., model: str | None = ..., capability: Capability | str = ...
) -> Snippet:
    """Working lines that call a profile or connection, without any key in them.

    Args:
        alias: The profile, or the connection with ``model``.
        framework: As `to` takes it; None for lines with this package alone.
        model: The model, in the place of the profile's.
        capability: ``chat`` or ``embedding``.

    Raises:
        AdapterNotFound: No such framework is known.
        FrameworkCannotCall: It has no object for the capability.
        ProfileNotFound: There is neither a profile nor a connection of this alias.

    Example::

        print(aiconn_nb.snippet("writer", framework="langchain").code)
    """

def stream(
    prompt: str,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    system: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    carry_on: bool = ...,
) -> Stream:
    """Ask, and answer the pieces of the answer as they come; in the end its ``reply`` is the whole.

    Args:
        prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
        model: Another model than the profile's, as the provider spells it.
        system: What the model is told before the question, instead of the profile's.
        temperature: 0 to 2, instead of the profile's.
        max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
        carry_on: Whether the last exchange with this profile in this session goes before the question.

    Returns:
        An iterator of texts. Closing it closes the connection to the provider and leaves what came in its ``reply``.

    Raises:
        ProfileNotFound: There is neither a profile nor a connection of this alias.
        ProfileUnusable: No connection of the profile can be asked.
        ProviderFailed: The only connection failed; ``kind`` says how.
        AllFailed: Each connection failed; ``attempts`` says how.
        AnswerCut: The answer broke off, while it was read; ``partial`` is what had come.

    Example::

        for piece in aiconn_nb.stream("Why is the sky blue?", profile="writer"):
            print(piece, end="")
    """

def test(*aliases: str, all: bool = ..., model: str | None = ...) -> Tests:
    """Test connections beside each other, step by step, and say for each whether it works.

    Args:
        aliases: The connections; the one in use where none is named.
        all: Whether to test all of them instead.
        model: A model that is asked for one token, or one vector, besides: that proves a key which a list of models does not.
        progress: Told each step as it is done, from the testing threads.

    Returns:
        The steps of each test; ``verdict`` of each is ``ok``, ``failed`` or ``unknown``, and ``ok`` whether all are proven.

    Example::

        aiconn_nb.test("openai-dev", model="gpt-5-mini").ok
    """

def to(framework: str, alias: str | None = ..., *, model: str | None = ..., capability: Capability | str = ...) -> Any:
    """A profile, or a connection with a model, as the object by which a framework calls it.

    The key goes into the object, as the framework's own secret type where it has one; never into the process environment.

    Args:
        framework: ``langchain``, ``pydantic-ai``, ``llama-index``, ``litellm`` (keyword arguments), ``chatlas``,
            ``instructor``, ``openai-agents``, ``dspy`` or ``haystack``, or one that a plug-in adds.
        alias: A profile, with its options and, where the framework can, its fallbacks; or a connection, with ``model``.
            The default profile where it is left out.
        model: The model, in the place of the profile's.
        capability: ``chat`` or ``embedding``.

    Returns:
        The framework's own object: a ``ChatOpenAI`` of LangChain, a model of Pydantic AI, and so on.

    Raises:
        AdapterNotFound: No such framework is known.
        FrameworkMissing: It is not installed; the hint has the line that installs it.
        FrameworkCannotCall: It cannot call this provider.

        And what `client` raises.

    Example::

        llm = aiconn_nb.to("langchain", "writer")
        llm.invoke("Say hello.").content
    """

def trust(alias: str) -> Done:
    """Allow a connection to send what it would send to the host that it leads to in the current environment.

    What is remembered is (reference or sealed field, host): another connection with the same reference may send it there too.
    ``answers`` are those of the `untrusted` question that somebody said yes to. Raises `UntrustedHost` where the host cannot be
    told, or is no longer the one that was asked about.
    """

def undelete(alias: str) -> Shown:
    """Bring the connection back that was deleted last under this alias, within 30 days; with ``id`` just that one."""

def undelete_profile(alias: str) -> ShownProfile:
    """Bring the profile back that was deleted last under this alias, but not as a default; with ``id`` just that one."""

def usage() -> Spending:
    """Calls, tokens, failures and time per profile and connection, in this session."""

def use(alias: str | None, *, export: bool = ...) -> Using:
    """Make a connection this session's current one, after resolving it. Another kernel's is not touched.

    Args:
        alias: The connection; None uses none any more, and puts exported variables back.
        export: Whether to set the provider's environment variables in this process, until another connection is used.

    Returns:
        What is in use, with the places that its settings came from.

    Raises:
        ConnectionNotFound: There is no connection of this alias.
        ConnectionInactive: It is switched off.
        ReferenceNotFound: A reference does not resolve in this environment.
        UntrustedHost: A key would go to a host that it was not allowed for.

        Then the former connection stays in use.

    Example::

        aiconn_nb.use("openai-dev")
        client = aiconn_nb.client()
    """

@deprecated("profile_diff is now diff_profile")
def profile_diff(alias: str, before: int | None = ..., after: int | None = ...) -> Differences: ...
@deprecated("profile_history is now history_profile")
def profile_history(alias: str) -> Versions: ...
def last_comparison() -> Comparison | None:
    """The last comparison in this kernel, also one that was interrupted; None where there was none."""

def last_reply() -> Reply | None:
    """The last answer in this kernel, also one that was interrupted; None where there was none."""
