"""Quiet mode: the space of somebody who is watched at home shows nothing, and not that anything is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.shortcuts import render
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from audit.actor import Actor
from audit.models import Event
from clients.models import Client, Contact
from clients.records.actions import taking_in
from rights.models import Export
from tests.access.world import World
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.people import Cast, Someone
from tests.making.spaces import open_portal
from tests.portal.addresses import NAMES, address, taking
from volunteers.models import User
from volunteers.quiet import IN_QUIET

HIDDEN = [name for name in NAMES if name not in IN_QUIET]
SHOWN = [name for name in NAMES if name in IN_QUIET and name != "portal_leave"]


def bare(page: bytes, client: Client) -> str:
    """A page without what differs from one look to the next."""
    text = page.decode().replace(client.reference, "REFERENCE")
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1TOKEN", text)
    text = re.sub(r'autocomplete="username" value="[^"]+"', "NAME", text)
    text = re.sub(r"X-CSRFToken&quot;: &quot;\w+", "TOKEN", text)
    return re.sub(r'nonce="[^"]+"', 'nonce=""', text)


def someone_with_nothing(cast: Cast) -> Client:
    """A client of whom nothing but a name is known: nothing explained, nothing noted."""
    with cast.coordinator.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=cast.north,
            language="fr",
            identity={"given_name": "Odile", "family_name": "Quercy"},
            safe_contact={},
        )
        return taking_in.take_in(by=actor, new=new)[0]


@pytest.fixture
def full(cast: Cast, sign_in: Callable[..., Browser]) -> World:
    """A client with everything: notes, grants, a disclosure, requests, a copy, refused attempts."""
    world = World(cast)
    for thing in ("client", "attachment", "grant", "account", "disclosure", "request", "export"):
        assert world.find(thing)
    log_contact(cast.volunteer, world.client, "He reads my letters.", date(2026, 2, 3))
    sign_in(cast.outsider).get(reverse("client_view", args=[world.client.pk]))
    return world


@pytest.fixture
def quiet(cast: Cast, full: World, sign_in: Callable[..., Browser]) -> Callable[..., Browser]:
    """The browser of a client whose space is quiet."""

    def opened(client: Client) -> Browser:
        user, _ = open_portal(cast.coordinator, client, quiet=True)
        return sign_in(user)

    return opened


def test_every_page_is_the_one_of_a_client_with_nothing(
    cast: Cast, full: World, quiet: Callable[..., Browser]
) -> None:
    nothing = someone_with_nothing(cast)
    mine, theirs = quiet(full.client), quiet(nothing)
    for name in SHOWN:
        where = address(name)
        one, other = mine.get(where), theirs.get(where)
        assert (one.status_code, one.headers.keys()) == (other.status_code, other.headers.keys())
        assert bare(one.content, full.client) == bare(other.content, nothing), name


def test_other_pages_answer_as_if_there_never_was_one(
    full: World, quiet: Callable[..., Browser]
) -> None:
    browser = quiet(full.client)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    for method in ("get", "post", "head", "options"):
        for name in HIDDEN:
            where = address(name)
            nowhere = where.replace("/my-space/", "/my-space/x", 1)[:-2] + "/"  # as long
            answer, absent = (getattr(strict, method)(each) for each in (where, nowhere))
            assert (answer.status_code, absent.status_code) == (404, 404), name
            assert dict(answer.headers) == dict(absent.headers), name
            pages = [bare(page.content, full.client) for page in (answer, absent)]
            assert pages[0].replace(where, "") == pages[1].replace(nowhere, ""), name
    ready = reverse("portal_export_get", args=[full.export.pk])
    assert browser.get(ready).status_code == 404


def test_no_address_without_its_slash_tells_that_a_page_is_there(
    full: World, quiet: Callable[..., Browser], cast: Cast, sign_in: Callable[..., Browser]
) -> None:
    browser = quiet(full.client)
    for name in HIDDEN:
        where = address(name).removesuffix("/")
        answer, absent = browser.get(where), browser.get(f"{where[:-1]}!")
        assert (answer.status_code, absent.status_code) == (404, 404), name
        assert len(answer.content) == len(absent.content), name
    assert browser.get("/my-space").headers["Location"] == "/my-space/"
    assert sign_in(cast.volunteer).get("/my-space/seen").status_code == 301


def test_nothing_points_at_what_is_not_there(full: World, quiet: Callable[..., Browser]) -> None:
    browser = quiet(full.client)
    pages = "".join(browser.get(address(name)).content.decode() for name in SHOWN)
    for name in HIDDEN:
        if not taking(name):
            assert reverse(name) not in pages
    for words in (
        "He reads my letters",
        "06 39 98 11 22",
        "old mill",
        "My number is 9",
        "looked",
    ):
        assert words not in pages


def test_the_database_agrees(cast: Cast, full: World, quiet: Callable[..., Browser]) -> None:
    user, _ = open_portal(cast.coordinator, full.client, quiet=True)
    with Someone(user, "", None).actor().transaction():
        assert not Event.objects.exists()
        assert not Contact.objects.exists()
        with connection.cursor() as cursor:
            for table in (
                "clients_contactnote",
                "clients_background",
                "clients_revision",
                "clients_grant",
                "clients_explanationwords",
                "disclosures_disclosure",
                "clients_attachment",
            ):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table


def test_no_copy_can_be_asked_for_round_the_pages(cast: Cast, full: World) -> None:
    from django.db import ProgrammingError

    user, _ = open_portal(cast.coordinator, full.client, quiet=True)
    with pytest.raises(ProgrammingError):
        with Someone(user, "", None).actor().transaction():
            Export(client=full.client, language="en").save(force_insert=True)


def test_what_is_asked_in_the_quiet_space_is_seen_there(
    full: World, quiet: Callable[..., Browser]
) -> None:
    browser = quiet(full.client)
    before = browser.get(reverse("portal_requests")).content.decode()
    assert "My number is 9" not in before
    words = {"kind": "correction", "words": "My street is spelt wrong."}
    assert browser.post(reverse("portal_request_add"), words).status_code == 302
    assert "My street is spelt wrong." in browser.get(reverse("portal_requests")).content.decode()


def test_staff_choose_it_when_opening_and_change_it_by_opening_anew(
    cast: Cast, sign_in: Callable[..., Browser]
) -> None:
    client = new_client(cast.coordinator)
    staff = sign_in(cast.coordinator)
    where = reverse("portal_open", args=[client.pk])
    page = staff.get(where)
    assert "checked" not in page.content.decode()  # nobody decides by overlooking it
    assert staff.post(where).status_code == 200
    assert "Choose one, together with the client." in staff.post(where).content.decode()
    for mode, quiet in (("quiet", True), ("open", False), ("quiet", True)):
        assert staff.post(where, {"mode": mode}).status_code == 302
        with cast.coordinator.actor().transaction():
            live = client.portal_accesses.filter(ended_at=None)
            assert [access.quiet for access in live] == [quiet]
    assert (
        "It is the quiet one"
        in staff.get(reverse("client_view", args=[client.pk])).content.decode()
    )
    assert (
        'value="quiet" required' in staff.get(where).content.decode()
        or "checked" in staff.get(where).content.decode()
    )
    stale = sign_in(cast.coordinator, fresh=False).post(where, {"mode": "open"})
    assert stale.status_code == 302
    assert "reauthenticate" in stale.headers["Location"] or "sign" in stale.headers["Location"]
    with cast.coordinator.actor().transaction():
        assert client.portal_accesses.get(ended_at=None).quiet


def test_the_log_does_not_say_which_mode_it_was(cast: Cast, superuser) -> None:  # type: ignore[no-untyped-def]
    """A client who leaves quiet mode sees the log; so does whoever still watches."""
    client = new_client(cast.coordinator)
    open_portal(cast.coordinator, client, quiet=True)
    open_portal(cast.coordinator, client, quiet=False)
    found = superuser.execute(
        "SELECT detail FROM audit_event WHERE subject = %s AND action IN ('portal.open', 'portal.replace')",
        [client.pk],
    ).fetchall()
    assert found == [({},), ({},)]


# ---- Words that tell ----

# What there is elsewhere and not here: notes, the log, copies, who knows and looks, and who is behind it all.
TELLING = {
    "en": r"\bnotes?\b|\bnoted\b|\blogs?\b|a copy\b|copies|take away|export|has looked|looked at (?:your|the)|who has|may know|passed on|"
    r"shared|disclos|\bcontacts\b|visits|colleague|volunteer|coordinator|complain about a|\bteam\b|\bjoin|"
    r"undertaking|confidential|\brecords?\b|encrypted|quiet|hidden",
    "fr": r"\bnotes?\b|\bnotée?s?\b|journal|historique|copies?\b|emporter|export|regardé|consulté|peut savoir|transmi|"
    r"communiqu|\bcontacts\b|visites|collègue|bénévole|coordina|réclamation sur|équipe|rejoindre|s’inscrire|"
    r"engagement|confidentiel|\bdossiers?\b|chiffré|discret|caché",
}
ERRORS = (
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "405.html",
    "429.html",
    "500.html",
    "503.html",
)


def words_of(page: str) -> str:
    """What somebody reads or hears of a page: texts, and the attributes that are read out."""
    page = re.sub(r"<script.*?</script>|<meta[^>]*>|<link[^>]*>", " ", page, flags=re.S)
    said = re.findall(r'(?:aria-label|title|alt|placeholder|data-[\w-]+)="([^"]*)"', page)
    return " ".join([re.sub(r"<[^>]+>", " ", page), *said]).casefold()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_word_of_a_quiet_page_or_of_one_it_leads_to_tells(
    cast: Cast, full: World, quiet: Callable[..., Browser], language: str
) -> None:
    mine = quiet(full.client)
    ask = {"kind": "access", "words": "Please send them."}
    assert mine.post(reverse("portal_request_add"), ask).status_code == 302
    account = mine.session["_auth_user_id"]
    User.objects.filter(pk=account).update(language=language)
    pages = {address(name): mine.get(address(name)) for name in SHOWN}
    pages |= {"/my-space/nothing/": mine.get("/my-space/nothing/"), "/": mine.get("/", follow=True)}
    leads = {
        link
        for page in pages.values()
        for link in re.findall(r'(?:href|hx-get|action)="(/[^"]*)"', page.content.decode())
    }
    for link in leads - pages.keys():
        if not link.startswith(("/static/", reverse("portal_leave"), reverse("sign_out"))):
            pages[link] = mine.get(link, follow=True)
    assert reverse("privacy") in pages
    # Signed out, in the same browser: where the way out and an ended session lead.
    away = Browser(headers={"accept-language": language})
    for link in (
        reverse("sign_in"),
        f"{reverse('sign_in')}?next=/my-space/",
        reverse("privacy"),
        "/my-space/nothing/",
    ):
        pages[f"out {link}"] = away.get(link, follow=True)
    told = {}
    for where, page in pages.items():
        assert page.status_code in (200, 404, 405), where
        assert f'lang="{language}"' in page.content.decode(), where
        told[where] = re.findall(TELLING[language], words_of(page.content.decode()))
    assert {where: words for where, words in told.items() if words} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_error_page_tells(language: str) -> None:
    request = RequestFactory().get("/my-space/")
    request.actor = Actor("", said={"kind": "user", "client": str(uuid4()), "quiet": True})  # type: ignore[attr-defined]
    for template in ERRORS:
        with translation.override(language):
            page = render(request, template).content.decode()
        told = re.findall(TELLING[language], words_of(page))
        assert told == [], (template, told)


def test_the_whole_privacy_page_is_for_those_whom_it_betrays_nothing_about(
    cast: Cast, full: World, sign_in: Callable[..., Browser]
) -> None:
    user, _ = open_portal(cast.coordinator, full.client)
    for browser in (sign_in(user), sign_in(cast.volunteer)):
        assert "What the log keeps" in browser.get(reverse("privacy")).content.decode()


def test_whoever_comes_for_the_space_is_not_asked_to_join(cast: Cast) -> None:
    browser = Browser()
    assert reverse("join") in browser.get(reverse("sign_in")).content.decode()
    for back in ("/my-space/", "/my-space/requests/"):
        page = browser.get(reverse("sign_in"), {"next": back}).content.decode()
        assert reverse("join") not in page
