"""Signing in with a password: who gets in, who waits, and what leaves no trace."""

from __future__ import annotations

from unittest import mock
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg
import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection
from django.urls import reverse

from tests import cheaper
from tests.making.people import PASSWORD, Cast
from tests.making.signing_in import browser, is_signed_in, sign_in, somebody
from volunteers import passwords
from volunteers.models import Session
from volunteers.sessions import hash_key

COOKIE = settings.SESSION_COOKIE_NAME


def test_right_password_opens_a_session(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    answer = sign_in(at, person.username)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_signed_in(at)


def test_user_name_in_any_case_and_with_blanks(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, f"  {person.username.upper()} ")
    assert is_signed_in(at)


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_wrong_password_says_the_same_for_everybody(cast: Cast, who: str) -> None:
    name = somebody(cast).username if who == "known" else "nobody-of-this-name"
    answer = sign_in(browser(), name, "not the password")
    assert answer.status_code == 200
    assert b"do not go together" in answer.content


def test_unknown_user_costs_a_hash_as_well(cast: Cast) -> None:
    with mock.patch(
        "volunteers.passwords.hash_secret_raw", side_effect=RuntimeError("hashed")
    ) as hashed:
        browser().post(reverse("sign_in"), {"username": "who-is-this", "password": "x" * 12})
    assert hashed.called


def test_disabled_account_does_not_open(cast: Cast, superuser: psycopg.Connection) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    superuser.execute("UPDATE volunteers_user SET is_active = false WHERE id = %s", [person.id])
    assert not is_signed_in(at)
    assert b"do not go together" in sign_in(browser(), person.username).content


def test_key_changes_at_sign_in(cast: Cast) -> None:
    """Session fixation: a key planted before signing in is worth nothing after it."""
    person, at = somebody(cast), browser()
    at.post(reverse("join"), {"invitation": "x"})
    session = at.session
    session["planted"] = 1
    session.save()
    at.cookies[COOKIE] = planted = session.session_key
    sign_in(at, person.username)
    assert at.cookies[COOKIE].value != planted
    thief = browser()
    thief.cookies[COOKIE] = planted
    assert not is_signed_in(thief)
    assert not Session.objects.filter(key_hash=hash_key(planted)).exists()


def test_signing_in_as_another_forgets_the_first(cast: Cast) -> None:
    one, two, at = somebody(cast), somebody(cast), browser()
    sign_in(at, one.username)
    sign_in(at, two.username)
    assert at.session["_auth_user_id"] == str(two.id)


def test_session_table_holds_no_usable_key(cast: Cast, superuser: psycopg.Connection) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    key = at.cookies[COOKIE].value
    rows = superuser.execute(
        "SELECT key_hash, encode(data, 'escape'), device FROM volunteers_session WHERE user_id = %s",
        [person.id],
    ).fetchall()
    principals = superuser.execute(
        "SELECT encode(hash, 'hex'), purpose FROM vault_principal WHERE subject = %s", [person.id]
    ).fetchall()
    assert rows
    assert key not in repr(rows) + repr(principals)
    thief = browser()
    for stolen in [rows[0][0], *(value for row in principals for value in row)]:
        thief.cookies[COOKIE] = stolen
        assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "table",
    [
        "volunteers_user",
        "volunteers_session",
        "vault_principal",
        "axes_accessattempt",
        "volunteers_secondfactor",
    ],
)
def test_app_role_reads_no_sign_in_table(cast: Cast, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "https:elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/sign-out/",
        "/drafts/save/",
        "/drafts/save/?a=b",
    ],
)
def test_next_stays_on_this_site(cast: Cast, wanted: str) -> None:
    person, at = somebody(cast), browser()
    answer = at.post(
        reverse("sign_in", query={"next": wanted}),
        {"username": person.username, "password": PASSWORD},
    )
    assert answer["Location"] == "/"


