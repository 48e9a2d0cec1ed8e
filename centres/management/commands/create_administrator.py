"""Makes the first administrator of an installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from centres.operations import account_mail, administrators
from qa_portal import clock
from qa_portal.errors import Refusal


class Command(BaseCommand):
    """Run once, after the first migration; whoever is made here invites everybody else in the portal."""

    help = (
        "Make an account with the role administrator and have a link to choose a password mailed or printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="their e-mail address, which they sign in with")
        parser.add_argument("name", help="their name, in quotation marks")
        parser.add_argument(
            "--print-link",
            action="store_true",
            help="print the link instead of mailing it, for when no mail goes out yet",
        )
        parser.add_argument(
            "--existing", action="store_true", help="give the role to somebody who has an account already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"].strip())
        except ValidationError as problem:
            raise CommandError(f"{options['email']} is not an e-mail address.") from problem
        if not options["name"].strip():
            raise CommandError("Enter their name.")
        try:
            grant = administrators.create(
                email=options["email"],
                name=options["name"],
                existing=options["existing"],
                send_link=not options["print_link"],
                at=clock.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        person = grant.person
        self.stdout.write(f"{person.name} ({person.email}) is an administrator.")
        if person.has_usable_password():
            self.stdout.write("They sign in with the password that they have.")
        elif options["print_link"]:
            self.stdout.write(f"They choose a password here: {account_mail.password_link(person)}")
        else:
            self.stdout.write("A link to choose a password is on its way to them.")
