"""What a client wants after their death: said in life, closed until then, done once they have died."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection
from django.utils import timezone

from audit import door
from clients.models import Client, DeathTold, Directive, DirectiveWords
from tests.making import acts
from tests.making.clients import assign, let_read, new_client
from tests.making.directives import TOLD, dies, lives, wish
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import superuser
from tests.making.restrictions import restrict
from tests.making.spaces import today
from vault.exceptions import Refused

pytestmark = pytest.mark.usefixtures("long_lists")
SAID = {
    "fate": "erase",
    "executor": "Claire Quercy",
    "executor_reach": "06 39 98 00 21",
    "told": TOLD,
    "words": "Give her the photographs.",
    "channel": "visit",
    **today("happened_on"),
}
DIRECT = "direct(%s, %s, 'erase', 0::smallint, 'phone', %s)"


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


def reads(by: Someone, client: Client) -> tuple[bool, bool]:
    """Whether somebody sees that there are directives, and who is named in them."""
    with by.actor().transaction():
        return (
            Directive.objects.filter(client=client).exists(),
            DirectiveWords.objects.filter(client=client).exists(),
        )


def before_the_death(which: list[UUID], days: int = 2) -> None:
    """As if these versions had been noted some days ago, in this order."""
    with superuser() as admin, admin.transaction():
        admin.execute(acts.ASLEEP.replace("SET ", "SET LOCAL "))
        admin.execute(
            "UPDATE clients_directive SET made_at = made_at - make_interval(days => %s) WHERE id = ANY (%s)",
            [days, which],
        )


def test_nobody_is_pressed_and_what_is_said_is_kept_by_version(
    sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    browser = sign_in(helen)
    assert "not asked" in browser.get(f"/clients/{client.pk}/").content.decode()
    where = f"/clients/{client.pk}/directives/"
    assert browser.post(where, SAID).status_code == 302
    assert browser.post(where, {**SAID, "fate": "keep", "told": ""}).status_code == 302
    assert "not asked" not in browser.get(f"/clients/{client.pk}/").content.decode()
    page = browser.get(where).content.decode()
    assert page.index("only as long as the law asks") < page.index("Erase it.")
    assert "Give her the photographs." in page and "Dr Nadal" in page
    with helen.actor().transaction():
        assert [d.to_tell for d in Directive.objects.filter(client=client)] == [0, 2]


def test_taken_back_in_one_act(sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    wish(helen, client)
    browser = sign_in(helen)
    sent = {"channel": "phone", **today("happened_on")}
    assert browser.post(f"/clients/{client.pk}/directives/end/", sent).status_code == 302
    dies(helen, client)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "no directives that count" in page and "Nadal" not in page


def test_it_is_the_first_thing_on_the_record_of_who_died(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    wish(helen, client, words="No flowers.")
    browser = sign_in(helen)
    assert "Nadal" not in browser.get(f"/clients/{client.pk}/").content.decode()
    dies(cast.coordinator, client)
    for somebody in (helen, cast.coordinator):
        page = sign_in(somebody).get(f"/clients/{client.pk}/").content.decode()
        assert "Ring these people first" in page
        assert "is to be erased" in page and "No flowers." in page
        assert page.index("Nadal") < page.index("This person died on")
        assert page.index("Nadal") < page.index("Before you ring")


def test_closed_until_the_death(cast: Cast, helen: Someone) -> None:
    """A coordinator sees that there are some; who is named, once the client has died. Others nothing."""
    client = new_client(helen)
    wish(cast.deputy, client)
    driver = recruit(cast.north)
    assign(cast.coordinator, client, driver, scope="errand")
    assert reads(helen, client) == (True, True)
    assert reads(cast.coordinator, client) == (True, False)
    strangers = (driver, cast.outsider, cast.south_coordinator, cast.president, cast.protection)
    dies(cast.coordinator, client)
    assert reads(cast.coordinator, client) == (True, True)
    for stranger in strangers:
        assert reads(stranger, client) == (False, False)


def test_a_restricted_record_is_for_coordinators(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    wish(helen, client)
    restrict(cast.coordinator, client)
    dies(cast.coordinator, client)
    assert reads(helen, client) == (False, False)
    assert reads(cast.coordinator, client) == (True, True)


def test_restricted_whoever_has_the_client_still_notes_them(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """And reads nothing of what was noted, their own words included."""
    client, reader = new_client(helen), recruit(cast.north)
    assign(cast.coordinator, client, reader, scope="read")
    restrict(cast.coordinator, client)
    browser, where = sign_in(helen), f"/clients/{client.pk}/directives/"
    assert where in browser.get(f"/clients/{client.pk}/").content.decode()
    sent = {"fate": "erase", "channel": "phone", "words": "Burn it.", **today("happened_on")}
    assert browser.post(where, sent).status_code == 302
    assert "Burn it." not in browser.get(where).content.decode()
    with cast.coordinator.actor().transaction():
        assert Directive.objects.filter(client=client, by_id=helen.id).count() == 1
    assert reads(helen, client) == (False, False)
    assert sign_in(reader).get(where).status_code == 403
    with pytest.raises(ProgrammingError, match="not permitted"):
        wish(reader, client)


def test_who_had_the_notes_opened_reads_it_in_life(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    wish(helen, client)
    let_read(cast.coordinator, client, cast.deputy)
    assert reads(cast.deputy, client) == (True, True)


def test_nothing_is_noted_after_the_death(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    dies(helen, client)
    with pytest.raises(Refused):
        wish(helen, client)
    with pytest.raises(IntegrityError, match="made in life"):
        acts.call(helen, DIRECT, uuid4(), client.pk, timezone.localdate())
    browser = sign_in(helen)
    page = browser.post(f"/clients/{client.pk}/directives/", SAID).content.decode()
    assert "stays as it is" in page
    sent = {"channel": "phone", **today("happened_on")}
    browser.post(f"/clients/{client.pk}/directives/end/", sent)
    assert reads(helen, client) == (False, False)


def test_nobody_else_notes_them_and_none_is_changed(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    day = timezone.localdate()
    for stranger in (cast.outsider, cast.president, cast.south_coordinator, cast.administrator):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(stranger, DIRECT, uuid4(), client.pk, day)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(helen, DIRECT, uuid4(), client.pk, day + timedelta(days=1))
    wished = wish(helen, client)
    for statement in (
        "UPDATE clients_directive SET fate = 'keep' WHERE client_id = %s",
        "DELETE FROM clients_directive WHERE client_id = %s",
        "UPDATE clients_directivewords SET revision = 2 WHERE client_id = %s",
        "DELETE FROM clients_deathtold WHERE client_id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [client.pk])
    with helen.actor().transaction():
        assert Directive.objects.get(pk=wished.pk).fate == "erase"


def test_words_are_not_added_to_an_older_version(cast: Cast, helen: Someone) -> None:
    """By whoever noted one without a word, and names an executor once the client is dead."""
    client = new_client(helen)
    made = uuid4()
    acts.call(helen, DIRECT, made, client.pk, timezone.localdate())
    with superuser() as admin, admin.transaction():
        admin.execute(acts.ASLEEP.replace("SET ", "SET LOCAL "))
        admin.execute(
            "UPDATE clients_directive SET made_at = now() - interval '2 minutes' WHERE id = %s",
            [made],
        )
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        helen.actor().transaction() as actor,
    ):
        keys = door.open_one(actor, client.pk, "directive.write", "support")
        DirectiveWords.new(keys, client=client, directive_id=made, executor="Me").save()


def test_whom_a_complaint_names_notes_none(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    acts.complain(cast.protection, client, "volunteer", helen)
    with pytest.raises(Refused):
        wish(helen, client)
    wish(cast.coordinator, client)


def test_who_is_to_be_told_stands_on_the_first_page_until_it_is_done(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    wished = wish(helen, client)
    mine, coordinator = sign_in(helen), sign_in(cast.coordinator)
    assert "2 people are left to tell" not in mine.get("/").content.decode()
    dies(cast.coordinator, client)
    for browser in (mine, coordinator):
        home = browser.get("/").content.decode()
        assert "2 people are left to tell" in home and f"/clients/{client.pk}/" in home
    assert f"/clients/{client.pk}/" not in sign_in(recruit(cast.north)).get("/").content.decode()
    where = f"/clients/{client.pk}/told/1/"
    assert "Claire Quercy (daughter)" in mine.get(where).content.decode()
    page = mine.post(where, today("told_on"), follow=True).content.decode()
    assert f"by {helen.working_name}" in page
    assert (
        "Somebody else has noted"
        in coordinator.post(where, today("told_on"), follow=True).content.decode()
    )
    assert "1 person is left to tell" in coordinator.get("/").content.decode()
    mine.post(f"/clients/{client.pk}/told/2/", today("told_on"))
    assert "left to tell" not in mine.get("/").content.decode()
    assert mine.get(f"/clients/{client.pk}/told/3/").status_code == 404
    with helen.actor().transaction():
        assert DeathTold.objects.filter(directive=wished).count() == 2


def test_nobody_is_told_of_who_lives_nor_by_a_stranger(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    older = wish(helen, client)
    tell = "tell_of_death(%s, %s::smallint, sec.today())"
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(helen, tell, older.pk, 1)
    newer = wish(helen, client, told="Claire")
    dies(helen, client)
    for by, which, line in (
        (cast.outsider, newer, 1),
        (cast.protection, newer, 1),
        (helen, older, 1),  # does not count any more
        (helen, newer, 2),
        (helen, newer, 0),
    ):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(by, tell, which.pk, line)
    assert acts.call(helen, tell, newer.pk, 1) is True
    assert acts.call(helen, tell, newer.pk, 1) is False


def test_whom_a_complaint_names_as_coordinator_reads_none_after_the_death(
    cast: Cast, helen: Someone
) -> None:
    """Nor tells whoever is named in them; the other coordinator and the volunteer go on."""
    client = new_client(helen)
    wished = wish(helen, client)
    acts.complain(cast.protection, client, "coordinator", cast.deputy)
    dies(cast.coordinator, client)
    assert reads(cast.deputy, client) == (True, False)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, "tell_of_death(%s, 1::smallint, sec.today())", wished.pk)
    assert reads(cast.coordinator, client) == reads(helen, client) == (True, True)


def test_what_was_replaced_does_not_open_by_the_death(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    older, newer = wish(helen, client), wish(helen, client, told="Claire")
    before_the_death([older.pk, newer.pk])
    dies(helen, client)
    with cast.coordinator.actor().transaction():
        words = DirectiveWords.objects.filter(client=client)
        assert [row.directive_id for row in words] == [newer.pk]


def test_a_handover_keeps_what_was_said_before_it(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    wished = wish(helen, client)
    before_the_death([wished.pk], days=3)
    later = recruit(cast.north)
    assert reads(helen, client) == (True, True)
    handed = "hand_over(ARRAY[%s], %s, %s, %s)"
    acts.call(cast.coordinator, handed, client.pk, helen.id, later.id, timezone.localdate())
    assert reads(later, client) == (True, False)
    dies(cast.coordinator, client)
    assert reads(later, client) == (True, True)


def test_a_false_death_leaves_the_telling_to_be_done(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    wished = wish(helen, client, told="Claire")
    dies(helen, client)
    tell = "tell_of_death(%s, 1::smallint, sec.today())"
    assert acts.call(helen, tell, wished.pk) is True
    browser = sign_in(helen)
    assert "left to tell" not in browser.get("/").content.decode()
    lives(helen, client)
    dies(helen, client)
    assert "1 person is left to tell" in browser.get("/").content.decode()
    assert acts.call(helen, tell, wished.pk) is True
    assert acts.call(helen, tell, wished.pk) is False


def test_a_telling_is_undone(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    wished = wish(helen, client, told="Claire")
    dies(helen, client)
    acts.call(helen, "tell_of_death(%s, 1::smallint, sec.today())", wished.pk)
    browser, where = sign_in(cast.coordinator), f"/clients/{client.pk}/told/1/undo/"
    assert where in browser.get(f"/clients/{client.pk}/").content.decode()
    assert browser.post(where).status_code == 302
    assert "1 person is left to tell" in browser.get("/").content.decode()
    undo = "untell_of_death(%s, 1::smallint)"
    assert acts.call(helen, undo, wished.pk) is False
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.outsider, undo, wished.pk)


def test_noted_on_the_day_of_the_death_replaces_nothing_by_itself(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """And says on which day it was written down, where that is another than the one on which it was said."""
    client = new_client(helen)
    before = wish(helen, client, words="No flowers.")
    before_the_death([before.pk])
    late = wish(helen, client, told="Paul", words="All to Paul.")
    dies(helen, client)
    page = sign_in(cast.coordinator).get(f"/clients/{client.pk}/").content.decode()
    assert page.index("No flowers.") < page.index("on the day of the death or later")
    assert "All to Paul." in page and "It was written down on" in page
    assert "2 people are left to tell" in sign_in(helen).get("/").content.decode()
    form = sign_in(helen).get(f"/clients/{client.pk}/heirs/new/").content.decode()
    assert "No flowers." in form and "All to Paul." not in form
    with cast.coordinator.actor().transaction():
        words = {row.directive_id for row in DirectiveWords.objects.filter(client=client)}
    assert words == {before.pk, late.pk}


def test_fifty_a_day(helen: Someone) -> None:
    """So that nobody fills a record, nor a first page with people to tell."""
    client = new_client(helen)
    with helen.actor().transaction(), connection.cursor() as cursor:
        for _ in range(50):
            cursor.execute(f"SELECT sec.{DIRECT}", [uuid4(), client.pk, timezone.localdate()])
    with pytest.raises(IntegrityError, match="many today"):
        acts.call(helen, DIRECT, uuid4(), client.pk, timezone.localdate())
