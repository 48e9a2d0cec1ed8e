"""Makes the runtime's database roles from DATABASE_URL, signed in as the owner of MIGRATION_DATABASE_URL."""

from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandError

from qa_portal import database_roles


class Command(BaseCommand):
    """Run before the first migration and whenever the runtime's password changes; safe to run again."""

    help = "Make the login role of DATABASE_URL, the staff role, and their privileges on the owner's tables."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = environ.FileAwareEnv()
        migration_database_url = env.str("MIGRATION_DATABASE_URL", default="")
        # Behind a pooler the two addresses differ; only the role's name and password are read from this one.
        database_url = env.str("DATABASE_URL", default="")
        if not migration_database_url or not database_url:
            raise CommandError(
                "Set DATABASE_URL (the portal's role) and MIGRATION_DATABASE_URL (the owner) first."
            )
        try:
            login = database_roles.provision(
                migration_database_url,
                database_url,
                statement_timeout=env.str("STATEMENT_TIMEOUT", default=database_roles.STATEMENT_TIMEOUT),
            )
        except database_roles.RoleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{login} signs in, and may become {database_roles.STAFF_ROLE} within a transaction."
        )
