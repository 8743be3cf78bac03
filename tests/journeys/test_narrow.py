"""Small screens, large text and no mouse: nothing is cut off, and everything can be reached."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.access.world import World
from tests.journeys.looking import OVER, TEXT, choose_text
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast

pytestmark = pytest.mark.browser
SERVING = [
    "/",
    "/clients/",
    "/clients/new/",
    "/search/",
    "/contacts/new/",
    "/follow-ups/",
    "/drafts/",
    "/enquiries/",
    "/enquiries/new/",
    "/disclosures/",
    "/people/",
    "/account/",
    "/account/sessions/",
    "/account/second-factor/",
    "/account/details/",
    "/code/",
    "/privacy/",
    "/papers/",
    "/clients/{client}/",
    "/clients/{client}/contacts/new/",
    "/clients/{client}/safe-contact/",
    "/clients/{client}/identity/",
    "/clients/{client}/who-may-see/",
    "/clients/{client}/disclosures/new/",
    "/contacts/{contact}/",
    "/contacts/{contact}/correct/",
    "/disclosures/{disclosure}/",
    "/no-such-page/",
    "/talk/",
    "/clients/{client}/colleagues/",
    "/clients/{client}/colleagues/talk/",
    "/clients/{client}/colleagues/ask/",
    "/clients/{client}/colleagues/ask/{question}/",
    "/clients/{client}/may-know/new/",
    "/may-know/{may_know}/end/",
    "/account/leave/",
    "/consultations/{consultation}/",
    "/emergency/",
    "/out/",
    "/out/{out}/place/",
    "/portal-access/{access}/confirm/",
    "/account/own-record/",
    "/clients/{client}/complaints/new/",
    "/clients/{client}/messages/",
]
COORDINATING = [
    "/",
    "/requests/",
    "/requests/{request}/",
    "/requests/{request}/answer/",
    "/invitations/",
    "/invitations/new/",
    "/branches/",
    "/clients/{client}/who-may-see/new/",
    "/clients/{client}/notes/",
    "/clients/{client}/who-may-see/?print=1",
    "/clients/{client}/move/",
    "/people/{volunteer_id}/hand-over/",
    "/people/{leaver}/leave/",
    "/departures/{departure}/",
    "/disclosures/{disclosure}/decide/",
    "/people/duties/",
    "/emergency/{emergency}/review/",
    "/portal-access/{access}/confirm/",
    "/clients/{client}/",
    "/clients/{client}/serves-here/",
    "/clients/{client}/portal/",
]
PRESIDING = [
    "/",
    "/code/versions/",
    "/code/versions/new/",
    "/association/",
    "/association/notice/",
    "/portal-access/confirm/",
    "/complaints/new/branch/",
    "/complaints/{complaint}/hand/",
]
OWN = [
    "/my-space/",
    "/my-space/details/",
    "/my-space/contacts/",
    "/my-space/seen/",
    "/my-space/who/",
    "/my-space/who/{may_know}/end/",
    "/my-space/passed-on/",
    "/my-space/requests/",
    "/my-space/requests/new/",
    "/my-space/copy/",
    "/my-space/seen/check/",
    "/my-space/complaints/new/",
    "/my-space/messages/",
    "/my-space/choices/",
]
LOOKING = [
    "/",
    "/log/",
    "/breaches/",
    "/log/unusual/",
    "/log/state/",
    "/log/keeping/security/",
    "/log/names/",
    "/log/table/",
]
OUTSIDE = ["/sign-in/", "/join/", "/privacy/", "/legal/", "/d/nothing/"]
PAGES = {
    "volunteer": SERVING,
    "coordinator": COORDINATING,
    "president": PRESIDING,
    "protection": LOOKING,
    "client": OWN,
    "nobody": OUTSIDE,
}


@pytest.mark.screens("narrow")
def test_nothing_is_cut_off(walk: Walker, cast: Cast) -> None:
    """At 320 px no page scrolls sideways, nor with the browser's text twice as large."""
    world = World(cast)
    things = {
        n: world.find(n)
        for n in (
            "client",
            "contact",
            "disclosure",
            "request",
            "account",
            "question",
            "consultation",
            "emergency",
            "out",
            "may_know",
            "volunteer_id",
            "leaver",
            "departure",
            "access",
            "complaint",
        )
    }
    wide = []
    for role, addresses in PAGES.items():
        someone = things["account"] if role == "client" else getattr(cast, role, None)
        steps = walk.account(getattr(someone, "id", someone))
        for text in TEXT:
            choose_text(steps.settings, text)
            wide += [(role, text, "More", left) for left in menu_out_of_sight(steps, addresses[0])]
            size = steps.page.evaluate("getComputedStyle(document.documentElement).fontSize")
            assert size == {"100": "18px", "200": "36px"}[text]
        for address in addresses:
            steps.go(address.format(**things), look=False)
            for text in TEXT:
                choose_text(steps.settings, text)
                over = steps.page.evaluate(OVER)
                steps.keep_picture(f"{role}{address}-{text}")
                wide += [(role, text, address, over)] if over else []
        steps.page.close()
    assert not wide, "\n".join(map(str, wide))


