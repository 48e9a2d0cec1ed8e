"""Addresses: the LSV's desk, the centre's side of a visit, escalations."""

from django.urls import path

from verification.views import visit_papers as papers
from verification.views import visit_writing as writing
from verification.views import visits

urlpatterns = [
    path("activities/<int:pk>/visit/", visits.preparation, name="visit"),
    path("activities/<int:pk>/visit/begin/", visits.begin, name="visit-begin"),
    path("activities/<int:pk>/visit/findings/<str:criterion>/", visits.finding, name="visit-finding"),
    path("activities/<int:pk>/visit/actions/", writing.actions, name="visit-actions"),
    path("activities/<int:pk>/visit/actions/new/", writing.action, name="visit-action-add"),
    path("activities/<int:pk>/visit/actions/<int:draft>/", writing.action, name="visit-action-edit"),
    path(
        "activities/<int:pk>/visit/actions/<int:draft>/remove/",
        writing.remove_action,
        name="visit-action-remove",
    ),
    path("activities/<int:pk>/visit/report/", writing.texts, name="visit-texts"),
    path("activities/<int:pk>/visit/facts/", writing.facts, name="visit-facts"),
    path("activities/<int:pk>/visit/facts/send/", writing.send_facts, name="visit-facts-send"),
    path("activities/<int:pk>/visit/facts/close/", writing.close_facts, name="visit-facts-close"),
    path("activities/<int:pk>/visit/escalate/", papers.escalate, name="visit-escalate"),
    path("activities/<int:pk>/facts/", papers.check_facts, name="fact-check"),
    path("activities/<int:pk>/documents/", papers.documents, name="visit-documents"),
    path("escalations/<int:pk>/", papers.escalation, name="escalation"),
]
