"""Something in each table that ``audit_verify`` compares, made by the same acts as in life."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from audit import door
from clients.complaints import actions as complaints
from clients.contacts.actions import attachments, contacts
from clients.emergencies import actions as emergencies
from clients.models import Client, Contact, ContactNote
from rights.erasure import actions as erasures
from rights.models import LeftOut, SubjectRequest
from rights.requests import actions as requests
from tests.access.world import World
from tests.making import acts, disclosures
from tests.making.agreements import say
from tests.making.clients import new_client
from tests.making.directives import dies, wish
from tests.making.heirs import heir
from tests.making.keeping import keep_longer
from tests.making.misplaced import move
from tests.making.own_data import ask_about_oneself
from tests.making.people import Cast, recruit
from tests.making.restrictions import restrict
from tests.making.statements import accept, first_contact
from tests.making.statements import say as say_wrong
from volunteers.actions import accounts
from volunteers.models import PersonDetails


def written(cast: Cast) -> Client:
    """A client with two files, and a note that was corrected."""
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        contact = Contact.objects.get(client=client)
        for name, times in (("a.txt", 3), ("b.txt", 9)):
            new = attachments.NewFile(name, "text/plain", name.encode() * times)
            attachments.attach(by=actor, contact=contact, new=new)
        keys = door.open_one(actor, client.pk, "contact.correct", "support")
        note = ContactNote.objects.get(client=client).unlock(keys)
        contacts.correct_note(by=actor, note=note, text="Sleeps well.", reason="misheard")
    return client


def fill_every_table(cast: Cast) -> None:
    """At least one row in each."""
    written(cast)
    world = World(cast)
    for thing in (
        "draft",
        "out",
        "may_know",
        "message",
        "consultation",
        "talk",
        "link",
        "conflict",
        "export",
        "copy",
        "hold",
        "account",
        "departure",
    ):
        world.find(thing)
    assert isinstance(world.request, SubjectRequest)
    with cast.coordinator.actor().transaction() as actor:
        keys = door.open_one(actor, world.client.pk, "copy.write", "request")
        values = {"copy_id": world.copy, "reason": "others", "passage": "Rosalind"}
        LeftOut.new(keys, client_id=world.client.pk, **values).save()
    disclosures.released(cast)
    disclosures.take_back(cast.volunteer, disclosures.released(cast).disclosure.client)
    _told(cast, disclosures.released(cast))
    client = written(cast)
    move(cast.volunteer, first_contact(cast.volunteer, client), new_client(cast.volunteer))
    with cast.coordinator.actor().transaction() as actor:
        keys = door.open_one(actor, world.client.pk, "request.view", "request")
        requests.note(by=actor, request=world.request, keys=keys, kind="identity", how="met")
    say(cast.volunteer, world.client)
    gone = new_client(cast.volunteer)
    wished = wish(cast.volunteer, gone)
    dies(cast.volunteer, gone)
    acts.call(cast.volunteer, "tell_of_death(%s, 1::smallint, sec.today())", wished.pk)
    heir(cast.volunteer, gone)
    restrict(cast.volunteer, new_client(cast.volunteer))
    keep_longer(cast.coordinator, new_client(cast.volunteer), 90)
    ask_about_oneself(recruit(cast.north))
    accept(cast.volunteer, say_wrong(cast.volunteer, new_client(cast.volunteer)), "Sleeps well.")
    mistaken = new_client(cast.volunteer)
    with cast.coordinator.actor().transaction() as actor:
        erasures.propose(by=actor, client=mistaken, ground="mistake")
    _words_under_keys_of_their_own(cast, world)


def _told(cast: Cast, out: disclosures.Out) -> None:
    """What the recipient has was corrected, and they were told."""
    client = out.disclosure.client
    with cast.volunteer.actor().transaction():
        contact = client.contacts.get(happened_on=date(2026, 1, 7)).pk
    statement = say_wrong(cast.volunteer, client, contact=contact)
    accept(cast.volunteer, statement, "Took the tablets.")
    acts.call(
        cast.deputy,
        "tell_recipient(%s, %s, %s, 'letter', sec.today())",
        uuid4(),
        statement.pk,
        out.disclosure.pk,
    )


def _words_under_keys_of_their_own(cast: Cast, world: World) -> None:
    with cast.coordinator.actor().transaction() as actor:
        new = complaints.NewComplaint("association", "Nobody rang.")
        complaints.complain(by=actor, client=world.client.pk, new=new)
    opener, client = recruit(cast.north), new_client(cast.coordinator)
    with opener.actor().transaction() as actor:
        made = emergencies.open_record(
            by=actor, branch=cast.north, reason="call", who=client.reference
        )
        assert made
        emergencies.say_why(by=actor, emergency=made, text="Somebody was shouting.")
    acts.call(
        cast.coordinator, "emergency_review(%s, 'misuse', %s)", made.pk, f"B-{made.pk.hex[:8]}"
    )
    until = timezone.localdate() + timedelta(days=30)
    acts.call(
        cast.protection, "decide_names(%s, %s, 'doubt', %s)", uuid4(), client.reference, until
    )
    with cast.volunteer.actor().transaction() as actor:
        me = cast.volunteer.id
        if not PersonDetails.objects.filter(person=me).exists():
            keys = door.open_one(actor, me, "person.view", "own_record")
            details = PersonDetails.new(keys, person_id=me)
            accounts.save_details(by=actor, details=details, values={"full_name": "Vera"})
