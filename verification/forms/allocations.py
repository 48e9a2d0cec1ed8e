"""What a planner enters when allocating: the person, why somebody stays or goes, and the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms


class PlacesFilter(forms.Form):
    """Which centres the list shows."""

    q = forms.CharField(label="Centre", required=False)
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Without an LSV or SV"),
            ("lsv", "Without an LSV"),
            ("proposed", "With proposals"),
            ("all", "All centres"),
        ],
    )


class AllocateForm(forms.Form):
    """The person chosen for a place, with the reasons that their choice needs."""

    verifier = forms.ChoiceField(
        label="Who",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a person",
            "invalid_choice": "This person cannot be allocated here any more. Choose another",
        },
    )
    long_stay_reason = forms.CharField(
        label="Why somebody stays longer than the years hoped for",
        help_text="Needed only for people marked “time to move on”. It is kept with the allocation.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    also = forms.MultipleChoiceField(
        label="Also as SV for", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.MultipleChoiceField(
        label="Their other places here that this person takes as well",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Why the person before is replaced",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=200,
        error_messages={"required": "Say why: illness, a conflict, a move"},
    )

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        must_record: dict[str, str],
        also: list[tuple[str, str]],
        others: list[tuple[str, str]],
        replacing: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.must_record = must_record
        self.fields["verifier"].choices = people  # type: ignore[attr-defined]
        if not any(must_record.values()):
            del self.fields["long_stay_reason"]
        if also and not replacing:
            self.fields["also"].choices = also  # type: ignore[attr-defined]
        else:
            del self.fields["also"]
        if replacing and others:
            self.fields["others"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["others"]
        if not replacing:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = self.must_record.get(cleaned.get("verifier", ""), "")
        if needed and not cleaned.get("long_stay_reason", "").strip():
            self.add_error("long_stay_reason", f"Record this first: {needed[0].lower()}{needed[1:]}")
        return cleaned


class AskForm(forms.Form):
    """Why somebody with a declared conflict is needed, and stays longer than hoped for where they do."""

    reason = forms.CharField(
        label="Why nobody else can do it",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why nobody else can do it"},
    )
    long_stay_reason = forms.CharField(
        label="Why they stay longer than the years hoped for",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Record why they stay longer than hoped for"},
    )

    def __init__(self, *args: Any, long_stay: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not long_stay:
            del self.fields["long_stay_reason"]


class EndForm(forms.Form):
    """Why an allocation ends."""

    reason = forms.CharField(
        label="Why it ends",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why: illness, a conflict, a move"},
    )
