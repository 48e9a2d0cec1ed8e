"""Load qualifications, units, schemes and bank holidays that come with the portal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from centres.operations import reference_data
from qa_portal import clock


class Command(BaseCommand):
    """``manage.py import_reference_data``: may be run again at any time."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        year = clock.today().year
        counts = reference_data.import_reference_data(at=clock.now(), years=range(year - 6, year + 4))
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
