"""Things for the rows to point at: a client with everything, made anew for each row."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clients.conflicts import actions as conflicts
from clients.models import (
    Attachment,
    Client,
    Contact,
    Draft,
    Emergency,
    Grant,
    HeirRequest,
    Link,
    LoneVisit,
    Message,
    PortalAccess,
    Statement,
    WhoMayKnow,
)
from clients.who_may_know.actions import may_know
from disclosures.models import Disclosure, DisclosureWords
from rights.models import Export, SubjectRequest, SubjectRequestWords
from tests.making import acts, messages
from tests.making.clients import assign, new_client
from tests.making.contacts import log_contact
from tests.making.directives import dies
from tests.making.emergencies import nothing_open
from tests.making.heirs import heir
from tests.making.keeping import hold
from tests.making.own_data import ask_about_oneself
from tests.making.people import Cast, Someone, confirm, invited, recruit
from tests.making.principals import mint
from tests.making.spaces import confirm_portal, open_space
from volunteers.actions import leaving
from volunteers.models import Duty, PolicyVersion


class World:
    """Named things, found on demand; ``{client}`` in a row's data is filled from here too."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.have_a_client: set[str] = set()

    def find(self, thing: str) -> Any:
        """The id (or text) of a named thing."""
        if thing.startswith("="):
            return thing[1:]
        assert self.client  # made first: inside another thing's transaction it cannot be
        found = getattr(self, thing)
        return getattr(found, "pk", getattr(found, "id", found))

    def fill(self, value: str) -> Any:
        """A value of a row's data, with names in braces replaced."""
        if value == "{file}":
            return SimpleUploadedFile("letter.txt", b"Plain words.", content_type="text/plain")
        if value.startswith("{") and value.endswith("}"):
            return str(self.find(value[1:-1]))
        return value

    def someone(self, role: str) -> Someone | UUID | None:
        """Who plays a role here."""
        if role == "nobody":
            return None
        if role == "client":
            return self.account
        if role in ("outsider", "south_coordinator") and role not in self.have_a_client:
            new_client(getattr(self.cast, role))
            self.have_a_client.add(role)
        if role == "volunteer":
            assert self.client
        return getattr(self.cast, role)

    @cached_property
    def client(self) -> Client:
        client = new_client(self.cast.coordinator)
        assign(self.cast.coordinator, client, self.cast.volunteer)
        return client

    @cached_property
    def restricted(self) -> Client:
        """Another client of the volunteer, whose record is restricted."""
        client = new_client(self.cast.coordinator)
        assign(self.cast.coordinator, client, self.cast.volunteer)
        acts.call(self.cast.coordinator, "restrict(%s, %s, 'contested')", uuid4(), client.pk)
        return client

    @cached_property
    def dead(self) -> Client:
        """Another client of the volunteer, who has died."""
        client = new_client(self.cast.coordinator)
        assign(self.cast.coordinator, client, self.cast.volunteer)
        dies(self.cast.coordinator, client)
        return client

    @cached_property
    def heir(self) -> HeirRequest:
        """What the volunteer recorded of an heir of that client."""
        return heir(self.cast.volunteer, self.dead)

    @cached_property
    def contact(self) -> Contact:
        with self.cast.volunteer.actor().transaction():
            return Contact.objects.filter(client=self.client).earliest("made_at")

    @cached_property
    def statement(self) -> Statement:
        """What the client says about the background; the volunteer wrote it down."""
        from tests.making.statements import say

        return say(self.cast.volunteer, self.client, background=True)

    @cached_property
    def accepted(self) -> Statement:
        """What the client says about the contact; the coordinator, who wrote the note, corrected it."""
        from tests.making.statements import accept, close_notes, open_notes, say

        made = say(self.cast.volunteer, self.client, contact=self.contact.pk)
        open_notes(self.cast.coordinator, self.client)
        accept(self.cast.coordinator, made, "Slept on Wednesday.")
        close_notes(self.cast.coordinator, self.client)
        return made

    @cached_property
    def own_contact(self) -> Contact:
        """Another contact with the client, which the volunteer noted."""
        log_contact(self.cast.volunteer, self.client, "It was somebody else.")
        with self.cast.volunteer.actor().transaction() as actor:
            return Contact.objects.filter(client=self.client, by_id=actor.person).latest("made_at")

    @cached_property
    def attachment(self) -> Attachment:
        """A file of the contact."""
        from clients.contacts.actions.attachments import NewFile, attach

        new = NewFile("letter.txt", "text/plain", b"Plain words.")
        contact = self.contact  # made first: transactions do not nest
        with self.cast.volunteer.actor().transaction() as actor:
            return attach(by=actor, contact=contact, new=new)

    @cached_property
    def grant(self) -> Grant:
        assign(self.cast.coordinator, self.client, self.cast.colleague)
        with self.cast.coordinator.actor().transaction():
            return Grant.objects.get(client=self.client, person_id=self.cast.colleague.id)

    @cached_property
    def account(self) -> UUID:
        """The portal account of the client, with a password of its own."""

        user = open_space(self.cast.coordinator.actor(), self.client.pk)
        confirm_portal(self.client)
        return user

    @cached_property
    def access(self) -> PortalAccess:
        """An online space that the volunteer opened for the client, not confirmed yet."""
        user = open_space(self.cast.volunteer.actor(), self.client.pk, first=True)
        with self.cast.volunteer.actor().transaction():
            return PortalAccess.objects.get(user=user)

    @cached_property
    def confirmed(self) -> PortalAccess:
        """The same, confirmed by somebody else."""
        access = self.access
        confirm_portal(self.client)
        return access

    @cached_property
    def message(self) -> Message:
        """What the client wrote in their space, and nobody answered."""
        return messages.sent(self.account, self.client)

    @property
    def day(self) -> str:
        return str(timezone.localdate().day)

    @property
    def month(self) -> str:
        return str(timezone.localdate().month)

    @property
    def year(self) -> str:
        return str(timezone.localdate().year)

    @property
    def user_name(self) -> str:
        """The user name on the card of an online space."""
        return self.access.username

    @cached_property
    def person(self) -> UUID:
        return self.cast.colleague.id

    @property
    def volunteer_id(self) -> UUID:
        """The volunteer to whom the client is given."""
        return self.cast.volunteer.id

    @property
    def south(self) -> UUID:
        """The other branch."""
        return self.cast.south

    @cached_property
    def leaver(self) -> UUID:
        """A volunteer of the north, for this row alone."""
        return recruit(self.cast.north).id

    @cached_property
    def unconfirmed(self) -> UUID:
        """Somebody whom the coordinator brought in, and nobody has confirmed."""
        return invited(self.cast.coordinator, branch=self.cast.north).id

    @cached_property
    def asked(self) -> UUID:
        """What somebody of the team asks about their own data."""
        return ask_about_oneself(recruit(self.cast.north)).pk

    @cached_property
    def meeting(self) -> UUID:
        """That the deputy has met somebody."""
        return confirm(self.cast.deputy, invited(self.cast.coordinator, branch=self.cast.north))

    @cached_property
    def departure(self) -> UUID:
        """Somebody of the north has left, and the client waits for another volunteer."""
        leaver = recruit(self.cast.north)
        assign(self.cast.coordinator, self.client, leaver)
        return leaving.leave(by=self.cast.coordinator.actor(), person=leaver.id)

    @cached_property
    def may_know(self) -> WhoMayKnow:
        """Somebody whom the client lets be told."""
        from audit import door

        client = self.client
        with self.cast.volunteer.actor().transaction() as actor:
            keys = door.open_one(actor, client.pk, "may_know.add", "support")
            return may_know.let_know(
                by=actor,
                client=client,
                keys=keys,
                person="Claire",
                reach="",
                what="Visits",
                until=None,
            )

    @cached_property
    def branch(self) -> UUID:
        return self.cast.north

    @cached_property
    def unknown(self) -> UUID:
        return uuid4()

    @cached_property
    def duty(self) -> Duty:
        with self.cast.coordinator.actor().transaction():
            return Duty.objects.get(person_id=self.cast.colleague.id)

    @cached_property
    def version(self) -> PolicyVersion:
        with self.cast.president.actor().transaction():
            return PolicyVersion.objects.filter(adopted_on__isnull=False).first()

    @cached_property
    def disclosure(self) -> Disclosure:
        """A request of the volunteer that waits for a decision."""
        from audit import door
        from volunteers.references import new_reference

        with self.cast.volunteer.actor().transaction() as actor:
            made = Disclosure(
                client=self.client,
                branch_id=self.cast.north,
                reference=new_reference("D"),
                ground="law",
                consent="given",
                discussed_on=timezone.localdate(),
                requested_by_id=self.cast.volunteer.id,
            )
            made.save(force_insert=True)
            keys = door.open_about(actor, [made], "disclosure.edit", "support")[made.client_id]
            DisclosureWords.new(
                keys, client=self.client, disclosure=made, recipient="The court"
            ).save()
            Disclosure.objects.filter(pk=made.pk).update(state="asked", asked_at=timezone.now())
        return made

    @cached_property
    def emergency(self) -> Emergency:
        """A record that the colleague opened in an emergency."""
        from clients.emergencies import actions as emergencies

        reference = self.client.reference
        nothing_open(self.cast.colleague)
        with self.cast.colleague.actor().transaction() as actor:
            return emergencies.open_record(
                by=actor, branch=self.cast.north, reason="call", who=reference
            )  # type: ignore[return-value]

    @cached_property
    def out(self) -> LoneVisit:
        """The volunteer is out alone, and the coordinator watches."""
        from clients.visits import actions as visits

        until = timezone.now() + timedelta(hours=1)
        nothing_open(self.cast.volunteer)
        with self.cast.volunteer.actor().transaction() as actor:
            return visits.start(
                by=actor,
                branch=self.cast.north,
                buddy=self.cast.coordinator.id,
                until=until,
                where="4 rue Basse",
            )

    @cached_property
    def draft(self) -> Draft:
        """A draft of the volunteer."""
        from audit import door

        person = self.cast.volunteer.id
        with self.cast.volunteer.actor().transaction() as actor:
            keys = door.open_one(actor, person, "draft.save", "support")
            draft = Draft.new(keys, person_id=person, form="contact", client=self.client, values={})
            draft.save()
        return draft

    @cached_property
    def question(self) -> Draft:
        """What the volunteer has written of a question to a colleague."""
        from clients.contacts.actions import drafts

        values = {
            "key": str(uuid4()),
            "colleague": str(self.cast.colleague.id),
            "ground": "client",
            "question": "What now?",
            "days": "14",
        }
        client = self.client
        with self.cast.volunteer.actor().transaction() as actor:
            made = drafts.keep(by=actor, client=client.pk, values=values, form=drafts.CONSULT)
        assert made
        return made

    @cached_property
    def consultation(self) -> UUID:
        """A question of the volunteer to the colleague, that runs."""
        from tests.making.consultations import ask

        return ask(self.cast.volunteer, self.cast.colleague, self.client)

    @cached_property
    def talk(self) -> UUID:
        """The volunteer asked the deputy to listen."""
        from tests.making.consultations import listens
        from volunteers.actions import talks

        listens(self.cast.coordinator, self.cast.deputy)
        with self.cast.volunteer.actor().transaction() as actor:
            asked = talks.ask_to_talk(
                by=actor, responder=self.cast.deputy.id, how="phone", haste="week"
            )
        return asked.pk

    @cached_property
    def sealed(self) -> str:
        """A size of the log, after everything was sealed."""
        from tests.making.sealing import seal_all

        assert self.account
        seal_all()
        return "1"

    @cached_property
    def request(self) -> SubjectRequest:
        """A request of the client."""
        from audit import door

        with self.cast.coordinator.actor().transaction() as actor:
            made = SubjectRequest(
                client=self.client,
                branch_id=self.cast.north,
                kind="correction",
                due_on=timezone.localdate() + timedelta(days=30),
            )
            made.save(force_insert=True)
            keys = door.open_one(actor, self.client.pk, "request.view", "request")
            SubjectRequestWords.new(
                keys, client=self.client, request=made, asked="My number is 9."
            ).save()
        return made

    @cached_property
    def export(self) -> Export:
        """An export that the client asked for."""
        from audit.actor import Actor

        with Actor(mint("user", self.account, fresh=None)).transaction():
            made = Export(client=self.client, language="en")
            made.save(force_insert=True)
        return made

    @cached_property
    def hold(self) -> UUID:
        """A legal hold on the client's record."""
        return hold(self.cast.coordinator, self.client).pk

    @cached_property
    def copy(self) -> UUID:
        """A copy that the coordinator prepares for the client."""
        from rights.prepared import actions

        client = self.client
        data = {"reason": "asked", "way": "hand", "language": "en", "large": False}
        with self.cast.coordinator.actor().transaction() as actor:
            return actions.prepare(by=actor, client=client, data=data)

    @cached_property
    def erasure(self) -> UUID:
        """The deputy proposed that the record is deleted, because the client asked for it."""
        from tests.making import erasures

        erasures.asked(self.cast.deputy, self.client)
        return erasures.proposed(self.cast.deputy, self.client, "request")

    @cached_property
    def complaint(self) -> UUID:
        """A complaint of the client about the association."""
        return acts.complain(self.cast.coordinator, self.client, "association", None)

    @cached_property
    def conflict(self) -> UUID:
        """Somebody of the branch must not deal with the client."""
        return acts.conflict(self.cast.coordinator, self.cast.colleague, client=self.client)

    @cached_property
    def likeness(self) -> UUID:
        """Two records of the branch share a name."""
        from clients.records.actions.taking_in import alike

        assert new_client(self.cast.coordinator).pk != self.client.pk
        with self.cast.coordinator.actor().transaction():
            return alike(1)[0].id

    @cached_property
    def link(self) -> Link:
        """Somebody who belongs together with the client and has the same volunteer."""
        other = new_client(self.cast.coordinator)
        assign(self.cast.coordinator, other, self.cast.volunteer)
        client = self.client  # made first: transactions do not nest
        with self.cast.coordinator.actor().transaction() as actor:
            return conflicts.link(by=actor, first=client, second=other, tie="couple")

    @cached_property
    def reference(self) -> str:
        return self.client.reference

    @cached_property
    def deputy(self) -> UUID:
        return self.cast.deputy.id

    @cached_property
    def newcomer(self) -> UUID:
        return self.cast.newcomer.id
