"""Addresses: actions of a centre, of a caseload, and one action."""

from django.urls import path

from verification.views import actions

urlpatterns = [
    path("centres/<str:number>/actions/", actions.of_centre, name="actions"),
    path("caseload/actions/", actions.of_caseload, name="caseload-actions"),
    path("actions/<int:pk>/", actions.one, name="action"),
    path("actions/<int:pk>/answer/", actions.answer, name="action-answer"),
    path("actions/<int:pk>/return/", actions.return_for_more, name="action-return"),
    path("actions/<int:pk>/close/", actions.close, name="action-close"),
]
