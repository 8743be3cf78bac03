"""The recipient's page: one try at a time, one document once, one page for every dead link."""

from __future__ import annotations

from hashlib import sha256

import psycopg
import pytest
from django.conf import settings
from django.test import Client as Browser

from disclosures.actions import sealing
from disclosures.tasks import sweep
from tests.making import disclosures
from tests.making.people import Cast
from tests.making.sealing import as_worker
from vault.files import path_of

DEAD = "This link is not valid (any more)"


@pytest.fixture
def out(cast: Cast) -> disclosures.Out:
    """A released disclosure."""
    return disclosures.released(cast)


def test_page_says_no_name_and_sets_no_cookie(out: disclosures.Out) -> None:
    answer = Browser().get(out.url)
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("Vauquelin", "Honorine", "Zephyrine", out.disclosure.reference):
        assert word not in page
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'lang="fr"' in page
    assert 'lang="en"' in page


def test_right_passphrase_gives_the_document_once(
    out: disclosures.Out, superuser: psycopg.Connection
) -> None:
    typed = out.handover.passphrase.upper().replace(" ", " - ")
    browser = Browser(enforce_csrf_checks=True)
    answer = browser.post(out.url, {"passphrase": typed})
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert disclosures.column(superuser, out.disclosure, "state") == "received"
    assert disclosures.column(superuser, out.disclosure, "received_at")
    forged = Browser()
    forged.cookies["document"] = "of-somebody-else"
    for again in (Browser().get(out.url), Browser().post(out.url, {"passphrase": typed})):
        assert again.status_code == 404
        assert DEAD in again.content.decode()
    assert forged.post(out.url, {"passphrase": typed}).status_code == 404


def test_download_that_broke_off_is_fetched_again_in_the_same_browser_for_a_while(
    out: disclosures.Out, superuser: psycopg.Connection
) -> None:
    """With the passphrase, without a try, without a second receipt; and then what opens it is gone."""
    browser, typed = Browser(), {"passphrase": out.handover.passphrase}
    path = path_of(settings.FILES_ROOT, out.handover.delivery.file)
    first = browser.post(out.url, typed)
    cookie = first.cookies["document"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (out.url, True, "Strict")
    assert cookie["max-age"] == 15 * 60
    received = disclosures.column(superuser, out.disclosure, "received_at")
    assert "is in your downloads" in browser.get(out.url).content.decode()
    assert browser.post(out.url, {"passphrase": "bado"}).status_code == 403
    assert browser.post(out.url, typed).content == first.content
    assert disclosures.column(superuser, out.disclosure, "received_at") == received
    with as_worker():
        sweep(0)
    assert path.exists()
    superuser.execute(
        "UPDATE disclosures_delivery SET again_until = now() - interval '1 second' WHERE id = %s",
        [out.handover.delivery.pk],
    )
    assert browser.post(out.url, typed).status_code == 404
    with as_worker():
        sweep(0)
    assert not path.exists()
    row = "SELECT wrapped_key, salt, swept_at IS NOT NULL FROM disclosures_delivery WHERE id = %s"
    assert superuser.execute(row, [out.handover.delivery.pk]).fetchone() == (b"", b"", True)


def test_five_wrong_passphrases_close_it(
    out: disclosures.Out, superuser: psycopg.Connection
) -> None:
    for left in (4, 3, 2, 1):
        answer = Browser().post(out.url, {"passphrase": "bado kimi"})
        assert answer.status_code == 403
        assert f"{left} tr" in answer.content.decode()
    assert Browser().post(out.url, {"passphrase": "bado kimi"}).status_code == 404
    answer = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert answer.status_code == 404
    assert DEAD in Browser().get(out.url).content.decode()
    assert disclosures.column(superuser, out.disclosure, "state") == "released"
    tries = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'disclosure.try' AND object_id = %s",
        [out.handover.delivery.pk],
    ).fetchone()
    assert tries == (5,)


