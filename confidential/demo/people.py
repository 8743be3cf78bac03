"""The people of the demonstration: the association, its branches, who serves, the code and signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from django.utils import timezone

from audit.visit import Visit
from confidential.demo.data import Data, Row, days_ago
from vault.models import Principal
from vault.principals import hash_of, new_token
from volunteers.actions import code, joining
from volunteers.models import PolicyText

PASSWORD = "le bleu du matin 46"  # noqa: S105 - the demonstration's, printed on the terminal
CODES = Path(code.__file__).resolve().parent.parent / "policy"


@dataclass
class People:
    """Ids by user name and by branch code; a signed-in visit of each person."""

    branches: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def visit(self, user_name: str) -> Visit:
        """A visit as this person would have it just after signing in."""
        if user_name not in self._tokens:
            token = new_token()
            Principal.objects.create(
                hash=hash_of(token),
                kind="user",
                subject=self.ids[user_name],
                expires_at=timezone.now() + timedelta(minutes=10),
                fresh_at=timezone.now(),
            )
            self._tokens[user_name] = token
        return Visit(self._tokens[user_name])

    def sign_out(self) -> None:
        """End all visits of the loading."""
        hashes = [hash_of(token) for token in self._tokens.values()]
        Principal.objects.filter(hash__in=hashes).delete()
        self._tokens.clear()


def load(data: Data, superuser: psycopg.Connection) -> People:
    """Found the association, let everybody join, adopt the code; all but the newcomer sign it."""
    people = People(branches=_found(data, superuser))
    for person in data.people:
        people.ids[person["user_name"]] = _join(person, people)
    _adopt(data, people)
    return people


def _found(data: Data, superuser: psycopg.Connection) -> dict[str, UUID]:
    superuser.execute(
        "INSERT INTO volunteers_association (id, name, portal_name, quick_exit_url) VALUES (1, %s, %s, %s)",
        [data.association[name] for name in ("name", "portal_name", "quick_exit_url")],
    )
    branches = {branch["code"]: uuid4() for branch in data.branches}
    for branch in data.branches:
        superuser.execute(
            "INSERT INTO volunteers_branch (id, code, name, reach) VALUES (%s, %s, %s, %s)",
            [branches[branch["code"]], branch["code"], branch["name"], reach(branch)],
        )
    return branches


def reach(branch: Row) -> str:
    """How clients reach a branch, in one line."""
    return f"{branch['phone']} · {branch['address']} · {branch['hours']['fr']}"


def _join(person: Row, people: People) -> UUID:
    branch = people.branches.get(person.get("branch", ""))
    visit = joining.command_visit(branch or uuid4(), "setup")
    _, invitation = joining.invite(
        by=visit, duty=person["duty"], branch=branch, language=person["language"]
    )
    return joining.join(
        code=invitation,
        username=person["user_name"],
        password=PASSWORD,
        working_name=person["working_name"],
        language=person["language"],
    )


def _adopt(data: Data, people: People) -> None:
    texts = {lang: (CODES / f"code.{lang}.txt").read_text("utf-8") for lang in ("en", "fr")}
    with people.visit(data.of_duty("president")[0]).transaction() as visit:
        version = code.draft_version(by=visit, texts=texts, material=True)
        adopted = days_ago(data.association["policy_adopted_days_ago"])
        code.adopt_version(by=visit, version=version.pk, on=adopted)
        in_language = dict(PolicyText.objects.filter(version=version).values_list("language", "pk"))
    for person in data.people:
        if "signed_days_ago" in person:
            with people.visit(person["user_name"]).transaction() as visit:
                code.sign_undertaking(by=visit, text=in_language[person["language"]])
