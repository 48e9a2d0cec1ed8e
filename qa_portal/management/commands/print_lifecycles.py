"""Print docs/lifecycles.md from the lifecycles in the code, or check that it is up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa_portal.lifecycle_page import page


class Command(BaseCommand):
    """``manage.py print_lifecycles [--check]``."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ROOT / "docs" / "lifecycles.md"
        text = page()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/lifecycles.md is out of date: run manage.py print_lifecycles.")
            return
        path.write_text(text)
        self.stdout.write(f"{path.relative_to(settings.ROOT)} is written.")
