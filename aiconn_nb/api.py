"""The module-level verbs: the methods of the kernel's own session, under short names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.progress import progress
from aiconn_nb.session import kernel_session
from aiconn_nb.session.answers import Done
from aiconn_nb.session.connections.answers import Connections, Explanation, Shown
from aiconn_nb.session.connections.editing import Given, NewKey, take, take_key
from aiconn_nb.session.connections.tested import Tests
from aiconn_nb.session.connections.using import Models, Using
from aiconn_nb.session.profiles.answers import Defaults, Profiles, ShownProfile
from aiconn_nb.session.profiles.options import Given as Options
from aiconn_nb.session.surroundings import Environments

if TYPE_CHECKING:
    from aiconn_nb.session.asking.comparing import Comparison
    from aiconn_nb.session.asking.embedding import Embedded
    from aiconn_nb.session.asking.rehearsing import Rehearsal
    from aiconn_nb.session.asking.reply import Reply
    from aiconn_nb.session.asking.spending import Spending
    from aiconn_nb.session.asking.stream import Stream
    from aiconn_nb.session.connections.rotating import Rotated
    from aiconn_nb.session.sharing.bundle import Bundle
    from aiconn_nb.session.sharing.bundle_plan import ImportPlan


def connections(text: str | None = None, *, provider: str | None = None, active: bool | None = None) -> Connections:
    """The connections; see `Session.connections`."""
    return kernel_session().connections(text, provider=provider, active=active)


def get(alias: str) -> Connection:
    """One connection as it is stored; see `Session.get`."""
    return kernel_session().get(alias)


def create(
    alias: str, provider: str, *, name: str | None = None, settings: Given | None = None, active: bool = True
) -> Shown:
    """Save a new connection; see `Session.create`."""
    taken, settings = take(settings), None  # so that no frame of a traceback shows what was given
    return kernel_session().create(alias, provider, name=name, settings=taken, active=active)


def edit(alias: str, *, name: str | None = None, settings: Given | None = None, active: bool | None = None) -> Shown:
    """Change a connection; see `Session.edit`."""
    taken, settings = take(settings), None  # so that no frame of a traceback shows what was given
    return kernel_session().edit(alias, name=name, settings=taken, active=active)


def delete(*aliases: str, force: bool = False) -> Done:
    """Delete connections; see `Session.delete`."""
    return kernel_session().delete(*aliases, force=force)


def enable(*aliases: str) -> Done:
    """Switch connections on."""
    return kernel_session().enable(*aliases)


def disable(*aliases: str) -> Done:
    """Switch connections off."""
    return kernel_session().disable(*aliases)


def profiles(text: str | None = None, *, capability: Capability | str | None = None) -> Profiles:
    """The profiles, each with its health; see `Session.profiles`."""
    return kernel_session().profiles(text, capability=capability)


def profile(alias: str) -> Profile:
    """One profile as it is stored; see `Session.profile`."""
    return kernel_session().profile(alias)


def create_profile(
    alias: str,
    *,
    connections: str | Sequence[str],
    model: str,
    capability: Capability | str = Capability.CHAT,
    name: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    system: str | None = None,
    dimensions: int | None = None,
    tags: Sequence[str] = (),
    default: bool = False,
    check_model: bool = False,
) -> ShownProfile:
    """Save a new profile; see `Session.create_profile`."""
    return kernel_session().create_profile(
        alias,
        connections=connections,
        model=model,
        capability=capability,
        name=name,
        temperature=temperature,
        max_tokens=max_tokens,
        system=system,
        dimensions=dimensions,
        tags=tags,
        default=default,
        check_model=check_model,
    )


def edit_profile(
    alias: str,
    *,
    name: str | None = None,
    new_alias: str | None = None,
    connections: str | Sequence[str] | None = None,
    model: str | None = None,
    options: Options | None = None,
    tags: Sequence[str] | None = None,
    check_model: bool = False,
) -> ShownProfile:
    """Change a profile; see `Session.edit_profile`."""
    return kernel_session().edit_profile(
        alias,
        name=name,
        new_alias=new_alias,
        connections=connections,
        model=model,
        options=options,
        tags=tags,
        check_model=check_model,
    )


def delete_profile(*aliases: str) -> Done:
    """Delete profiles; see `Session.delete_profile`."""
    return kernel_session().delete_profile(*aliases)


def default_profile(alias: str | None = None, *, capability: Capability | str | None = None) -> Defaults | ShownProfile:
    """The default profiles; with an alias, make that one the default; see `Session.default_profile`."""
    return kernel_session().default_profile(alias, capability)


def use(alias: str | None, *, export: bool = False) -> Using:
    """Make a connection this kernel's current one, None for none; see `Session.use`."""
    session = kernel_session()
    return session.use_none() if alias is None else session.use(alias, export=export)


def client(alias: str | None = None) -> Any:
    """The SDK client of a connection, the current one by default; see `Session.client`."""
    return kernel_session().client(alias)


@contextmanager
def environ(alias: str | None = None) -> Iterator[None]:
    """Export a connection's variables for a ``with`` block; see `Session.environ`."""
    with kernel_session().environ(alias):
        yield


