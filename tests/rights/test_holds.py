"""Legal holds: several at once, released one by one, by whom, and who knows of them."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection

from audit import door
from clients.models import Client
from rights.export.holds import held as held_in_copy
from rights.models import Hold, HoldWords
from rights.prepared.reading import TITLES, words_of
from tests.making import acts, erasures
from tests.making.clients import let_read, new_client
from tests.making.keeping import hold, release
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import open_portal
from vault.exceptions import Refused


def is_held(superuser: psycopg.Connection, client: Client) -> bool:
    row = superuser.execute("SELECT sec.is_held(%s)", [client.pk]).fetchone()
    assert row
    return row[0]


def seen(by: Someone, client: Client) -> int:
    """How many holds of a client somebody sees, by SQL."""
    with by.actor().transaction():
        return Hold.objects.filter(client=client).count()


def test_several_bind_until_the_last_is_released(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    assert not is_held(superuser, client)
    first, second = hold(cast.coordinator, client), hold(cast.deputy, client, "court")
    assert release(cast.coordinator, first)
    assert is_held(superuser, client)
    assert not release(cast.deputy, first)  # it was before
    assert release(cast.coordinator, second)
    assert not is_held(superuser, client)


@pytest.mark.parametrize(
    "who", ["volunteer", "colleague", "south_coordinator", "president", "protection", "newcomer"]
)
def test_only_who_looks_after_the_client_places_one_on_the_record(cast: Cast, who: str) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(getattr(cast, who), "place_hold(%s, %s, 'court')", uuid4(), client.pk)


def test_a_sign_in_that_is_old_places_and_releases_none(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    held = hold(cast.coordinator, client)
    stale = cast.coordinator.actor(fresh=False)
    for statement, values in (
        ("place_hold(%s, %s, 'court')", [uuid4(), client.pk]),
        ("release_hold(%s)", [held.pk]),
    ):
        with pytest.raises(ProgrammingError, match="not permitted"):
            with stale.transaction(), connection.cursor() as cursor:
                cursor.execute(f"SELECT sec.{statement}", values)


def test_the_lead_and_the_president_place_and_release_by_reference_and_read_nothing(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    for person in (cast.protection, cast.president):
        browser = sign_in(person)
        sent = {"reference": client.reference.lower(), "ground": "authority"}
        page = browser.post("/holds/", sent, follow=True).content.decode()
        assert client.reference in page
        assert "Odile" not in page and "Quercy" not in page
        with person.actor().transaction():
            held = Hold.objects.get(client=client, released_at=None)
            assert not HoldWords.objects.filter(hold=held).exists()
        browser.post(f"/holds/{held.pk}/release/")
        assert not is_held(superuser, client)


def test_a_reference_of_nobody_and_a_closed_one_say_the_same(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    acts.complain(cast.coordinator, client, "association", cast.protection)
    browser = sign_in(cast.protection)
    said = []
    for reference in (client.reference, "Z-99999"):
        page = browser.post("/holds/", {"reference": reference, "ground": "court"})
        said.append("There is no such reference, or it is closed to you." in page.content.decode())
    assert said == [True, True]


def test_a_hold_because_of_a_complaint_betrays_it_to_nobody(cast: Cast, sign_in: SignIn) -> None:
    accused = recruit(cast.north, "coordinator")
    client = new_client(cast.volunteer)
    acts.complain(cast.coordinator, client, "association", accused)
    hold(cast.coordinator, client, "complaint")
    assert seen(cast.coordinator, client) == 1
    assert seen(accused, client) == 0
    browser = sign_in(accused)
    assert "Legal hold" not in browser.get(f"/clients/{client.pk}/").content.decode().replace(
        "Legal holds", ""
    )
    assert (
        "There is no hold on this record."
        in browser.get(f"/clients/{client.pk}/holds/").content.decode()
    )


def test_whom_a_complaint_names_is_refused_in_the_act(cast: Cast) -> None:
    accused = recruit(cast.north, "coordinator")
    client = new_client(cast.volunteer)
    held = hold(cast.coordinator, client)
    acts.complain(cast.coordinator, client, "association", accused)
    for act in (lambda: hold(accused, client), lambda: release(accused, held)):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.constraint == "hold_not_now"


def test_who_supports_the_client_sees_none(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    hold(cast.coordinator, client)
    assert seen(cast.volunteer, client) == 0
    assert seen(cast.south_coordinator, client) == 0
    assert (
        "Legal hold" not in sign_in(cast.volunteer).get(f"/clients/{client.pk}/").content.decode()
    )
    page = sign_in(cast.coordinator).get(f"/clients/{client.pk}/").content.decode()
    assert "Legal hold since" in page


def test_its_words_are_read_with_the_notes_open(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    hold(cast.coordinator, client)
    where = f"/clients/{client.pk}/holds/"
    assert "A claim is made." not in sign_in(cast.deputy).get(where).content.decode()
    let_read(cast.coordinator, client, cast.deputy)
    assert "A claim is made." in sign_in(cast.deputy).get(where).content.decode()


def test_the_client_reads_it_and_not_in_a_quiet_space(cast: Cast, sign_in: SignIn) -> None:
    for quiet in (False, True):
        client = new_client(cast.volunteer)
        hold(cast.coordinator, client)
        account, _name = open_portal(cast.volunteer, client, quiet=quiet)
        page = sign_in(account).get("/my-space/details/").content.decode()
        assert ("A legal claim was made, or is to be expected" in page) is not quiet
        assert ("A claim is made." in page) is not quiet


def test_it_stands_in_the_copy_but_because_of_a_complaint_in_none_that_is_handed(
    cast: Cast,
) -> None:
    client = new_client(cast.volunteer)
    hold(cast.coordinator, client)
    hold(cast.coordinator, client, "complaint")
    let_read(cast.deputy, client, cast.coordinator)
    with cast.coordinator.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "copy.form", "request")
        found = Client.objects.get(pk=client.pk)
        grounds = {
            handed: [one["ground"] for one in held_in_copy(found, keys, handed=handed)]
            for handed in (False, True)
        }
        words = words_of(found, keys, by=actor, purpose="request")
    assert grounds == {False: ["complaint", "legal_claim"], True: ["legal_claim"]}
    # Whoever prepares a copy reads them, to strike what is about others.
    assert [text for title, texts in words.parts if title == TITLES["holds"] for text in texts] == [
        "A claim is made."
    ]


def test_nobody_writes_or_moves_one_by_sql(cast: Cast) -> None:
    held = hold(cast.coordinator, new_client(cast.volunteer))
    for statement in (
        "UPDATE rights_hold SET released_at = now() WHERE id = %s",
        "DELETE FROM rights_hold WHERE id = %s",
        "UPDATE rights_hold SET client_id = gen_random_uuid() WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement, [held.pk])


def test_placing_and_releasing_are_in_the_log_without_the_ground(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    held = hold(cast.coordinator, client, "court")
    release(cast.deputy, held)
    rows = superuser.execute(
        "SELECT action, detail, actor FROM audit_event WHERE object_id = %s AND subject = %s ORDER BY at",
        [held.pk, client.pk],
    ).fetchall()
    assert rows == [
        ("hold.place", {}, cast.coordinator.id),
        ("hold.release", {}, cast.deputy.id),
    ]


def test_a_later_complaint_makes_no_earlier_hold_vanish(cast: Cast) -> None:
    """Whoever it is about would see it go."""
    client, accused = new_client(cast.volunteer), recruit(cast.north, "coordinator")
    held = hold(cast.coordinator, client, "complaint")
    acts.complain(cast.coordinator, client, "association", accused)
    with accused.actor().transaction():
        assert Hold.objects.filter(pk=held.pk).exists()


def test_nothing_is_held_of_a_record_that_goes(cast: Cast) -> None:
    """Nobody is told that it is kept; to the offices it is absent too."""
    client = new_client(cast.volunteer)
    erasure = erasures.decided(cast, client)
    assert erasures.work() == 0 and erasures.state(erasure) == "begun"
    for office in (cast.protection, cast.president):
        placed = "place_hold_by_reference(%s, %s, 'court')"
        assert acts.call(office, placed, uuid4(), client.reference) is False
    erasures.carried_out(erasure)
