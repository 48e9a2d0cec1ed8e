"""Names in a file as entries of the staff register: the right one of several of the same name, or why none is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from centres.models import Site, StaffMember
from qa_portal.wording import date_plain, joined

ASSESSORS = frozenset({"assessor"})
VERIFIERS = frozenset({"internal_verifier", "lead_internal_verifier"})


class Unclear(Exception):
    """No entry, or several, answer to a name; ``str()`` says so to whoever mends the file."""


class RegisterNames:
    """The staff register of a centre by name, read once for a whole file."""

    def __init__(self, centre_id: int) -> None:
        self.entries: dict[str, list[StaffMember]] = {}
        rows = StaffMember.objects.filter(centre_id=centre_id).select_related("site").order_by("pk")
        for entry in rows:
            self.entries.setdefault(_plain(entry.name), []).append(entry)

    def find(
        self, name: str, roles: Collection[str], on: date | None, site: Site | None = None
    ) -> StaffMember:
        """The entry of this name who had one of these roles on that day, at the site where one is named.

        Somebody who left and came back has two entries: the day tells which. Raises Unclear.
        """
        found = self.entries.get(_plain(name), [])
        if not found:
            raise Unclear(f"“{name}” is not on your staff register.")
        for fits in (
            lambda entry: bool(set(entry.roles) & set(roles)),
            lambda entry: on is None or _was_there(entry, on),
            lambda entry: site is None or entry.site_id == site.pk,
        ):
            # Where nobody fits, the rules about the decision say why better than "not found" would.
            found = [entry for entry in found if fits(entry)] or found
        here = [entry for entry in found if entry.left_on is None]
        if len(found) > 1 and len(here) == 1:
            found = here
        if len(found) > 1:
            raise Unclear(
                f"{len(found)} people called “{name}” are on your staff register: {joined(list(map(_told, found)))}. "
                "Name the site of this one in the column site, or tell them apart by their names on the register."
            )
        return found[0]


def _was_there(entry: StaffMember, on: date) -> bool:
    begun = entry.started_on is None or entry.started_on <= on
    return begun and (entry.left_on is None or entry.left_on > on)


def _told(entry: StaffMember) -> str:
    where = f"at {entry.site.name}" if entry.site else "at all sites"
    return f"one {where}" + (f", who left on {date_plain(entry.left_on)}" if entry.left_on else "")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
