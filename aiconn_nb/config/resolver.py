"""Settings + fields + configuration -> the values for a provider, sensitive ones as `Secret`.

IPython's Verbose mode prints the locals of every frame of a traceback. Therefore every field first becomes an outcome with a masked
repr, and errors are raised only from frames without a plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal, NamedTuple

from aiconn_nb import errors
from aiconn_nb.model import headers
from aiconn_nb.model.connection import Setting
from aiconn_nb.model.field import Field, FieldValue, NotOfType, as_text, convert
from aiconn_nb.model.place import shown
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.model.secret import MASK, Sealed, Secret
from aiconn_nb.model.url import masked_url

from .configuration import Configuration, Found

Kind = Literal["reference", "sealed", "literal", "default", "unset"]


class Explained(NamedTuple):
    """The source of a field's value."""

    field: Field
    written: str
    """The reference as written, ``sealed``, or the value itself if the field is not sensitive; '' if unset."""
    kind: Kind
    found: Found | None = None
    """For references: the value with its place, masked."""
    problem: errors.AiconnError | None = None
    """Why the field cannot be used, or None (a sealed value is not decrypted for this check)."""


class _Outcome(NamedTuple):
    """A field's explanation and its value; None if it is absent, unusable or still sealed. Shows neither."""

    explained: Explained
    value: FieldValue | Secret | None = None
    is_blank: bool = False
    """Whether a written value resolved to nothing and there is no default."""

    def __repr__(self) -> str:
        return "_Outcome()"


def resolve(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    unseal: Callable[[Sealed], Secret],
) -> dict[str, FieldValue | Secret]:
    """The values of the fields by key: typed, with defaults, without unset fields. A value from a secret source, or from a key
    with a secret's name, is a `Secret` in any field. See `resolve_explained`."""
    return resolve_explained(settings, fields, configuration, unseal)[0]


def resolve_explained(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    unseal: Callable[[Sealed], Secret],
    *,
    ways: Callable[[], Sequence[Sequence[str]]] = tuple,
) -> tuple[dict[str, FieldValue | Secret], list[Explained]]:
    """The values of the fields by key, as `resolve` returns them, and the source of each.

    An optional field whose value is null or blank counts as not set, unless it belongs to the chosen way to sign in: the provider
    would then use another way, such as this machine's own. ``ways`` returns all ways, each as its fields. Raises the first field's
    `AiconnError`: it names the field, the reference and the required type, never a value.
    """
    outcomes = _outcomes(settings, fields, configuration, unseal, ways)
    for outcome in outcomes:
        if outcome.explained.problem is not None:
            raise outcome.explained.problem
    explained, values = _parts(outcomes)
    return values, explained


def explain(settings: Mapping[str, Setting], fields: Sequence[Field], configuration: Configuration) -> list[Explained]:
    """Return each field's written value, its source and its problem. Never raises for a field, and decrypts nothing.

    Optional fields that are not set, and have no default, are left out.
    """
    return explain_with_values(settings, fields, configuration)[0]


def explain_with_values(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    *,
    ways: Callable[[], Sequence[Sequence[str]]] = tuple,
) -> tuple[list[Explained], dict[str, FieldValue | Secret]]:
    """Return what `explain` returns, and the values of the fields by key. A field that is sealed or has a problem has no value."""
    return _parts(_outcomes(settings, fields, configuration, None, ways))


def _parts(outcomes: Sequence[_Outcome]) -> tuple[list[Explained], dict[str, FieldValue | Secret]]:
    explained, values = list[Explained](), dict[str, FieldValue | Secret]()
    for each in outcomes:
        explained.append(each.explained)
        if each.value is not None:
            values[each.explained.field.key] = each.value
    return explained, values


def _outcomes(
    settings: Mapping[str, Setting],
    fields: Sequence[Field],
    configuration: Configuration,
    unseal: Callable[[Sealed], Secret] | None,
    ways: Callable[[], Sequence[Sequence[str]]],
) -> list[_Outcome]:
    outcomes: list[_Outcome] = []
    blank: set[str] = set()
    for field in fields:
        # Most fields are optional and not set: they have neither a value nor a problem.
        if field.key not in settings and not field.required and field.default is None:
            continue
        if field.required_unless and not field.is_required(settings):
            field = replace(field, required=False)
        setting = settings.get(field.key)
        outcome = _unset(field) if setting is None else _outcome(field, setting, configuration, unseal)
        outcomes.append(outcome)
        if outcome.is_blank:
            blank.add(field.key)
    if not blank:
        return outcomes
    chosen = [way for way in ways() if any(settings.get(key) is not None for key in way)]
    # Complete keys take precedence over a way without a secret, such as a profile.
    secrets = {field.key for field in fields if field.sensitive}
    if any(blank.isdisjoint(way) and not secrets.isdisjoint(way) for way in chosen):
        return outcomes
    # A user who allowed its host was asked about the key, and not about the account that this machine is signed in to.
    refused = blank.intersection(chain.from_iterable(chosen))
    return [_refused(each) if each.explained.field.key in refused else each for each in outcomes]


