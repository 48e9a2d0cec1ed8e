"""The conversation of a centre's year, and who may open what was attached to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from centres.permissions import Permission
from verification.models import CentreYear, Message


def of_year(centre_year: CentreYear) -> QuerySet[Message]:
    """The messages of one conversation, newest first."""
    return (
        Message.objects.filter(centre_id=centre_year.centre_id, centre_year_id=centre_year.pk)
        .select_related("written_by", "file")
        .order_by("-written_at", "-pk")
    )


def with_length(centre_years: QuerySet[CentreYear]) -> QuerySet[CentreYear]:
    """Add how many messages each year has, in the same query."""
    messages = Message.objects.filter(centre_id=OuterRef("centre_id"), centre_year=OuterRef("pk"))
    number = messages.order_by().values("centre_year").annotate(number=Count("pk")).values("number")
    return centre_years.annotate(messages_there=Coalesce(Subquery(number), 0))


class Pages(Paginator):
    """The pages of a conversation, whose length came with its year."""

    def __init__(self, centre_year: Any, per_page: int) -> None:
        super().__init__(of_year(centre_year), per_page)
        self.count = centre_year.messages_there


def may_see(person: Any, file_ids: Collection[int]) -> set[int]:
    """Files attached to messages of a centre where this person reads the conversation."""
    rows = Message.objects.visible_to(person).filter(file_id__in=file_ids)
    pairs = rows.values_list("file_id", "centre_id")
    return {pk for pk, centre_id in pairs if pk and person.may(Permission.MESSAGE_READ, centre_id)}


def keeps(file_ids: Collection[int]) -> set[int]:
    """Files that a message rests on: messages do not change, so their files stay."""
    rows = Message.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)
    return {pk for pk in rows if pk}
