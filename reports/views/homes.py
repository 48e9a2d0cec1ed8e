"""Home pages, and the page of a centre: what to do next, where the year stands, the programmes."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page, enter_centre
from centres.permissions import Permission
from centres.queries.people import vacancies
from qa_portal import clock, jobs, notices, wording
from qa_portal.tenancy import Side
from reports.forms import DemoClockForm
from reports.models import Report
from reports.queries import background, duties, years

# A home shows the first duties; the rest, as far as a list is of use, stand behind a link.
FIRST_DUTIES, ALL_DUTIES = 10, 200


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What this person has to do next, and where their centre or caseload stands."""
    access = request.user.access
    if not access.held:
        return render(request, "reports/home_without_access.html", {"heading": "You have no access yet"})
    if access.side == Side.CENTRE:
        centre = Centre.objects.visible_to(request.user).select_related("quality_manager").first()
        enter_centre(request, centre.pk)
        request.centre = centre
        return render(request, "reports/home.html", _home_of_centre(request, centre))
    if access.side == Side.VERIFIER:
        return render(request, "reports/home_verifier.html", _home_of_verifier(request))
    return render(request, "reports/home_staff.html", _home_of_staff(request))


@centre_page(Permission.CENTRE_READ)
def centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    """A centre as its own people and those who look after it see it."""
    if request.user.access.side == Side.CENTRE:
        return render(request, "reports/home.html", _home_of_centre(request, centre))
    context = _year_of(request, centre) | {
        "heading": centre.name,
        "caption": f"Centre {centre.number}, {centre.town}" if centre.town else f"Centre {centre.number}",
        "duties": duties.open_at(request.user, centre.pk),
        "may_issue_final": request.user.may(Permission.REPORT_ISSUE_FINAL, centre.pk),
        "may_agree_counts": request.user.may(Permission.ACTIVITY_COUNT_AGREE, centre.pk)
        or request.user.may(Permission.DASHBOARD_READ),
        "today": clock.today(),
    }
    return render(request, "reports/centre.html", context)


def _frame(request: HttpRequest) -> dict:
    today = clock.today()
    everything = request.GET.get("duties") == "all"
    found = duties.duties_of(request.user, today, most=ALL_DUTIES if everything else FIRST_DUTIES + 1)
    frame = {
        "heading": "What you have to do next",
        "fact": wording.date_long(today),
        "duties": found,
        "today": today,
    }
    if everything or len(found) <= FIRST_DUTIES:
        return frame
    return frame | {
        "duties": found[:FIRST_DUTIES],
        "more_url": f"{request.path}?duties=all",
        "more_text": "What is due after that",
    }


def _home_of_staff(request: HttpRequest) -> dict:
    frame = _frame(request)
    frame["duties"] = duties.with_details(request.user, frame["duties"], clock.today())
    return frame | {"failures": background.failures(request.user)}


def _home_of_centre(request: HttpRequest, centre: Centre) -> dict:
    return _frame(request) | _year_of(request, centre)


def _year_of(request: HttpRequest, centre: Centre) -> dict:
    year = years.current_year(request.user, centre, clock.today())
    latest = _latest_report(request, centre)
    context = {
        "centre": centre,
        "year": year,
        "latest": latest,
        "latest_facts": _facts(latest),
        "vacancies": vacancies(centre, clock.today()),
        "may_read_history": request.user.may(Permission.HISTORY_READ, centre.pk),
    }
    if year is None:
        return context
    rows = years.programmes(request.user, centre, year)
    return context | {
        "year_title": f"The year {academic_year.label(year.year)}",
        "stages": years.tracker(centre, year),
        "programmes": rows,
        "suite": years.suites(rows),
        "waiting": years.waiting_for(request.user, centre, year),
        "declaration": year.stage_facts.get("declaration", ""),
    }


def _latest_report(request: HttpRequest, centre: Centre) -> Report | None:
    reports = Report.objects.visible_to(request.user).filter(centre_id=centre.pk)
    return reports.select_related("issued_by").order_by("-issued_at").first()


def _facts(report: Report | None) -> list[tuple[str, str]]:
    """The outcome of a report in three short facts."""
    figures = report.content["outcome"]["figures"] if report else []
    return [(figure["label"], figure["word"]) for figure in figures][:4]


def _home_of_verifier(request: HttpRequest) -> dict:
    from verification.models import CentreYear

    rows = (
        CentreYear.objects.visible_to(request.user)
        .filter(closed_at=None)
        .select_related("centre")
        .order_by("centre_id", "-year")
    )
    newest: dict[int, CentreYear] = {}
    for row in rows:
        newest.setdefault(row.centre_id, row)
    caseload = [{"centre": row.centre, "stages": years.tracker(row.centre, row)} for row in newest.values()]
    return _frame(request) | {"caseload": caseload}


@require_http_methods(["GET", "POST"])
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock, so that the whole year can be walked on any real date; exists in the demo only."""
    form = DemoClockForm(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        moment = timezone.make_aware(datetime.combine(form.cleaned_data["day"], time(9, 0)))
        clock.move_demo_clock_to(moment)
        jobs.enqueue("reports.demo_goes_on", centre_id=None, until=form.cleaned_data["day"].isoformat())
        notices.done(request, "The clock was moved", f"Here it is {wording.date_long(moment)}.")
        return redirect("demo-clock")
    context = {"heading": "Which day is it?", "form": form, "fact": wording.date_long(clock.today())}
    return render(request, "reports/demo_clock.html", context)
