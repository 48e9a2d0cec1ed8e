"""What our form templates need from Python: dates any browser can enter, and a form's problems in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.forms import BaseForm, BaseFormSet, BoundField

# A browser with a date picker sends the first; where the field is plain text, people type the others.
DATE_FORMATS = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%a %d %b %Y",
    "%A %d %B %Y",
    "%d/%m/%y",
]


class DateInput(forms.DateInput):
    """A native date picker; on machines without one the same element is a text field for written dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "dd/mm/yyyy", **(attrs or {})}, format="%Y-%m-%d")


class DateField(forms.DateField):
    """A date, entered with ``DateInput``, in any of the ways people write one."""

    widget = DateInput
    input_formats = DATE_FORMATS
    default_error_messages: ClassVar = {
        "required": "Enter a date",
        "invalid": "Enter a real date, such as 3 November 2026",
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("input_formats", DATE_FORMATS)
        super().__init__(**options)


class TimeInput(forms.TimeInput):
    """A native time picker; where there is none, a text field for "9.30am" or "09:30"."""

    input_type = "time"


class TimeField(forms.TimeField):
    """A time of day, in any of the ways people write one."""

    widget = TimeInput
    default_error_messages: ClassVar = {
        "required": "Enter a time",
        "invalid": "Enter a real time, such as 9.30am or 14:00",
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "input_formats",
            ["%H:%M", "%H:%M:%S", "%I.%M%p", "%I:%M%p", "%I%p", "%H.%M"],
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(" ", "") if isinstance(value, str) else value)


def yes_no(**options: Any) -> forms.TypedChoiceField:
    """A question with the answers Yes and No as small radios in one line; cleans to True, False, or None."""
    options.setdefault("error_messages", {"required": "Choose yes or no"})
    return forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.RadioSelect(attrs={"data-inline": "true"}),
        **options,
    )


def target_of(field: BoundField) -> str:
    """The id of the first control of a field, which is where a link of the error summary leads."""
    widget = field.field.widget
    auto_id = widget.attrs.get("id") or field.auto_id
    several = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{auto_id}_0" if several and auto_id else auto_id


def _lowered(label: str) -> str:
    """A label inside a sentence; "ULN", "LSV visit" and "I have read ..." keep their capitals."""
    first = label.split(" ")[0]
    return label if first.isupper() else label[:1].lower() + label[1:]


def _what_is_missing(field: BoundField) -> str:
    label = str(field.label or "")
    if not label:
        return "Enter an answer"
    kind, widget = kind_of(field), field.field.widget
    if kind == "checkbox":
        return f"Tick to confirm: {_lowered(label)}"
    if kind in ("radios", "checkboxes") or isinstance(widget, forms.Select):
        return f"Choose an answer: {_lowered(label)}"
    return (
        f"Choose a file: {_lowered(label)}"
        if isinstance(widget, forms.FileInput)
        else f"Enter {_lowered(label)}"
    )


def messages_of(field: BoundField) -> list[str]:
    """A field's messages; where a form has no words of its own for an empty field, they say what to do."""
    default = forms.Field.default_error_messages["required"]
    return [_what_is_missing(field) if message == default else str(message) for message in field.errors]


def problems_of_form(form: BaseForm) -> list[tuple[str, str]]:
    """(id, message) of everything wrong with one form: its own messages first, then its fields in order."""
    found = [("", str(message)) for message in form.non_field_errors()]
    for field in form:
        found += [("" if field.is_hidden else target_of(field), message) for message in messages_of(field)]
    return found


def problems_of(*sources: Any) -> list[tuple[str, str]]:
    """(id, message) of everything wrong with forms, formsets and plain pairs, in order, each once."""
    found: list[tuple[str, str]] = []
    for source in sources:
        if isinstance(source, BaseFormSet):
            found += [("", str(message)) for message in source.non_form_errors()]
            for form in source.forms:
                found += problems_of_form(form)
        elif isinstance(source, BaseForm):
            found += problems_of_form(source)
        elif source and not isinstance(source, str) and isinstance(source, Iterable):
            found += [(str(target), str(message)) for target, message in source]
    return list(dict.fromkeys(found))


# The kit's class of each widget; what is not named here is a text input.
_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.HiddenInput, ""),
    (forms.CheckboxInput, ""),
    (forms.Textarea, "govuk-textarea"),
    (forms.SelectMultiple, "govuk-select"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (DateInput, "govuk-input govuk-input--width-date"),
    (TimeInput, "govuk-input govuk-input--width-10"),
    (forms.NumberInput, "govuk-input govuk-input--width-5"),
    (forms.Widget, "govuk-input"),
]


def control(field: BoundField, **attributes: Any) -> str:
    """The control of a bound field in the kit's classes, tied to its hint and error, with ``attributes``."""
    widget = field.field.widget
    ours = next(classes for kind, classes in _CLASSES if isinstance(widget, kind))
    if field.errors and ours:
        ours = f"{ours} {ours.split()[0]}--error"
    attributes = {
        name.replace("_", "-"): value for name, value in attributes.items() if value not in ("", None)
    }
    if field.errors and attributes.get("aria-describedby"):
        attributes["aria-describedby"] += f" {field.auto_id}_error"
    if not isinstance(widget, DateInput):
        # Placeholders look like answers and vanish when one types: labels and hints say what to enter.
        attributes["placeholder"] = False
    written = [ours, widget.attrs.get("class", ""), str(attributes.pop("class", ""))]
    attributes["class"] = " ".join(filter(None, written))
    return field.as_widget(attrs=attributes)


def kind_of(field: BoundField) -> str:
    """Which template draws a bound field: hidden, radios, checkboxes, checkbox, group or input."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxSelectMultiple):  # a subclass of RadioSelect, so it comes first
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "group" if isinstance(widget, forms.MultiWidget) else "input"
