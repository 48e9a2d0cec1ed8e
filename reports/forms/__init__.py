"""Forms of the reports app's pages."""

from typing import Any

from django import forms

from centres import academic_year
from centres.models import Nation, Sector
from qa_portal import pack
from verification.models import Verifier
from verification.models.activities import RiskLevel


class DemoClockForm(forms.Form):
    """The day that the demo takes for today."""

    day = pack.DateField(
        label="Day", help_text="Everything that falls due up to this day happens within a minute."
    )


class DashboardFilters(forms.Form):
    """What the dashboard is narrowed to; kept in the address."""

    sector = forms.ChoiceField(label="Sector", required=False)
    nation = forms.ChoiceField(label="Nation", required=False, choices=[("", "All"), *Nation.choices])
    lsv = forms.ChoiceField(label="LSV", required=False)
    risk = forms.ChoiceField(
        label="Risk", required=False, choices=[("", "Any"), *RiskLevel.choices, ("NONE", "Not rated yet")]
    )
    year = forms.TypedChoiceField(label="Year", coerce=int)

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = Sector.objects.order_by("name").values_list("code", "name")
        self.fields["sector"].choices = [("", "All"), *sectors]
        verifiers = Verifier.objects.filter(is_lsv=True, left_on=None).order_by("person__name")
        self.fields["lsv"].choices = [("", "Everyone"), *verifiers.values_list("person_id", "person__name")]
        self.fields["year"].choices = [
            (y, academic_year.label(y)) for y in range(this_year, this_year - 4, -1)
        ]
