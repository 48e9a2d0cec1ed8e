"""Mail: written with the change, sent once, tried again, and known to have come back."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail as outbox
from django.urls import reverse

from qa_portal import mail
from qa_portal.bounces import note_bounce
from qa_portal.models import AuditEvent, Mail
from qa_portal.tasks import send_due_mail


@pytest.fixture
def written(cast, now):
    mail.write(
        centre_id=cast.northgate.centre.pk, to_id=cast["qn"].pk, kind="note", key="note-1",
        subject="A date is proposed", body="Ruth Adeyemi proposes a day.", url="/activities/1/", at=now,
    )  # fmt: skip
    return Mail.objects.get()


def test_the_same_key_is_written_once(cast, written, now):
    mail.write(
        centre_id=cast.northgate.centre.pk, to_id=cast["qn"].pk, kind="note", key="note-1", subject="Again", body="",
        url="/", at=now,
    )  # fmt: skip
    assert Mail.objects.count() == 1


def test_a_message_is_sent_in_plain_words_with_its_link(written, now):
    claimed = mail.claim_one(at=now)
    mail.send(claimed, at=now)
    assert mail.claim_one(at=now) is None
    message = outbox.outbox[0]
    assert "/activities/1/" in message.body
    assert message.subject == "A date is proposed"


@pytest.fixture
def server_away(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_a_message_that_cannot_be_sent_waits_longer_each_time(written, now, server_away):
    moment, waits = now, []
    for _ in range(mail.MOST_ATTEMPTS - 1):
        mail.send(mail.claim_one(at=moment), at=moment)
        written.refresh_from_db()
        assert written.state == "DUE"
        assert mail.claim_one(at=moment) is None
        waits.append(written.due_at - moment)
        moment = written.due_at
    assert waits == sorted(waits)
    assert timedelta(hours=6) < sum(waits, timedelta()) < timedelta(hours=24)


def test_a_message_goes_out_when_the_server_is_back(written, now, settings):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 1
    send_due_mail()
    settings.EMAIL_BACKEND = backend
    written.refresh_from_db()
    assert (written.state, written.attempts) == ("DUE", 1)
    mail.send(mail.claim_one(at=written.due_at), at=written.due_at)
    written.refresh_from_db()
    assert (written.state, written.error) == ("SENT", "")


def test_a_message_is_given_up_after_the_last_attempt(written, now, server_away):
    moment = _given_up(written, now)
    assert (written.state, written.attempts) == ("FAILED", mail.MOST_ATTEMPTS)
    assert written.error
    assert mail.claim_one(at=moment + timedelta(days=2)) is None


def _given_up(written, now):
    """Let every attempt of a message fail; returns the moment of the last one."""
    moment = now
    for _ in range(mail.MOST_ATTEMPTS):
        mail.send(mail.claim_one(at=moment), at=moment)
        written.refresh_from_db()
        moment = max(moment, written.due_at)
    return moment


def test_a_failed_message_is_sent_again_by_staff(cast, written, now, server_away, sign_in):
    _given_up(written, now)
    page = sign_in(cast["manager"])
    assert "Send again" in page.get(reverse("mail-log")).content.decode()
    page.post(reverse("mail-again", args=[written.pk]), {"state": "FAILED"})
    written.refresh_from_db()
    assert (written.state, written.attempts) == ("DUE", 0)
    event = AuditEvent.objects.get(event="mail.sent_again")
    assert (event.by_id, event.target_id) == (cast["manager"].pk, written.pk)
    assert page.post(reverse("mail-again", args=[written.pk])).status_code == 409


def test_only_who_may_send_mail_again_is_offered_it(cast, written, now, server_away, sign_in):
    _given_up(written, now)
    for who in ("qn", "viewer", "lsv"):
        assert sign_in(cast[who]).post(reverse("mail-again", args=[written.pk])).status_code in (403, 404)
    written.refresh_from_db()
    assert written.state == "FAILED"


def test_a_message_that_came_back_is_known(written, now):
    claimed = mail.claim_one(at=now)
    mail.send(claimed, at=now)
    Mail.objects.update(message_id="abc")
    note_bounce(
        None,
        SimpleNamespace(
            event_type="bounced", message_id="abc", description="No such person", reject_reason=""
        ),
    )
    written.refresh_from_db()
    assert (written.state, written.error) == ("BOUNCED", "No such person")