def test(*aliases: str, all: bool = False, model: str | None = None) -> Tests:
    """Test connections; see `Session.test`."""
    return kernel_session().test(*aliases, all=all, model=model)


def models(alias: str | None = None, *, capability: Capability | str | None = None) -> Models:
    """The live list of models; see `Session.models`."""
    return kernel_session().models(alias, capability=capability)


def environment(name: str | None = None) -> Environments:
    """The environments; with a name, switch to it first; see `Session.environment`."""
    return kernel_session().environment(name)


def explain(alias: str | None = None, *, environment: str | None = None) -> Explanation:
    """Where each setting comes from; see `Session.explain`."""
    return kernel_session().explain(alias, environment=environment)


def compare(
    prompt: str,
    *profiles: str,
    model: str | None = None,
    system: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
) -> Comparison:
    """Ask several profiles the same at once; see `Session.compare`."""
    return kernel_session().compare(
        prompt, *profiles, model=model, system=system, temperature=temperature, max_tokens=max_tokens
    )


def last_comparison() -> Comparison | None:
    """The last comparison in this kernel, also one that was interrupted; None where there was none."""
    return kernel_session().last_comparison


def embed(
    texts: str | Iterable[str],
    *,
    profile: str | None = None,
    model: str | None = None,
    dimensions: int | None = None,
    as_array: bool = False,
) -> Embedded:
    """One vector per text, in the order of the texts; see `Session.embed`. Beyond one batch there is a bar."""
    with progress("texts") as on_batch:
        return kernel_session().embed(
            texts, profile=profile, model=model, dimensions=dimensions, as_array=as_array, on_batch=on_batch
        )


def usage() -> Spending:
    """What was asked in this kernel, and what it cost; see `Session.usage`."""
    return kernel_session().usage()


def failover(profile: str | None = None, *, model: str | None = None, live: bool = False) -> Rehearsal:
    """Rehearse who would answer, and who once each is switched off in turn; see `Session.failover`."""
    return kernel_session().failover(profile, model=model, live=live)


def rotate(
    alias: str,
    new: NewKey = None,
    *,
    to: str | Mapping[str, str] | None = None,
    field: str | None = None,
    model: str | None = None,
    unproven: bool = False,
) -> Rotated:
    """Replace a key by a new one, once the connection has passed its test with it; see `Session.rotate`."""
    taken, new = take_key(new), None  # so that no frame of a traceback shows what was given
    return kernel_session().rotate(alias, taken, to=to, field=field, model=model, unproven=unproven)


def ask(
    prompt: str,
    *,
    profile: str | None = None,
    model: str | None = None,
    system: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    carry_on: bool = False,
    on_text: Callable[[str], None] | None = None,
) -> Reply:
    """Ask a profile, the default one where none is named, and answer the whole answer; see `Session.ask`."""
    return kernel_session().ask(
        prompt,
        profile=profile,
        model=model,
        system=system,
        temperature=temperature,
        max_tokens=max_tokens,
        carry_on=carry_on,
        on_text=on_text,
    )


async def aask(
    prompt: str,
    *,
    profile: str | None = None,
    model: str | None = None,
    system: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    carry_on: bool = False,
    on_text: Callable[[str], None] | None = None,
) -> Reply:
    """The same, awaited; see `Session.aask`."""
    return await kernel_session().aask(
        prompt,
        profile=profile,
        model=model,
        system=system,
        temperature=temperature,
        max_tokens=max_tokens,
        carry_on=carry_on,
        on_text=on_text,
    )


def stream(
    prompt: str,
    *,
    profile: str | None = None,
    model: str | None = None,
    system: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    carry_on: bool = False,
) -> Stream:
    """Ask, and answer the pieces of the answer as they come; see `Session.stream`."""
    return kernel_session().stream(
        prompt,
        profile=profile,
        model=model,
        system=system,
        temperature=temperature,
        max_tokens=max_tokens,
        carry_on=carry_on,
    )


def last_reply() -> Reply | None:
    """The last answer in this kernel, also one that was interrupted; None where there was none."""
    return kernel_session().last_reply


def reset(profile: str | None = None) -> Done:
    """Forget the last exchange with a profile, or with all; see `Session.reset`."""
    return kernel_session().reset(profile)


def trust(alias: str) -> Done:
    """Let a connection send its key to the host that it leads to now; see `Session.trust`."""
    return kernel_session().trust(alias)


def export(*aliases: str, profiles: bool = True, to: str | None = None, overwrite: bool = False) -> Bundle:
    """A bundle of connections to give away, without a key; see `Session.export`."""
    return kernel_session().export(*aliases, profiles=profiles, to=to, overwrite=overwrite)


def import_bundle(path: str, *, dry_run: bool = False, rename: Mapping[str, str] | None = None) -> ImportPlan | Done:
    """Take in a bundle; with ``dry_run`` only look at what it would do. See `Session.plan_import` and `Session.apply_import`."""
    session = kernel_session()
    plan = session.plan_import(path, rename=rename)
    return plan if dry_run else session.apply_import(plan)
