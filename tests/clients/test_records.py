"""Records through their addresses: taking in, the record page, changing parts, and what must not work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.contacts.actions import contacts
from clients.models import Client, Contact, Enquiry, Explanation
from rights.own_log import reading as seen
from tests.making.clients import add, assign, intake, made, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast


def test_a_short_intake_tells_the_client_nothing_that_did_not_happen(
    cast: Cast, sign_in: SignIn
) -> None:
    """A name and a note: no word of a situation or of a number, and one contact is told once."""
    browser = sign_in(cast.volunteer)
    put_off = {"explained": "", "answer": "", "why_not": "Too tired."}
    client_id = made(add(browser, cast.north, **put_off))
    bare = told(cast, client_id)
    assert "Wrote down who you are" in bare
    assert bare.count("Noted a contact with you") == 1
    assert "Noted whether our rules were explained to you" in bare
    assert not {"Wrote about your situation", "Wrote down how to reach you"} & set(bare)
    page = browser.get(f"/clients/{client_id}/").content.decode()
    assert "Nothing is written here yet." in page
    for part, data in (
        ("background", {"text": "Lives alone."}),
        ("safe-contact", {"times": "Mornings"}),
    ):
        here = f"/clients/{client_id}/{part}/"
        shown = browser.get(here)
        sent = {"revision": shown.context["form"].initial["revision"], **data}
        assert browser.post(here, sent).status_code == 302
        assert browser.post(here, sent).status_code == 409, "a stale form"
    assert {"Wrote about your situation", "Wrote down how to reach you"} <= set(
        told(cast, client_id)
    )


def test_that_no_voicemail_may_be_left_is_something_to_keep(cast: Cast, sign_in: SignIn) -> None:
    client_id = made(add(sign_in(cast.volunteer), cast.north, voicemail="no", background="Alone."))
    assert {"Wrote about your situation", "Wrote down how to reach you"} <= set(
        told(cast, client_id)
    )


def told(cast: Cast, client_id: str) -> list[str]:
    """What the client's own log says of each step that somebody else took."""
    with cast.protection.actor().transaction():
        events = seen.events_of(UUID(client_id), own=False)
        return [step.what for step in seen.steps(events, client=UUID(client_id))]


def test_a_client_is_taken_in_with_explanation_and_contact_together(
    cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.volunteer)
    client_id = made(add(browser, cast.north, phone="06 39 98 77 01"))
    page = browser.get(f"/clients/{client_id}/").content.decode()
    assert "Lucie Vernet" in page
    assert "Asked about transport." in page
    assert "Yes, a record may be kept" in page
    assert page.index("Before you ring") < page.index("Show the number")
    number = browser.get(f"/clients/{client_id}/number/").content.decode()
    assert "06 39 98 77 01" in number
    assert "Vernet" not in page.split("</title>")[0]


def test_the_title_of_no_page_holds_a_name(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer, "Zenobie", "Quercus")
    browser = sign_in(cast.volunteer)
    for part in (
        "",
        "identity/",
        "safe-contact/",
        "background/",
        "state/",
        "explanation/",
        "who-may-see/",
    ):
        response = browser.get(f"/clients/{client.pk}/{part}")
        assert response.status_code == 200, part
        assert "Zenobie" not in response.content.decode().split("</title>")[0]


def test_could_not_explain_needs_a_reason_and_asks_again(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.volunteer)
    refused = add(browser, cast.north, explained="", answer="")
    assert refused.status_code == 200
    assert "why you could not explain it" in refused.content.decode()
    client_id = made(add(browser, cast.north, explained="", answer="", why_not="Too upset"))
    page = browser.get(f"/clients/{client_id}/").content.decode()
    assert "The explanation is still to be given" in page
    assert "has not been explained yet" in page
    assert "Too upset" in page


def test_nothing_is_saved_when_the_explanation_is_missing(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.coordinator)
    with cast.coordinator.actor().transaction():
        before = Client.objects.count()
    add(browser, cast.north, answer="")
    with cast.coordinator.actor().transaction():
        assert Client.objects.count() == before


