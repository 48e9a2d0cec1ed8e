"""Forms of planning a sample and of the centre's side of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from centres.forms.evidence import EvidenceField


class AddForm(forms.Form):
    """A decision that the verifier adds, with the reason."""

    decision = forms.ChoiceField(label="Work to add", error_messages={"required": "Choose the work to add"})
    reason = forms.CharField(
        label="Why you add it",
        help_text="The centre reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you add it"},
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """One reason; the label says for what."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, label: str, help_text: str = "", required: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label, help_text
        field.error_messages["required"] = required or "Say why"


class LeadForm(forms.Form):
    """Who is Lead IV for a sample."""

    lead_iv = forms.ChoiceField(
        label="Lead IV for this sample", error_messages={"required": "Choose the Lead IV"}
    )

    def __init__(self, *args: Any, people: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((str(person.pk), person.name) for person in people)]
        self.fields["lead_iv"].choices = choices  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    """Files of one item, with what they are."""

    files = EvidenceField(label="Work and records")
    description = forms.CharField(
        label="What it is",
        help_text="For example: assignment with assessment record, observation record, video.",
        max_length=160,
        required=False,
    )
