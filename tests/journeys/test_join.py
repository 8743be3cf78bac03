"""Journey 1, join: invited with a code, a security code set up, the code read and signed, then home."""

from __future__ import annotations

import base64
import re
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import expect

from tests.journeys.walk import Steps, Walker
from tests.making.people import Cast

pytestmark = pytest.mark.browser
NEW_PASSWORD = "eleven lanterns over Figeac"
WRONG_CODE = (
    "This code is not right, or it was used before. Wait for the next one, or take another."
)
UNKNOWN = (
    "This code is unknown. Compare it with your paper, letter by letter. A code works once: "
    "if you have joined with it already, sign in with your user name."
)
SHUT = ["/", "/clients/", "/search/", "/clients/new/", "/people/", "/disclosures/", "/enquiries/"]
TEXTS = {"en": "Keep private what you hear.", "fr": "Gardez pour vous ce que vous entendez."}


def test_join(walk: Walker, cast: Cast) -> None:
    """From the coordinator's invitation to the newcomer's own home page, and in again."""
    invitation = invite(walk, cast)
    newcomer = walk.person()
    username = join(newcomer, invitation)
    proof, other_way = (by_app, "paper") if walk.look.size == "desktop" else (by_paper, "app")
    codes = proof(newcomer)
    nothing_else_opens(newcomer)
    read_and_sign(newcomer)
    newcomer.menu("Clients")
    newcomer.sees("No client yet")
    sign_in_again(newcomer, username, codes)
    see_other_way(newcomer, other_way)
    used_up(walk, invitation)


def invite(walk: Walker, cast: Cast) -> str:
    """The coordinator makes the code; it is shown once, and the paper says the same."""
    steps = walk.person()
    steps.sign_in(cast.coordinator)
    steps.menu("Colleagues")
    steps.press("Invite somebody")
    steps.choose("Français" if walk.look.language == "fr" else "English")
    steps.press("Make the code")
    code = steps.page.locator(".code-words").inner_text().strip()
    assert steps.take("Save as PDF to print").startswith(b"%PDF")
    steps.page.reload()
    steps.look_at()
    steps.sees("The code was shown once")
    steps.does_not_read(code)
    return code


def join(steps: Steps, invitation: str) -> str:
    """Code and account; a wrong code and two different passwords are told in plain words."""
    steps.go("/")
    steps.is_at("/sign-in/")
    steps.press("Set up my account")
    steps.fill("Code on your paper", "2222-2222-2222-2222")
    steps.press("Continue")
    steps.sees("Please check what you entered")
    steps.fill("Code on your paper", invitation.lower().replace("-", " "))
    steps.press("Continue")
    username = f"violette-{steps.look}"
    steps.fill("Name that your colleagues see", "Violette")
    steps.choose("Français" if steps.look.language == "fr" else "English")
    steps.fill("User name", username)
    steps.fill("New password", NEW_PASSWORD)
    steps.fill("The same password again", "something else entirely")
    steps.press("Create my account")
    steps.sees("The two passwords are not the same. Type it again.")
    steps.fill("New password", NEW_PASSWORD)
    steps.fill("The same password again", NEW_PASSWORD)
    steps.press("Create my account")
    steps.is_at("/join/second-factor/")
    return username


def by_app(steps: Steps) -> list[str]:
    """An authenticator: the key is typed, a wrong code refused, the right one taken."""
    steps.press("Use an app")
    steps.unfold("Type a key instead, for example when this page is on the same telephone")
    key = steps.page.locator(".code-words").inner_text().replace(" ", "")
    app = TOTP(base64.b32decode(key), 6, SHA1(), 30, enforce_key_length=False)  # noqa: S303 - what authenticators use
    right = app.generate(int(time.time())).decode()
    steps.fill("Code", "000000" if right != "000000" else "111111")
    steps.press("Done")
    steps.sees(WRONG_CODE)
    steps.fill("Code", app.generate(int(time.time())).decode())
    steps.press("Done")
    # The code of the next half minute: a telephone's clock may be that much ahead.
    return ["000000", app.generate(int(time.time()) + 30).decode()]


def by_paper(steps: Steps) -> list[str]:
    """Ten codes, shown once, also as a sheet to print."""
    steps.press("Use paper")
    steps.press("Make my list")
    listed = steps.page.locator("ol.code-words li").all_inner_texts()
    assert len(set(listed)) == 10
    assert steps.take("Sheet to print (PDF)").startswith(b"%PDF")
    steps.press("I have them on paper")
    return ["2222-2222", listed[3]]


def nothing_else_opens(steps: Steps) -> None:
    """Until the code is signed, every address leads to it."""
    for address in SHUT:
        steps.go(address, look=False)
        steps.is_at("/code/")
    expect(steps.page.get_by_role("navigation", name=steps.t("Main menu"))).to_have_count(0)
    steps.look_at()


def read_and_sign(steps: Steps) -> None:
    """Read in one language and in the other; signed with a tick, never without."""
    own = steps.look.language
    other = {"en": "fr", "fr": "en"}[own]
    steps.reads(TEXTS[own])
    tabs = steps.page.get_by_role("navigation", name=steps.t("Language of the text"))
    for language in (other, own):
        name = {"en": "English", "fr": "Français"}[language]
        steps.follow(tabs.get_by_role("link", name=re.compile(name, re.IGNORECASE)))
        steps.reads(TEXTS[language])
    steps.press("I have read it: sign")
    steps.press("Sign")
    steps.sees("Tick the box if you want to sign. If something is unclear, ask first.")
    steps.choose("I have read the code, and I undertake to keep it.")
    steps.press("Sign")
    steps.is_at("/")
    steps.sees("Thank you. You have signed the code of confidentiality.")
    steps.sees("What waits for you")


def sign_in_again(steps: Steps, username: str, codes: list[str]) -> None:
    """Out, and in with both proofs; what the browser kept shows nothing."""
    steps.page.locator("summary", has_text="Violette").click()
    steps.press("Sign out")
    steps.sees("You are signed out.")
    steps.go("/clients/", look=False)
    steps.is_at("/sign-in/")
    steps.fill("User name", username)
    steps.fill("Password", NEW_PASSWORD)
    steps.press("Sign in")
    wrong, right = codes
    steps.fill("Code", wrong)
    steps.press("Continue")
    steps.sees(WRONG_CODE)
    steps.fill("Code", right)
    steps.press("Continue")
    steps.is_at("/clients/")


def see_other_way(steps: Steps, way: str) -> None:
    """The pages of the way that this walk did not take, in its language."""
    steps.go("/account/second-factor/")
    if way == "app":
        steps.press("Use an app")
        steps.fill("Code", "000000")
        steps.press("Done")
        steps.sees(WRONG_CODE)
    else:
        steps.press("Make a list")
        steps.press("Make my list")
        expect(steps.page.locator("ol.code-words li")).to_have_count(10)
        steps.press("I have them on paper")


def used_up(walk: Walker, invitation: str) -> None:
    """The code worked once."""
    stranger = walk.person()
    stranger.go("/join/", look=False)
    stranger.fill("Code on your paper", invitation)
    stranger.press("Continue")
    stranger.sees(UNKNOWN)
