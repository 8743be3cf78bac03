"""The end of the support and a death: what only a living support needs ends in that second, and what can come back does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client, Consultation, Emergency
from tests.making import acts
from tests.making.clients import new_client
from tests.making.contacts import log
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import access_of, confirm_portal, open_space, today

pytestmark = pytest.mark.usefixtures("long_lists")
ENDS = ("closed", "died")


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


def becomes(browser: Browser, client: Client, state: str) -> Any:
    return browser.post(
        f"/clients/{client.pk}/state/", {"state": state, **today("since")}, follow=True
    )


def tomorrow(name: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=1)
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


@pytest.mark.parametrize("state", ENDS)
def test_the_online_space_ends_in_that_second(
    cast: Cast, sign_in: SignIn, helen: Someone, state: str
) -> None:
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    own = sign_in(account)
    assert own.get("/my-space/").status_code == 200
    mine = sign_in(helen)
    becomes(mine, client, state)
    assert access_of(helen, client).state == "ended"
    assert own.get("/my-space/").status_code != 200
    assert sign_in(account).get("/my-space/").status_code != 200  # nor with a fresh sign-in


@pytest.mark.parametrize("state", ENDS)
def test_no_new_card_is_made_until_the_record_is_open_again(
    cast: Cast, sign_in: SignIn, helen: Someone, state: str
) -> None:
    client = new_client(helen)
    mine = sign_in(helen)
    becomes(mine, client, state)
    with pytest.raises(ProgrammingError, match="not permitted"):
        open_space(helen.actor(), client.pk)
    where = f"/clients/{client.pk}/portal/"
    assert where not in mine.get(f"/clients/{client.pk}/").content.decode()
    assert "not open any more" in mine.get(where, follow=True).content.decode()
    becomes(mine, client, "open")
    open_space(helen.actor(), client.pk)


def test_questions_and_emergencies_end_with_it(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    colleague, other = recruit(cast.north), recruit(cast.north)
    asked = acts.consult(helen, colleague, client)
    pressed, _ = acts.press_emergency(other, client)
    assert acts.sees(other, client)[0]
    becomes(sign_in(helen), client, "died")
    with helen.actor().transaction():
        assert Consultation.objects.get(pk=asked).ends_at <= timezone.now()
    with other.actor().transaction():
        assert Emergency.objects.get(pk=pressed).ends_at <= timezone.now()
    assert acts.sees(other, client) == acts.NOTHING
    assert (
        acts.sees(helen, client) == acts.ALL
    )  # whoever knew them may have to speak with the family


@pytest.mark.parametrize("state", ENDS)
def test_what_was_to_be_done_is_over_and_comes_back(
    cast: Cast, sign_in: SignIn, helen: Someone, state: str
) -> None:
    """What is planned after it, with the family, is a reminder like any other."""
    client = new_client(helen)
    mine = sign_in(helen)
    log(mine, client, text="Rang.", follow_up="Ring her on Monday", **tomorrow("follow_up_on"))
    pages = ("/follow-ups/",)
    assert all("Ring her on Monday" in mine.get(page).content.decode() for page in pages)
    becomes(mine, client, state)
    assert not any("Ring her on Monday" in mine.get(page).content.decode() for page in pages)
    log(mine, client, text="Spoke.", follow_up="Ring the son", **tomorrow("follow_up_on"))
    assert "Ring the son" in mine.get("/follow-ups/").content.decode()
    becomes(mine, client, "open")
    assert all("Ring her on Monday" in mine.get(page).content.decode() for page in pages)


@pytest.mark.parametrize("state", ENDS)
def test_nobody_may_be_told_in_their_name_any_more(
    cast: Cast, sign_in: SignIn, helen: Someone, state: str
) -> None:
    client = new_client(helen)
    mine = sign_in(helen)
    named = {"person": "Zoe Aubrac", "reach": "06 39 98 00 11", "what": "How she is."}
    assert mine.post(f"/clients/{client.pk}/may-know/new/", named).status_code == 302
    where = f"/clients/{client.pk}/who-may-see/"
    assert told(mine, where) == (["Zoe Aubrac"], [])
    becomes(mine, client, state)
    assert told(mine, where) == ([], ["Zoe Aubrac"])
    assert mine.get(f"/clients/{client.pk}/may-know/new/").status_code == 302
    kept = mine.post(f"/clients/{client.pk}/may-know/new/", named).content.decode()
    assert "not open any more" in kept and "06 39 98 00 11" in kept
    assert told(mine, where) == ([], ["Zoe Aubrac"])
    becomes(mine, client, "open")
    assert told(mine, where) == (["Zoe Aubrac"], [])


def told(browser: Browser, where: str) -> tuple[list[str], list[str]]:
    found = browser.get(where).context["told"]
    return [row.person for row in found["live"]], [row.person for row in found["ended"]]


@pytest.mark.parametrize("state", ENDS)
def test_those_who_should_know_are_told(
    cast: Cast, sign_in: SignIn, helen: Someone, state: str
) -> None:
    """The volunteer whose client it is, and the coordinator, when the other has noted it."""
    client = new_client(helen)
    said = {"closed": "The support ended on", "died": "Died on"}[state]
    for by, other in ((cast.coordinator, helen), (helen, cast.coordinator)):
        becomes(sign_in(by), client, state)
        home = sign_in(other).get("/").content.decode()
        assert said in home and f"/clients/{client.pk}/" in home
        becomes(sign_in(by), client, "open")
        assert said not in sign_in(helen).get("/").content.decode()


def test_somebody_elses_client_is_nobodys_news(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    becomes(sign_in(helen), client, "died")
    assert f"/clients/{client.pk}/" not in sign_in(recruit(cast.north)).get("/").content.decode()
    assert f"/clients/{client.pk}/" not in sign_in(cast.outsider).get("/").content.decode()


def test_the_page_says_before_what_ends_and_afterwards_whom_to_think_of(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    mine = sign_in(helen)
    before = mine.get(f"/clients/{client.pk}/state/").content.decode()
    for said in ("online space", "reminders", "nobody outside is told"):
        assert said in before, said
    becomes(mine, client, "died")
    page = mine.get(f"/clients/{client.pk}/").content.decode()
    assert "Somebody close to them may want support of their own" in page
    assert '"/clients/new/"' in page


def test_it_is_marked_wherever_the_client_stands(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen, "Sidonie", "Marquevielle")
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    asked = {"kind": "correction", "words": "Please ring me."}
    assert sign_in(account).post("/my-space/requests/new/", asked).status_code == 302
    becomes(sign_in(helen), client, "died")
    coordinator = sign_in(cast.coordinator)
    for page in (
        coordinator.get("/clients/?state=died"),
        coordinator.post("/search/", {"words": "Marquevielle"}, follow=True),
        coordinator.get("/requests/"),
    ):
        text = page.content.decode()
        assert "Died" in text[text.index(client.reference) :][:1500], page.request["PATH_INFO"]


def test_whatever_writes_the_state_ends_the_space(cast: Cast, helen: Someone) -> None:
    """Not the page does it, but the database."""
    client = new_client(helen)
    open_space(helen.actor(), client.pk)
    with helen.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_client SET state = 'died', state_since = %s WHERE id = %s",
            [timezone.localdate(), client.pk],
        )
    assert access_of(helen, client).state == "ended"


def test_the_space_of_who_died_before_this_was_so_is_shut(
    cast: Cast, sign_in: SignIn, helen: Someone, superuser: psycopg.Connection
) -> None:
    """A record that an earlier version closed, without any trigger."""
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    assert sign_in(account).get("/my-space/").status_code == 200
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("UPDATE clients_client SET state = 'died' WHERE id = %s", [client.pk])
    assert sign_in(account).get("/my-space/").status_code != 200
    becomes(sign_in(helen), client, "open")
    assert sign_in(account).get("/my-space/").status_code != 200


def test_more_than_fit_lead_to_a_list_that_has_them(cast: Cast, sign_in: SignIn) -> None:
    somebody = recruit(cast.north)
    mine = sign_in(somebody)
    clients = [new_client(somebody) for _ in range(2)]
    for client in clients:
        becomes(mine, client, "closed")
    page = mine.get("/clients/?state=all").content.decode()
    assert all(client.reference in page for client in clients)
    with pytest.MonkeyPatch.context() as few:
        few.setattr("clients.home.sections.FEW", 1)
        assert '"/clients/?state=all"' in mine.get("/").content.decode()


def test_reminders_of_who_died_before_this_was_so_are_over_too(
    cast: Cast, sign_in: SignIn, helen: Someone, superuser: psycopg.Connection
) -> None:
    """Brought in, or closed by an earlier version: the day is known, and not when it was noted."""
    client, mine = new_client(helen), sign_in(helen)
    yesterday = timezone.localdate() - timedelta(days=1)
    parts = {
        f"happened_on_{part}": str(getattr(yesterday, part)) for part in ("day", "month", "year")
    }
    log(mine, client, text="Rang.", follow_up="Ring her", **parts, **tomorrow("follow_up_on"))
    log(mine, client, text="Spoke.", follow_up="Ring the son", **tomorrow("follow_up_on"))
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE clients_client SET state = 'died', state_since = %s WHERE id = %s",
            [timezone.localdate(), client.pk],
        )
    shown = mine.get("/follow-ups/").content.decode()
    assert "Ring the son" in shown and "Ring her" not in shown
