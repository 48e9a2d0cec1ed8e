"""Background work of the centre's own side."""

from __future__ import annotations

from celery import shared_task

from centres.operations import account_mail, accounts, imports, invitations
from centres.queries.people import to_ask_by_centre
from qa_portal import clock
from qa_portal.jobs import TenantTask
from qa_portal.tenancy import ALL_CENTRES, scoped_to


@shared_task(name="centres.run_import", base=TenantTask)
def run_import(*, centre_id: int, import_id: int, **_: object) -> None:
    """Check an import, or save its rows, whichever it waits for."""
    imports.run(import_id=import_id, at=clock.now())


@shared_task(name="centres.tell_person", base=TenantTask)
def tell_person(*, person_id: int, what: str, grant_id: int | None = None, to: str = "", **_: object) -> None:
    """Send a message about an account."""
    account_mail.send(person_id=person_id, what=what, grant_id=grant_id, to=to)


@shared_task(name="centres.send_invitation", base=TenantTask)
def send_invitation(*, invitation_id: int, **_: object) -> None:
    """Make an invitation's link and send it."""
    invitations.send(invitation_id=invitation_id, at=clock.now())


@shared_task(name="centres.deactivate_unused_accounts")
def deactivate_unused_accounts(**_: object) -> None:
    """Deactivate accounts that nobody used for as long as the scheme allows (R22)."""
    # Over all centres, because accounts belong to none; a short batch each day.
    with scoped_to(ALL_CENTRES):
        accounts.deactivate_unused(at=clock.now())


@shared_task(name="centres.ask_for_details")
def ask_for_details(**_: object) -> None:
    """Ask everybody who is due to confirm their details, one centre a transaction; each person once."""
    # Over all centres, to learn who is due where, and to write to those who belong to no centre.
    with scoped_to(ALL_CENTRES):
        due = to_ask_by_centre(clock.today())
        accounts.ask_staff_for_details(at=clock.now())
    for centre_id, grant_ids in due.items():
        with scoped_to([centre_id]):
            accounts.ask_to_confirm_details(centre_id=centre_id, grant_ids=grant_ids, at=clock.now())