def test_next_leads_back(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    asked = at.get(reverse("session_list"))
    answer = at.post(asked["Location"], {"username": person.username, "password": PASSWORD})
    assert answer["Location"] == reverse("session_list")


@pytest.mark.parametrize(
    ("sent", "referer", "back"),
    [
        ("/drafts/save/", "http://testserver/clients/?page=2", "/clients/?page=2"),
        ("/drafts/save/", "https://elsewhere.example/clients/", None),
        ("/drafts/save/", f"http://testserver/follow-ups/{UUID(int=1)}/done/", None),
        ("/drafts/save/", "", None),
        (f"/follow-ups/{UUID(int=1)}/done/", "http://testserver/", "/"),
        ("/account/password/", "http://testserver/", "/account/password/"),
    ],
)
def test_a_button_of_an_ended_session_leads_back_to_its_page(
    sent: str, referer: str, back: str | None, cast: Cast
) -> None:
    """Never to an address that takes forms only: the right password must not end on an error."""
    person, at = somebody(cast), browser()
    asked = at.post(sent, headers={"Referer": referer} if referer else {})
    query = parse_qs(urlsplit(asked["Location"]).query)
    assert query.get("next", [None]) == [back]
    answer = at.post(asked["Location"], {"username": person.username, "password": PASSWORD})
    assert answer["Location"] == (back or "/")


def test_idle_session_ends_and_the_page_says_why(cast: Cast, superuser: psycopg.Connection) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    superuser.execute(
        "UPDATE volunteers_session SET expires_at = now() WHERE user_id = %s", [person.id]
    )
    answer = at.get(reverse("session_list"))
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query == {"next": [reverse("session_list")], "ended": ["idle"]}
    assert b"Your session has ended" in at.get(answer["Location"]).content
    assert b"Your session has ended" not in browser().get(reverse("sign_in")).content


def test_fragment_of_an_ended_session_leads_the_page_to_sign_in() -> None:
    answer = browser().get(
        reverse("session_list"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/account/"},
    )
    assert answer["HX-Redirect"] == f"{reverse('sign_in')}?next=%2Faccount%2F"


def test_sign_in_is_an_event_of_the_person(cast: Cast, superuser: psycopg.Connection) -> None:
    person = somebody(cast)
    sign_in(browser(), person.username, "not the password")
    sign_in(browser(), person.username)
    events = superuser.execute(
        "SELECT action, outcome FROM audit_event WHERE actor = %s AND action LIKE 'signin%%'",
        [person.id],
    ).fetchall()
    assert events == [("signin.ok", "done")]
    denied = superuser.execute(
        "SELECT actor_kind, detail::text FROM audit_event WHERE action = 'signin.password' "
        "AND outcome = 'denied' ORDER BY at DESC LIMIT 1"
    ).fetchone()
    assert denied == ("nobody", "{}")


def test_no_session_without_its_event(cast: Cast) -> None:
    """When the log cannot be written nobody is signed in."""
    person, at = somebody(cast), browser()

    def failing(using: str) -> None:
        if Session.objects.filter(user_id=person.id).exists():
            raise DatabaseError

    with mock.patch("vault.principals.before_commit", [failing]):
        assert sign_in(at, person.username).status_code == 503
    assert not is_signed_in(at)
    assert not Session.objects.filter(user_id=person.id).exists()


def test_lockout_whatever_the_letter_case(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    name = person.username
    for variant in (name, name.upper(), f" {name}", name.title(), f"{name} "):
        answer = sign_in(at, variant, "not the password")
    assert answer.status_code == 429
    assert b"Try again after" in answer.content
    assert sign_in(at, name).status_code == 429
    assert not is_signed_in(at)
    # The counters are in the database, so they survive a restart.
    assert AccessAttempt.objects.get(username=name).failures_since_start == 5


def test_lockout_of_one_place_leaves_the_owner_free(cast: Cast) -> None:
    person, elsewhere = somebody(cast), browser()
    for _ in range(6):
        sign_in(elsewhere, person.username, "not the password")
    at = browser()
    sign_in(at, person.username)
    assert is_signed_in(at)


def test_invented_forwarding_neither_evades_nor_locks_a_victim_out(cast: Cast) -> None:
    person = somebody(cast)
    attacker, owner = browser(), browser()
    victim = owner.defaults["REMOTE_ADDR"]
    for number in range(6):
        forged = {"X-Forwarded-For": f"{victim}, 10.0.0.{number}"}
        answer = sign_in(attacker, person.username, "not the password", headers=forged)
    assert answer.status_code == 429
    sign_in(owner, person.username)
    assert is_signed_in(owner)


def test_behind_a_proxy_its_own_entry_counts(cast: Cast, settings: object) -> None:
    settings.BEHIND_PROXY = True
    person, at = somebody(cast), browser(REMOTE_ADDR="10.0.0.1")
    for number in range(6):
        came = {"X-Forwarded-For": f"9.9.9.{number}, 203.0.113.77"}
        answer = sign_in(at, person.username, "not the password", headers=came)
    assert answer.status_code == 429
    sign_in(at, person.username, headers={"X-Forwarded-For": "203.0.113.77, 203.0.113.78"})
    assert is_signed_in(at)


def test_lockout_of_an_unknown_name_looks_the_same() -> None:
    at = browser()
    for _ in range(5):
        answer = sign_in(at, "nobody-at-all", "not the password")
    assert answer.status_code == 429


def test_odd_input_gets_a_message(cast: Cast) -> None:
    for name in ("\x00", "x" * 5000, "\u202eabc", ""):
        assert sign_in(browser(), name, "p\x00").status_code == 200


def test_guessing_a_password_costs_what_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests make theirs cheap; the program asks for what Django does, and accounts say so."""
    assert cheaper.REAL_COST == (102_400, 2, 8)
    for name, value in zip(("MEMORY", "ROUNDS", "LANES"), cheaper.REAL_COST, strict=True):
        monkeypatch.setattr(passwords, name, value)
    salt = passwords.new_salt()
    assert salt.startswith("argon2id$102400,2,8$")
    with mock.patch("volunteers.passwords.hash_secret_raw", return_value=b"") as hashed:
        passwords.token_of(salt, "any")
    asked = hashed.call_args.kwargs
    assert (asked["memory_cost"], asked["time_cost"], asked["parallelism"]) == (102_400, 2, 8)
