"""Handing clients over: one second, how much history, what is hidden everywhere, and what must not work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connections
from django.test import Client as Browser

from clients.contacts.actions import contacts
from clients.contacts.actions.attachments import NewFile, attach
from clients.handover import actions as handover
from clients.handover import leavers
from clients.models import (
    Attachment,
    Client,
    Consultation,
    Contact,
    ContactNote,
    Grant,
    Link,
    Revision,
)
from tests.making.acts import call
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from vault.exceptions import Refused
from volunteers.actions import duties, leaving
from volunteers.models import Person

EARLY = "Sleeps badly since Tuesday."
LATE = "Sleeps better with the window open."


def a_client(of: Someone, cast: Cast) -> Client:
    """A client of ``of`` with an early contact that has everything, and a late one."""
    client = new_client(of)
    with of.actor().transaction() as actor:
        contact = Contact.objects.get(client=client)
        note = ContactNote.objects.get(contact=contact)
        attach(by=actor, contact=contact, new=NewFile("early.txt", "text/plain", b"Plain words."))
        Contact.objects.filter(pk=contact.pk).update(follow_up_on=date(2026, 1, 20), revision=2)
        assert note
    with of.actor().transaction() as actor:
        new = contacts.NewContact("visit", date(2026, 3, 9), text=LATE)
        contacts.log_contact(by=actor, client=client, new=new)
    return client


def hand(browser: Browser, of: Someone, to: Someone, *clients: Client, **more: Any) -> Any:
    """Send the form of a handover."""
    data = {"person": str(to.id), "history": "all", "clients": [str(c.pk) for c in clients], **more}
    return browser.post(f"/people/{of.id}/hand-over/", data)


def live(cast: Cast, client: Client) -> list[Grant]:
    with cast.coordinator.actor().transaction():
        return list(Grant.objects.live().assignments().filter(client=client))


def test_one_client_goes_to_another_volunteer_in_one_second(cast: Cast, sign_in: SignIn) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    client = new_client(giver)
    answer = hand(sign_in(cast.coordinator), giver, taker, client)
    assert answer.status_code == 302
    assert sign_in(giver).get(f"/clients/{client.pk}/").status_code == 404
    assert EARLY in sign_in(taker).get(f"/clients/{client.pk}/").content.decode()
    with cast.coordinator.actor().transaction():
        old = Grant.objects.get(client=client, person=giver.id)
        new = Grant.objects.get(client=client, person=taker.id)
    assert old.ends_at == new.starts_at
    assert old.ended_by_id == new.granted_by_id == cast.coordinator.id
    assert (new.basis, new.purpose, new.scope, new.since) == (
        "assignment",
        "handover",
        "full",
        None,
    )


def test_all_clients_at_once_and_only_of_my_branch(cast: Cast, sign_in: SignIn) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    clients = [new_client(giver) for _ in range(3)]
    browser = sign_in(cast.coordinator)
    page = browser.get(f"/people/{giver.id}/hand-over/").content.decode()
    assert all(client.reference in page for client in clients)
    assert hand(browser, giver, taker, everyone="on").status_code == 302
    for client in clients:
        assert [grant.person_id for grant in live(cast, client)] == [taker.id]
    shown = sign_in(cast.south_coordinator).get(f"/people/{taker.id}/hand-over/").content.decode()
    assert "Nothing to hand over" in shown
    assert not any(client.reference in shown for client in clients)


def shown(someone: Someone, client: Client, early: Contact, sign_in: SignIn) -> dict[str, bool]:
    """Where somebody who has the client meets the early contact."""
    browser = sign_in(someone)

    def text(path: str, data: dict[str, str] | None = None) -> str:
        return (browser.post(path, data) if data else browser.get(path)).content.decode()

    draft = text(f"/clients/{client.pk}/disclosures/new/")
    assert "new_id" in draft
    browser.post(
        f"/clients/{client.pk}/disclosures/new/",
        {"ground": "law", "ground_details": "An order.", "new_id": str(uuid4())},
    )
    with someone.actor().transaction():
        made = client.disclosures.filter(requested_by_id=someone.id).first()
        tables = {
            "rows of contacts": Contact.objects.filter(pk=early.pk).exists(),
            "rows of notes": ContactNote.objects.filter(contact=early).exists(),
            "rows of files": Attachment.objects.filter(contact=early).exists(),
            "rows of history": Revision.objects.filter(client=client, row=early.pk).exists(),
        }
    return tables | {
        "record": EARLY in text(f"/clients/{client.pk}/"),
        "contact": EARLY in text(f"/contacts/{early.pk}/"),
        "file": "early.txt" in text(f"/contacts/{early.pk}/"),
        "search": client.reference in text("/search/", {"words": "badly tuesday"}),
        "follow-ups": client.reference in text("/follow-ups/"),
        "choice of a disclosure": EARLY in text(f"/disclosures/{made.pk}/edit/contacts/"),
    }


@pytest.mark.parametrize(
    "history",
    [
        {"history": "today"},
        {"history": "since", "since_day": "1", "since_month": "3", "since_year": "2026"},
    ],
)
def test_earlier_contacts_are_hidden_everywhere(
    history: dict[str, str], cast: Cast, sign_in: SignIn
) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    client = a_client(giver, cast)
    with giver.actor().transaction():
        early = Contact.objects.get(client=client, happened_on=date(2026, 1, 5))
    before = shown(giver, client, early, sign_in)
    assert before == dict.fromkeys(before, True)
    assert hand(sign_in(cast.coordinator), giver, taker, client, **history).status_code == 302
    after = shown(taker, client, early, sign_in)
    assert after == dict.fromkeys(after, False)
    record = sign_in(taker).get(f"/clients/{client.pk}/").content.decode()
    seen = history["history"] == "since"
    assert (LATE in record) is seen
    assert "Odile Quercy" in record
    # The day of the last contact stands in lists: not where that contact is hidden.
    assert ("9 March 2026" in sign_in(taker).get("/clients/").content.decode()) is seen
    with giver.actor().transaction():
        assert not Contact.objects.filter(client=client).exists()


def test_whoever_coordinates_takes_over_no_notes(cast: Cast, sign_in: SignIn) -> None:
    """They have the record by that duty; a handover would open all notes, without reason or end."""
    giver, lead = recruit(cast.north), recruit(cast.north, "coordinator")
    client = a_client(giver, cast)
    browser = sign_in(cast.coordinator)
    assert str(lead.id) not in browser.get(f"/people/{giver.id}/hand-over/").content.decode()
    hand(browser, giver, lead, client)
    with (
        cast.coordinator.actor().transaction() as actor,
        pytest.raises(Refused) as refused,
    ):
        handover.hand_over(by=actor, clients=[client.pk], of=giver.id, to=lead.id, since=None)
    assert "coordinates the branch" in str(refused.value.message)
    assert [grant.person_id for grant in live(cast, client)] == [giver.id]


def test_coordinator_with_a_limited_handover_gets_a_page_not_an_error(
    cast: Cast, sign_in: SignIn
) -> None:
    giver, lead = recruit(cast.north), recruit(cast.north)
    client = a_client(giver, cast)
    hand(sign_in(cast.coordinator), giver, lead, client, history="today")
    duties.appoint(by=cast.president.actor(), person=lead.id, duty="coordinator", branch=cast.north)
    browser = sign_in(lead)
    with lead.actor().transaction():
        early = Contact.objects.get(client=client, happened_on=date(2026, 1, 5))
    page = browser.get(f"/contacts/{early.pk}/")
    assert page.status_code == 200
    assert EARLY not in page.content.decode()
    assert "early.txt" not in page.content.decode()
    for part in ("correct/", "history/"):
        assert browser.get(f"/contacts/{early.pk}/{part}").status_code == 403


def test_consultations_of_the_first_volunteer_end(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = uuid4()
    call(
        cast.volunteer,
        "consult(%s, %s, %s, %s, %s, %s::uuid[], %s, NULL)",
        made,
        client.pk,
        cast.colleague.id,
        "client",
        False,
        [],
        14,
    )
    hand(sign_in(cast.coordinator), cast.volunteer, recruit(cast.north), client)
    with cast.coordinator.actor().transaction():
        assert not Consultation.objects.live().filter(pk=made).exists()
        assert not Grant.objects.live().filter(act=made).exists()


def test_a_conflict_is_said_in_words_and_hands_over_nothing(cast: Cast, sign_in: SignIn) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    client, other = new_client(giver), new_client(giver)
    call(
        cast.coordinator,
        "mark_conflict(%s, %s, %s, NULL, NULL, 'family')",
        uuid4(),
        taker.id,
        client.pk,
    )
    page = hand(sign_in(cast.coordinator), giver, taker, client, other).content.decode()
    assert "error-summary" in page
    assert client.reference in page
    with cast.coordinator.actor().transaction() as actor, pytest.raises(Refused):
        handover.hand_over(by=actor, clients=[client.pk], of=giver.id, to=taker.id, since=None)
    for one in (client, other):
        assert [grant.person_id for grant in live(cast, one)] == [giver.id]


def test_nobody_else_hands_over_and_nobody_wrong_takes_over(cast: Cast, sign_in: SignIn) -> None:
    client, theirs = new_client(cast.volunteer), new_client(cast.outsider)
    browser = sign_in(cast.coordinator)
    for to in (cast.outsider, cast.newcomer, cast.coordinator, cast.president, cast.volunteer):
        assert "error-summary" in hand(browser, cast.volunteer, to, client).content.decode()
    assert hand(browser, cast.outsider, cast.colleague, theirs).status_code == 200
    for by, clients, of, to in [
        (cast.volunteer, [client.pk], cast.volunteer, cast.colleague),
        (cast.south_coordinator, [client.pk], cast.volunteer, cast.outsider),
        (cast.coordinator, [client.pk, theirs.pk], cast.volunteer, cast.colleague),
        (cast.coordinator, [uuid4()], cast.volunteer, cast.colleague),
        (cast.coordinator, [client.pk], cast.volunteer, cast.outsider),
        (cast.coordinator, [client.pk], cast.volunteer, cast.newcomer),
        (cast.coordinator, [client.pk], cast.volunteer, cast.coordinator),
    ]:
        with (
            by.actor().transaction() as actor,
            pytest.raises(ProgrammingError, match="not permitted"),
        ):
            handover.hand_over(by=actor, clients=clients, of=of.id, to=to.id, since=None)
    assert [grant.person_id for grant in live(cast, client)] == [cast.volunteer.id]


def test_handing_over_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    answer = hand(sign_in(cast.coordinator, fresh=False), cast.volunteer, cast.colleague, client)
    assert "next=" in answer["Location"]
    with cast.coordinator.actor(fresh=False).transaction() as actor:
        with pytest.raises(ProgrammingError, match="not permitted"):
            handover.hand_over(
                by=actor,
                clients=[client.pk],
                of=cast.volunteer.id,
                to=cast.colleague.id,
                since=None,
            )


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of these gives, or the exception that it raises, begun at the same moment."""
    barrier, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            given[place] = act()
        except Exception as error:
            given[place] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_many_handovers_at_once_have_one_outcome(cast: Cast) -> None:
    giver = recruit(cast.north)
    takers = [recruit(cast.north) for _ in range(4)]
    client = new_client(giver)

    def act(by: Someone, to: UUID) -> Callable[[], int]:
        def run() -> int:
            with by.actor().transaction() as actor:
                return handover.hand_over(
                    by=actor, clients=[client.pk], of=giver.id, to=to, since=None
                )

        return run

    leads = [cast.coordinator, cast.deputy]
    given = at_once(*(act(leads[n % 2], taker.id) for n, taker in enumerate(takers)))
    assert sorted(str(type(each).__name__) for each in given) == ["Refused"] * 3 + ["int"]
    assert len(live(cast, client)) == 1


