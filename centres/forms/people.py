"""Forms about people: invitations, roles, standing in, the staff register, systems, and one's own account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from centres.models import DevelopmentKind, Person, Programme, Sector, Site
from centres.operations.staff_register import REGISTER_ROLES
from centres.permissions import ONE_PER_CENTRE, RoleCode
from qa_portal import pack
from qa_portal.api_access import MachineClients
from qa_portal.mail_choices import GROUPS

_EMAIL = {
    "required": "Enter an e-mail address",
    "invalid": "Enter an e-mail address such as name@example.org",
}


class RoleFields(forms.Form):
    """Which role, and what it is for; shared by invitations and by giving a role to somebody known."""

    role = forms.ChoiceField(label="Role", error_messages={"required": "Choose a role"})
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label="Only for one programme",
        required=False,
        empty_label="All programmes",
    )
    subject_area = forms.ChoiceField(
        label="Principal subject area",
        required=False,
        help_text="For a Lead Internal Verifier: there is one for each.",
    )

    def __init__(
        self,
        *args: Any,
        roles: Iterable[RoleCode],
        programmes: Any = None,
        areas: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Choose a role"), *((r.value, r.label) for r in roles)]
        if programmes is None:
            del self.fields["programme"], self.fields["subject_area"]
            return
        self.fields["programme"].queryset = programmes
        self.fields["subject_area"].choices = [("", "Choose a subject area"), *((a, a) for a in areas)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == RoleCode.LEAD_INTERNAL_VERIFIER:
            if not data.get("subject_area") and "subject_area" in self.fields:
                self.add_error(
                    "subject_area", "Choose the subject area that this Lead Internal Verifier signs off"
                )
        elif "subject_area" in self.fields:
            data["subject_area"] = ""
        return data


class InviteForm(RoleFields):
    """Somebody's address and name, and the role they are invited to."""

    email = forms.EmailField(label="E-mail address", max_length=254, error_messages=_EMAIL)
    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the person’s name"}
    )
    field_order = ("email", "name", "role", "programme", "subject_area")


class GiveRoleForm(RoleFields):
    """A role for somebody who has an account, at a centre named by its number or at the awarding organisation."""

    centre_number = forms.CharField(
        label="Centre number", max_length=5, required=False,
        help_text="Empty for a role of the awarding organisation.",
    )  # fmt: skip
    starts_on = pack.DateField(label="From", error_messages={"required": "Enter the first day of the role"})
    field_order = ("role", "centre_number", "starts_on")


