"""Forms of an action: the centre's answer, the verifier's remark, closing."""

from __future__ import annotations

from typing import Any

from django import forms

from centres.forms.evidence import EvidenceField
from qa_portal import pack


class AnswerForm(forms.Form):
    """What the centre did, with evidence."""

    text = forms.CharField(
        label="What was done",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Or attach evidence that shows it.",
    )
    files = EvidenceField(label="Evidence", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.say_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "files" in cleaned and not cleaned.get("text", "").strip() and not cleaned["files"]:
            self.add_error("text", "Say what was done, or attach evidence")
        return cleaned


class ReturnForm(forms.Form):
    """What is still missing, and by when."""

    remark = forms.CharField(
        label="What is missing",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is missing"},
    )
    due_on = pack.DateField(label="New date")


class CloseForm(forms.Form):
    """A note that closes an action."""

    note = forms.CharField(
        label="Note for the centre", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when the centre has sent nothing.",
    )  # fmt: skip
