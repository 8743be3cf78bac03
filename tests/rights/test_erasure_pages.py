"""Pages of an erasure: what goes and stays, two people, letters to who received something, the list."""

from __future__ import annotations

import io
import re
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from clients.models import Client
from tests.making import acts, disclosures, erasures
from tests.making.agreements import say
from tests.making.clients import new_client, unexplained
from tests.making.contacts import log_contact
from tests.making.pages import SignIn, errors
from tests.making.people import Cast, recruit
from tests.making.spaces import account_of, today
from volunteers.models import User

pytestmark = pytest.mark.usefixtures("long_lists")
TOLD = {"channel": "letter", **today("told_on")}
PROPOSE = {"ground": "mistake", "looked": "on"}


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with a contact: two people decide."""
    made = new_client(cast.volunteer)
    log_contact(cast.volunteer, made, "Talked.")
    return made


def text_of(pdf: bytes) -> str:
    """The words of a document, on one line."""
    found = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(found.split())


def preview(client: Client) -> str:
    return reverse("erasure_preview", args=[client.pk])


def propose(browser: Browser, client: Client, **more: str) -> UUID:
    answer = browser.post(reverse("erasure_add", args=[client.pk]), {**PROPOSE, **more})
    assert answer.status_code == 302, errors(answer)
    return UUID(answer["Location"].split("/")[2])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_goes_and_what_stays_is_shown_before_anything_happens(
    cast: Cast, client: Client, sign_in: SignIn, language: str
) -> None:
    reader = recruit(cast.north, "coordinator")
    User.objects.filter(pk=reader.id).update(language=language)
    acts.complain(cast.volunteer, client, "coordinator", cast.coordinator)
    browser = sign_in(reader)
    page = browser.get(preview(client)).content.decode()
    counts = dict(re.findall(r"<dt>([^<]+)</dt><dd class=\"pre-line\">([0-9]+)</dd>", page))
    with translation.override(language):
        said = {translation.gettext(word): n for word, n in COUNTED.items()}
        for words in (
            "Backups.",
            "Until the key that opens them is destroyed. Ask us whether that is done.",
            "If something forbids it for now, it waits and goes on by itself.",
            "The record should never have been made",
        ):
            assert translation.gettext(words) in page
        for words in (
            "The client asked for it (Art. 17)",
            "The client does not agree to a record, or no longer",
        ):
            assert translation.gettext(words) not in page
    assert {key: int(counts[key]) for key in said} == said
    main = page[page.index("<main") :]
    assert "omplain" not in main and "clamation" not in main
    assert preview(client) in browser.get(f"/clients/{client.pk}/").content.decode()


COUNTED = {
    "Contacts, with their notes": 2,
    "Files": 0,
    "Messages from their space": 0,
    "Requests about their data": 0,
    "Online spaces": 0,
    "Times that something was shared with a third party": 0,
}


def test_only_reasons_that_hold_are_offered(cast: Cast, client: Client, sign_in: SignIn) -> None:
    browser = sign_in(cast.coordinator)
    add = reverse("erasure_add", args=[client.pk])
    assert 'value="request"' not in browser.get(add).content.decode()
    refused = browser.post(add, {**PROPOSE, "ground": "request"})
    assert refused.status_code == 200
    erasures.asked(cast.deputy, client)
    shown = browser.get(add).content.decode()
    assert 'value="request"' in shown and 'value="no_agreement"' not in shown
    other = new_client(cast.volunteer)
    say(cast.volunteer, other, "withdrawn")
    page = browser.get(f"/clients/{other.pk}/").content.decode()
    assert preview(other) in page  # of a record that is restricted by it
    add = reverse("erasure_add", args=[other.pk])
    assert 'value="no_agreement"' in browser.get(add).content.decode()


def test_one_proposes_another_decides_and_it_goes(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    proposing, deciding = sign_in(cast.coordinator), sign_in(cast.deputy)
    erasure = propose(proposing, client)
    where = reverse("erasure_view", args=[erasure])
    assert where not in proposing.get("/").content.decode()
    home = deciding.get("/").content.decode()
    assert "Deletions that wait for a decision" in home and where in home
    assert "Yes, decide on it" not in proposing.get(where).content.decode()
    assert proposing.get(reverse("erasure_decide", args=[erasure])).status_code == 403
    assert "Yes, decide on it" in deciding.get(where).content.decode()
    yes = reverse("erasure_decide", args=[erasure])
    assert "Yes, delete this record" in deciding.get(yes).content.decode()
    assert erasures.state(erasure) == "proposed"  # to look is not to decide
    deciding.post(yes)
    assert "went on meanwhile" in deciding.post(yes, follow=True).content.decode()
    erasures.come(erasure)
    erasures.carried_out(erasure)
    assert proposing.get(f"/clients/{client.pk}/").status_code == 404
    gone = deciding.get(where).content.decode()
    assert "Number in the ledger" in gone and client.reference not in gone


def test_where_nothing_was_said_one_person_decides(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.coordinator)
    browser = sign_in(cast.coordinator)
    assert "whoever proposes it can decide too" in browser.get(preview(client)).content.decode()
    erasure = propose(browser, client)
    assert reverse("erasure_view", args=[erasure]) in browser.get("/").content.decode()
    browser.post(reverse("erasure_decide", args=[erasure]))
    assert erasures.state(erasure) == "decided"
    back = browser.post(reverse("erasure_withdraw", args=[erasure]), follow=True)
    assert "Taken back. The record stays." in back.content.decode()
    assert erasures.state(erasure) == "withdrawn"


def test_a_no_keeps_the_record(cast: Cast, client: Client, sign_in: SignIn) -> None:
    erasure = propose(sign_in(cast.coordinator), client)
    browser = sign_in(cast.deputy)
    browser.get(reverse("erasure_refuse", args=[erasure]))  # back from signing in: no act
    assert erasures.state(erasure) == "proposed"
    browser.post(reverse("erasure_refuse", args=[erasure]))
    assert erasures.state(erasure) == "refused"


def test_each_dangerous_act_asks_who_it_is_again(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    erasures.asked(cast.deputy, client)
    erasure = erasures.proposed(cast.coordinator, client, "request")
    stale = sign_in(cast.deputy, fresh=False)
    acting = {"erasure_add": client.pk} | dict.fromkeys(
        ("erasure_decide", "erasure_refuse", "erasure_waive", "erasure_withdraw"), erasure
    )
    for name, pk in acting.items():
        answer = stale.post(reverse(name, args=[pk]), {**PROPOSE, "how": "phone", "said": "on"})
        assert answer["Location"].startswith(reverse("reauthenticate")), name
    assert erasures.state(erasure) == "proposed"


def test_the_client_waives_the_pause_through_staff(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    erasures.asked(cast.deputy, client)
    browser = sign_in(cast.coordinator)
    erasure = propose(browser, client, ground="request")
    waive = reverse("erasure_waive", args=[erasure])
    assert 'value="portal"' not in browser.get(waive).content.decode()
    assert "tick the box" in errors(browser.post(waive, {"how": "phone"}))
    shown = browser.post(waive, {"how": "phone", "said": "on"}, follow=True).content.decode()
    assert "The client said so on" in shown
    row = superuser.execute(
        "SELECT waived_how, not_before <= now() FROM rights_erasure WHERE id = %s", [erasure]
    ).fetchone()
    assert row == ("phone", True)
    other = new_client(cast.volunteer)
    mistake = propose(browser, other)
    page = browser.get(reverse("erasure_waive", args=[mistake]), follow=True).content.decode()
    assert "There is no time to think that the client could give up." in page


def test_who_received_something_is_told_while_a_letter_can_be_made(
    cast: Cast, sign_in: SignIn
) -> None:
    made = disclosures.released(cast).disclosure
    client, browser = made.client, sign_in(cast.deputy)
    where = reverse("erasure_recipients", args=[client.pk])
    letter = reverse("erasure_letter", args=[client.pk, made.pk])
    assert "1 recipient is not told yet" in browser.get(preview(client)).content.decode()
    before = browser.get(where).content.decode()
    assert disclosures.WORDS["recipient"] in before and letter not in before
    assert browser.get(letter).status_code == 404
    add = reverse("erasure_add", args=[client.pk])
    assert "1 recipient is not told yet" in browser.get(add).content.decode()
    erasure = propose(browser, client)
    for language, word in (("en", "delete what we gave you"), ("fr", "effacer ce que nous vous")):
        User.objects.filter(pk=cast.deputy.id).update(language=language)
        text = text_of(browser.get(letter).content)
        assert word in text and made.reference in text and "Aubertot" in text
        for name in ("Honorine", "Vauquelin", disclosures.CHOSEN):
            assert name not in text
    User.objects.filter(pk=cast.deputy.id).update(language="en")
    deciding = sign_in(cast.coordinator)
    decide = reverse("erasure_decide", args=[erasure])
    assert "1 recipient is not told yet" in deciding.get(decide).content.decode()
    told = reverse("erasure_told", args=[client.pk, made.pk])
    assert "Told on" in browser.post(told, TOLD, follow=True).content.decode()
    assert "written down before" in browser.post(told, TOLD, follow=True).content.decode()
    assert "not told yet" not in deciding.get(decide).content.decode()
    own = sign_in(account_of(cast, client)).get(reverse("portal_disclosures")).content.decode()
    assert "Your record is being deleted" in own and "Corrected since" not in own
    # Taken back, and proposed anew: what they were told then is over.
    browser.post(reverse("erasure_withdraw", args=[erasure]))
    propose(browser, client)
    assert "1 recipient is not told yet" in browser.get(preview(client)).content.decode()


def test_only_who_looks_after_the_client_tells(cast: Cast) -> None:
    made = disclosures.released(cast).disclosure
    tell = "tell_of_erasure(gen_random_uuid(), %s, 'letter', sec.today() - %s)"
    with pytest.raises(DatabaseError, match="not permitted"):
        acts.call(cast.deputy, tell, made.pk, 0)  # none is proposed
    erasures.proposed(cast.deputy, made.client)
    for person in (cast.volunteer, cast.south_coordinator, cast.president, cast.protection):
        with pytest.raises(DatabaseError, match="not permitted"):
            acts.call(person, tell, made.pk, 0)
    with pytest.raises(DatabaseError, match="not permitted"):
        acts.call(cast.deputy, tell, made.pk, 1)  # before it was proposed
    acts.complain(cast.volunteer, made.client, "coordinator", cast.coordinator)
    with pytest.raises(DatabaseError, match="names you"):
        acts.call(cast.coordinator, tell, made.pk, 0)
    assert acts.call(cast.deputy, tell, made.pk, 0) is True


def test_the_certificate_can_be_checked_with_what_stands_on_it(
    cast: Cast, client: Client, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    browser = sign_in(cast.coordinator)
    erasure = propose(browser, client)
    text = text_of(browser.get(reverse("erasure_certificate", args=[erasure])).content)
    printed = sha256(client.pk.bytes).hexdigest()
    assert str(client.pk) in text and printed in text.replace(" ", "")
    for word in ("Odile", "Quercy", client.reference):
        assert word not in text
    command = f"printf {client.pk.hex} | xxd -r -p | sha256sum"
    assert command in text
    events = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'erasure.certificate'",
        [client.pk],
    ).fetchone()
    assert events == (1,)
    sign_in(cast.deputy).post(reverse("erasure_decide", args=[erasure]))
    erasures.come(erasure)
    erasures.carried_out(erasure)
    line = superuser.execute(
        "SELECT encode(l.record, 'hex') FROM rights_erasureline l JOIN rights_erasure e"
        " ON e.number = l.number WHERE e.id = %s",
        [erasure],
    ).fetchone()
    assert line == (printed,)


def test_the_lead_has_a_list_that_names_nobody(
    cast: Cast,
    client: Client,
    sign_in: SignIn,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erasure = erasures.decided(cast, client)
    erasures.carried_out(erasure)
    waiting = new_client(cast.volunteer)
    standing = erasures.proposed(cast.coordinator, waiting)
    monkeypatch.setattr("rights.erasure.views.erasures.PAGE", 200)
    lead = sign_in(cast.protection)
    page = lead.get(reverse("erasure_register")).content.decode()
    number = superuser.execute(
        "SELECT number FROM rights_erasure WHERE id = %s", [erasure]
    ).fetchone()
    assert number and f"Number {number[0]} " in page
    assert reverse("erasure_view", args=[standing]) in page
    for word in (waiting.reference, client.reference, str(waiting.pk), "Odile"):
        assert word not in page
    assert reverse("erasure_register") in lead.get(reverse("request_register")).content.decode()
