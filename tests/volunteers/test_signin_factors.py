"""The second factor: who is asked, what is taken once only, and whose it is."""

from __future__ import annotations

import base64
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from tests.making.people import PASSWORD, Cast, Someone
from tests.making.principals import factors_of, give_password
from tests.making.signing_in import (
    browser,
    digits,
    is_signed_in,
    sign_in,
    somebody,
    with_authenticator,
    with_codes,
)
from vault.principals import enter
from volunteers.actions import second_factors
from volunteers.models import SecondFactor, User
from volunteers.sessions import PRINCIPAL, SessionStore


def halfway(person: Someone, **kwargs: object) -> Browser:
    """A browser after the password, before the code."""
    at = browser(**kwargs)
    answer = sign_in(at, person.username)
    assert answer["Location"] == reverse("second_factor")
    return at


def send(at: Browser, code: str, **more: str) -> object:
    """Send the code."""
    return at.post(reverse("second_factor"), {"code": code} | more)


def fresh(at: Browser) -> bool:
    """Whether the session proved enough for something dangerous."""
    token = SessionStore(at.cookies["session"].value)[PRINCIPAL]
    with transaction.atomic():
        return enter(token)["fresh_at"] is not None


def test_password_alone_opens_nothing(cast: Cast) -> None:
    person = somebody(cast)
    with_authenticator(person)
    at = halfway(person)
    for name in (
        "session_list",
        "second_factor_setup",
        "authenticator_setup",
        "recovery_codes",
        "account_password",
        "join_second_factor",
        "reauthenticate",
    ):
        assert at.get(reverse(name))["Location"].startswith(reverse("sign_in"))
    assert factors_of(person.id) == {"totp"}


def test_right_code_opens_a_session_under_a_new_key(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    at = halfway(person)
    before = at.cookies["session"].value
    assert send(at, digits(secret)).status_code == 302
    assert is_signed_in(at)
    assert at.cookies["session"].value != before


def test_code_with_blanks_is_read(cast: Cast) -> None:
    person = somebody(cast)
    code = digits(with_authenticator(person))
    at = halfway(person)
    send(at, f" {code[:3]} {code[3:]} ")
    assert is_signed_in(at)


def test_wrong_code_opens_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    person = somebody(cast)
    with_authenticator(person)
    at = halfway(person)
    for wrong in ("000000", "12345", "é" * 6, "0" * 40):
        assert send(at, wrong).status_code in (200, 429)
    assert not is_signed_in(at)
    denied = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'signin.second_factor' AND object_id = %s",
        [person.id],
    ).fetchone()
    assert denied == (4,)


