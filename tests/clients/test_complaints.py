"""Complaints: who hears them, that nobody else finds a trace, and that the answer reaches the client."""

from __future__ import annotations

import re
import time
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError
from django.test import Client as Browser

from audit.models import Event
from clients.models import Client, Complaint
from clients.records.actions import portal_access
from clients.who_may_know.actions import grants
from disclosures.models import Disclosure
from tests.access.world import World
from tests.making import acts
from tests.making.clients import assign, let_read, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another, recruit
from tests.making.principals import superuser
from tests.making.spaces import account_of, confirm_portal, open_space
from vault.exceptions import Refused

pytestmark = pytest.mark.usefixtures("long_lists")

WORDS = "She told the baker about my illness."
ANSWER = "You were right, and we have spoken with her."
# What differs between two answers to the same question: tokens against forged forms.
TOKEN = re.compile(r"[0-9A-Za-z]{64}")
# The address itself too, for the change of language.
ID = re.compile(r"[0-9A-Za-z]{64}|[0-9a-f-]{36}")


@pytest.fixture(scope="module")
def cast(cast: Cast) -> Cast:
    """People of its own: whom the standing president let in elsewhere decides what they hear."""
    with superuser() as connection:
        return build_another(connection, "_heard")


def complaint_of(by: Someone, client: Client) -> Complaint:
    """The complaint that this person hears."""
    with by.actor().transaction():
        return Complaint.objects.get(client=client)


def text_of(browser: Browser, address: str, **data: Any) -> str:
    """A page, without what differs each time."""
    answer = browser.post(address, data) if data else browser.get(address)
    return TOKEN.sub("-", answer.content.decode())


