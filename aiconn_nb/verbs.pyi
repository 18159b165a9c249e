# Written by .ci/generate.py. Change what it is derived from instead.

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from typing_extensions import deprecated

from aiconn_nb.features.adapters.results import Snippet
from aiconn_nb.features.asking import Comparison, Reply
from aiconn_nb.features.asking.embedding import Embedded
from aiconn_nb.features.asking.rehearsal import Rehearsal
from aiconn_nb.features.asking.stream import Stream
from aiconn_nb.features.batch import Mapped
from aiconn_nb.features.bundles.bundle import Bundle
from aiconn_nb.features.bundles.bundle_plan import ImportPlan
from aiconn_nb.features.checks.results import Tests
from aiconn_nb.features.connections import NewKey
from aiconn_nb.features.connections.results import Connections, Shown
from aiconn_nb.features.doctor.results import Report
from aiconn_nb.features.environments.results import Environments, Explanation
from aiconn_nb.features.profiles import Given, Value
from aiconn_nb.features.profiles.results import Defaults, Profiles, ShownProfile
from aiconn_nb.features.requirements.results import Requirements
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
    options: Given | None = ...,
    carry_on: bool = ...,
    on_text: Callable[[str], None] | None = ...,
) -> Reply:
    """Ask a profile without keeping the event loop waiting; see `ask`.

    Cancelling it closes the connection to the provider.

    Args:
        prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
        model: Another model than the profile's, as the provider spells it.
        system: What the model is told before the question, instead of the profile's.
        temperature: 0 to 2, instead of the profile's.
        max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
        carry_on: Whether the last exchange with this profile in this session goes before the question.
        on_text: Told each piece of the answer as it comes, in the event loop's thread. What it raises stops the answer.

    Returns:
        A `Reply`, as `ask` does.

    Raises:
        What `stream` raises.

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
    options: Given | None = ...,
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
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
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

    Example::

        aiconn_nb.client("openai-dev").models.list()
    """

def compare(
    prompt: str,
    *profiles: str,
    model: str | None = ...,
    system: str | None = ...,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    options: Given | None = ...,
) -> Comparison:
    """Ask several profiles the same at once. One that fails has its error instead of an answer, and does not stop the others.

    An interrupt stops all of them, closes their connections, and leaves what came in ``last_comparison``.

    Args:
        prompt: The question. It is sent as it is: only the magics fill in ``{name}``.
        profiles: The aliases of profiles, or of connections together with ``model``.
        model: Another model than the profiles', as the provider spells it.
        system: What the models are told before the question, instead of the profiles'.
        temperature: 0 to 2, instead of the profiles'.
        max_tokens: The longest answer in tokens, 1 or more, instead of the profiles'.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profiles'.

    Returns:
        The answers in the order of the profiles; ``replies`` has those that succeeded, by profile.

    Raises:
        ProfileNotFound: There is neither a profile nor a connection of one of the aliases. Nothing was sent.
        CommandError: No profile was named, or an option is wrong. Nothing was sent.

    Example::

        aiconn_nb.compare("Why is the sky blue?", "writer", "critic").replies["critic"].text
    """

def connections(text: str | None = ..., *, provider: str | None = ..., active: bool | None = ...) -> Connections:
    """The connections, in the order of their aliases.

    Args:
        text: Only those with this text in alias, name or provider.
        provider: Only those of the provider with this id, such as ``"openai"``.
        active: Only those that are switched on (True) or off (False).

    Returns:
        A row for each: alias, provider, whether it is active, resolves here, and is in use.

    Raises:
        ProviderNotFound: No installed provider has this id.

    Example::

        [row.alias for row in aiconn_nb.connections(active=True) if row.resolves]
    """

