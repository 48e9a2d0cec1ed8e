"""Help, rules, privacy and accessibility: pages that need no sign-in and no database."""

from typing import Any

from django.urls import path
from django.views.generic import TemplateView

from centres.reference_data import rules

ROLES = (
    ("head_of_centre", "Head of Centre"),
    ("quality_nominee", "Quality Nominee"),
    ("examinations_officer", "Examinations Officer"),
    ("programme_leader", "Programme leader"),
    ("internal_verifier", "Internal Verifier and Lead IV"),
    ("assessor", "Assessor"),
    ("lead_standards_verifier", "Lead Standards Verifier"),
    ("standards_verifier", "Standards Verifier"),
    ("planner", "Planner"),
    ("quality_manager", "Quality manager"),
    ("administrator", "Administrator"),
)
_CONTENTS = {"help_roles": [{"url_name": f"help_{code}", "label": label} for code, label in ROLES]}


def _page(template: str, **context: Any) -> Any:
    return TemplateView.as_view(template_name=f"help/{template}.html", extra_context={**_CONTENTS, **context})


urlpatterns = [
    path("help/", _page("index"), name="help"),
    path("help/glossary/", _page("glossary"), name="help_glossary"),
    path("help/rules/", _page("rules", rules=rules()), name="help_rules"),
    path("privacy/", _page("privacy"), name="privacy"),
    path("accessibility/", _page("accessibility"), name="accessibility"),
    *(
        path(f"help/{code.replace('_', '-')}/", _page(f"getting_started/{code}"), name=f"help_{code}")
        for code, _ in ROLES
    ),
]
