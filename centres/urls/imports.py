"""Addresses: imports."""

from django.urls import path

from centres.views import imports

urlpatterns = [
    path("centres/<str:number>/imports/", imports.import_list, name="imports"),
    path("centres/<str:number>/imports/<str:kind>.csv", imports.template, name="import-template"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/save/", imports.save, name="import-save"),
    path("imports/<int:pk>/discard/", imports.discard, name="import-discard"),
    path("imports/<int:pk>/problems.csv", imports.problems, name="import-problems"),
]
