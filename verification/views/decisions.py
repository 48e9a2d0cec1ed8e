"""Decisions on direct claims status by a quality manager, and the number of samples agreed between verifiers."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page, find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import Refusal, RuleViolation
from qa_portal.templatetags.portal import tag
from verification.forms.decisions import CountForm, DecisionForm
from verification.lifecycle.activity_counts import ACTIVITY_COUNT
from verification.lifecycle.direct_claims import RECOMMENDATION
from verification.models import (
    ActivityCount,
    CentreYear,
    DirectClaimsRecommendation,
    DirectClaimsStatus,
    RecommendationStatus,
)
from verification.operations import activity_counts as counting
from verification.operations import direct_claims
from verification.queries import activity_counts as count_queries
from verification.queries import direct_claims as queries
from verification.queries import years
from verification.rules.activities import urgent_claims_until

PAGE = 50
SHAPES = {
    RecommendationStatus.WAITING: ("date-set", "moving"),
    RecommendationStatus.ACCEPTED: ("done", "good"),
    RecommendationStatus.DECLINED: ("not-held", "idle"),
}
CLAIMS = {"ACTIVE": ("done", "good"), "SUSPENDED": ("suspended", "stop"), "NOT_HELD": ("not-held", "idle")}


@require_safe
@needs(P.DIRECT_CLAIMS_DECIDE)
def decisions(request: HttpRequest) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    found = DirectClaimsRecommendation.objects.visible_to(request.user)
    if decided:
        found = found.exclude(status=RecommendationStatus.WAITING).order_by("-decided_at", "-pk")
    else:
        found = found.filter(status=RecommendationStatus.WAITING).order_by("recommended_at", "pk")
    page = Paginator(queries.with_names(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": "Decisions",
        "caption": "Direct claims status",
        "rows": [_row(recommendation) for recommendation in page],
        "page": page,
        "decided": decided,
    }
    return render(request, "verification/decisions/list.html", context)


def _row(recommendation: DirectClaimsRecommendation) -> dict[str, Any]:
    shape, _ = SHAPES[RecommendationStatus(recommendation.status)]
    return {
        "recommendation": recommendation,
        "url": reverse("decision", args=[recommendation.pk]),
        "kind": recommendation.get_kind_display(),  # type: ignore[attr-defined]
        "shape": shape,
        "state": recommendation.get_status_display(),  # type: ignore[attr-defined]
        "when": wording.date_short(recommendation.decided_at or recommendation.recommended_at),
        "who": recommendation.decided_by or recommendation.recommended_by,
    }


@require_http_methods(["GET", "POST"])
@needs(P.DIRECT_CLAIMS_DECIDE, P.DIRECT_CLAIMS_RECOMMEND)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.with_names(DirectClaimsRecommendation.objects.visible_to(request.user))
    recommendation = find(request, found, pk, P.DIRECT_CLAIMS_DECIDE, P.DIRECT_CLAIMS_RECOMMEND)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decide = direct_claims.accept if form.cleaned_data["decision"] == "accept" else direct_claims.decline
        decide(
            recommendation_id=recommendation.pk,
            reasons=form.cleaned_data["reasons"],
            by=request.user,
            at=clock.now(),
        )
        notices.done(request, "Decision recorded", "The SV has been told; the centre is told of any change.")
        return redirect("decision", pk=recommendation.pk)
    return render(request, "verification/decisions/decision.html", _decision(request, recommendation, form))


def _decision(
    request: HttpRequest, recommendation: DirectClaimsRecommendation, form: DecisionForm
) -> dict[str, Any]:
    programme, centre = recommendation.programme, recommendation.centre
    status = DirectClaimsStatus.objects.filter(centre_id=centre.pk, programme_id=programme.pk).first()
    offered = RECOMMENDATION.offered_to(request.user, recommendation)
    own = recommendation.recommended_by_id == request.user.pk
    shape, function = SHAPES[RecommendationStatus(recommendation.status)]
    facts = recommendation.facts
    return {
        "recommendation": recommendation,
        "heading": f"{recommendation.get_kind_display()}: {programme.qualification.short_title}",  # type: ignore[attr-defined]
        "caption": f"{centre.name}, centre {centre.number}",
        "fact": tag(function, recommendation.get_status_display(), shape=shape),  # type: ignore[attr-defined]
        "breadcrumbs": [("Decisions", reverse("decisions")), (programme.qualification.label, None)],
        "facts": [
            ("Status today", status.get_status_display() if status else "Not held"),  # type: ignore[attr-defined]
            ("Since", wording.date_plain(status.since) if status and status.since else "–"),
            ("Review due", wording.date_plain(status.review_due) if status and status.review_due else "–"),
            ("Recommended by", recommendation.recommended_by.name),
            ("On", wording.date_plain(recommendation.recommended_at)),
        ],
        "preconditions": facts.get("facts", {}).get("preconditions", []),
        "scheme": f"{facts.get('scheme', '')}, version {facts.get('version', '')}",
        "outstanding": list(queries.outstanding_actions(centre.pk, programme.pk)[:10]),
        "form": form if any(refusal is None for _, refusal in offered) and not own else None,
        "own": own,
    }


@require_http_methods(["GET", "POST"])
@centre_page(P.ACTIVITY_COUNT_AGREE, P.DASHBOARD_READ)
def activity_counts(request: HttpRequest, centre: Centre) -> HttpResponse:
    """How many samples each programme has this year; propose a number, or confirm the other verifier's."""
    centre_year = _year(request, centre)
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        counting.propose(
            centre_year_id=centre_year.pk,
            programme_id=form.cleaned_data["programme"],
            count=form.cleaned_data["count"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
        )
        notices.done(request, "Number proposed", "The other verifier has been asked to confirm it.")
        return redirect("activity-counts", number=centre.number)
    agreed = count_queries.agreements(centre_year)
    context = {
        "heading": "How many samples",
        "caption": f"{centre.name}, centre {centre.number}, {academic_year.label(centre_year.year)}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url()), ("How many samples", None)],
        "rows": [_agreement(request, each, form) for each in agreed],
        "without": count_queries.without_activity(agreed),
        "form": form if form.is_bound else None,
        "lsv": centre_year.lsv,
        "urgent_open": _urgent_claims_are_open(centre_year),
    }
    return render(request, "verification/decisions/activity_counts.html", context)


def _urgent_claims_are_open(centre_year: CentreYear) -> bool:
    """Whether samples for urgent claims may be planned today (R10)."""
    try:
        urgent_claims_until(years.scheme_of_year(centre_year), clock.today())
    except RuleViolation:
        return False
    return True


def _year(request: HttpRequest, centre: Centre) -> CentreYear:
    year = academic_year.year_of(clock.today())
    found = years.with_scheme(CentreYear.objects.visible_to(request.user)).filter(
        centre=centre, year__lte=year
    )
    centre_year = found.order_by("-year").first()
    if centre_year is None:
        raise RuleViolation("This centre’s year has not been opened yet.")
    return centre_year


def _agreement(request: HttpRequest, each: count_queries.Agreement, bound: CountForm) -> dict[str, Any]:
    count = each.count
    may = request.user.may(P.ACTIVITY_COUNT_AGREE, each.programme.centre_id, each.programme.pk)
    confirmed = count is not None and count.status == "CONFIRMED"
    mine = bound.is_bound and str(bound.data.get("programme")) == str(each.programme.pk)
    form = bound if mine else CountForm(
        initial={"programme": each.programme.pk, "count": count.count if count else max(each.planned, each.minimum)},
        auto_id=f"id_{each.programme.pk}_%s",
    )  # fmt: skip
    return {
        "programme": each.programme,
        "count": count,
        "planned": each.planned,
        "minimum": each.minimum,
        "sv": each.sv,
        "reasons": each.reasons,
        "shape": "done" if confirmed else "date-set" if count else "not-started",
        "state": "Confirmed" if confirmed else "Proposed" if count else "Not agreed",
        "who": _who(count),
        "form": form if may else None,
        "urgent_url": reverse("urgent-sample", args=[request.centre.number, each.programme.pk])
        if may
        else "",
        "confirm_refusal": _refusal(request, count),
        "may_confirm": may and count is not None and count.status == "PROPOSED",
    }


def _who(count: ActivityCount | None) -> str:
    if count is None:
        return ""
    if count.confirmed_by:
        both = " as SV and LSV" if count.facts.get("same_person") else ""
        return f"{count.confirmed_by.name}{both}, {wording.date_short(count.confirmed_at)}"
    name = count.proposed_by.name if count.proposed_by else "The portal"
    return f"{name}, {wording.date_short(count.proposed_at)}"


def _refusal(request: HttpRequest, count: ActivityCount | None) -> str:
    if count is None or count.status != "PROPOSED":
        return ""
    try:
        ACTIVITY_COUNT["confirm"].check(count, by=request.user)
    except Refusal as refusal:
        return refusal.message
    return ""


@require_POST
@needs(P.ACTIVITY_COUNT_AGREE)
def confirm_count(request: HttpRequest, pk: int) -> HttpResponse:
    counts = ActivityCount.objects.visible_to(request.user).select_related("centre")
    count = find(request, counts, pk, P.ACTIVITY_COUNT_AGREE)
    counting.confirm(activity_count_id=count.pk, by=request.user, at=clock.now())
    notices.done(request, "Number confirmed", "The samples that were missing have been planned.")
    return redirect("activity-counts", number=count.centre.number)
