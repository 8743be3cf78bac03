"""What is over is computed from what is true now: each change is seen at once, in each list, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import changes
from rights.retention import reading
from tests.making import acts, erasures, messages
from tests.making import requests as asking
from tests.making.clients import new_client, unexplained
from tests.making.directives import dies, lives
from tests.making.disclosures import drafted, released
from tests.making.emergencies import opened
from tests.making.events import events
from tests.making.heirs import heir
from tests.making.keeping import adopt, hold, keep_longer, listed, release, time_of
from tests.making.misplaced import move
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import lift, restrict
from tests.making.spaces import account_of, open_space
from vault.exceptions import Refused

FIRST = date(2026, 1, 5)  # the contact that each new client has
OVER = date(2028, 1, 5)
LATER = date(2028, 2, 1)
FAR = date(2040, 1, 1)
End = Callable[[], object]


@pytest.fixture(scope="module", autouse=True)
def schedule(cast: Cast) -> None:
    adopt(cast)


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


def speak(by: Someone, client: Client, day: date, *, reached: bool = True) -> UUID:
    new = contacts.NewContact("phone", day, reached=reached, text="So.")
    with by.actor().transaction() as actor:
        contacts.log_contact(by=actor, client=client, new=new)
    return new.id


def change(by: Someone, client: Client, state: str, since: date) -> None:
    with by.actor().transaction() as actor:
        found = Client.objects.get(pk=client.pk)
        assert changes.change_state(by=actor, client=found, state=state, since=since)


def kept_by(client: Client, on: date = FAR) -> list[str]:
    found = time_of(client.pk, on)
    assert found
    return found[3]


def test_the_time_runs_from_the_last_contact_in_which_the_person_took_part(helen: Someone) -> None:
    client = new_client(helen)
    assert time_of(client.pk, LATER) == ("silent", FIRST, OVER, [])
    speak(helen, client, date(2026, 3, 1), reached=False)
    assert time_of(client.pk, LATER) == ("silent", FIRST, OVER, [])
    speak(helen, client, date(2026, 2, 3))
    assert time_of(client.pk, LATER) == ("silent", date(2026, 2, 3), date(2028, 2, 3), None)


def test_a_contact_on_the_wrong_record_counts_where_it_belongs(helen: Someone) -> None:
    wrong, right = new_client(helen), new_client(helen)
    spoken = speak(helen, wrong, date(2026, 2, 3))
    move(helen, spoken, right)
    assert time_of(wrong.pk, LATER) == ("silent", FIRST, OVER, [])
    assert time_of(right.pk, LATER) == ("silent", date(2026, 2, 3), date(2028, 2, 3), None)


def test_closing_and_opening_again(helen: Someone) -> None:
    client = new_client(helen)
    change(helen, client, "closed", date(2026, 10, 1))
    assert time_of(client.pk, LATER) == ("closed", FIRST, OVER, [])
    change(helen, client, "open", date(2026, 11, 1))
    found = time_of(client.pk, LATER)
    assert found and found[:2] == ("silent", timezone.localdate())
    change(helen, client, "closed", date(2026, 11, 2))
    assert time_of(client.pk, LATER) == ("closed", FIRST, OVER, [])


def test_a_death_and_its_undoing(helen: Someone) -> None:
    client, today = new_client(helen), timezone.localdate()
    dies(helen, client)
    found = time_of(client.pk, FAR)
    assert found and (found[0], found[1], found[3]) == ("died", today, [])
    lives(helen, client)
    found = time_of(client.pk, FAR)
    assert found and found[:2] == ("silent", today)


def test_somebody_never_reached_is_over_earlier_and_the_first_contact_changes_it(
    helen: Someone,
) -> None:
    client, today = unexplained(helen), timezone.localdate()
    found = time_of(client.pk, FAR)
    assert found and found[:2] == ("untouched", today) and found[2] < today + timedelta(days=190)
    new = contacts.NewContact("phone", today, urgent=True, text="At last.")
    with helen.actor().transaction() as actor:
        contacts.log_contact(by=actor, client=client, new=new)
    found = time_of(client.pk, FAR)
    assert found and found[0] == "silent" and found[2] > today + timedelta(days=700)


def test_what_the_client_writes_is_a_contact_once_the_space_is_known_to_be_theirs(
    cast: Cast, helen: Someone
) -> None:
    client, today = new_client(helen), timezone.localdate()
    messages.sent(account_of(cast, client), client)
    found = time_of(client.pk, LATER)
    assert found and found[1] == today
    unknown = new_client(helen)
    messages.sent(open_space(helen.actor(), unknown.pk), unknown)
    found = time_of(unknown.pk, LATER)
    assert found and found[1] == FIRST


def test_the_sign_in_of_a_client_is_a_contact(cast: Cast, helen: Someone) -> None:
    from tests.making.principals import superuser

    client = new_client(helen)
    account = account_of(cast, client)
    with superuser() as owner:
        owner.execute(
            "UPDATE volunteers_user SET last_login = '2026-07-01 12:00+02' WHERE id = %s", [account]
        )
    found = time_of(client.pk, LATER)
    assert found and found[1] == date(2026, 7, 1)


def holds(cast: Cast, helen: Someone, client: Client) -> End:
    first, second = hold(cast.coordinator, client), hold(cast.coordinator, client, "court")
    release(cast.coordinator, first)
    assert kept_by(client) == ["hold"]
    return lambda: release(cast.coordinator, second)


def complains(cast: Cast, helen: Someone, client: Client) -> End:
    complaint = acts.complain(cast.coordinator, client, "association", None)
    return lambda: acts.answer(cast.president, complaint)


def asks(cast: Cast, helen: Someone, client: Client) -> End:
    asked = asking.heard(cast.deputy, client)
    return lambda: [asking.answer(cast.coordinator, asked), told(asked.pk)]


def told(request: UUID) -> None:
    from tests.making.principals import superuser

    with superuser() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE rights_subjectrequest SET to_tell = NULL WHERE id = %s", [request])
        owner.execute("RESET session_replication_role")


def restricts(cast: Cast, helen: Someone, client: Client) -> End:
    restrict(helen, client)
    return lambda: lift(cast.coordinator, client)


def in_emergency(cast: Cast, helen: Someone, client: Client) -> End:
    other = recruit(cast.north)
    emergency = opened(other, client)

    def reviewed() -> None:
        acts.call(other, "emergency_end(%s)", emergency.pk)
        assert kept_by(client) == ["emergency"]
        number = f"B-{emergency.pk.hex[:8]}"
        acts.call(cast.deputy, "emergency_review(%s, 'justified', %s)", emergency.pk, number)

    return reviewed


def consults(cast: Cast, helen: Someone, client: Client) -> End:
    asked = acts.consult(helen, cast.colleague, client)
    return lambda: acts.call(helen, "end_consultation(%s)", asked)


def copies(cast: Cast, helen: Someone, client: Client) -> End:
    made = uuid4()
    acts.call(
        cast.coordinator,
        "prepare_copy(%s, %s, 'asked', 'hand', 'en', false, NULL)",
        made,
        client.pk,
    )
    return lambda: acts.call(cast.coordinator, "end_copy(%s)", made)


KEEPERS = {
    "hold": holds,
    "complaint": complains,
    "request": asks,
    "restriction": restricts,
    "emergency": in_emergency,
    "consultation": consults,
    "copy": copies,
}


@pytest.mark.parametrize("name", KEEPERS)
def test_what_is_open_keeps_a_record_in_every_list_and_lets_it_go_once_it_is_over(
    cast: Cast, helen: Someone, name: str
) -> None:
    client = new_client(helen)
    assert kept_by(client) == [] == list(listed(cast.coordinator, FAR)[client.pk])
    end = KEEPERS[name](cast, helen, client)
    assert kept_by(client) == [name] == list(listed(cast.coordinator, FAR)[client.pk])
    assert by_command(client) == (
        "hold" if name == "hold" else "restriction" if name == "restriction" else "open"
    )
    end()
    assert kept_by(client) == [] == list(listed(cast.coordinator, FAR)[client.pk])
    assert by_command(client) == ""


def by_command(client: Client) -> str:
    """What keeps it, as the command says it."""
    from tests.making.principals import superuser

    with superuser() as owner:
        row = owner.execute(
            "SELECT kept_by FROM sec.retention_list(%s) WHERE reference = %s",
            [FAR, client.reference],
        ).fetchone()
    assert row
    return " ".join(row[0])


def test_a_request_of_an_heir_keeps_it(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    dies(helen, client)
    heir(helen, client)
    assert kept_by(client) == ["heir"]
    lives(helen, client)
    assert kept_by(client) == []


def test_a_disclosure_keeps_it_until_nothing_can_be_fetched(cast: Cast) -> None:
    draft = drafted(cast)
    assert kept_by(draft.client) == ["disclosure"]
    out = released(cast)
    assert kept_by(out.disclosure.client) == ["disclosure"]
    acts.call(cast.deputy, "recall(%s)", out.disclosure.pk)
    assert kept_by(out.disclosure.client) == []


def test_a_record_restricted_because_the_client_does_not_agree_is_not_kept_by_that(
    helen: Someone,
) -> None:
    client = new_client(helen)
    restrict(helen, client, "withdrawn")
    assert kept_by(client) == []


def test_kept_longer_until_a_day_and_taken_back(cast: Cast, helen: Someone) -> None:
    client, today = new_client(helen), timezone.localdate()
    keep_longer(cast.coordinator, client, 731)
    until = today + timedelta(days=731)
    assert kept_by(client, until) == ["longer"]
    assert kept_by(client, until + timedelta(days=1)) == []
    keep_longer(cast.coordinator, client, 30)  # the latest counts
    assert kept_by(client, until) == []
    keep_longer(cast.coordinator, client, 731)
    keep_longer(cast.coordinator, client, None)
    assert kept_by(client, until) == []


def test_two_years_longer_at_most_and_by_whoever_looks_after_it(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    with pytest.raises(Refused) as caught:
        keep_longer(cast.coordinator, client, 732)
    assert caught.value.constraint == "longer_until"
    accused = recruit(cast.north, "coordinator")
    acts.complain(cast.coordinator, client, "association", accused)
    with pytest.raises(Refused) as caught:
        keep_longer(accused, client, 30)
    assert caught.value.constraint == "longer_not_now"
    with pytest.raises((ProgrammingError, Refused)):
        keep_longer(helen, client, 30)


def test_the_list_does_not_tell_of_a_complaint_to_whom_it_is_closed(
    cast: Cast, helen: Someone
) -> None:
    accused = recruit(cast.north, "coordinator")
    client = new_client(helen)
    complaint = acts.complain(cast.coordinator, client, "coordinator", accused)
    acts.call(cast.president, "hand_complaint(%s, %s)", complaint, cast.coordinator.id)
    hold(cast.coordinator, client, "complaint")
    assert list(listed(cast.coordinator, FAR)[client.pk]) == ["complaint"]
    assert list(listed(accused, FAR)[client.pk]) == []


def test_only_who_looks_after_records_is_told_which_are_over(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    for person in (helen, cast.south_coordinator, cast.president, cast.protection, cast.newcomer):
        assert client.pk not in listed(person, FAR)


def aged(superuser: psycopg.Connection, client: Client, day: date = date(2023, 5, 2)) -> None:
    """Its contacts were then."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE clients_contact SET happened_on = %s WHERE client_id = %s", [day, client.pk]
    )
    superuser.execute(
        "UPDATE clients_client SET last_contact_on = %s WHERE id = %s", [day, client.pk]
    )
    superuser.execute("RESET session_replication_role")


