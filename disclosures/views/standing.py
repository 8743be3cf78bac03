"""Where a disclosure stands: what is asked, what happened, what may happen next and by whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from components.dates import written
from disclosures import permissions
from disclosures.actions import contents, will
from disclosures.actions.requests import missing
from disclosures.models import Consent, Delivery, Disclosure, DisclosureOutcome, State
from disclosures.views.common import TAGS, get, next_sentence, opened_one, serving
from disclosures.workflow import Action
from volunteers.confirming import tied_sentence, who_can
from volunteers.models import Duty
from volunteers.querysets import circle_of


@serving
def disclosure_view(request: Request, disclosure_id: UUID) -> HttpResponse:
    """One disclosure, to whoever may see it."""
    disclosure = get(request, disclosure_id, "disclosure.view")
    keys = opened_one(request, disclosure, "disclosure.view")
    words, items = contents.words_of(disclosure, keys), contents.chosen(disclosure, keys)
    details = contents.details(disclosure, keys)
    outcome = DisclosureOutcome.objects.filter(disclosure=disclosure).first()
    if outcome:
        outcome.unlock(keys)
    delivery = Delivery.objects.filter(disclosure=disclosure).first()
    by = request.actor
    conflict = permissions.in_conflict(by, disclosure)
    may = {str(step.action) for step in permissions.steps(by, disclosure)}
    waits = disclosure.state in (State.ASKED, State.STOPPED)
    tied = waits and tied_note(by, disclosure)
    if conflict or tied:
        may -= {str(Action.APPROVE), str(Action.REFUSE)}
    taken_back = will.taken_back(disclosure) is not None
    if disclosure.consent != Consent.GIVEN or (taken_back and disclosure.state == State.RELEASED):
        may.discard(str(Action.TAKE_BACK))
    context = {
        "disclosure": disclosure,
        "client": disclosure.client,
        "will": will.events(disclosure, words, keys),
        "agrees_again": taken_back and disclosure.state in (State.DRAFT, State.STOPPED),
        "name": disclosure.client.identity.unlock(keys).full_name,
        "kind": TAGS[disclosure.state],  # type: ignore[index]
        "lead": next_sentence(by, disclosure),
        "facts": _facts(disclosure, words, outcome),
        "says_when_told": permissions.can_say_when_told(by, disclosure),
        "items": items,
        "spoken_about": contents.spoken_about(items),
        "details": details,
        "lacking": missing(disclosure, words, [*details, *items])
        if disclosure.state == State.DRAFT
        else [],
        "may": dict.fromkeys(may, True),
        "tied": tied,
        "conflict": conflict and waits,
        "changed": disclosure.state == State.APPROVED
        and contents.hash_of(disclosure) != bytes(disclosure.decided_on_hash or b""),
        "closed": delivery and disclosure.state == State.RELEASED and _is_closed(delivery),
        "delivery": delivery,
        "moved": bool(disclosure.cancelled_by_id) and not (outcome and outcome.cancel_reason),
        "entries": _timeline(disclosure, outcome, delivery),
    }
    return render(request, "disclosures/view.html", context)


def tied_note(by: Any, disclosure: Disclosure) -> str:
    """Why this coordinator, or for whoever asked every coordinator, is no second person yet; '' if not so."""
    asked = disclosure.requested_by
    if asked.pk != by.person:
        tied = by.holds("coordinator", disclosure.branch_id) and permissions.tied(by, disclosure)
        return tied_sentence(by.person, asked) if tied else ""
    circle = circle_of(asked.pk)
    leads = Duty.objects.live().filter(kind="coordinator", branch_id=disclosure.branch_id)
    deciders = leads.exclude(person=asked.pk)
    if not deciders.exists() or deciders.exclude(person__in=circle).exists():
        return ""
    why = _(
        "Nobody can decide on it yet: it takes two people, and nobody has confirmed that you are."
    )
    return f"{why} {who_can(*circle)}"


def _is_closed(delivery: Delivery) -> bool:
    return delivery.tries_left == 0 or delivery.expires_at <= timezone.now()


def _not_told(disclosure: Disclosure, outcome: Any) -> str:
    if not disclosure.untold:
        return ""
    day = written(disclosure.look_again_on)  # type: ignore[arg-type]
    reason = "\n".join(
        filter(None, [disclosure.get_untold_display(), outcome and outcome.untold_why])
    )
    return _("%(reason)s\nTo be looked at again on %(day)s.") % {"reason": reason, "day": day}


def _facts(disclosure: Disclosure, words: Any, outcome: Any) -> list[tuple[str, Any]]:
    """What is asked, as names and values; what was not written is left out."""
    facts = [
        (_("Ground"), disclosure.get_ground_display()),
        (_("Complaint"), disclosure.complaint and disclosure.complaint.reference),
        (_("Proof"), words.ground_details),
        (_("Recipient"), ", ".join(filter(None, [words.recipient, words.recipient_function]))),
        (_("Reached by"), words.recipient_reach),
        (_("Why they need to know"), words.need),
        (_("Talked about on"), disclosure.discussed_on),
        (_("What was said"), words.discussion),
        (_("Not told to the client"), _not_told(disclosure, outcome)),
    ]
    return [(label, value) for label, value in facts if value]


def _timeline(disclosure: Disclosure, outcome: Any, delivery: Any) -> list[dict[str, Any]]:
    decided = _("Refused") if disclosure.state == State.REFUSED else _("Approved")
    reason = outcome.decision_reason if outcome else ""
    cancelled = outcome.cancel_reason if outcome else ""
    by_itself = _("By itself: it was not sent in time")
    entries = [
        (_("Begun"), disclosure.made_at, disclosure.requested_by, "", "edit"),
        (_("Sent for a decision"), disclosure.asked_at, disclosure.requested_by, "", "flag"),
        (decided, disclosure.decided_at, disclosure.decided_by, reason, "decision"),
        (_("Released"), disclosure.released_at, disclosure.released_by, "", "share"),
        (_("Recalled"), delivery and delivery.recalled_at, "", "", "cross"),
        (_("Received"), disclosure.received_at, _("The recipient"), "", "check"),
        (
            _("Cancelled"),
            disclosure.cancelled_at,
            disclosure.cancelled_by or by_itself,
            cancelled,
            "cross",
        ),
    ]
    names = ("title", "when", "who", "text", "icon")
    return [dict(zip(names, entry, strict=True)) for entry in entries if entry[1]]
