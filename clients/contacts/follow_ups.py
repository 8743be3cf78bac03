"""What a list of follow-ups shows of each: the client's name, and its words where one may read them."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from audit.actor import Request
from clients.access import lists
from clients.models import Contact, ContactNote


def words_of(request: Request, contacts: list[Contact]) -> dict[UUID, str]:
    """What is to be done next, by contact, where one may read it. Reading it is an event as on any page."""
    notes = list(ContactNote.objects.filter(contact__in=[contact.pk for contact in contacts]))
    keys = lists.opened(request, [note.client_id for note in notes], "contact.list")
    return {
        note.contact_id: note.unlock(keys[note.client_id]).follow_up
        for note in notes
        if note.client_id in keys  # one record that does not open closes no list
    }


def add_words(contacts: list[Contact], names: dict[UUID, str], words: dict[UUID, str]) -> None:
    """Give each contact the client's name, and the words of its follow-up where one may read them."""
    today = timezone.localdate()
    for contact in contacts:
        contact.client_name = names.get(contact.client_id, "")  # type: ignore[attr-defined]
        contact.words = words.get(contact.pk, "")  # type: ignore[attr-defined]
        contact.is_late = bool(contact.follow_up_on and contact.follow_up_on < today)  # type: ignore[attr-defined]