def create(
    alias: str,
    provider: str,
    *,
    name: str | None = ...,
    settings: Given | None = ...,
    active: bool = ...,
    update: bool = ...,
) -> Shown:
    """Save a new connection. An existing one with the same values stays unchanged, so a notebook can run again.

    Args:
        alias: Its alias: a-z, 0-9 and -, at most 100 characters.
        provider: The id of an installed provider, such as ``"openai"``; ``aiconn providers`` lists them.
        name: The name for people; the alias if omitted.
        settings: Field -> value, as in the form: ``$Section:Key`` is a reference, ``$$`` a literal ``$``. A sensitive literal
            (text or `Secret`) is encrypted before it reaches the disk.
        active: Whether it can be used at once.
        update: Whether to change an existing connection that differs.

    Returns:
        The connection with every field. A reference that does not resolve here is a warning, not an error.

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
    model: str = ...,
    capability: Capability | str = ...,
    name: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    system: str | None = ...,
    dimensions: Value | None = ...,
    options: Given | None = ...,
    tags: str | Sequence[str] = ...,
    default: bool = ...,
    check_model: bool = ...,
    update: bool = ...,
) -> ShownProfile:
    """Save a new profile. An existing one with the same values stays unchanged, so a notebook can run again.

    Args:
        alias: Its alias: a-z, 0-9 and -, at most 100 characters.
        connections: The aliases of connections: the first answers, the others are fallbacks in this order. One with a model
            of its own has it behind the first ``=``: ``"openai-dev=gpt-5-mini"``.
        model: The model of the connections without one of their own, as the provider spells it.
        capability: ``"chat"`` or ``"embedding"``; it never changes.
        name: The name for people; the alias if omitted.
        temperature: Chat: 0 to 2. An omitted option is not sent.
        max_tokens: Chat: the longest answer in tokens, 1 or more.
        system: Chat: what the model is told before every question.
        dimensions: Embedding: numbers per vector, 1 or more.
        options: Those and all others that the connections' providers declare, such as ``{"reasoning_effort": "low"}``.
        tags: Words to find it by.
        default: Whether to make it the default of its capability.
        check_model: Whether to ask the provider, for three seconds at most, whether it lists the model. One that it does not
            list is a warning; a missing list is ignored.
        update: Whether to change an existing profile that differs.

    Returns:
        The profile with its health, and warnings.

    Raises:
        InvalidProfile: ``problems`` has all that is wrong, by field. Nothing was saved.
        ProfileExists: Another profile has this alias; ``differences`` says how it differs.

    Example::

        aiconn_nb.create_profile("writer", connections=["openai-dev=gpt-5-mini", "demo=demo-chat"])
    """

def default_profile(alias: str | None = ..., capability: Capability | str | None = ...) -> Defaults | ShownProfile:
    """The default profile of each capability; with an alias, make that profile the default of its capability.

    Args:
        alias: The profile that becomes the default; None changes nothing.
        capability: Only ``"chat"`` or ``"embedding"``. With an alias it must be that of the profile.

    Returns:
        The defaults, or with an alias the profile.

    Raises:
        ProfileNotFound: No profile has this alias.
        InvalidProfile: The profile is for another capability.

    Example::

        aiconn_nb.default_profile("writer")
    """

def delete(*aliases: str, force: bool = ...) -> Done:
    """Delete connections, all or none. They are kept for 30 days; `undelete` restores one.

    Args:
        aliases: The connections.
        force: Whether to delete connections that profiles depend on, too.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        ConnectionInUse: ``profiles`` depend on one of them, and ``force`` is not set.

    Example::

        aiconn_nb.delete("openai-old")
    """

def delete_profile(*aliases: str) -> Done:
    """Delete profiles, all or none. They are kept for 30 days; `undelete_profile` restores one.

    Args:
        aliases: The profiles.

    Raises:
        ProfileNotFound: No profile has one of the aliases.

    Example::

        aiconn_nb.delete_profile("writer")
    """

def diff(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """What differs between two versions of a connection. For sealed values it says only that they differ.

    Args:
        alias: The connection.
        before: A version; None is the one before the current one.
        after: A version; None is the current one.

    Raises:
        ConnectionNotFound: No connection has this alias, or the version is not kept.

    Example::

        aiconn_nb.diff("openai-dev", 1)
    """

def diff_profile(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """What differs between two versions of a profile.

    Args:
        alias: The profile.
        before: A version; None is the one before the current one.
        after: A version; None is the current one.

    Raises:
        ProfileNotFound: No profile has this alias, or the version is not kept.

    Example::

        aiconn_nb.diff_profile("writer", 1)
    """

def disable(*aliases: str) -> Done:
    """Disable connections, all or none. Until they are enabled, any use of them fails and says so.

    Args:
        aliases: The connections.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        ConnectionChanged: A stored version is not the expected one.

    Example::

        aiconn_nb.disable("openai-dev")
    """

def doctor() -> Report:
    """Examine everything that this package depends on here, and say what is wrong and what helps.

    It changes nothing and makes no request over the network; `test` does that for a connection.

    Returns:
        The findings, in the order of the parts. ``ok`` is true if none is a problem; ``problems`` has the problems.

    Raises:
        AiconnError: Never; a failure is a finding.

    Example::

        aiconn_nb.doctor().problems
    """

def duplicate(alias: str, new_alias: str | None = ..., *, name: str | None = ...) -> Shown:
    """Save a copy of a connection, with its references and sealed values.

    Args:
        alias: The connection.
        new_alias: The alias of the copy; None picks a free one, such as ``openai-dev-copy``.
        name: The name of the copy.

    Raises:
        ConnectionNotFound: No connection has this alias.
        ConnectionExists: Another connection has the new alias.

    Example::

        aiconn_nb.duplicate("openai-dev", "openai-spare")
    """

def duplicate_profile(alias: str, new_alias: str | None = ..., *, name: str | None = ...) -> ShownProfile:
    """Save a copy of a profile.

    Args:
        alias: The profile.
        new_alias: The alias of the copy; None picks a free one, such as ``writer-copy``.
        name: The name of the copy.

    Raises:
        ProfileNotFound: No profile has this alias.
        ProfileExists: Another profile has the new alias.

    Example::

        aiconn_nb.duplicate_profile("writer", "writer-2")
    """

def edit(alias: str, *, name: str | None = ..., settings: Given | None = ..., active: bool | None = ...) -> Shown:
    """Save a change of a connection. What is not named stays, sealed values included.

    A key that was there before may not go to another host until `trust` allows it. Until then every use fails, and the result
    warns of it.

    Args:
        alias: The connection.
        name: The name to show.
        settings: Field -> new value, as in `create`; a value of None removes the setting.
        active: Whether it can be used.

    Returns:
        The connection with every field, and warnings.

    Raises:
        ConnectionNotFound: No connection has this alias.
        InvalidConnection: ``problems`` has all that is wrong, by field. Nothing was saved.
        ConnectionExists: Another connection has the new alias.
        ConnectionChanged: The stored version is not ``expected_version``.

    Example::

        aiconn_nb.edit("openai-dev", settings={"organization": "org-1", "base_url": None})
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
    """Save a change of a profile. What is not named stays.

    Args:
        alias: The profile.
        name: The name to show.
        new_alias: The new alias.
        connections: The connections in order, instead of the current ones.
        model: The model, as the provider spells it.
        options: Option -> new value, such as ``{"temperature": 0.2}``; a value of None removes the option.
        tags: The tags, instead of the current ones.
        check_model: As in `create_profile`, if connections or model are given.

    Returns:
        The profile with its health, and warnings.

    Raises:
        ProfileNotFound: No profile has this alias.
        InvalidProfile: ``problems`` has all that is wrong, by field. Nothing was saved.
        ProfileExists: Another profile has the new alias.
        ProfileChanged: The stored version is not ``expected_version``.

    Example::

        aiconn_nb.edit_profile("writer", connections="openai-spare", options={"temperature": None})
    """

