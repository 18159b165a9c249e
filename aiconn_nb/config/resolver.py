"""Settings + fields + configuration -> the values a provider works with, sensitive ones as `Secret`.

IPython's Verbose mode prints the locals of every frame of a traceback. So every field is examined first, into an outcome
that does not show itself, and errors are raised only from frames that hold no plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aiconn_nb.errors import (
    AiconnError,
    ConfigurationFileError,
    InvalidConnection,
    Outcome,
    UnusableSetting,
)
from aiconn_nb.model.connection import Setting
from aiconn_nb.model.field import Field, FieldValue, NotOfType, convert
from aiconn_nb.model.place import shown
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK, Sealed, Secret
from aiconn_nb.model.url import masked_url

from .configuration import Configuration, Found

Kind = Literal["reference", "sealed", "literal", "default", "unset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Where a field's value comes from."""

    field: Field
    written: str
    """The reference as written, ``sealed``, or the value itself where the field is not sensitive; '' where unset."""
    kind: Kind
    found: Found | None = None
    """For references: the value with its place, masked."""
    problem: AiconnError | None = None
    """Why the field cannot be used; None where it can (a sealed value is not opened to find out)."""


@dataclass(frozen=True, slots=True, repr=False)
class _Outcome:
    """A field's explanation and its value; None where it is absent or unusable, or still sealed. Shows neither."""

    explained: Explained
    value: FieldValue | Secret | None = None
    is_blank: bool = False
    """Whether something is written that turned out to be nothing, and has no default."""


def resolve(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    unseal: Callable[[Sealed], Secret],
    *,
    machine_credentials: bool = False,
) -> dict[str, FieldValue | Secret]:
    """The values of the fields by key: typed, with defaults, without unset fields. A value from a secret source, or from a key
    with a secret's name, is a `Secret` in any field.

    An optional field whose value is null or blank counts as not set. With ``machine_credentials`` the provider signs in as this
    machine where no secret is set; so it is an error where secrets are set, but all are blank. Raises the first field's
    `AiconnError`: it names the field, the reference and the wanted type, never a value.
    """
    outcomes = _outcomes(settings, fields, configuration, unseal, machine_credentials=machine_credentials)
    for outcome in outcomes:
        if outcome.explained.problem is not None:
            raise outcome.explained.problem
    return {each.explained.field.key: each.value for each in outcomes if each.value is not None}


def explain(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    *,
    machine_credentials: bool = False,
) -> list[Explained]:
    """Per field what is written, where it resolves to and what is wrong with it. Never raises for a field, opens nothing."""
    outcomes = _outcomes(settings, fields, configuration, None, machine_credentials=machine_credentials)
    return [outcome.explained for outcome in outcomes]


def _outcomes(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    unseal: Callable[[Sealed], Secret] | None,
    *,
    machine_credentials: bool,
) -> list[_Outcome]:
    outcomes = [_outcome(field, settings.get(field.key), configuration, unseal) for field in fields]
    stored = [each for each in outcomes if settings.get(each.explained.field.key) is not None]
    secrets = [each for each in stored if each.explained.field.sensitive]
    if not machine_credentials or not all(each.is_blank for each in secrets):
        return outcomes
    # A user who allowed its host was asked about the key, and not about the account that this machine is signed in to.
    keys = {each.explained.field.key for each in secrets}
    return [_refused(each) if each.explained.field.key in keys else each for each in outcomes]


def _refused(outcome: _Outcome) -> _Outcome:
    explained = outcome.explained
    return _Outcome(
        _with(explained, f"{_why_nothing(explained)}, and this machine's own sign-in does not take its place")
    )


def _outcome(
    field: Field, setting: Setting | None, configuration: Configuration, unseal: Callable[[Sealed], Secret] | None
) -> _Outcome:
    """Never raises an `AiconnError`: this frame and those below may hold a plain value."""
    if setting is None:
        return _unset(field)
    if isinstance(setting, Sealed):
        return _opened(field, setting, unseal)
    if not isinstance(setting, str):
        text = _as_text(setting)
        return _fitted(field, text, Explained(field=field, written=MASK if field.sensitive else text, kind="literal"))
    try:
        read = parse(setting)
        found = configuration.lookup(read.key) if isinstance(read, Reference) else None
    except AiconnError as error:
        problem = error
    else:
        if isinstance(read, Reference):
            explained = Explained(field=field, written=str(read), kind="reference", found=found)
            return _fitted(field, found.value if found else None, explained)
        shown = MASK if field.sensitive else masked_url(read.text)
        return _fitted(field, read.text, Explained(field=field, written=shown, kind="literal"))
    return _Outcome(Explained(field=field, written=setting, kind="reference", problem=_about(field, problem)))


def _unset(field: Field) -> _Outcome:
    if field.default is not None:
        shown = MASK if field.sensitive else _as_text(field.default)
        value = Secret(_as_text(field.default)) if field.sensitive else field.default
        return _Outcome(Explained(field=field, written=shown, kind="default"), value)
    problem = None
    if field.required:
        problem = InvalidConnection({field.key: "is required and not set"}, Outcome.NOT_USABLE)
    return _Outcome(Explained(field=field, written="", kind="unset", problem=problem))


def _opened(field: Field, sealed: Sealed, unseal: Callable[[Sealed], Secret] | None) -> _Outcome:
    explained = Explained(field=field, written="sealed", kind="sealed")
    if unseal is None:
        return _Outcome(explained)
    try:
        secret = unseal(sealed)
    except AiconnError as error:
        problem = error
    else:
        # Its type was checked when it was sealed; a secret is not taken out here.
        return _nothing(field, explained) if secret.is_blank else _Outcome(explained, secret)
    return _Outcome(Explained(field=field, written="sealed", kind="sealed", problem=_about(field, problem)))


def _fitted(field: Field, text: str | None, explained: Explained) -> _Outcome:
    """A text as the field wants it. Blank and null are nothing: an error if required, else as if not set."""
    if text is None or not text.strip():
        return _nothing(field, explained)
    try:
        value = convert(text, field)
    except NotOfType as error:
        # Its message says what is wanted, never the text.
        origin = explained.written if explained.kind == "reference" else "the value"
        return _Outcome(_with(explained, f"{origin} {error}"))
    is_secret = field.sensitive or (explained.found is not None and explained.found.is_secret)
    return _Outcome(explained, Secret(text) if is_secret else value)


def _nothing(field: Field, explained: Explained) -> _Outcome:
    if not field.required:
        value = _unset(field).value
        return _Outcome(explained, value, is_blank=value is None)
    return _Outcome(_with(explained, f"{_why_nothing(explained)}, and the field is required"))


def _why_nothing(explained: Explained) -> str:
    return f"{explained.written} resolved to nothing" if explained.kind == "reference" else "the value is blank"


def _with(explained: Explained, problem: str) -> Explained:
    found = explained.found
    source, line = (shown(found.source), found.line) if found is not None else ("", None)
    wrong = UnusableSetting(problem=problem, source=source, line=line)
    wrong.field = explained.field.key
    return replace(explained, problem=wrong)


def _about(field: Field, error: AiconnError) -> AiconnError:
    """An error of one value, with the field's key before it, and without the frames that it came from."""
    if not isinstance(error, ConfigurationFileError):
        error.field = field.key
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _as_text(value: FieldValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
