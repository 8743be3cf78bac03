"""Preparing a request, asking, deciding and cancelling. Each step in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import Error, IntegrityError, ProgrammingError, transaction
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import why
from clients.models import Client, Contact
from disclosures.actions.striking import struck
from disclosures.models import (
    Disclosure,
    DisclosureDetail,
    DisclosureItem,
    DisclosureOutcome,
    DisclosureWords,
    State,
)
from vault.exceptions import Refused
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


MEANWHILE = _("Somebody was faster: this has changed in the meantime. Look at where it stands now.")
CHANGED = _(
    "This has changed since you looked at it. Nothing was decided. Read it again as it is now."
)
NOT_YOURS = _("You cannot do this with this disclosure.")
# Each is the name of a constraint that the database gives with its refusal.
HINDRANCES = {
    "disclosure_conflict": _(
        "Between you and whoever asked there is a conflict of interest. Another coordinator decides."
    ),
    "disclosure_tied": _(
        "It takes two different people to ask and to decide, and nobody has confirmed yet that you are. "
        "The president, the data-protection lead, the administrator or another coordinator can do that, "
        "under Colleagues."
    ),
    "disclosure_no_complaint": _(
        "No complaint of this client is on file. Take it down in the record first, then decide."
    ),
    "disclosure_taken_back": _(
        "The client took back their yes. On this ground nothing leaves without it, unless they agree again."
    ),
    "disclosure_taken_back_before": _(
        "The client took back their yes on the day on which you talked about it, or later. Talk with them "
        "once more and enter that day. If they agreed again on the same day, note that first."
    ),
    "disclosure_note_unread": _(
        "You cannot approve a note that you have not been able to read. Open the notes first."
    ),
    "disclosure_note_gone": _(
        "A contact that was chosen is no longer in this record. This cannot be approved. Refuse it; "
        "it can be asked for again without that contact."
    ),
    "disclosure_nothing": _(
        "Nothing is chosen any more, so this cannot be approved. Refuse it; it can be asked for anew."
    ),
    "disclosure_asker": _(
        "Whoever asked must not deal with this complaint, so it cannot be approved. Refuse it; "
        "somebody else can ask."
    ),
}


class Changed(Refused):
    """What would leave is no longer what was looked at."""

    message = CHANGED


def draft(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    ground: str,
    ground_details: str,
    complaint_id: UUID | None = None,
    new_id: UUID | None = None,
) -> Disclosure:
    """A new request, as a draft. With ``new_id`` a second call gives back the first one's."""
    made = Disclosure(
        id=new_id or uuid4(),
        client=client,
        branch_id=client.branch_id,
        reference=new_reference("D"),
        ground=ground,
        complaint_id=complaint_id,
        requested_by_id=by.person,
        picked=True,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        known = Disclosure.objects.filter(pk=made.pk, client=client, requested_by=by.person).first()
        if known is None:
            raise Refused("disclosure", message=MEANWHILE) from error
        return known
    DisclosureWords.new(keys, client=client, disclosure=made, ground_details=ground_details).save()
    return made


def describe(
    *,
    by: Actor,
    disclosure: Disclosure,
    words: DisclosureWords,
    revision: int,
    clear: dict[str, Any],
    sealed: dict[str, Any],
) -> None:
    """Change a draft: columns of the request, and its words. Raises Conflict, Refused."""
    if clear and not _draft(disclosure).update(**clear):
        raise Refused("disclosure", message=MEANWHILE)
    values = words.opened_values()
    values.update(sealed)
    words.revision = revision
    words.save()


def choose(
    *, by: Actor, disclosure: Disclosure, keys: SubjectKeys, contacts: list[Contact]
) -> None:
    """Let exactly these contacts leave; those taken off before keep why they were needed."""
    wanted = {contact.pk: contact for contact in contacts}
    rows = {item.contact_id: item for item in DisclosureItem.objects.filter(disclosure=disclosure)}
    for pk, contact in wanted.items():
        if pk not in rows:
            DisclosureItem.new(
                keys, client=disclosure.client, disclosure=disclosure, contact=contact, why=""
            ).save()
    for pk, item in rows.items():
        if item.chosen != (pk in wanted):
            item.unlock(keys)
            item.chosen = pk in wanted
            item.save()


def pick(*, by: Actor, disclosure: Disclosure, keys: SubjectKeys, details: list[str]) -> None:
    """Let exactly these fields of the record leave; those taken off before keep why they were needed."""
    rows = {row.detail: row for row in DisclosureDetail.objects.filter(disclosure=disclosure)}
    for code in details:
        if code not in rows:
            DisclosureDetail.new(
                keys, client=disclosure.client, disclosure=disclosure, detail=code, why=""
            ).save()
    for code, row in rows.items():
        if row.chosen != (code in details):
            row.unlock(keys)
            row.chosen = code in details
            row.save()


def explain_items(
    *, by: Actor, items: Sequence[DisclosureItem | DisclosureDetail], why: dict[UUID, str]
) -> None:
    """Say for each chosen contact and field why it is needed (P8)."""
    for item in items:
        if item.why != why[item.pk]:
            item.why = why[item.pk]
            item.save()


def strike(
    *, by: Actor, items: list[DisclosureItem], typed: dict[UUID, str], texts: dict[UUID, str]
) -> None:
    """Strike words out of the chosen notes. ``texts``: by contact; a closed note stays as it is."""
    for item in items:
        if item.contact_id not in texts:
            continue
        wanted = typed.get(item.pk, "")
        parts = struck(texts[item.contact_id], wanted) if wanted else None
        if (item.strike, item.parts) != (wanted, parts):
            item.strike, item.parts = wanted, parts
            item.save()


def missing(
    disclosure: Disclosure,
    words: DisclosureWords,
    items: Sequence[DisclosureItem | DisclosureDetail],
) -> list[str]:
    """What a draft still lacks before it can be sent: the steps of preparing it, in their order."""
    recipient = (words.recipient, words.recipient_function, words.recipient_reach, words.need)
    lacks = {
        "ground": not words.ground_details,
        "recipient": not all(recipient),
        "client": not disclosure.consent,
        "contacts": not items,
        "why": any(not item.why for item in items),
    }
    return [step for step, lacking in lacks.items() if lacking]


def ask(*, by: Actor, disclosure: Disclosure) -> None:
    """Send the request for a decision. Raises Refused when it is not a draft any more."""
    _step(_draft(disclosure), state=State.ASKED, asked_at=functions.Now())


def decide(
    *,
    by: Actor,
    disclosure: Disclosure,
    keys: SubjectKeys,
    approve: bool,
    reason: str,
    shown: bytes,
    untold: str = "",
    untold_why: str = "",
    look_again_on: date | None = None,
) -> None:
    """Approve or refuse what was shown, and say whether the client is told once it has left.

    Raises Changed, Refused; the database has the last word.
    """
    waiting = Disclosure.objects.filter(pk=disclosure.pk, state__in=[State.ASKED, State.STOPPED])
    _step(
        waiting,
        state=State.APPROVED if approve else State.REFUSED,
        decided_by=by.person,
        decided_at=functions.Now(),
        decided_on_hash=shown,
        untold=untold,
        look_again_on=look_again_on,
    )
    _say(disclosure, keys, decision_reason=reason, untold_why=untold_why)


def tell(*, by: Actor, disclosure: Disclosure, untold: str, look_again_on: date | None) -> None:
    """Tell the client (``untold`` is empty), or keep it from them until that day. Raises Refused."""
    if (disclosure.untold, disclosure.look_again_on) == (untold, look_again_on):
        return
    standing = Disclosure.objects.filter(pk=disclosure.pk, state=disclosure.state)
    _step(standing, untold=untold, look_again_on=look_again_on)


def cancel(*, by: Actor, disclosure: Disclosure, keys: SubjectKeys, reason: str) -> None:
    """End a request before anything was released. Raises Refused."""
    before = [State.DRAFT, State.ASKED, State.APPROVED, State.STOPPED]
    _step(
        Disclosure.objects.filter(pk=disclosure.pk, state__in=before),
        state=State.CANCELLED,
        cancelled_by=by.person,
        cancelled_at=functions.Now(),
    )
    _say(disclosure, keys, cancel_reason=reason)


def refusal(error: Error) -> Refused:
    """What the database refused, in words for the page."""
    constraint, detail = why(error)
    if constraint == "disclosure_hash":
        return Changed("disclosure", constraint, detail)
    return Refused("disclosure", constraint, detail, HINDRANCES.get(constraint, NOT_YOURS))


def _step(rows: Any, **values: Any) -> None:
    try:
        with transaction.atomic():
            moved = rows.update(**values)
    except (IntegrityError, ProgrammingError) as error:
        raise refusal(error) from error
    if not moved:
        raise Refused("disclosure", message=MEANWHILE)


def _say(disclosure: Disclosure, keys: SubjectKeys, **words: str) -> None:
    said = DisclosureOutcome.objects.filter(disclosure=disclosure).first()
    if said is None:
        DisclosureOutcome.new(
            keys, client_id=disclosure.client_id, disclosure=disclosure, **words
        ).save()
        return
    said.unlock(keys)
    for name, value in words.items():
        setattr(said, name, value)
    said.save()


def _draft(disclosure: Disclosure) -> Any:
    return Disclosure.objects.filter(pk=disclosure.pk, state=State.DRAFT)
