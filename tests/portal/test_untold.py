"""What must not be told stays untold: two clients who differ in a kept-back disclosure only look the same.

Step by step over HTTP, in every page of their space, their copy, their file and every table; and a day, a
week and a year after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from audit import door
from audit.actor import LogUnavailable
from clients.who_may_know.actions import grants
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from rights.models import SubjectRequest
from tests.making import disclosures
from tests.making.contacts import log_contact
from tests.making.pages import SignIn, hidden
from tests.making.people import Cast, Someone, build_another
from tests.making.spaces import Space
from tests.portal.twins import Twins
from vault.exceptions import Refused

pytestmark = pytest.mark.usefixtures("long_lists")

WILL = {"consent": "not_sought", "why_no_consent": "Somebody listens in."}
LATER = (1, 7, 365)


@pytest.fixture(scope="module")
def cast(cast: Cast, server: Embedded) -> Cast:
    """People in branches of their own: what others left would stand before the twins in short lists."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_untold")


@pytest.fixture
def twins(
    cast: Cast, space: Callable[..., Space], superuser: psycopg.Connection, sign_in: SignIn
) -> Twins:
    """Two clients with the same names, contacts and card."""
    both = [space(given_name="Honorine", family_name="Vauquelin") for _ in range(2)]
    for own in both:
        for day, text in ((6, disclosures.KEPT), (7, disclosures.CHOSEN)):
            log_contact(cast.volunteer, own.client, text, date(2026, 1, day))
    people = {
        someone.id: someone for someone in vars(cast).values() if isinstance(someone, Someone)
    }
    return Twins(*both, superuser, people, sign_in)


class Story:
    """What people do about ``twins.kept``, on the pages; each act gives the words for it."""

    def __init__(self, cast: Cast, twins: Twins, sign_in: SignIn) -> None:
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
            "new_id": hidden(shown, "new_id"),
        }
        at = self.asker.post(self.new, data).headers["Location"]
        self.page = "/".join(at.split("/")[:3]) + "/"
        for given in ({name: disclosures.WORDS[name] for name in RECIPIENT}, WILL):
            shown = self.asker.get(at).content.decode()
            sent = self.asker.post(at, {**given, "revision": hidden(shown, "revision")})
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
        given = {**{name: disclosures.WORDS[name] for name in RECIPIENT}, "need": "At once."}
        assert (
            self.asker.post(at, {**given, "revision": hidden(shown, "revision")}).status_code == 302
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
        assert disclosures.CHOSEN in self.decider.get(f"{self.page}decide/").content.decode()

    def decided(self, decision: str, **more: str) -> None:
        shown = hidden(self.decider.get(f"{self.page}decide/").content.decode(), "shown")
        data = {"decision": decision, "reason": "Read.", "shown": shown, **more}
        assert self.decider.post(f"{self.page}decide/", data).status_code == 302

    def approved(self) -> None:
        self.decided("approve")

    def approved_untold(self) -> None:
        """Approved; it would do harm to tell the client."""
        day = timezone.localdate() + timedelta(days=30)
        parts = {
            f"look_again_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")
        }
        self.decided("approve", untold="harm", untold_why="He reads with her.", **parts)

    def released(self) -> None:
        """The link and the passphrase go to the recipient."""
        assert self.decider.get(f"{self.page}release/").status_code == 200
        sent = self.decider.post(f"{self.page}release/", {"language": "en", "days": "7"})
        page = sent.content.decode()
        self.link = re.search(r"/d/[\w-]{43}/", page)[0]  # type: ignore[index]
        self.phrase = re.search(r"(?:[a-z]{4} ){5}[a-z]{4}", page)[0]  # type: ignore[index]

    def tried(self) -> None:
        """By the recipient, with a wrong passphrase."""
        assert Browser().post(self.link, {"passphrase": "bado"}).status_code == 403

    def received(self) -> None:
        got = Browser().post(self.link, {"passphrase": self.phrase})
        assert got.content.startswith(b"%PDF")

    def looked_at_again(self) -> None:
        """Kept from the client for longer."""
        self.telling("harm", 60)

    def telling(self, untold: str, days: int = 0) -> None:
        """Whether the client is told, decided again."""
        assert self.decider.get(f"{self.page}telling/").status_code == 200
        day = timezone.localdate() + timedelta(days=days)
        parts = {
            f"look_again_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")
        }
        assert self.decider.post(
            f"{self.page}telling/", {"untold": untold, **(parts if untold else {})}
        )

    def refused(self) -> None:
        self.decided("refuse")

    def cancelled(self) -> None:
        assert self.asker.get(f"{self.page}cancel/").status_code == 200
        assert self.asker.post(f"{self.page}cancel/", {"reason": "Not needed."}).status_code == 302


