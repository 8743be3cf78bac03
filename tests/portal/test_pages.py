"""The client's own space: what its pages show, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from markupsafe import escape

from audit.models import Event
from tests.access.world import World
from tests.making.clients import assign
from tests.making.contacts import log_contact
from tests.making.deadlines import answer_due
from tests.making.people import Cast, Someone
from tests.making.spaces import CODE, Space
from vault.principals import signin_transaction

PAGES = [
    "portal_home",
    "portal_record",
    "portal_contacts",
    "portal_seen",
    "portal_disclosures",
    "portal_requests",
    "portal_request_add",
    "portal_export",
    "portal_password",
]
SCRIPT = "<script>alert('x')</script> {{ 7*7 }} &amp; <b>bold</b>"


def text(browser: Browser, name: str, *arguments: object, **query: str) -> str:
    """A page's text; it must be there."""
    response = browser.get(reverse(name, args=arguments), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_neutral_title_and_a_quick_way_out(
    space: Callable[..., Space], name: str
) -> None:
    own = space()
    shown = text(own.browser, name)
    title = shown.split("<title>")[1].split("</title>")[0]
    assert "My space" in title
    assert not {"Odile", "Quercy", "Les Mains"} & set(title.split())
    assert reverse("portal_leave") in shown
    assert "data-quick-exit" in shown


@pytest.mark.parametrize("name", PAGES)
def test_people_who_serve_get_403(cast: Cast, sign_in: Callable[..., Browser], name: str) -> None:
    for someone in (cast.volunteer, cast.coordinator, cast.president, cast.protection):
        assert sign_in(someone).get(reverse(name)).status_code == 403


def test_a_client_gets_403_at_requests_of_clients(space: Callable[..., Space]) -> None:
    own = space()
    assert own.browser.get(reverse("request_list")).status_code == 403
    assert own.browser.get(reverse("request_view", args=[uuid4()])).status_code == 403


def test_record_and_contacts_show_what_was_noted(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    log_contact(cast.volunteer, own.client, "Brought the blue folder.")
    details = text(own.browser, "portal_record")
    for words in (
        "Odile",
        "Quercy",
        "06 39 98 11 22",
        "Lives alone near the old mill.",
        "That is fine.",
    ):
        assert words in details
    noted = text(own.browser, "portal_contacts")
    assert "Brought the blue folder." in noted
    assert "Sleeps badly since Tuesday." in noted


def test_contacts_come_in_pages(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    for day in range(1, 13):
        log_contact(cast.volunteer, own.client, f"Word {day:02d}.", date(2026, 3, day))
    first = text(own.browser, "portal_contacts")
    assert "Word 12." in first
    assert "Word 01." not in first
    assert "Word 01." in text(own.browser, "portal_contacts", page="2")


def test_looking_at_ones_own_record_is_an_event(space: Callable[..., Space], superuser) -> None:  # type: ignore[no-untyped-def]
    own = space()
    text(own.browser, "portal_record")
    found = superuser.execute(
        "SELECT purpose, basis, actor_role FROM audit_event WHERE subject = %s AND action = 'portal.record'",
        [own.client.pk],
    ).fetchall()
    assert found == [("own_record", "own_record", "client")]


def test_who_has_looked_tells_roles_and_reasons_and_no_names(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    text(own.browser, "portal_record")
    refused = sign_in(cast.outsider).get(reverse("client_view", args=[own.client.pk]))
    assert refused.status_code == 404
    shown = text(own.browser, "portal_seen")
    assert "A volunteer" in shown
    assert "To support you" in shown
    assert "Noted a contact with you" in shown
    assert "Refused" in shown
    assert "Looked at the details" not in shown
    assert "Looked at the details" in text(own.browser, "portal_seen", own="1")
    names = [someone.username.title() for someone in (cast.outsider, cast.coordinator)]
    assert not [
        name for name in [*names, str(cast.volunteer.id), str(cast.outsider.id)] if name in shown
    ]


def test_no_portal_page_names_anybody_who_serves(
    cast: Cast, space: Callable[..., Space], superuser
) -> None:  # type: ignore[no-untyped-def]
    superuser.execute(
        "UPDATE volunteers_person SET working_name = 'Zénobie Wachter' WHERE user_id = %s",
        [cast.volunteer.id],
    )
    try:
        own = space()
        log_contact(cast.volunteer, own.client, "All well.")
        assign(cast.coordinator, own.client, cast.colleague)
        for name in PAGES:
            assert "Wachter" not in text(own.browser, name)
    finally:
        superuser.execute(
            "UPDATE volunteers_person SET working_name = 'Volunteer' WHERE user_id = %s",
            [cast.volunteer.id],
        )


def test_an_events_page_never_shows_another_clients_events(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, other = space(), space(given_name="Rosalind")
    with Someone(own.user, "", None).actor().transaction():
        assert Event.objects.filter(subject=own.client.pk).exists()
        assert not Event.objects.filter(subject=other.client.pk).exists()
        assert set(Event.objects.values_list("subject", flat=True)) == {own.client.pk}


def test_markup_in_a_note_stays_literal(cast: Cast, space: Callable[..., Space]) -> None:
    own = space(given_name="<i>Odile</i>")
    log_contact(cast.volunteer, own.client, SCRIPT)
    shown = text(own.browser, "portal_contacts")
    assert escape(SCRIPT) in shown
    assert "<script>alert" not in shown
    assert "<i>Odile" not in text(own.browser, "portal_record")


def test_a_request_reaches_the_coordinator_and_its_answer_comes_back(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own, coordinator = space(), sign_in(cast.coordinator)
    sent = own.browser.post(
        reverse("portal_request_add"), {"kind": "correction", "words": "My number is 9, not 7."}
    )
    assert sent.status_code == 302
    due = answer_due(timezone.now())
    listed = text(own.browser, "portal_requests")
    assert "My number is 9, not 7." in listed
    assert date_format(due, "DATE_FORMAT") in listed
    with Someone(own.user, "", None).actor().transaction():
        request = own.client.subject_requests.get()
    assert request.due_on == due
    assert own.client.reference in text(coordinator, "request_list")
    assert "My number is 9, not 7." in text(coordinator, "request_view", request.pk)
    address = reverse("request_answer", args=[request.pk])
    assert text(coordinator, "request_answer", request.pk)
    no_reasons = coordinator.post(address, {"outcome": "refused", "text": "", "revision": "1"})
    assert no_reasons.status_code == 200
    assert "Write the reasons" in no_reasons.content.decode()
    assert (
        coordinator.post(
            address, {"outcome": "in_progress", "text": "", "revision": "1"}
        ).status_code
        == 302
    )
    answer = {"outcome": "refused", "text": "The letter says 7.", "revision": "1"}
    assert coordinator.post(address, answer).status_code == 302
    listed = text(own.browser, "portal_requests")
    assert "The letter says 7." in listed
    assert "CNIL" in listed
    # What was answered does not change any more.
    assert coordinator.post(address, {**answer, "text": "Other."}).status_code == 302
    assert "Other." not in text(own.browser, "portal_requests")


def test_a_stale_answer_conflicts_and_keeps_the_text(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    own.browser.post(
        reverse("portal_request_add"), {"kind": "access", "words": "On paper, please."}
    )
    with Someone(own.user, "", None).actor().transaction():
        request = own.client.subject_requests.get()
    stale = {"outcome": "done", "text": "Printed on Monday.", "revision": "0"}
    response = sign_in(cast.deputy).post(reverse("request_answer", args=[request.pk]), stale)
    assert response.status_code == 409
    assert "Printed on Monday." in response.content.decode()
    with Someone(own.user, "", None).actor().transaction():
        assert own.client.subject_requests.get().state == "new"


def test_deleting_is_not_pretended(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    own.browser.post(reverse("portal_request_add"), {"kind": "deletion", "words": "All of it."})
    with Someone(own.user, "", None).actor().transaction():
        request = own.client.subject_requests.get()
    shown = text(sign_in(cast.coordinator), "request_answer", request.pk)
    assert "Do not write that it is deleted before it is." in shown
    assert "It is done: send the answer" not in shown


def test_until_the_paper_code_is_replaced_there_is_nothing_else(
    space: Callable[..., Space],
) -> None:
    own = space(first=True)
    for name in PAGES:
        if name != "portal_password":
            response = own.browser.get(reverse(name))
            assert (response.status_code, response.headers["Location"]) == (
                302,
                reverse("portal_password"),
            )
    assert "Choose your own password" in text(own.browser, "portal_password")


def test_a_paper_code_works_once_and_is_no_password(
    space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space(first=True)
    elsewhere = sign_in(own.user)  # somebody else found the card
    address = reverse("portal_password")
    same = own.browser.post(address, {"new_password1": CODE, "new_password2": CODE})
    assert same.status_code == 200
    assert "Choose another password" in same.content.decode()
    mine = "seven quiet herons at dusk"
    assert (
        own.browser.post(address, {"new_password1": mine, "new_password2": mine}).status_code == 302
    )
    assert text(own.browser, "portal_home")
    assert elsewhere.get(reverse("portal_password")).status_code == 302
    from volunteers import passwords
    from volunteers.models import User

    user = User.objects.get(pk=own.user)
    assert passwords.prove(user.pk, user.password, mine)
    assert not passwords.prove(user.pk, user.password, CODE)
    assert not user.must_change_password


def test_a_later_password_needs_a_fresh_sign_in(
    space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    stale = sign_in(own.user, fresh=False)
    response = stale.get(reverse("portal_password"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("reauthenticate"))


def test_leaving_signs_out_and_leads_away(space: Callable[..., Space]) -> None:
    own = space()
    left = own.browser.get(reverse("portal_leave"))
    assert (left.status_code, left.headers["Location"]) == (302, "https://example.org/")
    assert own.browser.get(reverse("portal_home")).status_code == 302
    # Nobody signed in, or signed out long ago: it leads away all the same.
    assert Browser().get(reverse("portal_leave")).headers["Location"] == "https://example.org/"


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}])
def test_a_forged_link_does_not_sign_out(
    space: Callable[..., Space], header: dict[str, str]
) -> None:
    own = space()
    assert own.browser.get(reverse("portal_leave"), headers=header).status_code == 302
    assert own.browser.get(reverse("portal_home")).status_code == 200


def test_ended_portal_access_ends_the_session_in_that_second(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own = space()
    assert text(own.browser, "portal_record")
    with signin_transaction(cast.coordinator.actor().token) as cursor:
        cursor.execute("SELECT sec.portal_close(%s)", [own.client.pk])
    for name in PAGES:
        response = own.browser.get(reverse(name))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("sign_in"))


def test_passed_on_shows_what_to_whom_and_on_which_ground(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    world, other = World(cast), space()
    assert world.client  # made first: transactions do not nest
    assert world.disclosure
    shown = text(sign_in(world.account), "portal_disclosures")
    assert "The court" in shown
    assert "The law or a court order requires it" in shown
    assert "Waiting for a decision" in shown
    assert "The court" not in text(other.browser, "portal_disclosures")
