"""Forms of decisions on direct claims status and of the number of samples."""

from __future__ import annotations

from typing import Any

from django import forms


class DecisionForm(forms.Form):
    """Accept or decline a recommendation; declining needs reasons."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("accept", "Accept the recommendation"), ("decline", "Decline it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you accept or decline the recommendation"},
    )
    reasons = forms.CharField(
        label="Your reasons",
        help_text="The SV reads them. Needed when you decline.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].say_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "decline" and not (cleaned.get("reasons") or "").strip():
            self.add_error("reasons", "Say why you decline the recommendation")
        return cleaned


class CountForm(forms.Form):
    """How many samples a programme has this year."""

    programme = forms.IntegerField(widget=forms.HiddenInput)
    count = forms.IntegerField(
        label="Samples this year",
        min_value=1,
        max_value=12,
        error_messages={"required": "Enter how many samples", "invalid": "Enter a whole number"},
    )
    reason = forms.CharField(
        label="Why this number", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