def test_no_record_at_all_keeps_nothing_about_the_person(
    cast: Cast, sign_in: SignIn, superuser: Any
) -> None:
    browser = sign_in(cast.volunteer)
    data = intake(answer="no_record", phone="06 39 98 77 02", minutes="7")
    before = superuser.execute("SELECT count(*) FROM clients_client").fetchone()[0]
    response = browser.post("/clients/new/", {"branch": str(cast.north), **data}, follow=True)
    assert "Nothing about this person was kept" in response.content.decode()
    assert data["family_name"] not in response.content.decode()
    assert superuser.execute("SELECT count(*) FROM clients_client").fetchone()[0] == before
    with cast.volunteer.actor().transaction():
        assert Enquiry.objects.filter(wanted_no_record=True, minutes=7).count() == 1
    again = browser.post("/clients/new/", {"branch": str(cast.north), **data}, follow=True)
    assert "Nothing was saved twice" in again.content.decode()


def test_under_a_pseudonym_the_names_are_not_kept(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.volunteer)
    name = f"Vernet{uuid4().hex[:8]}"
    assert "Enter the pseudonym" in add(browser, cast.north, answer="pseudonym").content.decode()
    telling = add(
        browser,
        cast.north,
        answer="pseudonym",
        family_name=name,
        known_as="Blue",
        text=f"Mme {name} rang",
    )
    assert "The real name is in this text" in telling.content.decode()
    client_id = made(
        add(browser, cast.north, answer="pseudonym", family_name=name, known_as="Blue")
    )
    page = browser.get(f"/clients/{client_id}/").content.decode()
    assert "The other names that you typed were not kept" in page
    assert "Blue" in page
    assert name not in page
    assert "Lucie" not in page
    assert name not in browser.get(f"/clients/{client_id}/identity/").content.decode()


def test_sent_twice_makes_one_client(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.volunteer)
    data = {"branch": str(cast.north), **intake()}
    first, second = (made(browser.post("/clients/new/", data)) for _ in range(2))
    assert first == second
    with cast.volunteer.actor().transaction():
        assert Contact.objects.filter(client=first).count() == 1
        assert Explanation.objects.filter(client=first).count() == 1


def test_sent_twice_at_the_same_moment_makes_one_client(cast: Cast, sign_in: SignIn) -> None:
    data = {"branch": str(cast.north), **intake()}
    browsers = [sign_in(cast.volunteer) for _ in range(4)]

    def send(browser: Browser) -> str:
        try:
            return made(browser.post("/clients/new/", data))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(browsers)) as pool:
        (client_id,) = set(pool.map(send, browsers))
    with cast.volunteer.actor().transaction():
        assert Contact.objects.filter(client=client_id).count() == 1


def test_somebody_elses_key_leads_to_no_record_of_theirs(cast: Cast, sign_in: SignIn) -> None:
    data = {"branch": str(cast.north), **intake()}
    mine = made(sign_in(cast.volunteer).post("/clients/new/", data))
    data["confirmed"] = "on"
    assert made(sign_in(cast.colleague).post("/clients/new/", data)) != mine


def test_known_person_warns_a_coordinator_with_the_reference_and_a_volunteer_without(
    cast: Cast, sign_in: SignIn
) -> None:
    name = f"Connu{uuid4().hex[:8]}"
    client = new_client(cast.volunteer, "Paul", name)
    typed = {"branch": str(cast.north), "given_name": name.upper(), "family_name": "paul"}
    told = {
        who.username: sign_in(who).post("/clients/known/", typed).content.decode()
        for who in (cast.coordinator, cast.colleague, cast.outsider)
    }
    assert client.reference in told["coordinator"]
    assert "Do not say this to the caller" in told["colleague"]
    assert client.reference not in told["colleague"]
    assert told["outsider"].strip() == ""


