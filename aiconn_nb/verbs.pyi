# Written by .ci/generate.py. Change what it is derived from instead.

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from os import PathLike
from typing import Any

from typing_extensions import deprecated

from aiconn_nb.features.adapters.results import Snippet
from aiconn_nb.features.asking import Comparison, Embedded, Reply
from aiconn_nb.features.asking.awaited_stream import AwaitedStream
from aiconn_nb.features.asking.rehearsal import Rehearsal
from aiconn_nb.features.asking.stream import Stream
from aiconn_nb.features.batch import Mapped
from aiconn_nb.features.batch.results import Progress
from aiconn_nb.features.bundles.bundle import Bundle
from aiconn_nb.features.bundles.bundle_plan import ImportPlan
from aiconn_nb.features.checks.results import Tests
from aiconn_nb.features.connections import NewKey
from aiconn_nb.features.connections.results import Connections, Shown
from aiconn_nb.features.discovery.results import Proposals
from aiconn_nb.features.doctor.results import Report
from aiconn_nb.features.environments.results import EnvironmentDiff, Environments, Explanation
from aiconn_nb.features.profiles import Given, Value
from aiconn_nb.features.profiles.results import Defaults, Profiles, ShownProfile
from aiconn_nb.features.requirements.results import Requirements
from aiconn_nb.features.rotation.key_rotation import Rotated
from aiconn_nb.features.scan.notebook_scan import Scan
from aiconn_nb.features.secrets.results import SecretKeys
from aiconn_nb.features.usage.results import Caps, Spending
from aiconn_nb.features.use.results import Models, Using
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
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
    schema: Any = ...,
    on_text: Callable[[str], None] | None = ...,
) -> Reply:
    """Ask a profile without blocking the event loop; see `ask`.

    Cancelling the call closes the connection to the provider. ``on_text`` is called in the event loop's thread; an exception
    that it raises stops the reply.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
        carry_on: Whether to send the last exchange with this profile in this session before the prompt.
        schema: The format of the reply, as in `map`: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema,
            or a pydantic model. A server without structured output gets the schema in the message. A reply that does not match
            gets a second attempt, which costs as much again.
        on_text: Called with each piece of the reply as it arrives, at both attempts.

    Returns:
        A `Reply`, as `ask` does.

    Raises:
        The errors of `ask`.

    Example::

        replies = await asyncio.gather(*(aiconn_nb.aask(each) for each in questions))
    """

async def acompare(
    prompt: str,
    *profiles: str,
    model: str | None = ...,
    system: str | None = ...,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    options: Given | None = ...,
    on_change: Callable[[Comparison], None] | None = ...,
) -> Comparison:
    """Ask several profiles the same prompt at once, without blocking the event loop; see `compare`.

    Cancelling the call stops all requests, closes their connections, and leaves the replies so far in ``last_comparison``.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profiles: The aliases of profiles, or of connections together with ``model``.
        model: A model that replaces the profiles', as the provider spells it.
        system: A system prompt that replaces the profiles'.
        temperature: 0 to 2; replaces the profiles'.
        max_tokens: The maximum tokens of a reply, 1 or more; replaces the profiles'.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profiles'.
        on_change: Called with the replies so far, in the thread of the caller; `acompare` calls it in another thread.

    Returns:
        The result of `compare`.

    Raises:
        The errors of `compare`.

    Example::

        compared = await aiconn_nb.acompare("Why is the sky blue?", "writer", "critic")
    """

async def aembed(
    texts: Any,
    template: str | None = ...,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    dimensions: Value | None = ...,
    as_array: bool = ...,
    output: str | PathLike[str] | None = ...,
    overwrite: bool = ...,
    journal: bool | str | None = ...,
    budget: Value | None = ...,
    at_once: Value | None = ...,
    total_at_once: Value | None = ...,
    engine: Any = ...,
    on_batch: Callable[[int, int], None] | None = ...,
) -> Embedded | Any:
    """Return one vector per text without blocking the event loop; see `embed`.

    Cancelling the call closes its requests; a journal has the vectors so far. Texts may come from an asynchronous iterable. If
    they are neither a table nor a sequence, they are read in the event loop's thread.

    Args:
        texts: The texts, or one text; with a template, a pandas, polars or Dask table, or dictionaries.
        template: The text of each row; ``{column}`` is filled in, as in `map`.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        dimensions: Numbers per vector, 1 or more; replaces the profile's.
        as_array: Whether ``vectors`` is a NumPy array.
        output: A ``.npy`` file for the vectors. It is memory-mapped, and may be larger than the memory.
        overwrite: Whether to replace an existing file.
        journal: Whether to store the vectors below ``AICONN_HOME`` for 30 days, or the path of a file for them. None means True
            for a dataset.
        budget: US dollars, never exceeded.
        at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
        total_at_once: On a cluster, maximum requests in flight of all workers together.
        engine: A ``dask.distributed.Client``: its workers ask now. Without an engine, a Dask table
            is asked when it is computed.
        on_batch: Called with the number of finished texts and of all texts, in the thread of the caller; `aembed` calls it in
            another thread.

    Returns:
        The result of `embed`.

    Raises:
        The errors of `embed`.

    Example::

        found = await aiconn_nb.aembed(["a cat", "a dog"], profile="vectors")
    """

