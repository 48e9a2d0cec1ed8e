"""Forms of the LSV visit: shape only; the operations decide what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from centres.forms.evidence import EvidenceField
from centres.models import Person, Programme
from centres.schemes.verification import Criterion, Rating
from qa_portal import pack
from verification.models import ActionLevel, FindingJudgement, RequestedDocument

_INLINE = {"data-inline": "true"}


def _text(
    label: str, *, rows: int = 3, required: bool = True, help_text: str = "", missing: str = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class BeginForm(forms.Form):
    """Asked only where the visit takes place after its window."""

    late_reason = _text("Why the visit takes place later than planned", missing="Say why it is later")


class FindingForm(forms.Form):
    """What was seen for one criterion, and how it is judged."""

    judgement = forms.ChoiceField(
        label="Judgement",
        choices=FindingJudgement.choices,
        required=False,
        widget=forms.RadioSelect(attrs=_INLINE),
    )
    seen = _text(
        "What you saw", rows=5, required=False, help_text="Facts only: the centre is asked to check them."
    )
    risk_to_valid_certification = forms.BooleanField(
        label="This is a risk to valid certification", required=False
    )
    revision = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("judgement", "seen", "risk_to_valid_certification"):
            self.fields[name].say_optional = False  # type: ignore[attr-defined]


class DraftActionForm(forms.Form):
    """An action being written."""

    level = forms.ChoiceField(
        label="Level",
        choices=ActionLevel.choices,
        widget=forms.RadioSelect(attrs=_INLINE),
        help_text="Essential: the cycle of this report stays open until it is closed; overdue, it suspends direct "
        "claims of its programme, or of all where it concerns the whole centre and is a risk to valid certification.",
        error_messages={"required": "Choose essential or recommended"},
    )
    criterion = forms.ChoiceField(label="Criterion", error_messages={"required": "Choose a criterion"})
    text = _text("What the centre does", missing="Write what the centre does")
    owner = forms.TypedChoiceField(
        label="Who",
        coerce=int,
        error_messages={"required": "Choose who does it"},
        help_text="People at the centre who may answer actions.",
    )
    due_on = pack.DateField(label="Due")
    programme = forms.TypedChoiceField(
        label="Programme",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Leave empty if it concerns the whole centre.",
    )
    risk_to_valid_certification = forms.BooleanField(
        label="A risk to valid certification: it falls due before standards verification begins",
        required=False,
    )
    revision = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        owners: Iterable[Person],
        programmes: Iterable[Programme],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [("", "Choose"), *((c.key, c.title) for c in criteria)]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "Choose"), *((p.pk, p.name) for p in owners)]  # type: ignore[attr-defined]
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            ("", "The whole centre"),
            *((p.pk, p.qualification.short_title) for p in programmes),
        ]
        self.fields["programme"].say_optional = False  # type: ignore[attr-defined]
        self.fields["risk_to_valid_certification"].say_optional = False  # type: ignore[attr-defined]


class TextsForm(forms.Form):
    """The written parts of the report and the initial rating."""

    people_seen = _text(
        "Seen at the centre",
        rows=2,
        required=False,
        help_text="Names and roles of staff; learners only in numbers.",
    )
    summary = _text(
        "Summary",
        rows=4,
        required=False,
        help_text="Two or three sentences: do the systems work, are certificates safe, why this rating.",
    )
    good_practice = _text(
        "Good practice",
        required=False,
        help_text="What other centres could learn from. Leave it empty rather than be polite.",
    )
    next_steps = _text(
        "What happens next", required=False, help_text="Who verifies what, when, and what to have ready."
    )
    rating = forms.ChoiceField(label="Initial risk rating", required=False, widget=forms.RadioSelect)
    rating_reasons = _text("Why this rating", required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ratings: Sequence[Rating], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rating"].choices = [(r.key.upper(), f"{r.title}. {r.meaning}") for r in ratings]  # type: ignore[attr-defined]
        for name in ("people_seen", "summary", "next_steps", "rating", "rating_reasons"):
            self.fields[name].say_optional = False  # type: ignore[attr-defined]


class FactsForm(forms.Form):
    """The centre's corrections, one field per fact that was sent."""

    def __init__(self, *args: Any, content: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [{"key": "people_seen", "title": "Seen at the centre", "seen": content.get("people_seen", "")}]
        self.rows = []
        for row in [*(each for each in rows if each["seen"]), *content["criteria"]]:
            name = f"c_{row['key']}"
            self.fields[name] = _text("Your correction", rows=2, required=False, help_text="")
            self.rows.append({"title": row["title"], "seen": row["seen"], "name": name})

    def with_fields(self) -> list[dict[str, Any]]:
        """The facts with their bound fields, for the page."""
        return [row | {"field": self[row["name"]]} for row in self.rows]

    def corrections(self) -> dict[str, str]:
        """What was written, by criterion."""
        return {name.removeprefix("c_"): text for name, text in self.cleaned_data.items() if text}


class EscalationForm(forms.Form):
    """A significant failing for the quality manager."""

    text = _text(
        "What you found, and what is needed",
        rows=6,
        help_text="The centre does not see this.",
        missing="Write what you found",
    )


class EscalationAnswerForm(forms.Form):
    """The quality manager's answer."""

    answer = _text("Your answer", rows=5, missing="Write your answer")


class DocumentForm(forms.Form):
    """One document for the visit."""

    document = forms.ChoiceField(label="Document", error_messages={"required": "Choose which document it is"})
    file = EvidenceField(label="File", one_file=True)

    def __init__(self, *args: Any, documents: Iterable[RequestedDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(document.key, document.title) for document in documents]
        self.fields["document"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]
