"""The field by which evidence files come in: several at once, checked for size and kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from centres import media_types


class SeveralFiles(forms.FileInput):
    """The plain file input, for one or several files."""

    allow_multiple_selected = True
    needs_multipart_form = True


class EvidenceField(forms.FileField):
    """One or several files; cleans to a list of uploads (empty when none was chosen), each small enough and of a kind
    that may be evidence, as its content says.

    ``one_file=True`` takes one only.
    """

    def __init__(self, *, one_file: bool = False, **options: Any) -> None:
        self.one_file = one_file
        options.setdefault("widget", forms.FileInput() if one_file else SeveralFiles())
        options.setdefault("help_text", limit_in_words(one_file=one_file))
        options.setdefault("error_messages", {"required": "Choose a file"})
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = data if isinstance(data, list | tuple) else [data]
        uploads = [upload for upload in uploads if upload]
        if not uploads:
            if self.required and not initial:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        problems = [problem for problem in map(problem_with, uploads) if problem]
        if problems:
            raise ValidationError(problems)
        return uploads


def problem_with(upload: UploadedFile) -> str | None:
    """Why an upload is not taken, in words, or None; leaves it at its beginning."""
    upload.seek(0)
    head = upload.read(media_types.HEAD_BYTES)
    upload.seek(0)
    return media_types.problem_with(
        str(upload.name), upload.size or 0, head, limit=settings.EVIDENCE_MAX_BYTES
    )


def limit_in_words(*, one_file: bool = False) -> str:
    """What may be uploaded, for the hint of the field."""
    kinds = media_types.ACCEPTED_IN_WORDS
    kinds = kinds[0].upper() + kinds[1:]
    how_many = "" if one_file else " You can choose several."
    return f"{kinds}, each up to {media_types.in_megabytes(settings.EVIDENCE_MAX_BYTES)}.{how_many}"
