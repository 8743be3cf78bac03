"""Logging, reading and correcting contacts through their addresses, and what must not work."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone

from clients.models import Client, Contact, ContactNote, Draft, Explanation, Grant, Revision
from clients.who_may_know.actions import grants
from tests.making.clients import assign, new_client, unexplained
from tests.making.contacts import entry, log, made
from tests.making.events import events
from tests.making.pages import SignIn, errors
from tests.making.people import Cast, Someone
from vault.sealed import Locked


def count(by: Someone, client: Client) -> int:
    """How many contacts the client has."""
    with by.actor().transaction():
        return Contact.objects.filter(client=client).count()


def test_channel_and_date_are_enough(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    page = browser.get(f"/clients/{client.pk}/contacts/new/").content.decode()
    assert "Odile Quercy" in page
    assert "Quercy" not in page.split("</title>")[0]
    contact = made(log(browser, client, text=""))
    page = browser.get(f"/contacts/{contact}/").content.decode()
    assert "Phone call" in page
    assert "No notes were written." in page


def test_everything_that_may_be_said_is_kept(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    soon = timezone.localdate() + timedelta(days=3)
    contact = made(
        log(
            sign_in(cast.volunteer),
            client,
            minutes="35",
            kilometres="12",
            no_answer="on",
            urgent="on",
            follow_up="Ring the pharmacy",
            follow_up_on_day=str(soon.day),
            follow_up_on_month=str(soon.month),
            follow_up_on_year=str(soon.year),
        )
    )
    page = sign_in(cast.volunteer).get(f"/contacts/{contact}/").content.decode()
    for words in ("Slept better.", "35", "12", "No answer", "Urgent", "Ring the pharmacy"):
        assert words in page
    page = sign_in(cast.volunteer).get("/follow-ups/").content.decode()
    assert "Ring the pharmacy" in page


def test_a_form_sent_twice_makes_one_contact(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser, data = sign_in(cast.volunteer), entry()
    first, second = (browser.post(f"/clients/{client.pk}/contacts/new/", data) for _ in range(2))
    assert made(first) == made(second)
    assert count(cast.volunteer, client) == 2  # with the one of new_client
    # The same key in somebody else's hands leads nowhere near it.
    other = new_client(cast.outsider)
    assert made(sign_in(cast.outsider).post(f"/clients/{other.pk}/contacts/new/", data)) != made(
        first
    )


def test_the_explanation_comes_with_the_first_contact(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert (
        "Explain how we keep it private"
        in browser.get(f"/clients/{client.pk}/contacts/new/").content.decode()
    )
    refused = log(browser, client)
    assert refused.status_code == 200
    assert "Tick this, or say" in errors(refused)
    assert "Slept better." in refused.content.decode()
    said = {"explanation-explained": "on", "explanation-answer": "yes"}
    made(log(browser, client, **said))
    assert (
        "Explain how we keep it private"
        not in browser.get(f"/clients/{client.pk}/contacts/new/").content.decode()
    )
    with cast.volunteer.actor().transaction():
        assert Explanation.objects.get(client=client).given


def test_could_not_explain_is_taken_once(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    made(log(browser, client, **{"explanation-why_not": "He was in pain."}))
    again = log(browser, client, **{"explanation-why_not": "He was in pain again."})
    assert again.status_code == 200
    assert "put off once already" in errors(again)
    said = errors(log(browser, client))
    assert "put off once already" in said
    assert "say why" not in said
    assert count(cast.volunteer, client) == 1
    made(log(browser, client, urgent="on"))
    assert count(cast.volunteer, client) == 2


def test_no_answer_needs_no_explanation(cast: Cast, sign_in: SignIn) -> None:
    """However often nobody answers; and then "could not" may still be said once."""
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    for _ in range(2):
        made(log(browser, client, no_answer="on", text=""))
    with cast.volunteer.actor().transaction():
        assert not Explanation.objects.filter(client=client).exists()
    made(log(browser, client, **{"explanation-why_not": "He was in pain."}))


def test_the_database_refusing_is_said_in_words(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = unexplained(cast.volunteer)
    monkeypatch.setattr("clients.contacts.views.contacts.explanation_wanted", lambda client: "")
    refused = log(sign_in(cast.volunteer), client)
    assert refused.status_code == 200
    assert "The policy has not been explained" in errors(refused)
    assert count(cast.volunteer, client) == 0


def test_a_pseudonym_asked_for_in_the_explanation_replaces_the_name(
    cast: Cast, sign_in: SignIn
) -> None:
    client = unexplained(cast.volunteer)
    said = {"explanation-explained": "on", "explanation-answer": "pseudonym"}
    browser = sign_in(cast.volunteer)
    assert "Enter the pseudonym" in log(browser, client, **said).content.decode()
    contact = made(log(browser, client, **said, **{"explanation-known_as": "Blue Heron"}))
    page = browser.get(f"/contacts/{contact}/").content.decode()
    assert "Blue Heron" in page
    assert "Vial" not in page


@pytest.mark.parametrize(
    "address",
    ["/clients/{client}/contacts/new/", "/contacts/{contact}/", "/contacts/{contact}/correct/"],
)
def test_other_peoples_ids_and_unknown_ids_answer_alike(
    cast: Cast, sign_in: SignIn, address: str
) -> None:
    client = new_client(cast.volunteer)
    new_client(cast.outsider)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=client)
    browser = sign_in(cast.outsider)
    hidden = browser.get(address.format(client=client.pk, contact=contact.pk))
    unknown = browser.get(address.format(client=uuid4(), contact=uuid4()))
    assert hidden.status_code == unknown.status_code == 404
    assert plain(hidden) == plain(unknown)


def plain(response: Any) -> str:
    """A page without its token and without the id that was asked for."""
    page = re.sub(r"csrfmiddlewaretoken.*?>|X-CSRFToken.*?}", "", response.content.decode())
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", page)


def test_an_assignment_that_ends_while_one_writes_keeps_the_text(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.coordinator, "Fabienne", "Sarlat")
    assign(cast.coordinator, client, cast.volunteer)
    browser = sign_in(cast.volunteer)
    browser.get(f"/clients/{client.pk}/contacts/new/")
    with cast.coordinator.actor().transaction() as actor:
        grant = Grant.objects.get(client=client, person_id=cast.volunteer.id)
        grants.end_grant(by=actor, grant=grant)
    response = browser.post(
        f"/clients/{client.pk}/contacts/new/", entry(text="The words that matter."), follow=True
    )
    page = response.content.decode()
    assert "Your text is kept as a draft." in page
    assert "no longer given to you" in page
    assert "Fabienne" not in page
    with cast.volunteer.actor().transaction():
        assert Draft.objects.filter(person_id=cast.volunteer.id, client=client).count() == 1
    assert count(cast.coordinator, client) == 1


def test_nothing_opens_without_the_door(cast: Cast) -> None:
    new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        note = ContactNote.objects.first()
        with pytest.raises(Locked):
            _ = note.text


def correction(note: ContactNote, **changes: Any) -> dict[str, Any]:
    """What a correction sends."""
    return {"revision": str(note.revision), "text": "Slept badly.", "reason": "misheard", **changes}


def note_of(by: Someone, client: Client) -> ContactNote:
    """The note of the client's one contact."""
    with by.actor().transaction():
        return ContactNote.objects.get(client=client)


