"""Addresses of one's own account, of invitations, and of what was kept of an expired form."""

from django.urls import path

from centres.views import accounts, invitations, kept

urlpatterns = [
    path("account/", accounts.account, name="account"),
    path("account/details/", accounts.details, name="account-details"),
    path("account/mail/", accounts.mail, name="account-mail"),
    path("account/calendar/", accounts.calendar_address, name="account-calendar"),
    path("account/contexts/", accounts.contexts, name="contexts"),
    path("account/stay/", accounts.stay, name="stay-signed-in"),
    path("account/kept/", kept.kept, name="kept-draft"),
    path("invitations/<str:token>/", invitations.accept, name="accept-invitation"),
]
