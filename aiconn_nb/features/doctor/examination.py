"""Builds the whole report: this machine, the store, the key, the environments, every connection and profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb.config.environment import BASE_FILE, environment_file
from aiconn_nb.errors import AiconnError, ConfigurationFileError, UnsealError, UsageUnusable
from aiconn_nb.features.environments import about_dotenv
from aiconn_nb.features.requirements import Lack, needs_of
from aiconn_nb.files import unwritable
from aiconn_nb.model.amounts import counted
from aiconn_nb.model.hint import command
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.place import shown, tilde, without_home
from aiconn_nb.model.secret import readable, redact
from aiconn_nb.session.context import Context

from . import machine
from .results import Finding, Grade, Report

if TYPE_CHECKING:
    from aiconn_nb.features.usage import Meter


def examine(context: Context, meter: Meter) -> Report:
    """See `Session.doctor`. It never raises for a finding: each part that fails says so."""
    parts: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("versions", machine.versions),
        ("front end", machine.front_end),
        ("store", lambda: _store(context)),
        ("usage", lambda: _usage(context, meter)),
        ("clock", lambda: machine.clock(context.store.read())),
        ("master key", lambda: _key(context)),
        ("environment", lambda: _environment(context)),
        ("network", lambda: machine.network(context.environ)),
        ("providers", lambda: _providers(context)),
        ("connections", lambda: _entities(context)),
    )
    told: set[str] = set()
    return Report(tuple(finding for part, look in parts for finding in _guarded(part, look, told)))


def _guarded(part: str, look: Callable[[], Iterator[Finding]], told: set[str]) -> Iterator[Finding]:
    """Yield the displayable findings of a part. If it fails, the last finding is its failure, unless an earlier part ``told`` it:
    several parts read the store."""
    try:
        for finding in look():
            yield _shareable(finding)
    except AiconnError as error:
        if error.what in told:
            return
        told.add(error.what)
        yield _shareable(Finding(part, error.what, Grade.PROBLEM, error.hint))
    except (OSError, ValueError) as error:
        words = f"it could not be examined: {readable(without_home(str(error))) or type(error).__name__}"
        yield _shareable(Finding(part, words, Grade.PROBLEM))


def _shareable(finding: Finding) -> Finding:
    """Return the finding without the home folder and anything that looks like a key: it may quote other programs."""
    words, remedy = (redact(without_home(text)) for text in (finding.words, finding.remedy))
    return replace(finding, words=words, remedy=remedy)


def _store(context: Context) -> Iterator[Finding]:
    store = context.store
    snapshot = store.read()
    counts = f"{counted(len(snapshot.connections), 'connection')}, {counted(len(snapshot.profiles), 'profile')}"
    size = "" if store.size is None else f", {store.size:,} bytes"
    yield Finding("store", f"{store.place}: {counts}{size}")
    for text in store.problems:
        yield Finding("store", text, Grade.PROBLEM)
    if store.set_aside and not snapshot.connections and not snapshot.profiles:
        yield Finding("store", "it is empty since a damaged one was set aside", Grade.PROBLEM)
    for text in store.notes:
        yield Finding("store", text, Grade.NOTE)


def _usage(context: Context, meter: Meter) -> Iterator[Finding]:
    place = meter.file.place
    if meter.log is not None and meter.log.is_on:
        yield Finding("usage", f"calls are logged with their texts in {tilde(meter.log.place)}", Grade.NOTE)
    if not meter.save():
        yield Finding("usage", meter.problem, Grade.PROBLEM)
        return
    if not place.exists():
        yield Finding("usage", "no calls yet")
        return
    yield Finding("usage", f"{tilde(place)}: {place.stat().st_size:,} bytes")
    snapshot = context.store.read()
    names = {each.id: each.alias for each in snapshot.connections}
    names |= {each.id: each.alias for each in snapshot.profiles}
    try:
        caps = meter.spent_of(meter.caps())
    except UsageUnusable as error:
        yield Finding("usage", f"{error.place} {error.problem}", Grade.PROBLEM)
        return
    for text in meter.file.lost_caps():
        yield Finding("usage", text, Grade.PROBLEM)
    for cap, spent in caps:
        alias = names.get(cap.target)
        if alias is not None:
            is_full = cap.is_reached(spent)
            words = f"the cap of {alias} is reached: " if is_full else f"the cap of {alias}: "
            yield Finding("usage", words + cap.words(spent), Grade.NOTE if is_full else Grade.GOOD)


def _key(context: Context) -> Iterator[Finding]:
    from aiconn_nb.errors.vault import KEY_FILE, KEY_VARIABLE
    from aiconn_nb.vault.key import named_key

    is_missing = context.vault.key() is None
    if why := unwritable(context.config_home):
        # With a key, those of connections are sealed in the store.
        lost, grade = ("key", Grade.PROBLEM) if is_missing else ("user secret", Grade.NOTE)
        words = f"{tilde(context.config_home)} cannot be written ({why}): no {lost} can be saved"
        yield Finding("master key", words, grade)
    if is_missing:
        yield Finding("master key", "none yet; it is created when a key is first saved")
        return
    path = context.config_home / KEY_FILE
    yield Finding("master key", f"from {KEY_VARIABLE}" if named_key(context.environ) else tilde(path))
    for environment in (None, *context.secrets.environments()):
        for key in context.secrets.keys(environment):
            try:
                context.secrets.value(key, environment)
            except UnsealError as error:
                options = ("--env", environment) if environment else ("--all",)
                remedy = command("secret set", shown_name(key), *options)
                yield Finding("master key", error.what, Grade.PROBLEM, remedy)


def _environment(context: Context) -> Iterator[Finding]:
    configuration = context.configuration()
    yield Finding("environment", f"{context.environment}, from {context.environment_origin}")
    order = " over ".join(configuration.places)
    yield Finding("environment", f"a value is looked for in this order: {order}")
    for text in filter(None, [*configuration.notes, context.environment_note(configuration)]):
        yield Finding("environment", text, Grade.NOTE)
    root = context.config_root
    names = [BASE_FILE, *(environment_file(each) for each in context.environments())]
    for name in dict.fromkeys(names):
        if root is not None and os.path.lexists(root / name):
            yield _file(root / name)
    yield from _dotenv(context)


def _dotenv(context: Context) -> Iterator[Finding]:
    """Yield whether the folder's ``.env`` file is read, if it exists; a part of the environment."""
    if unusable := context.user_settings.problem:
        yield Finding("environment", unusable.what, Grade.PROBLEM, unusable.hint)
        return
    path = context.dotenv.path
    if path is not None and os.path.lexists(path):
        words, problems = about_dotenv(context)
        yield Finding("environment", words.rstrip("."))
        yield from (Finding("environment", each, Grade.PROBLEM) for each in problems)


def _file(path: Path) -> Finding:
    from aiconn_nb.config.file_layers import JsonFileLayer

    try:
        keys = list(JsonFileLayer(path).keys())
    except ConfigurationFileError as error:
        return Finding("environment", error.what, Grade.PROBLEM, error.hint)
    return Finding("environment", f"{shown(str(path))}: {counted(len(keys), 'value')}")


def _providers(context: Context) -> Iterator[Finding]:
    for id, reason in context.registry.broken().items():
        words = f"the plug-in {id} is left out: {reason.rstrip('.')}"
        yield Finding("providers", words, Grade.PROBLEM)


def _entities(context: Context) -> Iterator[Finding]:
    needs = list(needs_of(context))
    # The user has disabled these, and may not need what they lack.
    inactive = {each.alias for each in needs if each.lack is Lack.INACTIVE}
    for need in needs:
        is_off = need.kind == "connection" and need.alias in inactive
        grade = Grade.GOOD if need.is_met else Grade.NOTE if is_off else Grade.PROBLEM
        yield Finding(need.alias, f"{need.kind}: {need.words}", grade, need.remedy)
