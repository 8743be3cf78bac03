"""What people who mean harm, or hurry, try with a disclosure. In real transactions, as the app's role."""

from __future__ import annotations

import logging
import re
import subprocess
import threading
from io import BytesIO

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, connections
from django.test import Client as Browser
from pypdf import PdfReader

from confidential.database import DATABASE
from confidential.embedded import Embedded, binary
from disclosures.actions import delivery
from disclosures.actions.requests import Refused
from disclosures.models import Delivery, Disclosure
from tests.making import disclosures
from tests.making.disclosures import decision
from tests.making.pages import SignIn
from tests.making.people import Cast
from vault.files import path_of


def state(superuser: psycopg.Connection, disclosure: Disclosure) -> str:
    """The state in the database."""
    return disclosures.column(superuser, disclosure, "state")


def at_once(browsers: list[Browser], url: str, data: dict[str, str]) -> list[str]:
    """Post the same form from all browsers at the same moment; the bodies of the answers."""
    gate, bodies = threading.Barrier(len(browsers)), []

    def post(browser: Browser) -> None:
        gate.wait()
        try:
            bodies.append(browser.post(url, data, follow=True).content.decode(errors="replace"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bodies


def test_requester_cannot_approve_own_request(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast, cast.coordinator)
    url = f"/disclosures/{made.pk}/decide/"
    browser = sign_in(cast.coordinator)
    assert browser.get(url).status_code == 403
    assert browser.post(url, decision(made, cast)).status_code == 403
    with pytest.raises(DatabaseError):
        with cast.coordinator.actor().transaction() as actor, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosure SET state = 'approved', decided_by_id = %s, "
                "decided_at = now(), decided_on_hash = sec.disclosure_hash(id) WHERE id = %s",
                [actor.person, made.pk],
            )
    assert state(superuser, made) == "asked"


def test_state_by_raw_sql_is_refused(cast: Cast, superuser: psycopg.Connection) -> None:
    made = disclosures.asked(cast)
    for someone in (cast.volunteer, cast.deputy):
        for wanted in ("approved", "released", "received", "draft"):
            with pytest.raises(DatabaseError):
                with someone.actor().transaction(), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE disclosures_disclosure SET state = %s WHERE id = %s",
                        [wanted, made.pk],
                    )
    assert state(superuser, made) == "asked"


def test_marks_of_another_step_are_refused(cast: Cast) -> None:
    made = disclosures.drafted(cast)
    for mark in ("received_at = now()", "decided_at = now()", "released_at = now()"):
        with pytest.raises(DatabaseError, match="marks"):
            with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE disclosures_disclosure SET {mark} WHERE id = %s",
                    [made.pk],
                )


def test_approval_after_a_correction_is_refused(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    disclosures.open_notes(cast.deputy, made)
    form = decision(made, cast)
    disclosures.correct_chosen(cast, made)
    answer = sign_in(cast.deputy).post(f"/disclosures/{made.pk}/decide/", form)
    assert "changed since you looked" in answer.content.decode()
    assert "Needed." in answer.content.decode(), "what was typed is kept"
    with pytest.raises(DatabaseError, match="changed since"):
        with cast.deputy.actor().transaction() as actor, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosure SET state = 'approved', decided_by_id = %s, "
                "decided_at = now(), decided_on_hash = %s WHERE id = %s",
                [actor.person, bytes.fromhex(form["shown"]), made.pk],
            )
    assert state(superuser, made) == "asked"


def test_release_after_a_correction_is_refused(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.approved(cast)
    disclosures.correct_chosen(cast, made)
    browser = sign_in(cast.deputy)
    assert (
        "has changed since the approval" in browser.get(f"/disclosures/{made.pk}/").content.decode()
    )
    url = f"/disclosures/{made.pk}/release/"
    answer = browser.post(url, {"language": "en", "days": "7"}, follow=True)
    assert "changed since you looked" in answer.content.decode()
    assert state(superuser, made) == "approved"
    with cast.deputy.actor().transaction():
        assert not Delivery.objects.filter(disclosure=made).exists()


def test_words_and_items_do_not_change_after_asking(cast: Cast) -> None:
    made = disclosures.asked(cast)
    for statement in (
        "UPDATE disclosures_disclosurewords SET sealed = 'x', revision = revision + 1 WHERE disclosure_id = %s",
        "UPDATE disclosures_disclosureitem SET chosen = false, revision = revision + 1 WHERE disclosure_id = %s",
    ):
        with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(statement, [made.pk])
            assert cursor.rowcount == 0
    with pytest.raises(DatabaseError, match="does not change"):
        with cast.deputy.actor().transaction() as actor, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosure SET state = 'approved', ground = 'law', decided_by_id = %s, "
                "decided_at = now(), decided_on_hash = sec.disclosure_hash(id) WHERE id = %s",
                [actor.person, made.pk],
            )


