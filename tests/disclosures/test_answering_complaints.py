"""Disclosures that answer a complaint: asked, seen and decided by those who hear it; and conflicts of interest."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection

from audit.models import Event
from disclosures.models import Disclosure
from tests.making import acts
from tests.making.disclosures import asked, decide, drafted, sent
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another, recruit
from vault.exceptions import Refused


def answering(cast: Cast, requester: Someone, complaint: UUID | None = None) -> Disclosure:
    """Sent for a decision on the ground of a complaint, named or not."""
    made = drafted(cast, requester)
    return sent(made, requester, complaint)


def refused(message: str) -> Any:
    """With these words for the page."""
    return pytest.raises(Refused, match=message)


def sees(by: Someone, made: Disclosure) -> bool:
    with by.actor().transaction():
        return Disclosure.objects.filter(pk=made.pk).exists()


def test_form_asks_which_complaint_that_one_hears(cast: Cast, sign_in: SignIn) -> None:
    made = drafted(cast, cast.coordinator)
    address = f"/clients/{made.client_id}/disclosures/new/"
    heard = acts.complain(cast.coordinator, made.client, "association", None)
    closed = acts.complain(cast.protection, made.client, "coordinator", cast.coordinator)
    browser = sign_in(cast.coordinator)
    page = browser.get(address).content.decode()
    assert str(heard) in page and str(closed) not in page
    assert "Which complaint" not in sign_in(cast.volunteer).get(address).content.decode()
    ground = {"ground": "complaint", "ground_details": "A letter.", "new_id": str(uuid4())}
    asked_again = browser.post(address, ground).content.decode()
    assert "Choose the complaint that it answers." in asked_again
    for wrong in (closed, uuid4()):
        page = browser.post(address, {**ground, "complaint_id": str(wrong)}).content.decode()
        assert "Select a valid choice" in page
    assert browser.post(address, {**ground, "complaint_id": str(heard)}).status_code == 302
    with cast.coordinator.actor().transaction():
        kept = Disclosure.objects.get(client=made.client, ground="complaint")
        assert kept.complaint_id == heard
    shown = browser.get(f"/disclosures/{kept.pk}/").content.decode()
    with cast.coordinator.actor().transaction():
        reference = (
            Disclosure.objects.select_related("complaint").get(pk=kept.pk).complaint.reference
        )
    assert reference in shown
    changed = {
        "ground": "law",
        "ground_details": "An order.",
        "revision": "1",
        "complaint_id": str(heard),
    }
    assert browser.post(f"/disclosures/{kept.pk}/edit/ground/", changed).status_code == 302
    with cast.coordinator.actor().transaction():
        assert Disclosure.objects.get(pk=kept.pk).complaint_id is None


def test_there_must_be_a_complaint_to_answer(cast: Cast) -> None:
    made = answering(cast, cast.volunteer)
    with refused("No complaint of this client is on file"):
        decide(cast.deputy, made)
    acts.complain(cast.coordinator, made.client, "association", None)
    decide(cast.deputy, made)


def test_unnamed_is_decided_by_whoever_hears_every_complaint(cast: Cast) -> None:
    judge, accused = recruit(cast.north, "coordinator"), recruit(cast.north, "coordinator")
    made = drafted(cast)
    acts.complain(cast.coordinator, made.client, "association", None)
    about = acts.complain(cast.protection, made.client, "coordinator", accused)
    acts.call(cast.president, "hand_complaint(%s, %s)", about, judge.id)
    sent(made, cast.volunteer, None)
    for shut_out in (accused, cast.coordinator, cast.deputy):
        assert not sees(shut_out, made)
    decide(judge, made)


def test_unnamed_is_seen_by_whoever_prepares_it_alone_until_it_is_sent(cast: Cast) -> None:
    """A coordinator of whom it may be would see it go when it is sent."""
    made = drafted(cast)
    with cast.volunteer.actor().transaction():
        Disclosure.objects.filter(pk=made.pk).update(ground="complaint")
    assert sees(cast.volunteer, made) and not sees(cast.coordinator, made)
    acts.complain(cast.coordinator, made.client, "association", None)
    assert not sees(cast.coordinator, made)
    sent(made, cast.volunteer, None)
    assert sees(cast.coordinator, made)


def lines_about(made: Disclosure, by: Someone) -> set[str]:
    """What the log says to the data-protection lead about a disclosure."""
    with by.actor().transaction():
        return set(Event.objects.filter(object_id=made.pk).values_list("action", flat=True))


def test_a_complaint_that_comes_later_makes_nothing_vanish(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Whoever it is or may be about would learn of it in that second."""
    lead, judge = build_another(superuser, "_later"), recruit(cast.north, "coordinator")
    made = drafted(cast)
    acts.complain(cast.coordinator, made.client, "association", None)
    sent(made, cast.volunteer, None)
    seen = lines_about(made, lead.protection)
    assert "disclosure.asked" in seen and sees(judge, made)
    later = [
        acts.complain(cast.protection, made.client, "coordinator", judge),
        acts.complain(cast.volunteer, made.client, "coordinator", lead.protection),
    ]
    assert lines_about(made, lead.protection) == seen
    assert sees(judge, made)
    with pytest.raises((Refused, ProgrammingError)):
        decide(judge, made)  # what they may not do, the act says
    handler = recruit(cast.north, "coordinator")
    for complaint in later:
        acts.call(cast.president, "hand_complaint(%s, %s)", complaint, handler.id)
    decide(handler, made)
    assert "disclosure.approved" in lines_about(made, lead.protection)  # and the story goes on


