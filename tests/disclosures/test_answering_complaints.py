"""Disclosures that answer a complaint: asked, seen and decided by those who hear it; and conflicts of interest."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from disclosures.models import Disclosure
from tests.making import acts
from tests.making.disclosures import asked, decide, drafted, sent
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
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
    made = answering(cast, cast.volunteer)
    acts.complain(cast.coordinator, made.client, "association", None)
    about = acts.complain(cast.protection, made.client, "coordinator", accused)
    acts.call(cast.president, "hand_complaint(%s, %s)", about, judge.id)
    for shut_out in (accused, cast.coordinator, cast.deputy):
        assert not sees(shut_out, made)
    decide(judge, made)


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
