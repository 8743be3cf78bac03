"""What must not be told stays untold: two clients who differ in a kept-back disclosure only look the same.

Step by step over HTTP, in every page of their space, their copy, their file and every table; and a day, a
week and a year after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test import Client as Browser

from tests import cast as standing
from tests.disclosures import making
from tests.portal.conftest import Space, log_contact
from tests.portal.twins import Twins

SignIn = Callable[..., Browser]
WILL = {"consent": "not_sought", "why_no_consent": "Somebody listens in."}
LATER = (1, 7, 365)


@pytest.fixture
def twins(cast: standing.Cast, space: Callable[..., Space], superuser: psycopg.Connection) -> Twins:
    """Two clients with the same names, contacts and card."""
    both = [space(given_name="Honorine", family_name="Vauquelin") for _ in range(2)]
    for own in both:
        for day, text in ((6, making.KEPT), (7, making.CHOSEN)):
            log_contact(cast.volunteer, own.client, text, date(2026, 1, day))
    people = {
        someone.id: someone
        for someone in vars(cast).values()
        if isinstance(someone, standing.Someone)
    }
    return Twins(*both, superuser, people)


class Story:
    """What people do about ``twins.kept``, on the pages; each act gives the words for it."""

    def __init__(self, cast: standing.Cast, twins: Twins, sign_in: SignIn) -> None:
        self.cast, self.twins, self.sign_in = cast, twins, sign_in
        self.asker, self.decider = sign_in(cast.volunteer), sign_in(cast.deputy)
        self.stranger = sign_in(cast.outsider)
        self.new = f"/clients/{twins.kept.client.pk}/disclosures/new/"
        self.page = ""
        self.link = self.phrase = ""

    def form_opened(self) -> None:
        """Only looked at: nothing is made."""
        for browser in (self.asker, self.decider):
            assert browser.get(self.new).status_code == 200
        assert self.stranger.get(f"/disclosures/{UUID(int=1)}/").status_code == 404

    def drafted(self) -> None:
        """Its ground, recipient, the client's will, contacts and why: each page opened and sent."""
        shown = self.asker.get(self.new).content.decode()
        data = {
            "ground": "public_interest",
            "ground_details": "Harm.",
            "new_id": field(shown, "new_id"),
        }
        at = self.asker.post(self.new, data).headers["Location"]
        self.page = "/".join(at.split("/")[:3]) + "/"
        for given in ({name: making.WORDS[name] for name in RECIPIENT}, WILL):
            shown = self.asker.get(at).content.decode()
            sent = self.asker.post(at, {**given, "revision": field(shown, "revision")})
            at = sent.headers["Location"]
        shown = self.asker.get(at).content.decode()
        at = self.asker.post(
            at, {"contacts": re.findall(r'name="contacts" value="([^"]+)"', shown)[:1]}
        )["Location"]
        item = re.findall(r'name="([0-9a-f]{32})"', self.asker.get(at).content.decode())[0]
        assert self.asker.post(at, {item: "It is needed."})["Location"] == self.page

    def corrected(self) -> None:
        """The draft is changed, so that it has earlier versions."""
        at = f"{self.page}edit/recipient/"
        shown = self.asker.get(at).content.decode()
        given = {**{name: making.WORDS[name] for name in RECIPIENT}, "need": "At once."}
        assert (
            self.asker.post(at, {**given, "revision": field(shown, "revision")}).status_code == 302
        )

    def looked_at(self) -> None:
        """By everybody who may, in lists and on its page; and tried by who may not."""
        for browser in (self.asker, self.decider, self.sign_in(self.cast.coordinator)):
            for page in ("/", "/disclosures/", self.new.removesuffix("new/"), self.page):
                if page:
                    assert browser.get(page).status_code == 200
        if self.page:
            assert self.stranger.get(self.page).status_code == 404
            assert self.asker.get(f"{self.page}decide/").status_code in (302, 403)

    def asked(self) -> None:
        assert self.asker.post(f"{self.page}ask/").status_code == 302

    def notes_opened(self) -> None:
        """For it; those of the other client at the same moment, on the record."""
        assert self.decider.get(f"{self.page}decide/").status_code == 200
        assert self.decider.post(f"{self.page}notes/").status_code == 302
        other = f"/clients/{self.twins.plain.client.pk}/notes/"
        assert self.decider.post(other, {"reason": "coordination"}).status_code == 302
        assert making.CHOSEN in self.decider.get(f"{self.page}decide/").content.decode()

    def decided(self, decision: str, **more: str) -> None:
        shown = field(self.decider.get(f"{self.page}decide/").content.decode(), "shown")
        data = {"decision": decision, "reason": "Read.", "shown": shown, **more}
        assert self.decider.post(f"{self.page}decide/", data).status_code == 302

    def approved(self) -> None:
        self.decided("approve")

    def refused(self) -> None:
        self.decided("refuse")

    def cancelled(self) -> None:
        assert self.asker.get(f"{self.page}cancel/").status_code == 200
        assert self.asker.post(f"{self.page}cancel/", {"reason": "Not needed."}).status_code == 302


RECIPIENT = ("recipient", "recipient_function", "recipient_reach", "need")
PREPARED = ["form_opened", "drafted", "corrected", "looked_at"]
DECIDED = [*PREPARED, "asked", "looked_at", "notes_opened"]
ENDS = {
    "draft given up": [*PREPARED, "cancelled"],
    "refused": [*DECIDED, "refused", "looked_at"],
    "approved and cancelled": [*DECIDED, "approved", "looked_at", "cancelled", "looked_at"],
}


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


@pytest.mark.parametrize("end", ENDS)
def test_nothing_that_a_client_sees_tells_of_a_disclosure_that_is_kept_back(
    cast: standing.Cast, twins: Twins, sign_in: SignIn, end: str
) -> None:
    story = Story(cast, twins, sign_in)
    twins.compare("before")
    for act in ENDS[end]:
        getattr(story, act)()
        twins.compare(act, whole=act == "notes_opened")
    twins.compare(end, whole=True)
    for days in LATER:
        with twins.later(days):
            story.looked_at()
            twins.compare(f"{days} days after", whole=days == LATER[-1])
