"""The stage on which the demonstration is played: the moved clock, who acts, and files that people send."""

from __future__ import annotations

from datetime import date, datetime, time

from django.core.files.base import ContentFile
from django.utils import timezone

from centres.models import Centre, EvidenceFile, Person
from centres.operations import evidence
from qa_portal import clock


class Stage:
    """Moves the demo's clock from scene to scene; people act with the access they have on that day."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.at = timezone.now()

    def move_to(
        self, month: int, day: int, *, year: int | None = None, hour: int = 9, minute: int = 30
    ) -> datetime:
        """Go to a day of the academic year ``year`` (the demo's own by default); September comes first."""
        first = self.year if year is None else year
        on = date(first if month >= 9 else first + 1, month, day)
        self.at = timezone.make_aware(datetime.combine(on, time(hour, minute)))
        clock.move_demo_clock_to(self.at)
        return self.at

    @property
    def today(self) -> date:
        """The local day of the scene."""
        return timezone.localdate(self.at)

    def person(self, email: str) -> Person:
        """Somebody as they are now: their access is read again."""
        return Person.objects.get(email=email)

    def file(self, centre: Centre, name: str, by: Person, text: str) -> EvidenceFile:
        """A small real PDF that somebody sends."""
        upload = ContentFile(_pdf(text), name=name)
        return evidence.store(centre_id=centre.pk, upload=upload, by=by, at=self.at)


def _pdf(text: str) -> bytes:
    """One page with a line of text: the smallest document that every viewer opens."""
    line = (
        text.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    )
    stream = b"BT /F1 14 Tf 60 760 Td (" + line + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
