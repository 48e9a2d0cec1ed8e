"""Our form templates write the kit's markup: compared with the kit's own examples where the options are the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict, ErrorList
from django.template.loader import render_to_string

from tests.kit.markup import tree

COMPONENTS = Path(settings.ROOT) / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
COMMON = {"label": {"text", "classes"}, "hint": {"text"}, "errorMessage": {"text"}, "id": None, "name": None}
TEXT = {"classes": None, "attributes": None, "autocomplete": None, "value": None, "formGroup": {"classes"}}
CHOICE = {
    "fieldset": {"legend"},
    "legend": {"text"},
    "hint": {"text"},
    "errorMessage": {"text"},
    "idPrefix": None,
    "name": None,
    "items": {"value", "text", "checked"},
}
COVERED = {
    "input": COMMON
    | TEXT
    | {"type": None, "inputmode": None, "pattern": None, "prefix": {"text"}, "suffix": {"text"}},
    "textarea": COMMON | TEXT | {"rows": None},
    "select": COMMON | {"items": {"value", "text", "selected"}, "classes": None, "formGroup": {"classes"}},
    "file-upload": COMMON,
    "radios": CHOICE,
    "checkboxes": CHOICE,
}


def _covers(options: dict, covered: dict) -> bool:
    for name, value in options.items():
        if name not in covered:
            return False
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict) and covered[name] is not None and not set(part) <= covered[name]:
                return False
            if isinstance(value, list) and (not isinstance(part, dict) or not part.get("value")):
                return False
    legend = options.get("fieldset", {}).get("legend", {})
    return set(legend) <= {"text"}


def _examples():
    for component, covered in COVERED.items():
        fixtures = json.loads((COMPONENTS / component / "fixtures.json").read_text())["fixtures"]
        for fixture in fixtures:
            options = fixture["options"]
            named = {"name", "idPrefix", "id"} & set(options)
            choice = component in ("radios", "checkboxes")
            if named and _covers(options, covered) and (not choice or "fieldset" in options):
                yield pytest.param(component, fixture, id=f"{component}: {fixture['name']}")


def _choices(options):
    return [(str(item["value"]), item["text"]) for item in options.get("items", [])]


def _field(component: str, options: dict) -> forms.Field:
    attrs = dict(options.get("attributes", {}))
    attrs |= {name: options[name] for name in ("autocomplete", "inputmode", "pattern") if name in options}
    if options.get("classes"):
        attrs["class"] = options["classes"]
    if component == "input":
        widget = forms.TextInput(attrs)
        widget.input_type = options.get("type", "text")
        return forms.CharField(widget=widget)
    if component == "textarea":
        return forms.CharField(widget=forms.Textarea(attrs | {"rows": options.get("rows", 5)}))
    if component == "file-upload":
        return forms.FileField(widget=forms.FileInput(attrs))
    if component == "select":
        return forms.ChoiceField(choices=_choices(options), widget=forms.Select(attrs))
    if component == "radios":
        return forms.ChoiceField(choices=_choices(options), widget=forms.RadioSelect)
    return forms.MultipleChoiceField(choices=_choices(options), widget=forms.CheckboxSelectMultiple)


def _initial(component: str, options: dict):
    picked = [str(i["value"]) for i in options.get("items", []) if i.get("checked") or i.get("selected")]
    if component == "checkboxes":
        return picked
    return picked[-1] if picked else options.get("value")


def _bound(component: str, options: dict, name: str):
    field = _field(component, options)
    field.required = field.say_optional = False
    field.label = options.get("label", options.get("fieldset", {}).get("legend", {})).get("text", "")
    field.help_text = options.get("hint", {}).get("text", "")
    form = type("ExampleForm", (forms.Form,), {name: field})(auto_id="%s")
    form.initial = {name: _initial(component, options)}
    form.fields[name].say_optional = False
    message = options.get("errorMessage", {}).get("text")
    form._errors = ErrorDict({name: ErrorList([message])} if message else {})
    return form[name]


def _same_name(nodes: list, name: str) -> list:
    """A kit example may have an id that is not its name; Django makes one from the other."""
    for node in nodes:
        if isinstance(node, list):
            if "name" in node[1]:
                node[1]["name"] = name
            _same_name(node[2], name)
    return nodes


@pytest.mark.parametrize(("component", "fixture"), list(_examples()))
def test_a_field_is_drawn_as_the_kit_draws_it(component, fixture):
    options = fixture["options"]
    name = options.get("id") or options.get("idPrefix") or options["name"]
    context = {
        "field": _bound(component, options, name),
        "label_class": options.get("label", {}).get("classes", ""),
        "wrapper_class": options.get("formGroup", {}).get("classes", ""),
        "prefix": options.get("prefix", {}).get("text"),
        "suffix": options.get("suffix", {}).get("text"),
    }
    ours = _same_name(tree(render_to_string("portal_pack/field.html", context)), name)
    assert ours == _same_name(tree(fixture["html"]), name)


def test_enough_examples_of_the_kit_are_covered():
    assert len(list(_examples())) >= 40


class HostileForm(forms.Form):
    """Everything that could come from data carries markup."""

    answer = forms.CharField(label="<b>label</b>", help_text="<b>hint</b>")
    choice = forms.ChoiceField(
        label="<b>legend</b>", choices=[("<v>", "<b>choice</b>")], widget=forms.RadioSelect
    )
    statement = forms.BooleanField(label="<b>statement</b>", help_text="<b>hint</b>")


def test_everything_from_data_is_escaped():
    form = HostileForm({"answer": ""})
    form.add_error("answer", "<b>error</b>")
    html = render_to_string("portal_pack/uni_form.html", {"form": form})
    html += render_to_string("parts/error_summary.html", {"form": form})
    assert "<b>" not in html
    assert "<v>" not in html
