"""A portal that somebody of the team opened is provisional until another of them has spoken to the client."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone
from pypdf import PdfReader

from clients.models import Grant, PortalAccess, WhoMayKnow
from clients.who_may_know.actions import grants, may_know
from rights.models import Export, SubjectRequest
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.documents import text_of
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import (
    access_of,
    confirm,
    open_portal,
    open_space,
    password_chosen,
    today,
)
from volunteers.actions import duties, leaving
from volunteers.models import Duty, Person, User

pytestmark = pytest.mark.usefixtures("long_lists")


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
    assert as_client.get("/my-space/details/").status_code == 200
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(
            by=actor, grant=Grant.objects.live().get(client=client, person_id=helen.id)
        )
    assert as_client.get("/my-space/details/").status_code in (302, 403)
    assert not User.objects.get(pk=account).is_active
    assert access_of(cast.coordinator, client).state == "ended"
    again = sign_in(account)
    assert again.get("/my-space/details/").status_code in (302, 403)


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
        with cast.president.actor().transaction():
            [duty] = Duty.objects.live().filter(person=helen.id)
        duties.end_duty(by=cast.president.actor(), duty=duty.pk)
    elif end == "left":
        leaving.leave(by=cast.coordinator.actor(), person=helen.id)
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
    with cast.president.actor().transaction():
        [duty] = Duty.objects.live().filter(person=lead.id)
    duties.end_duty(by=cast.president.actor(), duty=duty.pk)
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
    leaving.leave(by=cast.coordinator.actor(), person=helen.id)
    assert sign_in(account).get("/my-space/contacts/").status_code == 200


def test_nobody_confirms_their_own(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    open_portal(helen, client, confirmed=False)
    access = access_of(helen, client)
    page = sign_in(helen).get(f"/portal-access/{access.pk}/confirm/").content.decode()
    assert "You opened it" in page and "Coordinator" in page and 'name="sure"' not in page
    assert "Somebody else has to confirm it" in confirm(sign_in(helen), access).content.decode()
    for who in (helen, cast.outsider, cast.south_coordinator, cast.protection, cast.president):
        with pytest.raises(DatabaseError, match="not permitted"):
            acts.call(who, "portal_confirm(%s, %s, true)", access.pk, timezone.localdate())
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
    assert "After that you find here what we have noted" in home
    assert browser.post("/my-space/copy/")["Location"] == "/my-space/"
    said = {"kind": "access", "words": "Send me everything to 12 rue Haute."}
    assert browser.post("/my-space/requests/new/", said).status_code == 302
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    lead = sign_in(cast.coordinator)
    page = lead.get(f"/requests/{asked.pk}/").content.decode()
    assert "nobody else of the team has confirmed" in page
    answer = {"outcome": "done", "text": "It is sent.", "revision": "1"}
    refused = lead.post(f"/requests/{asked.pk}/answer/", answer).content.decode()
    assert "Speak to the client first." in refused
    with pytest.raises(IntegrityError), cast.coordinator.actor().transaction() as actor:
        SubjectRequest.objects.filter(pk=asked.pk).update(state="done", handled_by_id=actor.person)
    confirm(lead, access_of(cast.coordinator, client))
    answer["revision"] = "1"
    assert lead.post(f"/requests/{asked.pk}/answer/", answer).status_code == 302
    browser = sign_in(account)
    assert browser.post("/my-space/copy/").status_code == 302
    assert "opened this space for you" not in browser.get("/my-space/").content.decode()


def test_what_the_client_can_write_by_sql_waits_too(cast: Cast, helen: Someone) -> None:
    """A copy, and who may know: refused by the database."""
    from audit import door

    client = new_client(helen)
    account, _ = open_portal(helen, client, confirmed=False)
    as_client = Someone(account, "", None)
    with helen.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "may_know.add", "support")
        row = may_know.let_know(
            by=actor, client=client, keys=keys, person="Claire", reach="", what="Visits", until=None
        )
    with pytest.raises(DatabaseError, match="row-level security"), as_client.actor().transaction():
        Export(client=client, language="en").save(force_insert=True)
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        as_client.actor().transaction() as actor,
    ):
        keys = door.open_one(actor, client.pk, "portal.who", "own_record")
        may_know.let_know(
            by=actor, client=client, keys=keys, person="Paul", reach="", what="All", until=None
        )
    with as_client.actor().transaction():
        changed = WhoMayKnow.objects.filter(pk=row.pk).update(
            until=timezone.localdate(), revision=2
        )
        assert not changed
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        cast.coordinator.actor().transaction(),
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
    with Someone(new.user, "", None).actor().transaction(), connection.cursor() as cursor:
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
    with helen.actor().transaction():
        open_now = [access.user for access in client.portal_accesses.open()]
    assert open_now == [second] and not User.objects.get(pk=first).is_active


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
    leaving.leave(by=cast.coordinator.actor(), person=helen.id)
    lead.post(f"/portal-access/{access.pk}/unconfirm/")
    assert access_of(cast.coordinator, client).state == "ended"
    assert sign_in(account).get("/my-space/").status_code in (302, 403)


def test_two_cards_at_once_leave_one_space(cast: Cast, helen: Someone) -> None:
    """The second waits for the first, and finds its card unused."""
    client = new_client(helen)
    for _ in range(3):
        open_space(helen.actor(), client.pk, first=True)
    with helen.actor().transaction():
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
            acts.call(cast.outsider, "portal_confirm(%s, %s, true)", pk, timezone.localdate())
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
    with tied.actor().transaction():
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
    with cast.coordinator.actor().transaction():
        grant = Grant.objects.live().get(client=client, person_id=helen.id)
    lead = sign_in(cast.coordinator)
    pages = (f"/grants/{grant.pk}/end/", f"/people/{helen.id}/hand-over/")
    for page in pages:
        told = lead.get(page).content.decode()
        assert ("online space" in told and "make a new card afterwards" in told) is not confirmed
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(by=actor, grant=grant)
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
