"""A client checks the log of their record in the browser; after somebody changed a line, the check says so. And
the data-protection lead looks at the log, its state and what is unusual."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from audit.signing import verifier_key
from clients.models import Client
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import queue_strays, seal_all
from tests.making.spaces import confirm_portal, open_space

pytestmark = pytest.mark.browser
CHANGE = "UPDATE audit_event SET purpose = %s WHERE id = %s"


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client about whom there is something in the log."""
    return new_client(cast.volunteer, "Eulalie", "Vandermeer")


@pytest.fixture
def account(cast: Cast, client: Client) -> UUID:
    """Their account, with a password of their own; another of the team has spoken to them."""
    account = open_space(cast.volunteer.actor(), client.pk)
    confirm_portal(client)
    return account


def test_client_checks_the_log(
    walk: Walker, client: Client, account: UUID, superuser: psycopg.Connection
) -> None:
    walk.private += ["Vandermeer"]
    queue_strays(superuser)
    seal_all()
    steps = walk.account(account)
    steps.go("/my-space/seen/")
    expect(steps.page.locator("figure.chart")).to_have_count(0)  # one month alone is no chart
    day = timezone.localdate().isoformat()
    steps.go(f"/my-space/seen/day/{day}/")
    with steps.download() as got:
        steps.page.locator("a[href*='/proof/']").first.click()
    assert got[0].read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")
    steps.go("/my-space/seen/check/")
    found = check(steps)
    assert outcomes(found) == {"true", "open"}, found.all_inner_texts()
    box = steps.page.locator("[data-check-log]")
    steps.sees(
        "None of the entries shown here has been changed or removed. This check uses a program from this"
        " website: how to check independently stands below."
    )
    expect(found.first).to_be_hidden()
    expect(box).to_have_attribute("data-check-state", "self")  # only this site says whose key it is
    steps.look_at()
    box.locator("summary").click()
    steps.look_at()
    box.locator("[data-check-own]").fill(str(verifier_key()))  # as on the association's papers
    found = check(steps)
    assert outcomes(found) == {"true"}, found.all_inner_texts()
    assert found.count() == 5  # signature, key, each line, no gap, none later
    expect(box).to_have_attribute("data-check-state", "true")
    # Kept in this browser, and compared the next time.
    steps.page.locator("[data-check-remember]").check()
    check(steps)
    seal_all()
    steps.page.reload()
    expect(check(steps)).to_have_count(7)  # that the log went on, and that this is kept again
    a_changed_line_is_found(steps, client, superuser)
    with steps.download() as got:
        steps.page.locator("a[href$='keep=1']").click()
    assert json.loads(got[0].read_text())["complete"] is True


def a_changed_line_is_found(steps: Steps, client: Client, superuser: psycopg.Connection) -> None:
    """Whoever runs the database changes one word of one line, and undoes it."""
    event, purpose = superuser.execute(
        "SELECT e.id, e.purpose FROM audit_event e JOIN audit_leaf l ON l.event = e.id"
        " WHERE e.subject = %s AND e.action = 'client.take_in'",
        [client.pk],
    ).fetchone()
    superuser.execute("SET session_replication_role = replica")
    try:
        superuser.execute(CHANGE, ["support", event])
        bad = check(steps).and_(steps.page.locator("[data-outcome=false]"))
        expect(bad).to_have_count(1)
        expect(bad).to_contain_text("CNIL")
        expect(bad).to_be_visible()
        steps.sees(
            "Something is wrong with these entries. Please tell us, or the CNIL. The details stand below."
        )
        steps.look_at()
    finally:
        superuser.execute(CHANGE, [purpose, event])
        superuser.execute("SET session_replication_role = origin")
    assert outcomes(check(steps)) == {"true", "open"}


def test_list_without_scripts(walk: Walker, account: UUID) -> None:
    """The list, its steps and the file need no scripts; the page says what else there is."""
    steps = walk.account(account)
    cookies = steps.page.context.cookies()
    context = walk.browser.new_context(base_url=walk.url, java_script_enabled=False)
    walk.contexts.append(context)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/my-space/seen/")
    expect(page.locator(".timeline")).not_to_have_count(0)
    page.goto("/my-space/seen/check/")
    expect(page.locator("noscript")).not_to_be_empty()
    expect(page.locator("[data-check-start]")).to_be_hidden()
    expect(page.locator("a[href$='keep=1']")).to_be_visible()


def test_lead_looks_at_the_log(walk: Walker, cast: Cast, client: Client) -> None:
    """Events with their picture, what is unusual, the state, the times, names: on each screen, in both languages."""
    seal_all()
    steps = walk.person(cast.protection)
    for where in (
        "/log/",
        f"/log/?about={client.reference}&period=7",
        "/log/unusual/",
        "/log/state/",
        "/log/keeping/security/",
        "/log/keeping/own_record/",
        "/log/names/",
        "/log/table/",
    ):
        steps.go(where)
        assert steps.path == where.split("?")[0]
    steps.go("/log/")
    expect(steps.page.locator("figure.chart rect").first).to_be_visible()
    steps.page.locator("figure.chart summary").click()
    expect(steps.page.locator("figure.chart table")).to_be_visible()
    steps.look_at()


def check(steps: Steps) -> Locator:
    """Press the button; the findings once all are there."""
    steps.page.locator("[data-check-start]").click()
    expect(steps.page.locator("[data-check-start]")).to_be_enabled()
    found = steps.page.locator("[data-check-findings] li")
    expect(found).not_to_have_count(0)  # folded, unless something is wrong
    return found


def outcomes(found: Locator) -> set[str]:
    """How the findings came out."""
    said = {one.get_attribute("data-outcome") or "" for one in found.all()}
    return said - {"kept"}
