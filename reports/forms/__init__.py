"""Forms of the reports app's pages."""

from django import forms

from qa_portal import pack


class DemoClockForm(forms.Form):
    """The day that the demo takes for today."""

    day = pack.DateField(
        label="Day", help_text="Everything that falls due up to this day happens within a minute."
    )
