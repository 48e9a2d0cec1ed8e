"""The form of a self-assessment: its sections and empty answers, and the change between full and short form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from centres import academic_year
from centres.models import Programme
from centres.permissions import RoleCode
from centres.schemes import Scheme
from centres.schemes.questions import Section
from qa_portal import deadlines
from qa_portal.deadlines import Duty
from qa_portal.tenancy import Side
from verification.models import (
    CentreYear,
    SelfAssessment,
    SelfAssessmentAnswer,
    SelfAssessmentKind,
    SelfAssessmentSection,
    StageState,
)
from verification.operations.stages import set_stage
from verification.queries import self_assessments as queries
from verification.queries import years
from verification.questionnaire import EDITABLE, name_of, scheme_sections


def prepare(
    centre_year: CentreYear, scheme: Scheme, work_based: list[Programme], *, at: datetime
) -> SelfAssessment | None:
    """Create the self-assessment, or add sections of programmes that came later; returns it when it is new.

    Centre-wide sections stand once, programme sections once per active work-based programme (R1). Without such a
    programme there is none. A submitted form is not changed.
    """
    found = SelfAssessment.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year).first()
    if found is None and not work_based:
        return None
    if found is not None:
        if found.status in EDITABLE and _add_sections(found, scheme, work_based):
            show_progress(found)
        return None
    made = SelfAssessment.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        due_on=scheme.windows["self_assessment"].deadline(centre_year.year),
        opened_at=at,
    )
    _add_sections(made, scheme, work_based)
    set_due(made)
    show_progress(made)
    return made


def catch_up(self_assessment: SelfAssessment) -> bool:
    """Add the sections of programmes that came while the form was not open to changes; says whether any did (R1)."""
    centre_year = self_assessment.centre_year
    programmes = years.active_programmes(centre_year.centre_id, centre_year.year)
    scheme = years.scheme_of_year(centre_year)
    return _add_sections(self_assessment, scheme, years.work_based(programmes, centre_year.year))


def set_due(self_assessment: SelfAssessment, why: str = "") -> None:
    """Set or move the Quality Nominee's deadline to the date the self-assessment is due (R5)."""
    centre_year = self_assessment.centre_year
    name = name_of(self_assessment)
    duty = Duty(
        title=f"Submit the {name} {academic_year.label(centre_year.year)}",
        url=reverse("self-assessment", args=[centre_year.centre.number]),
        owner_role=RoleCode.QUALITY_NOMINEE,
        owner_side=Side.CENTRE,
        why=why or "The LSV prepares the visit from it.",
        source="Year planner",
    )
    deadlines.set_due(
        "self_assessment",
        subject=self_assessment,
        year=centre_year.year,
        due_on=self_assessment.due_on,
        duty=duty,
    )


def url_of(self_assessment: SelfAssessment) -> str:
    """Where the form of its year is answered."""
    centre_year = self_assessment.centre_year
    return reverse("self-assessment-year", args=[centre_year.centre.number, centre_year.year])


def show_progress(self_assessment: SelfAssessment) -> None:
    """Write how much is answered into the centre's year, where trackers and dashboards read it."""
    progress = queries.progress_of(queries.sections_of(self_assessment))
    state = StageState.UNDER_WAY if progress.answered else StageState.NOT_STARTED
    set_stage(self_assessment.centre_year_id, "self_assessment", state, [progress.words])


def add_short_sections(self_assessment: SelfAssessment, scheme: Scheme) -> None:
    """Make the sections of the short form when a centre first chooses it (R6); the full form's stay."""
    _add(self_assessment, [(section, None, 0) for section in scheme_sections(scheme, SelfAssessmentKind.ACD)])


def _add_sections(self_assessment: SelfAssessment, scheme: Scheme, programmes: list[Programme]) -> bool:
    wanted: list[tuple[Section, int | None, int]] = []
    for section in scheme_sections(scheme, SelfAssessmentKind.CSA):
        if section.scope == "centre":
            wanted.append((section, None, 0))
        else:
            wanted += [(section, programme.pk, place) for place, programme in enumerate(programmes)]
    return _add(self_assessment, wanted)


def _add(self_assessment: SelfAssessment, wanted: Iterable[tuple[Section, int | None, int]]) -> bool:
    there = set(self_assessment.sections.values_list("key", "programme_id"))
    missing = [row for row in wanted if (row[0].key, row[1]) not in there]
    sections = SelfAssessmentSection.objects.bulk_create(
        SelfAssessmentSection(
            centre_id=self_assessment.centre_id,
            self_assessment=self_assessment,
            key=section.key,
            programme_id=programme_id,
            position=section.number * 100 + place,
            questions=len(section.questions),
        )
        for section, programme_id, place in missing
    )
    SelfAssessmentAnswer.objects.bulk_create(
        SelfAssessmentAnswer(centre_id=self_assessment.centre_id, section=row, question=question.key)
        for row, (section, _, _) in zip(sections, missing, strict=True)
        for question in section.questions
    )
    return bool(missing)
