"""What is overdue at a centre, in the query of the centre itself: every page of a centre names it."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from centres.models import Centre
from qa_portal.models import Deadline


def with_overdue(centres: QuerySet[Centre], on: date) -> QuerySet[Centre]:
    """Add ``overdue_actions``, how many essential actions of each centre are overdue on a day."""
    overdue = Deadline.objects.filter(
        centre_id=OuterRef("pk"), state="OPEN", kind="essential_action", due_on__lt=on
    )
    number = overdue.order_by().values("centre_id").annotate(number=Count("pk")).values("number")
    return centres.annotate(overdue_actions=Coalesce(Subquery(number), 0))
