"""No message to a page and no state in a saved notebook contains a key that is typed in a widget or held by a connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.providers.base import Provider
from aiconn_nb.session import kernel_session
from aiconn_nb.ui.widgets import connection_form, connection_list, manager, profile_form, profile_list
from aiconn_nb.ui.widgets.base_widget import BaseWidget
from aiconn_nb.ui.widgets.needs import Needs
from tests.internal_errors import has_internal_error

from .canary import Canary, found
from .conftest import CASE_IDS, CASES, Door, Record, Searched, in_files, shows


def widget_classes(kind: type[BaseWidget] = BaseWidget) -> Iterator[type[BaseWidget]]:
    """Yield every widget class that answers intents. Base classes with subclasses are left out."""
    for each in kind.__subclasses__():
        yield from widget_classes(each)
        if each.intents and not each.__subclasses__():
            yield each


def heard_of(widget: BaseWidget) -> list[str]:
    """Return a list that collects everything the kernel sends to this widget's pages from now on."""
    heard: list[str] = []
    comm = widget.comm if widget.host is None else widget.host.comm  # a part speaks through its host
    assert comm is not None
    comm.publish_msg = lambda kind, data=None, **keys: heard.append(json.dumps([kind, data], default=repr))
    return heard


def message(door: Door, typed: Canary, seen: dict[str, Any]) -> dict[str, Any]:
    """Return a message with everything that any intent reads: keys in the secret fields, and a value to keep."""
    return {
        "page": "p",
        "seq": 1,
        "provider": door.provider.id,
        "name": "Another name",
        "dirty": True,
        "fields": {**door.plain, **dict.fromkeys(door.keys, typed.value)},
        "version": seen["version"],
        "reference": "$Leak:Kept",
        "value": typed.value,
        "field": door.keys[0],
        "capability": "chat",
        "model": "gpt-4o",
        "connections": [seen["id"]],
        "rows": [seen],
        "active": True,
        "number": 1,
        **seen,
    }


def widgets(alias: str) -> list[BaseWidget]:
    """Return one widget of each kind, on the existing connection and profile."""
    made = manager.manager()
    return [
        connection_form.ConnectionForm(alias),
        connection_form.ConnectionForm(),
        connection_list.ConnectionList(),
        profile_form.ProfileForm("p"),
        profile_form.ProfileForm(),
        profile_list.ProfileList(),
        made.list,
        made.bar,
        made.tabs,
        Needs(kernel_session().require("p")),
    ]


@pytest.mark.parametrize(("provider", "keys"), CASES, ids=CASE_IDS)
def test_no_intent_gives_a_key_away(
    provider: Provider,
    keys: Sequence[str],
    echoing: str,
    isolated: Path,
    searched: Searched,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    all_logs: pytest.LogCaptureFixture,
    record_figure: Record,
) -> None:
    """The test sends every intent of every widget, with typed keys, for a connection that has other keys."""
    door, typed = Door("api", provider, keys, echoing), Canary(provider.id, "typed")
    session = kernel_session()
    door.open(session, searched, monkeypatch)
    session.create_profile("p", connections=["a"], model="gpt-4o")
    everything: list[str] = []
    driven = set()
    for widget in widgets("a"):
        heard = heard_of(widget)
        for intent in widget.intents:
            stored = session.find(session.get("a").id) if "a" in session.aliases() else None
            seen = {"id": stored.id if stored else "", "alias": "a", "version": stored.version if stored else 1}
            widget._receive(widget, {**message(door, typed, seen), "intent": intent}, [])
            driven.add((type(widget).__name__, intent))
            for thread in threading.enumerate():
                if thread.name.startswith("aiconn-") and thread.name not in ("aiconn-deadline", "aiconn-loop"):
                    thread.join()
            if "a" not in session.aliases():
                session.undelete("a")
            if not session.profiles():
                session.undelete_profile("p")
        everything += [*heard, json.dumps(widget.get_state(), default=repr), shows(widget)]
        widget.close()
    searched.close()
    hidden = [*door.all, typed]
    assert driven == {(kind.__name__, intent) for kind in widget_classes() for intent in kind.intents}
    assert not has_internal_error("\n".join(everything))
    assert found("\n".join(everything), hidden) == []
    assert found("".join(capsys.readouterr()), hidden) == []
    assert found(all_logs.text, hidden) == []
    assert in_files(isolated, hidden) == {}
    record_figure("intents sent to widgets, with keys in them", len(driven))