def embed(
    texts: str | Iterable[str],
    *,
    profile: str | None = ...,
    model: str | None = ...,
    dimensions: Value | None = ...,
    as_array: bool = ...,
) -> Embedded:
    """One vector per text, in the order of the texts.

    The texts go in batches of what the provider takes at once. Until the first batch is answered another connection may take
    over; from then on all vectors come from the same one.

    Args:
        texts: The texts, or one text.
        profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
        model: Another model than the profile's, as the provider spells it.
        dimensions: Numbers per vector, 1 or more, instead of the profile's.
        as_array: Whether ``vectors`` is a NumPy array.

    Returns:
        The vectors; ``vectors`` has them as a list of lists, or as an array.

    Raises:
        CommandError: What was given is no text, or NumPy is not installed.

        And what `stream` raises.

    Example::

        aiconn_nb.embed(["a cat", "a dog"], profile="vectors").vectors
    """

def enable(*aliases: str) -> Done:
    """Enable connections, all or none.

    Args:
        aliases: The connections.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        ConnectionChanged: A stored version is not the expected one.

    Example::

        aiconn_nb.enable("openai-dev", "openai-spare")
    """

def environ(alias: str | None = ...) -> AbstractContextManager[None]:
    """Export a connection's environment variables for a ``with`` block, then restore the former ones.

    Other variables of the provider's ecosystem are removed meanwhile, so nothing of another account is left.

    Args:
        alias: The connection; the one in use where it is left out.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.

        And what `use` raises.

    Example::

        with aiconn_nb.environ("openai-dev"):
            subprocess.run(["python", "train.py"])
    """