@pytest.fixture
def over(cast: Cast, helen: Someone, superuser: psycopg.Connection) -> Iterator[Client]:
    """A record whose time is over today."""
    client = new_client(helen)
    aged(superuser, client)
    yield client
    aged(superuser, client, FIRST)  # the branch is everybody's


def test_the_review_says_why_since_when_and_what_there_is(
    cast: Cast, sign_in: SignIn, over: Client
) -> None:
    browser = sign_in(cast.coordinator)
    assert "/retention/" in browser.get("/").content.decode()
    page = browser.get("/retention/").content.decode()
    assert over.reference in page and "2 May 2023" in page and "2 May 2025" in page
    assert "contacts 1, files 0, messages 0" in page
    kept = {"until_day": "1", "until_month": "6", "until_year": "2027", "why": "A study goes on."}
    assert browser.post(f"/clients/{over.pk}/time/keep/", kept).status_code == 302
    page = browser.get("/retention/").content.decode()
    assert page.index("Kept although their time is over") < page.index(over.reference)
    page = browser.get(f"/clients/{over.pk}/time/").content.decode()
    assert "A study goes on." in page and "it was decided to keep it longer" in page


def test_the_page_leads_to_the_deletion(cast: Cast, sign_in: SignIn, over: Client) -> None:
    page = sign_in(cast.coordinator).get(f"/clients/{over.pk}/time/").content.decode()
    assert f"/clients/{over.pk}/erasure/" in page


