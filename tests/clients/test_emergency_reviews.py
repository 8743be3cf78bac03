"""The review of an emergency access: by whom, once, and what comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client as Browser
from django.utils import timezone

from clients.access.definers import execute
from clients.models import Breach, Emergency, EmergencyEntry
from tests.making.clients import NOTE, new_client
from tests.making.emergencies import late, nothing_open, only, opened
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.spaces import account_of, confirm_portal, open_space

pytestmark = pytest.mark.usefixtures("long_lists")


WORDS = {"outcome": "justified", "text": "Spoke with both. It was right."}


def test_coordinator_is_asked_on_the_home_page_and_reviews(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    coordinator = sign_in(cast.coordinator)
    home = coordinator.get("/").content.decode()
    assert emergency.reference in home and "Emergency accesses to review" in home
    sign_in(standby).post(f"/emergency/{emergency.pk}/", {"text": "She was calling."})
    address = f"/emergency/{emergency.pk}/review/"
    page = coordinator.get(address).content.decode()
    for shown in ("She was calling.", client.reference, "The person is calling"):
        assert shown in page, shown
    assert "Odile" not in page
    assert "error-summary" in coordinator.post(address, {"outcome": "justified"}).content.decode()
    after = coordinator.post(address, WORDS, follow=True).content.decode()
    assert "It was right to open the record" in after and WORDS["text"] in after
    assert emergency.reference not in coordinator.get("/").content.decode()
    mine = sign_in(standby).get(f"/emergency/{emergency.pk}/").content.decode()
    assert "It was right to open the record" in mine and WORDS["text"] in mine
    with cast.protection.actor().transaction():
        assert not Breach.objects.filter(emergency=emergency).exists()


def test_misuse_opens_a_breach_and_ends_it(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    sent = {"outcome": "misuse", "text": "Nobody had called."}
    page = (
        sign_in(cast.coordinator)
        .post(f"/emergency/{emergency.pk}/review/", sent, follow=True)
        .content.decode()
    )
    with cast.protection.actor().transaction():
        breach = Breach.objects.get(emergency=emergency)
    assert page.count(breach.reference) == 2
    assert sign_in(standby).get(f"/clients/{client.pk}/").status_code == 404
    lead = sign_in(cast.protection)
    listed = lead.get("/breaches/").content.decode()
    assert breach.reference in listed
    read = lead.get(f"/emergency/{emergency.pk}/review/").content.decode()
    assert "Nobody had called." in read
    assert client.reference not in read and NOTE not in read
    for other in (cast.coordinator, cast.volunteer, cast.president, cast.administrator):
        assert sign_in(other).get("/breaches/").status_code == 403


def test_nobody_reviews_their_own(cast: Cast, sign_in: SignIn) -> None:
    nothing_open(cast.coordinator)
    emergency = opened(cast.coordinator, new_client(cast.volunteer))
    own = sign_in(cast.coordinator)
    assert own.post(f"/emergency/{emergency.pk}/review/", WORDS).status_code == 403
    assert f"{emergency.pk}/review/" not in own.get("/").content.decode()
    lead = sign_in(cast.protection)  # a coordinator's is the lead's to judge as well
    assert emergency.reference in lead.get("/").content.decode()
    assert lead.post(f"/emergency/{emergency.pk}/review/", WORDS).status_code == 302
    with cast.protection.actor().transaction():
        assert Emergency.objects.get(pk=emergency.pk).reviewed_by_id == cast.protection.id


def test_lead_judges_what_is_overdue_only(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
    superuser: psycopg.Connection,
) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    lead, address = sign_in(cast.protection), f"/emergency/{emergency.pk}/review/"
    assert lead.get(address).status_code == 403
    assert emergency.reference not in lead.get("/").content.decode()
    late(superuser, emergency, "review_due_at")
    for browser in (lead, sign_in(cast.coordinator)):
        home = browser.get("/").content.decode()
        assert emergency.reference in home
        assert "overdue." in home
    page = lead.get(address).content.decode()
    assert "Odile" not in page and f"/clients/{emergency.client_id}/" not in page
    assert "Opened a record in an emergency" in page  # from the log, which the lead may read
    assert lead.post(address, WORDS).status_code == 302
    # Reviewed by somebody else in the end, it is not the lead's to read any more.
    nothing_open(standby)
    another = opened(standby, new_client(cast.volunteer))
    late(superuser, another, "review_due_at")
    sign_in(cast.deputy).post(f"/emergency/{another.pk}/review/", WORDS)
    assert lead.get(f"/emergency/{another.pk}/review/").status_code == 403


def test_whoever_has_a_conflict_does_not_judge(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
    superuser: psycopg.Connection,
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    # Whoever else coordinates here in another test has a conflict as well.
    superuser.execute(
        "INSERT INTO clients_conflict (id, person_id, client_id, reason, marked_by_id, starts_at)"
        " SELECT gen_random_uuid(), d.person_id, %s, 'family', d.person_id, now()"
        " FROM volunteers_duty d WHERE d.branch_id = %s AND d.kind = 'coordinator'"
        " AND d.person_id <> ALL (%s) GROUP BY d.person_id",
        [client.pk, cast.north, [cast.coordinator.id, cast.deputy.id]],
    )
    with cast.deputy.actor().transaction():
        execute("mark_conflict", uuid4(), cast.deputy.id, None, standby.id, None, "friend")
    address = f"/emergency/{emergency.pk}/review/"
    deputy = sign_in(cast.deputy)
    assert deputy.post(address, WORDS).status_code == 403
    assert emergency.reference not in deputy.get("/").content.decode()
    with cast.coordinator.actor().transaction():
        execute("mark_conflict", uuid4(), cast.coordinator.id, client.pk, None, None, "family")
    assert sign_in(cast.coordinator).get(address).status_code == 404
    # Now no coordinator is left, so it is the lead's.
    assert sign_in(cast.protection).post(address, WORDS).status_code == 302


@pytest.mark.parametrize("outcomes", [("justified", "misuse"), ("misuse", "misuse")])
def test_two_reviews_at_once_are_one(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
    outcomes: tuple[str, str],
) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    browsers = [sign_in(cast.coordinator), sign_in(cast.deputy)]
    together = Barrier(2)

    def post(browser: Browser, outcome: str) -> str:
        try:
            together.wait(20)
            sent = {"outcome": outcome, "text": f"I find {outcome}."}
            answer = browser.post(f"/emergency/{emergency.pk}/review/", sent, follow=True)
            assert answer.status_code == 200
            return answer.content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(post, browsers, outcomes))
    assert sum("Somebody else was a little earlier" in page for page in pages) == 1
    with cast.protection.actor().transaction():
        reviewed = Emergency.objects.get(pk=emergency.pk)
        assert reviewed.outcome in outcomes
        breaches = Breach.objects.filter(emergency=emergency).count()
        assert breaches == (reviewed.outcome == "misuse")
    with cast.coordinator.actor().transaction():
        kinds = EmergencyEntry.objects.filter(emergency=emergency).values_list("kind", flat=True)
        assert list(kinds) == ["review"]


def test_review_cannot_be_said_again(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    browser, address = sign_in(cast.coordinator), f"/emergency/{emergency.pk}/review/"
    browser.post(address, WORDS)
    again = browser.post(address, {"outcome": "misuse", "text": "No."}, follow=True)
    assert "nothing of yours was saved" in again.content.decode()
    with cast.protection.actor().transaction():
        assert Emergency.objects.get(pk=emergency.pk).outcome == "justified"


def test_client_sees_it_in_the_portal(
    cast: Cast,
    standby: Someone,
    sign_in: SignIn,
) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client, "missed")
    sign_in(standby).post(f"/emergency/{emergency.pk}/rest/")
    for page in ("details", "seen", "who"):
        before = sign_in(account_of(cast, client)).get(f"/my-space/{page}/").content.decode()
        assert "A visit or call was missed" not in before
    sign_in(cast.coordinator).post(f"/emergency/{emergency.pk}/review/", WORDS)
    page = sign_in(account_of(cast, client)).get("/my-space/seen/").content.decode()
    for words in (
        "In an emergency: nobody of yours could be reached",
        "Opened your contacts and notes too",
        "Checked whether it was right",
    ):
        assert words in page, words
    assert "Standby" not in page
    sign_in(standby).post(f"/emergency/{emergency.pk}/", {"text": "Her door stayed shut."})
    record = sign_in(account_of(cast, client)).get("/my-space/details/").content.decode()
    for words in (
        "Her door stayed shut.",
        WORDS["text"],
        "your contacts and your notes could be read",
        "It was right to open the record",
    ):
        assert words in record, words
    assert "Standby" not in record


def test_quiet_portal_betrays_no_emergency(cast: Cast, standby: Someone, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    emergency = opened(standby, client)
    sign_in(cast.coordinator).post(f"/emergency/{emergency.pk}/review/", WORDS)
    account = account_of(cast, client)
    browser = sign_in(account)
    assert "in an emergency" in browser.get("/my-space/details/").content.decode()
    user = open_space(cast.coordinator.actor(), client.pk, quiet=True)
    confirm_portal(client)
    quiet = sign_in(user).get("/my-space/details/")
    assert quiet.status_code == 200
    assert "emergency" not in quiet.content.decode()


def test_times_are_four_hours_a_day_and_three(cast: Cast, standby: Someone) -> None:
    emergency = opened(standby, new_client(cast.volunteer))
    assert emergency.ends_at - emergency.opened_at == timedelta(hours=4)
    assert emergency.words_due_at - emergency.opened_at == timedelta(hours=24)
    assert emergency.review_due_at - emergency.opened_at == timedelta(hours=72)
    assert emergency.opened_at <= timezone.now()
    assert only(standby).pk == emergency.pk


def test_before_the_review_the_client_cannot_tell_one_reason_from_another(
    cast: Cast, standby: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Whoever reads over the client's shoulder is not warned that somebody is thought to be in danger."""
    said = []
    for reason in ("danger", "call"):
        client = new_client(cast.volunteer)
        emergency = opened(standby, client, reason)
        sign_in(standby).post(f"/emergency/{emergency.pk}/rest/")
        sign_in(standby).post(f"/emergency/{emergency.pk}/", {"text": "Words."})
        account = account_of(cast, client)
        with Someone(account, "", None).actor().transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT purpose, scope FROM clients_grant ORDER BY starts_at, scope")
            found = [cursor.fetchall()]
            cursor.execute("SELECT action, purpose, basis FROM audit_event ORDER BY at")
            found.append(cursor.fetchall())
            cursor.execute(
                "SELECT (SELECT count(*) FROM clients_emergency), (SELECT count(*) FROM clients_emergencyentry)"
            )
            found.append(cursor.fetchall())
        said.append(found)
        nothing_open(standby)
    assert said[0] == said[1]
    assert said[0][2] == [(0, 0)]
