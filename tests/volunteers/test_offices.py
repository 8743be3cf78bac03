"""Offices: what the board gives at the server, posts that nobody holds, accounts that were let in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError
from django.utils import timezone

from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from vault.principals import signin_transaction
from volunteers import offices
from volunteers.actions import branches, duties, signing_in
from volunteers.models import Duty, Person

TODAY = timezone.localdate()


def appoint(office: str, who: Someone, *more: str, on: str = "", minute: str = "PV 12/2026") -> str:
    """Run the command; what it says."""
    said = StringIO()
    day = on or TODAY.isoformat()
    options = ("--minuted-on", day, "--minute", minute, *more)
    call_command("office_appoint", office, who.username, *options, stdout=said)
    return said.getvalue()


def holders(cast: Cast, office: str) -> set[object]:
    """Who holds an office now."""
    with cast.coordinator.actor().transaction():
        return set(Duty.objects.live().filter(kind=office).values_list("person", flat=True))


@pytest.fixture(autouse=True)
def alone(cast: Cast, superuser: psycopg.Connection) -> Iterator[None]:
    """Nobody but this cast holds an office: other tests have people of their own, who get theirs back."""
    others = superuser.execute(
        "SELECT id, ends_at FROM volunteers_duty WHERE kind IN ('president', 'protection')"
        " AND (ends_at IS NULL OR ends_at > now()) AND person_id <> ALL (%s)",
        [[cast.president.id, cast.protection.id]],
    ).fetchall()

    def put(ends: dict[UUID, object]) -> None:
        superuser.execute("SET session_replication_role = replica")
        for duty, at in ends.items():
            superuser.execute("UPDATE volunteers_duty SET ends_at = %s WHERE id = %s", [at, duty])
        superuser.execute("SET session_replication_role = origin")

    put(dict.fromkeys((duty for duty, _ in others), timezone.now()))
    yield
    put(dict(others))


@pytest.fixture
def presidency(cast: Cast) -> Iterator[None]:
    """What the standing cast's president had, they get back in the same way."""
    yield
    if holders(cast, "president") != {cast.president.id}:
        appoint("president", cast.president, minute="PV back")


def name_of(cast: Cast, someone: Someone) -> str:
    """The working name."""
    with cast.coordinator.actor().transaction():
        return Person.objects.get(pk=someone.id).working_name


def test_the_board_appoints_where_nobody_inside_can(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, presidency: None
) -> None:
    heir, witness = recruit(cast.north), sign_in(cast.volunteer)
    former = name_of(cast, cast.president)
    assert "holds it no longer" in appoint("president", heir, minute="PV 7/2026, point 3")
    assert holders(cast, "president") == {heir.id}
    with cast.president.actor().transaction() as actor:
        assert not actor.holds("president")
    rows = superuser.execute(
        "SELECT action, actor_kind, subject FROM audit_event WHERE action IN ('duty.end', 'duty.appoint')"
        " AND actor_kind = 'command' ORDER BY at DESC LIMIT 2"
    ).fetchall()
    assert rows == [
        ("duty.appoint", "command", heir.id),
        ("duty.end", "command", cast.president.id),
    ]
    # Everybody sees it, with the minute and with who held the office, and the lead in the log.
    page = witness.get("/").content.decode()
    assert "Appointed by the board" in page and "PV 7/2026, point 3" in page
    assert name_of(cast, heir) in page and f"Before: {former}." in page
    for who in (cast.protection, cast.administrator, cast.south_coordinator, heir):
        assert "PV 7/2026" in sign_in(who).get("/").content.decode()
    # And no longer after a month.
    superuser.execute(
        "UPDATE volunteers_duty SET starts_at = starts_at - interval '31 days' WHERE person_id = %s AND kind = 'president'",
        [heir.id],
    )
    assert "PV 7/2026" not in witness.get("/").content.decode()


def test_a_duty_that_does_not_go_with_the_office_ends_only_when_that_is_said(
    cast: Cast, presidency: None
) -> None:
    branch_one = recruit(cast.north, "coordinator")
    with pytest.raises(CommandError, match="does not go with the office"):
        appoint("president", branch_one)
    assert holders(cast, "president") == {cast.president.id}  # nothing ended either
    appoint("president", branch_one, "--end-other-duties")
    with branch_one.actor().transaction() as actor:
        assert set(actor.duties) == {"president"}


@pytest.mark.parametrize(
    ("minuted", "minute"), [((TODAY + timedelta(days=1)).isoformat(), "PV"), ("", "  ")]
)
def test_no_office_without_a_minute(cast: Cast, minuted: str, minute: str) -> None:
    with pytest.raises(CommandError, match="refuses"):
        appoint("president", recruit(cast.north), on=minuted, minute=minute)
    assert holders(cast, "president") == {cast.president.id}


