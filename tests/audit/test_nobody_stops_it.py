"""Nobody stops the log: not with keys that do not open, nor with rows too large or odd."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit import health, sealing, witnessing
from audit.exporting import file_by_reference
from audit.keys import NotReadable
from audit.verifying import Report, verify
from confidential.embedded import Embedded
from confidential.logs import PlainFormatter
from tests.making import acts, principals
from tests.making.clients import new_client
from tests.making.emergencies import nothing_open
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import pages_transaction
from tests.making.sealing import RECORD, as_sealer, as_verifier, seal_all, waiting
from vault import keyring, keys
from vault.principals import signin_transaction
from volunteers.actions import joining

pytestmark = pytest.mark.usefixtures("clean")

HOUSE = sealing.HOUSE


def verified() -> Report:
    with as_verifier():
        return verify()


# ---------------------------------------------------------------- keys that do not open


def take_in(by: Someone, wrapped: list[bytes]) -> UUID:
    """A client with these wrapped keys, as SQL on the application's connection could have it."""
    made = uuid4()
    acts.call(
        by,
        "take_in(%s, %s, %s, 'en', false, %s, %s)",
        made,
        by.branch,
        f"C-{made.hex[:6].upper()}",
        *wrapped,
    )
    return made


def join(cast: Cast, data: bytes, audit: bytes) -> None:
    """Accept an invitation with these keys."""
    _, code = joining.invite(
        by=cast.president.actor(), duty="president", branch=None, language="en"
    )
    with joining.signin_transaction(joining.invitation_token(code)) as cursor:
        cursor.execute(
            "SELECT sec.join(%s, %s, 'x', %s, 'en', 'X', %s, %s, %s)",
            [uuid4(), f"junk-{uuid4().hex[:8]}", bytes(48), f"P-{uuid4().hex[:6]}", data, audit],
        )


def emergency_open(cast: Cast, data: bytes, audit: bytes) -> None:
    reference = new_client(cast.volunteer).reference
    acts.emergency_open(recruit(cast.north), cast.north, reference, uuid4(), data, audit)


def visit_start(cast: Cast, data: bytes, audit: bytes) -> None:
    nothing_open(cast.colleague)
    acts.call(
        cast.colleague,
        "visit_start(%s, %s, %s, %s, %s, %s)",
        uuid4(),
        cast.north,
        cast.volunteer.id,
        timezone.now() + timedelta(hours=1),
        data,
        audit,
    )


def complain(cast: Cast, data: bytes, audit: bytes) -> None:
    acts.call(
        cast.coordinator,
        "complain(%s, %s, 'association', NULL, %s, %s, %s)",
        uuid4(),
        new_client(cast.volunteer).pk,
        f"K-{uuid4().hex[:6]}",
        data,
        audit,
    )


def as_superuser(statement: str) -> Callable[..., None]:
    def call(superuser: psycopg.Connection, data: bytes, audit: bytes) -> None:
        try:
            superuser.execute(f"SELECT sec.{statement}", [data, audit])
        except psycopg.IntegrityError as error:
            raise IntegrityError(str(error)) from error

    return call


def add_branch_key(cast: Cast, data: bytes, audit: bytes) -> None:
    """Of a branch that has no key yet: to any other nothing is added."""
    branch = uuid4()
    with principals.superuser() as connection:
        connection.execute(
            "INSERT INTO volunteers_branch (id, code, name) VALUES (%s, %s, 'New')",
            [branch, f"N{branch.hex[:8]}".upper()],
        )
    acts.call(recruit(branch), "add_branch_key(%s, %s, %s)", branch, data, audit)


WAYS: dict[str, Callable[..., Any]] = {
    "take_in": lambda cast, *wrapped: take_in(cast.volunteer, list(wrapped)),
    "add_branch_key": add_branch_key,
    "join": join,
    "emergency_open": emergency_open,
    "visit_start": visit_start,
    "complain": complain,
    "seal_house": as_superuser("seal_house(%s, %s)"),
    "add_key": as_superuser("add_key(gen_random_uuid(), 'client', %s, %s)"),
}


def test_every_way_in_is_tried(superuser: psycopg.Connection) -> None:
    """A function that takes wrapped keys and is not tried below fails here."""
    rows = superuser.execute(
        "SELECT DISTINCT p.proname FROM pg_proc p, unnest(p.proargnames, p.proargmodes) a (name, mode)"
        " WHERE p.pronamespace = 'sec'::regnamespace AND a.name LIKE 'wrapped\\_%' AND coalesce(a.mode, 'i') = 'i'"
    ).fetchall()
    # A command at the server renews the key of hashes: it takes only what the active key wraps.
    assert {name for (name,) in rows} == {*WAYS, "begin_hashes"}