def test_known_person_is_asked_about_once_more_at_saving(cast: Cast, sign_in: SignIn) -> None:
    name = f"Connu{uuid4().hex[:8]}"
    new_client(cast.volunteer, "Paul", name)
    browser = sign_in(cast.colleague)
    asked = add(browser, cast.north, given_name="Paul", family_name=name)
    assert asked.status_code == 200
    assert "may be known here" in asked.content.decode()
    made(add(browser, cast.north, given_name="Paul", family_name=name, confirmed="on"))


def test_a_branch_in_which_one_does_not_serve_is_refused(cast: Cast, sign_in: SignIn) -> None:
    response = add(sign_in(cast.volunteer), cast.south)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()


@pytest.mark.parametrize("field", ["given_name", "ask_for", "phone"])
def test_invisible_characters_are_taken_out_and_said(
    cast: Cast, sign_in: SignIn, field: str
) -> None:
    browser = sign_in(cast.volunteer)
    response = browser.post(
        "/clients/new/",
        {"branch": str(cast.north), **intake(**{field: "ab\u202ecd\u0000\u200be\u0007"})},
        follow=True,
    )
    page = response.content.decode()
    assert "Invisible characters were taken out" in page
    if field == "phone":
        page = browser.get(f"{response.request['PATH_INFO']}number/").content.decode()
    assert "abcde" in page
    assert "\u202e" not in page


def test_oversized_input_is_refused_and_kept_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    response = add(sign_in(cast.volunteer), cast.north, given_name="x" * 500, text="y" * 30_000)
    assert response.status_code == 200
    page = response.content.decode()
    assert "error-summary" in page
    assert "x" * 500 in page
    assert "y" * 30_000 in page


def test_hidden_and_unknown_records_look_alike(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    new_client(cast.outsider)
    browser = sign_in(cast.outsider)
    for part in (
        "",
        "identity/",
        "safe-contact/",
        "background/",
        "state/",
        "explanation/",
        "leaflet/",
        "who-may-see/",
        "who-may-see/new/",
        "notes/",
        "portal/",
        "portal/card/",
    ):
        hidden = browser.get(f"/clients/{client.pk}/{part}")
        absent = browser.get(f"/clients/{uuid4()}/{part}")
        assert (hidden.status_code, absent.status_code) == (404, 404), part
        assert _bare(hidden) == _bare(absent)


def _bare(response: Any) -> str:
    """The page without what differs from page to page: tokens and its own address."""
    import re

    page = response.content.decode()
    page = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page)


