"""The page "who may know what, why, until when", for the team and for the client; whom the client names."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import door
from clients.models import Client, Consultation, Contact, Emergency, Grant, WhoMayKnow
from clients.who_may_know.actions import grants, may_know
from tests.making import disclosures
from tests.making.acts import call, consult, emergency
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import open_portal
from volunteers.actions import duties


def page(browser: Browser, client: Client, query: str = "") -> str:
    """The page, as text in one line without marks."""
    return plain(browser.get(f"/clients/{client.pk}/who-may-see/{query}").content.decode())


def plain(text: str) -> str:
    """What a page says, without its frame and marks."""
    main = text[text.index("<main") : text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def tell(by: Someone, client: Client, person: str = "Claire Dufour") -> WhoMayKnow:
    """The client lets somebody be told."""
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "may_know.add", "support")
        return may_know.let_know(
            by=actor,
            client=client,
            keys=keys,
            person=person,
            reach="06 39 98 44 55",
            what="Her appointments",
            until=None,
        )


def test_every_basis_stands_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    owner, driver, asked, opener = (recruit(cast.north) for _ in range(4))
    stand_in = recruit(cast.north)
    until = timezone.now() + timedelta(days=9)
    duties.appoint(
        by=cast.president.actor(),
        person=stand_in.id,
        duty="coordinator",
        branch=cast.north,
        until=until,
    )
    client = new_client(owner)
    assign(cast.coordinator, client, driver, scope="errand")
    with owner.actor().transaction():
        contact = Contact.objects.get(client=client)
    consult(owner, asked, client, whole=[contact.pk])
    emergency(opener, client, "missed")
    with cast.deputy.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="request")
    tell(owner, client)
    for reader in (cast.coordinator, owner):
        shown = page(sign_in(reader), client)
        for part in (
            f"{owner.working_name} What Everything: identity, contacts and notes, logging contacts Why Took this client in",
            f"{driver.working_name} What An errand",
            f"{asked.working_name} Consultation What 1 contact with its notes, and what is written",
            "Why How best to support the client",
            f"{opener.working_name} Emergency access",
            "Why A visit or call was missed"
            if reader is cast.coordinator
            else "Why Emergency access",
            f"{cast.deputy.working_name} What Reading notes Why A client&#39;s request about their data",
            f"{cast.coordinator.working_name} What Who it is, how to reach them",
            f"{stand_in.working_name} Stands in What Who it is",
            "Claire Dufour May be told Her appointments Reached by 06 39 98 44 55",
            "Nothing has left the association.",
        ):
            assert part in shown, part
        assert cast.south_coordinator.working_name not in shown


def test_names_of_a_disclosure_stand_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    out = disclosures.released(cast)
    shown = page(sign_in(cast.coordinator), out.disclosure.client)
    assert disclosures.WORDS["recipient"] in shown
    assert "1 contact, on paper Why The wider public interest justifies it" in shown
    assert "Passed on outside" in shown


def test_ended_lines_stay_with_who_ended_them(cast: Cast, sign_in: SignIn) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    grant = assign(cast.coordinator, client, recruit(cast.north))
    browser = sign_in(cast.coordinator)
    browser.post(f"/grants/{grant.pk}/end/")
    shown = page(browser, client)
    assert f"Ended by {cast.coordinator.working_name}" in shown.partition("Ended before")[2]
    printed = page(browser, client, "?print=1")
    assert "Les Mains · North" in printed
    assert client.reference in printed
    assert "Ended before" in printed
    assert "End this" not in printed


def test_consultation_and_emergency_end_as_a_whole_from_the_page(
    cast: Cast, sign_in: SignIn
) -> None:
    owner, asked, opener = (recruit(cast.north) for _ in range(3))
    client = new_client(owner)
    with owner.actor().transaction():
        contact = Contact.objects.get(client=client)
    made = consult(owner, asked, client, whole=[contact.pk])
    opened, _ = emergency(opener, client)
    for act, model, by in [(made, Consultation, owner), (opened, Emergency, cast.coordinator)]:
        with by.actor().transaction():
            grant = Grant.objects.filter(act=act).first()
            assert grant is not None
        browser = sign_in(by)
        assert "/grants/" in browser.get(f"/clients/{client.pk}/who-may-see/").content.decode()
        assert browser.post(f"/grants/{grant.pk}/end/").status_code == 302
        with cast.coordinator.actor().transaction():
            assert not model.objects.live().filter(pk=act).exists()
            assert not Grant.objects.live().filter(act=act).exists()
        assert (
            "had ended already"
            in browser.post(f"/grants/{grant.pk}/end/", follow=True).content.decode()
        )


def test_a_consulted_colleague_sees_no_such_page(cast: Cast, sign_in: SignIn) -> None:
    owner, asked = recruit(cast.north), recruit(cast.north)
    client = new_client(owner)
    consult(owner, asked, client)
    assert sign_in(asked).get(f"/clients/{client.pk}/who-may-see/").status_code == 404


def test_coordinator_in_conflict_is_not_said_to_see(cast: Cast, sign_in: SignIn) -> None:
    lead, owner = recruit(cast.north, "coordinator"), recruit(cast.north)
    client = new_client(owner)
    assert lead.working_name in page(sign_in(cast.coordinator), client)
    call(
        cast.coordinator,
        "mark_conflict(%s, %s, %s, NULL, NULL, 'family')",
        uuid4(),
        lead.id,
        client.pk,
    )
    now, _, ended = page(sign_in(cast.coordinator), client).partition("Ended before")
    assert lead.working_name not in now
    assert lead.working_name in ended


def test_protected_record_names_the_named_only(cast: Cast, sign_in: SignIn) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [owner.id])
    now = page(sign_in(cast.coordinator), client).partition("Ended before")[0]
    assert "Named for this protected record" in now
    assert cast.deputy.working_name not in now
    assert sign_in(cast.deputy).get(f"/clients/{client.pk}/who-may-see/").status_code == 404


def statements(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connections["default"]) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_number_of_statements_does_not_follow_the_number_of_lines(
    cast: Cast, sign_in: SignIn
) -> None:
    owner = recruit(cast.north)
    few, many = new_client(owner), new_client(owner)
    tell(owner, few)
    for _ in range(6):
        tell(owner, many)
        grant = assign(cast.coordinator, many, recruit(cast.north))
        with cast.coordinator.actor().transaction() as actor:
            grants.end_grant(by=actor, grant=grant)  # type: ignore[arg-type]
        consult(owner, cast.colleague, many)
        call(
            owner,
            "consult(%s, %s, %s, 'client', false, '{}', NULL, '2026-01-04')",
            uuid4(),
            many.pk,
            cast.deputy.id,
        )
    for someone in (cast.coordinator, owner):
        browser = sign_in(someone)
        counts = [statements(browser, f"/clients/{c.pk}/who-may-see/") for c in (few, few, many)]
        assert counts[1] == counts[2], counts


# ---- the client's own page


def test_client_sees_roles_and_reasons_and_no_name(cast: Cast, sign_in: SignIn) -> None:
    owner, asked = recruit(cast.north), recruit(cast.north)
    client = new_client(owner)
    consult(owner, asked, client)
    call(
        owner,
        "consult(%s, %s, %s, 'volunteer', false, '{}', NULL, '2026-01-04')",
        uuid4(),
        client.pk,
        cast.deputy.id,
    )
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    account, _ = open_portal(owner, client)
    text = sign_in(account).get("/my-space/who/").content.decode()
    for part in (
        "A volunteer",
        "The coordination",
        "A colleague who is asked for advice",
        "Opened your record",
        "To organise or check your support",
        "How best to support you",
    ):
        assert part in text, part
    for someone in (owner, asked, cast.coordinator, cast.deputy):
        assert someone.working_name not in text
    assert "End this" not in text and "this client" not in text
    # Coordinators of whom the same is said are one.
    assert text.count("Organises the support") < 3 and "people)" in text


def test_quiet_portal_has_no_such_page(cast: Cast, sign_in: SignIn, superuser: Any) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    row = tell(owner, client)
    account, _ = open_portal(owner, client)
    assert "Claire Dufour" in sign_in(account).get("/my-space/who/").content.decode()
    quiet = 'UPDATE clients_portalaccess SET quiet = true WHERE "user" = %s'
    superuser.execute(quiet, [account])
    browser = sign_in(account)
    absent = browser.get("/my-space/nothing-of-the-kind/")
    for path in ("/my-space/who/", f"/my-space/who/{row.pk}/end/"):
        hidden = browser.get(path)
        assert (hidden.status_code, plain(hidden.content.decode())) == (
            404,
            plain(absent.content.decode()),
        )
    assert "/who/" not in browser.get("/my-space/").content.decode()


# ---- whom the client lets be told


def test_volunteer_notes_whom_the_client_names_and_takes_it_back(
    cast: Cast, sign_in: SignIn
) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    browser = sign_in(owner)
    add = f"/clients/{client.pk}/may-know/new/"
    refused = browser.post(add, {"person": "", "what": ""})
    assert refused.status_code == 200
    assert "Say who may be told." in refused.content.decode()
    said = browser.post(add, {"person": "Mrs Blanc, nurse", "what": "The visits"}, follow=True)
    assert "It is noted" in said.content.decode()
    assert "Mrs Blanc, nurse" in page(browser, client)
    with owner.actor().transaction():
        row = WhoMayKnow.objects.get(client=client)
    end = f"/may-know/{row.pk}/end/"
    assert "Mrs Blanc, nurse" in browser.get(end).content.decode()
    assert "It is taken back" in browser.post(end, follow=True).content.decode()
    assert "taken back before" in browser.post(end, follow=True).content.decode()
    now, _, ended = page(browser, client).partition("Ended before")
    assert "Mrs Blanc, nurse" not in now
    assert "Taken back on" in ended


def test_what_the_client_named_is_sealed(cast: Cast, superuser: Any) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    tell(owner, client, "Séverine Quatrebarbes")
    (sealed,) = superuser.execute(
        "SELECT sealed FROM clients_whomayknow WHERE client_id = %s", [client.pk]
    ).fetchone()
    assert b"Quatrebarbes" not in bytes(sealed)


def test_errand_and_reader_note_nothing(cast: Cast, sign_in: SignIn) -> None:
    owner, driver = recruit(cast.north), recruit(cast.north)
    client = new_client(owner)
    assign(cast.coordinator, client, driver, scope="errand")
    row = tell(owner, client)
    browser = sign_in(driver)
    assert browser.get(f"/clients/{client.pk}/may-know/new/").status_code == 403
    assert browser.post(f"/may-know/{row.pk}/end/").status_code == 403
    with driver.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "may_know.end", "support")
        found = WhoMayKnow.objects.get(pk=row.pk).unlock(keys)
        assert may_know.take_back(by=actor, row=found) is False
    with pytest.raises(ProgrammingError, match="row-level security"):
        tell(driver, client)


def test_client_takes_back_in_the_portal_and_nobody_elses(cast: Cast, sign_in: SignIn) -> None:
    owner = recruit(cast.north)
    client, other = new_client(owner), new_client(owner)
    mine, theirs = tell(owner, client), tell(owner, other, "Somebody else")
    account, _ = open_portal(owner, client)
    browser = sign_in(account)
    for path in (f"/my-space/who/{theirs.pk}/end/", f"/my-space/who/{uuid4()}/end/"):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
    assert browser.post(f"/my-space/who/{mine.pk}/end/", follow=True).status_code == 200
    with owner.actor().transaction():
        assert WhoMayKnow.objects.get(pk=mine.pk).revoked_at is not None
        assert WhoMayKnow.objects.get(pk=theirs.pk).revoked_at is None


def test_asked_directly_the_database_tells_nobody_else(cast: Cast, superuser: Any) -> None:
    owner = recruit(cast.north)
    client = new_client(owner)
    ask = "SELECT count(*) FROM sec.who_by_duty(%s)"
    for someone, lines in (
        (owner, True),
        (cast.deputy, True),
        (cast.outsider, False),
        (cast.colleague, False),
        (cast.south_coordinator, False),
        (cast.president, False),
        (cast.protection, False),
    ):
        with someone.actor().transaction(), connections["default"].cursor() as cursor:
            cursor.execute(ask, [client.pk])
            assert bool(cursor.fetchone()[0]) is lines, someone.username
            cursor.execute("SELECT sec.is_unrecognised(%s)", [client.pk])
            assert cursor.fetchone()[0] is False
