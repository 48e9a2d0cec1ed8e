"""Forms of the register: programmes, sites, cohorts, learners, registrations, decisions, centres."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from centres.models import (
    Attempt,
    Centre,
    Cohort,
    DeliveryPattern,
    InternalVerificationOutcome,
    Learner,
    Nation,
    Person,
    Programme,
    Qualification,
    RegistrationStatus,
    Site,
    StaffMember,
    Unit,
)
from centres.queries import decisions as decision_queries
from centres.rules.decisions import NOT_YET
from qa_portal.pack import DateField, yes_no


class LearnerForm(forms.Form):
    """A learner's details; ``revision`` tells whether somebody else changed them meanwhile."""

    given_name = forms.CharField(
        label="Given name", max_length=80, error_messages={"required": "Enter the given name"}
    )
    family_name = forms.CharField(
        label="Family name", max_length=80, error_messages={"required": "Enter the family name"}
    )
    date_of_birth = DateField(label="Date of birth", required=False)
    uln = forms.CharField(
        label="Unique Learner Number (ULN)",
        help_text="10 digits.",
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    reference = forms.CharField(label="Your own number for the learner", max_length=40, required=False)
    revision = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def values_of(learner: Learner) -> dict[str, Any]:
        """What the form shows of a learner that is there."""
        names = ("given_name", "family_name", "date_of_birth", "uln", "reference")
        return {name: getattr(learner, name) for name in names}


class SamePersonForm(forms.Form):
    """The tick that a second learner of the same name and date of birth is somebody else (R31)."""

    another_person = forms.BooleanField(
        label="This is another person, so add them",
        error_messages={"required": "Open the learner below, or confirm that this is another person"},
    )


class EnrolForm(forms.Form):
    """A learner onto a programme's cohort."""

    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label="Programme and cohort",
        empty_label="Choose a cohort",
        error_messages={"required": "Choose a cohort"},
    )
    enrolled_on = DateField(label="Enrolled on")
    certificate_name = forms.CharField(
        label="Name printed on certificates",
        max_length=160,
        error_messages={"required": "Enter the name that is to be printed on certificates"},
    )
    register_now = yes_no(
        label="Register now?",
        help_text="Registering fixes the fee. An enrolled learner can be registered later, but the fee may rise.",
        initial="yes",
    )

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cohort"]
        field.queryset = cohorts  # type: ignore[attr-defined]
        field.label_from_instance = lambda cohort: f"{cohort.programme.qualification.label}: {cohort.name}"  # type: ignore[attr-defined]


class CertificateNameForm(forms.Form):
    """The name that certificates will say."""

    certificate_name = forms.CharField(
        label="Name printed on certificates",
        max_length=160,
        error_messages={"required": "Enter the name that is to be printed on certificates"},
    )


