"""'I need to talk': nothing to write, a named colleague, and nobody else knows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError
from django.utils import timezone

from clients.records.actions import changes
from tests.making.clients import new_client
from tests.making.consultations import listens
from tests.making.pages import SignIn
from tests.making.people import Cast, build_another, invited, recruit, use_code
from volunteers.actions import joining, leaving, talks
from volunteers.models import Duty, TalkRequest


@pytest.fixture(scope="module")
def own(server: object, cast: Cast) -> Cast:
    """People in branches of their own."""
    from confidential.environment import DATABASE

    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_talks")


def asked(own: Cast, haste: str = "today") -> TalkRequest:
    listens(own.coordinator, own.colleague)
    with own.volunteer.actor().transaction() as actor:
        return talks.ask_to_talk(by=actor, responder=own.colleague.id, how="phone", haste=haste)


def test_page_has_no_place_for_words(own: Cast, sign_in: SignIn) -> None:
    listens(own.coordinator, own.colleague)
    page = sign_in(own.volunteer).get("/talk/").content.decode()
    main = page.split("<main")[1]
    assert "<textarea" not in main
    assert 'type="text"' not in main
    assert str(own.colleague.id) in main


def test_asking_is_seen_by_the_two_and_by_nobody_else(own: Cast, sign_in: SignIn) -> None:
    listens(own.coordinator, own.colleague)
    sent = {"responder": str(own.colleague.id), "how": "meet", "haste": "week"}
    assert sign_in(own.volunteer).post("/talk/", sent).status_code == 302
    with own.volunteer.actor().transaction():
        talk = TalkRequest.objects.waiting().filter(person_id=own.volunteer.id).latest("made_at")
    assert f"/talk/{talk.pk}/done/" in sign_in(own.colleague).get("/").content.decode()
    assert f"/talk/{talk.pk}/back/" in sign_in(own.volunteer).get("/").content.decode()
    for other in (own.coordinator, own.deputy, own.president, own.protection, own.outsider):
        with other.actor().transaction():
            assert not TalkRequest.objects.filter(pk=talk.pk).exists()


def test_whoever_was_asked_says_that_they_talked_once(own: Cast, sign_in: SignIn) -> None:
    talk = asked(own)
    browser = sign_in(own.colleague)
    assert browser.post(f"/talk/{talk.pk}/done/").status_code == 302
    assert f"/talk/{talk.pk}/done/" not in browser.get("/").content.decode()
    assert browser.post(f"/talk/{talk.pk}/done/").status_code == 302
    assert f"/talk/{talk.pk}/back/" not in sign_in(own.volunteer).get("/").content.decode()


def test_whoever_asked_takes_it_back(own: Cast, sign_in: SignIn) -> None:
    talk = asked(own)
    assert sign_in(own.volunteer).post(f"/talk/{talk.pk}/back/").status_code == 302
    assert f"/talk/{talk.pk}/done/" not in sign_in(own.colleague).get("/").content.decode()


@pytest.mark.parametrize(
    ("who", "field"),
    [
        ("colleague", "withdrawn_at"),
        ("volunteer", "answered_at"),
    ],
)
def test_neither_settles_it_for_the_other(own: Cast, who: str, field: str) -> None:
    talk = asked(own)
    with pytest.raises(DatabaseError, match="not permitted"):
        with getattr(own, who).actor().transaction():
            TalkRequest.objects.filter(pk=talk.pk).update(**{field: timezone.now()})


def test_settled_stays_settled(own: Cast) -> None:
    talk = asked(own)
    with own.colleague.actor().transaction() as actor:
        assert talks.answer_talk(by=actor, talk=talk.pk)
    with own.volunteer.actor().transaction() as actor:
        assert not talks.withdraw_talk(by=actor, talk=talk.pk)
    with pytest.raises(DatabaseError, match="not permitted"):
        with own.volunteer.actor().transaction():
            TalkRequest.objects.filter(pk=talk.pk).update(withdrawn_at=timezone.now())


def test_nobody_is_asked_who_does_not_listen(own: Cast) -> None:
    listens(own.coordinator, own.colleague)
    # Whom no other test has let listen.
    for other in (recruit(own.north, "coordinator"), own.volunteer, recruit(own.south)):
        with pytest.raises(DatabaseError):
            with own.volunteer.actor().transaction() as actor:
                talks.ask_to_talk(by=actor, responder=other.id, how="phone", haste="week")
    with pytest.raises(DatabaseError, match="row-level security"):
        with own.outsider.actor().transaction():
            TalkRequest(
                person_id=own.volunteer.id, responder_id=own.colleague.id, how="phone", haste="week"
            ).save(force_insert=True)


def test_nobody_to_listen_says_what_to_do(
    own: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE volunteers_duty SET ends_at = now() WHERE kind = 'responder'")
    page = sign_in(own.volunteer).get("/talk/").content.decode()
    assert "Nobody is named to listen yet" in page
    assert "Ring your coordinator" in page


def test_page_tells_when_whoever_was_asked_listens_no_more(
    own: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    asked(own)
    browser = sign_in(own.volunteer)
    assert "does not listen any more" not in browser.get("/").content.decode()
    superuser.execute("UPDATE volunteers_duty SET ends_at = now() WHERE kind = 'responder'")
    assert "does not listen any more" in browser.get("/").content.decode()


def test_coordinator_names_who_listens(own: Cast, sign_in: SignIn) -> None:
    browser = sign_in(own.coordinator)
    page = browser.get(f"/people/{own.deputy.id}/duty/")
    where = f"/people/{own.deputy.id}/duties/new/"
    page = browser.get(where)
    assert "Listens to colleagues" in page.content.decode()
    sent = {"duty": "responder", "branch": str(own.north)}
    assert browser.post(where, sent).status_code == 302
    with own.coordinator.actor().transaction():
        held = Duty.objects.live().filter(person_id=own.deputy.id, kind="responder")
        assert held.exists()
    assert "Listens to colleagues" not in browser.get("/invitations/new/").content.decode()


def test_home_offers_it_in_front_after_a_death(own: Cast, sign_in: SignIn) -> None:
    browser = sign_in(own.volunteer)
    assert "Somebody you were there for has died" not in browser.get("/").content.decode()
    client = new_client(own.volunteer)
    sent = timezone.localdate() - timedelta(days=2)
    with own.volunteer.actor().transaction() as actor:
        changes.change_state(by=actor, client=client, state="died", since=sent)
    assert "Somebody you were there for has died" in browser.get("/").content.decode()
    record = browser.get(f"/clients/{client.pk}/").content.decode()
    assert 'href="/talk/"' in record.split("<main")[1]
    assert "Somebody you were there for" not in sign_in(own.deputy).get("/").content.decode()


@pytest.mark.parametrize("asks", [True, False])
def test_leaving_takes_back_what_was_asked_and_coming_back_goes_on(cast: Cast, asks: bool) -> None:
    """Whoever leaves asked to talk, or was asked: nobody waits for them, and nothing keeps them."""
    listener = recruit(cast.north)
    listens(cast.coordinator, listener)
    other = recruit(cast.north)
    with other.actor().transaction() as actor:
        talk = talks.ask_to_talk(by=actor, responder=listener.id, how="phone", haste="week")
    gone = other if asks else listener
    leaving.leave(by=cast.president.actor(), person=gone.id)
    _, word = joining.invite(
        by=cast.coordinator.actor(),
        duty="volunteer",
        branch=cast.north,
        language="en",
        again=gone.id,
    )
    assert use_code(word, f"back-{uuid4().hex[:6]}") == gone.id
    seer = listener if asks else other
    with seer.actor().transaction():
        assert TalkRequest.objects.get(pk=talk.pk).withdrawn_at is not None


@pytest.mark.parametrize("asks", [True, False])
def test_whoever_comes_back_reads_nothing_of_who_wanted_to_talk_before(
    cast: Cast, asks: bool
) -> None:
    listener, other = recruit(cast.north), recruit(cast.north)
    listens(cast.coordinator, listener)
    with other.actor().transaction() as actor:
        talk = talks.ask_to_talk(by=actor, responder=listener.id, how="phone", haste="week")
    gone = other if asks else listener
    leaving.leave(by=cast.president.actor(), person=gone.id)
    again = invited(cast.coordinator, "volunteer", cast.north, again=gone.id)
    assert again.id == gone.id
    with again.actor().transaction():
        assert not TalkRequest.objects.filter(pk=talk.pk).exists()
        assert TalkRequest.objects.filter(pk=talk.pk).update(answered_at=timezone.now()) == 0
    if asks:
        with again.actor().transaction() as actor:
            new = talks.ask_to_talk(by=actor, responder=listener.id, how="phone", haste="week")
        with again.actor().transaction():
            assert list(TalkRequest.objects.filter(responder_id=listener.id)) == [new]
