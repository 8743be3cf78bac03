"""Complaints, for those who hear them. To anybody else there is none: the same 404 as for absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from audit.querysets import references
from clients.access import lists, people, permissions
from clients.access.opening import find_client
from clients.complaints import actions
from clients.complaints.forms import (
    AnswerForm,
    ComplaintByBranchForm,
    ComplaintByReferenceForm,
    ComplaintForm,
    HandForm,
    WordsForm,
)
from clients.complaints.permissions import (
    can_answer_complaint,
    check_answer_complaint,
    check_hear_complaints,
)
from clients.conflicts.permissions import can_lift
from clients.models import Client, Complaint, ComplaintState, Conflict
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Branch, Person

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PURPOSE = "complaint"


@people_only
def complaint_list(request: Request) -> HttpResponse:
    """The complaints that I hear: open ones, the oldest first; then those answered."""
    check_hear_complaints(request.actor)
    rows = Complaint.objects.with_people()
    context = {
        "waiting": list(rows.open()),
        "page_obj": lists.page_of(request, rows.answered()),
        "by_reference": request.actor.holds("protection"),
        "by_branch": request.actor.holds("president") or request.actor.holds("protection"),
        "coordinates": request.actor.holds("coordinator"),
    }
    return render(request, "clients/complaints/complaint_list.html", context)


@people_only
def complaint_add(request: Request, client_id: UUID) -> HttpResponse:
    """Whoever has the record takes down a complaint. Nothing here tells the log that there is one."""
    client = find_client(request, client_id, "client.view")
    permissions.check_view(request.actor, client)
    others = people.choices(client.branch_id, without={request.actor.person})
    form = ComplaintForm(request.POST or None, people=others)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.complain(by=request.actor, client=client.pk, new=form.new())
        except Refused:
            form.add_error(None, _("This could not be taken down. Ask the president to hear it."))
        else:
            return _taken_down(request, made, "client_view", client.pk)
    context = {"form": form, "client": client}
    return render(request, "clients/complaints/complaint_add.html", context)


@people_only
def complaint_add_reference(request: Request) -> HttpResponse:
    """The data-protection lead takes down a complaint of a client who is named by reference."""
    if not request.actor.holds("protection"):
        raise PermissionDenied
    others = people.everybody(without={request.actor.person})
    form = ComplaintByReferenceForm(request.POST or None, people=others)
    if request.method == "POST" and form.is_valid():
        client = actions.client_called(form.cleaned_data["client"])
        try:
            if client is None:
                raise Refused("complain")
            made = actions.complain(by=request.actor, client=client, new=form.new())
        except Refused:
            form.add_error("client", _("There is no client with this reference."))
        else:
            return _taken_down(request, made, "complaint_list")
    context = {"form": form, "client": None}
    return render(request, "clients/complaints/complaint_add.html", context)


@people_only
def complaint_add_branch(request: Request) -> HttpResponse:
    """The president, or the lead, takes down a complaint of somebody who names no record."""
    if not (request.actor.holds("president") or request.actor.holds("protection")):
        raise PermissionDenied
    others = people.everybody(without={request.actor.person})
    branches = [(str(b.pk), b.name) for b in Branch.objects.order_by("name")]
    form = ComplaintByBranchForm(request.POST or None, people=others, branches=branches)
    if request.method == "POST" and form.is_valid():
        branch = UUID(form.cleaned_data["branch"])
        try:
            made = actions.complain(by=request.actor, client=None, new=form.new(), branch=branch)
        except Refused:
            form.add_error(
                None, _("This could not be taken down. Ask the data-protection lead to hear it.")
            )
        else:
            return _taken_down(request, made, "complaint_list")
    context = {"form": form, "client": None}
    return render(request, "clients/complaints/complaint_add.html", context)


def _taken_down(request: Request, made: UUID, elsewhere: str, *where: UUID) -> HttpResponse:
    """To its page for whoever hears it; for whoever does not, this is the last of it."""
    if Complaint.objects.filter(pk=made).exists():
        messages.success(request, _("The complaint is taken down."))
        return redirect("complaint_view", made)
    messages.success(
        request, _("The complaint is taken down. Others hear it; you will not see it again.")
    )
    return redirect(elsewhere, *where)


@people_only
def complaint_view(request: Request, complaint_id: UUID) -> HttpResponse:
    """One complaint: its words, who answers it, to whom it is closed."""
    complaint, keys = _opened(request, complaint_id)
    marked = Conflict.objects.live().filter(complaint=complaint).select_related("person")
    whose = [complaint.client_id] if complaint.client_id else []
    context = {
        "complaint": complaint,
        "entries": [entry.unlock(keys) for entry in complaint.entries.select_related("by")],
        "client": Client.objects.filter(pk__in=whose).first(),
        "reference": next(iter(references(whose).values()), ""),
        "marked": [(row, can_lift(request.actor, row)) for row in marked],
        "answers": can_answer_complaint(request.actor, complaint),
        "mine": complaint.handler_id == request.actor.person,
        "waits": actions.waits_to_count(complaint),
    }
    return render(request, "clients/complaints/complaint_view.html", context)


@people_only
def complaint_note(request: Request, complaint_id: UUID) -> HttpResponse:
    """A note for those who answer."""
    complaint, keys = _opened(request, complaint_id)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_note(
            by=request.actor, complaint=complaint, keys=keys, words=form.cleaned_data["words"]
        )
        messages.success(request, _("The note is kept with the complaint."))
        return redirect("complaint_view", complaint.pk)
    return _form(request, "complaint_note.html", complaint, form)


@people_only
@fresh_sign_in
def complaint_hand(request: Request, complaint_id: UUID) -> HttpResponse:
    """Hand it to somebody who answers it; the page says who would be a recipient outside."""
    complaint = find_complaint(request, complaint_id)
    if complaint.state != ComplaintState.OPEN:
        return _answered_before(request, complaint)
    may = actions.handlers(complaint)
    others = [choice for choice in people.everybody() if UUID(choice[0]) in may]
    outside = frozenset(str(person) for person, is_outside in may.items() if is_outside)
    form = HandForm(request.POST or None, people=_with_outside(others, outside), outside=outside)
    if request.method == "POST" and form.is_valid():
        to = UUID(form.cleaned_data["person"])
        try:
            actions.hand(by=request.actor, complaint=complaint, to=to)
        except Refused:
            form.add_error(None, _("It cannot be handed to this person. Choose somebody else."))
        else:
            messages.success(request, _("It is handed over. Tell this person that it waits."))
            return _back(request, complaint)
    return _form(
        request,
        "complaint_hand.html",
        complaint,
        form,
        people=others,
        outside=bool(outside),
        unclear=Person.objects.filter(pk__in=actions.to_clear(complaint)).order_by("working_name"),
    )


@people_only
@fresh_sign_in
def complaint_answer(request: Request, complaint_id: UUID) -> HttpResponse:
    """The answer closes it and reaches the client."""
    complaint, keys = _opened(request, complaint_id)
    if complaint.state != ComplaintState.OPEN:
        return _answered_before(request, complaint)
    check_answer_complaint(request.actor, complaint)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(
                by=request.actor, complaint=complaint, keys=keys, words=form.cleaned_data["words"]
            )
        except Refused:
            messages.info(request, _("Somebody else has answered it, or it was handed on."))
        else:
            if complaint.client_id:
                messages.success(request, _("Answered. The client can read it in their space."))
            else:
                messages.success(
                    request,
                    _("Answered. Tell the client: no record is known, so nobody else does."),
                )
        return _back(request, complaint)
    return _form(request, "complaint_answer.html", complaint, form)


def find_complaint(request: Request, complaint_id: UUID) -> Complaint:
    rows = Complaint.objects.with_people()
    complaint: Complaint = door.get(request, rows, complaint_id, "complaint.view")
    check_hear_complaints(request.actor)
    return complaint


def _opened(request: Request, complaint_id: UUID) -> tuple[Complaint, SubjectKeys]:
    complaint = find_complaint(request, complaint_id)
    return complaint, door.open_one(request, complaint.pk, "complaint.view", PURPOSE)


def _back(request: Request, complaint: Complaint) -> HttpResponse:
    """To the complaint, or to the list for whoever does not hear it any more."""
    if Complaint.objects.filter(pk=complaint.pk).exists():
        return redirect("complaint_view", complaint.pk)
    return redirect("complaint_list")


def _answered_before(request: Request, complaint: Complaint) -> HttpResponse:
    messages.info(request, _("This complaint was answered already."))
    return redirect("complaint_view", complaint.pk)


def _with_outside(choices: people.Choices, outside: frozenset[str]) -> people.Choices:
    words = _("%(who)s – another legal body: a recipient outside")
    return [(pk, words % {"who": who} if pk in outside else who) for pk, who in choices]


def _form(
    request: Request, name: str, complaint: Complaint, form: Any, **more: Any
) -> HttpResponse:
    context = {"complaint": complaint, "form": form, **more}
    return render(request, f"clients/complaints/{name}", context)
