"""A standing cast of named people. Made through the same acts as in life, with two shortcuts: the
association and its branches are laid by the superuser, and sign-ins are minted directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.utils import timezone

from audit.actor import Actor
from clients.contacts.actions import contacts
from clients.emergencies import actions as emergencies
from clients.models import Client, Emergency, Grant, LoneVisit
from clients.records.actions import portal_access, taking_in
from clients.records.actions.explanations import NewExplanation
from clients.visits import actions as visits
from clients.who_may_know.actions import grants
from tests.making.principals import mint
from volunteers.actions import code, joining, meetings
from volunteers.models import PolicyText

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Someone:
    """A member of the cast."""

    id: UUID
    username: str
    branch: UUID | None

    def actor(self, *, fresh: bool = True) -> Actor:
        """This person signed in, as a session would give it."""
        return Actor(mint("user", self.id, fresh=timedelta(hours=0 if fresh else 2)))


@dataclass(frozen=True)
class Cast:
    """Two branches and their people; ``newcomer`` has not signed the code."""

    north: UUID
    south: UUID
    president: Someone
    protection: Someone
    administrator: Someone
    coordinator: Someone
    deputy: Someone
    volunteer: Someone
    colleague: Someone
    newcomer: Someone
    outsider: Someone
    south_coordinator: Someone


PEOPLE = [
    ("president", "president", None),
    ("protection", "protection", None),
    ("administrator", "administrator", None),
    ("coordinator", "coordinator", "north"),
    ("deputy", "coordinator", "north"),
    ("volunteer", "volunteer", "north"),
    ("colleague", "volunteer", "north"),
    ("newcomer", "volunteer", "north"),
    ("outsider", "volunteer", "south"),
    ("south_coordinator", "coordinator", "south"),
]


def build(superuser: psycopg.Connection) -> Cast:
    """Lay the association, let everybody join, adopt the code, and let all but one sign it."""
    superuser.execute(
        "INSERT INTO volunteers_association VALUES (1, 'Les Mains', 'My space', 'https://example.org/')"
    )
    cast = gather(superuser)
    with cast.president.actor().transaction() as actor:
        texts = {
            "en": "Keep private what you hear.",
            "fr": "Gardez pour vous ce que vous entendez.",
        }
        version = code.draft_version(by=actor, texts=texts, material=True)
        code.adopt_version(by=actor, version=version.pk, on=date(2016, 2, 19))
    sign(cast)
    return cast


def build_another(superuser: psycopg.Connection, suffix: str) -> Cast:
    """A second cast in branches of its own, for tests that look at lists which others fill."""
    cast = gather(superuser, suffix)
    sign(cast)
    return cast


def gather(superuser: psycopg.Connection, suffix: str = "") -> Cast:
    """Two branches and everybody who serves in them."""
    branches = {"north": uuid4(), "south": uuid4()}
    for name, branch in branches.items():
        superuser.execute(
            "INSERT INTO volunteers_branch (id, code, name, reach) VALUES (%s, %s, %s, '')",
            [branch, f"{name}{suffix}".upper(), name.title()],
        )
    people = {
        name: join(f"{name}{suffix}", duty, branches.get(branch or ""))
        for name, duty, branch in PEOPLE
    }
    return Cast(**branches, **people)


def sign(cast: Cast) -> None:
    """Everybody but the newcomer signs the code that binds; the lead and the president confirm everybody."""
    with cast.president.actor().transaction():
        bound = PolicyText.objects.filter(language="en", version__adopted_on__isnull=False)
        text = bound.latest("version__number").pk
    for name, _, _ in PEOPLE:
        if name != "newcomer":
            with getattr(cast, name).actor().transaction() as actor:
                code.sign_undertaking(by=actor, text=text)
    confirm(cast.president, cast.protection)
    for name, _, _ in PEOPLE:
        if name != "protection":
            confirm(cast.protection, getattr(cast, name))


def confirm(by: Someone, person: Someone, way: str = "met") -> UUID:
    """Somebody who holds an office has met somebody."""
    with by.actor().transaction() as actor:
        return meetings.confirm(by=actor, person=person.id, way=way)


def join(username: str, duty: str, branch: UUID | None) -> Someone:
    """Invite somebody by a command, and let them join."""
    actor = joining.command_actor(branch or uuid4(), "setup")
    _, invitation = joining.invite(by=actor, duty=duty, branch=branch, language="en")
    user = joining.join(
        code=invitation,
        username=username,
        password=PASSWORD,
        working_name=username.replace("_", " ").title(),
        language="en",
    )
    return Someone(user, username, branch)


def invited(
    by: Someone, duty: str = "volunteer", branch: UUID | None = None, again: UUID | None = None
) -> Someone:
    """Somebody whom a person lets in, who has signed; nobody has confirmed them."""
    _, code_word = joining.invite(
        by=by.actor(), duty=duty, branch=branch, language="en", again=again
    )
    name = f"invited-{uuid4().hex[:8]}"
    someone = Someone(use_code(code_word, name), name, branch)
    with someone.actor().transaction() as actor:
        bound = PolicyText.objects.filter(language="en", version__adopted_on__isnull=False)
        code.sign_undertaking(by=actor, text=bound.latest("version__number").pk)
    return someone


def use_code(code_word: str, name: str) -> UUID:
    """Join with the code of an invitation."""
    return joining.join(
        code=code_word, username=name, password=PASSWORD, working_name=name.title(), language="en"
    )


def recruit(branch: UUID, duty: str = "volunteer") -> Someone:
    """Somebody new who serves in a branch and has signed, for one test alone."""
    someone = join(f"recruit-{uuid4().hex[:8]}", duty, branch)
    with someone.actor().transaction() as actor:
        bound = PolicyText.objects.filter(language="en", version__adopted_on__isnull=False)
        code.sign_undertaking(by=actor, text=bound.latest("version__number").pk)
    return someone


def new_client(by: Someone, given_name: str = "Odile", family_name: str = "Quercy") -> Client:
    """A client taken in by somebody, with the policy explained and one contact."""
    with by.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=by.branch or uuid4(),
            language="fr",
            identity={"given_name": given_name, "family_name": family_name},
            safe_contact={"phone": "06 39 98 11 22"},
            background="Lives alone near the old mill.",
        )
        client, _ = taking_in.take_in(by=actor, new=new)
        contacts.log_contact(
            by=actor,
            client=client,
            explanation=EXPLAINED,
            new=contacts.NewContact("phone", date(2026, 1, 5), text="Sleeps badly since Tuesday."),
        )
    return client


def assign(by: Someone, client: Client, person: Someone, **kwargs: object) -> object:
    """An assignment by a coordinator."""
    with by.actor().transaction() as actor:
        return grants.assign(by=actor, client=client, person=person.id, **kwargs)


def let_read(by: Someone, client: Client, coordinator: Someone, **kwargs: Any) -> Grant:
    """A coordinator lets another one read the notes for a week."""
    kwargs = {"reason": "standing_in", "until": timezone.now() + timedelta(days=7), **kwargs}
    with by.actor().transaction() as actor:
        return grants.let_read(by=actor, client=client, person=coordinator.id, **kwargs)


_confirmers: dict[UUID, Someone] = {}


def _sees(who: Someone, client: Client) -> bool:
    """Whether somebody still has the record: other tests end duties."""
    with who.actor().transaction():
        return Client.objects.filter(pk=client.pk).exists()


def confirm_portal(client: Client) -> None:
    """Another coordinator of the branch has spoken to the client: the newest access is theirs."""
    if client.branch_id not in _confirmers or not _sees(_confirmers[client.branch_id], client):
        _confirmers[client.branch_id] = recruit(client.branch_id, "coordinator")
    with _confirmers[client.branch_id].actor().transaction() as actor:
        access = client.portal_accesses.filter(ended_at=None).latest("opened_at")
        portal_access.confirm(by=actor, access=access, spoken_on=timezone.localdate(), theirs=True)


def nothing_open(*people: Someone) -> None:
    """Nobody of these has a record open in an emergency, or is out alone, from another test."""
    for someone in people:
        with someone.actor().transaction() as actor:
            for emergency in Emergency.objects.live().filter(person_id=actor.person):
                emergencies.end(by=actor, emergency=emergency)
            for out in LoneVisit.objects.out().filter(person_id=actor.person):
                visits.safe(by=actor, visit=out)


EXPLAINED = NewExplanation(
    given=True,
    answer="yes",
    channel="phone",
    language="fr",
    happened_on=date(2026, 1, 5),
    where="on the telephone",
    words="That is fine.",
)
