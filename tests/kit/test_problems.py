"""The error summary: every message once, in order, each leading to its field."""

from __future__ import annotations

from datetime import date, time

import pytest
from django import forms
from django.forms import formset_factory
from django.template.loader import render_to_string

from qa_portal import pack


class VisitForm(forms.Form):
    """A date, a question and a text."""

    on = pack.DateField(label="Date")
    at = pack.TimeField(label="Time", required=False)
    standardised = pack.yes_no(label="Every assessor took part")
    roles = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize(
    "typed",
    ["2026-11-03", "3/11/2026", "03/11/2026", "3.11.2026", "3 November 2026", "3 Nov 2026", "3/11/26"],
)
def test_a_date_is_read_however_it_is_written(typed):
    assert pack.DateField().clean(typed) == date(2026, 11, 3)


def test_a_date_that_does_not_exist_is_refused_with_what_to_do():
    with pytest.raises(forms.ValidationError, match="Enter a real date"):
        pack.DateField().clean("31 November 2026")


@pytest.mark.parametrize("typed", ["14:30", "2.30pm", "2:30 pm", "14.30"])
def test_a_time_is_read_however_it_is_written(typed):
    assert pack.TimeField().clean(typed) == time(14, 30)


def test_yes_and_no_become_true_and_false():
    field = pack.yes_no(label="Question", required=False)
    assert (field.clean("yes"), field.clean("no"), field.clean("")) == (True, False, None)


def test_each_problem_leads_to_the_first_control_of_its_field():
    html = render_to_string("portal_pack/uni_form.html", {"form": VisitForm({})})
    for target, _message in pack.problems_of(VisitForm({})):
        assert f'id="{target}"' in html


def test_the_summary_counts_what_needs_attention():
    html = render_to_string("parts/error_summary.html", {"form": VisitForm({})})
    assert "Nothing is lost, but 3 answers need attention" in html
    one = render_to_string("parts/error_summary.html", {"page_errors": [("id_uln", "Enter all 10 digits")]})
    assert "Nothing is lost, but 1 answer needs attention" in one
    assert '<a href="#id_uln">Enter all 10 digits</a>' in one


def test_a_page_without_problems_has_no_summary():
    assert render_to_string("parts/error_summary.html", {}).strip() == ""
    assert render_to_string("parts/error_summary.html", {"form": VisitForm()}).strip() == ""


def test_the_problems_of_a_formset_and_of_the_page_are_in_one_list():
    formset = formset_factory(VisitForm, extra=2, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-on": "tomorrow"}
    )
    found = pack.problems_of(formset, [("", "Choose a centre")])
    assert ("id_form-0-on", "Enter a real date, such as 3 November 2026") in found
    assert found[-1] == ("", "Choose a centre")


class EmptyForm(forms.Form):
    """Fields without words of their own for an empty answer."""

    name = forms.CharField(label="Site name")
    uln = forms.CharField(label="ULN")
    site = forms.ChoiceField(label="Site", choices=[("1", "Castle Road")])
    minutes = forms.FileField(label="Signed minutes")
    terms = forms.BooleanField(label="I have read the terms")


def test_an_empty_field_says_what_to_do_even_where_the_form_has_no_words_for_it():
    assert [message for _, message in pack.problems_of(EmptyForm({}))] == [
        "Enter site name",
        "Enter ULN",
        "Choose an answer: site",
        "Choose a file: signed minutes",
        "Tick to confirm: I have read the terms",
    ]
