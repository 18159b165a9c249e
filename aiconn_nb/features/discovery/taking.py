"""Creates connections from finds: references unchanged, keys as encrypted user secrets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from aiconn_nb.errors import AiconnError, NoProposal
from aiconn_nb.features.connections import create, take
from aiconn_nb.model.hint import command
from aiconn_nb.model.secret import readable
from aiconn_nb.session.context import Context

from .proposing import Plan, planned
from .results import Proposal, Proposals, State

Confirm = Callable[[Proposal], bool]


def discovered(context: Context, names: Sequence[str], *, all: bool, local: bool, confirm: Confirm | None) -> Proposals:
    """See `Session.discover`."""
    plans, notes = planned(context, local=local)
    wanted = [name.lower() for name in names]
    known = [each.proposal.name for each in plans]
    for name in wanted:
        if name not in known:
            raise NoProposal(name=readable(name), known=tuple(known))
    rows = [
        _taken(context, each, confirm, is_named=each.proposal.name in wanted)
        if all or each.proposal.name in wanted
        else each.proposal
        for each in plans
    ]
    return Proposals(rows, notes=(*notes, *_untrusted(rows)))


def _taken(context: Context, plan: Plan, confirm: Confirm | None, *, is_named: bool) -> Proposal:
    proposal = plan.proposal
    if proposal.state is State.THERE:
        return proposal
    if proposal.missing:
        return replace(proposal, state=State.LEFT)
    if confirm is None and plan.secrets and not is_named:
        named = command("discover --create", proposal.name)
        return replace(proposal, state=State.LEFT, note=f"a key would be copied: '{named}' does it")
    if confirm is not None and not confirm(proposal):
        unasked = command("discover --create", proposal.name, "--yes")
        return replace(proposal, state=State.LEFT, note=f"not confirmed: '{unasked}' does it without a question")
    try:
        _create(context, plan)
    except AiconnError as error:
        return replace(proposal, state=State.LEFT, note=error.what)
    return replace(proposal, state=State.CREATED)


def _create(context: Context, plan: Plan) -> None:
    """Save the secrets, then the connection. If the connection fails, the secrets are removed again."""
    proposal = plan.proposal
    environment = context.environment
    if plan.secrets:
        context.secrets.set_all(plan.secrets, environment)
    try:
        create(
            context,
            proposal.name,
            proposal.provider,
            name=f"{proposal.provider_name} ({proposal.source})",
            settings=take(plan.settings),
            active=True,
            again=False,
            # A yes to a table does not choose the host that a file of the folder names: `trust` asks about it.
            allows=not proposal.is_of_folder,
        )
    except BaseException:
        with suppress(AiconnError):
            for key in plan.secrets:
                context.secrets.take_back(key, environment)
        raise


def _untrusted(rows: Collection[Proposal]) -> list[str]:
    """Return the questions to answer before the new connections can be used."""
    return [
        f"{each.name} leads to {each.host}, which a file of this folder says: '{command('trust', each.name)}' allows it"
        for each in rows
        if each.state is State.CREATED and each.is_of_folder and each.host
    ]
