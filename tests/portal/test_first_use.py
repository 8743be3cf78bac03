"""Who first used the card of a client: it is asked, noted by the database, and decides what counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError
from django.utils import timezone

from tests.making import acts
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import mint, pages_transaction
from tests.making.spaces import (
    OWN,
    access_of,
    confirm,
    confirm_portal,
    open_portal,
    today,
    use,
)
from vault.principals import signin_transaction
from volunteers.actions import leaving, signing_in

pytestmark = pytest.mark.usefixtures("long_lists")


def test_whoever_used_the_code_does_not_stay_inside(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """She uses the code of the card herself; the client, asked when they first signed in, says that they did not."""
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True, confirmed=False)
    hers = sign_in(account)
    use(hers)
    access = access_of(cast.coordinator, client)
    lead = sign_in(cast.coordinator)
    page = lead.get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "it was they who first signed in, on" in page and 'name="theirs"' in page
    refused = confirm(lead, access, theirs="").content.decode()
    assert "Read this, and tick the box to go on." in refused
    for theirs in ("false", "NULL"):
        with pytest.raises(IntegrityError, match="somebody has used this"):
            acts.call(
                cast.coordinator,
                f"portal_confirm(%s, %s, {theirs})",
                access.pk,
                timezone.localdate(),
            )
    assert access_of(helen, client).state == "provisional"
    confirm(lead, access)
    assert hers.get("/my-space/").status_code in (302, 403)  # also what was open ends
    assert sign_in(account).get("/my-space/contacts/").status_code == 200


def test_used_space_is_confirmed_on_a_day_since(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, helen: Someone
) -> None:
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    access = access_of(cast.coordinator, client)
    superuser.execute(
        "UPDATE clients_portalaccess SET opened_at = opened_at - interval '3 days' WHERE id = %s",
        [access.pk],
    )
    said = confirm(sign_in(cast.coordinator), access, **today(days=-1)).content.decode()
    assert "The space was first used after that day." in said
    with pytest.raises(IntegrityError, match="somebody has used this"):
        acts.call(
            cast.coordinator,
            "portal_confirm(%s, %s, true)",
            access.pk,
            timezone.localdate() - timedelta(days=1),
        )


def test_first_use_after_the_confirmation_asks_for_a_second_word(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True)
    access = access_of(cast.coordinator, client)
    record = f"/clients/{client.pk}/"
    assert access.state == "confirmed"
    assert "somebody speaks to the client once more" in sign_in(helen).get(record).content.decode()
    use(browser := sign_in(account))
    now = access_of(cast.coordinator, client)
    assert (now.state, now.confirmed_at, now.spoken_on) == ("provisional", None, None)
    assert "opened this space for you" in browser.get("/my-space/").content.decode()
    lead = sign_in(cast.coordinator)
    assert f"/portal-access/{access.pk}/" in lead.get("/").content.decode()
    unusual = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert client.reference in unusual
    confirm(lead, access)
    unusual = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert client.reference not in unusual


def test_card_that_nobody_used_ends_with_its_opener_also_confirmed(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True)
    leaving.leave(by=cast.coordinator.actor(), person=helen.id)
    assert access_of(cast.coordinator, client).state == "ended"
    assert sign_in(account).get("/my-space/password/").status_code in (302, 403)


def test_president_asks_who_first_signed_in(cast: Cast, sign_in: SignIn) -> None:
    alone = recruit(cast.south, "coordinator")
    client = new_client(alone)
    open_portal(alone, client, confirmed=False)
    access = access_of(alone, client)
    browser = sign_in(cast.president)
    form = {"username": access.username, "sure": "on", **today()}
    asked = browser.post("/portal-access/confirm/", form).content.decode()
    assert "Somebody first signed in on" in asked
    assert access_of(alone, client).state == "provisional"
    done = browser.post("/portal-access/confirm/", {**form, "theirs": "on"}, follow=True)
    assert "Confirmed" in done.content.decode()


def test_first_use_is_in_the_log_and_on_the_record(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    account, username = open_portal(helen, client, first=True, confirmed=False)
    record = f"/clients/{client.pk}/"
    assert "Not used yet." in sign_in(helen).get(record).content.decode()
    browser = sign_in(account)
    form = {"new_password1": OWN, "new_password2": OWN}
    assert browser.post("/my-space/password/", form).status_code == 302
    assert "First used on" in sign_in(helen).get(record).content.decode()
    day = timezone.localdate().isoformat()
    lead = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert "is used and which nobody else has confirmed" in lead and client.reference in lead
    assert username not in lead
    confirm_portal(client)
    browser = sign_in(account)
    steps = browser.get(f"/my-space/seen/day/{day}/?own=on").content.decode()
    assert "Opened this space for you" in steps and "Used this space for the first time" in steps


def test_database_notes_the_first_use_by_itself(
    cast: Cast, helen: Someone, superuser: psycopg.Connection
) -> None:
    """Whoever has the code says a password in SQL, past the page."""
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True)
    asked = (
        "SELECT action FROM audit_event WHERE actor = %s AND action LIKE 'portal.%%' ORDER BY at"
    )
    for written in (["portal.password", "portal.begin"], ["portal.password"]):
        before = len(superuser.execute(asked, [account]).fetchall())
        signing_in.set_password(mint("user", account), OWN)
        assert [act for (act,) in superuser.execute(asked, [account])][before:] == written
        now = access_of(cast.coordinator, client)
        assert now.first_used_at and (now.state, now.confirmed_at) == ("provisional", None)


def test_code_on_paper_reads_nothing_and_asks_for_nothing(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """Confirmed before its first use, by SQL as that account: whoever handed the card out knows the code."""
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True)
    token = mint("user", account)
    with pages_transaction(token) as cursor:
        for statement in (
            "SELECT count(*) FROM clients_contactnote",
            "SELECT count(*) FROM clients_client",
            "SELECT sec.is_own_space_counted()::integer",
        ):
            cursor.execute(statement)
            assert cursor.fetchone() == (0,), statement
    with signin_transaction(token) as cursor:
        cursor.execute(
            "SELECT * FROM sec.open(ARRAY[%s]::uuid[], 'portal.record', 'own_record')", [client.pk]
        )
        assert cursor.fetchall() == []
    with pytest.raises(ProgrammingError), pages_transaction(token) as cursor:
        # Nor is one of the team.
        cursor.execute("SELECT sec.record('client.state', NULL, '', NULL, '', '{}')")
    use(browser := sign_in(account))
    assert browser.get("/my-space/").status_code == 200


def test_first_use_is_noted_whatever_the_opener_has_still_to_sign(
    cast: Cast, helen: Someone, superuser: psycopg.Connection
) -> None:
    """While she has not signed a new code the space is closed, and takes no password that nobody notes."""
    client = new_client(helen)
    account, _ = open_portal(helen, client, first=True, confirmed=False)
    session = mint("user", account)

    def hand(signature_of: UUID, to: UUID) -> None:
        """As if a new code had been adopted, which she has not signed yet; and back."""
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            change = "UPDATE volunteers_undertaking SET person_id = %s WHERE person_id = %s"
            superuser.execute(change, [to, signature_of])

    nobody = uuid4()
    hand(helen.id, nobody)
    try:
        with pytest.raises(ProgrammingError, match="not permitted"):
            signing_in.set_password(session, OWN)
    finally:
        hand(nobody, helen.id)
    must = "SELECT must_change_password FROM volunteers_user WHERE id = %s"
    assert superuser.execute(must, [account]).fetchone() == (True,)
    used = "SELECT first_used_at FROM clients_portalaccess WHERE client_id = %s"
    assert superuser.execute(used, [client.pk]).fetchone() == (None,)
