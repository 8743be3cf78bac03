"""The client agrees, or takes it back, in their own space, in one act and for themself alone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from clients.models import Agreement, Client
from rights.models import SubjectRequest
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.principals import pages_transaction, session_of
from tests.making.spaces import Space
from volunteers.models import User
from volunteers.sessions import PRINCIPAL

PAGE = reverse("portal_agreement")


def test_taking_it_back_closes_the_record_in_that_second_and_asks_for_the_deletion(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own = space()
    assert acts.sees(cast.volunteer, own.client) == acts.ALL
    page = own.browser.post(PAGE, {"answer": "withdrawn", "words": "Please stop."}, follow=True)
    said = page.content.decode()
    assert "nobody uses your record" in said and "Please stop." in said
    assert acts.sees(cast.volunteer, own.client) == (True, True, False, False)
    with cast.coordinator.actor().transaction():
        agreement = Agreement.objects.get(client=own.client)
        assert (agreement.answer, agreement.by_id) == ("withdrawn", None)
        asked = SubjectRequest.objects.get(client=own.client)
        assert (asked.kind, asked.by_id, asked.state) == ("deletion", None, "new")
    assert own.browser.get(reverse("portal_requests")).content.decode().count("Please stop.") == 1


def test_yes_without_health_is_seen_by_who_writes(
    cast: Cast, space: Callable[..., Space], sign_in: Callable
) -> None:
    own = space()
    own.browser.post(PAGE, {"answer": "no_health"})
    page = sign_in(cast.volunteer).get(f"/clients/{own.client.pk}/").content.decode()
    assert "Please write nothing about it" in page


def test_the_client_answers_for_nobody_else_and_in_no_other_quality(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, other = space(), new_client(cast.volunteer)
    token = session_of(User.objects.get(pk=own.user), at=timezone.now())[PRINCIPAL]
    for client, quality, answer in (
        (other.pk, "self", "yes"),
        (own.client.pk, "guardian", "yes"),
        (own.client.pk, "self", "pseudonym"),
    ):
        with (
            pytest.raises(ProgrammingError, match="not permitted"),
            pages_transaction(token) as cursor,
        ):
            cursor.execute(
                "SELECT sec.agree(%s, %s, %s, %s, 'interest', 1::smallint, 'other', 'fr', %s, '')",
                [uuid4(), client, answer, quality, timezone.localdate()],
            )
    with cast.coordinator.actor().transaction():
        assert Client.objects.get(pk=other.pk).agreed is None


def test_a_space_that_nobody_has_confirmed_has_no_such_page(space: Callable[..., Space]) -> None:
    """Nor has a quiet one: tests/portal/test_quiet.py asks every address."""
    assert space(confirmed=False).browser.get(PAGE).status_code == 302
