"""The OpenAPI description, written from what runs: fields, filters, commands and refusals of every resource."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.utils.formatting import dedent

from qa_portal.api import Collection, Resource
from qa_portal.api_access import MachineClients
from qa_portal.api_calls import LONGEST_KEY, Command
from qa_portal.api_fields import Schema
from qa_portal.api_pages import LARGEST_PAGE, PAGE
from qa_portal.problems import CONTENT_TYPE, TITLES

_READING = (401, 403, 404, 406, 429)
_LISTING = (401, 403, 406, 422, 429)
_PROBLEM: Schema = {
    "type": "object",
    "description": "A refusal as RFC 9457 problem details.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What stands in the way, in words for the person who asked"},
        "rule": {"type": "string", "description": "The number of the rule, as at /help/rules/", "examples": ["R31"]},
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"what": {"type": "string"}, "mend": {"type": "string"}, "rule": {"type": "string"}},
            },
        },
        "errors": {
            "type": "array",
            "description": "What does not validate, each with a JSON pointer into the body or the name of a parameter",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "examples": ["#/given_name"]},
                    "parameter": {"type": "string"},
                    "row": {"type": "integer", "description": "Which row of a bulk call, counted from 0"},
                    "detail": {"type": "string"},
                    "rule": {"type": "string"},
                },
                "required": ["detail"],
            },
        },
    },
}  # fmt: skip
_MADE: Schema = {
    "type": "object",
    "description": "What a bulk call saved, and why other rows were not.",
    "required": ["made", "problems"],
    "properties": {
        "made": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["row", "id"],
                "properties": {"row": {"type": "integer"}, "id": {"type": "integer"}},
            },
        },
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}


class PortalSchema(AutoSchema):
    """Describes collections, resources and commands; everything else keeps the library's description."""

    view: Any

    @property
    def command(self) -> Command | None:
        """The command behind a POST."""
        return getattr(getattr(self.view, self.view.action, None), "command", None)

    def is_excluded(self) -> bool:
        return not isinstance(self.view, Collection)

    def get_tags(self) -> list[str]:
        return [self._noun()]

    def get_operation_id(self) -> str:
        return f"{self._noun()}_{self.view.action}".replace("-", "_")

    def get_summary(self) -> str:
        if self.command:
            return self.command.summary
        known = {"list": f"List {self._noun().replace('-', ' ')}", "retrieve": "Read one, with its ETag"}
        doc = (getattr(self.view, self.view.action).__doc__ or "").strip()
        return known.get(self.view.action) or doc.partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        doc = dedent(self.view.__class__.__doc__ or "")
        method = "POST" if self.command else "GET"
        scope = self.view.needed_scope(method)
        machines = f"Scope `{scope}`." if scope else "Any scope."
        who = machines if self.view.machines else "People only."
        return f"{doc}\n\n{who}"

    def get_auth(self) -> list[dict[str, Any]]:
        auth = super().get_auth()
        scope = self.view.needed_scope("POST" if self.command else "GET")
        needed = [scope] if scope else []
        return [{name: needed if name == "clientCredentials" else []} for each in auth for name in each
                if self.view.machines or name != "clientCredentials"]  # fmt: skip

    def _noun(self) -> str:
        return self._tokenize_path()[0]

    def _name(self) -> str:
        return self.view.model.__name__

    def _get_parameters(self) -> list[Schema]:
        largest = {"id": 10**18 - 1, "section": 10**18 - 1, "position": 10**6 - 1}
        path = [
            {"name": name, "in": "path", "required": True,
             "schema": {"type": "integer", "minimum": 0, "maximum": largest[name]}}
            for name in largest if "{" + name + "}" in self.path
        ]  # fmt: skip
        if self.view.action == "list":
            limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
            paging = [
                {"name": "limit", "in": "query", "schema": limit},
                {"name": "cursor", "in": "query", "schema": {"type": "string"},
                 "description": "From “next” of the page before"},
            ]  # fmt: skip
            return [*(each.parameter() for each in self.view.parameters), *paging]
        if not self.command:
            return path
        headers: list[Schema] = [
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": LONGEST_KEY},
             "description": "The same key with the same call answers as before and does nothing twice"},
        ]  # fmt: skip
        if self.command.if_match:
            headers.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
                            "description": "The ETag that was read"})  # fmt: skip
        return [*path, *headers]

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        command = self.command
        if not command or not command.body:
            return None
        component = self.resolve_serializer(command.body, "request")
        required = bool(component.schema.get("required"))
        media = [parser.media_type for parser in command.parsers] or ["application/json"]
        return {"content": {kind: {"schema": component.ref} for kind in media}} | (
            {"required": True} if required else {}
        )

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        self._component("Problem", _PROBLEM)
        if self.view.action == "list":
            return self._answers(200, self._page(), _LISTING, link=True)
        if self.command:
            shape = self._component("BulkAnswer", _MADE) if self.command.bulk else self._one()
            return self._answers(self.command.status, shape, self._refusals(self.command))
        described = getattr(getattr(self.view, self.view.action), "described", None)
        if described:
            return {"200": described} | self._problems(_READING)
        return self._answers(200, self._one(), _READING)

    def _refusals(self, command: Command) -> list[int]:
        codes = [400, 401, 403, 406, 409, 413, 415, 422, 429]
        codes += [404] if command.detail else []
        codes += [428] if command.if_match else []
        return sorted(codes)

    def _answers(self, status: int, schema: Schema, refusals: Any, *, link: bool = False) -> Schema:
        answer: Schema = {"description": "", "content": {"application/json": {"schema": schema}}}
        names = [] if link or (self.command and self.command.bulk) else ["ETag"]
        names += ["Location"] if status == 201 and names else []
        if names:
            answer["headers"] = {name: {"schema": {"type": "string"}} for name in names}
        return {str(status): answer} | self._problems(refusals)

    def _problems(self, codes: Any) -> Schema:
        content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        described: Schema = {str(code): {"description": TITLES[code], "content": content} for code in codes}
        if "429" in described:
            seconds = {"schema": {"type": "integer"}, "description": "Seconds until the next call"}
            described["429"] = described["429"] | {"headers": {"Retry-After": seconds}}
        return described

    def _one(self) -> Schema:
        """One row with what only its own page shows."""
        plain = self._component(self._name(), self.view.shape.schema())
        if not (isinstance(self.view, Resource) and self.view.detail_schema):
            return plain
        more = {
            "type": "object",
            "properties": self.view.detail_schema,
            "required": list(self.view.detail_schema),
        }
        return self._component(f"{self._name()}Details", {"allOf": [plain, more]})

    def _page(self) -> Schema:
        row = self._component(self._name(), self.view.shape.schema())
        following = {"type": ["string", "null"], "description": "The address of the next page"}
        return self._component(
            f"{self._name()}Page",
            {
                "type": "object",
                "required": ["results", "next"],
                "properties": {"results": {"type": "array", "items": row}, "next": following},
            },
        )

    def _component(self, name: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return {"$ref": f"#/components/schemas/{name}"}


class ClientCredentialsScheme(OpenApiAuthenticationExtension):
    """How a machine signs in, with every scope."""

    target_class = "qa_portal.api_access.ClientCredentials"
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        flow = {"tokenUrl": "/api/oauth/token", "scopes": MachineClients.scope_display}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class SessionScheme(OpenApiAuthenticationExtension):
    """How a signed-in person calls: by the session's cookie, with the form token for every POST."""

    target_class = "qa_portal.api_access.PortalSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        description = "The cookie of a signed-in person; a POST also needs the header X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}
