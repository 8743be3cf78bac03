"""Something is wrong here: the client says so beside a note in their space, reads the answer, takes it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from clients.models import Statement, StatementWords
from tests.making.clients import NOTE, new_client
from tests.making.exports import made, pages, taken
from tests.making.pages import SignIn
from tests.making.people import Cast
from tests.making.principals import pages_transaction, session_of
from tests.making.restrictions import restrict
from tests.making.spaces import Space, open_portal
from tests.making.statements import accept, first_contact
from volunteers.models import User
from volunteers.sessions import PRINCIPAL

CONTACTS = reverse("portal_contacts")
WORDS = "It was Wednesday, and I slept."


def say(own: Space, cast: Cast, words: str = WORDS) -> Statement:
    """The client says it about their first contact."""
    contact = first_contact(cast.coordinator, own.client)
    where = reverse("portal_statement_add", args=[contact])
    assert NOTE in own.browser.get(where).content.decode()
    page = own.browser.post(where, {"words": words}, follow=True).content.decode()
    assert words in page and "You will find our answer here" in page
    with cast.coordinator.actor().transaction():
        return Statement.objects.get(contact=contact, state="open")


def test_the_team_reads_it_beside_the_note_and_the_client_the_answer(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn
) -> None:
    own = space()
    statement = say(own, cast)
    assert statement.by_id is None
    page = sign_in(cast.volunteer).get(f"/clients/{own.client.pk}/").content.decode()
    assert "The client says" in page and WORDS in page
    accept(cast.volunteer, statement, "Slept on Wednesday.", "You are right, I misheard.")
    page = own.browser.get(CONTACTS).content.decode()
    assert "We corrected it on" in page and "You are right, I misheard." in page
    assert "Take this back" not in page
    log = own.browser.get(reverse("portal_seen")).content.decode()
    assert "Answered what you say about a note" in log


def test_taken_back_the_team_sees_nothing_more(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn
) -> None:
    own = space()
    statement = say(own, cast)
    where = reverse("portal_statement_withdraw", args=[statement.pk])
    assert WORDS in own.browser.get(where).content.decode()
    page = own.browser.post(where, follow=True).content.decode()
    assert "You took this back on" in page
    assert own.browser.post(where).status_code == 404
    page = sign_in(cast.volunteer).get(f"/clients/{own.client.pk}/").content.decode()
    assert WORDS not in page and "The client says (" not in page
    with cast.volunteer.actor().transaction():
        assert not StatementWords.objects.filter(statement=statement.pk).exists()


def test_it_stands_in_the_copy(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    say(own, cast)
    own.browser.post(reverse("portal_statement_background"), {"words": "I live with my son."})
    archive = taken(own, made(own))
    data = json.loads(archive.read("record.json"))
    (one,) = data["contacts"][0]["statements"]
    assert (one["text"], one["state"], one["said_on"]) == (WORDS, "open", None)
    assert data["background"]["statements"][0]["text"] == "I live with my son."
    printed = pages(archive)
    assert WORDS in printed and "I live with my son." in printed


def test_in_a_restricted_record_too(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    restrict(cast.volunteer, own.client)
    say(own, cast)


def test_nobody_else_says_answers_or_takes_it_back(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn
) -> None:
    own, other = space(), space()
    statement = say(own, cast)
    contact = statement.contact_id
    for where in (
        reverse("portal_statement_add", args=[contact]),
        reverse("portal_statement_withdraw", args=[statement.pk]),
    ):
        assert other.browser.get(where).status_code == 404
        assert other.browser.post(where, {"words": "Mine."}).status_code == 404
        assert sign_in(cast.volunteer).get(where).status_code == 403
    token = session_of(User.objects.get(pk=other.user), at=timezone.now())[PRINCIPAL]
    for sql, values in (
        ("add_statement(%s, %s, %s, '', NULL)", [uuid4(), own.client.pk, contact]),
        ("add_statement(%s, %s, %s, '', NULL)", [uuid4(), other.client.pk, contact]),
        ("add_statement(%s, %s, NULL, 'phone', sec.today())", [uuid4(), other.client.pk]),
        ("withdraw_statement(%s)", [statement.pk]),
        ("answer_statement(%s, 'refused')", [statement.pk]),
    ):
        with (
            pytest.raises(ProgrammingError, match="not permitted"),
            pages_transaction(token) as cursor,
        ):
            cursor.execute(f"SELECT sec.{sql}", values)
    with pages_transaction(token) as cursor:
        cursor.execute(
            "SELECT count(*) FROM clients_statement WHERE client_id = %s", [own.client.pk]
        )
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("quiet", [False, True])
def test_a_space_that_is_quiet_or_not_confirmed_has_none_of_it(
    cast: Cast, sign_in: SignIn, quiet: bool
) -> None:
    client = new_client(cast.volunteer)
    contact = first_contact(cast.volunteer, client)
    user, _ = open_portal(cast.coordinator, client, quiet=quiet, confirmed=quiet)
    browser = sign_in(user)
    for where in (
        reverse("portal_statement_add", args=[contact]),
        reverse("portal_statement_background"),
    ):
        assert browser.post(where, {"words": WORDS}).status_code == (404 if quiet else 302)
    token = session_of(User.objects.get(pk=user), at=timezone.now())[PRINCIPAL]
    with (
        pytest.raises(ProgrammingError, match="not permitted"),
        pages_transaction(token) as cursor,
    ):
        cursor.execute(
            "SELECT sec.add_statement(%s, %s, %s, '', NULL)", [uuid4(), client.pk, contact]
        )
    with cast.coordinator.actor().transaction():
        assert not Statement.objects.filter(client=client).exists()


def test_each_page_says_which_it_is_and_what_clock_it_has(
    cast: Cast, space: Callable[..., Space]
) -> None:
    """One's own account beside a note, and a request with a day for its answer, lead to one another."""
    own = space()
    request = reverse("portal_request_add")
    contact = first_contact(cast.coordinator, own.client)
    page = own.browser.get(reverse("portal_statement_add", args=[contact])).content.decode()
    assert "no day is set for our answer" in page and f"{request}?kind=correction" in page
    page = own.browser.get(f"{request}?kind=correction").content.decode()
    assert "A request has a day by which we answer" in page and CONTACTS in page
