"""Walking through pages as a person: by labels, in a language, at a size, with axe on each page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

import polib
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from confidential.environment import BASE
from tests.journeys.looking import NARROW, OVER, Passed, cut_off
from tests.journeys.sessions import language_of, session_of
from tests.making.people import PASSWORD, Someone

FRAME = "[document.title, document.documentElement.lang, window.innerWidth]"
# app.js has brought htmx, where the page has a part that is fetched.
FETCHES = "() => !document.querySelector('[hx-get], [hx-post]') || Boolean(window.htmx)"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/d/)[^/]+")


SIZES = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 900},
    "narrow": NARROW,
}  # in CSS pixels


@dataclass(frozen=True)
class Look:
    """A screen and a language; ``beside`` are the other screens on which each page is looked at too."""

    size: str
    language: str
    beside: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.size}-{self.language}"


def looks(journey: str, *sizes: str) -> list[Look]:
    """In which look a journey is walked: in French on the first size or in English on the last, by its name.

    Walking takes longer than looking: each page that is looked at is brought to the other sizes and back.
    LOOKS=all walks each journey on each size in each language.
    """
    if os.environ.get("LOOKS") == "all":
        return [Look(size, language) for size in sizes for language in ("en", "fr")]
    both = Look(sizes[0], "fr", sizes[1:]), Look(sizes[-1], "en", sizes[:-1])
    return [both[crc32(journey.encode()) % 2]]


@cache
def whole_texts() -> frozenset[str]:
    """Every text of the interface, as it stands in the source."""
    found = polib.pofile(str(BASE / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    return frozenset({entry.msgid for entry in found} | {"Français"})  # a language names itself


class Walker:
    """Browsers of the people in one journey."""

    def __init__(self, browser: Browser, url: str, look: Look, passed: Passed) -> None:
        self.browser, self.url, self.look, self.passed = browser, url, look, passed
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.accounts: list[UUID] = []
        self.private: list[str] = []  # names and words that no title and no address may hold
        self.away = ""  # the one address elsewhere that a quick exit leads to

    def person(self, someone: Someone | None = None, *, fresh: bool = True) -> Steps:
        """A browser of its own for one person, who is signed in already if they are named."""
        return self.account(someone.id if someone else None, fresh=fresh)

    def account(self, account: UUID | None = None, *, fresh: bool = True) -> Steps:
        """The same for any account, a client's too."""
        context = self.browser.new_context(
            viewport=SIZES[self.look.size],
            locale={"en": "en-GB", "fr": "fr-FR"}[self.look.language],
            timezone_id="Europe/Paris",
            base_url=self.url,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        if account:
            self.speaks(account)
            key = session_of(account, fresh=fresh)
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.on("request", self._watch_request)
        page.on("response", self._watch_response)
        page.on("console", self._watch_console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return Steps(page, self)

    def speaks(self, account: UUID) -> None:
        """Somebody's pages are in the language of this walk, until it ends."""
        language_of(account, self.look.language)
        self.accounts.append(account)

    def _watch_request(self, request: Any) -> None:
        if self.away and request.url == self.away:
            return
        if not request.url.startswith((self.url + "/", "data:", "blob:")):
            self.complaints.append(f"elsewhere: {request.url}")
        if any(word.casefold() in request.url.casefold() for word in self.private):
            self.complaints.append(f"private words in an address: {request.url}")

    def _watch_response(self, response: Any) -> None:
        ours = response.request.resource_type == "document" and response.url.startswith(self.url)
        if ours and "no-store" not in response.headers.get("cache-control", ""):
            self.complaints.append(f"may be kept by the browser: {response.url}")

    def _watch_console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not re.search(
            r"status of 4\d\d|status of 503", message.text
        ):
            self.complaints.append(f"console: {message.text}")

    def finish(self) -> None:
        """Close everything; nothing may have gone elsewhere or complained."""
        for context in self.contexts:
            context.close()
        for account in self.accounts:
            language_of(account, "en")
        assert self.complaints == []


class Steps:
    """What one person does on a page, by the words that they see."""

    def __init__(self, page: Page, walker: Walker) -> None:
        self.page, self.walker, self.look = page, walker, walker.look
        self.settings = page.context.new_cdp_session(page)

    # ---- words

    def t(self, text: str, **values: object) -> str:
        """A text of the interface in this person's language. It must be one, whole."""
        assert text in whole_texts(), f"no text of the interface: {text!r}"
        with translation.override(self.look.language):
            found = translation.gettext(text)
        return found % values if values else found

    def pattern(self, text: str, **values: object) -> str:
        """The same as a pattern: French has spaces of several widths before its marks."""
        return r"\s+".join(map(re.escape, self.t(text, **values).split()))

    def named(self, text: str) -> re.Pattern[str]:
        """The name of a button or link."""
        return re.compile(rf"^\s*{self.pattern(text)}\s*$")

    def labelled(self, label: str) -> re.Pattern[str]:
        """A label as it stands beside a field, with or without its "(optional)"."""
        return re.compile(rf"^\s*{self.pattern(label)}\s*({self.pattern('(optional)')})?\s*$")

    # ---- going about

    def go(self, path: str, *, look: bool = True) -> None:
        """Open an address, and look at the page."""
        self.page.goto(path)
        if look:
            self.look_at()

    def sign_in(self, someone: Someone, password: str = PASSWORD) -> None:
        """Through the sign-in page."""
        self.walker.speaks(someone.id)
        self.go("/sign-in/")
        self.fill("User name", someone.username)
        self.fill("Password", password)
        self.press("Sign in")

    def menu(self, entry: str) -> None:
        """Choose an entry of the main menu, where need be behind "More"."""
        nav = self.page.get_by_role("navigation", name=self.t("Main menu"))
        link = nav.get_by_role("link", name=re.compile(rf"^\s*{self.pattern(entry)}(\s|$)"))
        if not link.count():
            nav.get_by_text(self.t("More"), exact=True).click()
        self.follow(link.first)

    def press(self, text: str, *, within: Locator | None = None, look: bool = True) -> None:
        """Press the button or follow the link with this text, and look at what comes."""
        name, place = self.named(text), within or self.page
        button = place.get_by_role("button", name=name)
        link = place.get_by_role("link", name=name)
        expect(button.or_(link).first).to_be_visible()
        self.follow((button if button.count() else link).first, look=look)

    def follow(self, what: Locator, *, look: bool = True) -> None:
        """Press something that leads to another page."""
        with self.page.expect_navigation():
            what.click()
        if look:
            self.look_at()

    def unfold(self, summary: str, **values: object) -> None:
        """Open a folded part of the page, if it is not open yet."""
        found = self.page.locator(
            "summary", has_text=re.compile(self.pattern(summary, **values))
        ).first
        if found.locator("xpath=..").get_attribute("open") is None:
            found.click()

    # ---- forms

    def field(self, label: str, within: str = "") -> Locator:
        """The field with this label, in the group with that name."""
        place = self.page.get_by_role("group", name=self.labelled(within)) if within else self.page
        return place.get_by_label(self.labelled(label)).first

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self.field(label).fill(value)

    def fill_date(self, group: str, when: Any) -> None:
        """Type a date into its three fields."""
        for label, part in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
            self.field(label, group).fill(str(part))

    def choose(self, label: str, within: str = "") -> None:
        """Tick or choose what has this label, or begins with it."""
        place = self.page.get_by_role("group", name=self.labelled(within)) if within else self.page
        exact = place.get_by_label(self.labelled(label))
        begins = place.get_by_label(re.compile(rf"^\s*{self.pattern(label)}"))
        expect(begins.first).to_be_visible()
        (exact if exact.count() else begins).first.check()

    # ---- what is there

    def sees(self, text: str, **values: object) -> None:
        """The page shows this text of the interface."""
        expect(self.page.locator("body")).to_contain_text(self.t(text, **values))

    def reads(self, words: str) -> None:
        """The page shows these words that somebody typed."""
        expect(self.page.locator("body")).to_contain_text(words)

    def does_not_see(self, text: str) -> None:
        """The page does not show this text of the interface."""
        self.does_not_read(self.t(text))

    def does_not_read(self, words: str) -> None:
        """The page does not show these words."""
        expect(self.page.locator("body")).not_to_contain_text(words)

    def is_at(self, path: str) -> None:
        """The address of the page, ids apart."""
        assert ID.sub("ID", self.path) == path

    @property
    def path(self) -> str:
        """Where the page is, on this site."""
        return self.page.url.removeprefix(self.walker.url).split("?")[0].split("#")[0]

    # ---- looking

    def look_at(self) -> None:
        """axe finds nothing, nothing is too wide, the frame is right; keeps a picture where asked for.

        On the smallest screen nothing is cut off either, nor with text twice as large: looked at once for each
        address, title and language.
        """
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(FETCHES)
        where = ID.sub("ID", self.path)
        self.look_in(self.look.size, where)
        for size in self.look.beside:
            self.page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            self.look_in(size, where)
        if not self.walker.passed.was_narrow(f"{where} {self.page.title()} {self.look.language}"):
            cut = cut_off(self.page, self.settings)
            assert not cut, f"{where} is cut off at 320 px: {cut}"
        self.page.set_viewport_size(SIZES[self.look.size])  # type: ignore[arg-type]

    def look_in(self, size: str, where: str) -> None:
        """The same in one size, which the page has now."""
        self.keep_picture(where, size)
        title, language, width = self.page.evaluate(FRAME)
        assert width == SIZES[size]["width"], f"{where} is looked at in {width} px"
        said = self.page.locator("h1").all_inner_texts() if language != self.look.language else ""
        assert language == self.look.language, f"{where} speaks {language}: {said}"
        told = [word for word in self.walker.private if word.casefold() in title.casefold()]
        assert title and not told, f"{where}: the title says {title!r}"
        over = self.page.evaluate(OVER)
        assert not over, f"{where} is too wide ({size}): {over}"
        found = self.walker.passed.violations(self.page, size)
        assert not found, (where, size, found)

    def keep_picture(self, where: str, size: str = "") -> None:
        """A screenshot for people to look at, when SCREENSHOTS names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            name = re.sub(r"\W+", "-", where).strip("-") or "home"
            self.page.screenshot(
                path=f"{folder}/{size or self.look.size}-{self.look.language}-{name}.png",
                full_page=True,
            )

    @contextmanager
    def download(self) -> Iterator[list[Path]]:
        """What is downloaded in the block: a list that holds its path afterwards."""
        got: list[Path] = []
        with self.page.expect_download() as coming:
            yield got
        got.append(Path(coming.value.path()))

    def take(self, text: str, *, within: Locator | None = None) -> bytes:
        """Press what downloads a file; its content."""
        name, place = self.named(text), within or self.page
        button = place.get_by_role("button", name=name)
        link = place.get_by_role("link", name=name)
        with self.download() as got:
            (button if button.count() else link).first.click()
        return got[0].read_bytes()
