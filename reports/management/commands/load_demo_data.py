"""Load the demonstration through the portal's own operations; only where DEMO is on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from centres.models import Centre, Person
from centres.operations import api_clients
from qa_portal import clock
from qa_portal.api_access import MachineClients
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from reports.demo import play
from reports.demo.people import NORTHGATE, PASSWORD, SHOWN


class Command(BaseCommand):
    """``manage.py load_demo_data [--once]``; prints the sign-ins and an API client that work."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing when the data is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration has public passwords: it loads only where DEMO is on.")
        # Over all centres, because it makes two of them; it is refused outside the demo.
        with scoped_to(ALL_CENTRES):
            there = play.is_loaded()
            if there and not options["once"]:
                raise CommandError(
                    "The demonstration is loaded already. Use another data folder for a fresh one."
                )
            if not there:
                play.play(timezone.localdate())
            client, secret = self._api_client()
        self._say(client, secret)

    def _api_client(self) -> tuple[Any, str]:
        """A fresh client each time: a secret is kept only as its digest, so it can be shown once."""
        centre = Centre.objects.get(number=NORTHGATE)
        return api_clients.create(
            centre_id=centre.pk,
            name="Northgate management information system",
            scopes=MachineClients.scope_display,
            by=Person.objects.get(email="exams@northgate.example"),
            at=clock.now(),
        )

    def _say(self, client: Any, secret: str) -> None:
        width = max(len(email) for email, _ in SHOWN)
        self.stdout.write(f"\nSign-ins, all with the password {PASSWORD}\n")
        for email, what in SHOWN:
            self.stdout.write(f"  {email:{width}}  {what}")
        base = settings.BASE_URL
        self.stdout.write("\nNorthgate's management information system")
        self.stdout.write(f"  client id      {client.pk}\n  client secret  {secret}\n")
        self.stdout.write(
            f'  curl -s -H "Authorization: Bearer $(curl -s -d grant_type=client_credentials -d client_id={client.pk}'
            f' -d client_secret={secret} {base}/api/oauth/token | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')"'
            f" {base}/api/v1/learners/\n"
        )
