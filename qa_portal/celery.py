"""The Celery application: queues, routes, and the static schedule of the sweeps."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")

app = Celery("qa_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

QUEUES = ("default", "mail", "pdf", "import", "solve")
app.conf.task_routes = {
    "qa_portal.send_due_mail": {"queue": "mail"},
    "reports.prepare_pdf": {"queue": "pdf"},
    "centres.run_import": {"queue": "import"},
    "verification.plan_allocations": {"queue": "solve"},
    "verification.propose_schedule": {"queue": "solve"},
}
# Due work is rows, claimed by these sweeps; a second beat or a crash therefore neither repeats nor loses any.
app.conf.beat_schedule = {
    "heartbeat": {"task": "qa_portal.heartbeat", "schedule": 30.0},
    "sweep-outbox": {"task": "qa_portal.sweep_outbox", "schedule": 30.0},
    "send-due-mail": {"task": "qa_portal.send_due_mail", "schedule": 60.0},
    "remind": {"task": "qa_portal.remind", "schedule": crontab(minute="*/15")},
    "forget-api-answers": {"task": "qa_portal.forget_api_answers", "schedule": crontab(minute=20)},
    "deactivate-unused": {
        "task": "centres.deactivate_unused_accounts",
        "schedule": crontab(hour=3, minute=10),
    },
    "ask-for-details": {"task": "centres.ask_for_details", "schedule": crontab(hour=4, minute=10)},
    "hand-over-duties": {"task": "verification.hand_over_duties", "schedule": crontab(hour=0, minute=30)},
    "propose-due-dates": {"task": "verification.propose_due_dates", "schedule": crontab(minute=40)},
    "apply-dated-rules": {"task": "verification.apply_dated_rules", "schedule": crontab(minute="*/15")},
}


@worker_init.connect
@beat_init.connect
def _refuse_an_unsafe_database(**_: object) -> None:
    """Worker and beat refuse to start where web would: Celery runs no system checks by itself."""
    from qa_portal.checks import refuse_an_unsafe_database

    refuse_an_unsafe_database()
