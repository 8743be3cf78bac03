"""Invitations end with their giver's right, can be withdrawn, and bring somebody who left back as the same person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from audit import door
from audit.models import Event
from clients.models import Complaint, Conflict, Draft, Emergency, EmergencyEntry, Grant
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.emergencies import nothing_open
from tests.making.pages import SignIn
from tests.making.people import PASSWORD, Cast, Someone, confirm, invited, recruit, use_code
from vault.principals import cover, new_token, signin_transaction
from volunteers import passwords
from volunteers.actions import duties, joining, leaving, second_factors, signing_in
from volunteers.models import (
    Duty,
    Invitation,
    LettingIn,
    Person,
    PersonDetails,
    Undertaking,
    User,
)
from volunteers.querysets import to_confirm


def made(
    by: Someone, duty: str = "volunteer", branch: UUID | None = None, **more: Any
) -> tuple[UUID, str]:
    return joining.invite(by=by.actor(), duty=duty, branch=branch, language="en", **more)


def try_code(code: str) -> None:
    use_code(code, f"tries-{uuid4().hex[:8]}")


def president_for_now(cast: Cast) -> Someone:
    someone = invited(cast.president, "president")
    confirm(cast.protection, someone)
    return someone


def end_duty(cast: Cast, whom: Someone) -> None:
    with cast.president.actor().transaction():
        duty = Duty.objects.live().get(person=whom.id)
    duties.end_duty(by=cast.president.actor(), duty=duty.pk)


def test_a_dismissed_presidents_code_is_refused(cast: Cast, sign_in: SignIn) -> None:
    """Walls, finding 5."""
    dismissed = president_for_now(cast)
    invitation, code = made(dismissed, "coordinator", cast.north)
    end_duty(cast, dismissed)
    with pytest.raises(ProgrammingError):
        try_code(code)
    page = sign_in(cast.president).get("/invitations/").content.decode()
    assert str(invitation) not in page  # nothing is left to withdraw


def test_a_code_ends_with_a_duty_that_ends_by_itself(
    cast: Cast, superuser: psycopg.Connection, sign_in: SignIn
) -> None:
    lead = invited(cast.president, "coordinator", cast.north)
    confirm(cast.protection, lead)
    _, code = made(lead, branch=cast.north)
    page = sign_in(cast.president).get("/invitations/").content.decode()
    acts_as_ended(superuser, lead)
    assert joining.standing_of(code)[0] == "good"  # nobody did anything
    with pytest.raises(ProgrammingError):
        try_code(code)
    answer = Browser().post("/join/", {"invitation": code})
    assert answer.status_code == 200
    assert "does not work any more" in answer.content.decode()
    after = sign_in(cast.president).get("/invitations/").content.decode()
    ended = "Ended: the person who invited"
    assert after.count(ended) == page.count(ended) + 1


def acts_as_ended(superuser: psycopg.Connection, whom: Someone) -> None:
    """The end of a duty came by the clock: no UPDATE that a trigger sees."""
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute(
            "UPDATE volunteers_duty SET ends_at = now() - interval '1 minute' WHERE person_id = %s",
            [whom.id],
        )
    superuser.execute("SET session_replication_role = origin")


def test_a_code_that_ended_does_not_come_back_with_the_next_duty(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    codes = []
    for ends in (lambda lead: end_duty(cast, lead), lambda lead: acts_as_ended(superuser, lead)):
        lead = invited(cast.president, "coordinator", cast.north)
        confirm(cast.protection, lead)
        codes.append(made(lead, branch=cast.north)[1])
        ends(lead)
        duties.appoint(
            by=cast.president.actor(), person=lead.id, duty="coordinator", branch=cast.north
        )
    for code in codes:
        with pytest.raises(ProgrammingError):
            try_code(code)


def test_who_still_holds_another_right_keeps_the_invitations_it_gives(cast: Cast) -> None:
    lead = invited(cast.president, "coordinator", cast.north)
    confirm(cast.protection, lead)
    duties.appoint(by=cast.president.actor(), person=lead.id, duty="coordinator", branch=cast.south)
    _, north = made(lead, branch=cast.north)
    _, south = made(lead, branch=cast.south)
    with cast.president.actor().transaction():
        duty = Duty.objects.live().get(person=lead.id, branch=cast.south)
    duties.end_duty(by=cast.president.actor(), duty=duty.pk)
    try_code(north)
    with pytest.raises(ProgrammingError):
        try_code(south)


def test_a_president_ends_not_their_own_office(cast: Cast) -> None:
    with cast.president.actor().transaction():
        duty = Duty.objects.live().get(person=cast.president.id)
    with pytest.raises(ProgrammingError):
        duties.end_duty(by=cast.president.actor(), duty=duty.pk)


def test_an_invitation_is_withdrawn_by_whoever_could_give_it(cast: Cast, sign_in: SignIn) -> None:
    invitation, code = made(cast.coordinator, branch=cast.north)
    at = f"/invitations/{invitation}/withdraw/"
    assert sign_in(cast.south_coordinator).get(at).status_code == 404
    assert sign_in(cast.volunteer).get(at).status_code == 403
    president = sign_in(cast.president)  # sees those of others, too
    assert at in president.get("/invitations/").content.decode()
    assert "Withdraw this invitation?" in president.get(at).content.decode()
    answer = president.post(at, follow=True)
    assert "does not work any more" in answer.content.decode()
    with pytest.raises(ProgrammingError):
        try_code(code)
    assert "Withdrawn" in president.get("/invitations/").content.decode()
    again = president.post(at, follow=True).content.decode()
    assert "was used or withdrawn before" in again
    for someone in (cast.south_coordinator, cast.volunteer):
        with pytest.raises(ProgrammingError):
            joining.withdraw(by=someone.actor(), invitation=invitation)


# ---- Coming back ----


def departed(cast: Cast, duty: str = "volunteer") -> Someone:
    """Somebody who served in the north, with everything that one gathers, and has left."""
    someone = recruit(cast.north, duty)
    with someone.actor().transaction() as actor:
        keys = door.open_one(actor, someone.id, "person.view", "own_record")
        details = PersonDetails.new(keys, person_id=someone.id)
        details.phone = "06 39 98 00 01"
        details.save()
    second_factors.new_codes(by=someone.actor(), user=User(pk=someone.id))
    return someone


def leave(cast: Cast, someone: Someone) -> None:
    leaving.leave(by=cast.president.actor(), person=someone.id)


def back(cast: Cast, someone: Someone, by: Someone | None = None) -> Someone:
    again = invited(by or cast.coordinator, branch=cast.north, again=someone.id)
    assert again.id == someone.id
    return again


def test_whoever_comes_back_is_the_same_person(cast: Cast, superuser: psycopg.Connection) -> None:
    someone = departed(cast)
    client = new_client(cast.coordinator)
    acts.conflict(cast.coordinator, someone, client=client)
    complaint = acts.complain(cast.coordinator, client, "volunteer", someone)
    with cast.president.actor().transaction():
        signed = Undertaking.objects.filter(person=someone.id).count()
    leave(cast, someone)
    again = back(cast, someone)
    with pytest.raises(ProgrammingError):
        assign(cast.deputy, client, again)
    nothing_open(again)
    assert acts.press_emergency(again, client)[1] is None
    with cast.deputy.actor().transaction():
        assert Conflict.objects.live().filter(person=again.id, client=client).exists()
    # Once coordinator, the complaint about themself is closed to them.
    confirm(cast.protection, again)
    duties.appoint(
        by=cast.president.actor(), person=again.id, duty="coordinator", branch=cast.north
    )
    with again.actor().transaction():
        assert not Complaint.objects.filter(pk=complaint).exists()
    with cast.president.actor().transaction():
        assert Undertaking.objects.filter(person=someone.id).count() == signed + 1


def test_nothing_that_opens_comes_back(cast: Cast, superuser: psycopg.Connection) -> None:
    someone, client = departed(cast), new_client(cast.coordinator)
    assign(cast.coordinator, client, someone)
    with someone.actor().transaction() as actor:
        keys = door.open_one(actor, someone.id, "draft.save", "support")
        Draft.new(keys, person_id=someone.id, form="contact", client=client, values={}).save()
    emergency, _ = acts.press_emergency(someone, new_client(cast.coordinator))
    with someone.actor().transaction() as actor:
        keys = door.open_one(actor, emergency, "emergency.words", "danger")
        EmergencyEntry.new(
            keys, emergency_id=emergency, kind="words", by_id=someone.id, text="She rang."
        ).save()
    leave(cast, someone)
    again = back(cast, someone)
    assert acts.sees(again, client) == acts.NOTHING
    with again.actor().transaction() as actor:
        for model in (Draft, PersonDetails, Emergency, EmergencyEntry):
            assert not model.objects.exists(), model
        assert not Grant.objects.live().filter(person=again.id).exists()
        with pytest.raises(door.NotPermitted):
            door.open_one(actor, emergency, "emergency.view", "danger")
        assert Duty.objects.live().filter(person=again.id).count() == 1
    left = "SELECT count(*) FROM volunteers_secondfactor WHERE user_id = %s"
    assert superuser.execute(left, [someone.id]).fetchone()[0] == 0


def test_a_file_that_was_handed_to_them_before_stays_closed(cast: Cast) -> None:
    someone = departed(cast, "coordinator")
    made = acts.complain(cast.coordinator, new_client(cast.coordinator), "coordinator", cast.deputy)
    acts.call(cast.president, "hand_complaint(%s, %s)", made, someone.id)
    with someone.actor().transaction():
        assert Complaint.objects.filter(pk=made).exists()
    leave(cast, someone)
    again = invited(cast.president, "coordinator", cast.north, again=someone.id)
    confirm(cast.protection, again)
    with again.actor().transaction():
        assert Duty.objects.live().filter(person=again.id, kind="coordinator").exists()
        assert not Complaint.objects.filter(pk=made).exists()


def test_the_old_sign_in_is_gone_and_an_inviter_takes_nobody_over(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    someone = departed(cast)
    confirm(cast.protection, someone)
    leave(cast, someone)
    again = back(cast, someone)
    user = User.objects.get(pk=someone.id)
    assert user.username == again.username != someone.username
    assert user.is_active
    assert passwords.prove(user.pk, user.password, PASSWORD)
    assert tied(superuser, cast.coordinator, again)  # the confirmation was of somebody else's hands
    confirm(cast.protection, again)
    assert not tied(superuser, cast.coordinator, again)


def tied(superuser: psycopg.Connection, a: Someone, b: Someone) -> bool:
    return superuser.execute("SELECT sec.are_tied(%s, %s)", [a.id, b.id]).fetchone()[0]


def test_only_those_of_the_branch_are_invited_again(cast: Cast, sign_in: SignIn) -> None:
    someone = departed(cast)
    with pytest.raises(ProgrammingError):
        made(cast.coordinator, branch=cast.north, again=someone.id)  # has not left
    leave(cast, someone)
    with pytest.raises(ProgrammingError):
        made(cast.south_coordinator, branch=cast.south, again=someone.id)
    page = sign_in(cast.coordinator).get("/invitations/new/")
    assert str(someone.id) in dict(page.context["form"].fields["again"].choices)
    data = {
        "duty": "volunteer",
        "branch": str(cast.north),
        "language": "en",
        "again": str(someone.id),
    }
    shown = sign_in(cast.coordinator).post("/invitations/new/", data, follow=True)
    first, second = (
        shown.context["code"],
        made(cast.coordinator, branch=cast.north, again=someone.id)[1],
    )
    assert use_code(first, f"back-{uuid4().hex[:8]}") == someone.id
    with pytest.raises(ProgrammingError):
        try_code(second)
    with cast.coordinator.actor().transaction():
        person = Person.objects.get(pk=someone.id)
        assert person.left_at is None
        assert person.departure is None
        assert Invitation.objects.filter(again=someone.id, used_at__isnull=False).count() == 1
    leave(cast, someone)  # and leaves again
    with cast.president.actor().transaction():
        assert Person.objects.get(pk=someone.id).departure is not None


def test_whoever_confirms_is_shown_a_namesake_who_left(cast: Cast, sign_in: SignIn) -> None:
    someone = departed(cast)
    leave(cast, someone)
    with cast.president.actor().transaction():
        person = Person.objects.get(pk=someone.id)
    _, code = made(cast.coordinator, branch=cast.north)
    new = joining.join(
        code=code,
        username=f"same-{uuid4().hex[:8]}",
        password=PASSWORD,
        working_name=person.working_name.upper(),
        language="en",
    )
    page = sign_in(cast.president).get(f"/people/{new}/confirm/").content.decode()
    assert f"({person.reference}) served here until" in page


def test_the_time_of_an_invitation_is_asked_too(cast: Cast, superuser: psycopg.Connection) -> None:
    invitation, code = made(cast.coordinator, branch=cast.north)
    superuser.execute(
        "UPDATE vault_principal SET expires_at = %s WHERE subject = %s",
        [timezone.now() - timedelta(minutes=1), invitation],
    )
    with pytest.raises(ProgrammingError):
        try_code(code)


# ---- At the server ----


def test_at_the_server_somebody_is_let_in_when_nobody_else_could(
    cast: Cast, superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("person_invite", "administrator", "--language", "en")
    code = capsys.readouterr().out.split()[1]
    admin = use_code(code, f"admin-{uuid4().hex[:8]}")
    with cast.president.actor().transaction():
        assert Duty.objects.live().get(person=admin).kind == "administrator"
        letting = LettingIn.objects.get(person=admin)
        assert (letting.by_id, letting.begun_at is None) == (None, False)
    with cast.protection.actor().transaction():
        invited_by = Event.objects.filter(action="person.invite").latest("at")
    assert (invited_by.actor_kind, invited_by.detail) == ("command", {"duty": "administrator"})


@pytest.mark.parametrize(
    "given",
    [["coordinator"], ["president", "--branch", "NORTH"], ["volunteer", "--branch", "NONE"]],
)
def test_at_the_server_a_duty_needs_its_branch(cast: Cast, given: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("person_invite", *given)


def test_a_new_first_password_is_a_new_hand(cast: Cast, superuser: psycopg.Connection) -> None:
    """Whoever uses it may be somebody else: those who hold an office are asked to ring."""
    someone = recruit(cast.north)
    confirm(cast.protection, someone)
    signing_in.recover(someone.username)
    with cast.deputy.actor().transaction() as actor:
        assert someone.id in {person.pk for person in to_confirm(actor)}
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT sec.recover(%s, 'x', 'y')", [someone.id])


def test_an_office_of_before_they_left_does_not_begin_when_they_come_back(cast: Cast) -> None:
    new = invited(cast.president, "coordinator", cast.north)
    leaving.leave(by=cast.president.actor(), person=new.id)
    _, word = joining.invite(
        by=cast.president.actor(), duty="volunteer", branch=cast.north, language="en", again=new.id
    )
    assert use_code(word, f"back-{uuid4().hex[:6]}") == new.id
    confirm(cast.protection, new)
    with cast.president.actor().transaction():
        kinds = Duty.objects.live().filter(person=new.id).values_list("kind", flat=True)
        assert list(kinds) == ["volunteer"]


def test_a_code_is_not_made_under_the_id_of_a_person(cast: Cast) -> None:
    """Whoever used it would be refused, and be in the log, in that person's name."""
    victim, client = recruit(cast.north), new_client(cast.colleague)
    me = cast.coordinator.actor()
    for taken in (victim.id, client.pk):
        with (
            pytest.raises(DatabaseError, match="not permitted"),
            signin_transaction(me.token) as cursor,
        ):
            code = cover(cursor, new_token(), me.token)
            cursor.execute(
                "SELECT sec.invite(%s, 'volunteer', %s, 'en', %s, 14)", [taken, cast.north, code]
            )
