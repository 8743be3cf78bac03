"""The old master key is destroyed when nothing needs it: then an old backup opens nothing, and nobody is guessed in it."""

from __future__ import annotations

import hmac
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from audit.door import NotPermitted
from clients.models import Identity, SafeContact
from clients.records.actions import hashes, taking_in
from clients.records.actions.hashes import identifying
from tests.making.clients import NUMBER, new_client
from tests.making.people import Someone
from tests.making.rotating import Rotated, inside
from vault import keyring, keys
from vault.keys import SealBroken, WrappedKeys
from vault.principals import command_transaction
from vault.sealed import open_row
from volunteers.actions.joining import command_actor, end_command

ROWS = """SELECT client_id, '{0}', to_jsonb(t) FROM {0} t UNION ALL
    SELECT client_id, "table", clear || jsonb_build_object('sealed', sealed) FROM clients_revision WHERE "table" = '{0}'"""
COPY = re.compile(r"COPY public\.(\w+) \(([^)]*)\) FROM stdin;\n((?:.*\n)*?)\\\.\n")


def said(program: Rotated) -> dict[UUID, set[str]]:
    """Names and numbers that were ever written of each client, as they are hashed."""
    opened, found = program.opened(), dict[UUID, set[str]]()
    with program.superuser() as superuser:
        superuser.execute("SET timezone = 'UTC'")
        for model in (Identity, SafeContact):
            for client, _, row in superuser.execute(ROWS.format(model._meta.db_table)).fetchall():
                sealed = bytes.fromhex(row["sealed"].removeprefix("\\x"))
                values = open_row(
                    model, UUID(row["id"]), row["revision"], sealed, row, opened[client]
                )
                parts = (values, {}) if model is Identity else ({}, values)
                found.setdefault(client, set()).update(identifying(*parts))
    return found


def hashed(data: bytes, value: str) -> bytes:
    key = keys.SubjectKeys(UUID(int=1), data, b"").fingerprint_key()
    return hmac.digest(key, value.encode(), "sha256")


def recognised(program: Rotated, table: str = "clients_fingerprint") -> set[tuple[UUID, str]]:
    """Which client is recognised by what: a hash that no key of the branches made of anything is in the way."""
    opened, words = program.opened(), said(program)
    with program.superuser() as superuser:
        ids = [one for (one,) in superuser.execute("SELECT id FROM clients_hashkey").fetchall()]
        where = "WHERE kind IN ('person', 'phone')" if table == "clients_fingerprint" else ""
        rows = superuser.execute(f"SELECT client_id, hash FROM {table} {where}").fetchall()  # type: ignore[arg-type]
    found = set()
    for client, value in rows:
        made_of = {w for w in words[client] for one in ids if hashed(opened[one].data, w) == value}
        assert len(made_of) == 1, client
        found.add((client, *made_of))
    return found


def a_coordinator(program: Rotated) -> Someone:
    with program.superuser() as superuser:
        row = superuser.execute(
            "SELECT u.id, u.username, d.branch_id FROM volunteers_duty d JOIN volunteers_user u ON u.id = d.person_id"
            " WHERE d.kind = 'coordinator' AND d.ends_at IS NULL ORDER BY u.username LIMIT 1"
        ).fetchone()
    return Someone(*row)  # type: ignore[misc]


