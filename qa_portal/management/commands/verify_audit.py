"""Walk every audit chain from its beginning and name each event that does not follow from the one before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa_portal import audit
from qa_portal.models import AuditHead
from qa_portal.tenancy import ALL_CENTRES, scoped_to


class Command(BaseCommand):
    """``manage.py verify_audit [--centre ID]``; exit code 1 when a chain is broken."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--centre", type=int, help="only the chain of this centre's id; 0 is the installation's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Over all centres: an auditor's question is about the whole installation; nothing is changed.
        with scoped_to(ALL_CENTRES):
            heads = AuditHead.objects.order_by("chain")
            if options["centre"] is not None:
                heads = heads.filter(chain=options["centre"])
            chains = list(heads.values_list("chain", "seq"))
            breaks = [found for chain, _ in chains for found in audit.breaks_in(chain)]
        for found in breaks:
            self.stdout.write(f"chain {found.chain}, event {found.seq}: {found.what}")
        if breaks:
            raise CommandError(f"{len(breaks)} events do not hold.")
        self.stdout.write(f"{len(chains)} chains with {sum(seq for _, seq in chains)} events hold.")
