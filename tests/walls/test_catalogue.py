"""The catalogue of the database: no table that reaches a client is left out, and nothing tells hidden from absent."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import door
from tests.access.world import World
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast, recruit

ROLES = ("confidential_app", "confidential_worker", "confidential_signin")
# Whatever leads to a client by its foreign keys, however far, or names one as a subject.
REACHING = """
WITH RECURSIVE reach AS (
    SELECT 'clients_client'::regclass::oid AS t
    UNION
    SELECT c.conrelid FROM pg_constraint c JOIN reach r ON c.confrelid = r.t WHERE c.contype = 'f')
SELECT t::regclass::text FROM reach
UNION SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE attname IN ('client_id', 'content_object_id', 'person_id') AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND c.relname !~ '^(guardian|auth|django)_'
UNION SELECT 'audit_event'"""


@pytest.fixture(scope="module")
def reaching(server: Any, cast: Cast) -> list[str]:
    from confidential.environment import DATABASE

    with psycopg.connect(server.conninfo(dbname=DATABASE)) as superuser:
        found = sorted(row[0] for row in superuser.execute(REACHING))
    assert len(found) > 30
    return found


def test_row_level_security_is_forced(reaching: list[str], superuser: psycopg.Connection) -> None:
    open_ones = superuser.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)",
        [reaching],
    ).fetchall()
    assert open_ones == []


def test_each_right_has_a_policy_that_asks_something(
    reaching: list[str], superuser: psycopg.Connection
) -> None:
    """And a policy is for one role by name, never for everybody; what is written is checked."""
    for table in reaching:
        for role in ROLES:
            for command, letter in (
                ("SELECT", "r"),
                ("INSERT", "a"),
                ("UPDATE", "w"),
                ("DELETE", "d"),
            ):
                granted = (
                    "has_table_privilege" if command == "DELETE" else "has_any_column_privilege"
                )
                if not superuser.execute(
                    f"SELECT {granted}(%s, %s, %s)", [role, table, command]
                ).fetchone()[0]:
                    continue
                policies = superuser.execute(
                    "SELECT pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy"
                    " WHERE polrelid = %s::regclass AND %s::regrole = ANY (polroles) AND polcmd IN (%s, '*')",
                    [table, role, letter],
                ).fetchall()
                assert policies, (table, role, command)
                for using, check in policies:
                    asked = (
                        check
                        if command == "INSERT"
                        else check or using
                        if command == "UPDATE"
                        else using
                    )
                    assert asked, (table, role, command)
                    assert asked != "true", (table, role, command)
    everybody = "SELECT polrelid::regclass FROM pg_policy WHERE 0 = ANY (polroles)"
    assert superuser.execute(everybody).fetchall() == []


def test_no_right_goes_round_the_policies(
    reaching: list[str], superuser: psycopg.Connection
) -> None:
    """TRUNCATE, REFERENCES and TRIGGER ask no policy; what everybody may, nobody looks at."""
    for table in reaching:
        for role in ROLES:
            for right in ("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"):
                query = "SELECT has_table_privilege(%s, %s, %s)"
                assert not superuser.execute(query, [role, table, right]).fetchone()[0], (
                    table,
                    role,
                    right,
                )
    public = """SELECT relname FROM pg_class, aclexplode(relacl) a WHERE a.grantee = 0 AND relname = ANY(%s)
        UNION SELECT c.relname FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, aclexplode(attacl) a
        WHERE a.grantee = 0 AND c.relname = ANY(%s)"""
    assert superuser.execute(public, [reaching, reaching]).fetchall() == []
    deletes = superuser.execute(
        "SELECT t FROM unnest(%s::text[]) t WHERE has_table_privilege('confidential_app', t, 'DELETE')",
        [reaching],
    ).fetchall()
    assert deletes == [("clients_draft",)]


def test_what_is_unique_says_nothing_about_a_person(
    reaching: list[str], superuser: psycopg.Connection
) -> None:
    """A unique index answers whether a value is there: only ids, references and dates may be asked for."""
    rows = superuser.execute(
        """SELECT i.indrelid::regclass::text, a.attname, a.atttypid::regtype::text FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
        WHERE i.indisunique AND i.indrelid::regclass::text = ANY(%s)""",
        [reaching],
    ).fetchall()
    said = {
        (t, column) for t, column, kind in rows if kind not in ("uuid", "bigint", "integer", "xid8")
    }
    assert {column for _, column in said} <= {"reference", "username", "kind"}, said


# The functions that keep permissions in step with the ledger, the one that compares the two, and the one that says which are
# withheld: that is a part of what binds.
KEEP_PERMISSIONS = {"derive", "rows_derived", "withheld"}


def test_one_place_says_that_a_permission_binds(superuser: psycopg.Connection) -> None:
    """Written out, it lacks a part sooner or later: that a duty which gave it is over."""
    bodies = superuser.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'sec'::regnamespace"
    ).fetchall()
    policies = superuser.execute(
        "SELECT tablename || ' ' || policyname, concat(qual, ' ', with_check) FROM pg_policies"
    ).fetchall()
    for name, text in bodies + policies:
        assert not re.search(r"basis(::text)? <> 'branch_duty'", text), name
    for name, body in bodies:
        asked = len(re.findall(r"FROM public\.clients_clientpermission\b", body))
        binds = len(re.findall(r"sec\.is_binding(_for_holder)?\(", body))
        assert name in KEEP_PERMISSIONS or asked <= binds, name


def test_that_a_permission_binds_is_worked_into_the_statement(cast: Cast) -> None:
    """Called for each row it would cost; the plan of the policy shows its parts, and no call."""
    with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT count(*) FROM clients_clientpermission")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "'branch_duty'" in plan
    assert "is_binding" not in plan


def test_what_is_hashed_of_a_row_depends_on_no_setting(superuser: psycopg.Connection) -> None:
    """Or whoever has SQL on a connection would have true events called altered."""
    hashing = superuser.execute(
        "SELECT proname, coalesce(array_to_string(proconfig, ' '), '') FROM pg_proc"
        " WHERE pronamespace = 'sec'::regnamespace AND prosrc LIKE '%to_jsonb(%'"
        " AND (prosrc LIKE '%sha256(%' OR prosrc LIKE '%row_digest(%') AND proname <> 'row_digest'"
    ).fetchall()
    assert len(hashing) >= 6
    for name, settings in hashing:
        assert "TimeZone=UTC" in settings and "bytea_output=hex" in settings, name


def test_questions_are_named_as_questions(superuser: psycopg.Connection) -> None:
    """What only answers yes or no reads as a question; what does something never does."""
    asked = superuser.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'sec'::regnamespace"
        " AND prorettype = 'boolean'::regtype AND NOT proretset AND provolatile <> 'v'"
    ).fetchall()
    done = superuser.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'sec'::regnamespace AND provolatile = 'v'"
    ).fetchall()
    question = re.compile("(may|must|is|are|has)_")
    assert len(asked) > 40
    assert [name for (name,) in asked if not question.match(name)] == []
    assert [name for (name,) in done if question.match(name)] == []


def test_names_of_functions_differ_by_more_than_an_ending(superuser: psycopg.Connection) -> None:
    found = superuser.execute(
        "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'sec'::regnamespace"
    ).fetchall()
    names = {name for (name,) in found}
    endings = ("s", "d", "ed", "es", "ing")
    assert {name + ending for name in names for ending in endings} & names == set()


def test_one_place_says_which_day_it_is(superuser: psycopg.Connection) -> None:
    """The server's own day is another one than the association's for an hour or two each night."""
    bodies = superuser.execute(
        "SELECT proname, coalesce(pg_get_function_sqlbody(oid), prosrc) FROM pg_proc"
        " WHERE pronamespace = 'sec'::regnamespace AND proname <> 'day_of'"
    ).fetchall()
    policies = superuser.execute(
        "SELECT tablename || ' ' || policyname, concat(qual, ' ', with_check) FROM pg_policies"
    ).fetchall()
    for name, text in bodies + policies:
        code = re.sub(r"--.*", "", text)
        assert not re.search(
            r"time zone|current[_]date|timestamp\(\)::date|now\(\)::date", code, re.I
        ), name
    moments = (
        "2026-11-27 22:59:59Z",
        "2026-11-27 23:00Z",
        "2026-07-01 21:59:59Z",
        "2026-07-01 22:00Z",
    )
    days = [superuser.execute("SELECT sec.day_of(%s)", [at]).fetchone()[0].day for at in moments]
    assert days == [27, 28, 1, 2]
    assert superuser.execute("SELECT sec.today()").fetchone()[0] == timezone.localdate()


# ---- Hidden and absent ----

DUMMIES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "character varying": "'x'",
    "bytea": "''",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "boolean": "true",
    "date": "date '2026-11-02'",
    "jsonb": "'{}'",
    "timestamp with time zone": "now()",
}


def insertable(
    superuser: psycopg.Connection, reaching: list[str]
) -> dict[str, list[tuple[str, str, str]]]:
    """For each table in which the application inserts: its columns, their types, and what they point to."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for table in reaching:
        columns = superuser.execute(
            """SELECT a.attname, format_type(a.atttypid, NULL), coalesce((SELECT min(c.confrelid::regclass::text)
                FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND a.attnum = ANY (c.conkey)), '')
            FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = ''
              AND (a.attnotnull OR a.attname ~ '^(by|made_by|requested_by|granted_by|client)_id$')
              AND has_column_privilege('confidential_app', a.attrelid, a.attname, 'INSERT') ORDER BY a.attnum""",
            [table],
        ).fetchall()
        if columns:
            found[table] = columns
    return found


