"""What heirs of somebody who died ask: recorded, decided by two, no while they disagree, and nothing given by it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection
from django.utils import timezone

from audit import door
from clients.models import Client, HeirRequest, HeirWords
from disclosures.models import Disclosure
from tests.making import acts
from tests.making.clients import new_client
from tests.making.directives import dies, lives, wish
from tests.making.heirs import confirm, heir, objects, propose, settle
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import superuser
from tests.making.spaces import today
from vault.exceptions import Conflict, Refused

pytestmark = pytest.mark.usefixtures("long_lists")
ASKS = {
    "who": "Claire Quercy",
    "reach": "06 39 98 00 21",
    "quality": "executor",
    "wish": "memories",
    "text": "She would like the letters.",
    "proof": "will",
    "along": "with",
    "channel": "visit",
    **today("received_on"),
    **today("proof_seen_on"),
}


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


@pytest.fixture
def dead(cast: Cast, helen: Someone) -> Client:
    client = new_client(helen)
    dies(helen, client)
    return client


def state(by: Someone, asked: HeirRequest) -> str:
    with by.actor().transaction():
        return HeirRequest.objects.get(pk=asked.pk).state


def test_the_whole_way(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """A volunteer records it, a coordinator proposes, another one agrees; nothing has been given."""
    client = new_client(helen)
    wish(helen, client)
    dies(helen, client)
    mine, coordinator, deputy = (sign_in(who) for who in (helen, cast.coordinator, cast.deputy))
    record = mine.get(f"/clients/{client.pk}/").content.decode()
    assert f"/clients/{client.pk}/heirs/new/" in record
    form = mine.get(f"/clients/{client.pk}/heirs/new/").content.decode()
    assert "Claire Quercy" in form and "stays private" in form
    where = mine.post(f"/clients/{client.pk}/heirs/new/", ASKS)["Location"]
    with helen.actor().transaction():
        asked = HeirRequest.objects.get(client=client)
        assert asked.directive_id is not None and asked.by_id == helen.id
    assert asked.reference in coordinator.get("/").content.decode()
    assert "She would like the letters." in coordinator.get(where).content.decode()
    page = coordinator.get(f"{where}propose/").content.decode()
    assert re.search(r'value="refuse"[^>]* checked', page) and "tribunal judiciaire" in page
    sent = {"answer": "grant", "text": "She was named for it."}
    assert coordinator.post(f"{where}propose/", sent).status_code == 302
    assert coordinator.get(f"{where}confirm/").status_code == 403
    assert "She was named for it." in deputy.get(f"{where}confirm/").content.decode()
    page = deputy.post(f"{where}confirm/", {"answer": "confirm", "sure": "on"}, follow=True)
    assert "Nothing was given by this" in page.content.decode()
    assert state(cast.coordinator, asked) == "granted"
    assert asked.reference not in coordinator.get("/").content.decode()
    with cast.coordinator.actor().transaction():
        assert not Disclosure.objects.filter(client=client).exists()


def test_a_no_names_the_remedies_and_has_reasons(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    coordinator = sign_in(cast.coordinator)
    where = f"/heirs/{asked.pk}/"
    page = coordinator.post(f"{where}propose/", {"answer": "refuse", "text": ""}).content.decode()
    assert "Without them there is no answer" in page
    propose(cast.coordinator, asked, grant=False)
    confirm(cast.deputy, asked)
    page = coordinator.get(where).content.decode()
    assert "CNIL" in page and "tribunal judiciaire" in page and "Because of this." in page


def test_nothing_is_proposed_without_words(cast: Cast, helen: Someone, dead: Client) -> None:
    asked = heir(helen, dead)
    for act in ("grant", "refuse"):
        with pytest.raises(IntegrityError, match="no words"):
            acts.call(cast.coordinator, "heir_step(%s, %s)", asked.pk, act)
    assert state(cast.coordinator, asked) == "new"


def test_who_took_it_down_does_not_decide_it(cast: Cast, dead: Client) -> None:
    """Nor whoever proposed it, nor one who may be them; the lead can, who reads no word of it."""
    asked = heir(cast.coordinator, dead)
    propose(cast.deputy, asked, grant=True)
    for somebody in (cast.coordinator, cast.deputy):
        with pytest.raises(Refused, match="Somebody else decides"):
            confirm(somebody, asked)
    assert state(cast.coordinator, asked) == "to_grant"
    with cast.protection.actor().transaction() as actor:
        assert HeirRequest.objects.filter(pk=asked.pk).exists()
        assert not HeirWords.objects.filter(request=asked).exists()
    with pytest.raises(door.NotPermitted), cast.protection.actor().transaction() as actor:
        door.open_one(actor, dead.pk, "heir.read", "request")
    assert confirm(cast.protection, asked).state == "granted"


def test_even_the_superuser_gives_no_second_voice_to_one_person(
    cast: Cast, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    propose(cast.coordinator, asked, grant=True)
    decided = "UPDATE clients_heirrequest SET state = 'granted', decided_by_id = %s, decided_at = now() WHERE id = %s"
    with superuser() as admin:
        for somebody in (cast.coordinator, helen):
            with pytest.raises(Exception, match="heirrequest_two_people"):
                admin.execute(decided, [somebody.id, asked.pk])


def test_the_lead_sees_facts_and_sends_it_back(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    propose(cast.coordinator, asked, grant=True)
    lead = sign_in(cast.protection)
    where = f"/heirs/{asked.pk}/"
    for page in (lead.get("/heirs/"), lead.get(where), lead.get(f"{where}confirm/")):
        text = page.content.decode()
        assert asked.reference in text
        for said in ("Claire", "notary", "Because of this", dead.reference, str(dead.pk)):
            assert said not in text
    lead.post(f"{where}confirm/", {"answer": "back", "sure": "on"})
    assert state(cast.coordinator, asked) == "new"


def test_nothing_is_given_while_another_heir_objects(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    propose(cast.coordinator, asked, grant=True)
    sent = {"who": "Paul Quercy", "text": "He does not want it."}
    mine = sign_in(helen)
    page = mine.post(f"/heirs/{asked.pk}/objection/", sent, follow=True).content.decode()
    assert "tribunal judiciaire" in page
    with pytest.raises(Refused, match="Another heir objects"):
        confirm(cast.deputy, asked)
    acts.call(cast.deputy, "heir_step(%s, 'back')", asked.pk)
    with pytest.raises(Refused, match="Another heir objects"):
        propose(cast.coordinator, asked, grant=True)
    with superuser() as admin, pytest.raises(Exception, match="heirrequest_no_objection"):
        admin.execute(
            "UPDATE clients_heirrequest SET state = 'granted', proposed_by_id = %s, proposed_at = now(),"
            " decided_by_id = %s, decided_at = now() WHERE id = %s",
            [cast.coordinator.id, cast.deputy.id, asked.pk],
        )
    settle(cast.coordinator, asked)
    propose(cast.coordinator, asked, grant=True)
    assert confirm(cast.deputy, asked).state == "granted"


def test_a_no_can_be_said_while_they_disagree(cast: Cast, helen: Someone, dead: Client) -> None:
    asked = heir(helen, dead)
    objects(helen, asked)
    propose(cast.coordinator, asked, grant=False)
    assert confirm(cast.deputy, asked).state == "refused"
    with pytest.raises(DatabaseError):  # answered: it is not reopened
        objects(helen, asked)


def test_an_accused_coordinator_decides_nothing_of_it(
    cast: Cast, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    accused = recruit(cast.north, "coordinator")
    acts.complain(cast.protection, dead, "coordinator", accused)
    with pytest.raises(Refused):
        propose(accused, asked, grant=True)
    propose(cast.coordinator, asked, grant=True)
    with pytest.raises(Refused):
        confirm(accused, asked)
    assert state(cast.coordinator, asked) == "to_grant"


def test_a_conflict_closes_it(cast: Cast, helen: Someone, dead: Client) -> None:
    asked = heir(helen, dead)
    near = recruit(cast.north, "coordinator")
    acts.conflict(cast.coordinator, near, client=dead)
    with near.actor().transaction():
        assert not HeirRequest.objects.filter(pk=asked.pk).exists()
        assert not HeirWords.objects.filter(request_id=asked.pk).exists()
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(near, "heir_step(%s, 'confirm')", asked.pk)


def test_with_a_sign_in_of_this_moment(cast: Cast, helen: Someone, dead: Client) -> None:
    asked = heir(helen, dead)
    propose(cast.coordinator, asked, grant=True)
    with pytest.raises(Refused):
        confirm(cast.deputy, asked, fresh=False)
    confirm(cast.deputy, asked)
    with pytest.raises((Conflict, Refused)):
        confirm(cast.protection, asked)


def test_of_somebody_who_lives_nothing_is_asked(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    with pytest.raises(Refused):
        heir(helen, client)
    mine = sign_in(helen)
    assert (
        f"/clients/{client.pk}/heirs/new/"
        not in mine.get(f"/clients/{client.pk}/").content.decode()
    )
    assert mine.get(f"/clients/{client.pk}/heirs/new/").status_code == 302


def test_nothing_of_it_can_be_written_past_the_functions(
    cast: Cast, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    for by in (helen, cast.coordinator):
        for statement in (
            "UPDATE clients_heirrequest SET state = 'granted' WHERE client_id = %s",
            "UPDATE clients_heirrequest SET objected_at = NULL WHERE client_id = %s",
            "DELETE FROM clients_heirrequest WHERE client_id = %s",
            "UPDATE clients_heirwords SET revision = 2 WHERE client_id = %s",
            "INSERT INTO clients_heirrequest SELECT * FROM clients_heirrequest WHERE client_id = %s",
        ):
            with (
                pytest.raises(DatabaseError),
                by.actor().transaction(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [dead.pk])
    for stranger in (cast.outsider, cast.south_coordinator, cast.president, cast.administrator):
        with stranger.actor().transaction():
            assert not HeirRequest.objects.filter(pk=asked.pk).exists()
        for act in ("confirm", "object", "refuse"):
            with pytest.raises(ProgrammingError, match="not permitted"):
                acts.call(stranger, "heir_step(%s, %s)", asked.pk, act)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 1, 31), date(2026, 2, 27)),  # the Friday before
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2025, 12, 31), date(2026, 1, 30)),
        (date(2026, 2, 28), date(2026, 3, 27)),
    ],
)
def test_the_answer_is_due_in_one_month(
    helen: Someone, dead: Client, received: date, due: date
) -> None:
    assert heir(helen, dead, received_on=received).due_on == due


def test_not_received_tomorrow_nor_with_a_paper_of_no_day(helen: Someone, dead: Client) -> None:
    with pytest.raises(Refused):
        heir(helen, dead, received_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused):
        heir(helen, dead, proof_seen_on=None)


def test_a_paper_was_seen_on_a_day(sign_in: SignIn, helen: Someone, dead: Client) -> None:
    sent = {name: value for name, value in ASKS.items() if not name.startswith("proof_seen_on")}
    page = sign_in(helen).post(f"/clients/{dead.pk}/heirs/new/", sent).content.decode()
    assert "Say when you saw the paper." in page


@pytest.mark.parametrize(
    "lacks",
    [{"proof": "none", "proof_seen_on": None}, {"proof": "identity"}, {"along": "against"}],
)
def test_no_yes_without_a_paper_or_against_the_directives(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client, lacks: dict[str, Any]
) -> None:
    """Until another paper was seen, which whoever writes in the record corrects: an event of its own."""
    asked = heir(helen, dead, **lacks)
    with pytest.raises(Refused, match="no paper shows"):
        propose(cast.coordinator, asked, grant=True)
    where = f"/heirs/{asked.pk}/paper/"
    assert where in sign_in(cast.coordinator).get(f"/heirs/{asked.pk}/").content.decode()
    sent = {"proof": "deed", "along": "silent", **today("proof_seen_on")}
    assert sign_in(cast.coordinator).post(where, sent).status_code == 302
    assert sign_in(recruit(cast.north)).get(where).status_code == 404
    propose(cast.coordinator, asked, grant=True)
    correct = "heir_correct(%s, 'none', NULL, 'against')"
    assert acts.call(helen, correct, asked.pk) is False  # an answer is proposed
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(recruit(cast.north), correct, asked.pk)
    confirm(cast.deputy, asked)
    assert state(cast.coordinator, asked) == "granted"


def test_the_second_sees_the_paper_where_one_recorded_and_proposed(
    cast: Cast, sign_in: SignIn, dead: Client
) -> None:
    asked = heir(cast.coordinator, dead)
    propose(cast.coordinator, asked, grant=True)
    with pytest.raises(Refused, match="One person recorded this"):
        confirm(cast.deputy, asked)
    browser, sent = sign_in(cast.deputy), {"answer": "confirm", "sure": "on"}
    page = browser.post(f"/heirs/{asked.pk}/confirm/", sent).content.decode()
    assert "saw the paper yourself" in page
    browser.post(f"/heirs/{asked.pk}/confirm/", {**sent, **today("seen_on")})
    assert state(cast.coordinator, asked) == "granted"
    assert "saw the paper on" in browser.get(f"/heirs/{asked.pk}/").content.decode()


def test_a_no_needs_no_paper(cast: Cast, dead: Client) -> None:
    asked = heir(cast.coordinator, dead, proof="none", proof_seen_on=None)
    propose(cast.coordinator, asked, grant=False)
    confirm(cast.deputy, asked)
    assert state(cast.coordinator, asked) == "refused"


def test_words_are_of_the_minute_in_which_they_are_written(
    cast: Cast, helen: Someone, dead: Client
) -> None:
    asked = heir(helen, dead)
    for minutes in (-2, 2):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            cast.coordinator.actor().transaction() as actor,
        ):
            keys = door.open_one(actor, dead.pk, "heir.write", "request")
            row = HeirWords.new(
                keys, client=dead, request=asked, kind="decision", by_id=actor.person, text="No."
            )
            row.made_at = timezone.now() + timedelta(minutes=minutes)
            row.save()


def test_of_who_lives_nothing_waits(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client
) -> None:
    first, second = heir(helen, dead), heir(helen, dead)
    propose(cast.coordinator, second, grant=True)
    browser = sign_in(cast.coordinator)
    assert first.reference in browser.get("/").content.decode()
    lives(cast.coordinator, dead)
    home = browser.get("/").content.decode()
    assert first.reference not in home and second.reference not in home
    assert {state(cast.coordinator, one) for one in (first, second)} == {"moot"}
    assert browser.get(f"/heirs/{first.pk}/").status_code == 200
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.coordinator, "heir_step(%s, 'object')", first.pk)


def test_whom_a_complaint_names_as_coordinator_reads_no_words(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    acts.complain(cast.protection, client, "coordinator", cast.deputy)
    dies(helen, client)
    asked = heir(helen, client)
    said = "The notary needs the dates"
    assert said not in sign_in(cast.deputy).get(f"/heirs/{asked.pk}/").content.decode()
    assert said in sign_in(cast.coordinator).get(f"/heirs/{asked.pk}/").content.decode()


def test_a_form_that_was_opened_in_time_can_still_be_sent(
    cast: Cast, sign_in: SignIn, helen: Someone, dead: Client
) -> None:
    """After ten minutes a page asks again who it is; what was typed goes through a little longer."""
    asked = heir(helen, dead)
    lead = recruit(cast.north, "coordinator")
    browser, where = sign_in(lead), f"/heirs/{asked.pk}/propose/"
    aged = "UPDATE vault_principal SET fresh_at = now() - make_interval(mins => %s) WHERE subject = %s AND kind = 'user'"
    sent = {"answer": "refuse", "text": "Because of this."}
    with superuser() as admin:
        admin.execute(aged, [16, lead.id])
        assert "/sign-in/again/" in browser.post(where, sent)["Location"]
        admin.execute(aged, [12, lead.id])
    assert "/sign-in/again/" in browser.get(where)["Location"]
    assert browser.post(where, sent)["Location"] == f"/heirs/{asked.pk}/"
    assert state(cast.coordinator, asked) == "to_refuse"
