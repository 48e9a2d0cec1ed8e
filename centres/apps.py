"""The centre's side as a Django application."""

from django.apps import AppConfig


class CentresConfig(AppConfig):
    """Centres, people, programmes, learners."""

    name = "centres"
    verbose_name = "Centres"

    def ready(self) -> None:
        """Make known the kinds of deadlines that schemes speak of, and where reminder steps come from."""
        from centres import schemes, sign_in_events  # noqa: F401  (hearing the library's announcements)
        from centres.permissions import RoleCode
        from centres.queries.schemes import reminder_steps
        from qa_portal import deadlines, reminders

        for file in schemes.shipped():
            ladders = file.content.deadlines.items()
            deadlines.register(*(deadlines.Kind(code, ladder.title) for code, ladder in ladders))
        reminders.steps_in_force = reminder_steps
        reminders.role_names = dict(RoleCode.choices)
