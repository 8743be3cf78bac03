"""Drafts of contacts and of questions to a colleague: what is being typed, until it has arrived.

Sealed under the person's own key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.datastructures import MultiValueDict

from audit import door
from audit.actor import Actor
from clients.access.form_ids import form_id
from clients.models import Client, Consultation, Contact, Draft, Grant
from vault.exceptions import Conflict

CONTACT, CONSULT = "contact", "consult"
ARRIVED: dict[str, Any] = {CONTACT: Contact, CONSULT: Consultation}
LONGEST = 60_000
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "file", "client", "form", "more"})


class TooLong(Exception):
    """The draft is longer than any form may be; nothing was kept."""


def keep(
    *, by: Actor, client: UUID, values: Mapping[str, str], form: str = CONTACT
) -> Draft | None:
    """Keep what was typed into a form; None when what it makes has arrived.

    ``values`` holds the form's fields with its ``key``, which names the draft; with ``more`` they are the
    second page of a form, and are added to the first. Raises ValueError without a key, TooLong, and
    Conflict when another window saved the same draft at this moment.
    """
    draft_id = form_id(by, UUID(values.get("key", "")))
    if ARRIVED[form].objects.filter(pk=draft_id).exists():
        return None
    kept = {name: text for name, text in _all(values).items() if name not in NOT_KEPT and text}
    if sum(len(str(text)) for text in kept.values()) + sum(map(len, kept)) > LONGEST:
        raise TooLong
    person = by.person
    keys = door.open_one(by, person, "draft.save", "own")  # type: ignore[arg-type]
    draft = Draft.objects.filter(pk=draft_id, person_id=person).first()
    if draft is None:
        draft = Draft.new(
            keys, id=draft_id, person_id=person, form=form, client_id=client, values=kept
        )
    else:
        before = draft.unlock(keys).values or {}
        draft.values = {**before, **kept} if values.get("more") else kept
    with (
        transaction.atomic()
    ):  # two at once: one is refused, and the events of this transaction stay
        draft.save()
    return draft


def _all(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form: a list where several boxes were ticked."""
    if not isinstance(values, MultiValueDict):
        return dict(values)
    return {name: many if len(many) > 1 else many[0] for name, many in values.lists() if many}


def keep_for_later(*, by: Actor, client: UUID, values: Mapping[str, str]) -> None:
    """The same for a form that can no longer be saved; what has no form's key is let go."""
    try:
        keep(by=by, client=client, values=values)
    except (ValueError, TooLong, Conflict, IntegrityError):
        return


def was_theirs(actor: Actor, client: UUID) -> bool:
    """Whether this person had a grant for a client that they no longer see."""
    return (
        not Client.objects.filter(pk=client).exists()
        and Grant.objects.of_records().filter(person_id=actor.person, client_id=client).exists()
    )


def draft_of(
    actor: Actor, draft: str | UUID | None, client: UUID | None = None, form: str = CONTACT
) -> Draft | None:
    """The person's own draft with this id (for this client), opened; None if there is none."""
    try:
        wanted = UUID(str(draft or ""))
    except ValueError:
        return None
    rows = Draft.objects.filter(pk=wanted, person_id=actor.person, form=form)
    found = (rows.filter(client_id=client) if client else rows).first()
    if found is None:
        return None
    found.unlock(door.open_one(actor, found.person_id, "draft.open", "own"))
    return found


def waiting(actor: Actor, client: UUID) -> Draft | None:
    """The contact with this client that the person began last and has not saved; not opened."""
    arrived = Contact.objects.filter(by_id=actor.person, client_id=client).values("pk")
    rows = Draft.objects.filter(person_id=actor.person, client_id=client, form=CONTACT)
    return rows.exclude(pk__in=arrived).first()


def throw_away(*, by: Actor, draft: UUID) -> bool:
    """Delete one's own draft; False when there is none."""
    deleted, _ = Draft.objects.filter(pk=draft, person_id=by.person).delete()
    return bool(deleted)


def my_drafts(actor: Actor, limit: int | None = None) -> list[Draft]:
    """The person's drafts, the last one first. A client that is no longer theirs is left out of it."""
    arrived = Contact.objects.filter(by_id=actor.person).values("pk")
    rows = Draft.objects.filter(person_id=actor.person).exclude(pk__in=arrived)
    drafts = list(rows[:limit])
    visible = Client.objects.in_bulk({draft.client_id for draft in drafts})
    for draft in drafts:
        draft.about = visible.get(draft.client_id)  # type: ignore[attr-defined]
        if draft.about is None:  # type: ignore[attr-defined]
            draft.client_id = None
    return drafts