class LearnerFilterForm(forms.Form):
    """The filters of the list of learners, kept in the address."""

    q = forms.CharField(label="Name, ULN or your number", required=False, max_length=160)
    programme = forms.ChoiceField(label="Programme", required=False)
    cohort = forms.ChoiceField(label="Cohort", required=False)
    status = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), *RegistrationStatus.choices]
    )

    def __init__(self, *args: Any, cohorts: list[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = {cohort.programme_id: cohort.programme.qualification.label for cohort in cohorts}
        self.fields["programme"].choices = [("", "All"), *programmes.items()]  # type: ignore[attr-defined]
        self.fields["cohort"].choices = [("", "All")] + [  # type: ignore[attr-defined]
            (cohort.pk, f"{cohort.name}, {cohort.programme.qualification.label}") for cohort in cohorts
        ]


class CohortForm(forms.Form):
    """A cohort's name, place and dates; whether the dates fit each other is a rule, not a shape."""

    name = forms.CharField(
        label="Name of the cohort",
        max_length=80,
        help_text="For example September 2026.",
        error_messages={"required": "Enter the name of the cohort"},
    )
    site = forms.ModelChoiceField(
        Site.objects.none(), label="Site", error_messages={"required": "Choose a site"}
    )
    delivery_pattern = forms.ChoiceField(
        label="Delivery pattern",
        choices=DeliveryPattern.choices,
        widget=forms.RadioSelect,
        help_text="It decides when registration fees rise and when samples are planned.",
        error_messages={"required": "Choose a delivery pattern"},
    )
    starts_on = DateField(label="First day")
    ends_on = DateField(label="Last day")
    certification_needed_by = DateField(
        label="Certificates needed by",
        required=False,
        help_text="Where learners need them before the last day.",
    )

    def __init__(self, *args: Any, centre_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(centre_id=centre_id).order_by("name")  # type: ignore[attr-defined]


class SiteForm(forms.Form):
    """A place where a centre delivers."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the name of the site"}
    )
    address = forms.CharField(
        label="Address", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_main = yes_no(label="Is this the main site?", initial="no")
    closed_on = DateField(label="Closed on", required=False)


class ApprovalForm(forms.Form):
    """The dates of an approval to deliver."""

    approved_from = DateField(label="Approved from")
    approved_to = DateField(
        label="Last day of registrations",
        required=False,
        help_text="Leave empty where the approval has no end.",
    )
    specification_version = forms.CharField(
        label="Specification version",
        max_length=20,
        initial="1",
        error_messages={"required": "Enter the version of the specification"},
    )


class ApproveForm(ApprovalForm):
    """A new approval: which qualification, and its dates."""

    qualification = forms.ModelChoiceField(
        Qualification.objects.none(),
        label="Qualification",
        empty_label="Choose a qualification",
        error_messages={"required": "Choose a qualification"},
    )
    field_order = ("qualification", "approved_from", "approved_to", "specification_version")

    def __init__(self, *args: Any, centre_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has = Programme.objects.filter(centre_id=centre_id).values("qualification_id")
        free = Qualification.objects.exclude(pk__in=has).order_by("suite", "short_title")
        self.fields["qualification"].queryset = free  # type: ignore[attr-defined]


class LeaderForm(forms.Form):
    """Who leads a programme at the centre."""

    leader = forms.ModelChoiceField(
        Person.objects.none(), label="Programme leader", required=False, empty_label="Nobody"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = people  # type: ignore[attr-defined]


class DecisionFilterForm(forms.Form):
    """The filter of the list of decisions, kept in the address."""

    programme = forms.ChoiceField(label="Programme", required=False)

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(programme.pk, programme.qualification.label) for programme in programmes]
        self.fields["programme"].choices = [("", "All"), *choices]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """One assessment decision on one learner's work for one assignment of one unit."""

    assignment_number = forms.IntegerField(
        label="Number of the assignment",
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
    )
    attempt = forms.ChoiceField(label="Submission", choices=Attempt.choices, initial=Attempt.FIRST)
    assessor = forms.ModelChoiceField(
        StaffMember.objects.none(), label="Assessor", error_messages={"required": "Choose the assessor"}
    )
    site = forms.ModelChoiceField(
        Site.objects.none(), label="Site", error_messages={"required": "Choose a site"}
    )
    decided_on = DateField(label="Decided on")
    criteria = forms.MultipleChoiceField(
        label="Criteria that were met", required=False, widget=forms.CheckboxSelectMultiple
    )
    grade = forms.ChoiceField(
        label="Grade",
        widget=forms.RadioSelect(attrs={"data-inline": "true"}),
        error_messages={"required": "Choose a grade"},
    )
    reference = forms.CharField(label="Your own number for the decision", max_length=60, required=False)

    def __init__(self, *args: Any, programme: Programme, unit: Unit, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "assessor", decision_queries.assessors(programme.centre_id, on))
        _choose(self, "site", Site.objects.filter(centre_id=programme.centre_id).order_by("-is_main", "name"))
        grades = [*programme.qualification.grades, NOT_YET]
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            (grade, "Not yet met (U)" if grade == NOT_YET else grade) for grade in grades
        ]
        self.fields["criteria"].choices = [  # type: ignore[attr-defined]
            (criterion["code"], f"{criterion['code']} {criterion['text']}") for criterion in unit.criteria
        ]


class VerificationForm(forms.Form):
    """The internal verification of one decision."""

    internal_verifier = forms.ModelChoiceField(
        StaffMember.objects.none(),
        label="Internal verifier",
        error_messages={"required": "Choose the internal verifier"},
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[(v, w) for v, w in InternalVerificationOutcome.choices if v != "NONE"],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome"},
    )
    verified_on = DateField(label="Verified on")

    def __init__(self, *args: Any, centre_id: int, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "internal_verifier", decision_queries.internal_verifiers(centre_id, on))


def _choose(form: forms.Form, name: str, rows: Any) -> None:
    form.fields[name].queryset = rows  # type: ignore[attr-defined]


class CentreForm(forms.Form):
    """A centre in the register."""

    number = forms.CharField(label="Centre number", max_length=8, help_text="For example 10101.",
                             error_messages={"required": "Enter the centre number"})  # fmt: skip
    name = forms.CharField(
        label="Name", max_length=160, error_messages={"required": "Enter the name of the centre"}
    )
    approved_on = DateField(label="Approved on")
    nation = forms.ChoiceField(
        label="Nation", choices=Nation.choices, help_text="Its bank holidays count for working days."
    )
    town = forms.CharField(label="Town", required=False, max_length=80)
    address = forms.CharField(
        label="Address", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    mainly_btec_qa = yes_no(
        label="Does it mainly deliver under BTEC quality assurance?",
        help_text="Then it may send the short declaration once its BTEC review is done.",
        initial="no",
    )
    quality_manager = forms.ModelChoiceField(
        Person.objects.none(), label="Quality manager", required=False, empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, managers: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quality_manager"].queryset = managers  # type: ignore[attr-defined]
        if not new:
            del self.fields["number"]

    @staticmethod
    def values_of(centre: Centre) -> dict[str, Any]:
        """What the form shows of a centre that is there."""
        names = ("name", "approved_on", "nation", "town", "address", "quality_manager")
        return {name: getattr(centre, name) for name in names} | {
            "mainly_btec_qa": "yes" if centre.mainly_btec_qa else "no"
        }


class CentreFilterForm(forms.Form):
    """The filters of the register of centres."""

    q = forms.CharField(label="Name or number", required=False, max_length=160)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "All"), ("APPROVED", "Approved"), ("CLOSED", "Closed")]
    )
    nation = forms.ChoiceField(label="Nation", required=False, choices=[("", "All"), *Nation.choices])
    programmes = forms.ChoiceField(
        label="Programmes",
        required=False,
        choices=[("", "All"), ("wbl", "Work-based learning"), ("none", "None approved")],
    )
