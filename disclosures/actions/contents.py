"""What would leave: one description, shown to whoever decides, and printed when it is released (P8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone, translation

from audit import door
from audit.actor import Actor
from clients.access.opening import purpose
from clients.models import Contact, ContactNote, Identity
from disclosures.models import Disclosure, DisclosureItem, DisclosureWords, Ground
from vault.sealed import Locked
from volunteers.models import Association


def hash_of(disclosure: Disclosure) -> bytes:
    """The database's hash of the words, the chosen contacts and their notes as they are now.

    Empty for whoever does not see the request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.disclosure_hash(%s)", [disclosure.pk])
        return bytes(cursor.fetchone()[0] or b"")


def words_of(disclosure: Disclosure, keys: Any) -> DisclosureWords:
    """The words of the request, opened."""
    return DisclosureWords.objects.get(disclosure=disclosure).unlock(keys)


def chosen(disclosure: Disclosure, keys: Any) -> list[DisclosureItem]:
    """The chosen contacts, in the order in which they happened, each with why it is needed."""
    rows = DisclosureItem.objects.filter(disclosure=disclosure, chosen=True)
    rows = rows.select_related("contact").order_by("contact__happened_on", "contact__made_at")
    return [row.unlock(keys) for row in rows]


def notes(by: Actor, disclosure: Disclosure, contacts: list[Contact]) -> dict[Any, str]:
    """The words of these contacts by contact id; only of those that may be read.

    Reading them is the event of the record's own page, where they stand: it says nothing of a disclosure.
    """
    found = list(ContactNote.objects.filter(contact__in=contacts))
    if not found:
        return {}
    keys = door.open_one(by, disclosure.client_id, "client.view", purpose(by))
    return {note.contact_id: note.unlock(keys).text for note in found}


def package(
    by: Actor, disclosure: Disclosure, keys: Any, language: str, at: datetime | None = None
) -> dict[str, Any]:
    """What leaves, in the shape of the document ``disclosure_package``.

    Raises Locked when the notes of a chosen contact cannot be read: nothing leaves half.
    """
    words = words_of(disclosure, keys)
    identity = Identity.objects.get(client=disclosure.client).unlock(keys)
    items = chosen(disclosure, keys)
    texts = notes(by, disclosure, [item.contact for item in items])
    if any(item.contact_id not in texts for item in items):
        raise Locked("The notes of a chosen contact are not open.")
    with translation.override(language):
        described = [
            {
                "date": item.contact.happened_on,
                "channel": str(item.contact.get_channel_display()),
                "notes": texts[item.contact_id],
            }
            for item in items
        ]
    association = Association.objects.get()
    return {
        "reference": disclosure.reference,
        "association": association.name,
        "branch": disclosure.branch.name,
        "branch_phone": disclosure.branch.phone or disclosure.branch.said("reach", language),
        "branch_address": disclosure.branch.address or association.address,
        "released_at": at or timezone.now(),
        "recipient": {"name": words.recipient, "role": words.recipient_function},
        "purpose": words.need,
        "ground": disclosure.ground,
        # The text relied on is for the recipient; the reasons of the two other grounds stay here.
        "authority": words.ground_details if disclosure.ground == Ground.LAW else None,
        "client": {"name": identity.full_name, "born": identity.born_on or None},
        "items": described,
    }
