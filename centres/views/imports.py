"""Pages of imports: the template, the upload, the check with its problems, and saving."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import csv_files, import_kinds, pages
from centres.forms.imports import ImportForm, SaveRowsForm
from centres.lifecycle.imports import IMPORT
from centres.models import Centre, ImportJob, ImportStatus
from centres.operations import imports
from centres.permissions import Permission as P
from centres.queries import imports as queries
from centres.rules.imports import may_import
from centres.views.register import attempt, crumbs
from qa_portal import clock, notices
from qa_portal.errors import NotPermitted
from qa_portal.wording import counted, joined, moment

_STATES = {
    ImportStatus.CHECKING: "under-way",
    ImportStatus.CHECKED: "careful",
    ImportStatus.APPLYING: "under-way",
    ImportStatus.APPLIED: "done",
    ImportStatus.DISCARDED: "not-held",
    ImportStatus.FAILED: "disagreed",
}
_WORKING = (ImportStatus.CHECKING, ImportStatus.APPLYING)
_SHOWN = 100
_RELOAD_SECONDS = "5"
# What the rows make, in numbers: the noun of each count, as one and as many.
_MADE = {
    "learners": ("new learner", "new learners"),
    "enrolled": ("enrolment", "enrolments"),
    "registered": ("registration", "registrations"),
    "decisions": ("decision", "decisions"),
    "verified": (
        "internal verification of a decision that is here",
        "internal verifications of decisions that are here",
    ),
    "staff": ("new member of staff", "new members of staff"),
    "development": ("line of qualification or training", "lines of qualification and training"),
    "invited": ("invitation", "invitations"),
    "roles": ("role of somebody with an account", "roles of people with an account"),
    "changed": ("change of an entry", "changes of entries"),
    "unchanged": ("row that is here already", "rows that are here already"),
}


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.IMPORT_RUN)
def import_list(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Upload a file, and see the imports before."""
    kinds = import_kinds.open_to(request.user, centre.pk)
    if not kinds:
        raise NotPermitted("No file can be imported with your role at this centre.")
    form = ImportForm(request.POST or None, request.FILES or None, kinds=kinds.values())
    if request.method == "POST" and form.is_valid():
        job = attempt(
            form,
            lambda: imports.ask(
                centre_id=centre.pk,
                kind=form.cleaned_data["kind"],
                upload=form.cleaned_data["file"][0],
                by=request.user,
                at=clock.now(),
            ),
            field="file",
        )
        if job is not None:
            return redirect("import", job.pk)
    jobs = (
        ImportJob.objects.visible_to(request.user)
        .filter(centre_id=centre.pk, kind__in=kinds)
        .select_related("file", "asked_by")
        .defer("problems")
        .order_by("-pk")[:20]
    )
    context = {
        "heading": "Import from a file",
        "caption": centre.name,
        "breadcrumbs": crumbs(centre),
        "form": form,
        "kinds": [
            {"kind": kind, "url": reverse("import-template", args=[centre.number, kind.code])}
            for kind in kinds.values()
        ],
        "jobs": [_job_row(job) for job in jobs],
    }
    return render(request, "centres/imports.html", context, status=422 if form.errors else 200)


def _job_row(job: ImportJob) -> dict[str, Any]:
    return {
        "name": job.file.name,
        "url": reverse("import", args=[job.pk]),
        "kind": import_kinds.OF_A_CENTRE[job.kind].title,
        "by": job.asked_by.name,
        "when": moment(job.asked_at),
        "shape": _STATES[ImportStatus(job.status)],
        "state": job.get_status_display(),
        "rows": "" if job.total_rows is None else f"{job.total_rows:,}",
    }


@require_safe
@pages.centre_page(P.IMPORT_RUN)
def template(request: HttpRequest, centre: Centre, kind: str) -> HttpResponse:
    """The file to fill in."""
    if kind not in import_kinds.open_to(request.user, centre.pk):
        raise Http404
    return csv_response(import_kinds.OF_A_CENTRE[kind].template(), f"{kind}.csv")


