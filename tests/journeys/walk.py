"""Walking through pages as a person: by labels, in a language, at a size, with axe on each page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Look:
    """A screen and a language."""

    size: str
    language: str

    def __str__(self) -> str:
        return f"{self.size}-{self.language}"

    @property
    def viewport(self) -> dict[str, int]:
        """In CSS pixels."""
        return {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}[
            self.size
        ]


LOOKS = [Look(size, language) for size in ("phone", "desktop") for language in ("en", "fr")]


class Walker:
    """Browsers of the people in one journey."""

    def __init__(self, browser: Browser, url: str, look: Look) -> None:
        self.browser, self.url, self.look = browser, url, look
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def person(self) -> Steps:
        """A browser of its own for one person."""
        context = self.browser.new_context(
            viewport=self.look.viewport, locale={"en": "en-GB", "fr": "fr-FR"}[self.look.language],
            timezone_id="Europe/Paris", base_url=self.url, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", self._watch_request)
        page.on("console", self._watch_console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return Steps(page, self.look)

    def _watch_request(self, request: object) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"elsewhere: {request.url}")

    def _watch_console(self, message: object) -> None:
        if message.type in ("error", "warning") and not re.search(
            r"status of 4\d\d|status of 503", message.text
        ):
            self.complaints.append(f"console: {message.text}")

    def finish(self) -> None:
        """Close everything; nothing may have gone elsewhere or complained."""
        for context in self.contexts:
            context.close()
        assert self.complaints == []


class Steps:
    """What one person does on a page, by the words that they see."""

    def __init__(self, page: Page, look: Look) -> None:
        self.page, self.look = page, look

    def t(self, text: str, **values: object) -> str:
        """A text of the interface in this person's language."""
        with translation.override(self.look.language):
            found = translation.gettext(text)
        return found % values if values else found

    def go(self, path: str) -> None:
        """Open an address, and look at the page."""
        self.page.goto(path)
        self.look_at()

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(self.t(label), exact=True).first.fill(value)

    def choose(self, label: str) -> None:
        """Tick or choose what has this label."""
        self.page.get_by_label(self.t(label), exact=True).first.check()

    def press(self, text: str, *, look: bool = True) -> None:
        """Press the button or follow the link with this text, and look at what comes."""
        name = self.t(text)
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        (button if button.count() else link).first.click()
        self.page.wait_for_load_state()
        if look:
            self.look_at()

    def sees(self, text: str, **values: object) -> None:
        """The page shows this text of the interface."""
        expect(self.page.locator("body")).to_contain_text(self.t(text, **values))

    def reads(self, words: str) -> None:
        """The page shows these words that somebody typed."""
        expect(self.page.locator("body")).to_contain_text(words)

    def does_not_read(self, words: str) -> None:
        """The page does not show these words."""
        expect(self.page.locator("body")).not_to_contain_text(words)

    def look_at(self) -> None:
        """axe finds nothing, nothing is wider than the screen; keeps a picture where asked for."""
        self.page.wait_for_load_state("load")
        where = re.sub(r"[0-9a-f-]{36}", "ID", self.page.url.split("?")[0])
        self.page.evaluate(AXE)
        found = self.page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)[
            "violations"
        ]
        assert not found, [
            (where, v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found
        ]
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{where} is {over} px too wide"
        self.keep_picture(where)

    def keep_picture(self, where: str) -> None:
        """A screenshot for people to look at, when SCREENSHOTS names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            name = re.sub(r"\W+", "-", where.split("/", 3)[-1]).strip("-") or "home"
            self.page.screenshot(path=f"{folder}/{self.look}-{name}.png", full_page=True)

    @contextmanager
    def download(self) -> Iterator[list[Path]]:
        """What is downloaded in the block: a list that holds its path afterwards."""
        got: list[Path] = []
        with self.page.expect_download() as coming:
            yield got
        got.append(Path(coming.value.path()))
