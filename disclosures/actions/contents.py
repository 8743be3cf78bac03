"""What would leave: one description, shown to whoever decides, and printed when it is released (P8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from audit import door
from audit.actor import Actor
from clients.access.opening import purpose
from clients.access.statements import ATTACHED, attached, said_about
from clients.models import Contact, ContactNote, Identity, SafeContact, Statement
from disclosures.actions.striking import Part, hidden, still_said, struck
from disclosures.models import (
    Detail,
    Disclosure,
    DisclosureDetail,
    DisclosureItem,
    DisclosureWords,
    Ground,
)
from vault.exceptions import Refused
from vault.sealed import Locked
from volunteers.models import Association

STRUCK_ANEW = _(
    "A note has changed since words were struck out of it. They must be struck out once more."
)
STILL_SAID = _(
    "Struck out in one place, and still to be read in another: %(words)s. Nothing leaves like this."
)


def hash_of(disclosure: Disclosure) -> bytes:
    """The database's hash of words, what is chosen as it is now, and what the client said since.

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


def beside(items: list[DisclosureItem], keys: Any) -> dict[Any, list[str]]:
    """What the client says about these contacts, by contact id: it goes along wherever the note goes."""
    ids = [item.contact_id for item in items]
    said = said_about(keys, ids)
    return {contact: attached(said, contact) for contact in ids}


def spoken_about(items: list[DisclosureItem]) -> set[Any]:
    """The contacts of these with which something goes along that the client says, as far as one sees that."""
    ids = [item.contact_id for item in items]
    rows = Statement.objects.filter(contact_id__in=ids, state__in=ATTACHED)
    return set(rows.values_list("contact_id", flat=True)) if ids else set()


def details(disclosure: Disclosure, keys: Any) -> list[DisclosureDetail]:
    """The picked fields in the order of the form, each with why it is needed."""
    order = {code: place for place, code in enumerate(Detail.values)}
    rows = DisclosureDetail.objects.filter(disclosure=disclosure, chosen=True)
    return sorted((row.unlock(keys) for row in rows), key=lambda row: order[row.detail])


def all_chosen(disclosure: Disclosure, keys: Any) -> list[DisclosureItem | DisclosureDetail]:
    """Picked fields and chosen contacts."""
    return [*details(disclosure, keys), *chosen(disclosure, keys)]


def values(client_id: Any, keys: Any) -> dict[str, str]:
    """What the record says in each field that can be picked, by its code; what is empty is left out."""
    identity = Identity.objects.get(client=client_id).unlock(keys)
    card = SafeContact.objects.filter(client=client_id).first()
    found = {
        Detail.NAME: identity.full_name,
        Detail.KNOWN_AS: identity.known_as,
        Detail.BORN_ON: identity.born_on,
        Detail.ADDRESS: identity.address,
    }
    if card is not None:
        card.unlock(keys)
        found |= {
            Detail.PHONE: card.phone,
            Detail.OTHER_PHONE: card.other_phone,
            Detail.TIMES: card.times,
            Detail.ASK_FOR: card.ask_for,
        }
    return {str(code): str(value) for code, value in found.items() if value}


def cover(disclosure: Disclosure, keys: Any) -> dict[str, str]:
    """What the cover says of the client: what was picked, and nothing else.

    A request from before fields could be picked has the name and the date of birth.
    """
    said = values(disclosure.client_id, keys)
    picked = [row.detail for row in details(disclosure, keys)]
    if disclosure.picked is None:
        picked = [Detail.NAME, Detail.BORN_ON]
    return {code: said[code] for code in picked if code in said}


def leaving(
    items: list[DisclosureItem], texts: dict[Any, str], said: dict[Any, list[str]]
) -> dict[Any, list[Part]]:
    """Each note as it leaves, by item: texts, and None where something is struck; and what the client says
    about it, with all struck that is struck anywhere. Raises Refused where a note changed.

    A statement may have come since words were struck: whatever stands in it, it stops nothing.
    """
    strikes = [item.strike for item in items]
    found: dict[Any, list[Part]] = {}
    for item in items:
        if item.contact_id not in texts:
            continue
        text = texts[item.contact_id]
        parts: list[Part] = struck(text, item.strike) if item.strike else [text]
        if item.strike and parts != item.parts:
            raise Refused("disclosure", message=STRUCK_ANEW)
        for line in said.get(item.contact_id, []):
            parts += ["\n\n", *(hidden(line, strikes) if any(strikes) else [line])]
        found[item.pk] = parts
    return found


def check_struck(
    ground: str,
    words: DisclosureWords,
    about: dict[str, str],
    parts: dict[Any, list[Part]],
    items: list[DisclosureItem],
) -> None:
    """Raises Refused if what is struck in one place can be read in another of the package."""
    texts = [part for one in parts.values() for part in one if part]
    beside = [words.recipient, words.recipient_function, words.need]
    beside += [words.ground_details] if ground == Ground.LAW else []
    said = still_said([item.strike for item in items], [*texts, *beside, *about.values()])
    if said:
        raise Refused("disclosure", message=STILL_SAID % {"words": ", ".join(said)})


def unfit(by: Actor, disclosure: Disclosure, keys: Any) -> Any:
    """Why what is struck would not do, as far as this person reads the notes; else empty."""
    items = chosen(disclosure, keys)
    if not any(item.strike for item in items):
        return ""
    texts = notes(by, disclosure, [item.contact for item in items])
    try:
        parts = leaving(items, texts, beside(items, keys))
        about = cover(disclosure, keys)
        check_struck(disclosure.ground, words_of(disclosure, keys), about, parts, items)
    except Refused as refused:
        return refused.message
    return ""


def package(
    by: Actor, disclosure: Disclosure, keys: Any, language: str, at: datetime | None = None
) -> dict[str, Any]:
    """What leaves, in the shape of the document ``disclosure_package``.

    Raises Locked when the notes of a chosen contact cannot be read: nothing leaves half. Raises Refused where
    what is struck could be read all the same.
    """
    words, items = words_of(disclosure, keys), chosen(disclosure, keys)
    texts = notes(by, disclosure, [item.contact for item in items])
    if any(item.contact_id not in texts for item in items):
        raise Locked("The notes of a chosen contact are not open.")
    with translation.override(language):
        said = beside(items, keys)
    parts = leaving(items, texts, said)
    about = cover(disclosure, keys)
    check_struck(disclosure.ground, words, about, parts, items)
    with translation.override(language):
        described = [
            {
                "date": item.contact.happened_on,
                "channel": str(item.contact.get_channel_display()),
                "notes": printed_note(parts[item.pk]),
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
        "client": about,
        "items": described,
    }


def printed_note(parts: list[Part]) -> str | list[dict[str, Any]]:
    """A note for the document; what is struck never reaches it, only the mark that something is."""
    if None not in parts:
        return "".join(part for part in parts if part)
    return [{"struck": True} if part is None else {"text": part} for part in parts]