class AppointForm(forms.Form):
    """Who becomes Quality Nominee, and from when."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label="New Quality Nominee", empty_label="Choose a person",
        error_messages={"required": "Choose a person"},
    )  # fmt: skip
    starts_on = pack.DateField(label="First day", error_messages={"required": "Enter the first day"})

    def __init__(self, *args: Any, people: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["person"].queryset = people

    def clean_starts_on(self) -> date:
        return _not_past(self.cleaned_data["starts_on"], self.today)


class DelegateForm(forms.Form):
    """Who stands in, for what, and until when."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label="Who stands in", empty_label="Choose a person",
        error_messages={"required": "Choose a person"},
    )  # fmt: skip
    stands_for = forms.ChoiceField(label="As", error_messages={"required": "Choose what they stand in for"})
    until = pack.DateField(label="Last day", error_messages={"required": "Enter the last day"})
    reason = forms.CharField(label="Reason", max_length=300, required=False)

    def __init__(
        self, *args: Any, people: Any, roles: Iterable[RoleCode], programmes: Any, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["person"].queryset = people
        self.fields["stands_for"].choices = [
            choice for role in roles for choice in _stands_for(role, programmes)
        ]

    def clean_stands_for(self) -> tuple[str, int | None]:
        """The role, and the one programme it is for."""
        role, _, programme = self.cleaned_data["stands_for"].partition(":")
        return role, int(programme) if programme else None

    def clean_until(self) -> date:
        return _not_past(self.cleaned_data["until"], self.today)


class EndRoleForm(forms.Form):
    """The first day on which a role no longer holds."""

    on = pack.DateField(
        label="First day without the role",
        error_messages={"required": "Enter the first day without the role"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        return _not_past(self.cleaned_data["on"], self.today)


class AcceptForm(forms.Form):
    """What somebody new chooses: how they are called, and a password."""

    name = forms.CharField(label="Your name", max_length=120, error_messages={"required": "Enter your name"})
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four words that do not belong together are easy to keep in mind.",
        error_messages={"required": "Choose a password"},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, Person(email=self.email, name=self.data.get("name", "")))
        return password


class StaffMemberForm(forms.Form):
    """An entry of the staff register."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter the name"})
    roles = forms.MultipleChoiceField(
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        choices=[(code.value, code.label) for code in REGISTER_ROLES],
        error_messages={"required": "Choose at least one role"},
    )
    sector = forms.ModelChoiceField(
        Sector.objects.order_by("name"), label="Sector", required=False, empty_label="Not said"
    )
    site = forms.ModelChoiceField(Site.objects.none(), label="Site", required=False, empty_label="All sites")
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Account",
        required=False,
        empty_label="No account here",
        help_text="Tells the portal whose decisions these are, so that nobody verifies their own.",
    )
    started_on = pack.DateField(label="Started on", required=False)
    left_on = pack.DateField(
        label="Left on", required=False, help_text="The entry stays: decisions that they made name them."
    )

    def __init__(self, *args: Any, sites: Any, people: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        self.fields["site"].queryset = sites
        if new:
            del self.fields["left_on"]


class DevelopmentForm(forms.Form):
    """A qualification, professional development, or a standardisation event."""

    kind = forms.ChoiceField(label="Kind", choices=DevelopmentKind.choices)
    title = forms.CharField(label="What", max_length=200, error_messages={"required": "Say what it was"})
    on_date = pack.DateField(label="Date")
    hours = forms.DecimalField(
        label="Hours", required=False, max_digits=5, decimal_places=1, min_value=0,
        error_messages={"invalid": "Enter the hours as a number, such as 2.5"},
    )  # fmt: skip


class ApiClientForm(forms.Form):
    """A system of the centre, and what it may do."""

    name = forms.CharField(
        label="Name of the system",
        max_length=100,
        error_messages={"required": "Enter the name of the system"},
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        choices=list(MachineClients.scope_display.items()),
        error_messages={"required": "Choose what the system may do"},
    )


class DetailsForm(forms.Form):
    """A person's own details."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter your name"})
    phone = forms.CharField(
        label="Telephone number", max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "class": "govuk-input--width-20"}),
    )  # fmt: skip


class EmailForm(forms.Form):
    """The new address of somebody's account, entered twice because a wrong one shuts them out."""

    email = forms.EmailField(label="New e-mail address", max_length=254, error_messages=_EMAIL)
    again = forms.EmailField(label="The same address again", max_length=254, error_messages=_EMAIL)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"email", "again"} <= set(data) and data["email"].lower() != data["again"].lower():
            self.add_error("again", "The two addresses are not the same")
        return data


class MailForm(forms.Form):
    """Which messages a person gets, group by group."""

    verifiers = pack.yes_no(
        label="Tell me when another verifier writes to a centre of mine",
        help_text="What the centre writes to its verifiers always comes.",
    )

    def __init__(self, *args: Any, is_verifier: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in GROUPS:
            self.fields[group.code] = pack.yes_no(label=group.question, help_text=group.explained)
        self.order_fields([group.code for group in GROUPS])
        if not is_verifier:
            del self.fields["verifiers"]


class PeopleFilterForm(forms.Form):
    """How the administrator narrows the list of people."""

    q = forms.CharField(label="Name or e-mail address", required=False, max_length=100)
    state = forms.ChoiceField(
        label="Account",
        required=False,
        choices=[("", "All"), ("active", "Active"), ("deactivated", "Deactivated")],
    )


def _stands_for(role: RoleCode, programmes: Iterable[Programme]) -> list[Any]:
    """What one may stand in for in a role: all programmes or one, unless a centre has one holder for them all (R17)."""
    if role in ONE_PER_CENTRE:
        return [(role.value, role.label)]
    each = [
        (f"{role.value}:{one.pk}", f"{role.label} for {one.qualification.short_title}") for one in programmes
    ]
    return [(role.label, [(role.value, f"{role.label} for all programmes"), *each])]


def _not_past(day: date, today: date) -> date:
    if day < today:
        raise forms.ValidationError("Enter today or a later day")
    if day > today + timedelta(days=3 * 366):
        raise forms.ValidationError("Enter a day in the next three years")
    return day