def test_foreign_keys_probe_nothing(
    cast: Cast, reaching: list[str], superuser: psycopg.Connection
) -> None:
    """A row that points at something hidden and one that points at nothing are refused in the same words."""
    world = World(cast)
    hidden: dict[str, UUID] = {
        "clients_client": new_client(cast.outsider).pk,
        "disclosures_disclosure": world.find("disclosure"),
        "rights_subjectrequest": world.find("request"),
    }
    hidden["clients_contact"] = superuser.execute(
        "SELECT id FROM clients_contact WHERE client_id = %s", [hidden["clients_client"]]
    ).fetchone()[0]
    tried = 0
    for table, columns in insertable(superuser, reaching).items():
        if not any(points in hidden for _, _, points in columns):
            continue
        said = []
        for absent in (False, True):
            values = {}
            for name, kind, points in columns:
                dummy = DUMMIES.get(kind.split("(")[0], "NULL")
                if points in hidden:
                    dummy = "gen_random_uuid()" if absent else f"'{hidden[points]}'"
                elif points == "volunteers_person":
                    dummy = f"'{cast.colleague.id}'"
                elif points == "volunteers_branch":
                    dummy = f"'{cast.north}'"
                values[name] = "false" if name == "urgent" else dummy  # urgent ones are asked less
            statement = (
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"
            )
            with pytest.raises(DatabaseError) as caught, cast.colleague.actor().transaction():
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
            said.append(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", str(caught.value)))
        assert said[0] == said[1], table
        tried += 1
    assert tried > 15


def test_hidden_and_absent_take_the_same_time(cast: Cast, sign_in: Any) -> None:
    """Medians over tries in turn: a loaded machine slows both. Tolerance: a third, which no net would carry."""
    hidden = new_client(cast.outsider)
    browser = sign_in(cast.volunteer)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for n in range(60):
        for there in (True, False) if n % 2 else (False, True):
            started = time.perf_counter()
            response = browser.get(f"/clients/{hidden.pk if there else uuid4()}/")
            taken[there].append(time.perf_counter() - started)
            assert response.status_code == 404
    medians = sorted(statistics.median(times) for times in taken.values())
    assert medians[1] / medians[0] < 1.33, medians


def test_door_says_the_same_of_hidden_and_absent(cast: Cast) -> None:
    hidden = new_client(cast.outsider)
    said = []
    for subject in (hidden.pk, uuid4()):
        with (
            pytest.raises(door.NotPermitted) as caught,
            cast.volunteer.actor().transaction() as actor,
        ):
            door.open(actor, subject, "client.view", "support")
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.fixture(scope="module")
def strange(cast: Cast) -> list[UUID]:
    """Ids that the volunteer must not know of, of every kind; and one of nothing."""
    client = new_client(cast.outsider)
    opener = recruit(cast.north)
    mine = new_client(opener)
    return [
        client.pk,
        mine.pk,
        acts.complain(cast.south_coordinator, client, "association", None),
        acts.emergency(opener, mine)[0],
        acts.conflict(cast.south_coordinator, cast.outsider, client=client),
        uuid4(),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "consult(gen_random_uuid(), %s, '{colleague}', 'client', false, '{{}}', 3, NULL)",
        "protect(%s, true, '{{}}')",
        "move_client(%s, '{north}', NULL)",
        "person_answer(%s, true)",
        "direct(gen_random_uuid(), %s, 'erase', 0::smallint, 'phone', date '2026-01-05')",
        "tell_of_death(%s, 1::smallint, date '2026-01-05')",
        "heir_record(gen_random_uuid(), 'H-X', %s, 'heir', 'estate', 'none', NULL, 'silent', 'phone', date '2026-01-05')",
        "heir_step(%s, 'confirm')",
        "heir_step(%s, 'object')",
        "complain(gen_random_uuid(), %s, 'volunteer', NULL, 'K-X', '', '')",
        "mark_conflict(gen_random_uuid(), '{volunteer}', %s, NULL, NULL, 'family')",
        "mark_conflict(gen_random_uuid(), '{volunteer}', NULL, NULL, %s, 'family')",
        "end_consultation(%s)",
        "emergency_rest(%s)",
        "emergency_end(%s)",
        "emergency_review(%s, 'misuse', 'B-X')",
        "hand_complaint(%s, '{colleague}')",
        "answer_complaint(%s)",
        "end_conflict(%s)",
        "prepare_copy(gen_random_uuid(), %s, 'asked', 'hand', 'en', false, NULL)",
        "send_copy(%s, now(), 0)",
        "release_copy(%s, gen_random_uuid())",
        "end_copy(%s)",
        "take_copy(%s)",
        "visit_alarm(%s)",
        "visit_safe(%s)",
        "clear_complaint(%s, '{colleague}')",
        "unname_coordinator(%s)",
        "portal_confirm(%s, date '2026-11-02', true)",
        "portal_unconfirm(%s)",
        "resume_space(%s)",
        "write_message(gen_random_uuid(), %s, NULL)",
        "settle_messages(%s, NULL)",
        "place_hold(gen_random_uuid(), %s, 'court')",
        "release_hold(%s)",
        "recall(%s)",
        "mark_serves(gen_random_uuid(), '{colleague}', %s, '{{}}')",
        "add_statement(gen_random_uuid(), %s, NULL, 'phone', date '2026-11-02')",
        "answer_statement(%s, 'refused')",
        "withdraw_statement(%s)",
        "move_contact(gen_random_uuid(), %s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), NULL, NULL, '[]', 'B-X')",
        "tell_recipient(gen_random_uuid(), %s, gen_random_uuid(), 'letter', date '2026-11-02')",
        "propose_erasure(gen_random_uuid(), %s, 'mistake')",
        "decide_erasure(%s, true)",
        "waive_erasure(%s, 'phone')",
        "withdraw_erasure(%s)",
        "erasure_counts(%s)",
        "tell_of_erasure(gen_random_uuid(), %s, 'letter', date '2026-11-02')",
    ],
)
def test_definer_functions_say_the_same_of_hidden_and_absent(
    cast: Cast, strange: list[UUID], statement: str
) -> None:
    """Whatever the id is of: a client, a complaint, an emergency, a conflict, nothing."""
    names = {"colleague": cast.colleague.id, "north": cast.north, "volunteer": cast.volunteer.id}
    said = set()
    for thing in strange:
        with pytest.raises(DatabaseError) as caught:
            acts.call(cast.volunteer, statement.format(**names), thing)
        said.add(str(caught.value).split("\n")[0])
    assert said == {"not permitted"}


def test_whoever_a_policy_is_for_may_call_what_it_asks(superuser: psycopg.Connection) -> None:
    """Else each look at the table fails for that role, and the first to notice is a client without a copy."""
    rows = superuser.execute("""
        SELECT p.polrelid::regclass::text, p.polname, f.proname, r.rolname
        FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
        JOIN pg_proc f ON f.oid = d.refobjid
        WHERE NOT has_function_privilege(r.oid, f.oid, 'EXECUTE')
    """).fetchall()
    assert rows == []
