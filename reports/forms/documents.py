"""Forms of reports: a correction, and the check of a digest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from reports.content.document import Correctable
from verification.models.activities import RiskLevel

_DIGEST = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True)
class Decision:
    """What a final report decides: its rating, and by programme id the name and the cycle; ``cycles`` are choices."""

    rating: str
    programmes: dict[str, tuple[str, str]]
    cycles: list[tuple[str, str]]


class CorrectionForm(forms.Form):
    """A reason, and one field per text that may be worded anew."""

    reason = forms.CharField(
        label="Why it is corrected",
        help_text="Printed at the top of the new version.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why it is corrected"},
    )

    def __init__(
        self, *args: Any, texts: Iterable[Correctable], decision: Decision | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        if decision is not None:
            self._ask_for(decision)
        for text in texts:
            field = forms.CharField(
                label=text.label, required=False, initial=text.text, widget=forms.Textarea(attrs={"rows": 3})
            )
            field.say_optional = False  # type: ignore[attr-defined]
            self.fields[f"t_{text.key}"] = field

    def _ask_for(self, decision: Decision) -> None:
        self.fields["rating"] = forms.ChoiceField(
            label="Final risk rating",
            choices=RiskLevel.choices,
            initial=decision.rating,
            widget=forms.RadioSelect(attrs={"data-inline": "true"}),
            error_messages={"required": "Choose low, medium or high"},
        )
        for pk, (name, key) in decision.programmes.items():
            self.fields[f"cycle_{pk}"] = forms.ChoiceField(
                label=f"Recommended cycle: {name}", choices=decision.cycles, initial=key
            )

    def decided(self) -> tuple[str, dict[str, str]] | None:
        """The rating and the cycle by programme id, for a report that decides on them."""
        if self.decision is None:
            return None
        cycles = {pk: self.cleaned_data[f"cycle_{pk}"] for pk in self.decision.programmes}
        return self.cleaned_data["rating"], cycles

    def changes(self) -> dict[str, str]:
        """The texts by key."""
        return {
            name.removeprefix("t_"): text for name, text in self.cleaned_data.items() if name.startswith("t_")
        }


class CheckForm(forms.Form):
    """A digest as printed, or the file itself."""

    digest = forms.CharField(
        label="The beginning of the SHA-256, as printed",
        required=False,
        help_text="For example 7c1e 90ab 44d2",
    )
    file = forms.FileField(label="Or the PDF file", required=False, help_text="It is compared and not kept.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.say_optional = False  # type: ignore[attr-defined]

    def clean_digest(self) -> str:
        digest = re.sub(r"[\s….]", "", self.cleaned_data["digest"].lower())
        if digest and not _DIGEST.fullmatch(digest):
            raise forms.ValidationError("Enter at least four characters of the digest: 0 to 9 and a to f")
        return digest

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("digest") and not cleaned.get("file"):
            self.add_error("digest", "Enter the digest, or choose the file")
        return cleaned
