"""The kernel's tables: audit trail, outbox, deadlines, mail, heartbeat."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from qa_portal.rls import TenantIsolation, TenantKey, centre_key, tenant_owned
from qa_portal.tenancy import Side
from qa_portal.triggers import immutable


def kept_to_side() -> models.CharField:
    """The column of rows that carry a centre but may be for one side of the house only."""
    return models.CharField(
        max_length=8,
        choices=Side,
        blank=True,
        help_text="The side that reads it, beside the awarding organisation; empty: everybody at the centre",
    )


class AuditHead(models.Model):
    """The last link of each chain; locked while an event is added. Holds no facts, so it is shared."""

    chain = models.BigIntegerField(primary_key=True, help_text="A centre's id, or 0 for the installation.")
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class AuditEvent(models.Model):
    """One thing that happened; no foreign keys, so that the trail never interferes with live data."""

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    event = models.CharField(max_length=80)
    by_id = models.BigIntegerField(null=True)
    side = models.CharField(max_length=8, blank=True)
    kept_to = kept_to_side()
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    prev_hash = models.CharField(max_length=64)
    # The key is made here, not by the database: an INSERT that returns a key must be allowed to read the row.
    hash = models.CharField(max_length=64, primary_key=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_has_one_place_in_its_chain"),
            # Everybody may add to the installation's chain (0), only the staff role reads it.
            TenantIsolation(
                name="audit_event_isolation", field="chain", writable_value="0", kept_by="kept_to"
            ),
        ]
        indexes = [
            models.Index(fields=["chain", "target_type", "target_id", "seq"], name="audit_event_of_a_target")
        ]
        triggers = immutable("audit_event")


class OutboxEntry(models.Model):
    """Background work asked for in the transaction that made it necessary; ids only, so it is shared."""

    task = models.CharField(max_length=80)
    centre_id = models.BigIntegerField(null=True)
    kwargs = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    nudged_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["nudged_at"], name="outbox_still_to_do", condition=Q(done_at=None)),
        ]


class DeadlineState(models.TextChoices):
    """Where a deadline stands."""

    OPEN = "OPEN", "Open"
    MET = "MET", "Met"
    CANCELLED = "CANCELLED", "Cancelled"


class DeadlineQuerySet(models.QuerySet):
    """Filters over deadlines."""

    def open(self) -> DeadlineQuerySet:
        return self.filter(state=DeadlineState.OPEN)

    def visible_to(self, person) -> DeadlineQuerySet:
        """Deadlines of the centres this person may see."""
        return self.filter(person.centre_condition("centre_id"))


class Deadline(models.Model):
    """Something one person or role must do by a local date; to-do lists, reminders and dashboards read only this."""

    centre = centre_key()
    kind = models.CharField(max_length=40, help_text="A registered kind, for example self_assessment.submit")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    programme_id = models.BigIntegerField(null=True, blank=True)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    owner_role = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner_side = models.CharField(max_length=8, choices=Side)
    title = models.CharField(max_length=200, help_text="Starts with a verb: Submit the self-assessment")
    why = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=80, blank=True, help_text="Where it comes from: SV report, 12 June")
    url = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=DeadlineState, default=DeadlineState.OPEN)
    ended_at = models.DateTimeField(null=True)
    kept_to = kept_to_side()

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("deadline", kept_by="kept_to"),
            models.UniqueConstraint(
                fields=["centre", "kind", "subject_type", "subject_id"],
                condition=Q(state="OPEN"),
                name="deadline_open_once_per_subject",
            ),
            models.CheckConstraint(
                name="deadline_ended_when_not_open",
                condition=(Q(state="OPEN") & Q(ended_at=None))
                | (~Q(state="OPEN") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["centre", "due_on"], name="deadline_open_by_date", condition=Q(state="OPEN")
            ),
            models.Index(fields=["due_on"], name="deadline_open_due", condition=Q(state="OPEN")),
            models.Index(
                fields=["owner", "due_on"], name="deadline_open_of_person", condition=Q(state="OPEN")
            ),
        ]


class MailState(models.TextChoices):
    """Where a message to a person stands."""

    DUE = "DUE", "To be sent"
    SENT = "SENT", "Sent"
    FAILED = "FAILED", "Not sent"
    BOUNCED = "BOUNCED", "Came back"
    NOT_WANTED = "NOT_WANTED", "Turned off by the person"


class MailQuerySet(models.QuerySet):
    """Filters over mail."""

    def visible_to(self, person) -> MailQuerySet:
        """Mail about the centres this person may see."""
        return self.filter(person.centre_condition("centre_id"))


class Mail(models.Model):
    """One message to one person about one centre; ``key`` makes a second of the same impossible."""

    centre = centre_key()
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    deadline = TenantKey(Deadline, null=True, related_name="mails")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=MailState, default=MailState.DUE)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    kept_to = kept_to_side()

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("mail", "deadline", kept_by="kept_to"),
            models.UniqueConstraint(fields=["centre", "key"], name="mail_once_per_key"),
            models.CheckConstraint(
                name="mail_sent_at_when_it_was_sent",
                condition=~Q(state__in=["SENT", "BOUNCED"]) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="mail_to_be_sent", condition=Q(state="DUE")),
            models.Index(fields=["message_id"], name="mail_by_message_id", condition=~Q(message_id="")),
        ]


class Heartbeat(models.Model):
    """When the beat was last heard; /readyz reads it."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()


class IdempotencyKey(models.Model):
    """That an API call with this key was made, so that a repeated call does nothing twice.

    Looked up before any centre is known, so it is shared and holds digests only; the answer stands beside it.
    """

    client = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotency_key_once_per_client")
        ]


class IdempotentAnswer(models.Model):
    """What a call with an idempotency key answered; it may name people, so it exists in its centre's scope only."""

    centre = centre_key()
    given_for = models.OneToOneField(IdempotencyKey, models.CASCADE, related_name="+")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()

    class Meta:
        constraints = [*tenant_owned("idempotent_answer")]
