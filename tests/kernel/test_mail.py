"""Mail: written with the change, sent once, tried again, and known to have come back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core import mail as outbox

from qa_portal import mail
from qa_portal.bounces import note_bounce
from qa_portal.models import Mail


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


def test_a_message_that_cannot_be_sent_is_tried_again_and_then_given_up(written, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _ in range(mail.MOST_ATTEMPTS):
        claimed = mail.claim_one(at=now)
        mail.send(claimed, at=now)
    written.refresh_from_db()
    assert (written.state, written.attempts) == ("FAILED", mail.MOST_ATTEMPTS)
    assert written.error


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
