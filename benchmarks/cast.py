"""The real side's people and the two measured records, made through the application's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from audit.actor import Actor
from benchmarks import words
from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import taking_in
from clients.records.actions.explanations import NewExplanation
from volunteers.actions import code, joining, meetings, signing_in
from volunteers.models import PolicyText, User
from volunteers.sessions import PRINCIPAL, SessionStore

BRANCHES = [words.number_id("branch", number) for number in range(5)]
# Who measures what: user name, duty, branch.
PEOPLE = [
    ("president", "president", None),
    ("coordinator", "coordinator", 0),
    ("volunteer", "volunteer", 0),  # the list of 40
    ("keeper", "volunteer", 0),  # the record pages
    ("some", "volunteer", 1),  # searches 400
    ("many", "volunteer", 2),  # searches 4 000
]
RECORD_SIZES = (10, 50)
PASSWORD = "only for measuring"  # noqa: S105 - of invented people


@dataclass(frozen=True)
class Someone:
    """A member of the cast."""

    id: UUID
    username: str
    duty: str
    branch: UUID | None

    def actor(self) -> Actor:
        """Somebody signed in, as a session would give it."""
        return Actor(signing_in.begin(User.objects.get(pk=self.id), PASSWORD))

    def cookie(self) -> str:
        """A real session, as the browser sends it."""
        user = User.objects.get(pk=self.id)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "volunteers.backends.AccountBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[PRINCIPAL] = signing_in.begin(user, PASSWORD)
        session.create()
        session.save()
        return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def build(superuser: psycopg.Connection) -> dict[str, Someone]:
    """Lay the association, let everybody join and sign the code; people by user name."""
    superuser.execute(
        "INSERT INTO volunteers_association (id, name, portal_name_en, portal_name_fr, quick_exit_url)"
        " VALUES (1, 'Les Mains', 'My space', 'Mon espace', 'https://example.org/')"
    )
    for number, branch in enumerate(BRANCHES):
        superuser.execute(
            "INSERT INTO volunteers_branch (id, code, name) VALUES (%s, %s, %s)",
            [branch, f"B{number}", f"Branch {number}"],
        )
    people = {}
    for username, duty, number in PEOPLE:
        branch = None if number is None else BRANCHES[number]
        people[username] = Someone(join(username, duty, branch), username, duty, branch)
    with people["president"].actor().transaction() as actor:
        texts = {"en": "Keep private what you hear.", "fr": "Gardez pour vous ce qui est dit."}
        version = code.draft_version(by=actor, texts=texts, material=True)
        code.adopt_version(by=actor, version=version.pk, on=words.TODAY, days_to_sign=0)
        text = PolicyText.objects.get(version=version, language="en").pk
    for person in people.values():
        with person.actor().transaction() as actor:
            code.sign_undertaking(by=actor, text=text)
    for username, person in people.items():
        by = people["coordinator" if username == "president" else "president"]
        with by.actor().transaction() as actor:
            meetings.confirm(by=actor, person=person.id, way="met")
    return people


def join(username: str, duty: str, branch: UUID | None) -> UUID:
    """Invite somebody by a command, and let them join."""
    actor = joining.command_actor(branch or uuid4(), "setup")
    _, invitation = joining.invite(by=actor, duty=duty, branch=branch, language="en")
    return joining.join(
        code=invitation,
        username=username,
        password=PASSWORD,
        working_name=username.title(),
        language="en",
    )


def record_of(size: int, keeper: Someone) -> Client:
    """A client with ``size`` contacts, taken in and explained to, as a volunteer does it."""
    number = 1_000_000_000 + size
    with keeper.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=keeper.branch or BRANCHES[0],
            language="fr",
            identity=words.identity(number),
            safe_contact=words.safe_contact(number),
            background=words.note(number),
            id=words.number_id("client", number),
        )
        client, _ = taking_in.take_in(by=actor, new=new)
        explained = NewExplanation(
            given=True,
            answer="yes",
            channel="phone",
            language="fr",
            happened_on=words.TODAY,
            where="on the telephone",
            words="That is fine.",
            agreed="yes",
        )
        for at in range(size):
            contacts.log_contact(
                by=actor,
                client=client,
                explanation=None if at else explained,
                new=contacts.NewContact(
                    **words.contact(at), id=words.number_id("contact", number * 100 + at)
                ),
            )
    return client