async def amap(
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
    total_at_once: Value | None = ...,
    engine: Any = ...,
    journal: bool | str | None = ...,
    errors: str = ...,
    on_progress: Callable[[Progress], None] | None = ...,
) -> Any:
    """Ask a profile for each row of a dataset without blocking the event loop; see `map`.

    Cancelling the call closes its requests; the journal has the answers so far. Rows that are neither a table nor a sequence
    are read in the thread of the event loop, because a cursor of a database refuses other threads. Give rows for which one has
    to wait as an asynchronous iterable: it leaves the loop free.

    Args:
        data: A pandas, polars or Dask table, or rows, read one by one: texts (column ``text``) or dictionaries.
        template: The prompt. ``{column}`` is filled in; doubled braces and all other braces stay unchanged.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of an answer, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``.
        schema: The format of an answer: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema, or a pydantic
            model. Each field becomes a column. A server without structured output gets the schema in the message. An answer
            that does not match gets a second attempt.
        into: The column of the answers, if there is no schema.
        limit: Ask only the first ``limit`` rows; ``last_map`` then estimates cost and time of all rows.
        budget: US dollars. Each request reserves its maximum cost before it is sent, so the budget is never exceeded.
        at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
        total_at_once: On a cluster, maximum requests in flight of all workers together; unlimited by default.
        engine: A ``dask.distributed.Client``: its workers ask now, each with its own session. Without an engine, a Dask table
            is asked when it is computed.
        journal: Whether to store answers below ``AICONN_HOME`` for 30 days, or the path of a file for them; None means False.
        errors: ``keep`` stores an error in its row; ``raise`` stops at the first error.
        on_progress: Called with the progress, at most 20 times a second, in the thread of the caller; `amap` calls it in
            another thread.

    Returns:
        The result of `map`.

    Raises:
        The errors of `map`.

    Example::

        labels = await aiconn_nb.amap(reviews, "Classify: {review}", profile="writer")
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
    schema: Any = ...,
    on_text: Callable[[str], None] | None = ...,
) -> Reply:
    """Ask a profile, and return the complete reply.

    The first connection of the profile answers. If it is unreachable, is too busy or refuses the key, the next one takes
    over, and ``attempts`` of the reply lists the failures. An interrupt stops the request at once, closes the connection to
    the provider, and leaves the text so far in ``last_reply``.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
        carry_on: Whether to send the last exchange with this profile in this session before the prompt.
        schema: The format of the reply, as in `map`: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema,
            or a pydantic model. A server without structured output gets the schema in the message. A reply that does not match
            gets a second attempt, which costs as much again.
        on_text: Called with each piece of the reply as it arrives, at both attempts.

    Returns:
        A `Reply`: ``text``, ``model``, ``connection``, ``input_tokens`` and ``output_tokens`` (None if the provider reports no
            count), ``seconds``, ``attempts``. With a schema, ``value`` is a dictionary, or an instance of the pydantic model.

    Raises:
        NotInSchema: The reply does not match the schema, even at the second attempt; ``partial`` is the reply.
        The errors of `stream`.

    Example::

        reply = aiconn_nb.ask("Why is the sky blue?", profile="writer", temperature=0.2)
        reply.text
        aiconn_nb.ask("Is 'well done' praise?", schema={"is_praise": bool}).value["is_praise"]
    """

async def astream(
    prompt: str,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    system: str | None = ...,
    temperature: Value | None = ...,
    max_tokens: Value | None = ...,
    options: Given | None = ...,
    carry_on: bool = ...,
) -> AwaitedStream:
    """Ask a profile without blocking the event loop, and return the reply piece by piece; see `stream`.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
        carry_on: Whether to send the last exchange with this profile in this session before the prompt.

    Returns:
        An asynchronous iterator of texts. Closing it closes the connection to the provider and leaves the text so far in its
            ``reply``; so does cancelling the task that waits for a piece.

    Raises:
        The errors of `stream`.

    Example::

        async for piece in await aiconn_nb.astream("Why is the sky blue?", profile="writer"):
            print(piece, end="")
    """

def async_client(alias: str | None = ...) -> Any:
    """Return the provider's own asynchronous SDK client.

    Each call makes a new client: a client belongs to the event loop in which it is first used.

    Args:
        alias: The connection; by default, the one in use.

    Returns:
        The asynchronous client class of the provider's SDK, such as ``openai.AsyncOpenAI``. It contains the key.

    Raises:
        ProviderFailed: The SDK has no asynchronous client, like Amazon's.

        And the errors of `client`.

    Example::

        client = aiconn_nb.async_client("openai-dev")
        await client.models.list()
    """

def cap(
    alias: str,
    *,
    per: str = ...,
    dollars: Value | None = ...,
    calls: Value | None = ...,
    tokens: Value | None = ...,
    connection: bool = ...,
) -> Caps:
    """Refuse requests of a connection or profile that could exceed a limit, in all kernels of this ``AICONN_HOME``.

    Each request reserves its maximum cost before it is sent: its text at one token per byte, and ``max_tokens`` (else the
    model's context window) at the highest price. When the reply is complete, the rest is released.

    Args:
        alias: The profile or connection. A rename keeps the cap; a bundle does not contain it.
        per: ``day`` or ``month``, by the local calendar.
        dollars: The maximum in US dollars. A model with an unknown price is refused; a local one is free.
        calls: The maximum number of requests, including failed ones.
        tokens: The maximum number of tokens, input and output.
        connection: Whether to choose the connection if a profile has the same alias.

    Returns:
        The cap, with the amount spent. Limits that are not given stay unchanged.

    Raises:
        ProfileNotFound: No profile or connection has this alias.
        CommandError: No limit was given, or it is not a positive number.
        UsageUnusable: The file with the usage cannot be written.

    Example::

        aiconn_nb.cap("openai-dev", dollars=5)
    """

def caps() -> Caps:
    """Return the caps of connections and profiles, and what all kernels have spent in the current day or month.

    Raises:
        UsageUnusable: The file with the usage cannot be read.

    Example::

        [each.alias for each in aiconn_nb.caps() if each.is_reached]
    """

def client(alias: str | None = ...) -> Any:
    """Return the provider's own SDK client for a connection.

    Args:
        alias: The connection; by default, the one in use.

    Returns:
        The client class of the provider's SDK, such as ``openai.OpenAI``. It contains the key: do not print its attributes.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ProviderUnavailable: The SDK is not installed; the hint has the install command.

        And the errors of `use`.

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
    """Ask several profiles the same prompt at once. A profile that fails has an error instead of a reply and stops no other.

    An interrupt stops all requests, closes their connections, and leaves the replies so far in ``last_comparison``.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profiles: The aliases of profiles, or of connections together with ``model``.
        model: A model that replaces the profiles', as the provider spells it.
        system: A system prompt that replaces the profiles'.
        temperature: 0 to 2; replaces the profiles'.
        max_tokens: The maximum tokens of a reply, 1 or more; replaces the profiles'.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profiles'.

    Returns:
        The replies in the order of the profiles; ``replies`` has the successful ones, by profile.

    Raises:
        ProfileNotFound: One of the aliases names no profile or connection. Nothing was sent.
        CommandError: No profile was named, or an option is invalid. Nothing was sent.

    Example::

        aiconn_nb.compare("Why is the sky blue?", "writer", "critic").replies["critic"].text
    """

def connections(
    text: str | None = ...,
    *,
    provider: str | None = ...,
    active: bool | None = ...,
    capability: Capability | str | None = ...,
    resolves: bool | None = ...,
) -> Connections:
    """Return the connections, in the order of their aliases.

    Args:
        text: Filter by text in alias, name or provider.
        provider: Filter by provider id, such as ``"openai"``.
        active: Filter by state: only enabled (True) or disabled (False) ones.
        capability: Filter by the provider's capability, ``"chat"`` or ``"embedding"``. Connections whose provider is not
            installed are included, because its capabilities are unknown.
        resolves: Filter by whether every reference resolves here.

    Returns:
        A row for each: alias, provider, whether it is active, resolves here and is in use, and when it was checked.

    Raises:
        ProviderNotFound: No installed provider has this id.
        CommandError: The capability is unknown.

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
            is sealed.
        active: Whether to create it enabled.
        update: Whether to change an existing connection that differs.

    Returns:
        The connection with every field. A reference that does not resolve here causes a warning, not an error.

    Raises:
        InvalidConnection: ``problems`` has all problems, by field. Nothing was saved.
        ConnectionExists: Another connection has this alias; ``differences`` lists the differences, never a secret.
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
        connections: The aliases of connections: the first answers, the others are fallbacks in this order. A connection with
            its own model has it after the first ``=``: ``"openai-dev=gpt-5-mini"``.
        model: The model of all other connections, as the provider spells it.
        capability: ``"chat"`` or ``"embedding"``; it cannot change later.
        name: The name for people; the alias if omitted.
        temperature: Chat: 0 to 2. An omitted option is not sent.
        max_tokens: Chat: the maximum tokens of a reply, 1 or more.
        system: Chat: the system prompt.
        dimensions: Embedding: numbers per vector, 1 or more.
        options: These and all other options that the connections' providers declare, such as ``{"reasoning_effort": "low"}``.
        tags: Tags for searching.
        default: Whether to make it the default of its capability.
        check_model: Whether to ask the provider, for at most three seconds, whether it lists the model. A model that it does
            not list causes a warning; a missing list is ignored.
        update: Whether to change an existing profile that differs.

    Returns:
        The profile with its health, and warnings.

    Raises:
        InvalidProfile: ``problems`` has all problems, by field. Nothing was saved.
        ProfileExists: Another profile has this alias; ``differences`` lists the differences.

    Example::

        aiconn_nb.create_profile("writer", connections=["openai-dev=gpt-5-mini", "demo=demo-chat"])
    """

def default_profile(alias: str | None = ..., capability: Capability | str | None = ...) -> Defaults | ShownProfile:
    """Return the default profile of each capability; with an alias, make that profile the default first.

    Args:
        alias: The new default profile; None changes nothing.
        capability: Only ``"chat"`` or ``"embedding"``. With an alias, it must be the profile's capability.

    Returns:
        The defaults; with an alias, the profile.

    Raises:
        ProfileNotFound: No profile has this alias.
        InvalidProfile: The profile is for another capability.

    Example::

        aiconn_nb.default_profile("writer")
    """

def delete(*aliases: str, force: bool = ...) -> Done:
    """Delete connections, all or none. They can be restored with `undelete` for 30 days.

    Args:
        aliases: The connections.
        force: Whether to delete even connections that profiles depend on.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        ConnectionInUse: ``profiles`` depend on one of them, and ``force`` is not set.

    Example::

        aiconn_nb.delete("openai-old")
    """

def delete_profile(*aliases: str) -> Done:
    """Delete profiles, all or none. They can be restored with `undelete_profile` for 30 days.

    Args:
        aliases: The profiles.

    Raises:
        ProfileNotFound: No profile has one of the aliases.

    Example::

        aiconn_nb.delete_profile("writer")
    """

def diff(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """Return the differences between two versions of a connection. Sealed values are only reported as different.

    Args:
        alias: The connection.
        before: A version; None means the one before the current one.
        after: A version; None means the current one.

    Raises:
        ConnectionNotFound: No connection has this alias.
        NoConnectionVersion: The version is not stored. It is a `ConnectionNotFound`, too.

    Example::

        aiconn_nb.diff("openai-dev", 1)
    """

def diff_environments(first: str, second: str | None = ...) -> EnvironmentDiff:
    """Compare two environments: a row for each reference of the connections.

    Args:
        first: An environment.
        second: Another one; by default, the current one.

    Returns:
        The source of each reference in both, and whether its value is the same. It does not contain the values. ``ok`` is True
            if every reference resolves in both.

    Raises:
        EnvironmentNotFound: One of them has no configuration file.
        ConfigurationFileError: A file in one of them cannot be read.

    Example::

        aiconn_nb.diff_environments("Development", "Production").missing
    """

def diff_profile(alias: str, before: int | None = ..., after: int | None = ...) -> Differences:
    """Return the differences between two versions of a profile.

    Args:
        alias: The profile.
        before: A version; None means the one before the current one.
        after: A version; None means the current one.

    Raises:
        ProfileNotFound: No profile has this alias.
        NoProfileVersion: The version is not stored. It is a `ProfileNotFound`, too.

    Example::

        aiconn_nb.diff_profile("writer", 1)
    """

def disable(*aliases: str) -> Done:
    """Disable connections, all or none. Until they are enabled, any use of them raises an error.

    Args:
        aliases: The connections.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.

    Example::

        aiconn_nb.disable("openai-dev")
    """

def discover(create: Sequence[str] = ..., *, all: bool = ..., local: bool = ...) -> Proposals:
    """Find accounts and local servers that other tools know, and create connections from them.

    It checks environment variables, ``.env`` files of the working folder, the keys of ``llm``, the settings of jupyter-ai and
    Continue, the profiles of AWS and gcloud, and the documented ports of the loopback interface, to which it sends no
    credential. Files are read, never run.

    Args:
        create: The names of proposals to create. A key outside the variables is copied to the encrypted user secrets of the
            current environment.
        all: Create everything new, except proposals that would copy a key and are not named in ``create``.
        local: Whether to look for servers on this machine.

    Returns:
        A row for each account; ``created`` has the aliases of the created connections. It contains no key.

    Raises:
        CommandError: One of these names is not in the list.

    Example::

        aiconn_nb.discover(create=["openai-env"]).created
    """

def doctor() -> Report:
    """Examine everything that this package depends on here, and report problems and remedies.

    It changes nothing and makes no network request; `test` does that for a connection.

    Returns:
        The findings, in the order of the parts. ``ok`` is True if none is a problem; ``problems`` has the problems.

    Raises:
        AiconnError: Never; a failure becomes a finding.

    Example::

        aiconn_nb.doctor().problems
    """

def dotenv(on: bool | None = ...) -> Done:
    """Return whether the ``.env`` file of this folder is a source of references; with ``on``, set this for the folder.

    The file is beside ``appsettings.json`` or, without settings files, in the working folder. The choice is stored with the
    store, for all notebooks. The variable ``AICONN_DOTENV`` (1 or 0) overrides it.

    Args:
        on: True reads the file from now on, False does not; None changes nothing.

    Raises:
        StoreError: The choice cannot be saved.

    Example::

        aiconn_nb.dotenv(on=True)
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
    """Save a change of a connection. All other settings stay, sealed values included.

    An existing key may not go to another host until `trust` allows it. Until then every use fails, and the result has a
    warning.

    Args:
        alias: The connection.
        name: The display name.
        settings: Field -> new value, as in `create`; a value of None removes the setting.
        active: Whether it is enabled.

    Returns:
        The connection with every field, and warnings.

    Raises:
        ConnectionNotFound: No connection has this alias.
        InvalidConnection: ``problems`` has all problems, by field. Nothing was saved.

    Example::

        aiconn_nb.edit("openai-dev", settings={"organization": "org-1", "endpoint": None})
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
    """Save a change of a profile. All other fields stay.

    Args:
        alias: The profile.
        name: The display name.
        new_alias: The new alias.
        connections: The connections in order; they replace the current ones.
        model: The model, as the provider spells it.
        options: Option -> new value, such as ``{"temperature": 0.2}``; a value of None removes the option.
        tags: The tags; they replace the current ones.
        check_model: As in `create_profile`, if connections or model are given.

    Returns:
        The profile with its health, and warnings.

    Raises:
        ProfileNotFound: No profile has this alias.
        InvalidProfile: ``problems`` has all problems, by field. Nothing was saved.
        ProfileExists: Another profile has the new alias.

    Example::

        aiconn_nb.edit_profile("writer", connections="openai-spare", options={"temperature": None})
    """

def embed(
    texts: Any,
    template: str | None = ...,
    *,
    profile: str | None = ...,
    model: str | None = ...,
    dimensions: Value | None = ...,
    as_array: bool = ...,
    output: str | PathLike[str] | None = ...,
    overwrite: bool = ...,
    journal: bool | str | None = ...,
    budget: Value | None = ...,
    at_once: Value | None = ...,
    total_at_once: Value | None = ...,
    engine: Any = ...,
) -> Embedded | Any:
    """Return one vector per text, in the order of the texts.

    The texts go in batches of the provider's size, many at once. Another connection may take over until the first batch is
    answered; from then on, one connection returns all vectors.

    With a template, an output or an engine, the texts are a *dataset*: duplicate texts are sent once, a failed row is NaN and
    has its reason in ``errors``, vectors are 32-bit floats, and a journal stores each vector as it arrives. After Ctrl-C, a
    crash or a killed kernel, repeat the call to resume it; no stored text is sent again.

    Args:
        texts: The texts, or one text; with a template, a pandas, polars or Dask table, or dictionaries.
        template: The text of each row; ``{column}`` is filled in, as in `map`.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        dimensions: Numbers per vector, 1 or more; replaces the profile's.
        as_array: Whether ``vectors`` is a NumPy array.
        output: A ``.npy`` file for the vectors. It is memory-mapped, and may be larger than the memory.
        overwrite: Whether to replace an existing file.
        journal: Whether to store the vectors below ``AICONN_HOME`` for 30 days, or the path of a file for them. None means True
            for a dataset.
        budget: US dollars, never exceeded.
        at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
        total_at_once: On a cluster, maximum requests in flight of all workers together.
        engine: A ``dask.distributed.Client``: its workers ask now. Without an engine, a Dask table
            is asked when it is computed.

    Returns:
        The vectors; ``vectors`` is a list of lists or an array, for a dataset always an array. For a Dask table without an
            engine, the lazy table with the columns ``vector``, ``model``, ``connection`` and ``error``, all by the first
            connection of the profile.

    Raises:
        CommandError: A value is not text, or NumPy is not installed.
        BatchError: The data, template, budget or journal is invalid; nothing was sent.

        And the errors of `stream`.

    Example::

        aiconn_nb.embed(["a cat", "a dog"], profile="vectors").vectors
    """

def enable(*aliases: str) -> Done:
    """Enable connections, all or none.

    Args:
        aliases: The connections.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.

    Example::

        aiconn_nb.enable("openai-dev", "openai-spare")
    """

def environ(alias: str | None = ...) -> AbstractContextManager[None]:
    """Export a connection's environment variables for a ``with`` block, then restore the previous ones.

    Other variables of the provider's ecosystem are removed for the block, so that no other account interferes.

    Args:
        alias: The connection; by default, the one in use.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.

        And the errors of `use`.

    Example::

        with aiconn_nb.environ("openai-dev"):
            subprocess.run(["python", "train.py"])
    """

def environment(name: str | None = ...) -> Environments:
    """Return the environments with files, and the current one; with a name, switch this session first.

    Args:
        name: The environment to switch to, such as ``"Production"``; None does not switch.

    Raises:
        EnvironmentNotFound: No configuration file belongs to this environment; the hint names the nearest.

    Example::

        aiconn_nb.environment("Production").current
    """

def explain(alias: str | None = ..., *, environment: str | None = ...) -> Explanation:
    """Return the source of each setting of a connection: file and line or variable, what it hides, and what is missing.

    Args:
        alias: The connection; by default, the one in use.
        environment: The environment; by default, the current one.

    Returns:
        A line for each field; ``complete`` is True if nothing is missing. It contains no secret.

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
    """Return a bundle of connections to share: references and values that are not sensitive, never a key.

    Args:
        aliases: The connections; by default, all.
        profiles: Whether to include the profiles that use them.
        to: The file to write; None writes no file.
        overwrite: Whether to replace an existing file.

    Returns:
        The bundle: ``text`` is the content of a file, ``left_out`` says what is left out and why.

    Raises:
        ConnectionNotFound: No connection has one of the aliases.
        BundleError: The file cannot be written, or exists already.

    Example::

        aiconn_nb.export("openai-dev", to="course.json")
    """

def failover(profile: str | None = ..., *, model: str | None = ..., live: bool = ...) -> Rehearsal:
    """Rehearse the failover of a profile: which connection would answer now, and after each in turn is switched off.

    Nothing is really switched off. Without ``live``, nothing is sent.

    Args:
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        live: Whether to request one token or one vector from each connection, which costs that much.

    Returns:
        The steps; ``answers`` of each is the alias of the connection that would answer, or ''.

    Raises:
        ProfileNotFound: No profile or connection has this alias.
        CommandError: A connection was named without a model.

    Example::

        [step.answers for step in aiconn_nb.failover("writer")]
    """

def forget_maps() -> Done:
    """Delete the journals of all `map` calls: the answers stored below ``AICONN_HOME``.

    Returns:
        A `Done` with the number of deleted journals.

    Raises:
        NoPlace: The location of ``AICONN_HOME`` cannot be determined.

    Example::

        aiconn_nb.forget_maps()
    """

def forget_usage() -> Done:
    """Delete the recorded usage of all kernels below ``AICONN_HOME``. Caps stay and start from zero.

    Returns:
        A `Done` with the number of calls.

    Raises:
        UsageUnusable: The file cannot be written.

    Example::

        aiconn_nb.forget_usage()
    """

def get(alias: str) -> Connection:
    """Return the stored connection: its settings are references, sealed, or not sensitive.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias; the hint names the nearest.

    Example::

        aiconn_nb.get("openai-dev").settings["api_key"]
    """

def history(alias: str) -> Versions:
    """Return the versions of a connection, 50 at most, the newest first: when, by whom, what changed.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias.

    Example::

        [row.version for row in aiconn_nb.history("openai-dev")]
    """

def history_profile(alias: str) -> Versions:
    """Return the versions of a profile, 50 at most, the newest first: when, by whom, what changed.

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
        dry_run: True only plans, whatever ``yes`` says; False means the same as ``yes=True``.
        rename: Alias in the bundle -> alias here, for an alias that is taken.
        yes: Whether to carry out the import.

    Returns:
        The plan: new, changed, clashing and refused entries. After an import, also what was done.

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
    total_at_once: Value | None = ...,
    engine: Any = ...,
    journal: bool | str | None = ...,
    errors: str = ...,
) -> Any:
    """Ask a profile for each row of a dataset, many rows at once.

    The number of requests in flight adapts to each server. Rows fail over individually, as in `ask`. An error affects only its
    row. Rows with the same prompt are asked once. A journal stores each answer as it arrives: after Ctrl-C, a crash or a killed
    kernel, repeat the call to resume it; no stored row is asked again.

    Args:
        data: A pandas, polars or Dask table, or rows, read one by one: texts (column ``text``) or dictionaries.
        template: The prompt. ``{column}`` is filled in; doubled braces and all other braces stay unchanged.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of an answer, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``.
        schema: The format of an answer: ``{"label": ["positive", "negative"], "score": float}``, a JSON Schema, or a pydantic
            model. Each field becomes a column. A server without structured output gets the schema in the message. An answer
            that does not match gets a second attempt.
        into: The column of the answers, if there is no schema.
        limit: Ask only the first ``limit`` rows; ``last_map`` then estimates cost and time of all rows.
        budget: US dollars. Each request reserves its maximum cost before it is sent, so the budget is never exceeded.
        at_once: Maximum requests in flight, 64 by default; on a cluster, per worker. The number adapts below this maximum.
        total_at_once: On a cluster, maximum requests in flight of all workers together; unlimited by default.
        engine: A ``dask.distributed.Client``: its workers ask now, each with its own session. Without an engine, a Dask table
            is asked when it is computed.
        journal: Whether to store answers below ``AICONN_HOME`` for 30 days, or the path of a file for them; None means False.
        errors: ``keep`` stores an error in its row; ``raise`` stops at the first error.

    Returns:
        The data in its own kind, order and index, with the columns of the answers, and ``model``, ``connection``,
            ``input_tokens``, ``output_tokens``, ``cost`` (US dollars; None if the price is unknown) and ``error``. Rows with
            one prompt repeat its answer, tokens and cost; ``last_map`` has the actual total. A field without a single type is
            JSON text in tables that need one, such as those of polars.

    Raises:
        BatchError: The template, schema, budget or journal is invalid; nothing was sent.
        BatchStopped: Rows failed in a way that other rows would too; the journal has the answers so far.
        ProfileNotFound: No profile or connection has this alias.

    Example::

        labels = aiconn_nb.map(reviews, "Classify: {review}", profile="writer", schema={"label": ["positive", "negative"]})
    """

def models(alias: str | None = ..., text: str | None = ..., *, capability: Capability | str | None = ...) -> Models:
    """Return the models available to the account, in the order of their ids, requested from the provider.

    Args:
        alias: The connection; by default, the one in use.
        text: Filter by text in id or name, in any case.
        capability: Only models for ``"chat"`` or ``"embedding"``, and models without known capabilities.

    Returns:
        A row for each, with context window, price and last day if the list has them; empty if the provider returned an empty
            list. A failure raises an error and never returns an empty list.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ProviderFailed: The provider returned no list, or does not offer one; ``kind`` is the type of failure.

        And the errors of `use`.

    Example::

        [row.id for row in aiconn_nb.models("openai-dev", capability="embedding")]
    """

def profile(alias: str) -> Profile:
    """Return the stored profile.

    Args:
        alias: The profile.

    Raises:
        ProfileNotFound: No profile has this alias; the hint names the nearest.

    Example::

        aiconn_nb.profile("writer").model
    """

def profiles(
    text: str | None = ...,
    *,
    capability: Capability | str | None = ...,
    tags: str | Sequence[str] = ...,
    resolves: bool | None = ...,
) -> Profiles:
    """Return the profiles, in the order of their aliases, each with its health.

    Args:
        text: Only those with this text in alias, name, model, tag or connection.
        capability: Only those for ``"chat"`` or ``"embedding"``.
        tags: Filter by tag; with several, a profile must have all of them.
        resolves: Filter by whether every connection resolves here.

    Returns:
        A row for each; ``health`` says which of its connections would answer now, and whether it has been checked.

    Raises:
        CommandError: The capability is unknown.

    Example::

        [row.alias for row in aiconn_nb.profiles(capability="chat") if row.health.answers]
    """

def rename(alias: str, new_alias: str) -> Done:
    """Change the alias of a connection. Profiles follow, and the old alias finds it until another connection takes that alias.

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
    """Change the alias of a profile. It stays a default, and the old alias finds it until another profile takes that alias.

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

def require(
    *aliases: str, file: str | os.PathLike[str] | None = ..., yes: bool = ..., trust: str | Sequence[str] = ...
) -> Requirements:
    """Check whether everything that a notebook needs is here: one row for each need, with a remedy if it is not met.

    It reports all missing entries at once, each with what it will still need after the import, and makes no network request.

    Args:
        aliases: Connections and profiles; by default, everything in the project file.
        file: The project file, a bundle from `export`; by default, ``aiconn.json`` in the working folder.
        yes: Whether to import missing entries. This never trusts a host or replaces a default. It changes an existing entry
            only to link a profile again to deleted connections, if it is that of the file otherwise.
        trust: Hosts, such as ``"https://gateway.example.com"``, that may have the keys of these connections. Each permission is
            for a connection that leads to that host now. A host without a scheme is one with ``https://``.

    Returns:
        The needs, which are true if all are met; ``unmet`` has the others. ``raise_if_unmet()`` stops a script.

    Raises:
        NoProjectFile: No alias was named, and there is no ``aiconn.json`` here.
        BundleError: The project file cannot be read, or is not a bundle.
        CommandError: One of the hosts cannot be read.

    Example::

        aiconn_nb.require(yes=True).raise_if_unmet()
    """

def reset(profile: str | None = ...) -> Done:
    """Forget the last exchange with a profile, so that ``carry_on`` starts a new one.

    Args:
        profile: The alias of a profile, or of a connection; None forgets all.

    Raises:
        ProfileNotFound: No profile or connection has this alias.

    Example::

        aiconn_nb.reset("writer")
    """

def resolve(reference: str, *, environment: str | None = ...) -> Explanation:
    """Return the source of one reference. Its value is not shown.

    Args:
        reference: The reference, such as ``"$OpenAI:ApiKey"``.
        environment: The environment; by default, the current one.

    Returns:
        One line; if the text is not a reference or does not resolve, ``problem`` says so.

    Raises:
        EnvironmentNotFound: No configuration file belongs to this environment.

    Example::

        aiconn_nb.resolve("$OpenAI:ApiKey", environment="Production")[0].source
    """

def rollback(alias: str, version: int) -> Shown:
    """Save an earlier version of a connection as a new one. It restores sealed values, too; the alias stays.

    Args:
        alias: The connection.
        version: The version to restore; `history` lists them.

    Raises:
        ConnectionNotFound: No connection has this alias.
        NoConnectionVersion: The version is not stored. It is a `ConnectionNotFound`, too.

    Example::

        aiconn_nb.rollback("openai-dev", 2)
    """

def rollback_profile(alias: str, version: int) -> ShownProfile:
    """Save an earlier version of a profile as a new one; the alias stays.

    Args:
        alias: The profile.
        version: The version to restore; `history_profile` lists them.

    Raises:
        ProfileNotFound: No profile has this alias.
        NoProfileVersion: The version is not stored. It is a `ProfileNotFound`, too.

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
    """Replace a key by a new one, if the connection passes its test with it. Without proof, the old key stays.

    A sealed value is sealed again, and the old one stays in the history. If a reference comes from a user secret, the new key
    becomes the user secret. Clients with the old key are bound again, and the result lists them.

    Args:
        alias: The connection.
        new: The key (text or `Secret`), or several by field if they belong together, like the two halves of an AWS key.
        to: Instead of a key, the reference that replaces the stored one, or references by field.
        field: The field of the key, if the connection has several that do not belong together.
        model: A model for a request of one token, which proves a key even if a list of models does not.
        all: Whether to replace the user secret of all environments instead of the current one's.

    Returns:
        The location of the new key, the test result, and how to restore the previous key.

    Raises:
        ConnectionNotFound: No connection has this alias.
        RotationFailed: The new key failed at ``rung``, or the test cannot tell. Nothing changed.
        CommandError: The field of the key or the place for the new one is ambiguous.

    Example::

        aiconn_nb.rotate("openai-dev", to="$OpenAI:NewKey")
    """

def scan(*notebooks: str, fix: bool = ...) -> Scan:
    """Find keys in notebooks: values that this machine knows, and the well-known shapes of keys.

    Args:
        notebooks: The files, or folders with notebooks.
        fix: Whether to remove keys from outputs, metadata and widget state. A copy of the old notebook is kept, and the result
            names it. Keys in code and prose are only reported.

    Returns:
        A row for each finding: the notebook, the place and the kind, never the key. ``ok`` is True if no key is left.

    Raises:
        AiconnError: The only named notebook cannot be read.

    Example::

        aiconn_nb.scan("lesson.ipynb", fix=True).ok
    """

def secrets() -> SecretKeys:
    """Return the keys of the user secrets, including removed ones that can be restored; never a value. The keys of a ``.env``
    file follow, if one is in use here, each with its line.

    Raises:
        SecretsFileError: One of their files cannot be read.

    Example::

        [row.key for row in aiconn_nb.secrets()]
    """

def show(alias: str) -> Shown:
    """Return one connection with every field.

    Args:
        alias: The connection.

    Returns:
        Its fields as written: a reference, ``sealed``, or a value that is not sensitive.

    Raises:
        ConnectionNotFound: No connection has this alias; the hint names the nearest.

    Example::

        aiconn_nb.show("openai-dev")
    """

def show_profile(alias: str) -> ShownProfile:
    """Return one profile with every stored field, and its health.

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
    """Return working lines of code that call a profile or connection. They contain no key.

    Args:
        alias: The profile, or the connection with ``model``.
        framework: As in `to`; None for lines without a framework.
        model: A model that replaces the profile's.
        capability: ``chat`` or ``embedding``.

    Raises:
        AdapterNotFound: The framework is unknown.
        FrameworkCannotCall: It has no object for the capability.
        ProfileNotFound: No profile or connection has this alias.

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
    """Ask a profile, and return the reply piece by piece. At the end, ``reply`` is the complete reply.

    Args:
        prompt: The prompt. It is sent unchanged: only the magics fill in ``{name}``.
        profile: The alias of a profile, or of a connection together with ``model``. None means the default profile.
        model: A model that replaces the profile's, as the provider spells it.
        system: A system prompt that replaces the profile's.
        temperature: 0 to 2; replaces the profile's.
        max_tokens: The maximum tokens of the reply, 1 or more; replaces the profile's.
        options: More options of the provider's models, such as ``{"reasoning_effort": "low"}``; they replace the profile's.
        carry_on: Whether to send the last exchange with this profile in this session before the prompt.

    Returns:
        An iterator of texts. Closing it closes the connection to the provider and leaves the text so far in its ``reply``.

    Raises:
        ProfileNotFound: No profile or connection has this alias.
        ProfileUnusable: The profile has no usable connection.
        ProviderFailed: The only connection failed; ``kind`` is the type of failure.
        AllFailed: Every connection failed; ``attempts`` has the reasons.
        AnswerCut: The reply broke off midway; ``partial`` is the text so far.

    Example::

        for piece in aiconn_nb.stream("Why is the sky blue?", profile="writer"):
            print(piece, end="")
    """

def test(*aliases: str, all: bool = ..., model: str | None = ...) -> Tests:
    """Test connections in parallel, step by step, and report for each whether it works.

    Args:
        aliases: The connections; by default, the one in use.
        all: Whether to test all connections.
        model: A model for a request of one token, or one vector, which proves a key even if a list of models does not.

    Returns:
        The steps of each test, which are true if all connections are proven; ``verdict`` of each is ``ok``, ``failed`` or
            ``unknown``. A failed test is a result, not an error.

    Raises:
        NoConnectionInUse: No alias was given, and none is in use.
        ConnectionNotFound: No connection has one of the aliases.

    Example::

        aiconn_nb.test("openai-dev", model="gpt-5-mini").ok
    """

def to(framework: str, alias: str | None = ..., *, model: str | None = ..., capability: Capability | str = ...) -> Any:
    """Build a framework's object that calls a profile, or a connection with a model.

    The key goes into the object, as the framework's own secret type if it has one; never into the process environment.

    Args:
        framework: ``langchain``, ``pydantic-ai``, ``llama-index``, ``litellm`` (keyword arguments), ``chatlas``,
            ``instructor``, ``openai-agents``, ``haystack`` or ``dspy``, or one that a plug-in adds.
        alias: A profile, with its options and, if the framework supports them, its fallbacks; or a connection, with
            ``model``. By default, the default profile.
        model: A model that replaces the profile's.
        capability: ``chat`` or ``embedding``.

    Returns:
        The framework's own object: a ``ChatOpenAI`` of LangChain, a model of Pydantic AI, and so on.

    Raises:
        AdapterNotFound: The framework is unknown.
        FrameworkMissing: It is not installed; the hint has the install command.
        FrameworkCannotCall: It cannot call this provider.

        And the errors of `client`.

    Example::

        llm = aiconn_nb.to("langchain", "writer")
        llm.invoke("Say hello.").content
    """

def trust(alias: str) -> Done:
    """Permit a connection to send its key to its host in the current environment.

    The store keeps the reference, or the sealed field, with the host. Another connection with the same reference may send it
    there, too.

    Args:
        alias: The connection.

    Raises:
        ConnectionNotFound: No connection has this alias.
        UntrustedHost: The host is unknown, or differs from the host in the question.

    Example::

        aiconn_nb.trust("gateway")
    """

def uncap(alias: str, *, per: str | None = ..., connection: bool = ...) -> Done:
    """Remove the caps of a connection or profile.

    Args:
        alias: The profile or connection; it may be deleted.
        per: ``day`` or ``month``; None removes both.
        connection: Whether to choose the connection if a profile has the same alias.

    Raises:
        CommandError: It has no cap.
        UsageUnusable: The file with the usage cannot be written.

    Example::

        aiconn_nb.uncap("openai-dev")
    """

def undelete(alias: str) -> Shown:
    """Restore the connection that was deleted last under this alias, within 30 days.

    Args:
        alias: Its former alias.

    Raises:
        ConnectionNotFound: No connection was deleted under this alias within the last 30 days.
        ConnectionExists: Another connection has the alias now.

    Example::

        aiconn_nb.undelete("openai-dev")
    """

def undelete_profile(alias: str) -> ShownProfile:
    """Restore the profile that was deleted last under this alias, within 30 days, but not as a default.

    Args:
        alias: Its former alias.

    Raises:
        ProfileNotFound: No profile was deleted under this alias within the last 30 days.
        ProfileExists: Another profile has the alias now.

    Example::

        aiconn_nb.undelete_profile("writer")
    """

def usage(*, since: str | date | None = ..., by: str | None = ..., kernel: bool = ...) -> Spending:
    """Return calls, tokens, cost and time, per profile and connection. It makes no request.

    All kernels record their calls in one file below ``AICONN_HOME``: numbers by day, profile, connection and model, but no
    prompts or replies. Rows that `map` takes from its journal are not calls.

    Args:
        since: The first local calendar day: a date, ``"2026-03-31"``, or ``"7d"`` for the last 7 days, including today.
        by: ``model``, ``connection``, ``profile`` or ``day`` instead of profile and connection.
        kernel: Whether to count only the calls of this process.

    Returns:
        A row for each group, the most expensive first, or days in order; ``total`` has the sum. ``cost`` is in US dollars;
            ``unpriced`` counts the calls with an unknown cost, and ``untold_input`` and ``untold_output`` those without
            reported tokens. ``data()`` returns the rows as dictionaries, ``csv()`` as text.

    Raises:
        CommandError: ``since`` is not a day, or ``by`` is not one of the four.

    Example::

        pandas.DataFrame(aiconn_nb.usage(since="30d", by="model").data())
    """

def use(alias: str | None, *, export: bool = ...) -> Using:
    """Make a connection this session's current one, after resolving it. Other kernels are not affected.

    Args:
        alias: The connection; None stops using one and restores the exported variables.
        export: Whether to set the provider's environment variables in this process until another connection is used.

    Returns:
        The connection in use, with the sources of its settings.

    Raises:
        ConnectionNotFound: No connection has this alias.
        ConnectionInactive: The connection is disabled.
        ReferenceNotFound: A reference does not resolve in this environment.
        UntrustedHost: A key would go to a host without permission.

        After an error, the previous connection stays in use.

    Example::

        aiconn_nb.use("openai-dev")
        client = aiconn_nb.client()
    """

@deprecated("profile_diff is now diff_profile")
def profile_diff(alias: str, before: int | None = ..., after: int | None = ...) -> Differences: ...
@deprecated("profile_history is now history_profile")
def profile_history(alias: str) -> Versions: ...
def last_comparison() -> Comparison | None:
    """Return the last comparison in this kernel, even if it was interrupted; None if there was none.

    Example::

        list(aiconn_nb.last_comparison().replies)
    """

def last_map() -> Mapped | None:
    """Return the result of the last `map` in this kernel, even if it was interrupted; None if there was none.

    Example::

        aiconn_nb.last_map().progress.cost
    """

def last_reply() -> Reply | None:
    """Return the last answer in this kernel, even if it was interrupted; None if there was none.

    Example::

        aiconn_nb.last_reply().text
    """