class Backup:
    """What a thief reads of a dump, with whichever ring they have."""

    def __init__(self, dump: Path) -> None:
        self.tables: dict[str, list[dict[str, str]]] = {}
        for table, columns, rows in COPY.findall(dump.read_text()):
            names = [one.strip().strip('"') for one in columns.split(",")]
            self.tables[table] = [
                dict(zip(names, row.split("\t"), strict=True)) for row in rows.splitlines()
            ]

    def hashes(self) -> set[str]:
        return {row["hash"].removeprefix("\\\\x") for row in self.tables["clients_fingerprint"]}

    def opened_by(self, ring: keyring.Keyring) -> dict[UUID, keys.SubjectKeys]:
        found = {}
        for row in self.tables["vault_subjectkey"]:
            subject = UUID(row["subject"])
            data, audit = (
                bytes.fromhex(row[name].removeprefix("\\\\x")) for name in ("data", "audit")
            )
            try:
                found[subject] = keys.unwrap(subject, WrappedKeys(data, audit), ring)
            except (keyring.KeyringError, SealBroken):
                continue
        return found

    def guesses(self, opened: dict[UUID, keys.SubjectKeys], value: str) -> bool:
        """Whether a name or number is found by its hash, with any of these keys."""
        return any(hashed(one.data, value).hex() in self.hashes() for one in opened.values())


def test_an_old_backup_opens_nothing_once_the_old_key_is_gone(
    program: Rotated, tmp_path: Path
) -> None:
    """The whole way, with what is refused on it; and with the old ring as the proof that there was something to open."""
    somebody = next(
        value for values in said(program).values() for value in values if value.startswith("phone|")
    )
    old = Backup(program.dump(tmp_path / "old.sql"))
    envelope = keyring.read(program.copy_ring(tmp_path / "envelope.json"))
    looked = program.look()
    assert program.rotate().returncode == 0
    between = Backup(program.dump(tmp_path / "between.sql"))
    done = program.rotate("--retire")
    assert done.returncode == 1 and "--backup-days" in done.stderr
    done = program.rotate("--retire", "--backup-days", "0")
    assert done.returncode == 1 and "--hashes" in done.stderr
    assert program.rotate("--hashes").returncode == 0
    done = program.rotate("--retire", "--backup-days", "30")
    assert done.returncode == 1 and "you keep backups for 30 days" in done.stderr
    assert sorted(keyring.read(program.ring_file).keys) == ["m1", "m2"]
    done = program.rotate("--copies-destroyed", "m1")
    assert done.returncode == 1 and "has not been destroyed here" in done.stderr
    with program.superuser() as superuser:  # thirty days later
        superuser.execute("UPDATE vault_masterkey SET emptied_at = emptied_at - interval '31 days'")
        gone = "SELECT sec.keys_gone_at(now() - interval '1 minute'), sec.keys_gone_at(now())"
        assert superuser.execute(gone).fetchone() == (None, None)
    done = program.rotate("--retire", "--backup-days", "30")
    assert done.returncode == 0, done.stderr
    assert "It is still in every copy" in done.stdout
    ring = keyring.read(program.ring_file)
    assert list(ring.keys) == ["m2"]
    live = program.opened()

    assert old.opened_by(ring) == {}
    assert not any(old.guesses(one, somebody) for one in (live, between.opened_by(ring)))
    # Of the copy in an envelope it is as the command says: it opens all of it, and one finds who it is.
    with_envelope = old.opened_by(envelope)
    assert len(with_envelope) == len(old.tables["vault_subjectkey"]) > 60
    assert old.guesses(with_envelope, somebody)

    assert program.look() == looked  # nothing that people read has changed
    for command in ("audit_verify", "audit_reconcile"):
        assert "no faults" in program.run("manage.py", command, role="verifier"), command
    assert program.rotate("--retire", "--backup-days", "30").returncode == 0  # safe to repeat
    assert program.rotate("--copies-destroyed", "m1").returncode == 0
    with program.superuser() as superuser:
        before_m2, now = superuser.execute(
            "SELECT sec.keys_gone_at((SELECT since - interval '1 second' FROM vault_masterkey WHERE name = 'm2')),"
            " sec.keys_gone_at(now())"
        ).fetchone()  # type: ignore[misc]
        assert (
            before_m2 is not None and now is None
        )  # what is erased from now on waits for the next rotation
        events = superuser.execute(
            "SELECT action, subject FROM audit_event WHERE action LIKE 'keyring.%' ORDER BY at"
        ).fetchall()
        assert superuser.execute("SELECT count(*) FROM vault_formerkeys").fetchone() == (0,)
    assert [action for action, _ in events][-3:] == [
        "keyring.close",
        "keyring.retire",
        "keyring.copies",
    ]
    assert {subject for _, subject in events} == {None}  # nothing per client


