"""Calls that change something: checked, done once per Idempotency-Key, refused where somebody else was faster."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from qa_portal import clock, tenancy
from qa_portal.api_access import caller_of
from qa_portal.api_fields import LARGEST_KEY
from qa_portal.errors import EditConflict, RuleViolation
from qa_portal.models import IdempotencyKey, IdempotentAnswer
from qa_portal.problems import errors_in, missing, problem, refusal_members

LONGEST_KEY = 255
# A row is a call of its own, about five milliseconds; more rows are what imports are for.
MOST_ROWS = 200
KEPT_FOR = timedelta(days=1)


class ReasonBody(serializers.Serializer):
    """Why, in words that the other side reads."""

    reason = serializers.CharField(max_length=2000)


def file_ids(*, least: int = 0) -> serializers.ListField:
    """Files that the caller has uploaded to evidence-files before."""
    key = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    optional: dict[str, Any] = {} if least else {"required": False, "default": list}
    return serializers.ListField(
        child=key, min_length=least, max_length=20, help_text="Own uploads, from evidence-files", **optional
    )


class TooLarge(exceptions.APIException):
    """A body is read into memory, so it has a limit."""

    status_code = 413
    default_detail = "Send less at once, or a file to imports."


class Json(BaseParser):
    """JSON of a stated size that text can be made of again: no lone surrogates, no nesting without end."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge
        try:
            found = json.loads(raw.decode(), parse_constant=_no_number)
            if b"\\u" in raw:
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as problem:
            raise exceptions.ParseError(str(problem)) from problem
        return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON.")


class PreconditionRequired(exceptions.APIException):
    """An edit without If-Match could overwrite somebody else's."""

    status_code = 428
    default_detail = "Send If-Match with the ETag that you read, or * to change whatever is there."


@dataclass(frozen=True)
class Command:
    """What one POST is: who may make it, what it takes, and how it answers; the schema is written from this too."""

    permissions: tuple[str, ...]
    body: type[Serializer] | None = None
    detail: bool = True
    status: int = 200
    if_match: bool = False
    parsers: tuple[type[BaseParser], ...] = ()
    bulk: bool = False
    summary: str = ""


def command(*permissions: str, path: str = "", upload: bool = False, **about: Any) -> Callable[..., Any]:
    """A POST that is one call of an operation.

    The method gets the row (of a detail route), the checked body and the moment, and returns the instance to answer
    with, or a whole response. Before it runs: the row is found (404), the scope narrowed to its centre, the permission
    there checked (403), If-Match compared (428, 409), the body checked (422). ``path`` defaults to the method's name;
    the method ``create`` is a POST to the list itself.
    """
    known = Command(permissions, parsers=(MultiPartParser,) if upload else (), **about)

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        described = replace(known, summary=(method.__doc__ or "").strip().partition("\n")[0].rstrip("."))

        @wraps(method)
        @idempotent
        def call(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            kwargs.pop("pk", None)
            row = (
                view.enter(*described.permissions)
                if described.detail
                else view.permit(*described.permissions)
            )
            if described.if_match:
                require_match(request, row)
            body = _checked(described.body, request)
            given = {"row": row} if described.detail else {}
            done = method(view, **given, **kwargs, body=body, at=clock.now())
            return done if isinstance(done, Response) else view.answer(done, described.status)

        call.command = described  # type: ignore[attr-defined]
        if method.__name__ == "create":
            return call
        url_path = path or method.__name__.replace("_", "-")
        return action(detail=described.detail, methods=["post"], url_path=url_path)(call)

    return wrap


def _checked(shape: type[Serializer] | None, request: Request) -> dict[str, Any]:
    if shape is None:
        # A call that takes nothing also takes no nonsense.
        if request.data not in ({}, None, "") and not isinstance(request.data, dict):
            raise exceptions.ValidationError(["This call takes no body, or an empty object."])
        return {}
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def etag(row: models.Model) -> str:
    """A digest of the row's own columns: it changes when the row does."""
    values = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return '"' + hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:32] + '"'


