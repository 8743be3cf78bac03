"""What a copy that the team hands over does not give, and what is asked before it goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from django.test import Client as Browser
from django.utils import timezone

from clients.contacts.actions import contacts
from clients.models import Client, Contact
from tests.making import disclosures
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.copies import begun, open_notes, sent, state_of, strike, taken, text_of
from tests.making.exports import pages
from tests.making.people import Cast, recruit
from tests.making.requests import form
from tests.making.servers import work

SignIn = Callable[..., Browser]


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with a contact about other people."""
    made = new_client(cast.volunteer)
    log_contact(cast.volunteer, made, "Her neighbour Hélène Thorne-Ruyer rang.", date(2026, 2, 1))
    log_contact(cast.volunteer, made, "The court has closed this.", date(2026, 2, 2))
    return made


def released(cast: Cast, sign_in: SignIn, copy: UUID) -> dict[str, Any]:
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    worked = work()
    archive = taken(sign_in(cast.coordinator), copy)
    assert archive.testzip() is None, worked.stderr
    found = json.loads(archive.read("record.json"))
    return {**found, "all": text_of(archive)}


def test_a_contact_that_is_left_out_is_in_no_sharing_either(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.released(cast).disclosure
    with cast.coordinator.actor().transaction():
        chosen = Contact.objects.get(client=made.client, happened_on=date(2026, 1, 7))
    copy = sent(sign_in(cast.coordinator), made.client, contact=chosen.pk)
    found = released(cast, sign_in, copy)
    shared = found["disclosures"][0]
    assert shared["reference"] == made.reference and shared["contents"] == []
    assert disclosures.CHOSEN not in found["all"]


def test_what_was_struck_out_of_a_sharing_is_not_handed_over(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.released(cast).disclosure
    found = released(cast, sign_in, sent(sign_in(cast.coordinator), made.client))
    (item,) = found["disclosures"][0]["contents"]
    assert item["why"] and "parts" not in item and "strike" not in item


def test_what_answers_a_complaint_is_nowhere_in_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.released(cast).disclosure
    copy = sent(sign_in(cast.coordinator), made.client)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE disclosures_disclosure SET ground = 'complaint' WHERE id = %s", [made.pk]
    )
    superuser.execute("RESET session_replication_role")
    found = released(cast, sign_in, copy)
    assert found["disclosures"] == []
    assert made.reference not in found["all"]
    assert "Outside the association: nobody" in str(found["about"])
    assert "haring" not in str(found["who_has_seen"]), found["who_has_seen"]


def test_messages_and_what_was_taken_back_are_not_in_it(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    work()
    archive = taken(sign_in(cast.coordinator), copy)
    assert json.loads(archive.read("record.json"))["messages"] == []
    printed = " ".join(pages(archive).split())
    assert "Messages between you and us: they are in your online space" in printed
    assert "noted as having died" not in printed and "What you want after your death" not in printed


def test_forbidden_is_not_counted_for_the_client(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    with cast.coordinator.actor().transaction():
        contact = Contact.objects.get(client=client, happened_on=date(2026, 2, 2))
    preparing = sign_in(cast.coordinator)
    open_notes(preparing, client)
    copy = begun(preparing, client)
    typed = {f"contact-{contact.pk}": "forbidden", "forbidden": "Tuesday"}
    assert strike(preparing, copy, **typed).status_code == 302
    row = superuser.execute(
        "SELECT contacts, left_out, struck FROM rights_preparedcopy WHERE id = %s", [copy]
    ).fetchone()
    assert row == (2, 0, 0)  # of three, one is forbidden
    details = superuser.execute(
        "SELECT detail FROM audit_event WHERE object_id = %s AND action = 'copy.send'", [copy]
    ).fetchall()
    assert details == [({},)]
    assert (
        "2 contacts or passages more"
        in sign_in(cast.deputy).get(f"/copies/{copy}/").content.decode()
    )
    found = released(cast, sign_in, copy)
    assert found["left_out"] == [] and "The court has" not in found["all"]


def test_accents_and_hyphens_strike_all_the_same(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client, others="helene thorne ruyer")
    found = released(cast, sign_in, copy)
    assert "Thorne" not in found["all"] and "[struck out]" in found["all"]


def test_what_stands_nowhere_is_refused_and_all_is_kept(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    with cast.coordinator.actor().transaction():
        contact = Contact.objects.get(client=client, happened_on=date(2026, 2, 2))
    preparing = sign_in(cast.coordinator)
    open_notes(preparing, client)
    copy = begun(preparing, client)
    answer = strike(preparing, copy, others="Helen Thorn", **{f"contact-{contact.pk}": "source"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "stands nowhere" in page and "Helen Thorn" in page
    assert page.count('value="source" selected') == 1
    page = preparing.get(f"/copies/{copy}/strike/").content.decode()
    assert "Your situation" in page or "Who you are" in page


def test_what_was_typed_outlives_the_hour_of_the_notes(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    preparing = sign_in(cast.coordinator)
    copy = begun(preparing, client)
    answer = preparing.post(f"/copies/{copy}/strike/", {"others": "Thorne", "drawn": "x"})
    page = answer.content.decode()
    assert 'name="others" value="Thorne"' in page and "csrfmiddlewaretoken" in page


def test_what_is_written_after_the_page_was_drawn_is_looked_at_first(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    preparing = sign_in(cast.coordinator)
    open_notes(preparing, client)
    copy = begun(preparing, client)
    real = preparing.post

    def late(path: str, data: dict[str, str]) -> object:
        log_contact(cast.volunteer, client, "Her sister Maud rang.", date(2026, 2, 3))
        return real(path, data)

    preparing.post = late  # type: ignore[method-assign]
    assert strike(preparing, copy).status_code == 302
    said = sign_in(cast.deputy).post(f"/copies/{copy}/release/", follow=True).content.decode()
    assert "has changed since" in said and state_of(copy, superuser) == "sent"


def test_what_was_being_written_when_the_page_was_drawn_is_looked_at_first(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """It began before, was not to be seen yet, and bears the earlier time."""
    preparing = sign_in(cast.coordinator)
    open_notes(preparing, client)
    copy = begun(preparing, client)
    written, drawn = Event(), Event()

    def write() -> None:
        with cast.volunteer.actor().transaction() as actor:
            new = contacts.NewContact("phone", date(2026, 2, 3), text="Her sister Maud rang.")
            contacts.log_contact(by=actor, client=client, new=new)
            written.set()
            drawn.wait(30)
        connections.close_all()

    writer = Thread(target=write)
    writer.start()
    assert written.wait(30)
    real = preparing.post

    def late(path: str, data: dict[str, str]) -> object:
        drawn.set()
        writer.join()
        return real(path, data)

    preparing.post = late  # type: ignore[method-assign]
    assert strike(preparing, copy).status_code == 302
    said = sign_in(cast.deputy).post(f"/copies/{copy}/release/", follow=True).content.decode()
    assert "has changed since" in said and state_of(copy, superuser) == "sent"
    assert real(f"/copies/{copy}/end/").status_code == 302  # it waits for nobody in other tests


def test_what_is_written_before_it_is_made_gives_it_up(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    assert sign_in(cast.deputy).post(f"/copies/{copy}/release/").status_code == 302
    log_contact(cast.volunteer, client, "Her sister Maud rang.", date(2026, 2, 3))
    work()
    row = superuser.execute("SELECT state FROM rights_export WHERE prepared_id = %s", [copy])
    assert row.fetchone() == ("failed",)


def test_of_the_dead_none_is_prepared_and_no_request_recorded(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("UPDATE clients_client SET state = 'died' WHERE id = %s", [client.pk])
    superuser.execute("RESET session_replication_role")
    browser = sign_in(cast.coordinator)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    for what in ("copies", "requests"):
        assert f"/clients/{client.pk}/{what}/" not in page
    data = {"reason": "asked", "way": "hand", "language": "en"}
    said = browser.post(f"/clients/{client.pk}/copies/new/", data).content.decode()
    assert "What heirs ask is recorded" in said
    said = record(browser, client).content.decode()
    assert "What heirs ask is recorded" in said


def record(browser: Browser, client: Client, **more: str) -> Any:
    """A request that was heard."""
    return browser.post(*form(client, timezone.localdate(), **more))


def test_for_somebody_else_it_must_be_known_who_asks(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    browser = sign_in(cast.coordinator)
    data = {"reason": "proxy", "way": "hand", "language": "en"}
    said = browser.post(f"/clients/{client.pk}/copies/new/", data).content.decode()
    assert "Choose the request" in said
    assert record(browser, client, quality="lawyer", applicant="Me Aubin").status_code == 302
    asked = superuser.execute(
        "SELECT id FROM rights_subjectrequest WHERE client_id = %s", [client.pk]
    ).fetchone()[0]
    data["request"] = str(asked)
    said = browser.post(f"/clients/{client.pk}/copies/new/", data).content.decode()
    assert "must be known who" in said
    checked = {"identity": "paper", "entitled": "yes", "words": "Mandate seen."}
    assert browser.post(f"/requests/{asked}/note/check/", checked).status_code == 302
    open_notes(browser, client)
    answer = browser.post(f"/clients/{client.pk}/copies/new/", data)
    assert answer.status_code == 302
    copy = answer["Location"].split("/")[2]
    assert strike(browser, copy).status_code == 302
    again = {"identity": "doubt", "entitled": "no"}
    assert browser.post(f"/requests/{asked}/note/check/", again).status_code == 302
    said = sign_in(cast.deputy).post(f"/copies/{copy}/release/", follow=True).content.decode()
    assert "must be known who" in said and state_of(copy, superuser) == "sent"


def test_nothing_is_left_out_after_it_was_sent(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    with pytest.raises(psycopg.errors.CheckViolation, match="was sent"):
        superuser.execute(
            "INSERT INTO rights_leftout (id, client_id, copy_id, reason, revision, sealed)"
            " VALUES (gen_random_uuid(), %s, %s, 'others', 1, '\\x00')",
            [client.pk, copy],
        )


def test_signing_in_again_leads_back_to_the_copy(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    copy = sent(sign_in(cast.coordinator), client)
    for step in ("release", "file"):
        answer = sign_in(cast.coordinator).get(f"/copies/{copy}/{step}/")
        assert answer.status_code == 302 and answer["Location"] == f"/copies/{copy}/"


def test_what_somebody_prepared_who_left_is_ended_by_another(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    gone = recruit(cast.north, "coordinator")
    browser = sign_in(gone)
    copy = begun(browser, client)
    other = sign_in(cast.deputy)
    assert "Give this copy up" not in other.get(f"/copies/{copy}/").content.decode()
    assert other.post(f"/copies/{copy}/end/").status_code in (302, 403)
    assert state_of(copy, superuser) == "prepared"
    superuser.execute(
        "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s AND ends_at IS NULL",
        [gone.id],
    )
    assert "Give this copy up" in other.get(f"/copies/{copy}/").content.decode()
    assert other.post(f"/copies/{copy}/end/").status_code == 302
    assert state_of(copy, superuser) == "ended"
