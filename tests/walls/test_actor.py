"""Nobody becomes somebody else through SQL on the application's connection."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, connections, transaction

from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.principals import mint
from vault.principals import Challenge, enter, hash_of, name_of
from vault.roles import refuse_wrong_role

INLINED = (
    "is_apart",
    "is_binding",
    "day_of",
    "mark",
    "pad",
    "row_digest",
    "today",
    "wrapped_by",
    "is_wrapped_by",
)
# Every definer function is here with the roles that may call it, or the build fails.
CALLABLE = {
    "begin_erasure": "worker",
    "decide_erasure": "app",
    "destroy_keys": "worker",
    "erase_rows": "worker",
    "erased_exports": "worker",
    "erased_files": "worker",
    "erasure_counts": "app",
    "erasure_lined": "sealer",
    "erasures_due": "worker",
    "erasures_to_line": "sealer",
    "finish_erasure": "worker",
    "ledger_lines": "app command sealer signin worker",
    "may_decide_erasure": "app",
    "may_see_erasure": "app worker",
    "may_tell_of_erasure": "app",
    "propose_erasure": "app",
    "reference_of_erasure": "app",
    "replay_line": "command",
    "tell_of_erasure": "app",
    "unknown_lines": "app command sealer signin worker",
    "waive_erasure": "app",
    "withdraw_erasure": "app",
    "clear_expired": "worker",
    "kept_since": "app worker",
    "log_astray": "verifier",
    "log_digests": "verifier",
    "log_health": "app sealer verifier",
    "log_keys": "verifier",
    "log_of": "verifier",
    "log_read": "verifier",
    "log_subject": "verifier",
    "seal_cosign": "sealer",
    "seal_contradicted": "sealer",
    "own_events": "app command sealer signin verifier worker",
    "remove_events": "worker",
    "seal_house": "sealer",
    "seal_put": "sealer",
    "seal_set_aside": "sealer",
    "seal_sign": "sealer",
    "seal_take": "sealer",
    "set_keeping": "app",
    "add_branch_key": "app",
    "admit": "command signin worker",
    "adopt": "app",
    "today": "app",
    "asked_to_stop": "app",
    "changed_since_request": "app",
    "has_unread_answer": "app",
    "is_request_due": "app",
    "request_dates": "app",
    "second_request": "app",
    "set_local_holidays": "app",
    "day_of": "app worker",
    "is_anybody": "app worker",
    "lead_name": "app worker",
    "publish_notice": "app",
    "begin_export": "worker",
    "may_release_copy": "app",
    "may_end_copy": "app",
    "forbidden_in_copy": "app",
    "may_second_request": "app",
    "may_hear_client": "app",
    "may_see_copy": "app worker",
    "reference_of_copy": "app",
    "prepare_copy": "app",
    "begin_to_read": "app",
    "send_copy": "app",
    "release_copy": "app",
    "end_copy": "app",
    "take_copy": "app",
    "is_answering": "app worker",
    "defer_export": "app",
    "begin_command": "command",
    "begin_session": "signin",
    "go_out": "command signin",
    "invitation_standing": "signin",
    "is_own_password": "signin",
    "prove": "signin",
    "recover": "command",
    "refresh_session": "signin",
    "set_password": "signin",
    "trust_mark": "signin",
    "log_holders": "app sealer verifier",
    "agree": "app",
    "may_answer_person": "app",
    "person_ask": "app",
    "person_answer": "app",
    "own_looks": "app",
    "own_lines": "app",
    "direct": "app",
    "tell_of_death": "app",
    "untell_of_death": "app",
    "may_read_wishes": "app worker",
    "heir_record": "app",
    "heir_step": "app",
    "heir_correct": "app",
    "may_read_heir": "app worker",
    "may_second": "app",
    "restrict": "app",
    "write_message": "app",
    "show_notes": "app",
    "pause_space": "app",
    "resume_space": "app",
    "settle_messages": "app",
    "may_answer": "app",
    "messages_waiting": "app",
    "own_reader": "app",
    "own_answer_due": "app",
    "messages_unread": "app",
    "message_tellers": "app",
    "settle_unread": "app",
    "read_by": "app",
    "may_read_message": "app worker",
    "may_see_message": "app worker",
    "own_space": "app worker",
    "lift_restriction": "app",
    "add_statement": "app",
    "may_answer_statement": "app",
    "answer_statement": "app",
    "withdraw_statement": "app",
    "may_tell_recipient": "app",
    "may_move_contact": "app",
    "move_contact": "app",
    "tell_recipient": "app",
    "alike": "app",
    "end_old_drafts": "worker",
    "look_at_likeness": "app",
    "seems_known": "app",
    "ask_known": "signin",
    "seal_unblock": "sealer",
    "seal_unopened": "sealer",
    "coordinated": "app worker",
    "is_coordinator_of": "app worker",
    "delivery_waits": "app",
    "deliveries_over": "worker",
    "delivery_swept": "worker",
    "deny": "app worker",
    "disclosure_hash": "app",
    "export_failed": "worker",
    "export_gone": "worker",
    "exports_over": "worker",
    "references": "app",
    "end_duty": "signin",
    "enter": "app command signin worker",
    "is_fresh": "app signin worker",
    "found_association": "command",
    "office_appoint": "command",
    "has_duty": "app worker",
    "invite": "signin",
    "issue_link": "signin",
    "appoint": "signin",
    "came_in": "app worker",
    "circle": "app",
    "confirm_person": "app",
    "confirmers": "app",
    "is_in_office": "app",
    "announce_key": "command",
    "rotation_done": "command",
    "close_key": "command",
    "may_retire_key": "command",
    "retire_key": "command",
    "copies_destroyed": "command",
    "master_keys": "app command",
    "wrapped_before": "sealer",
    "wrap_anew": "sealer",
    "wrapped_pairs": "sealer",
    "branches_to_hash": "command",
    "begin_hashes": "command",
    "next_old_hashes": "command",
    "hashed_rows": "command",
    "hash_anew": "command",
    "finish_hashes": "command",
    "next_old_seals": "command",
    "old_seals": "command",
    "seal_anew": "command",
    "is_standing": "app",
    "are_tied": "app worker",
    "to_confirm": "app",
    "withdraw_invitation": "signin",
    "withdraw_meeting": "app",
    "join": "signin",
    "known": "app",
    "may_appoint": "app",
    "open": "signin worker",
    "keys": "app worker",
    "scanned_keys": "app worker",
    "own_client": "app worker",
    "signed_in_person": "app worker",
    "portal_close": "signin",
    "portal_open": "signin",
    "portal_confirm": "app",
    "portal_confirm_named": "app",
    "portal_unconfirm": "app",
    "may_confirm": "app",
    "may_unconfirm": "app",
    "shown_access_state": "app",
    "is_own_space_counted": "app worker",
    "say_made": "app worker",
    "out_with": "app",
    "visit_coordinators": "app",
    "own_access": "app worker",
    "receive_delivery": "app",
    "record": "app signin worker",
    "scan": "signin worker",
    "serves": "app worker",
    "sign": "signin",
    "is_apart": "app worker",
    "is_binding": "app worker",
    "answer_complaint": "app",
    "attempts_after_end": "app",
    "barred": "app worker",
    "complain": "app",
    "may_count": "app",
    "count_complaint": "app",
    "withheld": "app worker",
    "own_access_since": "app worker",
    "client_of": "app",
    "complaint_handlers": "app",
    "may_add_words": "app",
    "consult": "app",
    "emergency_end": "app",
    "emergency_open": "app",
    "ask_emergency": "signin",
    "emergency_rest": "app",
    "emergency_review": "app",
    "end_conflict": "app",
    "unname_coordinator": "app",
    "name_coordinator": "app",
    "uncoordinated": "app",
    "mark_serves": "app",
    "mark_own": "signin",
    "own_people": "app",
    "clear_complaint": "app",
    "to_clear": "app",
    "is_coordinator_in": "app",
    "end_consultation": "app",
    "consultable": "app",
    "may_find_visit": "app",
    "hand_complaint": "app",
    "may_hear": "app worker",
    "is_asked_now": "app worker",
    "is_beside_a_part": "app worker",
    "is_own_statement": "app",
    "is_own_directive": "app",
    "leave": "signin",
    "mark_conflict": "app",
    "may_part_with": "app",
    "move_client": "app",
    "own_open": "app worker",
    "has_parted": "app",
    "protect": "app",
    "rows_before": "verifier",
    "rows_compared": "verifier",
    "rows_derived": "verifier",
    "rows_exchanged": "verifier",
    "rows_files": "verifier",
    "rows_orphaned": "verifier",
    "may_read_emergency": "app worker",
    "remind_leaver": "app",
    "may_review": "app",
    "is_serving_in": "app worker",
    "may_see_disclosure": "app worker",
    "may_take_back": "app",
    "recall": "app",
    "may_see_event": "app worker",
    "may_see_line": "app worker",
    "place_hold": "app",
    "place_hold_by_reference": "app",
    "release_hold": "app",
    "held_since": "app",
    "hold_reference": "app",
    "may_see_hold": "app worker",
    "records_over": "app",
    "record_time": "app",
    "is_record_over": "app",
    "is_schedule_adopted": "app",
    "retention_counts": "app",
    "retention_list": "worker",
    "count_over": "worker",
    "sweep": "worker",
    "draft_schedule": "app",
    "adopt_schedule": "app",
    "decide_names": "app",
    "end_names": "app",
    "own_count": "app worker",
    "own_names": "app",
    "log_verified": "verifier",
    "hand_over": "app",
    "is_on_duty": "app worker",
    "is_unrecognised": "app",
    "who_by_duty": "app",
    "visit_alarm": "app",
    "visit_later": "app",
    "visit_safe": "app",
    "visit_start": "app",
    "may_speak_in": "app",
    "take_in": "app",
    "may_be_told": "app worker",
    "try_delivery": "app",
    "cleared_person": "app worker",
    "principal": "app signin worker",
}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO vault_principal (hash, kind, subject, purpose, expires_at) VALUES ('x', 'user', gen_random_uuid(), '', now() + interval '1 day')",
        "UPDATE vault_principal SET subject = gen_random_uuid()",
        "SELECT hash FROM vault_principal",
        "SELECT key_hash FROM volunteers_session",
        "SELECT password FROM volunteers_user",
        "UPDATE volunteers_user SET is_active = true",
        "INSERT INTO volunteers_duty (id, person_id, kind) SELECT gen_random_uuid(), sec.cleared_person(), 'president'",
        "UPDATE volunteers_duty SET ends_at = NULL",
        "DELETE FROM volunteers_duty",
        "UPDATE volunteers_undertaking SET text = ''",
        "INSERT INTO volunteers_undertaking SELECT * FROM volunteers_undertaking",
        "UPDATE volunteers_policyversion SET adopted_on = now()",
        "SELECT sec.invite(gen_random_uuid(), 'president', NULL, 'en', 'x', 5)",
        "SELECT sec.appoint(sec.cleared_person(), 'president', NULL, NULL)",
        "SELECT sec.add_key(gen_random_uuid(), 'client', '', '')",
        "SELECT sec.log('signin.ok')",
        "SELECT sec.begin_export(gen_random_uuid())",
        "SELECT sec.begin_command(gen_random_uuid(), 'x', 5)",
        "SELECT sec.mint('user', gen_random_uuid(), '', interval '1 hour', 'x')",
        "SELECT sec.own_hash()",
        "SELECT sec.admit('x', 'y')",
        "SELECT hash FROM vault_secret",
        "SELECT sec.portal_open(gen_random_uuid(), gen_random_uuid(), 'x', 'y', 'z', 'en')",
        "SELECT sec.issue_link(gen_random_uuid(), gen_random_uuid(), 'x', now())",
        "CREATE FUNCTION sec.uid2() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE confidential_owner",
        "SET ROLE confidential_signin",
        "SET SESSION AUTHORIZATION confidential_owner",
    ],
)
def test_app_connection_cannot(cast: Cast, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("token", ["", "x", "' OR true --", "0" * 64])
def test_nonsense_token_is_nobody(cast: Cast, token: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.enter(%s, %s)", [token, token])
        cursor.execute(
            "SELECT sec.cleared_person(), sec.signed_in_person(), sec.own_client(), sec.coordinated(), sec.is_anybody()"
        )
        assert cursor.fetchone() == (None, None, None, [], False)


def test_expired_token_is_nobody(cast: Cast) -> None:
    token = mint("user", cast.coordinator.id, lives=timedelta(seconds=-1))
    with transaction.atomic(), connection.cursor() as cursor:
        assert enter(token) == {"kind": "nobody"}
        cursor.execute("SELECT sec.cleared_person()")
        assert cursor.fetchone() == (None,)


def test_hash_of_a_token_is_not_a_token(cast: Cast) -> None:
    actor = cast.coordinator.actor()
    with transaction.atomic(), connection.cursor() as cursor:
        hashed = hash_of(actor.token)
        assert enter(hashed.hex()) == {"kind": "nobody"}
        proof = Challenge.of(cursor).proof(hashed).hex()
        cursor.execute("SELECT sec.enter(%s, %s)", [name_of(actor.token), proof])
        cursor.execute("SELECT sec.cleared_person()")
        assert cursor.fetchone() == (None,)


def test_roles_own_nothing(superuser: psycopg.Connection) -> None:
    rows = superuser.execute("""
        SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('confidential_app', 'confidential_signin', 'confidential_worker', 'confidential_sealer', 'confidential_verifier', 'confidential_command')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
             OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
             OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
             OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))
    """).fetchall()
    assert rows == []


SEEN_IN = "is_seen_in_"


def test_definer_functions_are_listed(superuser: psycopg.Connection) -> None:
    """Each belongs to the door, pins its search path, and is called by whom this list says."""
    rows = superuser.execute("""
        SELECT p.proname, p.prosecdef, p.proowner::regrole::text, p.proconfig,
            (SELECT coalesce(string_agg(short, ' ' ORDER BY short), '') FROM unnest(ARRAY['app', 'signin', 'worker', 'sealer', 'verifier', 'command']) short
             WHERE has_function_privilege('confidential_' || short, p.oid, 'EXECUTE')),
            has_function_privilege('public', p.oid, 'EXECUTE') AND NOT p.prorettype = 'trigger'::regtype
        FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace
    """).fetchall()
    called = {}
    for name, definer, owner, config, roles, public in rows:
        assert not public, name
        # These compare, count or hash, have no rights of their own, and are worked into the statement that asks them.
        pinned = any("search_path=pg_catalog, pg_temp" in c for c in config or ())
        assert pinned or (name in INLINED and not definer), name
        if definer:
            assert owner == "confidential_door", name
        if name.startswith(SEEN_IN):
            # One for each table with a history, which sec.guard makes: the caller's own policies answer.
            assert (definer, roles) == (False, "app worker"), name
        elif roles:
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
    """DELETE on drafts, also of the code, and kept questions only; TRUNCATE, TRIGGER, REFERENCES nowhere."""
    rows = superuser.execute("""
        SELECT table_name, privilege_type FROM information_schema.role_table_grants
        WHERE grantee = 'confidential_app' AND privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
    """).fetchall()
    drafts = ("clients_draft", "volunteers_policytext", "volunteers_policyversion")
    assert sorted(rows) == [(name, "DELETE") for name in ("audit_savedquestion", *drafts)]


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
