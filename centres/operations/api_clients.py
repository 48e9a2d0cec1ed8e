"""Access for a centre's own systems: a client with scopes, acting as its own service person."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.db import transaction
from django.utils import timezone

from centres.models import AccessGrant, Centre, Person
from centres.operations import roles
from centres.permissions import Permission, RoleCode
from qa_portal import audit
from qa_portal.actors import Actor, person_or_none
from qa_portal.api_access import MachineClients
from qa_portal.errors import NotPermitted, RuleViolation

_NOT_YOURS = "Access for systems is given by the Quality Nominee or the Examinations Officer."


@transaction.atomic
def create(
    *, centre_id: int, name: str, scopes: Collection[str], by: Actor, at: datetime
) -> tuple[Client, str]:
    """Give one of the centre's systems access; returns the client and its secret, which is kept as a digest only.

    Raises NotPermitted, RuleViolation for a scope that does not exist.
    """
    if not by.may(Permission.API_CLIENT_MANAGE, centre_id):
        raise NotPermitted(_NOT_YOURS)
    wanted = [scope for scope in MachineClients.scope_display if scope in scopes]
    if not wanted or len(wanted) < len(set(scopes)):
        raise RuleViolation("Choose what the system may do from the list.")
    adapter = get_adapter()
    # Characters that no shell or address reads as something else: people paste it into scripts.
    client_id, secret = adapter.generate_client_id(), secrets.token_urlsafe(40)
    person = Person.objects.create_user(f"{client_id}@systems.invalid".lower(), name, None, is_service=True)
    Centre.objects.get(pk=centre_id)
    row = roles.place(
        AccessGrant(
            person=person,
            role=RoleCode.SYSTEM_CLIENT,
            centre_id=centre_id,
            starts_on=timezone.localdate(at),
            granted_by=person_or_none(by),
        ),
        by=by,
        at=at,
    )
    client = Client(id=client_id, name=name.strip(), owner=person, created_at=at)
    client.type = Client.Type.CONFIDENTIAL
    client.grant_types = Client.GrantType.CLIENT_CREDENTIALS
    client.response_types = ""
    client.set_scopes(wanted)
    client.set_default_scopes(wanted)
    client.set_secret(secret)
    client.save(force_insert=True)
    audit.record("api_client.created", by=by, target=row, at=at, client=client_id, scopes=wanted)
    return client, secret


@transaction.atomic
def revoke(*, grant_id: int, by: Actor, at: datetime) -> AccessGrant:
    """End a system's access: its client and tokens are gone at once, its name stays beside what it recorded.

    ``grant_id`` is its service person's grant. Raises NotPermitted, RuleViolation when it has ended.
    """
    row = (
        AccessGrant.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=grant_id, role=RoleCode.SYSTEM_CLIENT)
    )
    if not by.may(Permission.API_CLIENT_MANAGE, row.centre_id):
        raise NotPermitted(_NOT_YOURS)
    today = timezone.localdate(at)
    if not row.person.is_active:
        raise RuleViolation("This system’s access has ended already.")
    Client.objects.filter(owner_id=row.person_id).delete()
    row.person.is_active = False
    row.person.save(update_fields=["is_active"])
    row.ends_on = max(today, row.starts_on)
    row.save(update_fields=["ends_on"])
    audit.record("api_client.revoked", by=by, target=row, at=at, person=row.person_id)
    return row