OPTION = "To decide whether to pass something on</option>"
LONGEST = "released, not to be told"
RECIPIENT = ("recipient", "recipient_function", "recipient_reach", "need")
PREPARED = ["form_opened", "drafted", "corrected", "looked_at"]
DECIDED = [*PREPARED, "asked", "looked_at", "notes_opened"]
ENDS = {
    "draft given up": [*PREPARED, "cancelled"],
    "refused": [*DECIDED, "refused", "looked_at"],
    "approved and cancelled": [*DECIDED, "approved", "looked_at", "cancelled", "looked_at"],
    "released, not to be told": [
        *DECIDED,
        "approved_untold",
        "released",
        "tried",
        "received",
        "looked_at_again",
        "looked_at",
    ],
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_that_a_client_sees_tells_of_a_disclosure_that_is_kept_back(
    cast: Cast, twins: Twins, sign_in: SignIn, end: str
) -> None:
    story = Story(cast, twins, sign_in)
    # The way that all ends share is compared at each step once.
    compared = ENDS[end] if end == LONGEST else [a for a in ENDS[end] if a not in ENDS[LONGEST]]
    for act in ENDS[end]:
        getattr(story, act)()
        twins.mirror()  # at once, or its lines would stand in another order among what follows
        if act in compared:
            twins.compare(act, whole=act in ("notes_opened", "received"))
    for days in LATER:
        with twins.later(days):
            story.looked_at()
            twins.compare(f"{days} days after", whole=days == LATER[-1])


def test_what_was_kept_from_a_client_is_told_with_all_its_lines_once_somebody_says_so(
    cast: Cast, twins: Twins, sign_in: SignIn
) -> None:
    story = Story(cast, twins, sign_in)
    for act in (*PREPARED, "asked", "notes_opened", "approved_untold", "released"):
        getattr(story, act)()
    own = twins.kept.browser
    assert (
        disclosures.WORDS["recipient"]
        not in own.get(reverse("portal_disclosures")).content.decode()
    )
    told = own.get(reverse("portal_seen")).content.decode()
    assert "something on" not in told.replace(OPTION, "")
    story.telling("")
    assert disclosures.WORDS["recipient"] in own.get(reverse("portal_disclosures")).content.decode()
    told = own.get(reverse("portal_seen")).content.decode()
    for line in (
        "Read a plan to pass something on, to decide",
        "Decided that you are told",
        "Passed something on",
    ):
        assert line in told
    # What was told cannot be taken back.
    assert sign_in(cast.deputy).get(f"{story.page}telling/").status_code == 302
    with (
        pytest.raises(IntegrityError),
        cast.deputy.actor().transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE disclosures_disclosure SET untold = 'harm', look_again_on = %s WHERE client_id = %s",
            [timezone.localdate() + timedelta(days=9), twins.kept.client.pk],
        )


@pytest.mark.parametrize(
    "given",
    [
        {"untold": "harm"},
        {"untold": "harm", "untold_why": "He reads with her."},
        {
            "untold": "forbidden",
            "look_again_on_day": "1",
            "look_again_on_month": "2",
            "look_again_on_year": "2040",
        },
    ],
)
def test_keeping_from_the_client_needs_a_reason_and_a_day_within_half_a_year(
    cast: Cast, twins: Twins, sign_in: SignIn, given: dict[str, str]
) -> None:
    story = Story(cast, twins, sign_in)
    for act in ("drafted", "asked", "notes_opened"):
        getattr(story, act)()
    shown = hidden(story.decider.get(f"{story.page}decide/").content.decode(), "shown")
    data = {"decision": "approve", "reason": "Read.", "shown": shown, **given}
    assert story.decider.post(f"{story.page}decide/", data).status_code == 200


@pytest.mark.parametrize(
    ("act", "untold"), [("approved", "harm"), ("approved_untold", "forbidden")]
)
def test_no_reason_for_keeping_it_back_is_given_without_words(
    cast: Cast, twins: Twins, sign_in: SignIn, act: str, untold: str
) -> None:
    """Only a decision has words: afterwards it goes on for that reason, or ends."""
    story = Story(cast, twins, sign_in)
    for done in ("drafted", "asked", "notes_opened", act):
        getattr(story, done)()
    before = kept_back(cast, twins)
    day = timezone.localdate() + timedelta(days=20)
    parts = {f"look_again_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    story.decider.post(f"{story.page}telling/", {"untold": untold, **parts})
    assert kept_back(cast, twins) == before
    with pytest.raises(IntegrityError, match="cannot go this way"):
        with cast.deputy.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosure SET untold = %s, look_again_on = %s WHERE client_id = %s",
                [untold, timezone.localdate() + timedelta(days=9), twins.kept.client.pk],
            )
    story.cancelled()  # or it would stand on first pages that hold five


def kept_back(cast: Cast, twins: Twins) -> tuple[str, date | None]:
    """The reason and the day of the client's disclosure."""
    which = "untold, look_again_on FROM disclosures_disclosure WHERE client_id = %s"
    with cast.deputy.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {which}", [twins.kept.client.pk])
        return cursor.fetchone()


def test_what_is_kept_from_the_client_comes_back_on_its_day(
    cast: Cast, twins: Twins, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    story = Story(cast, twins, sign_in)
    for act in ("drafted", "asked", "notes_opened", "approved_untold", "released"):
        getattr(story, act)()
    reference = story.decider.get(story.page).context["disclosure"].reference
    waiting = "May the client be told?"
    assert waiting not in story.decider.get("/").content.decode()
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_disclosure SET look_again_on = sec.today() WHERE reference = %s",
            [reference],
        )
    assert waiting in story.decider.get("/").content.decode()
    story.telling("harm", 20)
    assert waiting not in story.decider.get("/").content.decode()


# ---------------------------------------------------------------- in SQL


def ask(by: Someone, statement: str, *values: Any) -> Any:
    """What somebody's own connection answers."""
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}", list(values))
        return cursor.fetchone()[0]


