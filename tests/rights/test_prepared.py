"""Copies that the team prepares: two people, what is about others struck out, every step in the client's log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client as Browser

from clients.complaints import actions as complaints
from clients.models import Client, Contact
from rights.models import PreparedCopy
from tests.making import acts, disclosures
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.copies import begun, open_notes, sent, state_of, strike, taken, text_of
from tests.making.exports import pages
from tests.making.people import Cast, Someone, build_another, invited, recruit
from tests.making.restrictions import restrict
from tests.making.schemas import SCHEMA, disagreeing
from tests.making.servers import work
from tests.making.spaces import open_portal

SignIn = Callable[..., Browser]
HEARD = "Her neighbour Rosalind Thorne brings the bread, says rosalind thorne."
SECRET = "Her brother drinks, and nobody may know."

pytestmark = pytest.mark.usefixtures("long_lists")


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with a contact about other people."""
    made = new_client(cast.volunteer)
    log_contact(cast.volunteer, made, HEARD, date(2026, 2, 1))
    log_contact(cast.volunteer, made, SECRET, date(2026, 2, 2))
    return made


def log_of(client: Client, superuser: psycopg.Connection) -> list[str]:
    rows = superuser.execute(
        "SELECT action FROM audit_event WHERE subject = %s AND action LIKE 'copy.%%' ORDER BY at",
        [client.pk],
    )
    return [action for (action,) in rows]


def test_prepared_by_one_released_by_another_and_handed_over(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client, happened_on=date(2026, 2, 2))
    preparing, releasing = sign_in(cast.coordinator), sign_in(cast.deputy)
    copy = sent(preparing, client, contact=contact.pk, others="Rosalind Thorne")
    shown = releasing.get(f"/copies/{copy}/").content.decode()
    assert "Release the copy" in shown and "1 passage" in shown
    assert "Rosalind" not in shown and "drinks" not in shown
    assert str(copy) in releasing.get("/").content.decode()
    assert releasing.post(f"/copies/{copy}/release/").status_code == 302
    worked = work()
    archive = taken(preparing, copy)
    assert archive.testzip() is None, worked.stderr
    data = json.loads(archive.read("record.json"))
    assert disagreeing(data, SCHEMA) == []
    said = text_of(archive)
    assert "osalind" not in said and "drinks" not in said
    assert said.count("[struck out]") >= 2
    assert {(one["what"], one["reason"], one["times"]) for one in data["left_out"]} == {
        ("contact", "others", 1),
        ("passage", "others", 1),
    }
    assert "Sleeps badly since Tuesday." in said
    steps = [
        "copy.prepare",
        "copy.form",
        "copy.write",
        "copy.send",
        "copy.view",
        "copy.release",
        "copy.take",
    ]
    assert [step for step in log_of(client, superuser) if step in steps][-1] == "copy.take"
    assert set(log_of(client, superuser)) >= {
        "copy.prepare",
        "copy.send",
        "copy.release",
        "copy.take",
    }
    for _ in range(2):
        taken(preparing, copy)
    assert preparing.post(f"/copies/{copy}/file/").status_code == 302  # three times, and no more


def test_large_print_is_larger(cast: Cast, client: Client, sign_in: SignIn) -> None:
    preparing = sign_in(cast.coordinator)
    open_notes(preparing, client)
    found = {}
    for large in ("", "on"):
        copy = begun(preparing, client, **({"large": large} if large else {}))
        assert strike(preparing, copy).status_code == 302
        assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
        work()
        printed = taken(preparing, copy).read("record.pdf")
        found[large] = len(re.findall(rb"/Type\s*/Page\b", printed)) or len(printed)
    assert found["on"] > found[""]


