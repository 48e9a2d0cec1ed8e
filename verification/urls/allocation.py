"""Addresses: allocation and schedule for planners, and the verifier register."""

from django.urls import path

from verification.views import allocation, allocation_plans, replacements, schedule, verifiers

ALLOCATION = "staff/allocation/"
VERIFIERS = "staff/verifiers/"

urlpatterns = [
    path(ALLOCATION, allocation.centres, name="allocation"),
    path(f"{ALLOCATION}plan/", allocation_plans.plan, name="allocation-plan"),
    path(f"{ALLOCATION}plan/confirm/", allocation_plans.confirm, name="allocation-plan-confirm"),
    path(f"{ALLOCATION}proposals/<int:pk>/drop/", allocation_plans.drop, name="allocation-drop"),
    path(f"{ALLOCATION}<int:pk>/countersign/", allocation.countersign, name="allocation-countersign"),
    path(f"{ALLOCATION}<int:pk>/end/", allocation.end, name="allocation-end"),
    path(f"{ALLOCATION}<str:number>/lsv/", allocation.allocate, name="allocate-lsv"),
    path(f"{ALLOCATION}<str:number>/sv/<int:programme_id>/", allocation.allocate, name="allocate-sv"),
    path(f"{ALLOCATION}<str:number>/ask/", allocation.ask, name="allocation-ask"),
    path(f"{ALLOCATION}<str:number>/ask/<int:programme_id>/", allocation.ask, name="allocation-ask"),
    path("staff/schedule/", schedule.waiting, name="schedule"),
    path("staff/schedule/propose/", schedule.propose, name="schedule-propose"),
    path(VERIFIERS, verifiers.register, name="verifiers"),
    path(f"{VERIFIERS}add/", verifiers.add, name="verifier-add"),
    path(f"{VERIFIERS}<int:pk>/", verifiers.one, name="verifier"),
    path(f"{VERIFIERS}<int:pk>/change/", verifiers.change, name="verifier-change"),
    path(f"{VERIFIERS}<int:pk>/replace/", replacements.everywhere, name="verifier-replace"),
    path(f"{VERIFIERS}<int:pk>/absences/", verifiers.add_absence, name="verifier-absence-add"),
    path("account/absences/", verifiers.own_absences, name="own-absences"),
    path("account/absences/<int:pk>/remove/", verifiers.remove_absence, name="absence-remove"),
    path("account/conflicts/", verifiers.conflicts, name="conflicts"),
    path("account/conflicts/<int:pk>/end/", verifiers.end_conflict, name="conflict-end"),
]