def environment(name: str | None = ...) -> Environments:
    """The environments that have files, and the current one; with a name, switch this session to it first.

    Args:
        name: The environment to switch to, such as ``"Production"``; None switches nothing.

    Raises:
        EnvironmentNotFound: No configuration file belongs to this environment; the hint names the nearest.

    Example::

        aiconn_nb.environment("Production").current
    """

def explain(alias: str | None = ..., *, environment: str | None = ...) -> Explanation:
    """Where each setting of a connection comes from: the file and line or variable, what it hides, and what is missing.

    Args:
        alias: The connection; the one in use if omitted.
        environment: The environment; the current one if omitted.

    Returns:
        A line for each field; ``complete`` says whether nothing is missing. It contains no secret.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ConnectionNotFound: No connection has this alias.
        EnvironmentNotFound: No configuration file belongs to this environment.

    Example::

        [line.key for line in aiconn_nb.explain("openai-dev") if line.problem]
    """

def export(
    *aliases: str, profiles: bool = ..., to: str | os.PathLike[str] | None = ..., overwrite: bool = ...
) -> Bundle:
    """A bundle of connections to share: references and values that are not sensitive, never a key.

    Args:
        aliases: The connections; all if none is named.
        profiles: Whether to include the profiles that use them.
        to: The file to write it to; None writes none.
        overwrite: Whether to replace an existing file.

    Returns:
        The bundle: ``text`` is the content of a file, ``left_out`` says what is not in it and why.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        BundleError: The file cannot be written, or exists already.

    Example::

        aiconn_nb.export("openai-dev", to="course.json")
    """

def failover(profile: str | None = ..., *, model: str | None = ..., live: bool = ...) -> Rehearsal:
    """Rehearse the failover of a profile: which connection would answer now, and which once each one is switched off in turn.

    Nothing is switched off. Without ``live`` nothing is sent either.

    Args:
        profile: The alias of a profile, or of a connection together with ``model``. None is the default profile.
        model: Another model than the profile's, as the provider spells it.
        live: Whether to ask each connection for one token, or one vector, which costs that much.

    Returns:
        The steps; ``answers`` of each is the alias of the connection that would answer, or ''.

    Raises:
        ProfileNotFound: There is neither a profile nor a connection of this alias.
        CommandError: A connection was named without a model.

    Example::

        [step.answers for step in aiconn_nb.failover("writer")]
    """

def forget_maps() -> Done:
    """Delete the journals of all `map` calls: the answers that are kept below ``AICONN_HOME``.

    Returns:
        A `Done` that says how many there were.

    Raises:
        NoPlace: No folder can be told for them.

    Example::

        aiconn_nb.forget_maps()
    """