def _refused(outcome: _Outcome) -> _Outcome:
    explained = outcome.explained
    return _Outcome(
        _with(explained, f"{_why_nothing(explained)}, and this machine's own sign-in does not take its place")
    )


def _outcome(
    field: Field, setting: Setting, configuration: Configuration, unseal: Callable[[Sealed], Secret] | None
) -> _Outcome:
    """Never raises an `AiconnError`: this frame and those below may hold a plain value."""
    if isinstance(setting, Sealed):
        return _opened(field, setting, unseal)
    if not isinstance(setting, str):
        text = as_text(setting)
        return _fitted(field, text, Explained(field=field, written=MASK if field.sensitive else text, kind="literal"))
    try:
        read = parse(setting)
        found = configuration.lookup(read.key) if isinstance(read, Reference) else None
    except errors.AiconnError as error:
        problem = error
    else:
        if isinstance(read, Reference):
            explained = Explained(field=field, written=setting, kind="reference", found=found)
            return _fitted(field, found.value if found else None, explained)
        if field.type == "headers":
            return _headers(field, read.text, configuration)
        shown = MASK if field.sensitive else masked_url(read.text)
        return _fitted(field, read.text, Explained(field=field, written=shown, kind="literal"))
    if isinstance(problem, errors.ReferenceNotFound):
        problem.is_shown = not field.sensitive
    return _Outcome(Explained(field=field, written=setting, kind="reference", problem=_about(field, problem)))


def _headers(field: Field, text: str, configuration: Configuration) -> _Outcome:
    """The header lines with references resolved. If one of these is a secret, so is the whole."""
    explained = Explained(field=field, written=text, kind="literal")
    is_secret = False

    def value_of(written: str) -> str:
        nonlocal is_secret
        read = parse(written)
        assert isinstance(read, Reference)
        found = configuration.lookup(read.key)
        is_secret = is_secret or found.is_secret
        value = (found.value or "").strip()
        if not value.isprintable() or not value:
            problem = "resolved to nothing" if not value else "has characters that no header has, such as a line break"
            raise errors.UnusableSetting(problem=f"{written} {problem}", source=shown(found.source), line=found.line)
        return value

    try:
        filled = headers.filled(text, value_of)
    except errors.AiconnError as error:
        problem = error
    else:
        outcome = _fitted(field, filled, explained)
        return outcome._replace(value=Secret(filled)) if is_secret and outcome.value is not None else outcome
    return _Outcome(explained._replace(problem=_about(field, problem)))


def _unset(field: Field) -> _Outcome:
    if field.default is not None:
        shown = MASK if field.sensitive else as_text(field.default)
        value = Secret(as_text(field.default)) if field.sensitive else field.default
        return _Outcome(Explained(field=field, written=shown, kind="default"), value)
    problem = None
    if field.required:
        problem = errors.InvalidConnection({field.key: "is required and not set"}, errors.Outcome.NOT_USABLE)
    return _Outcome(Explained(field=field, written="", kind="unset", problem=problem))


def _opened(field: Field, sealed: Sealed, unseal: Callable[[Sealed], Secret] | None) -> _Outcome:
    explained = Explained(field=field, written="sealed", kind="sealed")
    if unseal is None:
        return _Outcome(explained)
    try:
        secret = unseal(sealed)
    except errors.AiconnError as error:
        problem = error
    else:
        # Its type was checked before sealing; the secret is not revealed here.
        return _nothing(field, explained) if secret.is_blank else _Outcome(explained, secret)
    return _Outcome(Explained(field=field, written="sealed", kind="sealed", problem=_about(field, problem)))


def _fitted(field: Field, text: str | None, explained: Explained) -> _Outcome:
    """Convert a text for the field. Blank and null are an error if the field is required, else the same as not set."""
    if text is None or not text.strip():
        return _nothing(field, explained)
    try:
        value = convert(text, field)
    except NotOfType as error:
        # Its message describes the type, never the text.
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
    wrong = errors.UnusableSetting(problem=problem, source=source, line=line)
    wrong.field = explained.field.key
    return explained._replace(problem=wrong)


def _about(field: Field, error: errors.AiconnError) -> errors.AiconnError:
    """An error about one value, prefixed by the field's key, without the original frames."""
    if not isinstance(error, errors.ConfigurationFileError):
        error.field = field.key
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