def test_looking_at_the_time_of_a_record_is_in_the_log(
    cast: Cast, sign_in: SignIn, over: Client, superuser: psycopg.Connection
) -> None:
    """It says when the last contact was, and what keeps the record."""
    before = events(superuser, over, "retention.read")
    sign_in(cast.coordinator).get(f"/clients/{over.pk}/time/")
    assert events(superuser, over, "retention.read") == before + 1


def test_home_asks_and_counts_what_the_list_shows(
    cast: Cast, sign_in: SignIn, over: Client
) -> None:
    with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.is_record_over()")
        assert cursor.fetchone() == (True,)
        waiting = sum(not row.kept_by for row in reading.records_over())
    assert f"{waiting} record" in sign_in(cast.coordinator).get("/").content.decode()


def test_home_asks_rightly_in_each_life(superuser: psycopg.Connection) -> None:
    """What it looks at first leaves nobody out: a call that nobody answered, a death, no contact at all."""
    branch, made = uuid4(), uuid4()
    contact = (
        "INSERT INTO clients_contact (id, client_id, branch_id, channel, happened_on, reached, urgent, revision)"
        " VALUES (gen_random_uuid(), %s, %s, 'phone', sec.today() - %s, %s, false, 1)"
    )
    for number, (state, contacts_, over) in enumerate(LIVES_AT_HOME):
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(
                "INSERT INTO clients_client (id, branch_id, reference, state, language, pseudonym, taken_in_at,"
                " state_since, last_contact_on) VALUES (%s, %s, %s, %s, 'fr', false, now() - interval '9 years',"
                " sec.today() - 800, sec.today() - %s::integer)",
                [
                    made,
                    branch,
                    f"H-{number}",
                    state,
                    min((days for days, _ in contacts_), default=None),
                ],
            )
            for days, reached in contacts_:
                superuser.execute(contact, [made, branch, days, reached])
            row = superuser.execute(
                "SELECT %s = ANY (sec.perhaps_over(ARRAY[%s::uuid])), (SELECT over_on <= sec.today() FROM"
                " sec.retention_of(ARRAY[%s::uuid], sec.today()))",
                [made, branch, made],
            ).fetchone()
            assert row and row[1] is over, number
            assert row[0] or not over, number
            raise psycopg.Rollback


