"""What the page of a record shows, gathered in a small number of queries whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from clients import permissions
from clients.models import Client, Contact, Explanation, SafeContact
from clients.views.opening import Request

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FEW, MANY = 10, 50


@dataclass(frozen=True)
class ContactLine:
    """A contact as the record shows it; ``text`` is empty for whoever may not read notes."""

    contact: Contact
    text: str
    corrected: bool


def contact_lines(
    request: Request, client: Client, keys: SubjectKeys
) -> tuple[Page, list[ContactLine]]:
    """The latest contacts, a page of them, with their notes where those may be read."""
    reads = permissions.can_read_notes(request.visit, client)
    rows = (
        client.contacts.select_related("by", "note")
        if reads
        else client.contacts.select_related("by")
    )
    size = MANY if request.GET.get("show") == str(MANY) else FEW
    page = Paginator(rows.order_by("-happened_on", "-made_at", "id"), size).get_page(
        request.GET.get("page")
    )
    return page, [_line(contact, keys if reads else None) for contact in page]


def _line(contact: Contact, keys: SubjectKeys | None) -> ContactLine:
    note = getattr(contact, "note", None) if keys else None
    if note is None or keys is None:
        return ContactLine(contact, "", False)
    note.unlock(keys)
    return ContactLine(contact, note.text, note.revision > 1)


def latest_explanation(client: Client, keys: SubjectKeys, reads: bool) -> dict[str, Any] | None:
    """The last explanation; with its words for whoever may read them."""
    rows = (
        client.explanations.select_related("by", "words")
        if reads
        else client.explanations.select_related("by")
    )
    found: Explanation | None = rows.order_by("-given", "-made_at").first()
    if found is None:
        return None
    words = getattr(found, "words", None) if reads else None
    return {"row": found, "words": words.unlock(keys) if words else None}


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


def telephone_link(number: str) -> str:
    """The number as a telephone dials it."""
    return "".join(c for c in number if c.isascii() and (c.isdigit() or c == "+"))


def numbers(card: SafeContact) -> list[tuple[str, str]]:
    """The card's numbers with what dials them."""
    return [(n, telephone_link(n)) for n in (card.phone, card.other_phone) if n]


def born(text: str) -> date | str:
    """A date of birth as a date where it is one."""
    try:
        return parse_date(text) or text
    except ValueError:
        return text