def require_match(request: Request, row: models.Model) -> None:
    """Refuse an edit of something that changed since it was read (409), or that names no version (428)."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired
    if given != "*" and etag(row) not in [part.strip() for part in given.split(",")]:
        raise EditConflict("Somebody changed this since you read it. Read it again and repeat your change.")


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """A POST with the same Idempotency-Key answers what it answered first, and does nothing twice.

    The key is written in the call's own transaction: of two calls at once the second waits, then answers the same; a
    call that failed left no key and may be repeated.
    """

    @wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            return problem(422, detail=f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
        client = caller_of(request)
        digest = _digest(request)
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(client=client, key=key, request_hash=digest)
        except IntegrityError:
            return _repeat(client, key, digest)
        response = method(view, request, *args, **kwargs)
        if response.status_code < 400:
            # Every call that changes something has narrowed the scope to the one centre it is about.
            (centre_id,) = tenancy.current_scope().centre_ids
            body = json.loads(JSONRenderer().render(response.data))
            IdempotentAnswer.objects.create(
                centre_id=centre_id, given_for=kept, status=response.status_code, body=body
            )
        return response

    return once


def _digest(request: Request) -> str:
    """What was asked for, where, and for which centre: the same key for anything else is a mistake."""
    data = request.data
    if hasattr(data, "lists"):
        data = {name: [_content(each) for each in values] for name, values in data.lists()}
    body = json.dumps(data, sort_keys=True, default=str)
    context = request.user.access.context  # type: ignore[union-attr]
    return hashlib.sha256(f"{request.path}\n{context}\n{body}".encode()).hexdigest()


def _content(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()


def _repeat(client: str, key: str, digest: str) -> Response:
    kept = IdempotencyKey.objects.get(client=client, key=key)
    if kept.request_hash != digest:
        return problem(422, "This Idempotency-Key was used for another call", "Use a new key for a new call.")
    answer = IdempotentAnswer.objects.filter(given_for=kept).first()
    if answer is None:
        # The caller has left the centre that it was about.
        return problem(404)
    response = Response(answer.body, status=answer.status)
    response["Idempotent-Replay"] = "true"
    return response


def forget(*, at: datetime) -> int:
    """Delete answers kept for repeated calls after a day, and tokens that have expired; returns how many went.

    In the scope of the staff role, because the answers are each centre's.
    """
    _, kept = IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).delete()
    _, tokens = Token.objects.filter(expires_at__lt=at - KEPT_FOR).delete()
    return kept.get(IdempotencyKey._meta.label, 0) + tokens.get(Token._meta.label, 0)


class Rows(serializers.ListField):
    """Rows of a bulk call: described by their shape, checked one by one, so that one bad row does not hide the rest."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_ROWS, allow_empty=False, **kwargs)

    def run_child_validation(self, data: Any) -> list[Any]:
        return list(data)


def several(
    rows: list[Any],
    shape: type[Serializer],
    one: Callable[[dict[str, Any]], models.Model],
    *,
    only_good_rows: bool,
) -> Response:
    """Do one call for each row: all of them, or, where the caller takes them, those that can be done.

    Answers 201 with the ids of what was made and the problems of the other rows. Where a row cannot be done and
    ``only_good_rows`` was not asked for, nothing is left and the answer is 422, or 409 where only rules stand in the
    way. Rows are counted from 0, as JSON pointers do.
    """
    made: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    ruled_out = 0
    for place, row in enumerate(rows):
        try:
            with transaction.atomic():
                serializer = shape(data=row)
                serializer.is_valid(raise_exception=True)
                made.append({"row": place, "id": one(serializer.validated_data).pk})
        except RuleViolation as refusal:
            ruled_out += 1
            members = {"detail": refusal.message} | refusal_members(refusal)
            problems.append({"row": place, "pointer": f"#/rows/{place}"} | members)
        except ObjectDoesNotExist as absent:
            problems.append({"row": place} | missing(absent, row, f"#/rows/{place}"))
        except exceptions.ValidationError as invalid:
            problems += [{"row": place} | each for each in errors_in(invalid.detail, f"#/rows/{place}")]
    if problems and not only_good_rows:
        detail = "Nothing was saved. Correct these rows, or send only_good_rows to save the others."
        return problem(409 if ruled_out == len(problems) else 422, detail=detail, errors=problems)
    return Response({"made": made, "problems": problems}, status=201)