def test_nothing_new_comes_under_a_closed_key(program: Rotated) -> None:
    """A page of a process that still had the old ring: what it wrapped could never be opened."""
    old = keyring.read(program.ring_file)
    assert program.rotate().returncode == 0
    assert program.rotate("--hashes").returncode == 0
    assert program.rotate("--retire", "--backup-days", "0").returncode == 0
    _, wrapped = keys.generate(subject := uuid4(), keyring.Keyring("m1", old.keys))
    with (
        program.superuser() as superuser,
        pytest.raises(Exception, match="this master key is closed"),
    ):
        superuser.execute(
            "INSERT INTO vault_subjectkey (subject, kind, data, audit) VALUES (%s, 'client', %s, %s)",
            [subject, wrapped.data, wrapped.audit],
        )


def test_hashes_are_made_anew_wherever_it_is_killed(program: Rotated) -> None:
    before, alike = recognised(program), recognised(program, "clients_likeness")
    with program.superuser() as superuser:
        old = superuser.execute("SELECT hash FROM clients_fingerprint").fetchall()
        # A telephone number that was said once is recognised as well, as long as its hash is there.
        numbers = "SELECT count(*) FROM clients_fingerprint WHERE kind = 'phone'"
        assert superuser.execute(numbers).fetchone()[0] > 30  # type: ignore[index]
    assert program.rotate().returncode == 0
    lines, killed = 20, 0
    while program.rotate_killed(lines, "--hashes"):
        assert recognised(program) == before, lines
        lines, killed = lines * 2, killed + 1
    assert killed > 3
    assert recognised(program) == before
    assert recognised(program, "clients_likeness") == alike
    with program.superuser() as superuser:
        assert superuser.execute(
            "SELECT count(*) FROM clients_fingerprint WHERE hash = ANY (%s)", [[h for (h,) in old]]
        ).fetchone() == (0,)
        counts = "SELECT count(*), count(DISTINCT branch_id) FROM clients_hashkey"
        assert len(set(superuser.execute(counts).fetchone())) == 1  # type: ignore[arg-type]
        opened = superuser.execute(
            "SELECT count(DISTINCT subject), min(purpose), min(actor_role) FROM audit_event WHERE action = 'client.hash_anew'"
        ).fetchone()
    assert opened == (len({client for client, _ in before}), "upkeep", "command")


def test_people_are_recognised_under_both_keys(program: Rotated) -> None:
    """While a branch has two: who was hashed under the old one, and who comes meanwhile; and both are told apart of nobody."""
    by = a_coordinator(program)
    with inside(program):
        first = new_client(by, "Ada", f"Before{uuid4().hex[:6]}")
        assert program.rotate().returncode == 0
        actor = command_actor(by.branch, "hashes_anew", minutes=5)
        new = uuid4()
        _, wrapped = keys.generate(new, keyring.load(program.ring_file))
        with command_transaction(actor.token) as cursor:
            cursor.execute(
                "SELECT sec.begin_hashes(%s, %s, %s)", [new, wrapped.data, wrapped.audit]
            )
        second = new_client(by, "Bea", f"Meanwhile{uuid4().hex[:6]}")
        assert {first.pk, second.pk} <= set(_known_by(by, {"phone": NUMBER}))
        with program.superuser() as superuser:
            made = superuser.execute(
                "SELECT DISTINCT key_id FROM clients_fingerprint WHERE client_id = %s", [second.pk]
            )
            assert made.fetchall() == [(new,)]
        # The older key does not go as long as a hash is under it: nor with a page that is just writing one.
        with command_transaction(actor.token) as cursor:
            cursor.execute("SELECT * FROM sec.finish_hashes(true)")
            assert cursor.fetchone()[0] > 0
        end_command(actor)
        done = program.rotate("--hashes")
        assert done.returncode == 0, done.stderr
        assert {first.pk, second.pk} <= set(_known_by(by, {"phone": NUMBER}))
        with by.actor().transaction():
            waiting = {
                one.id for alike in taking_in.alike(1000) for one in (alike.client, *alike.others)
            }
        assert {first.pk, second.pk} <= waiting | {first.pk, second.pk}


