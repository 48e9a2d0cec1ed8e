"""Forms of the self-assessment and the annual declaration; they validate shape only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from centres.forms.evidence import EvidenceField
from centres.schemes.questions import Question, Statement
from qa_portal import pack
from verification.models import SelfAssessmentAnswer
from verification.questionnaire import CHOOSE, problem_of

LONGEST = 4000
_TOO_LONG = {"max_length": f"Shorten this to {LONGEST:,} characters or fewer"}


def answer_field(key: str) -> str:
    """The name of a question's yes or no."""
    return f"a_{key}"


def comment_field(key: str) -> str:
    """The name of a question's comment."""
    return f"c_{key}"


def text_field(label: str, *, required: bool = True, missing: str = "", rows: int = 4, **options: Any):
    """A longer text with the portal's limit."""
    messages = {**_TOO_LONG, "required": missing}
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=messages,
        **options,
    )


class SectionForm(forms.Form):
    """One section's questions: yes or no, and a comment each; complete or not, as the person likes.

    ``base`` remembers what each answer was when the page was opened, so that after somebody else's save the answers
    this person touched can be told from those they left alone.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[answer_field(question.key)] = pack.yes_no(required=False, label=question.text)
            self.fields[comment_field(question.key)] = text_field("Comment", required=False)

    def answers(self) -> dict[str, tuple[bool | None, str]]:
        """What was entered, by question key; after ``is_valid``."""
        data = self.cleaned_data
        return {
            question.key: (data[answer_field(question.key)], data[comment_field(question.key)])
            for question in self.questions
        }

    def untouched(self) -> set[str]:
        """Questions whose answers are as they were when the page was opened."""
        base = dict(pair.split(":", 1) for pair in self.cleaned_data["base"].split(",") if ":" in pair)
        return {key for key, answer in self.answers().items() if base.get(key) == fingerprint(*answer)}

    def mark_missing(self, needed_for: tuple[str, ...]) -> None:
        """Add a message to each answer that is not complete (R2), without refusing to save it."""
        for key, (value, comment) in self.answers().items():
            problem = problem_of(value, comment, needed_for)
            if problem:
                self.add_error(answer_field(key) if problem == CHOOSE else comment_field(key), problem)

    def problems(self) -> list[tuple[str, str]]:
        """(id, message) for the summary; each message begins with its question's number."""
        found = [("", str(message)) for message in self.non_field_errors()]
        for question in self.questions:
            for name in (answer_field(question.key), comment_field(question.key)):
                found += [
                    (pack.target_of(self[name]), f"{question.number} {message}")
                    for message in self.errors.get(name, [])
                ]
        return found


def fingerprint(value: bool | None, comment: str) -> str:
    """A short mark of one answer."""
    return hashlib.sha256(f"{value}\x1f{comment}".encode()).hexdigest()[:12]


def saved(rows: Mapping[str, SelfAssessmentAnswer], revision: int) -> dict[str, Any]:
    """What is saved, as a section form's first content."""
    initial: dict[str, Any] = {
        "revision": revision,
        "base": ",".join(f"{key}:{fingerprint(row.value, row.comment)}" for key, row in rows.items()),
    }
    for key, row in rows.items():
        initial[answer_field(key)] = {True: "yes", False: "no", None: ""}[row.value]
        initial[comment_field(key)] = row.comment
    return initial


class DelegateForm(forms.Form):
    """Who is asked for a section, and by when."""

    person = forms.ChoiceField(
        label="Who answers this section", error_messages={"required": "Choose a person"}
    )
    asked_by = pack.DateField(label="To be finished by")

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose a person"), *people]


class ExtensionForm(forms.Form):
    """More time: until when, and why."""

    wanted_until = pack.DateField(label="Until")
    reason = text_field("Why the centre needs more time", missing="Write why the centre needs more time")


class ReturnForm(forms.Form):
    """What the centre should change, and by when."""

    remarks = text_field(
        "What the centre should change or add",
        missing="Write what the centre should change or add",
        help_text="The centre reads this above its answers. Name the question's number.",
    )
    due_on = pack.DateField(label="To be submitted again by")


class BtecReviewForm(forms.Form):
    """The day of this year's BTEC review."""

    on = pack.DateField(label="When was it done?")


class ReasonForm(forms.Form):
    """A reason in words."""

    def __init__(self, *args: Any, label: str = "Reason", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = text_field(label, required=required, missing="Write the reason")
        self.fields["reason"].say_optional = False  # the label says when it is needed


class EvidenceForm(forms.Form):
    """Files that support a section or one of its answers."""

    question = forms.ChoiceField(label="What they support", required=False)
    files = EvidenceField(label="Files")

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [(question.key, f"{question.number} {question.text}") for question in questions]
        self.fields["question"].choices = [("", "The whole section"), *chosen]


class DeclarationForm(forms.Form):
    """Each statement confirmed by itself; a reason where it is late."""

    def __init__(self, *args: Any, statements: Iterable[Statement], late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statements = list(statements)
        for statement in self.statements:
            self.fields[f"s_{statement.key}"] = forms.BooleanField(
                label="I confirm this",
                error_messages={"required": f"Confirm “{statement.title}”"},
            )
        if late:
            self.fields["late_reason"] = text_field(
                "Why it is late", missing="Write why the declaration is late", rows=3
            )

    def accepted(self) -> list[str]:
        """The keys of the statements confirmed."""
        return [s.key for s in self.statements if self.cleaned_data.get(f"s_{s.key}")]
