"""Reads plain JSON into frozen dataclasses and reports everything that is wrong, each with its path."""

import dataclasses
import difflib
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
UNREADABLE: Any = object()


@dataclass(frozen=True)
class SchemeError:
    """One thing wrong in a scheme's content: where (a JSON path), what, and how to mend it."""

    path: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem} {self.mend}"


class SchemeContentInvalid(ValueError):
    """The content of a scheme cannot be used; `errors` says everything that must be mended."""

    def __init__(self, errors: tuple[SchemeError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass(frozen=True)
class Matching:
    """A text that follows a pattern; `mend` says the pattern in words."""

    pattern: str
    mend: str


@dataclass(frozen=True)
class AtLeast:
    """A number that is never below `least`."""

    least: int


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """A figure that an awarding organisation may set, with the rule it belongs to."""

    value: T
    rule: str


Key = Annotated[str, Matching(r"[a-z][a-z0-9_]*", "Use lower-case letters, digits and underscores.")]
Rule = Annotated[str, Matching(r"R[1-9][0-9]{0,2}", "Write the rule's number like R48.")]
Count = Annotated[int, AtLeast(0)]
Positive = Annotated[int, AtLeast(1)]


class Reader:
    """Reads one document; collects errors instead of stopping at the first."""

    def __init__(self) -> None:
        self.errors: list[SchemeError] = []

    def wrong(self, path: str, problem: str, mend: str) -> Any:
        self.errors.append(SchemeError(path, problem, mend))
        return UNREADABLE

    def read(self, kind: Any, value: Any, path: str) -> Any:
        """Turn JSON into a value of `kind`, or note why not and return UNREADABLE."""
        origin = get_origin(kind)
        if origin is Annotated:
            return self._constrained(kind, value, path)
        if origin in (Union, types.UnionType):
            (inner,) = (option for option in get_args(kind) if option is not type(None))
            return None if value is None else self.read(inner, value, path)
        if origin is Literal:
            return self._choice(get_args(kind), value, path)
        if origin is tuple:
            return self._list(get_args(kind)[0], value, path)
        if origin is Mapping:
            key_kind, inner = get_args(kind)
            return self._mapping(key_kind, inner, value, path)
        if origin is Parameter:
            return self._fields(Parameter, {"value": get_args(kind)[0], "rule": Rule}, value, path)
        if dataclasses.is_dataclass(kind) and not hasattr(kind, "from_text"):
            return self._fields(kind, get_type_hints(kind, include_extras=True), value, path)
        return self._scalar(kind, value, path)

    def _fields(self, kind: Any, hints: Mapping[str, Any], value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.wrong(path, "This is not an object.", "Write it in curly brackets with named values.")
        before = len(self.errors)
        fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
        for name in value:
            if name not in fields:
                self._unknown(name, tuple(fields), path)
        read = {}
        for name, field in fields.items():
            if name in value:
                read[name] = self.read(hints[name], value[name], f"{path}.{name}")
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self.wrong(f"{path}.{name}", "This is missing.", "Add it.")
        if len(self.errors) > before:
            return UNREADABLE
        made = kind(**read)
        for where, problem, mend in getattr(made, "problems", tuple)():
            self.wrong(f"{path}{where}", problem, mend)
        return made

    def _unknown(self, name: str, known: tuple[str, ...], path: str) -> None:
        close = difflib.get_close_matches(name, known, n=1)
        mend = f"Did you mean “{close[0]}”?" if close else f"Take it out. Known here: {', '.join(known)}."
        self.wrong(f"{path}.{name}", "Nothing reads this key.", mend)

    def _list(self, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self.wrong(path, "This is not a list.", "Write it in square brackets.")
        return tuple(self.read(inner, each, f"{path}[{place}]") for place, each in enumerate(value))

    def _mapping(self, key_kind: Any, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.wrong(path, "This is not an object.", "Write it in curly brackets with named values.")
        read = {}
        for name, each in value.items():
            self.read(key_kind, name, f"{path}.{name}")
            read[name] = self.read(inner, each, f"{path}.{name}")
        return types.MappingProxyType(read)

    def _choice(self, options: tuple[Any, ...], value: Any, path: str) -> Any:
        if isinstance(value, bool) or value not in options:
            listed = ", ".join(str(option) for option in options)
            return self.wrong(path, f"“{value}” is not one of the choices.", f"Choose from: {listed}.")
        return value

    def _constrained(self, kind: Any, value: Any, path: str) -> Any:
        inner, *limits = get_args(kind)
        read = self.read(inner, value, path)
        if read is UNREADABLE:
            return read
        for limit in limits:
            if isinstance(limit, Matching) and not re.fullmatch(limit.pattern, read):
                return self.wrong(path, f"“{read}” has the wrong shape.", limit.mend)
            if isinstance(limit, AtLeast) and read < limit.least:
                return self.wrong(path, f"{read} is too small.", f"Enter {limit.least} or more.")
        return read

    def _scalar(self, kind: Any, value: Any, path: str) -> Any:
        if kind is bool:
            return (
                value
                if isinstance(value, bool)
                else self.wrong(path, "This is not yes or no.", "Write true or false.")
            )
        if kind is int:
            whole = isinstance(value, int) and not isinstance(value, bool)
            return (
                value
                if whole
                else self.wrong(path, f"“{value}” is not a whole number.", "Enter a whole number.")
            )
        if not isinstance(value, str) or not value.strip():
            return self.wrong(
                path, "This is not a text.", "Write a text in quotation marks; it may not be empty."
            )
        return value if kind is str else self._text_form(kind, value, path)

    def _text_form(self, kind: Any, value: str, path: str) -> Any:
        """Read what JSON can only carry as text: a date, a month and day, an exact fraction or decimal."""
        forms: dict[Any, tuple[Any, str]] = {
            date: (date.fromisoformat, "Write a date like 2026-09-01."),
            Decimal: (Decimal, "Write a number in quotation marks, like “1.25”."),
            Fraction: (Fraction, "Write a fraction in quotation marks, like “1/3”."),
        }
        make, mend = forms.get(kind) or (kind.from_text, kind.MEND)
        try:
            return make(value)
        except (ValueError, InvalidOperation, ZeroDivisionError):
            return self.wrong(path, f"“{value}” cannot be read.", mend)


def duplicates(keys: list[str]) -> list[str]:
    """List the keys that occur more than once, each once, in order of first occurrence."""
    return [key for place, key in enumerate(keys) if keys.index(key) == place and keys.count(key) > 1]
