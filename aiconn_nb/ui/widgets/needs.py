"""A notebook's requirements: each unmet need with its remedy, until all are met."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.requirements import Lack, Need, Requirements
from aiconn_nb.features.trust import Question
from aiconn_nb.model.hint import sentences
from aiconn_nb.session import Session
from aiconn_nb.session.results import Result

from .base_widget import BaseWidget, Content, bundle, intent
from .form_checks import answers_again, keep_secret
from .form_draft import mapping_in, text_in
from .list_views import Plain
from .protocol import Answer, Body, NeedView
from .question_panels import TRUST

BUTTONS: Final = {
    "import": "Import",
    "keep": "Save",
    "trust": "Trust this host",
    "enable": "Enable",
    "default": "Make it the default",
}
"""The words of the remedies."""

REMEDIES: Final = {
    Lack.UNRESOLVED: "keep",
    Lack.UNTRUSTED: "trust",
    Lack.INACTIVE: "enable",
    Lack.NO_DEFAULT: "default",
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


_CHECK: Answer = {"text": "", "kind": "quiet", "icon": "refresh", "label": "Check again", "intent": "check"}
_CLOSE: Answer = {
    "text": "",
    "kind": "quiet",
    "icon": "close",
    "label": "Close",
    "intent": "close",
    "testid": "needs-close",
}


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
        rows = len(missing) + len(done) + len(ready)
        return {
            "kind": "needs",
            "title": f"{len(missing)} of {rows} needs are not met" if missing else "Ready: all needs are met",
            "about": f"{found.source or 'what was named'}, in {found.environment}",
            "missing": len(missing),
            "rows": [*map(self._missing, missing.values()), *done, *ready],
            "answers": [_CHECK, *([_CLOSE] if self._on_close is not None else [])],
        }

    def _is_open(self, need: Need) -> bool:
        """Whether another problem replaced a former one, which is not solved: the entry is gone, or it is a profile or a default,
        of which only one problem at a time is known."""
        others = [each for each in self._found.unmet if (each.kind, each.alias) == (need.kind, need.alias)]
        return any(need.kind != "connection" or each.lack is Lack.MISSING for each in others)

    def _was_missing(self, need: Need) -> bool:
        return any((kind, alias) == (need.kind, need.alias) for kind, alias, *_ in self._seen)

    def _missing(self, need: Need) -> NeedView:
        return {**_row(need, "missing"), **self._remedy(need)}

    def _remedy(self, need: Need) -> Body:
        """Return what meets a need: a button, a value to paste, or the command."""
        does = "import" if need.is_offered else REMEDIES.get(need.lack, "") if need.lack else ""
        question = self.session.untrusted(need.alias) if does in ("keep", "trust") else None
        if does == "import":
            offered = [each for each in self._found if each.is_offered]
            if need is not offered[0]:
                return {"help": [["The same import adds it."]]}
            what = f"Imports {', '.join(map(_planned, offered))}. It overwrites nothing of yours."
            return {"help": [[what]], "answers": [_button(need, does)]}
        if does == "keep" and need.reference and not need.is_shown:
            # If the host also needs permission, one click does both.
            waits = any((each.alias, each.lack) == (need.alias, Lack.UNTRUSTED) for each in self._found.unmet)
            return self._keeping(need, question if waits and question and question.answers else None)
        if does == "trust" and question and question.answers:
            return {"help": [[TRUST]], "answers": [_button(need, does, answers=list(question.answers))]}
        if does == "enable" or (does == "default" and need.remedy):
            return {"answers": [_button(need, does)]}
        return {"copy": ["", need.remedy]} if need.remedy else {}

    def _keeping(self, need: Need, question: Question | None) -> Body:
        """Return the input for the value of a reference; with a question, also the button that trusts the host, too."""
        environment = self._found.environment
        label = ["Value for ", need.reference, f", encrypted for {environment} on this machine"]
        keep = partial(_button, need, "keep", field=_id(need), reference=need.reference, environment=environment)
        body: Body = {
            "inputs": [{"name": "value", "kind": "key", "label": label, "testid": f"value-{need.alias}"}],
            "answers": [keep()],
        }
        if question:
            trust = keep(answers=list(question.answers))
            trust |= {"text": "Save and trust this host", "testid": f"keep-and-trust-{need.alias}"}
            body["help"] = [["", need.alias, f" {question.words}. {TRUST}"]]
            body["answers"].append(trust)
        return body

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
        given, answers = {**content, **mapping_in(content, "values")}, content.get("answers")
        kept, problem = None, ""
        try:
            kept = keep_secret(self.session, given)
            if not kept.problem and isinstance(answers, list):
                self.session.trust(text_in(content, "alias"), answers=answers)
        except AiconnError as error:
            problem = sentences(error.what, error.hint)
        if kept and not kept.problem and not problem:
            self.note(kept.done, tone="good", to=content)
            return
        id = text_in(content, "field")
        body = next((self._remedy(each) for each in self._found.unmet if _id(each) == id), Body())
        again = answers_again(body.get("answers", ()), given, kept)
        problem = problem or (kept.problem if kept else "")
        self.reply(content, "panel", **{"id": id, "title": "", **body, "answers": again, "error": problem})

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


def _key(need: Need) -> Key:
    return need.kind, need.alias, need.lack, need.reference


def _id(need: Need) -> str:
    return " ".join(map(str, _key(need)))


def _button(need: Need, does: str, **data: Any) -> Answer:
    """Return the button of a remedy."""
    return {
        "text": BUTTONS[does],
        "testid": f"{does}-{need.alias}",
        "intent": does,
        "data": {"alias": need.alias, **data},
    }


def _row(need: Need, state: Literal["missing", "done", "ready"]) -> NeedView:
    lack = str(need.lack or "") if state == "missing" else state
    return {"id": _id(need), "kind": need.kind, "alias": need.alias, "words": need.words, "lack": lack, "state": state}


def _done(need: Need) -> NeedView:
    words = DONE[need.lack].format(reference=need.reference) if need.lack else need.words
    return {**_row(need, "done"), "words": words}


def _planned(need: Need) -> str:
    if need.kind == "default":
        return f"{need.alias} becomes the default"
    again = f", linked to {', '.join(need.relinked)} again" if need.relinked else ""
    return f"{need.kind} {need.alias}{again}"
