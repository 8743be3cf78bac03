"""Messages: written in the client's space, read by whoever reads notes, answered, passed on, and kept from whom they are not for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from clients.models import Message, MessageWords
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.messages import answered, read_by, sent
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import restrict
from tests.making.spaces import Space, confirm_portal, open_portal, open_space, today
from vault.exceptions import Refused

PAGE = reverse("portal_messages")
MINE = "Can you come on Friday?"
# Worked by hand: written on, two working days later.
DAYS = {
    date(2026, 11, 27): date(2026, 12, 1),  # Friday
    date(2026, 11, 28): date(2026, 12, 1),  # Saturday
    date(2026, 11, 30): date(2026, 12, 2),  # Monday
    date(2026, 12, 24): date(2026, 12, 29),  # Christmas, then a weekend
    date(2026, 12, 31): date(2027, 1, 5),
    date(2026, 4, 3): date(2026, 4, 8),  # before Easter Monday
    date(2026, 5, 13): date(2026, 5, 18),  # before Ascension
    date(2026, 5, 22): date(2026, 5, 27),  # before Whit Monday
    date(2027, 3, 26): date(2027, 3, 31),  # Easter Monday of 2027
    date(2035, 12, 24): date(2035, 12, 27),  # the last Christmas of holidays.json
}


def wrote(own: Space, text: str = MINE) -> Message:
    return sent(own.user, own.client, text)


def moved(superuser: psycopg.Connection, message: Message, days: int) -> None:
    """As if it had been written so many days ago."""
    superuser.execute(acts.ASLEEP)
    superuser.execute(
        "UPDATE clients_message SET made_at = made_at - %s * interval '1 day' WHERE id = %s",
        [days, message.pk],
    )
    superuser.execute("SET session_replication_role = origin")


def waits_for(who: Someone, own: Space) -> list[bool]:
    """For each line about this client on somebody's home page, whether it was passed on."""
    with who.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT passed_on FROM sec.messages_waiting() WHERE client = %s", [own.client.pk]
        )
        return [passed_on for (passed_on,) in cursor.fetchall()]


def as_client(own: Space) -> Someone:
    return Someone(own.user, "", None)


@pytest.mark.parametrize(("day", "due"), DAYS.items())
def test_two_working_days(cast: Cast, day: date, due: date) -> None:
    assert acts.call(cast.volunteer, "read_by(%s)", day) == due


