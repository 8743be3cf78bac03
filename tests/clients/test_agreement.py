"""The client's agreement: asked apart, given and taken back in one act, and a no that is done at once."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Agreement, Client, Contact, Explanation
from clients.records import agreement_words
from rights.models import SubjectRequest
from rights.requests import actions as requests
from tests.making import acts
from tests.making.agreements import say
from tests.making.clients import NOTE, intake, new_client, unexplained
from tests.making.contacts import entry
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import lift, restrict
from tests.making.spaces import today
from tests.making.versions import new_code, versions_forgotten
from vault.exceptions import Refused

# Words that were said are never changed: a change is a new version with a new hash here.
SAID = {
    (1, "en"): "d8e5fa",
    (1, "fr"): "196a8a",
}
ANSWER = {"channel": "phone", "language": "fr", "quality": "self", **today("happened_on")}
CARD_ONLY = (True, True, False, False)


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


def latest(by: Someone, client: Client) -> Agreement:
    with by.actor().transaction():
        return Agreement.objects.filter(client=client)[0]


def test_words_that_were_said_stay_what_they_were() -> None:
    found = {
        (version, language): sha256(text.encode()).hexdigest()[:6]
        for version, texts in agreement_words.WORDS.items()
        for language, text in texts.items()
    }
    assert found == SAID


def test_it_is_asked_in_its_own_words_and_noted(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    browser = sign_in(helen)
    assert "has not been asked yet" in browser.get(f"/clients/{client.pk}/").content.decode()
    page = browser.get(f"/clients/{client.pk}/agreement/").content.decode()
    for language in ("fr", "en"):
        assert agreement_words.asked(language)[:60].replace("’", "’") in page
    sent = {**ANSWER, "answer": "no_health", "words": "Not the illness."}
    assert browser.post(f"/clients/{client.pk}/agreement/", sent).status_code == 302
    noted = latest(helen, client)
    assert (noted.answer, noted.quality, noted.wording, noted.by_id) == (
        "no_health",
        "self",
        agreement_words.LATEST,
        helen.id,
    )
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "nothing about health" in page and "has not been asked yet" not in page
    assert "Not the illness." in browser.get(f"/clients/{client.pk}/agreement/").content.decode()


def test_with_the_first_contact_in_one_act(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    sent = intake(answer="no_health", branch=str(cast.north))
    response = sign_in(helen).post("/clients/new/", sent)
    with helen.actor().transaction():
        client = Client.objects.get(pk=response["Location"].split("/")[2])
        assert client.agreed == "no_health"
        assert Explanation.objects.get(client=client).answer == "yes"


def test_who_answers_for_somebody_is_named_with_what_shows_that_they_may(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    where = f"/clients/{client.pk}/agreement/"
    sent = {**ANSWER, "answer": "yes", "quality": "guardian"}
    page = sign_in(helen).post(where, sent).content.decode()
    assert "Say what shows that they may answer." in page
    sign_in(helen).post(where, {**sent, "who": "Mme Roux", "proof": "Judgment of 3 March 2025"})
    assert latest(helen, client).quality == "guardian"
    shown = sign_in(helen).get(where).content.decode()
    assert "Mme Roux" in shown and "Judgment of 3 March 2025" in shown


def test_a_no_is_done_at_once(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """Restricted in that second, and the deletion asked for; the volunteer loses nothing but the notes."""
    client = new_client(helen)
    browser = sign_in(helen)
    browser.post(f"/clients/{client.pk}/agreement/", {**ANSWER, "answer": "yes"})
    where = f"/clients/{client.pk}/agreement/no/"
    assert "changes nothing in our support" in browser.get(where).content.decode()
    sent = {"channel": "phone", "words": "I do not want this any more.", **today("happened_on")}
    page = browser.post(where, sent, follow=True).content.decode()
    assert f"under the number {latest(cast.coordinator, client).paper}" in page
    assert acts.sees(helen, client) == CARD_ONLY
    assert latest(cast.coordinator, client).answer == "withdrawn"
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
        assert (asked.kind, asked.by_id) == ("deletion", helen.id)
    assert NOTE not in browser.get(f"/clients/{client.pk}/").content.decode()
    browser.post(where, sent)  # pressed again
    with cast.coordinator.actor().transaction():
        assert SubjectRequest.objects.filter(client=client).count() == 1


def test_a_no_in_the_explanation_or_while_logging_keeps_nothing_of_the_contact(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = unexplained(helen)
    sent = entry(
        text="Wept about the results.",
        **{"explanation-explained": "on", "explanation-answer": "no_record"},
    )
    page = sign_in(helen).post(f"/clients/{client.pk}/contacts/new/", sent, follow=True)
    assert "Nothing of this contact was kept" in page.content.decode()
    with cast.coordinator.actor().transaction():
        assert not Contact.objects.filter(client=client).exists()
        assert Client.objects.get(pk=client.pk).restricted_at
        assert SubjectRequest.objects.filter(client=client, kind="deletion").exists()


def test_yes_again_and_the_coordinator_uses_it_again(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    sent = {"channel": "phone", **today("happened_on")}
    sign_in(helen).post(f"/clients/{client.pk}/agreement/no/", sent)
    assert latest(cast.coordinator, client).answer == "no_record"
    again = {**ANSWER, "answer": "yes"}
    sign_in(cast.coordinator).post(f"/clients/{client.pk}/agreement/", again)
    assert latest(cast.coordinator, client).answer == "yes"
    lift(cast.coordinator, client)
    assert acts.sees(helen, client) == acts.ALL


def test_nobody_else_notes_an_answer_and_none_is_changed(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    day = timezone.localdate()
    note = "agree(%s, %s, 'yes', 'self', 'interest', 1::smallint, 'phone', 'fr', %s, 'F-234567')"
    for stranger in (cast.outsider, cast.president, cast.south_coordinator, cast.administrator):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(stranger, note, uuid4(), client.pk, day)
    with pytest.raises(ProgrammingError, match="not permitted"):  # not of tomorrow
        acts.call(helen, note, uuid4(), client.pk, day + timedelta(days=1))
    acts.call(helen, note, uuid4(), client.pk, day)
    for statement in (
        "UPDATE clients_agreement SET answer = 'no_health' WHERE client_id = %s",
        "DELETE FROM clients_agreement WHERE client_id = %s",
        "UPDATE clients_client SET agreed = '' WHERE id = %s",
        "UPDATE clients_agreementwords SET revision = 2 WHERE client_id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [client.pk])
    assert latest(helen, client).happened_on == day


def test_a_volunteer_takes_down_no_other_request_and_of_no_other_client(
    cast: Cast, helen: Someone
) -> None:
    client, other = new_client(helen), new_client(cast.outsider)
    for of, branch in ((other, cast.south), (client, cast.south)):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
        ):
            SubjectRequest(
                client=of, branch_id=branch, kind="deletion", due_on=date(2026, 12, 28)
            ).save(force_insert=True)


@pytest.mark.usefixtures("long_lists")
def test_who_is_left_to_ask_and_to_tell_again_stands_before_the_coordinator(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, helen: Someone
) -> None:
    client = new_client(helen, given_name="Ottoline", family_name="Pradel")
    browser = sign_in(cast.coordinator)
    where = "/agreements/"
    assert "Pradel" in browser.get(where).content.decode()
    assert sign_in(helen).get(where).status_code == 403
    with superuser.transaction():
        superuser.execute(acts.ASLEEP.replace("SET ", "SET LOCAL "))
        superuser.execute(
            "UPDATE clients_client SET taken_in_at = now() - interval '15 days' WHERE id = %s",
            [client.pk],
        )
    assert "never asked" in browser.get("/").content.decode()
    sign_in(helen).post(f"/clients/{client.pk}/agreement/", {**ANSWER, "answer": "yes"})
    assert "Pradel" not in browser.get(where).content.decode()
    with versions_forgotten(superuser):
        new_code(cast.president)
        for person in (cast.coordinator, helen):
            sign(sign_in(person))
        assert "Pradel" in browser.get(where).content.decode()
        assert "code as it is now" in browser.get("/").content.decode()
        form = sign_in(helen).get(f"/clients/{client.pk}/contacts/new/").content.decode()
        assert "changed in substance since it was explained" in form


def sign(browser: Browser) -> None:
    text = browser.get("/code/sign/").context["form"].initial["text"]
    browser.post("/code/sign/", {"text": str(text), "agreed": "on"})


def test_a_restriction_does_not_end_while_the_answer_is_a_no(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    restrict(cast.coordinator, client)  # for another reason
    say(cast.coordinator, client, "withdrawn")
    with pytest.raises(Refused):
        lift(cast.coordinator, client)
    page = sign_in(cast.coordinator).post(
        f"/clients/{client.pk}/restriction/end/", {"why": "Settled.", "told": "on"}, follow=True
    )
    assert "note their answer first" in page.content.decode()
    say(cast.coordinator, client, "yes")
    assert lift(cast.coordinator, client)


def test_who_took_a_deletion_down_does_not_fulfil_it(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    say(cast.coordinator, client, "no_record")
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    sent = {"decision": "done", "answer": "Gone.", "revision": "1"}
    browser = sign_in(cast.coordinator)
    where = f"/requests/{asked.pk}/"
    assert "Taken down by" in browser.get(where).content.decode()
    browser.post(f"{where}answer/", sent)
    with cast.coordinator.actor().transaction():
        assert SubjectRequest.objects.get(pk=asked.pk).state != "done"


def test_who_took_it_down_sees_it_until_somebody_sees_to_it(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    say(helen, client, "no_record")
    with helen.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    with cast.coordinator.actor().transaction() as actor:
        requests.take_up(by=actor, request=asked)
    with helen.actor().transaction():
        assert not SubjectRequest.objects.filter(client=client).exists()


@pytest.mark.parametrize(
    ("words", "day"), [(0, "2026-01-05"), (1000, "2026-01-05"), (1, "1899-12-31"), (1, "-infinity")]
)
def test_an_answer_has_words_and_a_day_that_can_be(helen: Someone, words: int, day: str) -> None:
    client = new_client(helen)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(
            helen,
            "agree(%s, %s, 'yes', 'self', 'interest', %s::smallint, 'phone', 'fr', %s::date, '')",
            uuid4(),
            client.pk,
            words,
            day,
        )


def test_words_of_a_version_that_is_not_ours_are_none() -> None:
    assert agreement_words.asked("fr", 99) == ""
