"""A complaint that names nobody is closed to everybody whom it may be about, whatever they become."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.contacts.actions import intake
from clients.models import Client
from clients.records.actions import taking_in
from clients.who_may_know.actions import grants
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making import acts
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another, confirm, recruit
from tests.making.spaces import access_of, confirm_portal, open_space, today
from tests.making.versions import new_code, versions_forgotten
from volunteers.actions import code
from volunteers.models import Duty, PolicyText

TOKEN = re.compile(r"[0-9A-Za-z]{64}")
WORDS = "Whoever rings me told my sister."
EXPLAINED = {
    "explained": "on",
    "answer": "yes",
    "channel": "phone",
    "language": "fr",
    "happened_on_day": "6",
    "happened_on_month": "1",
    "happened_on_year": "2026",
}


@pytest.fixture(scope="module")
def cast(cast: Cast, server: Embedded) -> Cast:
    """A president and a lead who have served nobody, whatever other tests let the standing ones do."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_meant")


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


@pytest.fixture
def accused(cast: Cast) -> Someone:
    return recruit(cast.north, "coordinator")


def space(cast: Cast, sign_in: SignIn, by: Someone, client: Client) -> Browser:
    """The client's own space, confirmed by another of the team."""
    account = open_space(by.actor(), client.pk)
    confirm_portal(client)
    return sign_in(account)


def complained(browser: Browser, client: Client, kind: str, about: UUID | str = "") -> UUID:
    said = {"kind": kind, "about": str(about), "words": WORDS}
    before = set(acts.complaints_of(client))
    assert browser.post(reverse("portal_complaint_add"), said).status_code == 302
    [made] = set(acts.complaints_of(client)) - before
    return made


@contextmanager
def holding(
    cast: Cast, sign_in: SignIn, someone: Someone, duty: str, branch: str = ""
) -> Iterator[None]:
    """Somebody holds another duty, given on the president's page, and loses it again."""
    president = sign_in(cast.president)
    confirm(cast.protection, someone)
    given = {"duty": duty, "branch": branch}
    assert president.post(f"/people/{someone.id}/duties/new/", given).status_code == 302
    try:
        yield
    finally:
        stop(cast, sign_in, someone, duty)


def plain(answer: Any) -> tuple[int, str]:
    """What a page says, without what differs between two looks."""
    return answer.status_code, TOKEN.sub("", answer.content.decode())


def stop(cast: Cast, sign_in: SignIn, someone: Someone, kind: str) -> None:
    with cast.president.actor().transaction():
        duty = Duty.objects.live().filter(person_id=someone.id, kind=kind).latest("starts_at")
    assert sign_in(cast.president).post(f"/duties/{duty.pk}/end/").status_code == 302


def closed_to(sign_in: SignIn, someone: Someone, complaint: UUID) -> bool:
    browser = sign_in(someone)
    page = browser.get(f"/complaints/{complaint}/")
    answer = browser.post(f"/complaints/{complaint}/answer/", {"words": "Untrue."})
    return (page.status_code, answer.status_code) == (404, 404)


def test_a_coordinator_who_supports_the_client_hears_of_no_volunteer_without_a_name(
    cast: Cast, sign_in: SignIn, accused: Someone
) -> None:
    client = new_client(accused)
    complaint = complained(space(cast, sign_in, accused, client), client, "volunteer")
    assert closed_to(sign_in, accused, complaint)
    assert WORDS in sign_in(cast.deputy).get(f"/complaints/{complaint}/").content.decode()
    assert WORDS in sign_in(cast.president).get(f"/complaints/{complaint}/").content.decode()


def test_whoever_took_it_down_goes_on_hearing_of_a_volunteer(
    cast: Cast, sign_in: SignIn, accused: Someone
) -> None:
    client = new_client(accused)
    complaint = acts.complain(accused, client, "volunteer", None)
    assert not closed_to(sign_in, accused, complaint)


