#!/usr/bin/env bash
# ipywidgets: one more option moves the choice to the first one, and tells the observers; in other widgets it stays.
#
# One would expect: setting the options of a Dropdown keeps its value where the new options still have it; that is what
#   a list of models that is fetched again needs.
# What happens: every selection widget drops the choice with any new list of options. Dropdown, Select, RadioButtons,
#   ToggleButtons and SelectionSlider choose the first option, and their observers are called as if a user had chosen it;
#   SelectMultiple chooses none. A list that is equal to the old one changes nothing, so it works while nothing is new.
#   If nothing was chosen, nothing is chosen. Combobox and TagsInput keep their value.
# Why it matters: a "Refresh" button for models changes the model of the next request, silently, on the day on which the
#   provider lists a new one; an observer that saves the choice saves it. Setting value behind options restores it, but
#   the observers have run by then.
# Versions: ipywidgets 8.1.9, traitlets 5.14.3, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "ipywidgets==8.1.9" "traitlets==5.14.3"

cat >"$work/probe.py" <<'PY'
import ipywidgets as widgets

OLD, NEW = ["gpt-a", "gpt-b", "gpt-c"], ["gpt-a", "gpt-b", "gpt-c", "gpt-d"]


def chosen(kind, value, options, new):
    widget = kind(options=options, value=value)
    told = []
    widget.observe(lambda change: told.append(change.new), "value")
    widget.options = new
    return widget.value, told


for kind in (widgets.Dropdown, widgets.Select, widgets.RadioButtons, widgets.ToggleButtons, widgets.SelectionSlider):
    print(kind.__name__, *chosen(kind, "gpt-b", OLD, NEW))
print("SelectMultiple", *chosen(widgets.SelectMultiple, ("gpt-b",), OLD, NEW))
print("equal options:", *chosen(widgets.Dropdown, "gpt-b", OLD, list(OLD)))
print("nothing chosen:", *chosen(widgets.Dropdown, None, OLD, NEW))
print("Combobox", *chosen(widgets.Combobox, "gpt-b", OLD, NEW))
tags = widgets.TagsInput(allowed_tags=OLD, value=["gpt-b"])
tags.allowed_tags = NEW
print("TagsInput", tags.value)
PY

cat >"$work/expected" <<'TEXT'
Dropdown gpt-a ['gpt-a']
Select gpt-a ['gpt-a']
RadioButtons gpt-a ['gpt-a']
ToggleButtons gpt-a ['gpt-a']
SelectionSlider gpt-a ['gpt-a']
SelectMultiple () [()]
equal options: gpt-b []
nothing chosen: None []
Combobox gpt-b []
TagsInput ['gpt-b']
TEXT

env -i PATH="$PATH" HOME="$work" timeout 120 "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
