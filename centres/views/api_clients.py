"""A centre's systems with access to the API: list, add (the secret is shown once), end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centres.forms.people import ApiClientForm
from centres.models import AccessGrant, Centre
from centres.operations import api_clients as operations
from centres.pages import centre_page
from centres.permissions import Permission, RoleCode
from centres.queries import people as queries
from qa_portal import clock, notices
from qa_portal.api_access import MachineClients


@never_cache
@require_http_methods(["GET", "POST"])
@centre_page(Permission.API_CLIENT_MANAGE)
def api_clients(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The systems of a centre, and a form for another; what was just made is shown once, on the answer itself."""
    form = ApiClientForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        client, secret = operations.create(
            centre_id=centre.pk,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            by=request.user,
            at=clock.now(),
        )
        # Never through the session: the secret would be kept there.
        made, form = {"name": client.name, "id": client.pk, "secret": secret}, ApiClientForm()
    return render(
        request,
        "centres/people/api_clients.html",
        {
            "heading": "Systems with access",
            "caption": centre.name,
            "breadcrumbs": [("Home", "/"), ("People", reverse("people", args=[centre.number]))],
            "centre": centre,
            "form": form,
            "made": made,
            "token_url": request.build_absolute_uri(reverse("oauth-token")),
            "rows": [
                {
                    "system": system,
                    "may": [MachineClients.scope_display.get(s, s) for s in system.client.get_scopes()]
                    if system.client
                    else [],
                }
                for system in queries.systems(request.user, centre)
            ],
        },
    )


@require_http_methods(["GET", "POST"])
@centre_page(Permission.API_CLIENT_MANAGE)
def revoke(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Confirm, then end a system's access."""
    rows = AccessGrant.objects.visible_to(request.user).filter(
        centre_id=centre.pk, role=RoleCode.SYSTEM_CLIENT
    )
    row = get_object_or_404(rows.select_related("person"), pk=pk)
    back = reverse("api-clients", args=[centre.number])
    if request.method == "POST":
        operations.revoke(grant_id=row.pk, by=request.user, at=clock.now())
        notices.done(
            request, f"The access of {row.person.name} has ended", "Its secret and tokens no longer work."
        )
        return redirect(back)
    return render(
        request, "centres/people/confirm.html",
        {"heading": f"End the access of {row.person.name}?", "caption": centre.name,
         "consequences": ["Its secret and tokens stop working at once", "What it recorded stays, with its name"],
         "verb": "End the access", "danger": True, "back_url": back},
    )  # fmt: skip
