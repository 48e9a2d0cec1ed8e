"""Addresses: reports of a centre and of a caseload, one report with its PDF and its check, issuing a visit report."""

from django.urls import path

from reports.views import documents, self_assessment_pdf, visits

urlpatterns = [
    path("centres/<str:number>/reports/", documents.of_centre, name="reports"),
    path("caseload/reports/", documents.of_caseload, name="caseload-reports"),
    path(
        "centres/<str:number>/self-assessment/<int:year>/pdf/",
        self_assessment_pdf.pdf,
        name="self-assessment-pdf",
    ),
    path("reports/<int:pk>/", documents.one, name="report"),
    path("reports/<int:pk>/pdf/", documents.pdf, name="report-pdf"),
    path("reports/<int:pk>/pdf/again/", documents.pdf_again, name="report-pdf-again"),
    path("reports/<int:pk>/check/", documents.check, name="report-check"),
    path("reports/<int:pk>/correct/", documents.correct, name="report-correct"),
    path("reports/<slug:number>/", documents.by_number, name="report-by-number"),
    path("activities/<int:pk>/visit/issue/", visits.issue_report, name="visit-issue"),
    path("activities/<int:pk>/visit/draft/", visits.draft, name="visit-draft"),
]
