"""The page of a record: what one does daily stands there, the rest behind one press, each act once."""

from __future__ import annotations

import re

from django.test import Client as Browser

from clients.models import Client
from tests.making.clients import new_client
from tests.making.directives import dies, wish
from tests.making.pages import SignIn
from tests.making.people import Cast, recruit
from tests.making.restrictions import restrict
from tests.making.spaces import open_portal, today

LEADS = {"copies", "move", "time", "holds", "erasure"}  # for coordinators
RARELY = {"directives", "takes-back", "restriction", "state"} | LEADS


def acts(browser: Browser, client: Client) -> tuple[list[str], list[str], str]:
    """Where the links of a record lead, outside the fold and in it; and the words in it."""
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    fold = re.search(r'<details class="filters" id="more">.*?</details>', page, re.S)
    assert fold, "there is no fold"
    link = re.compile(rf'href="/clients/{client.pk}/([a-z.-]+)')
    return link.findall(page.replace(fold[0], "")), link.findall(fold[0]), fold[0]


def test_the_daily_stands_outside_and_the_rest_in_the_fold(cast: Cast, sign_in: SignIn) -> None:
    volunteer, coordinator = recruit(cast.north), recruit(cast.north, "coordinator")
    client = new_client(volunteer)
    for who, rarely in ((volunteer, RARELY - LEADS), (coordinator, RARELY)):
        outside, inside, fold = acts(sign_in(who), client)
        assert set(inside) == {*rarely, "portal"}
        assert len(inside) == len(set(inside))
        assert not set(outside) & set(inside)
        assert {"agreement", "requests"} <= set(outside)
        assert "Wishes for after their death: not asked." in fold
        assert "More: wishes, restriction, end of the support" in fold


def test_an_online_space_stands_outside_with_what_to_mind(cast: Cast, sign_in: SignIn) -> None:
    volunteer = recruit(cast.north)
    client = new_client(volunteer)
    open_portal(volunteer, client, quiet=True)
    outside, inside, _fold = acts(sign_in(volunteer), client)
    assert "portal" in outside and "portal" not in inside


def test_of_a_restricted_record_it_is_not_said_that_nobody_asked(
    cast: Cast, sign_in: SignIn
) -> None:
    volunteer = recruit(cast.north)
    client = new_client(volunteer)
    wish(volunteer, client)
    restrict(volunteer, client)
    outside, inside, fold = acts(sign_in(volunteer), client)
    assert inside == ["directives", "takes-back"] and "requests" in outside
    assert "not asked" not in fold and "More: what the client wants" in fold


def test_of_somebody_who_died_only_the_state_is_left(cast: Cast, sign_in: SignIn) -> None:
    volunteer = recruit(cast.north)
    client = new_client(volunteer)
    dies(volunteer, client)
    _outside, inside, fold = acts(sign_in(volunteer), client)
    assert set(inside) == {"restriction", "state"} and "More: the state of this record" in fold


def test_nobody_takes_back_what_is_taken_back(cast: Cast, sign_in: SignIn) -> None:
    volunteer, coordinator = recruit(cast.north), recruit(cast.north, "coordinator")
    client = new_client(volunteer)
    browser = sign_in(coordinator)
    asked = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "The client does not want a record" in asked
    assert "The client does not agree any more" not in asked
    browser.post(
        f"/clients/{client.pk}/agreement/no/", {"channel": "phone", **today("happened_on")}
    )
    refused = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "agreement/no/" not in refused and f"/clients/{client.pk}/agreement/" in refused