def test_code_of_an_authenticator_is_taken_once(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    code = digits(secret, 1)
    send(halfway(person), code)
    at = halfway(person)
    send(at, code)
    assert not is_signed_in(at)
    send(at, digits(secret))  # an earlier half minute is refused as well
    assert not is_signed_in(at)


def test_code_of_the_list_is_taken_once(cast: Cast) -> None:
    person = somebody(cast)
    codes = with_codes(person)
    at = halfway(person)
    send(at, codes[3].lower().replace("-", " "))
    assert is_signed_in(at)
    again = halfway(person)
    send(again, codes[3])
    assert not is_signed_in(again)
    send(again, codes[4])
    assert is_signed_in(again)
    account = User.objects.get(pk=person.id)
    account.token = person.actor().token
    assert second_factors.codes_left(account) == 8


def test_new_list_ends_the_old(cast: Cast) -> None:
    person = somebody(cast)
    old, new = with_codes(person), with_codes(person)
    at = halfway(person)
    send(at, old[0])
    assert not is_signed_in(at)
    send(at, new[0])
    assert is_signed_in(at)


def test_codes_and_secrets_are_not_in_the_database(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    person = somebody(cast)
    secret, codes = with_authenticator(person), with_codes(person)
    kept = superuser.execute(
        "SELECT string_agg(f::text, '') FROM volunteers_secondfactor f WHERE user_id = %s",
        [person.id],
    ).fetchone()[0]
    assert secret not in kept
    assert base64.b64encode(secret.encode()).decode() not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_another_accounts_rows_do_not_serve(cast: Cast, superuser: psycopg.Connection) -> None:
    """A row moved from one account to another opens nothing: secrets and codes name their owner."""
    thief, victim = somebody(cast), somebody(cast)
    secret, codes = with_authenticator(thief), with_codes(thief)
    superuser.execute(
        "UPDATE volunteers_secondfactor SET user_id = %s WHERE user_id = %s", [victim.id, thief.id]
    )
    at = halfway(victim)
    send(at, digits(secret))
    send(at, codes[0])
    assert not is_signed_in(at)


def test_many_wrong_codes_lead_to_a_pause_from_any_place(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    for _ in range(5):
        answer = send(halfway(person), "000000")
    assert answer.status_code == 429
    at = halfway(person)
    assert send(at, digits(secret)).status_code == 429
    assert not is_signed_in(at)


def test_right_password_does_not_forgive_wrong_codes(cast: Cast) -> None:
    person = somebody(cast)
    with_authenticator(person)
    at = browser()
    for _ in range(5):
        sign_in(at, person.username)
        answer = send(at, "000000")
    assert answer.status_code == 429


def test_waiting_for_the_code_ends_when_the_password_changes(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    at = halfway(person)
    give_password(person.id, "another long password")
    assert send(at, digits(secret))["Location"] == reverse("sign_in")


def test_trusted_device_is_not_asked_but_proves_too_little(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    at = halfway(person)
    answer = send(at, digits(secret), trust="on")
    assert answer.cookies["device"]["max-age"] == 30 * 24 * 3600
    assert answer.cookies["device"]["httponly"]
    assert fresh(at)
    at.post(reverse("sign_out"))
    assert sign_in(at, person.username)["Location"] != reverse("second_factor")
    assert is_signed_in(at)
    assert not fresh(at)
    asked = at.get(reverse("recovery_codes"))
    assert asked["Location"].startswith(reverse("reauthenticate"))


def test_trust_of_one_account_is_none_of_another(cast: Cast) -> None:
    one, two = somebody(cast), somebody(cast)
    secret = with_authenticator(one)
    with_authenticator(two)
    at = halfway(one)
    send(at, digits(secret), trust="on")
    at.post(reverse("sign_out"))
    assert sign_in(at, two.username)["Location"] == reverse("second_factor")


def test_lost_telephone_ends_sessions_and_trust(cast: Cast) -> None:
    person = somebody(cast)
    secret = with_authenticator(person)
    at = halfway(person)
    send(at, digits(secret), trust="on")
    assert at.post(reverse("session_end_all")).status_code == 302
    assert not is_signed_in(at)
    assert sign_in(at, person.username)["Location"] == reverse("second_factor")


def test_nobody_enrols_for_another_account(cast: Cast) -> None:
    """Ids in the request do not matter: what is set up belongs to whoever is signed in."""
    thief, victim = somebody(cast), somebody(cast)
    at = browser()
    sign_in(at, thief.username)
    at.get(reverse("authenticator_setup"))
    secret = at.session["new_authenticator"]
    data = {"code": digits(secret), "user": str(victim.id), "username": victim.username}
    assert at.post(reverse("authenticator_setup"), data).status_code == 302
    at.post(reverse("recovery_codes"), {"user": str(victim.id)})
    assert factors_of(thief.id) == {"totp", "recovery_codes"}
    assert factors_of(victim.id) == set()


def test_secret_of_one_person_is_not_offered_to_the_next_in_the_browser(cast: Cast) -> None:
    one, two, at = somebody(cast), somebody(cast), browser()
    sign_in(at, one.username)
    at.get(reverse("authenticator_setup"))
    first = at.session["new_authenticator"]
    sign_in(at, two.username)
    at.get(reverse("authenticator_setup"))
    assert at.session["new_authenticator"] != first


def test_wrong_first_code_sets_nothing_up(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    answer = at.post(reverse("authenticator_setup"), {"code": "000000"})
    assert b"This code is not right" in answer.content
    assert factors_of(person.id) == set()


def test_set_up_page_has_a_picture_and_a_key(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    page = at.get(reverse("authenticator_setup")).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert at.session["new_authenticator"][:4] in page


def test_list_is_shown_for_a_while_and_printed(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    assert at.get(reverse("recovery_codes_pdf")).status_code == 302
    page = at.post(reverse("recovery_codes"), follow=True).content.decode()
    codes = at.session["new_codes"]["codes"]
    assert len(codes) == 10
    assert all(code in page for code in codes)
    sheet = at.get(reverse("recovery_codes_pdf"))
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF")
    at.post(reverse("recovery_codes_done"))
    assert codes[0] not in at.get(reverse("recovery_codes")).content.decode()


def test_required_second_factor_is_set_up_before_anything_else(
    cast: Cast, settings: object
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    assert at.get(reverse("code_read"))["Location"] == reverse("join_second_factor")
    assert at.get(reverse("session_list"))["Location"] == reverse("join_second_factor")
    assert b"Skip this" not in at.get(reverse("join_second_factor")).content
    at.post(reverse("recovery_codes"))
    assert at.get(reverse("code_read")).status_code == 200


def test_proving_again_needs_password_and_code(cast: Cast) -> None:
    person = somebody(cast)
    codes = with_codes(person)
    at = halfway(person)
    send(at, codes[0], trust="on")
    at.post(reverse("sign_out"))
    sign_in(at, person.username)
    address = reverse("reauthenticate", query={"next": reverse("recovery_codes")})
    wrong = (
        {"password": PASSWORD},
        {"password": PASSWORD, "code": codes[0]},
        {"password": "not the password", "code": codes[1]},
    )
    for data in wrong:
        assert at.post(address, data).status_code == 200
        assert not fresh(at)
    right = at.post(address, {"password": PASSWORD, "code": codes[1]})
    assert right["Location"] == reverse("recovery_codes")
    assert at.get(reverse("recovery_codes")).status_code == 200


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example"])
def test_proving_again_leads_only_into_this_site(cast: Cast, wanted: str) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    answer = at.post(reverse("reauthenticate", query={"next": wanted}), {"password": PASSWORD})
    assert answer["Location"] == "/"


def test_what_an_earlier_version_kept_still_opens(settings: object) -> None:
    """Written by 0.2.0, when a library kept the rows: the same sealing, the same hashes."""
    settings.SECRET_KEY = "of a test, as long as it must be, and of no other use"
    owner = UUID("0b0e1c9e-57a5-4f6e-9d5e-6a1f2f0c9a11")
    row = SecondFactor(
        user_id=owner,
        secret="LaHTwz54LRlAainFzefV+jcejIEfNNp6DK04NXHyqQjx/oPHLvxsq9MiGY9PHiSC6oMXDVu1By9yqFpW1CCdHjfZ56ntqIfJUWYsThv+WmT9ihuwOXZ7B+fNAxR/5Qy64w==",
        codes=["UQOl7qGeqY525aHKz9uesFfluouxaI50551iL9orv8A="],
    )
    assert not second_factors._totp_matches(row, "000000")
    assert second_factors._totp_matches(row, digits("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    assert second_factors._code_matches(row, "ABCD EFGH") and row.codes == []


def test_another_secret_key_takes_no_code_and_breaks_nothing(cast: Cast, settings: object) -> None:
    person = somebody(cast)
    secret, codes = with_authenticator(person), with_codes(person)
    settings.SECRET_KEY = "another one, after somebody lost the first of the association"
    at = halfway(person)
    for code in (digits(secret), codes[0]):
        assert "This code is not right" in send(at, code).content.decode()
    assert not is_signed_in(at)