def test_a_correction_keeps_what_was_there(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    note = note_of(cast.volunteer, client)
    browser = sign_in(cast.volunteer)
    address = f"/contacts/{note.contact_id}/"
    assert "misheard" not in browser.get(address).content.decode()
    assert browser.post(f"{address}correct/", correction(note, reason="")).status_code == 200
    assert browser.post(f"{address}correct/", correction(note)).status_code == 302
    page = browser.get(address).content.decode()
    assert "Slept badly." in page
    assert "Sleeps badly since Tuesday." not in page
    assert "Earlier texts" not in page
    assert browser.get(f"{address}history/").status_code == 403
    lead = sign_in(cast.coordinator)
    assert lead.get(f"{address}history/").status_code == 403
    lead.post(f"/clients/{client.pk}/notes/", {"reason": "request"})
    assert "Earlier texts" in lead.get(address).content.decode()
    page = lead.get(f"{address}history/").content.decode()
    for words in ("Slept badly.", "Sleeps badly since Tuesday.", "misheard", "Volunteer"):
        assert words in page


def test_two_who_correct_one_note_lose_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    for person in (cast.volunteer, cast.colleague):
        assign(cast.coordinator, client, person)
    note = note_of(cast.volunteer, client)
    address = f"/contacts/{note.contact_id}/correct/"
    first, second = sign_in(cast.volunteer), sign_in(cast.colleague)
    assert first.post(address, correction(note, text="It was Monday.")).status_code == 302
    stale = second.post(address, correction(note, text="It was in April.", reason="date"))
    page = stale.content.decode()
    assert stale.status_code == 200
    assert "It was Monday." in page
    assert "It was in April." in page
    assert 'name="revision" value="2"' in page
    both = correction(note, text="It was a Monday in April.", revision="2")
    assert second.post(address, both).status_code == 302
    assert (
        "It was a Monday in April." in second.get(f"/contacts/{note.contact_id}/").content.decode()
    )


def test_what_a_note_said_before_no_volunteer_reads_in_the_database(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Nor its author; a coordinator does while the notes are open, and that is in the log with the reason."""
    client = new_client(cast.volunteer)
    note = note_of(cast.volunteer, client)
    sign_in(cast.volunteer).post(f"/contacts/{note.contact_id}/correct/", correction(note))

    def earlier(by: Someone) -> bool:
        with by.actor().transaction():
            return Revision.objects.filter(row=note.pk).exists()

    assign(cast.coordinator, client, cast.colleague)
    assert [earlier(by) for by in (cast.volunteer, cast.colleague, cast.coordinator)] == [False] * 3
    lead = sign_in(cast.coordinator)
    lead.post(f"/clients/{client.pk}/notes/", {"reason": "request"})
    assert earlier(cast.coordinator)
    lead.get(f"/contacts/{note.contact_id}/history/")
    told = superuser.execute(
        "SELECT purpose FROM audit_event WHERE subject = %s AND action = 'contact.history' AND outcome = 'done'",
        [client.pk],
    ).fetchall()
    assert told == [("request",)]


def test_a_coordinator_sees_that_it_happened_and_not_what_was_said(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    note = note_of(cast.volunteer, client)
    browser = sign_in(cast.coordinator)
    page = browser.get(f"/contacts/{note.contact_id}/")
    assert page.status_code == 200
    assert "Sleeps badly" not in page.content.decode()
    assert "The notes are closed to you" in page.content.decode()
    assert browser.get(f"/contacts/{note.contact_id}/history/").status_code == 403
    assert (
        browser.post(f"/contacts/{note.contact_id}/correct/", correction(note)).status_code == 403
    )


def test_formulas_stay_text_and_invisible_characters_go(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    typed = '=HYPERLINK("http://x") \u202egnp.exe\x07 <script>alert(1)</script>'
    response = sign_in(cast.volunteer).post(
        f"/clients/{client.pk}/contacts/new/", entry(text=typed), follow=True
    )
    page = response.content.decode()
    assert "=HYPERLINK" in page
    assert "\u202e" not in page
    assert "\x07" not in page
    assert "<script>alert" not in page
    assert "Invisible characters were taken out" in page


def test_a_note_of_a_megabyte_is_refused_and_not_lost(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    response = log(sign_in(cast.volunteer), client, text="long " * 200_000)
    assert response.status_code == 200
    assert "This text is too long to keep" in errors(response)
    assert response.content.decode().count("long ") > 190_000
    assert count(cast.volunteer, client) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": "pigeon"}, "Select a valid choice"),
        ({"happened_on_year": "2090"}, "or earlier"),
        ({"happened_on_day": "31", "happened_on_month": "2"}, "no such date"),
        ({"happened_on_year": "1926"}, "or later"),
        ({"minutes": "-3"}, "greater than or equal to 0"),
        ({"follow_up": "Ring again"}, "Choose the date of the follow-up"),
        ({"key": "not an id"}, "valid UUID"),
    ],
)
def test_what_does_not_fit_is_said(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    client = new_client(cast.volunteer)
    response = log(sign_in(cast.volunteer), client, **changes)
    assert response.status_code == 200
    assert words in errors(response)


def test_each_look_at_a_contact_is_an_event(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    note = note_of(cast.volunteer, client)
    browser = sign_in(cast.volunteer)
    for _ in range(2):
        browser.get(f"/contacts/{note.contact_id}/")
    assert events(superuser, client, "contact.view") == 2


def test_a_follow_up_is_done_once(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    today = timezone.localdate()
    browser = sign_in(cast.volunteer)
    contact = made(
        log(
            browser,
            client,
            follow_up_on_day=str(today.day),
            follow_up_on_month=str(today.month),
            follow_up_on_year=str(today.year),
            follow_up="Bring the leaflet",
        )
    )
    assert "Bring the leaflet" in browser.get("/").content.decode()
    done = browser.post(f"/follow-ups/{contact}/done/", {"next": "https://elsewhere.example/"})
    assert done["Location"] == "/follow-ups/"
    assert (
        "was done before"
        in browser.post(f"/follow-ups/{contact}/done/", follow=True).content.decode()
    )
    assert "Bring the leaflet" not in browser.get("/").content.decode()
    assert events(superuser, client, "follow_up.done") == 1
