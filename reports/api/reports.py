"""Issued reports: their frozen content and their PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import FileResponse, Http404
from django.urls import reverse
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from centres.permissions import Permission as P
from qa_portal import clock
from qa_portal.api import Resource
from qa_portal.api_fields import Field
from reports.models import Report
from reports.operations import readings
from verification.models import CentreYear

_PDF = {
    "description": "The PDF as it was printed once",
    "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
}


class Reports(Resource):
    """Reports as they were issued; a correction is a new version (R69)."""

    model = Report
    scope = "reports:read"
    permission = P.REPORT_READ
    fields = (
        "id",
        "centre_id",
        Field("year", schema={"type": ["integer", "null"], "description": "2026 means 2026-27"}),
        "kind",
        "number",
        "version",
        "supersedes_id",
        "title",
        "programme_id",
        "activity_id",
        "issued_at",
        "issued_by_id",
        "sha256",
        Field("pdf_sha256", schema={"type": "string", "description": "Empty until the PDF is printed"}),
    )
    filters = {
        "year": "centre_year__year",
        "kind": "kind",
        "number": "number",
        "programme_id": "programme_id",
        "issued_from": "issued_at__gte",
    }
    detail_schema = {
        "content": {"type": "object", "description": "The report as it was issued"},
        "correction_reason": {"type": "string"},
        "pdf": {"type": ["string", "null"], "description": "The address of the PDF, once it is printed"},
    }

    def rows(self, person: Any) -> QuerySet:
        # Not a join: whoever issued a report reads it after they have left, when the centre's year is hidden from them.
        years = CentreYear.objects.filter(pk=OuterRef("centre_year_id"), centre_id=OuterRef("centre_id"))
        return Report.objects.visible_to(person).annotate(year=Subquery(years.values("year")[:1]))

    def details(self, row: Report) -> dict[str, Any]:
        printed = row.pdf_at is not None
        address = self.request.build_absolute_uri(reverse("reports-pdf", args=[row.pk]))
        return {
            "content": row.content,
            "correction_reason": row.correction_reason,
            "pdf": address if printed else None,
        }

    def check_row(self, row: Report, centre_id: int, permissions: Sequence[str]) -> None:
        # Whoever issued it reads it also after their work there has ended.
        if row.issued_by_id != self.request.user.pk:
            super().check_row(row, centre_id, permissions)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One report with its content; a person who reads it leaves a receipt."""
        row = self.enter()
        self._leave_receipt(row)
        return self.answer(row)

    @action(detail=True)
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """The PDF of a report."""
        row = self.enter()
        if row.pdf_at is None:
            raise Http404
        self._leave_receipt(row)
        name = f"{row.number}-version-{row.version}.pdf"
        return FileResponse(
            default_storage.open(row.pdf_name, "rb"),
            as_attachment=True,
            filename=name,
            content_type="application/pdf",
        )

    pdf.described = _PDF  # type: ignore[attr-defined]

    def _leave_receipt(self, row: Report) -> None:
        person = self.request.user
        theirs = person.access.everywhere or row.centre_id in person.access.centre_ids
        if self.request.auth is None and theirs and row.issued_by_id != person.pk:
            readings.note(report=row, by=person, at=clock.now())
