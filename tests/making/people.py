"""The standing cast, and people of a test's own. Made through the same acts as in life, with two shortcuts: the
association and its branches are laid by the superuser, and sign-ins are minted directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg

from audit.actor import Actor
from tests.making.principals import mint
from volunteers.actions import code, joining, meetings, speaking
from volunteers.models import PolicyText

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Someone:
    """A member of the cast."""

    id: UUID
    username: str
    branch: UUID | None

    @property
    def working_name(self) -> str:
        """The name that colleagues and clients know."""
        return working_name(self.username)

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


_others: dict[str, Cast] = {}


def build(superuser: psycopg.Connection) -> Cast:
    """Lay the association, let everybody join, adopt the code, and let all but one sign it."""
    superuser.execute(
        "INSERT INTO volunteers_association (id, name, portal_name_en, portal_name_fr, quick_exit_url)"
        " VALUES (1, 'Les Mains', 'My space', 'Mon carnet', 'https://example.org/')"
    )
    cast = gather(superuser)
    with cast.president.actor().transaction() as actor:
        texts = {
            "en": "Keep private what you hear.",
            "fr": "Gardez pour vous ce que vous entendez.",
        }
        version = code.draft_version(by=actor, texts=texts, material=True)
        code.adopt_version(by=actor, version=version.pk, on=date(2016, 2, 19), days_to_sign=0)
        speaking.publish_notice(by=actor)
    sign(cast)
    return cast


def build_another(superuser: psycopg.Connection, suffix: str) -> Cast:
    """A second cast in branches of its own, for tests that look at lists which others fill; the same for the same suffix."""
    if suffix not in _others:
        _others[suffix] = gather(superuser, suffix)
        sign(_others[suffix])
    return _others[suffix]


def gather(superuser: psycopg.Connection, suffix: str = "") -> Cast:
    """Two branches and everybody who serves in them."""
    branches = {"north": uuid4(), "south": uuid4()}
    for name, branch in branches.items():
        superuser.execute(
            "INSERT INTO volunteers_branch (id, code, name) VALUES (%s, %s, %s)",
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


def working_name(username: str) -> str:
    """The working name with which somebody of this user name joins."""
    return username.replace("_", " ").title()


def join(username: str, duty: str, branch: UUID | None) -> Someone:
    """Invite somebody by a command, and let them join."""
    actor = joining.command_actor(branch or uuid4(), "setup")
    _, invitation = joining.invite(by=actor, duty=duty, branch=branch, language="en")
    user = joining.join(
        code=invitation,
        username=username,
        password=PASSWORD,
        working_name=working_name(username),
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
