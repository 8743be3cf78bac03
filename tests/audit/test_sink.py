"""The second sink on another host, and the page for a monitor."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import date
from http.server import HTTPServer
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser

from audit import sink
from audit.reconciling import Told
from rights.erasure.ledger import Line
from tests.making.sealing import queue_strays, seal_all
from tools.log_sink import Handler


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[HTTPServer, Path]]:
    """The program that takes lines, listening."""
    file = tmp_path / "lines"
    Handler.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server, file
    server.shutdown()
    thread.join()
    server.server_close()
    os.close(Handler.file)


def test_lines_reach_another_host(host: tuple[HTTPServer, Path]) -> None:
    server, file = host
    there = sink.Sink(f"http://127.0.0.1:{server.server_port}/")
    lines = sink.event_lines({uuid4(): b"x" * 32, uuid4(): b"y" * 32})
    there.tell(lines)
    there.flush()
    assert file.read_text().splitlines() == lines


def test_host_that_is_away_loses_nothing(host: tuple[HTTPServer, Path]) -> None:
    server, file = host
    there = sink.Sink("http://127.0.0.1:9/")
    line = sink.event_lines({uuid4(): b"x" * 32})
    there.tell(line)
    assert not there.flush() and len(there.kept) == 1
    there.target = f"http://127.0.0.1:{server.server_port}/"
    assert there.flush() and file.read_text().splitlines() == line


def test_host_takes_nothing_but_lines(host: tuple[HTTPServer, Path]) -> None:
    server, file = host
    there = sink.Sink(f"http://127.0.0.1:{server.server_port}/")
    assert not there._sent(b"hello\n") and not there._sent(b"event x")
    assert file.read_text() == ""


def test_a_line_of_the_erasure_ledger_stops_nothing(host: tuple[HTTPServer, Path]) -> None:
    """What the host refused would be tried again for ever, and all later lines behind it."""
    server, file = host
    there = sink.Sink(f"http://127.0.0.1:{server.server_port}/")
    told = Line(3, b"x" * 32, date(2026, 1, 2), "a note").told
    there.tell([told])
    assert there.flush() and file.read_text() == f"{told}\n"
    said = Told()
    said.read(iter([told]))
    assert said.torn == 0


def test_monitor_sees_the_alarm(superuser: psycopg.Connection) -> None:
    queue_strays(superuser)
    seal_all()
    assert Browser().get("/health/").content == b"ok\n"
    superuser.execute(  # this event only: others that wait have their line already
        "WITH late AS (INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose, basis, object_type, detail)"
        " VALUES (gen_random_uuid(), now(), 'nobody', '', 'numbers.read', 'done', '', '', '', '', '{}') RETURNING id)"
        " INSERT INTO audit_pending (event, made_at) SELECT id, now() - interval '2 minutes' FROM late"
    )
    answer = Browser().get("/health/")
    assert (answer.status_code, answer.content) == (503, b"late\n")
    seal_all()
    assert Browser().get("/health/").status_code == 200