def test_handing_over_to_somebody_who_leaves_at_that_moment(cast: Cast) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    client = new_client(giver)

    def give() -> int:
        with cast.coordinator.actor().transaction() as actor:
            return handover.hand_over(
                by=actor, clients=[client.pk], of=giver.id, to=taker.id, since=None
            )

    def leave() -> UUID:
        return leaving.leave(by=cast.president.actor(), person=taker.id)

    given = at_once(give, leave)
    assert isinstance(given[1], UUID)
    assert not [grant for grant in live(cast, client) if grant.person_id == taker.id]


def test_clients_of_a_leaver_wait_until_each_is_handed_over(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    leaver, taker = recruit(cast.north), recruit(cast.north)
    first, second = new_client(leaver), new_client(leaver)
    departure = leaving.leave(by=cast.coordinator.actor(), person=leaver.id)
    browser = sign_in(cast.coordinator)
    page = browser.get(f"/departures/{departure}/").content.decode()
    assert first.reference in page
    assert second.reference in page
    answer = hand(browser, leaver, taker, first)
    assert answer["Location"] == f"/departures/{departure}/"
    page = browser.get(answer["Location"]).content.decode()
    assert first.reference not in page
    assert second.reference in page
    assert (
        "clients wait" in browser.get("/").content.decode()
        or "client waits" in browser.get("/").content.decode()
    )
    with cast.coordinator.actor().transaction() as actor:
        with pytest.raises(Refused, match="handover_done"):
            handover.hand_over(
                by=actor, clients=[first.pk], of=leaver.id, to=cast.colleague.id, since=None
            )
    with cast.coordinator.actor().transaction() as actor:
        person = Person.objects.get(pk=leaver.id)
        assert leavers.clients_of(actor, person) == [second]
    assert [grant.person_id for grant in live(cast, first)] == [taker.id]
    (act,) = superuser.execute(
        "SELECT act FROM clients_grant WHERE client_id = %s AND person_id = %s",
        [first.pk, taker.id],
    ).fetchone()  # type: ignore[misc]
    assert act == departure


def test_record_offers_the_handover_of_its_own_client(cast: Cast, sign_in: SignIn) -> None:
    giver = recruit(cast.north)
    client, other = new_client(giver), new_client(giver)
    browser = sign_in(cast.coordinator)
    link = f"/people/{giver.id}/hand-over/?client={client.pk}"
    assert link in browser.get(f"/clients/{client.pk}/").content.decode()
    page = browser.get(link).content.decode()
    ticked = [
        part for part in page.split("<input") if "checked" in part and 'name="clients"' in part
    ]
    assert len(ticked) == 1
    assert str(client.pk) in ticked[0]
    assert other.reference in page


def test_assignment_may_begin_on_a_later_day(cast: Cast, sign_in: SignIn) -> None:
    from django.utils import timezone

    client, later_one = new_client(cast.coordinator), recruit(cast.north)
    later = timezone.localdate() + timedelta(days=3)
    day = {"starts_day": later.day, "starts_month": later.month, "starts_year": later.year}
    data = {"person": str(later_one.id), "scope": "full", **day}
    browser = sign_in(cast.coordinator)
    said = browser.post(
        f"/clients/{client.pk}/who-may-see/new/", data, follow=True
    ).content.decode()
    assert "from" in said
    assert "From a later day on" in said
    assert sign_in(later_one).get(f"/clients/{client.pk}/").status_code == 404
    with cast.coordinator.actor().transaction():
        grant = Grant.objects.get(client=client, person=later_one.id)
    assert browser.post(f"/grants/{grant.pk}/end/").status_code == 302
    with cast.coordinator.actor().transaction():
        assert not Grant.objects.unended().filter(pk=grant.pk).exists()
    assign(cast.coordinator, client, later_one)
    assert sign_in(later_one).get(f"/clients/{client.pk}/").status_code == 200


def test_who_has_the_other_of_a_couple_takes_over_after_a_question(
    cast: Cast, sign_in: SignIn
) -> None:
    giver, taker = recruit(cast.north), recruit(cast.north)
    client, other = new_client(giver), new_client(taker)
    with cast.coordinator.actor().transaction():
        Link(first=client, second=other, tie="couple", made_by_id=cast.coordinator.id).save()
    browser = sign_in(cast.coordinator)
    asked = hand(browser, giver, taker, client).content.decode()
    assert "I know without asking either of them" in asked
    assert [grant.person_id for grant in live(cast, client)] == [giver.id]
    assert hand(browser, giver, taker, client, near="on").status_code == 302
    assert [grant.person_id for grant in live(cast, client)] == [taker.id]
