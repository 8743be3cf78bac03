"""Looking at a page with axe, without asking again what axe has answered already.

An answer of axe takes a third of a second, and journeys meet the same page many times: another client, another
row, the other language. So each page is first brought to its skeleton, and axe is asked where that skeleton is new
for this size in this run. A page is only ever left out when axe has found nothing on an equal one.

What axe's verdict can depend on, and how the skeleton keeps it:

- tags, their order and nesting, and every attribute: as they are. Left out are what the program fills in: ids,
  tokens and words. Each of these is replaced by the number of its first appearance on the page, so that equal
  ones stay equal and different ones different: a label still points at its field, an alternative text that repeats
  the words beside it still does. Of an id it is also kept whether the page has it never, once or several times.
- words: whether there are none, one letter, signs without letters, or words. No rule that is asked reads more. So
  English and French may have one skeleton; of a language it is kept whether it is that of the page, the other one
  of the two, or something else. That the page has the right one is checked on each.
- what a field holds: whether that is anything, and whether it is ticked.
- colours, sizes of text, what is shown and what scrolls: the computed style of each element. So a change of the
  style sheet, a focus or a state counts without being named here.
- where things lie: of every element that can be pressed and is smaller than 24 pixels, its box and the boxes near
  it; which such elements overlap; which words lie under what is placed out of the flow.
- rows: of a run of equal siblings (equal in all of the above, words and ids apart) the first two are kept, for a
  rule can compare two neighbours. What lies where, and ids, are kept of all.

A page with a frame or a shadow tree has no skeleton: axe is asked.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing but the violations leaves the page: to hand over all that axe says takes as long as its rules.
RUN_AXE = """tags => axe.run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
  .then(found => found.violations.map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))"""
# The smallest screen that WCAG asks for, with the browser's text as it is and twice as large (1.4.4, 1.4.10).
NARROW = {"width": 320, "height": 640}
TEXT = {"100": 16, "200": 32}
# What reaches over the right edge of the window; nothing where the page has no need to be moved sideways.
OVER = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide <= 0 ? [] : [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > window.innerWidth)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 140)).concat([`${wide} px too wide`]);
}"""
SKELETON = (Path(__file__).parent / "skeleton.js").read_text()


class Passed:
    """Sizes and skeletons in which axe has found nothing: empty files, so that all processes of a run share them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def violations(self, page: Page, size: str) -> list[Any]:
        """What axe finds on this page: rules, with the elements that break them."""
        skeleton = page.evaluate(SKELETON)
        mark = self.folder / f"{size}-{sha256(skeleton.encode()).hexdigest()}" if skeleton else None
        if mark and mark.exists():
            return []
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(AXE)
        broken = page.evaluate(RUN_AXE, TAGS)
        if mark and not broken:
            mark.touch()
        return broken

    def was_narrow(self, page: str) -> bool:
        """Whether this page was looked at on the smallest screen before; from now on it was.

        Bringing a page there, with text of two sizes, takes as long as half of a journey.
        """
        mark = self.folder / f"narrow-{sha256(page.encode()).hexdigest()}"
        if mark.exists():
            return True
        mark.touch()
        return False


def choose_text(settings: CDPSession, text: str) -> None:
    """As somebody does in the settings of their browser, in per cent."""
    settings.send("Page.setFontSizes", {"fontSizes": {"standard": TEXT[text]}})


def cut_off(page: Page, settings: CDPSession) -> dict[str, list[str]]:
    """What does not fit on the smallest screen, by the size of the text. The text is as before afterwards."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found = {}
    for text in reversed(TEXT):
        choose_text(settings, text)
        found[text] = page.evaluate(OVER)
    return {text: over for text, over in found.items() if over}
