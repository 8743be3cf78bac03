"""Nobody approves a note that they cannot read, nor nothing at all."""

from __future__ import annotations

import psycopg
import pytest
from django.urls import reverse
from django.utils import timezone

from clients.handover import actions as handover
from disclosures.actions import contents, requests
from disclosures.models import Disclosure
from tests.making import disclosures
from tests.making.disclosures import column, decision
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from vault.exceptions import Refused
from volunteers.actions import duties


def decides(by: Someone, made: Disclosure, *, approve: bool = True) -> None:
    """By somebody who opens nothing before."""
    with by.actor().transaction() as actor:
        requests.decide(
            by=actor,
            disclosure=made,
            keys=disclosures.opened(actor, made, "disclosure.decide"),
            approve=approve,
            reason="It is needed.",
            shown=contents.hash_of(made),
        )


def test_with_closed_notes_nothing_is_approved_and_all_can_be_refused(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    someone = recruit(cast.north, "coordinator")
    with pytest.raises(Refused) as refused:
        decides(someone, made)
    assert refused.value.message == requests.HINDRANCES["disclosure_note_unread"]
    decides(someone, made, approve=False)
    assert column(superuser, made, "state") == "refused"


def test_whoever_reads_some_of_the_notes_opens_the_others_first(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """A handover from a day on leaves the earlier notes closed, to a coordinator too."""
    asker, lead = recruit(cast.north), recruit(cast.north)
    made = disclosures.asked(cast, asker)
    with cast.coordinator.actor().transaction() as actor:
        handover.hand_over(
            by=actor,
            clients=[made.client_id],
            of=cast.volunteer.id,
            to=lead.id,
            since=timezone.localdate(),
        )
    duties.appoint(by=cast.president.actor(), person=lead.id, duty="coordinator", branch=cast.north)
    browser, where = sign_in(lead), reverse("disclosure_decide", args=[made.pk])
    page = browser.get(where).content.decode()
    assert "The notes are closed" in page
    assert disclosures.CHOSEN not in page
    answer = browser.post(where, decision(made, cast)).content.decode()
    assert "The notes were closed meanwhile" in answer
    with pytest.raises(Refused) as refused:
        decides(lead, made)
    assert refused.value.message == requests.HINDRANCES["disclosure_note_unread"]
    page = browser.post(reverse("disclosure_notes", args=[made.pk]), follow=True).content.decode()
    assert disclosures.CHOSEN in page
    assert browser.post(where, decision(made, cast)).status_code == 302
    assert column(superuser, made, "state") == "approved"


def test_nothing_is_no_decision(cast: Cast, sign_in: SignIn, superuser: psycopg.Connection) -> None:
    """Sent by hand with nothing chosen, it can be refused only, and the page says so first."""
    made = disclosures.drafted(cast)
    with cast.volunteer.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.edit")
        requests.choose(by=actor, disclosure=made, keys=keys, contacts=[])
        requests.pick(by=actor, disclosure=made, keys=keys, details=[])
        requests.ask(by=actor, disclosure=made)
    browser, where = sign_in(cast.deputy), reverse("disclosure_decide", args=[made.pk])
    assert "Nothing is chosen any more" in browser.get(where).content.decode()
    answer = browser.post(where, decision(made, cast))
    assert answer.status_code == 200 and "Nothing is chosen any more" in answer.content.decode()
    with pytest.raises(Refused) as refused:
        disclosures.decide(cast.deputy, made)
    assert refused.value.message == requests.HINDRANCES["disclosure_nothing"]
    disclosures.decide(cast.deputy, made, approve=False)
    assert column(superuser, made, "state") == "refused"
