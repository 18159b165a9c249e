"""The actions of a form on its stored entry: try a prompt, insert a cell that uses the entry, replace the key."""

from __future__ import annotations

from abc import abstractmethod

from aiconn_nb.errors import AiconnError, NoNewKey
from aiconn_nb.features.checks import Rung
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Secret

from . import form_views as views
from .base_form import BaseForm
from .base_widget import Content, intent
from .form_draft import mapping_in, text_in
from .front_end import front_end
from .list_views import error_view
from .undo import Stored

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
        """Send a prompt to the stored entry, and show the reply. The notebook stores none of it."""
        current = self._current_for(content)
        prompt, model = text_in(content, "prompt"), text_in(content, "model").strip()
        if current is None:
            return
        alias = current.alias

        def ask() -> None:
            self.session.require_no_known_key(prompt)
            reply = self.session.ask(prompt, profile=alias, model=model or None)
            self._tell(content, "tried", text=reply.text, foot=reply.footer)

        self._in_thread(content, "tried", ask)

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
            self._tell(content, "inserted", line=line, done=bool(done), why=why)

        if front is None:
            known(False)
        else:
            front.once_known(known)


class Rotating(FormActions[Connection]):
    """`FormActions` for a connection's form, which can also replace the key."""

    @intent
    def on_plan_rotation(self, content: Content) -> None:
        """Answer with the keys that a rotation needs: that of this field, and those that belong to it."""
        current = self._current_for(content)
        if current is None:
            return
        field = text_in(content, "field")
        try:
            planned = self.session.rotation(current.alias, field=field)
        except AiconnError as error:
            self._tell(content, "rotation_failed", **error_view(error))
            return
        asks = [{"key": each.key, "label": each.label} for each in planned.fields]
        self._tell(content, "rotation", field=field, asks=asks)

    @intent
    def on_rotate(self, content: Content) -> None:
        """Test the new key, and replace the old one only if it is proven."""
        current, field, model = self._current_for(content), text_in(content, "field"), text_in(content, "model").strip()
        new = {key: Secret(text) for key, text in mapping_in(content, "values").items()}
        if current is None:
            return
        alias = current.alias

        def told(_: str, rung: Rung) -> None:
            self._tell(content, "rung", rung=views.rung_view(rung))

        def rotate() -> None:
            if not new or any(each.is_blank for each in new.values()):
                raise NoNewKey
            done = self.session.rotate(alias, new, field=field, model=model or None, progress=told)
            with self._lock:
                self._show(self._current() or self._last)
            more = [f"{key}: {where}." for key, where in done.kept]
            told_more = [*more, *done.notes, *done.warnings]
            self._tell(content, "rotated", what=f"{alias} has a new key.", more=told_more)

        self._in_thread(content, "rotation_failed", rotate)
