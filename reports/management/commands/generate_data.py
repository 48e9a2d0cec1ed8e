"""Generate synthetic centres and learners of any size, for benchmarks and trials; never in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from centres import academic_year
from qa_portal import clock
from reports import synthetic


class Command(BaseCommand):
    """``manage.py generate_data --centres 6000 --learners 1000000 --seed 1``."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--centres", type=int, default=60)
        parser.add_argument("--learners", type=int, default=10_000)
        parser.add_argument(
            "--newest", type=int, default=0, help="learners of the newest centre, out of them all"
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Synthetic data does not belong into production.")
        if not 1 <= options["centres"] <= 60_000:
            raise CommandError("Give between 1 and 60000 centres: their numbers have five digits.")
        size = synthetic.Size(
            centres=options["centres"],
            learners=options["learners"],
            newest=options["newest"],
            year=academic_year.year_of(clock.today()),
            seed=options["seed"],
        )
        synthetic.generate(size, say=self.stdout.write)
