"""An upgraded database has the walls of a fresh one, and no process works behind others than its own."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from confidential import walls
from confidential.database import prepare
from confidential.embedded import Embedded, binary
from confidential.environment import BASE, DATABASE
from vault import roles

# Each change of vault/sql/roles.sql gets a new number: a superuser has to run it again.
ROLES = {"roles of this program, version 2": "8e0537db8183e36c"}
LAY = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "confidential.settings"
import django
django.setup()
from django.db import connection
from confidential import walls
real = walls.parts()
walls.parts = lambda: (*real, {last!r})
walls.lay(connection)
"""


class Place:
    """A server and a database of their own, that these tests may spoil."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.server = Embedded(var)

    def run(self, *command: str, role: str = "owner") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CONFIDENTIAL_VAR": str(self.var), "CONFIDENTIAL_ROLE": role}
        return subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, cwd=BASE
        )

    def migrate(self) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", "migrate")

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.server.conninfo(dbname=DATABASE), autocommit=True)

    def catalogue(self) -> str:
        """Tables, constraints, functions, policies, triggers and rights, as a dump writes them."""
        address = self.server.conninfo(dbname=DATABASE)
        done = subprocess.run(
            [binary("pg_dump"), "-s", "-d", address], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return re.sub(r"(?m)^\\(un)?restrict .*$", "", done.stdout)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("walls"))
    place.server.start()
    prepare(place.server)
    done = place.migrate()
    assert done.returncode == 0, done.stderr
    assert "Laid functions" in done.stdout
    yield place
    place.server.stop()


@pytest.fixture(scope="module")
def fresh(standing: Place) -> str:
    return standing.catalogue()


@pytest.fixture
def place(standing: Place, fresh: str) -> Iterator[Place]:
    """The same as every other test found it, whatever this one leaves."""
    yield standing
    with standing.superuser() as superuser:
        said = superuser.execute("SELECT obj_description('sec'::regnamespace)").fetchone()
    if said == (OTHER,):
        assert standing.migrate().returncode == 0


OTHER = "of another version"
SPOILS = {
    "function": "CREATE OR REPLACE FUNCTION sec.is_fresh(minutes integer) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "policy": "ALTER POLICY see ON clients_contactnote USING (true)",
    "policy more": "CREATE POLICY stray ON clients_client FOR SELECT TO confidential_app USING (true)",
    "policy less": "DROP POLICY see ON clients_identity",
    "trigger less": "DROP TRIGGER keep ON clients_contactnote",
    "function more": "CREATE FUNCTION sec.stray() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "function less": "DROP FUNCTION sec.open",
    "right": "GRANT DELETE ON audit_event TO confidential_app",
    "right to a column": "GRANT SELECT (password) ON volunteers_user TO confidential_app",
    "owner": "ALTER FUNCTION sec.permitted OWNER TO confidential_owner",
    "row security": "ALTER TABLE clients_contactnote NO FORCE ROW LEVEL SECURITY",
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_whatever_stood_there_what_is_laid_is_what_is_fresh(
    place: Place, fresh: str, spoil: str
) -> None:
    with place.superuser() as superuser:
        superuser.execute(SPOILS[spoil])
        assert place.catalogue() != fresh
        superuser.execute("COMMENT ON SCHEMA sec IS 'of another version'")
    done = place.migrate()
    assert done.returncode == 0, done.stderr
    assert place.catalogue() == fresh


def test_laying_twice_changes_nothing(place: Place, fresh: str) -> None:
    assert "Laid" not in place.migrate().stdout
    assert place.catalogue() == fresh


def test_what_fails_in_the_middle_changes_nothing(place: Place, fresh: str) -> None:
    with place.superuser() as superuser:
        superuser.execute("COMMENT ON SCHEMA sec IS 'of another version'")
    before = place.catalogue()
    done = place.run("-c", LAY.format(last="SELECT 1 / 0"))
    assert "division by zero" in done.stderr
    assert place.catalogue() == before


def test_killed_in_the_middle_it_changes_nothing(place: Place, fresh: str) -> None:
    with place.superuser() as superuser:
        superuser.execute("COMMENT ON SCHEMA sec IS 'of another version'")
        before = place.catalogue()
        environment = {
            **os.environ,
            "CONFIDENTIAL_VAR": str(place.var),
            "CONFIDENTIAL_ROLE": "owner",
        }
        laying = subprocess.Popen(
            [sys.executable, "-c", LAY.format(last="SELECT pg_sleep(60)")],
            env=environment,
            cwd=BASE,
        )
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
        until = time.monotonic() + 60
        while superuser.execute(asleep).fetchone() == (0,) and time.monotonic() < until:
            time.sleep(0.1)
        laying.send_signal(signal.SIGKILL)
        laying.wait()
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
        superuser.execute(ended)
        while superuser.execute(asleep).fetchone() != (0,) and time.monotonic() < until:
            time.sleep(0.1)
    assert place.catalogue() == before
    assert place.migrate().returncode == 0
    assert place.catalogue() == fresh


@pytest.mark.parametrize("role", ["app", "worker", "sealer", "verifier"])
def test_no_process_works_behind_other_walls(place: Place, role: str) -> None:
    connect = (
        "import os, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'confidential.settings'\n"
        "django.setup()\n"
        "from django.db import connection\n"
        "connection.ensure_connection()\n"
    )
    assert place.run("-c", connect, role=role).returncode == 0
    with place.superuser() as superuser:
        superuser.execute("COMMENT ON SCHEMA sec IS 'of another version'")
    try:
        done = place.run("-c", connect, role=role)
        assert done.returncode != 0
        assert "Run `manage.py migrate` of this version" in done.stderr
    finally:
        assert place.migrate().returncode == 0


def test_older_roles_stop_the_upgrade_and_name_the_file(place: Place, fresh: str) -> None:
    with place.superuser() as superuser:
        superuser.execute("COMMENT ON ROLE confidential_door IS 'roles of this program, version 1'")
    try:
        done = place.migrate()
        assert done.returncode != 0
        assert "as a superuser, run vault/sql/roles.sql" in done.stderr
    finally:
        prepare(place.server)
    assert place.migrate().returncode == 0
    assert place.catalogue() == fresh


def test_roles_have_a_new_version_with_each_change() -> None:
    text = (BASE / "vault" / "sql" / "roles.sql").read_bytes()
    assert ROLES[roles.VERSION] == hashlib.sha256(text).hexdigest()[:16]


def test_every_sql_file_is_laid_once() -> None:
    found = {path.relative_to(BASE).as_posix() for path in BASE.glob("*/sql/*.sql")}
    assert found - {"vault/sql/roles.sql", "confidential/sql/take_down.sql"} == set(walls.FILES)
    assert len(set(walls.FILES)) == len(walls.FILES)


def test_what_stays_leans_on_nothing_that_is_laid(superuser: psycopg.Connection) -> None:
    """A constraint, a default or an index that called a function could not outlive its taking down."""
    leaning = """SELECT d.classid::regclass::text, d.objid FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid
        WHERE d.refclassid = 'pg_proc'::regclass AND p.pronamespace = 'sec'::regnamespace
        AND d.classid NOT IN ('pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_proc'::regclass)"""
    assert superuser.execute(leaning).fetchall() == []


ONCE = re.compile(
    r"(?m)^(ALTER TABLE \S+\s+(ADD|ALTER COLUMN|SET \()|CREATE (UNIQUE )?INDEX|INSERT INTO|UPDATE |DELETE )"
)


@pytest.mark.parametrize("name", walls.FILES)
def test_what_happens_once_is_a_migration(name: str) -> None:
    """Outside of functions: what is laid again neither adds a constraint nor writes a row."""
    text = re.sub(r"\$\$.*?\$\$", "", (BASE / name).read_text(), flags=re.S)
    assert ONCE.findall(text) == []
