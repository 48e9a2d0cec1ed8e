"""The page on which a planner replaces somebody at all their centres at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from centres.pages import needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from verification.forms.allocations import EndForm
from verification.models import Verifier
from verification.operations import replacements as operations
from verification.operations.replacements import Successor
from verification.views.allocation import this_year


@needs(P.ALLOCATION_MAKE)
def everywhere(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would take each place of somebody who cannot go on; a POST has them replaced in the background."""
    verifier = get_object_or_404(Verifier.objects.select_related("person"), pk=pk)
    form = EndForm(request.POST or None)
    form.fields["reason"].label = "Why they are replaced"
    if request.method == "POST" and form.is_valid():
        number, left = operations.replace_everywhere(
            verifier_id=verifier.pk, year=this_year(), by=request.user, at=clock.now(), **form.cleaned_data
        )
        stays = f" {wording.counted(len(left), 'place')} need you: allocate one by one." if left else ""
        notices.note(
            request,
            f"{verifier} is being replaced at {wording.counted(number, 'place')}",
            f"All are told.{stays} A place that changes before its turn is left as it is; you get a message about it.",
        )
        return redirect("verifier", pk=verifier.pk)
    found = operations.successors(verifier_id=verifier.pk, year=this_year(), at=clock.now())
    context = {
        "heading": f"Replace {verifier} at all their centres?",
        "caption": wording.counted(len(found), "place") if found else "They have no centres this year",
        "breadcrumbs": [("Verifiers", reverse("verifiers")), (str(verifier), reverse("verifier", args=[pk]))],
        "consequences": [_line(each) for each in found],
        "form": form,
        "verb": "Replace them",
        "danger": True,
        "back_url": reverse("verifier", args=[pk]),
    }
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )


def _line(each: Successor) -> str:
    """ "Northgate College, LSV: Ruth Adeyemi. Lightest load of the 4"."""
    programme = each.place.programme
    what = f"{each.place.centre_year.centre.name}, {programme.qualification.label if programme else 'LSV'}"
    if each.verifier_id is None:
        return f"{what}: nobody. {each.why_not}"
    if each.why_not:
        return f"{what}: {each.name}, but first record {each.why_not[0].lower()}{each.why_not[1:]}"
    return f"{what}: {each.name}" + (f". {'. '.join(each.pros)}" if each.pros else "")
