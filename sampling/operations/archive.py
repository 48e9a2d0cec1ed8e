"""All evidence of a sample in one archive, with a list of what is in it."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import get_valid_filename

from centres.models import EvidenceScan
from centres.permissions import Permission
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import file_size
from sampling.models import ItemEvidence, Sample, SampledItem

#: Above this one archive would keep a web process too long; files are opened one by one then.
LARGEST_ARCHIVE = 500 * 1024 * 1024
_PART = 1024 * 1024
COLUMNS = ("Item", "Learner", "Unit", "Assignment", "Grade", "File", "What it is", "SHA-256", "State")


@dataclass(frozen=True)
class Archive:
    """A finished archive, open at its beginning, and the name it is saved under, which holds no learner's name."""

    name: str
    content: IO[bytes]


@transaction.atomic
def pack(*, sample_id: int, by: Actor, at: datetime) -> Archive:
    """Pack the evidence of a sample, a folder an item, and note that its files were opened.

    A file that a scan refused is listed and left out. Raises NotPermitted, RuleViolation when nothing was sent or it is
    too much for one archive.
    """
    sample = Sample.objects.select_related("activity", "centre").get(pk=sample_id)
    if not by.may(Permission.SAMPLE_JUDGE, sample.centre_id, sample.programme_id):
        raise NotPermitted("Taking the evidence of a sample is not part of your role here.")
    links = list(
        ItemEvidence.objects.filter(centre_id=sample.centre_id, item__sample=sample, file__removed_at=None)
        .select_related("file", "item__decision__registration__learner")
        .order_by("item__position", "pk")
    )
    if not links:
        raise RuleViolation("Nothing has been sent for this sample yet.")
    total = sum(link.file.size for link in links)
    if total > LARGEST_ARCHIVE:
        raise RuleViolation(
            f"The evidence is {file_size(total)}, too much for one archive. Open the files one by one."
        )
    content = _zip(sample, links)
    ItemEvidence.objects.filter(pk__in=[link.pk for link in links], opened_at=None).update(opened_at=at)
    audit.record("sample.archive_taken", by=by, target=sample, at=at, files=len(links))
    return Archive(f"sample-{sample.centre.number}-{sample.year}-{sample.pk}.zip", content)


def _zip(sample: Sample, links: Iterable[ItemEvidence]) -> IO[bytes]:
    """Copied in parts into a file that disappears when it is closed: memory does not grow with the evidence."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    rows = []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, link in enumerate(links, start=1):
            place = f"item-{link.item.position:03d}/{number:03d}-{_safe(link.file.name)}"
            left_out = _left_out(link)
            if not left_out:
                with (
                    default_storage.open(link.file.storage_name, "rb") as file,
                    archive.open(place, "w") as target,
                ):
                    shutil.copyfileobj(file, target, _PART)
            rows.append(_row(link, place, left_out))
        rows += [_missing_row(item) for item in sample.items.filter(status="MISSING").order_by("position")]
        archive.writestr("contents.csv", _manifest(rows))
    packed.seek(0)
    return packed


def _left_out(link: ItemEvidence) -> str:
    if link.file.scan == EvidenceScan.INFECTED:
        return "Left out: a scan found something harmful"
    if link.file.scan == EvidenceScan.NOT_SCANNED and not settings.OPEN_UNSCANNED_EVIDENCE:
        return "Left out: not scanned yet"
    return ""


def _safe(name: str) -> str:
    """A file's name without folders or characters that archives trip over."""
    return get_valid_filename(PurePath(name).name) or "file"


def _row(link: ItemEvidence, place: str, left_out: str) -> list[str]:
    facts = link.item.facts
    return [
        str(link.item.position), link.item.decision.registration.learner.name, str(facts["unit"]["number"]),
        str(facts["assignment"]["number"]), facts["grade"], place, link.description, link.file.sha256,
        left_out or "In the archive",
    ]  # fmt: skip


def _missing_row(item: SampledItem) -> list[str]:
    return [str(item.position), "", "", "", "", "", item.missing_reason, "", "No evidence"]


def _manifest(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    # A cell that begins like a formula would run in a spreadsheet.
    writer.writerows([[f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")
