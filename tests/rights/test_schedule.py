"""The schedule: its numbers are those that bind, a president adopts it, and what needs no review goes by itself."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection
from django.utils import timezone, translation

from clients.contacts.actions import drafts
from confidential.environment import BASE
from rights.retention import actions, reading, schedule
from tests.making import acts
from tests.making.clients import new_client
from tests.making.keeping import adopt, hold, release
from tests.making.pages import SignIn
from tests.making.people import Cast, recruit
from tests.making.sealing import as_worker
from tools.retention_document import PAGE, document

# Where SQL says the same number once more: the file, and what stands there.
IN_SQL = {
    "session": ("volunteers/sql/signin.sql", r"p\.made_at \+ interval '(\d+) hours'"),
    "session_idle": (
        "volunteers/sql/signin.sql",
        r"statement_timestamp\(\) \+ interval '(\d+) minutes'\)",
    ),
    "expired_code": ("volunteers/sql/expired.sql", r"'recipient'\) THEN interval '(\d+) days'"),
    "wrong_tries": (
        "volunteers/sql/expired.sql",
        r"attempt_time < statement_timestamp\(\) - interval '(\d+) hour",
    ),
    "disclosure_draft": (
        "disclosures/sql/walls.sql",
        r"d\.state = 'draft' AND d\.made_at <= statement_timestamp\(\) - interval '(\d+) days'",
    ),
}


@pytest.mark.parametrize("kind", [fixed.kind for fixed in schedule.fixed()])
def test_a_time_that_stands_in_code_is_shown_as_it_binds(kind: str) -> None:
    (fixed,) = (each for each in schedule.fixed() if each.kind == kind)
    assert fixed.number > 0
    if kind in IN_SQL:
        file, pattern = IN_SQL[kind]
        said = re.findall(pattern, (BASE / file).read_text())
        assert said and {int(number) for number in said} == {fixed.number}
    for language in ("en", "fr"):
        with translation.override(language):
            assert str(fixed.number) in fixed.time and fixed.what


def test_each_kind_has_its_source_in_both_languages_and_says_how_sure_we_are() -> None:
    for kind in schedule.kinds():
        assert kind.least <= kind.months <= kind.most and kind.source
        assert schedule.certainty(kind.certainty) and schedule.fate(kind.then)
        for language in ("en", "fr"):
            assert all(kind.said(name, language) for name in ("what", "from", "why"))
        assert kind.said("why", "en") != kind.said("why", "fr")


def test_french_has_its_spaces() -> None:
    told = [kind.words["fr"] for kind in schedule.kinds()] + [
        f.words["fr"] for f in schedule.fixed()
    ]
    told += [line["fr"] for line in json.loads(schedule.PROPOSED.read_text("utf-8"))["with_record"]]
    for words in told:
        for text in words.values():
            assert not re.search(r"[^\u00a0][:;?!»]|«[^\u00a0]", text), text


def test_documents_say_what_the_schedule_says() -> None:
    assert PAGE.read_text("utf-8") == document(), "run `python -m tools.retention_document`"


def test_a_president_drafts_and_adopts_and_nobody_changes_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    browser = sign_in(cast.president)
    form = {
        f"{kind}-{name}": value
        for kind, stated in schedule.proposal().items()
        for name, value in stated.items()
    }
    form["enquiry-months"] = 23
    assert (
        browser.post("/retention/schedule/edit/", {**form, "closed-months": 61}).status_code == 200
    )
    assert browser.post("/retention/schedule/edit/", form).status_code == 302
    page = browser.get("/retention/schedule/adopt/").content.decode()
    assert "23 months" in page
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown
    # What was changed since is not adopted.
    form["enquiry-months"] = 22
    browser.post("/retention/schedule/edit/", form)
    browser.post("/retention/schedule/adopt/", {"shown": shown.group(1)})
    with cast.president.actor().transaction():
        draft = reading.draft()
        assert draft and draft.periods["enquiry"]["months"] == 22
    browser.post("/retention/schedule/adopt/", {"shown": draft.drafted_at.isoformat()})
    with cast.president.actor().transaction():
        adopted = reading.adopted()
        assert adopted and adopted.number == draft.number and reading.draft() is None
    for statement in (
        "UPDATE rights_schedule SET adopted_on = NULL",
        "DELETE FROM rights_schedule",
    ):
        with pytest.raises(DatabaseError):
            with cast.president.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement)
    with pytest.raises(psycopg.Error, match="never changed"):
        superuser.execute(
            "UPDATE rights_schedule SET periods = '{}' WHERE number = %s", [adopted.number]
        )
    # The proposal binds again for whoever comes next.
    with cast.president.actor().transaction() as actor:
        actions.draft_schedule(by=actor, periods=schedule.proposal())
        draft = reading.draft()
        assert draft and actions.adopt_schedule(by=actor, schedule=draft)


@pytest.mark.parametrize("who", ["volunteer", "coordinator", "protection", "administrator"])
def test_nobody_else_writes_or_adopts_it(cast: Cast, who: str) -> None:
    from psycopg.types.json import Jsonb

    someone = getattr(cast, who)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(someone, "draft_schedule(%s)", Jsonb(schedule.proposal()))
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(someone, "adopt_schedule(1, now())")


def test_a_schedule_that_lacks_a_kind_or_a_reason_is_refused(cast: Cast) -> None:
    from psycopg.types.json import Jsonb

    lacking = {k: v for k, v in schedule.proposal().items() if k != "died"}
    silent = schedule.proposal()
    silent["died"] = {**silent["died"], "fr": ""}
    long = schedule.proposal()
    long["closed"] = {**long["closed"], "months": 61}
    for periods in (lacking, silent, long, {}, []):
        with pytest.raises(DatabaseError, match="a schedule has months"):
            acts.call(cast.president, "draft_schedule(%s)", Jsonb(periods))


def test_before_a_schedule_is_adopted_nothing_is_over(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    client = new_client(cast.volunteer)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("DELETE FROM rights_schedule")
        for statement in (
            "SELECT count(*) FROM sec.retention_of(ARRAY[%(client)s::uuid], '2090-01-01')",
            "SELECT count(*) FROM sec.retention_list('2090-01-01')",
            "SELECT sec.count_over('enquiry')",
        ):
            row = superuser.execute(statement, {"client": client.pk}).fetchone()
            assert row == (0,)
        raise psycopg.Rollback


# ---- What goes by itself ----


def counted(superuser: psycopg.Connection, kind: str) -> int:
    row = superuser.execute("SELECT sec.count_over(%s)", [kind]).fetchone()
    assert row
    return row[0]


def run(*options: str) -> list[str]:
    """The command's lines, on the worker's connection."""
    said = StringIO()
    with as_worker():
        call_command("retention", *options, stdout=said)
    return said.getvalue().splitlines()


def enquiry(cast: Cast, superuser: psycopg.Connection, day: date) -> object:
    made = uuid4()
    superuser.execute(
        "INSERT INTO clients_enquiry (id, branch_id, channel, happened_on, language, wanted_no_record, by_id)"
        " VALUES (%s, %s, 'phone', %s, 'fr', false, %s)",
        [made, cast.south, day, cast.outsider.id],
    )
    return made


def there(superuser: psycopg.Connection, table: str, row: object) -> bool:
    found = superuser.execute(
        f"SELECT EXISTS (SELECT FROM {table} WHERE id = %s)", [row]
    ).fetchone()
    return found == (True,)


def test_a_dry_run_shows_and_a_run_removes_what_needs_no_review_and_no_client(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    old = enquiry(cast, superuser, timezone.localdate() - timedelta(days=800))
    new = enquiry(cast, superuser, timezone.localdate() - timedelta(days=600))
    client = new_client(cast.volunteer)
    lines = run("--dry-run", "--on", "2031-01-01")
    (line,) = (line for line in lines if client.reference in line)
    assert "silent since 2026-01-05, over on 2028-01-05" in line
    assert "Quercy" not in "\n".join(lines)
    assert there(superuser, "clients_enquiry", old)
    wanted = counted(superuser, "enquiry")
    assert wanted >= 1 and f"enquiry: {wanted} would be removed" in lines
    assert f"enquiry: {wanted} were removed" in run()
    assert not there(superuser, "clients_enquiry", old) and there(superuser, "clients_enquiry", new)
    assert there(superuser, "clients_client", client.pk)
    assert "enquiry: 0 were removed" in run()  # again, and nothing is left to do
    noted = superuser.execute(
        "SELECT detail FROM audit_event WHERE action = 'retention.sweep' AND detail ->> 'kind' = 'enquiry'"
        " ORDER BY at DESC LIMIT 1"
    ).fetchone()
    assert noted == ({"kind": "enquiry", "count": wanted},)


def test_a_real_run_has_no_other_day(cast: Cast) -> None:
    with pytest.raises(CommandError):
        run("--on", "2031-01-01")


def test_enquiries_stay_while_a_complaint_without_a_record_is_open(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    enquiry(cast, superuser, timezone.localdate() - timedelta(days=900))
    before = counted(superuser, "enquiry")
    assert before >= 1
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "INSERT INTO clients_complaint (id, reference, branch_id, about_kind, state) VALUES (%s, %s, %s, 'unsaid', 'open')",
            [uuid4(), f"K-{uuid4().hex[:8]}", cast.south],
        )
        assert counted(superuser, "enquiry") == 0
        raise psycopg.Rollback


def test_a_draft_goes_but_not_about_somebody_whose_record_is_held(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    helen = recruit(cast.north)
    client = new_client(helen)
    with helen.actor().transaction() as actor:
        drafts.keep(by=actor, client=client.pk, values={"key": str(uuid4()), "text": "He said"})
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE clients_draft SET saved_at = now() - interval '40 days' WHERE person_id = %s",
        [helen.id],
    )
    superuser.execute("RESET session_replication_role")
    held = hold(cast.coordinator, client)
    before = counted(superuser, "draft")
    release(cast.coordinator, held)
    assert counted(superuser, "draft") == before + 1


def test_what_an_import_left_goes_and_names_and_numbers_stay(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    client = new_client(cast.volunteer)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "INSERT INTO clients_fingerprint (id, client_id, branch_id, key_id, kind, hash)"
        " SELECT %s, %s, h.branch_id, h.id, 'imp-client', 'x' FROM clients_hashkey h WHERE h.branch_id = %s",
        [uuid4(), client.pk, client.branch_id],
    )
    superuser.execute(
        "UPDATE clients_client SET taken_in_at = now() - interval '400 days' WHERE id = %s",
        [client.pk],
    )
    superuser.execute("RESET session_replication_role")
    kept = superuser.execute(
        "SELECT count(*) FROM clients_fingerprint WHERE client_id = %s AND kind IN ('person', 'phone')",
        [client.pk],
    ).fetchone()
    superuser.execute("SELECT sec.sweep('import', 100000)")
    left = superuser.execute(
        "SELECT count(*) FILTER (WHERE kind = 'imp-client'), count(*) FROM clients_fingerprint WHERE client_id = %s",
        [client.pk],
    ).fetchone()
    assert kept and kept[0] >= 1 and left == (0, kept[0])


def test_an_invitation_goes_a_year_after_it_ended(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    adopt(cast)
    made = [uuid4(), uuid4()]
    for each, days in zip(made, (400, 300), strict=True):
        superuser.execute(
            "INSERT INTO volunteers_invitation (id, kind, branch_id, language, invited_by_id, expires_at)"
            " VALUES (%s, 'volunteer', %s, 'fr', %s, now() - make_interval(days => %s))",
            [each, cast.north, cast.coordinator.id, days],
        )
    superuser.execute("SELECT sec.sweep('invitation', 1000)")
    assert [there(superuser, "volunteers_invitation", each) for each in made] == [False, True]