def get(alias: str) -> Connection:
    """The stored connection: its settings are references, sealed, or not sensitive.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias; the hint names the nearest.

    Example::

        aiconn_nb.get("openai-dev").settings["api_key"]
    """

def history(alias: str) -> Versions:
    """The versions of a connection, 50 at most, the newest first: when, by whom, what changed.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias.

    Example::

        [row.version for row in aiconn_nb.history("openai-dev")]
    """

def history_profile(alias: str) -> Versions:
    """The versions of a profile, 50 at most, the newest first: when, by whom, what changed.

    Args:
        alias: The profile.

    Raises:
        ProfileNotFound: No profile has this alias.

    Example::

        [row.version for row in aiconn_nb.history_profile("writer")]
    """

def import_bundle(
    path: str | os.PathLike[str], *, dry_run: bool | None = ..., rename: Mapping[str, str] | None = ..., yes: bool = ...
) -> ImportPlan | Done:
    """Plan the import of a bundle, and with ``yes`` import it, all in one transaction. Without ``yes`` nothing is saved.

    An import overwrites no key. No key of this machine goes to a host from the bundle until `trust` allows it.

    Args:
        path: The file.
        dry_run: True only looks, whatever ``yes`` says; False says the same as ``yes=True``.
        rename: Alias in the bundle -> alias here, for an alias that is taken.
        yes: Whether to import it.

    Returns:
        The plan: what is new, changed, clashing or refused. After an import: what was done.

    Raises:
        BundleError: The file cannot be read or is no bundle, or the store changed between the plan and the import.
        CommandError: ``rename`` names an alias that is not in the bundle, or gives two entries the same alias.

    Example::

        aiconn_nb.import_bundle("course.json")
        aiconn_nb.import_bundle("course.json", yes=True)
    """

def map(
    data: Any,
    template: str,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    system: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    options: Given | None = ...,
    schema: Any = ...,
    into: str = ...,
    limit: Value | None = ...,
    budget: Value | None = ...,
    at_once: Value | None = ...,
    journal: bool | str | None = ...,
    errors: str = ...,
) -> Any:
    """Ask a profile about each row of a dataset, many at once.

    The rows are asked with as many requests in flight as each server keeps up with, and fall back row by row as `ask` does.
    An error stays in its row. Rows with the same prompt are asked once. Each answer is written to a journal when it comes:
    after Ctrl-C, a crash or a killed kernel the same line goes on, and asks no row again that is in it.

    Args:
        data: A pandas or polars table, or rows: texts (their column is ``text``) or dictionaries. Rows are read one by one.
        template: The prompt. ``{column}`` is filled in; a name in doubled braces and all other braces stay as they are.
        profile: The alias of a profile, or of a connection together with ``model``. None asks the default profile.
        model: Another model than the profile's, as the provider spells it.
        system: What the model is told before the prompt, instead of the profile's.
        temperature: 0 to 2, instead of the profile's.
        max_tokens: The longest answer in tokens, 1 or more, instead of the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``.
        schema: What an answer is to be: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema, or a
            pydantic model. Each field becomes a column. An answer that does not keep it has one more attempt.
        into: The column of the answers, without a schema.
        limit: Ask only about so many rows; ``last_map`` then says what all would cost and take.
        budget: US dollars. The most that a request can cost is reserved before it is sent, so this is never exceeded.
        at_once: Requests in flight at most, 64 by default. The number adapts below that.
        journal: Whether answers are kept, below ``AICONN_HOME`` and for 30 days, or the path of a file for them; None is False.
        errors: ``keep`` leaves an error in its row; ``raise`` stops at the first.

    Returns:
        The data in its own kind, order and index, with the columns of the answers, and ``model``, ``connection``,
        ``input_tokens``, ``output_tokens``, ``cost`` (US dollars; None where the price is not known) and ``error``. Rows with
        the same prompt have the same answer, tokens and cost; what was really spent is in ``last_map``.

    Raises:
        BatchError: The template, the schema, the budget or the journal does not fit; nothing was sent.
        BatchStopped: Rows failed that leave no hope for the others; what was answered is in the journal.
        ProfileNotFound: There is neither a profile nor a connection of this alias.

    Example::

        labels = aiconn_nb.map(reviews, "Classify: {review}", profile="writer", schema={"label": ["positive", "negative"]})
    """

