"""A notebook's requirements: each unmet need with its remedy, until all are met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.requirements import Lack, Need, Requirements
from aiconn_nb.features.trust import Question
from aiconn_nb.session import Session
from aiconn_nb.session.results import Result

from .base_widget import BaseWidget, Content, bundle, intent
from .form_checks import keep_secret
from .form_draft import text_in
from .list_views import Plain, error_view
from .question_panels import TRUST

BUTTONS: Final = {
    "import": "Import",
    "trust": "Trust this host",
    "enable": "Enable",
    "default": "Make it the default",
}
"""The words of the remedies that are one click."""

REMEDIES: Final = {
    Lack.UNRESOLVED: "keep",
    Lack.UNTRUSTED: "trust",
    Lack.INACTIVE: "enable",
    Lack.NO_DEFAULT: "default",
    Lack.NO_SDK: "copy",
}
"""The remedy by the type of need. For all other types, the command of the need is shown."""

DONE: Final = {
    Lack.MISSING: "it is there",
    Lack.TAKEN: "nothing else has its alias",
    Lack.INACTIVE: "it is switched on",
    Lack.NO_PROVIDER: "its provider is installed",
    Lack.NO_SDK: "its SDK is installed",
    Lack.UNSET: "every required field has a value",
    Lack.UNRESOLVED: "{reference} is no longer missing",
    Lack.UNOPENED: "its sealed values open",
    Lack.IMPLAUSIBLE: "its key is no longer odd",
    Lack.UNTRUSTED: "its host is trusted",
    Lack.REFUSED: "it is no longer refused",
    Lack.UNLISTED: "it can answer",
    Lack.SHUT_DOWN: "it can answer",
    Lack.UNUSABLE: "it can answer",
    Lack.NO_DEFAULT: "it is the default",
}
"""The words for a need that was met, in place of its problem."""

Key = tuple[str, str, Lack | None, str]


class Needs(BaseWidget):
    """The needs from `require`, checked again after each remedy. ``on_close`` removes the widget, if possible."""

    _esm = bundle("needs.js")
    _css = bundle("page.css")

    def __init__(
        self, found: Requirements, session: Session | None = None, *, on_close: Callable[[], None] | None = None
    ) -> None:
        self._found = found
        self._seen: dict[Key, Need] = {}
        """All needs that were unmet at some time, in order of discovery."""
        self._on_close = on_close
        super().__init__(session)

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def first_view(self) -> Plain:
        """See `BaseWidget.first_view`."""
        found = self._found
        missing = {_key(each): each for each in found.unmet}
        self._seen |= missing
        done = [_done(each) for key, each in self._seen.items() if key not in missing and not self._is_open(each)]
        ready = [_row(each, "ready") for each in found if each.is_met and not self._was_missing(each)]
        return {
            "kind": "needs",
            "source": found.source or "what was named",
            "environment": found.environment,
            "missing": len(missing),
            "rows": [*map(self._missing, missing.values()), *done, *ready],
            "closable": self._on_close is not None,
        }

    def _is_open(self, need: Need) -> bool:
        """Whether another problem replaced a former one, which is not solved: the entry is gone, or it is a profile or a default,
        of which only one problem at a time is known."""
        others = [each for each in self._found.unmet if (each.kind, each.alias) == (need.kind, need.alias)]
        return any(need.kind != "connection" or each.lack is Lack.MISSING for each in others)

    def _was_missing(self, need: Need) -> bool:
        return any((kind, alias) == (need.kind, need.alias) for kind, alias, *_ in self._seen)

    def _missing(self, need: Need) -> Plain:
        row = _row(need, "missing")
        does = "import" if need.is_offered else REMEDIES.get(need.lack) if need.lack else None
        if (does == "keep" and (need.is_shown or not need.reference)) or (does == "default" and not need.remedy):
            does = None
        if does == "import":
            offered = [each for each in self._found if each.is_offered]
            if need is not offered[0]:
                return {**row, "help": "The same import adds it."}
            row["help"] = f"Imports {', '.join(map(_planned, offered))}. It overwrites nothing of yours."
        elif does == "keep":
            row["reference"] = need.reference
            # If the host also needs permission, one click does both.
            waits = any((each.alias, each.lack) == (need.alias, Lack.UNTRUSTED) for each in self._found.unmet)
            question = self.session.untrusted(need.alias) if waits else None
            if question and question.answers:
                row["question"] = question_view(question)
        elif does == "trust":
            question = self.session.untrusted(need.alias)
            if question and question.answers:
                asked = question_view(question)
                row |= {"help": asked["warning"], "question": asked}
            else:
                does = None
        if does is None and need.remedy:
            row |= {"does": "copy", "line": need.remedy}
        elif does is not None:
            row["does"] = does
            if does in BUTTONS:
                row["button"] = BUTTONS[does]
        return row

    def answer(self) -> Result:
        """See `BaseWidget.answer`: the needs as a table."""
        return self._found

    def refresh(self) -> None:
        """Check again."""
        self._found = self.session.require(*self._found.aliases, file=self._found.file or None)
        self.view = self.first_view()

    def _dispatch(self, content: dict[str, Any]) -> None:
        try:
            super()._dispatch(content)
        finally:
            if content["intent"] != "close":
                self.refresh()

    # ---- the remedies -------------------------------------------------------------------------------------------------

    @intent
    def on_hello(self, content: Content) -> None:
        """Check again for a page that shows the needs."""
        self.on_check(content)

    @intent
    def on_check(self, content: Content) -> None:
        """Check again, which every intent does, and warn about problems with the environment."""
        if self._found.notes:
            self.note(" ".join(self._found.notes), tone="warn", to=content)

    @intent
    def on_import(self, content: Content) -> None:
        """Import the missing entries of the project file. It replaces nothing and trusts no host."""
        done = self.session.require(*self._found.aliases, file=self._found.file or None, yes=True).done
        what = f"Imported: {', '.join(done)}." if done else "Nothing was imported."
        self.note(what, " ".join(self._found.notes), tone="good", to=content)

    @intent
    def on_keep(self, content: Content) -> None:
        """Store a pasted value for a reference, for this environment, and trust the host that the page has shown with it."""
        answers = content.get("answers")
        try:
            answer = keep_secret(self.session, content)
            if "done" in answer and isinstance(answers, list):
                self.session.trust(text_in(content, "alias"), answers=answers)
        except AiconnError as error:
            answer = error_view(error)
        self.reply(content, "kept", field=text_in(content, "field"), **answer)

    @intent
    def on_trust(self, content: Content) -> None:
        """Trust the host that the page has shown."""
        answers = content.get("answers")
        if isinstance(answers, list):
            self.note(self.session.trust(text_in(content, "alias"), answers=answers).what, tone="good", to=content)

    @intent
    def on_enable(self, content: Content) -> None:
        """Enable a connection."""
        self.note(self.session.enable(text_in(content, "alias")).what, tone="good", to=content)

    @intent
    def on_default(self, content: Content) -> None:
        """Make a profile the default, if there is none."""
        alias = text_in(content, "alias")
        if not self.session.default_alias(self.session.profile(alias).capability):
            self.session.default_profile(alias)

    @intent
    def on_close(self, content: Content) -> None:
        """Remove the widget."""
        if self._on_close is not None:
            self._on_close()


def question_view(question: Question) -> Plain:
    """Return what would go to a host without permission, a warning, and the answers that permit it."""
    return {"what": question.words, "warning": TRUST, "answers": list(question.answers)}


def _key(need: Need) -> Key:
    return need.kind, need.alias, need.lack, need.reference


def _row(need: Need, state: str) -> Plain:
    key = " ".join(map(str, _key(need)))
    lack = str(need.lack or "")
    return {
        "id": key,
        "kind": need.kind,
        "alias": need.alias,
        "words": need.words,
        "lack": lack,
        "state": state,
        "does": "",
    }


def _done(need: Need) -> Plain:
    words = DONE[need.lack].format(reference=need.reference) if need.lack else need.words
    return {**_row(need, "done"), "words": words}


def _planned(need: Need) -> str:
    if need.kind == "default":
        return f"{need.alias} becomes the default"
    again = f", linked to {', '.join(need.relinked)} again" if need.relinked else ""
    return f"{need.kind} {need.alias}{again}"
