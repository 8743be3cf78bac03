"""Emergency access: what it opens, for how long, what it writes down, who judges it, and what must not work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections
from django.http import HttpResponse
from django.test import Client as Browser

from clients.access.definers import execute
from clients.emergencies import actions as emergencies
from clients.models import ContactNote, Emergency, EmergencyEntry, Grant
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.clients import BACKGROUND, NOTE, NUMBER, new_client
from tests.making.emergencies import late, only, opened
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit

NOTHING = "No record was opened"


def ask(browser: Browser, cast: Cast, who: str, reason: str = "call") -> HttpResponse:
    """Send the form of an emergency."""
    sent = {"reason": reason, "who": who, "branch": str(cast.north)}
    return browser.post("/emergency/", sent)


def events(superuser: psycopg.Connection, subject: UUID, actor: UUID) -> list[tuple[str, str, str]]:
    """What somebody did with a record: action, purpose, basis."""
    return superuser.execute(
        "SELECT action, purpose, basis FROM audit_event WHERE subject = %s AND actor = %s ORDER BY at",
        [subject, actor],
    ).fetchall()  # type: ignore[return-value]


def test_numbers_stand_there_before_anybody_is_asked_anything(
    standby: Someone, sign_in: SignIn
) -> None:
    browser = sign_in(standby, fresh=False)
    assert 'href="/emergency/"' in browser.get("/").content.decode()
    page = browser.get("/emergency/").content.decode()
    for number in ("15", "17", "18", "112"):
        assert f'href="tel:{number}"' in page
    assert 'name="who"' not in page
    assert "next=/emergency/" in page
    assert page.index("tel:15") < page.index("next=/emergency/")


def test_form_wants_a_fresh_sign_in(cast: Cast, standby: Someone, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    answer = ask(sign_in(standby, fresh=False), cast, client.reference)
    assert answer.headers["Location"].endswith("?next=%2Femergency%2F")
    with pytest.raises(ProgrammingError, match="not permitted"):
        with standby.actor(fresh=False).transaction() as actor:
            emergencies.open_record(
                by=actor, branch=cast.north, reason="call", who=client.reference
            )


@pytest.mark.parametrize(
    "typed", ["{reference}", "{bare}", "  odile-éve  QUERCY{n} ", "Quercy{n} Odile Eve", "{phone}"]
)
def test_record_is_found_by_reference_name_or_number(
    cast: Cast, standby: Someone, sign_in: SignIn, typed: str
) -> None:
    number = "".join(str(int(c, 16) % 10) for c in uuid4().hex[:8])
    client = new_client(cast.volunteer, "Odile Ève", f"Quercy{number}")
    if typed == "{phone}":
        from clients.records.actions.hashes import branch_keys, remember

        with cast.volunteer.actor().transaction() as actor:
            keys = branch_keys(by=actor, branch=cast.north)
            remember(keys, client, {}, {"phone": f"07{number}"})
        typed = f"+33 7 {number[:4]} {number[4:]}"
    who = typed.format(
        reference=client.reference, bare=client.reference.lower().replace("-", " "), n=number
    )
    answer = ask(sign_in(standby), cast, who)
    assert answer.status_code == 302, answer.content.decode()
    with standby.actor().transaction():
        assert Emergency.objects.get(person_id=standby.id).client_id == client.pk


def test_safe_contact_first_then_the_rest_then_nothing(
    cast: Cast, standby: Someone, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(standby)
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    page = browser.get(ask(browser, cast, client.reference)["Location"]).content.decode()
    assert "Show the number" in page and NUMBER not in page
    assert NUMBER in browser.get(f"/clients/{client.pk}/number/").content.decode()
    assert "Open to you until" in page
    assert page.index("Before you ring") < page.index("Why did you open it?")
    assert NOTE not in page and BACKGROUND not in page
    assert "Odile" not in page.split("</title>")[0]
    record = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "You see this through an emergency access" in record
    assert NOTE not in record and BACKGROUND not in record and "Phone call" not in record
    with standby.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()
    emergency = only(standby)
    rest = browser.post(f"/emergency/{emergency.pk}/rest/", follow=True).content.decode()
    assert NOTE in rest and BACKGROUND in rest and "You see this through an emergency" in rest
    for change in ("identity/", "safe-contact/", "contacts/new/", "who-may-see/new/"):
        assert browser.get(f"/clients/{client.pk}/{change}").status_code == 403, change
    assert (
        "It has ended"
        in browser.post(f"/emergency/{emergency.pk}/end/", follow=True).content.decode()
    )
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    after = browser.get(f"/emergency/{emergency.pk}/").content.decode()
    assert NUMBER not in after and "Odile" not in after


def test_every_event_says_emergency_and_the_reason_stands_with_it_alone(
    cast: Cast, standby: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(standby)
    ask(browser, cast, client.reference, "missed")
    emergency = only(standby)
    browser.post(f"/emergency/{emergency.pk}/rest/")
    for page in (
        f"/emergency/{emergency.pk}/",
        f"/clients/{client.pk}/",
        "/",
        "/clients/",
        f"/clients/{client.pk}/who-may-see/",
    ):
        assert browser.get(page).status_code == 200, page
    browser.post("/search/", {"words": client.reference})
    browser.post(f"/emergency/{emergency.pk}/end/")
    found = events(superuser, client.pk, standby.id)
    actions = {action for action, _, _ in found}
    assert {"emergency.open", "emergency.rest", "emergency.end", "client.view"} <= actions
    assert {(purpose, basis) for _, purpose, basis in found} == {("emergency", "emergency")}
    assert emergency.reason == "missed"


def test_a_record_opened_in_an_emergency_is_nobodys_client(
    cast: Cast, standby: Someone, sign_in: SignIn
) -> None:
    opened(standby, new_client(cast.volunteer, "Perpetua", "Farfield"))
    page = sign_in(standby).get("/").content.decode()
    assert "Farfield" not in page
    assert "A record is open to you until" in page


def test_expired_emergency_reads_nothing(
    cast: Cast, standby: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    assert (
        emergency.ends_at - emergency.opened_at
        == (emergency.words_due_at - emergency.opened_at) / 6
    )
    superuser.execute("SET session_replication_role = replica")
    for table, column in (("grant", "client_id"), ("clientpermission", "content_object_id")):
        superuser.execute(
            f"UPDATE clients_{table} SET starts_at = starts_at - interval '5 hours',"
            f" ends_at = ends_at - interval '5 hours' WHERE {column} = %s AND basis = 'emergency'",
            [client.pk],
        )
    superuser.execute("RESET session_replication_role")
    late(superuser, emergency, "ends_at")
    browser = sign_in(standby)
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    assert NUMBER not in browser.get(f"/emergency/{emergency.pk}/").content.decode()
    answer = browser.post(f"/emergency/{emergency.pk}/rest/", follow=True).content.decode()
    assert "This has ended" in answer
    assert browser.get(f"/clients/{client.pk}/").status_code == 404


def test_what_a_coordinator_ended_in_the_list_is_not_opened_by_the_second_press(
    cast: Cast, standby: Someone, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    with cast.coordinator.actor().transaction() as actor:
        line = Grant.objects.get(act=emergency.pk)
        assert grants.end_grant(by=actor, grant=line)
    browser = sign_in(standby)
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    page = browser.get(f"/emergency/{emergency.pk}/").content.decode()
    assert NUMBER not in page and "Nothing of the record can be seen" in page
    assert (
        "This has ended"
        in browser.post(f"/emergency/{emergency.pk}/rest/", follow=True).content.decode()
    )
    assert browser.get(f"/clients/{client.pk}/").status_code == 404


def test_hidden_absent_several_conflicted_protected_and_elsewhere_look_alike(
    cast: Cast, standby: Someone, sign_in: SignIn
) -> None:
    twin = f"Twin{uuid4().hex[:8]}"
    new_client(cast.volunteer, "Ada", twin), new_client(cast.volunteer, "Ada", twin)
    conflicted, protected = new_client(cast.volunteer), new_client(cast.volunteer)
    with cast.coordinator.actor().transaction():
        execute("mark_conflict", uuid4(), standby.id, conflicted.pk, None, None, "family")
    with cast.coordinator.actor().transaction():
        execute("protect", protected.pk, True, [cast.volunteer.id])
    elsewhere = new_client(cast.outsider)
    browser = sign_in(standby)
    pages = [
        ask(browser, cast, who)
        for who in (
            "Nobody Atall",
            "C-222222",
            f"Ada {twin}",
            conflicted.reference,
            protected.reference,
            elsewhere.reference,
        )
    ]
    assert {page.status_code for page in pages} == {200}
    shown = {said(page) for page in pages}
    assert len(shown) == 1
    (text,) = shown
    assert NOTHING in text and "Coordinator" in text and "Deputy" in text and "112" in text
    with standby.actor().transaction():
        assert not Emergency.objects.exists()


def said(page: HttpResponse) -> str:
    """What the page says above the form that was typed into."""
    return page.content.decode().split("<main")[1].split("<form")[0]


def test_going_through_names_is_written_down_and_stops(
    cast: Cast, standby: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(standby)
    for number in range(10):
        assert NOTHING in ask(browser, cast, f"Guess Number{number}").content.decode()
    # The right one would be found now, and is not.
    assert NOTHING in ask(browser, cast, client.reference).content.decode()
    tries = "SELECT count(*) FROM audit_event WHERE actor = %s AND action = 'emergency.open' AND outcome = 'denied'"
    assert superuser.execute(tries, [standby.id]).fetchone() == (11,)
    page = sign_in(cast.protection).get("/").content.decode()
    assert "Tries that found nobody" in page


def test_one_at_a_time(cast: Cast, standby: Someone, sign_in: SignIn) -> None:
    first, second = new_client(cast.volunteer), new_client(cast.volunteer)
    browser = sign_in(standby)
    ask(browser, cast, first.reference)
    page = ask(browser, cast, second.reference).content.decode()
    assert "One at a time" in page
    assert browser.get(f"/clients/{second.pk}/").status_code == 404
    with pytest.raises(emergencies.AnotherIsOpen):
        opened(standby, second)
    browser.post(f"/emergency/{only(standby).pk}/end/")
    assert ask(browser, cast, second.reference).status_code == 302


def test_six_presses_at_once_open_one(cast: Cast, standby: Someone, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)

    def press(browser: Browser) -> int:
        try:
            return ask(browser, cast, client.reference).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, [sign_in(standby) for _ in range(6)]))
    assert set(answers) <= {200, 302}
    assert only(standby).client_id == client.pk


def test_words_are_due_chased_and_kept(
    cast: Cast, standby: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    browser = sign_in(standby)
    assert "Say in words why you opened a record" in browser.get("/").content.decode()
    late(superuser, emergency, "words_due_at")
    assert "Overdue" in browser.get("/").content.decode()
    address = f"/emergency/{emergency.pk}/"
    assert "error-summary" in browser.post(address, {"text": " "}).content.decode()
    page = browser.post(address, {"text": "She rang and could not breathe."}, follow=True)
    assert "She rang and could not breathe." in page.content.decode()
    assert "Say in words" not in browser.get("/").content.decode()
    sealed = "SELECT sealed FROM clients_emergencyentry WHERE emergency_id = %s"
    assert b"breathe" not in superuser.execute(sealed, [emergency.pk]).fetchone()[0]  # type: ignore[index]


@pytest.mark.parametrize(
    "who", ["volunteer", "outsider", "south_coordinator", "president", "administrator"]
)
def test_others_find_nothing_at_its_addresses(
    cast: Cast, standby: Someone, sign_in: SignIn, who: str
) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    browser = sign_in(getattr(cast, who))
    for address in ("", "review/"):
        hidden = browser.get(f"/emergency/{emergency.pk}/{address}")
        absent = browser.get(f"/emergency/{uuid4()}/{address}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert said(hidden) == said(absent)
    for address in ("rest/", "end/", "review/"):
        assert browser.post(f"/emergency/{emergency.pk}/{address}").status_code == 404


def test_sql_of_the_application_cannot_go_round(
    cast: Cast, standby: Someone, superuser: psycopg.Connection
) -> None:
    """What a bug or an injection could try on the application's own connection."""
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    for who, statement, values in [
        (standby, "UPDATE clients_emergency SET ends_at = now() + interval '1 year'", []),
        (standby, "UPDATE clients_emergency SET reviewed_at = now()", []),
        (standby, "DELETE FROM clients_emergency", []),
        (standby, "DELETE FROM clients_breach", []),
        (standby, "UPDATE clients_emergencyentry SET sealed = ''", []),
        (standby, "UPDATE clients_clientpermission SET ends_at = NULL", []),
        (standby, "SELECT sec.add_key(%s, 'emergency', '', '')", [emergency.pk]),
        (cast.volunteer, "SELECT sec.emergency_rest(%s)", [emergency.pk]),
        (cast.volunteer, "SELECT sec.emergency_end(%s)", [emergency.pk]),
        (
            cast.south_coordinator,
            "SELECT sec.emergency_review(%s, 'justified', 'B-9')",
            [emergency.pk],
        ),
    ]:
        with pytest.raises(ProgrammingError, match=r"denied|not permitted"):
            with who.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement, values)
    for who in (cast.volunteer, cast.coordinator, cast.south_coordinator):  # words of another
        entry = EmergencyEntry(
            emergency_id=emergency.pk, kind="words", by_id=who.id, sealed=b"forged", revision=1
        )
        with pytest.raises(ProgrammingError, match="row-level security"):
            with who.actor().transaction():
                entry.save_base(force_insert=True)
    found = "SELECT words_at, reviewed_at, ends_at FROM clients_emergency WHERE id = %s"
    assert superuser.execute(found, [emergency.pk]).fetchone() == (None, None, emergency.ends_at)


def test_second_press_gives_nothing_to_whom_the_client_was_given_to(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """They read all of it already; a grant could be refused to whom a complaint names, and tell them so."""
    someone = recruit(cast.north)
    client = new_client(someone)
    emergency, _ = acts.press_emergency(someone, client)
    assert acts.call(someone, "emergency_rest(%s)", emergency) is True
    given = "SELECT array_agg(scope) FROM clients_grant WHERE act = %s"
    assert superuser.execute(given, [emergency]).fetchone() == (["errand"],)
