"""What every resource of the API shares: who may read it, its list, one of it, and the scope of what changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from rest_framework import viewsets
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from qa_portal import tenancy
from qa_portal.api_calls import Command, Json, etag
from qa_portal.api_fields import Field, Fields, Filter, Schema
from qa_portal.api_pages import keyset_page, narrowed
from qa_portal.errors import NotPermitted

# (prefix, viewset): each app's api package lists its own, the router collects them.
Routes = list[tuple[str, type["Collection"]]]


class Collection(viewsets.GenericViewSet):
    """A list of one kind of thing.

    ``rows(person)`` starts with ``visible_to``; ``fields`` is its JSON; ``scope`` is what a machine's token needs,
    ``permission`` what the caller's role needs. Lists are keyset pages over ``keys``.
    """

    model: ClassVar[type[models.Model]]
    fields: ClassVar[Sequence[str | Field]] = ()
    filters: ClassVar[dict[str, str]] = {}
    keys: ClassVar[tuple[str, ...]] = ("centre_id", "id")
    scope: ClassVar[str] = ""
    write_scope: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    machines: ClassVar[bool] = True
    parser_classes: ClassVar[list] = [Json]
    http_method_names: ClassVar[list[str]] = ["get", "head", "post"]
    # The framework's pagination, with its COUNT, and its filters stay out.
    pagination_class = None
    filter_backends: ClassVar[list] = []

    shape: ClassVar[Fields]
    parameters: ClassVar[list[Filter]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "model" not in vars(cls):
            return
        cls.shape = Fields(cls.model, cls.fields)
        filters = {"centre_id": "centre_id", **cls.filters} if cls.keys[0] == "centre_id" else cls.filters
        cls.parameters = [Filter.on(cls.model, name, lookup) for name, lookup in filters.items()]

    def rows(self, person: Any) -> models.QuerySet:
        """Everything of this kind that the caller may know exists."""
        return self.model.objects.visible_to(person)  # type: ignore[attr-defined]

    def get_queryset(self) -> models.QuerySet:
        return self.rows(self.request.user)

    def get_parsers(self) -> list[BaseParser]:
        """JSON, except for the commands that take a file; asked before the framework names the action."""
        method = self.request.method.lower() if self.request else ""
        name = getattr(self, "action_map", {}).get(method, "")
        command: Command | None = getattr(getattr(self, name, None), "command", None)
        own = command.parsers if command else ()
        return [parser() for parser in own] or super().get_parsers()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.check_scope(request)
        if self.permission and not request.user.may(self.permission):
            raise NotPermitted("This is not part of your role.")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        # What is answered names people: nothing on the way keeps it.
        response["Cache-Control"] = "private, no-store"
        return response

    def check_scope(self, request: Request) -> None:
        """Refuse a machine whose token does not carry the scope. Raises NotPermitted."""
        if request.auth is None:
            return
        needed = self.needed_scope(str(request.method))
        if not self.machines:
            raise NotPermitted("This is decided by people: a system cannot call it.")
        if needed and needed not in request.auth.get_scopes():
            raise NotPermitted(f"This client's token lacks the scope {needed}.")

    def needed_scope(self, method: str) -> str:
        """The scope that a token needs for this method; empty for none."""
        return self.scope if method in ("GET", "HEAD", "OPTIONS") else (self.write_scope or self.scope)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them, in the order of centre and id."""
        queryset = narrowed(self.get_queryset(), self.parameters, request)
        rows, following = keyset_page(queryset, self.keys, self.shape, request)
        response = Response({"results": rows, "next": following})
        if following:
            response["Link"] = f'<{following}>; rel="next"'
        return response

    def permit(self, *permissions: str) -> None:
        """Refuse a call on the list itself to whom it is not for. Raises NotPermitted."""
        if permissions and not any(self.request.user.may(permission) for permission in permissions):
            raise NotPermitted("This is not part of your role.")

    def own_centre(self) -> int:
        """The one centre that the caller works for, in whose scope what follows happens. Raises NotPermitted."""
        access = self.request.user.access
        if access.everywhere or len(access.centre_ids) != 1:
            raise NotPermitted("This is recorded by the centre itself.")
        tenancy.narrow_to(access.centre_ids[0])
        return access.centre_ids[0]


class Resource(Collection):
    """A list and each thing of it; what changes it are named POST commands (``api_calls.command``)."""

    lookup_value_regex = "[0-9]{1,18}"
    # What one of them shows beyond what the list shows, and its schema.
    detail_schema: ClassVar[dict[str, Schema]] = {}

    def details(self, row: Any) -> dict[str, Any]:
        """What only the page of one row shows; its members are those of ``detail_schema``."""
        return {}

    def get_queryset(self) -> models.QuerySet:
        rows = super().get_queryset()
        if self.action != "list" and (relations := self.shape.relations()):
            rows = rows.select_related(*relations)
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them, with the ETag that a change of it asks for."""
        row = self.enter()
        return self.answer(row)

    def enter(self, *permissions: str) -> Any:
        """The row of a detail route, with the scope narrowed to its centre before anything is read or changed there.

        404 where the caller may not know it exists. Raises NotPermitted when their role at its centre lacks it.
        """
        row = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        centre_id = row.pk if row._meta.label_lower == "centres.centre" else getattr(row, "centre_id", None)
        if centre_id is None:
            return row
        access = self.request.user.access
        if access.everywhere or centre_id in access.centre_ids:
            tenancy.narrow_to(centre_id)
        self.check_row(row, centre_id, permissions)
        return row

    def check_row(self, row: Any, centre_id: int, permissions: Sequence[str]) -> None:
        """Refuse what the caller's role at the row's centre (and programme) does not carry. Raises NotPermitted."""
        programme_id = getattr(row, "programme_id", None)
        for needed in ((self.permission,) if self.permission else (), permissions):
            if needed and not any(self.request.user.may(p, centre_id, programme_id) for p in needed):
                raise NotPermitted("This is not part of your role at this centre.")

    def answer(self, row: models.Model, status: int = 200) -> Response:
        """One row as it stands now, with its ETag; a new one with its address."""
        if self.action != "retrieve":
            row = self.get_queryset().get(pk=row.pk)
        response = Response(self.shape.of(row) | self.details(row), status=status)
        response["ETag"] = etag(row)
        if status == 201:
            response["Location"] = self.request.build_absolute_uri(f"{self.request.path}{row.pk}/")
        return response
