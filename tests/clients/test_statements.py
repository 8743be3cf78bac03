"""What a client says about a note (GDPR 16): beside it at once, answered once, attached where it is refused."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.test import Client as Browser

from audit import door
from clients.consultations import reading
from clients.consultations.actions import Part
from clients.handover import actions as handover
from clients.models import ContactNote, Revision, Statement, StatementWords
from disclosures.actions import contents, delivery
from tests.making import acts, consultations, disclosures
from tests.making.clients import NOTE, assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import restrict
from tests.making.spaces import confirm_portal, open_portal, today
from tests.making.statements import WORDS, accept, first_contact, open_notes, refuse, say
from vault.exceptions import Refused

HEARD = {"text": WORDS, "channel": "phone", **today("said_on")}
SAID = "The client says"


@pytest.fixture
def helen(cast: Cast) -> Someone:
    """A volunteer of the north, for this test alone."""
    return recruit(cast.north)


def state(by: Someone, statement: Statement) -> str:
    """What became of it."""
    with by.actor().transaction():
        return Statement.objects.get(pk=statement.pk).state


def test_it_stands_beside_the_note_wherever_the_note_stands(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    contact = first_contact(helen, client)
    browser = sign_in(helen)
    browser.post(f"/contacts/{contact}/wrong/", HEARD)
    for where in (f"/contacts/{contact}/", f"/clients/{client.pk}/"):
        page = browser.get(where).content.decode()
        assert NOTE in page and SAID in page and WORDS in page
    browser.post(f"/clients/{client.pk}/background/wrong/", {**HEARD, "text": "I do not."})
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert page.index("near the old mill") < page.index("I do not.") < page.index(WORDS)


def test_author_and_coordinator_have_it_on_their_home_page_until_it_is_answered(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client, other = new_client(helen), recruit(cast.north)
    assign(cast.coordinator, client, other)
    statement = say(other, client)
    where = f"/contacts/{statement.contact_id}/"
    waiting = "A client says that something is wrong"
    homes = {who: sign_in(who) for who in (helen, cast.coordinator)}
    for browser in homes.values():
        page = browser.get("/").content.decode()
        assert waiting in page
    assert where in homes[helen].get("/").content.decode()
    with cast.coordinator.actor().transaction():  # whose page shows the oldest few
        assert Statement.objects.waiting_for(cast.coordinator.id).filter(pk=statement.pk).exists()
    assert where not in sign_in(other).get("/").content.decode()
    page = homes[cast.coordinator].get(where).content.decode()
    assert "Open the notes to read and answer it" in page and WORDS not in page
    accept(helen, statement, "Slept on Wednesday.")
    for browser in homes.values():
        assert where not in browser.get("/").content.decode()


def test_accepted_the_note_is_corrected_and_it_says_since_when(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    statement = say(helen, client)
    browser = sign_in(helen)
    where = f"/statements/{statement.pk}/"
    page = browser.get(where).content.decode()
    assert WORDS in page and NOTE in page and "The note stays as it is" not in page
    data = {"answer": "accepted", "text": NOTE, "why": "You are right.", "revision": "1"}
    assert "has not been changed" in browser.post(where, data).content.decode()
    answered = browser.post(where, {**data, "text": "Slept on Wednesday."}, follow=True)
    page = answered.content.decode()
    assert "Slept on Wednesday." in page and "Taken over on" in page and NOTE not in page
    assert "has been answered" in browser.get(where, follow=True).content.decode()
    assert state(helen, statement) == "accepted"


def test_it_is_not_taken_over_where_nothing_was_corrected(helen: Someone) -> None:
    """The other way round from the page: as the application's role, in SQL."""
    client = new_client(helen)
    statement = say(helen, client)
    with pytest.raises(DatabaseError, match="were not corrected"):
        acts.call(helen, "answer_statement(%s, 'accepted')", statement.pk)