def models(alias: str | None = ..., text: str | None = ..., *, capability: Capability | str | None = ...) -> Models:
    """The models that the account can use, in the order of their ids. The provider is asked now.

    Args:
        alias: The connection; the one in use where it is left out.
        text: Only models with this text in id or name, in any case.
        capability: Only models for ``"chat"`` or ``"embedding"``, and those whose provider does not say what they can do.

    Returns:
        A row for each, with its context window, price and last day where the list says so; empty where the provider
        answered that there is none. An error is raised, and never an empty list.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ProviderFailed: The provider did not answer with a list, or offers none; ``kind`` says how it failed.

        And what `use` raises.

    Example::

        [row.id for row in aiconn_nb.models("openai-dev", capability="embedding")]
    """

def profile(alias: str) -> Profile:
    """The profile as it is stored.

    Args:
        alias: The profile.

    Raises:
        ProfileNotFound: No profile has this alias; the hint names the nearest.

    Example::

        aiconn_nb.profile("writer").model
    """

def profiles(text: str | None = ..., *, capability: Capability | str | None = ...) -> Profiles:
    """The profiles, in the order of their aliases, each with its health.

    Args:
        text: Only those with this text in alias, name, model, tag or connection.
        capability: Only those for ``"chat"`` or ``"embedding"``.

    Returns:
        A row for each; ``health`` says which of its connections would answer now.

    Raises:
        CommandError: There is no such capability.

    Example::

        [row.alias for row in aiconn_nb.profiles(capability="chat") if row.health.answers]
    """

def rename(alias: str, new_alias: str) -> Done:
    """Give a connection another alias. Profiles follow, and the old alias leads to it until another connection takes it.

    Args:
        alias: The connection.
        new_alias: The new alias: a-z, 0-9 and -, at most 100 characters.

    Raises:
        ConnectionNotFound: No connection has this alias.
        ConnectionExists: Another connection has the new alias.
        InvalidConnection: The new alias breaks a rule.

    Example::

        aiconn_nb.rename("openai-dev", "openai-main")
    """

def rename_profile(alias: str, new_alias: str) -> Done:
    """Give a profile another alias. It stays a default, and the old alias leads to it until another profile takes it.

    Args:
        alias: The profile.
        new_alias: The new alias: a-z, 0-9 and -, at most 100 characters.

    Raises:
        ProfileNotFound: No profile has this alias.
        ProfileExists: Another profile has the new alias.
        InvalidProfile: The new alias breaks a rule.

    Example::

        aiconn_nb.rename_profile("writer", "author")
    """

def require(*aliases: str, file: str | os.PathLike[str] | None = ..., yes: bool = ...) -> Requirements:
    """Whether everything that a notebook needs is there: one row for each need, with a remedy if it is not met.

    It shows everything that is missing at once, and makes no request over the network.

    Args:
        aliases: Connections and profiles; all that the project file declares if omitted.
        file: The project file, a bundle as `export` writes it; ``aiconn.json`` in the working folder if omitted.
        yes: Whether to import missing entries. This never trusts a host, changes an existing entry or replaces a default.

    Returns:
        The needs. ``ok`` is true if all are met, ``unmet`` has the others.

    Raises:
        NoProjectFile: No alias was named, and there is no ``aiconn.json`` here.
        BundleError: The project file cannot be read, or is no bundle.

    Example::

        aiconn_nb.require(yes=True)
    """

def reset(profile: str | None = ...) -> Done:
    """Forget the last exchange with a profile: ``carry_on`` has nothing to go on from then.

    Args:
        profile: The alias of a profile, or of a connection; None forgets all.

    Raises:
        ProfileNotFound: There is neither a profile nor a connection of this alias.

    Example::

        aiconn_nb.reset("writer")
    """

