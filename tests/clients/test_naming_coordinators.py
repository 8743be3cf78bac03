"""A complaint about a coordinator closes notes and decisions to them, tells nobody of itself, and is not undone by them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, Grant
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import access_of, confirm, open_space
from vault.exceptions import Refused

NOTES = "Sleeps badly since Tuesday."


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


@pytest.fixture
def accused(cast: Cast) -> Someone:
    return recruit(cast.north, "coordinator")


def opened(by: Someone, client: Client) -> None:
    """Open the notes as a coordinator."""
    with by.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")


def text_of(browser: Browser, address: str) -> str:
    """The page at an address."""
    return browser.get(address, follow=True).content.decode()


def complain_online(browser: Browser, about: Someone) -> None:
    """As the client, in their space."""
    form = {"kind": "coordinator", "about": str(about.id), "words": "He shouted at me."}
    assert browser.post(reverse("portal_complaint_add"), form).status_code == 302


def test_ledger_says_the_same_with_and_without_a_complaint(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """To the accused, to whoever took it down, to another volunteer and to the deputy: no line ends early, nobody ended one."""
    other, lines, pages = recruit(cast.north), [], []
    for complained in (False, True):
        client = new_client(helen)
        assign(cast.coordinator, client, other)
        opened(accused, client)
        if complained:
            acts.complain(helen, client, "coordinator", accused)
        for reader in (accused, helen, other, cast.deputy):
            page = text_of(sign_in(reader), f"/clients/{client.pk}/who-may-see/")
            pages.append((reader.id, "Ended by" in page, "Reading notes" in page))
        with cast.deputy.actor().transaction():
            line = Grant.objects.get(client=client, person_id=accused.id)
            lines.append((line.ended_by_id, (line.ends_at - line.starts_at).total_seconds() > 3000))  # type: ignore[operator]
    assert lines[0] == lines[1]
    assert pages[:4] == pages[4:]


def test_notes_close_in_that_second_and_open_again_with_the_answer(
    cast: Cast, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    opened(accused, client)
    assert acts.sees(accused, client) == acts.ALL
    complaint = acts.complain(helen, client, "coordinator", accused)
    assert acts.sees(accused, client) == (True, True, True, False)
    with pytest.raises(Refused):
        opened(accused, client)
    acts.answer(cast.president, complaint)
    assert acts.sees(accused, client) == acts.ALL  # the hour goes on


def test_what_counts_is_not_taken_back_with_the_confirmation(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    browser = sign_in(accused)
    access = access_of(accused, client)
    assert "Confirmed" in confirm(browser, access).content.decode()
    complain_online(sign_in(account), accused)
    browser.post(f"/portal-access/{access.pk}/unconfirm/")
    assert access_of(accused, client).state == "confirmed"  # nor do they take it back at all
    sign_in(cast.coordinator).post(f"/portal-access/{access.pk}/unconfirm/")
    assert access_of(accused, client).state == "provisional"
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"})
    assert NOTES not in text_of(browser, f"/clients/{client.pk}/")


def test_whoever_hears_it_says_that_it_is_the_clients_also_when_the_space_is_closed(
    cast: Cast, sign_in: SignIn, helen: Someone, accused: Someone
) -> None:
    """Complained about in a space that nobody has confirmed, the coordinator closes it: the complaint does not end with it."""
    client = new_client(helen)
    complain_online(sign_in(open_space(helen.actor(), client.pk)), accused)
    browser = sign_in(accused)
    assert browser.post(f"/clients/{client.pk}/portal/close/").status_code == 302
    president = sign_in(cast.president)
    [complaint] = acts.complaints_of(client)
    page = text_of(president, f"/complaints/{complaint}/")
    assert "It came through an online space that nobody has confirmed" in page
    where = f"/complaints/{complaint}/by-the-client/"
    assert "Yes, it is theirs" in text_of(president, where)
    assert (
        sign_in(cast.president, fresh=False).post(where)["Location"].startswith("/sign-in/again/")
    )
    opened(accused, client)
    assert acts.sees(accused, client) == acts.ALL
    assert (
        "The complaint counts from now on." in president.post(where, follow=True).content.decode()
    )
    assert acts.sees(accused, client) != acts.ALL
    assert "nobody has confirmed" not in text_of(president, f"/complaints/{complaint}/")
    assert "the complaint counts already" in president.post(where, follow=True).content.decode()


def test_whoever_may_have_written_it_does_not_say_so(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """The coordinator who made the card hears a complaint about a volunteer, and does not make it count."""
    client = new_client(helen)
    browser = sign_in(open_space(cast.coordinator.actor(), client.pk))
    form = {"kind": "volunteer", "about": str(helen.id), "words": "She told my sister."}
    assert browser.post(reverse("portal_complaint_add"), form).status_code == 302
    [complaint] = acts.complaints_of(client)
    assert acts.call(cast.coordinator, "may_hear(%s::uuid)", complaint)
    assert not acts.call(cast.coordinator, "may_count(%s)", complaint)
    assert not acts.call(cast.coordinator, "count_complaint(%s)", complaint)
    assert acts.call(cast.deputy, "count_complaint(%s)", complaint)


def test_a_card_made_before_shows_no_notes_after(
    cast: Cast, sign_in: SignIn, accused: Someone
) -> None:
    client = new_client(cast.volunteer)
    as_client = sign_in(open_space(accused.actor(), client.pk))
    acts.complain(cast.protection, client, "coordinator", accused)
    assert NOTES not in text_of(as_client, reverse("portal_contacts"))


def test_an_office_complained_about_decides_nothing_about_that_client_by_name(
    cast: Cast, helen: Someone
) -> None:
    """Hidden, absent and not for them look alike: false, or the words of any refusal."""
    client = new_client(helen)
    open_space(helen.actor(), client.pk)
    name = access_of(helen, client).username
    until = timezone.localdate()
    acts.call(
        cast.protection,
        "decide_names(%s, %s, 'doubt', %s)",
        made := uuid4(),
        client.reference,
        until,
    )
    acts.complain(helen, client, "coordinator", cast.protection)
    acts.complain(cast.protection, client, "coordinator", cast.president)
    for someone, act, values in (
        (cast.protection, "end_names(%s)", (made,)),
        (cast.president, "portal_confirm_named(%s, %s, true)", (name, until)),
    ):
        assert acts.call(someone, act, *values) is False
