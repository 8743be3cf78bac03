"""What the page of a record shows, gathered in a small number of queries whatever its size."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access import permissions
from clients.models import Client, Emergency, SafeContact
from clients.records.reading import ContactLine, Record, contacts
from components.text import dialled
from volunteers.reading import relate

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FEW, MANY = 10, 50
DIGITS = 6  # of the number of a page in an address


def contact_lines(
    request: Request, client: Client, keys: SubjectKeys
) -> tuple[Page, list[ContactLine]]:
    """The latest contacts, a page of them, with their notes where those may be read."""
    reads = permissions.can_read_notes(request.actor, client)
    size = MANY if request.GET.get("show") == str(MANY) else FEW
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) <= DIGITS else 1
    total, lines = contacts(client, keys, reads=reads, size=size, start=(number - 1) * size)
    if number > 1 and not lines:  # there are fewer pages: the last one
        number = Paginator(range(client.contacts.count()), size).num_pages
        total, lines = contacts(client, keys, reads=reads, size=size, start=(number - 1) * size)
    return Paginator(range(total), size).get_page(number), lines


def latest_explanation(record: Record, keys: SubjectKeys, reads: bool) -> dict[str, Any] | None:
    """The last explanation; with its words for whoever may read them."""
    row = record.explanation
    if row is None:
        return None
    relate(row, by=record.explained_by)
    return {"row": row, "words": record.words.unlock(keys) if record.words and reads else None}


def emergency_of(actor: Actor, client: Client) -> Emergency | None:
    """Through which emergency somebody sees the record, who would not see as much otherwise."""
    if permissions.can_log_contact(actor, client) and not permissions.coordinates(actor, client):
        return None
    return Emergency.objects.live().filter(client=client, person_id=actor.person).first()


def safe_contact_lines(card: SafeContact) -> list[tuple[str, str]]:
    """What to know before ringing, only what was said."""
    voicemail = {True: _("Yes, a message is all right"), False: _("No message, never")}
    lines = [
        (_("Good times"), card.times),
        (_("Ask for"), card.ask_for),
        (_("Voicemail"), voicemail.get(card.voicemail, _("Not asked yet: leave no message"))),
        (_("Words to leave"), card.voicemail_words),
        (_("Who else may answer"), card.who_may_answer),
        (_("Our number"), _("Withhold it when you ring") if card.withhold_number else ""),
        (_("Also"), card.remarks),
    ]
    return [(label, value) for label, value in lines if value]


def numbers(card: SafeContact) -> list[tuple[str, str]]:
    """The card's numbers with what dials them."""
    return [(n, dialled(n)) for n in (card.phone, card.other_phone) if n]


def born(text: str) -> date | str:
    """A date of birth as a date where it is one."""
    try:
        return parse_date(text) or text
    except ValueError:
        return text
