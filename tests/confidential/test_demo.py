"""The demonstration: one command that loads, serves and leaves nothing running."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from confidential.demo import data
from confidential.demo.serving import ServingError, check_port
from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tests.making.servers import FIRST_SECONDS, LATER_SECONDS, demonstration, free_port

SOON = timedelta(days=7)


def status(port: int) -> int:
    """What the first page answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/")
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.timeout(400)
def test_demo_loads_serves_and_stops(tmp_path: Path) -> None:
    var = tmp_path / "a folder with spaces" / "var"
    var.parent.mkdir()
    port = free_port()
    try:
        with demonstration(var, port, FIRST_SECONDS) as said:
            assert status(port) == 302
            for role in ("Volunteer", "Coordinator", "President", "Client, in the portal"):
                assert role in said
            with psycopg.connect(Embedded(var).conninfo(dbname=DATABASE)) as superuser:
                _check_what_is_there(superuser)
        assert not Embedded(var).probe()
        with pytest.raises(OSError, match="refused"):
            status(port)
        with demonstration(var, port, LATER_SECONDS) as again:
            assert "join" not in again
        mark(var, "'of an earlier version'")
        with demonstration(var, free_port(), LATER_SECONDS) as upgraded:
            assert "Bringing the tables up to date" in upgraded
        mark(var, "NULL")  # made before there was such a mark
        done = start(var)
        assert done.returncode == 1
        assert "made before version 0.2.0" in done.stderr and "remove the folder" in done.stderr
        loaded = var / "demonstration.loaded"
        assert loaded.stat().st_mode & 0o777 == 0o600
        assert {row["role"] for row in json.loads(loaded.read_text())} >= {"Administrator"}
    finally:
        Embedded(var).stop()


def mark(var: Path, comment: str) -> None:
    """Change what the database says of its walls."""
    server = Embedded(var)
    server.start()
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as superuser:
        superuser.execute(f"COMMENT ON SCHEMA sec IS {comment}")
    server.stop()


def start(var: Path) -> subprocess.CompletedProcess[str]:
    """A demonstration that ends by itself, because it cannot go on."""
    environ = {**os.environ, "CONFIDENTIAL_VAR": str(var), "PORT": str(free_port())}
    command = [sys.executable, str(BASE / "manage.py"), "demo"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


def _check_what_is_there(superuser: psycopg.Connection) -> None:
    counts = {
        "volunteers_branch": 3,
        "volunteers_person": 20,
        "clients_client": 60,
        "clients_contact": 602,  # one was noted on the wrong client, and moved: its place there is kept
        "clients_misplaced": 1,
        "disclosures_disclosure": 16,
        "rights_subjectrequest": 17,  # one came with an agreement that was taken back
        "clients_consultation": 4,
        "volunteers_talkrequest": 1,
        "clients_statement": 3,
        "clients_message": 6,
        "clients_directive": 2,
        "clients_restriction": 2,
        "clients_heirrequest": 1,
        "volunteers_personrequest": 2,
    }
    for table, count in counts.items():
        assert superuser.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,), table
    wanted = {row["key"]: row["state"] for row in data.read().disclosures}
    states = superuser.execute("SELECT state FROM disclosures_disclosure").fetchall()
    assert sorted(state for (state,) in states) == sorted(wanted.values())
    waiting = (
        "SELECT review_due_at < now() FROM clients_emergency WHERE reviewed_at IS NULL ORDER BY 1"
    )
    assert superuser.execute(waiting).fetchall() == [(False,), (True,)]
    asked = superuser.execute("SELECT state FROM rights_subjectrequest").fetchall()
    assert sorted(s for (s,) in asked) == sorted(
        ["new", *(row["state"] for row in data.read().requests)]
    )
    _check_what_was_said(superuser)


def _check_what_was_said(superuser: psycopg.Connection) -> None:
    """Agreements of every kind; requests near their date and standing still; a copy that waits."""
    answers = superuser.execute("SELECT DISTINCT agreed FROM clients_client").fetchall()
    wanted = {None, "yes", "no_health", "pseudonym", "withdrawn"}
    assert {answer for (answer,) in answers} == wanted
    paper = superuser.execute("SELECT answer FROM clients_agreement WHERE paper <> ''").fetchall()
    assert paper == [("withdrawn",)]
    waiting = superuser.execute(
        "SELECT due_on, paused_on FROM rights_subjectrequest WHERE state IN ('new', 'in_progress')"
    ).fetchall()
    assert sum(paused is not None for _due, paused in waiting) == 1
    today = timezone.localdate()
    assert today <= min(due for due, paused in waiting if not paused) <= today + SOON
    assert superuser.execute("SELECT state FROM rights_preparedcopy").fetchall() == [("sent",)]
    assert superuser.execute("SELECT count(*) FROM volunteers_privacynotice").fetchone() == (1,)


def test_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServingError, match=f"PORT={port + 1} make demo"):
            check_port(port)


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "²"])
def test_port_that_is_none(port: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BASE / "manage.py"), "demo"],
        env={**os.environ, "CONFIDENTIAL_VAR": str(tmp_path), "PORT": port},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "PORT must be a number from 1 to 65535" in done.stderr
    assert not (tmp_path / "postgresql").exists()