def test_refused_it_stays_with_the_reasons(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    statement = say(helen, client)
    open_notes(cast.coordinator, client)
    browser = sign_in(cast.coordinator)
    where = f"/statements/{statement.pk}/"
    sent = {"answer": "refused", "text": NOTE, "revision": "1", "why": ""}
    assert "Tell the client in a sentence" in browser.post(where, sent).content.decode()
    browser.post(where, {**sent, "why": "Two of us heard it."})
    page = sign_in(helen).get(f"/contacts/{statement.contact_id}/").content.decode()
    assert all(words in page for words in (NOTE, WORDS, "Two of us heard it."))
    with pytest.raises(DatabaseError, match="answered already"):
        acts.call(cast.coordinator, "answer_statement(%s, 'refused')", statement.pk)


def test_who_wrote_the_note_does_not_refuse_alone(cast: Cast, helen: Someone) -> None:
    statement = say(helen, new_client(helen))
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(helen, "answer_statement(%s, 'refused')", statement.pk)
    own = new_client(cast.coordinator)
    mine = say(cast.coordinator, own)
    open_notes(cast.coordinator, own)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.coordinator, "answer_statement(%s, 'refused')", mine.pk)
    open_notes(cast.deputy, own)
    refuse(cast.deputy, mine)
    assert state(cast.deputy, mine) == "refused"