def resolve(reference: str, *, environment: str | None = ...) -> Explanation:
    """Where one reference comes from. Its value is not shown.

    Args:
        reference: The reference, such as ``"$OpenAI:ApiKey"``.
        environment: The environment; the current one if omitted.

    Returns:
        One line; if the text is no reference or does not resolve, its ``problem`` says so.

    Raises:
        EnvironmentNotFound: No configuration file belongs to this environment.

    Example::

        aiconn_nb.resolve("$OpenAI:ApiKey", environment="Production")[0].source
    """

def rollback(alias: str, version: int) -> Shown:
    """Save a former version of a connection as a new one. It restores sealed values, too; the alias stays.

    Args:
        alias: The connection.
        version: The version to restore; `history` lists them.

    Raises:
        ConnectionNotFound: No connection has this alias, or the version is not kept.
        ConnectionChanged: The stored version is not ``expected_version``.

    Example::

        aiconn_nb.rollback("openai-dev", 2)
    """

def rollback_profile(alias: str, version: int) -> ShownProfile:
    """Save a former version of a profile as a new one; the alias stays.

    Args:
        alias: The profile.
        version: The version to restore; `history_profile` lists them.

    Raises:
        ProfileNotFound: No profile has this alias, or the version is not kept.
        ProfileChanged: The stored version is not ``expected_version``.

    Example::

        aiconn_nb.rollback_profile("writer", 2)
    """

def rotate(
    alias: str,
    new: NewKey = ...,
    *,
    to: str | Mapping[str, str] | None = ...,
    field: str | None = ...,
    model: str | None = ...,
    all: bool = ...,
) -> Rotated:
    """Replace a key by a new one, after the connection has passed its test with it. Without proof the old key stays.

    A sealed value is sealed anew, and the old one stays in the history. Where a reference comes from a user secret, the new key
    is kept as a user secret. Clients that were bound to the old key are bound again, and the result says so.

    Args:
        alias: The connection.
        new: The key (text or `Secret`), or several by field where they belong together, as the two halves of an AWS key do.
        to: Instead of a key, the reference that replaces the stored one, or references by field.
        field: The field of the key, if the connection has several that do not belong together.
        model: A model that is asked for one token besides, which proves a key that a list of models does not.
        all: Whether to replace the user secret of all environments, instead of that of the current one.

    Returns:
        Where the new key is kept, what the test found, and how the former key comes back.

    Raises:
        ConnectionNotFound: No connection has this alias.
        RotationFailed: The new key failed at ``rung``, or the test cannot tell. Nothing was changed.
        CommandError: It cannot be told which key is meant, or where the new one goes.

    Example::

        aiconn_nb.rotate("openai-dev", to="$OpenAI:NewKey")
    """

def scan(*notebooks: str, fix: bool = ...) -> Scan:
    """Find keys in notebooks: values that this machine knows, and the well-known shapes of keys.

    Args:
        notebooks: The files, or folders with notebooks in them.
        fix: Whether to remove keys from outputs, metadata and widget state. A copy of the former notebook is kept, and the
            result names it. Keys in code and prose are only reported.

    Returns:
        A row for each finding: the notebook, the place and what it is, never the key. ``ok`` says whether nothing is left.

    Raises:
        AiconnError: The only notebook that was named cannot be read.

    Example::

        aiconn_nb.scan("lesson.ipynb", fix=True).ok
    """

def secrets() -> SecretKeys:
    """The keys of the user secrets, including removed ones that can be restored; never a value.

    Raises:
        SecretsFileError: A file of them cannot be read.

    Example::

        [row.key for row in aiconn_nb.secrets()]
    """

def show(alias: str) -> Shown:
    """One connection with every field.

    Args:
        alias: The connection.

    Returns:
        Its fields as they are written: a reference, ``sealed``, or a value that is not sensitive.

    Raises:
        ConnectionNotFound: No connection has this alias; the hint names the nearest.

    Example::

        aiconn_nb.show("openai-dev")
    """

