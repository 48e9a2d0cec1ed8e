"""What a verifier reads beside a sample: the centre's answers as they were asked, and the way to the rest."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from sampling.queries import context as known
from tests.conftest import NOW
from tests.story.samples import JUDGED_AT, sample_judged
from tests.story.self_assessments import answer_section, answered_self_assessment, sections_of
from verification.models import SelfAssessment
from verification.operations import self_assessments
from verification.queries.visits import working_days_from
from verification.questionnaire import form_of


@pytest.fixture
def sample(cast, clock_at):
    """A sample at a centre that answered No to everything it was asked."""
    made = answered_self_assessment(cast)
    for section in sections_of(made.centre_year):
        answer_section(section, by=cast["qn"], value=False, comment="We are working on it.")
    self_assessments.submit(self_assessment_id=made.pk, by=cast["qn"], at=NOW)
    clock_at(JUDGED_AT)
    return sample_judged(cast)


def test_an_answer_is_shown_with_the_question_as_it_was_asked(cast, sample):
    shown = known.answers_on(sample)
    form = form_of(SelfAssessment.objects.get(centre_id=sample.centre_id, kind="CSA"))
    texts = {question.text for section in form.values() for question in section.questions}
    assert shown.items
    assert {each.about for each in shown.items} <= texts


def test_what_is_cut_off_is_counted_and_linked(cast, sample, sign_in):
    shown = known.answers_on(sample)
    assert len(shown.items) == known.MOST < shown.total
    page = sign_in(cast["sv"]).get(reverse("sample-compliance", args=[sample.pk])).content.decode()
    assert f"All {shown.total} of them" in page
    assert shown.url in page
    assert reverse("actions", args=["10101"]) in page


def test_r81_an_action_of_a_sample_falls_due_by_the_scheme(cast, sample, sign_in):
    page = sign_in(cast["sv"]).get(reverse("sample-actions", args=[sample.pk]))
    due = page.context["form"]["due_on"].value()
    assert due > date(2027, 1, 1)
    assert due == working_days_from(sample.activity, JUDGED_AT.date(), 15)
