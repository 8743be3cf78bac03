"""Going alone, watching over somebody who does, and coming back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import say_tidied
from clients.models import LoneVisit, LoneVisitPlace
from clients.visits import actions, watching
from clients.visits.forms import VisitForm
from clients.visits.permissions import check_find
from volunteers.decorators import people_only
from volunteers.middleware import before_undertaking

LATER = timedelta(minutes=30)


@people_only
def visit_start(request: Request) -> HttpResponse:
    """I go alone: where, until when, and who watches."""
    permissions.check_serves(request.actor)
    if LoneVisit.objects.out().filter(person=request.actor.person).exists():
        messages.info(request, _("You are out already. Press “I am back” first."))
        return redirect("home")
    form = VisitForm(request.POST or None, people=watching.buddies(request.actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        branch = watching.branch_shared(request.actor, data["buddy"].pk)
        try:
            actions.start(
                by=request.actor,
                branch=branch,
                buddy=data["buddy"].pk,
                until=data["until"],
                where=data["where"],
                remarks=data["remarks"],
            )
        except actions.StillOut:  # the same form, sent twice
            return redirect("home")
        say_tidied(request, form)
        told = _("%(name)s sees when you should be back. Take care.")
        messages.success(request, told % {"name": data["buddy"].working_name})
        return redirect("home")
    return render(request, "clients/visits/visit_start.html", {"form": form})


@before_undertaking
@people_only
@require_safe
def visit_watch(request: Request) -> HttpResponse:
    """Who is out, for a page that renews itself; 204 where nothing has changed. Opens nothing."""
    context = watching.state(request.actor)
    if request.GET.get("seen") == context["digest"]:
        return HttpResponse(status=204)
    return render(request, "clients/visits/includes/watch.html", context)


@before_undertaking
@people_only
@require_safe
def visit_place(request: Request, visit_id: UUID) -> HttpResponse:
    """Where somebody is: for themself, and on alarm for the buddy. Opened at the door, with its own key."""
    out = find_visit(request, visit_id, "visit.place")
    check_find(request.actor, out)
    purpose = "own" if out.person_id == request.actor.person else "alarm"
    keys = door.open_one(request, out.pk, "visit.place", purpose)
    place = LoneVisitPlace.objects.get(visit=out).unlock(keys)
    mine = out.person_id == request.actor.person
    context = {"out": out, "place": place, "mine": mine, "call": watching.to_call(out)}
    return render(request, "clients/visits/visit_place.html", context)


@before_undertaking
@people_only
def visit_later(request: Request, visit_id: UUID) -> HttpResponse:
    """Half an hour more, before the alarm."""
    out = find_visit(request, visit_id, "visit.later")
    if request.method == "POST":
        if _done(actions.later, request, out, until=out.until + LATER):
            messages.success(request, _("Half an hour more."))
        else:
            messages.warning(request, _("The alarm is on already. Press “I am back” when you are."))
    return redirect("home")


@before_undertaking
@people_only
def visit_alarm(request: Request, visit_id: UUID) -> HttpResponse:
    """Alarm: by the one who is out, or by the buddy once the time is over."""
    out = find_visit(request, visit_id, "visit.alarm")
    if request.method == "POST":
        _done(actions.alarm, request, out)
    return redirect("home")


@before_undertaking
@people_only
def visit_safe(request: Request, visit_id: UUID) -> HttpResponse:
    """Back, or found safe: the place is destroyed. The buddy, who ends a search by it, is asked first."""
    out = find_visit(request, visit_id, "visit.safe")
    if request.method == "GET" and out.buddy_id == request.actor.person:
        check_find(request.actor, out)
        return render(request, "clients/visits/visit_safe.html", {"out": out})
    if request.method == "POST":
        if _done(actions.safe, request, out):
            messages.success(request, _("Good. The place is destroyed."))
        else:
            messages.info(request, _("That was said already. The place is destroyed."))
    return redirect("home")


def find_visit(request: Request, visit_id: UUID, action: str) -> LoneVisit:
    """The visit, for the two whom it concerns. Http404 for hidden and absent."""
    rows = LoneVisit.objects.select_related("person", "buddy", "branch")
    return door.get(request, rows, visit_id, action)


def _done(action: object, request: Request, out: LoneVisit, **more: object) -> bool:
    """Do it; 403 where the database refuses this person."""
    try:
        return action(by=request.actor, visit=out, **more)  # type: ignore[operator]
    except DatabaseError as error:
        raise PermissionDenied from error
