"""The plain controls of forms are written as Django's templates write them, escaped alike."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from qa_portal.form_renderer import FormRenderer

NASTY = "\"><script>&'</script>"
FIELDS = {
    "text": forms.CharField(
        widget=forms.TextInput(attrs={"class": "a", "title": NASTY, "data-on": True, "x": False})
    ),
    "number": forms.IntegerField(),
    "mail": forms.EmailField(),
    "hidden": forms.CharField(widget=forms.HiddenInput()),
    "secret": forms.CharField(widget=forms.PasswordInput()),
    "day": forms.DateField(),
    "choice": forms.ChoiceField(choices=[("", "Any"), (NASTY, NASTY), ("b", "B")]),
    "grouped": forms.ChoiceField(choices=[("Group " + NASTY, [("1", "One"), ("2", "Two")]), ("3", "Three")]),
    "several": forms.MultipleChoiceField(choices=[("1", "One")], widget=forms.CheckboxSelectMultiple()),
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ["", NASTY, "b", "2", "7"])
def test_a_control_is_what_djangos_template_makes_of_it(name, value):
    class Form(forms.Form):
        field = FIELDS[name]

    ours, theirs = (str(Form({"field": value}, renderer=renderer)["field"]) for renderer in
                    (FormRenderer(), TemplatesSetting()))  # fmt: skip
    # Blank lines between options mean nothing.
    assert ours.split() == theirs.split()
