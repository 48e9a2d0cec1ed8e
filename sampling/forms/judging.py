"""The form of the judging desk: one pair of radios and one reason a criterion, and feedback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from sampling.queries.judgements import Answer, Criterion

AGREE, DISAGREE = "agree", "disagree"
CHOICES = ((AGREE, "Agree"), (DISAGREE, "Disagree"))


class JudgementForm(forms.Form):
    """Answers by position of the criterion (codes hold dots); ``answers()`` gives them back by code."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        kept: Mapping[str, Any] | None = None,
        sent: bool = True,
        **kwargs: Any,
    ) -> None:
        self.criteria = tuple(criteria)
        initial = dict(kwargs.pop("initial", None) or {})
        for number, criterion in enumerate(self.criteria, start=1):
            answer = (kept or {}).get(criterion.code) or {}
            initial[f"agree_{number}"] = {True: AGREE, False: DISAGREE}.get(answer.get("agree"))
            initial[f"why_{number}"] = answer.get("why", "")
        super().__init__(*args, initial=initial, **kwargs)
        for number, criterion in enumerate(self.criteria, start=1):
            self.fields[f"agree_{number}"] = forms.ChoiceField(
                choices=CHOICES, widget=forms.RadioSelect, required=False, label=criterion.code
            )
            self.fields[f"why_{number}"] = forms.CharField(
                label=f"Why you disagree with {criterion.code}",
                help_text="The centre reads this. Say what the evidence shows and what is missing.",
                widget=forms.Textarea(attrs={"rows": 3}),
                required=False,
            )
            self.fields[f"why_{number}"].say_optional = False  # type: ignore[attr-defined]
        self.sent = sent
        self.fields["work_seen"] = forms.CharField(
            label="Where you saw the work",
            help_text="Nothing has been sent for this item. The report names where you saw it, for example at the "
            "centre on the day.",
            widget=forms.Textarea(attrs={"rows": 2}),
            required=False,
        )
        self.fields["work_seen"].say_optional = False  # type: ignore[attr-defined]
        self.fields["feedback"] = forms.CharField(
            label="Feedback to the assessor", widget=forms.Textarea(attrs={"rows": 2}), required=False
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number, criterion in enumerate(self.criteria, start=1):
            disagrees = cleaned.get(f"agree_{number}") == DISAGREE
            if disagrees and not (cleaned.get(f"why_{number}") or "").strip():
                self.add_error(f"why_{number}", f"Say why you disagree with {criterion.code}")
        if not self.sent and self._is_complete(cleaned) and not (cleaned.get("work_seen") or "").strip():
            self.add_error("work_seen", "Say where you saw the work, or tell the centre what is missing")
        return cleaned

    def _is_complete(self, cleaned: Mapping[str, Any]) -> bool:
        return all(cleaned.get(f"agree_{number}") for number in range(1, len(self.criteria) + 1))

    def answers(self) -> dict[str, Answer]:
        """The answers by criterion code, those given."""
        given = {}
        for number, criterion in enumerate(self.criteria, start=1):
            choice = self.cleaned_data.get(f"agree_{number}")
            if choice:
                agree = choice == AGREE
                why = "" if agree else self.cleaned_data.get(f"why_{number}", "")
                given[criterion.code] = Answer(agree, why)
        return given

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the criteria table, with the reason field that belongs to each."""
        return [
            {
                "code": criterion.code if criterion.code != "decision" else "",
                "text": criterion.text,
                "assessor": criterion.assessor or "\N{EN DASH}",
                "field": self[f"agree_{number}"],
                "reason": self[f"why_{number}"],
                "number": number,
            }
            for number, criterion in enumerate(self.criteria, start=1)
        ]
