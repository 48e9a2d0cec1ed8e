"""What is entered on the verifier register, of absences, and of a verifier's own interests."""

from __future__ import annotations

from typing import Any

from django import forms

from centres.models import Sector
from qa_portal import pack
from verification.models import ConflictCategory


class RegisterFilter(forms.Form):
    """Which verifiers the register shows."""

    q = forms.CharField(label="Name", required=False)
    sector = forms.ModelChoiceField(
        label="Sector", queryset=Sector.objects.none(), required=False, empty_label="All sectors"
    )
    kind = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "Everybody"), ("lsv", "LSVs"), ("left", "Those who left")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.order_by("name")  # type: ignore[attr-defined]


class _Entry(forms.Form):
    is_lsv = forms.BooleanField(label="Holds the LSV qualification", required=False)
    sector_ids = forms.MultipleChoiceField(
        label="Competent for these sectors",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one sector"},
    )
    days_a_year = forms.IntegerField(
        label="Days a year",
        min_value=1,
        max_value=230,
        help_text="Preparation and reports included.",
        error_messages={"required": "Enter how many days a year they work for you"},
    )
    town = forms.CharField(label="Town", max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector_ids"].choices = [  # type: ignore[attr-defined]
            (str(pk), name) for pk, name in Sector.objects.order_by("name").values_list("pk", "name")
        ]


class AddVerifierForm(_Entry):
    """Somebody new on the register."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter a name"})
    email = forms.EmailField(
        label="E-mail address",
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address, like name@example.org",
        },
    )
    field_order = ("name", "email", "is_lsv", "sector_ids", "days_a_year", "town")


class ChangeVerifierForm(_Entry):
    """What the register says of somebody."""

    left_on = pack.DateField(
        label="Left on", required=False, help_text="The first day on which they are not available any more."
    )


class AbsenceForm(forms.Form):
    """Days on which a verifier is away."""

    starts_on = pack.DateField(label="First day away")
    ends_on = pack.DateField(label="Last day away")
    reason = forms.CharField(
        label="Why", max_length=120, required=False, help_text="Planners read it. Leave health out."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "Enter a day after the first one")
        return cleaned


class ConflictForm(forms.Form):
    """An interest in a centre."""

    number = forms.CharField(
        label="Centre number",
        max_length=5,
        help_text="Five digits.",
        error_messages={"required": "Enter the number of the centre"},
    )
    category = forms.ChoiceField(
        label="What kind of interest",
        choices=ConflictCategory.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of interest it is"},
    )
    starts_on = pack.DateField(label="Since when")
    details = forms.CharField(
        label="Details",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Read by you and by administrators only. Planners see the kind and the dates.",
    )


class EndConflictForm(forms.Form):
    """When an interest ended."""

    ends_on = pack.DateField(label="When it ended, or will")
