"""Who may see a record: assigning, ending, opening notes for a reason, and what must not work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client as Browser
from django.utils import timezone

from clients.contacts.actions.attachments import NewFile, attach
from clients.models import Attachment, Client, Contact, ContactNote, Grant
from clients.who_may_know.actions import grants
from tests.making.acts import ALL, WITHOUT_WORDS, sees
from tests.making.clients import BACKGROUND, NOTE, assign, let_read, new_client
from tests.making.consultations import ask
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from volunteers.actions import duties


def give(
    browser: Browser, client: Client, person: Someone, scope: str = "full", **more: Any
) -> Any:
    """Send the form of an assignment."""
    return browser.post(
        f"/clients/{client.pk}/who-may-see/new/", {"person": str(person.id), "scope": scope, **more}
    )


def attached(cast: Cast, client: Client, by: Someone | None = None) -> Attachment:
    """A file on the client's first contact."""
    with (by or cast.volunteer).actor().transaction() as actor:
        contact = Contact.objects.get(client=client)
        new = NewFile("letter.txt", "text/plain", b"Words.")
        return attach(by=actor, contact=contact, new=new)


def live_grants(cast: Cast, client: Client) -> list[Grant]:
    """What the coordinator sees of the ledger."""
    with cast.coordinator.actor().transaction():
        return list(Grant.objects.live().filter(client=client))


