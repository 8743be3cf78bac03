"""Nobody becomes somebody else through SQL on the application's connection."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from tests.cast import Cast, new_client
from vault.models import Principal
from vault.principals import hash_of, new_token
from vault.roles import refuse_wrong_role

# Every definer function is here with the roles that may call it, or the build fails.
CALLABLE = {
    "kept_since": "app worker", "log_astray": "worker", "log_digests": "worker", "log_health": "app worker", "log_keys": "worker",
    "log_of": "worker", "log_read": "worker", "log_subject": "worker", "seal_cosign": "worker", "seal_contradicted": "worker",
    "own_events": "app signin worker", "remove_events": "worker", "seal_house": "worker", "seal_put": "worker",
    "seal_set_aside": "worker", "seal_sign": "worker", "seal_take": "worker", "set_keeping": "app",
    "add_branch_key": "app", "alike": "app", "end_old_drafts": "worker", "looked_alike": "app", "seems_known": "app", "adopt": "app", "anybody": "app worker", "begin_export": "worker",
    "coordinated": "app worker", "coordinates": "app worker", "delivery_waits": "app",
    "deny": "app worker",
    "disclosure_hash": "app", "export_failed": "worker", "export_gone": "worker", "exports_over": "worker", "references": "app", "end_duty": "signin", "enter": "app signin worker",
    "fresh": "app signin worker", "found_association": "signin", "holds": "app worker", "invite": "signin", "issue_link": "signin",
    "appoint": "signin", "join": "signin", "known": "app", "may_appoint": "app", "open": "app worker",
    "own_client": "app worker", "person": "app worker", "portal_close": "signin",
    "portal_open": "signin", "receive_delivery": "app",
    "record": "app signin worker", "scan": "app worker", "serves": "app worker", "sign": "app",
    "alarms": "app", "apart": "app worker", "answer_complaint": "app", "attempts_after_end": "app", "barred": "app worker", "complain": "app",
    "client_of": "app", "complaint_handlers": "app", "complained_about": "app worker", "complaint_closes": "app worker", "complains": "app", "consult": "app",
    "emergency_end": "app", "emergency_open": "app", "emergency_rest": "app", "emergency_review": "app",
    "end_conflict": "app", "end_consultation": "app", "consultable": "app", "finds_visit": "app", "hand_complaint": "app",
    "hears": "app worker", "leave": "signin", "mark_conflict": "app", "may_part_with": "app",
    "move_client": "app", "own_open": "app worker", "parted": "app", "protect": "app",
    "reads_emergency": "app worker", "remind_leaver": "app", "reviews": "app", "serves_there": "app worker",
    "decide_names": "app", "end_names": "app", "own_count": "app", "own_names": "app",
    "log_verified": "worker", "hand_over": "app", "kept_back": "app worker", "on_duty": "app worker", "unrecognised": "app", "who_by_duty": "app",
    "visit_alarm": "app", "visit_later": "app", "visit_safe": "app", "visit_start": "app", "writes": "app",
    "take_in": "app", "try_delivery": "app", "uid": "app worker", "who": "app signin worker",
}  # fmt: skip


@pytest.mark.parametrize("statement", [
    "INSERT INTO vault_principal (hash, kind, subject, purpose, expires_at) VALUES ('x', 'user', gen_random_uuid(), '', now() + interval '1 day')",
    "UPDATE vault_principal SET subject = gen_random_uuid()",
    "SELECT hash FROM vault_principal",
    "SELECT key_hash FROM volunteers_session",
    "SELECT password FROM volunteers_user",
    "UPDATE volunteers_user SET is_active = true",
    "INSERT INTO volunteers_duty (id, person_id, kind) SELECT gen_random_uuid(), sec.uid(), 'president'",
    "UPDATE volunteers_duty SET ends_at = NULL",
    "DELETE FROM volunteers_duty",
    "UPDATE volunteers_undertaking SET text = ''",
    "INSERT INTO volunteers_undertaking SELECT * FROM volunteers_undertaking",
    "UPDATE volunteers_policyversion SET adopted_on = now()",
    "SELECT sec.invite(gen_random_uuid(), 'president', NULL, 'en', 'x', 5)",
    "SELECT sec.appoint(sec.uid(), 'president', NULL, NULL)",
    "SELECT sec.add_key(gen_random_uuid(), 'client', '', '')",
    "SELECT sec.log('signin.ok')",
    "SELECT sec.begin_export(gen_random_uuid(), 'x')",
    "SELECT sec.portal_open(gen_random_uuid(), gen_random_uuid(), 'x', 'y', 'en')",
    "SELECT sec.issue_link(gen_random_uuid(), gen_random_uuid(), 'x', now())",
    "CREATE FUNCTION sec.uid2() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE TABLE public.mine (id int)",
    "SET ROLE confidential_owner",
    "SET ROLE confidential_signin",
    "SET SESSION AUTHORIZATION confidential_owner",
])  # fmt: skip
def test_app_connection_cannot(cast: Cast, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.coordinator.visit().transaction(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("token", ["", "x", "' OR true --", "0" * 64])
def test_nonsense_token_is_nobody(cast: Cast, token: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.enter(%s)", [token])
        cursor.execute(
            "SELECT sec.uid(), sec.person(), sec.own_client(), sec.coordinated(), sec.anybody()"
        )
        assert cursor.fetchone() == (None, None, None, [], False)


def test_expired_token_is_nobody(cast: Cast) -> None:
    token = new_token()
    Principal.objects.create(
        hash=hash_of(token), kind="user", subject=cast.coordinator.id,
        expires_at=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.enter(%s)", [token])
        cursor.execute("SELECT sec.uid()")
        assert cursor.fetchone() == (None,)


def test_hash_of_a_token_is_not_a_token(cast: Cast) -> None:
    visit = cast.coordinator.visit()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.enter(%s)", [hash_of(visit.token).hex()])
        cursor.execute("SELECT sec.uid()")
        assert cursor.fetchone() == (None,)


def test_roles_own_nothing(superuser: psycopg.Connection) -> None:
    rows = superuser.execute("""
        SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('confidential_app', 'confidential_signin', 'confidential_worker')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
             OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
             OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
             OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))
    """).fetchall()
    assert rows == []


def test_definer_functions_are_listed(superuser: psycopg.Connection) -> None:
    """Each belongs to the door, pins its search path, and is called by whom this list says."""
    rows = superuser.execute("""
        SELECT p.proname, p.prosecdef, p.proowner::regrole::text, p.proconfig,
            (SELECT coalesce(string_agg(short, ' ' ORDER BY short), '') FROM unnest(ARRAY['app', 'signin', 'worker']) short
             WHERE has_function_privilege('confidential_' || short, p.oid, 'EXECUTE')),
            has_function_privilege('public', p.oid, 'EXECUTE') AND NOT p.prorettype = 'trigger'::regtype
        FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace
    """).fetchall()
    called = {}
    for name, definer, owner, config, roles, public in rows:
        assert not public, name
        # sec.apart compares codes, has no rights of its own, and is worked into the statement that asks it.
        pinned = any("search_path=pg_catalog, pg_temp" in c for c in config or ())
        assert pinned or (name == "apart" and not definer), name
        if definer:
            assert owner == "confidential_door", name
        if roles:
            called[name] = roles
    assert called == CALLABLE


def test_nothing_goes_round(superuser: psycopg.Connection) -> None:
    """No view, no materialised view, no rule, no definer function outside the schema sec."""
    assert (
        superuser.execute("""
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
        UNION ALL SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace NOT IN ('sec'::regnamespace, 'pg_catalog'::regnamespace)
        UNION ALL SELECT rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'public'::regnamespace
    """).fetchall()
        == []
    )


def test_rights_of_the_application(superuser: psycopg.Connection) -> None:
    """DELETE on drafts and kept questions only, TRUNCATE, TRIGGER and REFERENCES nowhere."""
    rows = superuser.execute("""
        SELECT table_name, privilege_type FROM information_schema.role_table_grants
        WHERE grantee = 'confidential_app' AND privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
    """).fetchall()
    assert sorted(rows) == [("audit_savedquestion", "DELETE"), ("clients_draft", "DELETE")]


def test_start_refuses_a_mightier_role(
    cast: Cast, settings: pytest.FixtureRequest, server: object
) -> None:
    """A process that serves people does not run as owner, backup or superuser."""
    for role in ("confidential_owner", "confidential_backup", "postgres"):
        other = connections["default"].copy()
        other.settings_dict = {**other.settings_dict, "USER": role}
        with pytest.raises(ImproperlyConfigured, match="must be the role confidential_app"):
            other.ensure_connection()
    assert refuse_wrong_role(connections["default"]) is None


def test_owner_is_bound_too(cast: Cast, server: object) -> None:
    new_client(cast.volunteer)
    from confidential.environment import DATABASE

    with psycopg.connect(server.conninfo(user="confidential_owner", dbname=DATABASE)) as owner:
        assert owner.execute("SELECT count(*) FROM clients_client").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM clients_contactnote").fetchone() == (0,)


def test_signin_connection_sees_no_client(cast: Cast) -> None:
    for table in ("clients_client", "clients_identity", "audit_event", "vault_subjectkey"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(using="signin"),
        ):
            with connections["signin"].cursor() as cursor:
                cursor.execute(f"SELECT * FROM {table}")


def test_nobody_is_a_superuser(superuser: psycopg.Connection, cast: Cast) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute("UPDATE volunteers_user SET is_superuser = true")
