"""Judging an emergency access, and the breaches that came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Request
from audit.models import Event
from audit.wording import act
from clients.access.lists import page_of
from clients.access.opening import say_tidied
from clients.emergencies import actions
from clients.emergencies.forms import ReviewForm
from clients.emergencies.permissions import (
    can_review,
    check_breaches,
    check_read_review,
    check_review,
)
from clients.emergencies.views.emergencies import find_emergency
from clients.models import Breach, Client, Emergency, EmergencyEntry
from vault.sealed import unlock_all
from volunteers.decorators import people_only

TOO_LATE = gettext_lazy(
    "Somebody else was a little earlier. This is what they found; nothing of yours was saved."
)
BREACH = gettext_lazy(
    "The review is kept, and the breach %(reference)s is open. Tell the data-protection lead today."
)


@people_only
def emergency_review(request: Request, emergency_id: UUID) -> HttpResponse:
    """Who opened which record, why, what they saw; and what is to be said about it, once."""
    emergency = find_emergency(request, emergency_id, "emergency.view")
    check_read_review(request.actor, emergency)
    form = ReviewForm(request.POST or None)
    if request.method == "POST":
        check_review(request.actor, emergency)
        if emergency.reviewed_at or (form.is_valid() and not _review(request, emergency, form)):
            messages.warning(request, TOO_LATE)
            return redirect("emergency_review", emergency.pk)
        if form.is_valid():
            return redirect("emergency_review", emergency.pk)
    keys = door.open_one(request, emergency.pk, "emergency.view", "review")
    entries = unlock_all(emergency.entries.select_related("by"), {emergency.pk: keys})
    context: dict[str, Any] = {
        "emergency": emergency,
        "form": form if can_review(request.actor, emergency) else None,
        "words": [entry for entry in entries if entry.kind == EmergencyEntry.Kind.WORDS],
        "reviews": [entry for entry in entries if entry.kind == EmergencyEntry.Kind.REVIEW],
        "client": Client.objects.filter(pk=emergency.client_id).first(),
        "looks": looks(emergency),
        "is_live": emergency.ends_at > timezone.now(),
        "breach": Breach.objects.filter(emergency=emergency).first(),
    }
    return render(request, "clients/emergencies/emergency_review.html", context)


def _review(request: Request, emergency: Emergency, form: ReviewForm) -> bool:
    """Whether this review is the one that counts."""
    data = form.cleaned_data
    try:
        breach = actions.review(
            by=request.actor, emergency=emergency, outcome=data["outcome"], text=data["text"]
        )
    except actions.AlreadyReviewed:
        return False
    say_tidied(request, form)
    if breach:
        messages.success(request, BREACH % {"reference": breach.reference})
    else:
        messages.success(request, _("The review is kept."))
    return True


def looks(emergency: Emergency) -> list[tuple[Any, str]]:
    """What was opened through it, as far as the asker may read the log: when, and what in words."""
    events = Event.objects.filter(
        subject=emergency.client_id,
        actor=emergency.person_id,
        basis="emergency",
        outcome="done",
        at__gte=emergency.opened_at,
        at__lte=emergency.ends_at,
    )
    rows = events.exclude(action__startswith="grant.").order_by("at").values_list("at", "action")
    return [(at, act(action)) for at, action in rows[:100]]


@people_only
@require_safe
def breach_list(request: Request) -> HttpResponse:
    """What may have been a breach, for the data-protection lead: references, no client."""
    check_breaches(request.actor)
    rows = Breach.objects.select_related(
        "emergency__person", "misplaced__contact", "branch", "opened_by"
    )
    page = page_of(request, rows)
    door.record(request, "breach.list", page=page.number)
    return render(request, "clients/emergencies/breach_list.html", {"page_obj": page})