def test_written_read_and_answered(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    page = own.browser.get(PAGE).content.decode()
    assert "Nobody reads this at night" in page
    assert 'href="tel:15"' in page and 'href="tel:3114"' in page and 'href="sms:114"' in page
    key = str(uuid4())
    for _ in range(2):  # sent twice, kept once
        page = own.browser.post(PAGE, {"text": MINE, "key": key}, follow=True).content.decode()
    assert page.count(MINE) == 1 and "Nobody has answered yet" in page
    browser = sign_in(helen)
    home = browser.get("/").content.decode()
    where = reverse("client_messages", args=[own.client.pk])
    assert "1 message from a client waits" in home and where in home and MINE not in home
    page = browser.get(where).content.decode()
    assert MINE in page and "Odile" not in page.split("</title>")[0]
    assert where in browser.get(reverse("client_view", args=[own.client.pk])).content.decode()
    with helen.actor().transaction():
        seen = Message.objects.get(client=own.client)
    typed = {"text": "Yes, at ten.", "key": str(uuid4()), "seen": str(seen.pk)}
    assert browser.post(where, typed).status_code == 302
    assert "waits" not in browser.get("/").content.decode().split("<main")[1].split("message")[0]
    assert waits_for(helen, own) == []
    assert "An answer waits for you" in own.browser.get("/my-space/").content.decode()
    page = own.browser.get(PAGE).content.decode()
    assert "Yes, at ten." in page and "Somebody has seen to this" in page
    assert helen.working_name not in page
    assert "An answer waits for you" not in own.browser.get("/my-space/").content.decode()
    seen_page = own.browser.get(reverse("portal_seen")).content.decode()
    assert "Read your messages" in seen_page and "Answered your message" in seen_page
    copy = own.browser.get(reverse("portal_seen") + "?own=on").content.decode()
    assert "Sent a message" in copy


def test_no_written_answer_is_needed(
    space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    message = wrote(own, "Thank you for yesterday.")
    later = wrote(own, "And one more thing.")
    browser, where = sign_in(helen), reverse("client_messages_settle", args=[own.client.pk])
    # What came after what was seen goes on waiting.
    page = browser.post(where, {"seen": str(message.pk)}, follow=True).content.decode()
    assert "Saved." in page and waits_for(helen, own) == [False]
    browser.post(where, {"seen": str(later.pk)})
    assert waits_for(helen, own) == []
    page = browser.post(where, {"seen": str(later.pk)}, follow=True).content.decode()
    assert "Nothing waits here" in page
    assert "Somebody has seen to this" in own.browser.get(PAGE).content.decode()


def test_of_two_answers_the_second_reads_the_first(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own, other = space(helen), recruit(cast.north)
    assign(cast.coordinator, own.client, other)
    message = wrote(own)
    answered(other, message, "I shall ask.")
    browser, where = sign_in(helen), reverse("client_messages", args=[own.client.pk])
    typed = {"text": "Ask Marie.", "key": str(uuid4()), "seen": str(message.pk)}
    page = browser.post(where, typed)
    said = page.content.decode()
    assert "since you opened this page" in said and "I shall ask." in said and "Ask Marie." in said
    typed["seen"] = page.context["form"]["seen"].value()
    assert browser.post(where, typed).status_code == 302
    assert "Ask Marie." in own.browser.get(PAGE).content.decode()


def test_it_is_passed_on_after_two_working_days(
    cast: Cast,
    space: Callable[..., Space],
    sign_in: SignIn,
    helen: Someone,
    superuser: psycopg.Connection,
) -> None:
    own = space(helen)
    message = wrote(own)
    assert waits_for(helen, own) == [False]
    assert waits_for(cast.coordinator, own) == waits_for(cast.deputy, own) == []
    moved(superuser, message, 7)
    assert waits_for(cast.coordinator, own) == waits_for(cast.deputy, own) == [True]
    assert waits_for(helen, own) == [False]
    browser, where = sign_in(cast.coordinator), reverse("client_messages", args=[own.client.pk])
    assert where in browser.get("/").content.decode()
    page = browser.get(where).content.decode()
    assert MINE not in page and "open the notes" in page
    browser.post(reverse("notes_open", args=[own.client.pk]), {"reason": "coordination"})
    assert MINE in browser.get(where).content.decode()
    answered(cast.coordinator, message)
    assert waits_for(helen, own) == waits_for(cast.deputy, own) == []


def test_without_somebody_who_has_the_client_it_is_the_coordinators_at_once(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own = space(cast.coordinator)
    wrote(own)
    assert waits_for(cast.coordinator, own) == [True]


def test_once_the_support_has_ended_nothing_waits(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    wrote(own)
    ended = {"state": "closed", **today("since")}
    assert sign_in(helen).post(f"/clients/{own.client.pk}/state/", ended).status_code == 302
    assert waits_for(helen, own) == waits_for(cast.coordinator, own) == []
    assert read_by(helen, own.client) == [MINE]


def test_who_reads_and_who_does_not(
    cast: Cast, space: Callable[..., Space], helen: Someone
) -> None:
    own = space(helen)
    message = wrote(own)
    other, driver, stranger = (recruit(cast.north) for _ in range(3))
    assign(cast.coordinator, own.client, other)
    assign(cast.coordinator, own.client, driver, scope="errand")
    assert read_by(helen, own.client) == read_by(other, own.client) == [MINE]
    assert waits_for(other, own) == [False]
    assert read_by(cast.coordinator, own.client) == [None]
    for nobody in (driver, stranger, cast.outsider, cast.south_coordinator, cast.president):
        assert read_by(nobody, own.client) == [], nobody
        assert waits_for(nobody, own) == []
        with nobody.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.may_see_message(%s), sec.may_read_message(%s)", [message.pk] * 2
            )
            assert cursor.fetchone() == (False, False)
    assert read_by(as_client(own), own.client) == [MINE]


def test_handed_over_from_a_day_on(
    cast: Cast, space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    own, other = space(helen), recruit(cast.north)
    moved(superuser, wrote(own, "Said last month."), 20)
    wrote(own, "Said today.")
    handed = "hand_over(%s::uuid[], %s, %s, %s)"
    since = timezone.localdate() - timedelta(days=1)
    acts.call(cast.coordinator, handed, [own.client.pk], helen.id, other.id, since)
    assert read_by(other, own.client) == ["Said today."]


def test_another_client_sees_nothing_and_writes_nothing(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, other = space(), space()
    message = wrote(own)
    thief = as_client(other)
    with thief.actor().transaction():
        assert not Message.objects.filter(pk=message.pk).exists()
        assert not MessageWords.objects.filter(message=message).exists()
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(thief, "write_message(%s, %s, NULL)", uuid4(), own.client.pk)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(thief, "settle_messages(%s, %s)", own.client.pk, message.pk)
    # Another's message as the one that was seen answers nothing.
    helen = recruit(cast.north)
    theirs = space(helen)
    wrote(theirs)
    assert acts.call(helen, "settle_messages(%s, %s)", theirs.client.pk, message.pk) is False
    for statement in (
        "UPDATE clients_message SET answered_at = now() WHERE id = %s",
        "DELETE FROM clients_message WHERE id = %s",
        "UPDATE clients_messagewords SET sealed = '' WHERE message_id = %s",
        "DELETE FROM clients_messagewords WHERE message_id = %s",
        "INSERT INTO clients_message (id, client_id, access_id, made_at) SELECT gen_random_uuid(),"
        " client_id, access_id, now() FROM clients_message WHERE id = %s",
    ):
        for who in (as_client(own), cast.volunteer):
            with pytest.raises(DatabaseError), who.actor().transaction(), connection.cursor() as c:
                c.execute(statement, [message.pk])


def test_words_are_added_by_whoever_wrote_and_at_once(
    cast: Cast, space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    own, made = space(helen), uuid4()
    acts.call(as_client(own), "write_message(%s, %s, NULL)", made, own.client.pk)
    add = (
        "INSERT INTO clients_messagewords (id, client_id, message_id, revision, sealed)"
        " VALUES (gen_random_uuid(), %s, %s, 1, '\\x0101')"
    )
    for who in (helen, cast.coordinator):
        with pytest.raises(DatabaseError), who.actor().transaction(), connection.cursor() as c:
            c.execute(add, [own.client.pk, made])
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute(
            "UPDATE clients_message SET made_at = made_at - interval '2 minutes' WHERE id = %s",
            [made],
        )
        superuser.execute("SET session_replication_role = origin")
    with (
        pytest.raises(DatabaseError),
        as_client(own).actor().transaction(),
        connection.cursor() as c,
    ):
        c.execute(add, [own.client.pk, made])


def test_whom_the_client_complains_about_reads_nothing_of_those_days(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    before = wrote(own, "Before.")
    about = {"kind": "volunteer", "about": str(helen.id), "words": "She told my sister."}
    assert own.browser.post(reverse("portal_complaint_add"), about).status_code == 302
    during = wrote(own, "I have complained about her.")
    assert read_by(helen, own.client) == ["Before."]
    assert waits_for(helen, own) == [] and waits_for(cast.coordinator, own) == [True]
    for act in ("write_message(%s, %s, %s)", "settle_messages(%s, %s)"):
        values = [own.client.pk, before.pk]
        with pytest.raises(DatabaseError, match="somebody else answers this"):
            acts.call(helen, act, *([uuid4()] if "write" in act else []), *values)
    browser, where = sign_in(helen), reverse("client_messages", args=[own.client.pk])
    typed = {"text": "Take it back.", "key": str(uuid4()), "seen": str(before.pk)}
    page = browser.post(where, typed)
    assert page.status_code == 200 and "Somebody else answers this one" in page.content.decode()
    assert "Take it back." not in own.browser.get(PAGE).content.decode()
    [complaint] = acts.complaints_of(own.client)
    acts.answer(cast.protection, complaint)
    assert read_by(helen, own.client) == ["Before."]  # nor later: it was not for her
    with helen.actor().transaction():
        assert not Message.objects.filter(pk=during.pk).exists()
    wrote(own, "After.")
    assert read_by(helen, own.client) == ["After.", "Before."]


def test_a_restricted_record_is_written_to_and_answered(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    restrict(helen, own.client)
    page = own.browser.post(PAGE, {"text": MINE, "key": str(uuid4())}, follow=True)
    assert MINE in page.content.decode()
    assert read_by(helen, own.client) == [] and waits_for(helen, own) == []
    assert waits_for(cast.coordinator, own) == [True]
    sign_in(cast.coordinator).post(f"/clients/{own.client.pk}/notes/", {"reason": "request"})
    with cast.coordinator.actor().transaction():
        message = Message.objects.get(client=own.client)
    answered(cast.coordinator, message)
    assert "Yes, at ten." in own.browser.get(PAGE).content.decode()


def test_quiet_there_are_none_and_none_were(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    message = wrote(own)
    answered(helen, message)
    user, _ = open_portal(cast.coordinator, own.client, quiet=True)
    browser, quiet = sign_in(user), Someone(user, "", None)
    assert browser.get(PAGE).status_code == 404
    assert browser.post(PAGE, {"text": MINE, "key": str(uuid4())}).status_code == 404
    assert PAGE not in browser.get("/my-space/").content.decode()
    with quiet.actor().transaction():
        assert not Message.objects.exists() and not MessageWords.objects.exists()
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(quiet, "write_message(%s, %s, NULL)", uuid4(), own.client.pk)
    with pytest.raises(Refused):  # nobody would read it
        answered(helen, message)


def test_unconfirmed_only_what_was_written_in_it_and_no_answer(
    cast: Cast, space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    own = space(helen)
    answered(helen, wrote(own, "From before."))
    helen_opens = recruit(cast.north)
    assign(cast.coordinator, own.client, helen_opens)
    sign_in(helen).post(f"/clients/{own.client.pk}/portal/close/")
    account = open_space(helen_opens.actor(), own.client.pk)
    new = Space(own.client, account, sign_in(account), "")
    page = new.browser.post(PAGE, {"text": "Written here.", "key": str(uuid4())}, follow=True)
    page = page.content.decode()
    assert "Written here." in page and "From before." not in page and "Yes, at ten." not in page
    assert "it is answered once they have" in page and "is read by" not in page
    with helen.actor().transaction():
        message = Message.objects.filter(client=own.client).first()
    where = reverse("client_messages", args=[own.client.pk])
    assert "Nobody else of us has spoken" in sign_in(helen).get(where).content.decode()
    with pytest.raises(Refused):
        answered(helen, message)
    confirm_portal(own.client)
    answered(helen, message, "Now I know it is you.")
    page = sign_in(account).get(PAGE).content.decode()
    assert "Now I know it is you." in page and "From before." in page


def test_a_flood_is_counted_by_the_database(space: Callable[..., Space]) -> None:
    own = space()
    for _n in range(20):
        acts.call(as_client(own), "write_message(%s, %s, NULL)", uuid4(), own.client.pk)
    with pytest.raises(DatabaseError, match="many messages today"):
        acts.call(as_client(own), "write_message(%s, %s, NULL)", uuid4(), own.client.pk)
    page = own.browser.post(
        PAGE, {"text": "The twenty-first.", "key": str(uuid4())}
    ).content.decode()
    assert "many messages today" in page and "The twenty-first." in page  # what was typed stays
    page = own.browser.post(PAGE, {"text": "x" * 4001, "key": str(uuid4())})
    assert page.status_code == 200


def test_nobody_writes_to_a_client_who_has_not_written(
    space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    own = space(helen)
    with pytest.raises(DatabaseError, match="has not written"):
        acts.call(helen, "write_message(%s, %s, NULL)", uuid4(), own.client.pk)
    message = wrote(own)
    moved(superuser, message, 40)
    with pytest.raises(Refused):
        answered(helen, message)
    stranger = new_client(helen)
    with pytest.raises(DatabaseError, match="has not written"):
        acts.call(helen, "write_message(%s, %s, %s)", uuid4(), stranger.pk, message.pk)


def test_messages_are_in_the_copy(space: Callable[..., Space], helen: Someone) -> None:
    from audit import door
    from clients.models import Client
    from rights.export.contents import Gatherer
    from rights.export.document import as_document

    own = space(helen)
    answered(helen, wrote(own))
    with as_client(own).actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "portal.record", "own_record")
        client = Client.objects.select_related("branch").get(pk=own.client.pk)
        data = Gatherer(client, keys).everything(by=actor, language="en").data
    assert [(m["by"], m["text"]) for m in data["messages"]] == [
        ("client", MINE),
        ("team", "Yes, at ten."),
    ]
    printed = json.dumps(as_document(data), default=str, ensure_ascii=False)
    assert MINE in printed and "Yes, at ten." in printed


@contextmanager
def own_messages(own: Space) -> Iterator[list[Message]]:
    """The messages, as the client sees them."""
    with as_client(own).actor().transaction():
        yield list(Message.objects.filter(client=own.client))


def unread_by_all(lead: Someone, own: Space) -> list[int]:
    """How many messages of this client the lead is told of, which nobody may read."""
    with lead.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT waiting FROM sec.messages_unread() WHERE reference = %s", [own.client.reference]
        )
        return [waiting for (waiting,) in cursor.fetchall()]


def test_what_nobody_may_read_is_told_to_the_lead_who_has_the_client_rung(
    cast: Cast,
    space: Callable[..., Space],
    sign_in: SignIn,
    helen: Someone,
    superuser: psycopg.Connection,
) -> None:
    """Without a word of it, and with no day promised to the client; of what can be read, nothing."""
    own, other = space(helen), space(helen)
    wrote(other)
    lead = sign_in(cast.protection)
    coordinators = superuser.execute(
        "SELECT d.person_id FROM volunteers_duty d WHERE d.kind = 'coordinator' AND d.branch_id = %s AND sec.is_live(d)",
        [cast.north],
    ).fetchall()
    for (accused,) in coordinators:
        acts.complain(cast.protection, own.client, "coordinator", Someone(accused, "", None))
    assert unread_by_all(cast.protection, own) == []
    acts.complain(cast.protection, own.client, "volunteer", helen)
    said = own.browser.post(PAGE, {"text": MINE, "key": str(uuid4())}, follow=True)
    assert "looking for somebody who can answer" in said.content.decode()
    assert unread_by_all(cast.protection, own) == [1]
    assert "is read by" not in own.browser.get(PAGE).content.decode()
    assert waits_for(helen, own) == waits_for(cast.coordinator, own) == []
    home = lead.get("/").content.decode()
    assert own.client.reference in home and "nobody may read" in home and MINE not in home
    assert other.client.reference not in home
    with own_messages(own) as (message,):
        where = reverse("message_unread", args=[message.pk])
    for nobody, answer in ((helen, 403), (cast.coordinator, 403), (cast.president, 404)):
        assert sign_in(nobody).get(where).status_code == answer
        assert unread_by_all(nobody, own) == []
    page = lead.get(where).content.decode()
    assert own.client.reference in page and MINE not in page and helen.working_name not in page
    assert lead.post(where, {"told_by": str(helen.id)}).status_code == 200  # whom it names
    somebody = recruit(cast.north)
    assert lead.post(where, {"told_by": str(somebody.id)}).status_code == 302
    assert unread_by_all(cast.protection, own) == []
    assert lead.get(where).status_code == 404
    assert "Somebody has seen to this" in own.browser.get(PAGE).content.decode()
    with own_messages(own) as (message,):
        assert (message.told_by_id, message.answered_by_id) == (somebody.id, cast.protection.id)


def test_what_the_lead_may_not_know_of_comes_to_the_president(
    cast: Cast,
    space: Callable[..., Space],
    sign_in: SignIn,
    helen: Someone,
    superuser: psycopg.Connection,
) -> None:
    """And where it is kept from the president too, the client is told before and after writing."""
    own = space(helen)
    rows = superuser.execute(
        "SELECT DISTINCT d.person_id FROM volunteers_duty d WHERE sec.is_live(d)"
        " AND (d.kind = 'protection' OR (d.kind = 'coordinator' AND d.branch_id = %s))",
        [cast.north],
    ).fetchall()
    for (accused,) in [*rows, (helen.id,)]:
        by = helen if accused == cast.protection.id else cast.protection
        acts.complain(by, own.client, "volunteer", Someone(accused, "", None))
    said = own.browser.post(PAGE, {"text": MINE, "key": str(uuid4())}, follow=True)
    assert "looking for somebody who can answer" in said.content.decode()
    assert unread_by_all(cast.protection, own) == []
    assert unread_by_all(cast.president, own) == [1]
    with own_messages(own) as (message,):
        where = reverse("message_unread", args=[message.pk])
    assert sign_in(cast.protection).get(where).status_code == 404
    page = sign_in(cast.president).get(where).content.decode()
    assert own.client.reference in page and MINE not in page
    assert "nobody in our team can read" not in own.browser.get(PAGE).content.decode()

    presidents = superuser.execute(
        "SELECT d.person_id FROM volunteers_duty d WHERE sec.is_live(d) AND d.kind = 'president'"
    ).fetchall()  # whoever else holds the office since another test
    for (accused,) in presidents:
        acts.complain(helen, own.client, "volunteer", Someone(accused, "", None))
    assert "nobody in our team can read" in own.browser.get(PAGE).content.decode()
    said = own.browser.post(PAGE, {"text": MINE, "key": str(uuid4())}, follow=True)
    assert "Your message is kept, but nobody" in said.content.decode()
    somebody = recruit(cast.north)
    told = "settle_unread(%s, %s)"
    assert acts.call(cast.president, told, message.pk, somebody.id) is False


def test_the_lead_settles_nothing_that_somebody_can_read(
    cast: Cast, space: Callable[..., Space], helen: Someone
) -> None:
    message = wrote(space(helen))
    settle = "settle_unread(%s, %s)"
    assert acts.call(cast.protection, settle, message.pk, cast.protection.id) is False
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.coordinator, settle, message.pk, cast.coordinator.id)


def test_a_second_press_sends_nothing_and_fails_nothing(
    space: Callable[..., Space], helen: Someone
) -> None:
    own, key = space(helen), uuid4()
    write = "write_message(%s, %s, %s)"
    assert acts.call(as_client(own), write, key, own.client.pk, None) is True
    assert acts.call(as_client(own), write, key, own.client.pk, None) is False
    answer = uuid4()
    assert acts.call(helen, write, answer, own.client.pk, key) is True
    assert acts.call(helen, write, answer, own.client.pk, key) is False


def test_all_that_waits_stands_above_the_answer(
    space: Callable[..., Space], sign_in: SignIn, helen: Someone
) -> None:
    """An answer marks what waits as answered: nobody marks what they were not shown."""
    own = space(helen)
    for n in range(8):
        wrote(own, f"Number {n} of mine.")
    page = sign_in(helen).get(reverse("client_messages", args=[own.client.pk])).content.decode()
    assert all(f"Number {n} of mine." in page for n in range(8))


def test_a_closed_space_is_nowhere_to_answer(
    space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    own = space(helen)
    message = wrote(own)
    superuser.execute(
        'UPDATE clients_portalaccess SET paused_until = sec.today() + 3 WHERE "user" = %s',
        [own.user],
    )
    with pytest.raises(Refused, match="no online space"):
        answered(helen, message)


def test_coordinators_see_it_on_the_second_working_day(
    cast: Cast, space: Callable[..., Space], helen: Someone, superuser: psycopg.Connection
) -> None:
    """Not after it: the client was promised that day."""
    own = space(helen)
    message = wrote(own)
    days = superuser.execute(
        "SELECT min(n) FROM generate_series(1, 14) n WHERE sec.read_by(sec.today() - n) <= sec.today()"
    ).fetchone()
    assert days is not None
    moved(superuser, message, days[0] - 1)
    assert waits_for(cast.coordinator, own) == []
    moved(superuser, message, 1)
    assert waits_for(cast.coordinator, own) == [True]
