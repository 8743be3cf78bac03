"""The client's complaints: what they said, how far it is, the answer. Not there at all in quiet mode."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from clients.complaints import actions as complaints
from clients.models import Complaint
from portal.decorators import own_space
from portal.forms import ComplaintForm, MoreForm
from portal.pages import PURPOSE, own_access, own_client, portal_page


@require_GET
@own_space
def portal_complaints(request: Request) -> HttpResponse:
    """My complaints with what was said and answered, the latest first."""
    client = own_client(request)
    rows = list(Complaint.objects.filter(client=client).prefetch_related("entries"))
    if rows:
        ids = [row.pk for row in rows]
        keys = door.open(request, ids, "portal.complaints", PURPOSE)
        for row in rows:
            row.said = [e.unlock(keys[row.pk]) for e in row.entries.all() if row.pk in keys]  # type: ignore[attr-defined]
    context = {"complaints": rows, "branch": client.branch, "access": own_access(request)}
    return portal_page(request, "portal/complaints.html", context)


@require_http_methods(["GET", "POST"])
@own_space
def portal_complaint_add(request: Request) -> HttpResponse:
    """Complain in one's own words."""
    form = ComplaintForm(request.POST or None, people=complaints.own_people())
    if request.method == "POST" and form.is_valid():
        client = own_client(request)
        complaints.complain(by=request.actor, client=client.pk, new=form.new())
        messages.success(
            request, _("Your complaint is sent. You find here how far it is, and the answer.")
        )
        return redirect("portal_complaints")
    context = {"form": form, "access": own_access(request)}
    return portal_page(request, "portal/complaint_add.html", context)


@require_http_methods(["GET", "POST"])
@own_space
def portal_complaint_more(request: Request, complaint_id: UUID) -> HttpResponse:
    """Say more, while nobody has answered."""
    rows = Complaint.objects.open().filter(client=request.actor.client)
    complaint: Complaint = door.get(request, rows, complaint_id, "portal.complaints")
    form = MoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, complaint.pk, "portal.complaints", PURPOSE)
        complaints.add_words(
            by=request.actor,
            complaint=complaint,
            keys=keys,
            words=form.cleaned_data["words"],
        )
        messages.success(request, _("It is added to your complaint."))
        return redirect("portal_complaints")
    context = {"form": form, "complaint": complaint, "access": own_access(request)}
    return portal_page(request, "portal/complaint_more.html", context)