def test_others_neither_see_add_nor_answer(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client, reader = new_client(helen), recruit(cast.north)
    contact = first_contact(helen, client)
    assign(cast.coordinator, client, reader, scope="read")
    statement = say(helen, client)
    strangers = (recruit(cast.north), cast.outsider, cast.south_coordinator, cast.president)
    for person in (*strangers, reader):
        for statement_sent in (
            ("answer_statement(%s, 'accepted')", statement.pk),
            ("answer_statement(%s, 'refused')", statement.pk),
            ("withdraw_statement(%s)", statement.pk),
            ("add_statement(gen_random_uuid(), %s, %s, 'phone', sec.today())", client.pk, contact),
        ):
            with pytest.raises(ProgrammingError, match="not permitted"):
                acts.call(person, *statement_sent)
    for person in strangers:
        with person.actor().transaction():
            assert not Statement.objects.filter(pk=statement.pk).exists()
            assert not StatementWords.objects.filter(statement=statement.pk).exists()
        assert sign_in(person).get(f"/statements/{statement.pk}/").status_code == 404
    assert WORDS in sign_in(reader).get(f"/contacts/{contact}/").content.decode()
    assert sign_in(reader).get(f"/statements/{statement.pk}/").status_code == 403


def test_whom_the_client_complains_about_answers_nothing(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """Nor learns of it by looking: the page that answers is the same, and the act is refused."""
    client = new_client(helen)
    statement = say(helen, client)
    browser, where = sign_in(helen), f"/statements/{statement.pk}/"
    before = seen(browser, where)
    assert "The note as it is now" in before
    acts.complain(cast.coordinator, client, "volunteer", helen)
    assert seen(browser, where) == before
    assert seen(browser, f"/contacts/{statement.contact_id}/").count(where) == 1
    with pytest.raises(DatabaseError, match="not possible now"):
        acts.call(helen, "answer_statement(%s, 'accepted')", statement.pk)
    data = {"answer": "accepted", "text": "Slept.", "why": "You are right.", "revision": "1"}
    page = browser.post(where, data).content.decode()
    assert "This is not possible now." in page and state(helen, statement) == "open"
    with helen.actor().transaction():
        assert not Revision.objects.filter(client=client, table="clients_contactnote").exists()
    open_notes(cast.deputy, client)
    acts.complain(cast.coordinator, client, "coordinator", cast.deputy)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, "answer_statement(%s, 'refused')", statement.pk)
    with cast.deputy.actor().transaction():
        assert not StatementWords.objects.filter(statement=statement.pk).exists()


def seen(browser: Browser, where: str) -> str:
    """A page without what differs each time."""
    return re.sub(r"[\w-]{40,}", "", browser.get(where).content.decode())


def test_of_another_clients_contact_nothing_is_said(helen: Someone) -> None:
    one, other = new_client(helen), new_client(helen)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(
            helen,
            "add_statement(%s, %s, %s, 'phone', sec.today())",
            uuid4(),
            one.pk,
            first_contact(helen, other),
        )


def test_the_application_writes_none_of_it_itself(helen: Someone) -> None:
    client = new_client(helen)
    statement = say(helen, client)
    for sql in (
        "UPDATE clients_statement SET state = 'withdrawn' WHERE id = %s",
        "DELETE FROM clients_statement WHERE id = %s",
        "UPDATE clients_statementwords SET revision = 2 WHERE statement_id = %s",
        "DELETE FROM clients_statementwords WHERE statement_id = %s",
        "INSERT INTO clients_statementwords (id, client_id, statement_id, revision, sealed, answer)"
        " SELECT gen_random_uuid(), s.client_id, s.id, 1, '', true FROM clients_statement s WHERE s.id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [statement.pk])


def test_words_are_not_put_into_what_another_wrote_down(cast: Cast, helen: Someone) -> None:
    client, other = new_client(helen), recruit(cast.north)
    assign(cast.coordinator, client, other)
    statement = say(other, client)
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        helen.actor().transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO clients_statementwords (id, client_id, statement_id, revision, sealed, answer)"
            " VALUES (gen_random_uuid(), %s, %s, 1, '\\x0101', false)",
            [client.pk, statement.pk],
        )


def test_restricted_it_is_still_written_down(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """By a coordinator, and by whoever has the client, who reads nothing of the record meanwhile."""
    client = new_client(helen)
    contact = first_contact(helen, client)
    restrict(helen, client)
    statement = say(cast.coordinator, client)
    browser, where = sign_in(helen), f"/clients/{client.pk}/background/wrong/"
    assert where in browser.get(f"/clients/{client.pk}/").content.decode()
    assert browser.get(where).status_code == 200
    page = browser.post(where, {**HEARD, "text": "I do not."}, follow=True).content.decode()
    assert "I do not." not in page and "near the old mill" not in page
    acts.call(helen, "add_statement(%s, %s, %s, 'phone', sec.today())", uuid4(), client.pk, contact)
    reader = recruit(cast.north)
    assign(cast.coordinator, client, reader, scope="read")
    assert sign_in(reader).get(where).status_code == 403
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(reader, "add_statement(%s, %s, NULL, 'phone', sec.today())", uuid4(), client.pk)
    with cast.coordinator.actor().transaction():
        assert Statement.objects.filter(client=client, by_id=helen.id).count() == 2
    with helen.actor().transaction():
        assert not Statement.objects.filter(pk=statement.pk).exists()
    open_notes(cast.coordinator, client)
    refuse(cast.coordinator, statement)
    assert state(cast.coordinator, statement) == "refused"


def test_before_the_day_of_a_handover_nothing_is_said_or_seen(cast: Cast, helen: Someone) -> None:
    client, later = new_client(helen), recruit(cast.north)
    contact = first_contact(helen, client)
    statement = say(helen, client)
    with cast.coordinator.actor().transaction() as actor:
        handover.hand_over(
            by=actor, clients=[client.pk], of=helen.id, to=later.id, since=date(2026, 2, 1)
        )
    with later.actor().transaction():
        assert not Statement.objects.filter(pk=statement.pk).exists()
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(
            later, "add_statement(%s, %s, %s, 'phone', sec.today())", uuid4(), client.pk, contact
        )


def test_a_colleague_who_is_asked_reads_it_with_the_contact(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client, colleague = new_client(helen), recruit(cast.north)
    contact = first_contact(helen, client)
    say(helen, client)
    made = acts.consult(helen, colleague, client, whole=[contact])
    page = sign_in(colleague).get(f"/consultations/{made}/").content.decode()
    assert NOTE in page and WORDS in page


def test_what_leaves_holds_it_and_a_later_one_asks_for_a_new_decision(cast: Cast) -> None:
    made = disclosures.asked(cast)
    client = made.client
    with cast.volunteer.actor().transaction():
        contact = client.contacts.get(happened_on="2026-01-07").pk
    say(cast.volunteer, client, contact=contact, words="I took them at noon.")
    disclosures.decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        (item,) = contents.package(actor, made, keys, "fr")["items"]
    assert disclosures.CHOSEN in item["notes"] and "I took them at noon." in item["notes"]
    say(cast.volunteer, client, contact=contact, words="And again at night.")
    with pytest.raises(Refused), cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)


def test_each_step_is_in_the_log(cast: Cast, helen: Someone, superuser: psycopg.Connection) -> None:
    client = new_client(helen)
    accept(helen, say(helen, client), "Slept on Wednesday.")
    found = superuser.execute(
        "SELECT action FROM audit_event WHERE subject = %s AND action LIKE 'statement.%%'",
        [client.pk],
    ).fetchall()
    assert sorted(action for (action,) in found) == [
        "statement.add",
        "statement.answer",
        "statement.view",
        "statement.write",
    ]


def test_what_is_said_after_an_answer_fits_how_the_client_reads(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """Without a space, in a quiet one and in a paused one, somebody tells them."""
    client = new_client(helen)
    browser = sign_in(helen)
    tell, reads = "they do not read it online", "The client can read your answer."

    def answered(text: str) -> str:
        statement = say(helen, client)
        data = {"answer": "accepted", "text": text, "why": "You are right."}
        with helen.actor().transaction():
            revision = ContactNote.objects.get(contact=statement.contact_id).revision
        sent = {**data, "revision": str(revision)}
        return browser.post(f"/statements/{statement.pk}/", sent, follow=True).content.decode()

    page = answered("Slept on Wednesday.")
    assert tell in page and reads not in page
    open_portal(helen, client, confirmed=False)
    assert tell in answered("Slept on Thursday.")
    confirm_portal(client)
    page = answered("Slept on Friday.")
    assert reads in page and tell not in page


def test_the_home_page_says_since_when_each_waits(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    say(helen, new_client(helen))
    page = sign_in(helen).get("/").content.decode()
    assert "waits since" in page and "answer within a month" in page


def test_what_the_client_says_is_not_copied_for_a_colleague(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """It stands beside the copy while it counts, and is gone once the client took it back."""
    client, colleague = new_client(helen), recruit(cast.north)
    contact = first_contact(helen, client)
    statement = say(helen, client)
    with helen.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "contact.list", "consultation")
        (item,) = reading.shareable(client, keys)
        assert WORDS not in item.text and WORDS in item.said[0]
    part = Part(contact, "Phone", "Slept badly, she said.")
    known = consultations.ask(helen, colleague, client, called="Odile", parts=(part,))
    page = sign_in(colleague).get(f"/consultations/{known}/").content.decode()
    assert part.text in page and WORDS in page and NOTE not in page
    hidden = consultations.ask(helen, colleague, client, withheld=True, parts=(part,))
    consultations_end(helen, known)
    page = sign_in(colleague).get(f"/consultations/{hidden}/").content.decode()
    assert part.text in page and WORDS not in page
    other = consultations.ask(helen, colleague, client, called="Odile", parts=(part,))
    superuser_withdraws(statement)
    page = sign_in(colleague).get(f"/consultations/{other}/").content.decode()
    assert part.text in page and WORDS not in page


def consultations_end(by: Someone, which: UUID) -> None:
    acts.call(by, "end_consultation(%s)", which)


def superuser_withdraws(statement: Statement) -> None:
    """As the client does in their space, without one."""
    with acts.superuser() as connection:
        connection.execute(
            "UPDATE clients_statement SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s",
            [statement.pk],
        )
