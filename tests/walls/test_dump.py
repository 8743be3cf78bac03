"""A dump shows no client word; a dump and restore leaves every wall standing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from confidential.database import prepare
from confidential.embedded import Embedded, binary
from confidential.environment import DATABASE
from tests.making.clients import new_client
from tests.making.people import Cast
from vault.principals import Challenge, hash_of, name_of, new_token, secret_of

NAMES = ("Zéphyrine", "Montgolfière-Vatel")


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done


@pytest.fixture(scope="module")
def dump(server: Embedded, cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump by the backup role of a database with a client in it."""
    new_client(cast.volunteer, *NAMES)
    path = tmp_path_factory.mktemp("dump") / "dump.sql"
    address = server.conninfo(user="confidential_backup", dbname=DATABASE)
    run(binary("pg_dump"), "--file", str(path), address)
    return path


def test_dump_shows_no_client_word(dump: Path) -> None:
    content = dump.read_bytes().lower()
    assert b"copy public.clients_contactnote" in content
    for word in (*NAMES, "old mill", "Sleeps badly", "06 39 98", "639981122", "on the telephone"):
        for form in (word.encode(), word.encode().hex().encode()):
            assert form.lower() not in content, word


def test_bound_role_cannot_dump(server: Embedded, tmp_path: Path) -> None:
    """A dump by a bound role would skip rows and look complete."""
    for role in ("confidential_app", "confidential_owner", "confidential_worker"):
        address = server.conninfo(user=role, dbname=DATABASE)
        done = subprocess.run(
            [binary("pg_dump"), "--file", str(tmp_path / "x"), address], capture_output=True
        )
        assert done.returncode != 0, role


@pytest.fixture(scope="module")
def restored(server: Embedded, dump: Path) -> str:
    """The name of a database restored from the dump."""
    name = "confidential_restored"
    prepare(server, name)
    with psycopg.connect(server.conninfo(dbname=name), autocommit=True) as superuser:
        superuser.execute(
            "DROP SCHEMA sec CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        )
    run(
        binary("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-f", str(dump), server.conninfo(dbname=name)
    )
    return name


CATALOGUE = {
    "tables": "SELECT relname::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    "policies": "SELECT tablename::text, policyname::text, roles::text, cmd, qual, with_check FROM pg_policies",
    "triggers": "SELECT tgrelid::regclass::text, tgname::text, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname::text, proowner::regrole::text, prosecdef, proconfig::text, proacl::text, prosrc FROM pg_proc WHERE pronamespace = 'sec'::regnamespace",
    "rights": "SELECT grantee::text, table_name::text, privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'public'",
    "columns": "SELECT grantee::text, table_name::text, column_name::text, privilege_type FROM information_schema.column_privileges WHERE table_schema = 'public'",
    "rows": "SELECT (SELECT count(*) FROM clients_client), (SELECT count(*) FROM clients_contactnote), (SELECT count(*) FROM clients_revision)",
}


@pytest.mark.parametrize("what", CATALOGUE)
def test_restore_leaves_every_wall_standing(server: Embedded, restored: str, what: str) -> None:
    found = []
    for name in (DATABASE, restored):
        with psycopg.connect(server.conninfo(dbname=name)) as superuser:
            found.append(
                sorted(plain(row) for row in superuser.execute(CATALOGUE[what]).fetchall())
            )
    assert found[0]
    if what != "rows":  # other tests went on writing
        assert found[0] == found[1]
    else:
        assert found[1] != ["(0, 0, 0)"]


def plain(row: tuple) -> str:
    """A row of the catalogue without the casts and brackets that a second reading adds or drops."""
    return re.sub(r"::[a-z ]+(\[\])?|[()\s\\n]", "", str(row))


def test_restored_walls_bind(server: Embedded, restored: str, cast: Cast) -> None:
    """In the restored database the bound role still sees nothing alone, and a volunteer their own."""
    token = new_token()
    with psycopg.connect(server.conninfo(dbname=restored), autocommit=True) as superuser:
        superuser.execute(
            "INSERT INTO vault_principal (hash, kind, subject, purpose, expires_at) VALUES (%s, 'user', %s, '', now() + interval '1 hour')",
            [hash_of(token), cast.volunteer.id],
        )
        total = superuser.execute("SELECT count(*) FROM clients_client").fetchone()[0]

    def enter(connection: psycopg.Connection) -> None:
        proof = Challenge.of(connection.cursor()).proof(secret_of(token)).hex()
        connection.execute("SELECT sec.enter(%s, %s)", [name_of(token), proof])

    with psycopg.connect(server.conninfo(user="confidential_app", dbname=restored)) as app:
        assert app.execute("SELECT count(*) FROM clients_client").fetchone() == (0,)
        enter(app)
        seen = app.execute("SELECT count(*) FROM clients_client").fetchone()[0]
        assert 0 < seen <= total
        ids = [i for (i,) in app.execute("SELECT id FROM clients_client").fetchall()]
    with psycopg.connect(server.conninfo(user="confidential_signin", dbname=restored)) as signin:
        enter(signin)
        events = signin.execute(
            "SELECT event FROM sec.open(%s, 'client.list', 'support')", [ids]
        ).fetchall()
    with psycopg.connect(server.conninfo(user="confidential_app", dbname=restored)) as app:
        enter(app)
        keys = app.execute(
            "SELECT count(*) FROM sec.keys(%s)", [[event for (event,) in events]]
        ).fetchone()
    assert (len(events), keys) == (seen, (seen,))


def test_function_given_away_opens_nothing(server: Embedded, restored: str) -> None:
    """The door checks by itself: run by a mightier owner it still refuses nobody."""
    with psycopg.connect(server.conninfo(dbname=restored), autocommit=True) as superuser:
        superuser.execute("ALTER FUNCTION sec.open OWNER TO postgres")
        superuser.execute("ALTER FUNCTION sec.permitted OWNER TO postgres")
        try:
            with psycopg.connect(
                server.conninfo(user="confidential_signin", dbname=restored)
            ) as signin:
                ids = [i for (i,) in superuser.execute("SELECT id FROM clients_client").fetchall()]
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    signin.execute(
                        "SELECT count(*) FROM sec.open(%s, 'client.view', 'support')", [ids]
                    )
        finally:
            superuser.execute("ALTER FUNCTION sec.open OWNER TO confidential_door")
            superuser.execute("ALTER FUNCTION sec.permitted OWNER TO confidential_door")