def test_nobody_releases_what_they_prepared(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    browser = sign_in(cast.coordinator)
    copy = sent(browser, client)
    assert "Release the copy" not in browser.get(f"/copies/{copy}/").content.decode()
    assert browser.post(f"/copies/{copy}/release/").status_code == 403
    for statement, values in (
        ("SELECT sec.release_copy(%s, %s)", [copy, uuid4()]),
        ("UPDATE rights_preparedcopy SET state = 'released' WHERE id = %s", [copy]),
        (
            "INSERT INTO rights_export (id, client_id, prepared_id, state, progress, language, taken)"
            " VALUES (%s, %s, %s, 'queued', 0, 'en', 0)",
            [uuid4(), client.pk, copy],
        ),
        ("SELECT sec.send_copy(%s, now(), 0)", [copy]),
    ):
        with pytest.raises(DatabaseError), cast.coordinator.actor().transaction():
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
    assert state_of(copy, superuser) == "sent"


def test_whom_somebody_let_in_releases_nothing_of_theirs(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    friend = invited(cast.coordinator, branch=cast.north)
    superuser.execute(
        "INSERT INTO volunteers_duty (id, person_id, kind, branch_id, starts_at)"
        " VALUES (gen_random_uuid(), %s, 'coordinator', %s, now())",
        [friend.id, cast.north],
    )
    copy = sent(sign_in(cast.coordinator), client)
    browser = sign_in(friend)
    assert browser.get(f"/copies/{copy}/").status_code == 200
    assert browser.post(f"/copies/{copy}/release/").status_code == 403


def test_the_lead_releases_where_there_is_one_coordinator_and_reads_nothing(
    superuser: psycopg.Connection, sign_in: SignIn
) -> None:
    cast = build_another(superuser, "copied")
    client = new_client(cast.outsider)  # in the south, which has one coordinator
    copy = sent(sign_in(cast.south_coordinator), client)
    lead = sign_in(cast.protection)
    shown = lead.get(f"/copies/{copy}/").content.decode()
    assert "Release the copy" in shown and client.reference in shown
    assert "Sleeps badly" not in shown and "Odile" not in shown
    assert lead.get(f"/copies/{copy}/strike/").status_code in (302, 403)
    assert lead.post(f"/copies/{copy}/release/").status_code == 302
    work()
    assert lead.post(f"/copies/{copy}/file/").status_code == 403
    assert "record.pdf" in taken(sign_in(cast.south_coordinator), copy).namelist()


def test_where_there_is_another_coordinator_the_lead_sees_none(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    lead = sign_in(cast.protection)
    assert lead.get(f"/copies/{copy}/").status_code == 404
    assert lead.post(f"/copies/{copy}/release/").status_code == 404


def test_whom_a_complaint_names_neither_prepares_nor_releases(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    named = recruit(cast.north, "coordinator")
    copy = sent(sign_in(cast.coordinator), client)
    acts.complain(cast.coordinator, client, "coordinator", named)
    browser = sign_in(named)
    # What is shown is what anybody is shown who coordinates: it does not tell of a complaint.
    other = sign_in(cast.deputy)
    for path in (f"/copies/{copy}/", f"/clients/{client.pk}/copies/"):
        theirs, others = (one.get(path) for one in (browser, other))
        assert (theirs.status_code, others.status_code) == (200, 200)
        offered = [
            re.findall(r'action="([^"]*)"', one.content.decode()) for one in (theirs, others)
        ]
        assert offered[0] == offered[1]
    assert browser.get(f"/clients/{client.pk}/copies/new/").status_code == 200
    said = browser.post(f"/copies/{copy}/release/", follow=True).content.decode()
    assert "not possible now" in said and state_of(copy, superuser) == "sent"
    data = {"reason": "asked", "way": "hand", "language": "en"}
    said = browser.post(f"/clients/{client.pk}/copies/new/", data).content.decode()
    assert "not possible now" in said
    assert other.post(f"/copies/{copy}/release/").status_code == 302
    work()
    said = browser.post(f"/copies/{copy}/file/", follow=True).content.decode()
    assert "not possible now" in said
    with pytest.raises(DatabaseError, match="permission denied"):
        acts.call(named, "may_prepare_copy(%s::uuid)", client.pk)


def test_another_branch_and_a_volunteer_find_none(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    for someone in (cast.south_coordinator, cast.volunteer, cast.outsider):
        browser = sign_in(someone)
        assert browser.get(f"/copies/{copy}/").status_code == 404
        assert browser.post(f"/copies/{copy}/release/").status_code == 404
        assert browser.post(f"/copies/{copy}/file/").status_code in (403, 404)


def test_what_was_written_since_is_looked_at_first(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    log_contact(cast.volunteer, client, "Her sister Maud rang.", date(2026, 2, 3))
    answer = sign_in(cast.deputy).post(f"/copies/{copy}/release/", follow=True)
    assert "has changed since" in answer.content.decode()
    assert state_of(copy, superuser) == "sent"


def test_a_restricted_record_is_copied_all_the_same(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    restrict(cast.coordinator, client)
    preparing = sign_in(cast.coordinator)
    copy = sent(preparing, client)
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    work()
    assert "Rosalind" in text_of(taken(preparing, copy))


@pytest.mark.parametrize(("why", "given"), [("harm", True), ("forbidden", False)])
def test_harm_alone_keeps_nothing_back(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, why: str, given: bool
) -> None:
    made = disclosures.released(cast).disclosure
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE disclosures_disclosure SET consent = 'refused', untold = %s, look_again_on = '2027-01-01' WHERE id = %s",
        [why, made.pk],
    )
    superuser.execute("RESET session_replication_role")
    preparing = sign_in(cast.coordinator)
    copy = sent(preparing, made.client)
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    work()
    data = json.loads(taken(preparing, copy).read("record.json"))
    assert [one["reference"] for one in data["disclosures"]] == ([made.reference] if given else [])


def test_given_up_and_refused_are_over(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    preparing, releasing = sign_in(cast.coordinator), sign_in(cast.deputy)
    refused, given_up = sent(preparing, client), sent(preparing, client)
    assert releasing.post(f"/copies/{refused}/end/").status_code == 302
    assert preparing.post(f"/copies/{given_up}/end/").status_code == 302
    assert (state_of(refused, superuser), state_of(given_up, superuser)) == ("refused", "ended")
    for copy in (refused, given_up):
        releasing.post(f"/copies/{copy}/release/")
        assert state_of(copy, superuser) in ("refused", "ended")


def test_the_client_never_reads_what_was_struck_out(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client, others="Rosalind Thorne")
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    work()
    user, _ = open_portal(cast.volunteer, client)
    with Someone(user, "", None).actor().transaction():
        assert PreparedCopy.objects.filter(pk=copy).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rights_leftout")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM rights_export WHERE prepared_id IS NOT NULL")
            assert cursor.fetchone() == (0,)


def test_complaints_do_not_go_through_the_hands_of_coordinators(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    for kind in ("coordinator", "association"):
        with cast.volunteer.actor().transaction() as actor:
            new = complaints.NewComplaint(kind, "She shouted at me.")
            complaints.complain(by=actor, client=client.pk, new=new)
    preparing = sign_in(cast.coordinator)
    copy = sent(preparing, client)
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    work()
    archive = taken(preparing, copy)
    data = json.loads(archive.read("record.json"))
    assert data["handed_over"] and data["complaints"] == []
    assert disagreeing(data, SCHEMA) == []
    assert "access-log.json" not in archive.namelist()
    assert "She shouted" not in text_of(archive)
    assert "omplaint" not in archive.read("access-log.csv").decode()
    assert "Your complaints and what concerns them" in " ".join(pages(archive).split())