def test_no_function_answers_whether_something_is_kept_back(
    cast: Cast, twins: Twins, superuser: psycopg.Connection
) -> None:
    me = Someone(twins.kept.user, "", None)
    made = disclosures.asked(cast)
    assert not superuser.execute("SELECT FROM pg_proc WHERE proname = 'kept_back'").fetchall()
    for which in (made.pk, uuid4()):
        assert ask(me, "sec.may_be_told('disclosures_disclosure', %s)", which) is False
        assert ask(me, "sec.disclosure_hash(%s)", which) is None


def test_the_hash_of_a_disclosure_is_for_whoever_sees_it(cast: Cast) -> None:
    made = disclosures.asked(cast)
    for someone in (cast.volunteer, cast.deputy, cast.coordinator):
        assert len(ask(someone, "sec.disclosure_hash(%s)", made.pk)) == 32
    for someone in (cast.colleague, cast.outsider, cast.south_coordinator, cast.president):
        assert ask(someone, "sec.disclosure_hash(%s)", made.pk) is None
        assert ask(someone, "sec.disclosure_hash(%s)", uuid4()) is None


def test_whoever_worked_on_what_is_kept_back_is_in_no_decision_on_names(
    cast: Cast, twins: Twins, sign_in: SignIn
) -> None:
    story = Story(cast, twins, sign_in)
    for act in (story.drafted, story.looked_at):
        act()
        twins.mirror()
    lead = sign_in(cast.protection)
    until = timezone.localdate() + timedelta(days=9)
    for own in (twins.kept, twins.plain):
        sent = {
            "reference": own.client.reference,
            "reason": "doubt",
            **{f"until_{part}": str(getattr(until, part)) for part in ("day", "month", "year")},
        }
        assert lead.post(reverse("names_list"), sent).status_code == 302
    twins.compare("names")


def test_earlier_versions_are_for_whoever_sees_the_row(
    cast: Cast, space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    own.browser.post(
        reverse("portal_request_add"), {"kind": "correction", "words": "About my volunteer."}
    )
    with cast.coordinator.actor().transaction() as actor:
        row = SubjectRequest.objects.get(client=own.client)
        row.state, row.handled_by_id = "in_progress", actor.person
        row.save(update_fields=["state", "handled_by_id"])
        keys = door.open_one(actor, own.client.pk, "request.view", "request")
        row.words.unlock(keys)
        row.words.answer = "We will talk."
        row.words.save()
    kept = "count(*) FROM clients_revision WHERE client_id = %s"
    assert ask(Someone(own.user, "", None), kept, own.client.pk) == 1
    assert (
        ask(
            cast.volunteer,
            "count(*) FROM rights_subjectrequestwords WHERE client_id = %s",
            own.client.pk,
        )
        == 0
    )
    assert ask(cast.volunteer, kept, own.client.pk) == 0


def test_each_table_with_a_history_binds_its_earlier_versions(
    superuser: psycopg.Connection,
) -> None:
    """A table that keeps earlier versions has its policy on them: ``sec.guard`` lays both."""
    kept = superuser.execute(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname = 'keep' AND encode(t.tgargs, 'escape') LIKE '%client_id%client%'"
    ).fetchall()
    bound = superuser.execute(
        "SELECT substr(polname, 4), pg_get_expr(polqual, polrelid) FROM pg_policy"
        " WHERE polrelid = 'clients_revision'::regclass AND NOT polpermissive"
    ).fetchall()
    assert {table for (table,) in kept} == {table for table, _ in bound}
    assert len(bound) > 10
    for table, asked in bound:
        assert f"'{table}'" in asked


def test_a_reason_that_tells_of_a_disclosure_is_logged_on_one_only(
    cast: Cast, twins: Twins
) -> None:
    for reason in ("disclosure", "law", "public_interest"):
        with pytest.raises(LogUnavailable), cast.volunteer.actor().transaction() as actor:
            door.open_one(actor, twins.kept.client.pk, "contact.list", reason)
    with pytest.raises(Refused), cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=twins.kept.client, reason="disclosure")
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=twins.kept.client, reason="coordination")