def test_a_coordinator_assigns_and_the_colleague_sees_at_once(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    colleague = sign_in(cast.colleague)
    assert colleague.get(f"/clients/{client.pk}/").status_code == 404
    assert give(sign_in(cast.coordinator), client, cast.colleague).status_code == 302
    page = colleague.get(f"/clients/{client.pk}/").content.decode()
    assert NOTE in page
    assert BACKGROUND in page
    listed = sign_in(cast.coordinator).get(f"/clients/{client.pk}/who-may-see/").content.decode()
    assert "Colleague" in listed
    assert "Assignment" in listed


def test_an_errand_shows_neither_contacts_nor_notes(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    give(sign_in(cast.coordinator), client, cast.colleague, "errand")
    browser = sign_in(cast.colleague)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "Odile Quercy" in page
    assert "given to you for an errand" in page
    for hidden in (NOTE, BACKGROUND, "Phone call", "Log a contact"):
        assert hidden not in page
    for part in (
        "identity/",
        "safe-contact/",
        "background/",
        "state/",
        "explanation/",
        "portal/",
        "who-may-see/new/",
        "notes/",
    ):
        assert browser.get(f"/clients/{client.pk}/{part}").status_code == 403, part
    with cast.colleague.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()


def test_an_assignment_ends_to_the_second(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.colleague)
    browser = sign_in(cast.colleague)
    assert browser.get(f"/clients/{client.pk}/").status_code == 200
    ended = sign_in(cast.coordinator).post(f"/grants/{grant.pk}/end/", follow=True)
    assert "It has ended" in ended.content.decode()
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    assert "Ended by" in ended.content.decode()
    again = sign_in(cast.coordinator).post(f"/grants/{grant.pk}/end/", follow=True)
    assert "had ended already" in again.content.decode()


def test_an_assignment_ends_by_itself(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    soon = timezone.now() + timedelta(seconds=1.2)
    assign(cast.coordinator, client, cast.colleague, until=soon)
    browser = sign_in(cast.colleague)
    assert browser.get(f"/clients/{client.pk}/").status_code == 200
    while timezone.now() < soon:
        pass
    assert browser.get(f"/clients/{client.pk}/").status_code == 404


def test_one_gives_back_what_one_was_given(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.colleague)
    browser = sign_in(cast.colleague)
    assert "Stop seeing this record?" in browser.get(f"/grants/{grant.pk}/end/").content.decode()
    assert browser.post(f"/grants/{grant.pk}/end/").status_code == 302
    assert browser.get(f"/clients/{client.pk}/").status_code == 404


def test_somebody_elses_grant_cannot_be_ended(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.colleague)
    for someone in (cast.volunteer, cast.outsider, cast.south_coordinator, cast.president):
        hidden = sign_in(someone).post(f"/grants/{grant.pk}/end/")
        absent = sign_in(someone).post(f"/grants/{uuid4()}/end/")
        assert (hidden.status_code, absent.status_code) == (404, 404)
    assert len(live_grants(cast, client)) == 1


def test_granting_over_the_line_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    for person in (cast.outsider, cast.newcomer, cast.coordinator, cast.president):
        response = give(browser, client, person)
        assert response.status_code == 200, person.username
        assert "error-summary" in response.content.decode()
    assert give(sign_in(cast.south_coordinator), client, cast.outsider).status_code == 404
    assert give(browser, client, cast.colleague, "read").status_code == 200
    assert live_grants(cast, client) == []


def test_a_volunteer_assigns_nobody(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    before = len(live_grants(cast, client))
    assert give(sign_in(cast.volunteer), client, cast.colleague).status_code == 403
    for person in (cast.colleague, cast.volunteer):
        with pytest.raises(DatabaseError), cast.volunteer.actor().transaction() as actor:
            grants.assign(by=actor, client=client, person=person.id)
    assert len(live_grants(cast, client)) == before


def test_assigning_twice_makes_one(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    assert give(browser, client, cast.colleague).status_code == 302
    assert give(browser, client, cast.colleague).status_code == 200
    assert len(live_grants(cast, client)) == 1


def test_assigning_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    response = give(sign_in(cast.coordinator, fresh=False), client, cast.colleague)
    assert "next=" in response["Location"]
    assert live_grants(cast, client) == []


def test_a_coordinator_reads_notes_only_with_a_reason(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.coordinator)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "Phone call" in page
    assert NOTE not in page
    assert BACKGROUND not in page
    assert "That is fine." not in page
    with cast.coordinator.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()
    assert browser.get(f"/clients/{client.pk}/background/").status_code == 403
    assert browser.post(f"/clients/{client.pk}/notes/", {"reason": "curiosity"}).status_code == 200
    assert browser.post(f"/clients/{client.pk}/notes/", {"reason": "handover"}).status_code == 302
    assert NOTE in browser.get(f"/clients/{client.pk}/").content.decode()
    (own,) = (g for g in live_grants(cast, client) if g.person_id == cast.coordinator.id)
    assert own.purpose == "handover"
    assert own.ends_at is not None
    assert own.ends_at - timezone.now() <= timedelta(hours=1)
    listed = browser.get(f"/clients/{client.pk}/who-may-see/").content.decode()
    assert "Handing over to another volunteer" in listed


def reasons(superuser: Any, client: Client, person: Someone) -> dict[str, set[str]]:
    """For each act of somebody on a record, the reasons that the log keeps."""
    rows = superuser.execute(
        "SELECT action, array_agg(DISTINCT purpose) FROM audit_event"
        " WHERE subject = %s AND actor = %s AND outcome = 'done' GROUP BY action",
        [client.pk, person.id],
    ).fetchall()
    return {action: set(purposes) for action, purposes in rows}


def every_page(cast: Cast, browser: Browser, client: Client, file: Attachment) -> None:
    """The record in a list, the record, a contact, a file and the leaflet."""
    for page in (
        "/",
        f"/clients/{client.pk}/",
        f"/contacts/{file.contact_id}/",
        f"/files/{file.pk}/",
        f"/clients/{client.pk}/leaflet/",
    ):
        assert browser.get(page).status_code == 200, page


READ = {"client.view", "contact.view", "attachment.get", "leaflet.print"}


def test_the_log_tells_one_reason_whatever_page(
    cast: Cast, sign_in: SignIn, superuser: Any
) -> None:
    client = new_client(cast.volunteer)
    file = attached(cast, client)
    browser = sign_in(cast.coordinator)
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "handover"})
    every_page(cast, browser, client, file)
    told = reasons(superuser, client, cast.coordinator)
    assert set(told) >= READ
    assert set().union(*told.values()) == {"handover"}, told


def test_whoever_has_the_client_reads_to_support(
    cast: Cast, sign_in: SignIn, superuser: Any
) -> None:
    """Also somebody who coordinates another branch."""
    client = new_client(cast.coordinator)
    file = attached(cast, client, cast.coordinator)
    both = recruit(cast.north)
    assign(cast.coordinator, client, both)
    duties.appoint(by=cast.president.actor(), person=both.id, duty="coordinator", branch=cast.south)
    every_page(cast, sign_in(both), client, file)
    told = reasons(superuser, client, both)
    assert set(told) >= READ
    assert set().union(*told.values()) == {"support"}, told


def test_an_act_with_a_reason_of_its_own_keeps_it(cast: Cast, superuser: Any) -> None:
    client = new_client(cast.volunteer)
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="handover")
    ask(cast.coordinator, cast.colleague, client)
    told = reasons(superuser, client, cast.coordinator)
    assert told["consultation.ask"] == told["contact.list"] == {"consultation"}


def test_the_log_says_why_the_coordinator_read(cast: Cast, sign_in: SignIn, superuser: Any) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.coordinator)
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "handover"})
    browser.get(f"/clients/{client.pk}/")
    rows = superuser.execute(
        "SELECT purpose, actor_role FROM audit_event WHERE subject = %s AND action = 'client.view'",
        [client.pk],
    ).fetchall()
    assert ("handover", "coordinator") in rows


