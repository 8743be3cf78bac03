"""A portal that somebody of the team opened is provisional until another of them has spoken to the client."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone
from pypdf import PdfReader

from clients.actions import grants, may_know
from clients.models import Client, Grant, PortalAccess, WhoMayKnow
from rights.models import Export, SubjectRequest
from tests.cast import Cast, Someone, assign, new_client, recruit
from tests.documents.test_document_rendering import text_of
from tests.minting import mint, open_space, pages_transaction, password_chosen
from tests.portal.conftest import Space, open_portal
from tests.walls import acts
from vault.principals import signin_transaction
from volunteers.actions import duties, leaving, signing_in
from volunteers.models import Duty, Person, User

SignIn = Callable[..., Browser]
Spaces = Callable[..., Space]
OWN = "seven quiet herons at dusk"


def today(name: str = "spoken_on", days: int = 0) -> dict[str, str]:
    """The fields of a day, from today."""
    day = timezone.localdate() + timedelta(days=days)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


def access_of(by: Someone, client: Client) -> PortalAccess:
    """The newest access of a client, with its state, as this person sees it."""
    with by.visit().transaction():
        return client.portal_accesses.with_state().latest("opened_at")


def confirm(browser: Browser, access: PortalAccess, **more: str) -> Any:
    """Send the form."""
    data = {**today(), "sure": "on", "theirs": "on", **more}
    return browser.post(f"/portal-access/{access.pk}/confirm/", data, follow=True)


@pytest.fixture
def helen(cast: Cast) -> Someone:
    """A volunteer of the north, for this test alone."""
    return recruit(cast.north)


def test_back_door_of_a_card_closes_with_the_assignment(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """Somebody opens the portal of their client, signs in to it themself, and loses the client."""
    client = new_client(helen)
    browser = sign_in(helen)
    browser.post(f"/clients/{client.pk}/portal/", {"mode": "open"})
    account = access_of(helen, client).user
    password_chosen(account)
    as_client = sign_in(account)
    assert as_client.get("/my-space/contacts/").status_code == 200
    with cast.coordinator.visit().transaction() as visit:
        grants.end_grant(
            by=visit, grant=Grant.objects.live().get(client=client, person_id=helen.id)
        )
    assert as_client.get("/my-space/contacts/").status_code in (302, 403)
    assert not User.objects.get(pk=account).is_active
    assert access_of(cast.coordinator, client).state == "ended"
    again = sign_in(account)
    assert again.get("/my-space/contacts/").status_code in (302, 403)


@pytest.mark.parametrize("end", ["clock", "duty", "left", "conflict", "protect", "move"])
def test_provisional_ends_with_the_right_of_whoever_opened_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, helen: Someone, end: str
) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    browser = sign_in(account)
    assert browser.get("/my-space/").status_code == 200
    if end == "clock":  # by its own date, without any statement
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE clients_grant SET ends_at = now() WHERE client_id = %s", [client.pk]
        )
        superuser.execute("SET session_replication_role = origin")
    elif end == "duty":
        with cast.president.visit().transaction():
            [duty] = Duty.objects.live().filter(person=helen.id)
        duties.end_duty(by=cast.president.visit(), duty=duty.pk)
    elif end == "left":
        leaving.leave(by=cast.coordinator.visit(), person=helen.id)
    elif end == "conflict":
        acts.conflict(cast.coordinator, helen, client=client)
    elif end == "protect":
        acts.call(cast.coordinator, "protect(%s, true, '{}')", client.pk)
    else:
        acts.call(cast.coordinator, "move_client(%s, %s, NULL)", client.pk, cast.south)
    assert browser.get("/my-space/").status_code in (302, 403)
    # What ended stays ended, also where the same person is given the client again.
    if end == "clock":
        assign(cast.coordinator, client, helen)
        assert browser.get("/my-space/").status_code in (302, 403)


def test_duty_that_opened_it_ends_it_too(cast: Cast, sign_in: SignIn) -> None:
    lead = recruit(cast.north, "coordinator")
    client = new_client(cast.volunteer)
    account, _ = open_portal(lead, client, confirmed=False)
    browser = sign_in(account)
    assert browser.get("/my-space/").status_code == 200
    with cast.president.visit().transaction():
        [duty] = Duty.objects.live().filter(person=lead.id)
    duties.end_duty(by=cast.president.visit(), duty=duty.pk)
    assert browser.get("/my-space/").status_code in (302, 403)


def test_confirmed_it_survives_every_change(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    access = access_of(cast.coordinator, client)
    page = sign_in(cast.coordinator).get("/").content.decode()
    assert "Online spaces opened, not confirmed" in page and f"/portal-access/{access.pk}/" in page
    assert f"/portal-access/{access.pk}/" not in sign_in(helen).get("/").content.decode()
    assert "Confirmed" in confirm(sign_in(cast.coordinator), access).content.decode()
    assert f"/portal-access/{access.pk}/" not in sign_in(cast.coordinator).get("/").content.decode()
    record = sign_in(cast.coordinator).get(f"/clients/{client.pk}/").content.decode()
    assert "Coordinator spoke to the client on" in record and "as a volunteer" in record
    leaving.leave(by=cast.coordinator.visit(), person=helen.id)
    assert sign_in(account).get("/my-space/contacts/").status_code == 200


def use(browser: Browser) -> None:
    """Somebody uses the code of a card, and chooses a password."""
    form = {"new_password1": OWN, "new_password2": OWN}
    assert browser.post("/my-space/password/", form).status_code == 302
    assert browser.get("/my-space/").status_code == 200


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
            acts.call(cast.coordinator, f"portal_confirm(%s, current_date, {theirs})", access.pk)
    assert access_of(helen, client).state == "provisional"
    confirm(lead, access)
    assert hers.get("/my-space/contacts/").status_code in (302, 403)  # also what was open ends
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
        acts.call(cast.coordinator, "portal_confirm(%s, current_date - 1, true)", access.pk)


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
    leaving.leave(by=cast.coordinator.visit(), person=helen.id)
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


def test_nobody_confirms_their_own(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    access = access_of(helen, client)
    page = sign_in(helen).get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "You opened it" in page and "Coordinator" in page and 'name="sure"' not in page
    assert "Somebody else has to confirm it" in confirm(sign_in(helen), access).content.decode()
    for who in (helen, cast.outsider, cast.south_coordinator, cast.protection, cast.president):
        with pytest.raises(DatabaseError, match="not permitted"):
            acts.call(who, "portal_confirm(%s, current_date, true)", access.pk)
    assert access_of(helen, client).state == "provisional"
    for stale in (sign_in(cast.coordinator, fresh=False),):
        assert stale.get(f"/portal-access/{access.pk}/confirm/").status_code == 302
    before = confirm(sign_in(cast.coordinator), access, **today(days=-1)).content.decode()
    assert "The card was made after that day." in before
    assert access_of(helen, client).state == "provisional"


def test_branch_of_one_goes_to_the_president(cast: Cast, sign_in: SignIn) -> None:
    alone = recruit(cast.south, "coordinator")
    client = new_client(alone)
    acts.call(alone, "protect(%s, true, '{}')", client.pk)  # nobody else has this record
    open_portal(alone, client, confirmed=False)
    access = access_of(alone, client)
    told = sign_in(alone).get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "Nobody else has this record" in told and "president" in told
    browser = sign_in(cast.president)
    assert "Confirm a space" in browser.get("/").content.decode()
    form = {"username": access.username.upper(), "sure": "on", "theirs": "on", **today()}
    nobody = browser.post("/portal-access/confirm/", {**form, "username": "colline1"})
    assert "No space waits to be confirmed under this name" in nobody.content.decode()
    done = browser.post("/portal-access/confirm/", form, follow=True).content.decode()
    assert "Confirmed" in done and client.reference not in done
    assert access_of(alone, client).state == "confirmed"
    again = browser.post("/portal-access/confirm/", form).content.decode()
    assert "No space waits to be confirmed under this name" in again


def test_nothing_agreed_counts_before(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    browser = sign_in(account)
    home = browser.get("/my-space/").content.decode()
    assert "A volunteer opened this space for you on" in home
    browser.post("/my-space/copy/")
    assert "A copy can be made after that." in browser.get("/my-space/copy/").content.decode()
    said = {"kind": "access", "words": "Send me everything to 12 rue Haute."}
    assert browser.post("/my-space/requests/new/", said).status_code == 302
    with cast.coordinator.visit().transaction():
        asked = SubjectRequest.objects.get(client=client)
    lead = sign_in(cast.coordinator)
    page = lead.get(f"/requests/{asked.pk}/").content.decode()
    assert "nobody else of the team has confirmed" in page
    answer = {"outcome": "done", "text": "It is sent.", "revision": "1"}
    refused = lead.post(f"/requests/{asked.pk}/answer/", answer).content.decode()
    assert "Speak to the client first." in refused
    with pytest.raises(IntegrityError), cast.coordinator.visit().transaction() as visit:
        SubjectRequest.objects.filter(pk=asked.pk).update(state="done", handled_by_id=visit.person)
    confirm(lead, access_of(cast.coordinator, client))
    answer["revision"] = "1"
    assert lead.post(f"/requests/{asked.pk}/answer/", answer).status_code == 302
    browser = sign_in(account)
    assert browser.post("/my-space/copy/").status_code == 302
    assert "opened this space for you" not in browser.get("/my-space/").content.decode()


def test_what_the_client_can_write_by_sql_waits_too(cast: Cast, helen: Someone) -> None:
    """A copy, and who may know: refused by the database; to take back binds at once, because it narrows."""
    from audit import door

    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    as_client = Someone(account, "", None)
    with helen.visit().transaction() as visit:
        keys = door.open_one(visit, client.pk, "may_know.add", "support")
        row = may_know.let_know(by=visit, client=client, keys=keys, person="Claire", reach="",
                                what="Visits", until=None)  # fmt: skip
    with pytest.raises(DatabaseError, match="row-level security"), as_client.visit().transaction():
        Export(client=client, language="en").save(force_insert=True)
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        as_client.visit().transaction() as visit,
    ):
        keys = door.open_one(visit, client.pk, "portal.who", "own_record")
        may_know.let_know(by=visit, client=client, keys=keys, person="Paul", reach="", what="All",
                          until=None)  # fmt: skip
    with pytest.raises(DatabaseError, match="row-level security"), as_client.visit().transaction():
        WhoMayKnow.objects.filter(pk=row.pk).update(until=timezone.localdate(), revision=2)
    with as_client.visit().transaction() as visit:
        found = WhoMayKnow.objects.get(pk=row.pk).unlock(
            door.open_one(visit, client.pk, "portal.who", "own_record")
        )
        assert may_know.take_back(by=visit, row=found)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        cast.coordinator.visit().transaction(),
    ):
        PortalAccess.objects.filter(client=client).update(confirmed_at=timezone.now())


def test_client_is_not_locked_out_by_a_new_card(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(cast.volunteer)
    first, _ = open_portal(cast.volunteer, client)
    assign(cast.coordinator, client, helen)
    theirs = sign_in(first)
    page = sign_in(helen).get(f"/clients/{client.pk}/portal/").content.decode()
    assert "The client uses a space already." in page
    hers = sign_in(helen)
    hers.post(f"/clients/{client.pk}/portal/", {"mode": "open"})
    card = hers.get(f"/clients/{client.pk}/portal/card/").content.decode()
    assert "This code will work once somebody else of the team has spoken to the client." in card
    printed = hers.post(f"/clients/{client.pk}/portal/card/").content
    assert "Ce code fonctionnera quand une autre personne" in text_of(
        PdfReader(io.BytesIO(printed))
    )
    new = access_of(cast.coordinator, client)
    assert (new.state, new.opened_by_id) == ("waiting", helen.id)
    assert theirs.get("/my-space/").status_code == 200
    assert not User.objects.get(pk=new.user).is_active  # the card opens nothing
    with Someone(new.user, "", None).visit().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.own_client()")
        assert cursor.fetchone() == (None,)
    seen = theirs.get("/my-space/seen/").content.decode()
    assert "Made a new card for this space" in seen
    confirm(sign_in(cast.coordinator), new)
    assert theirs.get("/my-space/").status_code in (302, 403)
    assert User.objects.get(pk=new.user).is_active
    assert sign_in(new.user).get("/my-space/password/").status_code == 200


def test_card_that_nobody_used_is_replaced(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    first, _ = open_portal(helen, client, first=True, confirmed=False)
    second, _ = open_portal(helen, client, first=True, confirmed=False)
    with helen.visit().transaction():
        open_now = [access.user for access in client.portal_accesses.open()]
    assert open_now == [second] and not User.objects.get(pk=first).is_active


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
    steps = browser.get(f"/my-space/seen/day/{day}/?own=on").content.decode()
    assert "Opened this space for you" in steps and "Used this space for the first time" in steps
    lead = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert "is used and which nobody else has confirmed" in lead and client.reference in lead
    assert username not in lead


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


def test_confirmation_is_taken_back(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    lead = sign_in(cast.coordinator)
    access = access_of(cast.coordinator, client)
    confirm(lead, access)
    assert sign_in(helen).get(f"/portal-access/{access.pk}/unconfirm/").status_code == 403
    assert "Take back" in lead.get(f"/portal-access/{access.pk}/unconfirm/").content.decode()
    done = lead.post(f"/portal-access/{access.pk}/unconfirm/", follow=True).content.decode()
    assert "Taken back." in done and "speak to the client, then confirm" in done
    again = lead.post(f"/portal-access/{access.pk}/unconfirm/", follow=True).content.decode()
    assert "had been taken back already" in again
    assert access_of(helen, client).state == "provisional"
    confirm(lead, access)
    leaving.leave(by=cast.coordinator.visit(), person=helen.id)
    lead.post(f"/portal-access/{access.pk}/unconfirm/")
    assert access_of(cast.coordinator, client).state == "ended"
    assert sign_in(account).get("/my-space/").status_code in (302, 403)


def test_two_cards_at_once_leave_one_space(cast: Cast, helen: Someone) -> None:
    """The second waits for the first, and finds its card unused."""
    client = new_client(helen)
    for _ in range(3):
        open_space(helen.visit(), client.pk, first=True)
    with helen.visit().transaction():
        assert len(client.portal_accesses.open()) == 1


def test_hidden_access_is_refused_like_an_absent_one(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    hidden: UUID = access_of(helen, client).pk
    browser = sign_in(cast.outsider)
    for pk in (hidden, uuid4()):
        for act in ("confirm", "unconfirm"):
            assert browser.get(f"/portal-access/{pk}/{act}/").status_code == 404
        with pytest.raises(DatabaseError, match="not permitted"):
            acts.call(cast.outsider, "portal_confirm(%s, current_date, true)", pk)
        with pytest.raises(DatabaseError, match="not permitted"):
            acts.call(cast.outsider, "portal_unconfirm(%s)", pk)


def test_whoever_may_be_the_opener_is_told_before(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, helen: Someone
) -> None:
    """Somebody whom the opener let in and whom nobody else has confirmed yet: no form, and who can do it."""
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    record = f"/clients/{client.pk}/"
    assert "See who can" in sign_in(helen).get(record).content.decode()
    tied = recruit(cast.north, "coordinator")
    superuser.execute(
        "INSERT INTO volunteers_lettingin (id, person_id, by_id, how, at, duty)"
        " VALUES (%s, %s, %s, 'new_sign_in', now(), '')",
        [uuid4(), tied.id, helen.id],
    )
    access = access_of(tied, client)
    page = sign_in(tied).get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "nobody has confirmed yet that" in page and 'name="sure"' not in page
    with tied.visit().transaction():
        name = f"<li>{Person.objects.get(pk=tied.id).working_name}</li>"
    assert name not in page and "<li>Coordinator</li>" in page
    assert name not in sign_in(helen).get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "See who can" in sign_in(tied).get(record).content.decode()
    assert (
        "speak to the client, then confirm"
        in sign_in(cast.coordinator).get(record).content.decode()
    )


@pytest.mark.parametrize("confirmed", [False, True])
def test_space_does_not_end_in_silence(
    cast: Cast, sign_in: SignIn, helen: Someone, confirmed: bool
) -> None:
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    if confirmed:
        confirm(sign_in(cast.coordinator), access_of(cast.coordinator, client))
    with cast.coordinator.visit().transaction():
        grant = Grant.objects.live().get(client=client, person_id=helen.id)
    lead = sign_in(cast.coordinator)
    pages = (f"/grants/{grant.pk}/end/", f"/people/{helen.id}/hand-over/")
    for page in pages:
        told = lead.get(page).content.decode()
        assert ("online space" in told and "make a new card afterwards" in told) is not confirmed
    with cast.coordinator.visit().transaction() as visit:
        grants.end_grant(by=visit, grant=grant)
    record = lead.get(f"/clients/{client.pk}/").content.decode()
    assert (", not confirmed." in record) is not confirmed
    assert ("If they still want one, make a new card." in record) is not confirmed
    assert ("The client wants to see their record online" in record) is not confirmed
    if not confirmed:
        open_portal(cast.coordinator, client)
        assert ", not confirmed." not in lead.get(f"/clients/{client.pk}/").content.decode()


def test_requests_promise_no_day_before_and_complaints_are_read(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    browser = sign_in(account)
    once = "once someone else from our team has spoken to you"
    for page in ("/my-space/requests/", "/my-space/requests/new/"):
        said = browser.get(page).content.decode()
        assert once in said and "opened this space for you" in said
        assert "an answer by" not in said and "within a month" not in said
    form = {"kind": "access", "words": "Send me everything."}
    sent = browser.post("/my-space/requests/new/", form, follow=True).content.decode()
    assert once in sent and "an answer by" not in sent
    for page in ("/my-space/complaints/", "/my-space/complaints/new/"):
        assert "A complaint is always read, even before that." in browser.get(page).content.decode()
    confirm(sign_in(cast.coordinator), access_of(cast.coordinator, client))
    browser = sign_in(account)
    assert "You will have an answer by" in browser.get("/my-space/requests/").content.decode()
    for page in ("/my-space/complaints/", "/my-space/complaints/new/"):
        assert "always read" not in browser.get(page).content.decode()


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
            "SELECT sec.own_counts()::integer",
        ):
            cursor.execute(statement)
            assert cursor.fetchone() == (0,), statement
    with signin_transaction(token) as cursor:
        cursor.execute(
            "SELECT * FROM sec.open(ARRAY[%s]::uuid[], 'portal.record', 'own_record')", [client.pk]
        )
        assert cursor.fetchall() == []
    with pytest.raises(ProgrammingError), pages_transaction(token) as cursor:
        cursor.execute(
            "SELECT sec.record('client.state', NULL, '', NULL, '', '{}')"
        )  # nor is one of the team
    use(browser := sign_in(account))
    assert browser.get("/my-space/").status_code == 200