@pytest.mark.parametrize("way", WAYS)
def test_junk_is_refused_at_the_door(way: str, cast: Cast, superuser: psycopg.Connection) -> None:
    data, audit = acts.keys()
    first = superuser if way in ("seal_house", "add_key") else cast
    name = len("m1")
    junk = [
        b"x",
        os.urandom(200),
        audit[:-1],
        audit + b"x",
        bytes([name + 1]) + audit[1:],
        bytes(len(audit)),
        b"\x02\xff\xfe" + audit[3:],
        b"\x02m\x00" + audit[3:],
    ]
    for one in junk:
        for wrapped in ((one, audit), (data, one)):
            with pytest.raises(IntegrityError, match="vault_subjectkey_wrapped"):
                WAYS[way](first, *wrapped)
    with pytest.raises(IntegrityError, match="vault_subjectkey_wrapped"):
        WAYS[way](first, data, b"")


def test_house_is_nobody_elses(cast: Cast, superuser: psycopg.Connection) -> None:
    """Whoever laid the house's keys before the first sealing would know those of the whole log."""
    superuser.execute("BEGIN")
    superuser.execute(
        "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM vault_subjectkey WHERE kind = 'house'"
    )
    superuser.execute("DELETE FROM vault_subjectkey WHERE kind = 'house'")
    with pytest.raises(psycopg.errors.CheckViolation, match="vault_subjectkey_house"):
        superuser.execute("SELECT sec.add_key(%s, 'client', %s, %s)", [HOUSE, *acts.keys(HOUSE)])
    superuser.execute("ROLLBACK")


def test_keys_of_another_subject_stop_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    """They have the form, so they come in; their events go under the house's key, and one event says so."""
    broken = take_in(cast.volunteer, acts.keys())
    fine = new_client(cast.volunteer)
    assert seal_all() > 5
    assert waiting(superuser) == 1 and seal_all() == 1  # that it happened
    take_in(cast.volunteer, acts.keys())
    acts.call(cast.volunteer, "record('client.state', %s, '', NULL, 'support', '{}')", broken)
    seal_all()
    seal_all()
    said = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'log.key' AND object_id = %s", [broken]
    ).fetchone()
    assert said == (1,)
    found = verified()
    assert found.faults == []
    assert broken in found.unopened and fine.pk not in found.unopened
    rows = superuser.execute(
        "SELECT subject FROM audit_leafcount WHERE subject = ANY (%s)", [[broken, fine.pk]]
    )
    assert rows.fetchall() == [(fine.pk,)]


def test_verifying_and_export_end_without_a_traceback(
    cast: Cast, superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = take_in(cast.volunteer, acts.keys())
    seal_all()
    reference = superuser.execute(
        "SELECT reference FROM clients_client WHERE id = %s", [broken]
    ).fetchone()[0]  # type: ignore[index]
    with as_verifier():
        with suppress(SystemExit):  # other tests leave faults of other kinds behind
            call_command("audit_verify")
        assert f"The keys of the subject {broken} do not open" in capsys.readouterr().out
        with pytest.raises(NotReadable, match="do not open"):
            file_by_reference(reference)
        with pytest.raises(CommandError, match="do not open"):
            call_command("audit_export", client=reference)


def test_one_record_that_does_not_open_closes_no_list(
    cast: Cast,
    sign_in: Callable[..., Browser],
    caplog: pytest.LogCaptureFixture,
    superuser: psycopg.Connection,
) -> None:
    """The others are shown; the record itself is refused, without an error of ours."""
    by = recruit(cast.north)
    name = f"Vidalenc{uuid4().hex[:6]}"
    new_client(by, "Solange", name)
    broken = take_in(by, acts.keys())
    with (
        superuser.transaction()
    ):  # with something that is due, so that the first page wants to read it
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "INSERT INTO clients_contact (id, client_id, branch_id, by_id, happened_on, channel, reached, follow_up_on, urgent, revision)"
            " SELECT %s, id, branch_id, %s, sec.today(), 'visit', true, sec.today(), false, 1 FROM clients_client WHERE id = %s",
            [contact := uuid4(), by.id, broken],
        )
        superuser.execute(
            "INSERT INTO clients_contactnote (id, revision, sealed, client_id, contact_id, by_id, saved_at)"
            " VALUES (gen_random_uuid(), 1, 'x', %s, %s, %s, now())",
            [broken, contact, by.id],
        )
    browser = sign_in(by)
    listed = browser.get("/clients/")
    assert listed.status_code == 200
    assert name in listed.content.decode() and f"/clients/{broken}/" in listed.content.decode()
    assert name in browser.get("/search/", {"words": name}).content.decode()
    assert browser.get("/").status_code == 200
    assert browser.get("/follow-ups/").status_code == 200
    assert browser.get(f"/clients/{broken}/disclosures/").status_code == 403
    assert browser.get(f"/clients/{broken}/").status_code == 403
    # As an operator reads it.
    written = [PlainFormatter().format(record) for record in caplog.records]
    assert any(f"The keys of the subject {broken} do not open." in line for line in written)


