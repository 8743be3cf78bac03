"""Clients who belong together: the link shows to whoever sees both, and to nobody else."""

from __future__ import annotations

from clients.conflicts import actions as conflicts
from clients.models import Client, Link
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit


def linked(by: Someone, first: Client, second: Client) -> Link:
    """A couple."""
    with by.actor().transaction() as actor:
        return conflicts.link(by=actor, first=first, second=second, tie="couple")


def test_volunteer_finds_and_links_two_clients(cast: Cast, sign_in: SignIn) -> None:
    somebody = recruit(cast.north)
    wife, husband = (
        new_client(somebody, "Simone", "Vauclin"),
        new_client(somebody, "Paul", "Vauclin"),
    )
    hidden = new_client(cast.outsider, "Secret", "Vauclin")
    browser = sign_in(somebody)
    address = f"/clients/{wife.pk}/links/"
    found = browser.post(f"{address}new/", {"words": "Vauclin"}).content.decode()
    assert str(husband.pk) in found and "Secret" not in found
    assert f'value="{wife.pk}"' not in found
    for other in (hidden.pk, wife.pk, "nonsense"):
        answer = browser.post(f"{address}add/", {"other": str(other), "tie": "couple"})
        assert answer.status_code == 404, other
    assert (
        browser.post(f"{address}add/", {"other": str(husband.pk), "tie": "couple"}).status_code
        == 302
    )
    for client, other in ((wife, husband), (husband, wife)):
        page = browser.get(f"/clients/{client.pk}/").content.decode()
        assert other.reference in page and "A couple" in page
    with somebody.actor().transaction():
        link = Link.objects.of(wife).get()
    assert browser.post(f"/clients/{hidden.pk}/links/{link.pk}/end/").status_code == 404
    assert browser.post(f"/clients/{husband.pk}/links/{link.pk}/end/").status_code == 302
    assert husband.reference not in browser.get(f"/clients/{wife.pk}/").content.decode()


def test_link_is_not_shown_to_whoever_sees_one(cast: Cast, sign_in: SignIn) -> None:
    one, other = recruit(cast.north), recruit(cast.north)
    wife, husband = new_client(one), new_client(other)
    before = sign_in(one).get(f"/clients/{wife.pk}/").content.decode()
    made = linked(cast.coordinator, wife, husband)
    after = sign_in(one).get(f"/clients/{wife.pk}/").content.decode()
    assert husband.reference not in after
    assert after.count("Nobody you may see.") == before.count("Nobody you may see.") == 1
    assert sign_in(one).post(f"/clients/{wife.pk}/links/{made.pk}/end/").status_code == 404
    assert (
        husband.reference in sign_in(cast.coordinator).get(f"/clients/{wife.pk}/").content.decode()
    )


def test_assigning_the_same_person_is_asked_once(cast: Cast, sign_in: SignIn) -> None:
    same, another = recruit(cast.north), recruit(cast.north)
    wife, husband = new_client(same), new_client(cast.coordinator)
    linked(cast.coordinator, wife, husband)
    browser = sign_in(cast.coordinator)
    address = f"/clients/{husband.pk}/who-may-see/new/"
    give = {"person": str(same.id), "scope": "full"}
    page = browser.post(address, give).content.decode()
    assert "looks after somebody already" in page
    assert sign_in(same).get(f"/clients/{husband.pk}/").status_code == 404
    assert browser.post(address, {**give, "person": str(another.id)}).status_code == 302
    assert browser.post(address, {**give, "near": "on"}).status_code == 302
    assert sign_in(same).get(f"/clients/{husband.pk}/").status_code == 200


def test_assigning_betrays_no_link_that_one_may_not_see(cast: Cast, sign_in: SignIn) -> None:
    """The other one is protected, and this coordinator is not named."""
    same, blind = recruit(cast.north), recruit(cast.north, "coordinator")
    wife, husband = new_client(same), new_client(cast.coordinator)
    linked(cast.coordinator, wife, husband)
    with cast.coordinator.actor().transaction() as actor:
        from volunteers.models import Person

        conflicts.protect(by=actor, client=wife, named=Person.objects.filter(pk=same.id))
    give = {"person": str(same.id), "scope": "full"}
    assert sign_in(blind).post(f"/clients/{husband.pk}/who-may-see/new/", give).status_code == 302


def test_errand_links_nobody(cast: Cast, sign_in: SignIn) -> None:
    client, driver = new_client(cast.coordinator), recruit(cast.north)
    assign(cast.coordinator, client, driver, scope="errand")
    assert sign_in(driver).get(f"/clients/{client.pk}/links/new/").status_code == 403
