"""A page goes with its session: two tabs, a machine left alone, somebody else at the same keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.spaces import open_portal
from volunteers.models import Session
from volunteers.sessions import hash_key

pytestmark = pytest.mark.browser
GIVEN, FAMILY, PHONE, NOTE = "Hermance", "Tastavin", "06 39 98 11 22", "Sleeps badly since Tuesday."


def comes_back(page: Page) -> None:
    """The tab comes to the front again; a browser without windows does not say so by itself."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def is_closed(steps: Steps) -> None:
    """Nothing of the page is left, in sight or out of it; one way on."""
    expect(steps.page.get_by_role("heading", level=1)).to_have_text(steps.t("This page is closed"))
    content = steps.page.locator("body").inner_html()
    for words in (GIVEN, FAMILY, PHONE, NOTE, PHONE.replace(" ", "")):
        assert words not in content
    assert steps.page.title() == steps.t("This page is closed")
    assert steps.page.get_by_role("link").count() == 1
    assert steps.page.get_by_role("button").count() == 0
    steps.look_at()


def key_of(steps: Steps) -> str:
    """The session of this browser, as the database names it."""
    cookies = steps.page.context.cookies()
    return hash_key(next(c["value"] for c in cookies if c["name"] == "session"))


def record(walk: Walker, cast: Cast) -> tuple[Steps, str]:
    """A record with its number shown."""
    client = new_client(cast.volunteer, GIVEN, FAMILY)
    steps = walk.person(cast.volunteer)
    steps.go(f"/clients/{client.pk}/")
    assert PHONE not in steps.page.content()
    steps.page.get_by_role("link", name=steps.named("Show the number")).click()
    expect(steps.page.get_by_role("link", name=PHONE)).to_be_visible()
    steps.look_at()
    return steps, f"/clients/{client.pk}/"


def test_signing_out_in_one_tab_empties_the_other(walk: Walker, cast: Cast) -> None:
    steps, where = record(walk, cast)
    other = Steps(steps.page.context.new_page(), walk)
    other.go("/account/sessions/end/", look=False)
    comes_back(steps.page)
    steps.reads(FAMILY)  # it goes on as long as the session does
    other.page.locator("main form button[type=submit]").click()
    expect(other.page).to_have_url(f"{walk.url}/sign-in/?ended=out")
    comes_back(steps.page)
    is_closed(steps)
    # Back at the keyboard: one link, the sign-in page, and there again.
    link = steps.page.get_by_role("link")
    assert (
        link.get_attribute("href")
        == f"{walk.url}/sign-in/?next={where.replace('/', '%2F')}&ended=idle"
    )
    steps.follow(link)
    steps.sees("Your session has ended")


def test_a_page_left_alone_is_emptied_after_the_idle_time(walk: Walker, cast: Cast) -> None:
    client = new_client(cast.volunteer, GIVEN, FAMILY)
    steps = walk.person(cast.volunteer)
    steps.page.clock.install()
    steps.go(f"/clients/{client.pk}/", look=False)
    steps.reads(FAMILY)
    row = Session.objects.filter(key_hash=key_of(steps))
    seen = row.get().seen_at
    with steps.page.expect_response("**/alive/"):
        steps.page.clock.run_for(62_000)
    steps.reads(FAMILY)
    assert row.get().seen_at == seen  # asking is no use
    row.update(expires_at=timezone.now() - timedelta(seconds=1))
    with steps.page.expect_response("**/alive/"):
        steps.page.clock.run_for(62_000)
    expect(steps.page.get_by_role("heading", level=1)).to_have_text(steps.t("This page is closed"))
    assert FAMILY not in steps.page.content().replace(steps.page.title(), "")


def test_without_a_signal_a_page_lasts_as_long_as_the_session(walk: Walker, cast: Cast) -> None:
    client = new_client(cast.volunteer, GIVEN, FAMILY)
    steps = walk.person(cast.volunteer)
    steps.page.clock.install()
    steps.go(f"/clients/{client.pk}/", look=False)
    steps.page.route("**/alive/", lambda route: route.abort())
    steps.page.clock.run_for(20 * 60_000)
    comes_back(steps.page)
    steps.reads(FAMILY)  # in a valley, with the card open: it stays for now
    expect(steps.page.locator("html")).not_to_have_class("covered")
    steps.page.clock.run_for(11 * 60_000)
    expect(steps.page.get_by_role("heading", level=1)).to_have_text(steps.t("This page is closed"))
    walk.complaints.clear()  # the browser says that it could not reach the site


def test_typing_is_use_and_what_was_typed_is_kept_or_said_to_be_gone(
    walk: Walker, cast: Cast
) -> None:
    client = new_client(cast.volunteer, GIVEN, FAMILY)
    steps = walk.person(cast.volunteer)
    steps.go(f"/clients/{client.pk}/contacts/new/", look=False)
    row = Session.objects.filter(key_hash=key_of(steps))
    with steps.page.expect_response("**/drafts/save/"):
        steps.fill("Notes", "She would like to see the sea.")
    row.update(expires_at=timezone.now())
    comes_back(steps.page)
    is_closed(steps)
    expect(steps.page.locator("[data-closed=kept]")).to_be_visible()
    expect(steps.page.locator("[data-closed=lost]")).not_to_be_visible()
    # A form without drafts: typing in it prolongs the session; what is lost all the same is said.
    steps = walk.person(cast.volunteer)
    steps.go(f"/clients/{client.pk}/identity/", look=False)
    row = Session.objects.filter(key_hash=key_of(steps))
    before = timezone.now() - timedelta(minutes=5)
    row.update(seen_at=before)
    steps.page.locator("textarea[name=address]").fill("9 rue du Moulin")
    with steps.page.expect_response("**/alive/"):
        comes_back(steps.page)
    assert row.get().seen_at > before
    row.delete()
    comes_back(steps.page)
    is_closed(steps)
    expect(steps.page.locator("[data-closed=lost]")).to_be_visible()
    expect(steps.page.locator("[data-closed=kept]")).not_to_be_visible()


def test_somebody_else_signs_in_at_the_same_keyboard(walk: Walker, cast: Cast) -> None:
    steps, _ = record(walk, cast)
    other = Steps(steps.page.context.new_page(), walk)
    other.go("/account/sessions/end/", look=False)
    other.page.locator("main form button[type=submit]").click()
    other.page.wait_for_url("**/sign-in/**")
    other.sign_in(cast.colleague)
    assert "/sign-in/" not in other.page.url
    comes_back(steps.page)
    is_closed(steps)


def test_the_clients_own_space_goes_too(walk: Walker, cast: Cast) -> None:
    client = new_client(cast.volunteer, GIVEN, FAMILY)
    for quiet in (False, True):
        account, _ = open_portal(cast.volunteer, client, quiet=quiet)
        steps = walk.account(account)
        steps.go("/my-space/details/")
        steps.reads(FAMILY)
        Session.objects.filter(key_hash=key_of(steps)).delete()
        comes_back(steps.page)
        is_closed(steps)
        steps.follow(steps.page.get_by_role("link"))


def test_a_page_from_memory_is_asked_for_again(walk: Walker, cast: Cast) -> None:
    """A browser that keeps pages for its Back button brings back none without a session."""
    steps, _ = record(walk, cast)
    Session.objects.filter(key_hash=key_of(steps)).delete()
    steps.page.evaluate(
        "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    )
    is_closed(steps)
