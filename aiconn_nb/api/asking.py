"""Asking: one profile or several, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aiconn_nb.progress import progress
from aiconn_nb.session import kernel_session

if TYPE_CHECKING:
    from aiconn_nb.session.answers import Done
    from aiconn_nb.session.asking.comparing import Comparison
    from aiconn_nb.session.asking.embedding import Embedded
    from aiconn_nb.session.asking.rehearsing import Rehearsal
    from aiconn_nb.session.asking.reply import Reply
    from aiconn_nb.session.asking.spending import Spending
    from aiconn_nb.session.asking.stream import Stream


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