def test_client_complains_and_a_deputy_answers(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    space = sign_in(account_of(cast, client))
    assert "You have not complained" in text_of(space, "/my-space/complaints/")
    said = {"kind": "coordinator", "words": WORDS, "reach": "06 39 98 11 22, evenings"}
    assert space.post("/my-space/complaints/new/", said).status_code == 302
    assert WORDS in text_of(space, "/my-space/complaints/")
    made = complaint_of(cast.president, client)
    president = sign_in(cast.president)
    assert made.reference in text_of(president, "/")
    page = text_of(president, f"/complaints/{made.pk}/")
    assert WORDS in page and "evenings" in page and client.reference not in page
    hand = f"/complaints/{made.pk}/hand/"
    offered = text_of(president, hand)
    # Nobody was named, so it may be about any coordinator of the branch until the president has asked.
    assert f'value="{cast.deputy.id}"' not in offered and "It may be about these people" in offered
    assert president.post(f"/complaints/{made.pk}/not-about/{cast.deputy.id}/").status_code == 302
    offered = text_of(president, hand)
    assert f'value="{cast.deputy.id}"' in offered and str(cast.volunteer.id) not in offered
    assert f'value="{cast.coordinator.id}"' not in offered
    handed = president.post(f"/complaints/{made.pk}/hand/", {"person": str(cast.deputy.id)})
    assert handed.status_code == 302
    deputy = sign_in(cast.deputy)
    assert "Waits for you" in text_of(deputy, "/")
    deputy.post(f"/complaints/{made.pk}/note/", {"words": "Ask the baker."})
    assert "Somebody looks into it" in text_of(space, "/my-space/complaints/")
    assert president.post(f"/complaints/{made.pk}/answer/", {"words": "No."}).status_code == 403
    assert deputy.post(f"/complaints/{made.pk}/answer/", {"words": ANSWER}).status_code == 302
    mine = text_of(space, "/my-space/complaints/")
    assert ANSWER in mine and "Ask the baker." not in mine
    assert space.get(f"/my-space/complaints/{made.pk}/more/").status_code == 404
    again = deputy.post(f"/complaints/{made.pk}/answer/", {"words": ANSWER}, follow=True)
    assert "answered already" in again.content.decode()


def pages_of(browser: Browser, someone: Someone, client: Client) -> dict[str, str]:
    """Everything that somebody of the branch can look at which might betray a complaint."""
    addresses = [
        "/",
        "/clients/",
        "/follow-ups/",
        "/requests/",
        "/disclosures/",
        "/people/",
        "/complaints/",
        f"/clients/{client.pk}/",
        f"/clients/{client.pk}/who-may-see/",
        f"/clients/{client.pk}/conflicts/",
        f"/clients/{client.pk}/disclosures/",
        f"/clients/{client.pk}/colleagues/",
        f"/people/{someone.id}/",
        f"/people/{someone.id}/conflicts/",
        "/account/",
    ]
    found = {address: text_of(browser, address) for address in addresses}
    return found | {word: text_of(browser, "/search/", words=word) for word in ("baker", "Quercy")}


@pytest.mark.parametrize("accused", ["coordinator", "volunteer"])
def test_whom_it_is_about_finds_the_same_pages_as_before(
    cast: Cast, sign_in: SignIn, accused: str
) -> None:
    """Byte for byte: opened, handed, noted, and a disclosure that answers it."""
    somebody = recruit(cast.north, accused)
    client = new_client(cast.deputy)
    if accused == "volunteer":
        assign(cast.deputy, client, somebody)
    browser = sign_in(somebody)
    # For a reason that is no complaint's own: that somebody read them says nothing.
    with cast.deputy.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    before = pages_of(browser, somebody, client)
    assert pages_of(browser, somebody, client) == before  # else the test could tell nothing
    made = acts.complain(cast.protection, client, accused, somebody)
    acts.call(cast.protection, "hand_complaint(%s, %s)", made, cast.deputy.id)
    deputy = sign_in(cast.deputy)
    deputy.post(f"/complaints/{made}/note/", {"words": "Ask the baker."})
    ground = {
        "ground": "complaint",
        "complaint_id": str(made),
        "ground_details": "A letter.",
        "new_id": str(uuid4()),
    }
    assert deputy.post(f"/clients/{client.pk}/disclosures/new/", ground).status_code == 302
    acts.conflict(cast.deputy, cast.colleague, complaint=made)
    after = pages_of(browser, somebody, client)
    assert {address for address in before if after[address] != before[address]} == set()
    hidden, absent = (browser.get(f"/complaints/{pk}/") for pk in (made, uuid4()))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert ID.sub("", hidden.content.decode()) == ID.sub("", absent.content.decode())


def test_lead_whom_it_is_about_finds_the_same_log_as_before(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    lead = sign_in(cast.protection)

    def lines() -> set[UUID]:
        with cast.protection.actor().transaction():
            return set(Event.objects.exclude(actor=cast.protection.id).values_list("pk", flat=True))

    before = lines()
    coordinator = sign_in(cast.coordinator)
    said = {"kind": "association", "about": "", "words": WORDS}
    made = acts.complain(cast.coordinator, client, "association", cast.protection)
    for act, data in [("note", {"words": WORDS}), ("answer", {"words": ANSWER})]:
        assert coordinator.post(f"/complaints/{made}/{act}/", data).status_code == 302
    assert lines() == before
    assert coordinator.post(f"/clients/{client.pk}/complaints/new/", said).status_code == 302
    assert len(lines()) > len(before)  # this one is not about the lead
    assert lead.get(f"/complaints/{made}/").status_code == 404
    page = text_of(lead, "/complaints/")
    with cast.coordinator.actor().transaction():
        assert Complaint.objects.get(pk=made).reference not in page


def test_forms_about_a_complaint_leave_no_line_with_the_client(cast: Cast, sign_in: SignIn) -> None:
    """To open the form of a complaint, or to be refused it, must not read as a complaint in the log."""
    client = new_client(cast.coordinator)
    for someone in (cast.coordinator, cast.outsider):
        sign_in(someone).get(f"/clients/{client.pk}/complaints/new/")
    with cast.protection.actor().transaction():
        told = Event.objects.filter(subject=client.pk, action__startswith="complaint")
        assert not told.exists()


def test_lead_takes_down_a_complaint_by_reference(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    lead = sign_in(cast.protection)
    form = {"kind": "unsaid", "about": "", "words": WORDS}
    for wrong in ("C-222222", "P-222222", "' OR 1=1"):
        page = lead.post("/complaints/new/", {**form, "client": wrong}).content.decode()
        assert "There is no client with this reference." in page
    taken = lead.post("/complaints/new/", {**form, "client": client.reference.lower()}, follow=True)
    assert WORDS in taken.content.decode() and client.reference in taken.content.decode()
    assert complaint_of(cast.president, client).about_kind == "unsaid"
    for someone in (cast.coordinator, cast.president, cast.volunteer, cast.administrator):
        assert acts.call(someone, "client_of(%s)", client.reference) is None


def test_coordinator_hands_up_what_is_about_a_coordinator(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    said = {"kind": "volunteer", "about": str(cast.deputy.id), "words": WORDS}
    page = browser.post(f"/clients/{client.pk}/complaints/new/", said, follow=True).content.decode()
    assert "you will not see it again" in page and WORDS not in page
    made = complaint_of(cast.president, client)
    assert made.about_kind == "coordinator"
    for someone in (cast.coordinator, cast.deputy):
        assert sign_in(someone).get(f"/complaints/{made.pk}/").status_code == 404
    assert WORDS in text_of(sign_in(cast.president), f"/complaints/{made.pk}/")


def test_complaint_is_not_another_clients(cast: Cast, sign_in: SignIn) -> None:
    client, other = new_client(cast.volunteer), new_client(cast.volunteer)
    made = acts.complain(cast.coordinator, client, "association", None)
    mine, theirs = (sign_in(account_of(cast, one)) for one in (client, other))
    with cast.coordinator.actor().transaction():
        reference = Complaint.objects.get(pk=made).reference
    assert reference in text_of(mine, "/my-space/complaints/")
    assert reference not in text_of(theirs, "/my-space/complaints/")
    for pk in (made, uuid4()):
        assert theirs.get(f"/my-space/complaints/{pk}/more/").status_code == 404
        added = theirs.post(f"/my-space/complaints/{pk}/more/", {"words": "Mine"})
        assert added.status_code == 404
    assert (
        mine.post(f"/my-space/complaints/{made}/more/", {"words": "And twice."}).status_code == 302
    )
    assert "And twice." in text_of(sign_in(cast.coordinator), f"/complaints/{made}/")


def test_handing_outside_the_legal_body_is_said_first(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    made = acts.complain(cast.protection, client, "coordinator", cast.coordinator)
    president = sign_in(cast.president)
    address, to = f"/complaints/{made}/hand/", {"person": str(cast.south_coordinator.id)}
    assert "legal body" not in text_of(president, address)
    superuser.execute("UPDATE volunteers_branch SET legal_body = true WHERE id = %s", [cast.north])
    try:
        assert "a recipient outside" in text_of(president, address)
        assert "Read this, and tick the box" in text_of(president, address, **to)
        assert complaint_of(cast.president, client).handler_id is None
        assert president.post(address, {**to, "outside": "on"}).status_code == 302
    finally:
        superuser.execute("UPDATE volunteers_branch SET legal_body = false")
    assert WORDS not in text_of(sign_in(cast.south_coordinator), f"/complaints/{made}/")
    assert sign_in(cast.south_coordinator).get(f"/complaints/{made}/").status_code == 200
    assert sign_in(cast.south_coordinator).get(f"/clients/{client.pk}/").status_code == 404


def test_whoever_is_marked_finds_nothing_any_more(cast: Cast, sign_in: SignIn) -> None:
    client, judge = new_client(cast.volunteer), recruit(cast.north, "coordinator")
    made = acts.complain(cast.coordinator, client, "association", None)
    browser = sign_in(judge)
    assert browser.get(f"/complaints/{made}/").status_code == 200
    acts.call(cast.coordinator, "hand_complaint(%s, %s)", made, judge.id)
    mark = {"person": str(judge.id), "reason": "involved"}
    coordinator = sign_in(cast.coordinator)
    assert coordinator.post(f"/complaints/{made}/conflicts/new/", mark).status_code == 302
    for act in ("", "note/", "answer/", "hand/", "conflicts/new/"):
        assert browser.get(f"/complaints/{made}/{act}").status_code == 404
        assert browser.post(f"/complaints/{made}/{act}", {"words": "x"}).status_code == 404
    offered = text_of(coordinator, f"/complaints/{made}/hand/")
    assert str(judge.id) not in offered and str(cast.deputy.id) in offered
    refused = coordinator.post(f"/complaints/{made}/hand/", {"person": str(judge.id)})
    assert refused.status_code == 200


def test_hidden_takes_no_other_time_than_absent(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    made = acts.complain(cast.protection, client, "coordinator", cast.coordinator)
    browser = sign_in(cast.coordinator)

    def seconds(pk: UUID) -> float:
        start = time.perf_counter()
        browser.get(f"/complaints/{pk}/")
        return time.perf_counter() - start

    rounds = [(seconds(made), seconds(uuid4())) for _ in range(25)]
    hidden, absent = (median(column) for column in zip(*rounds, strict=True))
    assert abs(hidden - absent) < max(0.004, 0.3 * absent), (hidden, absent)


def test_absent_complaint_is_refused_like_a_closed_one(cast: Cast) -> None:
    """To the data-protection lead above all, who hears every complaint but those about them."""
    client = new_client(cast.volunteer)
    made = acts.complain(cast.coordinator, client, "association", cast.protection)
    for pk in (made, uuid4()):
        with acts_refused():
            acts.conflict(cast.protection, cast.protection, complaint=pk)
        with acts_refused():
            acts.call(cast.protection, "answer_complaint(%s)", pk)
        with cast.protection.actor().transaction():
            assert not Disclosure.objects.filter(complaint_id=pk).exists()


def acts_refused() -> Any:
    """The database says no more than that."""
    return pytest.raises(Exception, match="not permitted")


@pytest.mark.parametrize("kind", ["coordinator", "unsaid"])
def test_complaint_about_a_coordinator_does_not_reach_the_only_one(
    cast: Cast, sign_in: SignIn, kind: str
) -> None:
    """Nobody was named, so nobody can be shut out by name: every coordinator of the branch is."""
    client, only = new_client(cast.volunteer), recruit(cast.north, "coordinator")
    made = acts.complain(cast.protection, client, kind, None)
    for hearer in (cast.president, cast.protection):
        offered = text_of(sign_in(hearer), f"/complaints/{made}/hand/")
        assert f'value="{only.id}"' not in offered
        with acts_refused():
            acts.call(hearer, "hand_complaint(%s, %s)", made, only.id)
    for who in (cast.coordinator, only, cast.volunteer):
        with acts_refused():
            acts.call(who, "clear_complaint(%s, %s)", made, only.id)
    assert sign_in(only).get(f"/complaints/{made}/").status_code == 404
    assert acts.call(cast.president, "clear_complaint(%s, %s)", made, only.id) is True
    assert acts.call(cast.president, "clear_complaint(%s, %s)", made, only.id) is False
    acts.call(cast.president, "hand_complaint(%s, %s)", made, only.id)
    assert sign_in(only).get(f"/complaints/{made}/").status_code == 200


def test_client_names_somebody_they_know_and_nobody_else(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    account = account_of(cast, client)
    space = sign_in(account)
    form = text_of(space, "/my-space/complaints/new/")
    assert f'value="{cast.volunteer.id}"' in form and f'value="{cast.coordinator.id}"' in form
    assert str(cast.colleague.id) not in form and str(cast.outsider.id) not in form
    said = {"kind": "unsaid", "about": str(cast.coordinator.id), "words": WORDS}
    assert space.post("/my-space/complaints/new/", said).status_code == 302
    made = complaint_of(cast.president, client)
    assert (made.about_id, made.about_kind) == (cast.coordinator.id, "coordinator")
    with acts_refused():
        acts.complain(Someone(account, "", None), client, "volunteer", cast.colleague)


def test_volunteer_takes_one_down_and_it_goes_on_at_once(cast: Cast, sign_in: SignIn) -> None:
    somebody = recruit(cast.north)
    client = new_client(somebody)
    browser = sign_in(somebody)
    assert "Take down a complaint" in text_of(browser, f"/clients/{client.pk}/")
    said = {"kind": "unsaid", "about": "", "words": WORDS}
    page = browser.post(f"/clients/{client.pk}/complaints/new/", said, follow=True).content.decode()
    assert "you will not see it again" in page and WORDS not in page
    made = complaint_of(cast.president, client)
    assert browser.get(f"/complaints/{made.pk}/").status_code == 404
    assert WORDS in text_of(sign_in(cast.president), f"/complaints/{made.pk}/")
    with acts_refused():
        acts.complain(cast.colleague, client, "unsaid", None)


def test_president_takes_one_down_without_a_reference(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.president)
    assert "Take one down without a reference" in text_of(browser, "/complaints/")
    said = {
        "branch": str(cast.north),
        "kind": "volunteer",
        "about": str(cast.volunteer.id),
        "words": WORDS,
        "reach": "06 39 98 11 22",
    }
    browser.post("/complaints/new/branch/", said)
    page = text_of(sign_in(cast.coordinator), "/complaints/")
    with cast.coordinator.actor().transaction():
        made = Complaint.objects.get(client=None, about_id=cast.volunteer.id)
    assert made.reference in page
    lead = sign_in(cast.coordinator)
    assert "06 39 98 11 22" in text_of(lead, f"/complaints/{made.pk}/")
    done = lead.post(f"/complaints/{made.pk}/answer/", {"words": ANSWER}, follow=True)
    assert "Tell the client" in done.content.decode()
    for who in (cast.coordinator, cast.volunteer, cast.administrator):
        with acts_refused():
            acts.call(
                who,
                "complain(%s, NULL, 'association', NULL, %s, %s, %s, %s)",
                uuid4(),
                f"K-{uuid4().hex[:8]}",
                *acts.keys(),
                cast.north,
            )


def test_whom_it_is_about_reads_no_notes_and_decides_nothing(cast: Cast, sign_in: SignIn) -> None:
    accused, client = recruit(cast.north, "coordinator"), new_client(cast.volunteer)
    with accused.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    assert acts.sees(accused, client) == acts.ALL
    made = acts.complain(cast.protection, client, "coordinator", accused)
    assert acts.sees(accused, client) == acts.WITHOUT_WORDS  # what they had opened closed
    with pytest.raises(Refused, match="portal_open"):  # nor a card that would open them
        portal_access.open_portal(by=accused.actor(), client=client)
    card = sign_in(accused).post(f"/clients/{client.pk}/portal/", {"mode": "open"}, follow=True)
    assert "not possible now" in card.content.decode()
    browser = sign_in(accused)
    notes = browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"}, follow=True)
    assert "cannot be opened now" in notes.content.decode()
    assert (
        "complain" not in notes.content.decode().split("cannot be opened now")[0].split("<main")[-1]
    )
    with pytest.raises(Exception, match="row-level security"):
        let_read(cast.coordinator, client, accused)
    with pytest.raises(Exception, match="row-level security"):  # nor through a friend
        let_read(accused, client, cast.coordinator)
    given = {"person": str(cast.colleague.id), "scope": "full"}
    page = browser.post(f"/clients/{client.pk}/who-may-see/new/", given).content.decode()
    assert "not possible now" in page and "complain" not in page.split("<main")[-1]
    assert acts.sees(cast.colleague, client) == acts.NOTHING
    asked = World(cast)
    asked.__dict__["client"] = client
    for act, values in {
        "move_client(%s, %s, NULL)": (client.pk, cast.south),
        "protect(%s, true, '{}')": (client.pk,),
        "hand_over(%s, %s, %s, NULL)": ([client.pk], cast.volunteer.id, cast.colleague.id),
    }.items():
        with acts_refused():
            acts.call(accused, act, *values)
    answer = {"outcome": "done", "text": "It is done.", "revision": "1", "nothing_changed": "on"}
    request = asked.request
    page = browser.post(f"/requests/{request.pk}/answer/", answer).content.decode()
    assert "Somebody else answers this one." in page
    disclosure = asked.disclosure
    with pytest.raises(Exception, match="cannot go this way"):
        with accused.actor().transaction():
            Disclosure.objects.filter(pk=disclosure.pk).update(
                state="refused", decided_by_id=accused.id
            )
    sign_in(cast.president).post(f"/complaints/{made}/answer/", {"words": ANSWER})
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"})
    assert acts.sees(accused, client) == acts.ALL


def test_a_space_that_nobody_confirmed_shows_no_complaint_but_what_came_through_it(
    cast: Cast, sign_in: SignIn
) -> None:
    """Whoever opened it knows the code: it could be they who read."""
    client = new_client(cast.volunteer)
    acts.complain(cast.protection, client, "association", None)
    user = open_space(cast.volunteer.actor(), client.pk)
    own = Someone(user, "", None)
    with own.actor().transaction():
        assert not Complaint.objects.exists()
    sign_in(user).post(
        "/my-space/complaints/new/", {"kind": "association", "words": "Late.", "reach": "At home."}
    )
    with own.actor().transaction():
        mine = set(Complaint.objects.values_list("pk", flat=True))
        assert len(mine) == 1
    confirm_portal(client)
    with own.actor().transaction():
        assert set(Complaint.objects.values_list("pk", flat=True)) > mine


def test_whoever_hears_it_closes_the_record_to_whom_it_is_about(
    cast: Cast, sign_in: SignIn
) -> None:
    """A volunteer's own notes stay open until somebody decides that they notice it."""
    accused = recruit(cast.north)
    client = new_client(accused)
    made = acts.complain(cast.protection, client, "unsaid", accused)
    assert acts.sees(accused, client) == acts.ALL
    president = sign_in(cast.president)
    assert "will ask themselves why" in text_of(president, f"/complaints/{made}/close-record/")
    assert president.post(f"/complaints/{made}/close-record/").status_code == 302
    assert acts.sees(accused, client) == acts.NOTHING
    other = new_client(accused)
    acts.complain(cast.protection, other, "association", None)
    with acts_refused():
        acts.conflict(cast.president, accused, client=other)


def test_volunteer_sees_no_difference_when_a_complaint_names_them(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """What is refused to coordinators only is asked of coordinators only; lists and refusals agree."""
    client = new_client(cast.volunteer)
    assign(cast.coordinator, client, cast.colleague)
    open_space(cast.coordinator.actor(), client.pk)
    (access,) = superuser.execute(
        "SELECT id FROM clients_portalaccess WHERE client_id = %s", [client.pk]
    ).fetchone()
    about(cast, client, cast.volunteer)
    assert acts.call(cast.volunteer, "may_confirm(%s)", access) is True
    assert cast.volunteer.id in acts.call(cast.colleague, "consultable(%s)", client.pk)
    with pytest.raises(ProgrammingError):
        acts.consult(cast.colleague, cast.volunteer, client)


def about(cast: Cast, client: Client, whom: Someone) -> None:
    """An open complaint of this client about somebody, taken down by the data-protection lead."""
    made = uuid4()
    acts.call(
        cast.protection,
        "complain(%s, %s, 'unsaid', %s, %s, %s, %s)",
        made,
        client.pk,
        whom.id,
        f"K-{made.hex[:8]}",
        *acts.keys(made),
    )
