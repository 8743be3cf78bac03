"""To whom a complaint is closed or not, and to whom the record is closed because of one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from clients.access import people
from clients.complaints import actions
from clients.complaints.permissions import check_hear_complaints
from clients.complaints.views.complaints import find_complaint
from clients.conflicts.actions import mark_with_client, mark_with_complaint
from clients.conflicts.forms import NOT_POSSIBLE, ConflictForm
from clients.models import Client, Complaint, ComplaintState
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Person


@people_only
@fresh_sign_in
def complaint_clear(request: Request, complaint_id: UUID, person_id: UUID) -> HttpResponse:
    """The president or the lead says that it is not about somebody: then it can be handed to them."""
    complaint = find_complaint(request, complaint_id)
    if not (request.actor.holds("president") or request.actor.holds("protection")):
        raise PermissionDenied
    person = door.get(request, Person.objects.all(), person_id, "complaint.view")
    if request.method == "POST":
        try:
            done = actions.clear(by=request.actor, complaint=complaint, person=person.pk)
        except Refused:
            messages.warning(request, _("This is not possible any more."))
        else:
            if done:
                messages.success(request, _("Noted. It can be handed to this person now."))
            else:
                messages.info(request, _("This was not in question."))
        return redirect("complaint_hand", complaint.pk)
    context = {"complaint": complaint, "person": person}
    return render(request, "clients/complaints/complaint_clear.html", context)


@people_only
@fresh_sign_in
def complaint_count(request: Request, complaint_id: UUID) -> HttpResponse:
    """Whoever hears it has spoken to the client: it is theirs, and shuts out whom it names."""
    complaint = find_complaint(request, complaint_id)
    if not actions.waits_to_count(complaint):
        said = _(
            "Nothing has to be said here: the complaint counts already, or somebody else has to say it."
        )
        messages.info(request, said)
    elif request.method == "POST":
        try:
            actions.count(by=request.actor, complaint=complaint)
        except Refused:
            messages.warning(request, _("This is not possible any more."))
        else:
            messages.success(request, _("Noted. The complaint counts from now on."))
    else:
        context = {"complaint": complaint}
        return render(request, "clients/complaints/complaint_count.html", context)
    return redirect("complaint_view", complaint.pk)


@people_only
@fresh_sign_in
def complaint_shut(request: Request, complaint_id: UUID) -> HttpResponse:
    """Close the client's record to whom it is about. They notice, so that it is decided and not automatic."""
    complaint = find_complaint(request, complaint_id)
    if not (complaint.about and complaint.client_id and complaint.state == ComplaintState.OPEN):
        messages.info(request, _("There is nobody to whom the record could be closed."))
        return redirect("complaint_view", complaint.pk)
    if request.method == "POST":
        try:
            mark_with_client(
                by=request.actor,
                person=complaint.about_id,
                client=Client(pk=complaint.client_id),
                reason="involved",
            )
        except Refused:
            messages.warning(request, _("This is not possible. A coordinator of the branch can."))
        else:
            messages.success(request, _("The record is closed to this person from now on."))
        return redirect("complaint_view", complaint.pk)
    return render(request, "clients/complaints/complaint_shut.html", {"complaint": complaint})


@people_only
def conflict_complaint_add(request: Request, complaint_id: UUID) -> HttpResponse:
    """Whoever hears a complaint shuts somebody out of it, or themself."""
    complaint: Complaint = door.get(
        request, Complaint.objects.all(), complaint_id, "complaint.view"
    )
    check_hear_complaints(request.actor)
    me = request.actor.person
    form = ConflictForm(request.POST or None, people=people.everybody(me_first=me))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            mark_with_complaint(
                by=request.actor,
                person=UUID(data["person"]),
                complaint=complaint,
                reason=data["reason"],
            )
        except Refused:
            form.add_error(None, NOT_POSSIBLE)
        else:
            messages.success(request, _("The complaint is closed to this person from now on."))
            if data["person"] == str(me):
                return redirect("complaint_list")
            return redirect("complaint_view", complaint.pk)
    context = {"form": form, "complaint": complaint, "client": None}
    return render(request, "clients/conflicts/conflict_complaint_add.html", context)
