"""Every page of the portal with arguments that lead to a thing of Northgate's, for the role matrix."""

from __future__ import annotations

from scripts import addresses
from scripts.addresses import OTHERS, Route, routes

__all__ = ["OTHERS", "Route", "arguments", "routes"]


def arguments(route: Route, cast) -> dict[str, object]:
    """Values for the address that lead to Northgate's; where nothing exists, a number that nothing has."""
    return addresses.arguments(route, cast.northgate.centre, person_id=cast["leader"].pk)
