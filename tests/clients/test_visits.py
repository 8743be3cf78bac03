"""Going alone: who sees that somebody is out, when the place opens, and that it is destroyed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from audit import door
from clients.models import LoneVisit, LoneVisitPlace
from clients.visits import actions as visits
from clients.visits.forms import VisitForm
from tests.making.emergencies import nothing_open
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.versions import new_code, versions_forgotten
from vault.principals import signin_transaction
from volunteers.models import Person, Session

PLACE = "12 chemin des Tilleuls, behind the barn"


@pytest.fixture(autouse=True)
def all_home(cast: Cast) -> None:
    """Nobody is out any more from an earlier test."""
    nothing_open(cast.volunteer, cast.colleague, cast.coordinator)


def going(cast: Cast, sign_in: SignIn, **more: str) -> LoneVisit:
    """The volunteer goes out; the colleague watches."""
    sent = {"where": PLACE, "length": "60", "buddy": str(cast.colleague.id), **more}
    assert sign_in(cast.volunteer).post("/out/", sent).status_code == 302
    with cast.volunteer.actor().transaction():
        return LoneVisit.objects.out().get(person_id=cast.volunteer.id)


def passed(superuser: psycopg.Connection, out: LoneVisit, minutes: int) -> None:
    """The time to be back was so many minutes ago."""
    superuser.execute(
        "UPDATE clients_lonevisit SET until = now() - make_interval(mins => %s) WHERE id = %s",
        [minutes, out.pk],
    )


def count(superuser: psycopg.Connection, table: str, column: str, value: object) -> int:
    row = superuser.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [value]).fetchone()
    assert row
    return row[0]


def test_buddy_sees_that_somebody_is_out_and_not_where(cast: Cast, sign_in: SignIn) -> None:
    out = going(cast, sign_in)
    mine = sign_in(cast.volunteer).get("/").content.decode()
    for words in ("You are out until", "I am back", "Alarm", "Half an hour more"):
        assert words in mine, words
    assert 'href="/out/"' not in mine
    buddy = sign_in(cast.colleague)
    page = buddy.get("/").content.decode()
    assert "Volunteer is out until" in page
    assert "Tilleuls" not in page and "Show where they are" not in page
    assert "until" not in sign_in(cast.coordinator).get("/out/now/").content.decode()
    # Before an alarm nothing opens it: not the page, not a direct press, not the door, not the row.
    assert buddy.get(f"/out/{out.pk}/place/").status_code == 403
    assert buddy.get(f"/out/{out.pk}/safe/").status_code == 403
    for press in ("alarm", "safe", "later"):
        assert buddy.post(f"/out/{out.pk}/{press}/").status_code == 403, press
    with cast.colleague.actor().transaction() as actor:
        assert not LoneVisitPlace.objects.exists()
        with pytest.raises(door.NotPermitted):
            door.open(actor, out.pk, "visit.place", "alarm")


def test_others_find_nothing(cast: Cast, sign_in: SignIn) -> None:
    out = going(cast, sign_in)
    for someone in (cast.coordinator, cast.outsider, cast.president, cast.protection):
        browser = sign_in(someone)
        for address in ("place", "alarm", "safe", "later"):
            assert browser.post(f"/out/{out.pk}/{address}/").status_code in (404, 405)
            assert browser.get(f"/out/{out.pk}/{address}/").status_code == 404
            assert browser.get(f"/out/{uuid4()}/{address}/").status_code == 404


@pytest.mark.parametrize("how", ["pressed", "late"])
def test_alarm_opens_the_place_to_the_buddy_and_is_logged(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, how: str
) -> None:
    out = going(cast, sign_in)
    buddy = sign_in(cast.colleague)
    if how == "pressed":
        sign_in(cast.volunteer).post(f"/out/{out.pk}/alarm/")
    else:
        passed(superuser, out, 16)
    home = buddy.get("/").content.decode()
    assert home.index("Alarm: Volunteer") < home.index("My clients")
    assert 'role="alert"' in home and "tel:112" in home and "Tilleuls" not in home
    page = buddy.get(f"/out/{out.pk}/place/").content.decode()
    assert PLACE in page and "Coordinator" in page and "tel:15" in page
    assert "Volunteer" not in page.split("</title>")[0]
    opened = "SELECT actor, purpose, basis FROM audit_event WHERE subject = %s AND action = 'visit.place'"
    assert superuser.execute(opened, [out.pk]).fetchall() == [
        (cast.colleague.id, "alarm", "emergency")
    ]
    assert sign_in(cast.coordinator).get(f"/out/{out.pk}/place/").status_code == 404
    assert "have spoken with Volunteer" in buddy.get(f"/out/{out.pk}/safe/").content.decode()
    assert buddy.post(f"/out/{out.pk}/safe/").status_code == 302
    assert buddy.get(f"/out/{out.pk}/place/").status_code == 403
    assert count(superuser, "clients_lonevisitplace", "visit_id", out.pk) == 0
    assert "You are out" not in sign_in(cast.volunteer).get("/").content.decode()


def test_back_destroys_the_place(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    out = going(cast, sign_in)
    browser = sign_in(cast.volunteer)
    assert PLACE in browser.get(f"/out/{out.pk}/place/").content.decode()
    page = browser.post(f"/out/{out.pk}/safe/", follow=True).content.decode()
    assert "The place is destroyed" in page and "I go alone" in page
    assert count(superuser, "clients_lonevisitplace", "visit_id", out.pk) == 0
    key = "SELECT data, audit <> '' FROM vault_subjectkey WHERE subject = %s"
    assert superuser.execute(key, [out.pk]).fetchone() == (b"", True)
    assert "was said already" in browser.post(f"/out/{out.pk}/safe/", follow=True).content.decode()
    assert browser.post(f"/out/{out.pk}/alarm/").status_code == 302
    assert sign_in(cast.colleague).get(f"/out/{out.pk}/place/").status_code == 403


def test_buddy_may_alarm_once_the_time_is_over(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    out = going(cast, sign_in)
    buddy = sign_in(cast.colleague)
    passed(superuser, out, 1)
    assert "I cannot reach them: alarm" in buddy.get("/").content.decode()
    assert buddy.get(f"/out/{out.pk}/place/").status_code == 403
    assert buddy.post(f"/out/{out.pk}/alarm/").status_code == 302
    assert buddy.get(f"/out/{out.pk}/place/").status_code == 200


def test_more_time_before_the_alarm_only(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    out = going(cast, sign_in)
    browser = sign_in(cast.volunteer)
    browser.post(f"/out/{out.pk}/later/")
    with cast.volunteer.actor().transaction():
        again = LoneVisit.objects.get(pk=out.pk)
    assert again.until - out.until == timedelta(minutes=30)
    browser.post(f"/out/{out.pk}/alarm/")
    page = browser.post(f"/out/{out.pk}/later/", follow=True).content.decode()
    assert "The alarm is on already" in page
    for until in (timezone.now() + timedelta(days=2), None):
        with pytest.raises(ProgrammingError, match="not permitted"):
            with cast.volunteer.actor().transaction() as actor:
                visits.later(by=actor, visit=out, until=until)  # type: ignore[arg-type]


def test_one_at_a_time(cast: Cast, sign_in: SignIn) -> None:
    out = going(cast, sign_in)
    page = sign_in(cast.volunteer).get("/out/", follow=True).content.decode()
    assert "You are out already" in page
    sent = {"where": "Elsewhere", "length": "60", "buddy": str(cast.colleague.id)}
    sign_in(cast.volunteer).post("/out/", sent)
    with pytest.raises(visits.StillOut), cast.volunteer.actor().transaction() as actor:
        visits.start(
            by=actor, branch=cast.north, buddy=cast.colleague.id, until=out.until, where="x"
        )
    with cast.volunteer.actor().transaction():
        assert LoneVisit.objects.out().get(person_id=cast.volunteer.id).pk == out.pk


@pytest.mark.parametrize(
    "buddy", ["volunteer", "outsider", "newcomer", "president", "south_coordinator"]
)
def test_not_everybody_can_watch(cast: Cast, sign_in: SignIn, buddy: str) -> None:
    someone: Someone = getattr(cast, buddy)
    sent = {"where": PLACE, "length": "60", "buddy": str(someone.id)}
    page = sign_in(cast.volunteer).post("/out/", sent)
    assert "error-summary" in page.content.decode()
    with pytest.raises(ProgrammingError, match="not permitted"):
        with cast.volunteer.actor().transaction() as actor:
            until = timezone.now() + timedelta(hours=1)
            visits.start(by=actor, branch=cast.north, buddy=someone.id, until=until, where=PLACE)


@pytest.mark.parametrize(
    ("minutes", "right"), [(90, True), (11 * 60, True), (-5, False), (13 * 60, False)]
)
def test_time_of_the_clock(cast: Cast, minutes: int, right: bool) -> None:
    wanted = timezone.localtime() + timedelta(minutes=minutes)
    with cast.volunteer.actor().transaction():
        people = Person.objects.filter(pk=cast.colleague.id)
        sent = {
            "where": PLACE,
            "length": "at",
            "at": wanted.strftime("%H:%M"),
            "buddy": str(cast.colleague.id),
        }
        form = VisitForm(sent, people=people)
        assert form.is_valid() is right, form.errors
    if right:
        assert abs(form.cleaned_data["until"] - wanted) < timedelta(minutes=1)


def test_page_renews_itself_only_when_something_changed(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    out = going(cast, sign_in)
    buddy = sign_in(cast.colleague)
    address = buddy.get("/").content.decode().split('hx-get="')[1].split('"')[0]
    before = count(superuser, "audit_event", "actor", cast.colleague.id)
    assert buddy.get(address, headers={"HX-Request": "true"}).status_code == 204
    passed(superuser, out, 16)
    page = buddy.get(address, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "Alarm: Volunteer" in page.content.decode() and "<html" not in page.content.decode()
    assert count(superuser, "audit_event", "actor", cast.colleague.id) == before


def test_page_that_renews_itself_does_not_prolong_the_session(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.colleague)
    rows = Session.objects.filter(user_id=cast.colleague.id).order_by("-created_at")
    before = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk=rows[0].pk).update(seen_at=before)
    browser.get("/out/now/", headers={"HX-Request": "true", "Renews-Itself": "1"})
    assert rows[0].seen_at == before
    browser.get("/out/now/")
    assert rows[0].seen_at > before


def test_sql_of_the_application_cannot_go_round(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """What the buddy could try on the application's own connection before there is an alarm."""
    out = going(cast, sign_in)
    for statement, values in [
        ("UPDATE clients_lonevisit SET alarm_at = now()", []),
        ("UPDATE clients_lonevisit SET buddy_id = person_id", []),
        ("DELETE FROM clients_lonevisit", []),
        ("DELETE FROM clients_lonevisitplace", []),
        ("SELECT sec.forget_visit(%s)", [out.pk]),
        ("SELECT sec.visit_alarm(%s)", [out.pk]),
        ("SELECT sec.visit_later(%s, now() - interval '1 hour')", [out.pk]),
        ("SELECT data FROM vault_subjectkey WHERE subject = %s", [out.pk]),
    ]:
        with pytest.raises(ProgrammingError, match=r"denied|not permitted"):
            with cast.colleague.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement, values)
    with cast.colleague.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clients_lonevisitplace")
        assert cursor.fetchone() == (0,)
    with signin_transaction(cast.colleague.actor().token) as cursor:
        cursor.execute(
            "SELECT event FROM sec.open(ARRAY[%s]::uuid[], 'visit.place', 'alarm')", [out.pk]
        )
        assert cursor.fetchall() == []
    assert count(superuser, "clients_lonevisitplace", "visit_id", out.pk) == 1


def test_buddy_who_has_not_signed_reads_whom_to_ring(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """On alarm, and for this visit alone; of others who serve they see nobody."""
    out = going(cast, sign_in)
    with versions_forgotten(superuser):
        new_code(cast.president)
        with cast.colleague.actor().transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.visit_coordinators(%s)", [out.pk])
            assert cursor.fetchall() == []
        passed(superuser, out, 16)
        page = sign_in(cast.colleague).get(f"/out/{out.pk}/place/").content.decode()
        assert PLACE in page and "Ring a coordinator: " in page
        named = page.split("Ring a coordinator: ")[1].split("</li>")[0]
        assert "Coordinator" in named and "Volunteer" not in named
