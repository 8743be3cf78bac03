"""Consulting a colleague: two fields for a talk; what is chosen and nothing else in writing; it ends by itself."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client as Browser
from django.utils import timezone

from audit.models import Event
from clients.consultations import actions
from clients.models import Client, Consultation, ConsultationEntry, Contact, Draft, Grant
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.clients import NOTE, assign, let_read, new_client
from tests.making.consultations import ask
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, confirm, recruit
from volunteers.actions import duties

TELLING = "Odile dort chez Hervé à Luzech, 06 39 98 11 22. Mme Quercy a peur."
WHO = ("Odile", "Quercy", "06 39", "0639981122", "Luzech", "Hervé")


def contact_with(cast: Cast, client: Client, text: str) -> Contact:
    from clients.contacts.actions import contacts

    with cast.volunteer.actor().transaction() as actor:
        new = contacts.NewContact("visit", date(2026, 2, 3), text=text)
        return contacts.log_contact(by=actor, client=client, new=new)


def write(browser: Browser, client: Client, cast: Cast, **more: Any) -> str:
    """The first page; gives the address of the second."""
    data = {
        "key": str(uuid4()),
        "colleague": str(cast.colleague.id),
        "ground": "client",
        "question": "How do I go on?",
        "days": "14",
        **more,
    }
    response = browser.post(f"/clients/{client.pk}/colleagues/ask/", data)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def texts(page: str) -> dict[str, str]:
    """What the boxes of the second page hold."""
    from html import unescape

    found = re.findall(r'<textarea name="([^"]+)".*?>\n?(.*?)</textarea>', page, re.S)
    return {name: unescape(text) for name, text in found}


def share(browser: Browser, where: str, identity: str, **more: Any) -> str:
    """Sends the second page as it stands, with ``more`` changed; gives the consultation's address."""
    page = browser.get(f"{where}?identity={identity}").content.decode()
    named = {"called": "Odile"} if identity == "known" else {}
    response = browser.post(where, {"identity": identity, **named, **texts(page), **more})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_a_talk_needs_two_fields(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    page = browser.get(f"/clients/{client.pk}/colleagues/talk/").content.decode()
    today = timezone.localdate()
    assert f'value="{today.year}"' in page
    sent = {
        "colleague": str(cast.colleague.id),
        "ground": "volunteer",
        "on_day": str(today.day),
        "on_month": str(today.month),
        "on_year": str(today.year),
    }
    assert browser.post(f"/clients/{client.pk}/colleagues/talk/", sent).status_code == 302
    listed = browser.get(f"/clients/{client.pk}/colleagues/").content.decode()
    assert "Volunteer asked Colleague" in listed
    assert "in a talk" in listed
    with cast.colleague.actor().transaction():
        assert not Consultation.objects.filter(client_id=client.pk).exists()
    with cast.volunteer.actor().transaction():
        row = Consultation.objects.get(client=client)
        assert row.is_talk
        assert not row.entries.exists()


def test_only_who_serves_signed_and_has_no_conflict_can_be_asked(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    acts.conflict(cast.deputy, cast.deputy, client=client)
    page = sign_in(cast.volunteer).get(f"/clients/{client.pk}/colleagues/talk/").content.decode()
    assert str(cast.colleague.id) in page
    for nobody in (cast.deputy, cast.newcomer, cast.outsider, cast.president, cast.volunteer):
        assert f'value="{nobody.id}"' not in page
    for nobody in (cast.deputy, cast.newcomer, cast.outsider, cast.volunteer):
        with pytest.raises(DatabaseError, match="not permitted"):
            ask(cast.volunteer, nobody, client)


def test_unchanged_contact_is_shared_as_it_stands(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    other = contact_with(cast, client, "Something else entirely.")
    with cast.volunteer.actor().transaction():
        first = Contact.objects.filter(client=client).exclude(pk=other.pk).get()
    browser = sign_in(cast.volunteer)
    made = share(browser, write(browser, client, cast, contacts=str(first.pk)), "known")
    page = sign_in(cast.colleague).get(made).content.decode()
    assert NOTE in page
    assert "About Odile" in page
    assert "Quercy" not in page
    assert "Something else" not in page
    assert client.reference not in page
    assert str(client.pk) not in page
    with cast.volunteer.actor().transaction():
        assert not ConsultationEntry.objects.filter(client=client, kind="part").exists()


def test_changed_text_is_a_copy(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    contact = contact_with(cast, client, "Sleeps badly. Owes money.")
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast, contacts=str(contact.pk))
    made = share(browser, where, "known", **{f"text-{contact.pk}": "Sleeps badly."})
    page = sign_in(cast.colleague).get(made).content.decode()
    assert "Sleeps badly." in page
    assert "Owes money" not in page
    with cast.colleague.actor().transaction():
        assert not Contact.objects.filter(client_id=client.pk).exists()


def test_emptied_text_shares_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    contact = contact_with(cast, client, "Owes money.")
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast, contacts=str(contact.pk))
    made = share(browser, where, "known", **{f"text-{contact.pk}": ""})
    assert "Owes money" not in sign_in(cast.colleague).get(made).content.decode()


def test_support_of_the_volunteer_leaves_out_who_it_is(cast: Cast, sign_in: SignIn) -> None:
    cast = replace(cast, colleague=recruit(cast.north))  # whose home page names no other Odile
    client = new_client(cast.volunteer)
    contact = contact_with(cast, client, TELLING)
    browser = sign_in(cast.volunteer)
    where = write(
        browser,
        client,
        cast,
        ground="volunteer",
        contacts=str(contact.pk),
        question="Odile pleure beaucoup. Que dire ?",
    )
    page = browser.get(where).content.decode()
    assert "Who it is stays out" in page
    shown = texts(page)
    assert shown["question"] == "[name] pleure beaucoup. Que dire ?"
    assert shown[f"text-{contact.pk}"] == (
        "[name] dort chez [name] à [name], [number]. Mme [name] a peur."
    )
    response = browser.post(where, {"identity": "withheld", **shown})
    page = sign_in(cast.colleague).get(response["Location"]).content.decode()
    assert "a peur" in page
    assert "About a client" in page
    assert "3 February" not in page
    for telling in (*WHO, client.reference, str(client.pk), str(contact.pk)):
        assert telling not in page
    theirs, where = sign_in(cast.colleague), response["Location"]
    ending = theirs.get(f"{where}end/").content.decode()
    mistaken = theirs.post(f"{where}answer/", {"text": ""}).content.decode()
    for shown in (theirs.get("/").content.decode(), ending, mistaken):
        for telling in (*WHO, client.reference, str(client.pk)):
            assert telling not in shown


def test_what_still_says_who_it_is_needs_a_second_look(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast, ground="volunteer")
    sent = {"identity": "withheld", "question": "What shall I tell quercy?"}
    page = browser.post(where, sent).content.decode()
    assert "This still says who it is: quercy" in page
    assert "What shall I tell quercy?" in page
    assert browser.post(where, {**sent, "sure": "on"}).status_code == 302


def test_protected_person_is_never_named(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    acts.call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [cast.volunteer.id])
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast)
    assert "Who it is stays out" in browser.get(f"{where}?identity=known").content.decode()
    with pytest.raises(DatabaseError, match="not permitted"):
        ask(cast.volunteer, cast.colleague, client)
    ask(cast.volunteer, cast.colleague, client, withheld=True)


def test_page_tells_that_a_coordinator_can_find_out(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast, ground="volunteer", colleague=str(cast.coordinator.id))
    assert "can find out who it is" in browser.get(where).content.decode()
    where = write(browser, client, cast, ground="volunteer")
    assert "can find out who it is" not in browser.get(where).content.decode()


def test_sent_twice_is_asked_once(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    where = write(browser, client, cast)
    sent = {"identity": "known", "question": "How do I go on?"}
    first, again = browser.post(where, sent), browser.post(where, sent)
    assert first["Location"] == again["Location"]
    with cast.volunteer.actor().transaction():
        assert Consultation.objects.filter(client=client).count() == 1
        assert not Draft.objects.filter(client=client).exists()


def test_days_are_bounded(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    data = {
        "key": str(uuid4()),
        "colleague": str(cast.colleague.id),
        "ground": "client",
        "question": "?",
        "days": "91",
    }
    assert browser.post(f"/clients/{client.pk}/colleagues/ask/", data).status_code == 200
    with pytest.raises(DatabaseError, match="not permitted"):
        ask(cast.volunteer, cast.colleague, client, days=91)


def test_answers_go_to_and_fro_and_are_told_on_the_first_page(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    theirs, mine = sign_in(cast.colleague), sign_in(cast.volunteer)
    assert f"/consultations/{made}/" in theirs.get("/").content.decode()
    assert theirs.post(f"/consultations/{made}/answer/", {"text": ""}).status_code == 200
    assert theirs.post(f"/consultations/{made}/answer/", {"text": "Ring her."}).status_code == 302
    home = mine.get("/").content.decode()
    assert f"/consultations/{made}/" in home
    assert "Has answered" in home
    assert "Ring her." in mine.get(f"/consultations/{made}/").content.decode()
    mine.post(f"/consultations/{made}/answer/", {"text": "I will."})
    assert "I will." in theirs.get(f"/consultations/{made}/").content.decode()


def test_asker_does_not_name_a_withheld_client_in_an_answer(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client, withheld=True)
    where = f"/consultations/{made}/answer/"
    page = sign_in(cast.volunteer).post(where, {"text": "Odile rang."}).content.decode()
    assert "This still says who it is: Odile" in page
    # For the colleague the form knows nothing: it would tell them whether a guess is right.
    assert sign_in(cast.colleague).post(where, {"text": "Odile?"}).status_code == 302


def test_it_ends_by_the_clock(cast: Cast, sign_in: SignIn, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    theirs, mine = sign_in(cast.colleague), sign_in(cast.volunteer)
    assert theirs.get(f"/consultations/{made}/").status_code == 200
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        for table, column in [("consultation", "id"), ("grant", "act")]:
            superuser.execute(
                f"UPDATE clients_{table} SET starts_at = now() - interval '1 hour', "
                f"ends_at = now() - interval '1 second' WHERE {column} = %s",
                [made],
            )
        superuser.execute(
            "UPDATE clients_clientpermission p SET ends_at = g.ends_at FROM clients_grant g "
            "WHERE p.grant_id = g.id AND g.act = %s",
            [made],
        )
    assert theirs.get(f"/consultations/{made}/").status_code == 404
    assert theirs.post(f"/consultations/{made}/answer/", {"text": "Too late."}).status_code == 404
    assert str(made) not in theirs.get("/").content.decode()
    assert "It ended on" in mine.get(f"/consultations/{made}/").content.decode()
    assert mine.post(f"/consultations/{made}/answer/", {"text": "Too late."}).status_code == 403


@pytest.mark.parametrize("who", ["volunteer", "colleague", "coordinator"])
def test_it_can_be_ended_before(cast: Cast, sign_in: SignIn, who: str) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    browser = sign_in(getattr(cast, who))
    assert browser.get(f"/consultations/{made}/end/").status_code == 200
    assert browser.post(f"/consultations/{made}/end/").status_code == 302
    assert sign_in(cast.colleague).get(f"/consultations/{made}/").status_code == 404
    with cast.volunteer.actor().transaction():
        assert not Consultation.objects.live().filter(pk=made).exists()


def test_record_shows_what_runs(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "A colleague is being asked" not in page
    assert f"/clients/{client.pk}/colleagues/" in page
    made = ask(cast.volunteer, cast.colleague, client)
    assert f"/consultations/{made}/" in browser.get(f"/clients/{client.pk}/").content.decode()
    seen = sign_in(cast.coordinator).get(f"/clients/{client.pk}/").content.decode()
    assert "Volunteer → Colleague" in seen
    assert f"/consultations/{made}/" not in seen


def test_every_opening_is_in_the_log(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    sign_in(cast.colleague).get(f"/consultations/{made}/")
    with cast.protection.actor().transaction():
        rows = Event.objects.filter(subject=client.pk, actor=cast.colleague.id)
        found = list(rows.values_list("action", "basis", "purpose"))
    assert ("consultation.view", "consultation", "consultation") in found


def test_draft_of_a_question_is_found_again(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    sent = {"key": str(uuid4()), "client": str(client.pk), "form": "consult", "question": "Half a"}
    assert browser.post("/drafts/save/", sent).status_code in (200, 302)
    home = browser.get("/").content.decode()
    where = re.search(rf"/clients/{client.pk}/colleagues/ask/\?draft=[0-9a-f-]+", home)
    assert where
    assert "Half a" in browser.get(where.group()).content.decode()


def test_what_was_shared_ends_with_the_right_to_share_it(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    with cast.coordinator.actor().transaction() as actor:
        grant = client.grants.live().get(person_id=cast.volunteer.id)
        grants.end_grant(by=actor, grant=grant)
    assert sign_in(cast.colleague).get(f"/consultations/{made}/").status_code == 404
    with cast.coordinator.actor().transaction():
        assert not client.grants.live().exists()
        assert not Consultation.objects.live().filter(client=client).exists()


def test_what_was_shared_goes_on_where_another_right_does(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.volunteer)
    first = client_grant(cast, client)
    assign(cast.coordinator, client, cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(by=actor, grant=first)
    assert sign_in(cast.colleague).get(f"/consultations/{made}/").status_code == 200


def test_ending_the_line_of_the_ledger_ends_the_whole(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client)
    made = ask(cast.volunteer, cast.colleague, client, whole=(contact.pk,))
    browser = sign_in(cast.coordinator)
    listed = browser.get(f"/clients/{client.pk}/who-may-see/").content.decode()
    assert f"/consultations/{made}/end/" in listed
    with cast.coordinator.actor().transaction() as actor:
        line = client.grants.live().get(scope="consult")
        assert grants.end_grant(by=actor, grant=line)
    with cast.colleague.actor().transaction():
        assert not Contact.objects.filter(pk=contact.pk).exists()
    with cast.volunteer.actor().transaction():
        assert not Consultation.objects.live().filter(pk=made).exists()


def client_grant(cast: Cast, client: Client) -> Grant:
    with cast.coordinator.actor().transaction():
        return client.grants.live().get(person_id=cast.volunteer.id)


def test_two_who_end_it_at_once_make_one_end(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    people = [cast.volunteer, cast.colleague, cast.coordinator, cast.deputy]
    visits = [someone.actor() for someone in people * 3]

    def end(actor: Any) -> bool:
        try:
            with actor.transaction():
                return actions.end_early(by=actor, consultation=Consultation(pk=made))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(visits)) as pool:
        ended = list(pool.map(end, visits))
    assert sorted(ended) == [False] * (len(visits) - 1) + [True]


# ---- Attacks ----


def test_nobody_shares_a_contact_that_they_may_not_read(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    with cast.coordinator.actor().transaction():
        contact = Contact.objects.get(client=client)
    since = timezone.localdate() - timedelta(days=1)
    with cast.coordinator.actor().transaction():
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=cast.volunteer.id,
            scope="full",
            basis="assignment",
            purpose="handover",
            granted_by_id=cast.coordinator.id,
            since=since,
        ).save(force_insert=True)
    browser = sign_in(cast.volunteer)
    data = {
        "key": str(uuid4()),
        "colleague": str(cast.colleague.id),
        "ground": "client",
        "question": "?",
        "days": "14",
        "contacts": str(contact.pk),
    }
    assert browser.post(f"/clients/{client.pk}/colleagues/ask/", data).status_code == 200
    ask(cast.volunteer, cast.colleague, client, whole=(contact.pk,))
    with cast.colleague.actor().transaction():
        assert not Contact.objects.filter(pk=contact.pk).exists()


def test_contact_of_another_client_is_not_shared(cast: Cast, sign_in: SignIn) -> None:
    client, other = new_client(cast.volunteer), new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=other)
    ask(cast.volunteer, cast.colleague, client, whole=(contact.pk,))
    with cast.colleague.actor().transaction():
        assert not Contact.objects.filter(pk=contact.pk).exists()
    part = actions.Part(contact.pk, "Call", "Words.")
    with pytest.raises(DatabaseError, match="entry_contact"):
        ask(cast.volunteer, cast.colleague, client, parts=(part,))


def test_third_person_finds_nothing_by_an_id(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    unknown = uuid4()
    for someone in (cast.outsider, cast.south_coordinator, cast.president, cast.administrator):
        browser = sign_in(someone)
        there, nowhere = (browser.get(f"/consultations/{pk}/") for pk in (made, unknown))
        assert there.status_code == nowhere.status_code == 404
    with cast.outsider.actor().transaction() as actor, pytest.raises(DatabaseError):
        consultation = Consultation(pk=made, client_id=client.pk)
        actions.end_early(by=actor, consultation=consultation)


def test_colleague_gets_nothing_else_of_the_record(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client)
    ask(cast.volunteer, cast.colleague, client, whole=(contact.pk,))
    browser = sign_in(cast.colleague)
    for where in ("", "colleagues/", "who-may-see/", "colleagues/ask/"):
        assert browser.get(f"/clients/{client.pk}/{where}").status_code == 404
    assert browser.get(f"/contacts/{contact.pk}/").status_code == 404
    assert client.reference not in browser.get("/clients/").content.decode()


def test_nobody_writes_after_the_end_or_in_the_name_of_another(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    made = ask(cast.volunteer, cast.colleague, client)
    consultation = Consultation(pk=made, client_id=client.pk)

    def write_as(by: Any, kind: str, author: UUID) -> None:
        with by.actor().transaction() as actor:
            from audit import door

            keys = door.open_one(actor, client.pk, "consultation.answer", "consultation")
            ConsultationEntry.new(
                keys, client_id=client.pk, consultation_id=made, kind=kind, by_id=author, text="x"
            ).save()

    with pytest.raises(DatabaseError, match="row-level security"):
        write_as(cast.colleague, "answer", cast.volunteer.id)
    with pytest.raises(DatabaseError, match="row-level security"):
        write_as(cast.colleague, "part", cast.colleague.id)
    with cast.volunteer.actor().transaction() as actor:
        assert actions.end_early(by=actor, consultation=consultation)
    with cast.volunteer.actor().transaction() as actor:
        assert not actions.end_early(by=actor, consultation=consultation)
    with pytest.raises(DatabaseError, match="row-level security"):
        write_as(cast.volunteer, "answer", cast.volunteer.id)


def once_coordinator(cast: Cast, client: Client) -> Someone:
    """A volunteer who has the client since yesterday, and read all of it while they coordinated: until a date."""
    someone = recruit(cast.north)
    confirm(cast.protection, someone)
    with cast.coordinator.actor().transaction():
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=someone.id,
            scope="full",
            basis="assignment",
            purpose="handover",
            granted_by_id=cast.coordinator.id,
            since=timezone.localdate() - timedelta(days=1),
        ).save(force_insert=True)
    duties.appoint(
        by=cast.president.actor(), person=someone.id, duty="coordinator", branch=cast.north
    )
    let_read(cast.coordinator, client, someone)
    return someone


def by_its_date(superuser: psycopg.Connection, someone: Someone) -> None:
    """The duty of a coordinator is over, and nobody ended it."""
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute(
            "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s AND kind = 'coordinator'",
            [someone.id],
        )


def test_whoever_coordinated_until_a_date_shares_no_more_than_they_read(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.coordinator)
    someone = once_coordinator(cast, client)
    with someone.actor().transaction():
        contact = Contact.objects.get(client=client)
    by_its_date(superuser, someone)
    with someone.actor().transaction():
        assert not Contact.objects.filter(pk=contact.pk).exists()
    ask(someone, cast.colleague, client, whole=(contact.pk,))
    with cast.colleague.actor().transaction():
        assert not Contact.objects.filter(pk=contact.pk).exists()


def test_what_was_shared_does_not_go_on_by_a_duty_that_is_over(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.coordinator)
    someone = once_coordinator(cast, client)
    made = ask(someone, cast.colleague, client)
    by_its_date(superuser, someone)
    with cast.coordinator.actor().transaction() as actor:
        given = client.grants.live().get(person_id=someone.id, basis="assignment")
        grants.end_grant(by=actor, grant=given)
    with cast.coordinator.actor().transaction():
        assert not Consultation.objects.live().filter(pk=made).exists()
