"""Centres and their sites."""

from __future__ import annotations

from centres.models import Centre, Site
from centres.permissions import Permission as P
from qa_portal.api import Resource


class Centres(Resource):
    """The centres that the caller may see: for a centre's own system, that centre."""

    model = Centre
    keys = ("id",)
    permission = P.CENTRE_READ
    fields = ("id", "number", "name", "nation", "town", "status", "approved_on", "mainly_btec_qa")
    filters = {"number": "number", "status": "status"}


class Sites(Resource):
    """Places where a centre delivers."""

    model = Site
    permission = P.CENTRE_READ
    fields = ("id", "centre_id", "name", "address", "is_main", "closed_on")
    filters = {"is_main": "is_main"}