@require_safe
@pages.person_page
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: under way, what checking found, or what was saved."""
    job = _job(request, pk)
    given_up = job.status in _WORKING and queries.is_given_up(job)
    may_retry = request.user.may(P.BACKGROUND_RETRY)
    context = _context(job, SaveRowsForm()) | {"given_up": given_up, "may_retry": may_retry}
    response = render(request, "centres/import.html", context)
    if job.status in _WORKING and not given_up:
        response["Refresh"] = _RELOAD_SECONDS
    return response


def _context(job: ImportJob, form: SaveRowsForm) -> dict[str, Any]:
    kind = import_kinds.OF_A_CENTRE[job.kind]
    errors = sum(problem["level"] == "error" for problem in job.problems)
    return {
        "heading": kind.title,
        "caption": f"{job.centre.name}, import of {job.file.name}",
        "breadcrumbs": crumbs(job.centre, "imports"),
        "form": form,
        "job": job,
        "working": job.status in _WORKING,
        "shape": _STATES[ImportStatus(job.status)],
        "facts": _facts(job),
        "would": _in_words(job.result.get("would", {})),
        "made": _in_words(job.result.get("made", {})),
        "all_good": job.good_rows == job.total_rows,
        "bad_rows": (job.total_rows or 0) - (job.good_rows or 0),
        "errors": errors,
        "problems": job.problems[:_SHOWN],
        "more": max(0, job.result.get("problems", len(job.problems)) - _SHOWN),
        "problems_url": reverse("import-problems", args=[job.pk]) if job.problems else "",
        "save_url": reverse("import-save", args=[job.pk]),
        "discard_url": reverse("import-discard", args=[job.pk]),
        "again_url": reverse("imports", args=[job.centre.number]),
    }


def _facts(job: ImportJob) -> list[tuple[str, str]]:
    facts = [("File", job.file.name), ("Uploaded", f"{moment(job.asked_at)} by {job.asked_by.name}")]
    if job.encoding:
        facts.append(("Encoding", job.encoding.upper()))
    if job.total_rows is not None:
        facts += [("Rows", f"{job.total_rows:,}"), ("Good rows", f"{job.good_rows:,}")]
    return facts


def _in_words(numbers: dict[str, int]) -> str:
    return joined([counted(number, *_MADE[name]) for name, number in numbers.items() if number])


@require_POST
@pages.person_page
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows saved: all of them, or the good ones where the person ticks it."""
    job = _job(request, pk)
    form = SaveRowsForm(request.POST)
    partly = job.good_rows != job.total_rows
    if partly and not form.is_valid():
        return render(request, "centres/import.html", _context(job, form), status=422)
    IMPORT["apply"].check(_as_asked(job, partly), by=request.user)
    imports.save_rows(import_id=job.pk, only_good_rows=partly, by=request.user, at=clock.now())
    return redirect("import", job.pk)


def _as_asked(job: ImportJob, only_good_rows: bool) -> ImportJob:
    job.only_good_rows = only_good_rows
    return job


@require_POST
@pages.person_page
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an import up."""
    job = _job(request, pk)
    imports.discard(import_id=job.pk, by=request.user, at=clock.now())
    notices.done(request, "Import discarded", "Nothing of it was saved.")
    return redirect("imports", job.centre.number)


@require_safe
@pages.person_page
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """The problems of a file as a file, with the number of the row in each line."""
    job = _job(request, pk)
    rows = [[p["row"], p["column"], p["level"], p["message"]] for p in job.problems]
    return csv_response(
        csv_files.write(["row", "column", "level", "message"], rows), f"problems-{job.pk}.csv"
    )


def csv_response(text: str, name: str) -> HttpResponse:
    """A CSV file as an attachment, read fully before it is sent."""
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _job(request: HttpRequest, pk: int) -> ImportJob:
    rows = ImportJob.objects.visible_to(request.user).select_related("centre", "file", "asked_by")
    job = pages.find(request, rows, pk, P.IMPORT_RUN)
    may_import(job.kind, job.centre_id, request.user)
    return job
