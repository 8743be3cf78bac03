"""The walls of need to know: each definer function does what it says, for whom it says, and nothing more."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from audit import door
from clients.models import (
    Client,
    Complaint,
    Consultation,
    Contact,
    Emergency,
    Grant,
    LoneVisit,
)
from tests.making import acts
from tests.making.acts import ALL, NOTHING, WITHOUT_WORDS, call, keys, sees
from tests.making.clients import assign, new_client
from tests.making.emergencies import nothing_open
from tests.making.people import Cast, recruit
from vault.principals import signin_transaction
from volunteers.models import Departure, Person


def consult(cast: Cast, client: Client, *, hidden: bool, whole: list[UUID]) -> UUID:
    return acts.consult(cast.volunteer, cast.colleague, client, hidden=hidden, whole=whole)


def test_consultation_shows_the_chosen_contact_and_nothing_else(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client)
    made = consult(cast, client, hidden=False, whole=[contact.pk])
    assert sees(cast.colleague, client) == (False, False, True, True)
    with cast.colleague.actor().transaction() as actor:
        assert Consultation.objects.filter(pk=made).exists()
        assert door.open_one(actor, client.pk, "consultation.view", "consultation")
    assert call(cast.colleague, "end_consultation(%s)", made) is True
    assert sees(cast.colleague, client) == NOTHING
    with cast.colleague.actor().transaction() as actor:
        assert not Consultation.objects.filter(pk=made).exists()
        with pytest.raises(door.NotPermitted):
            door.open(actor, client.pk, "consultation.view", "consultation")


def test_withheld_consultation_opens_no_contact(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    consult(cast, client, hidden=True, whole=[])
    assert sees(cast.colleague, client) == NOTHING
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client)
    with pytest.raises(ProgrammingError, match="not permitted"):
        consult(cast, client, hidden=True, whole=[contact.pk])


def test_emergency_opens_in_two_presses_and_is_reviewed_once(cast: Cast) -> None:
    nothing_open(cast.colleague)
    client = new_client(cast.volunteer)
    made = uuid4()
    acts.end_emergencies(cast.colleague)
    opened = acts.emergency_open(cast.colleague, cast.north, client.reference, made, *keys())
    assert opened == client.pk
    assert sees(cast.colleague, client) == (True, True, False, False)
    assert call(cast.colleague, "emergency_rest(%s)", made) is True
    assert sees(cast.colleague, client) == ALL
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.colleague, "emergency_review(%s, 'justified', 'B-1')", made)
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.protection, "emergency_review(%s, 'justified', 'B-1')", made)
    assert call(cast.coordinator, "emergency_review(%s, 'misuse', %s)", made, f"B-{made.hex[:8]}")
    with pytest.raises(Exception, match="somebody else has reviewed"):
        call(cast.deputy, "emergency_review(%s, 'justified', 'B-2')", made)
    assert sees(cast.colleague, client) == NOTHING
    with cast.protection.actor().transaction():
        assert Emergency.objects.get(pk=made).outcome == "misuse"


def test_emergency_of_a_coordinator_is_reviewed_by_another(cast: Cast) -> None:
    nothing_open(cast.coordinator)
    client = new_client(cast.volunteer)
    made = uuid4()
    acts.end_emergencies(cast.coordinator)
    acts.emergency_open(cast.coordinator, cast.north, client.reference, made, *keys(), why="call")
    call(cast.coordinator, "emergency_end(%s)", made)
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.coordinator, "emergency_review(%s, 'justified', 'B-1')", made)
    call(cast.protection, "emergency_review(%s, 'justified', 'B-1')", made)


def test_complaint_is_closed_to_whom_it_is_about(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made = uuid4()
    call(
        cast.protection,
        "complain(%s, %s, 'unsaid', %s, %s, %s, %s)",
        made,
        client.pk,
        cast.coordinator.id,
        f"K-{made.hex[:8]}",
        *keys(),
    )
    for person, hears in [
        ("president", True),
        ("protection", True),
        ("coordinator", False),
        ("deputy", False),
        ("volunteer", False),
        ("outsider", False),
    ]:
        with getattr(cast, person).actor().transaction() as actor:
            assert Complaint.objects.filter(pk=made).exists() is hears, person
            if not hears:
                with pytest.raises(door.NotPermitted):
                    door.open(actor, made, "complaint.view", "complaint")
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.president, "hand_complaint(%s, %s)", made, cast.coordinator.id)
    call(cast.president, "hand_complaint(%s, %s)", made, cast.deputy.id)
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.coordinator, "answer_complaint(%s)", made)
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.president, "answer_complaint(%s)", made)
    call(cast.deputy, "answer_complaint(%s)", made)


@pytest.mark.parametrize("who", ["outsider", "south_coordinator", "president"])
def test_complaint_is_not_for_everybody_to_open(cast: Cast, who: str) -> None:
    client = new_client(cast.volunteer)
    made = uuid4()
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(
            getattr(cast, who),
            "complain(%s, %s, 'association', NULL, %s, %s, %s)",
            made,
            client.pk,
            f"K-{made.hex[:8]}",
            *keys(),
        )


def test_draft_does_not_tell_hidden_from_absent(cast: Cast) -> None:
    from clients.models import Draft

    hidden = new_client(cast.outsider)
    for client in (hidden.pk, uuid4()):
        with cast.volunteer.actor().transaction() as actor:
            me = cast.volunteer.id
            opened = door.open_one(actor, me, "draft.save", "own")
            draft = Draft.new(opened, person_id=me, form="contact", client_id=client, values={})
            with pytest.raises(ProgrammingError, match="row-level security"):
                with transaction.atomic():
                    draft.save()


def test_lines_of_the_ledger_do_not_betray_a_complaint(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made = uuid4()
    call(
        cast.protection,
        "complain(%s, %s, 'coordinator', %s, %s, %s, %s)",
        made,
        client.pk,
        cast.coordinator.id,
        f"K-{made.hex[:8]}",
        *keys(),
    )
    call(cast.president, "hand_complaint(%s, %s)", made, cast.deputy.id)
    from clients.who_may_know.actions import grants

    with cast.deputy.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    for person, lines in [("deputy", 2), ("coordinator", 2), ("volunteer", 2)]:
        with getattr(cast, person).actor().transaction():
            assert Grant.objects.filter(client=client).count() == lines, person


def test_conflict_closes_a_client_in_that_second(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    assert sees(cast.deputy, client) == WITHOUT_WORDS
    call(
        cast.deputy,
        "mark_conflict(%s, %s, %s, NULL, NULL, 'family')",
        uuid4(),
        cast.deputy.id,
        client.pk,
    )
    call(
        cast.volunteer,
        "mark_conflict(%s, %s, %s, NULL, NULL, 'friend')",
        uuid4(),
        cast.volunteer.id,
        client.pk,
    )
    assert sees(cast.deputy, client) == NOTHING
    assert sees(cast.volunteer, client) == NOTHING
    for person in (cast.deputy, cast.volunteer):
        with person.actor().transaction() as actor, pytest.raises(door.NotPermitted):
            door.open(actor, client.pk, "client.view", "support")
    with pytest.raises(ProgrammingError, match="must not deal"):
        assign(cast.coordinator, client, cast.volunteer)


def test_protected_record_is_for_named_people(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [cast.volunteer.id])
    assert sees(cast.coordinator, client) == WITHOUT_WORDS
    assert sees(cast.volunteer, client) == ALL
    assert sees(cast.deputy, client) == NOTHING
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.deputy, "protect(%s, false, '{}')", client.pk)
    call(cast.coordinator, "protect(%s, false, '{}')", client.pk)
    assert sees(cast.deputy, client) == WITHOUT_WORDS


def test_move_ends_the_old_branch(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    call(cast.coordinator, "move_client(%s, %s, NULL)", client.pk, cast.south)
    for person in (cast.volunteer, cast.coordinator, cast.deputy):
        assert sees(person, client) == NOTHING
    assert sees(cast.south_coordinator, client) == WITHOUT_WORDS
    with cast.south_coordinator.actor().transaction():
        assert Grant.objects.get(client=client).ends_at is not None


def test_since_hides_what_was_before(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.coordinator.actor().transaction():
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=cast.colleague.id,
            scope="full",
            basis="assignment",
            purpose="handover",
            granted_by_id=cast.coordinator.id,
            since="2026-01-06",
        ).save(force_insert=True)
    assert sees(cast.colleague, client) == (True, True, False, False)


def test_leaving_ends_everything_in_the_same_second(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    leaver = recruit(cast.north)
    client = new_client(leaver)
    token = leaver.actor().token
    made = uuid4()
    with signin_transaction(cast.coordinator.actor().token) as cursor:
        cursor.execute("SELECT sec.leave(%s, %s)", [made, leaver.id])
    from audit.actor import Actor

    with Actor(token).transaction() as actor:
        assert actor.kind == "nobody"
        assert not Client.objects.filter(pk=client.pk).exists()
    with cast.coordinator.actor().transaction():
        assert Departure.objects.get(pk=made).person_id == leaver.id
        assert Person.objects.get(pk=leaver.id).left_at is not None
        assert not Grant.objects.live().filter(person_id=leaver.id).exists()
    assert superuser.execute(
        "SELECT count(*) FROM volunteers_undertaking WHERE person_id = %s", [leaver.id]
    ).fetchone() == (1,)


def test_leaving_is_not_for_everybody_to_decide(cast: Cast) -> None:
    for by, who in [
        ("volunteer", "colleague"),
        ("south_coordinator", "volunteer"),
        ("coordinator", "deputy"),
        ("president", "president"),
    ]:
        with pytest.raises(ProgrammingError, match="not permitted"):
            with signin_transaction(getattr(cast, by).actor().token) as cursor:
                cursor.execute("SELECT sec.leave(%s, %s)", [uuid4(), getattr(cast, who).id])


def test_place_of_a_visit_opens_on_alarm_only(cast: Cast, superuser: psycopg.Connection) -> None:
    nothing_open(cast.volunteer)
    made = uuid4()
    call(
        cast.volunteer,
        "visit_start(%s, %s, %s, now() + interval '1 hour', %s, %s)",
        made,
        cast.north,
        cast.colleague.id,
        *keys(made),
    )
    with cast.colleague.actor().transaction() as actor:
        assert LoneVisit.objects.filter(pk=made).exists()
        with pytest.raises(door.NotPermitted):
            door.open(actor, made, "visit.place", "alarm")
    with pytest.raises(ProgrammingError, match="not permitted"):
        call(cast.colleague, "visit_alarm(%s)", made)
    superuser.execute(
        "UPDATE clients_lonevisit SET until = now() - interval '16 minutes' WHERE id = %s", [made]
    )
    with cast.colleague.actor().transaction() as actor:
        assert door.open(actor, made, "visit.place", "alarm")
    assert call(cast.colleague, "visit_safe(%s)", made) is True
    with cast.volunteer.actor().transaction() as actor, pytest.raises(door.NotPermitted):
        door.open(actor, made, "visit.place", "alarm")
