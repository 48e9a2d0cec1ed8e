"""Invitations: a role at once for known people, a link that works once for others, and what a dead link says."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail

from centres.models import AccessGrant, Invitation, Person
from centres.operations import invitations, roles
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW, TODAY

PASSWORD = "copper lantern meadow"


@pytest.fixture
def invite(cast):
    def call(email="new@northgate.example", role=R.ASSESSOR, by="qn", **more):
        return invitations.invite(
            email=email,
            name="Noor Haddad",
            role=role,
            centre_id=cast.northgate.centre.pk,
            by=cast[by],
            at=NOW,
            **more,
        )

    return call


def link_of(invitation) -> str:
    """Send the waiting e-mail as the worker would, and read the link's path in it."""
    mail.outbox.clear()
    invitations.send(invitation_id=invitation.pk, at=NOW)
    return re.search(r"/invitations/\S+/", mail.outbox[0].body)[0]


def test_a_new_person_gets_a_link_and_only_its_digest_is_kept(cast, invite):
    invited = invite().invitation
    assert OutboxEntry.objects.filter(task="centres.send_invitation").count() == 1
    path = link_of(invited)
    assert mail.outbox[0].to == ["new@northgate.example"]
    assert "invites you as Assessor at Northgate College" in mail.outbox[0].body
    invited.refresh_from_db()
    token = path.split("/")[2]
    assert token not in str(vars(invited))
    assert invited.token_digest == invitations.digest(token)
    assert invited.expires_at - invited.invited_at == timedelta(days=14)
    assert not AccessGrant.objects.filter(person__email="new@northgate.example").exists()


def test_accepting_makes_the_account_and_the_role(cast, invite, client, clock_at):
    path = link_of(invite().invitation)
    clock_at(NOW)
    page = client.get(path)
    assert "Northgate College" in page.content.decode()
    answer = client.post(path, {"name": "Noor Haddad", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/account/login/", 302)]
    assert "Your account is ready" in answer.content.decode()
    with scoped_to(ALL_CENTRES):
        person = Person.objects.get(email="new@northgate.example")
        assert person.check_password(PASSWORD)
        assert [g.role for g in person.grants.all()] == [R.ASSESSOR]
        assert AuditEvent.objects.filter(event="invitation.accepted").exists()
    assert client.login(email=person.email, password=PASSWORD)


def test_a_weak_password_is_refused_with_the_reason(invite, client, clock_at):
    path = link_of(invite().invitation)
    clock_at(NOW)
    answer = client.post(path, {"name": "Noor", "password": "short"})
    assert "at least 12 characters" in answer.content.decode()
    assert not Person.objects.filter(email="new@northgate.example").exists()


def test_a_used_link_says_so(invite, client, clock_at):
    path = link_of(invite().invitation)
    clock_at(NOW)
    client.post(path, {"name": "Noor Haddad", "password": PASSWORD})
    answer = client.get(path)
    assert answer.status_code == 410
    assert "has been used already" in answer.content.decode()


def test_an_old_link_says_when_it_ended(invite, client, clock_at):
    path = link_of(invite().invitation)
    clock_at(NOW + timedelta(days=15))
    answer = client.get(path)
    assert answer.status_code == 410
    assert "ended on 3\N{NO-BREAK SPACE}November 2026" in answer.content.decode()


def test_a_withdrawn_link_says_so(cast, invite, client, clock_at):
    invited = invite().invitation
    path = link_of(invited)
    invitations.withdraw(invitation_id=invited.pk, by=cast["qn"], at=NOW)
    clock_at(NOW)
    assert "was withdrawn" in client.get(path).content.decode()


def test_an_unknown_link_gets_a_page(client, db):
    answer = client.get("/invitations/nonsense/")
    assert answer.status_code == 410
    assert "We do not know this link" in answer.content.decode()


def test_sending_again_replaces_the_link(cast, invite, client, clock_at):
    invited = invite().invitation
    old = link_of(invited)
    later = NOW + timedelta(days=10)
    invitations.resend(invitation_id=invited.pk, by=cast["qn"], at=later)
    new = link_of(invited)
    clock_at(later)
    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200
    invited.refresh_from_db()
    assert invited.expires_at == later + timedelta(days=14)


def test_r21_an_address_that_has_an_account_gets_the_role_at_once(cast, invite):
    done = invite(email="QN@harbour.example")
    assert done.invitation is None
    assert done.grant.person == cast["outsider"]
    assert Person.objects.filter(email__iexact="qn@harbour.example").count() == 1


def test_r21_the_same_invitation_twice_is_refused(invite):
    invite()
    with pytest.raises(RuleViolation, match="has not answered yet"):
        invite(email="NEW@northgate.example")


def test_r20_nobody_invites_to_a_role_they_may_not_give(invite):
    with pytest.raises(NotPermitted):
        invite(role=R.EXAMINATIONS_OFFICER)
    with pytest.raises(NotPermitted):
        invite(by="outsider")


def test_r20_an_invitation_ends_with_the_role_of_whoever_sent_it(cast, invite, client, clock_at):
    path = link_of(invite().invitation)
    grant = AccessGrant.objects.get(person=cast["qn"], role=R.QUALITY_NOMINEE)
    roles.end(grant_id=grant.pk, on=TODAY, by=cast["head"], at=NOW)
    clock_at(NOW)
    assert "no longer gives this role" in client.get(path).content.decode()


def test_r17_an_invited_quality_nominee_takes_over_on_accepting(cast, invite, client, clock_at):
    path = link_of(invite(role=R.QUALITY_NOMINEE, by="head").invitation)
    clock_at(NOW)
    client.post(path, {"name": "Noor Haddad", "password": PASSWORD})
    with scoped_to(ALL_CENTRES):
        grants = AccessGrant.objects.filter(centre=cast.northgate.centre, role=R.QUALITY_NOMINEE).active_on(
            TODAY
        )
        assert [g.person.name for g in grants] == ["Noor Haddad"]


def test_a_second_invitation_is_accepted_with_the_account_that_came_from_the_first(
    cast, invite, client, clock_at
):
    first, second = invite().invitation, invite(role=R.PROGRAMME_LEADER).invitation
    one, two = link_of(first), link_of(second)
    clock_at(NOW)
    client.post(one, {"name": "Noor Haddad", "password": PASSWORD})
    assert "has an account already" in client.get(two).content.decode()
    client.post(two)
    assert AccessGrant.objects.filter(person__email="new@northgate.example").count() == 2


def test_an_invitation_that_is_too_old_is_not_sent(invite):
    invited = invite().invitation
    mail.outbox.clear()
    invitations.send(invitation_id=invited.pk, at=NOW + timedelta(days=20))
    assert mail.outbox == []
    assert Invitation.objects.count() == 1
