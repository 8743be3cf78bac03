"""Confirming that a new colleague is somebody one has met or rung; who confirmed whom; taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Actor, Request
from volunteers.actions import meetings
from volunteers.decorators import duty_required, fresh_sign_in
from volunteers.forms.people import ConfirmForm
from volunteers.models import LettingIn, Meeting, Person
from volunteers.permissions import OFFICES, may_take_back
from volunteers.querysets import (
    confirmers_of,
    lettings_in,
    meetings_of,
    namesakes,
    serving,
    who_confirms,
)

TOO_LATE = gettext_lazy("This is not possible any more. Look again who has confirmed whom.")


@duty_required(*OFFICES)
@fresh_sign_in
def person_confirm(request: Request, person_id: UUID) -> HttpResponse:
    """Have you met or rung this person? Confirming it makes two people of them and whoever let them in."""
    actor: Actor = request.actor
    person: Person = door.get(request, serving(), person_id, "person.confirm")
    if actor.person not in [each.pk for each in who_confirms(person.pk)]:
        messages.info(request, not_you(actor, person))
        return redirect("person_view", person.pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            meetings.confirm(by=actor, person=person.pk, way=form.cleaned_data["way"])
        except ProgrammingError:
            messages.warning(request, TOO_LATE)
        else:
            said = _("Thank you. You have confirmed %(name)s.") % {"name": person.working_name}
            messages.success(request, said)
        return redirect("home")
    context = {
        "person": person,
        "form": form,
        "lettings": lettings_in([person.pk]),
        "namesakes": namesakes(person),
    }
    return render(request, "volunteers/person_confirm.html", context)


def not_you(actor: Actor, person: Person) -> str:
    """Why this page is not for the reader: nothing waits, or somebody else has to do it."""
    others = who_confirms(person.pk)
    if not others:
        return _("Nothing has to be confirmed about this person, or nobody can do it now.")
    names = ", ".join(other.working_name for other in others)
    return _("Somebody else has to confirm this person: %(names)s.") % {"names": names}


@require_safe
@duty_required(*OFFICES)
def meeting_list(request: Request) -> HttpResponse:
    """Everybody who serves: who let them in, and who has confirmed them."""
    people = list(serving())
    context = {"rows": rows(request.actor, people)}
    return render(request, "volunteers/meeting_list.html", context)


def rows(actor: Actor, people: list[Person]) -> list[dict[str, Any]]:
    """Each person with how they were let in, and the confirmations; what the reader may take back."""
    ids = [person.pk for person in people]
    came: dict[UUID, list[LettingIn]] = {pk: [] for pk in ids}
    for letting in lettings_in(ids):
        came[letting.person_id].append(letting)
    met: dict[UUID, list[Meeting]] = {pk: [] for pk in ids}
    for meeting in meetings_of(ids):
        meeting.may_take_back = may_take_back(actor, meeting, came[meeting.person_id])
        met[meeting.person_id].append(meeting)
    found, confirmers = [], confirmers_of(ids)
    for person in people:
        can = confirmers[person.pk]
        row = {"person": person, "lettings": came[person.pk], "meetings": met[person.pk]}
        found.append(row | {"confirmers": can, "mine": actor.person in [each.pk for each in can]})
    return sorted(found, key=lambda row: not row["confirmers"])  # what is to be done comes first


@duty_required(*OFFICES)
@fresh_sign_in
def meeting_withdraw(request: Request, meeting_id: UUID) -> HttpResponse:
    """Take a confirmation back, after a page that says what that means."""
    actor: Actor = request.actor
    some = Meeting.objects.filter(withdrawn_at=None).select_related("person", "by")
    meeting: Meeting = door.get(request, some, meeting_id, "person.unconfirm")
    if not may_take_back(actor, meeting, lettings_in([meeting.person_id])):
        return render(request, "403.html", status=403)
    if request.method == "POST":
        try:
            meetings.withdraw(by=actor, meeting=meeting.pk)
        except ProgrammingError:
            messages.warning(request, TOO_LATE)
        else:
            messages.success(request, _("The confirmation is taken back."))
        return redirect("meeting_list")
    given = Meeting.objects.filter(by=meeting.person_id, withdrawn_at=None, at__gte=meeting.at)
    context = {"meeting": meeting, "given": given.select_related("person")}
    return render(request, "volunteers/meeting_withdraw.html", context)
