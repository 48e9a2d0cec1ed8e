"""Addresses: the self-assessment and the annual declaration of a centre."""

from django.urls import path

from verification.views import declarations
from verification.views import self_assessment_moves as moves
from verification.views import self_assessment_papers as papers
from verification.views import self_assessment_requests as requests
from verification.views import self_assessments as views

FORM = "centres/<str:number>/self-assessment/"
YEAR = f"{FORM}<int:year>/"
SECTION = f"{FORM}sections/<int:pk>/"

urlpatterns = [
    path(FORM, views.overview, name="self-assessment"),
    path(f"{FORM}check/", moves.check, name="self-assessment-check"),
    path(SECTION, views.section, name="self-assessment-section"),
    path(f"{SECTION}delegate/", requests.delegate, name="self-assessment-delegate"),
    path(f"{SECTION}take-back/", requests.take_back, name="self-assessment-take-back"),
    path(f"{SECTION}evidence/", requests.files, name="self-assessment-evidence"),
    path(f"{FORM}evidence/<int:pk>/take-off/", requests.take_file_off, name="self-assessment-evidence-off"),
    path(YEAR, views.overview, name="self-assessment-year"),
    path(f"{YEAR}submit/", moves.submit, name="self-assessment-submit"),
    path(f"{YEAR}recall/", moves.recall, name="self-assessment-recall"),
    path(f"{YEAR}withdraw/", moves.withdraw, name="self-assessment-withdraw"),
    path(f"{YEAR}reopen/", moves.reopen, name="self-assessment-reopen"),
    path(f"{YEAR}form/", moves.form, name="self-assessment-form"),
    path(f"{YEAR}return/", moves.give_back, name="self-assessment-return"),
    path(f"{YEAR}accept/", moves.accept, name="self-assessment-accept"),
    path(f"{YEAR}btec-review/", requests.btec_review, name="self-assessment-btec-review"),
    path(f"{YEAR}more-time/", requests.ask_for_time, name="self-assessment-extension"),
    path(f"{YEAR}more-time/<int:pk>/", requests.decide_time, name="self-assessment-extension-decide"),
    path(f"{YEAR}register/", papers.register, name="self-assessment-register"),
    path(f"{YEAR}print/", papers.printed, name="self-assessment-print"),
    path(f"{YEAR}versions/<int:number_of_version>/", papers.version, name="self-assessment-version"),
    path("centres/<str:number>/declaration/", declarations.declaration, name="declaration"),
    path("centres/<str:number>/declaration/<int:year>/", declarations.declaration, name="declaration-year"),
]
