"""Addresses of samples: the list, one sample with its items, its evidence, its write-up."""

from django.urls import path

from sampling.views import evidence, judging, planning, samples, waiving, writing

urlpatterns = [
    path("activities/<int:pk>/sample/", samples.of_activity, name="activity-sample"),
    path("activities/<int:pk>/sample/plan/", planning.start, name="activity-sample-plan"),
    path("activities/<int:pk>/waive/", waiving.waive, name="activity-waive"),
    path(
        "centres/<str:number>/years/<int:year>/waive-visit/",
        waiving.waive_year_without_visit,
        name="visit-waive",
    ),
    path(
        "centres/<str:number>/years/<int:year>/programmes/<int:programme_id>/waive/",
        waiving.waive_programme,
        name="programme-waive",
    ),
    path("samples/", samples.samples, name="samples"),
    path("samples/<int:pk>/", samples.sample, name="sample"),
    path("samples/<int:pk>/draw/", samples.draw, name="sample-draw"),
    path("samples/<int:pk>/draw/<int:number>.json", samples.draw_file, name="sample-draw-file"),
    path("samples/<int:pk>/draw-again/", planning.draw_again, name="sample-draw-again"),
    path("samples/<int:pk>/add/", planning.add, name="sample-add"),
    path("samples/<int:pk>/request/", planning.request_work, name="sample-request"),
    path("samples/<int:pk>/lead-iv/", samples.name_lead_iv, name="sample-lead-iv"),
    path("samples/<int:pk>/items/<int:position>/", judging.item, name="sample-item"),
    path("samples/<int:pk>/items/<int:position>/missing/", judging.missing, name="sample-item-missing"),
    path("samples/<int:pk>/items/<int:position>/remove/", planning.remove, name="sample-item-remove"),
    path(
        "samples/<int:pk>/items/<int:position>/substitute/",
        planning.substitute,
        name="sample-item-substitute",
    ),
    path("samples/evidence/<int:pk>/", evidence.open_file, name="sample-evidence"),
    path("samples/evidence/<int:pk>/remove/", evidence.remove, name="sample-evidence-remove"),
    path("samples/<int:pk>/archive/", evidence.archive, name="sample-archive"),
    path("samples/<int:pk>/compliance/", writing.check, name="sample-compliance"),
    path("samples/<int:pk>/report/", writing.write, name="sample-writing"),
    path("samples/<int:pk>/actions/", writing.actions, name="sample-actions"),
    path(
        "samples/<int:pk>/actions/<int:draft_id>/remove/", writing.remove_action, name="sample-action-remove"
    ),
]