def test_edit_page_after_asking_leads_back(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.asked(cast)
    for step in ("ground", "recipient", "client", "contacts", "why"):
        answer = sign_in(cast.volunteer).post(f"/disclosures/{made.pk}/edit/{step}/", {})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/disclosures/{made.pk}/"


def test_twenty_approvals_make_one(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    disclosures.open_notes(cast.deputy, made)
    disclosures.open_notes(cast.coordinator, made)
    browsers = [sign_in(who) for who in [cast.deputy, cast.coordinator] * 10]
    at_once(browsers, f"/disclosures/{made.pk}/decide/", decision(made, cast))
    assert state(superuser, made) == "approved"
    assert events(superuser, made, "disclosure.approved") == 1


def test_twenty_releases_make_one(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.approved(cast)
    browsers = [sign_in(cast.deputy) for _ in range(20)]
    data = {"language": "fr", "days": "7"}
    bodies = at_once(browsers, f"/disclosures/{made.pk}/release/", data)
    assert sum("/d/" in body for body in bodies) == 1
    assert state(superuser, made) == "released"
    assert events(superuser, made, "disclosure.released") == 1


def test_release_twice_shows_no_second_link(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.approved(cast)
    browser, url = sign_in(cast.deputy), f"/disclosures/{made.pk}/release/"
    first = browser.post(url, {"language": "en", "days": "7"})
    assert first.status_code == 200
    assert re.search(r"/d/[\w-]{43}/", first.content.decode())
    second = browser.post(url, {"language": "en", "days": "7"}, follow=True)
    assert "/d/" not in second.content.decode()


@pytest.mark.parametrize("page", ["decide", "release"])
def test_stale_sign_in_is_asked_again(cast: Cast, sign_in: SignIn, page: str) -> None:
    made = disclosures.asked(cast)
    answer = sign_in(cast.deputy, fresh=False).get(f"/disclosures/{made.pk}/{page}/")
    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]


def test_volunteer_cannot_release_or_decide(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.approved(cast)
    browser = sign_in(cast.volunteer)
    for page in ("release", "decide", "notes"):
        assert browser.post(f"/disclosures/{made.pk}/{page}/").status_code == 403


def test_other_branch_sees_nothing(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.approved(cast)
    for someone in (cast.south_coordinator, cast.outsider):
        browser = sign_in(someone)
        for page in ("", "decide/", "release/", "cancel/", "edit/ground/"):
            assert browser.get(f"/disclosures/{made.pk}/{page}").status_code == 404
        assert made.reference not in browser.get("/disclosures/").content.decode()


def test_passphrase_and_link_are_kept_nowhere(
    cast: Cast, sign_in: SignIn, server: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    out = disclosures.released(cast)
    with caplog.at_level(logging.DEBUG):
        Browser().get(out.url)
        Browser().post(out.url, {"passphrase": "wrong"})
        Browser().post(out.url, {"passphrase": out.handover.passphrase})
        assert Browser().get(out.url).status_code == 404
    dump = subprocess.run(
        [binary("pg_dump"), "--dbname", server.conninfo(dbname=DATABASE)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for secret in (out.handover.secret, out.handover.passphrase, disclosures.CHOSEN, "Zephyrine"):
        assert secret not in dump
        assert secret not in caplog.text


def test_package_holds_only_what_was_chosen(cast: Cast) -> None:
    out = disclosures.released(cast)
    answer = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    reader = PdfReader(BytesIO(answer.content))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert disclosures.CHOSEN in text
    assert "Vauquelin" in text
    for kept in (disclosures.KEPT, "Sleeps badly", "heart tablets are forgotten", "tell her about"):
        assert kept not in text
        assert kept.encode() not in answer.content
    assert not reader.attachments


def test_sealed_file_is_not_plain(cast: Cast) -> None:
    out = disclosures.released(cast)
    sealed = path_of(settings.FILES_ROOT, out.handover.delivery.file).read_bytes()
    assert b"%PDF" not in sealed


def events(superuser: psycopg.Connection, disclosure: Disclosure, action: str) -> int:
    """How many events of this kind there are about the disclosure."""
    found = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = %s AND object_id = %s",
        [action, disclosure.pk],
    ).fetchone()
    assert found
    return found[0]


def test_an_approval_that_is_not_used_expires(cast: Cast, superuser: psycopg.Connection) -> None:
    """Thirty days, said on the page and by the database."""
    made = disclosures.approved(cast)
    superuser.execute("ALTER TABLE disclosures_disclosure DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE disclosures_disclosure SET decided_at = decided_at - interval '31 days' WHERE id = %s",
        [made.pk],
    )
    superuser.execute("ALTER TABLE disclosures_disclosure ENABLE TRIGGER USER")
    with pytest.raises(Refused, match="30 days"):
        with cast.deputy.actor().transaction() as actor:
            row = Disclosure.objects.get(pk=made.pk)
            keys = disclosures.opened(actor, row, "disclosure.release")
            delivery.release(by=actor, disclosure=row, keys=keys, language="fr", days=7)
    with pytest.raises(IntegrityError, match="cannot go this way"):
        with cast.deputy.actor().transaction() as actor:
            Disclosure.objects.filter(pk=made.pk).update(
                state="released", released_by_id=actor.person
            )