def test_whoever_may_be_complained_about_moves_a_client_without_a_word_about_what_is_hidden(
    superuser: psycopg.Connection,
) -> None:
    """Nor does a change that reads no column say that something is there."""
    apart = build_another(superuser, "_move")
    accused = recruit(apart.north, "coordinator")
    made = drafted(apart)
    acts.complain(apart.volunteer, made.client, "coordinator", None)
    blind = "UPDATE disclosures_disclosure SET ground = 'law'"
    with apart.volunteer.actor().transaction():
        Disclosure.objects.filter(pk=made.pk).update(ground="complaint")
    with accused.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(blind)
        assert cursor.rowcount == 0
    sent(made, apart.volunteer, None)
    with accused.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(blind)
        assert cursor.rowcount == 0
    target = (made.client_id, apart.south, apart.south_coordinator.id)
    acts.call(accused, "move_client(%s, %s, %s)", *target)
    assert sees(apart.south_coordinator, made) is False
    [where] = superuser.execute(
        "SELECT branch_id FROM disclosures_disclosure WHERE id = %s", [made.pk]
    ).fetchone()
    assert where == apart.south


def test_whom_a_complaint_is_about_gets_nothing_approved_in_answer_to_it(cast: Cast) -> None:
    accused = recruit(cast.north)
    made = answering(cast, accused)
    acts.complain(cast.coordinator, made.client, "volunteer", accused)
    with refused("must not deal with this complaint"):
        decide(cast.deputy, made)
    decide(cast.deputy, made, approve=False)


def test_named_one_closes_with_its_complaint(cast: Cast) -> None:
    asker = recruit(cast.north, "coordinator")
    made = drafted(cast, asker)
    complaint = acts.complain(cast.coordinator, made.client, "association", None)
    sent(made, asker, complaint)
    assert sees(cast.deputy, made) and sees(asker, made)
    judge = recruit(cast.north, "coordinator")
    for marked in (judge, asker):
        acts.conflict(cast.coordinator, marked, complaint=complaint)
        assert not sees(marked, made)
    with refused("must not deal with this complaint"):
        decide(cast.deputy, made)


@pytest.mark.parametrize("either_way", [True, False])
def test_conflict_between_who_asks_and_who_decides(
    cast: Cast, sign_in: SignIn, either_way: bool
) -> None:
    judge, asker = recruit(cast.north, "coordinator"), recruit(cast.north)
    made = asked(cast, asker)
    pair = (judge, asker) if either_way else (asker, judge)
    acts.conflict(cast.president, pair[0], colleague=pair[1])
    with refused("conflict of interest"):
        decide(judge, made, approve=False)
    browser = sign_in(judge)
    if either_way:  # of the other way round the judge is not told before
        assert "Read and decide" not in browser.get(f"/disclosures/{made.pk}/").content.decode()
        turned = browser.get(f"/disclosures/{made.pk}/decide/", follow=True).content.decode()
        assert "Another coordinator decides." in turned
        assert f"/disclosures/{made.pk}/" not in browser.get("/").content.decode()
    decide(cast.deputy, made)


def test_judged_one_cannot_choose_the_judge_by_marking_themself(cast: Cast) -> None:
    judge, asker = recruit(cast.north, "coordinator"), recruit(cast.north)
    made = asked(cast, asker)
    acts.conflict(asker, asker, colleague=judge)
    decide(judge, made)
