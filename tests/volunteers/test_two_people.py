"""One human is not two persons: whoever lets somebody in is no second person for them until a third confirms it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError
from django.utils import timezone

from audit.models import Event
from clients.emergencies import actions as emergencies
from clients.handover import actions as handover
from clients.models import Client, Emergency
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from disclosures.actions import requests
from disclosures.models import Disclosure
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.disclosures import asked, decide, opened
from tests.making.emergencies import nothing_open
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another, confirm, invited, recruit
from vault.exceptions import Refused
from volunteers.actions import duties, meetings
from volunteers.models import Duty, LettingIn, Meeting

pytestmark = pytest.mark.usefixtures("long_lists")


@pytest.fixture(scope="module")
def cast(cast: Cast, server: Embedded) -> Cast:
    """People in branches of their own, with one coordinator in the south."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_two")


def tied(superuser: psycopg.Connection, a: Someone, b: Someone) -> bool:
    one, other = superuser.execute(
        "SELECT sec.are_tied(%s, %s), sec.are_tied(%s, %s)", [a.id, b.id, b.id, a.id]
    ).fetchone()
    assert one == other
    return one


def test_whoever_is_asked_to_confirm_is_one_who_can(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Two functions for two questions: who is asked of me, and whom one asks."""
    new = invited(cast.coordinator, branch=cast.north)
    everybody = [row[0] for row in superuser.execute("SELECT user_id FROM volunteers_person")]
    for someone in (cast.coordinator, cast.deputy, cast.president, cast.protection, cast.volunteer):
        asked = acts.call(someone, "to_confirm()")
        can = superuser.execute(
            "SELECT p FROM unnest(%s::uuid[]) p WHERE %s = ANY (sec.confirmers(p))",
            [everybody, someone.id],
        ).fetchall()
        assert set(asked) == {row[0] for row in can}
    assert new.id in acts.call(cast.deputy, "to_confirm()")
    assert new.id not in acts.call(cast.coordinator, "to_confirm()")


def test_who_may_be_one_is_what_the_lettings_in_say(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Compared with the same, thought out once more over all of them."""
    invited(cast.coordinator, branch=cast.north)
    open_ties = superuser.execute(
        "SELECT l.person_id, l.by_id FROM volunteers_lettingin l WHERE l.by_id IS NOT NULL AND sec.is_unconfirmed(l)"
    ).fetchall()
    for (who,) in superuser.execute("SELECT user_id FROM volunteers_person").fetchall():
        circle, before = {who}, set()
        while circle != before:
            before = set(circle)
            circle |= {one for tie in open_ties if circle & set(tie) for one in tie}
        found = superuser.execute("SELECT sec.circle(%s)", [who]).fetchone()[0]
        assert set(found) == circle


def test_asking_of_one_person_does_not_look_at_all(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Else each page of an association of many would take longer than one of few."""
    someone = invited(cast.coordinator, branch=cast.north)
    confirm(cast.deputy, someone)
    own = superuser.execute(
        "SELECT count(*) FROM volunteers_lettingin WHERE person_id = %(who)s OR by_id = %(who)s",
        {"who": someone.id},
    ).fetchone()[0]
    with superuser.transaction():
        superuser.execute("SET LOCAL track_functions = 'all'")
        superuser.execute("SELECT sec.circle(%s), sec.confirmers(%s)", [someone.id, someone.id])
        calls = superuser.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname = 'is_unconfirmed'"
        ).fetchone()[0]
    assert 0 < calls <= 2 * own


def test_who_lets_in_is_tied_until_a_third_confirms(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    other = invited(cast.coordinator, branch=cast.north)
    assert tied(superuser, cast.coordinator, new)
    assert tied(superuser, new, other)  # two whom the same person let in may be one as well
    assert not tied(superuser, cast.deputy, new)
    for someone in (cast.coordinator, cast.volunteer, new, other):
        with pytest.raises(ProgrammingError):
            confirm(someone, new)
    confirm(cast.deputy, new)
    assert not tied(superuser, cast.coordinator, new)
    assert tied(superuser, cast.coordinator, other)
    with pytest.raises(ProgrammingError):
        confirm(cast.protection, new)  # nothing is left to confirm
    with cast.protection.actor().transaction():
        assert Event.objects.filter(action="person.confirm", subject=new.id).count() == 1


def test_a_duty_ties_nobody_to_whoever_gave_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Else whoever is judged would tie their judge to themself by giving them one."""
    judge = invited(cast.deputy, branch=cast.north)
    confirm(cast.president, judge)
    given = {"duty": "responder", "branch": str(cast.north)}
    answer = sign_in(cast.president).post(f"/people/{judge.id}/duties/new/", given)
    assert answer.status_code == 302
    assert not tied(superuser, cast.president, judge)


def test_confirming_asks_who_one_is(cast: Cast) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    with pytest.raises(ProgrammingError), cast.deputy.actor(fresh=False).transaction() as actor:
        meetings.confirm(by=actor, person=new.id, way="met")


def test_nobody_decides_on_what_somebody_asks_whom_they_let_in(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    new = invited(cast.deputy, branch=cast.north)
    made = asked(cast, new)
    assert made.pk not in waiting(cast.deputy)
    for approve in (True, False):
        with pytest.raises(Refused) as refused:
            decide(cast.deputy, made, approve=approve)
        assert "two different people" in str(refused.value.message)
    browser = sign_in(cast.deputy)
    page = browser.get(f"/disclosures/{made.pk}/")
    assert "nobody has confirmed yet" in page.content.decode()
    assert "Coordinator" in page.content.decode()
    assert "approve" not in page.context["may"]
    assert browser.get(f"/disclosures/{made.pk}/decide/").status_code == 302
    confirm(cast.protection, new, "rang")
    assert made.pk in waiting(cast.deputy)
    decide(cast.deputy, made)


def test_the_only_coordinators_volunteer_reads_who_can_confirm_them(
    cast: Cast, sign_in: SignIn
) -> None:
    new = invited(cast.south_coordinator, branch=cast.south)
    client = new_client(new)
    with new.actor().transaction() as actor:
        keys = opened(actor, Disclosure(client=client), "disclosure.add")
        made = requests.draft(
            by=actor, client=client, keys=keys, ground="law", ground_details="Art. 1"
        )
        rows = Disclosure.objects.filter(pk=made.pk)
        rows.update(consent="given", discussed_on=timezone.localdate())
        rows.update(state="asked", asked_at=timezone.now())
    page = sign_in(new).get(f"/disclosures/{made.pk}/").content.decode()
    assert "Nobody can decide on it yet" in page
    assert "President" in page
    confirm(cast.president, new)
    assert (
        "Nobody can decide on it yet"
        not in sign_in(new).get(f"/disclosures/{made.pk}/").content.decode()
    )


def waiting(by: Someone) -> set[object]:
    with by.actor().transaction() as actor:
        return set(Disclosure.objects.to_decide(actor).values_list("pk", flat=True))


def test_nobody_decides_on_what_somebody_asks_who_let_them_in(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """The other way round: the one who was let in decides for the one who let them in."""
    new = invited(cast.president, "coordinator", cast.north)
    confirm(cast.protection, new)
    made = asked(cast, new)
    superuser.execute(
        "INSERT INTO volunteers_lettingin (id, person_id, by_id, how, at, duty) VALUES (%s, %s, %s, 'new_sign_in', now(), '')",
        [uuid4(), cast.deputy.id, new.id],
    )
    with pytest.raises(Refused):
        decide(cast.deputy, made)
    confirm(cast.protection, cast.deputy)
    decide(cast.deputy, made)


def test_a_release_asks_again_whether_two_people_decided(cast: Cast) -> None:
    from disclosures.actions import delivery

    new = invited(cast.deputy, branch=cast.north)
    meeting = confirm(cast.coordinator, new)
    made = asked(cast, new)
    decide(cast.deputy, made)
    with cast.coordinator.actor().transaction() as actor:
        meetings.withdraw(by=actor, meeting=meeting)
    with pytest.raises(Refused), cast.deputy.actor().transaction() as actor:
        keys = opened(actor, made, "disclosure.release")
        delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)


def test_nobody_gives_a_client_to_somebody_who_may_be_themself(cast: Cast, sign_in: SignIn) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    client = new_client(cast.coordinator)
    with pytest.raises(ProgrammingError, match="row-level security"):
        assign(cast.coordinator, client, new)
    giver = recruit(cast.north)
    assign(cast.coordinator, client, giver)
    with pytest.raises(ProgrammingError), cast.coordinator.actor().transaction() as actor:
        handover.hand_over(by=actor, clients=[client.pk], of=giver.id, to=new.id, since=None)
    browser = sign_in(cast.coordinator)
    for address in (f"/clients/{client.pk}/who-may-see/new/", f"/people/{giver.id}/hand-over/"):
        page = browser.get(address)
        assert page.status_code == 200
        assert str(new.id) not in [
            value for value, _ in page.context["form"].fields["person"].choices
        ]
        assert "nobody has confirmed yet" in page.content.decode()
    assign(cast.deputy, client, new)  # giving a client makes no tie
    confirm(cast.deputy, new)
    other = new_client(cast.coordinator)
    assign(cast.coordinator, other, new)


def test_an_emergency_is_reviewed_by_nobody_who_may_have_opened_it(cast: Cast) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    client = new_client(cast.coordinator)
    nothing_open(new)
    made, _ = acts.press_emergency(new, client)
    assert (reviewer(cast.coordinator, made), reviewer(cast.deputy, made)) == (False, True)
    with pytest.raises(ProgrammingError), cast.coordinator.actor().transaction() as actor:
        emergencies.review(
            by=actor, emergency=Emergency.objects.get(pk=made), outcome="justified", text="Mine."
        )
    confirm(cast.protection, new)
    assert reviewer(cast.coordinator, made)


def reviewer(by: Someone, made: object) -> bool:
    with by.actor().transaction():
        return Emergency.objects.with_rights().get(pk=made).is_reviewer


def test_where_the_only_coordinator_let_them_in_the_lead_reviews(cast: Cast) -> None:
    new = invited(cast.south_coordinator, branch=cast.south)
    made, _ = acts.press_emergency(new, new_client(cast.south_coordinator))
    assert reviewer(cast.protection, made)


def test_a_complaint_is_not_heard_by_somebody_who_may_be_meant(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    client = new_client(cast.coordinator)
    made = acts.complain(cast.deputy, client, "volunteer", new)
    heard = "SELECT id FROM clients_complaint WHERE id = %s"
    assert not seen(cast.coordinator, heard, made)
    assert seen(cast.deputy, heard, made)
    confirm(cast.deputy, new)
    assert seen(cast.coordinator, heard, made)


def seen(by: Someone, statement: str, value: object) -> bool:
    from django.db import connection

    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return bool(cursor.fetchall())


def test_a_conflict_is_lifted_by_nobody_who_may_be_in_it(cast: Cast) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    client = new_client(cast.coordinator)
    made = acts.conflict(cast.deputy, new, client=client)
    with pytest.raises(ProgrammingError):
        acts.call(cast.coordinator, "end_conflict(%s)", made)
    confirm(cast.deputy, new)
    assert acts.call(cast.coordinator, "end_conflict(%s)", made)


def test_what_a_second_self_marks_does_not_choose_the_judge(cast: Cast) -> None:
    """Who judges what the coordinator did is not chosen by somebody who may be the coordinator."""
    ghost = invited(cast.president, "coordinator", cast.north)
    confirm(cast.protection, ghost)
    judge = invited(cast.president, "coordinator", cast.north)
    confirm(cast.protection, judge)
    again = invited(ghost, branch=cast.north)
    made, _ = acts.emergency(again, new_client(cast.coordinator))
    acts.conflict(ghost, judge, colleague=again)  # the ghost may be the one who opened it
    assert reviewer(judge, made)
    confirm(cast.protection, again)  # two people: the mark counts
    assert not reviewer(judge, made)


def test_a_president_does_not_become_a_coordinator_by_their_own_code(
    cast: Cast, sign_in: SignIn
) -> None:
    """Walls, finding 4: the office begins when a third has confirmed that there is somebody."""
    new_client(cast.coordinator)
    ghost = invited(cast.president, "coordinator", cast.north)
    assert sign_in(ghost).get("/clients/").status_code == 403
    home = sign_in(ghost).get("/").content.decode()
    assert "Your duty has not begun yet" in home
    with ghost.actor().transaction():
        assert not Client.objects.exists()
    with pytest.raises(ProgrammingError):
        duties.appoint(
            by=cast.president.actor(), person=ghost.id, duty="coordinator", branch=cast.north
        )
    with pytest.raises(ProgrammingError):
        confirm(cast.president, ghost)
    confirm(cast.protection, ghost)
    assert sign_in(ghost).get("/clients/").status_code == 200
    with cast.president.actor().transaction():
        duty = Duty.objects.get(person=ghost.id)
        assert duty.appointed_by_id == cast.president.id
        assert LettingIn.objects.get(person=ghost.id).begun_at == duty.starts_at


def test_two_second_selves_confirm_nobody(cast: Cast) -> None:
    """A president who makes a lead and a coordinator of themself is still one person."""
    lead = invited(cast.president, "protection")
    ghost = invited(cast.president, "coordinator", cast.north)
    for by, about in ((lead, ghost), (ghost, lead)):
        with pytest.raises(ProgrammingError):
            confirm(by, about)


def test_an_office_does_not_begin_when_its_giver_has_lost_the_right(cast: Cast) -> None:
    giver = invited(cast.president, "president")
    confirm(cast.protection, giver)
    late = invited(giver, "coordinator", cast.north)
    end(cast.president, giver)
    confirm(cast.protection, late)
    with cast.president.actor().transaction():
        assert not Duty.objects.filter(person=late.id).exists()


def end(by: Someone, whom: Someone) -> None:
    with by.actor().transaction():
        duty = Duty.objects.live().get(person=whom.id)
    duties.end_duty(by=by.actor(), duty=duty.pk)


def test_an_earlier_confirmation_holds_for_a_new_duty_not_for_a_new_sign_in(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    confirm(cast.protection, new)
    duties.appoint(by=cast.president.actor(), person=new.id, duty="responder", branch=cast.north)
    assert not tied(superuser, cast.president, new)
    superuser.execute(
        "INSERT INTO volunteers_lettingin (id, person_id, by_id, how, at, duty) VALUES (%s, %s, %s, 'new_sign_in', now(), '')",
        [uuid4(), new.id, cast.deputy.id],
    )
    assert tied(superuser, cast.deputy, new)
    assert not tied(superuser, cast.coordinator, new)


@pytest.mark.parametrize(
    ("how", "words"),
    [("rejoined", "before they left"), ("new_sign_in", "before they got a new first password")],
)
def test_a_confirmation_from_before_is_told_as_one_that_does_not_count(
    how: str, words: str, cast: Cast, superuser: psycopg.Connection, sign_in: SignIn
) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    confirm(cast.protection, new)
    pages = (f"/people/{new.id}/", "/people/confirmations/")
    deputy = sign_in(cast.deputy)
    for page in pages:
        assert "does not count any more" not in part_of(new, deputy.get(page))
    superuser.execute(
        "INSERT INTO volunteers_lettingin (id, person_id, by_id, how, at, duty) VALUES (%s, %s, %s, %s, now(), '')",
        [uuid4(), new.id, cast.president.id, how],
    )
    for page in pages:
        assert f"{words}: it does not count any more" in part_of(new, deputy.get(page))


def part_of(person: Someone, page: Any) -> str:
    """What a page says of one person: their part, where it is a list of many."""
    text = page.content.decode()
    _, here, after = text.partition(f'<h2><a href="/people/{person.id}/">')
    return after.split("</section>")[0] if here else text


def test_what_an_unmasked_person_confirmed_falls_with_them(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    ghost = invited(cast.president, "coordinator", cast.north)
    meeting = confirm(cast.protection, ghost)
    second = invited(cast.president, branch=cast.north)
    confirm(ghost, second)
    assert not tied(superuser, cast.president, second)
    with pytest.raises(ProgrammingError), cast.deputy.actor().transaction() as actor:
        meetings.withdraw(by=actor, meeting=meeting)
    with cast.protection.actor().transaction() as actor:
        meetings.withdraw(by=actor, meeting=meeting)
    assert tied(superuser, cast.president, second)
    with pytest.raises(ProgrammingError), cast.protection.actor().transaction() as actor:
        meetings.withdraw(by=actor, meeting=meeting)


def test_a_newcomer_does_not_tie_two_who_judge_each_other(
    cast: Cast, superuser: psycopg.Connection, sign_in: SignIn
) -> None:
    new = invited(cast.president, branch=cast.north)
    for by in (cast.coordinator, cast.president):
        with pytest.raises(ProgrammingError):
            duties.appoint(by=by.actor(), person=new.id, duty="responder", branch=cast.north)
    assert not tied(superuser, cast.coordinator, cast.president)
    page = sign_in(cast.coordinator).post(
        f"/people/{new.id}/duties/new/", {"duty": "responder", "branch": str(cast.north)}
    )
    assert "a third has to confirm" in page.content.decode()
    confirm(cast.protection, new)
    duties.appoint(by=cast.coordinator.actor(), person=new.id, duty="responder", branch=cast.north)
    assert not tied(superuser, cast.coordinator, cast.president)


def test_nobody_takes_back_a_third_s_word_on_whom_they_let_in(
    cast: Cast, superuser: psycopg.Connection, sign_in: SignIn
) -> None:
    judge = invited(cast.president, "coordinator", cast.north)
    meeting = confirm(cast.protection, judge)
    with pytest.raises(ProgrammingError), cast.president.actor().transaction() as actor:
        meetings.withdraw(by=actor, meeting=meeting)
    president = sign_in(cast.president)
    address = f"/people/confirmations/{meeting}/withdraw/"
    assert president.post(address).status_code == 403
    assert address not in president.get("/people/confirmations/").content.decode()
    assert not tied(superuser, cast.president, judge)


def test_founders_are_let_in_by_nobody_and_confirm_one_another(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    founder = recruit(cast.north)  # by a command
    with cast.president.actor().transaction():
        assert LettingIn.objects.get(person=founder.id).by_id is None
    assert not tied(superuser, cast.president, founder)
    confirm(cast.president, founder)


def test_nobody_writes_these_tables_but_the_definer_functions(cast: Cast) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    rows = (
        Meeting(person_id=new.id, by_id=cast.deputy.id, way="met"),
        LettingIn(person_id=new.id, by_id=None, how="invited"),
    )
    for row in rows:
        with pytest.raises(DatabaseError), cast.deputy.actor().transaction():
            row.save(force_insert=True)


def test_offices_see_who_confirmed_whom_and_others_only_themselves(cast: Cast) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    confirm(cast.deputy, new)
    for someone, number in ((cast.president, 1), (cast.deputy, 1), (new, 1), (cast.colleague, 0)):
        with someone.actor().transaction():
            assert Meeting.objects.filter(person=new.id).count() == number
            assert LettingIn.objects.filter(person=new.id).count() == number


def test_joining_goes_on_with_a_task_for_somebody_else(cast: Cast, sign_in: SignIn) -> None:
    new = invited(cast.coordinator, branch=cast.north)
    name = new.username.title()
    deputy = sign_in(cast.deputy)
    newcomer = sign_in(new).get("/").content.decode()
    assert "will meet you or ring you" in newcomer
    can = newcomer.partition("and confirm it: ")[2].partition(". Until")[0]
    names = set(re.split(", | or ", can))
    assert "Deputy" in names
    assert "Coordinator Two" not in names  # who invited them
    assert name in deputy.get("/").content.decode()
    assert f"/people/{new.id}/confirm/" in deputy.get(f"/people/{new.id}/").content.decode()
    mine = sign_in(cast.coordinator).get("/").content.decode()
    assert "you cannot give them a client" in mine
    assert f"/people/{new.id}/confirm/" not in mine
    refused = sign_in(cast.coordinator).get(f"/people/{new.id}/confirm/", follow=True)
    assert "Somebody else has to confirm this person" in refused.content.decode()
    page = deputy.get(f"/people/{new.id}/confirm/").content.decode()
    assert f"Have you met or rung {name}?" in page
    unsaid = deputy.post(f"/people/{new.id}/confirm/", {}).content.decode()  # says how first
    assert "Choose whether you have met them or rung them." in unsaid
    answer = deputy.post(f"/people/{new.id}/confirm/", {"way": "rang"}, follow=True)
    assert f"You have confirmed {name}" in answer.content.decode()
    assert "will meet you or ring you" not in sign_in(new).get("/").content.decode()
    assert "Deputy Two has rung them" in deputy.get("/people/confirmations/").content.decode()
    with cast.president.actor().transaction():
        meeting = Meeting.objects.get(person=new.id)
    at = f"/people/confirmations/{meeting.pk}/withdraw/"
    assert sign_in(cast.coordinator).get(at).status_code == 403
    assert "Take this confirmation back?" in deputy.get(at).content.decode()
    assert deputy.post(at)["Location"] == "/people/confirmations/"
    assert deputy.get(at).status_code == 404
    assert "taken back by Deputy" in deputy.get("/people/confirmations/").content.decode()
