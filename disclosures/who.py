"""What disclosures add elsewhere: who outside knows, and what must be finished before a client moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actor import Actor
from clients.handover.moving import Hindrance
from clients.models import Client
from clients.who_may_know.page import Line, Part
from disclosures.models import Disclosure, DisclosureItem, State

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

OPEN = (State.DRAFT, State.ASKED, State.APPROVED, State.STOPPED)


def passed_on(actor: Actor, client: Client, keys: SubjectKeys) -> Part:
    """What left the association on one of the three grounds, as far as this person may see it."""
    rows = Disclosure.objects.filter(client=client, state__in=[State.RELEASED, State.RECEIVED])
    rows = rows.select_related("words", "decided_by").prefetch_related("details")
    rows = rows.order_by("-released_at")
    chosen: dict[object, int] = {}
    for item in DisclosureItem.objects.filter(client=client, chosen=True).values("disclosure_id"):
        chosen[item["disclosure_id"]] = chosen.get(item["disclosure_id"], 0) + 1
    part = Part(_("Passed on outside"), empty=_("Nothing has left the association."))
    for row in rows:
        row.words.unlock(keys)
        number = chosen.get(row.pk, 0)
        names = [row.words.recipient, row.words.recipient_function]
        what = ngettext("%(n)d contact, on paper", "%(n)d contacts, on paper", number) % {
            "n": number
        }
        fields = [str(one.get_detail_display()) for one in row.details.all() if one.chosen]
        part.lines.append(
            Line(
                who=", ".join(filter(None, names)),
                what="; ".join(fields + ([what] if number or not fields else [])),
                why=str(row.get_ground_display()),
                since=row.released_at,
                by=row.decided_by.working_name if row.decided_by else "",
                tag=str(row.get_state_display()),
            )
        )
    return part


def unfinished(actor: Actor, client: Client) -> list[Hindrance]:
    """Disclosures that nobody has finished: they are decided on, or cancelled, first."""
    rows = Disclosure.objects.filter(client=client, state__in=OPEN).order_by("made_at")
    return [
        Hindrance(
            f"{row.reference} · {row.get_state_display()}",
            reverse("disclosure_view", args=[row.pk]),
        )
        for row in rows
    ]
