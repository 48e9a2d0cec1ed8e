"""Sign-in by invitation only, and second factors; allauth does the rest."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: accounts come from invitations."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again",
        "account_inactive": "This account is closed. Your Quality Nominee or your contact can open it again",
        "enter_current_password": "Enter the password that you use now",
        "incorrect_password": "The password is not right",
        "incorrect_code": "The code is not right, or no longer. Enter the newest one",
        "invalid_or_expired_key": "The link is too old. Ask for a new one",
        "invalid_password_reset": "The link no longer works. Ask for a new one",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again",
        "rate_limited": "Too many tries in a short time. Wait a few minutes",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the installation on the phone, and the person on the passkey."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "The code is not right, or no longer. Enter the newest one",
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return entity | {"name": f"{settings.PORTAL['organisation']} {settings.PORTAL['service']}"}

    def build_user_handle(self, user: Any) -> str:
        return str(user.pk)


def needs_second_factor(sides: set[str], required_sides: tuple[str, ...], has_one: bool) -> bool:
    """Whether a person must set up a second factor before going on."""
    return settings.SECOND_FACTOR_REQUIRED and bool(sides & set(required_sides)) and not has_one
