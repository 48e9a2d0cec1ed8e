"""What a resource's JSON holds, declared once: it selects the columns, writes the JSON, and describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import exceptions

Schema = dict[str, Any]
# What PostgreSQL holds as a key; a larger number is nobody's.
LARGEST_KEY = 2**63 - 1
LOOKUPS = {"gte": "From this value on.", "lte": "Up to this value.", "exact": ""}


@dataclass(frozen=True)
class Field:
    """One member of the JSON: ``path`` says where it comes from, ``make`` turns what is found there into its value.

    A schema is needed only where no field of a model says what it looks like.
    """

    name: str
    path: str = ""
    schema: Schema | None = None
    make: Callable[[Any], Any] | None = None


class Fields:
    """The members of one resource's JSON, in order.

    A list reads tuples of columns, never instances, and writes them down as they are: building an instance and walking
    its fields is most of an API list's time. One row is written from its instance, with the same members.
    """

    def __init__(self, model: type[models.Model], declared: Sequence[str | Field]) -> None:
        self.model = model
        self.members = [each if isinstance(each, Field) else Field(each) for each in declared]
        self.names = [member.name for member in self.members]
        self.paths = [member.path or member.name for member in self.members]
        self._made = [(i, member.make) for i, member in enumerate(self.members) if member.make]

    def of_values(self, values: Sequence[Any]) -> dict[str, Any]:
        """The JSON of one tuple of columns, in the order of ``paths`` (more may follow them)."""
        row = dict(zip(self.names, values))  # noqa: B905  (the keys of the page follow the members)
        for place, make in self._made:
            row[self.names[place]] = make(values[place])
        return row

    def of(self, instance: models.Model) -> dict[str, Any]:
        """The JSON of one instance."""
        return self.of_values([_follow(instance, path) for path in self.paths])

    def relations(self) -> list[str]:
        """What an instance should be fetched with, so that writing it down asks nothing more."""
        return sorted({path.rpartition("__")[0] for path in self.paths if "__" in path})

    def schema(self) -> Schema:
        """The JSON schema of one row."""
        properties = {
            member.name: member.schema or schema_of(self.model, path)
            for member, path in zip(self.members, self.paths, strict=True)
        }
        return {"type": "object", "properties": properties, "required": self.names}


def _follow(instance: Any, path: str) -> Any:
    for part in path.split("__"):
        if instance is None:
            return None
        instance = getattr(instance, part)
    return instance


def model_field(model: type[models.Model], path: str) -> tuple[models.Field, bool]:
    """The field at the end of a path, and whether anything on the way to it may be empty."""
    nullable, field = False, None
    for part in path.split("__"):
        field = model._meta.get_field("id" if part == "pk" else part)
        nullable = nullable or bool(field.null)
        if field.is_relation and field.related_model:
            model = field.related_model  # type: ignore[assignment]
    assert field is not None
    return field, nullable  # type: ignore[return-value]


def schema_of(model: type[models.Model], path: str) -> Schema:
    """The JSON schema of one column, from its model field."""
    field, nullable = model_field(model, path)
    schema = _plain_schema(field)
    if nullable and "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if field.help_text:
        schema["description"] = str(field.help_text)
    return schema


def _plain_schema(field: models.Field) -> Schema:
    if field.is_relation or isinstance(field, models.IntegerField):
        return {"type": "integer"}
    if field.choices:
        values = [value for value, _ in field.flatchoices]
        return {"type": "string", "enum": [*values, ""] if field.blank else values}
    for kind, schema in _SCHEMAS.items():
        if isinstance(field, kind):
            return dict(schema)
    raise TypeError(f"Give {field} a schema: its kind is not known to the API.")


_SCHEMAS: dict[type[models.Field], Schema] = {
    models.DateTimeField: {"type": "string", "format": "date-time"},
    models.DateField: {"type": "string", "format": "date"},
    # Without a format: a time of day here has no zone, and the format "time" asks for one.
    models.TimeField: {"type": "string", "examples": ["09:30:00"]},
    models.BooleanField: {"type": "boolean"},
    models.DecimalField: {"type": "string", "examples": ["1.05"]},
    models.CharField: {"type": "string"},
    models.TextField: {"type": "string"},
    models.JSONField: {},
}


@dataclass(frozen=True)
class Filter:
    """One query parameter of a list: an exact value, or a bound (``decided_on__gte``)."""

    name: str
    lookup: str
    field: models.Field

    @classmethod
    def on(cls, model: type[models.Model], name: str, lookup: str) -> Filter:
        """The filter whose kind of value the model says."""
        path, _, last = lookup.rpartition("__")
        return cls(name, lookup, model_field(model, path if last in LOOKUPS else lookup)[0])

    def value(self, text: str) -> Any:
        """What the caller gave, as the column's own type. Raises a validation error for what can be none."""
        field = self.field.target_field if self.field.is_relation else self.field  # type: ignore[attr-defined]
        try:
            if "\x00" in text:
                raise ValidationError("This holds a character that no text has.")
            if isinstance(field, models.BooleanField):
                text = {"true": "True", "false": "False"}.get(text, "?")
            value = field.to_python(text)
            if isinstance(value, int) and abs(value) > LARGEST_KEY:
                raise ValidationError("This number is too large.")
            if self.field.choices and value not in dict(self.field.flatchoices):
                known = ", ".join(str(key) for key, _ in self.field.flatchoices)
                raise ValidationError(f"Give one of {known}.")
        except (ValidationError, ValueError, OverflowError) as problem:
            messages = problem.messages if isinstance(problem, ValidationError) else [str(problem)]
            raise exceptions.ValidationError({f"?{self.name}": messages}) from problem
        return value

    def parameter(self) -> Schema:
        """This filter as an OpenAPI parameter."""
        schema = _plain_schema(self.field)
        if schema.get("type") == "integer":
            schema |= {"minimum": -LARGEST_KEY, "maximum": LARGEST_KEY}
        what = LOOKUPS.get(self.lookup.rpartition("__")[2], "")
        return {"name": self.name, "in": "query", "schema": schema} | ({"description": what} if what else {})
