"""Addresses: the conversation of a centre's year."""

from django.urls import path

from verification.views import messages

urlpatterns = [
    path("centres/<str:number>/messages/", messages.conversation, name="messages"),
]