def test_nobody_opens_notes_of_another_branch(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    send = {"reason": "coordination"}
    assert (
        sign_in(cast.south_coordinator).post(f"/clients/{client.pk}/notes/", send).status_code
        == 404
    )
    assert sign_in(cast.volunteer).post(f"/clients/{client.pk}/notes/", send).status_code == 403


def test_record_says_that_the_notes_are_open_and_closes_them(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.coordinator)
    page = f"/clients/{client.pk}/"
    assert "The notes are open to you" not in browser.get(page).content.decode()
    browser.post(f"{page}notes/", {"reason": "coordination"})
    shown = browser.get(page).content.decode()
    assert "The notes are open to you until" in shown
    assert NOTE in shown
    with cast.coordinator.actor().transaction() as actor:
        grant = client.grants.live().get(person_id=actor.person)
    asked = browser.get(f"/grants/{grant.pk}/end/").content.decode()
    assert "Close the notes" in asked
    assert "End an assignment" not in asked
    answer = browser.post(f"/grants/{grant.pk}/end/", follow=True)
    assert answer.redirect_chain[-1][0] == page
    closed = answer.content.decode()
    assert "The notes are closed." in closed
    assert "Nothing of this record can be seen" not in closed
    assert "The notes are open to you" not in closed
    assert NOTE not in closed


def test_coordinators_do_not_open_all_notes_to_each_other(cast: Cast) -> None:
    """Notes for a coordinator need a reason and an end, also from another coordinator."""
    client, far = new_client(cast.volunteer), timezone.now() + timedelta(days=120)
    near = timezone.now() + timedelta(days=7)
    wrong: list[dict[str, Any]] = [
        {"basis": "assignment", "scope": "full", "purpose": "support", "ends_at": None},
        {"basis": "assignment", "scope": "full", "purpose": "support", "ends_at": near},
        {"basis": "assignment", "scope": "read", "purpose": "coordination", "ends_at": near},
        {"basis": "branch_duty", "scope": "read", "purpose": "coordination", "ends_at": None},
        {"basis": "branch_duty", "scope": "read", "purpose": "coordination", "ends_at": far},
        {"basis": "branch_duty", "scope": "read", "purpose": "support", "ends_at": near},
    ]
    for values in wrong:
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            cast.coordinator.actor().transaction(),
        ):
            Grant(
                client=client,
                branch_id=cast.north,
                person_id=cast.deputy.id,
                granted_by_id=cast.coordinator.id,
                **values,
            ).save(force_insert=True)
    assert sees(cast.deputy, client) == WITHOUT_WORDS
    let_read(cast.coordinator, client, cast.deputy)
    assert sees(cast.deputy, client) == ALL


def test_form_asks_for_a_reason_and_an_end_where_a_coordinator_is_chosen(
    cast: Cast, sign_in: SignIn
) -> None:
    client, browser = new_client(cast.volunteer), sign_in(cast.coordinator)
    form = browser.get(f"/clients/{client.pk}/who-may-see/new/").content.decode()
    assert "Deputy (coordinates this branch)" in form
    asked = give(browser, client, cast.deputy).content.decode()
    assert "has the record by that" in asked and "Choose the reason." in asked
    last = timezone.localdate() + timedelta(days=200)
    day = {"until_day": last.day, "until_month": last.month, "until_year": last.year}
    late = give(browser, client, cast.deputy, reason="standing_in", **day).content.decode()
    assert (
        "Three months at most." in late and 'id="error-summary' in late
    ) or "error-summary" in late
    assert sees(cast.deputy, client) == WITHOUT_WORDS
    last = timezone.localdate() + timedelta(days=92)
    day = {"until_day": last.day, "until_month": last.month, "until_year": last.year}
    assert give(browser, client, cast.deputy, reason="standing_in", **day).status_code == 302
    assert sees(cast.deputy, client) == ALL
    who = browser.get(f"/clients/{client.pk}/who-may-see/").content.decode()
    assert "Supporting this client themself for a time" in who
    page = sign_in(cast.deputy).get(f"/clients/{client.pk}/").content.decode()
    assert "The notes are open to you until" in page
    lead = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert "Let another coordinator read the notes." in lead and client.reference in lead