@pytest.mark.parametrize("over", ["tries_left = 0", "expires_at = now() - interval '1 second'"])
def test_package_that_nobody_opened_in_time_is_cleared_away(
    out: disclosures.Out, superuser: psycopg.Connection, over: str
) -> None:
    delivery = out.handover.delivery
    path = path_of(settings.FILES_ROOT, delivery.file)
    with as_worker():
        sweep(0)
    assert path.exists()
    superuser.execute(f"UPDATE disclosures_delivery SET {over} WHERE id = %s", [delivery.pk])
    must = "SELECT must FROM sec.rows_files() WHERE row = %s"
    assert superuser.execute(must, [delivery.pk]).fetchone() == (False,)
    with as_worker():
        sweep(0)
    assert not path.exists()
    row = "SELECT wrapped_key, salt, swept_at IS NOT NULL FROM disclosures_delivery WHERE id = %s"
    assert superuser.execute(row, [delivery.pk]).fetchone() == (b"", b"", True)
    assert Browser().get(out.url).status_code == 404


def test_empty_passphrase_costs_no_try(out: disclosures.Out) -> None:
    assert "5 tries" in Browser().post(out.url, {"passphrase": " "}).content.decode()
    assert "5 tries" in Browser().get(out.url).content.decode()


def test_expired_unknown_and_used_links_look_the_same(
    out: disclosures.Out, superuser: psycopg.Connection
) -> None:
    superuser.execute(
        "UPDATE disclosures_delivery SET expires_at = now() - interval '1 second' WHERE id = %s",
        [out.handover.delivery.pk],
    )
    expired, unknown = Browser().get(out.url), Browser().get("/d/nothing-like-it/")
    posted = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert expired.status_code == unknown.status_code == posted.status_code == 404
    assert expired.content == unknown.content == posted.content
    assert disclosures.column(superuser, out.disclosure, "state") == "released"


def test_altered_file_is_not_received(out: disclosures.Out, superuser: psycopg.Connection) -> None:
    path = path_of(settings.FILES_ROOT, out.handover.delivery.file)
    sealed = bytearray(path.read_bytes())
    sealed[len(sealed) // 2] ^= 1
    path.write_bytes(sealed)
    answer = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert answer.status_code == 503
    assert "damaged on our side" in answer.content.decode()
    assert disclosures.column(superuser, out.disclosure, "state") == "released"


def test_link_of_one_does_not_open_another(cast: Cast, out: disclosures.Out) -> None:
    other = disclosures.released(cast)
    answer = Browser().post(out.url, {"passphrase": other.handover.passphrase})
    assert answer.status_code == 403


def test_signed_in_visitor_is_only_the_recipient(cast: Cast, out: disclosures.Out, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(cast.newcomer)
    assert browser.get(out.url).status_code == 200, "even before signing the code"


def test_passphrases_bear_an_offline_thief() -> None:
    possibilities = (len(sealing.CONSONANTS) * len(sealing.VOWELS)) ** (2 * sealing.GROUPS)
    assert possibilities > 2**60
    assert len({sealing.new_passphrase() for _ in range(50)}) == 50
    assert sealing.normalise(" BÀdo-kími ") == "badokimi"


def test_no_hash_of_the_plain_document_is_kept(
    out: disclosures.Out, superuser: psycopg.Connection
) -> None:
    """Whoever guesses a document could tell from a copy of the database that it was this one."""
    row = "SELECT sha256 FROM disclosures_delivery WHERE id = %s"
    (kept,) = superuser.execute(row, [out.handover.delivery.pk]).fetchone()  # type: ignore[misc]
    sealed = path_of(settings.FILES_ROOT, out.handover.delivery.file).read_bytes()
    plain = Browser().post(out.url, {"passphrase": out.handover.passphrase}).content
    assert bytes(kept) == sha256(sealed).digest() != sha256(plain).digest()
