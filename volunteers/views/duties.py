"""Giving and ending duties, and the table of duties that one person may not hold together."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from volunteers.actions import duties
from volunteers.confirming import tied_sentence, who_can
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.duty_rules import reason
from volunteers.forms.people import AppointmentForm
from volunteers.models import Duty, DutyKind, DutyRule, Person
from volunteers.permissions import may_end
from volunteers.querysets import circle_of, serving, who_confirms


@duty_required("president", "coordinator")
@fresh_sign_in
def duty_add(request: Request, person_id: UUID) -> HttpResponse:
    """Give somebody a duty. Never oneself, nor somebody who may be oneself."""
    actor = request.actor
    person = door.get(request, serving(), person_id, "duty.appoint")
    if person.pk == actor.person:
        messages.warning(
            request, _("Nobody gives a duty to themself. Ask another person to do it.")
        )
        return redirect("person_view", person.pk)
    if person.pk in circle_of(actor.person):
        messages.warning(request, tied_sentence(actor.person, person))
        return redirect("person_view", person.pk)
    form = AppointmentForm(request.POST or None, actor=actor, person=person)
    if request.method == "POST" and form.is_valid():
        branch = form.cleaned_data["branch"]
        try:
            duties.appoint(
                by=actor,
                person=person.pk,
                duty=form.cleaned_data["duty"],
                branch=branch.pk if branch else None,
                until=end_of(form.cleaned_data["until"]),
            )
        except IntegrityError:
            form.add_error(None, _("One person may not hold these duties together. See the table."))
        except ProgrammingError:
            form.add_error(None, why_not(person))
        else:
            messages.success(request, _("Done. The duty begins now."))
            return redirect("person_view", person.pk)
    return render(request, "volunteers/duty_add.html", {"form": form, "person": person})


def why_not(person: Person) -> str:
    """Why the database let nobody give somebody a duty."""
    if who_confirms(person.pk):
        first = _("Nothing was changed: a third has to confirm %(name)s first.")
        return f"{first % {'name': person.working_name}} {who_can(person.pk)}"
    return _("You may not give this duty any more. Nothing was changed.")


@duty_required("president", "coordinator")
@fresh_sign_in
def duty_end(request: Request, duty_id: UUID) -> HttpResponse:
    """End a duty in this second, after a page that says what that means."""
    actor = request.actor
    rows = Duty.objects.live().select_related("person", "branch")
    duty = door.get(request, rows, duty_id, "duty.end")
    if not may_end(actor, duty):
        raise PermissionDenied
    if request.method == "POST":
        try:
            duties.end_duty(by=actor, duty=duty.pk)
        except ProgrammingError:
            messages.warning(request, _("This duty had ended already."))
        else:
            messages.success(request, _("The duty has ended."))
        return redirect("person_view", duty.person_id)
    return render(request, "volunteers/duty_end.html", {"duty": duty})


@people_only
def duty_rules(request: Request) -> HttpResponse:
    """Which duties one person may not hold together, and why."""
    columns = [_("Duty"), _("Not together with"), _("Why")]
    rows = [
        [str(DutyKind(rule.first).label), str(DutyKind(rule.second).label), reason(rule)]
        for rule in DutyRule.objects.order_by("pk")
    ]
    return render(request, "volunteers/duty_rules.html", {"columns": columns, "rows": rows})


def end_of(day: date | None) -> datetime | None:
    """The moment after the last second of a day in Paris."""
    if day is None:
        return None
    return datetime.combine(
        day + timedelta(days=1), time(0), tzinfo=timezone.get_default_timezone()
    )