def show_profile(alias: str) -> ShownProfile:
    """One profile with everything that is stored of it, and its health.

    Args:
        alias: The profile.

    Raises:
        ProfileNotFound: No profile has this alias; the hint names the nearest.

    Example::

        aiconn_nb.show_profile("writer").health.answers
    """

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
    options: Given | None = ...,
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
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``, instead of the profile's.
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
    """Test connections in parallel, step by step, and say for each whether it works.

    Args:
        aliases: The connections; the one in use if none is named.
        all: Whether to test all of them instead.
        model: A model that is asked for one token, or one vector, besides: that proves a key which a list of models does not.

    Returns:
        The steps of each test; ``verdict`` of each is ``ok``, ``failed`` or ``unknown``, and ``ok`` whether all are proven.
        A failed test is a result, not an error.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ConnectionNotFound: No connection has one of the aliases.

    Example::

        aiconn_nb.test("openai-dev", model="gpt-5-mini").ok
    """

def to(framework: str, alias: str | None = ..., *, model: str | None = ..., capability: Capability | str = ...) -> Any:
    """A profile, or a connection with a model, as the object by which a framework calls it.

    The key goes into the object, as the framework's own secret type if it has one; never into the process environment.

    Args:
        framework: ``langchain``, ``pydantic-ai``, ``llama-index``, ``litellm`` (keyword arguments), ``chatlas``,
            ``instructor``, ``openai-agents`` or ``haystack``, or one that a plug-in adds.
        alias: A profile, with its options and, where the framework can, its fallbacks; or a connection, with ``model``.
            The default profile if it is omitted.
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
    """Allow a connection to send its key to the host that it leads to in the current environment.

    The store keeps the reference, or the sealed field, together with the host: another connection with the same reference may
    send it there, too.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias.
        UntrustedHost: The host cannot be told, or is no longer the one that was asked about.

    Example::

        aiconn_nb.trust("gateway")
    """

def undelete(alias: str) -> Shown:
    """Restore the connection that was deleted last under this alias, within 30 days.

    Args:
        alias: The alias that it had.

    Raises:
        ConnectionNotFound: No connection was deleted under this alias within the last 30 days.
        ConnectionExists: Another connection has the alias now.

    Example::

        aiconn_nb.undelete("openai-dev")
    """

def undelete_profile(alias: str) -> ShownProfile:
    """Restore the profile that was deleted last under this alias, within 30 days, but not as a default.

    Args:
        alias: The alias that it had.

    Raises:
        ProfileNotFound: No profile was deleted under this alias within the last 30 days.
        ProfileExists: Another profile has the alias now.

    Example::

        aiconn_nb.undelete_profile("writer")
    """

def usage() -> Spending:
    """Calls, tokens, failures and time per profile and connection, in this session. It asks nothing and raises nothing.

    Returns:
        A row for each, the one with the most tokens first. Tokens that the provider did not count are in ``untold_input`` and
        ``untold_output`` as calls; ``seconds`` is the time until the answers were complete.

    Example::

        sum(row.input_tokens for row in aiconn_nb.usage())
    """

def use(alias: str | None, *, export: bool = ...) -> Using:
    """Make a connection this session's current one, after resolving it. Another kernel's is not touched.

    Args:
        alias: The connection; None stops using one, and restores exported variables.
        export: Whether to set the provider's environment variables in this process, until another connection is used.

    Returns:
        The connection in use, with the places of its settings.

    Raises:
        ConnectionNotFound: No connection has this alias.
        ConnectionInactive: The connection is disabled.
        ReferenceNotFound: A reference does not resolve in this environment.
        UntrustedHost: A key would go to a host that is not allowed for it.

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
    """The last comparison in this kernel, also one that was interrupted; None where there was none.

    Example::

        list(aiconn_nb.last_comparison().replies)
    """

def last_map() -> Mapped | None:
    """What became of the last `map` in this kernel, also one that was interrupted; None where there was none."""

def last_reply() -> Reply | None:
    """The last answer in this kernel, also one that was interrupted; None where there was none.

    Example::

        aiconn_nb.last_reply().text
    """
