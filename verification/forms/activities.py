"""What is entered about an activity's date."""

from __future__ import annotations

from typing import Any

from django import forms

from qa_portal import pack
from verification.models import ActivityMode


class DateForm(forms.Form):
    """A day proposed by the verifier or a planner."""

    day = pack.DateField(label="Day")
    starts_at = pack.TimeField(label="Begins at", required=False)
    mode = forms.ChoiceField(
        label="How", choices=ActivityMode.choices, widget=forms.RadioSelect(attrs={"data-inline": "true"})
    )
    late_reason = forms.CharField(
        label="Why outside the window",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed only for a day before or after the window.",
    )
    short_notice = forms.BooleanField(
        label="This is a short-notice visit", required=False, help_text="At most five working days ahead."
    )


class AnotherDayForm(forms.Form):
    """A day proposed by the centre."""

    day = pack.DateField(label="Day")
    starts_at = pack.TimeField(label="Begins at", required=False)
    late_reason = forms.CharField(
        label="Why outside the window",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed only for a day before or after the window.",
    )


class ReasonForm(forms.Form):
    """Why something that was agreed ends."""

    reason = forms.CharField(
        label="Why", widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Say why"}
    )

    def __init__(self, *args: Any, label: str = "Why", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
