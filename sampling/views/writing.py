"""Writing a sample up: compliance, the report's own words with the recommendation, and the centre's actions."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from centres.pages import needs
from centres.permissions import Permission as P
from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from qa_portal import clock, notices, wording
from qa_portal.errors import EditConflict, RuleViolation
from sampling.forms.writing import ActionForm, ComplianceForm, WritingForm
from sampling.models import ComplianceCheck, Sample
from sampling.operations import compliance
from sampling.queries import context as known
from sampling.queries import outcomes
from sampling.rules import draft_of, text_of
from sampling.views import pages
from verification.models import DirectClaimsStatus, DraftAction, RecommendationKind, ReportDraft
from verification.operations import direct_claims
from verification.queries.actions import possible_owners
from verification.queries.visits import default_due
from verification.rules.direct_claims import POSSIBLE

either = require_http_methods(["GET", "POST"])


def _open(request: HttpRequest, pk: int) -> tuple[Sample, Scheme]:
    found = pages.the_sample(request, pk, P.SAMPLE_JUDGE)
    return found, scheme_of(found.scheme_version)


@either
@needs(P.SAMPLE_JUDGE)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    found, scheme = _open(request, pk)
    draft = draft_of(found)
    checks = {
        each.criterion: each
        for each in ComplianceCheck.objects.filter(centre_id=found.centre_id, sample=found)
    }
    form = ComplianceForm(
        request.POST or None,
        criteria=scheme.verification.standards_verification.criteria,
        kept=checks,
        initial={"revision": draft.revision if draft else 0},
    )
    conflict = None
    if request.method == "POST" and form.is_valid():
        conflict = _saved(request, found, form, draft, checks=form.checks())
        if conflict is None:
            notices.done(request, "Compliance saved")
            return redirect("sample", pk=found.pk)
    context = {
        "heading": "Compliance, staffing and resources",
        "form": form,
        "rows": form.rows(),
        "conflict": conflict,
        "theirs": [(key, each.get_judgement_display(), each.evidence_seen) for key, each in checks.items()],
        "answers": known.answers_on(found),
        "findings": known.findings_on(found, scheme),
        "actions": known.open_actions_on(found),
    }
    return _page(request, found, "sampling/compliance.html", "Compliance", context)


@either
@needs(P.SAMPLE_JUDGE)
def write(request: HttpRequest, pk: int) -> HttpResponse:
    found, scheme = _open(request, pk)
    draft = draft_of(found)
    status = DirectClaimsStatus.objects.select_related("programme__qualification").get(
        centre_id=found.centre_id, programme_id=found.programme_id
    )
    sections = [
        section
        for section in scheme.verification.reports["standards_verification"].sections
        if section.filled == "written"
    ]
    form = WritingForm(
        request.POST or None,
        sections=sections,
        kinds=[(kind, RecommendationKind(kind).label) for kind in POSSIBLE[status.status]],
        initial={section.key: text_of(draft, section.key) for section in sections}
        | {
            "revision": draft.revision if draft else 0,
            "direct_claims_kind": text_of(draft, "direct_claims_kind"),
            "direct_claims_reasons": text_of(draft, "direct_claims_reasons"),
        },
    )
    conflict = None
    if request.method == "POST" and form.is_valid():
        kind, reasons = form.cleaned_data["direct_claims_kind"], form.cleaned_data["direct_claims_reasons"]
        conflict = _saved(request, found, form, draft, texts=form.texts(), direct_claims=(kind, reasons))
        if conflict is None:
            notices.done(request, "Report saved")
            return redirect("sample", pk=found.pk)
    context = {
        "heading": "Report and direct claims status",
        "form": form,
        "written": form.written(),
        "conflict": conflict,
        "theirs": [(s.title, "", text_of(draft, s.key)) for s in sections if text_of(draft, s.key)],
        "status": status,
        "preconditions": direct_claims.assess(
            status, scheme=scheme, reviews=outcomes.reviews_of(found.centre_id, found.programme_id)
        ),
        "scheme_version": found.scheme_version,
    }
    return _page(request, found, "sampling/writing.html", "Report", context)


def _saved(
    request: HttpRequest, found: Sample, form: Any, draft: ReportDraft | None, **what: Any
) -> str | None:
    """Save a part of the write-up; what stands in the way when another window was first, with the form ready to save
    over it."""
    try:
        with transaction.atomic():
            compliance.save(
                sample_id=found.pk,
                revision=form.cleaned_data.get("revision") or 0,
                by=request.user,
                at=clock.now(),
                **what,
            )
    except EditConflict as conflict:
        form.data = form.data.copy()
        form.data["revision"] = draft.revision if draft else 0
        return conflict.message
    return None


@either
@needs(P.SAMPLE_JUDGE)
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    found, scheme = _open(request, pk)
    policy = scheme.verification.standards_verification
    form = ActionForm(
        request.POST or None,
        criteria=policy.criteria,
        owners=possible_owners(found.centre_id, clock.today()),
        initial={"due_on": default_due(found.activity, "ESSENTIAL", risk=False, on=clock.today())},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                compliance.add_action(
                    sample_id=found.pk,
                    level=data["level"],
                    criterion=data["criterion"],
                    text=data["text"],
                    owner_id=data["owner"],
                    due_on=data["due_on"],
                    risk_to_valid_certification=data["risk_to_valid_certification"],
                    by=request.user,
                    at=clock.now(),
                )
        except RuleViolation as refusal:
            form.add_error("due_on" if "day" in refusal.message else None, refusal.message)
        else:
            notices.done(request, "Action written", "The centre gets it with the report.")
            return redirect("sample-actions", pk=found.pk)
    titles = {criterion.key: criterion.title for criterion in policy.criteria}
    drafts = DraftAction.objects.filter(centre_id=found.centre_id, activity_id=found.activity_id)
    context = {
        "heading": "Actions for the centre",
        "form": form,
        "drafts": [
            {
                "draft": draft,
                "criterion": titles.get(draft.criterion, "Assessment decisions"),
                "shape": "suspended" if draft.level == "ESSENTIAL" else "careful",
                "due": wording.date_short(draft.due_on),
            }
            for draft in drafts.select_related("owner").order_by("level", "due_on", "pk")
        ],
    }
    return _page(request, found, "sampling/actions.html", "Actions", context)


@require_POST
@needs(P.SAMPLE_JUDGE)
def remove_action(request: HttpRequest, pk: int, draft_id: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_JUDGE)
    compliance.remove_action(sample_id=found.pk, draft_id=draft_id, by=request.user, at=clock.now())
    notices.done(request, "Action taken out")
    return redirect("sample-actions", pk=found.pk)


def _page(
    request: HttpRequest, found: Sample, template: str, crumb: str, context: dict[str, Any]
) -> HttpResponse:
    common = {
        "sample": found,
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, (crumb, None)),
        "back_url": reverse("sample", args=[found.pk]),
    }
    return render(request, template, common | context, status=409 if context.get("conflict") else 200)