LIVES_AT_HOME = [
    ("open", [], True),
    ("open", [(900, True)], True),
    ("open", [(900, True), (10, False)], True),
    ("open", [(10, False)], True),
    ("open", [(900, True), (10, True)], False),
    ("open", [(10, True), (5, False)], False),
    ("died", [(10, True)], True),
    ("closed", [(700, False), (800, True)], True),
]


def test_the_lead_sees_numbers_and_no_names(cast: Cast, sign_in: SignIn, over: Client) -> None:
    page = sign_in(cast.protection).get("/retention/counts/").content.decode()
    assert over.reference not in page and "Quercy" not in page

    def total(what: str) -> int:
        with cast.protection.actor().transaction():
            return sum(row[what] for row in reading.counts())

    before = total("over"), total("kept")
    hold(cast.coordinator, over)
    assert (total("over"), total("kept")) == (before[0] - 1, before[1] + 1)


def test_protected_records_are_in_no_number(
    cast: Cast, over: Client, superuser: psycopg.Connection
) -> None:
    def total() -> int:
        with cast.protection.actor().transaction():
            return sum(row["over"] for row in reading.counts())

    before = total()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("UPDATE clients_client SET protected = true WHERE id = %s", [over.pk])
    superuser.execute("RESET session_replication_role")
    assert total() == before - 1


def test_an_erasure_on_the_ground_of_time_asks_the_same(
    over: Client, cast: Cast, superuser: psycopg.Connection
) -> None:
    def is_over() -> bool:
        row = superuser.execute("SELECT sec.is_over(%s)", [over.pk]).fetchone()
        assert row
        return row[0]

    assert is_over()
    held = hold(cast.coordinator, over)
    assert not is_over()
    release(cast.deputy, held)
    assert is_over()


def kept_for(somebody: Someone, client: Client) -> list[str]:
    """What keeps a record, as somebody reads it."""
    with somebody.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT kept_by FROM sec.record_time(%s)", [client.pk])
        return list(cursor.fetchone()[0])


def test_a_closed_complaint_takes_nothing_away_that_is_in_sight(
    cast: Cast, over: Client, superuser: psycopg.Connection
) -> None:
    """Neither an ordinary disclosure nor a hold of one's own vanishes for whom a complaint is closed to."""
    adopt(cast)
    another = recruit(cast.north, "coordinator")
    client = drafted(cast).client
    aged(superuser, client)
    acts.complain(cast.coordinator, client, "association", another)
    assert kept_for(another, client) == ["disclosure"]
    aged(superuser, client, FIRST)
    complaint = acts.complain(cast.coordinator, over, "coordinator", None)
    assert kept_for(another, over) == []
    held = hold(another, over, "complaint")
    assert kept_for(another, over) == ["complaint"]
    release(another, held)
    acts.answer(cast.president, complaint)


def test_whoever_is_shut_out_of_a_complaint_is_not_told_by_a_refusal(
    cast: Cast, over: Client
) -> None:
    """What is offered to them is taken from them: it waits, and begins once the complaint is answered."""
    another = recruit(cast.north, "coordinator")
    complaint = acts.complain(cast.coordinator, over, "coordinator", None)
    erasure = erasures.proposed(another, over, "time_over")
    assert erasures.state(erasure) == "proposed"
    acts.answer(cast.president, complaint)
