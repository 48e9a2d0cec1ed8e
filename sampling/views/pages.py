"""What every page of a sample shares: finding it, its breadcrumbs, states as shape and word."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from centres import academic_year
from centres.pages import find
from centres.permissions import Permission as P
from qa_portal import wording
from qa_portal.tenancy import Side
from sampling.models import ItemStatus, Sample, SampledItem, SampleOutcome, SampleStatus, Verdict
from sampling.queries import samples as queries

STATUS = {
    SampleStatus.PLANNING: ("under-way", "moving"),
    SampleStatus.REQUESTED: ("date-set", "moving"),
    SampleStatus.JUDGING: ("under-way", "moving"),
    SampleStatus.CONCLUDED: ("done", "good"),
    SampleStatus.WAIVED: ("not-held", "idle"),
}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def the_sample(request: HttpRequest, pk: int, *permissions: str) -> Sample:
    """The sample a page is about (404 where the person may not know of it), in its centre's scope."""
    found = queries.with_names(Sample.objects.visible_to(request.user))
    return find(request, found, pk, *(permissions or (P.SAMPLE_READ,)))


def is_centre(request: HttpRequest) -> bool:
    """Whether the page is read from the centre's side."""
    return bool(request.user.access.side == Side.CENTRE)


def name_of(sample: Sample) -> str:
    """How breadcrumbs call a sample: "Circuit Training, first sample 2026-27"."""
    nth = ORDINALS[sample.round - 1] if sample.round <= len(ORDINALS) else f"number {sample.round}"
    return f"{sample.programme.qualification.label}, {nth} sample {academic_year.label(sample.year)}"


def way(request: HttpRequest, sample: Sample, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Breadcrumbs of a sample's pages."""
    if is_centre(request):
        first = ("Activities", reverse("activities", args=[sample.centre.number]))
    else:
        first = ("Samples", reverse("samples"))
    own = (name_of(sample), reverse("sample", args=[sample.pk]) if more else None)
    return [first, own, *more]


def caption_of(sample: Sample) -> str:
    """What a sample belongs to: the centre with its number."""
    return f"{sample.centre.name}, centre {sample.centre.number}"


def state_of(item: SampledItem) -> tuple[str, str]:
    """Shape and word of an item; ``items_of`` has read its verdict."""
    verdict = getattr(item, "verdict", None)
    if item.status == ItemStatus.JUDGED:
        if verdict == Verdict.DISAGREE:
            return "disagreed", "Disagreed"
        return ("done", "Agreed") if verdict == Verdict.AGREE else ("done", "Judged")
    if item.status == ItemStatus.MISSING:
        return "careful", "Evidence missing"
    if item.status == ItemStatus.RECEIVED:
        return "not-started", "To judge"
    return "date-set", "Not sent yet"


def item_url(sample: Sample, item: SampledItem) -> str:
    """The page of one item, by its number."""
    return reverse("sample-item", args=[sample.pk, item.position])


GRADES = {"P": "Pass", "M": "Merit", "D": "Distinction", "U": "Not yet achieved"}


def grade_of(item: SampledItem) -> str:
    """The grade in words, as it stood at the request; before it, as it stands now."""
    grade = str(item.facts.get("grade") or item.decision.grade)
    return GRADES.get(grade, grade)


def grouped(digest: str, by: int = 16) -> str:
    """A long digest in groups, so that it can be read aloud and breaks on a narrow page."""
    return " ".join(digest[i : i + by] for i in range(0, len(digest), by))


def work_of(item: SampledItem) -> str:
    """What an item is: "unit 4, assignment 2"."""
    assignment = item.decision.assignment
    return f"unit{wording.NBSP}{assignment.unit.number}, assignment{wording.NBSP}{assignment.number}"


def reasons_of(item: SampledItem) -> list[str]:
    """Why an item is in the sample, in words."""
    return [str(reason["text"]) for reason in item.reasons]


def tally(items: list[SampledItem]) -> dict[str, int]:
    """How many items stand where."""
    return {
        "all": len(items),
        "judged": sum(item.status == ItemStatus.JUDGED for item in items),
        "missing": sum(item.status == ItemStatus.MISSING for item in items),
        "waiting": sum(item.status == ItemStatus.REQUESTED for item in items),
        "disagreed": sum(getattr(item, "verdict", None) == Verdict.DISAGREE for item in items),
    }


def summary(items: list[SampledItem]) -> str:
    """ "9 judged, 1 missing"."""
    counts = tally(items)
    missing = f", {counts['missing']} missing" if counts["missing"] else ""
    return f"{counts['judged']} judged{missing}"


def outcome_of(sample: Sample) -> dict[str, Any] | None:
    """The outcome as a banner shows it, or None before the conclusion."""
    if sample.status != SampleStatus.CONCLUDED:
        return None
    pending = sample.outcome == SampleOutcome.PENDING
    return {
        "shape": "suspended" if pending else "done",
        "function": "stop" if pending else "good",
        "word": sample.get_outcome_display(),  # type: ignore[attr-defined]
    }


def the_item(sample: Sample, position: int) -> SampledItem:
    """One item of a sample by its number, with learner, assignment and unit. Raises Http404."""
    item = (
        SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample, position=position)
        .select_related("decision__registration__learner", "decision__assignment__unit", "sample")
        .first()
    )
    if item is None:
        raise Http404
    return item