def _known_by(by: Someone, number: dict[str, Any]) -> list[UUID | None]:
    with by.actor().transaction() as actor:
        return taking_in.seems_known(by=actor, branch=by.branch, identity={}, safe_contact=number)


def test_marks_of_an_import_keep_the_old_key_until_somebody_lets_them_go(program: Rotated) -> None:
    with program.superuser() as superuser:
        superuser.execute(
            "INSERT INTO clients_fingerprint (id, client_id, branch_id, kind, hash, row, key_id) SELECT gen_random_uuid(), client_id,"
            " branch_id, 'imp-client', sha256('x'), client_id, key_id FROM clients_fingerprint LIMIT 1"
        )
    assert program.rotate().returncode == 0
    done = program.rotate("--hashes")
    assert done.returncode == 1 and "1 marks of an import" in done.stderr
    assert program.rotate("--retire", "--backup-days", "0").returncode == 1
    done = program.rotate("--hashes", "--forget-imports")
    assert done.returncode == 0, done.stderr
    assert program.rotate("--retire", "--backup-days", "0").returncode == 0


def test_hashes_open_nothing_for_anybody_else(program: Rotated) -> None:
    """Another command, another branch, a client who has no hash under an older key, somebody of the team."""
    assert program.rotate().returncode == 0
    by = a_coordinator(program)
    with inside(program):
        client = new_client(by)
        with program.superuser() as superuser:
            branches = [
                b for (b,) in superuser.execute("SELECT id FROM volunteers_branch").fetchall()
            ]
        other = next(branch for branch in branches if branch != by.branch)
        for branch, purpose in (
            (by.branch, "import"),
            (other, "hashes_anew"),
            (uuid4(), "keyring_rotate"),
        ):
            actor = command_actor(branch, purpose, minutes=5)
            if (
                purpose != "import"
            ):  # which works for the branch, and opens its clients for what it does
                with pytest.raises(NotPermitted), actor.transaction():
                    hashes.door.open_one(actor, client.pk, "client.hash_anew", "upkeep")
            if purpose != "hashes_anew":
                for function in (
                    "next_old_hashes(%s, 5)",
                    "hashed_rows(ARRAY[%s]::uuid[])",
                    "hash_anew(%s, '{}', '{}')",
                ):
                    with pytest.raises(Exception, match="not permitted"):
                        with command_transaction(actor.token) as cursor:
                            cursor.execute(f"SELECT sec.{function}", [client.pk])
            else:
                with command_transaction(actor.token) as cursor:
                    cursor.execute(
                        "SELECT count(*) FROM sec.hashed_rows(ARRAY[%s]::uuid[])", [client.pk]
                    )
                    assert cursor.fetchone() == (0,)
            end_command(actor)


def test_hash_under_another_branchs_key_is_refused(program: Rotated) -> None:
    """It would keep that branch's key from ever being destroyed."""
    with program.superuser() as superuser:
        rows = superuser.execute("SELECT id, branch_id FROM clients_hashkey").fetchall()
        client, branch = superuser.execute(
            "SELECT id, branch_id FROM clients_client LIMIT 1"
        ).fetchone()  # type: ignore[misc]
        strange = next(key for key, of in rows if of != branch)
        with pytest.raises(Exception, match="fingerprint_key"):
            superuser.execute(
                "INSERT INTO clients_fingerprint (id, client_id, branch_id, kind, hash, key_id) VALUES (gen_random_uuid(), %s, %s, 'phone', 'x', %s)",
                [client, branch, strange],
            )
