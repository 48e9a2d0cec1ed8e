"""The yearly cycle as a Django application."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Self-assessment, allocation, activities, actions, direct claims status."""

    name = "verification"
    verbose_name = "Verification"

    def ready(self) -> None:
        """Say who may open the files that this app links to what they prove, and who takes over from whom."""
        from centres import departures, evidence_access
        from verification.operations.departures import hand_over
        from verification.queries import actions, messages, section_evidence, visits

        departures.register("actions_and_sections", hand_over)
        evidence_access.register("self_assessment", section_evidence.may_see, keeps=section_evidence.keeps)
        evidence_access.register("actions", actions.files_seen_by, keeps=actions.files_kept)
        evidence_access.register("visit_documents", visits.files_seen_by, keeps=visits.files_kept)
        evidence_access.register("message", messages.may_see, keeps=messages.keeps)
