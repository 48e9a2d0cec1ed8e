"""Answering, submitting and accepting a self-assessment, signing the declaration."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.story.years import open_year
from verification.models import AnnualDeclaration, CentreYear, SelfAssessment, SelfAssessmentSection
from verification.operations import declarations, self_assessment_sections, self_assessments
from verification.operations.self_assessment_sections import Answer
from verification.queries import self_assessments as queries
from verification.queries.years import required_statements


def on(day: int, month: int = 10, year: int = 2026, hour: int = 9) -> datetime:
    """A moment of the autumn."""
    return datetime(year, month, day, hour, 0, tzinfo=UTC)


def self_assessment_of(centre_year: CentreYear) -> SelfAssessment:
    """The self-assessment of a year, with what operations and pages need around it."""
    return queries.with_year(SelfAssessment.objects).get(centre_year=centre_year)


def sections_of(centre_year: CentreYear) -> list[SelfAssessmentSection]:
    """Its sections in order."""
    return list(queries.sections_of(self_assessment_of(centre_year)))


def answer_section(section: SelfAssessmentSection, *, by, at=None, value=True, comment="", only=None):
    """Answer every question of a section (or the first ``only``) the same way."""
    section.refresh_from_db()
    keys = [row.question for row in section.answers.order_by("pk")][:only]
    return self_assessment_sections.save_section(
        section_id=section.pk,
        answers={key: Answer(value, comment) for key in keys},
        revision=section.revision,
        by=by,
        at=at or on(20),
    )


def answered_self_assessment(cast, *, year=2026, at=None, house=None) -> SelfAssessment:
    """Every question answered Yes by the Quality Nominee, not submitted."""
    house = house or cast.northgate
    centre_year = CentreYear.objects.filter(centre=house.centre, year=year).first()
    centre_year = centre_year or open_year(cast, year, house=house)
    for section in sections_of(centre_year):
        answer_section(section, by=house["qn"], at=at or on(20, year=year))
    return self_assessment_of(centre_year)


def submitted_self_assessment(cast, *, year=2026, at=None, house=None) -> SelfAssessment:
    """Answered and submitted by the Quality Nominee on 20 October; opens the year when it is not open."""
    house = house or cast.northgate
    at = at or on(20, year=year)
    answered = answered_self_assessment(cast, year=year, at=at, house=house)
    self_assessments.submit(self_assessment_id=answered.pk, by=house["qn"], at=at)
    return self_assessment_of(answered.centre_year)


def signed_declaration(cast, *, year=2026, at=None, house=None) -> AnnualDeclaration:
    """Signed in time by the Head of Centre; opens the year when it is not open."""
    house = house or cast.northgate
    centre_year = CentreYear.objects.filter(centre=house.centre, year=year).first()
    centre_year = centre_year or open_year(cast, year, house=house)
    declaration = AnnualDeclaration.objects.get(centre_year=centre_year)
    statements = required_statements(centre_year)
    return declarations.sign(
        declaration_id=declaration.pk,
        accepted=[statement.key for statement in statements],
        by=house["head"],
        at=at or on(21, 9, year=year),
    )
