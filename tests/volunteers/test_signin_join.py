"""Joining with the code of an invitation."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from django.test import Client as Browser
from django.urls import reverse

from tests.making.people import PASSWORD, Cast
from tests.making.signing_in import browser, digits, is_signed_in, sign_in, somebody
from volunteers.actions import joining
from volunteers.models import User


def invited(cast: Cast) -> str:
    """The code of a new invitation."""
    actor = joining.command_actor(cast.north, "setup")
    return joining.invite(by=actor, duty="volunteer", branch=cast.north, language="en")[1]


def account(**changes: str) -> dict[str, str]:
    """The filled form of a new account."""
    return {
        "working_name": "Rose",
        "language": "en",
        "username": f"Rose-{uuid4().hex[:8]}",
        "new_password": PASSWORD,
        "password_again": PASSWORD,
    } | changes


def with_code(code: str) -> Browser:
    """A browser in which the code was taken."""
    at = browser()
    answer = at.post(reverse("join"), {"invitation": code})
    assert answer["Location"] == reverse("join_account")
    return at


def test_join_from_code_to_the_code_of_confidentiality(cast: Cast) -> None:
    at = with_code(invited(cast).lower().replace("-", " "))
    assert b"Volunteer, North" in at.get(reverse("join_account")).content
    key = at.cookies["session"].value
    data = account()
    answer = at.post(reverse("join_account"), data)
    assert answer["Location"] == reverse("join_second_factor")
    assert at.cookies["session"].value != key
    assert at.get(reverse("join_second_factor")).status_code == 200
    at.get(reverse("authenticator_setup"))
    code = digits(at.session["new_authenticator"])
    answer = at.post(reverse("authenticator_setup"), {"code": code})
    assert answer["Location"] == reverse("code_read")
    assert at.get(reverse("code_read")).status_code == 200
    assert User.objects.get(username=data["username"].lower()).kind == "person"


def test_join_with_a_list_on_paper(cast: Cast) -> None:
    at = with_code(invited(cast))
    at.post(reverse("join_account"), account())
    at.post(reverse("recovery_codes"))
    assert at.post(reverse("recovery_codes_done"))["Location"] == reverse("code_read")


def test_second_factor_may_be_skipped_in_the_demonstration(cast: Cast) -> None:
    at = with_code(invited(cast))
    at.post(reverse("join_account"), account())
    assert b"Skip this in the demonstration" in at.get(reverse("join_second_factor")).content
    assert at.get(reverse("code_read")).status_code == 200


def test_unknown_code_is_told(cast: Cast) -> None:
    answer = browser().post(reverse("join"), {"invitation": "AAAA-BBBB-CCCC-DDDD"})
    assert b"This code is unknown" in answer.content


def test_used_code_is_told_and_makes_no_second_account(cast: Cast) -> None:
    code = invited(cast)
    first, second = with_code(code), with_code(code)
    first.post(reverse("join_account"), account())
    again = account()
    assert second.post(reverse("join_account"), again)["Location"] == reverse("join")
    assert not User.objects.filter(username=again["username"].lower()).exists()
    answer = browser().post(reverse("join"), {"invitation": code})
    assert b"if you have joined with it already" in answer.content


def test_expired_code_is_told(cast: Cast, superuser: psycopg.Connection) -> None:
    code = invited(cast)
    superuser.execute(
        "UPDATE vault_principal SET expires_at = now() WHERE kind = 'invitation' AND subject = "
        "(SELECT id FROM volunteers_invitation ORDER BY made_at DESC LIMIT 1)"
    )
    assert b"has expired" in browser().post(reverse("join"), {"invitation": code}).content


def test_guessing_codes_leads_to_a_pause() -> None:
    at = browser()
    for number in range(20):
        answer = at.post(reverse("join"), {"invitation": f"AAAA-{number:04d}"})
    assert answer.status_code == 429


def test_account_page_needs_a_code() -> None:
    assert browser().get(reverse("join_account"))["Location"] == reverse("join")
    assert browser().post(reverse("join_account"), account())["Location"] == reverse("join")


def test_taken_user_name_whatever_its_case(cast: Cast) -> None:
    person, code = somebody(cast), invited(cast)
    at = with_code(code)
    answer = at.post(reverse("join_account"), account(username=person.username.upper()))
    assert b"Somebody has this user name" in answer.content
    assert at.post(reverse("join_account"), account()).status_code == 302


def test_poor_passwords_and_odd_names_are_told(cast: Cast) -> None:
    at = with_code(invited(cast))
    wrong = (
        (account(new_password="short", password_again="short"), b"at least 12 characters"),
        (account(new_password="password1234", password_again="password1234"), b"too common"),
        (account(password_again="something else"), b"not the same"),
        (account(username="rose marie"), b"Use only letters"),
        (account(username="second-factor:1"), b"Use only letters"),
        (account(working_name="x" * 61), b"at most 60"),
        (account(language="xx"), b"Select a valid choice"),
    )
    for data, message in wrong:
        assert message in at.post(reverse("join_account"), data).content


def test_joining_signs_somebody_else_out_of_the_browser(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    at.post(reverse("join"), {"invitation": invited(cast)})
    assert not is_signed_in(at)