def test_only_somebody_at_the_server_gives_it_and_to_somebody_who_serves(
    cast: Cast, presidency: None
) -> None:
    heir = recruit(cast.north)
    for who in (cast.president, cast.administrator, heir):
        with pytest.raises(ProgrammingError), signin_transaction(who.actor().token) as cursor:
            cursor.execute(
                "SELECT sec.office_appoint(%s, 'president', %s, 'PV', true)",
                [heir.id, timezone.localdate()],
            )
    for office in ("coordinator", "volunteer", "administrator"):
        with pytest.raises(ProgrammingError):
            duties.appoint_by_minute(
                person=heir.id, office=office, minuted_on=TODAY, minute="PV", end_others=True
            )
    with pytest.raises(ProgrammingError):
        duties.appoint_by_minute(person=uuid4(), office="president", minuted_on=TODAY, minute="PV")
    with pytest.raises(CommandError, match="Nobody who serves"):
        call_command(
            "office_appoint",
            "president",
            "nobody-at-all",
            "--minuted-on",
            "2026-01-01",
            "--minute",
            "PV",
        )


# ---- Posts ----


def test_a_post_that_nobody_holds_is_on_the_pages_of_those_it_concerns(
    cast: Cast, sign_in: SignIn
) -> None:
    name = f"Vallée {uuid4().hex[:6]}"
    with cast.administrator.actor().transaction() as actor:
        branches.add_branch(by=actor, code=uuid4().hex[:8].upper(), name=name)
    post = f"Coordinator, {name}"
    for who in (cast.president, cast.protection, cast.administrator):
        page = sign_in(who).get("/").content.decode()
        assert "Nobody holds these posts." in page and post in page
    assert post not in sign_in(cast.volunteer).get("/").content.decode()  # not their branch


def test_without_a_lead_everybody_sees_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    ids = [
        row[0]
        for row in superuser.execute(
            "SELECT id FROM volunteers_duty WHERE kind = 'protection' AND (ends_at IS NULL OR ends_at > now())"
        )
    ]
    superuser.execute("UPDATE volunteers_duty SET ends_at = now() WHERE id = ANY(%s)", [ids])
    try:
        for who in (cast.president, cast.volunteer, cast.coordinator, cast.administrator):
            page = sign_in(who).get("/").content.decode()
            assert "Nobody holds these posts." in page and "Data-protection lead" in page
    finally:
        superuser.execute("UPDATE volunteers_duty SET ends_at = NULL WHERE id = ANY(%s)", [ids])
    assert "Nobody holds these posts." not in sign_in(cast.volunteer).get("/").content.decode()


@pytest.fixture
def south(cast: Cast, superuser: psycopg.Connection) -> Iterator[str]:
    """The name of the other branch, which no branch of another cast has."""
    rename = "UPDATE volunteers_branch SET name = %s WHERE id = %s"
    before = superuser.execute("SELECT name FROM volunteers_branch WHERE id = %s", [cast.south])
    (usual,) = before.fetchone()
    name = f"South {uuid4().hex[:6]}"
    superuser.execute(rename, [name, cast.south])
    yield name
    superuser.execute(rename, [usual, cast.south])


def test_who_stands_alone_is_said_to_the_president_and_to_the_branchs_coordinator(
    cast: Cast, south: str
) -> None:
    with cast.president.actor().transaction() as actor:
        found = offices.posts(actor).single
        assert "Data-protection lead" in found
    post = f"Coordinator, {south}"
    with cast.south_coordinator.actor().transaction() as actor:
        assert (post in offices.posts(actor).single) == (post in found)
        assert "Data-protection lead" not in offices.posts(actor).single
    with cast.volunteer.actor().transaction() as actor:
        assert offices.posts(actor).single == []


# ---- Accounts that were let in again ----


def test_president_and_lead_see_whose_account_was_let_in_again(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    someone = recruit(cast.north)
    name = name_of(cast, someone)
    with cast.coordinator.actor().transaction():
        reference = Person.objects.get(pk=someone.id).reference
    signing_in.recover(someone.username)
    for who in (cast.president, cast.protection):
        page = sign_in(who).get("/").content.decode()
        assert "Accounts let in again" in page and name in page and reference in page
    for who in (cast.administrator, cast.coordinator, cast.volunteer):
        assert "Accounts let in again" not in sign_in(who).get("/").content.decode()
    lead = sign_in(cast.protection)
    # In the log with whose account it was, found by that reference, and in unusual access.
    (row,) = lead.get(f"/log/?action=account.recover&about={reference}").context["rows"]
    assert (row["about"], row["what"]) == (reference, "Gave a new first password")
    rules = {rule["code"]: rule for rule in lead.get("/log/unusual/").context["rules"]}
    found = rules["let_in_again"]["rows"]
    assert reference in {row["about"] for row in found}
    url = next(row["url"] for row in found if row["about"] == reference)
    assert any(row["what"] == "Gave a new first password" for row in lead.get(url).context["rows"])


def test_a_wrong_code_and_a_new_second_proof_are_told_with_whose_account_it_is(
    cast: Cast, sign_in: SignIn
) -> None:
    from tests.making.signing_in import browser, with_codes
    from tests.making.signing_in import sign_in as type_password

    someone = recruit(cast.north)
    with cast.coordinator.actor().transaction():
        reference = Person.objects.get(pk=someone.id).reference
    with_codes(someone)
    at = browser()
    type_password(at, someone.username)
    at.post("/sign-in/code/", {"code": "WRONG"})
    lead = sign_in(cast.protection)
    about = lead.get(f"/log/?about={reference}&outcome=denied").context["rows"]
    assert [row["what"] for row in about] == ["Gave the security code"]
    by = {row["what"] for row in lead.get(f"/log/?by={reference}").context["rows"]}
    assert "Set up a security code" in by