@contextmanager
def ring_without(name: str) -> Iterator[None]:
    """Meanwhile the master key ``name`` has left the ring, and another wraps."""
    ring = keyring.load(settings.KEYRING_FILE)
    other = keyring.Keyring(active="m2", keys={**ring.keys, "m2": bytes(range(32))})
    house = keys.SubjectKeys(HOUSE, b"", keys.unwrap_audit(HOUSE, house_key(), ring))
    with pytest.MonkeyPatch.context() as patch:
        gone = keyring.Keyring(active="m2", keys={"m2": other.keys["m2"]})
        patch.setattr(keyring, "load", lambda path: gone)
        patch.setattr(
            "audit.keys.unwrap_audit",
            lambda subject, wrapped, ring: (
                house.audit if subject == HOUSE else keys.unwrap_audit(subject, wrapped, ring)
            ),
        )
        yield


def house_key() -> bytes:
    with as_verifier(), connection.cursor() as cursor:
        cursor.execute("SELECT audit FROM sec.log_keys() WHERE subject = %s", [HOUSE])
        return bytes(cursor.fetchone()[0])


def test_master_key_that_leaves_the_ring_and_comes_back(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """The house's key seals meanwhile; afterwards the subject counts on, and the tags say whose each leaf is."""
    client = new_client(cast.volunteer)
    view = "record('client.state', %s, '', NULL, 'support', '{}')"
    logged = "SELECT leaves FROM audit_leafcount WHERE subject = %s"
    seal_all()
    before = superuser.execute(logged, [client.pk]).fetchone()[0]  # type: ignore[index]
    assert before > 3
    with ring_without("m1"):
        for _ in range(3):
            acts.call(cast.volunteer, view, client.pk)
        seal_all()
        assert superuser.execute(logged, [client.pk]).fetchone() == (before,)
        found = verified()
        assert (
            f"The keys of the subject {client.pk} do not open: {before} leaves cannot be checked."
            in found.faults
        )
        assert all("do not open" in fault for fault in found.faults)
    house = verified().house
    acts.call(cast.volunteer, view, client.pk)
    seal_all()
    assert superuser.execute(logged, [client.pk]).fetchone() == (before + 1,)
    found = verified()
    assert found.faults == [] and found.house == house >= 3
    with as_verifier():
        file = file_by_reference(client.reference)
    assert [item["n"] for item in file["events"]] == list(range(before + 1))


def test_house_that_does_not_open_is_said(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    superuser: psycopg.Connection,
) -> None:
    """Nothing can be sealed then: it is said in words, here and by the verifier, and sealed afterwards."""
    ring = keyring.load(settings.KEYRING_FILE)
    superuser.execute(RECORD)
    with monkeypatch.context() as patch:
        gone = keyring.Keyring(active="m2", keys={"m2": bytes(range(32))})
        patch.setattr(keyring, "load", lambda path: gone)
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        with as_sealer():
            sealing.run(stop, every=0.1)
        with as_verifier(), pytest.raises(CommandError, match="keys of the house do not open"):
            call_command("audit_verify")
    # As an operator reads it.
    written = [PlainFormatter().format(record) for record in caplog.records]
    assert any("keys of the house do not open" in line for line in written)
    assert keyring.load(settings.KEYRING_FILE) is ring
    assert seal_all() == 1


# ---------------------------------------------------------------- rows too large


@pytest.mark.parametrize("size", [4_097, 1_000_000, 99_000_000])
def test_large_details_are_refused(
    app: psycopg.Connection, superuser: psycopg.Connection, size: int
) -> None:
    """Whoever may write the log at all; the application's connection may not write these anyway."""
    large = "jsonb_build_object('x', repeat('a', %s))"
    with pytest.raises(psycopg.errors.CheckViolation, match="audit_event_small"):
        superuser.execute(f"SELECT sec.log('numbers.read', detail => {large})", [size])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"SELECT sec.record('client.state', NULL, '', NULL, '', {large})", [size])