@pytest.mark.screens("narrow")
def test_the_space_says_what_a_page_is_about_and_its_menu_needs_no_scripts(
    walk: Walker, cast: Cast
) -> None:
    """On a common phone: the heading in the upper half, and every entry of the menu within reach."""
    steps = walk.account(World(cast).find("account"))
    steps.page.set_viewport_size({"width": 360, "height": 740})
    for address in OWN[:3]:
        steps.go(address, look=False)
        box = steps.page.locator("h1").bounding_box()
        assert box and box["y"] < 370, (address, box)
    context = walk.browser.new_context(base_url=walk.url, java_script_enabled=False)
    walk.contexts.append(context)
    context.add_cookies(steps.page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/my-space/")
    page.locator(".nav-main summary").click()
    entries = page.locator(".nav-main .menu-body a")
    assert entries.count() == 7
    for entry in entries.all():
        expect(entry).to_be_visible()
    entries.last.click()
    page.wait_for_url("**/my-space/choices/")


def menu_out_of_sight(steps: Steps, address: str) -> list[str]:
    """Entries of the unfolded menu that one cannot come at with a finger."""
    steps.go(address, look=False)
    more = steps.page.locator(".nav-main summary")
    if not more.count():
        return []
    more.click()
    entries = steps.page.locator(".nav-main .menu-body a")
    entries.first.wait_for()
    return [text for text in entries.all_inner_texts() if not tapped(steps, text)]


def tapped(steps: Steps, text: str) -> bool:
    """Whether a tap would come to the entry with this text."""
    whole = re.compile(rf"^\s*{re.escape(text)}\s*$")
    entry = steps.page.locator(".nav-main .menu-body a", has_text=whole)
    try:
        entry.click(trial=True, timeout=2000)
    except TimeoutError:
        return False
    return True


def test_without_a_mouse(walk: Walker, cast: Cast) -> None:
    """Log a contact with Tab, arrows, Enter and Space; at each stop one sees where one is."""
    walk.private += ["Hyacinthe", "Auvergnat"]
    new_client(cast.colleague, "Hyacinthe", "Auvergnat")
    steps = walk.person(cast.colleague)
    steps.go("/")
    page = steps.page
    tab_to(steps, steps.t("Skip to the content"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(steps, f"{steps.t('Log a contact')} – Hyacinthe Auvergnat")
    enter(page)
    steps.reads("Hyacinthe")
    channel = steps.page.get_by_role("group", name=steps.labelled("How"))
    tab_to(steps, steps.t("Phone call"))
    page.keyboard.press("ArrowDown")
    expect(channel.get_by_label(steps.labelled("Visit at home"))).to_be_checked()
    tab_to(steps, steps.t("No answer"))
    page.keyboard.press("Space")
    expect(steps.field("No answer")).to_be_checked()
    page.keyboard.press("Space")
    tab_to(steps, steps.t("Today"))
    page.keyboard.press("Enter")
    tab_to(steps, steps.t("Notes"))
    page.keyboard.type("Came by, nobody hurried.")
    tab_to(steps, steps.t("Time, kilometres, follow-up, file, urgent"))
    page.keyboard.press("Enter")
    tab_to(steps, steps.t("Minutes"))
    page.keyboard.type("25")
    tab_to(steps, steps.t("Save"))
    enter(page)
    steps.sees("The contact is saved.")
    steps.reads("Came by, nobody hurried.")


def enter(page: Page) -> None:
    """Enter, to the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


WHERE = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const label = e.labels && e.labels.length ? e.labels[0].textContent : e.textContent;
  const outlined = x => x && getComputedStyle(x).outlineStyle !== "none" && parseFloat(getComputedStyle(x).outlineWidth) > 0;
  const ring = outlined(e) || style.boxShadow !== "none" || !e.matches(".btn") && outlined(e.closest("li, .choice"));
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    name: (label || "").replace(/\\s+/g, " ").trim(), tag: e.tagName, ring,
    inside: box.width > 0 && box.top >= -1 && box.bottom <= window.innerHeight + 1,
    covered: top !== null && !e.contains(top) && !top.contains(e) && !(e.labels && [...e.labels].some(l => l.contains(top))),
    html: e.outerHTML.slice(0, 120),
  };
}"""


def tab_to(steps: Steps, name: str) -> None:
    """Press Tab until the focus is on what bears this name; each stop on the way can be seen."""
    wanted = " ".join(name.split())
    for _ in range(60):
        steps.page.keyboard.press("Tab")
        now = steps.page.evaluate(WHERE)
        if now["tag"] == "BODY":
            continue
        assert now["ring"], f"no visible focus on {now['html']}"
        assert not now["covered"], f"the focus is hidden behind something: {now['html']}"
        if now["name"].removesuffix(steps.t("(optional)")).strip() == wanted:
            return
    raise AssertionError(f"Tab never came to {name!r}")
