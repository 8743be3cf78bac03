"""What each role of the application can reach beside its tables: settings, other databases, queues, counters."""

from __future__ import annotations

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from confidential.database import lay_roles
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from vault.roles import refuse_changed_settings

SERVING = ("app", "signin", "worker", "sealer", "verifier", "command")


def connected(server: Embedded, role: str, dbname: str = DATABASE) -> psycopg.Connection:
    """A connection as one role, each statement by itself."""
    address = server.conninfo(user=f"confidential_{role}", dbname=dbname)
    return psycopg.connect(address, autocommit=True)


@pytest.mark.parametrize("role", SERVING)
@pytest.mark.parametrize("dbname", ["postgres", "template1"])
def test_no_role_enters_another_database(
    database: None, server: Embedded, role: str, dbname: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connected(server, role, dbname)


@pytest.mark.parametrize("role", SERVING)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lo_from_bytea(0, '\\x00')",
        "SELECT lo_creat(0)",
        "SELECT lo_create(0)",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_terminate_backend(pg_backend_pid())",
        "SELECT pg_cancel_backend(pg_backend_pid())",
        "SELECT count(*) FROM pg_stat_all_tables",
        "SELECT count(*) FROM pg_stat_user_tables",
        "SELECT count(*) FROM pg_stat_xact_user_tables",
        "SELECT count(*) FROM pg_statio_all_tables",
        "SELECT query FROM pg_stat_activity",
        "SELECT pg_stat_get_activity(NULL)",
        "SELECT pg_stat_get_tuples_inserted('clients_client'::regclass)",
        "SELECT * FROM pg_stats",
        "SELECT pg_relation_size('clients_client')",
        "SELECT pg_total_relation_size('clients_client')",
        "SELECT reltuples FROM pg_class",
        "SELECT * FROM pg_class",
        "SELECT pg_current_wal_lsn()",
        "SELECT * FROM pg_locks",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_advisory_xact_lock_shared(1, 1)",
        "CREATE TEMP TABLE mine (id int)",
    ],
)
def test_no_role_reads_counters_or_reaches_the_server(
    database: None, server: Embedded, role: str, statement: str
) -> None:
    if role == "verifier" and "pg_relation_size" in statement:
        return  # it reads every row, and says how far it is
    with connected(server, role) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_application_has_no_way_into_the_queue_but_its_own(
    database: None, server: Embedded
) -> None:
    with connected(server, "app") as connection:
        for statement in (
            "SELECT * FROM procrastinate_jobs",
            "SELECT * FROM procrastinate_events",
            "INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('x', 'default')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not permitted"):
            connection.execute("SELECT sec.defer_export(gen_random_uuid())")


@pytest.mark.parametrize("role", ["app", "signin", "worker", "sealer", "command"])
@pytest.mark.parametrize(
    "change", ["SET transaction_timeout = 0", "RESET transaction_timeout", "SET work_mem = '1GB'"]
)
def test_changed_settings_of_a_role_stop_the_start(
    database: None, server: Embedded, role: str, change: str
) -> None:
    """A role can change its own settings: then no process serves as it until the superuser put them back."""
    other = connections["default"].copy(alias=f"as {role}")
    other.settings_dict = {**other.settings_dict, "USER": f"confidential_{role}"}
    with connected(server, role) as own:
        own.execute(f"ALTER ROLE confidential_{role} {change}")
    try:
        with pytest.raises(ImproperlyConfigured, match=r"roles\.sql"):
            refuse_changed_settings(other)
    finally:
        lay_roles(server.conninfo(dbname=DATABASE))
    assert refuse_changed_settings(other) is None
    other.close()


def test_no_role_asks_about_an_invented_row(superuser: psycopg.Connection) -> None:
    """What takes a row of a table, and not its id, would answer about any that the asker makes up: with more
    rights than the asker's, that is. What has none looks nothing up (sec.is_binding)."""
    found = superuser.execute("""
        SELECT p.oid::regprocedure::text, r.rolname FROM pg_proc p, pg_roles r
        WHERE p.pronamespace = 'sec'::regnamespace AND p.prosecdef AND r.rolname ^@ 'confidential_' AND NOT r.rolname IN ('confidential_owner', 'confidential_door')
          AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
          AND EXISTS (SELECT FROM unnest(p.proargtypes) t JOIN pg_type y ON y.oid = t WHERE y.typtype = 'c')
    """).fetchall()
    assert found == []