def test_every_column_of_an_event_is_bounded(superuser: psycopg.Connection) -> None:
    """By its type or by the check; a column that comes later must be bounded too."""
    rows = superuser.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = 'audit_event'::regclass AND attnum > 0 AND NOT attisdropped"
    ).fetchall()
    fixed = ("uuid", "integer", "timestamp with time zone", "character varying(")
    assert {name for name, kind in rows if not kind.startswith(fixed)} == {"detail", "digest"}
    with pytest.raises(psycopg.errors.CheckViolation, match="audit_event_small"):
        superuser.execute(
            "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),"
            " 'digest', '\\x' || repeat('00', 129)))).* FROM audit_event e LIMIT 1"
        )


def test_a_batch_is_bounded_by_its_bytes(superuser: psycopg.Connection) -> None:
    """As many of the largest events as a batch may hold: taken in smaller ones, and all sealed in one round."""
    superuser.execute(
        "WITH written AS (INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose,"
        " basis, object_type, detail) SELECT gen_random_uuid(), clock_timestamp(), 'nobody', '', 'numbers.read', 'done', '', '',"
        " '', '', jsonb_build_object('x', repeat(chr(97 + n % 26), 4080)) FROM generate_series(1, 6000) n RETURNING id)"
        " INSERT INTO audit_pending (event) SELECT id FROM written"
    )
    with as_sealer(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        taken = sealing.Taken.after(cursor, sealing.MOST, sealing.FIRST)
        cursor.execute("ROLLBACK")
    assert taken.more and 0 < len(taken.lines) <= 16_000_000
    assert seal_all() == 6000
    assert verified().faults == []


# ---------------------------------------------------------------- whatever a caller writes

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=70)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | TEXTS
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from(["record", "deny", "scan"]),
            st.sampled_from(["client.state", "client.view", "client.search"]) | TEXTS,
            TEXTS,
            st.none() | st.uuids(),
            TEXTS,
            VALUES,
        ),
        max_size=8,
    )
)
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_whatever_a_caller_writes_is_refused_or_sealed(
    calls: list[tuple[Any, ...]], server: Embedded, cast: Cast
) -> None:
    """Each column that an argument reaches, as the application's role: the log goes on, and is whole."""
    statements = {
        "record": "SELECT sec.record(%(act)s, NULL, %(object)s, %(id)s, %(why)s, %(detail)s)",
        "deny": "SELECT sec.deny(%(act)s, %(object)s, %(id)s)",
        "scan": "SELECT sec.scan(1, uuid_send(%(id)s), %(act)s, %(why)s, %(detail)s)",
    }
    for function, act, object_, pk, why, detail in calls:
        arguments = {
            "act": act,
            "object": object_,
            "id": pk,
            "why": why,
            "detail": json.dumps(detail),
        }
        with (
            suppress(DataError, IntegrityError, ProgrammingError),
            (signin_transaction if function == "scan" else pages_transaction)(
                cast.volunteer.actor().token
            ) as caller,
        ):
            caller.execute(statements[function], arguments)
    seal_all()
    assert health.check().waiting == 0
    assert verified().faults == []


def test_one_witness_keeps_nobody_from_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_all()  # there is a checkpoint, whichever test is the first
    asked = []

    def ask(witness: Any, checkpoint: Any) -> bool:
        asked.append(witness.key.name)
        if witness.key.name == "one":
            raise ValueError("nonsense")
        return True

    names = [SimpleNamespace(key=SimpleNamespace(name=name)) for name in ("one", "two")]
    monkeypatch.setattr(witnessing, "witnesses", lambda: tuple(names))
    monkeypatch.setattr(witnessing, "ask", ask)
    with as_sealer():
        assert witnessing.ask_all() == 1
    assert asked == ["one", "two"]


def test_an_actor_that_ends_and_does_not_commit_holds_no_sealing_up(
    cast: Cast, superuser: psycopg.Connection, server: Embedded
) -> None:
    """Its key is destroyed in that row; how many leaves it has is counted elsewhere."""
    someone, made = recruit(cast.north), uuid4()
    back = timezone.now() + timedelta(hours=2)
    actor = (made, cast.north, cast.colleague.id, back, *acts.keys(made))
    acts.call(someone, "visit_start(%s, %s, %s, %s, %s, %s)", *actor)
    other = new_client(cast.colleague)
    with someone.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.visit_safe(%s)", [made])
        seal_all()
        waits = (
            "SELECT count(*) FROM audit_pending p JOIN audit_event e ON e.id = p.event WHERE e.subject = ANY (%s)"
            " AND p.xid < pg_snapshot_xmin(pg_current_snapshot())"
        )
        assert superuser.execute(waits, [[made, other.pk]]).fetchone() == (0,)
    seal_all()
    counted = "SELECT leaves FROM audit_leafcount WHERE subject = %s"
    assert superuser.execute(counted, [made]).fetchone()[0] >= 2
