"""Sign-in by invitation only, and second factors; allauth does the rest."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: accounts come from invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the installation on the phone, and the person on the passkey."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return entity | {"name": f"{settings.PORTAL['organisation']} {settings.PORTAL['service']}"}

    def build_user_handle(self, user: Any) -> str:
        return str(user.pk)


def needs_second_factor(sides: set[str], required_sides: tuple[str, ...], has_one: bool) -> bool:
    """Whether a person must set up a second factor before going on."""
    return settings.SECOND_FACTOR_REQUIRED and bool(sides & set(required_sides)) and not has_one
