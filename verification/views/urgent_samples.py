"""Planning a sample for claims that cannot wait, in the weeks around the year's end (R10)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres import academic_year
from centres.models import Centre, Programme
from centres.pages import centre_page
from centres.permissions import Permission as P
from centres.queries.schemes import in_force
from qa_portal import clock, notices, wording
from verification.forms.activities import ReasonForm
from verification.operations import urgent_samples
from verification.rules.activities import urgent_claims_until


@require_http_methods(["GET", "POST"])
@centre_page(P.ACTIVITY_COUNT_AGREE, P.ALLOCATION_MAKE)
def urgent_sample(request: HttpRequest, centre: Centre, programme_id: int) -> HttpResponse:
    """Ask which claims cannot wait, with what follows; then plan the sample."""
    programmes = Programme.objects.visible_to(request.user).filter(centre=centre)
    programme = programmes.select_related("qualification").filter(pk=programme_id).first()
    if programme is None:
        raise Http404
    today = clock.today()
    until = urgent_claims_until(in_force(programme.qualification.suite, today).scheme, today)
    form = ReasonForm(request.POST or None, label="Which claims cannot wait, and why")
    if request.method == "POST" and form.is_valid():
        activity = urgent_samples.plan_urgent(
            programme_id=programme.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        notices.done(request, "Sample planned", "A date is being proposed.")
        return redirect("activity", pk=activity.pk)
    back = reverse("activity-counts", args=[centre.number])
    context = {
        "heading": f"Plan a sample for urgent claims of {programme.qualification.label}?",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [("How many samples", back), ("Urgent claims", None)],
        "consequences": [
            f"It belongs to {academic_year.label(academic_year.year_of(today))} and comes beside the samples agreed.",
            "Work that was assessed last year can be in it.",
            f"It takes place by {wording.date_long(until)}; a later day needs a reason.",
        ],
        "form": form,
        "verb": "Plan the sample",
        "back_url": back,
    }
    return render(request, "verification/allocation/confirm.html", context)
