"""The client takes back their yes: heard by anybody who has the client, it stops what rests on it, seen or not."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from audit import door
from disclosures.actions import delivery, requests, will
from disclosures.models import Delivery, Disclosure, Said, Will
from tests.making import acts, disclosures
from tests.making.clients import assign, new_client
from tests.making.disclosures import column, decision, take_back
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import restrict
from tests.making.spaces import open_portal, open_space
from vault.exceptions import Refused

HEARD = {
    "channel": "phone",
    "words": "Leave it, please.",
    "happened_on_day": "5",
    "happened_on_month": "1",
    "happened_on_year": "2026",
}


def state(superuser: psycopg.Connection, made: Disclosure) -> str:
    return column(superuser, made, "state")


def colleague_with(cast: Cast, made: Disclosure) -> Someone:
    """Somebody who has the client, and sees no disclosure of theirs."""
    someone = recruit(cast.north)
    assign(cast.coordinator, made.client, someone)
    return someone


def test_who_has_the_client_stops_it_by_one_press_and_learns_nothing(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """The pages and answers are those of a client about whom nothing was ever asked."""
    made, nothing = disclosures.approved(cast), new_client(cast.volunteer)
    someone = colleague_with(cast, made)
    assign(cast.coordinator, nothing, someone)
    browser, said = sign_in(someone), []
    for client in (made.client, nothing):
        url = reverse("will_take_back", args=[client.pk])
        for answer in (browser.get(url), browser.post(url, HEARD, follow=True)):
            page = answer.content.decode()
            assert answer.status_code == 200
            assert made.reference not in page
            assert disclosures.WORDS["recipient"] not in page
        said += [[str(one) for one in answer.context["messages"]]]
        listed = browser.get(reverse("disclosure_client_list", args=[client.pk]))
        assert made.reference not in listed.content.decode()
    assert said[0] == said[1] != []
    assert state(superuser, made) == "stopped"
    with someone.actor().transaction():
        assert not Disclosure.objects.filter(client=made.client).exists()
        mine = Will.objects.filter(client__in=[made.client, nothing]).values_list("disclosure")
        assert [*mine] == [(None,), (None,)]


@pytest.mark.parametrize("who", ["outsider", "south_coordinator", "president", "protection"])
def test_nobody_else_takes_it_back(cast: Cast, superuser: psycopg.Connection, who: str) -> None:
    made = disclosures.asked(cast)
    someone: Someone = getattr(cast, who)
    for about in (None, made):
        with pytest.raises(Refused):
            with someone.actor().transaction() as actor:
                keys = door.new_keys(made.client_id)[0]
                will.say(
                    by=actor,
                    client=made.client,
                    keys=keys,
                    disclosure=about,
                    said=Said.WITHDRAWN,
                    channel="phone",
                )
    assert state(superuser, made) == "asked"


def test_row_is_in_ones_own_name_and_at_the_database_s_time(cast: Cast) -> None:
    made = disclosures.asked(cast)
    statement = """INSERT INTO disclosures_will (id, revision, sealed, client_id, said, channel, happened_on, by_id, made_at)
        VALUES (gen_random_uuid(), 1, 'x', %s, %s, %s, '2026-01-05', %s, '2000-01-01') RETURNING made_at"""
    me, other = cast.volunteer.id, cast.deputy.id
    for said, how, by in (
        ("withdrawn", "phone", other),
        ("withdrawn", "", None),
        ("withdrawn", "", me),
        ("given", "phone", me),
    ):
        with pytest.raises(DatabaseError):
            with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement, [made.client_id, said, how, by])
    with cast.volunteer.actor().transaction() as actor, connection.cursor() as cursor:
        door.open_one(actor, made.client_id, "will.write", "support")
        cursor.execute(statement, [made.client_id, "withdrawn", "phone", me])
        assert cursor.fetchone()[0].year > 2000
    with pytest.raises(DatabaseError):
        with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_will SET said = 'given' WHERE client_id = %s", [made.client_id]
            )


def test_a_draft_asks_the_client_again(cast: Cast, superuser: psycopg.Connection) -> None:
    made = disclosures.drafted(cast)
    take_back(colleague_with(cast, made), made.client)
    assert (state(superuser, made), column(superuser, made, "consent")) == ("draft", "")
    with pytest.raises(Refused):
        with cast.volunteer.actor().transaction() as actor:
            requests.ask(by=actor, disclosure=made)


def ticked(cast: Cast, made: Disclosure, day: date) -> None:
    """Whoever asks writes down a yes of that day."""
    with cast.volunteer.actor().transaction():
        rows = Disclosure.objects.filter(pk=made.pk)
        assert rows.update(consent="given", discussed_on=day) == 1


def ask(cast: Cast, made: Disclosure) -> None:
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)


@pytest.mark.parametrize("when", ["before the draft", "after the draft"])
def test_a_yes_that_was_taken_back_before_it_was_asked_is_none(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, when: str
) -> None:
    """Neither one of an earlier day, nor one that is ticked again; one of the same day is noted first."""
    made = disclosures.drafted(cast)
    take_back(cast.volunteer, made.client)
    if when == "before the draft":
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(
                "UPDATE disclosures_will SET made_at = sec.today()::timestamp AT TIME ZONE 'Europe/Paris'"
                " WHERE client_id = %s",
                [made.client_id],
            )
    for day in (date(2026, 1, 8), timezone.localdate()):
        ticked(cast, made, day)
        with pytest.raises(Refused) as refused:
            ask(cast, made)
        assert refused.value.message == requests.HINDRANCES["disclosure_taken_back_before"]
    browser, page = sign_in(cast.volunteer), reverse("disclosure_view", args=[made.pk])
    url = reverse("disclosure_will", args=[made.pk])
    refused_page = browser.post(reverse("disclosure_ask", args=[made.pk]), follow=True)
    assert "Talk with them once more" in html.unescape(refused_page.content.decode())
    assert url in browser.get(page).content.decode()
    said = browser.post(url, {**HEARD, "said": "given", "words": "Yes, do."}, follow=True)
    assert "Now write down" in said.content.decode()
    ask(cast, made)
    disclosures.open_notes(cast.deputy, made)
    page = sign_in(cast.deputy).get(reverse("disclosure_decide", args=[made.pk])).content.decode()
    assert "Leave it." in page and "Yes, do." in page, "the decider sees both"
    disclosures.decide(cast.deputy, made)
    assert state(superuser, made) == "approved"


def test_a_yes_of_a_later_day_is_one(cast: Cast, superuser: psycopg.Connection) -> None:
    made = disclosures.drafted(cast)
    take_back(cast.volunteer, made.client)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_will SET made_at = made_at - interval '1 day' WHERE client_id = %s",
            [made.client_id],
        )
    ticked(cast, made, timezone.localdate())
    ask(cast, made)
    disclosures.decide(cast.deputy, made)
    assert state(superuser, made) == "approved"


def test_a_yes_has_a_day_that_has_come(cast: Cast, superuser: psycopg.Connection) -> None:
    """And a day yet to come keeps no yes that is taken back."""
    made = disclosures.drafted(cast)
    for day in (None, timezone.localdate() + timedelta(days=1)):
        ticked(cast, made, day)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            ask(cast, made)
    take_back(colleague_with(cast, made), made.client)
    assert (state(superuser, made), column(superuser, made, "consent")) == ("draft", "")


def test_what_was_released_in_spite_of_a_no_is_not_recalled_by_a_second_one(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.approved(cast)
    take_back(cast.volunteer, made.client)
    disclosures.decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    take_back(cast.volunteer, made.client)
    take_back(cast.volunteer, made.client, made)
    assert state(superuser, made) == "released"
    assert Browser().get(f"/d/{out.secret}/").status_code == 200
    url = reverse("disclosure_will", args=[made.pk])
    browser = sign_in(cast.deputy)
    assert url not in browser.get(reverse("disclosure_view", args=[made.pk])).content.decode()
    page = browser.post(url, {**HEARD, "said": "withdrawn"}, follow=True).content.decode()
    assert "in spite of what the client says" in page
    with cast.deputy.actor().transaction() as actor:
        assert delivery.recall(by=actor, disclosure=made), "by hand it still is"


def test_what_rests_on_no_yes_goes_on(cast: Cast, superuser: psycopg.Connection) -> None:
    made = disclosures.drafted(cast)
    with cast.volunteer.actor().transaction() as actor:
        Disclosure.objects.filter(pk=made.pk).update(consent="refused")
        requests.ask(by=actor, disclosure=made)
    take_back(cast.volunteer, made.client)
    assert state(superuser, made) == "asked"


def test_stopped_is_not_approved_or_released_without_a_new_decision(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """In SQL too; then somebody decides in spite of it, with reasons, and only then it can be released."""
    made = disclosures.approved(cast)
    take_back(cast.volunteer, made.client)
    browser, page = sign_in(cast.deputy), reverse("disclosure_view", args=[made.pk])
    shown = browser.get(page).content.decode()
    assert "Leave it." in shown
    assert "The client takes back their yes" in shown
    released = browser.post(f"{page}release/", {"language": "fr", "days": "7"}, follow=True)
    assert "/d/" not in released.content.decode()
    for to in ("released", "asked", "received"):
        with pytest.raises(DatabaseError):
            with cast.deputy.actor().transaction() as actor, connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE disclosures_disclosure SET state = %s, released_by_id = %s WHERE id = %s",
                    [to, actor.person, made.pk],
                )
    deciding = browser.get(f"{page}decide/").content.decode()
    assert "Approve in spite of it" in deciding
    answer = browser.post(f"{page}decide/", decision(made, cast, reason="She forgets them daily."))
    assert answer.status_code == 302
    assert state(superuser, made) == "approved"
    release = browser.get(f"{page}release/").content.decode()
    assert release.index("The client takes back their yes") < release.index("Release now")
    done = browser.post(f"{page}release/", {"language": "fr", "days": "7"})
    assert "/d/" in done.content.decode()


def test_no_answer_to_a_complaint_leaves_against_the_client(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    _ground(superuser, made, "complaint")
    take_back(cast.volunteer, made.client)
    disclosures.open_notes(cast.deputy, made)
    with pytest.raises(Refused) as refused:
        disclosures.decide(cast.deputy, made)
    assert refused.value.message == requests.HINDRANCES["disclosure_taken_back"]
    with cast.volunteer.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.view")
        will.say(
            by=actor,
            client=made.client,
            keys=keys,
            disclosure=made,
            said=Said.GIVEN,
            channel="phone",
            words="Do it after all.",
        )
    with pytest.raises(Refused) as refused:
        disclosures.decide(cast.deputy, made)
    assert refused.value.message == requests.HINDRANCES["disclosure_no_complaint"], (
        "no more the yes"
    )


def _ground(superuser: psycopg.Connection, made: Disclosure, ground: str) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_disclosure SET ground = %s WHERE id = %s", [ground, made.pk]
        )


def test_open_link_leads_nowhere_in_that_second(cast: Cast, superuser: psycopg.Connection) -> None:
    out = disclosures.released(cast)
    assert Browser().get(out.url).status_code == 200
    take_back(colleague_with(cast, out.disclosure), out.disclosure.client)
    assert state(superuser, out.disclosure) == "recalled"
    assert Browser().get(out.url).status_code == 404
    answer = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert answer.status_code == 404
    row = superuser.execute(
        "SELECT wrapped_key, salt FROM disclosures_delivery WHERE disclosure_id = %s",
        [out.disclosure.pk],
    ).fetchone()
    assert row == (b"", b"")


def test_what_was_handed_over_stays_so(cast: Cast, superuser: psycopg.Connection) -> None:
    out = disclosures.released(cast)
    assert Browser().post(out.url, {"passphrase": out.handover.passphrase}).status_code == 200
    take_back(cast.volunteer, out.disclosure.client)
    assert state(superuser, out.disclosure) == "received"


@pytest.mark.parametrize("act", ["approve", "release", "receive"])
def test_of_an_act_and_a_withdrawal_at_once_the_withdrawal_wins(
    cast: Cast, superuser: psycopg.Connection, act: str
) -> None:
    """Two connections at the same moment, over and over: nothing is approved, let out or open afterwards."""
    for _ in range(3):
        made, run = _racing(cast, act)
        someone = colleague_with(cast, made)
        gate = threading.Barrier(2)

        def first(run: Callable[[], Any] = run, gate: threading.Barrier = gate) -> None:
            gate.wait()
            with suppress(Refused, DatabaseError, delivery.Closed):
                run()
            connections.close_all()

        def second(
            someone: Someone = someone,
            made: Disclosure = made,
            gate: threading.Barrier = gate,
        ) -> None:
            gate.wait()
            take_back(someone, made.client)
            connections.close_all()

        threads = [threading.Thread(target=one) for one in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (
            state(superuser, made)
            in {
                "approve": {"stopped"},
                "release": {"stopped", "recalled"},
                "receive": {"recalled", "received"},  # whichever came first; never both
            }[act]
        )
        opened = superuser.execute(
            "SELECT opened_at IS NOT NULL, recalled_at IS NOT NULL FROM disclosures_delivery WHERE disclosure_id = %s",
            [made.pk],
        ).fetchone()
        assert opened is None or opened[0] != opened[1]


def _racing(cast: Cast, act: str) -> tuple[Disclosure, Callable[[], Any]]:
    if act == "receive":
        out = disclosures.released(cast)
        sent = {"passphrase": out.handover.passphrase}
        return out.disclosure, lambda: Browser().post(out.url, sent)
    if act == "approve":
        made = disclosures.asked(cast)
        disclosures.open_notes(cast.deputy, made)
        with cast.deputy.actor().transaction():
            shown = disclosures.contents.hash_of(
                made
            )  # of the page on which the client still agrees

        def approve() -> None:
            with cast.deputy.actor().transaction() as actor:
                keys = disclosures.opened(actor, made, "disclosure.decide")
                requests.decide(
                    by=actor, disclosure=made, keys=keys, approve=True, reason="Yes.", shown=shown
                )

        return made, approve
    made = disclosures.approved(cast)

    def release() -> None:
        with cast.deputy.actor().transaction() as actor:
            keys = disclosures.opened(actor, made, "disclosure.release")
            delivery.release(by=actor, disclosure=made, keys=keys, language="fr", days=7)

    return made, release


def test_in_a_restricted_record_it_is_taken_back_all_the_same(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    someone = colleague_with(cast, made)
    restrict(cast.coordinator, made.client)
    browser, url = sign_in(someone), reverse("will_take_back", args=[made.client_id])
    assert url in browser.get(reverse("client_view", args=[made.client_id])).content.decode()
    assert browser.post(url, HEARD).status_code == 302
    assert state(superuser, made) == "stopped"


def test_the_client_takes_it_back_in_their_space(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.approved(cast)
    own = sign_in(Someone(open_portal(cast.volunteer, made.client)[0], "", None))
    listed = own.get(reverse("portal_disclosures")).content.decode()
    assert "You agreed." in listed
    url = reverse("portal_disclosure_end", args=[made.pk])
    assert url in listed
    assert state(superuser, made) == "approved", "looking changes nothing"
    assert own.get(url).status_code == 200
    answer = own.post(url, follow=True).content.decode()
    assert "You took back your agreement" in answer
    assert "You agreed" not in answer
    assert url not in answer
    assert state(superuser, made) == "stopped"
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.view")
        last = will.events(made, disclosures.contents.words_of(made, keys), keys)[0]
    assert (last.said, last.heard_by, last.on) == ("withdrawn", "", timezone.localdate())
    assert own.post(url).status_code == 302, "twice is once"


def test_quiet_and_unconfirmed_spaces_have_no_such_page(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    url = reverse("portal_disclosure_end", args=[made.pk])
    for more, status in (({"quiet": True}, 404), ({"confirmed": False}, 302)):
        account = open_portal(cast.volunteer, made.client, **more)[0]  # type: ignore[arg-type]
        own = Someone(account, "", None)
        assert sign_in(own).post(url).status_code == status
        with pytest.raises(Refused):
            with own.actor().transaction() as actor:
                keys = door.new_keys(made.client_id)[0]
                will.say(by=actor, client=made.client, keys=keys, said=Said.WITHDRAWN)
    assert state(superuser, made) == "asked"


def test_another_client_cannot(cast: Cast, sign_in: SignIn, superuser: psycopg.Connection) -> None:
    made = disclosures.asked(cast)
    other = Someone(open_space(cast.volunteer.actor(), new_client(cast.volunteer).pk), "", None)
    assert sign_in(other).post(reverse("portal_disclosure_end", args=[made.pk])).status_code in (
        302,
        404,
    )
    assert state(superuser, made) == "asked"


def test_whoever_asked_recalls_what_nobody_opened(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    out = disclosures.released(cast)
    url = reverse("disclosure_recall", args=[out.disclosure.pk])
    stranger = recruit(cast.north)
    assign(cast.coordinator, out.disclosure.client, stranger)
    assert sign_in(stranger).post(url).status_code == 404
    browser = sign_in(cast.volunteer)
    assert browser.get(url).status_code == 200
    assert Browser().get(out.url).status_code == 200, "looking recalls nothing"
    assert "Recalled. The link" in browser.post(url, follow=True).content.decode()
    dead, unknown = Browser().get(out.url), Browser().get("/d/nothing-like-it/")
    assert (dead.status_code, dead.content) == (unknown.status_code, unknown.content)
    assert state(superuser, out.disclosure) == "recalled"
    actions = superuser.execute(
        "SELECT action FROM audit_event WHERE object_id = %s AND action LIKE 'disclosure.re%%' ORDER BY at",
        [out.disclosure.pk],
    ).fetchall()
    assert actions[-1] == ("disclosure.recalled",)
    assert "changed in the meantime" in browser.post(url, follow=True).content.decode()


def test_what_was_opened_is_not_recalled(cast: Cast, superuser: psycopg.Connection) -> None:
    out = disclosures.released(cast)
    assert Browser().post(out.url, {"passphrase": out.handover.passphrase}).status_code == 200
    with cast.deputy.actor().transaction() as actor:
        assert delivery.recall(by=actor, disclosure=out.disclosure) is False
    assert state(superuser, out.disclosure) == "received"


def test_whom_the_client_complains_about_recalls_nothing_that_others_asked(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    out, accused = disclosures.released(cast), recruit(cast.north, "coordinator")
    acts.complain(cast.protection, out.disclosure.client, "coordinator", accused)
    with pytest.raises(Refused), accused.actor().transaction() as actor:
        delivery.recall(by=actor, disclosure=out.disclosure)
    assert state(superuser, out.disclosure) == "released"
    with cast.deputy.actor().transaction() as actor:
        assert delivery.recall(by=actor, disclosure=out.disclosure) is True


def test_recalled_by_sql_needs_the_package_closed(cast: Cast) -> None:
    out = disclosures.released(cast)
    with pytest.raises(DatabaseError):
        with cast.deputy.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosure SET state = 'recalled' WHERE id = %s",
                [out.disclosure.pk],
            )
    with pytest.raises(DatabaseError):
        with cast.deputy.actor().transaction():
            Delivery.objects.filter(disclosure=out.disclosure).update(recalled_at=None)
