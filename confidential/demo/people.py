"""The people of the demonstration: the association, its branches, who serves, the code and signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from audit import door
from audit.actor import Actor
from confidential.demo.data import Data, Row, days_ago
from rights.retention import actions as keeping
from rights.retention import reading, schedule
from volunteers.actions import (
    accounts,
    branches,
    code,
    founding,
    joining,
    meetings,
    signing_in,
    speaking,
)
from volunteers.models import Branch, PersonDetails, PolicyText, User

IN_EACH = ("hours", "about")
PASSWORD = "le bleu du matin 46"  # noqa: S105 - the demonstration's, printed on the terminal
CODES = Path(code.__file__).resolve().parent.parent / "policy"


@dataclass
class People:
    """Ids by user name and by branch code; each person as signed in."""

    branches: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, user_name: str) -> Actor:
        """This person as just after signing in."""
        if user_name not in self._tokens:
            user = User.objects.get(username=user_name)
            self._tokens[user_name] = signing_in.begin(user, PASSWORD)
        return Actor(self._tokens[user_name])

    def sign_out(self) -> None:
        """End every session of the loading."""
        for token in self._tokens.values():
            signing_in.sign_out(token)
        self._tokens.clear()


def load(data: Data) -> People:
    """Found the association, let everybody join, adopt the code; all but the newcomer sign it."""
    association = {name: data.association[name] for name in ("name", "quick_exit_url")}
    named = {branch["code"]: branch["name"] for branch in data.branches}
    names = data.association["portal_name"]
    founded = founding.found(**association, portal_names=names, branches=named)
    people = People(branches=founded)
    for person in data.people:
        people.ids[person["user_name"]] = _join(person, people)
    _adopt(data, people)
    _confirm(data, people)
    _write_details(data, people)
    _speak(data, people)
    _decide_how_long(data, people)
    return people


def _speak(data: Data, people: People) -> None:
    """The administrator says how branches are reached, the president the rest; the notice is published."""
    with people.actor(data.of_duty("administrator")[0]).transaction() as actor:
        for row in data.branches:
            values = {name: row[name] for name in ("phone", "address")} | in_each("hours", row)
            branch = Branch.objects.get(pk=people.branches[row["code"]])
            branches.change_branch(by=actor, branch=branch, values=values)
    said = data.association["says"]
    values = {name: said[name] for name in said if name not in IN_EACH}
    for name in IN_EACH:
        values |= in_each(name, said)
    with people.actor(data.of_duty("president")[0]).transaction() as actor:
        speaking.change_association(by=actor, values=values)
        speaking.publish_notice(by=actor)


def _decide_how_long(data: Data, people: People) -> None:
    """The president adopts how long what is kept, as the program proposes it."""
    with people.actor(data.of_duty("president")[0]).transaction() as actor:
        keeping.draft_schedule(by=actor, periods=schedule.proposal())
        draft = reading.draft()
        if draft is not None:
            keeping.adopt_schedule(by=actor, schedule=draft)


def in_each(name: str, row: Row) -> dict[str, str]:
    """A text by language as the columns of each language."""
    return {f"{name}_{language}": text for language, text in row[name].items()}


def _join(person: Row, people: People) -> UUID:
    branch = people.branches.get(person.get("branch", ""))
    actor = joining.command_actor(branch or uuid4(), "setup")
    _, invitation = joining.invite(
        by=actor, duty=person["duty"], branch=branch, language=person["language"]
    )
    joining.end_command(actor)
    return joining.join(
        code=invitation,
        username=person["user_name"],
        password=PASSWORD,
        working_name=person["working_name"],
        language=person["language"],
    )


def _adopt(data: Data, people: People) -> None:
    texts = {lang: (CODES / f"code.{lang}.txt").read_text("utf-8") for lang in ("en", "fr")}
    with people.actor(data.of_duty("president")[0]).transaction() as actor:
        version = code.draft_version(by=actor, texts=texts, material=True)
        adopted = days_ago(data.association["policy_adopted_days_ago"])
        code.adopt_version(by=actor, version=version.pk, on=adopted, days_to_sign=0)
        in_language = dict(PolicyText.objects.filter(version=version).values_list("language", "pk"))
    for person in data.people:
        if "signed_days_ago" in person:
            with people.actor(person["user_name"]).transaction() as actor:
                code.sign_undertaking(by=actor, text=in_language[person["language"]])


def _confirm(data: Data, people: People) -> None:
    """The president has met everybody, and the data-protection lead the president."""
    president, lead = data.of_duty("president")[0], data.of_duty("protection")[0]
    for person in data.people:
        name = person["user_name"]
        with people.actor(lead if name == president else president).transaction() as actor:
            meetings.confirm(by=actor, person=people.ids[name], way="met")


def _write_details(data: Data, people: People) -> None:
    """Everybody writes down their own full name and telephone."""
    for person in data.people:
        with people.actor(person["user_name"]).transaction() as actor:
            me = people.ids[person["user_name"]]
            keys = door.open_one(actor, me, "person.view", "own_record")
            details = PersonDetails.new(
                keys,
                person_id=me,
            )
            values = {"full_name": person["full_name"], "phone": person["phone"]}
            accounts.save_details(by=actor, details=details, values=values)
