"""What clients choose for their space: notes hidden, a pause, larger text; and what was explained to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.consultations.actions import Part
from clients.models import Explanation, PortalAccess
from rights.export import left_out
from tests.making import acts, consultations
from tests.making.clients import BACKGROUND, NOTE
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.principals import give_password
from tests.making.signing_in import browser as new_browser
from tests.making.signing_in import sign_in as types
from tests.making.spaces import Space, open_portal, open_space, today
from vault.principals import signin_transaction
from volunteers import passwords
from volunteers.actions import signing_in
from volunteers.models import User

CHOICES = reverse("portal_choices")
CONTACTS, DETAILS = reverse("portal_contacts"), reverse("portal_record")
OWN = "seven quiet herons at dusk"


def text(browser: Browser, where: str) -> str:
    return browser.get(where).content.decode()


def test_notes_are_hidden_shown_once_and_shown_again(
    space: Callable[..., Space], cast: Cast
) -> None:
    own = space()
    assert NOTE in text(own.browser, CONTACTS) and BACKGROUND in text(own.browser, DETAILS)
    page = own.browser.post(reverse("portal_notes"), {"shown": "no"}, follow=True).content.decode()
    assert NOTE not in page and "The note is hidden" in page
    assert BACKGROUND not in text(own.browser, DETAILS)
    with cast.volunteer.actor().transaction():
        contact = own.client.contacts.get()
        assert PortalAccess.objects.get(user=own.user).notes_hidden_at
    assert NOTE in text(own.browser, f"{CONTACTS}?show={contact.pk}")
    assert NOTE not in text(own.browser, f"{CONTACTS}?show={uuid4()}")
    assert NOTE not in text(own.browser, CONTACTS)  # once was once
    assert BACKGROUND in text(own.browser, f"{DETAILS}?show=situation")
    assert "since" in text(own.browser, CHOICES)
    own.browser.post(reverse("portal_notes"), {"shown": "yes"})
    assert NOTE in text(own.browser, CONTACTS)
    assert "Chose whether notes are shown here" in text(
        own.browser, reverse("portal_seen") + "?own=on"
    )


def test_hidden_too_where_else_they_stand(
    space: Callable[..., Space], cast: Cast, superuser: psycopg.Connection
) -> None:
    """What a colleague could read, an emergency and its check, and where the client says what is wrong."""
    own = space()
    with cast.volunteer.actor().transaction():
        contact = own.client.contacts.get()
    part = Part(contact.pk, "Phone", "Sleeps badly since the ward.")
    made = consultations.ask(cast.volunteer, cast.colleague, own.client, parts=(part,))
    about = [reverse("portal_statement_add", args=[contact.pk])]
    about.append(reverse("portal_statement_background"))
    assert part.text in text(own.browser, DETAILS)
    assert NOTE in text(own.browser, about[0]) and BACKGROUND in text(own.browser, about[1])
    own.browser.post(reverse("portal_notes"), {"shown": "no"})
    page = text(own.browser, DETAILS)
    assert part.text not in page and f"?show={made}" in page
    assert part.text in text(own.browser, f"{DETAILS}?show={made}")
    for where, words in zip(about, (NOTE, BACKGROUND), strict=True):
        page = text(own.browser, where)
        assert words not in page and "The note is hidden" in page
        assert words in text(own.browser, f"{where}?show=note")


def test_the_team_reads_on_and_chooses_for_nobody(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn
) -> None:
    own = space()
    own.browser.post(reverse("portal_notes"), {"shown": "no"})
    assert NOTE in text(sign_in(cast.volunteer), f"/clients/{own.client.pk}/")
    for statement, values in (
        ("show_notes(%s)", [True]),
        ("pause_space(%s)", [timezone.localdate()]),
    ):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(cast.volunteer, statement, *values)


def paused(own: Space) -> None:
    answer = own.browser.post(CHOICES, today("until", 3))
    assert answer.status_code == 302 and "/sign-in/" in answer["Location"]


def test_a_pause_ends_every_session_and_the_right_password_is_a_wrong_one(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    give_password(own.user, OWN)
    own.browser = sign_in(own.user)
    elsewhere = sign_in(own.user)
    assert elsewhere.get("/my-space/").status_code == 200
    page = own.browser.post(CHOICES, {"close": "yes"}).content.decode()
    assert "so that nobody can tell" in page
    # What the browser remembers is the title and the address of the settings.
    settings = text(own.browser, CHOICES)
    assert (
        page.split("</title>")[0].split("<title>")[1]
        == settings.split("</title>")[0].split("<title>")[1]
    )
    paused(own)
    for browser in (own.browser, elsewhere):
        assert browser.get("/my-space/").status_code == 302
    right, wrong = new_browser(), new_browser()
    said = types(right, own.username, OWN).content.decode()  # type: ignore[attr-defined]
    assert right.get("/my-space/").status_code == 302
    assert "do not go together" in said
    assert "do not go together" in types(wrong, own.username, "x" * 14).content.decode()  # type: ignore[attr-defined]
    # At the client's word.
    record = f"/clients/{own.client.pk}/"
    with helen.actor().transaction():
        access = PortalAccess.objects.get(user=own.user)
    where = reverse("portal_resume", args=[access.pk])
    browser = sign_in(helen)
    assert where in text(browser, record)
    assert "told me" in text(browser, where)
    assert "open again" in browser.post(where, follow=True).content.decode()
    assert "not closed for a time" in browser.post(where, follow=True).content.decode()
    types(again := new_browser(), own.username, OWN)
    assert again.get("/my-space/").status_code == 200
    assert "Opened this space again at your word" in text(again, reverse("portal_seen"))


def test_a_paused_session_reads_nothing(
    cast: Cast, space: Callable[..., Space], helen: Someone
) -> None:
    """Also one that a fault left alive."""
    own = space(helen)
    me = Someone(own.user, "", None)
    acts.call(me, "pause_space(%s)", timezone.localdate() + timedelta(days=2))
    assert acts.call(me, "own_client()") is None and acts.sees(me, own.client) == acts.NOTHING
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.outsider, "resume_space(%s)", uuid4())


def test_a_pause_is_over_on_its_day(
    cast: Cast, space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    own = space(helen)
    acts.call(
        Someone(own.user, "", None), "pause_space(%s)", timezone.localdate() + timedelta(days=2)
    )
    superuser.execute(acts.ASLEEP)
    superuser.execute(
        'UPDATE clients_portalaccess SET paused_until = sec.today() WHERE "user" = %s', [own.user]
    )
    superuser.execute("SET session_replication_role = origin")
    assert acts.call(Someone(own.user, "", None), "own_client()") == own.client.pk


@pytest.mark.parametrize("days", [0, -1, 93, 4000])
def test_how_long_a_pause_can_be(space: Callable[..., Space], days: int) -> None:
    own = space()
    assert own.browser.post(CHOICES, today("until", days)).status_code == 200
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(
            Someone(own.user, "", None),
            "pause_space(%s)",
            timezone.localdate() + timedelta(days=days),
        )


def test_neither_quiet_nor_unconfirmed_spaces_have_these_choices(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    user, _ = open_portal(cast.coordinator, own.client, quiet=True)
    unconfirmed = open_space(helen.actor(), space(helen).client.pk)
    quiet = text(sign_in(user), CHOICES)
    assert "Larger text" in quiet and "otes" not in quiet.split("<h1")[1] and "pause" not in quiet
    for account in (user, unconfirmed):
        for statement, value in (("show_notes(%s)", False), ("pause_space(%s)", None)):
            with pytest.raises(ProgrammingError, match="not permitted"):
                acts.call(Someone(account, "", None), statement, value)


def test_larger_text_is_kept_in_the_browser(space: Callable[..., Space]) -> None:
    own, where = space(), reverse("set_text_size")
    assert "text-large" not in text(own.browser, CHOICES)
    own.browser.post(where, {"large": "yes", "next": CHOICES})
    assert 'class="text-large"' in text(own.browser, CONTACTS)
    assert (
        own.browser.post(where, {"large": "no", "next": "https://evil.example/"})["Location"] == "/"
    )
    assert "text-large" not in text(own.browser, CONTACTS)
    stranger = Browser()
    stranger.post(where, {"large": "yes"})
    assert 'class="text-large"' in text(stranger, reverse("sign_in"))


def test_the_rules_that_were_explained_can_be_read_and_no_others(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own = space()
    with cast.volunteer.actor().transaction():
        mine = Explanation.objects.get(client=own.client).version_id
    where = reverse("portal_code", args=[mine])
    assert where in text(own.browser, DETAILS)
    assert "Version" in text(own.browser, where)
    assert own.browser.get(reverse("portal_code", args=[uuid4()])).status_code == 404
    leaflet = own.browser.get(reverse("portal_leaflet"))
    assert leaflet.content.startswith(b"%PDF") and "leaflet" in leaflet["Content-Disposition"]


def test_the_menu_marks_the_page_and_reaches_all(space: Callable[..., Space]) -> None:
    own = space()
    for name, label in (
        ("portal_home", "Home"),
        ("portal_messages", "Messages"),
        ("portal_complaints", "Complaints"),
        ("portal_choices", "Settings"),
    ):
        page = text(own.browser, reverse(name))
        menu = page.split('class="nav-main"')[1].split("</nav>")[0]
        current = [part.split("</a>")[0] for part in menu.split('aria-current="page"')[1:]]
        assert current and all(label in entry for entry in current), (name, current)
    page = text(own.browser, reverse("portal_agreement"))
    assert 'aria-current="page"' not in page.split('class="nav-main"')[1].split("</nav>")[0]


def test_a_day_of_the_log_has_pages_of_twenty_steps(space: Callable[..., Space]) -> None:
    own = space()
    for _ in range(12):
        own.browser.get(DETAILS)
        own.browser.get(CONTACTS)
    where = reverse("portal_seen_day", args=[timezone.localdate().isoformat()])
    steps = [
        re.findall('data-log-event="([^"]+)"', text(own.browser, f"{where}?page={n}"))
        for n in (1, 2)
    ]
    assert len(steps[0]) == 20 and steps[1] and not set(steps[0]) & set(steps[1])


def test_what_is_wrong_with_a_new_password_is_said_where_it_was_typed_first(
    space: Callable[..., Space],
) -> None:
    own = space()
    page = own.browser.post(
        reverse("portal_password"), {"new_password1": "short", "new_password2": "short"}
    )
    assert set(page.context["form"].errors) == {"new_password1"}
    shown = page.content.decode()
    assert shown.count("Show the password") == 2 and own.username in shown
    page = own.browser.post(
        reverse("portal_password"),
        {"new_password1": "four quiet herons", "new_password2": "others"},
    )
    assert set(page.context["form"].errors) == {"new_password2"}


def test_no_session_begins_once_the_space_is_closed(
    space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    """Of a password that was proved just before: answered like a wrong one."""
    own = space(helen)
    give_password(own.user, OWN)
    user = User.objects.get(pk=own.user)
    token = passwords.prove(user.pk, user.password, OWN)
    assert token
    user.token = token
    superuser.execute(
        'UPDATE clients_portalaccess SET paused_until = sec.today() + 3 WHERE "user" = %s',
        [own.user],
    )
    with (
        pytest.raises(ProgrammingError, match="not permitted") as refused,
        signin_transaction(token) as cursor,
    ):
        signing_in._begin(cursor, user, "")
    assert refused.value.__cause__.diag.constraint_name == "space_closed"  # type: ignore[union-attr]


def test_a_pause_is_not_in_the_copy(space: Callable[..., Space], helen: Someone) -> None:
    assert "clients_portalaccess.paused_until" in left_out.FIELDS
    own = space(helen)
    page = text(own.browser, reverse("portal_record"))
    assert "paused" not in page


def test_in_a_quiet_space_there_is_no_pause(space: Callable[..., Space], helen: Someone) -> None:
    own = space(helen)
    assert own.browser.post(CHOICES, {"close": "yes"}).status_code == 200
    waiting = space(helen, confirmed=False)
    assert waiting.browser.post(CHOICES, {"close": "yes"}).status_code in (302, 404)
