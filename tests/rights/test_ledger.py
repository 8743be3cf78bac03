"""The erasure ledger: what is not signed, missing or shorter is not served; what a backup brought back goes again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from audit.note import SigningKey, sign_note
from confidential.database import prepare
from confidential.embedded import Embedded, binary
from confidential.environment import DATABASE
from rights.erasure import carrying_out, ledger
from tests.making import erasures
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import as_role, seal_all
from vault.roles import SEALER, WORKER

BACK = "confidential_back"


@pytest.fixture
def own(settings: Any, tmp_path: Path, cast: Cast) -> Path:
    """A copy of the ledger, which a test may spoil; it has at least one line."""
    erasures.carried_out(erasures.decided(cast, new_client(cast.coordinator)))
    copy = tmp_path / "erasures"
    copy.write_bytes(Path(settings.LEDGER_FILE).read_bytes())
    settings.LEDGER_FILE = copy
    return copy


def refused() -> str:
    """Why nothing is served."""
    with pytest.raises(ledger.LedgerError) as found:
        ledger.compare(connection)
    return str(found.value)


def test_a_line_says_nothing_but_a_hash_and_a_day(own: Path) -> None:
    lines = ledger.read(own)
    assert ledger.compare(connection) == lines
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    text = json.loads(own.read_text().splitlines()[-1])
    assert text.splitlines()[1:4] == [
        str(lines[-1].number),
        lines[-1].record.hex(),
        lines[-1].on.isoformat(),
    ]


def test_missing(own: Path) -> None:
    own.unlink()
    assert "There is no erasure ledger" in refused()


def test_shorter_than_the_database_knows(own: Path) -> None:
    lines = own.read_bytes().splitlines(keepends=True)
    own.write_bytes(b"".join(lines[:-1]))
    assert "bring back the whole file" in refused()
    own.write_bytes(b"")
    assert "bring back the whole file" in refused()


def test_shorter_than_the_sink_was_told(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.told_to_sink.cache_clear()
    told = ledger.told_to_sink()
    assert told >= len(ledger.read(own))
    monkeypatch.setattr(ledger, "told_to_sink", lambda: told + 1)
    assert "bring back the whole file" in refused()


@pytest.mark.parametrize(
    "change", ["number", "hash", "day", "signature", "other key", "order", "nonsense"]
)
def test_a_line_that_is_not_what_was_signed(own: Path, change: str) -> None:
    lines = own.read_text().splitlines()
    number = len(lines)
    note = json.loads(lines[-1])
    origin, _, record, on = note.splitlines()[:4]
    match change:
        case "number":
            lines[-1] = json.dumps(note.replace(f"\n{number}\n", f"\n{number + 1}\n", 1))
        case "hash":
            lines[-1] = json.dumps(note.replace(record, "00" * 32))
        case "day":
            lines[-1] = json.dumps(note.replace(on, "2020-01-01"))
        case "signature":
            lines[-1] = json.dumps(note[:-10] + "AAAAAAAA=\n")
        case "other key":
            key = SigningKey.make(origin.removesuffix("/erasures"))
            text = ledger.text_of(number, bytes.fromhex(record), date.fromisoformat(on))
            lines[-1] = json.dumps(sign_note(text, key.sign(text)))
        case "order":
            lines.insert(0, lines[-1])
        case "nonsense":
            lines[-1] = "{"
    own.write_text("\n".join(lines) + "\n")
    assert "is not what was signed" in refused()


def test_what_a_kill_left_of_a_line_is_none(own: Path) -> None:
    lines = ledger.read(own)
    with own.open("ab") as file:
        file.write(b'"confidential.inv')
    assert ledger.read(own) == lines
    another = ledger.signed(len(lines) + 1, b"\x01" * 32, date(2026, 1, 2))
    with own.open("r+b") as file:
        ledger.append(file, another)
    assert ledger.read(own) == (*lines, another)
    assert "1 records were erased that this database still knows" in refused()


def test_a_ledger_is_never_overwritten(own: Path) -> None:
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("erasures_create", stdout=StringIO())
    own.unlink()
    call_command("erasures_create", stdout=StringIO())
    assert own.read_bytes() == b"" and own.stat().st_mode & 0o777 == 0o644


@pytest.fixture
def back(server: Embedded) -> Iterator[str]:
    """An empty database for a backup."""
    prepare(server, BACK)
    with psycopg.connect(server.conninfo(dbname=BACK), autocommit=True) as superuser:
        superuser.execute(
            "DROP SCHEMA sec CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        )
    yield BACK
    with psycopg.connect(server.conninfo(), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {BACK} WITH (FORCE)")


@contextmanager
def at_the_server(name: str) -> Iterator[None]:
    """In this block commands at the server reach that database."""
    before = connections["command"]
    own = before.copy()
    own.settings_dict = {**before.settings_dict, "NAME": name}
    connections["command"] = own
    try:
        yield
    finally:
        own.close()
        connections["command"] = before


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_a_backup_brings_back_is_erased_again_before_anything_is_served(
    cast: Cast, server: Embedded, back: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone, under_way = (new_client(cast.coordinator) for _ in range(3))
    seal_all()
    waiting = erasures.decided(cast, under_way)
    dump = str(tmp_path / "dump.sql")
    run(binary("pg_dump"), "-f", dump, server.conninfo(user="confidential_backup", dbname=DATABASE))
    erasures.carried_out(erasures.decided(cast, gone))
    erasures.carried_out(waiting)
    run(binary("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-f", dump, server.conninfo(dbname=back))
    # The copy is another installation's: it must not speak to the sink of this one.
    monkeypatch.setattr("audit.sink.sink", lambda: None)

    restored = connections["default"].copy()
    restored.settings_dict = {**restored.settings_dict, "NAME": back}
    with pytest.raises(ledger.LedgerError, match="2 records were erased"):
        restored.ensure_connection()
    with psycopg.connect(server.conninfo(dbname=back), autocommit=True) as superuser:
        assert there(superuser, gone.pk) and there(superuser, under_way.pk)
        for came_back in (2, 0):  # and again: it changes nothing
            said = StringIO()
            with at_the_server(back):
                call_command("erasures_replay", stdout=said)
            assert f"{came_back} records had come back" in said.getvalue()
        for _ in range(3):
            with as_role(SEALER, NAME=back):
                call_command("audit_seal", once=True, stdout=StringIO())
            with as_role(WORKER, NAME=back):
                carrying_out.carry_out_all()
        assert not there(superuser, gone.pk) and not there(superuser, under_way.pk)
        assert there(superuser, kept.pk)
        left = "SELECT count(*) FROM rights_erasure WHERE state IN ('begun', 'lined', 'keyless')"
        assert superuser.execute(left).fetchone()[0] == 0
    restored.ensure_connection()
    restored.close()


def there(superuser: psycopg.Connection, client) -> bool:
    """Whether a client, or a key of theirs, is in a database."""
    asked = "SELECT EXISTS (SELECT FROM clients_client WHERE id = %s), EXISTS (SELECT FROM vault_subjectkey WHERE subject = %s)"
    found = superuser.execute(asked, [client, client]).fetchone()
    assert found[0] == found[1]
    return bool(found[0])


def test_lines_are_not_believed_without_the_key_to_check_them(
    own: Path, settings: Any, tmp_path: Path
) -> None:
    settings.LOG_PUBLIC_KEY_FILE = tmp_path / "none.pub"
    ledger._read.cache_clear()
    assert "cannot be checked" in refused()