def test_safe_contact_is_changed_and_a_stale_form_shows_both(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    address = f"/clients/{client.pk}/safe-contact/"
    first = {"revision": "1", "phone": "06 39 98 11 22", "times": "mornings", "voicemail": "no"}
    assert browser.post(address, first).status_code == 302
    stale = browser.post(address, {**first, "times": "evenings"})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert "mornings" in page
    assert "evenings" in page
    assert browser.post(address, {**first, "times": "evenings", "revision": "2"}).status_code == 302
    assert "evenings" in browser.get(f"/clients/{client.pk}/").content.decode()


def test_identity_and_background_bear_a_stale_form(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    for part, sent in (
        ("identity/", {"given_name": "Odile", "family_name": "Nouveau", "language": "en"}),
        ("background/", {"text": "Moved to her sister's."}),
    ):
        assert (
            browser.post(f"/clients/{client.pk}/{part}", {**sent, "revision": "1"}).status_code
            == 302
        )
        assert (
            browser.post(f"/clients/{client.pk}/{part}", {**sent, "revision": "1"}).status_code
            == 409
        )
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "Odile Nouveau" in page
    assert "Moved to her sister&#39;s." in page


def test_state_is_changed_with_its_date(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    day = {"since_day": "2", "since_month": "3", "since_year": "2026"}
    browser.post(f"/clients/{client.pk}/state/", {"state": "died", **day})
    with cast.volunteer.actor().transaction():
        changed = Client.objects.get(pk=client.pk)
        assert (changed.state, changed.state_since) == ("died", date(2026, 3, 2))
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "died on" in page
    assert f"/clients/{client.pk}/portal/" not in page
    assert f"/clients/{client.pk}/explanation/" not in page


def test_the_record_page_asks_few_questions_whatever_its_size(cast: Cast, sign_in: SignIn) -> None:
    counts = []
    for number in (1, 12):
        client = new_client(cast.volunteer)
        with cast.volunteer.actor().transaction() as actor:
            for _ in range(number):
                new = contacts.NewContact("visit", date(2026, 2, 3), text="Talked.")
                contacts.log_contact(by=actor, client=client, new=new)
        browser = sign_in(cast.volunteer)
        browser.get(f"/clients/{client.pk}/")
        with (
            CaptureQueriesContext(connections["default"]) as asked,
            CaptureQueriesContext(connections["signin"]) as signed,
        ):
            assert browser.get(f"/clients/{client.pk}/").status_code == 200
        counts.append((len(asked), len(signed)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 14, [q["sql"][:100] for q in asked.captured_queries]
    assert counts[0][1] <= 7, [q["sql"][:100] for q in signed.captured_queries]


def test_visible_to_is_what_the_walls_show(cast: Cast) -> None:
    mine, theirs = new_client(cast.volunteer), new_client(cast.outsider)
    assigned = new_client(cast.coordinator)
    assign(cast.coordinator, assigned, cast.volunteer)
    for someone in (cast.volunteer, cast.coordinator, cast.outsider):
        with someone.actor().transaction() as actor:
            seen = set(Client.objects.visible_to(actor).values_list("pk", flat=True))
            shown = Client.objects.all()
            if someone is cast.coordinator:  # protected records stand in no list of a branch
                shown = shown.filter(protected=False)
            assert seen == set(shown.values_list("pk", flat=True))
            assert (theirs.pk in seen) == (someone is cast.outsider)
            assert (mine.pk in seen) == (someone is not cast.outsider)
    with cast.coordinator.actor().transaction() as actor:
        unassigned = set(Client.objects.visible_to(actor).unassigned())
        assert assigned not in unassigned
        assert mine not in unassigned


def test_enquiries_are_counted_without_a_name(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.volunteer)
    sent = {
        "key": str(uuid4()),
        "branch": str(cast.north),
        "channel": "message",
        "language": "en",
        "happened_on_day": "4",
        "happened_on_month": "2",
        "happened_on_year": "2026",
        "minutes": "9",
    }
    for _ in range(2):
        assert browser.post("/enquiries/new/", sent).status_code == 302
    assert "9 minutes" in browser.get("/enquiries/").content.decode()
    with cast.volunteer.actor().transaction():
        assert Enquiry.objects.filter(minutes=9).count() == 1
    assert "9 minutes" not in sign_in(cast.outsider).get("/enquiries/").content.decode()
    assert sign_in(cast.president).get("/enquiries/").status_code == 403


def test_the_number_lies_in_no_page_and_showing_it_is_an_event(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    page = browser.get(reverse("client_view", args=[client.pk])).content.decode()
    assert "39 98 11 22" not in page and "639981122" not in page
    assert "Show the number" in page
    taken = "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'client.number' AND outcome = 'done'"
    assert superuser.execute(taken, [client.pk]).fetchone() == (0,)
    where = reverse("client_number", args=[client.pk])
    part = browser.get(where, headers={"HX-Request": "true"}).content.decode()
    assert 'href="tel:0639981122"' in part and "<html" not in part
    assert "Leave no message on the voicemail." in part
    whole = browser.get(where).content.decode()  # without scripts it is a page
    assert 'href="tel:0639981122"' in whole and "<html" in whole
    assert superuser.execute(taken, [client.pk]).fetchone() == (2,)
    assert sign_in(cast.outsider).get(where).status_code == 404
