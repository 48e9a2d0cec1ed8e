"""API errors as RFC 9457 problem details, one shape for every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from qa_portal.errors import NotPermitted, Refusal

CONTENT_TYPE = "application/problem+json"
# What the framework raises, as titles; what is not here carries the framework's own words.
TITLES = {
    400: "This is not JSON",
    401: "Not signed in",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    406: "Only JSON is offered",
    409: "Not possible now",
    413: "Too large",
    415: "Send JSON",
    422: "The request does not validate",
    428: "Say which version you change",
    429: "Too many calls",
    500: "Something broke, and nothing was changed",
}


def problem(status_code: int, title: str = "", detail: str = "", **more: Any) -> Response:
    """One problem document as a response."""
    return Response(
        document(status_code, title, detail, **more), status=status_code, content_type=CONTENT_TYPE
    )


def document(status_code: int, title: str = "", detail: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem document; empty ones are left out."""
    body = {"type": "about:blank", "title": title or TITLES[status_code], "status": status_code}
    if detail:
        body["detail"] = detail
    return body | {name: value for name, value in more.items() if value}


@csrf_exempt
def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """Whatever lies below the API's address and is no resource of it."""
    return JsonResponse(document(404), status=404, content_type=CONTENT_TYPE)


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Map every expected exception to a problem; the tenancy layer rolls back whatever answers 400 or above."""
    if isinstance(exception, Refusal):
        return _refusal(exception)
    if isinstance(exception, exceptions.ValidationError):
        return problem(422, errors=list(errors_in(exception.detail)))
    if isinstance(exception, ValidationError):
        return problem(422, errors=[{"pointer": "#", "detail": message} for message in exception.messages])
    if isinstance(exception, ObjectDoesNotExist) and context["request"].method == "POST":
        return problem(422, errors=[missing(exception, context["request"].data)])
    if isinstance(exception, Http404):
        return problem(404)
    if isinstance(exception, PermissionDenied):
        return problem(403, detail=str(exception))
    if isinstance(exception, exceptions.APIException):
        return _from_framework(exception)
    return None


def refusal_members(refusal: Refusal) -> dict[str, Any]:
    """A refusal's rule and reasons, as members of a problem or of one row's problem."""
    members: dict[str, Any] = {"rule": refusal.rule} if refusal.rule else {}
    if refusal.reasons:
        members["reasons"] = [{"what": r.what, "mend": r.mend, "rule": r.rule} for r in refusal.reasons]
    return members


def errors_in(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Each message of a validation error with the JSON pointer of what it is about.

    A name that begins with a question mark is a parameter of the address.
    """
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if str(name).startswith("?"):
                yield from ({"parameter": str(name)[1:], "detail": str(text)} for text in inner)
            elif name == "non_field_errors":
                yield from errors_in(inner, pointer)
            else:
                yield from errors_in(inner, f"{pointer}/{_escaped(name)}")
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            deeper = isinstance(inner, dict | list)
            yield from errors_in(inner, f"{pointer}/{place}" if deeper else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def missing(exception: ObjectDoesNotExist, body: Any, pointer: str = "#") -> dict[str, str]:
    """What a body names and the caller's centre does not have, pointed at where that is certain."""
    model = _model_of(exception)
    noun = str(model._meta.verbose_name) if model else "thing"
    name = f"{model._meta.model_name}_id" if model else ""
    if isinstance(body, dict) and name in body:
        pointer = f"{pointer}/{name}"
    return {"pointer": pointer, "detail": f"There is no such {noun} here."}


def _model_of(exception: ObjectDoesNotExist) -> type[models.Model] | None:
    from django.apps import apps

    name = type(exception).__qualname__.partition(".")[0]
    found = [model for model in apps.get_models() if model.__name__ == name]
    return found[0] if found else None


def _escaped(name: object) -> str:
    """A member's name as one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def _refusal(refusal: Refusal) -> Response:
    status_code = 403 if isinstance(refusal, NotPermitted) else 409
    return problem(status_code, detail=refusal.message, **refusal_members(refusal))


def _from_framework(exception: exceptions.APIException) -> Response:
    code = exception.status_code
    detail = str(exception.detail) if code != 404 else ""
    response = problem(code, TITLES.get(code) or str(exception.default_detail).rstrip("."), detail)
    if getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = exception.auth_header  # type: ignore[attr-defined]
    if getattr(exception, "wait", None):
        response["Retry-After"] = str(int(exception.wait) + 1)  # type: ignore[attr-defined]
    return response
