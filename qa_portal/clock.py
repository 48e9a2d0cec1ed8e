"""The portal's clock: the interface layer reads it once and passes the moment down as ``at``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment, aware; in the demo moved by the offset chosen on the demo's clock page."""
    return timezone.now() + _demo_offset()


def today() -> date:
    """The present local date of the installation (Europe/London): deadlines are local dates."""
    return timezone.localdate(now())


def move_demo_clock_to(moment: datetime) -> None:
    """Move the demo's clock, for web, worker and beat alike: all three read one small file."""
    if not settings.DEMO:
        raise RuntimeError("Only the demo's clock can be moved.")
    seconds = (moment - timezone.now()).total_seconds()
    Path(settings.DEMO_CLOCK_FILE).write_text(f"{seconds:.0f}\n")


def _demo_offset() -> timedelta:
    if not settings.DEMO:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(settings.DEMO_CLOCK_FILE).read_text()))
    except FileNotFoundError:
        return timedelta()
