"""Sections of the home page for few: complaints, protected records, portals to confirm."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.visit import Visit
from clients.access.home import Section
from clients.complaints.permissions import can_hear_complaints
from clients.conflicts import actions
from clients.models import Client, Complaint, PortalAccess
from clients.records.actions.taking_in import alike

SHOWN = 5


def alike_records(request: HttpRequest) -> Section | None:
    """Records of my branch that share a name or a number: one person twice, or two who share a telephone."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if not visit.holds("coordinator"):
        return None
    waiting = alike(SHOWN + 1)
    if not waiting:
        return None
    context = {"alike": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    return Section(_("Records that look alike"), "clients/home/alike.html", context, order=16)


def complaints_waiting(request: HttpRequest) -> Section | None:
    """Complaints that I hear and that nobody has answered. Nothing, not even a title, to anybody else."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if not can_hear_complaints(visit):
        return None
    waiting = list(Complaint.objects.with_people().open()[: SHOWN + 1])
    if not waiting:
        return None
    context = {"complaints": waiting[:SHOWN], "more": len(waiting) > SHOWN, "me": visit.person}
    return Section(_("Complaints"), "clients/complaints/home.html", context, order=10)


def protected_named(request: HttpRequest) -> Section | None:
    """Protected records for which I was named, by reference: they stand in no other list of mine."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if not visit.holds("coordinator"):
        return None
    named = list(Client.objects.named_to(visit).order_by("reference"))
    if not named:
        return None
    return Section(
        _("Protected records named to you"), "clients/home/protected.html", {"clients": named}, 35
    )


def protected_left_alone(request: HttpRequest) -> Section | None:
    """For the president and the data-protection lead: protected records whose coordinators are gone."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if not (visit.holds("president") or visit.holds("protection")):
        return None
    records = actions.uncoordinated()
    if not records:
        return None
    title = _("Protected records that nobody looks after")
    return Section(title, "clients/home/uncoordinated.html", {"records": records}, order=11)


def portals_to_confirm(request: HttpRequest) -> Section | None:
    """Online spaces of clients of mine that a colleague opened: somebody else speaks to the client."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if not (visit.holds("volunteer") or visit.holds("coordinator")):
        return None
    rows = PortalAccess.objects.to_confirm().select_related("client", "opened_by")
    waiting = list(rows[: SHOWN + 1])
    if not waiting:
        return None
    context = {"accesses": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    title = _("Online spaces opened, not confirmed")
    return Section(title, "clients/home/portals.html", context, order=12)
