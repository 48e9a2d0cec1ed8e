"""Forms of the reports app's pages."""

from datetime import date
from typing import Any

from django import forms

from centres import academic_year
from centres.models import Nation, Sector
from centres.permissions import RoleCode
from centres.queries import schemes
from qa_portal import pack, wording
from reports.queries.dashboard import STAGES
from verification.models import Verifier
from verification.models.activities import RiskLevel


class DemoClockForm(forms.Form):
    """The day that the demo takes for today."""

    day = pack.DateField(
        label="Day", help_text="Everything that falls due up to this day happens within a minute."
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        first, last = schemes.years_covered()
        if not first <= day <= last:
            raise forms.ValidationError(
                f"Enter a day from {wording.date_plain(first)} to {wording.date_plain(last)}: no scheme or no bank "
                "holidays are known for another year."
            )
        return day


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


class DashboardListFilters(DashboardFilters):
    """What the list behind the dashboard's numbers is narrowed to."""

    stage = forms.ChoiceField(
        label="Stage", required=False, choices=[("", "All"), *((key, label) for key, label, _ in STAGES)]
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any"), ("done", "Done"), ("moving", "Under way"), ("waiting", "Not started"), ("late", "Overdue")
        ],
    )  # fmt: skip
    owner = forms.ChoiceField(
        label="Overdue for", required=False, choices=[("", "Anybody"), *RoleCode.choices]
    )
    field_order = ("stage", "state", "owner", "sector", "nation", "lsv", "risk", "year")


class FinalReportForm(forms.Form):
    """What the LSV writes for the final annual report."""

    summary = forms.CharField(
        label="Summary",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="How the year went, in words the Head of Centre can pass on.",
    )
    rating = forms.ChoiceField(
        label="Final risk rating",
        required=False,
        choices=RiskLevel.choices,
        widget=forms.RadioSelect(attrs={"data-inline": "true"}),
    )
    rating_reasons = forms.CharField(
        label="Why this rating",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What raised and what lowered it since the visit.",
    )
    good_practice = forms.CharField(
        label="Good practice", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_steps = forms.CharField(
        label="What happens next", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cycles: Any, programmes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = programmes
        choices = [("", "Choose a cycle"), *((cycle.key, cycle.title) for cycle in cycles)]
        for pk, name in programmes:
            self.fields[f"cycle_{pk}"] = forms.ChoiceField(label=name, required=False, choices=choices)

    @property
    def cycle_fields(self) -> list[Any]:
        """The recommended cycle of each programme, as bound fields."""
        return [self[f"cycle_{pk}"] for pk, _ in self.programmes]

    def cycles(self) -> dict[str, str]:
        """The chosen cycle by programme id."""
        return {
            str(pk): self.cleaned_data[f"cycle_{pk}"]
            for pk, _ in self.programmes
            if self.cleaned_data[f"cycle_{pk}"]
        }
