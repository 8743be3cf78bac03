"""Disclosures in any state, made by the same acts as in life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from audit import door
from audit.actor import Actor
from clients.access import opening, people
from clients.contacts.actions import contacts
from clients.models import Client, ContactNote
from clients.who_may_know.actions import grants
from disclosures.actions import contents, delivery, requests, will
from disclosures.models import Consent, Disclosure, Ground, Said
from tests.making.clients import assign, new_client
from tests.making.people import Cast, Someone
from vault.keys import SubjectKeys

KEPT = "Ate nothing since the ward round"
CHOSEN = "Forgot the heart tablets twice"
WORDS = {
    "recipient": "Dr Zephyrine Aubertot",
    "recipient_function": "general practitioner, Cahors",
    "recipient_reach": "05 36 49 70 99",
    "need": "To change the prescription in time.",
    "ground_details": "Harm is likely: the heart tablets are forgotten.",
    "consent_words": "Yes, tell her about the tablets.",
    "discussion": "We talked on the telephone.",
}


def opened(actor: Actor, disclosure: Disclosure, action: str) -> SubjectKeys:
    """The keys of its client, for a page about it."""
    purpose = opening.purpose(actor)
    return door.open_about(actor, [disclosure], action, purpose)[disclosure.client_id]


def client_of(cast: Cast, requester: Someone) -> Client:
    """A client of the north with two more contacts; the requester is assigned if a volunteer."""
    client = new_client(cast.volunteer, "Honorine", "Vauquelin")
    with cast.coordinator.actor().transaction():
        leading = people.coordinators(cast.north)  # they have it by that duty
    if requester.id not in {cast.volunteer.id, *leading}:
        assign(cast.coordinator, client, requester)
    with cast.volunteer.actor().transaction() as actor:
        for day, text in ((6, KEPT), (7, CHOSEN)):
            new = contacts.NewContact("phone", date(2026, 1, day), text=text)
            contacts.log_contact(by=actor, client=client, new=new)
    return client


def drafted(cast: Cast, requester: Someone | None = None) -> Disclosure:
    """A complete draft about a new client, with one of the client's three contacts."""
    requester = requester or cast.volunteer
    client = client_of(cast, requester)
    with requester.actor().transaction() as actor:
        wanted = Disclosure(client=client)
        keys = opened(actor, wanted, "disclosure.add")
        made = requests.draft(
            by=actor,
            client=client,
            keys=keys,
            ground=Ground.PUBLIC_INTEREST,
            ground_details=WORDS["ground_details"],
            new_id=wanted.pk,
        )
        words = contents.words_of(made, keys)
        clear = {"consent": Consent.GIVEN, "discussed_on": date(2026, 1, 8)}
        requests.describe(
            by=actor, disclosure=made, words=words, revision=1, clear=clear, sealed=WORDS
        )
        chosen = client.contacts.get(happened_on=date(2026, 1, 7))
        requests.choose(by=actor, disclosure=made, keys=keys, contacts=[chosen])
        requests.pick(by=actor, disclosure=made, keys=keys, details=["name", "born_on"])
        items = contents.all_chosen(made, keys)
        why = {item.pk: "It is about the tablets." for item in items}
        requests.explain_items(by=actor, items=items, why=why)
    return made


def with_struck(cast: Cast, strike: str) -> Disclosure:
    """A complete draft with words struck out of its note."""
    made = drafted(cast)
    with cast.volunteer.actor().transaction() as actor:
        items = contents.chosen(made, opened(actor, made, "disclosure.edit"))
        texts = contents.notes(actor, made, [item.contact for item in items])
        typed = {item.pk: strike for item in items}
        requests.strike(by=actor, items=items, typed=typed, texts=texts)
    return made


def let_out(cast: Cast, made: Disclosure) -> Out:
    """A draft asked, approved and released."""
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    return Out(made, out)


def asked(cast: Cast, requester: Someone | None = None) -> Disclosure:
    """Sent for a decision."""
    made = drafted(cast, requester)
    with (requester or cast.volunteer).actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    return made


def open_notes(someone: Someone, disclosure: Disclosure) -> None:
    """The coordinator opens the notes, for an hour."""
    with someone.actor().transaction() as actor:
        grants.open_notes(by=actor, client=disclosure.client, reason="coordination")


def decide(by: Someone, made: Disclosure, *, approve: bool = True) -> None:
    """By somebody whose notes are open."""
    open_notes(by, made)
    with by.actor().transaction() as actor:
        keys = opened(actor, made, "disclosure.decide")
        requests.decide(
            by=actor,
            disclosure=made,
            keys=keys,
            approve=approve,
            reason="It is needed.",
            shown=contents.hash_of(made),
        )


def approved(cast: Cast, requester: Someone | None = None) -> Disclosure:
    """Approved by the deputy, whose notes are open."""
    made = asked(cast, requester)
    decide(cast.deputy, made)
    return made


@dataclass(frozen=True)
class Out:
    """A released disclosure with what its recipient was given."""

    disclosure: Disclosure
    handover: delivery.Handover

    @property
    def url(self) -> str:
        """The recipient's page."""
        return f"/d/{self.handover.secret}/"


def released(cast: Cast) -> Out:
    """Released by the deputy."""
    made = approved(cast)
    with cast.deputy.actor().transaction() as actor:
        keys = opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    return Out(made, out)


def take_back(by: Someone, client: Client, disclosure: Disclosure | None = None) -> None:
    """The client takes back their yes: heard by somebody, to all that rests on it or to one."""
    with by.actor().transaction() as actor:
        purpose = opening.purpose(actor)
        keys = door.open_one(actor, client.pk, "will.write", purpose)
        will.say(
            by=actor,
            client=client,
            keys=keys,
            disclosure=disclosure,
            said=Said.WITHDRAWN,
            channel="phone",
            words="Leave it.",
        )


def correct_chosen(cast: Cast, disclosure: Disclosure) -> None:
    """The volunteer corrects the note that is to leave."""
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, disclosure.client_id, "contact.correct", "support")
        note = ContactNote.objects.get(
            contact__client=disclosure.client, contact__happened_on=date(2026, 1, 7)
        )
        contacts.correct_note(by=actor, note=note.unlock(keys), text=CHOSEN + ".", reason="typo")


def column(superuser: Any, disclosure: Disclosure, name: str) -> Any:
    """A column of the disclosure as it lies in the database."""
    query = f"SELECT {name} FROM disclosures_disclosure WHERE id = %s"
    return superuser.execute(query, [disclosure.pk]).fetchone()[0]


def sent(made: Disclosure, requester: Someone, complaint: UUID | None) -> Disclosure:
    """The same draft, sent."""
    with requester.actor().transaction() as actor:
        rows = Disclosure.objects.filter(pk=made.pk)
        assert rows.update(ground="complaint", complaint_id=complaint) == 1
        requests.ask(by=actor, disclosure=made)
    return made


def decision(disclosure: Disclosure, cast: Cast, **changed: str) -> dict[str, str]:
    """The form of the decision page, as it is now."""
    with cast.deputy.actor().transaction():
        shown = contents.hash_of(disclosure).hex()
    return {"decision": "approve", "reason": "Needed.", "shown": shown, **changed}
