"""The actions of a form on its stored entry: try a prompt, insert a cell that uses the entry, replace the key."""

from __future__ import annotations

from abc import abstractmethod

from aiconn_nb.errors import AiconnError, NoNewKey
from aiconn_nb.features.rotation import Rotation
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import sentences
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.secret import Secret

from .base_form import BaseForm
from .base_widget import Content, intent
from .form_draft import mapping_in, text_in
from .front_end import front_end
from .protocol import Input, Note, Panel
from .steps import ID, Progress
from .undo import Stored

INSERTED = "Inserted a cell below the active one."
NO_CELL = "A cell cannot be inserted from here. Copy the line."
OTHER_NOTEBOOK = "Another notebook is in front. Show the one of this kernel, or copy the line."
NO_NOTEBOOK = (
    "JupyterLab does not say which notebook is in front. Click in a cell of this one and try again, or copy the line."
)


class FormActions(BaseForm[Stored]):
    """The base class of both forms."""

    @abstractmethod
    def _line(self, alias: str) -> str:
        """Return the line of code that uses it."""

    # ---- trying ---------------------------------------------------------------------------------------------------------

    @intent
    def on_try(self, content: Content) -> None:
        """Show a panel to type a prompt, or send it to the stored entry and show the reply. The notebook stores none of it."""
        current, values = self._current_for(content), mapping_in(content, "values")
        prompt, model = values.get("prompt", ""), values.get("model", "").strip()
        if current is None:
            return
        alias = current.alias
        panel = _trying(has_model=isinstance(current, Profile))
        if not prompt.strip():
            self._show_panel(content, panel)
            return
        self._show_panel(content, {**panel, "answers": [{"text": "Asking…", "testid": "try-ask", "off": True}]})

        def ask() -> None:
            self.session.require_no_known_key(prompt)
            reply = self.session.ask(prompt, profile=alias, model=model or None)
            self._show_panel(content, {**panel, "text": reply.text, "foot": reply.footer, "said": reply.text})

        self._in_thread(ask, lambda error: self._show_panel(content, _refused(panel, error)))

    # ---- a cell ---------------------------------------------------------------------------------------------------------

    @intent
    def on_insert(self, content: Content) -> None:
        """Insert a cell that uses the stored entry. If the front end cannot, the page gets the line to copy."""
        current = self._current_for(content)
        if current is None:
            return
        line = self._line(current.alias)
        front = front_end()

        def known(is_there: bool) -> None:
            done = front.insert_cell(line) if is_there and front is not None else False
            why = "" if done else NO_CELL if not is_there else NO_NOTEBOOK if done is None else OTHER_NOTEBOOK
            note: Note = {"tone": "info" if why else "good", "what": why or INSERTED, "hint": ""}
            self._tell_note(content, {**note, "copy": ["", line]} if why else note)

        if front is None:
            known(False)
        else:
            front.once_known(known)


class Rotating(FormActions[Connection]):
    """`FormActions` for a connection's form, which can also replace the key."""

    @intent
    def on_rotate(self, content: Content) -> None:
        """Show a panel to type a new key, or test it and replace the old one only if it is proven."""
        current, field = self._current_for(content), text_in(content, "field")
        values = mapping_in(content, "values")
        if current is None:
            return
        alias, model = current.alias, values.pop("model", "").strip()
        new = {key: Secret(text) for key, text in values.items()}
        try:
            panel = _rotating(self.session.rotation(alias, field=field), field)
        except AiconnError as error:
            self.note(error.what, error.hint, tone="warn", to=content)
            return
        if not new or any(each.is_blank for each in new.values()):
            self._show_panel(content, _refused(panel, NoNewKey()) if new else panel)
            return
        self._show_panel(content, {**panel, "answers": [{"text": "Testing…", "testid": "rotate-send", "off": True}]})
        progress = Progress(lambda test: self._show_panel(content, test))

        def rotate() -> None:
            done = self.session.rotate(alias, new, field=field, model=model or None, progress=progress)
            with self._lock:
                self._show(self._current() or self._last)
            for id in (ID, panel["id"]):
                self._tell(content, "close", id=id)
            more = [*(f"{key}: {where}." for key, where in done.kept), *done.notes, *done.warnings]
            self._tell_note(content, {"tone": "good", "what": f"{alias} has a new key.", "hint": "", "lines": more})

        def failed(error: AiconnError) -> None:
            if progress.steps:
                progress.end("The new key did not pass")
            else:
                self._tell(content, "close", id=ID)
            self._show_panel(content, _refused(panel, error))

        self._in_thread(rotate, failed)


def _trying(*, has_model: bool) -> Panel:
    """Return the panel to try a prompt; a profile has its own model."""
    inputs: list[Input] = [
        {"name": "model", "kind": "code", "label": ["Model"], "testid": "try-model"},
        {"name": "prompt", "kind": "lines", "label": ["Prompt"], "testid": "try-prompt"},
    ]
    return {
        "id": "try",
        "title": "Try a prompt",
        "close": "Close",
        "unsaved": "It uses the stored settings; your changes are not saved yet.",
        "inputs": inputs[1:] if has_model else inputs,
        "answers": [{"text": "Ask", "testid": "try-ask", "intent": "try"}],
    }


def _rotating(planned: Rotation, field: str) -> Panel:
    """Return the panel to replace a key: it asks for the new keys."""
    keys: list[Input] = [
        {"name": each.key, "kind": "key", "label": [f"New {each.label}"], "testid": f"rotate-{each.key}"}
        for each in planned.fields
    ]
    model = "Model to ask, if the test cannot tell"
    return {
        "id": "rotate",
        "title": "Rotate the key",
        "help": [["The old key stays until the new one has passed the test."]],
        "inputs": [*keys, {"name": "model", "kind": "text", "label": [model], "testid": "rotate-model"}],
        "answers": [
            {"text": "Test and replace", "testid": "rotate-send", "intent": "rotate", "data": {"field": field}},
            {"text": "Not now", "kind": "quiet"},
        ],
    }


def _refused(panel: Panel, error: AiconnError) -> Panel:
    words = sentences(error.what, error.hint)
    return {**panel, "error": words, "said": words}
