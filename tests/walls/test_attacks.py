"""Attacks on need to know that were thought of in a review of the policies and definer functions: each is refused.

A curious volunteer, a coordinator with a conflict, somebody complained about, a husband with the portal of his wife,
and SQL of one's own on the application's connection.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from audit.models import Event
from clients.models import Client, Complaint, ContactNote, Grant, Link, WhoMayKnow
from clients.who_may_know.actions import grants
from disclosures.models import Disclosure
from tests.making import acts
from tests.making.acts import ALL, NOTHING, WITHOUT_WORDS, call, sees
from tests.making.clients import assign, new_client
from tests.making.people import Cast, Someone, recruit
from vault.principals import signin_transaction

REFUSED = pytest.raises(ProgrammingError, match="not permitted")


def raw(by: Someone, statement: str, *values: object) -> int:
    """SQL of one's own on the application's connection: how many rows it touched or gave."""
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


# ---- Emergencies and what they leave open ----


def test_emergency_does_not_come_back_to_a_record_that_was_protected(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made, _ = acts.emergency(cast.colleague, client)
    call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [cast.volunteer.id])
    with REFUSED:
        call(cast.colleague, "emergency_rest(%s)", made)
    assert sees(cast.colleague, client) == NOTHING


def test_emergency_whose_permission_was_ended_does_not_open_the_rest(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made, _ = acts.emergency(cast.colleague, client)
    with cast.coordinator.actor().transaction() as actor:
        assert grants.end_grant(by=actor, grant=Grant.objects.get(act=made))
    with REFUSED:
        call(cast.colleague, "emergency_rest(%s)", made)
    assert sees(cast.colleague, client) == NOTHING
    call(cast.colleague, "emergency_end(%s)", made)


def test_emergency_is_not_shared_beyond_its_end(cast: Cast, superuser: psycopg.Connection) -> None:
    """Whoever may read for four hours lets nobody else read for ninety days."""
    client = new_client(cast.volunteer)
    made, _ = acts.emergency(cast.colleague, client)
    call(cast.colleague, "emergency_rest(%s)", made)
    contact = acts.contact_of(cast, client)
    shared = acts.consult(cast.colleague, cast.volunteer, client, whole=[contact], days=90)
    beyond = (
        "SELECT count(*) FROM clients_grant WHERE act = %s AND ends_at > now() + interval '4 hours'"
    )
    assert superuser.execute(beyond, [shared]).fetchone() == (0,)
    call(cast.colleague, "emergency_end(%s)", made)


def test_opener_of_an_emergency_cannot_choose_who_reviews_it(cast: Cast) -> None:
    """Marking a conflict with every reviewer would leave nobody."""
    client = new_client(cast.volunteer)
    opener = recruit(cast.north)
    made, _ = acts.emergency(opener, client)
    for reviewer in (cast.coordinator, cast.deputy, cast.protection):
        acts.conflict(opener, opener, colleague=reviewer)
    call(cast.coordinator, "emergency_review(%s, 'justified', 'B-0')", made)


# ---- Conflicts ----


def test_conflict_of_the_asker_closes_what_was_shared(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    acts.consult(cast.volunteer, cast.colleague, client, whole=[acts.contact_of(cast, client)])
    assert sees(cast.colleague, client) == (False, False, True, True)
    acts.conflict(cast.coordinator, cast.volunteer, client=client)
    assert sees(cast.colleague, client) == NOTHING
    assert not acts.opens(cast.colleague, client.pk)


@pytest.mark.parametrize("own", [True, False])
def test_accused_shuts_nobody_out_by_marking_conflicts(cast: Cast, own: bool) -> None:
    """Neither with a mark on oneself, nor with one on those who would hear the complaint."""
    client = new_client(cast.volunteer)
    accused = recruit(cast.north, "coordinator")
    for judge in (cast.president, cast.protection):
        if own:
            acts.conflict(accused, accused, colleague=judge)
        else:
            with REFUSED:
                acts.conflict(accused, judge, colleague=accused)
    made = acts.complain(cast.protection, client, "coordinator", accused)
    for judge in (cast.president, cast.protection):
        with judge.actor().transaction():
            assert Complaint.objects.filter(pk=made).exists()
    call(cast.president, "hand_complaint(%s, %s)", made, cast.protection.id)
    call(cast.protection, "answer_complaint(%s)", made)


def test_own_mark_shuts_oneself_out(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    judge, accused = recruit(cast.north, "coordinator"), recruit(cast.north)
    made = acts.complain(cast.protection, client, "volunteer", accused)
    with judge.actor().transaction():
        assert Complaint.objects.filter(pk=made).exists()
    acts.conflict(judge, judge, colleague=accused)
    with judge.actor().transaction():
        assert not Complaint.objects.filter(pk=made).exists()


def test_coordinator_does_not_blind_the_office_that_checks_them(cast: Cast) -> None:
    """The lead marked as conflicted would no longer see the log of this client."""
    client = new_client(cast.volunteer)
    made = acts.complain(cast.coordinator, client, "volunteer", cast.colleague)
    for office in (cast.president, cast.protection):
        with REFUSED:
            acts.conflict(cast.coordinator, office, client=client)
        with REFUSED:
            acts.conflict(cast.coordinator, office, complaint=made)
        with REFUSED:
            acts.conflict(cast.coordinator, office, colleague=cast.volunteer)
    with cast.protection.actor().transaction():
        assert Event.objects.filter(subject=client.pk).exists()


# ---- Protected records ----


def test_named_deputy_whose_duty_ran_out_sees_no_protected_record(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """A duty that ends by its date ends what was given under it, though its holder serves on."""
    client = new_client(cast.volunteer)
    stand_in = recruit(cast.north)
    with signin_transaction(cast.president.actor().token) as cursor:
        cursor.execute(
            "SELECT sec.appoint(%s, 'coordinator', %s, now() + interval '1 day')",
            [stand_in.id, cast.north],
        )
        duty = cursor.fetchone()[0]
    call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [stand_in.id])
    with stand_in.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    assert sees(stand_in, client) == ALL
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute("UPDATE volunteers_duty SET ends_at = now() WHERE id = %s", [duty])
        superuser.execute("SET session_replication_role = DEFAULT")
    assert sees(stand_in, client) == NOTHING
    assert not acts.opens(stand_in, client.pk)
    with REFUSED:
        acts.consult(stand_in, cast.volunteer, client)


# ---- Links between clients ----


def link(by: Someone, first: Client, second: Client) -> Link:
    with by.actor().transaction():
        made = Link(first=first, second=second, tie="couple", made_by_id=by.id)
        made.save(force_insert=True)
    return made


def test_link_is_ended_by_who_sees_both_and_betrays_nothing_to_who_sees_one(cast: Cast) -> None:
    one_sided = recruit(cast.north)
    first, second = new_client(one_sided), new_client(cast.colleague)
    made = link(cast.coordinator, first, second)
    blind = "UPDATE clients_link SET ended_at = now()"
    assert raw(one_sided, blind) == 0
    with cast.coordinator.actor().transaction():
        assert Link.objects.filter(pk=made.pk, ended_at=None).update(ended_at=timezone.now()) == 1


def test_client_does_not_read_in_the_log_that_somebody_close_is_known(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    first, second = new_client(cast.coordinator), new_client(cast.coordinator)
    from tests.access.world import World

    world = World(cast)
    world.__dict__["client"] = first
    husband = Someone(world.account, "husband", None)
    link(cast.coordinator, first, second)
    with husband.actor().transaction():
        actions = set(Event.objects.filter(subject=first.pk).values_list("action", flat=True))
        assert "client.take_in" in actions
        assert not actions & {"client.link", "client.unlink"}
    with cast.protection.actor().transaction():
        assert Event.objects.filter(subject=first.pk, action="client.link").exists()


# ---- Complaints ----


def test_lead_complained_about_does_not_read_of_it_between_the_lines(cast: Cast) -> None:
    """Notes that a deputy opened because of the complaint, and a disclosure that answers it, are events too."""
    client = new_client(cast.volunteer)
    made = acts.complain(cast.coordinator, client, "association", cast.protection)
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    with cast.protection.actor().transaction():
        assert not Complaint.objects.filter(pk=made).exists()
        events = Event.objects.filter(subject__in=[client.pk, made])
        assert events.exists()
        assert not events.filter(purpose="complaint").exists()
        assert not events.filter(subject_kind="complaint").exists()


def test_disclosure_because_of_a_complaint_is_closed_to_whom_it_is_about(cast: Cast) -> None:
    """Also where it does not name the complaint that it answers."""
    client = new_client(cast.volunteer)
    acts.complain(cast.protection, client, "coordinator", cast.coordinator)
    with cast.volunteer.actor().transaction():
        Disclosure(
            client=client,
            branch_id=cast.north,
            reference=f"D-{uuid4().hex[:8]}",
            ground="complaint",
            consent="",
            requested_by_id=cast.volunteer.id,
        ).save(force_insert=True)
    for person, shown in [(cast.coordinator, False), (cast.volunteer, True)]:
        with person.actor().transaction():
            assert Disclosure.objects.filter(client=client).exists() is shown
    blind = "UPDATE disclosures_disclosure SET cancelled_by_id = %s, state = 'cancelled'"
    assert (
        raw(cast.coordinator, blind + " WHERE client_id = %s", cast.coordinator.id, client.pk) == 0
    )


def test_no_function_answers_whether_one_is_complained_about(cast: Cast) -> None:
    """What policies ask, they ask by the id of a line: one's own says the same with a complaint and without."""
    said = []
    for complained in (True, False):
        client = new_client(cast.volunteer)
        # Opened before: that nothing new is given then, and may be guessed from, is decision 43.
        with cast.coordinator.actor().transaction() as actor:
            own = grants.open_notes(by=actor, client=client, reason="coordination").pk
        if complained:
            acts.complain(cast.protection, client, "coordinator", cast.coordinator)
        with cast.coordinator.actor().transaction():
            asked = Disclosure(
                client=client,
                branch_id=cast.north,
                reference=f"D-{uuid4().hex[:8]}",
                ground="complaint",
                consent="",
                requested_by_id=cast.coordinator.id,
            )
            asked.save(force_insert=True)
        said.append(
            [
                call(cast.coordinator, "may_see_line(%s)", own),
                call(cast.coordinator, "may_see_disclosure(%s)", asked.pk),
                call(cast.coordinator, "may_see_event(%s)", own),
            ]
        )
        for function, values in (
            ("has_closed_complaint(%s, now())", [client.pk]),
            ("is_for_closed_complaint(NULL::public.disclosures_disclosure, now())", []),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                call(cast.coordinator, function, *values)
    assert said == [[True, True, False]] * 2
    for function in ("may_see_line", "may_see_disclosure", "may_see_event"):
        assert call(cast.coordinator, f"{function}(%s)", uuid4()) is False


def test_ids_of_closed_complaints_are_not_handed_out(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made = acts.complain(cast.protection, client, "coordinator", cast.coordinator)
    assert made not in call(cast.coordinator, "barred()")
    for wanted in (made, uuid4()):
        with pytest.raises(ProgrammingError, match="row-level security"):
            raw(
                cast.coordinator,
                "INSERT INTO disclosures_disclosure (id, client_id, branch_id, reference, ground,"
                " consent, state, requested_by_id, made_at, complaint_id) VALUES (gen_random_uuid(), %s, %s, 'D-X',"
                " 'complaint', '', 'draft', %s, now(), %s)",
                client.pk,
                cast.north,
                cast.coordinator.id,
                wanted,
            )


def test_handler_without_an_office_no_longer_hears(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    handler = recruit(cast.north, "coordinator")
    made = acts.complain(cast.protection, client, "volunteer", cast.volunteer)
    call(cast.deputy, "hand_complaint(%s, %s)", made, handler.id)
    with handler.actor().transaction():
        assert Complaint.objects.filter(pk=made).exists()
    superuser.execute(
        "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s", [handler.id]
    )
    with handler.actor().transaction():
        assert not Complaint.objects.filter(pk=made).exists()
    assert not acts.opens(handler, made)


# ---- Writing blindly ----


@pytest.mark.parametrize("table", ["clients_contactnote", "clients_background"])
def test_words_are_not_overwritten_by_who_may_not_read_them(cast: Cast, table: str) -> None:
    """A statement that reads no column meets no policy for reading."""
    client = new_client(cast.volunteer)
    blind = recruit(cast.north, "coordinator")
    by_me = f", by_id = '{blind.id}'" if table == "clients_contactnote" else ""
    assert raw(blind, f"UPDATE {table} SET sealed = '', revision = 2{by_me}") == 0
    with cast.volunteer.actor().transaction():
        assert ContactNote.objects.filter(client=client, revision=1).exists()


def test_what_a_handover_left_out_is_not_overwritten(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    new = recruit(cast.north)
    with cast.coordinator.actor().transaction():
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=new.id,
            scope="full",
            since="2026-01-06",
            basis="assignment",
            purpose="handover",
            granted_by_id=cast.coordinator.id,
        ).save(force_insert=True)
    assert sees(new, client) == (True, True, False, False)
    for statement in (
        "UPDATE clients_contactnote SET sealed = '', revision = 2, by_id = sec.cleared_person()",
        "UPDATE clients_contact SET follow_up_on = NULL, revision = 2",
    ):
        assert raw(new, statement) == 0


def test_word_of_the_client_is_taken_back(cast: Cast) -> None:
    """What was noted as allowed can be ended by whoever writes in the record."""
    from audit import door

    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        opened = door.open_one(actor, client.pk, "client.edit", "support")
        made = WhoMayKnow.new(opened, client=client, by_id=cast.volunteer.id)
        made.save()
        assert WhoMayKnow.objects.filter(pk=made.pk).update(revoked_at=timezone.now(), revision=2)


def test_lines_of_a_conflict_close_with_it(cast: Cast) -> None:
    """A future grant ends as well, and cannot begin after the conflict was marked."""
    client = new_client(cast.coordinator)
    with cast.coordinator.actor().transaction():
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=cast.colleague.id,
            scope="full",
            basis="assignment",
            purpose="support",
            granted_by_id=cast.coordinator.id,
            starts_at=timezone.now() + timedelta(days=1),
        ).save(force_insert=True)
    acts.conflict(cast.coordinator, cast.colleague, client=client)
    with cast.coordinator.actor().transaction():
        assert Grant.objects.get(client=client).ends_at is not None
    assert sees(cast.deputy, client) == WITHOUT_WORDS
    with pytest.raises(ProgrammingError, match="must not deal"):
        assign(cast.coordinator, client, cast.colleague)
