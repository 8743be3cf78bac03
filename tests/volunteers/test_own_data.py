"""The team's own data: what is held, who looked, a copy, and requests that somebody else answers."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection
from django.utils import timezone

from audit import door
from clients.contacts.actions import drafts
from clients.models import Draft
from tests.making import acts
from tests.making.clients import new_client
from tests.making.own_data import answer, ask_about_oneself
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import superuser
from vault.exceptions import Refused
from volunteers.actions import accounts, own_data
from volunteers.models import PersonDetails, PersonRequest, PersonRequestWords

PAGE = "/account/data/"


@pytest.fixture
def helen(cast: Cast) -> Someone:
    """A volunteer who gave her details."""
    someone = recruit(cast.north)
    with someone.actor().transaction() as actor:
        keys = door.open_one(actor, someone.id, "person.view", "own_record")
        details = PersonDetails.new(keys, person_id=someone.id)
        values = {"full_name": "Helen Aubrac", "address": "4 rue Basse"}
        accounts.save_details(by=actor, details=details, values=values)
    return someone


def test_all_that_is_held_and_who_looked(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    mine = sign_in(helen)
    page = mine.get(PAGE).content.decode()
    for held in ("Helen Aubrac", "4 rue Basse", helen.username, "Volunteer, North", "Version 1"):
        assert held in page, held
    assert "Nobody but you." in page
    assert "Keep private what you hear." in page
    looker = recruit(cast.north, "coordinator")
    assert sign_in(looker).get(f"/people/{helen.id}/").status_code == 200
    page = mine.get(PAGE).content.decode()
    assert "Coordinator. Read private details of a person. Coordination" in page
    assert looker.working_name not in page


def test_a_copy_is_an_act_and_holds_no_secret(sign_in: SignIn, helen: Someone) -> None:
    mine = sign_in(helen)
    response = mine.get(f"{PAGE}file/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    held = json.loads(response.content)
    assert held["details"]["address"] == "4 rue Basse"
    assert held["undertakings"][0]["text"].startswith("Keep private")
    assert [duty["kind"] for duty in held["duties"]] == ["volunteer"]
    assert sum(held["lines_in_the_log"].values()) > 3
    for secret in ("password", "secret", "seed", "key_hash", "principal", "codes"):
        assert f'"{secret}"' not in response.content.decode()
    assert mine.get(f"{PAGE}print/").status_code == 200
    with superuser() as admin:
        rows = admin.execute(
            "SELECT count(*) FROM audit_event WHERE actor = %s AND action = 'person.copy'",
            [helen.id],
        ).fetchall()
    assert rows == [(2,)]


def test_a_copy_wants_a_fresh_sign_in(helen: Someone, sign_in: SignIn) -> None:
    browser = sign_in(helen, fresh=False)
    assert browser.get(PAGE).status_code == 200
    for what in ("file/", "print/"):
        assert "/sign-in/again/" in browser.get(f"{PAGE}{what}")["Location"]


def test_whoever_has_not_signed_sees_their_own_too(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.newcomer)
    assert "Not signed yet" in browser.get(PAGE).content.decode()
    assert browser.get(f"{PAGE}ask/").status_code == 200


def test_asked_answered_and_read(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    mine, lead = sign_in(helen), sign_in(cast.protection)
    sent = {"kind": "erasure", "text": "Erase my address, please."}
    assert mine.post(f"{PAGE}ask/", sent).status_code == 302
    assert "You have asked this already" in mine.post(f"{PAGE}ask/", sent).content.decode()
    with helen.actor().transaction():
        asked = PersonRequest.objects.get(person=helen.id)
    where = f"/people/requests/{asked.pk}/"
    for browser in (lead, sign_in(cast.president)):
        assert where in browser.get("/").content.decode()
        assert where in browser.get("/people/requests/").content.decode()
    page = lead.get(where).content.decode()
    assert "Erase my address, please." in page and "4 rue Basse" not in page
    assert (
        "Without them there is no answer" in lead.post(where, {"outcome": "done"}).content.decode()
    )
    said = {"outcome": "refused", "text": "The insurance asks for it until June."}
    assert lead.post(where, said).status_code == 302
    page = mine.get(PAGE).content.decode()
    assert "until June" in page and "CNIL" in page
    assert "Read what a colleague asks" in page  # who looked
    assert lead.get(where).status_code == 302
    assert where not in lead.get("/").content.decode()


def test_nobody_elses(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """Not of the volunteer beside, nor of the coordinator, nor by SQL."""
    asked = ask_about_oneself(helen)
    where = f"/people/requests/{asked.pk}/"
    strangers = (cast.volunteer, cast.colleague, cast.coordinator, cast.administrator)
    for stranger in strangers:
        assert sign_in(stranger).get(where).status_code == 403
        assert "4 rue Basse" not in sign_in(stranger).get(PAGE).content.decode()
        with stranger.actor().transaction():
            assert not PersonRequest.objects.filter(pk=asked.pk).exists()
            assert not PersonRequestWords.objects.filter(request=asked.pk).exists()
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(stranger, "person_answer(%s, true)", asked.pk)
    with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.own_looks()")
        mine = cursor.fetchone()
    ask_about_oneself(recruit(cast.north))
    with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.own_looks()")
        assert cursor.fetchone() == mine


def test_nobody_answers_themself_nor_without_words_or_a_fresh_sign_in(
    cast: Cast, helen: Someone, sign_in: SignIn
) -> None:
    with cast.protection.actor().transaction():
        waiting = list(PersonRequest.objects.filter(person=cast.protection.id).open())
    for one in waiting:
        answer(cast.president, one, done=True)
    own = ask_about_oneself(cast.protection)
    with pytest.raises(Refused):
        answer_own(cast.protection, own)
    assert sign_in(cast.protection).get(f"/people/requests/{own.pk}/").status_code == 403
    answer(cast.president, own, done=True)
    asked = ask_about_oneself(helen)
    with pytest.raises(IntegrityError, match="no words"):
        acts.call(cast.protection, "person_answer(%s, true)", asked.pk)
    with pytest.raises(Refused):
        answer(cast.protection, asked, done=True, fresh=False)
    answer(cast.protection, asked, done=True)


def answer_own(who: Someone, asked: PersonRequest) -> None:
    with who.actor().transaction() as actor:
        keys = door.open_one(actor, who.id, "person.view", "own_record")
        own_data.answer(by=actor, asked=asked, keys=keys, done=True, text="Done.")


def test_the_key_is_for_the_time_that_it_waits_and_never_for_details(
    cast: Cast, helen: Someone
) -> None:
    with pytest.raises(door.NotPermitted), cast.protection.actor().transaction() as actor:
        door.open_one(actor, helen.id, "person.request", "request")
    client = new_client(helen)
    with helen.actor().transaction() as actor:
        assert drafts.keep(by=actor, client=client.pk, values={"key": str(uuid4()), "text": "Hm."})
        assert Draft.objects.filter(person=helen.id).exists()
    asked = ask_about_oneself(helen)
    with cast.protection.actor().transaction() as actor:
        assert door.open_one(actor, helen.id, "person.request", "request")
        assert not PersonDetails.objects.filter(person=helen.id).exists()
        assert not Draft.objects.filter(person=helen.id).exists()
        assert PersonRequestWords.objects.filter(request=asked).count() == 1
    answer(cast.protection, asked, done=True)
    with pytest.raises(door.NotPermitted), cast.protection.actor().transaction() as actor:
        door.open_one(actor, helen.id, "person.request", "request")
    with cast.protection.actor().transaction():
        assert not PersonRequestWords.objects.filter(request=asked).exists()


def test_none_is_changed_or_made_past_the_functions(cast: Cast, helen: Someone) -> None:
    asked = ask_about_oneself(helen)
    for by in (helen, cast.protection, cast.president):
        for statement in (
            "UPDATE volunteers_personrequest SET state = 'done' WHERE id = %s",
            "DELETE FROM volunteers_personrequest WHERE id = %s",
            "UPDATE volunteers_personrequestwords SET answer = true WHERE request_id = %s",
            "INSERT INTO volunteers_personrequest SELECT * FROM volunteers_personrequest WHERE id = %s",
        ):
            with (
                pytest.raises(DatabaseError),
                by.actor().transaction(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [asked.pk])
    with pytest.raises(DatabaseError), helen.actor().transaction() as actor:
        keys = door.open_one(actor, helen.id, "person.view", "own_record")
        PersonRequestWords.new(
            keys, person_id=helen.id, request=asked, by_id=helen.id, answer=True, text="Done."
        ).save()


def test_any_opening_of_ones_own_key_is_told(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """Whatever the act was called: not only those that this page knows."""
    looker = recruit(cast.north, "coordinator")
    with looker.actor().transaction() as actor:
        door.open_one(actor, helen.id, "client.view", "coordination")
    page = sign_in(helen).get(PAGE).content.decode()
    assert "Nobody but you." not in page and "Coordination" in page


def test_what_was_asked_before_somebody_left_waits_for_nobody_once_they_are_back(
    cast: Cast, helen: Someone
) -> None:
    asked = ask_about_oneself(helen)
    with superuser() as admin:
        admin.execute(acts.ASLEEP)
        admin.execute(
            "UPDATE volunteers_personrequest SET made_at = made_at - interval '9 days' WHERE id = %s",
            [asked.pk],
        )
        admin.execute(
            "INSERT INTO volunteers_lettingin (id, person_id, how, duty, at) "
            "VALUES (gen_random_uuid(), %s, 'rejoined', '', now() - interval '1 day')",
            [helen.id],
        )
        admin.execute("SET session_replication_role = origin")
    assert acts.call(cast.protection, "may_answer_person(%s)", helen.id) is False
    with cast.protection.actor().transaction():
        assert not PersonRequest.objects.filter(pk=asked.pk).exists()
    again = ask_about_oneself(helen)
    assert acts.call(cast.protection, "may_answer_person(%s)", helen.id) is True
    with cast.protection.actor().transaction():
        assert PersonRequest.objects.filter(pk=again.pk).exists()


@pytest.mark.parametrize("minutes", [-2, 2])
def test_words_are_of_the_minute_in_which_they_are_written(helen: Someone, minutes: int) -> None:
    asked = ask_about_oneself(helen)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        helen.actor().transaction() as actor,
    ):
        keys = door.open_one(actor, helen.id, "person.view", "own_record")
        words = PersonRequestWords.new(
            keys, person_id=helen.id, request=asked, by_id=helen.id, text="More."
        )
        words.made_at = timezone.now() + timedelta(minutes=minutes)
        words.save()
