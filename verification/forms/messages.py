"""A message to the other side."""

from __future__ import annotations

from django import forms

from centres.forms.evidence import EvidenceField


class MessageForm(forms.Form):
    """What is written, with at most one file."""

    text = forms.CharField(
        label="Your message",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write a message"},
    )
    to_quality_manager = forms.BooleanField(
        label="Tell the quality manager as well",
        help_text="They answer for this centre at the awarding organisation, and read the conversation here.",
        required=False,
    )
    file = EvidenceField(label="A file with it", required=False, one_file=True)
