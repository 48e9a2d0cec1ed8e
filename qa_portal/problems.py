"""API errors as RFC 9457 problem details, one shape for every refusal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from qa_portal.errors import NotPermitted, Refusal, RuleViolation

CONTENT_TYPE = "application/problem+json"


def problem(status_code: int, title: str, detail: str = "", **more: Any) -> Response:
    """One problem document as a response."""
    body = {"type": "about:blank", "title": title, "status": status_code}
    if detail:
        body["detail"] = detail
    return Response(body | more, status=status_code, content_type=CONTENT_TYPE)


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Map every expected exception to a problem; the tenancy layer rolls back whatever answers 400 or above."""
    if isinstance(exception, Refusal):
        return _refusal(exception)
    if isinstance(exception, exceptions.ValidationError):
        return problem(422, "The body does not validate", errors=exception.detail)
    if isinstance(exception, ValidationError):
        return problem(422, "The body does not validate", errors=exception.messages)
    if isinstance(exception, Http404):
        return problem(404, "Not found")
    if isinstance(exception, PermissionDenied):
        return problem(403, "Not permitted", str(exception))
    if isinstance(exception, exceptions.APIException):
        return _from_framework(exception)
    return None


def _refusal(refusal: Refusal) -> Response:
    code, title = (403, "Not permitted") if isinstance(refusal, NotPermitted) else (409, "Not possible now")
    more: dict[str, Any] = {"rule": refusal.rule} if refusal.rule else {}
    if refusal.reasons:
        more["reasons"] = [{"what": r.what, "mend": r.mend, "rule": r.rule} for r in refusal.reasons]
    assert isinstance(refusal, NotPermitted | RuleViolation)
    return problem(code, title, refusal.message, **more)


def _from_framework(exception: exceptions.APIException) -> Response:
    response = problem(
        exception.status_code, str(exception.default_detail).rstrip("."), str(exception.detail)
    )
    if getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = exception.auth_header  # type: ignore[attr-defined]
    if getattr(exception, "wait", None):
        response["Retry-After"] = str(int(exception.wait) + 1)  # type: ignore[attr-defined]
    if exception.status_code == status.HTTP_404_NOT_FOUND:
        response.data.pop("detail", None)
    return response
