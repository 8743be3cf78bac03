"""Branch duty is no master key: no page shows a coordinator words without a reason; others see nothing."""

from __future__ import annotations

import time
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser

from clients.contacts.actions import contacts
from clients.contacts.actions.attachments import NewFile, attach
from clients.models import Attachment, Client, Contact, ContactNote, Grant, ReadingReason
from clients.who_may_know.actions import grants
from tests.making import disclosures
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, recruit
from vault.exceptions import Refused

WORDS = [
    "Sleeps badly since",
    "Lives alone near",
    "That is fine.",
    "Ask about the pills",
    "pills.txt",
]


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with words wherever words can be."""
    owner = recruit(cast.north)
    made = new_client(owner)
    with owner.actor().transaction() as actor:
        new = contacts.NewContact(
            "visit",
            date(2026, 1, 6),
            text="Sleeps badly since the move.",
            follow_up="Ask about the pills",
            follow_up_on=date(2026, 1, 9),
        )
        contact = contacts.log_contact(by=actor, client=made, new=new)
        attach(by=actor, contact=contact, new=NewFile("pills.txt", "text/plain", b"Two a day."))
    return made


def pages(cast: Cast, client: Client, browser: Browser) -> dict[str, str]:
    """Every page of a coordinator on which words of this client could stand."""
    with cast.coordinator.actor().transaction():
        ids = list(Contact.objects.filter(client=client).values_list("pk", flat=True))
    paths = [
        "/",
        "/clients/",
        "/follow-ups/",
        "/disclosures/",
        "/requests/",
        f"/clients/{client.pk}/",
        f"/clients/{client.pk}/who-may-see/",
        f"/clients/{client.pk}/who-may-see/?print=1",
        f"/clients/{client.pk}/disclosures/",
        f"/clients/{client.pk}/disclosures/new/",
        f"/clients/{client.pk}/contacts/new/",
        f"/clients/{client.pk}/explanation/",
        f"/clients/{client.pk}/move/",
        f"/clients/{client.pk}/consultations/",
        f"/clients/{client.pk}/background/",
        *(f"/contacts/{pk}/{part}" for pk in ids for part in ("", "history/", "correct/")),
    ]
    found = {path: browser.get(path).content.decode() for path in paths}
    for words in ("badly", "pills", "alone"):
        found[f"search {words}"] = browser.post(
            "/search/", {"words": words, "notes": "on"}
        ).content.decode()
    return found


def told(found: dict[str, str]) -> set[str]:
    """The words that stand on any of these pages."""
    return {word for word in WORDS for text in found.values() if word in text}


def test_coordinator_meets_no_word_without_a_reason(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    browser = sign_in(cast.coordinator)
    assert told(pages(cast, client, browser)) == set()
    with cast.coordinator.actor().transaction():
        file = Attachment.objects.filter(client=client)
        assert not file.exists()
        assert not ContactNote.objects.filter(client=client).exists()
    assert (
        browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"}).status_code == 302
    )
    assert told(pages(cast, client, browser)) == set(WORDS)


@pytest.mark.parametrize("reason", ReadingReason.values)
def test_each_reason_opens_one_hour(
    reason: str, cast: Cast, client: Client, superuser: psycopg.Connection
) -> None:
    with cast.deputy.actor().transaction() as actor:
        grant = grants.open_notes(by=actor, client=client, reason=reason)
    with cast.deputy.actor().transaction():
        kept = Grant.objects.get(pk=grant.pk)
        assert 3590 <= (kept.ends_at - kept.starts_at).total_seconds() <= 3600  # type: ignore[operator]
        assert ContactNote.objects.filter(client=client).exists()
    for table, column in (("clients_grant", "id"), ("clients_clientpermission", "grant_id")):
        superuser.execute(
            f"SET session_replication_role = replica; UPDATE {table} SET starts_at = now() - interval '2 hours',"
            f" ends_at = now() - interval '1 second' WHERE {column} = '{grant.pk}'; RESET session_replication_role"
        )
    with cast.deputy.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()


def test_reason_without_a_fresh_sign_in_opens_nothing(cast: Cast, client: Client) -> None:
    with pytest.raises(Refused) as refused:
        with cast.deputy.actor(fresh=False).transaction() as actor:
            grants.open_notes(by=actor, client=client, reason="coordination")
    assert "row-level security" in str(refused.value.__cause__)


@pytest.mark.parametrize("who", ["protection", "administrator", "president"])
def test_offices_see_nothing_of_a_client(
    who: str, cast: Cast, client: Client, sign_in: SignIn
) -> None:
    found = pages(cast, client, sign_in(getattr(cast, who)))
    assert told(found) == set()
    assert not [
        path for path, text in found.items() if client.reference in text or "Quercy" in text
    ]


def test_notes_of_a_disclosure_ask_for_the_password_again(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.asked(cast)
    stale, at = sign_in(cast.deputy, fresh=False), f"/disclosures/{made.pk}/"
    answer = stale.post(at + "notes/")
    assert answer["Location"] == f"/sign-in/again/?next=%2Fdisclosures%2F{made.pk}%2Fdecide%2F"
    with cast.deputy.actor().transaction():
        assert (
            not Grant.objects.live().filter(client=made.client_id, purpose="coordination").exists()
        )
    fresh = sign_in(cast.deputy)
    assert disclosures.CHOSEN not in fresh.get(at + "decide/").content.decode()
    assert fresh.post(at + "notes/")["Location"] == at + "decide/"
    assert disclosures.CHOSEN in fresh.get(at + "decide/").content.decode()


def test_grant_that_ends_while_a_page_is_read_gives_a_page_or_nothing(
    cast: Cast, client: Client, sign_in: SignIn
) -> None:
    import threading

    from django.db import connections

    with cast.coordinator.actor().transaction():
        owner = client.grants.get().person_id
    browser, seen, latest = sign_in(owner), [], time.monotonic() + 60

    def read() -> None:
        while 404 not in seen and time.monotonic() < latest:
            seen.append(browser.get(f"/clients/{client.pk}/").status_code)
        connections.close_all()

    thread = threading.Thread(target=read)
    thread.start()
    while 200 not in seen and thread.is_alive():
        time.sleep(0.01)
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(by=actor, grant=client.grants.get())
    thread.join()
    # Of the one page that was being made just then the database may refuse the rest.
    assert set(seen) - {403} == {200, 404} and seen.count(403) <= 1
    assert seen == sorted(seen)
    assert sign_in(owner).get(f"/clients/{uuid4()}/").status_code == 404
