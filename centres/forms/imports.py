"""Forms of imports: which file, of what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from centres import csv_files, import_kinds
from centres.forms.evidence import EvidenceField

_HINT = "A CSV file in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs between the columns."


class ImportForm(forms.Form):
    """A file for a centre, and what it holds."""

    kind = forms.ChoiceField(
        label="What does the file hold?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the file holds"},
    )
    file = EvidenceField(
        label="File", one_file=True, help_text=_HINT, error_messages={"required": "Choose a CSV file"}
    )

    def __init__(self, *args: Any, kinds: Iterable[import_kinds.Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.title) for kind in kinds]  # type: ignore[attr-defined]


class CentresFileForm(forms.Form):
    """A file of centres for the register, checked and saved at once because it is small."""

    file = forms.FileField(label="File", help_text=_HINT, error_messages={"required": "Choose a CSV file"})

    def clean_file(self) -> str:
        """The text of the file, which the page keeps between checking and saving."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > 2 * 1024 * 1024:
            raise forms.ValidationError("This file is larger than 2 MB. Split it.")
        try:
            return csv_files.decode(upload.read())[0]
        except csv_files.Unreadable as problem:
            raise forms.ValidationError(str(problem)) from problem


class SaveRowsForm(forms.Form):
    """The tick that just the good rows are saved."""

    only_good_rows = forms.BooleanField(
        label="Save the good rows and leave out the others",
        error_messages={
            "required": "Mend the file and upload it again, or confirm that only good rows are saved"
        },
    )
