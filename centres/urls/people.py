"""Addresses of a centre's people, its staff register and its systems, and the administrator's people."""

from django.urls import path

from centres.views import api_clients, people, staff_people, staff_register

_CENTRE = "centres/<str:number>/"

urlpatterns = [
    path(_CENTRE + "people/", people.people, name="people"),
    path(_CENTRE + "people/invite/", people.invite, name="invite"),
    path(_CENTRE + "people/appoint/", people.appoint, name="appoint-quality-nominee"),
    path(_CENTRE + "people/stand-in/", people.delegate, name="delegate"),
    path(_CENTRE + "people/roles/<int:pk>/end/", people.end_role, name="end-role"),
    path(_CENTRE + "people/invitations/<int:pk>/resend/", people.resend, name="resend-invitation"),
    path(_CENTRE + "people/invitations/<int:pk>/withdraw/", people.withdraw, name="withdraw-invitation"),
    path(_CENTRE + "people/staff.csv", staff_register.download, name="staff-register-csv"),
    path(_CENTRE + "people/staff/add/", staff_register.add, name="staff-member-add"),
    path(_CENTRE + "people/staff/<int:pk>/", staff_register.member, name="staff-member"),
    path(_CENTRE + "people/staff/<int:pk>/change/", staff_register.change, name="staff-member-change"),
    path(
        _CENTRE + "people/staff/<int:pk>/development/<int:line>/remove/",
        staff_register.remove_line,
        name="staff-development-remove",
    ),
    path(_CENTRE + "people/<int:pk>/", people.person, name="person"),
    path(_CENTRE + "api-clients/", api_clients.api_clients, name="api-clients"),
    path(_CENTRE + "api-clients/<int:pk>/revoke/", api_clients.revoke, name="revoke-api-client"),
    path("staff/people/", staff_people.people, name="staff-people"),
    path("staff/people/invite/", staff_people.invite, name="staff-invite"),
    path("staff/people/invitations/<int:pk>/resend/", staff_people.resend, name="staff-resend-invitation"),
    path(
        "staff/people/invitations/<int:pk>/withdraw/",
        staff_people.withdraw,
        name="staff-withdraw-invitation",
    ),
    path("staff/people/<int:pk>/", staff_people.person, name="staff-person"),
    path("staff/people/<int:pk>/deactivate/", staff_people.deactivate, name="deactivate-person"),
    path("staff/people/<int:pk>/reactivate/", staff_people.reactivate, name="reactivate-person"),
    path(
        "staff/people/<int:pk>/reset-second-factor/",
        staff_people.reset_second_factor,
        name="reset-second-factor",
    ),
    path("staff/people/<int:pk>/email/", staff_people.change_email, name="change-email"),
    path("staff/people/<int:pk>/give-role/", staff_people.give_role, name="staff-give-role"),
    path("staff/people/roles/<int:pk>/end/", staff_people.end_role, name="staff-end-role"),
]