@pytest.mark.parametrize("kind", ["volunteer", "unsaid"])
def test_a_president_who_volunteers_hears_nothing_of_their_own_client(
    cast: Cast, sign_in: SignIn, helen: Someone, kind: str
) -> None:
    client = new_client(helen)
    complaint = complained(space(cast, sign_in, helen, client), client, kind)
    with holding(cast, sign_in, helen, "president"):
        assert closed_to(sign_in, helen, complaint)
        assert not closed_to(sign_in, cast.president, complaint)


@pytest.mark.parametrize("duty", ["president", "protection"])
@pytest.mark.parametrize("kind", ["coordinator", "unsaid"])
@pytest.mark.parametrize("order", ["complaint first", "duty first"])
def test_a_coordinator_who_rises_hears_nothing(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone, duty: str, kind: str, order: str
) -> None:
    client = new_client(helen)
    browser = space(cast, sign_in, helen, client)
    if order == "complaint first":
        complaint = complained(browser, client, kind)
        assert closed_to(sign_in, accused, complaint)
    stop(cast, sign_in, accused, "coordinator")
    with holding(cast, sign_in, accused, duty):
        if order == "duty first":
            complaint = complained(browser, client, kind)
        assert closed_to(sign_in, accused, complaint)


def test_a_volunteer_who_rises_hears_nothing(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    complaint = complained(space(cast, sign_in, helen, client), client, "volunteer")
    with holding(cast, sign_in, helen, "coordinator", str(cast.north)):
        assert closed_to(sign_in, helen, complaint)


def test_it_is_handed_to_nobody_whom_it_may_be_about_until_somebody_says_that_it_is_not(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """By the lead as well: the president may be one of them."""
    client = new_client(helen)
    complaint = acts.complain(helen, client, "coordinator", None)
    stop(cast, sign_in, accused, "coordinator")
    offered = f'value="{accused.id}"'
    with holding(cast, sign_in, accused, "coordinator", str(cast.south)):
        lead = sign_in(cast.protection)
        hand = f"/complaints/{complaint}/hand/"
        assert offered not in lead.get(hand).content.decode()
        assert f"/{accused.id}/" in lead.get(hand).content.decode()
        assert lead.post(f"/complaints/{complaint}/not-about/{accused.id}/").status_code == 302
        assert offered in lead.get(hand).content.decode()


def test_it_is_heard_by_the_last_who_hold_an_office(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Where it may be about all of them alike: else nobody would ever answer."""
    client = new_client(cast.volunteer)
    complaint = acts.complain(cast.volunteer, client, "unsaid", None)
    heard = [
        acts.call(someone, "may_hear(%s::uuid)", complaint)
        for someone in (cast.president, cast.protection)
    ]
    assert heard == [True, True]
    served(superuser, client, cast.president)
    assert not acts.call(cast.president, "may_hear(%s::uuid)", complaint)
    served(superuser, client)
    assert acts.call(cast.president, "may_hear(%s::uuid)", complaint)
    assert acts.call(cast.protection, "may_hear(%s::uuid)", complaint)


def test_whoever_signs_a_new_code_first_is_not_the_last_who_could_hear(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    complaint = acts.complain(cast.volunteer, client, "unsaid", None)
    served(superuser, client, cast.president)
    with versions_forgotten(superuser):
        version = new_code(cast.president)
        with cast.president.actor().transaction() as actor:
            text = PolicyText.objects.get(version=version, language="en")
            code.sign_undertaking(by=actor, text=text.pk)
        assert not acts.call(cast.president, "may_hear(%s::uuid)", complaint)


def served(superuser: psycopg.Connection, client: Client, *people: Someone) -> None:
    """These, or all who hold an office, had served the client once."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "INSERT INTO clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, starts_at, ends_at)"
            " SELECT gen_random_uuid(), c.id, c.branch_id, d.person_id, 'errand', 'assignment', 'support',"
            " now() - interval '9 days', now() - interval '8 days' FROM clients_client c,"
            " (SELECT DISTINCT person_id FROM volunteers_duty WHERE kind IN ('president', 'protection')) d"
            " WHERE c.id = %s AND (d.person_id = ANY (%s) OR %s)",
            [client.pk, [someone.id for someone in people], not people],
        )


def test_a_coordinator_complained_about_answers_no_other_complaint_of_that_client(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    browser = space(cast, sign_in, helen, client)
    complained(browser, client, "coordinator", accused.id)
    other = complained(browser, client, "volunteer", helen.id)
    mine = sign_in(accused)
    for path, said in (
        ("answer/", {"words": "Nothing was found."}),
        ("hand/", {"person": str(cast.deputy.id)}),
        ("conflicts/new/", {"person": str(cast.deputy.id), "reason": "friend"}),
    ):
        mine.post(f"/complaints/{other}/{path}", said)
    assert acts.call(cast.deputy, "may_hear(%s::uuid)", other)
    page = sign_in(cast.deputy).get(f"/complaints/{other}/").content.decode()
    assert "Nothing was found." not in page


def test_whoever_a_complaint_is_about_does_not_choose_by_another_who_answers(
    cast: Cast, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    about_helen = acts.complain(cast.protection, client, "volunteer", helen)
    acts.complain(helen, client, "coordinator", accused)
    acts.call(accused, "answer_complaint(%s)", about_helen)


def test_a_coordinator_complained_about_closes_neither_space_nor_record(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    browser = space(cast, sign_in, helen, client)
    complained(browser, client, "coordinator", accused.id)
    mine = sign_in(accused)
    mine.post(f"/clients/{client.pk}/portal/close/")
    mine.post(f"/clients/{client.pk}/state/", {"state": "closed", **today("since")})
    assert browser.get(reverse("portal_complaints")).status_code == 200
    with cast.deputy.actor().transaction():
        assert Client.objects.get(pk=client.pk).state != "closed"
    assert sign_in(cast.deputy).post(f"/clients/{client.pk}/portal/close/").status_code == 302
    assert access_of(cast.deputy, client).state == "ended"


def test_pages_of_the_accused_stay_as_they_were(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """A space to confirm, one to take back and an emergency to review: what they may not do, the act says."""
    waiting, confirmed = new_client(helen), new_client(helen)
    open_space(helen.actor(), waiting.pk)
    space(cast, sign_in, helen, confirmed)
    emergency, _ = acts.press_emergency(recruit(cast.north), confirmed)
    mine = sign_in(accused)
    access = access_of(accused, waiting)
    where = [
        "/",
        *(f"/clients/{client.pk}/" for client in (waiting, confirmed)),
        f"/portal-access/{access.pk}/confirm/",
        f"/emergencies/{emergency}/",
        f"/emergency/{emergency}/review/",
    ]
    before = [plain(mine.get(page)) for page in where]
    for client in (waiting, confirmed):
        acts.complain(cast.protection, client, "coordinator", accused)
    assert [plain(mine.get(page)) for page in where] == before
    mine.post(where[3], today("spoken_on"))
    mine.post(where[5], {"outcome": "justified", "text": "I looked."})
    assert access_of(cast.deputy, waiting).state == "provisional"
    assert acts.call(cast.deputy, "may_review(%s::uuid)", emergency)


def test_a_volunteer_escapes_no_conflict_by_complaining_about_the_coordinator(
    cast: Cast, helen: Someone
) -> None:
    client = new_client(helen)
    acts.complain(helen, client, "coordinator", cast.coordinator)
    assert acts.conflict(cast.coordinator, helen, client=client)


def test_one_without_a_record_is_closed_to_whoever_serves_in_the_branch(
    cast: Cast, sign_in: SignIn
) -> None:
    """Whom it is about nobody knows: the client has no reference."""
    accused = recruit(cast.south, "coordinator")  # in a branch where neither office has served
    new_client(accused)
    made = without_record(cast, cast.south)
    assert closed_to(sign_in, accused, made)
    assert acts.call(cast.president, "may_hear(%s::uuid)", made)


def test_whoever_explained_or_confirmed_has_talked_with_the_client(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    access = access_of(accused, client)
    acts.call(accused, "portal_confirm(%s, %s, true)", access.pk, timezone.localdate())
    assert access_of(accused, client).state == "confirmed"
    assert closed_to(sign_in, accused, complained(sign_in(account), client, "volunteer"))


def test_whoever_confirmed_and_took_it_back_has_talked_with_the_client(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """Nor does it help to have another confirm after it."""
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    access = access_of(accused, client)
    acts.call(accused, "portal_confirm(%s, %s, true)", access.pk, timezone.localdate())
    complaint = complained(sign_in(account), client, "volunteer")
    acts.call(accused, "portal_unconfirm(%s)", access.pk)
    assert closed_to(sign_in, accused, complaint)
    confirm_portal(client)
    assert closed_to(sign_in, accused, complaint)


def without_record(cast: Cast, branch: UUID) -> UUID:
    """A complaint about a volunteer of this branch by somebody who does not say who they are."""
    made = uuid4()
    acts.call(
        cast.protection,
        "complain(%s, NULL, 'volunteer', NULL, %s, %s, %s, %s)",
        made,
        f"K-{made.hex[:8]}",
        *acts.keys(made),
        branch,
    )
    return made


def is_meant(superuser: psycopg.Connection, complaint: UUID, someone: Someone) -> bool:
    """Whether a complaint that names nobody may be about somebody."""
    about = "SELECT sec.may_be_about(m, %s) FROM clients_complaint m WHERE id = %s"
    return superuser.execute(about, [someone.id, complaint]).fetchone()[0]


@pytest.mark.parametrize("order", ["complaint first", "move first"])
def test_a_client_who_moved_takes_nobody_out_of_a_complaint_without_a_record(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, order: str
) -> None:
    accused = recruit(cast.south, "coordinator")
    client = new_client(accused)
    move = ("move_client(%s, %s, %s)", client.pk, cast.north, cast.coordinator.id)
    if order == "move first":
        acts.call(accused, *move)
    complaint = without_record(cast, cast.south)
    if order == "complaint first":
        acts.call(accused, *move)
    assert closed_to(sign_in, accused, complaint)
    # The other way round: a client who comes into the branch afterwards brings nobody into the complaint.
    comes = new_client(cast.volunteer)
    before = without_record(cast, cast.south)
    acts.call(
        cast.coordinator, "move_client(%s, %s, %s)", comes.pk, cast.south, cast.south_coordinator.id
    )
    assert not is_meant(superuser, before, cast.volunteer)  # who served them elsewhere


@pytest.mark.parametrize("how", ["explained", "opened", "confirmed"])
def test_who_talked_in_the_branch_is_shut_out_of_one_without_a_record(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, how: str
) -> None:
    accused = recruit(cast.south, "coordinator")
    client = new_client(cast.south_coordinator)
    assert not is_meant(superuser, without_record(cast, cast.south), accused)
    if how == "explained":
        sign_in(accused).post(f"/clients/{client.pk}/explanation/", EXPLAINED)
    else:
        open_space((accused if how == "opened" else cast.south_coordinator).actor(), client.pk)
    if how == "confirmed":
        access = access_of(accused, client)
        acts.call(accused, "portal_confirm(%s, %s, true)", access.pk, timezone.localdate())
    assert is_meant(superuser, without_record(cast, cast.south), accused)


def test_coordinators_of_where_the_client_was_are_shut_out_too(
    cast: Cast, superuser: psycopg.Connection, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    acts.call(
        cast.deputy, "move_client(%s, %s, %s)", client.pk, cast.south, cast.south_coordinator.id
    )
    made = acts.complain(cast.south_coordinator, client, "coordinator", None)
    named = acts.complain(cast.protection, client, "coordinator", cast.deputy)
    assert not is_meant(superuser, named, helen)
    for someone in (accused, cast.south_coordinator):
        assert is_meant(superuser, made, someone)


def test_nobody_is_shut_out_by_moving_the_client_afterwards(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Else a coordinator of whom it may be would choose by it who hears."""
    client = new_client(cast.volunteer)
    complaint = acts.complain(cast.volunteer, client, "unsaid", None)
    there = (client.pk, cast.south, cast.south_coordinator.id)
    back = (client.pk, cast.north, cast.coordinator.id)
    for mover, where in ((cast.coordinator, there), (cast.south_coordinator, back)):
        acts.call(mover, "move_client(%s, %s, %s)", *where)
        assert is_meant(superuser, complaint, cast.deputy)
        assert not is_meant(superuser, complaint, cast.south_coordinator)


def test_whoever_answered_a_call_without_a_record_may_be_meant(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    someone = recruit(cast.south)
    assert not is_meant(superuser, without_record(cast, cast.south), someone)
    with someone.actor().transaction() as actor:
        intake.count_enquiry(
            by=actor,
            id=uuid4(),
            branch=cast.south,
            channel="phone",
            happened_on=timezone.localdate(),
            language="fr",
        )
    assert is_meant(superuser, without_record(cast, cast.south), someone)


def test_whoever_took_the_client_in_has_talked_with_them(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    coordinator = recruit(cast.north, "coordinator")
    with coordinator.actor().transaction() as actor:
        new = taking_in.NewClient(cast.north, "fr", {"given_name": "Anne", "family_name": "Lot"})
        client, _ = taking_in.take_in(by=actor, new=new)
    complaint = acts.complain(cast.protection, client, "volunteer", None)
    assert is_meant(superuser, complaint, coordinator)


def test_the_last_who_hear_it_hand_it_on_and_do_not_answer(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    served(superuser, client)
    complaint = acts.complain(cast.volunteer, client, "unsaid", None)
    with pytest.raises(Exception, match="not permitted"):
        acts.call(cast.president, "answer_complaint(%s)", complaint)
    acts.call(cast.president, "hand_complaint(%s, %s)", complaint, cast.south_coordinator.id)


def test_one_that_names_a_coordinator_is_closed_to_the_others_of_the_branch(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """Until it is handed to one of them."""
    client = new_client(helen)
    complaint = acts.complain(cast.protection, client, "coordinator", accused)
    assert closed_to(sign_in, cast.deputy, complaint)


def test_nobody_who_may_be_meant_chooses_who_answers(
    cast: Cast, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    unnamed = acts.complain(cast.protection, client, "volunteer", None)
    acts.complain(helen, client, "coordinator", accused)
    acts.call(accused, "answer_complaint(%s)", unnamed)


@pytest.mark.parametrize("office", ["president", "protection"])
def test_a_coordinator_blinds_nobody_who_checks_on_them(
    cast: Cast, helen: Someone, office: str
) -> None:
    client = new_client(helen)
    someone = getattr(cast, office)
    with pytest.raises(Exception, match="not permitted"):
        acts.call(
            cast.coordinator,
            "mark_serves(%s, %s, %s, %s)",
            uuid4(),
            someone.id,
            client.pk,
            [cast.deputy.id],
        )


def test_reading_notes_has_no_reason_that_tells_of_a_complaint(cast: Cast) -> None:
    """A line with such a reason would have to be kept from whom it is about, the lead too."""
    client = new_client(cast.volunteer)
    with (
        pytest.raises(Exception, match="open_notes"),
        cast.coordinator.actor().transaction() as actor,
    ):
        grants.open_notes(by=actor, client=client, reason="complaint")
