"""Forms of compliance, of the report's written parts with the recommendation, and of actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from centres.models import Person
from centres.schemes.verification import Criterion, ReportSection
from qa_portal import pack
from sampling.models import ComplianceCheck, ComplianceJudgement
from sampling.operations.compliance import Check
from verification.models import ActionLevel
from verification.queries.actions import DECISIONS, DECISIONS_TITLE

_INLINE = {"data-inline": "true"}


class ComplianceForm(forms.Form):
    """How each requirement of the scheme is met, and what was seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], kept: Mapping[str, ComplianceCheck], **kwargs: Any
    ) -> None:
        self.criteria = tuple(criteria)
        initial = dict(kwargs.pop("initial", None) or {})
        for criterion in self.criteria:
            if check := kept.get(criterion.key):
                initial[f"{criterion.key}_judgement"] = check.judgement
                initial[f"{criterion.key}_seen"] = check.evidence_seen
        super().__init__(*args, initial=initial, **kwargs)
        for criterion in self.criteria:
            self.fields[f"{criterion.key}_judgement"] = forms.ChoiceField(
                label=criterion.title,
                choices=ComplianceJudgement.choices,
                required=False,
                widget=forms.RadioSelect(attrs=_INLINE),
            )
            self.fields[f"{criterion.key}_seen"] = forms.CharField(
                label="What you saw",
                help_text=criterion.evidence,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            for name in (f"{criterion.key}_judgement", f"{criterion.key}_seen"):
                self.fields[name].say_optional = False  # type: ignore[attr-defined]

    def checks(self) -> dict[str, Check]:
        """The checks by criterion key, those begun."""
        given = {}
        for criterion in self.criteria:
            judgement = self.cleaned_data.get(f"{criterion.key}_judgement", "")
            seen = self.cleaned_data.get(f"{criterion.key}_seen", "")
            if judgement or seen:
                given[criterion.key] = Check(judgement, seen)
        return given

    def rows(self) -> list[dict[str, Any]]:
        """The requirements in order, each with its two fields."""
        return [
            {
                "title": criterion.title,
                "looks_at": criterion.looks_at,
                "judgement": self[f"{criterion.key}_judgement"],
                "seen": self[f"{criterion.key}_seen"],
            }
            for criterion in self.criteria
        ]


class WritingForm(forms.Form):
    """The written sections of the report and the recommendation about direct claims status."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, sections: Sequence[ReportSection], kinds: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = tuple(sections)
        for section in self.sections:
            self.fields[section.key] = forms.CharField(
                label=section.title,
                help_text=section.guidance,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            self.fields[section.key].say_optional = not section.required  # type: ignore[attr-defined]
        self.fields["direct_claims_kind"] = forms.ChoiceField(
            label="What you recommend", choices=list(kinds), required=False, widget=forms.RadioSelect
        )
        self.fields["direct_claims_reasons"] = forms.CharField(
            label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        for name in ("direct_claims_kind", "direct_claims_reasons"):
            self.fields[name].say_optional = False  # type: ignore[attr-defined]

    def texts(self) -> dict[str, str]:
        """The written sections by key."""
        return {section.key: self.cleaned_data.get(section.key, "") for section in self.sections}

    def written(self) -> list[Any]:
        """The fields of the written sections, in order."""
        return [self[section.key] for section in self.sections]


class ActionForm(forms.Form):
    """An action that the report will open."""

    level = forms.ChoiceField(
        label="Level",
        choices=ActionLevel.choices,
        widget=forms.RadioSelect(attrs=_INLINE),
        error_messages={"required": "Choose essential or recommended"},
    )
    criterion = forms.ChoiceField(
        label="What it comes from", error_messages={"required": "Choose what it comes from"}
    )
    text = forms.CharField(
        label="What the centre does",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what the centre does"},
    )
    owner = forms.TypedChoiceField(label="Who", coerce=int, error_messages={"required": "Choose who does it"})
    due_on = pack.DateField(label="Due")
    risk_to_valid_certification = forms.BooleanField(
        label="This is a risk to valid certification", required=False
    )

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], owners: Iterable[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            (DECISIONS, DECISIONS_TITLE),
            *((criterion.key, criterion.title) for criterion in criteria),
        ]
        self.fields["owner"].choices = [("", "Choose"), *((p.pk, p.name) for p in owners)]  # type: ignore[attr-defined]
        self.fields["risk_to_valid_certification"].say_optional = False  # type: ignore[attr-defined]
